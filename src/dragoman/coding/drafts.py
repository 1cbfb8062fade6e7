"""What the words of one mention say by themselves: whose, which office, which name.

In: a mention with the anatomy of its sentence, the day, the knowledge. Out: a `Draft`. States and known bodies are
settled here; forces and crowds are left to `groups.py`, persons to `persons.py`, what refers back to `chains.py`.

It takes the leftmost owner of a phrase ("Russia's UN ambassador" is Russia's) unless owners are coordinated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dragoman.coding.phrases import Anatomy, Parts, part_of, take_apart
from dragoman.coding.spotting import MentionKnowledge, NameHit, TitleHit, town_of
from dragoman.knowledge.actors import Entity, Name, plain, valid_on
from dragoman.knowledge.offices import Holder, Title
from dragoman.values import Actor, Mention, Sentence, Token

SEVERAL = "text:several-states"  # an actor that is of more states than one, none of them named
STRANGER = "text:stranger"  # an actor that is said to be of elsewhere, or of nobody known
TOWN = "geonames:"  # what an actor rests on that only a town's name gave
_SLUG = re.compile(r"[^a-z0-9]+")
_CITY = 100_000  # people of a town that an organisation may be called by without saying more
_NEAR = 3  # words from a name to the word that decides it
_TOP = ("head-of-state", "head-of-government")
STATES = ("state", "former", "territory")
# Sectors that a title gives only for want of a better one: an armed group's leader is of the group's sector.
_WEAK = (None, "GOV", "UNK")
_WEAK_IN_GROUPS = (*_WEAK, "MIL", "UAF", "REB", "PTY")
WEAK_IN_UNIONS = (*_WEAK, "JUD", "LEG")  # judges and members of parliament of a body of states are the body's


@dataclass(slots=True, eq=False)
class Person:
    """One person of the article, with all that its mentions say. `names` are folded words, the fullest first."""

    words: tuple[str, ...]
    text: str
    owner: Actor | None = None
    joined: list[Title] = field(default_factory=list)  # titles of which only one need be his in the tables
    borrowed: bool = False  # the owner is that of a name coordinated with it
    titles: list[Title] = field(default_factory=list)
    standing: str = ""  # former, late, acting, elect, deputy ... as the tables of offices name it
    sector: str | None = None
    office: str | None = None
    gender: str = ""
    called: bool = False  # a "he" or "she" of the article has meant this person
    holder: Holder | None = None


@dataclass(slots=True, eq=False)
class Draft:
    """A mention being read. `referents` are who is meant, as far as known; `antecedents` as in `Mention`."""

    mention: Mention
    anatomy: Anatomy
    token: Token
    parts: Parts | None = None
    owners: tuple[Actor, ...] = ()
    title: Title | None = None
    sector: str | None = None
    office: str | None = None
    standing: str = ""
    gender: str = ""
    plural: bool = False
    definite: bool = False
    borrowed: bool = False
    counterpart: bool = False
    name: str = ""
    joined: tuple[Title, ...] = ()  # the other titles of "Deputy Prime Minister and Foreign Minister NAME", "Gen. NAME"
    inner: int | None = None  # the head of X in "a group of X"
    referents: tuple[Actor | Person, ...] = ()
    antecedents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for the whole article: the day (ISO, or none), the knowledge, the parties named beyond doubt.

    `homes`: names that mean another state here than they do by themselves ("georgia" -> USA). `perhaps`: parties that a
    name of several meanings may name ("Jordan"). `scene`: countries of the dateline and of the towns that are named.
    """

    on: str | None
    knowledge: MentionKnowledge
    company: frozenset[str]
    homes: Mapping[str, str] = field(default_factory=dict)
    perhaps: frozenset[str] = frozenset()
    scene: frozenset[str] = frozenset()


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens."""
    return _SLUG.sub("-", plain(text).lower()).strip("-")


def company(
    anatomies: Sequence[Anatomy], on: str | None, knowledge: MentionKnowledge
) -> tuple[frozenset[str], frozenset[str]]:
    """Parties and countries that the article names as of the day: those beyond doubt, and those that it may name."""
    found: set[str] = set()
    perhaps: set[str] = set()
    hits = {id(hit): hit for parts in anatomies for hit in parts.names if hit is not None}
    for hit in hits.values():
        entities = [knowledge.actors.entities[name.entity] for name in hit.names]
        timely = {entity.id: entity for entity in entities if valid_on(entity.start, entity.end, on)}
        if len(timely) == 1 and not any(name.ambiguous for name in hit.names):
            for entity in timely.values():
                found.update(code for code in (entity.id, entity.party, entity.country) if code)
        states = (entity for entity in timely.values() if entity.kind in STATES)
        perhaps.update(code for state in states for code in (state.party, state.country) if code)
    return frozenset(found), frozenset(perhaps - found)


def homes_of(sentences: Sequence[Sentence], company: frozenset[str], knowledge: MentionKnowledge) -> dict[str, str]:
    """Names that are not their state's here: Georgia among Alabama and Atlanta, or beside "governor"."""
    cues = knowledge.cues.roles["home-state"]
    wanted = dict(cue.value.split("=") for cue in cues.values() if "=" in cue.value)
    words = [token.text.lower() for sentence in sentences for token in sentence.tokens]
    present = wanted.keys() & set(words)
    found: dict[str, str] = {}
    for name in sorted(present):
        own = knowledge.cues.roles["default-state"][name].value
        against = any((cue := cues.get(word)) is not None and cue.value.startswith(f"{name}!") for word in words)
        if own in company or against:
            continue
        places = [index for index, word in enumerate(words) if word == name]
        near = {word for place in places for word in words[max(place - _NEAR, 0) : place + _NEAR + 1]}
        if any(
            (cue := cues.get(word)) is not None and cue.value.startswith(name) and ("=" in cue.value or word in near)
            for word in words
        ):
            found[name] = wanted[name]
    return found


def named(hit: NameHit, setting: Setting, *, modifies: bool) -> Actor | None:
    """The actor that a known name means on the day; none for seas, newspapers and names that nothing decides."""
    home = setting.homes.get(hit.names[0].text.lower()) if setting.homes else None
    if home is not None:
        entity = setting.knowledge.actors.entities[home]
        return Actor(entity.id, entity.name, entity.party, entity.country, None, basis=(hit.names[0].id,))
    name = choose(hit.names, setting, modifies=modifies)
    if name is None:
        return None
    entity = setting.knowledge.actors.entities[name.entity]
    sector = name.sector or entity.sector
    if name.ambiguous and entity.kind == "institution" and _is_elsewhere(entity.country, setting):
        # "Congress" in a report on Peru is not that of the United States.
        return Actor(f"text:-:{sector or '-'}:{slug(name.text)}", name.text, None, None, sector, basis=("text",))
    if name.kind == "capital" and sector is None and entity.kind in STATES:
        sector = "GOV"
    same = sector == entity.sector
    return Actor(
        id=entity.id if same else f"{entity.id}:{sector}",
        name=entity.name,
        party=entity.party,
        country=entity.country,
        sector=sector,
        wikidata=entity.wikidata if same else None,
        basis=(name.id,),
    )


def _is_elsewhere(country: str | None, setting: Setting) -> bool:
    """Whether the article names states, and this is none of them."""
    entities = setting.knowledge.actors.entities
    states = any(code in entities and entities[code].kind in STATES for code in setting.company)
    return country is not None and states and country not in setting.company | setting.perhaps


def choose(names: Sequence[Name], setting: Setting, *, modifies: bool) -> Name | None:
    """One reading: of the day, of an entity that the article names elsewhere, unambiguous, first in the tables."""
    entities = setting.knowledge.actors.entities
    best: Name | None = None
    rank: tuple[bool, bool, bool, bool, bool] | None = None
    for name in names:
        entity = entities[name.entity]
        if entity.kind == "other":
            continue
        worth = (
            valid_on(name.start, name.end, setting.on) and valid_on(entity.start, entity.end, setting.on),
            name.entity in setting.company,
            not name.ambiguous,
            entity.country in setting.company,
            (name.kind == "adjective") == modifies,
        )
        if rank is None or worth > rank:
            best, rank = name, worth
    if best is None or rank is None:
        return None
    rivals = {name.entity for name in names if entities[name.entity].kind != "other"}
    here = {name.entity for name in names if entities[name.entity].country in setting.company}
    if len(rivals) > 1 and not rank[1] and not rank[2] and len(here) != 1:
        default = setting.knowledge.cues.roles["default-state"].get(best.text.lower())
        if default is None:
            return None
        same = [name for name in names if name.entity == default.value]
        return next((name for name in same if (name.kind == "adjective") == modifies), same[0] if same else None)
    return best


def draft(mention: Mention, anatomy: Anatomy, setting: Setting) -> Draft:
    """Read one mention by itself."""
    token = anatomy.sentence.tokens[mention.head]
    made = Draft(mention, anatomy, token)
    cues = setting.knowledge.cues
    if mention.kind == "pronoun":
        pronoun = cues.pronouns[token.text.lower()]
        made.plural, made.gender = pronoun.number == "plural", pronoun.gender
        return made
    made.plural = token.xpos in ("NNS", "NNPS")
    hit = anatomy.names[mention.head]
    if hit is not None and mention.kind in ("country", "organisation", "group"):
        made.plural = made.plural and any(name.kind == "demonym" for name in hit.names)
        _read_known_name(made, hit, setting)
        return made
    if mention.kind == "country":
        made.referents = (
            _read_together(token, setting) or _read_relative(token, setting) or _read_town(mention.text, setting)
        )
        return made
    made.inner = part_of(anatomy, token, setting.knowledge)
    if made.inner is not None:
        return made
    parts = take_apart(anatomy, mention.head, setting.knowledge)
    made.parts = parts
    opening = anatomy.sentence.tokens[parts.first].text.lower()
    made.definite = opening in ("the", "this", "that", "these", "those", "both")
    made.owners = _owners(anatomy, parts, setting)
    _read_titles(made, parts, setting)
    if parts.name is not None and mention.kind == "name":
        tokens = anatomy.sentence.tokens
        start = anatomy.sentence.start
        made.name = anatomy.sentence.text[tokens[parts.name[0]].start - start : tokens[parts.name[1] - 1].end - start]
    return made


def _read_known_name(made: Draft, hit: NameHit, setting: Setting) -> None:
    local = _of_its_owner(made, hit, setting)
    if local is not None:
        made.referents = (local,)
        return
    heads = made.anatomy.home[made.mention.head] == made.mention.head
    actor = named(hit, setting, modifies=not heads)
    if actor is None:
        body = _undecided(made, hit, setting) if made.mention.kind == "organisation" else None
        made.referents = (body,) if body is not None else ()
        return
    first = made.anatomy.sentence.tokens[hit.first - 1].text.lower() if hit.first else ""
    people = made.plural and any(name.kind == "demonym" for name in hit.names)
    if (people and first != "the") or (heads and first in ("a", "an") and any(n.kind == "demonym" for n in hit.names)):
        # "Five Palestinians were killed": citizens; "the Russians" stands for the state.
        actor = Actor(f"{actor.id}:CVL", actor.name, actor.party, actor.country, "CVL", basis=actor.basis)
    made.referents = (actor,)


def _of_its_owner(made: Draft, hit: NameHit, setting: Setting) -> Actor | None:
    """ "the Pretoria High Court", "Zambia's High Court": whichever country's the High Court is by itself."""
    entities = setting.knowledge.actors.entities
    bodies = [entities[name.entity] for name in hit.names]
    if any(body.kind != "institution" for body in bodies):
        return None
    owner = _owner_before(made, hit, setting)
    if owner is None or owner.country is None:
        return None
    own = tuple(name for name, body in zip(hit.names, bodies, strict=True) if body.country == owner.country)
    if own:
        return named(NameHit(hit.first, hit.end, own), setting, modifies=False)
    sector = _common_sector(hit, setting)
    key = f"text:{owner.country}:{sector or '-'}:{slug(made.mention.text)}"
    return Actor(key, bare(made.mention.text), owner.party, owner.country, sector, basis=owner.basis)


def _owner_before(made: Draft, hit: NameHit, setting: Setting) -> Actor | None:
    """The state or town right before a body's name that says whose it is: possessor, adjective or compound."""
    tokens, last = made.anatomy.sentence.tokens, hit.first - 1
    if last > 0 and tokens[last].xpos == "POS":
        last -= 1
    elif last < 0 or tokens[last].relation not in ("compound", "amod", "nmod:poss"):
        return None
    before = made.anatomy.names[last]
    if before is not None:
        found = named(before, setting, modifies=True)
        return found if _is_state(found, setting) else None
    entity = made.anatomy.entities[last]
    if entity is None or entity[1] != last + 1:
        return _first(_read_town(tokens[last].text, setting)) if tokens[last].entity != "O" else None
    return _first(_read_town(" ".join(token.text for token in tokens[entity[0] : last + 1]), setting))


def _first(actors: tuple[Actor, ...]) -> Actor | None:
    return actors[0] if actors else None


def _is_state(actor: Actor | None, setting: Setting) -> bool:
    entity = entity_of(actor, setting)
    return entity is not None and entity.kind in STATES


def _common_sector(hit: NameHit, setting: Setting) -> str | None:
    """The sector that all readings of a name share: every Supreme Court is a court."""
    entities = setting.knowledge.actors.entities
    sectors = {name.sector or entities[name.entity].sector for name in hit.names}
    return sectors.pop() if len(sectors) == 1 else None


def _undecided(made: Draft, hit: NameHit, setting: Setting) -> Actor:
    """A body of which nothing says whose it is; a firm that is called by its state is of that state."""
    text = bare(made.mention.text)
    words = [token.text for token in made.anatomy.sentence.tokens[hit.first : hit.end]]
    if words[-1].lower() in setting.knowledge.cues.roles["firm-word"]:
        for length, names in setting.knowledge.actors.names_at(words, 0, setting.on):
            owner = named(NameHit(0, length, names), setting, modifies=True) if length < len(words) else None
            if owner is not None and _is_state(owner, setting) and not any(name.ambiguous for name in names):
                key = f"text:{owner.country}:BUS:{slug(text)}"
                return Actor(key, text, owner.party, owner.country, "BUS", basis=owner.basis)
    sector = _common_sector(hit, setting)
    return replace(unknown(text), id=f"text:-:{sector or '-'}:{slug(text)}", sector=sector)


def _read_together(token: Token, setting: Setting) -> tuple[Actor, ...]:
    """The states that one plural name means: "the two Koreas"."""
    cue = setting.knowledge.cues.roles["states-together"].get(token.text.lower())
    entities = setting.knowledge.actors.entities
    found = [entities[code] for code in cue.value.split("+")] if cue is not None else []
    return tuple(
        Actor(each.id, each.name, each.party, each.country, None, wikidata=each.wikidata, basis=(each.id,))
        for each in found
    )


def _read_relative(token: Token, setting: Setting) -> tuple[Actor, ...]:
    """ "the North" in a report that names a Korea, "the mainland" in one that names Taiwan."""
    cue = setting.knowledge.cues.roles["relative-state"].get(token.text.lower())
    codes = cue.value.split("!") if cue is not None else []
    if cue is None or not setting.company.intersection(codes[:2]):
        return ()
    entity = setting.knowledge.actors.entities[codes[0]]
    return (Actor(entity.id, entity.name, entity.party, entity.country, None, basis=(cue.id,)),)


def _read_town(text: str, setting: Setting) -> tuple[Actor, ...]:
    """A town stands for its state."""
    town = town_of(text, setting.knowledge)
    entity = setting.knowledge.actors.entities.get(town.country or "") if town is not None else None
    if town is None or entity is None:
        return ()
    return (Actor(entity.id, entity.name, entity.party, entity.country, None, basis=(f"{TOWN}{town.geonames}",)),)


def unknown(text: str) -> Actor:
    """A named organisation that no table knows."""
    return Actor(f"text:-:-:{slug(text)}", text, None, None, None, basis=("text",))


def _owners(anatomy: Anatomy, parts: Parts, setting: Setting) -> tuple[Actor, ...]:
    """Whose the phrase is: the leftmost owner, or all that are coordinated with it."""
    found: list[Actor] = []
    last: NameHit | None = None
    for hit in parts.owners:
        if last is not None and not _coordinated(anatomy, last, hit):
            break
        actor = named(hit, setting, modifies=True)
        if actor is not None and not any(actor.country is not None and actor.country == own.country for own in found):
            found.append(actor)
            last = hit
    start = parts.core if anatomy.sentence.tokens[parts.core].upos != "DET" else parts.core + 1
    named_here = anatomy.entities[start] if start <= parts.head else None
    if not found and parts.titles and named_here is not None and named_here[2] == "ORG" and named_here[0] == start:
        town = town_of(anatomy.sentence.tokens[start].text, setting.knowledge)
        tied = start + 1 < len(anatomy.entities) and anatomy.sentence.tokens[start + 1].text == "-"
        if not tied and town is not None and town.people >= _CITY and anatomy.titles[start] is None:
            return _read_town(anatomy.sentence.tokens[start].text, setting)  # "the Munich Regional Court"
    if not found and parts.titles and parts.possessor is None:
        for index in range(parts.core, parts.titles[0].first):
            entity = anatomy.entities[index]
            if entity is not None and entity[2] == "LOC" and entity[0] == index and anatomy.names[index] is None:
                words = (token.text for token in anatomy.sentence.tokens[index : entity[1]])
                return _read_town(" ".join(words), setting)  # "Atlanta police"
    return tuple(found)


def _coordinated(anatomy: Anatomy, left: NameHit, right: NameHit) -> bool:
    between = anatomy.sentence.tokens[left.end : right.first]
    return 0 < len(between) <= 3 and all(token.text in ("and", ",", "-", "–", "&", "the", "'s") for token in between)


def _read_titles(made: Draft, parts: Parts, setting: Setting) -> None:
    tokens = made.anatomy.sentence.tokens
    cues, modifiers = setting.knowledge.cues.roles, setting.knowledge.offices.modifiers
    last = parts.name[0] if parts.name is not None else parts.end
    titles = [hit for hit in parts.titles if hit.first < last]
    if titles:
        heading = [hit for hit in titles if hit.first <= parts.head < hit.end]
        main = min(reversed(heading or titles), key=lambda hit: hit.title.rank)
        made.title = main.title
        made.sector, made.office = sector_and_office(made, main, titles, setting)
        if len(titles) > 1 and parts.name is not None:
            made.joined = tuple(hit.title for hit in titles if hit is not main)
        played = cues["sport-word"]
        if any(tokens[index].text.lower() in played for index in range(parts.core, parts.end)):
            made.sector, made.office = "CVL", None
    tied = parts.core >= 2 and tokens[parts.core - 1].text == "-" and tokens[parts.core - 2].upos == "ADV"
    for index in range(parts.core - 2 if tied else parts.core, parts.end):  # "then-US President NAME"
        word = tokens[index].text.lower()
        if word == "-" and parts.core < index < parts.end - 1:  # "self-proclaimed" cut in three
            word = f"{tokens[index - 1].text}-{tokens[index + 1].text}".lower()
        modifier = modifiers.get(word) or next((m for part in word.split("-") if (m := modifiers.get(part))), None)
        ahead = not titles or index <= titles[-1].first or (modifier and modifier.position in ("after", "suffix"))
        if modifier is not None and ahead and modifier.status not in ("current", "deputy"):
            made.standing = made.standing or modifier.status
        if word in cues["counterpart"]:
            made.counterpart = True
        gender = cues["honorific"].get(word) or cues["gender"].get(word)
        if gender is not None:
            made.gender = made.gender or gender.value


def sector_and_office(
    made: Draft, main: TitleHit, titles: Sequence[TitleHit], setting: Setting
) -> tuple[str | None, str | None]:
    """The sector of a title's bearer: by the country's own sense of the title, the title, the body spoken for."""
    title, owner = main.title, made.owners[0] if made.owners else None
    sector, office = title.sector, title.office
    if owner is not None and owner.party is not None:
        tables, text, on = setting.knowledge.offices, title.text, setting.on
        # A body's own title goes before its state's.
        own = tables.office_of_title(owner.id, text, on) or tables.office_of_title(owner.party, text, on)
        if own is not None:
            sector, office = own.sector or sector, own.office
    if title.kind in ("role", "office") and (sector is None or office in ("spokesperson", "official")):
        # "army spokesman", "opposition leader", "spokesman for the police"
        others = [hit.title for hit in titles if hit is not main and hit.title.kind in ("body", "group")]
        others += [hit.title for index in behind_of(made) if (hit := made.anatomy.titles[index]) is not None]
        sector = next((other.sector for other in others if other.sector), sector)
    entity = entity_of(owner, setting)
    if office in _TOP and title.kind == "office" and (entity is None or entity.kind not in STATES):
        private = _of_something_else(made, main)
        if entity is not None:
            office = "organisation-head"
        elif private is not None:
            return private or None, None
    if owner is None or entity is None:
        return sector, office
    if entity.kind in STATES:
        if owner.sector not in (None, "GOV") and sector in (None, "GOV"):
            sector = owner.sector  # "Pentagon officials"
        return sector or "GOV", office
    return of_owner(sector, entity, owner), office


def of_owner(sector: str | None, entity: Entity, owner: Actor) -> str | None:
    """A title's sector among an organisation's or armed group's own people: "UN peacekeepers" stay MIL."""
    armed = entity.kind == "group" and entity.sector not in ("CVL", "REL")
    weak = _WEAK_IN_GROUPS if armed else WEAK_IN_UNIONS if entity.sector == "IGO" else _WEAK
    return (entity.sector or owner.sector) if sector in weak else sector


def _of_something_else(made: Draft, main: TitleHit) -> str | None:
    """The sector of what a president presides over where that is no state ("" if it has none); none if unsaid."""
    parts, tokens = made.parts, made.anatomy.sentence.tokens
    if parts is None:
        return None
    for index in parts.behind:
        hit = made.anatomy.titles[index]
        if hit is not None:
            return hit.title.sector or ""
    for index in range(parts.core, main.first):
        entity, known = made.anatomy.entities[index], made.anatomy.names[index]
        if entity is not None and entity[2] == "ORG" and known is None:
            return ""
    after = tokens[main.end] if main.end < len(tokens) else None
    return "" if after is not None and after.text == "of" and not made.owners else None


def behind_of(made: Draft) -> tuple[int, ...]:
    """The heads of the "of X" phrases of a mention."""
    return made.parts.behind if made.parts is not None else ()


def entity_of(actor: Actor | None, setting: Setting) -> Entity | None:
    """The row of the tables that an actor is, in whatever sector; none for actors of the text."""
    if actor is None:
        return None
    entities = setting.knowledge.actors.entities
    return entities.get(actor.id) or entities.get(actor.id.rsplit(":", 1)[0])


_LEADING = re.compile(r"^(?:the|a|an|this|that|these|those|its|his|her|their|our|some|several|many|both|all)\s+", re.I)


def bare(text: str) -> str:
    """Words without the article or other determiner before them."""
    return _LEADING.sub("", text, count=1)
