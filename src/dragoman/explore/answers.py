"""Answers of a record on a terminal: events, mentions, counts, facets. In: rows. Out: tables for a console.

It shortens what is long and shows a choice of columns; JSON lines and CSV have them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from dragoman.explore.printing import output_console
from dragoman.record.counts import Facet

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a text must not steer the terminal
_WIDEST = {"date": 21, "event": 30, "actors": 34, "recipients": 30, "place": 16, "status": 20, "outlet": 24, "told": 12}


def print_events(rows: Iterable[Mapping[str, Any]]) -> None:
    """Two lines an event: when, what, who to whom, where, how real, how often told, under which id; and the words."""
    columns = ("date", "event", "actors", "recipients", "place", "status", "told", "id")
    _print_quoted(columns, [((*_told(row), _times(row), row["id"]), row["quote"]) for row in rows])


def print_mentions(rows: Iterable[Mapping[str, Any]]) -> None:
    """Two lines a mention, with its outlet and the id of its event."""
    columns = ("date", "event", "actors", "recipients", "place", "status", "outlet", "event id")
    _print_quoted(columns, [((*_told(row), row["publisher"], row["event_id"]), row["quote"]) for row in rows])


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows as they are; numbers to the right."""
    _print(columns, rows)


def print_facets(facets: Mapping[str, Sequence[Facet]]) -> None:
    """Each field with its most frequent values."""
    rows = []
    for field, values in facets.items():
        rows += [
            (field if number == 0 else "", each.value, each.events, each.mentions, each.reports)
            for number, each in enumerate(values)
        ]
    _print(("field", "value", "events", "mentions", "reports"), rows)


def _print(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    held = list(rows)
    for number, name in enumerate(columns):
        figures = bool(held) and all(isinstance(row[number], int | float | None) for row in held)
        table.add_column(name, overflow="fold", justify="right" if figures else "left")
    for row in held:
        table.add_row(*(Text(_plain(value)) for value in row))
    output_console().print(table)


def _print_quoted(columns: Sequence[str], rows: Sequence[tuple[Sequence[Any], str | None]]) -> None:
    """Columns as narrow as they can be, and under each row its quote, cut at the edge."""
    console = output_console()
    cells = [[_plain(value) for value in row] for row, _ in rows]
    widths = [
        min(max(cell_len(text) for text in (name, *(row[number] for row in cells))), _WIDEST.get(name, 40))
        for number, name in enumerate(columns)
    ]
    if rows:
        console.print(Text(_aligned(columns, widths), style="bold"), soft_wrap=True)
    for row, (_, quote) in zip(cells, rows, strict=True):
        console.print(Text(_aligned(row, widths)), soft_wrap=True)
        console.print(Text(f"    {_plain(quote)}", style="dim"), no_wrap=True, overflow="ellipsis")


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for text, width in zip(cells, widths, strict=True):
        cut = Text(text)
        cut.truncate(width, overflow="ellipsis", pad=True)
        parts.append(cut.plain)
    return "  ".join(parts).rstrip()


def _times(row: Mapping[str, Any]) -> str:
    """How often it is told: "12, 7 anew" where five mentions stand in copies."""
    mentions, reports = row["mentions"], row["reports"]
    return f"{mentions:,}" if reports >= row["articles"] else f"{mentions:,}, {reports:,} anew"


def _told(row: Mapping[str, Any]) -> tuple[str, ...]:
    code = " ".join(each for each in (row["event"], (row["modes"] or "").replace("|", " ")) if each)
    if row["about_event"]:
        about = (row["about_event"], (row["about_modes"] or "").replace("|", " "))
        code += f" ({' '.join(each for each in about if each)})"
    marks = (("negated", row["negated"]), ("historical", row["historical"]))
    return (
        _date(row),
        code,
        _parties(row, "actor"),
        _parties(row, "recipient"),
        row["place"] or "",
        ", ".join((row["status"], *(mark for mark, holds in marks if holds))),
    )


def _date(row: Mapping[str, Any]) -> str:
    first, last = row["date_start"], row["date_end"]
    return first or "" if first == last else row["date_edtf"] or f"{first}/{last}"


def _parties(row: Mapping[str, Any], role: str) -> str:
    names, parties = ((row[f"{role}_{what}"] or "").split("|") for what in ("names", "parties"))
    return "; ".join(
        f"{name} [{party}]" if party and party != name else name for name, party in zip(names, parties, strict=False)
    )


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return _CONTROL.sub("\ufffd", " ".join(text.split()))
