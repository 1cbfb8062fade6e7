"""Factiva exports into reports. In: the text of a download with one or many documents. Out: a `Report` for each.

Two layouts: with two-letter field codes (HD headline, WC words, PD day, SN outlet, LA language, LP and TD text, AN
number), and without (headline, byline, "812 words", day, time, outlet, code, language, copyright, text, and at the end
"Document" and the number). It cannot read the short display formats, which hold no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dragoman.reading.exports import day_in
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report, bare

_NUMBER = r"Document [A-Z][A-Z0-9]{5,12}[0-9]{8}[a-z0-9]{5,14}"
_END = re.compile(rf"^[ \t]*(?:AN[ \t|]+)?{_NUMBER}[ \t|]*$", re.MULTILINE)
_FIELD = re.compile(
    r"(SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|ART|CO|IN|NS|RE|IPC|IPD|PUB|AN|CLM|CT|RF)"
    r"[ \t]*(?:(?:[ ]{2}|\t|\|)[ \t]*(.*?))?[ \t|]*\Z"
)
_WORDS = re.compile(r"[\d,]{1,9} words?\Z")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?(?:\s?[A-Z]{2,4})?\Z")
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}\Z")
_COPYRIGHT = re.compile(r"(?:Copyright|\u00a9|\(c\)|All Rights Reserved)", re.IGNORECASE)
_HEAD_LINES = 12  # after the count of words: day, time, outlet, code, edition, page, language, copyright
_LANGUAGES = {"english": "en", "en": "en"}


def is_factiva(text: str) -> bool:
    """Is this text a download of Factiva?"""
    return _END.search(text) is not None and re.search(r"^(?:WC[ \t|]+)?[\d,]+ words?[ \t|]*$", text, re.M) is not None


def read_factiva(text: str, *, source: str, months: Mapping[str, int]) -> Iterator[Report | Reject]:
    """The documents of a download, in order; one without a text is a reject."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    for number, part in enumerate(_END.split(text)[:-1], 1):
        lines = [line.rstrip() for line in part.split("\n")]
        coded = any(line.startswith("HD") and _FIELD.match(line) for line in lines)
        report = _coded(lines, number, months) if coded else _uncoded(lines, number, months)
        if report is None:
            yield Reject(source, number, STAGE, "this document of the download has no text", "document")
        else:
            yield report


def _coded(lines: list[str], number: int, months: Mapping[str, int]) -> Report | None:
    fields: dict[str, list[str]] = {}
    code: str | None = None
    for line in lines:
        match = _FIELD.match(line)
        if match is not None:
            code = match[1]
            fields.setdefault(code, []).append(match[2] or "")
        elif code is not None:
            fields[code].append(line)
    said = {name: bare(" ".join(values)) for name, values in fields.items()}
    text = "\n\n".join(filter(None, ("\n".join(fields.get(name, ())).strip() for name in ("LP", "TD"))))
    if not text:
        return None
    return Report(
        text,
        title=said.get("HD"),
        published=day_in(said.get("PD") or "", months),
        publisher=said.get("SN"),
        language=_language(said.get("LA")),
        row=number,
        unit="document",
    )


def _uncoded(lines: list[str], number: int, months: Mapping[str, int]) -> Report | None:
    counted = next((at for at, line in enumerate(lines) if _WORDS.match(line.strip())), None)
    if counted is None:
        return None
    head, at = _head(lines, counted + 1)
    text = "\n".join(lines[at:]).strip()
    days = [day_in(line, months) for line in head]
    dated = next((n for n, day in enumerate(days) if day is not None), None)
    named = [line for line in head[dated + 1 :] if _CLOCK.match(line) is None] if dated is not None else []
    language = named[-1] if len(named) > 1 and named[-1].isalpha() and _CODE.match(named[-1]) is None else None
    if not text:
        return None
    return Report(
        text,
        title=_headline(lines[:counted]),
        published=days[dated] if dated is not None else None,
        publisher=named[0] if named else None,
        language=_language(language),
        row=number,
        unit="document",
    )


def _headline(lines: list[str]) -> str | None:
    """The last line of the first block: a section may stand before it, a byline stands in a block of its own."""
    start = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    end = next((at for at in range(start, len(lines)) if not lines[at].strip()), len(lines))
    return bare(lines[end - 1]) if end > start else None


def _head(lines: list[str], start: int) -> tuple[list[str], int]:
    """The lines from `start` to the copyright, or to a blank line where there is none; and where the text begins."""
    found: list[str] = []
    for at in range(start, min(len(lines), start + 2 * _HEAD_LINES)):
        line = lines[at].strip()
        if _COPYRIGHT.search(line) is not None:
            return found, at + 1
        if line:
            found.append(line)
    blank = next((at for at in range(start, len(lines)) if not lines[at].strip()), len(lines))
    return [line.strip() for line in lines[start:blank]], blank


def _language(name: str | None) -> str | None:
    return _LANGUAGES.get(name.lower(), name.lower()) if name else None
