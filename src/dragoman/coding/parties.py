"""From who is meant to the party behind: a person's country, a force's state, an organisation as a whole.

In: referents of drafts. Out: actors for states and parties. It asks no other mention.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.coding.drafts import TOWN, Draft, Person, Setting
from dragoman.coding.spotting import town_of
from dragoman.values import Actor, Article

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


def states_named(setting: Setting) -> tuple[Actor, ...]:
    """The states that an article names beyond doubt, in the order of their codes."""
    entities = setting.knowledge.actors.entities
    rows = [entities[code] for code in setting.company if code in entities]
    codes = sorted({row.country or row.id for row in rows if row.kind in _STATES})
    return tuple(state for code in codes if (state := state_by_code(code, setting)) is not None)


def other_state(own: Sequence[Actor | Person], setting: Setting) -> Actor | None:
    """ "Its neighbour", "his host": of the two states that an article names the one that is not the possessor's."""
    mine = {country_of(referent) for referent in own} - {None}
    states = states_named(setting)
    rest = [state for state in states if state.country not in mine]
    return rest[0] if len(mine) == len(rest) == 1 and len(states) == 2 else None


def default_owner(title: str, setting: Setting) -> tuple[Actor, ...]:
    """Whose a title without more is: "the Secretary-General" is the UN's where no other body of states is named."""
    cue = setting.knowledge.cues.roles["default-owner"].get(title)
    if cue is None:
        return ()
    entities = setting.knowledge.actors.entities
    code, _, rival = cue.value.partition("!")
    owner = entities[code]
    for other in setting.company | setting.perhaps:
        row = entities.get(other)
        if row is not None and row.party != owner.party and rival in (row.id, row.kind):
            return ()
    return (Actor(owner.id, owner.name, owner.party, owner.country, owner.sector, basis=(cue.id,)),)


def home_country(article: Article, setting: Setting) -> Actor | None:
    """The only state that the article names, if the dateline does not lie in another; else the dateline's."""
    entities = setting.knowledge.actors.entities
    states = [code for code in sorted(setting.company) if code in entities and entities[code].kind == "state"]
    line = _dateline_country(article, setting)
    if len(states) == 1 and line in (None, states[0]):
        return state_by_code(states[0], setting)
    if line is None or (states and (line not in states or len(states) == 1)):
        return None
    return state_by_code(line, setting)


def scene_of(article: Article, drafts: Sequence[Draft], setting: Setting) -> frozenset[str]:
    """The countries in which a report plays: of its dateline, and of the towns that it names."""
    towns = (
        referent.country
        for draft in drafts
        for referent in (draft.referents if draft.mention.kind == "country" else ())
        if isinstance(referent, Actor) and referent.basis[0].startswith(TOWN)
    )
    return frozenset(code for code in (_dateline_country(article, setting), *towns) if code is not None)


def _dateline_country(article: Article, setting: Setting) -> str | None:
    words = article.dateline.text.replace(",", " ").split() if article.dateline is not None else []
    entities = setting.knowledge.actors.entities
    for index in range(len(words)):
        for _, names in setting.knowledge.actors.names_at(words, index, setting.on):
            codes = {entities[name.entity].country for name in names if not name.ambiguous}
            if len(codes) == 1 and (code := codes.pop()) is not None:
                return code
    name = article.dateline.text.partition(",")[0].strip().title() if article.dateline is not None else ""
    town = town_of(name, setting.knowledge) if name else None
    return town.country if town is not None else None


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
