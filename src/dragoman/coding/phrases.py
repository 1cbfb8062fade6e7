"""The anatomy of a sentence's noun phrases: which words belong together, which of them are known names and titles.

In: a sentence with tree and entities, the actor and office tables, the mention cues. Out: an `Anatomy` with, for each
word, the known name and title that cover it and the head of its noun phrase; and for a head, its `Parts`: whose, which
office, which person's name. Both `mentions.py` and `identity.py` read from it.

It decides nothing about who is meant, and where both tree and entities are wrong, so is the phrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.coding.spotting import NOMINAL, Entity, MentionKnowledge, NameHit, TitleHit, entities_of, hits_of, town_of
from dragoman.knowledge.offices import Title
from dragoman.values import Sentence, Token

_INSIDE = frozenset({"compound", "flat", "nmod:desc", "amod", "det", "det:predet", "nummod", "fixed", "goeswith"})
# What ends a phrase on its left though it hangs on the head: prepositions, copulas, clause parts.
_OUTSIDE = frozenset(
    {"case", "cc", "punct", "mark", "cop", "aux", "aux:pass", "nsubj", "nsubj:pass", "nsubj:outer", "csubj", "obl"}
    | {"advmod", "advcl", "discourse", "expl", "cc:preconj", "vocative", "parataxis", "obj", "nmod", "dep"}
)
_FIELD = ("to", "for", "on", "of", "in")
_FIELD_WORDS = 9  # "Assistant Secretary for Arms Control, Verification and Compliance NAME"
_FIELD_TAGS = ("DET", "ADJ", "NOUN", "PROPN", "CCONJ")
_STEPS = 12  # a broken tree must not loop
_ALONE = ("head-of-state", "head-of-government")
_LARGE = 200_000  # people of a town whose name is rather a town's than a person's
_DOING = ("nsubj", "nsubj:pass", "flat", "appos", "conj", "nmod:poss")
_HIGH = 3  # rank of foreign ministers
_STATE_CODE = 3  # letters of a state's id


@dataclass(frozen=True, slots=True)
class Anatomy:
    """One sentence. All tuples have a member a word; `home` holds the head of the word's noun phrase."""

    sentence: Sentence
    names: tuple[NameHit | None, ...]
    titles: tuple[TitleHit | None, ...]
    entities: tuple[Entity | None, ...]
    home: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """A noun phrase taken apart; all numbers are word indices, half-open where in pairs.

    `owners` are the names that say whose (possessor, adjective, compound, "of X"), in order; `core` is where the
    phrase's own words begin, after a possessor; `possessor` is the head of the possessor; `behind` are the heads of
    "of X" phrases inside it; `foreign`: an unknown proper modifier qualifies it ("Catalan police", "European leaders").
    """

    first: int
    end: int
    head: int
    core: int
    owners: tuple[NameHit, ...]
    titles: tuple[TitleHit, ...]
    name: tuple[int, int] | None
    possessor: int | None
    behind: tuple[int, ...]
    foreign: bool


def anatomy(sentence: Sentence, knowledge: MentionKnowledge, persons: frozenset[str] = frozenset()) -> Anatomy:
    """Look every word up once and group the words into noun phrases; `persons` as given by `introduced`."""
    tokens = sentence.tokens
    entities = entities_of(tokens)
    names, titles = hits_of(tokens, entities, knowledge, persons)
    _part_titles(entities, titles)
    _find_surnames(tokens, entities, names, knowledge)
    children: list[list[int]] = [[] for _ in tokens]
    for token in tokens:
        if token.head >= 0:
            children[token.head].append(token.index)
    home = _homes(tokens, names, titles, entities)
    return Anatomy(
        sentence, tuple(names), tuple(titles), tuple(entities), tuple(home), tuple(tuple(c) for c in children)
    )


def _part_titles(entities: list[Entity | None], titles: Sequence[TitleHit | None]) -> None:
    """Cut a title off the person's name that the entities took it for a part of: "EAM Jaishankar"."""
    for index, entity in enumerate(entities):
        hit = titles[index]
        if entity is None or hit is None or entity != entities[hit.first] or entity[0] != hit.first:
            continue
        if entity[2] == "PER" and hit.end < entity[1] and index == hit.first:
            entities[hit.first : hit.end] = [None] * (hit.end - hit.first)
            entities[hit.end : entity[1]] = [(hit.end, entity[1], "PER")] * (entity[1] - hit.end)


def _find_surnames(
    tokens: Sequence[Token],
    entities: list[Entity | None],
    names: Sequence[NameHit | None],
    knowledge: MentionKnowledge,
) -> None:
    """Places that no gazetteer knows, but the table of office holders does: "met Lavrov", "Aung San Suu Kyi"."""
    for index, entity in enumerate(entities):
        if entity is not None and entity[2] == "PER" and entity[0] == index and names[index] is None:
            if _is_town(tokens, entity, knowledge):
                entities[index : entity[1]] = [(index, entity[1], "LOC")] * (entity[1] - index)
            continue
        if entity is not None and entity[0] == index and entity[2] == "LOC" and entity[1] - index > 1:
            text = " ".join(token.text for token in tokens[index : entity[1]])
            if (
                not any(names[index : entity[1]])
                and knowledge.offices.is_name(text)
                and not knowledge.places.named(text)
            ):
                entities[index : entity[1]] = [(index, entity[1], "PER")] * (entity[1] - index)
            continue
        if entity != (index, index + 1, "LOC") or names[index] is not None or tokens[index].upos != "PROPN":
            continue
        word = tokens[index].text
        if not knowledge.places.named(word) and any(
            (row := knowledge.offices.offices.get(holder.office)) is not None and row.rank <= _HIGH
            for holder in knowledge.offices.holders_named(word)
        ):
            entities[index] = (index, index + 1, "PER")


def _is_town(tokens: Sequence[Token], entity: Entity, knowledge: MentionKnowledge) -> bool:
    """Whether a person's name is a large town's and nobody's whom the tables know: "troops shelled Kharkiv"."""
    first, end, _ = entity
    if tokens[first].relation in _DOING or (first and tokens[first - 1].upos in ("PROPN", "NOUN", "ADJ")):
        return False
    text = " ".join(token.text for token in tokens[first:end])
    town = town_of(text, knowledge)
    if town is None or town.people < _LARGE or end - first > 1:
        return town is not None and end - first > 1 and not knowledge.offices.holders_named(text)
    return not knowledge.offices.holders_named(text)


def _homes(
    tokens: Sequence[Token],
    names: Sequence[NameHit | None],
    titles: Sequence[TitleHit | None],
    entities: Sequence[Entity | None],
) -> list[int]:
    """For each word the head of its noun phrase. Words of one name or title go together, whatever the tree says."""
    unit = list(range(len(tokens)))
    index = 0
    while index < len(tokens):
        hit: NameHit | TitleHit | None = names[index] or titles[index]
        entity = entities[index]
        if isinstance(hit, TitleHit) and (
            (found := _end_of_name(tokens, hit, names, titles, entities)) is not None
            or (found := _end_of_joined(tokens, hit, names, titles, entities)) is not None
        ):
            end = found
            while end < len(tokens) and tokens[end].relation == "flat" and index <= tokens[end].head < end:
                end += 1
        elif hit is not None and hit.end - hit.first > 1:
            end = hit.end
        elif hit is None and entity is not None and entity[0] == index:
            end = entity[1]
            while end > index + 1 and (names[end - 1] or titles[end - 1]):
                end -= 1
        else:
            end = index + 1
        if end - index > 1:
            head = unit_head(tokens, index, end)
            unit[index:end] = [head] * (end - index)
        index = end
    return [_home(tokens, unit, index) for index in range(len(tokens))]


def _end_of_name(
    tokens: Sequence[Token],
    hit: TitleHit,
    names: Sequence[NameHit | None],
    titles: Sequence[TitleHit | None],
    entities: Sequence[Entity | None],
) -> int | None:
    """Where the person's name ends that makes one phrase with the title before it, if one does.

    "Press Secretary Dmitry Peskov", and with a field between them "Ambassador to Russia John Sullivan".
    """
    end = hit.end
    if hit.title.kind not in ("office", "role") or end >= len(tokens):
        return None
    if tokens[end].upos == "ADP" and tokens[end].text.lower() in _FIELD:
        while end + 1 < len(tokens) and end - hit.end < _FIELD_WORDS:
            end += 1
            entity = entities[end]
            title = titles[end]
            if title is not None and title.title.kind == "office":
                return None  # "a spokesman for President NAME"
            if entity is not None and entity[2] == "PER" and entity[0] == end and names[end] is None:
                return entity[1] if end - hit.end > 1 and tokens[end - 1].text != "," else None
            if tokens[end].upos not in _FIELD_TAGS and tokens[end].text not in ("-", "&", ","):
                return None
        return None
    entity = entities[end]
    named = tokens[end].upos == "PROPN" or (entity is not None and entity[2] == "PER")
    if not named or names[end] is not None or titles[end] is not None:
        return None
    if entity is None:
        return end + 1 if tokens[end].relation == "flat" else None
    return entity[1] if entity[0] == end and entity[2] == "PER" else None


def _end_of_joined(
    tokens: Sequence[Token],
    hit: TitleHit,
    names: Sequence[NameHit | None],
    titles: Sequence[TitleHit | None],
    entities: Sequence[Entity | None],
) -> int | None:
    """Where the name ends that follows two titles of one person: "Deputy Prime Minister and Foreign Minister NAME".

    Two persons are meant if the first title is definite ("the Secretary and Foreign Minister NAME"), too short to
    stand without an owner, a head's of state or government, or if the second has a country of its own.
    """
    start = hit.end
    if start + 1 >= len(tokens) or tokens[start].text.lower() not in ("and", "&") or hit.title.plural_of:
        return None
    if hit.title.kind not in ("office", "role") or hit.title.office in _ALONE:
        return None
    before = hit.first - 1
    while before >= 0 and tokens[before].upos in ("ADJ", "PROPN", "NOUN", "PUNCT", "PART") and hit.first - before < 6:
        before -= 1
    owned = any(names[index] is not None for index in range(before + 1, hit.first))
    if (before >= 0 and tokens[before].upos in ("DET", "PRON")) or not (owned or hit.end - hit.first > 1):
        return None
    for index in range(start + 1, min(start + 5, len(tokens))):
        second, known = titles[index], names[index]
        if second is not None:
            return None if second.title.plural_of else _end_of_name(tokens, second, names, titles, entities)
        if tokens[index].upos not in ("ADJ", "PROPN") or (
            known is not None
            and any(
                name.kind in ("adjective", "demonym", "short", "capital") and len(name.entity) == _STATE_CODE
                for name in known.names
            )
        ):
            return None
    return None


def unit_head(tokens: Sequence[Token], first: int, end: int) -> int:
    """The word of a unit that hangs on a word outside it; the last of them before a name's own parts, else the last."""
    for index in range(first, end):
        head = tokens[index].head
        if not first <= head < end and tokens[index].relation not in ("punct", "case", "cc", "det"):
            return index
    return end - 1


def _home(tokens: Sequence[Token], unit: Sequence[int], index: int) -> int:
    here = unit[index]
    for _ in range(_STEPS):
        token = tokens[here]
        head = token.head
        if head < 0 or not _is_inside(tokens, token):
            return here
        here = unit[head]
    return here


def _is_inside(tokens: Sequence[Token], token: Token) -> bool:
    """Whether a word is part of its head's noun phrase."""
    head = tokens[token.head]
    if head.upos not in NOMINAL:
        return False
    if token.relation in _INSIDE:
        return True
    if token.relation == "punct":
        return token.text in ("-", "–") and abs(token.head - token.index) <= 2
    if token.relation == "appos":
        # "Secretary Blinken" read as two names side by side; with a comma they are two mentions.
        return token.index == token.head + 1 and token.upos == "PROPN" and head.upos in ("PROPN", "NOUN")
    # "Indian and Chinese troops": the second adjective hangs on the first.
    return token.relation == "conj" and token.upos == "ADJ" and head.relation in ("amod", "compound", "flat")


def extent(parts: Anatomy, head: int) -> tuple[int, int]:
    """Words of the noun phrase that `head` heads: determiner, possessor and modifiers before it, the name after it."""
    tokens, home = parts.sentence.tokens, parts.home
    first = head
    index = head - 1
    while index >= 0:
        if tokens[index].text == ")":
            opened = _opening(tokens, index)
            if opened is None:
                break
            index = opened - 1
            continue
        verdict = _before(parts, index, head)
        if verdict < 0:
            break
        if verdict > 0:
            first = index
        index -= 1
    end = head + 1
    while end < len(tokens) and (home[end] == head or (tokens[end].text == "-" and _joins(parts, end, head))):
        end += 1
    while end - 1 > head and tokens[end - 1].upos in ("PUNCT", "ADP", "CCONJ", "DET"):
        end -= 1
    return first, end


def _opening(tokens: Sequence[Token], closing: int) -> int | None:
    """Where a bracket of a word or two opens: "Republic of Korea (ROK) Prime Minister"."""
    for index in range(closing - 1, max(closing - 4, -1), -1):
        if tokens[index].text == "(":
            return index
    return None


def _joins(parts: Anatomy, index: int, head: int) -> bool:
    return index + 1 < len(parts.home) and parts.home[index + 1] == head


def _before(parts: Anatomy, index: int, head: int) -> int:
    """1: the word before is of the phrase; 0: undecided, the next one tells; -1: it is not."""
    tokens, home = parts.sentence.tokens, parts.home
    if home[index] == head:
        return 1
    token = tokens[index]
    if token.text in ("'s", "’s", "'", "’", "-", "–"):
        return 0
    if token.relation in ("cc", "punct") and token.head != head and token.head >= 0 and home[token.head] == head:
        return 0  # "Indian and Chinese troops"
    return 1 if _leads_inside(parts, index, head) else -1


def _leads_inside(parts: Anatomy, index: int, head: int) -> bool:
    """Whether a word hangs, through its own phrase, on a word of the phrase, and as a modifier."""
    tokens, home = parts.sentence.tokens, parts.home
    here = index
    for _ in range(_STEPS):
        token = tokens[here]
        if token.head < 0 or (token.head < index - 1 and here == index and token.relation == "conj"):
            return False
        if home[token.head] == head:
            # "second-largest group": an adverb to a modifier is inside, one to the head is not.
            inside = token.relation not in _OUTSIDE or (token.relation == "advmod" and token.head != head)
            return inside and token.index <= head
        here = token.head
    return False


def part_of(parts: Anatomy, token: Token, knowledge: MentionKnowledge) -> int | None:
    """The head of X in "a group of X", "two of X", "members of X"; none for other phrases."""
    tokens = parts.sentence.tokens
    if token.upos != "NUM" and token.text.lower() not in knowledge.cues.roles["partitive"]:
        return None
    if token.index + 2 >= len(tokens) or tokens[token.index + 1].text.lower() != "of":
        return None
    inner = next((c for c in parts.children[token.index] if tokens[c].relation == "nmod" and c > token.index), None)
    if inner is None or tokens[token.index + 1].head != inner or parts.home[inner] <= token.index:
        return None
    return parts.home[inner]


def take_apart(parts: Anatomy, head: int, knowledge: MentionKnowledge) -> Parts:
    """The parts of the noun phrase that `head` heads."""
    tokens = parts.sentence.tokens
    first, end = extent(parts, head)
    possessor, core = _possessor(parts, first, head)
    if possessor is None and first >= 2 and tokens[first - 1].xpos == "POS":
        # What stands before 's is the possessor even where the tree hangs it elsewhere.
        possessor, core = parts.home[first - 2], first
        first = min(first, extent(parts, possessor)[0])
    if possessor is not None and parts.titles[possessor] is not None and parts.titles[possessor] is parts.titles[head]:
        possessor, core = None, first  # "the public prosecutor's office"
    name = _person(parts, head, core, end, knowledge)
    titles: list[TitleHit] = []
    owners: list[NameHit] = []
    foreign = False
    for index in range(first, end):
        hit, title = parts.names[index], parts.titles[index]
        if hit is not None:
            between = name is not None and titles and titles[-1].end <= index < name[0]
            if between and not _is_field_of_owner(tokens, titles[-1], knowledge):
                continue  # "Ambassador to Russia John Sullivan" is not Russia's
            if hit.first == index and not index <= head < hit.end and _says_whose(tokens, hit, knowledge):
                owners.append(hit)
        elif title is not None:
            if title.first == index and index >= core:
                titles.append(title)
        elif index >= core and index != head and tokens[index].text[:1].isupper() and _is_called(parts, index):
            foreign = foreign or name is None or not name[0] <= index < name[1]
    behind: list[int] = []
    if titles and possessor is None and (name is None or titles[-1].end > head):
        end = _phrases_behind(parts, head, end, titles[-1].title, knowledge, owners, behind)
        if possessor is None:
            possessor = next((i for i in behind if _is_someone(parts, i)), None)
    return Parts(first, end, head, core, tuple(owners), tuple(titles), name, possessor, tuple(behind), foreign)


def _is_called(parts: Anatomy, index: int) -> bool:
    """Whether a capital says that a word is a name: not at the start of a sentence, unless the entities say so."""
    return index > 0 or parts.entities[index] is not None


def _is_someone(parts: Anatomy, index: int) -> bool:
    """A person by name, or by office ("a spokesman for President NAME")."""
    entity, title = parts.entities[index], parts.titles[index]
    if entity is not None and entity[2] == "PER":
        return True
    return title is not None and title.title.kind == "office" and title.title.plural_of is None


def _is_field_of_owner(tokens: Sequence[Token], title: TitleHit, knowledge: MentionKnowledge) -> bool:
    """Whether the words between a title and a name say whose: "President of Russia Vladimir Putin"."""
    word = tokens[title.end].text.lower()
    cue = knowledge.cues.roles["owner-preposition"].get(word)
    return tokens[title.end].upos != "ADP" or (cue is not None and _fits(cue.value, title.title, knowledge))


def _possessor(parts: Anatomy, first: int, head: int) -> tuple[int | None, int]:
    """The head of the phrase's possessor, and the first word after it."""
    tokens = parts.sentence.tokens
    for index in range(head - 1, first - 1, -1):
        token = tokens[index]
        if token.relation == "nmod:poss" and (parts.home[token.head] == head or token.head >= index):
            end = extent(parts, index)[1] if token.upos != "PRON" else index + 1
            while end < head and tokens[end].text in ("'s", "’s", "'", "’"):
                end += 1
            return index, min(end, head)
    return None, first


def _says_whose(tokens: Sequence[Token], hit: NameHit, knowledge: MentionKnowledge) -> bool:
    """Not so in "Iran-backed militia" and "pro-Russian rebels", nor for names of seas and newspapers."""
    end, first = hit.end, hit.first
    if end + 1 < len(tokens) and tokens[end].text in ("-", "–"):
        after = tokens[end + 1]
        if after.xpos in ("VBN", "VBG", "VBD") or (after.upos in ("VERB", "ADJ") and after.text.islower()):
            return False
    prefix = tokens[first - 2].text.lower() if first >= 2 and tokens[first - 1].text in ("-", "–") else ""
    if prefix in knowledge.cues.roles["stance-prefix"]:
        return False
    return any(knowledge.actors.entities[name.entity].kind != "other" for name in hit.names)


def _person(parts: Anatomy, head: int, core: int, end: int, knowledge: MentionKnowledge) -> tuple[int, int] | None:
    """The words of a person's name in the phrase: the entity at its head, or proper nouns beside a title."""
    tokens, names, titles = parts.sentence.tokens, parts.names, parts.titles
    entity = parts.entities[head]
    if entity is not None and entity[2] != "PER":
        return None
    if names[head] is not None or titles[head] is not None:
        # "President Biden" with the title as its head: the name is what follows the title.
        title = titles[head]
        if title is None or title.end >= end:
            return None
        low = title.end
        while (further := titles[low]) is not None and further.end < end:
            low = further.end  # "Supreme Leader Ayatollah Ali Khamenei"
        if tokens[low].upos in ("ADP", "CCONJ"):
            starts = (
                i for i in range(low, end) if (found := parts.entities[i]) and found[0] == i and found[2] == "PER"
            )
            joined = (hit.end for i in range(end - 1, low, -1) if (hit := titles[i]) and tokens[low].upos == "CCONJ")
            low = next(starts, next(joined, low))
        if not _is_name_word(parts, low):
            return None
    else:
        if tokens[head].upos != "PROPN" and entity is None:
            return name_behind(parts, head)
        low = head
        while low > core and _is_name_word(parts, low - 1):
            low -= 1
        if entity is not None:
            low = min(low, max(entity[0], core))
            while low < head and (titles[low] is not None or names[low] is not None):
                low += 1
    after_title = knowledge.offices.modifiers
    while low < head and (mark := after_title.get(tokens[low].text.lower())) and mark.position in ("suffix", "after"):
        low += 1  # "President-elect NAME" cut at its hyphen
    high = max(head, low) + 1
    while high < end and (
        _is_name_word(parts, high) or tokens[high].relation == "flat" or (tokens[high].text == "-" and high + 1 < end)
    ):
        high += 1
    if entity is not None:
        high = max(high, entity[1])
    address = knowledge.cues.roles["honorific"]
    while low + 1 < high and tokens[low].text.lower() in address:
        low += 1
    return low, high


def name_behind(parts: Anatomy, head: int) -> tuple[int, int] | None:
    """The person's name right after a noun in its phrase: "his successor Luis Arce"."""
    entity = parts.entities[head + 1] if head + 1 < len(parts.entities) else None
    if entity is None or entity[2] != "PER" or entity[0] != head + 1 or parts.home[head + 1] != head:
        return None
    return None if parts.names[head + 1] or parts.titles[head + 1] else (entity[0], entity[1])


def _is_name_word(parts: Anatomy, index: int) -> bool:
    entity = parts.entities[index]
    named = parts.sentence.tokens[index].upos == "PROPN" or (entity is not None and entity[2] == "PER")
    return named and parts.names[index] is None and parts.titles[index] is None


def _phrases_behind(
    parts: Anatomy,
    head: int,
    end: int,
    title: Title,
    knowledge: MentionKnowledge,
    owners: list[NameHit],
    behind: list[int],
) -> int:
    """Take in "of the State Department", "in Paris", "for the ministry" behind a title; gives the new end."""
    tokens, home = parts.sentence.tokens, parts.home
    allowed = knowledge.cues.roles["owner-preposition"]
    above = {head}
    if tokens[head].relation == "conj":
        above.add(home[tokens[head].head])  # "the people and Government of Egypt"
    while end + 1 < len(tokens) and tokens[end].relation == "case":
        cue = allowed.get(tokens[end].text.lower())
        # "Russia withdrew troops from Syria" is no less common than "fighters from Syria fled".
        origin = cue is not None and cue.value == "origin" and title.sector in ("MIL", "COP")
        if (
            cue is None
            or not _fits(cue.value, title, knowledge)
            or (origin and not tokens[head].relation.startswith("nsubj"))
            or (
                cue.value == "place"
                and title.sector == "MIL"
                and not owners
                and not tokens[head].relation.startswith("nsubj")
            )
        ):
            break
        inner = home[tokens[end].head]
        if inner <= end or tokens[inner].relation != "nmod" or home[tokens[inner].head] not in above:
            break
        low, high = extent(parts, inner)
        if low != end + 1:
            break
        found = [
            hit
            for index in range(low, high)
            if (hit := parts.names[index]) is not None and hit.first == index and _says_whose(tokens, hit, knowledge)
        ]
        body = parts.titles[inner]
        entity = parts.entities[inner]
        town = cue.value == "place" and entity is not None and entity[2] == "LOC"
        if not found and not town and (cue.value == "place" or (body is None and entity is None)):
            break
        owners.extend(found)
        behind.append(inner)
        above.add(inner)
        end = _with_conjunct(parts, inner, high, owners, behind)
    return end


def _with_conjunct(parts: Anatomy, inner: int, end: int, owners: list[NameHit], behind: list[int]) -> int:
    """Go on over "and China" in "the leaders of Russia and China"."""
    tokens = parts.sentence.tokens
    for child in parts.children[inner]:
        hit = parts.names[child]
        if tokens[child].relation == "conj" and hit is not None and child >= end:
            low, high = extent(parts, child)
            if (low - end == 1 and tokens[end].text in ("and", ",")) or (
                low - end == 2 and tokens[end].text == "," and tokens[end + 1].text == "and"
            ):
                owners.append(hit)
                behind.append(child)
                end = high
    return end


def _fits(scope: str, title: Title, knowledge: MentionKnowledge) -> bool:
    """Whether a preposition says whose a bearer of this title is: "protesters in Paris", but no "envoy for Syria"."""
    if scope == "place":
        return title.kind in ("group", "body") or title.plural_of is not None
    if scope == "servant":
        return any(word in knowledge.cues.roles["serves"] for word in title.text.split())
    if scope == "spokesperson":
        return any(word in knowledge.cues.roles["speaks-for"] for word in title.text.split())
    return True
