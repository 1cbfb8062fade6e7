"""The ontology: which political acts there are, how PLOVER and CAMEO code them, and what holds where they disagree.

In: the tables of `tables/ontology/`. Out: one frozen `Ontology`, its references resolved and its lookups indexed.
It says what a code means, never whether a sentence tells of it (that is the lexicon and `coding/`).

A leaf action ("expel-diplomat") is finer than a PLOVER category with its modes and about as fine as a CAMEO code;
the lexicon names actions, and both codings follow from them. Categories, modes and scores are those of the PLOVER 2.0
draft, codes those of CAMEO 1.1b3; where they contradict themselves, decisions.toml says what holds and why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding
from dragoman.knowledge.ontology_rows import (
    AboutMode,
    Action,
    CameoCode,
    Category,
    Decision,
    Dialect,
    DialectRow,
    Future,
    Goldstein,
    Leaf,
    Mode,
    OlderCode,
    Term,
    about_mode_row,
    action_row,
    cameo_row,
    category_row,
    context_row,
    dialect_row,
    future_row,
    goldstein_row,
    leaf_row,
    mode_row,
    older_row,
    quad_row,
    read_decisions,
    read_table,
    sector_row,
    whole_number,
)

__all__ = [
    "STATEMENT",
    "Action",
    "Category",
    "Dialect",
    "Mode",
    "Numbering",
    "Ontology",
    "check_ontology",
    "load_ontology",
]

Numbering = Literal["1.1b3", "older"]
STATEMENT = "STATEMENT"  # the one category that is ours and not PLOVER's

Key = TypeVar("Key")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Ontology:
    """All tables, in the order of their files. Unknown codes raise KnowledgeError."""

    categories: Mapping[str, Category]
    modes: Mapping[tuple[str, str], Mode]
    contexts: Mapping[str, Term]
    sectors: Mapping[str, Term]
    quads: Mapping[int, Term]
    actions: Mapping[str, Action]
    cameo: Mapping[str, CameoCode]
    older: Mapping[str, OlderCode]
    goldstein: Mapping[tuple[str, str], Goldstein]
    futures: Mapping[str, Future]
    about_modes: Mapping[tuple[str, str], tuple[AboutMode, ...]]  # most specific first
    leaves: Mapping[tuple[str, str], Leaf]
    dialects: Mapping[str, Dialect]
    decisions: tuple[Decision, ...]
    by_modes: Mapping[tuple[str, frozenset[str]], Action]

    def cameo_to_action(self, code: str, numbering: Numbering = "1.1b3") -> Action:
        """The action that a CAMEO code alone is read as."""
        current = self.current_code(code) if numbering == "older" else code
        return self.actions[_known(self.cameo, current, "cameo.csv").action]

    def current_code(self, code: str) -> str:
        """The 1.1b3 code for a code of the older numbering (163 halted talks -> 164)."""
        moved = self.older.get(code)
        return _known(self.cameo, code, "cameo.csv").id if moved is None else moved.code

    def action_for(self, category: str, modes: Sequence[str] = ()) -> Action:
        """The leaf that stands for a category with these modes; where none has just these, for the strongest."""
        if not modes:
            return self.actions[_known(self.categories, category, "categories.csv").generic]
        if len(modes) > 1:
            exact = self.by_modes.get((category, frozenset(modes)))
            if exact is not None:
                return exact
        return self.actions[self._strongest(category, modes).action]

    def cameo_for(self, category: str, modes: Sequence[str] = ()) -> str:
        """The CAMEO 1.1b3 code nearest to a category with these modes."""
        return self.action_for(category, modes).cameo

    def score(self, category: str, modes: Sequence[str] = ()) -> float | None:
        """PLOVER's score: of the mode furthest from zero (decision r09), else of the category; none for STATEMENT."""
        if not modes:
            return _known(self.categories, category, "categories.csv").score
        return self._strongest(category, modes).score

    def quad(self, category: str) -> int:
        """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict; 0 for STATEMENT."""
        return _known(self.categories, category, "categories.csv").quad

    def mode_for_about(
        self, operator: str, about: str, modes: Collection[str] = (), action: str | None = None
    ) -> str | None:
        """The mode of a REQUEST, REJECT or THREATEN by the act (category, modes, action where known) inside it."""
        for row in self.about_modes.get((operator, about), ()):
            if (row.action is None or row.action == action) and (not row.modes or not row.modes.isdisjoint(modes)):
                return row.mode
        return None

    def refine(self, operator: str, inner: str) -> Action:
        """The finer action for a bare action over the act inside it; the bare one where the tables know none.

        "appeal" over "release" is "appeal-release" (CAMEO 0253), "agree" over "visit" "agree-meet" (036). The category
        stays, and the finer action's modes are what `mode_for_about` gives.
        """
        outer = _known(self.actions, operator, "actions.csv")
        act = _known(self.actions, inner, "actions.csv")
        levels = (act.id, act.promise or "", *(f"{act.category}/{mode}" for mode in act.modes), act.category)
        found = next((self.leaves[operator, level] for level in levels if (operator, level) in self.leaves), None)
        return outer if found is None else self.actions[found.action]

    def future_of(self, category: str) -> str:
        """The category as which an announced act of this category is coded; itself where announcing changes nothing."""
        row = self.futures.get(category)
        return category if row is None else row.future

    def promise_of(self, action: str) -> Action | None:
        """The action by which this one is announced, where its category changes when announced."""
        promise = _known(self.actions, action, "actions.csv").promise
        return None if promise is None else self.actions[promise]

    def dialect(self, name: str) -> Dialect:
        """How another user's set files our categories ("zsp", "sanctions-as-coerce")."""
        return _known(self.dialects, name, "dialects.csv")

    def goldstein_of(self, code: str, numbering: Numbering = "1.1b3") -> float:
        """The Goldstein score of a code's root."""
        return _known(self.goldstein, (numbering, code[:2]), "goldstein.csv").score

    def _strongest(self, category: str, modes: Sequence[str]) -> Mode:
        known = [_known(self.modes, (category, mode), "modes.csv") for mode in modes]
        return max(known, key=lambda mode: abs(mode.score))


def load_ontology(folder: Path | Traversable | None = None) -> Ontology:
    """The ontology of the package, or of a folder with the same files.

    Raises KnowledgeError, with table and row, for a missing file or column, an id that is empty or used twice, a figure
    that is none, and a reference to a row that is not there.
    """
    place = files("dragoman.knowledge") / "tables" / "ontology" if folder is None else folder
    actions = {row.id: row for row in read_table(place, "actions.csv", action_row)}
    modes = read_table(place, "modes.csv", mode_row)
    scores = read_table(place, "goldstein.csv", goldstein_row)
    leaves = read_table(place, "leaves.csv", leaf_row)
    dialects = read_table(place, "dialects.csv", dialect_row)
    ontology = Ontology(
        categories=_by_id(read_table(place, "categories.csv", category_row)),
        modes=MappingProxyType({(row.category, row.mode): row for row in modes}),
        contexts=_by_id(read_table(place, "contexts.csv", context_row)),
        sectors=_by_id(read_table(place, "sectors.csv", sector_row)),
        quads=MappingProxyType(
            {whole_number(row.id, "quads.csv", row.id): row for row in read_table(place, "quads.csv", quad_row)}
        ),
        actions=MappingProxyType(actions),
        cameo=_by_id(read_table(place, "cameo.csv", cameo_row)),
        older=_by_id(read_table(place, "cameo_older.csv", older_row)),
        goldstein=MappingProxyType({(row.numbering, row.root): row for row in scores}),
        futures=MappingProxyType({row.category: row for row in read_table(place, "future.csv", future_row)}),
        about_modes=_by_operator(read_table(place, "about_modes.csv", about_mode_row)),
        leaves=MappingProxyType({(row.operator, row.about): row for row in leaves}),
        dialects=_dialects(dialects),
        decisions=read_decisions(place),
        by_modes=_by_modes(actions.values()),
    )
    for table, row, kind, known, wanted in _references(ontology, dialects):
        if wanted not in known:
            name = "/".join(wanted) if isinstance(wanted, tuple) else wanted
            raise KnowledgeError(f"no such {kind}: {name!r}", table=table, row=row)
    return ontology


COUNTS: Mapping[str, int] = MappingProxyType(  # of the PLOVER 2.0 draft
    {"categories": 16, "modes": 67, "contexts": 37, "sectors": 25, "international codes": 7, "decisions": 10}
)


def check_ontology(ontology: Ontology) -> list[Finding]:
    """What is wrong beyond what the loader refuses, sorted by table and row.

    Counts other than PLOVER's, modes and categories without a leaf, codes that do not come back in both directions,
    scores that belie their quad class, acts that cannot be announced, dialects with gaps, decisions on rows that are
    not there.
    """
    found = [
        *_check_counts(ontology),
        *_check_leaves(ontology),
        *_check_codes(ontology),
        *_check_scores(ontology),
        *_check_futures(ontology),
        *_check_refinements(ontology),
        *_check_dialects(ontology),
        *_check_decisions(ontology),
    ]
    return sorted(found, key=lambda finding: (finding.table, finding.row, finding.message))


def _error(table: str, row: str, message: str) -> Finding:
    return Finding("error", table, row, message)


def _check_counts(ontology: Ontology) -> Iterator[Finding]:
    kinds = [term.kind for term in ontology.sectors.values()]
    numbers = sorted(decision.number for decision in ontology.decisions if decision.number is not None)
    counted = {
        "categories": (len(ontology.categories) - (STATEMENT in ontology.categories), "categories.csv"),
        "modes": (len(ontology.modes), "modes.csv"),
        "contexts": (len(ontology.contexts), "contexts.csv"),
        "sectors": (kinds.count("sector"), "sectors.csv"),
        "international codes": (kinds.count("international"), "sectors.csv"),
        "decisions": (len(numbers), "decisions.toml"),
    }
    for name, (count, table) in counted.items():
        if count != COUNTS[name]:
            yield _error(table, "", f"{count} {name}, not {COUNTS[name]}")
    if numbers != list(range(1, len(numbers) + 1)):
        yield _error("decisions.toml", "", f"the decisions are numbered {numbers}")


def _check_leaves(ontology: Ontology) -> Iterator[Finding]:
    """Each category and mode has its leaf; the leaf codes as what it stands for."""
    for category in ontology.categories.values():
        leaf = ontology.actions[category.generic]
        if (leaf.category, leaf.modes) != (category.id, ()):
            yield _error("categories.csv", category.id, f"{leaf.id} is not a {category.id} without mode")
    for mode in ontology.modes.values():
        leaf = ontology.actions[mode.action]
        if (leaf.category, leaf.modes) != (mode.category, (mode.mode,)):
            yield _error("modes.csv", mode.id, f"{leaf.id} is not just {mode.id}")
    for action in ontology.actions.values():
        for mode_name in action.modes:  # PLOVER: the modes cyber and misinformation bring the contexts of these names
            if mode_name in ontology.contexts and mode_name not in action.contexts:
                yield _error("actions.csv", action.id, f"lacks the context {mode_name}")


def _check_codes(ontology: Ontology) -> Iterator[Finding]:
    """CAMEO -> action -> CAMEO stays on the code, above it, or at the root's "other"; back again, in the category."""
    allowed = {row for decision in ontology.decisions for row in decision.affects}
    decisions = {decision.id for decision in ontology.decisions}
    for code in ontology.cameo.values():
        back = ontology.actions[code.action].cameo
        if not (code.id.startswith(back) or back == code.id[:2] + "0" or back[:2] == code.id):
            yield _error("cameo.csv", code.id, f"comes back as {back}")
        if bool(code.printed) != bool(code.decision) or (code.decision and code.decision not in decisions):
            yield _error("cameo.csv", code.id, f"differs from the crosswalk without a decision: {code.decision!r}")
    for action in ontology.actions.values():
        back_category = ontology.cameo_to_action(action.cameo).category
        if back_category != action.category and action.id not in allowed:
            yield _error("actions.csv", action.id, f"{action.cameo} comes back as {back_category}")
    for number in range(1, 21):
        if f"{number:02d}" not in ontology.cameo:
            yield _error("cameo.csv", f"{number:02d}", "the root is missing")


def _check_scores(ontology: Ontology) -> Iterator[Finding]:
    for category in ontology.categories.values():
        if (category.score is None) != (category.quad == 0):
            yield _error("categories.csv", category.id, "only quad 0 has no score")
        if category.score is not None and not _fits(category.score, category.quad):
            yield _error("categories.csv", category.id, f"{category.score} in quad {category.quad}")
    for mode in ontology.modes.values():
        if not _fits(mode.score, ontology.quad(mode.category)):
            yield _error("modes.csv", mode.id, f"{mode.score} in quad {ontology.quad(mode.category)}")


def _fits(score: float, quad: int) -> bool:
    """Cooperation is positive, material conflict negative, verbal conflict at most a request for help (0.5)."""
    return score > 0 if quad in (1, 2) else score < 0 if quad == 4 else score <= 0.5


def _check_futures(ontology: Ontology) -> Iterator[Finding]:
    for action in ontology.actions.values():
        later = ontology.future_of(action.category)
        promise = ontology.promise_of(action.id)
        if (later != action.category) != (promise is not None):
            yield _error("actions.csv", action.id, "a promise is wanted just where the category changes when announced")
        elif promise is not None and promise.category != later:
            yield _error("actions.csv", action.id, f"announced it is {promise.category}, not {later}")


def _check_refinements(ontology: Ontology) -> Iterator[Finding]:
    """A finer action keeps its category, and its mode agrees with about_modes.csv."""
    for operator in sorted({operator for operator, _ in ontology.leaves}):
        category = ontology.actions[operator].category
        for act in ontology.actions.values():
            leaf = ontology.refine(operator, act.id)
            mode = ontology.mode_for_about(category, act.category, act.modes, act.id)
            if leaf.id != operator and (leaf.category, leaf.modes) != (category, () if mode is None else (mode,)):
                yield _error("leaves.csv", f"{operator}/{act.id}", f"{leaf.id} is not {category} with mode {mode}")


def _check_dialects(ontology: Ontology) -> Iterator[Finding]:
    for dialect in ontology.dialects.values():
        for category in ontology.categories.values():
            if category.id not in dialect.categories and category.id != STATEMENT:
                yield _error("dialects.csv", dialect.name, f"files {category.id} nowhere")


def _check_decisions(ontology: Ontology) -> Iterator[Finding]:
    """`affects` names a table or document, `table:row`, or an action."""
    tables: Mapping[str, Collection[str]] = {
        "categories.csv": ontology.categories,
        "modes.csv": [mode.id for mode in ontology.modes.values()],
        "actions.csv": ontology.actions,
        "cameo.csv": ontology.cameo,
        "future.csv": ontology.futures,
        "dialects.csv": ontology.dialects,
        "docs/event-record.md": (),
    }
    for decision in ontology.decisions:
        for name in decision.affects:
            table, _, row = name.partition(":")
            if not (row in tables.get(table, ()) if row else table in tables or table in ontology.actions):
                yield _error("decisions.toml", decision.id, f"affects {name!r}, which is not there")


HasId = TypeVar("HasId", Category, CameoCode, OlderCode, Term)


def _by_id(rows: Iterable[HasId]) -> Mapping[str, HasId]:
    return MappingProxyType({row.id: row for row in rows})


def _by_operator(rows: Iterable[AboutMode]) -> Mapping[tuple[str, str], tuple[AboutMode, ...]]:
    """Rows for an action before rows for modes before rows for a category."""
    grouped: dict[tuple[str, str], list[AboutMode]] = {}
    for row in sorted(rows, key=lambda row: (row.action is None, not row.modes)):
        grouped.setdefault((row.operator, row.about), []).append(row)
    return MappingProxyType({key: tuple(found) for key, found in grouped.items()})


def _by_modes(actions: Iterable[Action]) -> Mapping[tuple[str, frozenset[str]], Action]:
    found: dict[tuple[str, frozenset[str]], Action] = {}
    for action in actions:
        found.setdefault((action.category, frozenset(action.modes)), action)
    return MappingProxyType(found)


def _dialects(rows: Iterable[DialectRow]) -> Mapping[str, Dialect]:
    parts: dict[str, dict[str, dict[str, tuple[str, int]]]] = {}
    for row in rows:
        kinds = parts.setdefault(row.dialect, {"category": {}, "action": {}, "cameo": {}})
        kinds[row.kind][row.key] = (row.root, row.quad)
    return MappingProxyType(
        {
            name: Dialect(name, *(MappingProxyType(kinds[kind]) for kind in ("category", "action", "cameo")))
            for name, kinds in parts.items()
        }
    )


Reference = tuple[str, str, str, Collection[Any], Any]  # table, row, kind, what there is, what is wanted


def _references(ontology: Ontology, dialects: Iterable[DialectRow]) -> Iterator[Reference]:
    """Everything by which one row names another."""
    known = ontology
    for category in known.categories.values():
        yield "categories.csv", category.id, "action", known.actions, category.generic
        yield "categories.csv", category.id, "quad class", known.quads, category.quad
        for root in category.roots:
            yield "categories.csv", category.id, "CAMEO root", known.cameo, root
    for mode in known.modes.values():
        yield "modes.csv", mode.id, "category", known.categories, mode.category
        yield "modes.csv", mode.id, "action", known.actions, mode.action
    for code in known.cameo.values():
        yield "cameo.csv", code.id, "action", known.actions, code.action
    for older in known.older.values():
        yield "cameo_older.csv", older.id, "CAMEO code", known.cameo, older.code
    for score in known.goldstein.values():
        yield "goldstein.csv", score.id, "CAMEO root", known.cameo, score.root
    for future in known.futures.values():
        yield "future.csv", future.id, "category", known.categories, future.category
        yield "future.csv", future.id, "category", known.categories, future.future
    known_acts = {*known.actions, *known.categories, *(mode.id for mode in known.modes.values())}
    for leaf in known.leaves.values():
        yield "leaves.csv", leaf.id, "action", known.actions, leaf.operator
        yield "leaves.csv", leaf.id, "action", known.actions, leaf.action
        yield "leaves.csv", leaf.id, "act", known_acts, leaf.about
    for row in dialects:
        kinds = {"category": known.categories, "action": known.actions, "cameo": known.cameo}
        yield "dialects.csv", row.id, row.kind, kinds[row.kind], row.key
    yield from _references_of_actions(known)


def _references_of_actions(known: Ontology) -> Iterator[Reference]:
    for action in known.actions.values():
        yield "actions.csv", action.id, "category", known.categories, action.category
        yield "actions.csv", action.id, "CAMEO code", known.cameo, action.cameo
        for mode in action.modes:
            yield "actions.csv", action.id, "mode", known.modes, (action.category, mode)
        for context in action.contexts:
            yield "actions.csv", action.id, "context", known.contexts, context
        if action.promise is not None:
            yield "actions.csv", action.id, "action", known.actions, action.promise
    for row in (row for rows in known.about_modes.values() for row in rows):
        yield "about_modes.csv", row.id, "mode", known.modes, (row.operator, row.mode)
        yield "about_modes.csv", row.id, "category", known.categories, row.about
        for mode in sorted(row.modes):
            yield "about_modes.csv", row.id, "mode", known.modes, (row.about, mode)
        if row.action is not None:
            yield "about_modes.csv", row.id, "action", known.actions, row.action


def _known(table: Mapping[Key, Found], key: Key, name: str) -> Found:
    try:
        return table[key]
    except KeyError:
        row = "/".join(key) if isinstance(key, tuple) else str(key)
        raise KnowledgeError("no such row", table=name, row=row) from None


