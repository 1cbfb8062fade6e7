"""What differs between two records, or two states of one. In: two folders. Out: articles, mentions and events that
were added, removed or changed, field by field, and their counts.

Articles and mentions are the same where their ids are: a mention's id is a hash of its article and trigger, and
outlives new models. Events are the same where they share mentions: an event whose mentions went into several was
split, several that went into one were joined. It tells what differs, not which is right.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from dragoman.record.parquet import open_engine, scan, told_plainly
from dragoman.record.store import Manifest, check_files, check_merged, read_manifest
from dragoman.record.tables import MERGED, TABLES

Kind = Literal["article", "mention", "event"]
Change = Literal["added", "removed", "changed", "split", "joined", "regrouped"]
KINDS: tuple[Kind, ...] = ("article", "mention", "event")
_FETCHED_AT_ONCE = 1000
# What a mention repeats of its article, and what says where a thing lies and not what it is.
_NOT_COMPARED = {
    "article": ("id", "source", "dragoman", "models", "knowledge", "settings"),
    "mention": ("id", "article", "ordinal", "published", "publisher", "title", "url"),
    "event": ("id", "article", "ordinal", "title", "url", "publisher", "quote"),
}
_TOLD_EVENTS = """
    CREATE VIEW {letter}_told AS SELECT e.*, m.mention_ids FROM {letter}_events e LEFT JOIN
    (SELECT event, list(mention ORDER BY mention) AS mention_ids FROM {letter}_event_mentions GROUP BY event) m
    ON m.event = e.id"""
_SHOWN = ("event", "modes", "actor_names", "recipient_names", "date_start", "status", "quote")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in both: `fields` are old and new values of what changed, `shown` names it."""

    kind: Kind
    change: Change
    old: tuple[str, ...]  # ids
    new: tuple[str, ...]
    fields: Mapping[str, tuple[Any, Any]]
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two records side by side, as tables `a_...` and `b_...` of one engine."""

    engine: duckdb.DuckDBPyConnection
    kinds: tuple[Kind, ...]


@contextmanager
def compared(old: Path, new: Path, kinds: Sequence[Kind] = KINDS) -> Iterator[Compared]:
    """Both records, opened. Events are left out where one of them was never merged. Raises RecordError."""
    with tempfile.TemporaryDirectory(prefix="dragoman-diff-") as spill:
        engine = open_engine(Path(spill), threads=2)
        try:
            merged = [_opened(engine, letter, folder) for letter, folder in (("a", old), ("b", new))]
            yield Compared(engine, tuple(kind for kind in kinds if kind != "event" or all(merged)))
        finally:
            engine.close()


def _opened(engine: duckdb.DuckDBPyConnection, letter: str, folder: Path) -> bool:
    """The tables of a record as views; whether it was merged."""
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    check_merged(folder, manifest)
    with told_plainly(folder):
        for table in ("articles", "mentions", "events", "event_mentions"):
            engine.execute(f"CREATE VIEW {letter}_{table} AS SELECT * FROM {_files(folder, manifest, table)}")
        engine.execute(_TOLD_EVENTS.format(letter=letter))
    return manifest.merged is not None


def differences(both: Compared, ignored: Iterable[str] = ()) -> Iterator[Difference]:
    """All that differs, kind by kind, in the order of ids. Fields that are `ignored` change nothing."""
    left_out = frozenset(ignored)
    for kind in both.kinds:
        if kind == "event":
            yield from _events(both.engine, left_out)
        else:
            yield from _same_ids(both.engine, kind, left_out)


def comparable_fields(kinds: Sequence[Kind]) -> frozenset[str]:
    """The names of all fields that are compared."""
    return frozenset(name for kind in kinds for name in _columns(kind, frozenset()))


def _files(folder: Path, manifest: Manifest, table: str) -> str:
    paths = manifest.merged_paths(folder, table) if table in MERGED else manifest.paths(folder, table)
    return scan(table, paths)


def _columns(kind: Kind, ignored: frozenset[str]) -> list[str]:
    columns = [*MERGED["events"], "mention_ids"] if kind == "event" else list(TABLES[f"{kind}s"])
    return [name for name in columns if name not in _NOT_COMPARED[kind] and name not in ignored]


def _same_ids(engine: duckdb.DuckDBPyConnection, kind: Kind, ignored: frozenset[str]) -> Iterator[Difference]:
    """Articles or mentions: the same where the ids are."""
    columns = _columns(kind, ignored)
    pairs = f"a_{kind}s AS a FULL JOIN b_{kind}s AS b ON a.id = b.id"
    yield from _unequal(engine, kind, columns, pairs, "a.id IS NOT NULL AND b.id IS NOT NULL")


def _unequal(
    engine: duckdb.DuckDBPyConnection, kind: Kind, columns: Sequence[str], pairs: str, both: str
) -> Iterator[Difference]:
    """Pairs of which one is not there, or which differ in one of the columns."""
    shown = ("title", "published", "url") if kind == "article" else _SHOWN
    extra = (
        ", (SELECT count(*) FROM b_articles x WHERE x.id = a.article) AS kept, "
        "(SELECT count(*) FROM a_articles x WHERE x.id = b.article) AS known"
        if kind == "mention"
        else ", 1 AS kept, 1 AS known"
    )
    differs = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in columns) or "false"
    asked = ", ".join(f"a.{name}, b.{name}" for name in dict.fromkeys((*columns, *shown)))
    names = list(dict.fromkeys((*columns, *shown)))
    query = (
        f"SELECT a.id, b.id{extra}, {asked} FROM {pairs} WHERE NOT ({both}) OR {differs} "
        "ORDER BY coalesce(a.id, b.id), b.id"
    )
    for row in _rows(engine, query):
        old, new, kept, known, *values = row
        before, after = dict(zip(names, values[::2], strict=True)), dict(zip(names, values[1::2], strict=True))
        told = {name: (before if new is None else after)[name] for name in shown}
        if old is None or new is None:
            if kind == "mention" and not (known if old is None else kept):
                told["why"] = "its article is in one record only"
            change: Change = "added" if old is None else "removed"
            yield Difference(kind, change, () if old is None else (old,), () if new is None else (new,), {}, told)
        else:
            yield Difference(kind, "changed", (old,), (new,), _changed(columns, before, after), told)


def _changed(columns: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Old and new values of what differs; of mentions, those that left and those that came."""
    fields = {name: (before[name], after[name]) for name in columns if before[name] != after[name]}
    if "mention_ids" in fields:
        old, new = (set(each or ()) for each in fields["mention_ids"])
        fields["mention_ids"] = (sorted(old - new), sorted(new - old))
    return fields


def _events(engine: duckdb.DuckDBPyConnection, ignored: frozenset[str]) -> Iterator[Difference]:
    """Events: the same where they share mentions."""
    engine.execute("""
        CREATE OR REPLACE TABLE shared AS
        SELECT DISTINCT a.event AS old, b.event AS new
        FROM a_event_mentions a JOIN b_event_mentions b USING (mention)""")
    engine.execute("""
        CREATE OR REPLACE TABLE single AS SELECT old, new FROM shared
        QUALIFY count(*) OVER (PARTITION BY old) = 1 AND count(*) OVER (PARTITION BY new) = 1""")
    columns = _columns("event", ignored)
    pairs = "a_told AS a JOIN single AS s ON s.old = a.id JOIN b_told AS b ON b.id = s.new"
    yield from _unequal(engine, "event", columns, pairs, "true")
    for letter, side in (("a", "old"), ("b", "new")):
        alone = f"{letter}_events WHERE id NOT IN (SELECT {side} FROM shared)"
        query = f"SELECT id, {', '.join(_SHOWN)} FROM {alone} ORDER BY id"
        for identity, *values in _rows(engine, query):
            told = dict(zip(_SHOWN, values, strict=True))
            gone = letter == "a"
            old, new = ((identity,), ()) if gone else ((), (identity,))
            yield Difference("event", "removed" if gone else "added", old, new, {}, told)
    yield from _regrouped(engine)


def _regrouped(engine: duckdb.DuckDBPyConnection) -> Iterator[Difference]:
    """Events that were split, joined, or both."""
    rows = engine.execute("SELECT old, new FROM shared ANTI JOIN single USING (old, new) ORDER BY old, new").fetchall()
    for old, new in groups(rows):
        change: Change = "split" if len(old) == 1 else "joined" if len(new) == 1 else "regrouped"
        query = f"SELECT {', '.join(_SHOWN)} FROM a_events WHERE id = $id"
        found = engine.execute(query, {"id": old[0]}).fetchone()
        yield Difference("event", change, old, new, {}, dict(zip(_SHOWN, found or (), strict=False)))


def groups(pairs: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Old and new ids that hang together through pairs, group by group, in order."""
    new_of: dict[str, list[str]] = defaultdict(list)
    old_of: dict[str, list[str]] = defaultdict(list)
    for old, new in pairs:
        new_of[old].append(new)
        old_of[new].append(old)
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    seen: set[str] = set()
    for start in sorted(new_of):
        if start in seen:
            continue
        olds, news, open_ = {start}, set[str](), [start]
        while open_:
            for new in new_of[open_.pop()]:
                if new not in news:
                    news.add(new)
                    fresh = [old for old in old_of[new] if old not in olds]
                    olds.update(fresh)
                    open_.extend(fresh)
        seen |= olds
        found.append((tuple(sorted(olds)), tuple(sorted(news))))
    return found


def _rows(engine: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    with told_plainly("the two records"):
        cursor = engine.cursor()
        cursor.execute(query)
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            yield from rows
