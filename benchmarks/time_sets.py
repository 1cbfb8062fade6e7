"""Sets of dated texts: files of TimeML (TimeBank, AQUAINT, TempEval) or of GUM's XML in, documents and marks out.

A path is one file or a folder, read with all folders below it; the form of each file is told from its content. GUM's
<date> holds days (when, or from and to), which are told here as the days and as the TIMEX3 value that they amount to.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Literal

Form = Literal["timeml", "gum"]

_TAG = re.compile(r"<[^>]+>")
_TIMEX = re.compile(r"<TIMEX3\b([^>]*)>(.*?)</TIMEX3>", re.S)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_SUFFIXES = frozenset({".tml", ".xml"})


@dataclass(frozen=True, slots=True)
class Gold:
    """One marked expression: offsets into the text, TIMEX3 type and value; for GUM, its first and last day too."""

    start: int
    end: int
    type: str
    value: str
    days: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its marks and the day of its writing."""

    name: str
    form: Form
    text: str
    published: str | None
    gold: tuple[Gold, ...]

    @property
    def genre(self) -> str:
        """GUM's own name of the genre ("news"), or the folder that a TimeML file lies in."""
        return self.name.split("_")[1] if self.form == "gum" and "_" in self.name else self.name.split("/")[0]


def read_documents(path: Path) -> Iterator[Document]:
    """The documents of a file or folder, in order of their paths; files of neither form are passed over."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    for file in files:
        if file.suffix not in _SUFFIXES or file.name.startswith("._"):
            continue
        raw = file.read_text(encoding="utf-8", errors="replace")
        if "<TIMEX3" in raw or "<TimeML" in raw:
            document = _read_timeml(f"{file.parent.name}/{file.name}", raw)
            if document is not None:
                yield document
        elif "<text" in raw[:2000]:
            yield _read_gum(file.stem, raw)


def _read_timeml(name: str, raw: str) -> Document | None:
    body = re.search(r"<TEXT>(.*?)</TEXT>", raw, re.S)
    dct = re.search(r"<DCT>.*?value=\"([^\"]*)\"", raw, re.S)
    if body is None:
        return None
    text, gold = _timeml_text(body[1])
    return Document(name, "timeml", text, dct[1][:10] if dct is not None else None, tuple(gold))


def _timeml_text(marked: str) -> tuple[str, list[Gold]]:
    text, gold, at = "", [], 0
    for match in _TIMEX.finditer(marked):
        text += unescape(_TAG.sub("", marked[at : match.start()]))
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        start = len(text)
        text += unescape(_TAG.sub("", match[2]))
        gold.append(Gold(start, len(text), attributes.get("type", ""), attributes.get("value", "")))
        at = match.end()
    return text + unescape(_TAG.sub("", marked[at:])), gold


def _read_gum(name: str, raw: str) -> Document:
    """GUM's words joined by spaces; the day of writing is dateCreated."""
    root = ET.fromstring(raw.encode("utf-8"))
    collected = _Collected()
    collected.walk(root)
    return Document(name, "gum", "".join(collected.parts), root.get("dateCreated"), tuple(collected.gold))


class _Collected:
    """The running text of one GUM file, with the offsets of its dates."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.gold: list[Gold] = []

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def say(self, lines: str | None) -> None:
        for line in (lines or "").split("\n"):
            if "\t" in line:
                self.add(line.split("\t")[0] + " ")

    def walk(self, node: ET.Element) -> None:
        start = self.length
        self.say(node.text)
        for child in node:
            self.walk(child)
            self.say(child.tail)
        days = _days(node) if node.tag == "date" and self.length > start else None
        if days is not None:
            self.gold.append(Gold(start, self.length - 1, "DATE", timex_of(*days), days))
        if node.tag in ("s", "head", "p"):
            self.add("\n\n" if node.tag != "s" else "\n")


def _days(node: ET.Element) -> tuple[str, str] | None:
    when = node.get("when")
    first = when or node.get("from") or node.get("notBefore")
    last = when or node.get("to") or node.get("notAfter")
    return (first, last) if first and last else None


def timex_of(first: str, last: str) -> str:
    """The TIMEX3 value of what stands between two of GUM's dates, both included.

    A week, weekend, month, year, decade or century of the calendar gets its own value, all else the two with a slash.
    """
    if first == last:
        return ("XXXX" + first[1:] if first.startswith("--") else first).removesuffix(":00")
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return f"{first}/{last}"
    closing = ends + timedelta(days=1)
    if (begins.month, begins.day, closing.month, closing.day) == (1, 1, 1, 1):
        years = closing.year - begins.year
        scale = {1: 1, 10: 10, 100: 100}.get(years)
        if scale is not None and begins.year % scale == 0:
            return str(begins.year // scale)
    if begins.day == closing.day == 1 and (closing - begins).days <= 31:
        return f"{begins:%Y-%m}"
    year, week, weekday = begins.isocalendar()
    length = (closing - begins).days
    if (weekday, length) in ((1, 7), (6, 2)):
        return f"{year:04d}-W{week:02d}" + ("-WE" if length == 2 else "")
    return f"{first}/{last}"
