"""`python -m benchmarks WHAT`: figures as JSON on stdout.

WHAT: data (check local copies), syntax, entities, segmentation, times, places, seed, plv, speed, first-answer; `all` for
every one; `floors` to measure what `floors.json` names and fail below a floor. Data are read from DRAGOMAN_DATA or `--data`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.datasets import known_datasets, state_of

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

FLOORS = Path(__file__).with_name("floors.json")


class Bench:
    """The data folder, and one coder for all benchmarks that need one."""

    def __init__(self, data: Path, *, errors: bool) -> None:
        self.data = data
        self.errors = errors

    @cached_property
    def coder(self) -> Coder:
        from dragoman.coding.coder import Coder

        return Coder.load()

    def syntax(self) -> Mapping[str, Any]:
        from benchmarks import syntax

        return syntax.measure(self.data, self.coder.network)

    def entities(self) -> Mapping[str, Any]:
        from benchmarks import entities

        return entities.measure(self.data, self.coder.network)

    def segmentation(self) -> Mapping[str, Any]:
        from benchmarks import segmentation

        return segmentation.measure(self.data)

    def seed(self) -> Mapping[str, Any]:
        from benchmarks import seed

        return seed.measure(self.data.parent / "seed", self.coder, show=self.errors)

    def plv(self) -> Mapping[str, Any]:
        from benchmarks import plv

        return plv.measure(self.data / "events" / "plv_dev.jsonl", self.coder, errors=self.errors)

    def speed(self) -> Mapping[str, Any]:
        from benchmarks import speed

        return speed.measure(self.data / "news" / "state_department_releases.jsonl", self.coder)

    def speed_all(self) -> Mapping[str, Any]:
        from benchmarks import speed

        return speed.measure(self.data / "news" / "state_department_releases.jsonl", self.coder, everything=True)

    def first_answer(self) -> Mapping[str, Any]:
        from benchmarks import speed

        return speed.first_answer()

    def named(self) -> dict[str, Callable[[], Mapping[str, Any]]]:
        """Every benchmark by its name on the command line."""
        return {
            "syntax": self.syntax,
            "entities": self.entities,
            "segmentation": self.segmentation,
            "seed": self.seed,
            "plv": self.plv,
            "first-answer": self.first_answer,
            "speed": self.speed,
            "speed-all": self.speed_all,
        }


def check_data(data: Path | None) -> int:
    """Print each set with its address and state; 1 where a copy differs."""
    worst = 0
    for dataset in known_datasets():
        state = "no data folder" if data is None else state_of(dataset, data)
        print(f"{state:<15} {dataset.path:<45} {dataset.sha256[:16]}…  {dataset.licence}\n{'':<16}{dataset.address}")
        worst = max(worst, state == "differs")
    return int(worst)


def check_floors(bench: Bench) -> int:
    """Measure what has a floor. Returns 1 where a figure lies on the wrong side of it."""
    floors: dict[str, dict[str, dict[str, float]]] = json.loads(FLOORS.read_text(encoding="utf-8"))
    failed = 0
    for name, bounds in floors.items():
        figures = bench.named()[name]()
        for key, bound in bounds.items():
            value = _figure(figures, key)
            below, above = bound.get("min"), bound.get("max")
            holds = (below is None or value >= below) and (above is None or value <= above)
            failed += not holds
            limit = f">= {below}" if below is not None else f"<= {above}"
            print(f"{'ok  ' if holds else 'FAIL'}  {name}.{key} = {value}  ({limit})")
    return int(failed > 0)


def _figure(figures: Mapping[str, Any], key: str) -> float:
    value: Any = figures
    for part in key.split("/"):
        value = value[part]
    return float(value)


def main() -> int:
    """Run one benchmark, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", default="all")
    parser.add_argument("--data", type=Path, default=os.environ.get("DRAGOMAN_DATA") or None)
    parser.add_argument("--errors", action="store_true", help="tell on stderr what was wrong, where it may be read")
    args = parser.parse_args()
    data = Path(args.data) if args.data else None
    if args.what == "data":
        return check_data(data)
    if data is None or not data.is_dir():
        message = "no data folder: set DRAGOMAN_DATA or give --data (see `make data`)"
        print(message, file=sys.stderr)
        return 1 if os.environ.get("DRAGOMAN_REQUIRE_DATA") or args.what != "floors" else 0
    bench = Bench(data, errors=args.errors)
    if args.what == "floors":
        return check_floors(bench)
    named = bench.named()
    wanted = list(named) if args.what == "all" else [args.what]
    unknown = [name for name in wanted if name not in named]
    if unknown:
        parser.error(f"unknown benchmark {unknown[0]!r}; known: {', '.join(named)}")
    print(json.dumps({name: named[name]() for name in wanted}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
