"""Bytes on their way in. In: streams and iterators of chunks. Out: chunks, lines, and whole documents of bounded size.

Nothing here holds more than one chunk, or the limit that it was given.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Protocol

from dragoman.errors import ReadingError

CHUNK = 1 << 16
_HEAD = 16 * CHUNK
HOPELESS = 1_000  # times the bound of a line: no end is in sight


class Readable(Protocol):
    """All that reading asks of a stream."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class ChunkStream:
    """A stream made of an iterator of chunks."""

    __slots__ = ("_at", "_chunks", "_held")

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = filter(None, chunks)  # an empty chunk is no end
        self._held = b""
        self._at = 0

    def tell(self) -> int:
        """How many bytes were read."""
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """`size` bytes, fewer only at the end; all that is left where `size` is negative."""
        parts: list[bytes] = []
        wanted = size
        while wanted:
            part = self._held or next(self._chunks, b"")
            if not part:
                break
            self._held = part[wanted:] if wanted > 0 else b""
            part = part[:wanted] if wanted > 0 else part
            parts.append(part)
            wanted -= len(part) if wanted > 0 else 0
        read = b"".join(parts)
        self._at += len(read)
        return read


def head_of(stream: Readable) -> bytes:
    """The first bytes, up to some that are not space."""
    head = b""
    while len(head) < _HEAD:
        chunk = stream.read(CHUNK)
        if not chunk:
            break
        head += chunk
        if head.removeprefix(codecs.BOM_UTF8).strip():
            break
    while len(head) < CHUNK and (chunk := stream.read(CHUNK - len(head))):
        head += chunk
    return head


def chunks_of(head: bytes, stream: Readable) -> Iterator[bytes]:
    """`head`, and then the rest of the stream."""
    if head:
        yield head
    while chunk := stream.read(CHUNK):
        yield chunk


def whole_of(stream: Readable, limit: int, source: str, setting: str) -> bytes:
    """All bytes. Raises ReadingError where there are more than `limit`, naming the `setting` that says so."""
    parts: list[bytes] = []
    size = 0
    while size <= limit and (chunk := stream.read(min(CHUNK, limit + 1 - size))):
        parts.append(chunk)
        size += len(chunk)
    if size > limit:
        raise ReadingError(f"it is longer than {limit:,} bytes ({setting})", source=source)
    return b"".join(parts)


def lines_of(stream: Readable, limit: int) -> Iterator[bytes | None]:
    """The lines of a stream without a byte-order mark; none in place of one that is longer than `limit` bytes."""
    head = stream.read(CHUNK)
    return split_lines(chunks_of(head.removeprefix(codecs.BOM_UTF8), stream), limit)


def split_lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes | None]:
    """Lines without their ends; none in place of one that is longer than `limit` bytes, which is never held whole.
    Raises ReadingError for a line without an end in sight.
    """
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        *ended, last = chunk.split(b"\n")
        for part in ended:
            whole = size + len(part) <= limit
            yield b"".join([*held, part]) if whole else None
            held, size = [], 0
        size += len(last)
        if size <= limit:
            held.append(last)
        else:
            held = []
        if size > HOPELESS * limit:
            raise ReadingError(f"a line has more than {HOPELESS * limit:,} bytes: the rest is not read", source="line")
    if size:
        yield b"".join(held) if size <= limit else None
