"""A file for Stata 14 and later (dta, format 118): typed columns with labels, days as Stata's dates.

In: rows and their columns. Out: the file, equal bytes for equal rows. It needs pandas (`pip install dragoman[exports]`)
and holds all rows in memory, as Stata will. Columns with long texts are kept whole, as strL. Stata reserves the name
`quad`, which becomes `quad_class`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from dragoman.errors import UsageError
from dragoman.record.exports.cells import one_line
from dragoman.record.exports.columns import Column
from dragoman.record.tables import Row

_LONGEST = 128  # bytes: a column with longer texts would take as much room in every row, as strL it takes what it needs
_LABEL = 80
_NAMES = {"quad": "quad_class"}


def write_stata(columns: Sequence[Column], rows: Iterable[Row], title: str, out: BinaryIO) -> int:
    """Write the rows; how many there were. Raises UsageError without pandas."""
    try:
        import pandas
    except ImportError as error:
        raise UsageError("stata needs pandas: pip install 'dragoman[exports]'") from error
    held: list[list[Any]] = [[] for _ in columns]
    for row in rows:
        for column, values in zip(columns, held, strict=True):
            values.append(row[column.name])
    columns = [replace(column, name=_NAMES.get(column.name, column.name)) for column in columns]
    frame = pandas.DataFrame(
        {column.name: _series(pandas, column, values) for column, values in zip(columns, held, strict=True)}
    )
    long = [
        column.name
        for column in columns
        if column.kind == "string" and any(len(text.encode()) > _LONGEST for text in frame[column.name])
    ]
    with tempfile.TemporaryDirectory(prefix="dragoman-") as folder:
        path = Path(folder) / "export.dta"
        frame.to_stata(
            path,
            write_index=False,
            version=118,
            time_stamp=datetime(2000, 1, 1),
            data_label=title[:_LABEL],
            variable_labels={column.name: column.label for column in columns},
            convert_dates={column.name: "td" for column in columns if column.kind == "date"},
            convert_strl=long,
        )
        out.write(path.read_bytes())
    return len(frame)


def _series(pandas: Any, column: Column, values: list[Any]) -> Any:
    """Text without none, numbers and truths as floats where some are missing, days as days."""
    if column.kind == "string":
        return pandas.Series(["" if value is None else one_line(str(value)) for value in values], dtype=object)
    if column.kind == "date":
        return pandas.Series([None if value is None else datetime.fromisoformat(value) for value in values]).astype(
            "datetime64[s]"
        )
    if column.kind == "boolean":
        return pandas.Series([None if value is None else int(value) for value in values], dtype="float32").astype(
            "int8" if None not in values else "float32"
        )
    return pandas.Series(values, dtype="float64")
