"""The English words of time: rows of tables/time in, one frozen `TimeWords` out.

Phrases are kept as tuples of lower-case atoms: words with their hyphens split off ("mid-2023" is mid, -, 2023) and the
possessive 's apart, as `coding.time_grammar` reads them. No calendar arithmetic is done here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding

CLASSES = frozenset(
    [
        "month",
        "weekday",
        "weekdays",
        "season",
        "unit",
        "units",
        "period",
        "number",
        "scale",
        "article",
        "some",
        "ordinal",
        "decade",
        "dayoffset",
        "daynight",
        "daypart",
        "dayparts",
        "overnight",
        "clockword",
        "meridian",
        "zone",
        "edge",
        "edgenoun",
        "deixis",
        "window",
        "narrative",
        "back",
        "forth",
        "every",
        "set",
        "times",
        "fiscal",
        "directed",
        "rangeto",
        "counted",
        "measured",
    ]
)
ANCHORS = frozenset(
    {
        "month", "weekday", "weekdays", "season", "unit", "units", "decade", "dayoffset", "daynight", "daypart",
        "dayparts", "overnight", "clockword", "set",
    }
)  # fmt: skip
YEAR_WORDS = frozenset({"eighteen", "nineteen", "twenty", "thousand"})  # with which a year in words begins
TENSES = frozenset(
    {
        "future-aux", "future-head", "same-head", "future-adj", "future-opener", "planning", "deadline", "carrier",
        "speech", "appointing",
    }
)  # fmt: skip
REFERENCES = frozenset({"PAST_REF", "PRESENT_REF", "FUTURE_REF", "PXD", "PXW", "PXM", "PXY", "PXE"})
_RULE = re.compile(r"\d\d-\d\d|\d\d-(mon|tue|wed|thu|fri|sat|sun)-(\d|last|after-mon)|easter[+-]\d+")
_SPLIT = re.compile(r"\s+|(-)")

Phrase = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class VagueReference:
    """A word of vague time. `first` and `last` are days from the report's day, none where no interval may be given."""

    id: str
    value: str
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class TimeWords:
    """`senses` maps a lower-case word to its classes and their values; phrases stand by their first atom.

    `names` are phrases that hold time words without telling a time; those with a value stand for that day. `edges`
    gives, for (unit, START|MID|END), the half-open part of the unit; `tenses` the lemmas of each kind. A sentence
    without figures and without one of `anchors` tells no time.
    """

    senses: Mapping[str, Mapping[str, str]]
    titled: frozenset[str]
    references: Mapping[str, tuple[tuple[Phrase, VagueReference], ...]]
    names: Mapping[str, tuple[tuple[Phrase, str], ...]]
    holidays: Mapping[str, tuple[tuple[Phrase, str], ...]]
    edges: Mapping[tuple[str, str], tuple[int, int]]
    tenses: Mapping[str, frozenset[str]]
    anchors: frozenset[str]


def atoms_of(phrase: str) -> Phrase:
    """The atoms of a phrase as the grammar sees them, lower case."""
    return tuple(plain(part) for part in _SPLIT.split(phrase.lower()) if part)


def plain(word: str) -> str:
    """A lower-case word without the full stop of its abbreviation: "nov." is nov, "a.m." is a.m."""
    return word[:-1] if len(word) > 2 and word[-1] == "." else word


def time_tables() -> Traversable:
    """The folder of the package's own tables."""
    return files("dragoman.knowledge") / "tables" / "time"


def load_time_words(folder: Path | Traversable | None = None) -> TimeWords:
    """Read the tables. Raises KnowledgeError where a row breaks its table's rules."""
    source = folder if folder is not None else time_tables()
    senses: dict[str, dict[str, str]] = {}
    titled: set[str] = set()
    for row in _rows(source, "words.csv"):
        if row["class"] not in CLASSES:
            raise KnowledgeError(f"unknown class {row['class']}", table="words.csv", row=row["id"])
        senses.setdefault(row["word"], {})[row["class"]] = row["value"]
        if row["case"] == "title":
            titled.add(row["word"])
    tenses: dict[str, frozenset[str]] = {kind: frozenset() for kind in TENSES}
    for row in _rows(source, "tense.csv"):
        if row["kind"] not in TENSES:
            raise KnowledgeError(f"unknown kind {row['kind']}", table="tense.csv", row=row["id"])
        tenses[row["kind"]] |= frozenset(row["words"].split("|"))
    references = _by_first((p, _reference(row)) for row in _rows(source, "references.csv") for p in _phrases(row))
    holidays = _by_first((p, _rule(row)) for row in _rows(source, "holidays.csv") for p in _phrases(row))
    anchors = YEAR_WORDS | {word for word, classes in senses.items() if not ANCHORS.isdisjoint(classes)}
    anchors |= {
        phrase[0] if phrase[0] not in ("the", "in", "at", "for", "of") else phrase[-1]
        for table in (references, holidays)
        for entries in table.values()
        for phrase, _ in entries
    }
    return TimeWords(
        senses=senses,
        titled=frozenset(titled),
        references=references,
        names=_by_first((p, row["value"]) for row in _rows(source, "names.csv") for p in _phrases(row)),
        holidays=holidays,
        edges={(r["unit"], r["edge"]): (int(r["first"]), int(r["last"])) for r in _rows(source, "edges.csv")},
        tenses=tenses,
        anchors=frozenset(anchors),
    )


def check_time_words(words: TimeWords, folder: Path | Traversable | None = None) -> list[Finding]:
    """What is wrong or odd in the tables: repeated ids, phrases of two kinds, missing sources."""
    source = folder if folder is not None else time_tables()
    findings: list[Finding] = []
    for table in ("words.csv", "references.csv", "names.csv", "holidays.csv", "edges.csv", "tense.csv"):
        seen: set[str] = set()
        for row in _rows(source, table):
            if row["id"] in seen:
                findings.append(Finding("error", f"time/{table}", row["id"], "the id stands twice"))
            seen.add(row["id"])
            if not row["source"]:
                findings.append(Finding("error", f"time/{table}", row["id"], "no source"))
    both = {p for entries in words.references.values() for p, _ in entries}
    both &= {p for entries in words.names.values() for p, _ in entries}
    for phrase in sorted(both):
        findings.append(Finding("error", "time/names.csv", " ".join(phrase), "also a reference"))
    return findings


def _rows(folder: Path | Traversable, table: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO((folder / table).read_text(encoding="utf-8")))


def _phrases(row: Mapping[str, str]) -> list[Phrase]:
    return [atoms_of(phrase) for phrase in row["phrases"].split("|")]


def _reference(row: Mapping[str, str]) -> VagueReference:
    if row["value"] not in REFERENCES:
        raise KnowledgeError(f"unknown value {row['value']}", table="references.csv", row=row["id"])
    first, last = ((int(row[key]) if row[key] else None) for key in ("from_days", "to_days"))
    return VagueReference(row["id"], row["value"], first, last)


def _rule(row: Mapping[str, str]) -> str:
    if _RULE.fullmatch(row["rule"]) is None:
        raise KnowledgeError(f"unknown rule {row['rule']}", table="holidays.csv", row=row["id"])
    return row["rule"]


def _by_first(pairs: Iterator[tuple[Phrase, T]]) -> dict[str, tuple[tuple[Phrase, T], ...]]:
    found: dict[str, list[tuple[Phrase, T]]] = {}
    for phrase, value in pairs:
        found.setdefault(phrase[0], []).append((phrase, value))
    return {first: tuple(sorted(entries, key=lambda entry: -len(entry[0]))) for first, entries in found.items()}
