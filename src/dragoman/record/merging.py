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

from dragoman.knowledge.copy_words import CopyWords, load_copy_words
from dragoman.knowledge.merging_weights import MergingWeights, load_merging_weights
from dragoman.record.agreement import agreed
from dragoman.record.copies import find_copies
from dragoman.record.corrections import read_corrections
from dragoman.record.fulfilment import LINKS, fulfilments
from dragoman.record.grouping import GROUPED, group
from dragoman.record.index import write_index
from dragoman.record.parquet import open_engine, quoted, scan, told_plainly, write_packed, write_rows
from dragoman.record.redirects import redirects
from dragoman.record.store import EVENTS, Manifest, Merged, ShardFile, adopt, check_file, clear, publish
from dragoman.record.tables import AGREED, MERGED, TABLES, Row

METHOD = "1"  # of merging; another one merges every record again
_MEMORY = "128MB"
_AT_ONCE = 500


def merge(folder: Path, handle: IO[bytes], work: Path, manifest: Manifest) -> Manifest:
    """Merge what the live shards hold, unless that was done; the manifest as it is then. `work` is for half-done files.

    Raises RecordError where a file is damaged or cannot be written.
    """
    tables, corrections = (load_copy_words(), load_merging_weights()), read_corrections(folder)
    told = [METHOD, *(table.sha256 for table in tables), corrections]
    settled = hashlib.sha256(json.dumps(told).encode()).hexdigest()
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
            queries = _queries(engine, folder, work, manifest, *tables, corrections)
            files = {}
            for table in MERGED:
                _staged(engine, work, f"unsorted_{table}", queries[table])
                rows = write_packed(engine, table, f"SELECT * FROM unsorted_{table}", work / f"merged-{table}.parquet")
                files[table] = adopt(folder, EVENTS, work / f"merged-{table}.parquet", table, rows)
        finally:
            engine.close()
    now = publish(folder, handle, [], [], Merged(files, state, settled))
    write_index(folder, now, work / "asking")
    return now


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
    words: CopyWords,
    weights: MergingWeights,
    corrections: list[dict[str, Any]],
) -> dict[str, str]:
    """The merged tables as SQL, in their order: copies, then events, then what they fulfil."""
    copies = _spooled(engine, "copies", find_copies(engine, manifest.paths(folder, "articles"), work, words), work)
    engine.execute(f"CREATE VIEW copies AS SELECT * FROM {copies}")
    engine.execute(
        """CREATE TABLE copied AS SELECT c.article, c.original, a.published FROM copies c
        JOIN (SELECT id, published FROM articles) a ON a.id = c.original WHERE c.kind <> 'revised'"""
    )
    grouped = group(engine, work, weights, corrections)
    engine.execute(f"CREATE VIEW grouped AS SELECT * FROM {scan('event_mentions', grouped, GROUPED)}")
    engine.execute("""CREATE TABLE several AS SELECT event FROM grouped GROUP BY event HAVING count(*) > 1""")
    _staged(engine, work, "told", _told())
    several = _spooled(engine, "events", _of_several(engine), work)
    _staged(engine, work, "gathered", f"{_of_one()} UNION ALL BY NAME SELECT * FROM {several}")
    links = fulfilments(engine)
    columns = ", ".join(f"l.{name}" if name in LINKS else f"g.{name}" for name in MERGED["events"])
    return {
        "events": f"SELECT {columns} FROM gathered g LEFT JOIN ({links}) l ON l.of_event = g.id",
        "event_mentions": "SELECT event, article, ordinal, mention, copy_of, likeness, reasons FROM grouped",
        "copies": "SELECT * FROM copies",
        "redirects": redirects(engine, folder, manifest),
    }


def _staged(engine: duckdb.DuckDBPyConnection, work: Path, name: str, query: str) -> None:
    """Make a view of what a query gives, from a file: few queries at a time fit into little memory."""
    path = work / f"{name}.parquet"
    engine.execute(f"COPY ({query}) TO {quoted(str(path))} (FORMAT parquet, ROW_GROUP_SIZE 10240)")
    engine.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet({quoted(str(path))})")


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


_ORIGINALS = "SELECT DISTINCT copied_from AS original FROM copies WHERE kind = 'revised'"


def _told() -> str:
    """Mentions with their events, and whether there are several of one."""
    return f"""SELECT g.event AS event_id, g.n, coalesce(g.copy_of, g.article) AS family, s.event IS NOT NULL AS
    several,
            m.article, m.ordinal, m.published, m.publisher, m.title, m.url, m.quote,
            {", ".join(f"m.{name}" for name in AGREED)}
        FROM mentions m JOIN grouped g USING (article, ordinal) LEFT JOIN several s ON s.event = g.event"""


def _of_one() -> str:
    """Events that one mention tells of."""
    return f"""SELECT event_id AS id, 1 AS mentions, 1 AS articles, 1 AS reports, (publisher IS NOT NULL)::INTEGER
    AS publishers,
        published AS first_published, published AS last_published, {", ".join(AGREED)}, article, ordinal, quote,
        title, url,
        publisher, NULL::VARCHAR AS conflicts, {", ".join(f"NULL::VARCHAR AS {name}" for name in LINKS)}
        FROM told WHERE NOT several"""


def _of_several(engine: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """Events that several mentions tell of, one after the other."""
    cursor = engine.cursor()
    cursor.execute(
        f"""SELECT t.*, r.original IS NOT NULL AS corrected FROM told t LEFT JOIN ({_ORIGINALS}) r ON r.original =
        t.article
        WHERE t.several ORDER BY t.event_id, t.n"""
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
        **dict.fromkeys(LINKS),
    }
