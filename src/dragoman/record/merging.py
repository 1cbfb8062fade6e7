"""The merge pass: which articles are copies, which mentions tell of one event, what they agree on, what was fulfilled.

In: the live files of a record, and the corrections of its users. Out: the merged tables. It runs at the end of a whole
build, reads through DuckDB and holds no table in memory. What comes out depends on the record's articles and mentions,
the weights and the corrections alone, never on the order in which they came; only `redirects` remember earlier events.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import duckdb

from dragoman.knowledge.copy_words import load_copy_words
from dragoman.knowledge.merging_weights import MergingWeights, load_merging_weights
from dragoman.record.agreement import agreed
from dragoman.record.copies import find_copies
from dragoman.record.corrections import read_corrections
from dragoman.record.fulfilment import fulfilments
from dragoman.record.grouping import GROUPED, group
from dragoman.record.parquet import open_engine, scan, told_plainly, write_packed, write_rows
from dragoman.record.redirects import redirects
from dragoman.record.store import EVENTS, Manifest, Merged, ShardFile, adopt, check_file, clear, publish
from dragoman.record.tables import AGREED, MERGED, TABLES, Row

METHOD = "1"  # of merging; another one merges every record again
_MEMORY = "100MB"
_AT_ONCE = 500


def merge(folder: Path, handle: IO[bytes], work: Path, manifest: Manifest) -> Manifest:
    """Merge what the live shards hold, unless that was done; the manifest as it is then. `work` is for half-done files.

    Raises RecordError where a file is damaged or cannot be written.
    """
    weights, corrections = load_merging_weights(), read_corrections(folder)
    settled = hashlib.sha256(json.dumps([METHOD, weights.sha256, corrections]).encode()).hexdigest()
    state = manifest.state()
    if manifest.merged is not None and _is_current(folder, manifest.merged, state, settled):
        return manifest
    for shard in manifest.shards:
        for table, file in shard.files.items():
            check_file(folder, table, file, whole=False)
    clear(work)
    with told_plainly(folder):
        (work / "spill").mkdir(parents=True)
        (folder / EVENTS).mkdir(exist_ok=True)
        engine = open_engine(work / "spill")
        try:
            engine.execute(f"SET memory_limit = '{_MEMORY}'")
            for table in TABLES:
                engine.execute(f"CREATE VIEW {table} AS SELECT * FROM {scan(table, manifest.paths(folder, table))}")
            queries = _queries(engine, folder, work, manifest, weights, corrections)
            files = {}
            for table in MERGED:
                rows = write_packed(engine, table, queries[table], work / f"{table}.parquet")
                files[table] = adopt(folder, EVENTS, work / f"{table}.parquet", table, rows)
        finally:
            engine.close()
    return publish(folder, handle, [], [], Merged(files, state, settled))


def _is_current(folder: Path, merged: Merged, state: str, settled: str) -> bool:
    if (merged.shards, merged.settled) != (state, settled):
        return False
    return all(_is_there(folder / EVENTS / file.name, file) for file in merged.files.values())


def _is_there(path: Path, file: ShardFile) -> bool:
    return path.exists() and path.stat().st_size == file.bytes


def _queries(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    work: Path,
    manifest: Manifest,
    weights: MergingWeights,
    corrections: list[dict[str, Any]],
) -> dict[str, str]:
    """The merged tables as SQL, in their order: copies, then events, then what they fulfil."""
    copies = _spooled(
        engine, "copies", find_copies(engine, manifest.paths(folder, "articles"), work, load_copy_words()), work
    )
    engine.execute(f"CREATE VIEW copies AS SELECT * FROM {copies}")
    engine.execute(
        """CREATE TABLE copied AS SELECT c.article, c.original, a.published FROM copies c
        JOIN (SELECT id, published FROM articles) a ON a.id = c.original WHERE c.kind <> 'revised'"""
    )
    grouped = group(engine, work, weights, corrections)
    engine.execute(f"CREATE VIEW grouped AS SELECT * FROM {scan('event_mentions', grouped, GROUPED)}")
    engine.execute("""CREATE TABLE several AS SELECT event FROM grouped GROUP BY event HAVING count(*) > 1""")
    several = _spooled(engine, "events", _of_several(engine), work)
    engine.execute(f"CREATE VIEW gathered AS {_of_one()} UNION ALL BY NAME SELECT * FROM {several}")
    links = fulfilments(engine)
    return {
        "events": f"""SELECT g.* EXCLUDE (fulfils, cancels, fulfilled_by, cancelled_by), l.fulfils, l.cancels,
        l.fulfilled_by,
            l.cancelled_by FROM gathered g LEFT JOIN ({links}) l USING (id)""",
        "event_mentions": "SELECT event, article, ordinal, mention, copy_of, likeness, reasons FROM grouped",
        "copies": "SELECT * FROM copies",
        "redirects": redirects(engine, folder, manifest),
    }


def _spooled(engine: duckdb.DuckDBPyConnection, table: str, rows: Iterator[Row], work: Path) -> str:
    """SQL for rows that are made one by one: they wait in files."""
    paths: list[Path] = []
    held: list[Row] = []

    def write() -> None:
        paths.append(work / f"spooled-{table}-{len(paths):09d}.parquet")
        write_rows(engine, table, held, paths[-1])
        held.clear()

    for row in rows:
        held.append(row)
        if len(held) >= _AT_ONCE:
            write()
    if held:
        write()
    return scan(table, paths)


_LINKS = ", ".join(f"NULL::VARCHAR AS {name}" for name in ("fulfils", "cancels", "fulfilled_by", "cancelled_by"))


def _of_one() -> str:
    """Events that one mention tells of."""
    return f"""SELECT g.event AS id, 1 AS mentions, 1 AS articles, 1 AS reports, (m.publisher IS NOT NULL)::INTEGER
    AS publishers,
        m.published AS first_published, m.published AS last_published, {", ".join(f"m.{name}" for name in AGREED)},
        m.article, m.ordinal, m.quote, m.title, m.url, m.publisher, NULL::VARCHAR AS conflicts, {_LINKS}
        FROM grouped g JOIN mentions m USING (article, ordinal) ANTI JOIN several s ON s.event = g.event"""


def _of_several(engine: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """Events that several mentions tell of, one after the other."""
    cursor = engine.cursor()
    cursor.execute(
        f"""SELECT g.event AS event_id, coalesce(g.copy_of, m.article) AS family, r.original IS NOT NULL AS corrected,
            m.article, m.ordinal, m.published, m.publisher, m.title, m.url, m.quote,
            {", ".join(f"m.{name}" for name in AGREED)}
        FROM grouped g SEMI JOIN several s ON s.event = g.event JOIN mentions m USING (article, ordinal)
        LEFT JOIN (SELECT DISTINCT copied_from AS original FROM copies WHERE kind = 'revised') r ON r.original =
        m.article
        ORDER BY g.event, g.n"""
    )
    names = [column[0] for column in cursor.description or ()]

    def rows() -> Iterator[dict[str, Any]]:
        while found := cursor.fetchmany(_AT_ONCE):
            for row in found:
                yield dict(zip(names, row, strict=True))

    for event, mentions in groupby(rows(), key=lambda row: row["event_id"]):
        yield _event_row(event, list(mentions))


def _event_row(event: str, rows: list[dict[str, Any]]) -> Row:
    days = [row["published"] for row in rows if row["published"]]
    return {
        "id": event,
        "mentions": len(rows),
        "articles": len({row["article"] for row in rows}),
        "reports": len({row["family"] for row in rows}),
        "publishers": len({row["publisher"] for row in rows if row["publisher"]}),
        "first_published": min(days, default=None),
        "last_published": max(days, default=None),
        **agreed(rows),
        **dict.fromkeys(("fulfils", "cancels", "fulfilled_by", "cancelled_by")),
    }
