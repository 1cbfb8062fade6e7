"""What a brief consists of, in words and numbers and without markup; and what it is asked for.

All text here is plain: who writes Markdown or HTML escapes it. It decides nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

from dragoman.record.filters import EventFilter

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included."""

    since: datetime.date
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Side:
    """One of the parties asked for: its code as in a filter (`IND`, `USA:state-department`, `name:modi`), its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """One or two sides, a period and the one before it, further restrictions, and how many entries a section shows."""

    sides: tuple[Side, ...]
    period: Period
    before: Period
    chosen: EventFilter  # without sides, days and statuses
    most: int


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that copies another."""

    outlet: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A footnote. `url` is as it stands in the record: whoever writes a link checks it."""

    number: int
    outlet: str
    title: str
    day: str
    url: str | None
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A line below an entry; it may point to sources and to another entry of the brief."""

    text: str
    sources: tuple[int, ...] = ()
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One or more events that are told by one passage, or in the same words on the same day."""

    number: int
    when: str
    sentences: tuple[str, ...]
    quotes: tuple[str, ...]
    sources: tuple[int, ...]
    tally: str = ""  # by how many it is told
    notes: tuple[Note, ...] = ()
    events: tuple[str, ...] = ()  # their ids, for `dragoman explain`


@dataclass(frozen=True, slots=True)
class Group:
    """Entries below one heading; none: no heading."""

    heading: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the brief with entries. `more` says what is left out."""

    id: str
    title: str
    lead: str = ""
    groups: tuple[Group, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the first column holds the headings of the rows."""

    id: str
    title: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    picture: Picture | None = None  # the same as a chart, shown before it


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and what stands below it. `svg` is safe to stand in a page."""

    id: str
    title: str
    svg: str
    caption: str


Part = Section | Table | Picture


@dataclass(frozen=True, slots=True)
class Brief:
    """All of it, in order."""

    title: str
    period: str
    summary: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    sources: tuple[Source, ...] = ()
    about: tuple[str, ...] = field(default=())
