"""The small words that mentions turn on: pronouns, counterparts, "both sides", forms of address; whose a site is.

In: `tables/mentions/pronouns.csv`, `cues.csv` and `issuers.csv`. Out: one frozen `MentionCues`. It knows no titles
(offices), no names (actors) and no verbs (lexicon).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding

ROLES = (
    "counterpart",
    "state-noun",
    "party-noun",
    "organisation-noun",
    "pair",
    "honorific",
    "gender",
    "owner-preposition",
    "stance-prefix",
    "blame-preposition",
    "speaks-for",
    "serves",
    "speech",
    "contested-place",
    "thing-noun",
    "time-word",
    "short-title",
    "partitive",
    "default-state",
    "home-state",
    "sport-word",
    "relation-noun",
    "of-a-state",
    "several",
    "firm-word",
    "states-together",
    "default-person",
    "sole-title",
    "other-state",
    "default-owner",
    "relative-state",
    "stranger",
)


@dataclass(frozen=True, slots=True)
class Pronoun:
    """One form. `gender` is male, female, neuter or empty; `use` is personal, possessive or reflexive."""

    id: str
    form: str
    person: int
    number: str
    gender: str
    use: str


@dataclass(frozen=True, slots=True)
class Cue:
    """One word in one role; what `value` means depends on the role (number, gender, scope)."""

    id: str
    word: str
    role: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class MentionCues:
    """`pronouns` by lower-case form; `roles[role][word]` is the cue; `issuers[host]` is whose statements a site
    holds.
    """

    pronouns: Mapping[str, Pronoun]
    roles: Mapping[str, Mapping[str, Cue]]
    issuers: Mapping[str, str]


def load_mention_cues(folder: Path | Traversable | None = None) -> MentionCues:
    """Read the tables of `folder` (default: the package's). Raises KnowledgeError for rows unknown or doubled."""
    home: Path | Traversable = files("dragoman.knowledge") / "tables" / "mentions" if folder is None else folder
    pronouns: dict[str, Pronoun] = {}
    for row in _rows(home, "pronouns.csv"):
        if row["person"] not in ("1", "2", "3") or row["form"] in pronouns:
            raise KnowledgeError("unknown person or form given twice", table="pronouns.csv", row=row["id"])
        pronouns[row["form"]] = Pronoun(
            row["id"], row["form"], int(row["person"]), row["number"], row["gender"], row["use"]
        )
    roles: dict[str, dict[str, Cue]] = {role: {} for role in ROLES}
    for row in _rows(home, "cues.csv"):
        if row["role"] not in roles:
            raise KnowledgeError(f"unknown role {row['role']!r}", table="cues.csv", row=row["id"])
        if row["word"] in roles[row["role"]]:
            raise KnowledgeError("word given twice in one role", table="cues.csv", row=row["id"])
        roles[row["role"]][row["word"]] = Cue(row["id"], row["word"], row["role"], row["value"], row["source"])
    issuers: dict[str, str] = {}
    for row in _rows(home, "issuers.csv"):
        if row["host"] in issuers or not row["source"]:
            raise KnowledgeError("host given twice, or no source", table="issuers.csv", row=row["id"])
        issuers[row["host"]] = row["entity"]
    return MentionCues(pronouns, roles, issuers)


def check_mention_cues(cues: MentionCues) -> list[Finding]:
    """Rows without a source, words that are not lower case, and ids that stand twice."""
    found: list[Finding] = []
    seen: set[str] = set()
    for role in sorted(cues.roles):
        for cue in cues.roles[role].values():
            if cue.id in seen:
                found.append(Finding("error", "cues.csv", cue.id, "id stands twice"))
            seen.add(cue.id)
            if not cue.source:
                found.append(Finding("error", "cues.csv", cue.id, "no source"))
            if cue.word != cue.word.lower():
                found.append(Finding("error", "cues.csv", cue.id, "word is not lower case"))
    return found


def _rows(home: Path | Traversable, name: str) -> list[dict[str, str]]:
    try:
        text = (home / name).read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot be read: {error}", table=name) from error
    return list(csv.DictReader(text.splitlines()))
