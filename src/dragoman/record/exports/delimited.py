"""Tables as text: CSV with a header for everybody, tab-separated lines for the layouts of others.

In: rows. Out: UTF-8 bytes, one row a line, whatever stands in the values: line ends, tabs and control characters become
spaces. CSV quotes as RFC 4180 says. Tab-separated files quote nothing, as those whose layout they have; their readers
differ on quotation marks, so that these become apostrophes. Both are written row by row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from dragoman.record.exports.cells import cell
from dragoman.record.tables import Row


@contextmanager
def as_text(out: BinaryIO) -> Iterator[TextIO]:
    """A stream of bytes as one of text, which leaves it open. Line ends are written as they are."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
        text.flush()
    finally:
        text.detach()


def write_csv(columns: Sequence[str], rows: Iterable[Row], out: BinaryIO) -> int:
    """Write rows as CSV with a header; how many there were."""
    count = 0
    with as_text(out) as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([cell(row[name]) for name in columns])
            count += 1
    return count


def write_tsv(header: Sequence[str], rows: Iterable[Sequence[str]], out: BinaryIO) -> int:
    """Write cells that are on one line each, separated by tabs; an empty header is none. How many rows there were."""
    count = 0
    with as_text(out) as text:
        if header:
            text.write("\t".join(header) + "\n")
        for cells in rows:
            text.write("\t".join(cells).replace('"', "'") + "\n")
            count += 1
    return count
