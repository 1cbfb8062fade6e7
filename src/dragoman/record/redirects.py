"""Where events went whose id is an
event's no more. In: the events before, and the mentions grouped now. Out: SQL of `redirects`.

An event's id is that of its earliest mention. An id that was one leads to the event in which that mention stands now,
or, where the mention is gone, to the event that holds the first of its others.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from dragoman.record.parquet import scan
from dragoman.record.store import Manifest


def redirects(engine: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> str:
    """SQL of the table. The view `grouped` is read, and the merged tables of before where their files are there."""
    paths = {
        table: [p for p in manifest.merged_paths(folder, table) if p.exists()]
        for table in ("event_mentions", "redirects")
    }
    before, old = (scan(table, paths[table]) for table in ("event_mentions", "redirects"))
    engine.execute(f"CREATE TABLE was AS SELECT event, min(mention) AS first FROM {before} GROUP BY event")
    return f"""WITH gone AS (
            SELECT event AS old, event AS place FROM was UNION SELECT old, event AS place FROM {old}
        ), targets AS (
            SELECT g.old, coalesce(own.event, g2.event, other.event) AS event, w.event IS NOT NULL AS was_event,
                own.event IS NULL AS lost
            FROM gone g LEFT JOIN grouped own ON own.mention = g.old
            LEFT JOIN grouped g2 ON g2.mention = g.place
            LEFT JOIN was o ON o.event = g.place LEFT JOIN grouped other ON other.mention = o.first
            LEFT JOIN was w ON w.event = coalesce(own.event, g2.event, other.event)
        )
        SELECT old, any_value(event) AS event,
            any_value(CASE WHEN lost THEN 'split' WHEN was_event THEN 'joined' ELSE 'earlier' END) AS reason
        FROM targets WHERE event IS NOT NULL AND event <> old AND old NOT IN (SELECT event FROM grouped) GROUP BY old"""
