"""Where: sentences of one article in, the places that they name out; and for a word of event, the place of that event.

A capitalised word is a place where the network says so, or where it stands behind a preposition of place and the
gazetteer knows it. Which "Paris" is meant goes by what stands beside it ("Paris, Texas"), the countries and regions
that the article names, the dateline, and people. A capital that acts ("Moscow said", "talks with Beijing") is a government
and no place. It finds no quarters, streets or buildings; an event without words of place in its own clause has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.coding.attachment import climb, head_of, is_bare, preposition_of
from dragoman.knowledge.actors import ActorTables, Name
from dragoman.knowledge.places import Gazetteer, PlaceEntry
from dragoman.values import Article, Mention, Place, Sentence, Span, Token

Words = Mapping[str, frozenset[str]]

_STATES = frozenset({"state", "territory", "former"})
_NAMING = frozenset({"short", "long", "variant"})
_SUPPORT = 2.0  # for a reading in a country that the article names: as much as a hundred times the people
_SAME_REGION = 1.5
_CAPITAL = 2.0
_SMALL = 15_000  # towns below need support from the article or the network
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})
_NEAR_KM = 400.0


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named by the tokens [first, last) of a sentence. `government` marks a place-name that acts as a state."""

    sentence: int
    first: int
    last: int
    head: int
    place: Place
    region: str
    government: bool = False
    dateline: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    sentence: Sentence
    first: int
    last: int
    readings: tuple[PlaceEntry, ...]
    labelled: bool  # the network says that it is a place


@dataclass(frozen=True, slots=True)
class _Context:
    """What the article as a whole says of where it is: countries and regions that it names, and how often."""

    countries: Mapping[str, int]
    regions: frozenset[str]
    dateline: str | None


def find_places(
    article: Article,
    sentences: Sequence[Sentence],
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    actors: ActorTables,
) -> tuple[PlaceMention, ...]:
    """All places that the article names, in order; the actors of `mentions` tell the countries that it speaks of."""
    candidates: list[_Candidate] = []
    named: list[tuple[Sentence, int, int, PlaceEntry]] = []
    for sentence in sentences:
        for found in _scan(sentence, gazetteer, actors, article.published):
            if isinstance(found, _Candidate):
                candidates.append(found)
            else:
                named.append((sentence, *found))
    context = _context(article, mentions, [entry for *_, entry in named], candidates, gazetteer)
    places = [
        _mention(article, sentence, first, last, entry, gazetteer.words) for sentence, first, last, entry in named
    ]
    chosen: dict[str, PlaceEntry | None] = {}
    for candidate in candidates:
        entry = _choose(candidate, context, chosen, gazetteer)
        if entry is not None:
            places.append(
                _mention(article, candidate.sentence, candidate.first, candidate.last, entry, gazetteer.words)
            )
    return tuple(sorted(places, key=lambda p: (p.sentence, p.first)))


# -- finding


def _scan(
    sentence: Sentence, gazetteer: Gazetteer, actors: ActorTables, published: str | None
) -> Iterator[_Candidate | tuple[int, int, PlaceEntry]]:
    """Candidates and certain countries of one sentence, left to right, without overlap."""
    tokens = sentence.tokens
    words = [token.text for token in tokens]
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if not token.text[0].isupper() and token.entity != "B-LOC":
            i += 1
            continue
        named = actors.names_at(words, i, published[:10] if published else None)
        size, country = _party_name(named, actors, gazetteer)
        if country is not None and not token.entity.endswith("PER"):
            yield i, i + size, country
            i += size
            continue
        length = _entity_length(tokens, i)
        found = _longest_name(words, i, max(length, 6 if length == 0 else length), gazetteer)
        if found is None or size > found[0]:
            i += max(size, 1)
            continue
        labelled = length > 0
        if labelled or _is_placed(i, i + found[0], tokens, gazetteer.words):
            yield _Candidate(sentence, i, i + found[0], found[1], labelled)
            i += found[0]
            continue
        i += max(size, 1)


def _party_name(
    named: Sequence[tuple[int, tuple[Name, ...]]], actors: ActorTables, gazetteer: Gazetteer
) -> tuple[int, PlaceEntry | None]:
    """(words of a party's name that is no place, none), or (words of a country's name, that country)."""
    for size, names in named:
        kinds = {actors.entities[name.entity].kind for name in names}
        states = [n for n in names if n.kind in _NAMING and actors.entities[n.entity].kind in _STATES]
        if states:
            country = actors.entities[states[0].entity].country or actors.entities[states[0].entity].party
            entry = gazetteer.country(country) if country else None
            return size, entry if not states[0].ambiguous or len(gazetteer.named(states[0].text)) <= 1 else None
        if all(name.kind == "capital" for name in names):
            return 0, None
        if kinds & {"organisation", "group", "institution", "other"} and size > 1:
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


def _longest_name(
    words: Sequence[str], i: int, longest: int, gazetteer: Gazetteer
) -> tuple[int, tuple[PlaceEntry, ...]] | None:
    for size, readings in gazetteer.names_at(words, i, longest):
        last = words[i + size - 1]
        if last[0].isupper() or last[0].isdigit() or size > 1:
            return size, readings
    return None


def _is_placed(first: int, last: int, tokens: Sequence[Token], words: Words) -> bool:
    """Is an unlabelled name a place by what stands beside it: a preposition of place, and no longer name around it?"""
    token = tokens[first]
    if token.entity != "O" or token.upos not in ("PROPN", "X") or (last - first == 1 and len(token.text) < 4):
        return False
    if token.text.lower() in words["not-place"] or (token.text.isupper() and len(token.text) < 6):
        return False
    if last < len(tokens) and tokens[last].upos == "PROPN" and tokens[last].text[0].isupper():
        return False
    before = tokens[first - 1] if first > 0 else None
    return before is not None and before.text.lower() in words["within"] and before.upos in ("ADP", "X")


# -- choosing


def _context(
    article: Article,
    mentions: Sequence[Mention],
    countries: Sequence[PlaceEntry],
    candidates: Sequence[_Candidate],
    gazetteer: Gazetteer,
) -> _Context:
    counts: dict[str, int] = {}
    for code in [entry.country for entry in countries]:
        counts[code] = counts.get(code, 0) + 1
    for mention in mentions:
        for actor in mention.actors:
            if actor.country:
                counts[actor.country] = counts.get(actor.country, 0) + 1
    regions = {e.region for c in candidates for e in c.readings[:1] if e.precision == "region" and e.region}
    for candidate in candidates:
        if candidate.readings[0].precision == "region":
            counts.setdefault(candidate.readings[0].country, 1)
    dateline = None
    if article.dateline is not None:
        head = article.dateline.text.split(",")[0].split("(")[0].strip()
        readings = gazetteer.named(head)
        dateline = readings[0].country if readings else None
    return _Context(counts, frozenset(regions), dateline)


def _choose(
    candidate: _Candidate, context: _Context, chosen: dict[str, PlaceEntry | None], gazetteer: Gazetteer
) -> PlaceEntry | None:
    """The reading of a candidate: what follows decides ("Paris, Texas"), else the article; one name, one place."""
    key = " ".join(token.text for token in candidate.sentence.tokens[candidate.first : candidate.last])
    contained = _contained(candidate, gazetteer)
    if contained is not None:
        chosen[key] = contained
    elif key not in chosen:
        chosen[key] = _best(candidate, context, gazetteer.words)
    entry = chosen[key]
    if entry is not None and not candidate.labelled and _unsupported(entry, context):
        return None
    return entry


def _contained(candidate: _Candidate, gazetteer: Gazetteer) -> PlaceEntry | None:
    """The reading that lies in the region or country named behind it: "Paris, Texas", "Tripoli in Lebanon"."""
    tokens = candidate.sentence.tokens
    i = candidate.last
    if i + 1 >= len(tokens) or tokens[i].text.lower() not in (",", "(", "in"):
        return None
    words = [token.text for token in tokens[i + 1 : i + 6]]
    for _, lands in gazetteer.names_at(words, 0):
        for land in lands:
            if land.precision == "place":
                break
            for entry in candidate.readings:
                if entry.precision == "place" and _lies_in(entry, land):
                    return entry
    return None


def _lies_in(entry: PlaceEntry, land: PlaceEntry) -> bool:
    if entry.country != land.country:
        return False
    if land.precision == "country" or (land.region and land.region == entry.region):
        return True
    return not land.region and distance_km(entry.lat, entry.lon, land.lat, land.lon) < _NEAR_KM


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in kilometres (haversine, a sphere of 6371 km)."""
    a, b = math.radians(lat), math.radians(other_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, h)))


def _best(candidate: _Candidate, context: _Context, words: Words) -> PlaceEntry | None:
    scored = [(_score(entry, context), -rank, entry) for rank, entry in enumerate(candidate.readings)]
    _, _, entry = max(scored, key=lambda item: item[:2])
    name = candidate.sentence.tokens[candidate.first].text.lower()
    common = candidate.last - candidate.first == 1 and name in words["not-place"]
    if common and (not candidate.labelled or _unsupported(entry, context)):
        return None
    return entry


def _score(entry: PlaceEntry, context: _Context) -> float:
    score = math.log10(entry.people + 10)
    if entry.capital:
        score += _CAPITAL
    if entry.precision == "country":
        score += 1.0
    if entry.country in context.countries:
        score += _SUPPORT + 0.2 * min(context.countries[entry.country], 5)
    if entry.region and entry.region in context.regions and entry.precision == "place":
        score += _SAME_REGION
    if entry.country == context.dateline:
        score += 1.0
    return score


def _unsupported(entry: PlaceEntry, context: _Context) -> bool:
    return entry.people < _SMALL and entry.country not in context.countries and entry.country != context.dateline


def _mention(
    article: Article, sentence: Sentence, first: int, last: int, entry: PlaceEntry, words: Words
) -> PlaceMention:
    tokens = sentence.tokens
    start, end = tokens[first].start, tokens[last - 1].end
    place = Place(
        name=entry.name,
        country=entry.country,
        lat=round(entry.lat, 5),
        lon=round(entry.lon, 5),
        precision=entry.precision,
        geonames=entry.geonames or None,
        span=Span(article.text[start:end], start, end),
    )
    head = head_of(first, last, tokens)
    acts = (entry.capital or entry.precision == "country") and _acts(head, tokens, words)
    line = article.dateline
    within = line is not None and line.start <= start < line.end
    return PlaceMention(sentence.index, first, last, head, place, entry.region, acts, within)


def _acts(head: int, tokens: Sequence[Token], words: Words) -> bool:
    """Does a capital or country act here, as a government does: subject of an act, owner of a policy, party of ties?"""
    token = tokens[head]
    if not 0 <= token.head < len(tokens):
        return False
    over = tokens[token.head]
    if token.relation in _SUBJECTS:
        return not (token.relation == "nsubj:pass" or over.lemma in words["passive-place"])
    if token.relation == "nmod:poss":
        return over.lemma not in words["place-noun"]
    if token.relation in ("obl:agent", "iobj", "vocative"):
        return True
    case = preposition_of(head, tokens)
    if case is None:
        return token.relation == "conj" and _acts(token.head, tokens, words)
    preposition = case.text.lower()
    if preposition == "to":
        return over.lemma not in words["hosting"]
    return preposition in words["party-preposition"]


# -- which place belongs to an event


def place_of(
    trigger: int,
    sentence: Sentence,
    places: Sequence[PlaceMention],
    sentences: Sequence[Sentence],
    gazetteer: Gazetteer,
    *,
    recipients_country_hint: str | None = None,
) -> Place | None:
    """The place of the event whose word is token `trigger`, or none: a place is never guessed.

    `places` are those of the whole article. By syntax: what stands under the trigger with a preposition of place, what
    it visits or strikes, the circumstances under it ("at talks in Oslo"), the clause that carries it, and a participle
    beside it ("Speaking in Delhi, ..."). Failing that, "there" or "the city" points back to the place last told of in
    the sentence before, and a visit is where its host is (`recipients_country_hint`, alpha-3).
    """
    own = [p for p in places if p.sentence == sentence.index and not p.dateline]
    if is_bare(sentence.tokens):
        return None
    words = gazetteer.words
    chain = _carriers(trigger, sentence.tokens, words)
    best: tuple[tuple[int, int, int], PlaceMention] | None = None
    for place in own:
        rank = _attachment(place, trigger, chain, sentence.tokens, words)
        if rank is None:
            continue
        coarse = {"place": 0, "region": 1, "country": 2}[place.place.precision]
        key = (rank, coarse, abs(place.head - trigger))
        if best is None or key < best[0]:
            best = key, place
    if best is not None:
        return best[1].place
    pointed = _pointed_at(trigger, sentence, places, chain, words)
    if pointed is not None:
        return replace(pointed.place, span=pointed.place.span)
    if recipients_country_hint is not None and sentence.tokens[trigger].lemma in words["hosting"]:
        return _host(recipients_country_hint, own, gazetteer)
    return None


def _host(country: str, own: Sequence[PlaceMention], gazetteer: Gazetteer) -> Place | None:
    for place in own:
        if place.place.precision == "country" and place.place.country == country:
            return place.place
    entry = gazetteer.country(country)
    if entry is None:
        return None
    return Place(entry.name, entry.country, round(entry.lat, 5), round(entry.lon, 5), "country", entry.geonames or None)


def _carriers(trigger: int, tokens: Sequence[Token], words: Words) -> dict[int, int]:
    """The words whose place the trigger shares -> how far away they are (the trigger itself is 0)."""
    shared = {trigger: 0}
    node, rank = trigger, 0
    for head in climb(trigger, tokens):
        rank += 2
        if not _shares(tokens[node], tokens[head], words):
            break
        shared[head] = rank
        node = head
    for token in tokens:
        if token.head != trigger:
            continue
        if token.relation == "conj" and token.upos == tokens[trigger].upos:
            shared.setdefault(token.index, 6)
        elif (token.relation == "xcomp" and token.upos == "VERB") or token.relation == "compound":
            shared.setdefault(token.index, 1)
        elif token.relation == "advcl" and token.xpos == "VBG":
            shared.setdefault(token.index, 3 if token.lemma in words["motion-gerund"] else 5)
    return shared


def _shares(token: Token, head: Token, words: Words) -> bool:
    relation = token.relation
    if relation == "conj":
        return token.upos == head.upos
    if relation in ("nsubj", "nsubj:pass", "obj", "obl", "obl:agent", "nmod") and token.upos in ("NOUN", "PROPN"):
        return head.upos in ("VERB", "NOUN") and head.lemma not in words["speech"]
    if relation == "advcl":
        return token.xpos in ("VBG", "VBN", "VB")
    if relation in ("acl", "acl:relcl"):
        return head.upos == "NOUN"
    return relation in ("xcomp", "compound")


def _attachment(
    place: PlaceMention, trigger: int, chain: Mapping[int, int], tokens: Sequence[Token], words: Words
) -> int | None:
    """How closely a place is tied to the trigger: 0 is best, none is not at all."""
    if place.government or place.first <= trigger < place.last:
        return None
    node, outer = place.head, tokens[place.head].head
    # "the town of Rafah", "Paris, Texas": go by the noun that the name belongs to
    while outer >= 0 and outer not in chain and _belongs(tokens[node], tokens[outer], words):
        node, outer = outer, tokens[outer].head
    if outer in chain and _locates(node, outer, tokens, words):
        return chain[outer] * 2
    if outer < 0 or outer in chain:
        return None
    return _through_noun(node, outer, chain, tokens, words)


def _belongs(token: Token, over: Token, words: Words) -> bool:
    if token.relation in ("appos", "flat", "conj"):
        return True
    return over.lemma in words["place-noun"] and token.relation in ("nmod", "compound", "nmod:poss")


def _locates(node: int, outer: int, tokens: Sequence[Token], words: Words) -> bool:
    """Does the phrase of token `node` under `outer` say where `outer` is?"""
    token, over = tokens[node], tokens[outer]
    case = preposition_of(node, tokens)
    if case is not None:
        preposition = case.text.lower()
        if preposition == "to":
            return over.lemma in words["hosting"]
        if preposition in ("on", "of", "against", "by", "over"):
            return over.lemma in words["locating"] and preposition != "by"
        return preposition in words["within"] and token.relation in ("obl", "nmod", "advmod", "obl:arg")
    if token.relation in ("obj", "nsubj:pass", "nmod:poss"):
        return over.lemma in words["locating"]
    if token.relation == "nsubj":
        return over.lemma in words["passive-place"]
    return token.relation in ("compound", "obl:unmarked", "nmod:unmarked")


def _through_noun(node: int, outer: int, chain: Mapping[int, int], tokens: Sequence[Token], words: Words) -> int | None:
    """A place on a noun counts for the verb over it: "at talks in Oslo", "killed a man in Oslo"."""
    if not _locates(node, outer, tokens, words) or tokens[outer].upos not in ("NOUN", "PROPN", "NUM"):
        return None
    noun = tokens[outer]
    for step in range(4):
        if noun.head in chain:
            if tokens[noun.head].lemma in words["speech"] and noun.relation != "obl":
                return None
            plain = noun.relation in ("obl", "nmod", "obj", "nsubj:pass", "nsubj", "obl:agent", "compound")
            return chain[noun.head] * 2 + 1 + step if plain else None
        if noun.head < 0 or noun.relation not in ("nmod", "obl", "conj", "appos", "obj", "nsubj", "compound", "flat"):
            return None
        noun = tokens[noun.head]
    return None


def _pointed_at(
    trigger: int, sentence: Sentence, places: Sequence[PlaceMention], chain: Mapping[int, int], words: Words
) -> PlaceMention | None:
    """The place last told of in the paragraph's sentence before, where "there" or "in the city" points back to it."""
    if not any(_points_back(token, chain, sentence.tokens, words) for token in sentence.tokens):
        return None
    earlier = [
        p for p in places if p.sentence == sentence.index - 1 and not p.government and p.place.precision != "country"
    ]
    return earlier[-1] if earlier else None


def _points_back(token: Token, chain: Mapping[int, int], tokens: Sequence[Token], words: Words) -> bool:
    if token.head not in chain or token.lemma not in words["there"]:
        return False
    if token.relation == "advmod":
        return True
    case = preposition_of(token.index, tokens)
    definite = any(
        t.head == token.index and t.text.lower() in ("the", "that")
        for t in tokens[max(0, token.index - 4) : token.index]
    )
    return definite and case is not None and case.text.lower() in words["within"] and token.relation in ("obl", "nmod")
