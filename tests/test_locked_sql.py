"""SQL of strangers: it reads the record, and nothing else comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dragoman.errors import DragomanError, RecordError, UsageError
from dragoman.record.locked_sql import ask_sql
from dragoman.record.query import Record
from tests.fake_coder import small_build, write_reports


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder = tmp_path_factory.mktemp("asked")
    small_build(folder / "record", [write_reports(folder / "reports.jsonl", 0, 12)])
    (folder / "record" / "mentions" / "other.parquet").write_bytes(b"not live")
    with Record.open(folder / "record") as opened:
        yield opened


def test_it_reads_the_tables(record: Record) -> None:
    found = record.ask("SELECT event, count(*) AS n FROM mentions GROUP BY ALL")
    assert (found.columns, found.cut) == (("event", "n"), False)
    assert found.rows == (("CONSULT", record.manifest.rows("mentions")),)
    for query in (
        "FROM events LIMIT 1",
        "WITH a AS (SELECT 1) FROM a",
        "DESCRIBE events",
        "SUMMARIZE articles",
        "SHOW TABLES",
    ):
        assert record.ask(query).rows
    assert record.ask("FROM event_mentions JOIN mentions USING (article, ordinal)").rows
    assert not record.ask("FROM redirects").rows


def test_more_rows_than_allowed_are_told(record: Record) -> None:
    found = record.ask("FROM range(10)", rows=3)
    assert (len(found.rows), found.cut) == (3, True)
    assert not record.ask("FROM range(3)", rows=3).cut


def _state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


FORBIDDEN = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_json('{folder}/manifest.json')",
    "SELECT * FROM read_text('{folder}/mentions/other.parquet')",
    "SELECT * FROM read_text('{live}/../../manifest.json')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM read_csv('s3://bucket/x.csv')",
    "SELECT * FROM query('COPY events TO ''{folder}/x.csv''')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x') FROM (SET VARIABLE x = 1)",
    "COPY events TO '{folder}/x.csv'",
    "COPY events TO '{live}' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPLAIN ANALYZE COPY events TO '{live}' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPLAIN SELECT 1",
    "EXPORT DATABASE '{folder}/x'",
    "IMPORT DATABASE '{folder}/x'",
    "ATTACH '{folder}/x.duckdb'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{folder}/x.duckdb_extension'",
    "SET threads = 1",
    "SET lock_configuration = false",
    "SET allowed_directories = ['/']",
    "RESET enable_external_access",
    "PRAGMA threads = 1",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "CREATE TABLE x (i INTEGER)",
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE SECRET s (TYPE s3)",
    "CREATE MACRO f() AS 1",
    "DROP VIEW events",
    "INSERT INTO events SELECT * FROM events",
    "DELETE FROM events",
    "UPDATE events SET event = 'AID'",
    "WITH x AS (INSERT INTO events SELECT * FROM events RETURNING id) FROM x",
    "CALL enable_logging()",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "USE memory",
    "PREPARE p AS SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY events TO '{folder}/x.csv'",
    "SELECT FROM WHERE",
    "SELECT nothing FROM events",
    "",
    ";",
]


@pytest.mark.parametrize("query", FORBIDDEN)
def test_it_can_do_nothing_else(record: Record, query: str) -> None:
    before = _state(record.folder)
    [live] = record.manifest.merged_paths(record.folder, "events")
    with pytest.raises(UsageError, match=r"^--sql: [^\n]+$"):
        record.ask(query.format(folder=record.folder, live=live))
    assert _state(record.folder) == before


def test_no_setting_lets_more_through(record: Record) -> None:
    found = dict(record.ask("SELECT name, value FROM duckdb_settings()").rows)
    assert found["enable_external_access"] == "false"
    assert found["lock_configuration"] == "true"
    assert found["temp_directory"] == ""
    assert found["allowed_directories"] == "[]"
    assert "/etc" not in found["allowed_paths"]


def test_a_long_query_is_broken_off(record: Record) -> None:
    with pytest.raises(RecordError, match=r"more than 0\.2 s: .*--seconds"):
        record.ask("SELECT sum(a.range * b.range) FROM range(1000000000) a, range(1000000000) b", seconds=0.2)
    assert record.ask("SELECT 1").rows == ((1,),)


def test_a_query_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(RecordError, match="more than 20MB of memory"):
        ask_sql({}, [], "SELECT list(range) FROM range(30000000)", memory="20MB")


def test_every_kind_of_statement_but_one_is_refused(record: Record) -> None:
    """So that a kind that a later DuckDB brings is looked at by somebody."""
    with duckdb.connect() as engine:
        kinds = {engine.extract_statements(query)[0].type for query in ("SELECT 1", "VALUES (1)", "DESCRIBE SELECT 1")}
    assert kinds == {duckdb.StatementType.SELECT}
    assert issubclass(UsageError, DragomanError)
