"""The figures as a Markdown table. In: what `python -m benchmarks all` printed, and `report.csv`, which names
the rows.

Out: a line on what was measured and where, and one table a part, put between its marks in a page where one is
given. What failed or was left out shows as such: no row vanishes.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.floors import figure

TABLE = Path(__file__).with_name("report.csv")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def read_rows(table: Path = TABLE) -> list[dict[str, str]]:
    """The rows of the report, in order: part, what, on, items, unit_of_items, figure, unit."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def markdown(figures: Mapping[str, Any], rows: list[dict[str, str]]) -> str:
    """The whole text between the marks."""
    lines = [_about(figures.get("about", {}))]
    for part, members in groupby(rows, key=lambda row: row["part"]):
        lines += ["", f"### {part}", "", "| figure | on | items | value |", "|---|---|---:|---:|"]
        for row in members:
            lines.append(f"| {row['what']} | {row['on']} | {_items(figures, row)} | {_value(figures, row)} |")
    return "\n".join([*lines, *_failures(figures)])


def _about(about: Mapping[str, Any]) -> str:
    told = "; ".join(f"{key} {value}" for key, value in about.items())
    return f"Measured with {told or 'what is not told'}."


def _failures(figures: Mapping[str, Any]) -> Iterator[str]:
    for name, measured in figures.items():
        if "error" in measured:
            yield f"\n`{name}` failed: {measured['error']}"


def _items(figures: Mapping[str, Any], row: Mapping[str, str]) -> str:
    return f"{_number(figures, row['items'])} {row['unit_of_items']}" if row["items"] else ""


def _value(figures: Mapping[str, Any], row: Mapping[str, str]) -> str:
    found = _number(figures, row["figure"])
    unit = row["unit"]
    return found if unit == "share" or found == "–" else f"{found} {unit}"


def _number(figures: Mapping[str, Any], path: str) -> str:
    """The figure at `benchmark/path`; a dash where the benchmark was left out, or failed, or has no such figure."""
    name, _, inner = path.partition("/")
    try:
        value = figure(figures[name], inner)
    except LookupError:
        return "–"
    return f"{value:,.0f}" if value.is_integer() and value >= 1 else f"{value:g}"


def put_between_marks(page: str, text: str) -> str:
    """`page` with what stands between its marks replaced. Raises ValueError where the marks are not there once each."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page needs the lines {BEGIN} and {END}, once each")
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}"


def write(figures: Mapping[str, Any], into: Path | None) -> int:
    """Print the report, or put it into a page. Returns 1 where a benchmark had failed."""
    text = markdown(figures, read_rows())
    if into is None:
        print(text)
    else:
        into.write_text(put_between_marks(into.read_text(encoding="utf-8"), text), encoding="utf-8")
    failed = [name for name, measured in figures.items() if "error" in measured]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))
