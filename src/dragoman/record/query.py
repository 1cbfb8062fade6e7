"""Ask a record. In: the folder of a record, and a filter. Out: events, mentions and counts as relations of DuckDB.

Reading takes no lock: a record is read as it was when it was opened, even while a build goes on. Open it again to see
what is new; at the latest after the second build, for that one removes the files that the first replaced. A relation
holds no rows until they are fetched, and lives no longer than its record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Self, get_args

import duckdb

from dragoman.errors import RecordError, UsageError
from dragoman.record.counts import FACETS, FIELDS, Facet, by_what, columns_for, counts_sql, facets_sql
from dragoman.record.export import CodedArticle
from dragoman.record.filter_names import resolved
from dragoman.record.filters import EventFilter, inlined, where
from dragoman.record.index import NAMED, attached, chosen_sql, index_path
from dragoman.record.locked_sql import ROWS, SECONDS, SqlAnswer, ask_sql
from dragoman.record.parquet import open_engine, quoted, scan, told_plainly
from dragoman.record.store import Manifest, Shard, check_files, check_merged, read_manifest
from dragoman.record.tables import MERGED, TABLES, CodedBy, article_of, event_of

Order = Literal["newest", "oldest", "mentions", "confidence"]
Library = Literal["pandas", "polars", "arrow"]

_ORDERS: Mapping[Order, str] = {
    "newest": "date_start DESC NULLS LAST",
    "oldest": "date_start NULLS LAST",
    "mentions": "mentions DESC, date_start DESC NULLS LAST",
    "confidence": "confidence DESC, date_start DESC NULLS LAST",
}
_ORDERED = ("date_start", "mentions", "confidence")
# What each outlet told of each event.
_OUTLETS = """SELECT told.event AS id, publisher, count(*) AS mentions,
    count(DISTINCT told.article) FILTER (told.copy_of IS NULL) AS reports
    FROM event_mentions AS told JOIN mentions AS own ON own.article = told.article AND own.ordinal = told.ordinal
    GROUP BY ALL"""
_FETCHED_AT_ONCE = 500
_FEW = 10_000


class Record:
    """An open record: views over its files: `articles`, `mentions`, `evidence`, `rejects`, and the merged tables."""

    __slots__ = ("_engine", "_indexed", "folder", "manifest")

    def __init__(self, folder: Path, manifest: Manifest, engine: duckdb.DuckDBPyConnection) -> None:
        """All parts are handed in; `Record.open` makes them."""
        self.folder = folder
        self.manifest = manifest
        self._engine = engine
        self._indexed = False

    @classmethod
    def open(cls, folder: Path | str, *, indexed: bool = True) -> Record:
        """Open the record in a folder; `indexed`: with its index, where it has one, which changes no answer.

        Raises RecordError where there is none, or a file is missing or cut short.
        """
        folder = Path(folder)
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        check_merged(folder, manifest)
        engine = open_engine(threads=2)
        with told_plainly(folder):
            opened = cls(folder, manifest, engine)
            opened._indexed = attached(engine, index_path(folder, manifest) if indexed else None)
            for table, paths in opened._paths().items():
                engine.execute(f"CREATE VIEW {table} AS SELECT * FROM {scan(table, paths)}")
        return opened

    def __enter__(self) -> Self:
        """Itself; it is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of files and memory."""
        self._engine.close()

    def articles(self) -> duckdb.DuckDBPyRelation:
        """The articles: text, source, what coded them. `.df()`, `.pl()` and `.to_arrow_table()` take it elsewhere."""
        return self._engine.table("articles")

    def evidence(self) -> duckdb.DuckDBPyRelation:
        """What is nested: parties, speakers and steps with the words that they were read from; one row a mention."""
        return self._engine.table("evidence")

    def rejects(self) -> duckdb.DuckDBPyRelation:
        """What could not be read or coded, with stage and reason."""
        return self._engine.table("rejects")

    @property
    def is_merged(self) -> bool:
        """Were its mentions ever merged into events?"""
        return self.manifest.merged is not None

    @property
    def merged_current(self) -> bool:
        """Are all its mentions merged into events? Not where shards came since, as from jobs of `--shard`."""
        return self.manifest.merged is not None and self.manifest.merged.shards == self.manifest.state()

    @property
    def is_indexed(self) -> bool:
        """Is there an index, so that it answers at once however large it is?"""
        return self._indexed

    def events(
        self, chosen: EventFilter | None = None, *, order: Order = "newest", limit: int | None = None, offset: int = 0
    ) -> duckdb.DuckDBPyRelation:
        """The happenings that a filter lets through, one row each, newest first; without a filter all, in any order.

        Raises RecordError where mentions were never merged into events, UsageError for a filter that means nothing.
        """
        if chosen is None:
            return self._engine.table("events")
        if order not in _ORDERS:
            raise UsageError(f"{order!r} is no order: it is one of {', '.join(get_args(Order))}")
        columns, page, last = ", ".join(MERGED["events"]), _page(limit, offset), "id"
        query, _ = self._chosen(chosen)
        if self._indexed and limit is not None and limit <= _FEW:  # first which, then all their columns
            found, _ = self._chosen(chosen, ("n", *_ORDERED))
            which = self._asked(f"SELECT n FROM ({found}) ORDER BY {_ORDERS[order]}, n{page}").fetchall()
            query, page, last = f"SELECT * FROM {NAMED}.row WHERE n IN ({_listed(which)})", "", "n"
        return self._asked(f"SELECT {columns} FROM ({query}) ORDER BY {_ORDERS[order]}, {last}{page}")

    def mentions(
        self, chosen: EventFilter | None = None, *, limit: int | None = None, offset: int = 0
    ) -> duckdb.DuckDBPyRelation:
        """All mentions of the events that a filter lets through, with `event_id` and `copy_of`, newest event first.

        Mentions may differ from their event in place, time or other fields. Without a filter: the table, one row a
        mention, flat; several values of one column are joined by "|".
        """
        if chosen is None:
            return self._engine.table("mentions")
        if self._indexed and limit is not None and limit + offset <= _FEW:  # an event has one mention at least
            found = self.events(chosen, limit=limit + offset).select("id").fetchall()
            events = f"SELECT id, date_start FROM {NAMED}.row WHERE id IN ({_listed(found)})"
            pairs = self._asked(f"SELECT article FROM event_mentions WHERE event IN ({_listed(found)})").fetchall()
            mentions = f"(SELECT * FROM mentions WHERE article IN ({_listed(pairs)}))"
            told = f"(SELECT * FROM event_mentions WHERE event IN ({_listed(found)}))"
        else:
            events, told, mentions = (
                f"SELECT id, date_start FROM ({self._chosen(chosen)[0]})",
                "event_mentions",
                "mentions",
            )
        query = f"""SELECT told.event AS event_id, told.copy_of, own.*
            FROM (SELECT id AS event, date_start AS day FROM ({events})) AS asked
            JOIN {told} AS told ON told.event = asked.event
            JOIN {mentions} AS own ON own.article = told.article AND own.ordinal = told.ordinal
            ORDER BY day DESC NULLS LAST, event_id, own.published NULLS LAST, own.article, own.ordinal"""
        return self._asked(query + _page(limit, offset))

    def counts(self, chosen: EventFilter | None = None, by: str | Sequence[str] = "month") -> duckdb.DuckDBPyRelation:
        """Events, mentions and reports, counted side by side, by period and field; `by=()` gives one row.

        Periods: day, week, month, quarter, year; fields: those of `dragoman.record.counts.FIELDS`. A filter does not
        leave out what is only planned, denied or history: `happened(filter)` does.
        """
        wanted = by_what(by)
        events, _ = self._chosen(chosen or EventFilter(), columns_for(wanted))
        return self._asked(counts_sql(events, wanted, *self._outlets()))

    def facets(
        self, chosen: EventFilter | None = None, *, fields: Sequence[str] = FACETS, top: int = 10
    ) -> dict[str, tuple[Facet, ...]]:
        """The most frequent values of each field among the events that a filter lets through."""
        fields = tuple(field for field in by_what(fields) if field in FIELDS)
        events, again = self._chosen(chosen or EventFilter(), columns_for(fields))
        query = facets_sql(events, fields, top, *self._outlets(), once=not again)
        found: dict[str, list[Facet]] = {field: [] for field in fields}
        for field, *facet in self._asked(query).fetchall():
            found[field].append(Facet(*facet))
        return {field: tuple(facets) for field, facets in found.items()}

    def event_mentions(self) -> duckdb.DuckDBPyRelation:
        """Which mention belongs to which event, and why; each mention stands in exactly one event."""
        return self._engine.table("event_mentions")

    def copies(self) -> duckdb.DuckDBPyRelation:
        """Articles that copy another, or are a later release of it."""
        return self._engine.table("copies")

    def redirects(self) -> duckdb.DuckDBPyRelation:
        """Ids that events had before, and the events where they are now."""
        return self._engine.table("redirects")

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """A query over the views. It trusts its writer: DuckDB can read and write any file; `locked_sql` does not."""
        return self._engine.sql(query)

    def ask(self, query: str, parameters: list[Any] | dict[str, Any]) -> duckdb.DuckDBPyConnection:
        """A query over the views with parameters; the rows are fetched from what it gives."""
        return self._engine.cursor().execute(query, parameters)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own over the same views, for queries with parameters and for long results."""
        return self._engine.cursor()

    def locked_sql(self, query: str, *, seconds: float = SECONDS, rows: int = ROWS) -> SqlAnswer:
        """A query that may read this record and do nothing else, for so many seconds; its first rows."""
        paths = self._paths()
        files = [path for each in paths.values() for path in each]
        return ask_sql({table: scan(table, paths[table]) for table in paths}, files, query, seconds=seconds, rows=rows)

    def rows(self, answer: duckdb.DuckDBPyRelation) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer, one by one: they need not fit into memory."""
        with told_plainly(self.folder):
            cursor = self._engine.cursor()
            cursor.execute(answer.sql_query())
            while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
                yield from rows

    def given(self, answer: duckdb.DuckDBPyRelation, library: Library) -> Any:
        """An answer as a frame of pandas or Polars, or an Arrow table. Raises UsageError where it is not installed."""
        module = "pyarrow" if library == "arrow" else library
        try:
            import_module(module)
            if library == "pandas":
                return answer.df()
            return answer.pl() if library == "polars" else answer.to_arrow_table()
        except ImportError as error:
            raise UsageError(f"{error.name or module} is not installed: pip install 'dragoman[frames]'") from error

    def _chosen(self, chosen: EventFilter, columns: Sequence[str] | None = None) -> tuple[str, bool]:
        """SQL for the events that a filter lets through, with these columns at least; are they quick to read twice?"""
        if not self.is_merged and self.manifest.rows("mentions"):
            raise RecordError(
                f"{self.folder}: its mentions were never merged into events: run dragoman build {self.folder}"
            )
        if self._indexed:
            return chosen_sql(self._engine, resolved(chosen), columns)
        return f"SELECT * FROM events WHERE {inlined(*where(resolved(chosen)))}", False

    def _outlets(self) -> tuple[str, str]:
        """SQL for what each outlet told of each event, and the column that names the event."""
        return (f"SELECT * FROM {NAMED}.outlet", "n") if self._indexed else (_OUTLETS, "id")

    def _asked(self, query: str) -> duckdb.DuckDBPyRelation:
        with told_plainly(self.folder):
            return self._engine.sql(query)

    def _paths(self) -> dict[str, list[Path]]:
        """The live files of each table."""
        merged = {table: self.manifest.merged_paths(self.folder, table) for table in MERGED}
        return {table: self.manifest.paths(self.folder, table) for table in TABLES} | merged

    def reject_lines(self) -> Iterator[str]:
        """What could not be read or coded, in order of its source, as lines of JSON."""
        paths = self.manifest.paths(self.folder, "rejects")
        query = f"SELECT source, row, stage, reason, article FROM {scan('rejects', paths)} ORDER BY ALL NULLS FIRST"
        for row in self._rows(query, "rejects"):
            yield json.dumps(row, ensure_ascii=False, separators=(",", ":"))

    def coded(self) -> Iterator[CodedArticle]:
        """All articles that could be coded, in the order of their ids, with their events as `Coder` gave them.

        Raises RecordError where a file is damaged.
        """
        for shards in _groups(self.manifest):
            check_files(self.folder, Manifest(tuple(shards)), whole=True)
            yield from self._coded(shards)

    def _coded(self, shards: list[Shard]) -> Iterator[CodedArticle]:
        paths = {table: [path for shard in shards for path in shard.paths(self.folder, table)] for table in TABLES}
        failed = f"SELECT article FROM {scan('rejects', paths['rejects'])} WHERE article IS NOT NULL"
        articles = self._rows(
            f"SELECT * FROM {scan('articles', paths['articles'])} WHERE id NOT IN ({failed}) ORDER BY id", "articles"
        )
        mentions, evidence = (
            self._rows(f"SELECT * FROM {scan(table, paths[table])} ORDER BY article, ordinal", table)
            for table in ("mentions", "evidence")
        )
        for row in articles:
            article = article_of(row)
            events = tuple(event_of(next(mentions), next(evidence), article) for _ in range(row["mentions"]))
            yield CodedArticle(article, events, CodedBy(*(row[name] for name in CodedBy.__slots__)).versions())

    def _rows(self, query: str, table: str) -> Iterator[dict[str, Any]]:
        with told_plainly(self.folder / table):
            cursor = self._engine.cursor()
            cursor.execute(query)
            names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
                for row in rows:
                    yield dict(zip(names, row, strict=True))


def _listed(rows: Sequence[tuple[Any, ...]]) -> str:
    return ", ".join(quoted(value) if isinstance(value, str) else str(value) for (value,) in rows) or "NULL"


def _page(limit: int | None, offset: int) -> str:
    if (limit or 0) < 0 or offset < 0:
        raise UsageError("a limit and an offset are 0 or more")
    return ("" if limit is None else f" LIMIT {limit}") + (f" OFFSET {offset}" if offset else "")


def _groups(manifest: Manifest) -> Iterator[list[Shard]]:
    """Shards whose articles may lie between one another's, group by group in the order of ids."""
    held: list[Shard] = []
    for shard in manifest.shards:  # sorted by prefix: what a prefix begins follows it
        if held and not shard.prefix.startswith(held[0].prefix):
            yield held
            held = []
        held.append(shard)
    if held:
        yield held
