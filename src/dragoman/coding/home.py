"""Where people, police and officials belong whose country the text does not say ("police arrested protesters in
Minsk").

In: a party without a country, and all words of the article that speak for one: names, nationalities, capitals,
places. Out: for each country the features that a logistic model weighs (fitted by `training/calibrate.py`), and the
likeliest country with its probability. Where all words speak for one country, whoever has a sector and no country is
of it, also outside events. What is inferred says so in the actor's basis ("inferred:company"), so that a reader can
tell and leave it out.

It knows no geography beyond the article: a country that no word speaks for is never inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.coding.drafts import SEVERAL, STRANGER
from dragoman.coding.logistic import Features, Logistic
from dragoman.coding.place_names import PlaceMention
from dragoman.values import Actor, Mention, Party

# Acts that mostly stay at home; in others the two sides belong to two countries.
DOMESTIC = frozenset(
    {
        "COERCE",
        "PROTEST",
        "ASSAULT",
        "ACCUSE",
        "REQUEST",
        "REJECT",
        "SANCTION",
        "THREATEN",
        "CONCEDE",
        "RETREAT",
        "MOBILIZE",
    }
)
_ROVING = frozenset({"CRM", "MNC", "NGO", "IMG"})  # who act across borders too often
_NEAR = 20.0  # characters
_FAR = 10**9


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that speak for a country; `kind` is that of the mention, or "place"."""

    start: int
    end: int
    sentence: int
    country: str
    kind: str


def evidence_of(mentions: Iterable[Mention], places: Iterable[PlaceMention]) -> tuple[Evidence, ...]:
    """All that speaks for a country in an article, in the order of the text."""
    found = [
        Evidence(mention.start, mention.end, mention.sentence, actor.country, mention.kind)
        for mention in mentions
        for actor in mention.actors
        if actor.country is not None
    ]
    for each in places:
        span, country = each.place.span, each.place.country
        if span is not None and country is not None:
            found.append(Evidence(span.start, span.end, each.sentence, country, "place"))
    return tuple(sorted(set(found), key=lambda e: (e.start, e.end, e.country, e.kind)))


def lacks_country(actor: Actor) -> bool:
    """Nobody's: a person or group of whom neither text nor table names a country or body, and that has but one."""
    known = actor.country is not None or actor.party is not None
    return not known and actor.sector not in _ROVING and not {SEVERAL, STRANGER}.intersection(actor.basis)


@dataclass(frozen=True, slots=True)
class Seeking:
    """A party whose country is sought: its words, its event's category and named place, the other side's countries."""

    text: str
    start: int
    end: int
    sentence: int
    category: str
    place: str | None  # the country of the place that the text names for the event
    others: frozenset[str]


def home_features(seeking: Seeking, evidence: Sequence[Evidence]) -> Mapping[str, Features]:
    """For each country that something speaks for, what the model weighs."""
    start, end, sentence = seeking.start, seeking.end, seeking.sentence
    heard = [e for e in evidence if not (start <= e.start and e.end <= end)]
    if not heard:
        return {}
    domestic = seeking.category in DOMESTIC
    others = seeking.others
    first = min(e.start for e in heard)
    last = max((e.start for e in heard if e.sentence <= sentence), default=-1)
    countries = sorted({e.country for e in heard})
    found: dict[str, Features] = {}
    for country in countries:
        own = [e for e in heard if e.country == country]
        here = [e for e in own if e.sentence == sentence]
        near = min((max(e.start - end, start - e.end, 0) for e in here), default=_FAR)
        kinds = {e.kind for e in own}
        found[country] = {
            "share": len(own) / len(heard),
            "same_sentence": float(bool(here)),
            "near": 1.0 / (1.0 + near / _NEAR) if here else 0.0,
            "before": float(any(e.end <= start for e in here)),
            "place_here": float(any(e.kind == "place" for e in here)),
            "place": float("place" in kinds),
            "other_side_at_home": float(domestic and country in others),
            "other_side_abroad": float(not domestic and country in others),
            "event_place": float(country == seeking.place),
            "elsewhere": float(seeking.place is not None and country != seeking.place),
            "named": float(seeking.text[:1].isupper()),
            "only_one": float(len(countries) == 1),
            "named_first": float(own[0].start == first),
            "named_last": float(any(e.start == last for e in own)),
            "person": float(bool(kinds & {"name", "title"})),
            "body": float(bool(kinds & {"organisation", "group"})),
        }
    return found


def at_home(mentions: Sequence[Mention], evidence: Sequence[Evidence]) -> tuple[Mention, ...]:
    """The mentions of an article that speaks of one country alone: who has none in it is that country's.

    Persons by name stay open, for strangers are named, and so does who has no sector.
    """
    countries = {each.country for each in evidence}
    if len(countries) != 1:
        return tuple(mentions)
    country = countries.pop()
    return tuple(
        replace(mention, actors=tuple(_of(a, country) if _is_local(a) else a for a in mention.actors))
        if mention.kind != "name"
        else mention
        for mention in mentions
    )


def _is_local(actor: Actor) -> bool:
    return lacks_country(actor) and actor.sector is not None


def with_homes(
    parties: Sequence[Party],
    others: Sequence[Party],
    act: tuple[int, str, str | None],
    evidence: Sequence[Evidence],
    model: Logistic,
) -> tuple[Party, ...]:
    """The parties of one side, those without a country given the likeliest, if it is likely enough.

    `act`: its sentence, its category, and the country of the place that the text names for it.
    """
    sentence, category, place = act
    abroad = frozenset(party.actor.country for party in others if party.actor.country is not None)
    found = []
    for party in parties:
        if lacks_country(party.actor):
            seeking = Seeking(party.text, party.start, party.end, sentence, category, place, abroad)
            features = home_features(seeking, evidence)
            chances = {country: model.probability(own) for country, own in features.items()}
            best = max(chances, key=lambda country: (chances[country], country), default=None)
            if best is not None and chances[best] >= model.threshold:
                party = replace(party, actor=_of(party.actor, best))
        found.append(party)
    return tuple(found)


def _of(actor: Actor, country: str) -> Actor:
    identity = actor.id.replace("text:-:", f"text:{country}:", 1)
    return replace(actor, id=identity, party=country, country=country, basis=(*actor.basis, "inferred:company"))
