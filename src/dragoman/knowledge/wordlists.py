"""Word lists for reading and for language. In: `tables/language/*.csv`. Out: one frozen value that the stages take.

It cannot say what a word means: these are lists for cutting text into sentences and words, for base forms, for the
furniture of a report (datelines, credits) and for telling languages apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding

WORDS = "words.csv"
LEMMAS = "irregular_lemmas.csv"
ABBREVIATIONS = (
    "abbreviation-title",
    "abbreviation-number",
    "abbreviation-month",
    "abbreviation-final",
    "abbreviation-inner",
)
NEEDED = (
    *ABBREVIATIONS,
    "starter",
    "particle",
    "label",
    "function-word",
    "prefix",
    "suffix",
    "unit",
    "contraction",
    "reporting",
    "verb-spelling",
    "agency",
    "credit",
    "month",
    "slug",
    "stop-en",
    "homograph",
    "lead-in",
)


@dataclass(frozen=True, slots=True)
class WordLists:
    """`lists` by name; `lemmas` by (form, class of word) the class a UPOS tag."""

    lists: Mapping[str, frozenset[str]]
    lemmas: Mapping[tuple[str, str], str]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.lists[name]


def language_tables() -> Traversable:
    """The folder of these tables inside the package."""
    return files("dragoman").joinpath("knowledge", "tables", "language")


def load_wordlists(folder: Path | Traversable | None = None) -> WordLists:
    """Read the tables. Raises KnowledgeError when a list is missing or a row is incomplete."""
    place = language_tables() if folder is None else folder
    lists: dict[str, set[str]] = {}
    for row in _rows(place, WORDS):
        if not row["list"] or not row["text"]:
            raise KnowledgeError("a row needs both list and text", table=WORDS, row=row["id"])
        lists.setdefault(row["list"], set()).add(row["text"])
    for name in NEEDED:
        if name not in lists:
            raise KnowledgeError(f"the list {name!r} has no rows", table=WORDS)
    lemmas = {(row["form"], row["pos"]): row["lemma"] for row in _rows(place, LEMMAS)}
    return WordLists({name: frozenset(texts) for name, texts in sorted(lists.items())}, lemmas)


def check_wordlists(folder: Path | Traversable | None = None) -> list[Finding]:
    """Double ids, unknown lists, empty cells."""
    place = language_tables() if folder is None else folder
    found: list[Finding] = []
    for table in (WORDS, LEMMAS):
        seen: set[str] = set()
        for row in _rows(place, table):
            if row["id"] in seen:
                found.append(Finding("error", table, row["id"], "the id occurs twice"))
            seen.add(row["id"])
            empty = sorted(name for name, cell in row.items() if not cell and name != "note")
            if empty:
                found.append(Finding("error", table, row["id"], f"empty: {', '.join(empty)}"))
            if table == WORDS and row["list"] not in NEEDED and not row["list"].startswith("stop-"):
                found.append(Finding("error", table, row["id"], f"no stage reads the list {row['list']!r}"))
    return found


def _rows(folder: Path | Traversable, name: str) -> list[dict[str, str]]:
    try:
        content = folder.joinpath(name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise KnowledgeError("the table is missing", table=name) from error
    return list(csv.DictReader(io.StringIO(content)))
