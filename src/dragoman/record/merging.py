"""The merge pass: mentions of one happening become one event. In: the live files of a record. Out: its merged tables.

It runs at the end of a whole build, reads through DuckDB and holds no table in memory. What comes out depends on
the record's articles and mentions, the weights and the corrections alone, never on the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import duckdb

from dragoman.record.parquet import open_engine, scan, told_plainly, write_packed
from dragoman.record.store import EVENTS, Manifest, Merged, ShardFile, adopt, clear, publish
from dragoman.record.tables import AGREED, MERGED


def merge(folder: Path, handle: IO[bytes], work: Path, manifest: Manifest) -> Manifest:
    """Merge what the live shards hold, unless that was done; the manifest as it is then. `work` is for half-done files.

    Raises RecordError where a file is damaged or cannot be written.
    """
    state, settled = manifest.state(), hashlib.sha256().hexdigest()
    if manifest.merged is not None and _is_current(folder, manifest.merged, state, settled):
        return manifest
    clear(work)
    with told_plainly(folder):
        (work / "spill").mkdir(parents=True)
        (folder / EVENTS).mkdir(exist_ok=True)
        engine = open_engine(work / "spill")
        try:
            files = _written(engine, folder, work, manifest)
        finally:
            engine.close()
    return publish(folder, handle, [], [], Merged(files, state, settled))


def _is_current(folder: Path, merged: Merged, state: str, settled: str) -> bool:
    if (merged.shards, merged.settled) != (state, settled):
        return False
    return all((folder / EVENTS / file.name).exists() for file in merged.files.values())


def _written(
    engine: duckdb.DuckDBPyConnection, folder: Path, work: Path, manifest: Manifest
) -> Mapping[str, ShardFile]:
    mentions = scan("mentions", manifest.paths(folder, "mentions"))
    agreed = ", ".join(AGREED)
    queries = {
        "events": f"""SELECT id, 1 AS mentions, 1 AS articles, 1 AS reports, (publisher IS NOT NULL)::INTEGER AS publishers,
            published AS first_published, published AS last_published, {agreed}, article, ordinal, quote, title, url, publisher,
            NULL::VARCHAR AS conflicts, NULL::VARCHAR AS fulfils, NULL::VARCHAR AS cancels, NULL::VARCHAR AS fulfilled_by,
            NULL::VARCHAR AS cancelled_by FROM {mentions}""",
        "event_mentions": f"""SELECT id AS event, article, ordinal, id AS mention, NULL::VARCHAR AS copy_of, NULL::DOUBLE AS likeness,
            '[]' AS reasons FROM {mentions}""",
        "copies": f"SELECT * FROM {scan('copies', [])}",
        "redirects": f"SELECT * FROM {scan('redirects', [])}",
    }
    files = {}
    for table in MERGED:
        path = work / f"{table}.parquet"
        rows = write_packed(engine, table, queries[table], path)
        files[table] = adopt(folder, EVENTS, path, table, rows)
    return files
