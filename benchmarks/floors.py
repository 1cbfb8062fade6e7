"""Floors: figures that may not get worse. In: `floors.json` and a way to measure. Out: a verdict a bound.

The file maps a benchmark to figures (a path with `/` between levels) and each to `{"min": x}` or `{"max": x}`.
Only what comes out alike on every run has a floor, so no speeds. A benchmark that fails, or a figure that is
not there, fails its floor. Scores may differ in the last digits between kinds of processors (the network is
int8), hence `SLACK`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).with_name("floors.json")
# The part of a figure by which a raised floor stays below what was reached.
SLACK = 0.002

Bounds = Mapping[str, Mapping[str, Mapping[str, float]]]
Measure = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bound and what was measured. `value` is none where `error` tells why there is no figure."""

    name: str
    value: float | None
    bound: Mapping[str, float]
    error: str | None = None

    @property
    def holds(self) -> bool:
        if self.value is None or math.isnan(self.value):
            return False
        return self.bound.get("min", -math.inf) <= self.value <= self.bound.get("max", math.inf)

    def __str__(self) -> str:
        limits = " and ".join(f"{'>=' if side == 'min' else '<='} {limit:g}" for side, limit in self.bound.items())
        found = self.error if self.value is None else f"{self.value:g}"
        return f"{'ok  ' if self.holds else 'FAIL'}  {self.name} = {found}  ({limits})"


def read_floors(path: Path = FLOORS) -> Bounds:
    """The bounds. Raises ValueError where one is neither `min` nor `max` or is no number."""
    floors: Bounds = json.loads(path.read_text(encoding="utf-8"))
    for name, bounds in floors.items():
        for figure, bound in bounds.items():
            if not bound or set(bound) - {"min", "max"} or not all(isinstance(x, int | float) for x in bound.values()):
                raise ValueError(f"{path}: {name}, {figure}: a bound is {{'min': x}} or {{'max': x}}, not {bound!r}")
    return floors


def check(floors: Bounds, measure: Measure) -> Iterator[Verdict]:
    """A verdict for each bound, in the order of the file; each benchmark is measured once."""
    for name, bounds in floors.items():
        figures = measure(name)
        for path, bound in bounds.items():
            label = f"{name}/{path}"
            try:
                yield Verdict(label, figure(figures, path), bound)
            except LookupError as error:
                yield Verdict(label, None, bound, str(error.args[0]))


def figure(figures: Mapping[str, Any], path: str) -> float:
    """The number at `path`. Raises LookupError with the reason where there is none."""
    value: Any = figures
    if "error" in figures:
        raise LookupError(f"the benchmark failed: {figures['error']}")
    for part in path.split("/"):
        if not isinstance(value, Mapping) or part not in value:
            raise LookupError(f"no figure {path!r}")
        value = value[part]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LookupError(f"{path!r} is no number")
    return float(value)


def raised(floors: Bounds, measure: Measure, *, slack: float = SLACK) -> dict[str, dict[str, dict[str, float]]]:
    """The floors with each `min` lifted to just below what is reached; none is lowered, and `max` stays as it is.

    Raises LookupError where a figure is missing.
    """
    result: dict[str, dict[str, dict[str, float]]] = {}
    for name, bounds in floors.items():
        figures = measure(name)
        result[name] = {path: dict(bound) for path, bound in bounds.items()}
        for path, bound in result[name].items():
            if "min" in bound:
                value = figure(figures, path)
                # A share keeps four places, a percentage two.
                places = 4 if abs(value) <= 1 else 2
                low = math.floor(round(value * (1 - slack) * 10**places, 6)) / 10**places
                bound["min"] = max(bound["min"], low)
    return result


def write_floors(floors: Bounds, path: Path = FLOORS) -> None:
    """One line a bound, so that a change shows as a line."""
    parts = []
    for name, bounds in floors.items():
        lines = ",\n".join(
            f"    {json.dumps(figure_path)}: {json.dumps(bound)}" for figure_path, bound in bounds.items()
        )
        parts.append(f"  {json.dumps(name)}: {{\n{lines}\n  }}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
