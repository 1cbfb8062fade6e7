"""Are two mentions of one event? In: rows of `mentions`. Out: the features that speak for and against, and their sum.

The features and their weights stand in `knowledge/tables/merging/weights.csv`, in the order in which they are told
here. Nothing is learned here, and nothing depends on the rest of the record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dragoman.knowledge.merging_weights import NEVER, VERBAL, MergingWeights

_WORD = re.compile(r"[^\W\d_]+|\d[\d,.]*\d|\d")
_IN_DATES = re.compile(r"[0-3]?\d|(?:19|20)\d\d")
_STEM = 6  # letters by which two words are taken for forms of one
Reasons = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is compared of a mention. Days count from 1970; `told` is that of publication, of a copy its original's.

    `exact`: words of the text give one day; `dated`: they give some span. `family` is the first of the
    article's copies.
    """

    id: str
    article: str
    ordinal: int
    family: str
    sentence: int
    told: int
    event: str
    about: str
    modes: frozenset[str]
    status: str
    negated: bool
    actors: frozenset[str]
    recipients: frozenset[str]
    persons: frozenset[str]
    start: int
    end: int
    exact: bool
    dated: bool
    place: str
    precision: str
    country: str
    words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    trigger: str
    sizes: tuple[int | None, int | None, int | None]
    quote: str
    again: bool

    @property
    def parties(self) -> frozenset[str]:
        """All that take part."""
        return self.actors | self.recipients


def told_of(row: Mapping[str, Any], family: str, published: str | None, weights: MergingWeights) -> Told:
    """What is compared of a row of `mentions`; `published` is the article's, of a copy its original's."""
    told = _day(published)
    start, end = _day(row["date_start"]), _day(row["date_end"])
    dated = row["date_basis"] == "text" and start >= 0
    if not dated:
        start = end = told
    own = frozenset(_stems(" ".join(row[name] or "" for name in ("actor_texts", "recipient_texts", "place"))))
    words, names, numbers, again = _words_of(row["quote"], weights)
    return Told(
        id=row["id"],
        article=row["article"],
        ordinal=row["ordinal"],
        family=family,
        sentence=row["sentence"],
        told=told,
        event=row["event"],
        about=row["about_event"] or "",
        modes=_parts(row["modes"]),
        status=row["status"],
        negated=row["negated"],
        actors=_parts(row["actor_parties"]),
        recipients=_parts(row["recipient_parties"]),
        persons=frozenset(
            each for each in _parts(row["actor_ids"]) | _parts(row["recipient_ids"]) if ":person:" in each
        ),
        start=start,
        end=end,
        exact=dated and start == end,
        dated=dated,
        place=str(row["geonames"] or row["place"] or ""),
        precision=row["place_precision"] or "",
        country=row["place_country"] or "",
        words=words - own,
        names=names - own,
        numbers=numbers,
        trigger=_stem(row["trigger"].lower()),
        sizes=(row["dead"], row["injured"], row["arrested"]),
        quote=" ".join(_WORD.findall(row["quote"].lower())),
        again=again,
    )


def likeness(one: Told, other: Told, weights: MergingWeights) -> tuple[float, Reasons]:
    """The sum of the weights of what two mentions share and differ in, and each of them. At NEVER or less they are
    kept apart.
    """
    found: list[str] = []
    if one.quote == other.quote and one.family == other.family and one.article != other.article:
        found.append("sentence-same")
    _add_kind(found, one, other, weights)
    _add_parties(found, one, other)
    _add_days(found, one, other)
    _add_place(found, one, other)
    if (one.article, one.sentence) != (other.article, other.sentence):
        _add_words(found, one, other)
    _add_sizes(found, one, other)
    table = weights.weights
    reasons = tuple((feature, table[feature]) for feature in table if feature in found)
    return sum(weight for _, weight in reasons), reasons


def is_apart(score: float) -> bool:
    """Did a `never` fall?"""
    return score <= NEVER / 2


def _add_kind(found: list[str], one: Told, other: Told, weights: MergingWeights) -> None:
    pair = (min(one.event, other.event), max(one.event, other.event))
    if one.event == other.event:
        found.append("event-same")
        if one.event in VERBAL:
            found.append("verbal")
        if one.event == "STATEMENT":
            found.append("statement")
    else:
        found.append("event-kin" if pair in weights.kin else "event-other")
    if one.status != other.status:
        found.append("status-other")
    if one.negated != other.negated:
        found.append("negated-other")
    if one.about and other.about:
        found.append("about-same" if one.about == other.about else "about-other")
    if one.modes and other.modes:
        differs = "modes-loose" if one.event in VERBAL else "modes-other"
        found.append("modes-shared" if one.modes & other.modes else differs)
    if one.again != other.again:
        found.append("again")
    if one.article == other.article:
        found.append("sentence-own" if one.sentence == other.sentence else "article-same")


def _add_parties(found: list[str], one: Told, other: Told) -> None:
    ours, theirs = one.parties, other.parties
    if not ours or not theirs:
        found.append("parties-none")
        return
    if ours == theirs:
        found.append("parties-same" if len(ours) > 1 else "parties-one")
    elif not ours & theirs:
        found.append("parties-other")
    elif ours <= theirs or theirs <= ours:
        found.append("parties-within")
    else:
        found.append("parties-cross" if len(ours) == len(theirs) == 2 else "parties-overlap")
    if "CONSULT" not in (one.event, other.event):
        _add_roles(found, one, other)
    if one.persons & other.persons:
        found.append("persons-shared")
    elif {_party_of(each) for each in one.persons} & {_party_of(each) for each in other.persons}:
        found.append("persons-other")


def _add_roles(found: list[str], one: Told, other: Told) -> None:
    """Who acts, and on whom."""
    actors, recipients = one.actors & other.actors, one.recipients & other.recipients
    turned = one.actors & other.recipients or other.actors & one.recipients
    if turned and not actors and not recipients:
        found.append("roles-turned")
        return
    if one.actors and other.actors and not actors:
        found.append("actors-other")
    if one.recipients and other.recipients and not recipients:
        found.append("recipients-other")


def _party_of(person: str) -> str:
    return person.partition(":")[0]


def _add_days(found: list[str], one: Told, other: Told) -> None:
    if one.start < 0 or other.start < 0:
        return
    if one.dated and other.dated:
        apart = max(one.start, other.start) - min(one.end, other.end)
        if one.exact and other.exact:
            found.append("day-same" if apart == 0 else "day-next" if apart == 1 else "day-other")
        else:
            found.append("days-touch" if apart <= 0 else "days-apart")
        return
    if one.dated or other.dated:
        dated, loose = (one, other) if one.dated else (other, one)
        late = loose.told - dated.end
        if loose.told < dated.start:
            found.append("told-before")
            return
    else:
        late = abs(one.told - other.told)
    steps = ((0, "told-same"), (1, "told-next"), (3, "told-soon"), (10, "told-week"))
    found.append(next((name for limit, name in steps if late <= limit), "told-late"))


def _add_place(found: list[str], one: Told, other: Told) -> None:
    if not one.place or not other.place:
        return
    if one.place == other.place:
        found.append("place-same" if one.precision == "place" else "place-country")
    elif one.precision == other.precision == "place" or (
        one.country and other.country and one.country != other.country
    ):
        found.append("place-other")


def _add_words(found: list[str], one: Told, other: Told) -> None:
    shared = len(one.words & other.words)
    found.append(
        "words-none" if not shared else "words-few" if shared < 3 else "words-some" if shared < 5 else "words-many"
    )
    if one.trigger == other.trigger:
        found.append("trigger-same")
    if one.names & other.names:
        found.append("names-shared")
    if one.numbers & other.numbers:
        found.append("numbers-shared")


def _add_sizes(found: list[str], one: Told, other: Told) -> None:
    known = [(a, b) for a, b in zip(one.sizes, other.sizes, strict=True) if a is not None and b is not None]
    if known:
        found.append("dead-same" if any(a == b for a, b in known) else "dead-other")


def _words_of(quote: str, weights: MergingWeights) -> tuple[frozenset[str], frozenset[str], frozenset[str], bool]:
    """Stems of telling words, of names among them, numbers; and whether it is told as one more."""
    words, names, numbers = set(), set(), set()
    again = False
    for match in _WORD.finditer(quote):
        word = match[0]
        low = _bare(word)
        if word[0].isdigit():
            if not _IN_DATES.fullmatch(word):
                numbers.add(word.replace(",", ""))
        elif low in weights.again:
            again = True
        elif low not in weights.idle and len(low) > 2:
            words.add(_stem(low))
            if word[0].isupper() and match.start() > 0:
                names.add(_stem(low))
    return frozenset(words), frozenset(names), frozenset(numbers), again


def _stems(text: str) -> list[str]:
    return [_stem(_bare(word)) for word in _WORD.findall(text)]


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def _stem(word: str) -> str:
    return word[:_STEM].rstrip("s") if len(word) > 3 else word


def _parts(joined: str | None) -> frozenset[str]:
    return frozenset(part for part in (joined or "").split("|") if part)


def _day(text: str | None) -> int:
    if not text:
        return -1
    try:
        return date.fromisoformat(text[:10]).toordinal() - 719163
    except ValueError:
        return -1
