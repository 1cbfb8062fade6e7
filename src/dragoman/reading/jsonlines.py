"""Rows of JSON into reports. In: lines of bytes, one JSON object each. Out: reports and rejects, row by row.

Only `text` is needed. A row that cannot be read becomes a reject with its line number, and reading goes on. It does
not read arrays, nor objects within objects, but for those of ninjs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from dragoman.errors import ReadingError, UsageError
from dragoman.reading.ninjs import ninjs_report
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report

NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "title": ("title",),
    "url": ("url",),
    "publisher": ("publisher", "creator"),
    "published": ("published", "date", "publication_date"),
}


def field_names(mapping: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The JSON names that each field of an article is taken from, with the caller's put in place of the usual ones."""
    unknown = sorted(set(mapping) - set(NAMES))
    if unknown:
        raise UsageError(f"an article has no field {unknown[0]!r}; its fields: {', '.join(NAMES)}")
    return {**NAMES, **{field: (name,) for field, name in mapping.items()}}


def read_rows(
    lines: Iterator[bytes | None], *, source: str, names: Mapping[str, tuple[str, ...]], limit: int
) -> Iterator[Report | Reject]:
    """Reports of `lines`, in which none stands for a line longer than `limit` bytes. Blank lines are passed over."""
    for row, line in enumerate(_whole_object(lines, limit), 1):
        if line is None:
            yield Reject(source, row, STAGE, f"the line is longer than {limit:,} bytes (maximal_article_bytes)")
        elif line.strip():
            try:
                yield row_report(json_object(line, source, row), source, row, names)
            except ReadingError as error:
                yield Reject(source, row, STAGE, error.reason)


def row_report(values: Mapping[str, object], source: str, row: int, names: Mapping[str, tuple[str, ...]]) -> Report:
    """The report of one row of names and values; one of ninjs is told by its body. Raises ReadingError without text."""
    if not any(name in values for name in names["text"]):
        agency = ninjs_report(values, source=source, row=row)
        if agency is not None:
            return agency
    found = {field: _value(values, field, names[field], source, row) for field in NAMES}
    text = found["text"]
    if text is None:
        wanted = names["text"][0]
        raise ReadingError(f"it has no {wanted}: name its field with --map text=NAME", source=source, row=row)
    return Report(
        text,
        title=found["title"],
        published=found["published"],
        publisher=found["publisher"],
        url=found["url"],
        row=row,
    )


def json_object(line: bytes, source: str, row: int) -> dict[str, object]:
    """The object of one line, its numbers as floats. Raises ReadingError for what is none."""
    try:
        values = json.loads(line.decode("utf-8"), parse_int=float)  # no field is a number; those of any length pass
    except UnicodeDecodeError as error:
        reason = f"JSON must be UTF-8, and byte {error.start} is not: convert the file"
        raise ReadingError(reason, source=source, row=row) from error
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        reason = f"this is no JSON ({what} at character {error.pos}): mend the line, one object a line"
        raise ReadingError(reason, source=source, row=row) from error
    except RecursionError as error:
        raise ReadingError("its JSON is nested too deeply: write a flat object", source=source, row=row) from error
    if not isinstance(values, dict):
        reason = f"a row must be a JSON object with a text, not {_kind(values)}"
        raise ReadingError(reason, source=source, row=row)
    return values


def _value(values: Mapping[str, object], field: str, names: tuple[str, ...], source: str, row: int) -> str | None:
    """The first of `names` that is there and not empty, as a string; a list of strings is joined by commas."""
    for name in names:
        value = values.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, list) and field == "publisher" and all(isinstance(item, str) for item in value):
            value = ", ".join(value)
        if not isinstance(value, str):
            raise ReadingError(f"its {name} must be a string, not {_kind(value)}", source=source, row=row)
        return value or None
    return None


def _kind(value: object) -> str:
    kinds: dict[type, str] = {bool: "a truth value", float: "a number", list: "a list", str: "a string"}
    return "null" if value is None else kinds.get(type(value), "an object")


def _whole_object(lines: Iterator[bytes | None], limit: int) -> Iterator[bytes | None]:
    """Lines as they are, but one object that is spread over many lines comes as its one line."""
    first = next(lines, None)
    if first is None or not _is_broken(first):
        yield first
        yield from lines
        return
    held = [first]
    size = len(first)
    for line in lines:
        size += 1 + len(line or b"")
        if line is None or size > limit or _starts_row(line):
            yield from held
            yield line
            yield from lines
            return
        held.append(line)
    whole = b"\n".join(held)
    if _is_broken(whole):
        yield from held
    else:
        yield whole


def _starts_row(line: bytes) -> bool:
    return line.startswith(b"{") and not _is_broken(line)


def _is_broken(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return bool(line.strip())
    return False
