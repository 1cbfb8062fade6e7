"""Web pages into reports. In: the text of one page, and its address if known. Out: a `Report`.

trafilatura finds the text of the report among menus and notices; title, outlet, day and language come from what the
page says of itself. A moment is taken with its offset where the page gives one. It cannot read pages that scripts
write in the browser, nor tell two reports of one page apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dragoman.errors import ReadingError
from dragoman.reading.dates import iso_moment
from dragoman.reading.encodings import decode_markup
from dragoman.reading.markup import html_tree
from dragoman.reading.reports import Report, bare

FEWEST_WORDS = 4  # less is no report
_PUBLISHED = (
    *("article:published_time", "datepublished", "og:article:published_time"),
    *("dc.date.issued", "parsely-pub-date"),
)
_OUTLET = ("og:site_name", "application-name", "publisher", "dc.publisher")
_LD_LIMIT = 200_000  # characters of one block of JSON-LD


def read_html(
    data: bytes, *, source: str, url: str | None = None, charset: str | None = None, row: int | None = None
) -> Report:
    """The report of one page. Raises ReadingError where there is none."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    tree = html_tree(decode_markup(data, source=source, declared=charset).text, source)
    about = dict(_meta(tree))
    linked = list(_linked_data(tree))
    language = _language(tree, about)  # trafilatura takes the tree apart
    try:
        found = bare_extraction(
            tree,
            url=url,
            favor_precision=True,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise ReadingError(f"this web page cannot be read ({type(error).__name__})", source=source) from error
    if not isinstance(found, Document):
        raise ReadingError("no report was found in this web page", source=source)
    text = "\n\n".join(filter(None, map(str.strip, (found.text or "").splitlines())))
    if len(text.split(None, FEWEST_WORDS)) < FEWEST_WORDS:
        raise ReadingError("no report was found in this web page", source=source)
    return Report(
        text,
        title=bare(about.get("og:title")) or bare(found.title),
        published=_published(about, linked) or iso_moment(found.date or ""),
        publisher=_outlet(about, linked) or bare(found.sitename),
        url=url or bare(found.url),
        language=language,
        row=row,
        unit="record",
    )


def _meta(tree: Any) -> Iterator[tuple[str, str]]:
    """Names and contents of the meta elements, the first of a name last, so that a dictionary keeps it."""
    for element in reversed(list(tree.iter("meta"))):
        for attribute in ("name", "property", "itemprop"):
            name, content = element.get(attribute), element.get("content")
            if name and content:
                yield name.strip().lower(), content


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects that are reports: those with a day of publication."""
    for script in tree.iter("script"):
        words = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(words) > _LD_LIMIT:
            continue
        try:
            value = json.loads(words, strict=False)
        except (ValueError, RecursionError):
            continue
        graph = value.get("@graph", [value]) if isinstance(value, dict) else value
        for item in graph if isinstance(graph, list) else []:
            if isinstance(item, dict) and "datePublished" in item:
                yield item


def _published(about: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    said = [about[name] for name in _PUBLISHED if name in about]
    said += [item["datePublished"] for item in linked if isinstance(item["datePublished"], str)]
    return next(filter(None, map(iso_moment, said)), None)


def _outlet(about: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    for item in linked:
        publisher = item.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else publisher
        if bare(name):
            return bare(name)
    return next((bare(about[name]) for name in _OUTLET if bare(about.get(name))), None)


def _language(tree: Any, about: dict[str, str]) -> str | None:
    declared = bare(tree.get("lang")) or bare(about.get("og:locale")) or bare(about.get("language"))
    return re.split(r"[-_]", declared)[0].lower() if declared else None
