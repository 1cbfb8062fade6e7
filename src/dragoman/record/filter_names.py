"""From what people write to what the record holds: names and codes in a filter, checked against the tables.

In: an `EventFilter` as it was typed. Out: the same with codes: "India", "ind" and "IN" become IND, "verbal conflict"
becomes quad:3, and a name that no table knows becomes `name:...`, to be looked for in the names of the record. Doing it
twice changes nothing. Tables are read only where a field asks for them. It does not know who is in the record.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from dragoman.errors import UsageError
from dragoman.knowledge.actors import ActorTables, Entity, load_actors, load_entities, plain
from dragoman.knowledge.offices import load_offices
from dragoman.knowledge.ontology import load_ontology
from dragoman.knowledge.own_actors import read_own_actors, with_own_actors
from dragoman.record.filters import NAME, QUAD, EventFilter, Pair, phrases_of
from dragoman.values import Status

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]+|\S+:\S+")  # what is taken for a code though no table has it
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_STATES = ("state", "former", "territory")
_PLACE_NAMES = ("short", "long", "variant", "acronym")


def resolved(chosen: EventFilter, own: Sequence[str | Path] = ()) -> EventFilter:
    """The filter with codes for names; `own`: the user's tables of actors. Raises UsageError for what means nothing."""
    phrases_of(chosen.words)
    _check_days(chosen.since, chosen.until)
    if chosen.confidence is not None and not 0 <= chosen.confidence <= 1:
        raise UsageError(f"a confidence lies between 0 and 1, and {chosen.confidence} does not")
    return _with_actors(_with_codes(chosen), own)


def _check_days(since: str | None, until: str | None) -> None:
    for text in (since, until):
        if text is None:
            continue
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
        except ValueError:
            raise UsageError(f"{text!r} is no day: write it as 2024-11-19, 2024-11 or 2024") from None
    if since is not None and until is not None and since[: len(until)] > until[: len(since)]:
        raise UsageError(f"nothing lies between {since} and {until}")


def _with_codes(chosen: EventFilter) -> EventFilter:
    """Categories, modes, contexts, sectors and statuses, as the ontology writes them."""
    if not (chosen.category or chosen.mode or chosen.context or chosen.sector or chosen.status):
        return chosen
    ontology = load_ontology()
    quads = {_key(quad.kind): f"{QUAD}{number}" for number, quad in ontology.quads.items() if number}
    categories = {_key(each): each for each in ontology.categories} | quads | {each: each for each in quads.values()}
    return replace(
        chosen,
        category=_known("category", chosen.category, categories),
        mode=_known(
            "mode", [each.rpartition("/")[2] for each in chosen.mode], _same(mode for _, mode in ontology.modes)
        ),
        context=_known("context", chosen.context, _same(ontology.contexts)),
        sector=_known("sector", chosen.sector, _same(ontology.sectors)),
        status=_known("status", chosen.status, _same(get_args(Status))),
    )


def _same(codes: Iterable[str]) -> dict[str, str]:
    return {_key(code): code for code in codes}


def _key(text: str) -> str:
    return text.strip().lower().replace(" ", "-").replace("_", "-")


def _known(what: str, values: Iterable[str], codes: dict[str, str]) -> tuple[str, ...]:
    found = []
    for value in values:
        if _key(value) not in codes:
            known = ", ".join(sorted(set(codes.values()), key=str.lower))
            raise UsageError(f"there is no {what} {value!r}: it is one of {known}")
        found.append(codes[_key(value)])
    return tuple(dict.fromkeys(found))


def _with_actors(chosen: EventFilter, own: Sequence[str | Path]) -> EventFilter:
    asked = (
        *chosen.actor,
        *chosen.recipient,
        *chosen.country,
        *chosen.place,
        *_flat(chosen.dyad),
        *_flat(chosen.between),
    )
    if all(each.startswith(NAME) for each in asked) or _are_codes(chosen, asked):
        return chosen
    tables = _tables(own)

    def party(text: str) -> str:
        return _party(tables, text)

    return replace(
        chosen,
        actor=_each(party, chosen.actor),
        recipient=_each(party, chosen.recipient),
        dyad=tuple((party(one), party(other)) for one, other in chosen.dyad),
        between=tuple((party(one), party(other)) for one, other in chosen.between),
        country=_each(lambda text: _country(tables, text), chosen.country),
        place=_each(lambda text: _place(tables, text), chosen.place),
    )


def _are_codes(chosen: EventFilter, asked: Sequence[str]) -> bool:
    """Are all of them ids of our tables already? Then names need not be read."""
    entities, _ = load_entities()
    places = [each for each in (*chosen.country, *chosen.place) if not each.startswith(NAME)]
    return all(each in entities or each.startswith(NAME) for each in asked) and all(
        entities[each].kind in _STATES for each in places
    )


def _tables(own: Sequence[str | Path]) -> ActorTables:
    tables = load_actors()
    if own:
        offices, sectors = load_offices(), frozenset(load_ontology().sectors)
        for path in own:
            tables, offices = with_own_actors(tables, offices, read_own_actors(Path(path), tables, sectors))
    return tables


def _flat(pairs: Iterable[Pair]) -> list[str]:
    return [each for pair in pairs for each in pair]


def _each(turn: Callable[[str], str], values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(turn(value) for value in values))


def _party(tables: ActorTables, text: str) -> str:
    """A code for an actor; words of a name where no table knows it."""
    text = " ".join(text.split())
    if text.startswith(NAME):
        return text
    found = _entities(tables, text)
    if len(found) > 1:
        raise UsageError(f"{text!r} may be {_choices(found)}: name one by its code")
    if found:
        return found[0].id
    if not any(letter.isalnum() for letter in text):
        raise UsageError(f"{text!r} names nobody")
    return text if _CODE.fullmatch(text) else f"{NAME}{text}"


def _country(tables: ActorTables, text: str) -> str:
    found = [each for each in _entities(tables, text) if each.kind in _STATES]
    if len(found) == 1:
        return found[0].id
    if found:
        raise UsageError(f"{text!r} may be {_choices(found)}: name one by its code")
    states = {each.name: each.id for each in tables.entities.values() if each.kind in _STATES}
    near = difflib.get_close_matches(plain(text).title(), states, n=3) or []
    hint = f": is it {', '.join(f'{name} ({states[name]})' for name in near)}?" if near else ""
    raise UsageError(f"there is no country {text!r}{hint or ': write its ISO 3166 code of three letters, or its name'}")


def _place(tables: ActorTables, text: str) -> str:
    """The code of a country, or words of a place's name."""
    text = " ".join(text.split())
    if text.startswith(NAME):
        return text
    found = [each for each in _entities(tables, text, _PLACE_NAMES) if each.kind in _STATES]
    return found[0].id if len(found) == 1 else f"{NAME}{text}"


def _entities(tables: ActorTables, text: str, kinds: Sequence[str] = ()) -> list[Entity]:
    """Who may be meant, by id, by ISO code of two letters or by name; a small letter may stand for a capital."""
    text = " ".join(text.split())
    for code in (text, text.upper()):
        if code in tables.entities:
            return [tables.entities[code]]
    words = text.split()
    if len(words) > 1 and words[0].lower() == "the":
        words = words[1:]
    for written in (words, [_capital(word) for word in words], [word.upper() for word in words]):
        names = [name for length, named in tables.names_at(written, 0) if length == len(written) for name in named]
        names = [name for name in names if not kinds or name.kind in kinds]
        found = [tables.entities[each] for each in dict.fromkeys(name.entity for name in names)]
        found = [each for each in found if each.kind != "other"]
        if found:
            return found
    return [tables.entities[each] for each, codes in tables.codes.items() if codes.iso2 == text.upper()]


def _capital(word: str) -> str:
    return word if word in ("and", "of", "the") else word[:1].upper() + word[1:].lower()


def _choices(found: Sequence[Entity]) -> str:
    return " or ".join(f"{each.id} ({each.name})" for each in found)
