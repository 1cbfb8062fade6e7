"""How acts and names are worded in a brief: "held talks with", "the Netherlands".

In: the tables of `tables/wording/`. Out: one frozen `Wording`. A row is found by category, mode and CAMEO code, the
finest first; every category has a row of its own, with the label that stands in tables. It forms no sentences.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding
from dragoman.knowledge.ontology import Ontology

Part = Literal["done", "said", "agreed"]
_ACTS = ("id", "category", "mode", "cameo", "part", "did", "do", "to", "alone", "act", "label", "source")
_NAMES = ("id", "kind", "word", "source")
_PARTS = ("done", "said", "agreed")
_KINDS = ("is", "begins", "holds", "nobody")


@dataclass(frozen=True, slots=True)
class Act:
    """How one kind of act is worded. `to` leads to whom it is done: "imposed sanctions" "on"; empty for "visited"."""

    id: str
    part: Part  # a deed, words only, or an undertaking
    did: str
    do: str
    to: str
    alone: str  # what was done, where nobody is named to whom
    act: str  # the act as a thing: "a visit"
    label: str  # of a category: its name in tables


@dataclass(frozen=True, slots=True)
class Wording:
    """All rows, by (category, mode, CAMEO code) with "" for any; and which names want "the" (`names`)."""

    acts: Mapping[tuple[str, str, str], Act]
    names: Mapping[str, frozenset[str]]  # those that are, begin with or hold a word; and words that name nobody

    def act(self, category: str, modes: Sequence[str] = (), cameo: str | None = None) -> Act:
        """The finest row: that of mode and CAMEO code, of a CAMEO code above it, of the mode, of the category."""
        for code in _codes(cameo):
            for mode in modes or ("",):
                found = self.acts.get((category, mode, code))
                if found is not None:
                    return found
        for mode in (*modes, ""):
            found = self.acts.get((category, mode, ""))
            if found is not None:
                return found
        raise KnowledgeError(f"no wording for {category}", table="acts.csv")

    def label(self, category: str) -> str:
        """The name of a category in plain words."""
        return self.act(category).label

    def with_article(self, name: str) -> str:
        """A name as it stands in a sentence: "the United States", "India"."""
        words = name.split()
        if not words or words[0].lower() in ("the", "a", "an"):
            return name
        known = self.names
        if name in known["is"] or any(name.startswith(word + " ") for word in known["begins"]):
            return f"the {name}"
        own = any("'" in word or "’" in word for word in words[:-1])  # "Gaza's Health Ministry"
        return f"the {name}" if not own and not known["holds"].isdisjoint(words) else name


def _codes(cameo: str | None) -> Iterator[str]:
    """A CAMEO code and those above it, down to three digits: 0256, 025. Roots say no more than the category."""
    for length in range(len(cameo or ""), 2, -1):
        yield (cameo or "")[:length]


def load_wording(folder: Path | Traversable | None = None) -> Wording:
    """The tables of the package, or of a folder. Raises KnowledgeError, with table and row, where one is broken."""
    place = files("dragoman.knowledge") / "tables" / "wording" if folder is None else folder
    acts: dict[tuple[str, str, str], Act] = {}
    for row in _rows(place, "acts.csv", _ACTS):
        key = (row["category"], row["mode"], row["cameo"])
        if key in acts or row["part"] not in _PARTS or not (row["did"] and row["do"] and row["act"]):
            raise KnowledgeError("it stands twice, lacks words or names no part", table="acts.csv", row=row["id"])
        alone = row["alone"] or row["did"]
        part = cast(Part, row["part"])
        acts[key] = Act(row["id"], part, row["did"], row["do"], row["to"], alone, row["act"], row["label"])
    names: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for row in _rows(place, "names.csv", _NAMES):
        if row["kind"] not in names:
            raise KnowledgeError(f"no such kind: {row['kind']!r}", table="names.csv", row=row["id"])
        names[row["kind"]].add(row["word"])
    frozen = {kind: frozenset(words) for kind, words in names.items()}
    return Wording(MappingProxyType(acts), MappingProxyType(frozen))


def _rows(place: Path | Traversable, table: str, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    try:
        text = (place / table).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise KnowledgeError("the table is missing", table=table) from error
    reader = csv.DictReader(text.splitlines(), strict=True)
    if tuple(reader.fieldnames or ()) != tuple(columns):
        raise KnowledgeError(f"its columns are not {', '.join(columns)}", table=table)
    for row in reader:
        if None in row or None in row.values() or not row["id"] or not row["source"]:
            raise KnowledgeError("a cell too many or too few", table=table, row=row["id"])
        yield row


def check_wording(wording: Wording, ontology: Ontology) -> list[Finding]:
    """Codes that the ontology does not know, categories and modes without words, categories without a label."""
    found: list[Finding] = []
    for (category, mode, cameo), act in wording.acts.items():
        unknown = [
            code
            for code, known in ((category, ontology.categories), (cameo or "01", ontology.cameo))
            if code not in cast(Collection[str], known)
        ]
        if mode and (category, mode) not in ontology.modes:
            unknown.append(f"{category}/{mode}")
        found += [Finding("error", "acts.csv", act.id, f"no such code: {code}") for code in unknown]
        if not mode and not cameo and not act.label:
            found.append(Finding("error", "acts.csv", act.id, "a category without a label"))
    wanted = [(category, "") for category in ontology.categories] + list(ontology.modes)
    for category, mode in wanted:
        if (category, mode, "") not in wording.acts:
            found.append(Finding("error", "acts.csv", "", f"no words for {category} {mode}".rstrip()))
    return found
