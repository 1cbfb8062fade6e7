"""A stream into reports, whatever its format. In: bytes, and the name that they came under. Out: reports and rejects.

Packed files and archives are opened, two layers at most; each format has its own file beside this one. Memory is
bounded by the longest document allowed, time by the reader of each format.
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from dragoman.errors import ReadingError
from dragoman.reading.compressed import packing_of, unpacked
from dragoman.reading.encodings import decode, decode_markup
from dragoman.reading.exports import text_of_rtf
from dragoman.reading.factiva import is_factiva, read_factiva
from dragoman.reading.feeds import read_feed
from dragoman.reading.fetching import fetch
from dragoman.reading.html import read_html
from dragoman.reading.jsonlines import read_rows, row_report
from dragoman.reading.mail import read_mailbox, read_message
from dragoman.reading.markup import text_of_html
from dragoman.reading.newsml import read_newsml
from dragoman.reading.nexis import is_nexis, read_nexis
from dragoman.reading.recognising import Format, format_of, is_tar, is_zip
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report
from dragoman.reading.streams import ChunkStream, Readable, chunks_of, head_of, split_lines, whole_of
from dragoman.reading.tables import TableRow, read_table
from dragoman.reading.warc import read_warc

MOST_LAYERS = 3  # a.tar.gz holds b.gz
_DOCUMENT = "maximal_document_bytes"
_EXPORT_MARKS = (b"End of Document", b"DOCUMENTS", b"Document ")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asked for: names of fields, encoding of plain texts, bounds, and what may be fetched."""

    names: Mapping[str, tuple[str, ...]]
    months: Mapping[str, int]
    article_limit: int
    document_limit: int
    encoding: str | None = None
    fetch: bool = False
    private: bool = False
    known: Container[str] = frozenset()  # pages of feeds that need not be fetched


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes came from: their name, and for fetched ones their address and declared encoding."""

    source: str
    url: str | None = None
    charset: str | None = None


def read_stream(
    stream: Readable, origin: Origin, asked: Asked, layer: int = 0
) -> Iterator[tuple[str, Report | Reject]]:
    """The reports of a stream, each with the name of the file that it stood in. Raises ReadingError."""
    source = origin.source
    head = head_of(stream)
    packing = packing_of(head)
    if packing is None and not is_zip(head) and not is_tar(head):
        for found in _read(head, stream, origin, asked):
            yield source, found
        return
    if layer >= MOST_LAYERS:
        raise ReadingError("it is packed in too many layers: unpack it first", source=source)
    if packing is not None:
        yield from read_stream(unpacked(packing, head, stream, source), origin, asked, layer + 1)
        return
    from dragoman.reading.archives import tar_members, zip_members

    if is_zip(head):
        members = zip_members(_seekable(head, stream, asked, source), source)
    else:
        members = tar_members(ChunkStream(chunks_of(head, stream)), source)
    for member in members:
        inner = f"{source}: {''.join(one if one.isprintable() else '?' for one in member.name)}"
        try:
            yield from read_stream(member.stream, Origin(inner), asked, layer + 1)
        except ReadingError as error:
            yield inner, Reject(inner, error.row, STAGE, error.reason)


def _seekable(head: bytes, stream: Readable, asked: Asked, source: str) -> BinaryIO:
    """A file as it is; what one cannot seek in is held, within the bound of a document."""
    if isinstance(stream, io.BufferedIOBase) and stream.seekable():
        return cast(BinaryIO, stream)
    return io.BytesIO(whole_of(ChunkStream(chunks_of(head, stream)), asked.document_limit, source, _DOCUMENT))


def _read(head: bytes, stream: Readable, origin: Origin, asked: Asked) -> Iterator[Report | Reject]:
    source = origin.source
    kind = format_of(head, source)
    everything = ChunkStream(chunks_of(head, stream))
    limit = asked.article_limit if kind in ("rows", "table") else asked.document_limit
    if kind == "rows":
        yield from read_rows(_lines(everything, limit), source=source, names=asked.names, limit=limit)
    elif kind == "table":
        for row in read_table(_lines(everything, limit), source=source, limit=limit):
            yield _table_report(row, source, asked) if isinstance(row, TableRow) else row
    elif kind == "mailbox":
        yield from read_mailbox(_lines(everything, limit), source=source, limit=limit)
    elif kind == "warc":
        yield from read_warc(everything, source=source, limit=limit)
    else:
        data = whole_of(everything, limit, source, _DOCUMENT)
        yield from _whole(kind, data, origin, asked)


def _lines(stream: Readable, limit: int) -> Iterator[bytes | None]:
    first = stream.read(3)
    return split_lines(chunks_of(b"" if first == b"\xef\xbb\xbf" else first, stream), limit)


def _whole(kind: Format, data: bytes, origin: Origin, asked: Asked) -> Iterator[Report | Reject]:
    """The reports of a document that is held whole."""
    source = origin.source
    if kind == "feed":
        yield from _feed(data, source, asked)
    elif kind == "newsml":
        yield from read_newsml(data, source=source)
    elif kind == "message":
        yield read_message(data, source=source)
    elif kind == "rtf":
        text = text_of_rtf(data, source)
        yield from _export(text, source, asked) or (Report(text),)
    elif kind == "html":
        exported: Iterator[Report | Reject] | None = None
        if any(mark in data for mark in _EXPORT_MARKS):
            text = text_of_html(decode_markup(data, source=source, declared=origin.charset).text, source)
            exported = _export(text, source, asked)
        yield from exported or (read_html(data, source=source, url=origin.url, charset=origin.charset),)
    else:
        text = decode(data, source=source, declared=asked.encoding or origin.charset).text
        exported = _export(text, source, asked)
        if exported is None and len(data) > asked.article_limit:
            reason = f"it is longer than {asked.article_limit:,} bytes (maximal_article_bytes)"
            raise ReadingError(reason, source=source)
        yield from exported or (Report(text, url=origin.url),)


def _export(text: str, source: str, asked: Asked) -> Iterator[Report | Reject] | None:
    """The documents of a database's download, or none where it is none."""
    if is_nexis(text):
        return read_nexis(text, source=source, months=asked.months)
    if is_factiva(text):
        return read_factiva(text, source=source, months=asked.months)
    return None


def _table_report(row: TableRow, source: str, asked: Asked) -> Report | Reject:
    try:
        return row_report(row.cells, source, row.row, asked.names)
    except ReadingError as error:
        return Reject(source, row.row, STAGE, error.reason)


def _feed(data: bytes, source: str, asked: Asked) -> Iterator[Report | Reject]:
    """Entries without their full text are fetched where that was asked for; else their summary is the text."""
    for entry in read_feed(data, source=source):
        report = entry.report
        if entry.complete or (report.text and not asked.fetch):
            yield report
        elif asked.fetch and report.url:
            if report.url in asked.known:
                continue
            try:
                yield _fetched(report, asked)
            except ReadingError as error:
                yield Reject(source, report.row, STAGE, f"{report.url}: {error.reason}", "entry")
        else:
            reason = entry.fault or "the entry has no text: --fetch reads the page that it names"
            yield Reject(source, report.row, STAGE, reason, "entry")


def _fetched(report: Report, asked: Asked) -> Report:
    assert report.url is not None
    page = fetch(report.url, limit=asked.document_limit, private=asked.private)
    found = read_html(page.data, source=report.url, url=page.url, charset=page.charset)
    return replace(
        report,
        text=found.text,
        title=report.title or found.title,
        published=report.published or found.published,
        language=found.language,
    )
