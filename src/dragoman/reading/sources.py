"""Files, folders, addresses and standard input into articles. In: names. Out: articles and rejects, in order.

The format is told by content first (`recognising.py`). One bad file or row is a reject, and never stops the others.
Nothing is fetched but the addresses among the names, and with `fetch` the pages that feeds name.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from dragoman.config import Config
from dragoman.errors import ReadingError
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.reading.fetching import Fetched, fetch, is_url
from dragoman.reading.finding import found_names
from dragoman.reading.formats import Asked, Origin, read_stream
from dragoman.reading.jsonlines import field_names
from dragoman.reading.plain import PlainReader
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report
from dragoman.values import Article

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
    fetch: bool = False,
    private: bool = False,
    pages: Mapping[str, Fetched | str] | None = None,
    known: Container[str] = frozenset(),
) -> Iterator[Article | Reject]:
    """Read all `names`. `published` is the day of what names none; `mapping` takes a field of an article to its name
    in JSON or a table; `encoding` is that of plain texts without a byte-order mark; `fetch` reads the pages of feeds
    that hold no full text; `private` allows addresses of one's own network. `pages`: what lies at addresses that were
    fetched already, or why nothing does; `known`: pages of feeds that need not be fetched. Raises UsageError for an
    unknown field.
    """
    settings = config if config is not None else Config()
    maker = reader if reader is not None else PlainReader(load_wordlists())
    asked = Asked(
        names=field_names(mapping or {}),
        months=maker.months,
        article_limit=settings.maximal_article_bytes,
        document_limit=max(settings.maximal_document_bytes, settings.maximal_article_bytes),
        encoding=encoding,
        fetch=fetch,
        private=private,
        known=known,
    )

    def read() -> Iterator[Article | Reject]:
        for given in names:
            for name in found_names(given):
                for source, found in _reports(name, asked, stdin, pages or {}):
                    if isinstance(found, Report):
                        yield article_of(found, source, maker, fallback=published, limit=asked.article_limit)
                    else:
                        yield found

    return read()


def article_of(
    report: Report, source: str, maker: PlainReader, *, fallback: str | None, limit: int
) -> Article | Reject:
    """The article of a report, or why it gives none: too long, no text, another language, a day that is none."""
    try:
        if len(report.text) > limit or len(report.text.encode("utf-8", "surrogatepass")) > limit:
            raise ReadingError(f"the text is longer than {limit:,} bytes (maximal_article_bytes)", source=source)
        return maker.article(
            report.text,
            published=report.published,
            title=report.title,
            publisher=report.publisher,
            url=report.url,
            source=source if report.row is None else f"{source}, {report.unit} {report.row}",
            fallback=fallback,
            language=report.language,
        )
    except ReadingError as error:
        return Reject(source, report.row, STAGE, error.reason, report.unit)


def _reports(
    name: str, asked: Asked, stdin: BinaryIO | None, pages: Mapping[str, Fetched | str]
) -> Iterator[tuple[str, Report | Reject]]:
    """The reports of one name, each with its file. Whatever is wrong with it is a reject."""
    source = STDIN if name == "-" else name
    try:
        if name == "-":
            yield from read_stream(stdin or sys.stdin.buffer, Origin(source), asked)
        elif is_url(name):
            page = pages.get(name) or fetch(name, limit=asked.document_limit, private=asked.private)
            if isinstance(page, str):
                raise ReadingError(page, source=source)
            yield from read_stream(io.BytesIO(page.data), Origin(source, page.url, page.charset), asked)
        else:
            with Path(name).open("rb") as stream:
                yield from read_stream(stream, Origin(source), asked)
    except ReadingError as error:
        yield source, Reject(source, error.row, STAGE, error.reason)
    except OSError as error:
        yield source, Reject(source, None, STAGE, f"it cannot be opened: {error.strerror or error}")
    except ValueError as error:
        yield source, Reject(source, None, STAGE, f"it cannot be opened: {error}")
