"""NewsML-G2 and NITF into reports. In: the bytes of one XML document. Out: a `Report` for each news item with a text.

Only what the document holds is read: a package that points to other items gives none of them. A dateline that stands
apart from the text is put before its first words, as agencies print it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dragoman.errors import ReadingError
from dragoman.reading.dates import iso_moment
from dragoman.reading.markup import local_name, text_of, text_of_html, xml_tree
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report, bare, with_dateline

_MOMENTS = ("contentcreated", "firstcreated", "versioncreated")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_newsml(data: bytes, *, source: str) -> Iterator[Report | Reject]:
    """The items of a NewsML-G2 document, or the one of NITF. Raises ReadingError for broken XML, and for no item."""
    root = xml_tree(data, source)
    if local_name(root) == "nitf":
        yield _nitf(root, 1)
        return
    items = [node for node in root.iter() if local_name(node) == "newsitem"]
    if not items:
        raise ReadingError("this XML holds no news item with a text", source=source)
    for number, item in enumerate(items, 1):
        try:
            yield _item(item, number, source)
        except ReadingError as error:
            yield Reject(source, number, STAGE, error.reason, "item")


def _item(item: Any, number: int, source: str) -> Report:
    about = _first(item, "contentmeta")
    management = _first(item, "itemmeta")
    contents = _first(item, "contentset")
    inner = _first(contents, "nitf")
    inside = _nitf(inner, number) if inner is not None else Report(_content(contents, source))
    if not inside.text.strip():
        raise ReadingError("this news item holds no text", source=source)
    moments = [_first(about, "contentcreated"), _first(about, "contentmodified")]
    moments += [_first(management, "firstcreated"), _first(management, "versioncreated")]
    language = _first(about, "language")
    return Report(
        inside.text,
        title=_words(_first(about, "headline")) or _words(_first(management, "title")) or inside.title,
        published=next(filter(None, (iso_moment(_words(one) or "") for one in moments)), None) or inside.published,
        publisher=_party(_first(about, "creditline"), _first(management, "provider"), _first(about, "infosource"))
        or inside.publisher,
        language=(language.get("tag") if language is not None else None) or item.get(_LANGUAGE),
        row=number,
        unit="item",
    )


def _content(contents: Any, source: str) -> str:
    """The text of inline XML (XHTML as a rule), else of inline data."""
    found = _first(contents, "inlinexml")
    if found is not None:
        body = _first(found, "body")
        return text_of(body if body is not None else found)
    found = _first(contents, "inlinedata")
    if found is None or found.get("encoding"):  # base64 and the like: pictures
        return ""
    words = "".join(found.itertext())
    return text_of_html(words, source) if "html" in (found.get("contenttype") or "") else words.strip()


def _nitf(root: Any, number: int) -> Report:
    head, content = _first(root, "body.head"), _first(root, "body.content")
    issued = _first(root, "date.issue")
    moment = (issued.get("norm") or "") if issued is not None else ""
    line = _first(head, "dateline")
    place = _words(_first(line, "city")) or _words(_first(line, "location"))
    headline = _first(head, "hl1") if head is not None else None
    return Report(
        with_dateline(text_of(content) if content is not None else "", place),
        title=_words(headline) or _words(_first(root, "title")),
        published=iso_moment(_extended(moment)),
        publisher=_words(_first(head, "distributor")) or _attribute(_first(root, "doc.copyright"), "holder"),
        language=root.get(_LANGUAGE),
        row=number,
        unit="item",
    )


def _extended(moment: str) -> str:
    """The basic form of ISO 8601, which NITF prefers, in the extended form: 20241119T083000Z."""
    moment = moment.strip()
    day, sign, clock = moment.partition("T")
    if len(day) == 8 and day.isdigit():
        day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(clock) >= 6 and clock[:6].isdigit():
        clock = f"{clock[:2]}:{clock[2:4]}:{clock[4:]}"
    return day + sign + clock


def _first(element: Any, name: str) -> Any:
    """The first element of that name (in lower case) below another, in the order of the document."""
    if element is None:
        return None
    return next((node for node in element.iter() if local_name(node) == name), None)


def _words(element: Any) -> str | None:
    return bare("".join(element.itertext())) if element is not None else None


def _attribute(element: Any, name: str) -> str | None:
    return bare(element.get(name)) if element is not None else None


def _party(*elements: Any) -> str | None:
    """The first name of these elements: what they say, the name in them, or the literal that stands for it."""
    for element in elements:
        name = _words(_first(element, "name")) or _words(element) or _attribute(element, "literal")
        if name:
            return name
    return None
