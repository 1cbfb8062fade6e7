"""RSS and Atom into reports. In: the bytes of one feed. Out: a `Report` for each entry, its row the entry's number.

The text is that of the entry's full content where the feed has it, else of its summary. `Entry.complete` says which,
so that whoever may fetch pages can. It follows no link itself, and cannot tell a cut-off content from a whole one.
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dragoman.errors import ReadingError
from dragoman.reading.dates import iso_moment
from dragoman.reading.markup import MOST_XML_TAGS, refuse_entities, text_of_html
from dragoman.reading.reports import Report, bare

MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A report of a feed; `complete` where the feed held its full content, `fault` where its markup was refused."""

    report: Report
    complete: bool
    fault: str | None = None


def read_feed(data: bytes, *, source: str) -> Iterator[Entry]:
    """The entries in their order. Raises ReadingError for what is no feed, or an empty one."""
    import feedparser

    refuse_entities(data, source)
    if data.count(b"<") > MOST_XML_TAGS:
        raise ReadingError(f"this XML has more than {MOST_XML_TAGS:,} tags: split it", source=source)
    try:
        # Nothing of the markup is kept, so that sanitising it would be work for nothing.
        feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError) as error:
        raise ReadingError(f"this XML feed cannot be read ({type(error).__name__})", source=source) from error
    if not feed.entries:
        wrong = bare(str(feed.get("bozo_exception", ""))) if feed.get("bozo") else None
        raise ReadingError(f"this XML feed holds no entry{f' ({wrong[:120]})' if wrong else ''}", source=source)
    outlet, language = bare(feed.feed.get("title")), bare(feed.feed.get("language"))
    for number, entry in enumerate(feed.entries[:MOST_ENTRIES], 1):
        yield _entry(entry, number, outlet, language, source)
    if len(feed.entries) > MOST_ENTRIES:
        raise ReadingError(f"only {MOST_ENTRIES:,} entries of a feed are read", source=source)


def _entry(entry: Any, number: int, outlet: str | None, language: str | None, source: str) -> Entry:
    contents = [one for one in entry.get("content", []) if bare(one.get("value"))]
    chosen = max(contents, key=lambda one: len(one["value"]), default=None)
    markup = chosen["value"] if chosen is not None else entry.get("summary") or ""
    fault = None
    try:
        text = text_of_html(markup, source)
        title = bare(text_of_html(entry.get("title") or "", source))
    except ReadingError as error:
        text, title, fault = "", None, error.reason
    report = Report(
        text.strip(),
        title=title,
        published=_published(entry),
        publisher=bare(entry.get("source", {}).get("title")) or outlet,
        url=bare(entry.get("link")),
        language=bare((chosen or {}).get("language")) or language,
        row=number,
        unit="entry",
    )
    return Entry(report, chosen is not None, fault)


def _published(entry: Any) -> str | None:
    for name in ("published", "created", "updated"):
        found = iso_moment(entry.get(name) or "")
        if found is not None:
            return found
        parsed = entry.get(f"{name}_parsed")
        if isinstance(parsed, time.struct_time):
            try:
                return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat()
            except (ValueError, OverflowError, OSError):
                return None
    return None
