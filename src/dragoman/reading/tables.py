"""CSV and TSV with named columns into rows. In: lines of bytes, the first of them names. Out: names and cells, by row.

The separator (comma, semicolon, tab) is the one that the first line has most of. Cells may be quoted and may then hold
line ends, up to the bound of a row. Bytes must be UTF-8. It cannot read tables without names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.reading.rejects import STAGE, Reject

_SEPARATORS = ("\t", ";", ",")
_UNQUOTED_END = re.compile(r"\r?\Z")


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row by the names of their columns; `row` is the line that it begins on."""

    cells: dict[str, object]
    row: int


def separator_of(header: str) -> str | None:
    """The separator of a first line, or none where it has none."""
    best = max(_SEPARATORS, key=header.count)
    return best if best in header else None


def column_names(header: str) -> list[str]:
    """The names in a first line, as they stand."""
    separator = separator_of(header)
    return [_bare(name) for name in (header.split(separator) if separator else [header])]


def read_table(lines: Iterator[bytes | None], *, source: str, limit: int) -> Iterator[TableRow | Reject]:
    """Rows of `lines`, in which none stands for a line longer than `limit` bytes. Blank rows are passed over."""
    names: list[str] | None = None
    separator = ","
    for number, line in _records(lines, limit):
        if line is None:
            yield Reject(source, number, STAGE, f"the row is longer than {limit:,} bytes (maximal_article_bytes)")
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            reason = f"a table must be UTF-8, and byte {error.start} of this row is not: convert the file"
            yield Reject(source, number, STAGE, reason)
            continue
        if names is None:
            separator = separator_of(text) or ","
            names = [_bare(name) for name in _cells(text, separator)]
        elif text.strip():
            cells = _cells(text, separator)
            if len(cells) != len(names):
                reason = f"it has {len(cells)} cells, and the first line names {len(names)} columns: mend the row"
                yield Reject(source, number, STAGE, reason)
                continue
            yield TableRow(dict(zip(names, cells, strict=True)), number)


def _records(lines: Iterator[bytes | None], limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Rows, each with the number of its first line: a quoted cell that is open at a line's end goes on in the next."""
    held: list[bytes] = []
    first = size = 0
    separators = b""
    for number, line in enumerate(lines, 1):
        if not separators and line is not None:
            separators = (separator_of(line.decode("utf-8", "replace")) or ",").encode()
        if not held:
            first, size = number, 0
        if line is None or size + len(line) > limit:
            yield first, None
            held = []
            continue
        size += len(line) + 1
        held.append(line)
        if not _is_open(line, separators, inside=len(held) > 1):
            yield first, b"\n".join(held)
            held = []
    if held:
        yield first, b"\n".join(held)


def _is_open(line: bytes, separator: bytes, *, inside: bool) -> bool:
    """Does a quoted cell go on after this line? `inside` where one was open before it."""
    at = 0
    while True:
        if inside:
            quote = line.find(b'"', at)
            if quote < 0:
                return True
            at = quote + 1
            if line[at : at + 1] == b'"':
                at += 1
                continue
            inside = False
        if at == 0 and line.startswith(b'"'):
            inside, at = True, 1
            continue
        cell = line.find(separator + b'"', at)
        if cell < 0:
            return False
        inside, at = True, cell + len(separator) + 1


def _cells(text: str, separator: str) -> list[str]:
    text = text.removesuffix("\r")
    cells: list[str] = []
    at = 0
    while True:
        if text[at : at + 1] == '"':
            cell, at = _quoted(text, at + 1)
            end = text.find(separator, at)
            cell += text[at : end if end >= 0 else len(text)]
        else:
            end = text.find(separator, at)
            cell = text[at : end if end >= 0 else len(text)]
        cells.append(cell)
        if end < 0:
            return cells
        at = end + len(separator)


def _quoted(text: str, at: int) -> tuple[str, int]:
    """A cell from after its opening quote, and where it ends; one that is never closed goes to the end."""
    parts: list[str] = []
    while True:
        quote = text.find('"', at)
        if quote < 0:
            return "".join([*parts, text[at:]]), len(text)
        parts.append(text[at:quote])
        if text[quote + 1 : quote + 2] != '"':
            return "".join(parts), quote + 1
        parts.append('"')
        at = quote + 2


def _bare(name: str) -> str:
    return name.strip().strip('"').strip()
