"""Pairs worth comparing. In: files of numbered things with a day, a turn and some keys. Out: pairs that share a key.

A thing is paired with the few that stand before it under each of its keys, so that there are never more pairs than
things times keys, however many share one: the work grows with the number of things, not with its square. All is sorted
on disk and read through, so that memory does not grow at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb

from dragoman.record.parquet import quoted

COLUMNS = {"n": "BIGINT", "day": "INTEGER", "turn": "BIGINT", "keys": ["BIGINT"]}
_AT_ONCE = 10_000


def neighbours(
    engine: duckdb.DuckDBPyConnection, files: Sequence[Path], work: Path, *, nearest: int, most: int, days: int
) -> Iterator[tuple[int, list[int]]]:
    """Each thing with some whose turn comes before its own, those with most keys in common first; in order of turns.

    `nearest`: how many before it under one key are looked at, by `day` and `turn`; `most`: how many are given; `days`
    may lie between them (a day below 0 is none, and near to every other). `work` is a folder for scratch files.
    """
    if not files:
        return
    names = ", ".join(quoted(str(path)) for path in files)
    by_key = _sorted(
        engine,
        f"SELECT unnest(keys) AS key, day, turn, n FROM read_parquet([{names}])",
        "key, day, turn, n",
        work / f"{files[0].stem}-by-key.parquet",
    )
    steps = range(1, nearest + 1)
    before = ", ".join(f"lag({{'key': key, 'day': day, 'turn': turn, 'n': n}}, {at}) OVER () AS b{at}" for at in steps)
    others = ", ".join(f"b{at}" for at in steps)
    pairs = _sorted(
        engine,
        f"""SELECT if(own, turn, b.turn) AS later_turn, if(own, n, b.n) AS later, if(own, b.turn, turn) AS earlier_turn,
            if(own, b.n, n) AS earlier FROM (
                SELECT *, turn > b.turn OR (turn = b.turn AND n > b.n) AS own FROM (
                    SELECT key, day, turn, n, unnest([{others}]) AS b FROM (
                        SELECT *, {before} FROM read_parquet({quoted(str(by_key))})))
                WHERE b.key = key AND b.n <> n AND (day - b.day <= {days} OR b.day < 0))""",
        "later_turn, later, earlier_turn, earlier",
        work / f"{files[0].stem}-pairs.parquet",
    )
    by_key.unlink()
    cursor = engine.cursor()
    cursor.execute(f"SELECT later, earlier FROM read_parquet({quoted(str(pairs))})")

    def fetched() -> Iterator[tuple[int, int]]:
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows

    for n, found in groupby(fetched(), key=lambda pair: pair[0]):
        common: Counter[int] = Counter()
        last: dict[int, int] = {}
        for place, (_, other) in enumerate(found):
            common[other] += 1
            last[other] = place  # the later of two with as many keys goes first
        yield n, sorted(common, key=lambda other: (-common[other], -last[other]))[:most]


def _sorted(engine: duckdb.DuckDBPyConnection, query: str, order: str, path: Path) -> Path:
    engine.execute(f"COPY ({query} ORDER BY {order}) TO {quoted(str(path))} (FORMAT parquet, ROW_GROUP_SIZE 20480)")
    return path
