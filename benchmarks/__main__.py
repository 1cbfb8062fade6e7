"""`python -m benchmarks WHAT`: figures as JSON on stdout, all else on stderr.

WHAT is a benchmark's name, or: `all` (every one, each in its own process; `--without NAME` leaves one out), `data`
(check the local copies of the sets), `floors` (fail where a figure lies below what `floors.json` names),
`raise-floors` (lift the floors to what is reached), `report` and `accuracy` (the tables of docs/figures.md and
docs/accuracy.md, from what `all` printed). Data are read from DRAGOMAN_DATA or `--data`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import accuracy, report
from benchmarks.bench import Bench, Figures
from benchmarks.datasets import known_datasets, state_of
from benchmarks.floors import Bounds, check, raised, read_floors, write_floors

# Given a file or folder, these read nothing else.
FILE_ALONE = ("plv", "actor-phrases", "chains", "attribution", "times", "places", "merging", "merge-time")
NO_DATA = "no data folder: set DRAGOMAN_DATA or give --data (see `make data`)"


def check_data(data: Path | None) -> int:
    """Print each set with its address and state; 1 where a copy differs."""
    worst = 0
    for dataset in known_datasets():
        state = "no data folder" if data is None else state_of(dataset, data)
        print(f"{state:<15} {dataset.path:<45} {dataset.sha256[:16]}…  {dataset.licence}\n{'':<16}{dataset.address}")
        worst = max(worst, state == "differs")
    return int(worst)


def check_floors(floors: Bounds, measure: Callable[[str], Figures]) -> int:
    """Print a line a bound; 1 where a figure lies on the wrong side of it, or is missing."""
    failed = 0
    for verdict in check(floors, measure):
        print(verdict, flush=True)
        failed += not verdict.holds
    if failed:
        print(f"{failed} floors failed", file=sys.stderr)
    return int(failed > 0)


def measure_all(names: Sequence[str], measure: Callable[[str], Figures]) -> dict[str, Figures]:
    """The figures of each, or its error; seconds go to stderr."""
    found: dict[str, Figures] = {}
    for name in names:
        began = time.perf_counter()
        found[name] = measure(name)
        outcome = "failed" if "error" in found[name] else "done"
        print(f"{name}: {outcome} in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def _read(path: Path | None) -> Mapping[str, Any]:
    text = sys.stdin.read() if path is None else path.read_text(encoding="utf-8")
    figures: Mapping[str, Any] = json.loads(text)
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", default="all")
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="report, raise-floors: what `all` printed (default: stdin; measure); else a file or folder of its form",
    )
    parser.add_argument("--predictions", type=Path, metavar="OUT.jsonl", help="plv: write predictions there")
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("DRAGOMAN_DATA") or None, help="folder of public sets"
    )
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="all: leave this one out")
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="tell N mistakes on stderr, where they may be read"
    )
    parser.add_argument("--into", type=Path, help="report: put the table between its marks in this file")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark, all of them, or one of the commands above. Returns the exit code."""
    parser = _parser()
    args = parser.parse_args(arguments)
    data = Path(args.data) if args.data else None
    if args.what == "data":
        return check_data(data)
    if args.what == "report":
        return report.write(_read(args.file), args.into)
    if args.what == "accuracy":
        return accuracy.write(_read(args.file), args.into)
    if args.what == "raise-floors" and args.file is not None:
        figures = _read(args.file)
        write_floors(raised(read_floors(), lambda name: figures.get(name, {})))
        return 0
    if args.what in FILE_ALONE and args.file is not None and data is None:
        data = args.file.parent  # nothing else is read
    if data is None or not data.is_dir():
        print(NO_DATA, file=sys.stderr)
        return 1 if os.environ.get("DRAGOMAN_REQUIRE_DATA") or args.what != "floors" else 0
    bench = Bench(data, errors=args.errors, file=args.file, predictions=args.predictions)
    if args.what == "floors":
        return check_floors(read_floors(), bench.apart)
    if args.what == "raise-floors":
        write_floors(raised(read_floors(), bench.apart))
        return 0
    named = bench.named()
    unknown = sorted({args.what, *args.without} - {"all", *named})
    if unknown:
        parser.error(f"unknown benchmark {unknown[0]!r}; known: {', '.join(named)}")
    if args.what == "all":
        about = bench.about()
        found = measure_all([name for name in named if name not in args.without], bench.apart)
        print(json.dumps({"about": about, **found}, indent=2))
        return int(any("error" in figures for figures in found.values()))
    print(json.dumps({args.what: named[args.what]()}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
