"""Which words name an actor: persons, states, organisations, forces and crowds, and the pronouns that stand for them.

In: the sentences of an article with their trees and entities, and the knowledge. Out: mentions without actors (identity
fills them), in order of their first word, the wider first. Each has a head of its own: the word that fills a slot.

A noun phrase is a mention if its head is a known name, a person's name, an organisation's name, a title or group noun,
a pronoun, or a noun that refers back to a party ("both nations", "his counterpart"). Known names that only modify
("Russian attack", "US-China talks") are mentions too, and so are towns of one country, which stand for it ("shelled
Kharkiv"); other places are left to `locations.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.coding.phrases import Anatomy, Parts, anatomy, extent, name_behind, part_of, take_apart, unit_head
from dragoman.coding.spotting import MentionKnowledge, introduced, town_of
from dragoman.knowledge.offices import Title
from dragoman.values import Mention, MentionKind, Sentence, Token

Found = tuple[int, int, int, MentionKind]  # first word, end, head, kind
_PLURAL_TAGS = ("NNS", "NNPS")
_HEADS = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "PRON", "DET", "X"})
_ARGUMENTS = ("nsubj", "nsubj:pass", "obj", "obl", "obl:agent")
_DOERS = ("nsubj", "nsubj:pass", "obj", "nmod:poss", "conj")
_SOME = ("country", "republic")  # "the whole country", "the Islamic Republic" say less
_SIDES = ("parties", "sides")
_LOWEST_OFFICE = 7  # ranks above it are of people who lead or speak: "leader", "director"
_DETERMINERS = frozenset({"the", "a", "an", "this", "that", "these", "those"})


def find_mentions(sentences: Sequence[Sentence], knowledge: MentionKnowledge) -> tuple[Mention, ...]:
    """All mentions of an article, numbered from 0. Spans of one article either nest or lie apart."""
    found: list[tuple[int, int, int, MentionKind, Sentence]] = []
    persons = introduced(sentences)
    for sentence in sentences:
        found.extend((*each, sentence) for each in mentions_of(anatomy(sentence, knowledge, persons), knowledge))
    return tuple(
        _mention(number, sentence, first, end, head, kind)
        for number, (first, end, head, kind, sentence) in enumerate(found)
    )


def mentions_of(parts: Anatomy, knowledge: MentionKnowledge) -> list[Found]:
    """The mentions of one sentence as (first word, end, head, kind)."""
    found: dict[int, Found] = {}
    for token in parts.sentence.tokens:
        index = token.index
        pair = token.text.lower() in knowledge.cues.roles["pair"]
        if token.upos == "PRON" and parts.names[index] is None and not pair:
            if token.text.lower() in knowledge.cues.pronouns and token.relation != "expl":
                found[index] = (index, index + 1, index, "pronoun")
            continue
        if parts.home[index] == index and token.upos in _HEADS:
            phrase = _phrase(parts, token, knowledge)
            if phrase is not None:
                found[index] = phrase
        hit = parts.names[index]
        if hit is not None and hit.end == index + 1:
            head = unit_head(parts.sentence.tokens, hit.first, hit.end)
            if head not in found and not _heads_its_phrase(parts, head):
                kind = _kind_of_name(parts, head, knowledge)
                if kind is not None:
                    found[head] = (hit.first, hit.end, head, kind)
    return _uncrossed(sorted(found.values(), key=lambda each: (each[0], -each[1])))


def _uncrossed(found: list[Found]) -> list[Found]:
    """Cut back phrases that overlap without nesting, which only a broken tree makes; heads stay inside."""
    kept: list[Found] = []
    for first, end, head, kind in found:
        for index, (low, high, own, other) in enumerate(kept):
            if low < first < high < end:
                if head >= high:
                    first = high
                elif own < first:
                    kept[index] = (low, first, own, other)
                else:
                    end = high
        kept.append((first, end, head, kind))
    return sorted(kept, key=lambda each: (each[0], -each[1]))


def _heads_its_phrase(parts: Anatomy, head: int) -> bool:
    return parts.home[head] == head


def _phrase(parts: Anatomy, token: Token, knowledge: MentionKnowledge) -> Found | None:
    """The mention that a noun phrase is, if it is one."""
    head = token.index
    inner = part_of(parts, token, knowledge)
    if inner is not None:
        return _part(parts, head, inner, knowledge)
    if parts.names[head] is not None:
        return _known_name(parts, head, knowledge)
    if token.upos in ("NUM", "PRON", "DET"):
        return _bare_pair(parts, token, knowledge)
    if token.xpos == "NNPS" and token.text.lower() in knowledge.cues.roles["states-together"]:
        return (*extent(parts, head), head, "country")
    if _is_relative_state(parts, token, knowledge):
        return head - 1, head + 1, head, "country"
    entity = parts.entities[head]
    if entity is not None and entity[2] == "LOC" and token.upos == "PROPN" and parts.titles[head] is None:
        low, high = entity[0], entity[1]
        town = town_of(" ".join(each.text for each in parts.sentence.tokens[low:high]), knowledge)
        known = any(parts.names[index] is not None for index in range(low, high))
        definite = high - low == 1 and low > 0 and parts.sentence.tokens[low - 1].text.lower() == "the"  # "the North"
        return (low, high, head, "country") if town is not None and not known and not definite else None
    if _forms_compound(parts, head) or not _may_name(parts, token, knowledge):
        return None
    taken = take_apart(parts, head, knowledge)
    kind = _kind(parts, taken, token, knowledge)
    return None if kind is None else (taken.first, taken.end, head, kind)


def _is_relative_state(parts: Anatomy, token: Token, knowledge: MentionKnowledge) -> bool:
    """ "the North", "the mainland": a state as its neighbour calls it; the points of the compass are written small."""
    cue = knowledge.cues.roles["relative-state"].get(token.text.lower())
    if cue is None or token.index == 0 or not (token.text[0].isupper() or cue.value.endswith("!small")):
        return False
    alone = extent(parts, token.index) == (token.index - 1, token.index + 1)
    return alone and parts.sentence.tokens[token.index - 1].text.lower() == "the"


def _part(parts: Anatomy, head: int, inner: int, knowledge: MentionKnowledge) -> Found | None:
    """ "a group of Chilean supporters": a mention where X is one; of a state's or person's parts nothing is said."""
    tokens = parts.sentence.tokens
    end, known = extent(parts, inner)[1], parts.names[inner]
    if known is not None:
        people = any(name.kind == "demonym" for name in known.names) and tokens[inner].xpos in _PLURAL_TAGS
        if not people and _kind_of_name(parts, inner, knowledge) not in ("organisation", "group"):
            return None
    elif tokens[inner].upos != "PRON":
        whole = _phrase(parts, tokens[inner], knowledge)
        if whole is None or whole[3] not in ("group", "organisation", "nominal"):
            return None
        end = whole[1]
    elif tokens[inner].text.lower() not in ("them", "us"):
        return None
    return extent(parts, head)[0], end, head, "group"


def _bare_pair(parts: Anatomy, token: Token, knowledge: MentionKnowledge) -> Found | None:
    """ "the two discussed", "both agreed": a number that stands for persons or parties named before."""
    word, head = token.text.lower(), token.index
    if word not in knowledge.cues.roles["pair"] or token.relation not in _ARGUMENTS:
        return None
    first = head - 1 if head > 0 and parts.sentence.tokens[head - 1].text.lower() in ("the", "all") else head
    if (first == head and word != "both") or any(
        parts.sentence.tokens[c].relation == "nmod" for c in parts.children[head]
    ):
        return None
    return first, head + 1, head, "nominal"


def _forms_compound(parts: Anatomy, head: int) -> bool:
    """ "state-owned", "rebel-held": half of an adjective, no party of its own (known names are taken up elsewhere)."""
    tokens = parts.sentence.tokens
    return (
        head + 2 < len(tokens) and tokens[head + 1].text == "-" and tokens[head + 2].xpos in ("VBN", "VBG", "VBD", "JJ")
    )


def _may_name(parts: Anatomy, token: Token, knowledge: MentionKnowledge) -> bool:
    """A cheap test that spares most noun phrases being taken apart."""
    head = token.index
    if token.upos == "PROPN" or parts.titles[head] is not None or parts.entities[head] is not None:
        return True
    return _referring(token.text.lower(), knowledge) is not None or name_behind(parts, head) is not None


def _referring(word: str, knowledge: MentionKnowledge) -> str | None:
    roles = knowledge.cues.roles
    for role in ("counterpart", "state-noun", "party-noun", "organisation-noun", "other-state"):
        if word in roles[role]:
            return role
    return None


def _known_name(parts: Anatomy, head: int, knowledge: MentionKnowledge) -> Found | None:
    """A known name that heads its phrase, with its determiner, or with its possessor ("Israel's Mossad")."""
    kind = _kind_of_name(parts, head, knowledge)
    hit = parts.names[head]
    if kind is None or hit is None:
        return None
    tokens = parts.sentence.tokens
    first = hit.first
    if kind in ("organisation", "group"):
        first = min(first, extent(parts, head)[0])
    elif first > 0 and tokens[first - 1].text.lower() in _DETERMINERS and tokens[first - 1].relation == "det":
        first -= 1
    return first, hit.end, head, kind


def _kind_of_name(parts: Anatomy, index: int, knowledge: MentionKnowledge) -> MentionKind | None:
    """country for states and territories; none for seas and regions, whose names only hold a country's."""
    hit = parts.names[index]
    if hit is None:
        return None
    kinds = [knowledge.actors.entities[name.entity].kind for name in hit.names]
    if any(kind in ("state", "former", "territory") for kind in kinds):
        return "country"
    if "organisation" in kinds or "institution" in kinds:
        return "organisation"
    if "group" in kinds:
        return "group"
    entity = parts.entities[index]
    return "organisation" if entity is not None and entity[2] == "ORG" else None


def _kind(parts: Anatomy, taken: Parts, token: Token, knowledge: MentionKnowledge) -> MentionKind | None:
    """What a phrase that is no known name is: a person, title, group, body, a word that refers back, or nothing."""
    entity = parts.entities[taken.head]
    word = token.text.lower()
    if taken.name is not None and _is_person(parts, taken, knowledge):
        return "name"
    role = _referring(word, knowledge)
    if role == "other-state" and parts.titles[taken.head] is None:
        return "nominal" if taken.possessor is not None else None
    if role == "counterpart" or (role is not None and _points_back(parts, taken, role, token, knowledge)):
        return "nominal"
    title = parts.titles[taken.head]
    if title is not None and (role is None or title.title.sector is not None):
        if title.title.sector is None and not _is_somebody(title.title, taken):
            return None
        if title.title.kind == "body":
            return "organisation"
        if title.title.kind == "group" or title.title.plural_of or token.xpos in _PLURAL_TAGS:
            return "group"
        return None if _is_bare(parts, taken, token) else "title"
    if entity is not None and entity[2] == "ORG":
        return "organisation"
    return None


def _is_bare(parts: Anatomy, taken: Parts, token: Token) -> bool:
    """ "elected president", "demands for justice": an office or an idea, and nobody."""
    title = parts.titles[taken.head]
    alone = title is not None and (taken.first, taken.end) == (title.first, title.end)
    return alone and token.upos == "NOUN" and token.index > 0 and token.text.islower()


def _is_somebody(title: Title, taken: Parts) -> bool:
    """Whether a noun without a sector still tells of a party: a leader, or somebody's ("Taliban members")."""
    return title.office is not None or title.rank < _LOWEST_OFFICE or bool(taken.owners or taken.possessor)


def _is_person(parts: Anatomy, taken: Parts, knowledge: MentionKnowledge) -> bool:
    """A name is a person's by its entity, a title or form of address beside it, or the table of office holders."""
    entity = parts.entities[taken.head]
    tokens = parts.sentence.tokens
    if _is_time(parts, taken, knowledge):
        return False
    if entity is not None:
        return entity[2] == "PER"
    if taken.name is None:
        return False
    low, high = taken.name
    if low > taken.head and parts.titles[taken.head] is None and name_behind(parts, taken.head) is not None:
        return True
    inner = {tokens[index].text.lower() for index in range(taken.core, high)}
    if inner & knowledge.cues.roles["counterpart"].keys() or inner & knowledge.cues.roles["honorific"].keys():
        return True
    if any(hit.end <= low and hit.title.kind in ("office", "role") for hit in taken.titles):
        first = parts.entities[low]
        return first is None or first[2] == "PER"
    return bool(knowledge.offices.holders_named(" ".join(token.text for token in tokens[low:high])))


def _is_time(parts: Anatomy, taken: Parts, knowledge: MentionKnowledge) -> bool:
    """ "on Friday": a weekday or month by itself is nobody, unless a title, a form of address or its deed says so."""
    if taken.name is None or taken.name[1] - taken.name[0] > 1:
        return False
    low, tokens = taken.name[0], parts.sentence.tokens
    roles = knowledge.cues.roles
    if tokens[low].text.lower() not in roles["time-word"] or any(hit.end <= low for hit in taken.titles):
        return False
    addressed = any(tokens[index].text.lower() in roles["honorific"] for index in range(taken.core, low))
    return not addressed and (parts.entities[low] is None or tokens[taken.head].relation not in _DOERS)


def _points_back(parts: Anatomy, taken: Parts, role: str, token: Token, knowledge: MentionKnowledge) -> bool:
    """ "both nations", "the bloc", "his country": definite, counted or somebody's, and not qualified otherwise."""
    pair, word = knowledge.cues.roles["pair"], token.text.lower()
    opening = [parts.sentence.tokens[index].text.lower() for index in range(taken.first, taken.head)]
    counted = any(word in pair for word in opening)
    if token.xpos in _PLURAL_TAGS:
        # "the parties" without more are those to the matter, whatever their number.
        return counted or (role == "party-noun" and word in _SIDES and opening in (["the"], ["all"], ["all", "the"]))
    if role == "state-noun" and taken.possessor is not None and taken.possessor == taken.head - 1:
        return True
    if role == "party-noun" or not opening or opening[0] not in ("the", "this", "that"):
        return False
    described = all(parts.sentence.tokens[index].upos == "ADJ" for index in range(taken.first + 1, taken.head))
    return len(opening) == 1 or (role == "state-noun" and described and not taken.owners and word not in _SOME)


def _mention(number: int, sentence: Sentence, first: int, end: int, head: int, kind: MentionKind) -> Mention:
    start, stop = sentence.tokens[first].start, sentence.tokens[end - 1].end
    text = sentence.text[start - sentence.start : stop - sentence.start]
    return Mention(number, sentence.index, text, start, stop, head, kind)
