"""What a question is restricted to, and the SQL for it. In: an `EventFilter`. Out: a condition over `events` or
`mentions` with its parameters.

The restrictions of one field are alternatives; fields restrict one another. A filter holds codes: names are turned into
codes by `resolved` (record/filter_names.py), and `name:...` stands for whoever bears these words in the name. A day is
that on which the event began. The condition reads the columns one by one; it needs no index, and is the definition of
what an index must answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from dragoman.errors import UsageError

Table = Literal["events", "mentions"]
Unit = Literal["day", "week", "month", "quarter", "year"]
Pair = tuple[str, str]
Parameters = dict[str, Any]
Condition = tuple[str, Parameters]

NAME = "name:"  # before words that a name must hold
QUAD = "quad:"  # before the number of a quad class, among categories
STATEMENT = "STATEMENT"
_PHRASES = re.compile(r'"([^"]*)"?|(\S+)')
_LETTERS, _PLAIN = "łøđıæœß", "lodiaos"  # letters that are no letter with an accent, and how they are written plainly
# Granularities of a date that fall into one unit. A range counts where it began.
_FINE: dict[Unit, tuple[str, ...]] = {
    "day": ("time", "day", "range"),
    "week": ("time", "day", "range", "week"),
    "month": ("time", "day", "range", "week", "month"),
    "quarter": ("time", "day", "range", "week", "month", "quarter"),
    "year": ("time", "day", "range", "week", "month", "quarter", "season", "half", "year"),
}
_PERIODS: dict[Unit, str] = {
    "day": "strftime({day}, '%Y-%m-%d')",
    "week": "strftime({day}, '%G-W%V')",
    "month": "strftime({day}, '%Y-%m')",
    "quarter": "strftime({day}, '%Y') || '-Q' || quarter({day})",
    "year": "strftime({day}, '%Y')",
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are asked for; what is empty restricts nothing, but STATEMENT is left out unless asked for.

    Actors, recipients and pairs are parties (`IND`, `UNO`), ids (`USA:state-department`) or `name:modi`. `dyad` is the
    first acting on the second, or both in an act that they do together (a meeting); `between` is that in either
    direction. `country` and `sector` are those of either side. `words` are looked for in the quotes of all mentions:
    each must occur; "two words" in quotation marks as a phrase, sanction* as the beginning of a word.
    """

    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    dyad: tuple[Pair, ...] = ()
    between: tuple[Pair, ...] = ()
    country: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    category: tuple[str, ...] = ()  # PLOVER categories, or quad:1 to quad:4
    mode: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    speaker: tuple[str, ...] = ()  # words of the speaker's name
    place: tuple[str, ...] = ()  # country codes, or name:delhi
    since: str | None = None  # ISO days, both included
    until: str | None = None
    confidence: float | None = None  # the least
    outlet: tuple[str, ...] = ()  # publishers, of any mention
    words: tuple[str, ...] = ()
    negated: bool | None = None  # none: both
    historical: bool | None = None
    statements: bool = False


def happened(chosen: EventFilter) -> EventFilter:
    """The same, of what is told to have happened: actual, not negated, not historical, unless the filter says else."""
    return replace(
        chosen,
        status=chosen.status or ("actual",),
        negated=False if chosen.negated is None else chosen.negated,
        historical=False if chosen.historical is None else chosen.historical,
    )


def names_of(chosen: EventFilter) -> frozenset[str]:
    """The parties of a filter that are words of a name, and no code."""
    pairs = [each for pair in (*chosen.dyad, *chosen.between) for each in pair]
    asked = (*chosen.actor, *chosen.recipient, *pairs)
    return frozenset(each.removeprefix(NAME) for each in asked if each.startswith(NAME))


def where(chosen: EventFilter, table: Table = "events") -> Condition:
    """SQL for a WHERE over `events` or `mentions`, and its named parameters. Raises UsageError for what cannot be.

    Over `events` it also reads `event_mentions` and `mentions`, for outlets and words.
    """
    parts = _Parts([], {})
    _parties(chosen, parts)
    _codes(chosen, parts)
    _texts(chosen, parts, table)
    return " AND ".join(parts.conditions) or "true", parts.values


def fold_sql(column: str, *, bars: bool = False) -> str:
    """SQL for a text as words are compared: no case, no accents, one space around each word; `bars` stay if asked."""
    plain = f"translate(strip_accents(lower({column})), '{_LETTERS}', '{_PLAIN}')"
    if bars:
        plain = f"replace({plain}, '|', ' | ')"
    return rf"(' ' || trim(regexp_replace({plain}, '[^\p{{L}}\p{{N}}{'|' if bars else ''}]+', ' ', 'g')) || ' ')"


def period_sql(unit: Unit) -> str:
    """SQL for the period of an event's first day ("2024-03", "2024-W10"): null where its date is coarser, or none."""
    fine = ", ".join(f"'{each}'" for each in _FINE[unit])
    return (
        f"CASE WHEN date_granularity IN ({fine}) THEN {_PERIODS[unit].format(day='try_cast(date_start AS DATE)')} END"
    )


def phrases_of(words: Sequence[str]) -> list[tuple[str, bool]]:
    """The phrases that all must occur, and of each whether it may end inside a word."""
    found = []
    for text in words:
        for quoted, bare in _PHRASES.findall(text):
            phrase = quoted or bare
            if any(letter.isalnum() for letter in phrase):
                found.append((phrase.rstrip("*"), phrase.endswith("*")))
    if words and not found:
        raise UsageError(f"{' '.join(words)!r} holds no word to look for")
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """Conditions that must all hold, and the values of their parameters."""

    conditions: list[str]
    values: Parameters

    def value(self, value: object) -> str:
        """The parameter that stands for a value."""
        name = f"f{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def any_of(self, alternatives: Iterable[str]) -> None:
        """One of these must hold; none given: no restriction."""
        found = list(alternatives)
        if found:
            self.conditions.append(found[0] if len(found) == 1 else f"({' OR '.join(found)})")


def _parties(chosen: EventFilter, parts: _Parts) -> None:
    parts.any_of(_is_party(parts, "actor", each) for each in chosen.actor)
    parts.any_of(_is_party(parts, "recipient", each) for each in chosen.recipient)
    parts.any_of(_is_dyad(parts, pair) for pair in chosen.dyad)
    either = [each for one, other in chosen.between for each in dict.fromkeys(((one, other), (other, one)))]
    parts.any_of(_is_dyad(parts, pair) for pair in either)
    for what, values in (("countries", chosen.country), ("sectors", chosen.sector)):
        parts.any_of(_listed(parts, f"{role}_{what}", each) for each in values for role in ("actor", "recipient"))


def _is_party(parts: _Parts, role: str, who: str) -> str:
    if who.startswith(NAME):
        return _has_words(parts, f"{role}_names", who.removeprefix(NAME))
    by_id = _listed(parts, f"{role}_ids", who)
    return by_id if ":" in who else f"({_listed(parts, f'{role}_parties', who)} OR {by_id})"


def _is_dyad(parts: _Parts, pair: Pair) -> str:
    """The first acts on the second; or both act together, and on nobody."""
    one, other = pair
    on = f"{_is_party(parts, 'actor', one)} AND {_is_party(parts, 'recipient', other)}"
    both = f"{_is_party(parts, 'actor', one)} AND {_is_party(parts, 'actor', other)}"
    if one == other:  # at home: two of one party
        both = f"len(list_filter(string_split(actor_parties, '|'), x -> x = {parts.value(one)})) > 1"
    return f"(({on}) OR (coalesce(recipient_ids, '') = '' AND {both}))"


def _codes(chosen: EventFilter, parts: _Parts) -> None:
    quads = [each.removeprefix(QUAD) for each in chosen.category if each.startswith(QUAD)]
    names = [each for each in chosen.category if not each.startswith(QUAD)]
    parts.any_of(
        [f"event = {parts.value(each)}" for each in names] + [f"quad = {parts.value(int(each))}" for each in quads]
    )
    if not chosen.statements and STATEMENT not in names:
        parts.conditions.append(f"event <> '{STATEMENT}'")
    parts.any_of(_listed(parts, "modes", each) for each in chosen.mode)
    parts.any_of(_listed(parts, "contexts", each) for each in chosen.context)
    parts.any_of(f"status = {parts.value(each)}" for each in chosen.status)
    if chosen.since is not None:
        parts.conditions.append(f"date_start >= {parts.value(chosen.since)}")
    if chosen.until is not None:
        last = chosen.until if len(chosen.until) == len("2024-12-31") else f"{chosen.until}-99"  # "2024": to its end
        parts.conditions.append(f"date_start <= {parts.value(last)}")
    if chosen.confidence is not None:
        parts.conditions.append(f"confidence >= {parts.value(chosen.confidence)}")
    for column, wanted in (("negated", chosen.negated), ("historical", chosen.historical)):
        if wanted is not None:
            parts.conditions.append(column if wanted else f"NOT {column}")


def _texts(chosen: EventFilter, parts: _Parts, table: Table) -> None:
    parts.any_of(_has_words(parts, "speakers", each.removeprefix(NAME)) for each in chosen.speaker)
    parts.any_of(
        _has_words(parts, "place", each.removeprefix(NAME))
        if each.startswith(NAME)
        else f"place_country = {parts.value(each)}"
        for each in chosen.place
    )
    told = [*_outlets(chosen, parts), *_words(chosen, parts)]
    if told and table == "events":  # one mention that fulfils them all
        told = [
            "id IN (SELECT told.event FROM event_mentions AS told SEMI JOIN "
            f"(SELECT article, ordinal FROM mentions WHERE {' AND '.join(told)}) USING (article, ordinal))"
        ]
    parts.conditions.extend(told)


def _outlets(chosen: EventFilter, parts: _Parts) -> list[str]:
    found = [f"{fold_sql('publisher')} = {fold_sql(parts.value(each))}" for each in chosen.outlet]
    return [f"({' OR '.join(found)})"] if found else []


def _words(chosen: EventFilter, parts: _Parts) -> list[str]:
    found = []
    for phrase, open_end in phrases_of(chosen.words):
        sought = fold_sql(parts.value(phrase))
        found.append(f"contains({fold_sql('quote')}, {f'rtrim({sought})' if open_end else sought})")
    return found


def _listed(parts: _Parts, column: str, value: str) -> str:
    """A value among those that a column joins by bars."""
    return f"contains('|' || {column} || '|', {parts.value(f'|{value}|')})"


def _has_words(parts: _Parts, column: str, words: str) -> str:
    """The words, side by side, in one of the names that a column joins by bars."""
    return f"contains({fold_sql(column, bars=True)}, {fold_sql(parts.value(words))})"
