"""SQL of strangers, over a record and nothing else. In: a query. Out: its rows, or an error that says why not.

The query runs in an engine of its own that may read the live files of the record and no other, write nowhere, reach no
network, load nothing and change no setting; none of that can be undone from SQL. One statement is run, and only if it
asks (SELECT, FROM, WITH, DESCRIBE, SUMMARIZE); after the time limit it is broken off. What does not fit into memory is
refused and not put on disk. It does not hide the record's own paths.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dragoman.errors import RecordError, UsageError
from dragoman.record.parquet import quoted

SECONDS = 30.0
ROWS = 10_000
MEMORY = "2GB"


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    """The first rows of an answer; `cut`: there were more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


def ask_sql(
    tables: Mapping[str, str],
    files: Sequence[Path],
    query: str,
    *,
    seconds: float = SECONDS,
    rows: int = ROWS,
    memory: str = MEMORY,
) -> SqlAnswer:
    """Run a query over `tables` (name -> SQL that reads `files`). Raises UsageError for a query that is refused,
    RecordError where it takes too long or too much memory."""
    with duckdb.connect(config={"threads": 2, "memory_limit": memory, "autoload_known_extensions": False}) as engine:
        for name, source in tables.items():
            engine.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")
        _lock(engine, files)
        _check(engine, query)
        with _limited(engine, seconds), _told(seconds, memory):
            found = engine.execute(query)
            columns = tuple(column[0] for column in found.description or ())
            first = found.fetchmany(rows + 1)
    return SqlAnswer(columns, tuple(first[:rows]), len(first) > rows)


def _lock(engine: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    paths = ", ".join(quoted(str(path)) for path in files)
    engine.execute("SET temp_directory = ''")
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET allow_community_extensions = false")
    engine.execute(f"SET allowed_paths = [{paths}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def _check(engine: duckdb.DuckDBPyConnection, query: str) -> None:
    """One statement that only asks. EXPLAIN is not: it can run what it explains."""
    try:
        statements = engine.extract_statements(query)
    except duckdb.Error as error:
        raise UsageError(f"--sql: {_first_line(error)}") from error
    if len(statements) != 1:
        raise UsageError(f"--sql: write one query, not {len(statements)}")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError("--sql: it only asks: SELECT, FROM, WITH, DESCRIBE or SUMMARIZE; nothing is written or set")


@contextmanager
def _limited(engine: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, engine.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def _told(seconds: float, memory: str) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        raise RecordError(
            f"the query took more than {seconds:g} s: ask for less, or allow more with --seconds"
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise RecordError(f"the query needs more than {memory} of memory: ask for less") from error
    except duckdb.PermissionException as error:
        raise UsageError(f"--sql: it reads this record and no other file or address: {_first_line(error)}") from error
    except (duckdb.IOException, duckdb.InternalException) as error:
        raise RecordError(_first_line(error)) from error
    except duckdb.Error as error:
        raise UsageError(f"--sql: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
