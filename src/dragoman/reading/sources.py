"""Files and standard input into articles. In: names, where - is standard input. Out: articles and rejects, in order.

The format is told by content: JSON lines where the first byte that is no space is {, else one plain text a file; a
name in .jsonl or .ndjson says JSON lines too. One bad file or row is a reject, and never stops the others. Memory is
bounded by the longest article allowed.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from dragoman.config import Config
from dragoman.errors import ReadingError
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.reading.encodings import decode, refuse_binary
from dragoman.reading.jsonlines import STAGE, field_names, read_rows
from dragoman.reading.plain import PlainReader
from dragoman.reading.rejects import Reject
from dragoman.values import Article

_CHUNK = 1 << 16
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_ARRAY = re.compile(rb"\[\s*\{\s*\"")
_ROWS = (".jsonl", ".ndjson")
STDIN = "standard input"


def read_sources(
    names: Iterable[str],
    *,
    published: str | None = None,
    mapping: Mapping[str, str] | None = None,
    config: Config | None = None,
    encoding: str | None = None,
    stdin: BinaryIO | None = None,
    reader: PlainReader | None = None,
) -> Iterator[Article | Reject]:
    """Read all `names`. `published` is the day of what names none; `mapping` takes a field of an article to its name
    in the JSON; `encoding` is that of plain texts without a byte-order mark. Raises UsageError for an unknown field.
    """
    fields = field_names(mapping or {})
    limit = (config if config is not None else Config()).maximal_article_bytes
    maker = reader if reader is not None else PlainReader(load_wordlists())

    def read() -> Iterator[Article | Reject]:
        for name in names:
            source = STDIN if name == "-" else name
            try:
                if name == "-":
                    yield from _stream(stdin or sys.stdin.buffer, source)
                else:
                    with Path(name).open("rb") as stream:
                        yield from _stream(stream, source)
            except ReadingError as error:
                yield Reject(source, error.row, STAGE, error.reason)
            except IsADirectoryError:
                yield Reject(source, None, STAGE, "this is a folder: name the files in it")
            except OSError as error:
                yield Reject(source, None, STAGE, f"it cannot be opened: {error.strerror or error}")
            except ValueError as error:
                yield Reject(source, None, STAGE, f"it cannot be opened: {error}")

    def _stream(stream: BinaryIO, source: str) -> Iterator[Article | Reject]:
        head = _head(stream)
        if _holds_rows(head, source):
            chunks = _chunks(head.removeprefix(codecs.BOM_UTF8), stream)
            lines = _whole_object(_lines(chunks, limit), limit)
            yield from read_rows(lines, maker, source=source, names=fields, published=published, limit=limit)
            return
        text = decode(_rest(head, stream, limit, source), source=source, declared=encoding).text
        yield maker.article(text, source=source, fallback=published)

    return read()


def _holds_rows(head: bytes, source: str) -> bool:
    """Do these first bytes begin JSON lines? Raises ReadingError for what is no text, and JSON of another shape."""
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(_WIDE_MARKS) or bare[1:2] == b"\x00" or bare[:1] == b"\x00":
        if bytes(byte for byte in head[:200] if byte).lstrip(b"\xff\xfe \r\n\t").startswith((b"{", b"[{")):
            raise ReadingError("JSON lines must be UTF-8: convert the file", source=source)
        return False
    if bare.startswith(b"{") and not bare.startswith(b"{\\rtf"):
        return True
    refuse_binary(head, source=source)
    if _ARRAY.match(bare):
        raise ReadingError("this is a JSON array: write one object a line (JSON lines)", source=source)
    return bool(bare) and source.lower().endswith(_ROWS)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes, up to some that are not space."""
    head = b""
    while len(head) < 16 * _CHUNK:
        chunk = stream.read(_CHUNK)
        if not chunk:
            break
        head += chunk
        if head.removeprefix(codecs.BOM_UTF8).strip():
            break
    return head


def _rest(head: bytes, stream: BinaryIO, limit: int, source: str) -> bytes:
    data = head + stream.read(max(0, limit + 1 - len(head)))
    if len(data) > limit:
        raise ReadingError(f"it is longer than {limit:,} bytes (maximal_article_bytes)", source=source)
    return data


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield head
    while chunk := stream.read(_CHUNK):
        yield chunk


def lines_of(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """The lines of a stream without a byte-order mark; none in place of one that is longer than `limit` bytes."""
    head = stream.read(_CHUNK)
    return _lines(_chunks(head.removeprefix(codecs.BOM_UTF8), stream), limit)


def _lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes | None]:
    """Lines without their ends; none in place of one that is longer than `limit` bytes, which is never held whole."""
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
    if size:
        yield b"".join(held) if size <= limit else None


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
