"""The rows of the ontology's tables: their types, and how each is read from its file.

In: a folder with the CSV tables and decisions.toml. Out: the frozen rows of each table, in its order. Refuses, with
table and row, a missing file or column, a ragged row, a missing source, an id that is empty or used twice, and a figure
that is none. What rows refer to is looked at in `ontology.py`.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dragoman.errors import KnowledgeError

Row = Mapping[str, str]
Built = TypeVar("Built")

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "quads.csv": "id name gloss source",
        "contexts.csv": "id gloss source",
        "sectors.csv": "id kind gloss source",
        "actions.csv": "id category modes cameo contexts score promise gloss source",
        "categories.csv": "id quad score recipient generic roots gloss source",
        "modes.csv": "id category mode score action gloss source",
        "cameo.csv": "id label action printed decision source",
        "cameo_older.csv": "id code note source",
        "goldstein.csv": "id numbering root score source",
        "future.csv": "id category future source",
        "about_modes.csv": "id operator about modes action mode source",
        "leaves.csv": "id operator about action source",
        "dialects.csv": "id dialect kind key root quad source",
    }
)


@dataclass(frozen=True, slots=True)
class Category:
    """A PLOVER category, or STATEMENT (`quad` 0). `generic` is its action where nothing more is known."""

    id: str
    quad: int
    score: float | None
    recipient_required: bool
    generic: str
    roots: tuple[str, ...]  # CAMEO roots that it mostly comes from
    gloss: str
    source: str


@dataclass(frozen=True, slots=True)
class Mode:
    """A manner of a category. `score` is PLOVER's (-10 to 10); `action` is the leaf that stands for the mode alone."""

    id: str
    category: str
    mode: str
    score: float
    action: str
    gloss: str
    source: str


@dataclass(frozen=True, slots=True)
class Action:
    """A leaf action. `score` is none where that of its modes holds; `promise` is the action that announces it."""

    id: str
    category: str
    modes: tuple[str, ...]
    cameo: str
    contexts: tuple[str, ...]
    score: float | None
    promise: str | None
    gloss: str
    source: str


@dataclass(frozen=True, slots=True)
class CameoCode:
    """A CAMEO 1.1b3 code of 2 to 4 digits and the action that it is read as.

    Where PLOVER's own crosswalk says otherwise, `printed` is what it says ("CATEGORY/mode", "none" where it drops the
    code, "absent" where it lacks it), and `decision` is the row of decisions.toml that gives the reason.
    """

    id: str
    label: str
    action: str
    printed: str
    decision: str
    source: str


@dataclass(frozen=True, slots=True)
class OlderCode:
    """A code of the older CAMEO numbering whose 1.1b3 equivalent is another number."""

    id: str
    code: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Goldstein:
    """The cooperation score (-10 to 10) of a CAMEO root in one numbering."""

    id: str
    numbering: str
    root: str
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Term:
    """A context, a sector (kind: sector or international) or a quad class (kind: its name)."""

    id: str
    kind: str
    gloss: str
    source: str


@dataclass(frozen=True, slots=True)
class Future:
    """A category whose announcement is coded as another one."""

    id: str
    category: str
    future: str
    source: str


@dataclass(frozen=True, slots=True)
class AboutMode:
    """The mode that a request, refusal or threat takes from the act inside it. Empty `modes` and no `action`: any."""

    id: str
    operator: str
    about: str
    modes: frozenset[str]
    action: str | None
    mode: str
    source: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """The finer action for a bare one over an act: `about` is an action, its promise, CATEGORY/mode or CATEGORY."""

    id: str
    operator: str
    about: str
    action: str
    source: str


@dataclass(frozen=True, slots=True)
class DialectRow:
    """How a dialect files one category, action or CAMEO code."""

    id: str
    dialect: str
    kind: str
    key: str
    root: str
    quad: int
    source: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """Another user's set of roots: {category, action or CAMEO code: (root, quad)}."""

    name: str
    categories: Mapping[str, tuple[str, int]]
    actions: Mapping[str, tuple[str, int]]
    cameo: Mapping[str, tuple[str, int]]

    def file_under(
        self, category: str, *, action: str | None = None, cameo: str | None = None
    ) -> tuple[str, int] | None:
        """The root and its quad class: by action, else by CAMEO code, else by category; none for STATEMENT."""
        return self.actions.get(action or "") or self.cameo.get(cameo or "") or self.categories.get(category)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided where the codebook contradicts itself (`number` 1 to 10) or is silent (no number)."""

    id: str
    number: int | None
    question: str
    decided: str
    reason: str
    affects: tuple[str, ...]


def read_table(place: Path | Traversable, table: str, build: Callable[[Row], Built]) -> list[Built]:
    """The rows of a table, in its order: ids unique, no row ragged, none without a source (the last column)."""
    header = _HEADERS[table].split()
    try:
        text = (place / table).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"cannot be read: {error}", table=table) from error
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or rows[0] != header:
        raise KnowledgeError(f"the columns are not {', '.join(header)}", table=table, row="1")
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise KnowledgeError(f"has {len(row)} fields and not {len(header)}", table=table, row=str(number))
        if not row[0] or row[0] in seen:
            reason = "the id is used twice" if row[0] else "the id is empty"
            raise KnowledgeError(reason, table=table, row=row[0] or str(number))
        if not row[-1].strip():
            raise KnowledgeError("the source is missing", table=table, row=row[0])
        seen.add(row[0])
    return [build(dict(zip(header, row, strict=True))) for row in rows[1:]]


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _figure(text: str, table: str, row: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise KnowledgeError(f"{text!r} is no figure", table=table, row=row) from error
    if not -10 <= value <= 10:
        raise KnowledgeError(f"{text} is not between -10 and 10", table=table, row=row)
    return value


def whole_number(text: str, table: str, row: str) -> int:
    if not text.isdecimal():
        raise KnowledgeError(f"{text!r} is no whole number", table=table, row=row)
    return int(text)


def _yes(text: str, table: str, row: str) -> bool:
    if text not in ("yes", "no"):
        raise KnowledgeError(f"{text!r} is neither yes nor no", table=table, row=row)
    return text == "yes"


def context_row(row: Row) -> Term:
    return Term(row["id"], "context", row["gloss"], row["source"])


def sector_row(row: Row) -> Term:
    if row["kind"] not in ("sector", "international"):
        raise KnowledgeError(f"unknown kind {row['kind']!r}", table="sectors.csv", row=row["id"])
    return Term(row["id"], row["kind"], row["gloss"], row["source"])


def quad_row(row: Row) -> Term:
    return Term(row["id"], row["name"], row["gloss"], row["source"])


def category_row(row: Row) -> Category:
    return Category(
        id=row["id"],
        quad=whole_number(row["quad"], "categories.csv", row["id"]),
        score=_figure(row["score"], "categories.csv", row["id"]) if row["score"] else None,
        recipient_required=_yes(row["recipient"], "categories.csv", row["id"]),
        generic=row["generic"],
        roots=_list(row["roots"]),
        gloss=row["gloss"],
        source=row["source"],
    )


def mode_row(row: Row) -> Mode:
    if row["id"] != f"{row['category']}/{row['mode']}":
        raise KnowledgeError("the id of a mode is CATEGORY/mode", table="modes.csv", row=row["id"])
    score = _figure(row["score"], "modes.csv", row["id"])
    return Mode(row["id"], row["category"], row["mode"], score, row["action"], row["gloss"], row["source"])


def action_row(row: Row) -> Action:
    return Action(
        id=row["id"],
        category=row["category"],
        modes=_list(row["modes"]),
        cameo=row["cameo"],
        contexts=_list(row["contexts"]),
        score=_figure(row["score"], "actions.csv", row["id"]) if row["score"] else None,
        promise=row["promise"] or None,
        gloss=row["gloss"],
        source=row["source"],
    )


def cameo_row(row: Row) -> CameoCode:
    if not (row["id"].isdecimal() and 2 <= len(row["id"]) <= 4):
        raise KnowledgeError("a CAMEO code has two to four digits", table="cameo.csv", row=row["id"])
    return CameoCode(row["id"], row["label"], row["action"], row["printed"], row["decision"], row["source"])


def older_row(row: Row) -> OlderCode:
    return OlderCode(row["id"], row["code"], row["note"], row["source"])


def goldstein_row(row: Row) -> Goldstein:
    score = _figure(row["score"], "goldstein.csv", row["id"])
    return Goldstein(row["id"], row["numbering"], row["root"], score, row["source"])


def future_row(row: Row) -> Future:
    return Future(row["id"], row["category"], row["future"], row["source"])


def about_mode_row(row: Row) -> AboutMode:
    modes = frozenset(_list(row["modes"]))
    return AboutMode(row["id"], row["operator"], row["about"], modes, row["action"] or None, row["mode"], row["source"])


def leaf_row(row: Row) -> Leaf:
    return Leaf(row["id"], row["operator"], row["about"], row["action"], row["source"])


def dialect_row(row: Row) -> DialectRow:
    if row["kind"] not in ("category", "action", "cameo"):
        raise KnowledgeError(f"unknown kind {row['kind']!r}", table="dialects.csv", row=row["id"])
    quad = whole_number(row["quad"], "dialects.csv", row["id"])
    return DialectRow(row["id"], row["dialect"], row["kind"], row["key"], row["root"], quad, row["source"])


def read_decisions(place: Path | Traversable) -> tuple[Decision, ...]:
    table = "decisions.toml"
    try:
        document = tomllib.loads((place / table).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"cannot be read: {error}", table=table) from error
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"is not TOML: {error}", table=table) from error
    found: list[Decision] = []
    for row in (*document.get("decision", ()), *document.get("ruling", ())):
        found.append(_decision(row))
        if any(earlier.id == found[-1].id for earlier in found[:-1]):
            raise KnowledgeError("the id is used twice", table=table, row=found[-1].id)
    return tuple(found)


def _decision(row: Mapping[str, Any]) -> Decision:
    name = str(row.get("id", "")) or None
    missing = [key for key in ("id", "question", "decided", "reason", "affects") if not row.get(key)]
    if missing:
        raise KnowledgeError(f"lacks {', '.join(missing)}", table="decisions.toml", row=name)
    number = row.get("number")
    if number is not None and not isinstance(number, int):
        raise KnowledgeError("the number is none", table="decisions.toml", row=name)
    affects = tuple(str(item) for item in row["affects"])
    return Decision(str(row["id"]), number, str(row["question"]), str(row["decided"]), str(row["reason"]), affects)


