"""A workbook for Excel and LibreOffice: the rows on one sheet, what the columns mean on another.

In: rows and their columns. Out: XLSX, equal bytes for equal rows. Text is written as text, whatever it begins with:
"=SUM(A1)" in a headline is no formula, nor does it become one when its cell is edited. A sheet holds 1,048,575 rows,
a cell 32,767 characters: more rows are an error, longer texts are cut and end in an ellipsis. Rows pass one by one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from dragoman.errors import UsageError
from dragoman.record.exports.cells import one_line
from dragoman.record.exports.columns import Column
from dragoman.record.tables import Row

MOST_ROWS = 1_048_575
_LONGEST = 32_767
_FIRST_DAY = date(1900, 3, 1)  # Excel takes 1900 for a leap year: days before are written as text
_WIDTHS = {"quote": 80, "title": 40, "url": 30}


def write_workbook(
    name: str, columns: Sequence[Column], rows: Iterable[Row], count: int, title: str, out: BinaryIO
) -> int:
    """Write the rows on a sheet called `name`; `count` is how many there are. Raises UsageError for too many."""
    import xlsxwriter

    if count > MOST_ROWS:
        raise UsageError(f"a sheet holds {MOST_ROWS:,} rows, and these are {count:,}: filter them, or take csv")
    with tempfile.TemporaryDirectory(prefix="dragoman-") as folder:
        path = Path(folder) / "export.xlsx"
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(str(path), options)
        book.set_properties({"title": title, "created": datetime(2000, 1, 1), "comments": "Written by Dragoman"})
        formats = {
            "head": book.add_format({"bold": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "text": book.add_format({"quote_prefix": True}),
        }
        written = _fill(book.add_worksheet(name), columns, rows, formats)
        _explain(book.add_worksheet("columns"), columns, formats)
        book.close()
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, out)
    return written


def _fill(sheet: Any, columns: Sequence[Column], rows: Iterable[Row], formats: dict[str, Any]) -> int:
    for number, column in enumerate(columns):
        sheet.set_column(number, number, _WIDTHS.get(column.name, 14))
    _head(sheet, [column.name for column in columns], formats)
    line = 0
    for line, row in enumerate(rows, start=1):
        for number, column in enumerate(columns):
            _put(sheet, line, number, column.kind, row[column.name], formats)
    if line:
        sheet.autofilter(0, 0, line, len(columns) - 1)
    return line


def _put(sheet: Any, line: int, number: int, kind: str, value: object, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, number, value)
    elif kind == "date" and (day := date.fromisoformat(str(value))) >= _FIRST_DAY:
        sheet.write_datetime(line, number, day, formats["day"])
    else:
        text = one_line(str(value))
        text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        sheet.write_string(line, number, text, formats["text"] if text[:1] in "=+-@" else None)


def _explain(sheet: Any, columns: Sequence[Column], formats: dict[str, Any]) -> None:
    sheet.set_column(0, 1, 20)
    sheet.set_column(2, 3, 70)
    _head(sheet, ["column", "type", "meaning", "note"], formats)
    for line, column in enumerate(columns, start=1):
        for number, text in enumerate((column.name, column.kind, column.label, column.note)):
            sheet.write_string(line, number, text)


def _head(sheet: Any, names: Sequence[str], formats: dict[str, Any]) -> None:
    for number, name in enumerate(names):
        sheet.write_string(0, number, name, formats["head"])
    sheet.freeze_panes(1, 1)
