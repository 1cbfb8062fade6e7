"""Finds known names and titles among the words of a sentence, and tells where they do not stand as such.

In: tokens with entities and tree, the actor and office tables. Out: for each word the `NameHit` or `TitleHit` that
covers it: the longest first, from left to right, none overlapping. It lists readings and does not choose among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dragoman.knowledge.actors import ActorTables, Name
from dragoman.knowledge.mention_cues import MentionCues
from dragoman.knowledge.offices import OfficeTables, Title
from dragoman.knowledge.places import PlaceEntry
from dragoman.values import Sentence, Token

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM", "X", "SYM"})
_PEOPLE_OR_STATES = frozenset({"adjective", "demonym"})
Entity = tuple[int, int, str]  # first word, end, type
_PEOPLE = 10_000  # a smaller town is too easily something else
_SYLLABLE = 6  # letters after the hyphen of an East Asian given name
_FIGHTERS = ("UAF", "REB", "PRM")
_TIMES = 5  # how much larger the town must be than its namesakes abroad


class Towns(Protocol):
    """The part of the gazetteer that is asked here."""

    def named(self, name: str, /) -> tuple[PlaceEntry, ...]: ...


class MentionKnowledge(Protocol):
    """What mentions and identity need of the knowledge."""

    @property
    def actors(self) -> ActorTables: ...
    @property
    def offices(self) -> OfficeTables: ...
    @property
    def cues(self) -> MentionCues: ...
    @property
    def places(self) -> Towns: ...


@dataclass(frozen=True, slots=True)
class NameHit:
    """A known name at words `first` to `end` (half-open), with every reading of it."""

    first: int
    end: int
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class TitleHit:
    """A title, role, group noun or body at words `first` to `end` (half-open)."""

    first: int
    end: int
    title: Title


def entities_of(tokens: Sequence[Token]) -> list[Entity | None]:
    """The entity that covers each word, as (first, end, type)."""
    found: list[Entity | None] = [None] * len(tokens)
    first = 0
    count = len(tokens)
    while first < count:
        label = tokens[first].entity
        if label == "O":
            first += 1
            continue
        kind, end = label[2:], first + 1
        while end < count and tokens[end].entity == "I-" + kind:
            end += 1
        if kind in ("LOC", "PER") and end == first + 1 and end < count and _opens_name(tokens[end], first):
            kind, end = "PER", end + 1
            while end < count and tokens[end].entity == "I-PER":
                end += 1
        if kind == "PER":
            end = _over_hyphen(tokens, end)
        entity = (first, end, kind)
        for index in range(first, end):
            found[index] = entity
        first = end
    return found


def _over_hyphen(tokens: Sequence[Token], end: int) -> int:
    """Where a name cut at its hyphen really ends: "Moon Jae" and "-in"; "Obama-era" stays cut."""
    if end + 1 >= len(tokens) or tokens[end].text != "-" or tokens[end].start != tokens[end - 1].end:
        return end
    rest = tokens[end + 1]
    glued = rest.start == tokens[end].end and rest.text.isalpha() and rest.entity in ("O", "I-PER")
    name = rest.upos in ("ADP", "PROPN", "X", "PART", "INTJ", "ADV") and len(rest.text) <= _SYLLABLE
    return end + 2 if glued and name and end > 1 and tokens[end - 1].entity == "I-PER" else end


def _opens_name(token: Token, head: int) -> bool:
    """ "Israel Katz", "Ngo Xuan Lich": a name that the entities cut in two, the first for a place at times."""
    return token.entity == "B-PER" and token.relation == "flat" and token.head == head


def town_of(name: str, knowledge: MentionKnowledge) -> PlaceEntry | None:
    """The town or region that a name means beyond doubt, in a country that nobody contests it to; else none."""
    if name.lower() in knowledge.cues.roles["contested-place"]:
        return None
    readings = knowledge.places.named(name)
    if not readings or readings[0].country is None:
        return None
    best = max(readings, key=lambda entry: (entry.people, -entry.geonames))
    if best.country is None or best.precision == "country" or best.people < _PEOPLE:
        return None
    rival = max((entry.people for entry in readings if entry.country != best.country), default=0)
    return best if rival * _TIMES < best.people else None


def introduced(sentences: Sequence[Sentence]) -> frozenset[str]:
    """Words of the full names of persons in an article, in lower case: "Jordan" may then be Michael Jordan again."""
    found: set[str] = set()
    for sentence in sentences:
        tokens = sentence.tokens
        for token in tokens:
            if token.entity == "I-PER":
                found.add(token.text.lower())
                if tokens[token.index - 1].entity == "B-PER":
                    found.add(tokens[token.index - 1].text.lower())
    return frozenset(found)


def hits_of(
    tokens: Sequence[Token],
    entities: Sequence[Entity | None],
    knowledge: MentionKnowledge,
    persons: frozenset[str] = frozenset(),
) -> tuple[list[NameHit | None], list[TitleHit | None]]:
    """Known names and titles, the longer first, from left to right, none overlapping."""
    words = [token.text for token in tokens]
    bare = [_without_standing(word, knowledge) if "-" in word else word for word in words]
    names: list[NameHit | None] = [None] * len(words)
    titles: list[TitleHit | None] = [None] * len(words)
    names_at, titles_at = knowledge.actors.names_at, knowledge.offices.titles_at
    index = 0
    while index < len(words):
        name = title = short = None
        if tokens[index].upos != "PUNCT":
            for length, readings in names_at(words, index):
                end = index + length
                if (
                    _stands_as_name(tokens, index, end, readings, entities, knowledge)
                    or _is_body_alone(tokens, index, end, readings, entities, knowledge)
                ) or (
                    words[index].lower() not in persons
                    and not (index and _leads_to_person(tokens[index - 1], titles[index - 1], knowledge))
                    and _is_state_alone(tokens, index, end, readings, entities, knowledge)
                ):
                    name = NameHit(index, end, readings)
                    break
            for length, found in titles_at(bare, index):
                if _stands_as_title(tokens, index, index + length, entities, found):
                    title = _lowered(bare, TitleHit(index, index + length, found), knowledge)
                    title = _over_suffix(words, title, knowledge)
                    break
            short = _cut_short(tokens, index, knowledge) if title is None else None
            title = title or short
        if title is not None and name is not None and title is short and _before_person(tokens, title.end):
            name = None  # "NSA Ajit Doval"
        if name is not None and (title is None or name.end >= title.end):
            names[index : name.end] = [name] * (name.end - index)
            index = name.end
        elif title is not None:
            titles[index : title.end] = [title] * (title.end - index)
            index = title.end
        else:
            index += 1
    return names, titles


def _cut_short(tokens: Sequence[Token], index: int, knowledge: MentionKnowledge) -> TitleHit | None:
    """ "PM Modi", "Gen. Dwivedi": a title cut short, as it is written, before a name; capitals also stand alone."""
    token = tokens[index]
    cue = knowledge.cues.roles["short-title"].get(token.text.lower()) if token.text[0].isupper() else None
    if cue is None or token.upos not in ("PROPN", "NOUN", "PRON", "X"):
        return None
    written, _, title = cue.value.partition("=")
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    leads = after is not None and after.upos == "PROPN" and after.text[:1].isupper()
    alone = written in ("PM", "EAM") and not (index and tokens[index - 1].upos == "NUM")
    if token.text.rstrip(".") != written or not (leads or alone):
        return None
    found = knowledge.offices.titles_at(title.split(), 0)
    return TitleHit(index, index + 1, found[0][1]) if found else None


def _before_person(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].entity == "B-PER"


def _leads_to_person(token: Token, title: TitleHit | None, knowledge: MentionKnowledge) -> bool:
    """A title, rank or form of address: what follows is a person's name."""
    if title is not None:
        return title.title.kind in ("office", "role")
    return token.text.lower() in knowledge.cues.roles["honorific"]


def _is_state_alone(
    tokens: Sequence[Token],
    first: int,
    end: int,
    names: Sequence[Name],
    entities: Sequence[Entity | None],
    knowledge: MentionKnowledge,
) -> bool:
    """ "Jordan", "Chad", "Turkey" by themselves are the states, though the entities see a person or nothing."""
    entity = entities[first]
    if end - first > 1 or tokens[first].upos != "PROPN" or (entity is not None and entity != (first, end, "PER")):
        return False
    if _is_half_of_a_name(tokens, first, end, entities):
        return False
    return any(name.kind == "short" and knowledge.actors.entities[name.entity].kind == "state" for name in names)


def _is_body_alone(
    tokens: Sequence[Token],
    first: int,
    end: int,
    names: Sequence[Name],
    entities: Sequence[Entity | None],
    knowledge: MentionKnowledge,
) -> bool:
    """ "the Commonwealth", "the Fund": a body of states by a word of many meanings, written large, itself the noun."""
    last = tokens[end - 1]
    after = tokens[end].text.lower() if end < len(tokens) else ""
    return (
        first > 0
        and tokens[first - 1].text.lower() == "the"
        and (last.upos == "PROPN" or last.xpos == "NNP")
        and last.relation not in ("compound", "amod", "flat", "nmod:poss")
        and entities[first] is None
        and after not in ("of", "for")
        and all(name.ambiguous and knowledge.actors.entities[name.entity].kind == "organisation" for name in names)
    )


def _without_standing(word: str, knowledge: MentionKnowledge) -> str:
    """ "Ex-president" and "president-elect" as "president": what stands before or after the hyphen is read later."""
    first, _, rest = word.partition("-")
    modifiers = knowledge.offices.modifiers
    found = modifiers.get(first.lower())
    if rest and found is not None and found.status != "deputy":
        return rest
    first, _, last = word.rpartition("-")
    found = modifiers.get(last.lower())
    return first if first and found is not None and found.position == "suffix" else word


def _over_suffix(words: Sequence[str], hit: TitleHit, knowledge: MentionKnowledge) -> TitleHit:
    """ "president-elect" cut in three: what stands after the hyphen is no name."""
    if hit.end + 1 >= len(words) or words[hit.end] != "-":
        return hit
    modifier = knowledge.offices.modifiers.get(words[hit.end + 1].lower())
    return replace(hit, end=hit.end + 2) if modifier is not None and modifier.position == "suffix" else hit


def _lowered(words: Sequence[str], hit: TitleHit, knowledge: MentionKnowledge) -> TitleHit:
    """ "Deputy Secretary of State" where the tables know "deputy secretary" and "secretary of state" only."""
    modifier = knowledge.offices.modifiers.get(words[hit.first].lower())
    if modifier is None or modifier.status != "deputy" or hit.end - hit.first < 2:
        return hit
    for length, title in knowledge.offices.titles_at(words, hit.first + 1):
        end = hit.first + 1 + length
        if end <= hit.end:
            break
        return TitleHit(hit.first, end, replace(title, text=f"{modifier.text} {title.text}", office=None))
    return hit


def _stands_as_name(
    tokens: Sequence[Token],
    first: int,
    end: int,
    names: Sequence[Name],
    entities: Sequence[Entity | None],
    knowledge: MentionKnowledge,
) -> bool:
    """Whether known words are that name here, and not a person's name, a paper's, a treaty's or a street's."""
    last = tokens[end - 1]
    if last.upos not in NOMINAL:
        return False
    people = all(name.kind in _PEOPLE_OR_STATES for name in names)
    entity = entities[first]
    if not people:
        if end < len(tokens) and all(name.kind == "capital" for name in names):
            thing = knowledge.cues.roles["thing-noun"].get(tokens[end].text.lower())
            if thing is not None and (thing.value == "any" or tokens[end].text[0].isupper()):
                return False
        if _is_half_of_a_name(tokens, first, end, entities):
            return False
    ambiguous = all(name.ambiguous for name in names)
    if entity is None:
        if last.upos == "PRON":
            return len(last.text) > 1 and last.text.isupper() and any(each.text.islower() for each in tokens)  # "WHO"
        if ambiguous and _leads_fighters(tokens, end, names, knowledge):
            return True
        return people or not ambiguous  # no entity is expected for an adjective; identity weighs its readings
    low, high, kind = entity
    if kind == "PER":
        # A nationality taken for part of the name after it, or an acronym taken for a name.
        return (people and first == low and end < high) or (not ambiguous and low == first and end == high)
    capital = not ambiguous and kind == "LOC" and low < first and all(name.kind == "capital" for name in names)
    if capital or (ambiguous and kind == "LOC" and (low < first or high > end)):
        return False  # "Central America", "Santa Rosa de Lima"
    if kind == "ORG" and high > end and not people and first == low:
        return _keeps_its_name(tokens, end, high, names)
    return True


def _leads_fighters(tokens: Sequence[Token], end: int, names: Sequence[Name], knowledge: MentionKnowledge) -> bool:
    """ "FRUD fighters": an armed group by an acronym of many meanings, said to be one by the word after it."""
    if end >= len(tokens) or any(knowledge.actors.entities[name.entity].kind != "group" for name in names):
        return False
    found = knowledge.offices.titles_at([token.text for token in tokens[end : end + 2]], 0)
    return bool(found) and found[0][1].sector in _FIGHTERS and found[0][1].kind == "group"


def _is_half_of_a_name(tokens: Sequence[Token], first: int, end: int, entities: Sequence[Entity | None]) -> bool:
    """ "Jordan Pickford", "Michael Jordan": a name goes on beside it, unless the entities part the two."""
    entity = entities[first]
    after = tokens[end] if end < len(tokens) else None
    if entity is not None and entity[2] != "PER" and (entity[0], entity[1]) == (first, end):
        return False
    if after is not None and after.relation == "flat" and first <= after.head < end and after.upos == "PROPN":
        return True
    before = tokens[first - 1] if first else None
    return (
        before is not None
        and before.upos == "PROPN"
        and tokens[first].relation == "flat"
        and (tokens[first].head == first - 1)
    )


def _keeps_its_name(tokens: Sequence[Token], end: int, high: int, names: Sequence[Name]) -> bool:
    """Inside a longer organisation's name: "Washington Post" is no capital, "US Navy" is American."""
    if tokens[end].text in ("'s", "’s", "'", "’"):
        return True
    return not all(name.kind == "capital" or name.ambiguous for name in names)


def _stands_as_title(
    tokens: Sequence[Token], first: int, end: int, entities: Sequence[Entity | None], title: Title
) -> bool:
    """Whether words of a title are nouns here, and not a surname ("Justin Bishop") or a verb ("police the border")."""
    last = tokens[end - 1]
    if last.upos not in ("NOUN", "PROPN") and not (last.upos == "ADJ" and (end - first > 1 or "-" in last.text)):
        return False
    before = entities[first - 1] if first else None
    if before is not None and before[2] == "PER" and last.text[:1].isupper() and tokens[first].relation == "flat":
        return False  # "Bui Thanh Son", the name cut short by the entities
    entity = entities[first]
    if entity is None or entity[2] != "PER":
        return True
    return entity[0] == first and (title.kind in ("office", "role") or end == entity[1])  # "Ngo Xuan Lich"
