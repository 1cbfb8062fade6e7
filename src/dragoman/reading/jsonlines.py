"""Rows of JSON into articles. In: lines of bytes, one JSON object each. Out: articles and rejects, row by row.

Only `text` is needed. A row that cannot be read becomes a reject with its line number, and reading goes on. It does
not read arrays, nor objects within objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from dragoman.errors import ReadingError, UsageError
from dragoman.reading.plain import PlainReader
from dragoman.reading.rejects import Reject
from dragoman.values import Article

STAGE = "reading"
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
    lines: Iterator[bytes | None],
    reader: PlainReader,
    *,
    source: str,
    names: Mapping[str, tuple[str, ...]],
    published: str | None,
    limit: int,
) -> Iterator[Article | Reject]:
    """Articles of `lines`, in which none stands for a line longer than `limit` bytes. Blank lines are passed over."""
    for row, line in enumerate(lines, 1):
        if line is None:
            yield Reject(source, row, STAGE, f"the line is longer than {limit:,} bytes (maximal_article_bytes)")
        elif line.strip():
            try:
                yield _article(line, reader, source, row, names, published)
            except ReadingError as error:
                yield Reject(source, row, STAGE, error.reason)


def _article(
    line: bytes, reader: PlainReader, source: str, row: int, names: Mapping[str, tuple[str, ...]], published: str | None
) -> Article:
    values = json_object(line, source, row)
    found = {field: _value(values, field, names[field], source, row) for field in NAMES}
    text = found["text"]
    if text is None:
        wanted = names["text"][0]
        raise ReadingError(f"it has no {wanted}: name its field with --map text=NAME", source=source, row=row)
    return reader.article(
        text,
        published=found["published"],
        title=found["title"],
        publisher=found["publisher"],
        url=found["url"],
        source=f"{source}, line {row}",
        fallback=published,
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
