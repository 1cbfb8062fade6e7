"""Which places an article names: its sentences in, place-names with the place that each means out.

Which words may be places is told by `place_spotting`. Which "Paris" is meant goes by what stands beside it ("Paris,
Texas"), the countries and regions that the article names, the regions that its other names keep company in, the
dateline, and people. A capital that acts ("Moscow said", "talks with Beijing") is a government and no place. Quarters,
streets and buildings stand with their name alone, or where the town is that opens it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.coding.attachment import distance_km, head_of, preposition_of
from dragoman.coding.place_spotting import Candidate, Words, candidates_in
from dragoman.knowledge.actors import ActorTables
from dragoman.knowledge.places import Gazetteer, PlaceEntry
from dragoman.values import Article, Mention, Place, Sentence, Span, Token

_SUPPORT = 2.0  # for a reading in a country that the article names: as much as a hundred times the people
_SAME_REGION = 2.0
_COMPANY, _MOST_COMPANY = 1.0, 3.0  # for each other name that can only lie in the same region
_DATELINE = 2.0  # beside the support of being named
_CAPITAL = 3.0
_WIDE = 1.5  # for a country or region before a town of the same name
_SOVEREIGN = 0.5  # for a state before another's region of the same name
_SMALL = 15_000  # towns below need support from the article or the network
SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})
_NEAR_KM = 400.0
_KNOWN = 50_000  # people of a town that may be meant beside a land of its name
_BESIDE_KM, _BESIDE = 250.0, 2.0  # near a place that is certain
_ANCHORS = 12
_OWNED, _QUARTER_KM = 4, 80.0  # words between a town and its quarter, and how far that may lie
_GREAT = 1_000_000
_DASHES = frozenset({"-", "–", "—", "--", "---", "_"})


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named by the tokens [first, last) of a sentence. `government` marks a place-name that acts as a state.

    `dateline`: it stands before the report, outside all sentences (-1). `capital`: it is a country's.
    """

    sentence: int
    first: int
    last: int
    head: int
    place: Place
    government: bool = False
    dateline: bool = False
    capital: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """What the article as a whole says of where it is: the countries (and how often) and regions that it names."""

    countries: Mapping[str, int]
    regions: frozenset[str]
    anchors: tuple[tuple[float, float], ...]  # points of places of one reading
    dateline: PlaceEntry | None
    speaking: Mapping[str, Mapping[str, float]]  # name -> region -> how clearly the name speaks for that region
    company: Mapping[str, float]  # region -> how clearly all names together do


def find_places(
    article: Article,
    sentences: Sequence[Sentence],
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    actors: ActorTables,
) -> tuple[PlaceMention, ...]:
    """All places that the article names, in order; the actors of `mentions` tell the countries that it speaks of.

    The dateline's comes first, of no sentence (-1), unless it stands in one. A place that the network sees and no table
    knows stands with its name alone.
    """
    day = article.published[:10] if article.published else None
    candidates = [c for sentence in sentences for c in candidates_in(sentence, gazetteer, actors, day)]
    context = _context(article, mentions, [c for c in candidates if not (c.echo or c.site)], gazetteer)
    chosen: dict[str, PlaceEntry | None] = {}
    places: list[PlaceMention] = []
    if context.dateline is not None and article.dateline is not None:
        line = as_place(context.dateline, article.dateline)
        places.append(PlaceMention(-1, 0, 0, -1, line, False, True, context.dateline.capital))
    before: Candidate | None = None
    plain = {_key(c).lower() for c in candidates if c.labelled and not c.echo}
    for candidate in candidates:
        if candidate.echo and _key(candidate).lower() not in plain:
            continue
        entry = _choose(candidate, before, context, chosen, gazetteer)
        if entry is not None or _stands_alone(candidate, before, chosen):
            places.append(_mention(article, candidate, entry, gazetteer.words))
        before = candidate
    return tuple(places)


# -- choosing


def _context(
    article: Article, mentions: Sequence[Mention], candidates: Sequence[Candidate], gazetteer: Gazetteer
) -> _Context:
    counts: dict[str, int] = {}
    regions: set[str] = set()
    anchors: list[tuple[float, float]] = []
    # a name that may be several places is no support for itself, whatever state the mention was taken for
    open_names = {c.sentence.tokens[c.first].start for c in candidates if len(c.readings) > 1}
    supports = (m for m in mentions if not (m.start in open_names and m.kind == "country"))
    for country in (actor.country for mention in supports for actor in mention.actors):
        if country:
            counts[country] = counts.get(country, 0) + 1
    for candidate in candidates:
        first = candidate.readings[0] if candidate.readings else None
        if first is None or first.country is None:
            continue
        others = len({entry.country for entry in candidate.readings if entry.precision != "place"}) > 1
        if others or (first.precision == "place" and len(candidate.readings) > 1):
            continue
        counts[first.country] = counts.get(first.country, 0) + 1
        if first.precision == "region":
            regions.add(first.region)
        if first.precision != "country":
            anchors.append((first.lat, first.lon))
    speaking = {_key(c): _speaks_for(c) for c in candidates}
    company: dict[str, float] = {}
    for told in speaking.values():
        for region, share in told.items():
            company[region] = company.get(region, 0.0) + share
    bare = _Context(counts, frozenset(regions - {""}), tuple(anchors[:_ANCHORS]), None, speaking, company)
    dateline = _dateline(article, candidates, bare, gazetteer)
    if dateline is None:
        return bare
    if dateline.country is not None:
        counts[dateline.country] = counts.get(dateline.country, 0) + 1
    if dateline.precision == "place" and dateline.people < _GREAT:
        company[dateline.region] = company.get(dateline.region, 0.0) + 1.0
    return replace(bare, dateline=dateline)


def _key(candidate: Candidate) -> str:
    return " ".join(token.text for token in candidate.sentence.tokens[candidate.first : candidate.last])


def _speaks_for(candidate: Candidate) -> Mapping[str, float]:
    """The first-level regions in which a name has readings, each with its share: a rare name says more."""
    regions = {entry.region for entry in candidate.readings if entry.region}
    return dict.fromkeys(regions, 1.0 / len(regions)) if regions else {}


def _dateline(
    article: Article, candidates: Sequence[Candidate], context: _Context, gazetteer: Gazetteer
) -> PlaceEntry | None:
    """The place of the dateline: that of the article, else one in capitals before a dash that opens a sentence."""
    if article.dateline is not None:
        town, _, land = article.dateline.text.replace("(", ",").partition(",")
        readings = gazetteer.named(town.strip())
        lands = gazetteer.named(land.strip(" )")) if land.strip() else ()
        within = [entry for entry in readings for over in lands if over.precision != "place" and _lies_in(entry, over)]
        return next(iter((*within, *readings)), None)
    for candidate in candidates:
        if _is_dateline(candidate):
            return _contained(candidate, gazetteer) or _best(candidate, context, gazetteer.words)
    return None


def _is_dateline(candidate: Candidate) -> bool:
    """ "HUDSON -- Officials", "CHARLESTON, W.Va. - A man": a dateline that a headline or its lack kept unread."""
    tokens, last = candidate.sentence.tokens, candidate.last
    if candidate.first or not candidate.readings or not all(t.text.isupper() for t in tokens[:last]):
        return False
    if last + 2 < len(tokens) and tokens[last].text == ",":
        last += 2
    return last < len(tokens) and tokens[last].text in _DASHES


def _choose(
    candidate: Candidate,
    before: Candidate | None,
    context: _Context,
    chosen: dict[str, PlaceEntry | None],
    gazetteer: Gazetteer,
) -> PlaceEntry | None:
    """The reading of a candidate: what stands beside it ("Paris, Texas"), else the article; one name, one place."""
    if not candidate.readings:
        return None
    if len(candidate.readings) == 1 and candidate.readings[0].precision == "country":
        return candidate.readings[0]
    owner = _owner(before, candidate, chosen)
    if owner is not None:
        near = [e for e in candidate.readings if e.country == owner.country and _is_near(e, owner)]
        return near[0] if near else None
    containing = _containing(before, candidate)
    if containing is not None:
        return containing
    key = _key(candidate)
    contained = _contained(candidate, gazetteer)
    if contained is not None:
        chosen[key] = contained
    elif key not in chosen:
        chosen[key] = _best(candidate, context, gazetteer.words)
    entry = chosen[key]
    if entry is not None and candidate.site and _unsupported(entry, context, _KNOWN):
        return None
    if entry is not None and not candidate.labelled and _unsupported(entry, context):
        return None
    return entry


def _stands_alone(candidate: Candidate, before: Candidate | None, chosen: Mapping[str, PlaceEntry | None]) -> bool:
    """Is a name that no entry fits a place all the same: sure, and unknown, a site, or a town's quarter?"""
    unknown = candidate.site or not candidate.readings or _owner(before, candidate, chosen) is not None
    return candidate.labelled and unknown


def _owner(
    before: Candidate | None, candidate: Candidate, chosen: Mapping[str, PlaceEntry | None]
) -> PlaceEntry | None:
    """The town in which a quarter lies: "Baghdad's Dora district", "Baghdad's northern Sadr City"."""
    if before is None or before.sentence is not candidate.sentence or not 0 < candidate.first - before.last <= _OWNED:
        return None
    between = candidate.sentence.tokens[before.last : candidate.first]
    entry = chosen.get(_key(before))
    if entry is None or entry.precision != "place" or between[0].text not in ("'s", "’s"):
        return None
    return entry if all(token.upos in ("ADJ", "NOUN", "ADP", "PUNCT") for token in between[1:]) else None


def _is_near(entry: PlaceEntry, town: PlaceEntry) -> bool:
    return distance_km(entry.lat, entry.lon, town.lat, town.lon) < _QUARTER_KM


def _containing(before: Candidate | None, candidate: Candidate) -> PlaceEntry | None:
    """The region or country in which the name just before lies: "Buffalo, New York" speaks of the state."""
    if before is None or before.sentence is not candidate.sentence or candidate.first - before.last != 1:
        return None
    if candidate.sentence.tokens[before.last].text != ",":
        return None
    for land in candidate.readings:
        if land.precision != "place" and any(e.precision == "place" and _lies_in(e, land) for e in before.readings):
            return land
    return None


def _contained(candidate: Candidate, gazetteer: Gazetteer) -> PlaceEntry | None:
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
                    return entry if _may_be_named_so(entry, candidate.readings[0]) else None
    return None


def _may_be_named_so(town: PlaceEntry, first: PlaceEntry) -> bool:
    """Beside a land of the same name a small town is not meant: "Oregon, Ohio and Texas" lists states."""
    return first.precision == "place" or town.people >= _KNOWN


def _lies_in(entry: PlaceEntry, land: PlaceEntry) -> bool:
    if entry.country != land.country or entry.precision != "place":
        return False
    if land.precision == "country" or (land.region and land.region == entry.region):
        return True
    return not land.region and distance_km(entry.lat, entry.lon, land.lat, land.lon) < _NEAR_KM


def _best(candidate: Candidate, context: _Context, words: Words) -> PlaceEntry | None:
    own = context.speaking.get(_key(candidate), {})
    wide = candidate.readings[0]
    meant = [e for e in candidate.readings if e is wide or wide.country is None or _may_be_named_so(e, wide)]
    scored = [(_score(entry, own, context), -rank, entry) for rank, entry in enumerate(meant)]
    _, _, entry = max(scored, key=lambda item: item[:2])
    tokens, last = candidate.sentence.tokens, candidate.last
    stated = last < len(tokens) and tokens[last].text.lower() in words["kind"]  # "New York state"
    if entry.precision == "region" and not stated:
        # a great city that bears its region's name is meant rather than the region: New York
        entry = next((e for e in candidate.readings if e.people > _GREAT and _lies_in(e, entry)), entry)
    name = candidate.sentence.tokens[candidate.first].text.lower()
    common = candidate.last - candidate.first == 1 and name in words["not-place"]
    if common and (not candidate.labelled or _unsupported(entry, context)):
        return None
    return entry


def _score(entry: PlaceEntry, own: Mapping[str, float], context: _Context) -> float:
    score = math.log10(entry.people + 10)
    if entry.capital:
        score += _CAPITAL
    if entry.precision != "place":
        score += _WIDE + (_SOVEREIGN if entry.precision == "country" else 0.0)
    if entry.country is not None and entry.country in context.countries:
        score += _SUPPORT + 0.2 * min(context.countries[entry.country], 5)
    if entry.region:
        score += _COMPANY * min(context.company.get(entry.region, 0.0) - own.get(entry.region, 0.0), _MOST_COMPANY)
    if entry.precision == "place":
        if entry.region and entry.region in context.regions:
            score += _SAME_REGION
        if any(distance_km(entry.lat, entry.lon, lat, lon) < _BESIDE_KM for lat, lon in context.anchors):
            score += _BESIDE
    if context.dateline is not None and entry.country is not None and entry.country == context.dateline.country:
        score += _DATELINE
    return score


def _unsupported(entry: PlaceEntry, context: _Context, people: int = _SMALL) -> bool:
    near = context.dateline is not None and entry.country == context.dateline.country
    return entry.people < people and entry.country not in context.countries and not near


def _mention(article: Article, candidate: Candidate, entry: PlaceEntry | None, words: Words) -> PlaceMention:
    sentence, first, last = candidate.sentence, candidate.first, candidate.last
    tokens = sentence.tokens
    start, end = tokens[first].start, tokens[last - 1].end
    span = Span(article.text[start:end], start, end)
    place = as_place(entry, span) if entry is not None else Place(span.text, None, None, None, "place", None, span)
    head = head_of(first, last, tokens)
    stately = entry is not None and (entry.capital or entry.precision == "country")
    acts = stately and (_acts(head, tokens, words) or _is_adjectival(first, last, tokens))
    line = article.dateline
    within = (line is not None and line.start <= start < line.end) or _is_dateline(candidate)
    return PlaceMention(sentence.index, first, last, head, place, acts, within, entry is not None and entry.capital)


def as_place(entry: PlaceEntry, span: Span | None) -> Place:
    """An entry of the gazetteer as the record tells it, with the words that name it."""
    lat, lon = round(entry.lat, 5), round(entry.lon, 5)
    return Place(entry.name, entry.country, lat, lon, entry.precision, entry.geonames or None, span)


def _is_adjectival(first: int, last: int, tokens: Sequence[Token]) -> bool:
    """ "U.S. troops", "UK government": the letters stand for American and British there."""
    token = tokens[first]
    letters = last - first == 1 and token.text.replace(".", "").isupper() and len(token.text) <= 5
    return letters and token.relation in ("compound", "amod", "nmod:poss")


def _acts(head: int, tokens: Sequence[Token], words: Words) -> bool:
    """Does a capital or country act here, as a government does: subject of an act, owner of a policy, party of ties?"""
    token = tokens[head]
    if not 0 <= token.head < len(tokens):
        return False
    over = tokens[token.head]
    if token.relation in SUBJECTS:
        return not (token.relation == "nsubj:pass" or over.upos == "NOUN" or over.lemma in words["passive-place"])
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
