"""Rows of an answer as lines of JSON or CSV. In: names of columns and rows. Out: text. It writes no files.

In JSON the values that a column of `events` or `mentions` joins by bars are a list, and `conflicts` and `reasons` are
objects; in CSV they stay as they are in the record.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_LISTS = frozenset(
    {
        *("modes", "contexts", "about_modes", "speakers", "speaker_cues", "stances"),
        *(
            f"{role}_{what}"
            for role in ("actor", "recipient")
            for what in ("names", "ids", "parties", "countries", "sectors", "texts")
        ),
    }
)
_JSON = frozenset({"conflicts", "reasons"})


def json_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, flat: bool = False) -> Iterator[str]:
    """One object a row, with every column; `flat`: as the columns are."""
    for row in rows:
        told = dict(zip(columns, row, strict=True))
        if not flat:
            told = {name: _parted(name, value) for name, value in told.items()}
        yield json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """RFC 4180 with a header; line ends inside values become spaces."""
    yield _line(columns)
    for row in rows:
        yield _line([_cell(value) for value in row])


def _parted(name: str, value: Any) -> Any:
    if name in _LISTS:
        return value.split("|") if value else []
    return json.loads(value) if name in _JSON and value else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value.split()) if isinstance(value, str) else str(value)


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()
