"""Mentions that tell of one event, put together. In: a record's mentions and copies. Out: the event of each, and why.

Mentions are taken in the order of publication. Each is compared with a few earlier ones that share parties and kind,
place, words or person within some weeks, and joins the event whose mentions it is most like on the average, if that is
enough and nothing forbids it with any of them; else it begins an event. So no chain of likenesses can join what
differs, and the order in which reports came plays no part. What waits for comparison stands in a scratch file.
"""

from __future__ import annotations

import json
import marshal
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from dragoman.knowledge.merging_weights import MergingWeights
from dragoman.record.copy_text import fingerprint
from dragoman.record.corrections import Bundles, Seen
from dragoman.record.likeness import Reasons, Told, is_apart, likeness, told_of
from dragoman.record.neighbours import COLUMNS, neighbours
from dragoman.record.parquet import write_rows

NEAREST, COMPARED, DAYS = 5, 16, 40
EDGE = 4  # of an event's mentions the first and the last so many are always compared, others as they are near
_AT_ONCE, _WORDS, _PAIRS = 1_000, 4, 3
_NEEDED = (
    "id, article, ordinal, sentence, published, event, modes, about_event, status, negated, actor_parties, actor_ids, "
    "actor_texts, recipient_parties, recipient_ids, recipient_texts, trigger, trigger_start, trigger_end, date_start, "
    "date_end, date_basis, place, place_country, geonames, place_precision, dead, injured, arrested, quote"
)
GROUPED: Mapping[str, Any] = {
    "n": "BIGINT",
    "article": "VARCHAR",
    "ordinal": "INTEGER",
    "mention": "VARCHAR",
    "event": "VARCHAR",
    "copy_of": "VARCHAR",
    "likeness": "DOUBLE",
    "reasons": "VARCHAR",
}


def group(
    engine: duckdb.DuckDBPyConnection, work: Path, weights: MergingWeights, corrections: Sequence[Mapping[str, Any]]
) -> list[Path]:
    """Files of `GROUPED` rows, each mention once. The views `mentions`, `articles` and the table `copied` are read."""
    shelf = Shelf(work / "mentions.sqlite")
    try:
        keys, seen = _prepare(
            engine, work, weights, shelf, {each["article"] for told in corrections for each in told_refs(told)}
        )
        bundles = Bundles.of(corrections, seen)
        near = neighbours(engine, keys, work, nearest=NEAREST, most=COMPARED, days=DAYS)
        _assign(shelf, near, weights, bundles)
        return _written(engine, work, shelf)
    finally:
        shelf.close()


def told_refs(correction: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All mentions that a correction names."""
    return [*correction["mentions"], *correction["others"]]


class Shelf:
    """Mentions and their events in a scratch file; an event is known by the number of its first mention."""

    def __init__(self, path: Path) -> None:
        self._data = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16000", "locking_mode = EXCLUSIVE"):
            self._data.execute(f"PRAGMA {pragma}")
        self._data.execute("CREATE TABLE mentions (n INTEGER PRIMARY KEY, body BLOB)")
        self._data.execute("CREATE TABLE members (n INTEGER PRIMARY KEY, event INTEGER, likeness REAL, reasons TEXT)")
        self._data.execute("CREATE INDEX of_event ON members (event, n)")
        self.told = lru_cache(2_000)(self._told)
        self.count = 0

    def close(self) -> None:
        """Let go of the file."""
        self._data.close()

    def begin(self) -> None:
        """What follows is written together."""
        self._data.execute("BEGIN")

    def end(self) -> None:
        """Write it."""
        self._data.execute("COMMIT")

    def put(self, told: Sequence[Told]) -> None:
        """Add mentions in their order."""
        rows = [(self.count + at, marshal.dumps(_packed(each))) for at, each in enumerate(told)]
        self._data.executemany("INSERT INTO mentions VALUES (?, ?)", rows)
        self.count += len(rows)

    def _told(self, n: int) -> Told:
        return Told(
            *_unpacked(marshal.loads(self._data.execute("SELECT body FROM mentions WHERE n = ?", (n,)).fetchone()[0]))
        )

    def join(self, n: int, event: int, likeness: float | None, reasons: Reasons) -> None:
        """Put a mention into an event."""
        told = json.dumps(reasons, separators=(",", ":"))
        self._data.execute("INSERT INTO members VALUES (?, ?, ?, ?)", (n, event, likeness, told))

    def event(self, n: int) -> int:
        """The event of a mention that has one."""
        return int(self._data.execute("SELECT event FROM members WHERE n = ?", (n,)).fetchone()[0])

    def edges(self, event: int) -> list[int]:
        """The first and last mentions of an event."""
        ask = "SELECT n FROM members WHERE event = ? ORDER BY n {} LIMIT ?"
        found = [self._data.execute(ask.format(way), (event, EDGE)).fetchall() for way in ("ASC", "DESC")]
        return sorted({n for rows in found for (n,) in rows})

    def members(self) -> Iterator[tuple[int, int, float | None, str]]:
        """All mentions in their order."""
        yield from self._data.cursor().execute("SELECT n, event, likeness, reasons FROM members ORDER BY n")


def _packed(told: Told) -> tuple[Any, ...]:
    values = (getattr(told, field.name) for field in fields(Told))
    return tuple(tuple(sorted(value)) if isinstance(value, frozenset) else value for value in values)


_SETS = frozenset(at for at, field in enumerate(fields(Told)) if field.type == "frozenset[str]")


def _unpacked(values: tuple[Any, ...]) -> list[Any]:
    return [frozenset(value) if at in _SETS else value for at, value in enumerate(values)]


def keys_of(told: Told) -> list[int]:
    """Numbers that mentions of one event are likely to share."""
    parties = sorted(told.parties)
    words = sorted(told.words, key=lambda word: (word not in told.names, -len(word), word))[:_WORDS]
    found: list[tuple[str, ...]] = [("quote", told.family, told.quote)]
    for pair in list(combinations(parties, 2))[:_PAIRS]:
        found.append(("kind", *pair, told.event))
        found.extend(("word", *pair, word) for word in words)
        if told.place:
            found.append(("place", *pair, told.place))
    for party in parties[:_PAIRS]:
        found.append(("day", party, told.event, str(told.start)))
        found.extend(("word", party, told.event, word) for word in words[:2])
        if len(parties) == 1:
            found.append(("kind", party, told.event))
    if told.place:
        found.append(("place", told.event, told.place, *parties[:1]))
    if not parties:
        found.extend(("word", told.event, told.place, word) for word in words)
    found.extend(("person", person, told.event) for person in sorted(told.persons)[:_PAIRS])
    return sorted({fingerprint(key) for key in found})


def _prepare(
    engine: duckdb.DuckDBPyConnection, work: Path, weights: MergingWeights, shelf: Shelf, corrected: set[str]
) -> tuple[list[Path], list[Seen]]:
    """Number the mentions and put them on the shelf; the files of their keys, and where those stand that were
    corrected.
    """
    cursor = engine.cursor()
    cursor.execute(
        f"""SELECT m.*, coalesce(c.original, m.article) AS family, coalesce(c.published, m.published) AS told
        FROM (SELECT {_NEEDED} FROM mentions) m LEFT JOIN copied c ON c.article = m.article
        ORDER BY m.published[:10] NULLS LAST, m.published, c.original IS NOT NULL, m.article, m.ordinal"""
    )
    names = [column[0] for column in cursor.description or ()]
    files: list[Path] = []
    seen: list[Seen] = []
    while rows := cursor.fetchmany(_AT_ONCE):
        first = shelf.count
        mentions = [dict(zip(names, row, strict=True)) for row in rows]
        told = [told_of(row, row["family"], row["told"], weights) for row in mentions]
        shelf.begin()
        shelf.put(told)
        shelf.end()
        for at, row in enumerate(mentions):
            if row["article"] in corrected:
                seen.append(Seen(first + at, row["article"], row["trigger_start"], row["trigger_end"], row["quote"]))
        files.append(work / f"mention-keys-{first:012d}.parquet")
        lines = [
            {"n": first + at, "day": each.start, "turn": first + at, "keys": keys_of(each)}
            for at, each in enumerate(told)
        ]
        write_rows(engine, "events", lines, files[-1], COLUMNS)
    return files, seen


def _assign(shelf: Shelf, near: Iterator[tuple[int, list[int]]], weights: MergingWeights, bundles: Bundles) -> None:
    shelf.begin()
    following = next(near, None)
    for n in range(shelf.count):
        others: list[int] = []
        if following is not None and following[0] == n:
            others, following = following[1], next(near, None)
        event, score, reasons = _event_of(n, others, shelf, weights, bundles)
        shelf.join(n, event, score, reasons)
        bundles.put(n, event)
    shelf.end()


def _event_of(
    n: int, others: list[int], shelf: Shelf, weights: MergingWeights, bundles: Bundles
) -> tuple[int, float | None, Reasons]:
    """The event that a mention joins, or its own number; how like it is to it, and what spoke for that."""
    told_to = bundles.event(n)
    if told_to is not None:
        return told_to, None, (("corrected", 0.0),)
    by_event: dict[int, list[int]] = {}
    for other in others:
        by_event.setdefault(shelf.event(other), []).append(other)
    mine = shelf.told(n)
    best: tuple[float, int, Reasons] | None = None
    for event in sorted(by_event):
        if bundles.forbids(n, event):
            continue
        found = [
            likeness(mine, shelf.told(other), weights) for other in sorted({*by_event[event], *shelf.edges(event)})
        ]
        if any(is_apart(score) for score, _ in found):
            continue
        mean = sum(score for score, _ in found) / len(found)
        if mean >= weights.threshold and (best is None or mean > best[0]):
            best = (mean, event, max(found, key=lambda each: each[0])[1])
    if best is None:
        return n, None, ()
    return best[1], round(best[0], 3), best[2]


def _written(engine: duckdb.DuckDBPyConnection, work: Path, shelf: Shelf) -> list[Path]:
    files: list[Path] = []
    rows: list[dict[str, Any]] = []

    def write() -> None:
        files.append(work / f"grouped-{len(files):09d}.parquet")
        write_rows(engine, "event_mentions", rows, files[-1], GROUPED)
        rows.clear()

    for n, event, score, reasons in shelf.members():
        told = shelf.told(n)
        rows.append(
            {
                "n": n,
                "article": told.article,
                "ordinal": told.ordinal,
                "mention": told.id,
                "event": told.id if event == n else shelf.told(event).id,
                "copy_of": told.family if told.family != told.article else None,
                "likeness": score,
                "reasons": reasons,
            }
        )
        if len(rows) >= 5 * _AT_ONCE:
            write()
    if rows:
        write()
    return files
