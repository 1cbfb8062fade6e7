"""Ask a record. In: the folder of a record. Out: its tables as relations of DuckDB, and its events as they were coded.

Reading takes no lock: a record is read as it was when it was opened, even while a build goes on. Open it again to see
what is new; at the latest after the second build, for that one removes the files that the first replaced.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import duckdb

from dragoman.record.export import CodedArticle
from dragoman.record.parquet import open_engine, scan, told_plainly
from dragoman.record.store import Manifest, Shard, check_files, check_merged, read_manifest
from dragoman.record.tables import MERGED, TABLES, CodedBy, article_of, event_of

_FETCHED_AT_ONCE = 500


class Record:
    """An open record: views over its files: `articles`, `mentions`, `evidence`, `rejects`, and the merged tables."""

    __slots__ = ("_engine", "folder", "manifest")

    def __init__(self, folder: Path, manifest: Manifest, engine: duckdb.DuckDBPyConnection) -> None:
        """All parts are handed in; `Record.open` makes them."""
        self.folder = folder
        self.manifest = manifest
        self._engine = engine

    @classmethod
    def open(cls, folder: Path | str) -> Record:
        """Open the record in a folder. Raises RecordError where there is none, or a file is missing or cut short."""
        folder = Path(folder)
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        check_merged(folder, manifest)
        engine = open_engine(threads=2)
        with told_plainly(folder):
            for table in TABLES:
                engine.execute(f"CREATE VIEW {table} AS SELECT * FROM {scan(table, manifest.paths(folder, table))}")
            for table in MERGED:
                paths = manifest.merged_paths(folder, table)
                engine.execute(f"CREATE VIEW {table} AS SELECT * FROM {scan(table, paths)}")
        return cls(folder, manifest, engine)

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

    def mentions(self) -> duckdb.DuckDBPyRelation:
        """The events, one row a mention, flat; several values of one column are joined by "|"."""
        return self._engine.table("mentions")

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

    def events(self) -> duckdb.DuckDBPyRelation:
        """The happenings, one row each, with what their mentions agree on (docs/merging.md)."""
        return self._engine.table("events")

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
        """A query over the views. It trusts its writer: DuckDB can read and write any file."""
        return self._engine.sql(query)

    def ask(self, query: str, parameters: list[Any]) -> duckdb.DuckDBPyConnection:
        """A query over the views with parameters; the rows are fetched from what it gives."""
        return self._engine.cursor().execute(query, parameters)

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
