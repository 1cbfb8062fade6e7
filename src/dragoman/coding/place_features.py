"""What ties a place to a word of event: the named features by which one place of a sentence is weighed against another.

In: a place, the event's word, and the sentence's tree. Out: the names of the features that hold. The weights are fitted
on our corpus (`training/event_places.py`) and stand in `knowledge/tables/places/attachment.csv`.

Features see the tree between the two words, the preposition, the order of the words and the classes of words.csv. They
never see a name, nor the word of event itself, so that no place and no verb has a weight of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.coding.attachment import climb, preposition_of
from dragoman.coding.place_names import SUBJECTS, PlaceMention
from dragoman.coding.place_spotting import Words
from dragoman.values import Token

_PREPOSITIONS = frozenset(
    {
        "in", "at", "near", "on", "to", "from", "of", "for", "with", "between", "against", "by", "over", "across",
        "through", "into", "around", "outside", "inside", "off", "toward", "towards", "along", "throughout", "via",
    }
)  # fmt: skip
_CLAUSES = frozenset({"advcl", "acl", "acl:relcl", "ccomp", "parataxis", "conj", "xcomp", "csubj"})
_CLASSES = ("hosting", "locating", "leaving", "speech", "uttering", "judging", "contested")
_MARKS = frozenset({"when", "as", "while", "after", "before", "if", "because", "since", "until", "for", "to", "where"})
_WITHIN = frozenset({"in", "at", "near", "outside", "inside", "around"})
_LONGEST = 4


def anchor_of(place: PlaceMention, tokens: Sequence[Token], words: Words) -> int:
    """The word by which a place hangs in its sentence: "town" in "the town of Rafah", "west" in "west of Rafah"."""
    node = place.head
    for outer in climb(place.head, tokens):
        token, over = tokens[node], tokens[outer]
        if token.relation in ("appos", "flat"):
            node = outer
            continue
        case = preposition_of(node, tokens)
        of = case is not None and case.text.lower() == "of"
        kind = over.lemma in words["place-noun"] and (
            token.relation in ("compound", "nmod:poss", "nmod:desc") or (of and token.relation == "nmod")
        )
        if not (kind or (of and over.lemma in words["modifier"])):
            break
        node = outer
    return node


def host_of(trigger: int, tokens: Sequence[Token]) -> int:
    """The verb whose circumstances the word of event shares: "shot" for "wounding" in "shot at them, killing two and
    wounding three".
    """
    node = trigger
    for outer in climb(trigger, tokens):
        token = tokens[node]
        alike = token.relation == "conj" and token.upos == tokens[outer].upos and not _has_subject(node, tokens)
        result = token.relation == "advcl" and token.xpos == "VBG" and not _has_subject(node, tokens)
        if not (alike or result or token.relation == "xcomp"):
            break
        node = outer
    return node


def _has_subject(node: int, tokens: Sequence[Token]) -> bool:
    return any(t.head == node and t.relation in SUBJECTS for t in tokens[:node])


def path_between(anchor: int, trigger: int, tokens: Sequence[Token]) -> tuple[list[int], list[int], int] | None:
    """(words climbed from the anchor, words climbed from the trigger, where the two meet), or none in a broken tree."""
    over = [trigger, *climb(trigger, tokens)]
    up = [anchor]
    for node in climb(anchor, tokens):
        if up[-1] in over:
            break
        up.append(node)
    if up[-1] not in over:
        return None
    meeting = up.pop()
    return up, over[: over.index(meeting)], meeting


@dataclass(frozen=True, slots=True)
class Rivals:
    """The places of a sentence seen from one word of event: by what word each hangs, which stand behind "in", "at" or
    "near", and which of these hang under the word.
    """

    own: tuple[PlaceMention, ...]
    anchors: tuple[int, ...]
    placed: tuple[PlaceMention, ...]
    under: tuple[PlaceMention, ...]
    host: int


def rivals_of(trigger: int, own: Sequence[PlaceMention], tokens: Sequence[Token], words: Words) -> Rivals:
    """What the places of a sentence have to be compared by, worked out once for a word of event."""
    anchors = tuple(anchor_of(place, tokens, words) for place in own)
    placed = [(p, at) for p, at in zip(own, anchors, strict=True) if not p.government and _is_placed(at, tokens)]
    under = tuple(p for p, at in placed if trigger in climb(at, tokens))
    return Rivals(tuple(own), anchors, tuple(p for p, _ in placed), under, host_of(trigger, tokens))


def features_of(
    place: PlaceMention, trigger: int, rivals: Rivals, rank: int | None, tokens: Sequence[Token], words: Words
) -> frozenset[str]:
    """The features of one place for the word of event `trigger`, among its rivals; `rank` is the rules' judgement."""
    own, host = rivals.own, rivals.host
    anchor = rivals.anchors[own.index(place)]
    found = {f"rank:{_bucket(rank)}", f"precision:{place.place.precision}"}
    found.update(_of_tree(anchor, trigger, tokens, words))
    if host != trigger:
        found.update(f"host:{name}" for name in _of_path(anchor, host, tokens))
    found.update(_of_rivals(place, trigger, rivals))
    found.update(_of_order(place, trigger, own, tokens))
    found.update(_of_name(place, anchor, tokens))
    if len(own) == 1:
        found.add("alone")
    kind = _trigger_kind(tokens[trigger], words)
    return frozenset(found | {f"{kind}|{name}" for name in found})


def _trigger_kind(token: Token, words: Words) -> str:
    """Words of saying and judging seldom have a place of their own; nouns hang otherwise than verbs."""
    if token.upos in ("NOUN", "PROPN"):
        return "noun"
    said = any(token.lemma in words[name] for name in ("speech", "uttering", "judging"))
    return "saying" if said else "deed"


def _bucket(rank: int | None) -> str:
    if rank is None:
        return "none"
    return str(rank) if rank < 4 else "4+" if rank < 8 else "8+"


def _of_tree(anchor: int, trigger: int, tokens: Sequence[Token], words: Words) -> Iterator[str]:
    case = preposition_of(anchor, tokens)
    preposition = "none" if case is None else case.text.lower() if case.text.lower() in _PREPOSITIONS else "other"
    relation = tokens[anchor].relation.split(":")[0] if tokens[anchor].relation != "nmod:poss" else "poss"
    yield f"prep:{preposition}"
    yield f"rel:{relation}"
    told = tokens[trigger]
    kind = "noun" if told.upos in ("NOUN", "PROPN") else "verb"
    yield f"trigger:{kind}"
    path = path_between(anchor, trigger, tokens)
    if path is None:
        yield "path:broken"
        return
    up, down, meeting = path
    yield f"up:{min(len(up), _LONGEST)}"
    yield f"down:{min(len(down), _LONGEST)}"
    rising = [_kind(tokens[i]) for i in up]
    falling = [_kind(tokens[i]) for i in down]
    yield f"rising:{'<'.join(rising[:3])}"
    yield f"falling:{'>'.join(reversed(falling[-3:]))}"
    for clause in sorted({_clause(i, tokens) for i in up[1:]} - {""}):
        yield f"out-of:{clause}"
    for clause in sorted({_clause(i, tokens) for i in down} - {""}):
        yield f"into:{clause}"
    if not down:
        yield f"under:{kind}:{preposition if relation in ('obl', 'nmod') else relation}:{min(len(up), 3)}"
        for name in _CLASSES:
            if told.lemma in words[name]:
                yield f"class:{name}:{preposition if relation in ('obl', 'nmod') else relation}:{min(len(up), 2)}"
    elif tokens[meeting].lemma in words["speech"]:
        yield f"said:{preposition}:{min(len(up), 2)}"
    if not up:
        yield "over"
    if any(tokens[i].lemma in words["speech"] for i in up[1:]):
        yield "of-another-speech"
    elif len(up) > 1 and tokens[up[-1]].relation == "nsubj":
        yield "of-the-subject"


def _of_path(anchor: int, host: int, tokens: Sequence[Token]) -> Iterator[str]:
    path = path_between(anchor, host, tokens)
    if path is None or path[1]:
        yield "elsewhere"
        return
    up = path[0]
    case = preposition_of(anchor, tokens)
    preposition = case.text.lower() if case is not None and case.text.lower() in _PREPOSITIONS else "none"
    yield f"{preposition}:{min(len(up), 3)}"
    for clause in sorted({_clause(i, tokens) for i in up[1:]} - {""}):
        yield f"out-of:{clause}"


def _clause(node: int, tokens: Sequence[Token]) -> str:
    """The kind of clause that a word heads, or nothing: "advcl:when", "advcl:ing", "conj:verb", "acl:relcl"."""
    token = tokens[node]
    if token.relation not in _CLAUSES:
        return ""
    if token.relation == "conj":
        return f"conj:{'own' if _has_subject(node, tokens) else 'shared'}:{token.upos == 'VERB'}"
    if token.relation != "advcl":
        return token.relation
    mark = next(
        (t.text.lower() for t in tokens[:node] if t.head == node and t.relation in ("mark", "advmod", "case")), ""
    )
    return f"advcl:{mark if mark in _MARKS else token.xpos}"


def _is_placed(anchor: int, tokens: Sequence[Token]) -> bool:
    case = preposition_of(anchor, tokens)
    return case is not None and case.text.lower() in _WITHIN


def _of_rivals(place: PlaceMention, trigger: int, rivals: Rivals) -> Iterator[str]:
    """How a place compares with the sentence's others that stand behind "in", "at" or "near"."""
    placed, under = rivals.placed, rivals.under
    if not placed:
        yield "no-rival"
        return
    if place not in placed:
        yield f"others-placed:{min(len(placed), 2)}"
        return
    if under:
        yield "under-it" if place in under else "rival-under-it"
    later = [p for p in placed if p.first > trigger]
    nearest = min(placed, key=lambda p: (abs(p.head - trigger), p.first))
    yield f"placed:{min(len(placed), 3)}"
    if place == nearest:
        yield "nearest-placed"
    if later and place == later[0]:
        yield "first-after"


def _kind(token: Token) -> str:
    return "poss" if token.relation == "nmod:poss" else token.relation.split(":")[0]


def _of_order(place: PlaceMention, trigger: int, own: Sequence[PlaceMention], tokens: Sequence[Token]) -> Iterator[str]:
    first, last = (place.last, trigger) if place.last <= trigger else (trigger + 1, place.first)
    side = "before" if place.last <= trigger else "after"
    gap = max(0, last - first)
    yield f"{side}:{'0-2' if gap < 3 else '3-5' if gap < 6 else '6-10' if gap < 11 else '11+'}"
    between = tokens[first:last]
    if any(t.text in (",", ";", ":", "--", "—", "–") for t in between):
        yield f"{side}:pause"
    if any(t.text == ";" for t in between):
        yield "semicolon"
    if any(t.upos == "VERB" for t in between):
        yield f"{side}:verb"
    others = sum(1 for p in own if p is not place and first <= p.first < last)
    if others:
        yield f"{side}:others"
    if place.first <= 3:
        opening = any(t.upos == "ADP" for t in tokens[: place.first])
        yield f"opening:{'placed' if opening else 'bare'}"


def _of_name(place: PlaceMention, anchor: int, tokens: Sequence[Token]) -> Iterator[str]:
    if place.government:
        yield "government"
    if place.capital:
        yield "capital"
    if place.place.lat is None:
        yield "unknown"
    after = tokens[place.last] if place.last < len(tokens) else None
    before = tokens[place.first - 1] if place.first else None
    if after is not None and after.text in ("'s", "’s"):
        yield "owner"
    elif after is not None and after.upos in ("NOUN", "PROPN") and tokens[place.head].head == after.index:
        yield f"modifier:{'name' if after.upos == 'PROPN' else 'noun'}"
    elif after is not None and after.upos == "VERB" and after.xpos in ("VBD", "VBZ"):
        yield "before-verb"
    if before is not None and before.text == "," and place.first > 1 and tokens[place.first - 2].upos == "PROPN":
        yield "container"
    if tokens[place.head].entity[2:] in ("ORG", "PER", "MISC"):
        yield "inside-name"
