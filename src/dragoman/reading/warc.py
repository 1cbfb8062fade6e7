"""Web archives (WARC, also WET) into reports. In: an unpacked stream. Out: a `Report` for each page, by record.

Pages (HTML, plain text) that were answered with status 200 are read; pictures, scripts, redirects and requests are no
reports and are passed over. The day of the crawl is not taken for the day of publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dragoman.errors import ReadingError
from dragoman.reading.encodings import decode_markup
from dragoman.reading.html import read_html
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report
from dragoman.reading.streams import Readable

_PAGES = ("text/html", "application/xhtml+xml")
_LONGEST_HEADERS = 1 << 16


def read_warc(stream: Readable, *, source: str, limit: int) -> Iterator[Report | Reject]:
    """The pages of an archive; `row` numbers records of all kinds. Raises ReadingError for a damaged one."""
    from fastwarc.warc import ArchiveIterator

    records = ArchiveIterator(
        stream,  # type: ignore[arg-type]  # it reads, and does no more
        parse_http=True,
        auto_decode="all",
        max_header_len=_LONGEST_HEADERS,
        stream_detect=False,
        fsspec_args=False,
    )
    number = 0
    while True:
        number += 1
        try:
            record = next(records, None)
            page = _page(record, limit) if record is not None else None
        except (OSError, ValueError, RuntimeError, EOFError) as error:
            if isinstance(error.__cause__, ReadingError):
                raise error.__cause__ from error
            reason = f"this WARC is damaged after {number - 1} records ({str(error)[:80]})"
            raise ReadingError(reason, source=source) from error
        if record is None:
            return
        if page is None:
            continue
        try:
            yield _report(page, record, limit, source, number)
        except ReadingError as error:
            yield Reject(source, number, STAGE, error.reason, "record")


def _page(record: Any, limit: int) -> bytes | None:
    """The bytes of a page, one more than `limit` at most; none where the record is no page that was found."""
    from fastwarc.warc import WarcRecordType

    if record.record_type == WarcRecordType.conversion:
        return bytes(record.reader.read(limit + 1))
    if record.record_type == WarcRecordType.response and record.is_http and record.http_headers is not None:
        if record.http_headers.status_code != 200:
            return None
        kind = record.http_content_type or "text/html"
    elif record.record_type == WarcRecordType.resource:
        kind = record.headers.get("Content-Type", "")
    else:
        return None
    if kind.split(";")[0].strip().lower() not in (*_PAGES, "text/plain"):
        return None
    return bytes(record.reader.read(limit + 1))


def _report(page: bytes, record: Any, limit: int, source: str, number: int) -> Report:
    if len(page) > limit:
        raise ReadingError(f"the page is longer than {limit:,} bytes (maximal_document_bytes)", source=source)
    url = record.headers.get("WARC-Target-URI")
    charset = record.http_charset if record.is_http else None
    kind = (record.http_content_type if record.is_http else record.headers.get("Content-Type")) or ""
    plain = str(record.record_type) == "conversion" or kind.split(";")[0].strip().lower() == "text/plain"
    if not plain:
        return read_html(page, source=source, url=url, charset=charset, row=number)
    return Report(decode_markup(page, source=source, declared=charset).text, url=url, row=number, unit="record")
