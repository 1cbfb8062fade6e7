"""Requests to classify a pair of parties: JSON lines {"text", "actor", "recipient"} -> requests and rejects, row by
row.

A span is [start, end] (code points), {"start", "end"}, or words of the text. Memory is bounded by the longest line
allowed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from dragoman.errors import ReadingError, UsageError
from dragoman.reading.jsonlines import json_object
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.sources import STDIN
from dragoman.reading.streams import lines_of

LONGEST_LINE = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class PairRequest:
    """Two spans of a text, each half-open in code points; one may be none. `id` is the caller's own, handed back."""

    source: str
    row: int
    id: Any
    text: str
    actor: tuple[int, int] | None
    recipient: tuple[int, int] | None


def read_pairs(names: Iterable[str], *, stdin: BinaryIO | None = None) -> Iterator[PairRequest | Reject]:
    """The requests of files of JSON lines; - is standard input."""
    for name in names:
        source = STDIN if name == "-" else name
        try:
            if name == "-":
                yield from _requests(stdin or sys.stdin.buffer, source)
            else:
                with Path(name).open("rb") as stream:
                    yield from _requests(stream, source)
        except OSError as error:
            yield Reject(source, None, STAGE, f"it cannot be opened: {error.strerror or error}")


def _requests(stream: BinaryIO, source: str) -> Iterator[PairRequest | Reject]:
    for row, line in enumerate(lines_of(stream, LONGEST_LINE), 1):
        if line is None:
            yield Reject(source, row, STAGE, f"the line is longer than {LONGEST_LINE:,} bytes")
        elif line.strip():
            try:
                yield _request(json_object(line, source, row), source, row)
            except ReadingError as error:
                yield Reject(source, row, STAGE, error.reason)
            except UsageError as error:
                yield Reject(source, row, STAGE, str(error))


def _request(values: dict[str, object], source: str, row: int) -> PairRequest:
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ReadingError("it needs a text", source=source, row=row)
    actor, recipient = (
        span_of(values[name], text, name) if values.get(name) is not None else None for name in ("actor", "recipient")
    )
    if actor is None and recipient is None:
        raise ReadingError("it needs an actor, a recipient, or both", source=source, row=row)
    return PairRequest(source, row, values.get("id"), text, actor, recipient)


def span_of(value: object, text: str, name: str) -> tuple[int, int]:
    """A span as users give it. Raises UsageError for what is none, or does not lie in the text."""
    if isinstance(value, str) and value:
        start = text.find(value)
        if start < 0:
            raise UsageError(f"{name}: the text has no {value!r}")
        return start, start + len(value)
    if isinstance(value, dict):
        value = [value.get("start"), value.get("end")]
    if isinstance(value, list) and len(value) == 2:
        low, high = (_whole(number) for number in value)
        if low is not None and high is not None:
            if not 0 <= low < high <= len(text):
                raise UsageError(f"{name}: [{low}, {high}] does not lie in the text of {len(text)} characters")
            return low, high
    raise UsageError(f"{name}: {json.dumps(value)[:80]} is no span; give [start, end], or words of the text")


def _whole(number: object) -> int | None:
    if isinstance(number, bool) or not isinstance(number, int | float) or number % 1 != 0:
        return None  # what has no end is no whole number either, nor is NaN
    return int(number)
