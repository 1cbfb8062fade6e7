"""A record against what careful coders found. In: gold articles and the mentions of a record. Out: precision, recall
and F1, by category and field, with what is taken for what.

In each article, gold events and mentions are matched one to one, as many as can be: a mention fits where its trigger
shares a character with the trigger (or lies in the quote) of the gold event, and anywhere in the article where gold
names no words. "event" asks for the category too, "event and parties" for the same sets of parties on both sides.
Fields are scored on matched events, where gold tells them. Intervals are percentiles of 1,000 draws of articles
(bootstrap; B. Efron and R. Tibshirani, 1993), since events of one article are not independent. It trusts the gold
file, and counts what that overlooked as wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from dragoman.record.gold import Gold, GoldArticle, GoldEvent

Row = Mapping[str, Any]
Fits = Callable[[GoldEvent, Row], bool]

NOTHING, STATEMENT = "nothing", "STATEMENT"
DRAWS, SEED = 1_000, 1
_ASKED_AT_ONCE = 500
_COLUMNS = (
    *("article", "trigger_start", "trigger_end", "event", "quad", "modes", "actor_parties", "recipient_parties"),
    *("status", "negated", "date_start", "date_end", "place", "place_country", "confidence"),
)


@dataclass(frozen=True, slots=True)
class Score:
    """So many events in gold, so many in the record, so many of them the same."""

    gold: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of what the record has, how much is right."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Of what gold has, how much was found."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; none where there is nothing on either side."""
        return 2 * self.right / (self.gold + self.found) if self.gold + self.found else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scores of a record against a gold file."""

    articles: int
    scores: Mapping[str, Score]  # "words", "quad", "event", "event and actors", ...
    intervals: Mapping[str, Mapping[str, tuple[float, float]]]  # of the same: precision, recall, f1
    categories: Mapping[str, Score]
    confusion: Mapping[tuple[str, str], int]  # (gold, record), where they differ; NOTHING on either side
    fields: Mapping[str, tuple[int, int]]  # of matched events where gold tells the field: right, and how many


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one article adds."""

    scores: Mapping[str, Score]
    pairs: tuple[tuple[GoldEvent, Row], ...]
    missed: tuple[GoldEvent, ...]
    extra: tuple[Row, ...]
    confused: tuple[tuple[GoldEvent, Row], ...]


def evaluate(
    engine: duckdb.DuckDBPyConnection,
    gold: Gold,
    *,
    confidence: float = 0.0,
    quotes_only: bool = False,
    statements: bool = False,
) -> Evaluation:
    """Score the mentions of the gold articles; with `quotes_only`, only those in quotes that gold lines give."""
    counted = []
    for article, rows in _with_mentions(engine, gold.articles):
        kept = [row for row in rows if row["confidence"] >= confidence and (statements or row["event"] != STATEMENT)]
        if quotes_only:
            kept = [row for row in kept if any(_meets(row, span) for span in article.read)]
        events = [event for event in article.events if statements or event.event != STATEMENT]
        counted.append(_article(events, kept))
    sums = {name: _sum(each.scores[name] for each in counted) for name in (counted[0].scores if counted else ())}
    # What only some gold events tell cannot be held against all that was found.
    whole = {name: score for name, score in sums.items() if score.gold == sums["event"].gold}
    return Evaluation(
        articles=len(counted),
        scores=whole,
        intervals={name: intervals([each.scores[name] for each in counted]) for name in whole},
        categories=_by_category(counted),
        confusion=_confusion(counted),
        fields=_fields([pair for each in counted for pair in each.pairs]),
    )


def matching(fits: Sequence[Sequence[int]], begun: Mapping[int, int] | None = None) -> dict[int, int]:
    """As many pairs as can be: left number -> right number. `begun` holds pairs to start from; who is paired stays so.

    (Augmenting paths, after H. Kuhn.)
    """
    left_of = {right: left for left, right in (begun or {}).items()}

    paired = set(left_of.values())
    for left in range(len(fits)):
        if left not in paired:
            _place(left, fits, left_of)
    return {left: right for right, left in left_of.items()}


def _place(left: int, fits: Sequence[Sequence[int]], left_of: dict[int, int]) -> None:
    """Pair one more, moving those that are in its way to other places, if there is a way."""
    asker: dict[int, int] = {}  # right -> the left that asked for it
    right_of = {other: right for right, other in left_of.items()}
    waiting = [left]
    while waiting:
        asking = waiting.pop(0)
        for right in fits[asking]:
            if right in asker:
                continue
            asker[right] = asking
            if right in left_of:
                waiting.append(left_of[right])
                continue
            free: int | None = right
            while free is not None:
                left_of[free] = asker[free]
                free = right_of.get(asker[free])
            return


def intervals(scores: Sequence[Score], draws: int = DRAWS, seed: int = SEED) -> dict[str, tuple[float, float]]:
    """Limits of 95% for precision, recall and F1, from draws of articles."""
    import numpy as np

    counts = np.array([(score.gold, score.found, score.right) for score in scores], dtype=float)
    if len(counts) < 2:
        return {}
    rng = np.random.default_rng(seed)
    sums = np.stack([counts[rng.integers(0, len(counts), len(counts))].sum(axis=0) for _ in range(draws)])
    gold, found, right = sums.T
    told = {}
    for name, whole in (("precision", found), ("recall", gold), ("f1", (gold + found) / 2)):
        some = whole > 0
        if some.any():
            low, high = np.percentile(right[some] / whole[some], [2.5, 97.5])
            told[name] = (float(low), float(high))
    return told


def _with_mentions(
    engine: duckdb.DuckDBPyConnection, articles: Sequence[GoldArticle]
) -> Iterator[tuple[GoldArticle, list[Row]]]:
    for first in range(0, len(articles), _ASKED_AT_ONCE):
        some = articles[first : first + _ASKED_AT_ONCE]
        wanted = "article IN (SELECT unnest($ids)) ORDER BY article, ordinal"
        query = f"SELECT {', '.join(_COLUMNS)} FROM mentions WHERE {wanted}"
        rows: dict[str, list[Row]] = {}
        for row in engine.execute(query, {"ids": [each.id for each in some]}).fetchall():
            rows.setdefault(row[0], []).append(dict(zip(_COLUMNS, row, strict=True)))
        for article in some:
            yield article, rows.get(article.id, [])


def _article(events: Sequence[GoldEvent], rows: Sequence[Row]) -> _Counted:
    measures: dict[str, Fits] = {
        "words": lambda event, row: bool(event.spans) and _touches(event, row),
        "quad": lambda event, row: _touches(event, row) and event.quad == row["quad"],
        "event": _same,
        "event and actors": lambda event, row: _same(event, row) and event.actors == _set(row, "actor"),
        "event and recipients": lambda event, row: _same(event, row) and event.recipients == _set(row, "recipient"),
        "event and parties": _same_parties,
    }
    told = {
        "words": [event for event in events if event.spans],
        "event and actors": [event for event in events if event.actors is not None],
        "event and recipients": [event for event in events if event.recipients is not None],
        "event and parties": [event for event in events if None not in (event.actors, event.recipients)],
    }
    scores = {}
    for name, fits in measures.items():
        own = told.get(name, events)
        scores[name] = Score(len(own), len(rows), len(matching(_edges(own, rows, fits))))
    strict = matching(_edges(events, rows, _same_parties))
    paired = matching(_edges(events, rows, _same), strict)
    missed = [event for number, event in enumerate(events) if number not in paired]
    extra = [row for number, row in enumerate(rows) if number not in paired.values()]
    confused = matching(_edges(missed, extra, measures["words"]))
    return _Counted(
        scores,
        tuple((events[left], rows[right]) for left, right in sorted(paired.items())),
        tuple(event for number, event in enumerate(missed) if number not in confused),
        tuple(row for number, row in enumerate(extra) if number not in confused.values()),
        tuple((missed[left], extra[right]) for left, right in sorted(confused.items())),
    )


def _edges(events: Sequence[GoldEvent], rows: Sequence[Row], fits: Fits) -> list[list[int]]:
    return [[number for number, row in enumerate(rows) if fits(event, row)] for event in events]


def _meets(row: Row, span: tuple[int, int]) -> bool:
    return bool(row["trigger_start"] < span[1] and span[0] < row["trigger_end"])


def _touches(event: GoldEvent, row: Row) -> bool:
    return not event.spans or any(_meets(row, span) for span in event.spans)


def _same(event: GoldEvent, row: Row) -> bool:
    return bool(_touches(event, row) and event.event == row["event"])


def _same_parties(event: GoldEvent, row: Row) -> bool:
    return _same(event, row) and event.actors == _set(row, "actor") and event.recipients == _set(row, "recipient")


def _set(row: Row, role: str) -> frozenset[str]:
    return frozenset((row[f"{role}_parties"] or "").split("|")) - {""}


def _sum(scores: Iterator[Score]) -> Score:
    gold = found = right = 0
    for score in scores:
        gold, found, right = gold + score.gold, found + score.found, right + score.right
    return Score(gold, found, right)


def _by_category(counted: Sequence[_Counted]) -> dict[str, Score]:
    gold, found, right = Counter[str](), Counter[str](), Counter[str]()
    for each in counted:
        gold.update(event.event for event in each.missed)
        found.update(row["event"] for row in each.extra)
        for event, row in (*each.pairs, *each.confused):
            gold[event.event] += 1
            found[row["event"]] += 1
        right.update(event.event for event, _ in each.pairs)
    return {name: Score(gold[name], found[name], right[name]) for name in sorted({*gold, *found})}


def _confusion(counted: Sequence[_Counted]) -> dict[tuple[str, str], int]:
    told = Counter[tuple[str, str]]()
    for each in counted:
        told.update((event.event, row["event"]) for event, row in each.confused)
        told.update((event.event, NOTHING) for event in each.missed)
        told.update((NOTHING, row["event"]) for row in each.extra)
    return dict(sorted(told.items(), key=lambda pair: (-pair[1], pair[0])))


def _fields(pairs: Sequence[tuple[GoldEvent, Row]]) -> dict[str, tuple[int, int]]:
    right, told = Counter[str](), Counter[str]()
    for event, row in pairs:
        for name, is_right in _judged(event, row):
            told[name] += 1
            right[name] += is_right
    return {name: (right[name], told[name]) for name in sorted(told)}


def _judged(event: GoldEvent, row: Row) -> Iterator[tuple[str, bool]]:
    """The fields that gold tells, and whether the record has the same."""
    if event.actors is not None:
        yield "actors", event.actors == _set(row, "actor")
    if event.recipients is not None:
        yield "recipients", event.recipients == _set(row, "recipient")
    if event.modes is not None:
        yield "modes", event.modes == frozenset((row["modes"] or "").split("|")) - {""}
    if event.status is not None:
        yield "status", event.status == row["status"]
    if event.negated is not None:
        yield "negated", event.negated == row["negated"]
    if event.date is not None:
        start, end = row["date_start"] or "", row["date_end"] or ""
        yield "date", event.date == (start, end)
        yield "date overlaps", bool(start) and start <= event.date[1] and event.date[0] <= end
    if event.place is not None:
        yield "place", event.place.strip().casefold() == (row["place"] or "").casefold()
    if event.place_country is not None:
        yield "place country", event.place_country == row["place_country"]
