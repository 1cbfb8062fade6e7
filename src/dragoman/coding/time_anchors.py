"""What a span of time is counted from: "two days after the summit", "a week before 7 October".

The expressions of a sentence in, days out. A happening is known by its noun: "the summit on 3 May", or "the summit was
held on 3 May", dates every later "the summit" of the article, unless two days are told of the same noun; a clause by
its own time ("a day after he left on 3 May"). Which of several meetings "the meeting" is, is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dragoman.coding.attachment import head_of, is_bare
from dragoman.coding.time_atoms import Length, Offset
from dragoman.coding.time_grammar import Found
from dragoman.coding.time_values import Reference, Resolved, resolve
from dragoman.knowledge.time_words import TimeWords
from dragoman.values import Token

_DEFINITE = frozenset({"the", "that", "this", "those", "these"})
_REACH = 8  # words behind "after" in which the noun stands
Pair = tuple[Found, Resolved]


@dataclass(slots=True)
class Happenings:
    """Nouns of the article whose day was told; none where two days were told of one noun."""

    days: dict[str, date | None] = field(default_factory=dict)

    def hear(self, found: Found, resolved: Resolved, tokens: Sequence[Token], words: TimeWords) -> None:
        """Learn which noun an expression dates, if any."""
        day = resolved.first
        if day is None or day != resolved.last or resolved.vague or found.direction is not None or is_bare(tokens):
            return
        over = tokens[head_of(found.first, found.last, tokens)].head
        if over < 0:
            return
        opened = opened_by(found.first, tokens)
        nouns = [tokens[over if opened is None else opened[1]]]
        if opened is None and tokens[over].upos == "VERB" and tokens[over].lemma in words.tenses["carrier"]:
            nouns = [t for t in tokens if t.head == over and t.relation in ("nsubj", "nsubj:pass", "obj")]
        for noun in nouns:
            if noun.upos == "NOUN" and not found.first <= noun.index < found.last:
                known = self.days.setdefault(noun.lemma, day)
                self.days[noun.lemma] = day if known == day else None


def anchored(
    pair: Pair, others: Sequence[Pair], known: Happenings, tokens: Sequence[Token], words: TimeWords
) -> Resolved:
    """The resolved expression, with the days that it means where what it is counted from is dated."""
    found, resolved = pair
    meaning = found.meaning
    after = found.last
    if not isinstance(meaning, Length) or meaning.window is not None or not meaning.amount or after >= len(tokens):
        return resolved
    sign = {"after": 1, "before": -1}.get(tokens[after].text.lower())
    if sign is None or meaning.unit not in ("D", "W", "M", "Y"):
        return resolved
    day = _named_day(after, others) or _noun_day(after, known, tokens) or _clause_day(after, others, tokens)
    if day is None:
        return resolved
    offset = Offset(meaning.unit, sign * round(meaning.amount), narrative=True)
    counted = resolve(offset, Reference(day, day), "past", words.edges)
    if counted.first is None or meaning.bound:
        return counted
    return Resolved(resolved.type, resolved.value, counted.first, counted.last, counted.granularity, counted.edtf)


def _named_day(after: int, others: Sequence[Pair]) -> date | None:
    for found, resolved in others:
        if after < found.first <= after + 2 and resolved.first is not None and resolved.first == resolved.last:
            return resolved.first
    return None


def _clause_day(after: int, others: Sequence[Pair], tokens: Sequence[Token]) -> date | None:
    """The day that hangs on the verb of the clause which "after" opens."""
    if tokens[after].relation != "mark":
        return None
    for found, resolved in others:
        verb = tokens[head_of(found.first, found.last, tokens)].head
        if found.first > after and verb == tokens[after].head and resolved.first == resolved.last:
            return resolved.first
    return None


def opened_by(first: int, tokens: Sequence[Token]) -> tuple[int, int] | None:
    """The "after" or "before" in whose phrase a date stands, and the noun that it opens ("after the summit on 3 May").

    None across a comma or a verb.
    """
    for noun in reversed(tokens[max(0, first - _REACH) : first]):
        if noun.upos in ("PUNCT", "VERB", "AUX"):
            return None
        if noun.upos == "NOUN":
            for case in tokens[max(0, noun.index - 5) : noun.index]:
                if case.head == noun.index and case.relation == "case" and case.text.lower() in ("after", "before"):
                    return case.index, noun.index
    return None


def _noun_day(after: int, known: Happenings, tokens: Sequence[Token]) -> date | None:
    for noun in tokens[after + 1 : after + 1 + _REACH]:
        case = any(t.head == noun.index and t.index == after for t in tokens[after : after + 1])
        if noun.upos != "NOUN" or not case:
            continue
        definite = any(
            t.head == noun.index and (t.text.lower() in _DEFINITE or t.relation == "nmod:poss")
            for t in tokens[after + 1 : noun.index]
        )
        return known.days.get(noun.lemma) if definite else None
    return None
