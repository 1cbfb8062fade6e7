"""Did it happen? actual, future or hypothetical; negated or not.

In: the trigger of an event and the reader of its sentence. Out: its status with the reasons. Method: the trigger's
own auxiliaries, negations and conjunctions are read; then every word above it in the tree that takes it as an
argument and that the lexicon's operators know ("plans to", "failed to", "could", "denied that") has its say, from
the inside out.

It does not know dates (the coder turns an "actual" event dated after the report into a future one) nor history.
"""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.events import holds
from dragoman.coding.roles import PartyFinder
from dragoman.knowledge.lexicon import Lexicon, Operator
from dragoman.values import Span, Status, Step

_MAXIMAL_CLIMB = 24
_INFINITIVE_CLAUSES = ("xcomp", "acl", "advcl")
_SAYING = ("ccomp", "parataxis")
_WORDS_OF_REALITY = frozenset({"aux", "advmod", "det", "mark", "cc", "case"})


@dataclass(frozen=True, slots=True)
class StatusReading:
    """What was read of one event's reality, and why."""

    status: Status
    negated: bool
    steps: tuple[Step, ...]


class _Tally:
    """The state of a climb from the trigger to the root."""

    __slots__ = ("negated", "reader", "status", "steps")

    def __init__(self, reader: ClauseReader) -> None:
        self.reader = reader
        self.status: Status = "actual"
        self.negated = False
        self.steps: list[Step] = []

    def note(self, rule: str, token: int) -> None:
        word = self.reader.tokens[token]
        self.steps.append(Step("status", rule, (Span(word.text, word.start, word.end),)))

    def weaken(self, status: Status, rule: str, token: int) -> None:
        """Hypothetical outweighs future, and future actual."""
        if status == "hypothetical" or self.status == "actual":
            self.status = status
        self.note(rule, token)

    def negate(self, rule: str, token: int) -> None:
        self.negated = not self.negated
        self.note(rule, token)


def status_of(token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> StatusReading:
    """The status of the event whose trigger is the word at `token`."""
    tally = _Tally(reader)
    _read_own_words(token, tally, lexicon)
    child = token
    for _ in range(_MAXIMAL_CLIMB):
        head = reader.tokens[child].head
        if head < 0:
            break
        relation = reader.tokens[child].relation
        if relation == "conj":
            child = _climb_conjunct(child, head, tally)
            continue
        operator = _operator_over(child, head, reader, finder, lexicon)
        if operator is not None:
            _apply(operator, head, tally)
        elif relation in _INFINITIVE_CLAUSES and _is_bare_infinitive(child, reader):
            tally.weaken("future", "infinitive", child)
        if relation in _SAYING and operator is None:
            break
        if relation in ("advcl", "acl:relcl", "advcl:relcl", "acl") and operator is None:
            break
        carries = operator is not None and operator.effect != "actual"  # "would condemn the attack": it took place
        if carries or relation == "xcomp" or _is_light(child, head, reader):
            _read_own_words(head, tally, lexicon)
        elif operator is not None or reader.tokens[head].upos in ("VERB", "AUX"):
            break
        child = head
    return StatusReading(tally.status, tally.negated, tuple(tally.steps))


def _climb_conjunct(child: int, head: int, tally: _Tally) -> int:
    """A conjunct shares the modal of the first verb unless it has its own subject ("will visit X and meet Y")."""
    reader = tally.reader
    if reader.child(child, "nsubj", "nsubj:pass", "aux") is None and reader.tokens[child].upos == "VERB":
        for sibling in reader.children(head):
            word = reader.tokens[sibling]
            if word.relation == "aux" and word.lemma.lower() in ("will", "shall"):
                tally.weaken("future", f"aux:{word.lemma.lower()}", sibling)
    return head


def _is_light(child: int, head: int, reader: ClauseReader) -> bool:
    return reader.tokens[child].upos == "NOUN" and reader.light_verb(child) == head


def _is_bare_infinitive(index: int, reader: ClauseReader) -> bool:
    mark = reader.child(index, "mark")
    return mark is not None and reader.tokens[mark].lemma.lower() == "to" and reader.tokens[index].xpos == "VB"


def _read_own_words(token: int, tally: _Tally, lexicon: Lexicon) -> None:
    """Auxiliaries, negations and conjunctions that stand directly under a word."""
    reader = tally.reader
    for child in reader.children(token):
        word = reader.tokens[child]
        if word.relation.partition(":")[0] not in _WORDS_OF_REALITY:
            continue
        lemma = word.lemma.lower()
        for operator in lexicon.operators.get((lemma, word.upos), ()):
            if operator.slot != "self":
                continue
            if operator.effect in ("negated", "denied"):
                tally.negate(operator.id, child)
            elif operator.effect in ("future", "hypothetical"):
                future = operator.effect == "future" or (lemma == "would" and _is_reported(token, reader))
                tally.weaken("future" if future else "hypothetical", operator.id, child)
            break


def _is_reported(token: int, reader: ClauseReader) -> bool:
    """ "said it would withdraw": a future told in the past, unless a condition stands beside it."""
    relation = reader.tokens[token].relation
    conditional = any(
        reader.tokens[grand].lemma.lower() in ("if", "unless")
        for child in reader.children(token)
        for grand in reader.children(child)
        if reader.tokens[grand].relation == "mark"
    )
    return relation in ("ccomp", "acl:relcl", "acl", "parataxis", "conj", "root") and not conditional


def _operator_over(
    child: int, head: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> Operator | None:
    """The operator row under which the word at `child` stands as an argument of the word at `head`."""
    token = reader.tokens[head]
    pos = "VERB" if token.upos in ("VERB", "AUX") else token.upos
    rows = lexicon.operators.get((token.lemma.lower(), pos))
    if rows is None:
        return None
    slots = reader.slots(head)
    for row in rows:
        if child in slots.get(row.slot, ()) and all(
            holds(condition, head, slots, reader, finder) for condition in row.when
        ):
            return row
    return None


def _apply(operator: Operator, head: int, tally: _Tally) -> None:
    rule = operator.id
    if operator.effect in ("negated", "denied"):
        tally.negate(rule, head)
    elif operator.effect in ("future", "hypothetical"):
        tally.weaken("future" if operator.effect == "future" else "hypothetical", rule, head)
    else:
        tally.note(rule, head)
