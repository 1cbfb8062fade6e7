"""Phrases to identify: lines of text, or JSON lines {"phrase", "on"} -> requests and rejects, row by row.

A line that begins with a brace is JSON, any other is the phrase itself. Memory is bounded by the longest line allowed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from dragoman.errors import ReadingError
from dragoman.reading.dates import iso_moment
from dragoman.reading.jsonlines import json_object
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.sources import STDIN
from dragoman.reading.streams import lines_of

LONGEST_LINE = 100_000  # bytes


@dataclass(frozen=True, slots=True)
class PhraseRequest:
    """One phrase and its day (ISO), if it names one. `id` is the caller's own, handed back."""

    row: int
    phrase: str
    on: str | None = None
    id: Any = None


def read_phrases(stream: BinaryIO | None = None) -> Iterator[PhraseRequest | Reject]:
    """The requests of a stream (default: standard input). Blank lines are passed over."""
    for row, line in enumerate(lines_of(stream or sys.stdin.buffer, LONGEST_LINE), 1):
        if line is None:
            yield Reject(STDIN, row, STAGE, f"the line is longer than {LONGEST_LINE:,} bytes")
        elif line.strip():
            try:
                yield _request(line.strip(), row)
            except ReadingError as error:
                yield Reject(STDIN, row, STAGE, error.reason)


def _request(line: bytes, row: int) -> PhraseRequest:
    if not line.startswith(b"{"):
        try:
            return PhraseRequest(row, line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ReadingError("it is not UTF-8", source=STDIN, row=row) from error
    values = json_object(line, STDIN, row)
    phrase, on = values.get("phrase"), values.get("on")
    if not isinstance(phrase, str) or not phrase.strip():
        raise ReadingError("it needs a phrase", source=STDIN, row=row)
    if on is not None and (not isinstance(on, str) or iso_moment(on) is None):
        raise ReadingError(f"on: {on!r} is no date", source=STDIN, row=row)
    return PhraseRequest(row, phrase, on, values.get("id"))
