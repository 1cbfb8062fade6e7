"""Pairs worth comparing. In: files of numbered things with a day and some keys. Out: pairs that share a key, day by
day.

A thing is paired with the few that stand before it under each of its keys, so that there are never more pairs than
things times keys, however many share one: the work grows with the number of things, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb

from dragoman.record.parquet import quoted

COLUMNS = {"n": "BIGINT", "day": "INTEGER", "turn": "VARCHAR", "keys": ["BIGINT"]}
_AT_ONCE = 10_000


def neighbours(
    engine: duckdb.DuckDBPyConnection, files: Sequence[Path], *, nearest: int, most: int, days: int
) -> Iterator[tuple[int, list[int]]]:
    """Each thing with some whose `turn` comes before its own, those with most keys in common first; in the order of
    turns.

    `nearest`: how many before it under one key are looked at, by `day` and `turn`; `most`: how many are given; `days`
    may lie between them (a day below 0 is none, and near to every other).
    """
    if not files:
        return
    cursor = engine.cursor()
    cursor.execute(_pairs(files, nearest, most, days))

    def fetched() -> Iterator[tuple[int, int]]:
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows

    for n, pairs in groupby(fetched(), key=lambda pair: pair[0]):
        yield n, [other for _, other in pairs]


def _pairs(files: Sequence[Path], nearest: int, most: int, days: int) -> str:
    names = ", ".join(quoted(str(path)) for path in files)
    steps = range(1, nearest + 1)
    columns = ", ".join(f"lag((n, day, turn), {at}) OVER w AS b{at}" for at in steps)
    lags = " UNION ALL ".join(
        f"SELECT n, turn, b{at}[1] AS other, b{at}[3] AS other_turn FROM near "
        f"WHERE b{at} IS NOT NULL AND (day - b{at}[2] <= {days} OR b{at}[2] < 0)"
        for at in steps
    )
    return f"""WITH flat AS (SELECT unnest(keys) AS key, n, day, turn FROM read_parquet([{names}])),
        near AS (SELECT n, day, turn, {columns} FROM flat WINDOW w AS (PARTITION BY key ORDER BY day, turn)),
        pairs AS (SELECT if(turn > other_turn, n, other) AS later, if(turn > other_turn, other, n) AS earlier,
                any_value(greatest(turn, other_turn)) AS turn, any_value(least(turn, other_turn)) AS before,
                count(*) AS common
            FROM ({lags}) GROUP BY later, earlier)
        SELECT later, earlier FROM pairs
        QUALIFY row_number() OVER (PARTITION BY later ORDER BY common DESC, before DESC) <= {most}
        ORDER BY turn, common DESC, before DESC"""
