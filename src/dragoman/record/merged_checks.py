"""Do the merged tables of a record agree with its mentions, and with one another? In: the files that a manifest names.
Out: what is wrong, row by row.

Each check is a query that gives the rows that must not be. Tables that were merged before the last mentions came are
checked against themselves alone: `dragoman build` merges them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb

from dragoman.errors import RecordError
from dragoman.record.failures import Checked, Failure, Tell, file_failure
from dragoman.record.parquet import scan, told_plainly
from dragoman.record.store import EVENTS, Manifest
from dragoman.record.tables import MERGED

CORRECTIONS = "corrections.jsonl"
_FETCHED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Check:
    """A query that gives article, mention (or event) and reason of each row that is wrong."""

    table: str
    query: str
    of_mentions: bool = False  # it holds only where all mentions were merged


_COUNTS = """
    SELECT e.article, e.id, 'it tells of ' || e.mentions || ' mentions and ' || e.articles || ' articles, and has '
        || coalesce(n.mentions, 0) || ' and ' || coalesce(n.articles, 0)
    FROM events e LEFT JOIN (SELECT event, count(*) AS mentions, count(DISTINCT article) AS articles
        FROM event_mentions GROUP BY event) n ON n.event = e.id
    WHERE (e.mentions, e.articles) IS DISTINCT FROM (coalesce(n.mentions, 0), coalesce(n.articles, 0))"""
_LINKS = """
    SELECT e.article, e.id, '{column} names ' || e.{column} || ', which is no event'
    FROM events e ANTI JOIN events o ON o.id = e.{column} WHERE e.{column} IS NOT NULL"""
_CHECKS: Mapping[str, _Check] = MappingProxyType(
    {
        "counts": _Check("events", _COUNTS),
        "ids": _Check(
            "events",
            "SELECT article, id, 'its id is that of none of its mentions' FROM events e "
            "ANTI JOIN event_mentions m ON m.event = e.id AND m.mention = e.id",
        ),
        "twice": _Check(
            "events", "SELECT NULL, id, 'the event stands twice' FROM events GROUP BY id HAVING count(*) > 1"
        ),
        "standing": _Check(
            "events",
            "SELECT e.article, e.id, 'the mention that stands for it is not one of its own' FROM events e "
            "ANTI JOIN event_mentions m ON m.event = e.id AND m.article = e.article AND m.ordinal = e.ordinal",
        ),
        "quotes": _Check(
            "events",
            "SELECT e.article, e.id, 'its quote is not that of the mention that stands for it' FROM events e "
            "JOIN mentions m USING (article, ordinal) WHERE e.quote IS DISTINCT FROM m.quote",
            of_mentions=True,
        ),
        "strays": _Check(
            "event_mentions",
            "SELECT m.article, m.mention, 'its event ' || m.event || ' is not there' FROM event_mentions m "
            "ANTI JOIN events e ON e.id = m.event",
        ),
        "shared": _Check(
            "event_mentions",
            "SELECT article, min(mention), 'it stands in ' || count(*) || ' events' FROM event_mentions "
            "GROUP BY article, ordinal HAVING count(*) > 1",
        ),
        "unmerged": _Check(
            "event_mentions",
            "SELECT m.article, m.id, 'it stands in no event' FROM mentions m ANTI JOIN event_mentions e "
            "USING (article, ordinal)",
            of_mentions=True,
        ),
        "unknown": _Check(
            "event_mentions",
            "SELECT e.article, e.mention, 'there is no such mention' FROM event_mentions e ANTI JOIN mentions m "
            "ON m.article = e.article AND m.ordinal = e.ordinal AND m.id = e.mention",
            of_mentions=True,
        ),
        "copies": _Check(
            "copies",
            "SELECT c.article, NULL, 'an article of this pair is not there, or is its own copy' FROM copies c "
            "WHERE c.article = c.original OR c.article NOT IN (SELECT id FROM articles) "
            "OR c.original NOT IN (SELECT id FROM articles) OR (c.copied_from IS NOT NULL "
            "AND c.copied_from NOT IN (SELECT id FROM articles))",
            of_mentions=True,
        ),
        "redirects": _Check(
            "redirects",
            "SELECT NULL, old, 'it leads to ' || event || ', which is no event' FROM redirects r "
            "ANTI JOIN events e ON e.id = r.event",
        ),
        **{
            column: _Check("events", _LINKS.format(column=column))
            for column in ("fulfils", "cancels", "fulfilled_by", "cancelled_by")
        },
    }
)


def check_merged_tables(engine: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, tell: Tell) -> Checked:
    """Check the merged tables, if there are any, telling what is wrong; how many files were looked at."""
    for failure in _corrections(folder):
        tell(failure)
    merged = manifest.merged
    if merged is None:
        return Checked()
    sound = True
    for file in merged.files.values():
        fault = file_failure(folder, EVENTS, file, engine)
        if fault is not None:
            tell(fault)
            sound = False
    if sound and _views(engine, folder, manifest, tell):
        current = merged.shards == manifest.state()
        for name, check in _CHECKS.items():
            if current or not check.of_mentions:
                for found in _found(engine, name, check, f"{EVENTS}/{merged.files[check.table].name}"):
                    tell(found)
    return Checked(files=len(merged.files))


def _views(engine: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, tell: Tell) -> bool:
    """The tables by their names; whether all can be read and have their columns."""
    for table, columns in MERGED.items():
        path = manifest.merged_paths(folder, table)
        name = f"{EVENTS}/{path[0].name}"
        try:
            with told_plainly(name):
                engine.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM {scan(table, path)}")
                found = [row[0] for row in engine.execute(f"DESCRIBE {table}").fetchall()]
        except RecordError as error:
            tell(Failure("file", name, None, None, str(error)))
            return False
        if found != list(columns):
            tell(Failure("columns", name, None, None, f"its columns are not those of {table}"))
            return False
    for table in ("articles", "mentions"):
        paths = [path for path in manifest.paths(folder, table) if path.exists()]
        with told_plainly(table):
            engine.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM {scan(table, paths)}")
    return True


def _found(engine: duckdb.DuckDBPyConnection, name: str, check: _Check, file: str) -> Iterator[Failure]:
    try:
        with told_plainly(file):
            cursor = engine.cursor()
            cursor.execute(check.query)
            while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
                for article, mention, reason in rows:
                    yield Failure(f"merged: {name}", file, article, mention, reason)
    except RecordError as error:
        yield Failure("file", file, None, None, str(error))


def _corrections(folder: Path) -> Iterator[Failure]:
    """Lines of the users' corrections that are no JSON objects."""
    path = folder / CORRECTIONS
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                sound = not line.strip() or isinstance(json.loads(line), dict)
            except ValueError:
                sound = False
            if not sound:
                yield Failure("corrections", CORRECTIONS, None, None, f"line {number} is no JSON object")
