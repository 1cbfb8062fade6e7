"""Forces, crowds, bodies and roles: whose they are by the words of their own phrase.

In: the draft of a group or organisation that no table knows by name, and the setting. Out: its actors: one of each
owner, or of nobody known where the words settle that; else none yet, and `chains.py` looks further.
"""

from __future__ import annotations

from dragoman.coding.drafts import (
    SEVERAL,
    STATES,
    STRANGER,
    Draft,
    Setting,
    bare,
    behind_of,
    entity_of,
    named,
    of_owner,
    slug,
)
from dragoman.knowledge.offices import fold
from dragoman.values import Actor

_STATELY = ("GOV", "MIL", "COP", "LEG", "JUD", "SPY")


def settle(made: Draft, setting: Setting) -> None:
    """Give a group or body that was taken apart its actors: of each owner, or of nobody known."""
    title = made.title
    if made.parts is None or made.mention.kind not in ("group", "organisation"):
        return
    if made.mention.kind == "organisation" and (title is None or (_is_named(made) and made.sector not in _STATELY)):
        made.referents = (_firm(made, setting),)
        return
    if title is None:
        return
    if made.parts.possessor is not None and not made.owners:
        return  # "his government", "Assad's forces": the possessor decides
    called = _called(made, setting)
    if called is not None:
        made.referents = (called,)
        return
    if made.owners and _is_relation(made, setting):
        return
    if made.owners:
        made.referents = tuple(collective(made, owner, setting) for owner in made.owners)
    elif made.sector == "COP" or (made.parts.foreign and title.text.startswith("admin")):
        return  # the place of the sentence, or the name before it, may say whose
    elif _is_of_somebody(made):
        return
    elif not made.definite and not behind_of(made) and (title.kind in ("group", "role") or made.plural):
        made.referents = (nobodys(made, setting),)


def _is_of_somebody(made: Draft) -> bool:
    """Whether a person's name stands before the noun: "Nkrumah supporters"."""
    parts = made.parts
    ahead = range(parts.core, parts.titles[0].first) if parts is not None and parts.titles else range(0)
    return any(entity is not None and entity[2] == "PER" for entity in (made.anatomy.entities[i] for i in ahead))


def _called(made: Draft, setting: Setting) -> Actor | None:
    """The known group or organisation named right after the noun: "Somalia's Islamist group al-Shabaab"."""
    head, anatomy = made.mention.head, made.anatomy
    hit = anatomy.names[head + 1] if head + 1 < len(anatomy.names) else None
    if hit is None or hit.first != head + 1 or anatomy.home[head + 1] != anatomy.home[head]:
        return None
    kinds = {setting.knowledge.actors.entities[name.entity].kind for name in hit.names}
    return named(hit, setting, modifies=False) if kinds <= {"group", "organisation"} else None


def _is_relation(made: Draft, setting: Setting) -> bool:
    """ "Australia's neighbours", "an ally of Iran": not the owner's own, as "German allies" are."""
    parts, token = made.parts, made.token
    if parts is None or token.text.lower() not in setting.knowledge.cues.roles["relation-noun"]:
        return False
    return parts.possessor is not None or bool(parts.behind)


def _is_named(made: Draft) -> bool:
    """Whether a body is called by a name of its own, and not just "the ministry"."""
    entity = made.anatomy.entities[made.mention.head]
    return entity is not None and entity[2] == "ORG" and entity[1] - entity[0] > 1


def _firm(made: Draft, setting: Setting) -> Actor:
    """A named organisation that no table knows, of the one country that the words give it."""
    tokens, sentence = made.anatomy.sentence.tokens, made.anatomy.sentence
    entity = made.anatomy.entities[made.mention.head]
    name = bare(made.mention.text)
    if entity is not None:
        name = sentence.text[tokens[entity[0]].start - sentence.start : tokens[entity[1] - 1].end - sentence.start]
        name = bare(name)
    last = fold(name.rsplit(" ", 1)[-1])
    if made.sector is None and last in setting.knowledge.cues.roles["firm-word"]:
        made.sector = "BUS"
    owner = made.owners[0] if len(made.owners) == 1 else None
    country = owner.country if owner is not None else None
    key = f"text:{country or '-'}:{made.sector or '-'}:{slug(name)}"
    basis = ("text", *(owner.basis if owner is not None else ()))
    return Actor(key, name, owner.party if owner is not None else None, country, made.sector, basis=basis)


def collective(made: Draft, owner: Actor, setting: Setting) -> Actor:
    """The bearers of a group noun, role or body that belong to `owner`: "Indian troops" is IND MIL."""
    entity = entity_of(owner, setting)
    sector = made.sector
    if made.title is not None and not made.owners and entity is not None and entity.kind not in STATES:
        sector = of_owner(sector, entity, owner)
    elif sector is None and made.title is not None:
        sector = owner.sector or ("GOV" if entity is not None and entity.kind in STATES else None)
    if made.standing in ("former", "late") and made.title is not None and made.title.kind == "office":
        sector = "ELI"
    basis = (*owner.basis, *((made.title.id,) if made.title is not None else ()))
    if entity is not None and entity.kind not in STATES and sector == (entity.sector or owner.sector):
        return Actor(owner.id, owner.name, owner.party, owner.country, sector, wikidata=owner.wikidata, basis=basis)
    base = owner.country or owner.party or owner.id
    return Actor(f"{base}:{sector or '-'}", bare(made.mention.text), owner.party, owner.country, sector, basis=basis)


def nobodys(made: Draft, setting: Setting) -> Actor:
    """The bearers of a group noun or role of whom the text does not say whose they are."""
    assert made.title is not None
    sector = "ELI" if made.standing == "former" and made.title.kind == "office" else made.sector
    basis: tuple[str, ...] = (made.title.id,)
    if _is_of_several(made, setting):
        basis = (made.title.id, SEVERAL)
    elif _is_strange(made, setting):
        basis = (made.title.id, STRANGER)
    return Actor(
        f"text:-:{sector or '-'}:{slug(made.title.text)}", bare(made.mention.text), None, None, sector,
        office=made.office, basis=basis,
    )  # fmt: skip


def _is_strange(made: Draft, setting: Setting) -> bool:
    """ "Unidentified gunmen", "foreign reporters": whose they are cannot be told from the country of a report."""
    if made.parts is None:
        return False
    words = (token.text.lower() for token in made.anatomy.sentence.tokens[made.parts.first : made.parts.head + 1])
    return any(word in setting.knowledge.cues.roles["stranger"] for word in words)


def _is_of_several(made: Draft, setting: Setting) -> bool:
    """ "Arab governments", "five heads of state": of more states than one, and the text does not say which."""
    parts, cues = made.parts, setting.knowledge.cues.roles
    if parts is None or not made.plural:
        return False
    word = made.token.text.lower()
    rank = setting.knowledge.offices.offices.get(made.office) if made.office is not None else None
    if word not in cues["of-a-state"] and word not in cues["state-noun"] and (rank is None or rank.seats != "one"):
        return False
    entities = setting.knowledge.actors.entities
    for index in range(parts.first, parts.head):
        hit, here = made.anatomy.names[index], made.anatomy.sentence.tokens[index].text.lower()
        region = hit is not None and all(entities[name.entity].kind == "other" for name in hit.names)
        if region or here in cues["several"] or here in cues["pair"] or here.isdigit():
            return True
    return False
