"""Rows to give away: of one table of a record, restricted by a filter, sorted, a few at a time.

In: an open record and what is chosen of it. Out: rows as dictionaries; nothing of the record is held whole, for DuckDB
sorts on disk. Kept apart are rows that no layout without a column for it may hold: denied, hypothetical, past or
still to come. It writes no files but those of DuckDB in a folder that goes again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import duckdb

from dragoman.errors import UsageError
from dragoman.record.exports.columns import TABLE_COLUMNS
from dragoman.record.parquet import open_engine, scan, told_plainly
from dragoman.record.query import Record
from dragoman.record.tables import MERGED, TABLES, Row

Table = Literal["events", "mentions"]
_FETCHED_AT_ONCE = 500
_MEMORY = "512MB"  # for sorting; what goes beyond lies on disk
_ORDER: Mapping[str, str] = MappingProxyType(
    {"events": "id", "mentions": "article, ordinal", "event_mentions": "event, article, ordinal", "articles": "id"}
)
# An announced act is itself done when it is announced: PLOVER codes it AGREE, or CONCEDE.
HAPPENED = (
    "(NOT negated AND NOT historical AND event <> 'STATEMENT' "
    "AND (status = 'actual' OR (status = 'future' AND event IN ('AGREE', 'CONCEDE'))))"
)
_ARTICLES = (
    "SELECT a.id, text_sha256, title, published, publisher, url, language, "
    "nullif(array_to_string(list_transform(credits, lambda x: replace(x, '|', '/')), '|'), '') AS credits, mentions, "
    "c.original AS copy_of FROM articles AS a LEFT JOIN copies AS c ON c.article = a.id"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen of a record: a table, and a condition over it with its parameters."""

    engine: duckdb.DuckDBPyConnection
    folder: Path
    table: Table
    condition: str = "true"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def happened(self) -> Selection:
        """Without what is denied, hypothetical, past or still to come, and without statements."""
        return replace(self, condition=f"({self.condition}) AND {HAPPENED}")

    def count(self) -> int:
        """How many rows are chosen."""
        return self._number(f"SELECT count(*) FROM {self.table} WHERE {self.condition}")

    def columns(self) -> tuple[str, ...]:
        """The columns of its table."""
        return tuple(column.name for column in TABLE_COLUMNS[self.table])

    def query(self, columns: Sequence[str] = ()) -> str:
        """SQL for the chosen rows in their order."""
        wanted = ", ".join(columns or self.columns())
        return f"SELECT {wanted} FROM {self.table} WHERE {self.condition} ORDER BY {_ORDER[self.table]}"

    def rows(self, columns: Sequence[str] = ()) -> Iterator[Row]:
        """The chosen rows with these columns, all of them if none are named."""
        return self._rows(self.query(columns))

    def told_rows(self) -> Iterator[Row]:
        """The chosen rows, with what the mention that stands for each knows besides.

        The parties' offices and Wikidata ids, the words for the place, language, number of the sentence, and whether
        that lies in the first paragraph (none: it is not known, for the text has no lines).
        """
        lead = "substr(a.text, coalesce(a.body_start, 0) + 1, m.quote_start - coalesce(a.body_start, 0))"
        return self._rows(
            f"SELECT t.*, e.actors AS actor_evidence, e.recipients AS recipient_evidence, e.place.text AS place_text, "
            f"a.language, m.sentence, CASE WHEN m.sentence = 0 THEN true "
            f"WHEN contains(a.text, chr(10)) THEN NOT contains(ltrim({lead}), chr(10)) END AS lead FROM "
            f"(SELECT {', '.join(name for name in self.columns() if name != 'sentence')} FROM {self.table} "
            f"WHERE {self.condition}) AS t JOIN mentions AS m USING (article, ordinal) "
            f"JOIN evidence AS e USING (article, ordinal) JOIN articles AS a ON a.id = t.article "
            f"ORDER BY {', '.join(f't.{name}' for name in _ORDER[self.table].split(', '))}"
        )

    def link_query(self) -> str:
        """SQL for the mentions of the chosen events."""
        names = ", ".join(column.name for column in TABLE_COLUMNS["event_mentions"])
        chosen = f"event IN (SELECT id FROM events WHERE {self.condition})"
        if self.table == "mentions":
            chosen = f"mention IN (SELECT id FROM mentions WHERE {self.condition})"
        return f"SELECT {names} FROM event_mentions WHERE {chosen} ORDER BY {_ORDER['event_mentions']}"

    def article_query(self, *, cited: bool = False) -> str:
        """SQL for all articles of the record, without their texts; `cited`: those of the chosen rows."""
        where = ""
        if cited:
            where = f" WHERE a.id IN (SELECT article FROM {self.table} WHERE {self.condition})"
            if self.table == "events":
                where = (
                    " WHERE a.id IN (SELECT article FROM event_mentions WHERE event IN "
                    f"(SELECT id FROM events WHERE {self.condition}))"
                )
        return f"{_ARTICLES}{where} ORDER BY a.id"

    def link_rows(self) -> Iterator[Row]:
        """The mentions of the chosen events."""
        return self._rows(self.link_query())

    def article_rows(self, *, cited: bool = False) -> Iterator[Row]:
        """The articles, without their texts."""
        return self._rows(self.article_query(cited=cited))

    def used(self, query: str) -> Mapping[str, Any]:
        """The parameters that a query reads: DuckDB refuses others."""
        return {name: value for name, value in self.parameters.items() if f"${name}" in query}

    def _number(self, query: str) -> int:
        with told_plainly(self.folder):
            found = self.engine.execute(query, self.used(query)).fetchone()
        return int(found[0]) if found is not None else 0

    def _rows(self, query: str) -> Iterator[Row]:
        with told_plainly(self.folder):
            cursor = self.engine.cursor()
            cursor.execute(query, self.used(query))
            names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
                for row in rows:
                    yield dict(zip(names, row, strict=True))


@contextmanager
def selection(
    record: Record, table: Table, condition: str = "true", parameters: Mapping[str, Any] | None = None
) -> Iterator[Selection]:
    """Choose rows of a record. Raises UsageError where it has no events yet."""
    check_merged(record, table)
    with tempfile.TemporaryDirectory(prefix="dragoman-") as spill:
        engine = open_engine(Path(spill))
        try:
            with told_plainly(record.folder):
                engine.execute(f"SET memory_limit = '{_MEMORY}'")
                for name in TABLES:
                    paths = record.manifest.paths(record.folder, name)
                    engine.execute(f"CREATE VIEW {name} AS SELECT * FROM {scan(name, paths)}")
                for name in MERGED:
                    paths = record.manifest.merged_paths(record.folder, name)
                    engine.execute(f"CREATE VIEW {name} AS SELECT * FROM {scan(name, paths)}")
            yield Selection(engine, record.folder, table, condition, parameters or {})
        finally:
            engine.close()


def check_merged(record: Record, table: Table) -> None:
    """Raise UsageError where events are asked for and the mentions were never merged into any."""
    if table == "events" and not record.is_merged:
        raise UsageError(
            f"{record.folder}: its mentions were not merged into events yet: run dragoman build {record.folder}, "
            "or export --mentions"
        )
