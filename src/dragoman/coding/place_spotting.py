"""Which words of a sentence may name places: a sentence in, candidates with the places that they may mean out.

A capitalised word is one where the network says so; where it stands behind a preposition of place or a verb of taking
ground and the gazetteer knows it; where a noun of place makes it one ("the town of Kaldor", "Tamadon district"); and
where it opens the name of a body ("Berea Police Department"). Which place is meant is for `coding.place_names`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dragoman.knowledge.actors import ActorTables, Name
from dragoman.knowledge.places import Gazetteer, PlaceEntry
from dragoman.values import Sentence, Token

Words = Mapping[str, frozenset[str]]

_STATES = frozenset({"state", "territory", "former"})
_NAMING = frozenset({"short", "long", "variant", "acronym"})
_KNOWN = 50_000  # people of a town that a verb of attack alone makes a place
_LIST = 12  # words of a list of names, to its noun
_LONGEST = 6  # words of a name
_REACH = 4  # words between a name and the preposition that places it
_IN = frozenset({"in", "inside", "near", "outside", "around"})
_HYPHENS = frozenset({"-", "‑", "–"})
_LOOSE = frozenset(
    {"area", "division", "department", "state", "capital"}
)  # "the Obama area" of policy, "the Clinton state"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a place: tokens [first, last) of a sentence, and what they may name, the likeliest first."""

    sentence: Sentence
    first: int
    last: int
    readings: tuple[PlaceEntry, ...]
    labelled: bool  # the network says that it is a place
    inside: bool = False  # it stands inside the name of a body
    site: bool = False  # it is a building or ground that a town's name opens
    echo: bool = False  # it counts only where the article names the same place elsewhere


def candidates_in(
    sentence: Sentence, gazetteer: Gazetteer, actors: ActorTables, day: str | None
) -> Iterator[Candidate]:
    """What may be places in one sentence, left to right, without overlap."""
    tokens = sentence.tokens
    words = [token.text for token in tokens]
    i = 0
    while i < len(tokens):
        token = tokens[i]
        labelled = _entity_length(tokens, i)
        money = i + 1 < len(tokens) and words[i + 1] == "$"
        if money or (not token.text[0].isupper() and not labelled):
            i += 1
            continue
        first, last = _core(i, i + labelled, words, gazetteer.words) if labelled else (i, i)
        size, country = _party_name(actors.names_at(words, first, day), actors, gazetteer)
        if country is not None and first + size >= last and not token.entity.endswith("PER"):
            lands = _lands(" ".join(words[first : first + size]), country, gazetteer)
            yield Candidate(sentence, first, first + size, lands, labelled > 0)
            i = first + size
            continue
        if labelled:
            yield _labelled(sentence, i, i + labelled, first, last, words, gazetteer)
            i += labelled
            continue
        kind = _by_kind(sentence, i, words, gazetteer) if size == 0 else None
        if kind is not None:
            yield kind
            i = kind.last
            continue
        found = _unlabelled(i, tokens, words, gazetteer)
        if found is not None and size <= found[0]:
            yield Candidate(sentence, i, i + found[0], found[1], False)
            i += found[0]
            continue
        named = _named_inside(sentence, i, words, gazetteer) if size == 0 else None
        if named is not None:
            yield named
        i = named.last if named is not None else i + max(size, 1)


def _lands(name: str, country: PlaceEntry, gazetteer: Gazetteer) -> tuple[PlaceEntry, ...]:
    """The lands of a state's name: the state, one that only belongs to it (Scotland, Mayotte), or both (Georgia)."""
    found = tuple(entry for entry in gazetteer.named(name) if entry.precision != "place")
    own = any(entry.country == country.country for entry in found)
    return found if own else (country, *found)


def _party_name(
    named: Sequence[tuple[int, tuple[Name, ...]]], actors: ActorTables, gazetteer: Gazetteer
) -> tuple[int, PlaceEntry | None]:
    """(words of a party's name that is no place, none), or (words of a country's name, that country)."""
    for size, names in named:
        kinds = {actors.entities[name.entity].kind for name in names}
        states = [n for n in names if n.kind in _NAMING and actors.entities[n.entity].kind in _STATES]
        if states:
            entity = actors.entities[states[0].entity]
            entry = gazetteer.country(entity.country or entity.party or "")
            lands = [land for land in gazetteer.named(states[0].text) if land.precision != "place"]
            return size, None if states[0].ambiguous and len(lands) > 1 else entry
        if all(name.kind == "capital" for name in names):
            return 0, None
        if kinds & {"organisation", "group", "institution"} and size > 1:
            return size, None
        if all(name.kind in ("adjective", "demonym", "metonym") for name in names):
            return size, None
    return 0, None


def _entity_length(tokens: Sequence[Token], i: int) -> int:
    """Tokens of the network's place that begins at i, or 0."""
    if not tokens[i].entity.endswith("LOC"):
        return 0
    n = 1
    while i + n < len(tokens) and tokens[i + n].entity == "I-LOC":
        n += 1
    return n


def _core(first: int, last: int, words: Sequence[str], classes: Words) -> tuple[int, int]:
    """A labelled place without the words before its name that only turn it: "northern Syria" is Syria."""
    while last - first > 1 and words[first].lower() in classes["modifier"] and words[first][0].islower():
        first += 1
    return first, last


def _labelled(
    sentence: Sentence, start: int, end: int, first: int, last: int, words: Sequence[str], gazetteer: Gazetteer
) -> Candidate:
    """The readings of a labelled place: all its words, else without the kind behind it and the direction before it."""
    classes = gazetteer.words
    spans = [(first, last)]
    while last - first > 1 and words[last - 1].lower() in classes["kind"]:
        last -= 1
        spans.append((first, last))
    if last - first > 1 and words[first].lower() in classes["modifier"]:
        spans.append((first + 1, last))
    counties = _county(first, end, words, gazetteer)
    if counties:
        return Candidate(sentence, first, end, counties, True)
    if last - first == 1 and _is_short(words[first]):
        readings = gazetteer.named(words[first])  # "N.Y." and "NSW" are lands; "LA" and "MP" are too open
        lands = tuple(entry for entry in readings if entry.precision == "region")
        return Candidate(sentence, first, end, lands[:1], bool(lands))
    if end - first == 1 and words[first].lower() in classes["modifier"]:
        return Candidate(sentence, first, end, (), False)  # "in the North"
    for a, b in spans:
        for size, readings in gazetteer.names_at(words, a, b - a + 1):
            if a + size == b or (a + size == b + 1 == end + 1 and words[b][0].isupper()):
                return Candidate(sentence, a, a + size, readings, True)
    of_town = _opening(first, end, words, gazetteer)
    if of_town:
        return Candidate(sentence, first, end, of_town, True, site=True)
    plain = frozenset().union(*(classes[name] for name in ("kind", "place-noun", "body", "modifier")))
    named = _is_name(words[first:end]) and not all(word.lower() in plain for word in words[first:end])
    return Candidate(sentence, first, end, (), named)


def _is_name(words: Sequence[str]) -> bool:
    """Does one of the words begin like a name, and are they more than letters: "al-Wafa", not "GHQ"?"""
    return any(w[0].isupper() and not w.isupper() for w in words) and sum(len(w) for w in words) > 2


def _county(first: int, last: int, words: Sequence[str], gazetteer: Gazetteer) -> tuple[PlaceEntry, ...]:
    """ "Barrow" in "Barrow, Clarke and Oglethorpe counties": what the list behind a name makes of it."""
    name = " ".join(words[first:last])
    if name.endswith(" counties"):
        return gazetteer.named(f"{name.removesuffix(' counties')} County")
    for word in words[last : last + _LIST]:
        if word.lower() == "counties":
            return gazetteer.named(f"{name} County")
        if not (word[0].isupper() or word in (",", "and", "or")):
            return ()
    return ()


def _opening(first: int, last: int, words: Sequence[str], gazetteer: Gazetteer) -> tuple[PlaceEntry, ...]:
    """The town that opens a facility's name and so tells where it stands: "Fort Mill High School"."""
    if words[last - 1].lower() not in gazetteer.words["place-noun"] | gazetteer.words["body"]:
        return ()
    for size, readings in gazetteer.names_at(words, first, last - first - 1):
        if size and readings[0].precision == "place":
            return readings
    return ()


def _is_whole(i: int, tokens: Sequence[Token]) -> bool:
    """A name of one word or hyphened that nothing else belongs to: not "in Smith's view", "near Kofi Annan"."""
    if not tokens[i].entity.startswith("B-"):
        return False
    last = i + 1
    while last < len(tokens) and tokens[last].entity.startswith("I-"):
        if tokens[last].text not in _HYPHENS and tokens[last - 1].text not in _HYPHENS:
            return False
        last += 1
    return last >= len(tokens) or tokens[last].text not in ("'s", "’s", "'")


def _by_kind(sentence: Sentence, i: int, words: Sequence[str], gazetteer: Gazetteer) -> Candidate | None:
    """A name that a noun of place makes a place, whatever the network says: "the town of Kaldor", "Tamadon district",
    and behind a preposition of place "at the Kindi Hospital".
    """
    classes, tokens = gazetteer.words, sentence.tokens
    last = _run(i, tokens)
    if last is None:
        return None
    before = i - 2 if i > 1 and words[i - 1].lower() in ("of", "called", "named") else -1
    told = before >= 0 and _singular(words[before]) in classes["kind"] and words[before].lower() not in _LOOSE
    after = words[last].lower() if last < len(words) else ""
    follows = after in classes["kind"] and after not in _LOOSE and _is_placed(i, last, tokens, classes)
    facility = last - i > 1 and words[last - 1].lower() in classes["facility"] and _is_placed(i, last, tokens, classes)
    if not (told or follows or facility) or not _is_name(words[i:last]):
        return None
    for size, readings in gazetteer.names_at(words, i, last - i):
        if i + size == last:
            return Candidate(sentence, i, last, readings, True)
    return Candidate(sentence, i, last, _opening(i, last, words, gazetteer) if facility else (), True, site=facility)


def _run(i: int, tokens: Sequence[Token]) -> int | None:
    """The end of the capitalised name that begins at i; hyphens join it. None where i stands inside one."""
    if tokens[i].upos not in ("PROPN", "NOUN", "ADJ", "X") or not tokens[i].text[0].isupper():
        return None
    if i and tokens[i - 1].upos == "PROPN" and tokens[i - 1].text[0].isupper():
        return None
    last = i + 1
    while last < len(tokens) and last - i < _LONGEST:
        joined = tokens[last].text in _HYPHENS and last + 1 < len(tokens) and tokens[last + 1].text[0].isalnum()
        if not (joined or (tokens[last].text[0].isupper() and tokens[last].upos == "PROPN")):
            break
        last += 2 if joined else 1
    return last


def _singular(word: str) -> str:
    word = word.lower()
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _is_placed(first: int, last: int, tokens: Sequence[Token], classes: Words) -> bool:
    """Behind a preposition of place, or taken, stormed or aimed at."""
    for before in reversed(tokens[max(0, first - _REACH) : first]):
        if before.upos == "ADP":
            return before.text.lower() in classes["within"]
        if before.upos not in ("DET", "ADJ", "PROPN", "PART", "NUM"):
            break
    heads = [t for t in tokens[first : last + 1] if t.relation in ("obj", "nsubj:pass")]
    return any(t.head >= 0 and tokens[t.head].lemma in classes["locating"] for t in heads)


def _named_inside(sentence: Sentence, i: int, words: Sequence[str], gazetteer: Gazetteer) -> Candidate | None:
    """A known town that opens the name of a body ("Berea Police Department"), or that the network takes for a person
    or a body: these count only where the article names the place elsewhere too.
    """
    tokens = sentence.tokens
    kind = tokens[i].entity
    if kind not in ("B-ORG", "B-PER", "O") or tokens[i].upos != "PROPN" or _is_short(words[i]):
        return None
    end = i + 1
    while end < len(tokens) and tokens[end].entity == f"I-{kind[2:]}":
        end += 1
    for size, readings in gazetteer.names_at(words, i):
        last = i + size
        after = words[last].lower() if last < len(words) else ""
        if readings[0].precision == "country":
            return None  # "the United States Department of Agriculture" is a party, told of elsewhere
        body = after in gazetteer.words["body"]
        if kind == "B-ORG" and last < end:
            return Candidate(sentence, i, last, readings, body, inside=True, echo=not body)
        if kind != "O" and last == end:
            return Candidate(sentence, i, last, readings, False, inside=body, echo=True)
        if kind == "O" and body and words[i].lower() not in gazetteer.words["not-place"]:
            great = readings[0].people >= _KNOWN  # "Secretary General" opens with a village
            return Candidate(sentence, i, last, readings, great, inside=True, echo=not great)
        if kind == "O" and tokens[i].relation in ("nsubj", "compound", "nmod:poss"):
            return Candidate(sentence, i, last, readings, False, echo=True)
    return None


def _is_short(word: str) -> bool:
    return word.replace(".", "").isupper() and len(word) <= 4


def _unlabelled(
    i: int, tokens: Sequence[Token], words: Sequence[str], gazetteer: Gazetteer
) -> tuple[int, tuple[PlaceEntry, ...]] | None:
    """A name that the network does not label: (words, readings) where what stands beside it makes it a place."""
    token, classes = tokens[i], gazetteer.words
    if token.upos not in ("PROPN", "X") or _is_short(token.text) or len(token.text) < 3:
        return None
    before = tokens[i - 1] if i > 0 else None
    within = classes["within"] if token.entity == "O" else _IN  # "shot at Mengistu"
    placed = before is not None and before.text.lower() in within and before.upos in ("ADP", "X")
    verbs = classes["locating" if token.entity == "O" else "ground"]
    struck = token.relation in ("obj", "nsubj:pass") and token.head >= 0 and tokens[token.head].lemma in verbs
    if not (placed or struck) or not (token.entity == "O" or _is_whole(i, tokens)):
        return None
    for size, readings in gazetteer.names_at(words, i):
        after = tokens[i + size] if i + size < len(tokens) else None
        if after is not None and after.upos == "PROPN" and after.text[0].isupper():
            return None  # the name goes on
        if struck and not placed and readings[0].people < _KNOWN:
            return None
        return size, readings
    return None
