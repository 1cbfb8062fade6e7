"""Whose citizens: the country of people and bodies of whom the text names none ("police arrested protesters").

In: the parties of one event, where it is, and its category. Out: the same parties; those with a sector but no country
are given that of the place, or that of the authority on the other side, and say so in their basis ("inferred:place",
"inferred:other side"), so that a reader can tell and leave them out. Coders of political events read domestic acts so.

It never changes a country that the text or a table gives, and gives none to armed groups, soldiers, firms and names
without a sector: they act across borders too often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.values import Actor, Party, Place

_AUTHORITIES = frozenset({"COP", "GOV", "JUD", "LEG"})
_PEOPLE = frozenset({"CVL", "OPP", "EDU", "LAB", "AGR", "REL", "SOC", "PTY", "JRN"})
_AT_HOME = _AUTHORITIES | _PEOPLE | {"MED", "ELI"}
_CONFLICT = frozenset({"COERCE", "PROTEST", "ASSAULT", "ACCUSE", "REQUEST", "REJECT", "SANCTION", "THREATEN"})
_DOMESTIC = _CONFLICT | {"CONCEDE", "RETREAT"}


def with_countries(
    actors: Sequence[Party], recipients: Sequence[Party], place: Place | None, category: str
) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Actors and recipients, with countries inferred for those of whom the text names none."""
    if category not in _DOMESTIC or not any(_lacks_country(party.actor) for party in (*actors, *recipients)):
        return tuple(actors), tuple(recipients)
    named = {party.actor.country for party in (*actors, *recipients)} - {None}
    return (
        tuple(_placed(party, recipients, place, named) for party in actors),
        tuple(_placed(party, actors, place, named) for party in recipients),
    )


def _lacks_country(actor: Actor) -> bool:
    return actor.country is None and actor.party is None and actor.sector in _AT_HOME


def _placed(party: Party, others: Sequence[Party], place: Place | None, named: set[str | None]) -> Party:
    if not _lacks_country(party.actor):
        return party
    dealing = _AUTHORITIES | _PEOPLE
    beside = {other.actor.country for other in others if other.actor.sector in dealing} - {None}
    if place is not None and place.country is not None and (not named or named == {place.country}):
        return replace(party, actor=_of(party.actor, place.country, "inferred:place"))
    if len(beside) == 1 and len(named) == 1:
        return replace(party, actor=_of(party.actor, str(beside.pop()), "inferred:other side"))
    return party


def _of(actor: Actor, country: str, basis: str) -> Actor:
    identity = actor.id.replace("text:-:", f"text:{country}:", 1)
    return replace(actor, id=identity, party=country, country=country, basis=(*actor.basis, basis))
