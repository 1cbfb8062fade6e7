"""The lexicon: which verbs and nouns tell of which political act, and who plays which part in it.

In: the CSV tables of `tables/lexicon/`. Out: one frozen `Lexicon`, its conditions parsed, its noun classes
expanded to words, its rows indexed by (lemma, part of speech) with the most specific first. It cannot tell whether a
condition holds in a clause (that is `coding/events.py`), nor which category and modes an action has (the ontology).

A condition is `[!]slot[:test]`. Slots are deep roles: subj, obj, iobj, xcomp, ccomp, prt, poss, comp, adj, `p:with`
and the like (prepositions of several words joined by `_`), and `light.subj`, the subject of a light verb above a noun.
A test is a list of lemmas and noun classes (`talk|@forces`), one of PARTY, PERSON, STATE and PLACE, or absent (the
slot is filled). Special slots: `word` (a lemma anywhere in the clause), `mod` (amod, compound or advmod of the
trigger), and the flags `passive`, `active` and `intransitive`.

Method: case frames tied to lemmas, after Fillmore, "The case for case" (1968); a sparse table of them is how
event coders since KEDS have worked (Schrodt, Davis and Weddle, "Political science: KEDS", 1994). The rows are our own.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar, cast

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding
from dragoman.values import Stance

PartOfSpeech = Literal["VERB", "NOUN", "ADJ"]
Test = Literal["filled", "words", "PARTY", "PERSON", "STATE", "PLACE"]
Effect = Literal["actual", "future", "hypothetical", "negated", "denied"]
Key = tuple[str, str]

_PARTS = ("VERB", "NOUN", "ADJ")
FLAGS = frozenset({"passive", "active", "intransitive"})
WORD_SLOTS = frozenset({"word", "mod"})
OWN_HEAD = "self"  # slot of operators that stand under the word whose status they change: will, not, if
ROLES = frozenset({"subj", "obj", "iobj", "xcomp", "ccomp", "prt", "poss", "comp", "adj"})
_KINDS: Mapping[str, Test] = MappingProxyType(
    {"PARTY": "PARTY", "PERSON": "PERSON", "STATE": "STATE", "PLACE": "PLACE"}
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a clause. `words` is filled for the test "words" only; flags have the test "filled"."""

    slot: str
    test: Test
    words: frozenset[str]
    negated: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """Which slots hold who acts and who is acted on: the first that holds a party wins.

    In a symmetric frame every party in every slot of `actor` is an actor. A slot may be a path: `obj.poss` is the
    possessor of the object.
    """

    id: str
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    symmetric: bool
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that tells of `action` when all of `when` holds; `about` is the slot of the act promised or refused."""

    id: str
    lemma: str
    pos: PartOfSpeech
    when: tuple[Condition, ...]
    frame: str
    action: str
    about: str | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class LightVerb:
    """A verb that lends its subject to an event noun. `nouns` is none where any event noun will do."""

    id: str
    lemma: str
    prt: str | None
    nouns: frozenset[str] | None
    source: str


@dataclass(frozen=True, slots=True)
class ModeCue:
    """Words that, in slot `where` of an event of `category`, add `mode`."""

    id: str
    category: str
    mode: str
    words: frozenset[str]
    where: str
    source: str


@dataclass(frozen=True, slots=True)
class ContextCue:
    """A phrase of lemmas that speaks for a context with `weight` (above 0, at most 1)."""

    id: str
    context: str
    phrase: tuple[str, ...]
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A word that changes the status of the act in its `slot`, or of its own head where the slot is "self"."""

    id: str
    lemma: str
    pos: str
    when: tuple[Condition, ...]
    effect: Effect
    slot: str
    source: str


@dataclass(frozen=True, slots=True)
class SpeechCue:
    """A word by which somebody is said to say something. `frame` says where speaker and content stand."""

    id: str
    lemma: str
    pos: str
    kind: str
    stance: Stance
    frame: str
    source: str


@dataclass(frozen=True, slots=True)
class StopSense:
    """A sense of a trigger word that is no political event (sport, markets, weather, metaphor)."""

    id: str
    lemma: str
    pos: PartOfSpeech
    when: tuple[Condition, ...]
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The tables, indexed. Triggers, stop senses and operators of one (lemma, pos) stand most specific first."""

    triggers: Mapping[Key, tuple[Trigger, ...]]
    frames: Mapping[str, Frame]
    noun_classes: Mapping[str, frozenset[str]]
    light_verbs: Mapping[str, tuple[LightVerb, ...]]
    mode_cues: Mapping[str, tuple[ModeCue, ...]]  # by category
    context_cues: Mapping[str, tuple[ContextCue, ...]]  # by first lemma, longest phrase first
    operators: Mapping[Key, tuple[Operator, ...]]
    speech_cues: Mapping[Key, tuple[SpeechCue, ...]]
    position_cues: Mapping[Key, tuple[SpeechCue, ...]]  # praise, wishes, beliefs: what is not said to be so
    stop_senses: Mapping[Key, tuple[StopSense, ...]]


HasWhen = TypeVar("HasWhen", Trigger, Operator, StopSense)
Keyed = TypeVar("Keyed", Trigger, Operator, StopSense, SpeechCue)
Row = list[str]

_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "frames.csv": ("id", "actor", "recipient", "symmetric", "note", "source"),
        "noun_classes.csv": ("id", "class", "lemma", "source"),
        "light_verbs.csv": ("id", "lemma", "prt", "nouns", "source", "note"),
        "mode_cues.csv": ("id", "category", "mode", "words", "where", "source"),
        "context_cues.csv": ("id", "context", "words", "weight", "source"),
        "operators.csv": ("id", "lemma", "pos", "when", "effect", "slot", "source", "note"),
        "speech_cues.csv": ("id", "lemma", "pos", "kind", "stance", "frame", "source"),
        "position_cues.csv": ("id", "lemma", "pos", "kind", "stance", "frame", "source"),
        "stop_senses.csv": ("id", "lemma", "pos", "when", "why", "source"),
        "triggers.csv": ("id", "lemma", "pos", "when", "frame", "action", "about", "source", "note"),
    }
)


def default_folder() -> Traversable:
    """The tables that travel in the wheel."""
    return files("dragoman") / "knowledge" / "tables" / "lexicon"


def load_lexicon(folder: Path | Traversable | None = None) -> Lexicon:
    """Read all tables of `folder` (the package's own if none). Raises KnowledgeError at the first unreadable row."""
    home = default_folder() if folder is None else folder
    tables = {name: _rows(home, name, columns) for name, columns in _COLUMNS.items()}
    classes = _noun_classes(tables["noun_classes.csv"])
    conditions = ConditionParser(classes)
    return Lexicon(
        triggers=_by_key(_specific_first(_triggers(tables["triggers.csv"], conditions))),
        frames=_frames(tables["frames.csv"]),
        noun_classes=classes,
        light_verbs=_light_verbs(tables["light_verbs.csv"], conditions),
        mode_cues=_mode_cues(tables["mode_cues.csv"], conditions),
        context_cues=_context_cues(tables["context_cues.csv"]),
        operators=_by_key(_specific_first(_operators(tables["operators.csv"], conditions))),
        speech_cues=_by_key(_speech_cues(tables["speech_cues.csv"], "speech_cues.csv", _SPEECH_FRAMES)),
        position_cues=_by_key(_speech_cues(tables["position_cues.csv"], "position_cues.csv", _POSITION_FRAMES)),
        stop_senses=_by_key(_specific_first(_stop_senses(tables["stop_senses.csv"], conditions))),
    )


# How a cue's frame begins; what follows "+" or ":" is a slot or a preposition.
_SPEECH_FRAMES = frozenset(
    {"subj", "noun", "according_to", "adverb", "adjective", "quote", "quoted_as", "rest", "label"}
)
_POSITION_FRAMES = frozenset({"all", "judges", "seems", "noun", "view", "within"})


class ConditionParser:
    """Turns the text of a `when` cell into conditions, each distinct one once. Holds the noun classes and the cache."""

    def __init__(self, classes: Mapping[str, frozenset[str]]) -> None:
        self._classes = classes
        self._cache: dict[str, Condition] = {}
        self._cells: dict[str, tuple[Condition, ...]] = {}

    def all(self, cell: str, table: str, row: str) -> tuple[Condition, ...]:
        """All conditions of a cell, in its order. Raises KnowledgeError."""
        known = self._cells.get(cell)
        if known is None:
            known = self._cells[cell] = tuple(self.one(text, table, row) for text in cell.split())
        return known

    def one(self, text: str, table: str, row: str) -> Condition:
        """One condition. Raises KnowledgeError for an unknown slot, class or test."""
        known = self._cache.get(text)
        if known is not None:
            return known
        negated = text.startswith("!")
        slot, rest = _slot_and_rest(text[1:] if negated else text)
        if not is_slot(slot) and slot not in FLAGS and slot not in WORD_SLOTS:
            raise KnowledgeError(f"unknown slot in {text!r}", table=table, row=row)
        if slot in FLAGS and rest:
            raise KnowledgeError(f"{slot} takes no test: {text!r}", table=table, row=row)
        if slot in WORD_SLOTS and (not rest or rest in _KINDS):
            raise KnowledgeError(f"{slot} needs words: {text!r}", table=table, row=row)
        if rest in _KINDS:
            made = Condition(slot, _KINDS[rest], frozenset(), negated)
        elif rest:
            made = Condition(slot, "words", self.words(rest, table, row), negated)
        else:
            made = Condition(slot, "filled", frozenset(), negated)
        self._cache[text] = made
        return made

    def words(self, text: str, table: str, row: str) -> frozenset[str]:
        """Lemmas and `@classes` separated by `|`, as one set of lemmas. Raises KnowledgeError."""
        found: set[str] = set()
        for part in text.split("|"):
            if part.startswith("@"):
                members = self._classes.get(part[1:])
                if members is None:
                    raise KnowledgeError(f"unknown noun class {part}", table=table, row=row)
                found |= members
            elif part:
                found.add(part)
            else:
                raise KnowledgeError(f"empty word in {text!r}", table=table, row=row)
        return frozenset(found)


def is_slot(path: str) -> bool:
    """Whether `path` names a deep role, or roles joined by dots (`light.subj`, `obj.poss`)."""
    parts = path.split(".")
    if len(parts) > 1 and parts[0] == "light":
        parts = parts[1:]
    return all(part in ROLES or (part.startswith("p:") and part[2:].replace("_", "").isalpha()) for part in parts)


def _slot_and_rest(text: str) -> tuple[str, str]:
    """Split `p:with:@talk` into `p:with` and `@talk`: the colon of a preposition belongs to its slot."""
    parts = text.split(":")
    size = 1
    while size < len(parts) and parts[size - 1].rpartition(".")[2] == "p":
        size += 1
    return ":".join(parts[:size]), ":".join(parts[size:])


def _rows(folder: Path | Traversable, name: str, columns: tuple[str, ...]) -> list[Row]:
    """The rows of one table. Raises KnowledgeError where the header, or the width of a row, is wrong."""
    rows = list(csv.reader((folder / name).read_text(encoding="utf-8").splitlines()))
    header = tuple(rows[0]) if rows else ()
    if header != columns:
        raise KnowledgeError(f"columns are {header}, not {columns}", table=name)
    for number, cells in enumerate(rows, start=1):
        if len(cells) != len(columns):
            raise KnowledgeError(f"{len(cells)} cells, not {len(columns)}", table=name, row=f"line {number}")
    del rows[0]
    return rows


def _one_of(value: str, allowed: Collection[str], table: str, row: str) -> str:
    """`value` if it is one of `allowed`. Raises KnowledgeError."""
    if value not in allowed:
        raise KnowledgeError(f"{value!r} is not one of {', '.join(sorted(allowed))}", table=table, row=row)
    return value


def _noun_classes(rows: Iterable[Row]) -> Mapping[str, frozenset[str]]:
    grouped: dict[str, set[str]] = {}
    for _, name, lemma, _ in rows:
        grouped.setdefault(name, set()).add(lemma)
    return MappingProxyType({name: frozenset(words) for name, words in grouped.items()})


def _frames(rows: Iterable[Row]) -> Mapping[str, Frame]:
    found: dict[str, Frame] = {}
    table = "frames.csv"
    for row, actor, recipient, symmetric, note, source in rows:
        actors, recipients = (tuple(filter(None, cell.split("|"))) for cell in (actor, recipient))
        for slot in (*actors, *recipients):
            if not is_slot(slot):
                raise KnowledgeError(f"unknown slot {slot!r}", table=table, row=row)
        joint = _one_of(symmetric, ("yes", "no"), table, row) == "yes"
        found[row] = Frame(row, actors, recipients, joint, note, source)
    return MappingProxyType(found)


def _triggers(rows: Iterable[Row], conditions: ConditionParser) -> Iterator[Trigger]:
    table = "triggers.csv"
    for row, lemma, pos, when, frame, action, about, source, note in rows:
        if pos not in _PARTS:
            raise KnowledgeError(f"unknown part of speech {pos!r}", table=table, row=row)
        if about and not is_slot(about):
            raise KnowledgeError(f"unknown slot {about!r}", table=table, row=row)
        tests = conditions.all(when, table, row)
        yield Trigger(row, lemma, cast(PartOfSpeech, pos), tests, frame, action, about or None, source, note)


def _light_verbs(rows: Iterable[Row], conditions: ConditionParser) -> Mapping[str, tuple[LightVerb, ...]]:
    grouped: dict[str, list[LightVerb]] = {}
    for row, lemma, prt, nouns, source, _ in rows:
        words = None if nouns == "*" else conditions.words(nouns, "light_verbs.csv", row)
        grouped.setdefault(lemma, []).append(LightVerb(row, lemma, prt or None, words, source))
    return MappingProxyType({lemma: tuple(verbs) for lemma, verbs in grouped.items()})


def _mode_cues(rows: Iterable[Row], conditions: ConditionParser) -> Mapping[str, tuple[ModeCue, ...]]:
    grouped: dict[str, list[ModeCue]] = {}
    for row, category, mode, words, where, source in rows:
        if where not in WORD_SLOTS and not is_slot(where):
            raise KnowledgeError(f"unknown slot {where!r}", table="mode_cues.csv", row=row)
        lemmas = conditions.words(words, "mode_cues.csv", row)
        grouped.setdefault(category, []).append(ModeCue(row, category, mode, lemmas, where, source))
    return MappingProxyType({category: tuple(cues) for category, cues in grouped.items()})


def _context_cues(rows: Iterable[Row]) -> Mapping[str, tuple[ContextCue, ...]]:
    grouped: dict[str, list[ContextCue]] = {}
    for row, context, words, weight_text, source in rows:
        try:
            weight = float(weight_text)
        except ValueError:
            weight = 0.0
        if not 0 < weight <= 1:
            raise KnowledgeError(f"weight {weight_text!r}", table="context_cues.csv", row=row)
        for text in words.split("|"):
            phrase = tuple(text.split())
            if not phrase:
                raise KnowledgeError("empty phrase", table="context_cues.csv", row=row)
            grouped.setdefault(phrase[0], []).append(ContextCue(row, context, phrase, weight, source))
    return MappingProxyType(
        {first: tuple(sorted(cues, key=lambda cue: -len(cue.phrase))) for first, cues in grouped.items()}
    )


def _operators(rows: Iterable[Row], conditions: ConditionParser) -> Iterator[Operator]:
    table, effects = "operators.csv", ("actual", "future", "hypothetical", "negated", "denied")
    for row, lemma, pos, when, effect, slot, source, _ in rows:
        _one_of(effect, effects, table, row)
        if slot != OWN_HEAD and not is_slot(slot):
            raise KnowledgeError(f"unknown slot {slot!r}", table=table, row=row)
        yield Operator(row, lemma, pos, conditions.all(when, table, row), cast(Effect, effect), slot, source)


def _speech_cues(rows: Iterable[Row], table: str, frames: frozenset[str]) -> Iterator[SpeechCue]:
    for row, lemma, pos, kind, stance, frame, source in rows:
        _one_of(frame.replace("+", ":").partition(":")[0], frames, table, row)
        _one_of(stance, ("asserts", "denies", "doubts"), table, row)
        yield SpeechCue(row, lemma, pos, kind, cast(Stance, stance), frame, source)


def _stop_senses(rows: Iterable[Row], conditions: ConditionParser) -> Iterator[StopSense]:
    table = "stop_senses.csv"
    for row, lemma, pos, when, why, source in rows:
        _one_of(pos, _PARTS, table, row)
        yield StopSense(row, lemma, cast(PartOfSpeech, pos), conditions.all(when, table, row), why, source)


def _specific_first(found: Iterable[HasWhen]) -> list[HasWhen]:
    """Most conditions first; the order of the file decides among equals (the sort is stable)."""
    return sorted(found, key=lambda row: -len(row.when))


def _by_key(found: Iterable[Keyed]) -> Mapping[Key, tuple[Keyed, ...]]:
    grouped: dict[Key, list[Keyed]] = {}
    for row in found:
        grouped.setdefault((row.lemma, row.pos), []).append(row)
    return MappingProxyType({key: tuple(rows) for key, rows in grouped.items()})


def check_lexicon(
    lexicon: Lexicon,
    ontology_actions: Collection[str],
    *,
    modes: Collection[tuple[str, str]] | None = None,
    contexts: Collection[str] | None = None,
) -> list[Finding]:
    """What is wrong beyond what the loader refuses, sorted by table and row.

    Unknown actions and frames, ids used twice, missing sources, rows that can never win, stop senses of words that
    trigger nothing; where `modes` (category, mode) and `contexts` are given, cues for others than these.
    """
    found: list[Finding] = []
    triggers = [row for rows in lexicon.triggers.values() for row in rows]
    for trigger in triggers:
        if trigger.action not in ontology_actions:
            found.append(_error("triggers.csv", trigger.id, f"unknown action {trigger.action!r}"))
        if trigger.frame not in lexicon.frames:
            found.append(_error("triggers.csv", trigger.id, f"unknown frame {trigger.frame!r}"))
    used = {trigger.frame for trigger in triggers}
    for name in lexicon.frames.keys() - used:
        found.append(Finding("note", "frames.csv", name, "no trigger uses this frame"))
    for key in lexicon.stop_senses.keys() - lexicon.triggers.keys():
        found += [_error("stop_senses.csv", stop.id, "its word triggers nothing") for stop in lexicon.stop_senses[key]]
    found += _never_winning(lexicon)
    found += _ids_and_sources(lexicon)
    for cue in (cue for cues in lexicon.mode_cues.values() for cue in cues):
        if modes is not None and (cue.category, cue.mode) not in modes:
            found.append(_error("mode_cues.csv", cue.id, f"unknown mode {cue.category} {cue.mode}"))
    for phrase in (cue for cues in lexicon.context_cues.values() for cue in cues):
        if contexts is not None and phrase.context not in contexts:
            found.append(_error("context_cues.csv", phrase.id, f"unknown context {phrase.context!r}"))
    return sorted(found, key=lambda finding: (finding.table, finding.row, finding.message))


def implies(given: Condition, wanted: Condition) -> bool:
    """Whether `wanted` holds wherever `given` does, as far as their forms tell."""
    if given.slot != wanted.slot or given.negated != wanted.negated:
        return False
    strong, weak = (wanted, given) if given.negated else (given, wanted)
    if weak.test == "filled" or strong == weak:
        return True
    if weak.test == "words" and strong.test == "words":
        return strong.words <= weak.words
    return weak.test == "PARTY" and strong.test in ("PERSON", "STATE")


def _never_winning(lexicon: Lexicon) -> Iterator[Finding]:
    """Rows before which another always wins: each of the other's conditions follows from one of theirs."""
    tables: tuple[tuple[str, Iterable[Sequence[Trigger | Operator | StopSense]]], ...] = (
        ("triggers.csv", lexicon.triggers.values()),
        ("operators.csv", lexicon.operators.values()),
        ("stop_senses.csv", lexicon.stop_senses.values()),
    )
    for table, groups in tables:
        for rows in groups:
            for place, row in enumerate(rows):
                winner = next((earlier for earlier in rows[:place] if _always_before(earlier, row)), None)
                if winner is not None:
                    yield _error(table, row.id, f"can never win: {winner.id} comes first")


def _always_before(earlier: Trigger | Operator | StopSense, row: Trigger | Operator | StopSense) -> bool:
    if isinstance(earlier, Operator) and isinstance(row, Operator) and earlier.slot != row.slot:
        return False
    return all(any(implies(mine, theirs) for mine in row.when) for theirs in earlier.when)


def _ids_and_sources(lexicon: Lexicon) -> Iterator[Finding]:
    tables: tuple[tuple[str, Iterable[tuple[str, str]]], ...] = (
        ("triggers.csv", [(r.id, r.source) for rows in lexicon.triggers.values() for r in rows]),
        ("frames.csv", [(r.id, r.source) for r in lexicon.frames.values()]),
        ("light_verbs.csv", [(r.id, r.source) for rows in lexicon.light_verbs.values() for r in rows]),
        ("mode_cues.csv", [(r.id, r.source) for rows in lexicon.mode_cues.values() for r in rows]),
        (
            "context_cues.csv",
            sorted({(r.id, f"{r.context}:{r.source}") for rows in lexicon.context_cues.values() for r in rows}),
        ),
        ("operators.csv", [(r.id, r.source) for rows in lexicon.operators.values() for r in rows]),
        ("speech_cues.csv", [(r.id, r.source) for rows in lexicon.speech_cues.values() for r in rows]),
        ("position_cues.csv", [(r.id, r.source) for rows in lexicon.position_cues.values() for r in rows]),
        ("stop_senses.csv", [(r.id, r.source) for rows in lexicon.stop_senses.values() for r in rows]),
    )
    for table, pairs in tables:
        counts = Counter(row for row, _ in pairs)
        for row in sorted(row for row, times in counts.items() if times > 1):
            yield _error(table, row, f"{counts[row]} rows have this id")
        for row, source in pairs:
            if not source or source.endswith(":"):
                yield _error(table, row, "no source")


def _error(table: str, row: str, message: str) -> Finding:
    return Finding("error", table, row, message)
