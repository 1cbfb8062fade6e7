"""Nexis exports into reports. In: the text of a download with one or many documents. Out: a `Report` for each.

Two layouts: Nexis Uni (title, outlet, day, copyright, labels, "Body", text, "Classification", "End of Document"), and
the older one ("2 of 40 DOCUMENTS", outlet, day, labels in capitals, text, labels). What stands under no label between
the head and the closing labels is the text. It cannot tell a label from a sentence that begins like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dragoman.reading.exports import day_in
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report, bare, with_dateline

_END = re.compile(r"^[ \t]*End of Document[ \t]*$", re.MULTILINE)
_COUNTED = re.compile(r"^[ \t]*(?:Document )?\d{1,6} of \d{1,6} DOCUMENTS?[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"([A-Z][A-Za-z]{2,16}(?:[- ][A-Za-z]{2,12}){0,2}):(?:\s+(.*))?\Z")
_BODY = re.compile(r"^[ \t]*(?:Body|BODY)[ \t]*:?[ \t]*$", re.MULTILINE)
_HEAD_LABELS = frozenset(
    ("section", "length", "byline", "dateline", "highlight", "headline", "url", "graphic", "series", "title", "body")
)
_TAIL_LABELS = frozenset((
    "load-date", "url", "language", "publication-type", "journal-code", "subject", "geographic", "person", "company",
    "organization", "industry", "acc-no", "document-type", "pub-type", "notes", "correction", "graphic",
    "classification", "copyright", "ticker",
))  # fmt: skip
_CLOSING = re.compile(r"(?:Classification|Notes|Graphic|Load-Date:.*)\Z")
_COPYRIGHT = re.compile(r"(?:Copyright|\u00a9|\(c\))\s.{0,120}", re.IGNORECASE)


def is_nexis(text: str) -> bool:
    """Is this text a download of Nexis?"""
    if _COUNTED.search(text[:2_000]) is not None:
        return True
    return _END.search(text) is not None and re.search(r"^[ \t]*Length:\s*\d", text, re.MULTILINE) is not None


def read_nexis(text: str, *, source: str, months: Mapping[str, int]) -> Iterator[Report | Reject]:
    """The documents of a download, in order; one without a text is a reject."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    counted = _COUNTED.search(text[:2_000]) is not None
    parts = _COUNTED.split(text)[1:] if counted else _END.split(text)[:-1]
    number = 0
    for part in parts:
        if not part.strip():
            continue
        number += 1
        report = (_older if counted else _uni)(part, number, months)
        if report is None:
            yield Reject(source, number, STAGE, "this document of the download has no text", "document")
        else:
            yield report


def _uni(part: str, number: int, months: Mapping[str, int]) -> Report | None:
    """Title, outlet and day stand on the first three lines that say something."""
    body = _BODY.search(part)
    if body is None:
        return None
    head = _lines(part[: body.start()])
    labels = _labels(head)
    plain = [line for line in head if _LABEL.match(line) is None and _COPYRIGHT.match(line) is None]
    dated = next((at for at, line in enumerate(plain) if at and day_in(line, months)), None)
    text = _until_closing(part[body.end() :])
    if not text:
        return None
    tail = _labels(_lines(part[body.end() + len(text) :]))
    return Report(
        with_dateline(text, labels.get("dateline")),
        title=plain[0] if plain else None,
        published=day_in(plain[dated], months) if dated else day_in(tail.get("load-date", ""), months),
        publisher=plain[dated - 1] if dated is not None and dated > 1 else None,
        url=_link(labels.get("url")),
        language=_language(tail.get("language")),
        row=number,
        unit="document",
    )


def _older(part: str, number: int, months: Mapping[str, int]) -> Report | None:
    """Outlet and day come first; the text is what follows the labels of the head."""
    lines = part.split("\n")
    first = next((at for at, line in enumerate(lines) if _label(line) in _HEAD_LABELS), len(lines))
    labels, at = _label_block(lines, first)
    end = next((n for n in range(at, len(lines)) if _label(lines[n]) in _TAIL_LABELS), len(lines))
    text = "\n".join(lines[at:end])
    text = _COPYRIGHT.sub("", text).strip() if _COPYRIGHT.match(text.strip()) else text.strip()
    if not text:
        return None
    head = [line for line in _lines("\n".join(lines[:first])) if _COPYRIGHT.match(line) is None]
    tail = _labels(_lines("\n".join(lines[end:])))
    days = [day_in(line, months) for line in head]
    dated = next((n for n, day in enumerate(days) if day is not None), len(head))
    return Report(
        with_dateline(text, labels.get("dateline")),
        title=labels.get("headline") or labels.get("title") or next(reversed(head[dated + 1 :]), None),
        published=next(filter(None, days), None) or day_in(tail.get("load-date", ""), months),
        publisher=next((line for line, day in zip(head, days, strict=True) if day is None), None),
        url=_link(labels.get("url") or tail.get("url")),
        language=_language(tail.get("language")),
        row=number,
        unit="document",
    )


def _label_block(lines: list[str], at: int) -> tuple[dict[str, str], int]:
    """The labels from a line on, each with the lines that it runs over, and where the text begins."""
    found: dict[str, str] = {}
    while at < len(lines):
        name = _label(lines[at])
        if not lines[at].strip():
            at += 1
            continue
        if name not in _HEAD_LABELS:
            break
        end = at + 1
        while end < len(lines) and lines[end].strip() and _label(lines[end]) is None:
            end += 1
        value = bare(" ".join(lines[at:end]).partition(":")[2])
        if name == "body":
            return found, at + 1
        if value:
            found[name] = value
        at = end
    return found, at


def _until_closing(text: str) -> str:
    """The text up to the line with which the labels after it begin."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _CLOSING.match(line.strip()) is not None:
            return "\n".join(lines[:at]).strip()
    return text.strip()


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _labels(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        match = _LABEL.match(line)
        if match is not None and match[2]:
            found.setdefault(match[1].lower(), match[2])
    return found


def _label(line: str) -> str | None:
    match = _LABEL.match(line.strip()[:400])
    if match is not None:
        return match[1].lower()
    return "body" if line.strip() in ("Body", "BODY") else None


def _language(name: str | None) -> str | None:
    """ "ENGLISH" and "English; EN" are en; any other name is kept as it is, so that it is told."""
    if name is None:
        return None
    first = re.split(r"[;, ]", name)[0].lower()
    return "en" if first == "english" else first


def _link(text: str | None) -> str | None:
    return text if text is not None and text.startswith(("http://", "https://")) else None
