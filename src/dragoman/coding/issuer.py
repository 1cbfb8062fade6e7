"""Who speaks as "we" in a statement: the government or body that issued it.

In: the article's site, its publisher, and the persons that it opens with. Out: an actor, or none. A news outlet is
nobody's voice: its "we" stays open. The site speaks first (`issuers.csv`), then a publisher whose name the tables
know, then an official whose name is the first thing in the text ("Jane Doe, Secretary of State On behalf of ...").
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from dragoman.coding.drafts import Draft, Person, Setting
from dragoman.coding.parties import state_by_code, state_of
from dragoman.knowledge.actors import Entity
from dragoman.values import Actor, Article

_OFFICIAL = frozenset({"GOV", "MIL", "LEG"})


def issuer_of(article: Article, drafts: Iterable[Draft], setting: Setting) -> Actor | None:
    """The state or body that speaks as "we"."""
    return (
        _by_site(article.url, setting)
        or _by_publisher(article.publisher, setting)
        or _by_opening(article, drafts, setting)
    )


def _by_site(url: str | None, setting: Setting) -> Actor | None:
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:  # a broken address names nobody
        return None
    labels = host.split(".")
    for start in range(len(labels)):
        entity = setting.knowledge.cues.issuers.get(".".join(labels[start:]))
        if entity is not None:
            return _whole(entity, setting)
    return None


def _by_publisher(publisher: str | None, setting: Setting) -> Actor | None:
    words = publisher.split() if publisher else []
    entities = setting.knowledge.actors.entities
    for index in range(len(words)):
        for _, names in setting.knowledge.actors.names_at(words, index, setting.on):
            known = {name.entity for name in names if not name.ambiguous and _speaks_for_itself(entities[name.entity])}
            if len(known) == 1:
                found = entities[known.pop()]
                return _whole(found.country or found.party or found.id, setting)
    return None


def _speaks_for_itself(entity: Entity) -> bool:
    """States, their ministries and parliaments, and bodies of states; no outlets and no firms."""
    if entity.kind == "institution":
        return entity.sector in _OFFICIAL
    return entity.kind == "state" or (entity.kind == "organisation" and entity.sector not in ("JRN", "BUS", "MNC"))


def _by_opening(article: Article, drafts: Iterable[Draft], setting: Setting) -> Actor | None:
    start = article.body.start if article.body is not None else 0
    for draft in drafts:
        if draft.mention.start == start and draft.mention.end < len(article.text):
            follows = article.text[draft.mention.end] == ","
            person = draft.referents[0] if draft.referents else None
            if follows and isinstance(person, Person) and _sector(person) in _OFFICIAL:
                return state_of(person, setting) or person.owner
    return None


def _sector(person: Person) -> str | None:
    return person.sector or (person.holder.sector if person.holder is not None else None)


def _whole(entity: str, setting: Setting) -> Actor | None:
    """A state, else an organisation as a whole."""
    state = state_by_code(entity, setting)
    if state is not None:
        return state
    known = setting.knowledge.actors.entities.get(entity)
    if known is None:
        return None
    return Actor(
        known.id, known.name, known.party, known.country, known.sector, wikidata=known.wikidata, basis=(known.id,)
    )
