"""From who is meant to the party behind: a person's country, a force's state, an organisation as a whole.

In: referents of drafts. Out: actors for states and parties. It asks no other mention.
"""

from __future__ import annotations

from dragoman.coding.drafts import TOWN, Draft, Person, Setting
from dragoman.values import Actor

_STATES = ("state", "former", "territory")
_PLACES = ("in", "at", "near", "outside")


def country_of(referent: Actor | Person) -> str | None:
    """The country, else the party, that a referent belongs to."""
    if isinstance(referent, Actor):
        return referent.country or referent.party
    if referent.owner is not None:
        return referent.owner.country or referent.owner.party
    return referent.holder.country if referent.holder is not None else None


def state_by_code(code: str, setting: Setting) -> Actor | None:
    """The state or territory of a code; none for codes of organisations."""
    entity = setting.knowledge.actors.entities.get(code)
    if entity is None or entity.kind not in _STATES:
        return None
    return Actor(
        entity.id,
        entity.name,
        entity.party,
        entity.country,
        entity.sector,
        wikidata=entity.wikidata,
        basis=(entity.id,),
    )


def state_of(referent: Actor | Person, setting: Setting) -> Actor | None:
    """The state that a referent is or belongs to; none for organisations and those of no known country."""
    if isinstance(referent, Actor) and referent.country is None:
        return None
    code = country_of(referent)
    return state_by_code(code, setting) if code is not None else None


def party_of(referent: Actor | Person, setting: Setting) -> Actor | None:
    """The state, else the organisation or armed group as a whole."""
    if isinstance(referent, Actor):
        if referent.country is not None and referent.party == referent.country:
            return state_of(referent, setting)
        return referent if referent.party is not None else None
    return state_of(referent, setting) or referent.owner


def conjuncts(draft: Draft) -> tuple[int, ...]:
    """The heads of the phrases that are coordinated with a mention, as its followers in "A, B and C"."""
    parts, head = draft.anatomy, draft.mention.head
    return tuple(
        parts.home[token.index]
        for token in parts.sentence.tokens
        if token.relation == "conj" and token.head >= 0 and parts.home[token.head] == head != parts.home[token.index]
    )


def is_coordinated(draft: Draft) -> bool:
    """Whether a mention is a member of "A and B"."""
    return draft.token.relation == "conj" or bool(conjuncts(draft))


def is_place(draft: Draft) -> bool:
    """A capital or town after "in": where, not who."""
    first = draft.referents[0] if draft.mention.kind == "country" and draft.referents else None
    if not isinstance(first, Actor) or (first.sector is None and not first.basis[0].startswith(TOWN)):
        return False
    tokens = draft.anatomy.sentence.tokens
    return any(
        tokens[child].relation == "case" and tokens[child].text.lower() in _PLACES
        for child in draft.anatomy.children[draft.mention.head]
    )
