"""Rows and queries to Parquet files and back, through DuckDB. In: rows, SQL, paths. Out: files, connections.

Nothing is fetched: DuckDB may load no extension but those of its wheel. One file is written by one thread, from rows in
a fixed order, so that equal rows give equal bytes under one version of DuckDB.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from dragoman.errors import RecordError
from dragoman.record.tables import MERGED, SORTED_BY, TABLES, Row

SCHEMA = 1
_ROW_GROUPS: Mapping[str, int] = {"articles": 2048, "evidence": 4096}
_ROW_GROUP = 16384  # of every other table
_SORTED_AT_ONCE = 2_000
_DIGITS = "0123456789abcdef"
_HASHED_AT_ONCE = 1 << 20
_ERRNO = re.compile(r'"errno"\s*:\s*"(\d+)"')


def open_engine(spill: Path | None = None, *, threads: int = 1, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that holds no data of its own; `spill` is where it may put what does not fit into `memory`."""
    settings: dict[str, Any] = {
        "threads": threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory or ("1GB" if threads == 1 else "2GB"),
    }
    if spill is not None:
        settings["temp_directory"] = str(spill)
    engine = duckdb.connect(config=settings)
    engine.execute("SET enable_progress_bar = false")  # in workers it would be drawn, on stdout
    return engine


@contextmanager
def told_plainly(what: object) -> Iterator[None]:
    """What DuckDB and the system say becomes a RecordError of one line that names `what`."""
    try:
        yield
    except duckdb.Error as error:
        raise RecordError(f"{what}: {_reason(error)}") from error
    except OSError as error:
        raise RecordError(f"{error.filename or what}: {error.strerror or error}") from error


def quoted(text: str) -> str:
    """A string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def scan(table: str, paths: Sequence[Path], columns: Mapping[str, Any] | None = None) -> str:
    """SQL that stands for a table kept in `paths`: with its columns, though there be no file."""
    if paths:
        return f"read_parquet([{', '.join(quoted(str(path)) for path in paths)}])"
    return f"({_typed('[]', columns or columns_of(table))})"


def columns_of(table: str) -> Mapping[str, Any]:
    """The columns of a table and their types."""
    return TABLES[table] if table in TABLES else MERGED[table]


def within(column: str, prefix: str) -> str:
    """SQL for "begins with the hexadecimal `prefix`", in a form that skips what cannot match."""
    return f"({column} >= {quoted(prefix)} AND {column} < {quoted(prefix + 'g')})"


def write_rows(
    engine: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterable[Row],
    path: Path,
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Write rows as they come. Their text must be free of half surrogates."""
    data = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
    with told_plainly(path):
        engine.execute(_copy(_typed("$1", columns or columns_of(table)), table, path), [data])


def write_query(engine: duckdb.DuckDBPyConnection, table: str, query: str, path: Path, *, sort: bool = True) -> int:
    """Write what a query gives, in the order of `table` unless `sort` is false; how many rows there are."""
    order = f" ORDER BY {', '.join(SORTED_BY[table])}" if sort else ""
    with told_plainly(path):
        found = engine.execute(_copy(query + order, table, path)).fetchone()
    return int(found[0]) if found is not None else 0


def write_packed(engine: duckdb.DuckDBPyConnection, table: str, query: str, path: Path) -> int:
    """Write what a query gives, so that equal rows give equal bytes; how many rows there are.

    The rows pass through a table: written straight on, they would be packed after the files that they came from.
    """
    with told_plainly(path):
        order = ", ".join(SORTED_BY[table])
        engine.execute(f"CREATE OR REPLACE TEMP TABLE packed AS {query} ORDER BY {order}")
        found = engine.execute(_copy("SELECT * FROM packed", table, path)).fetchone()
        engine.execute("DROP TABLE packed")
    return int(found[0]) if found is not None else 0


def write_in_parts(
    engine: duckdb.DuckDBPyConnection, table: str, part: Callable[[str], str], prefix: str, path: Path
) -> int:
    """As `write_packed`, for the rows whose first key begins with `prefix`; `part` gives the query for a longer one.

    Of many rows one digit after the other is sorted, so that memory is that of a sixteenth.
    """
    with told_plainly(path):
        counted = engine.execute(f"SELECT count(*) FROM ({part(prefix)})").fetchall()[0][0]
        if counted <= _SORTED_AT_ONCE:  # how many there are, not how they came: equal rows give equal bytes
            return write_packed(engine, table, part(prefix), path)
        order = ", ".join(SORTED_BY[table])
        engine.execute(f"CREATE OR REPLACE TEMP TABLE packed AS SELECT * FROM ({part(prefix)}) LIMIT 0")
        for digit in _DIGITS:
            engine.execute(f"INSERT INTO packed SELECT * FROM ({part(prefix + digit)}) ORDER BY {order}")
        found = engine.execute(_copy("SELECT * FROM packed", table, path)).fetchone()
        engine.execute("DROP TABLE packed")
    return int(found[0]) if found is not None else 0


def sha256_of(path: Path) -> str:
    """The sha256 of a file, as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def keep(path: Path) -> None:
    """Make sure that a file, or the names in a folder, outlast a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _typed(data: str, columns: Mapping[str, Any]) -> str:
    rows = data if data.startswith("$") else quoted(data)
    structure = quoted(json.dumps([dict(columns)]))
    return f"SELECT unnest(r) FROM (SELECT unnest(from_json({rows}, {structure})) AS r)"


def _copy(query: str, table: str, path: Path) -> str:
    return (
        f"COPY ({query}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, "
        f"ROW_GROUP_SIZE {_ROW_GROUPS.get(table, _ROW_GROUP)}, KV_METADATA {{dragoman_schema: '{SCHEMA}'}})"
    )


def _reason(error: Exception) -> str:
    """What the system said, where DuckDB hands that on (as JSON inside its message), else the first line."""
    number = _ERRNO.search(str(error))
    if number is not None:
        return os.strerror(int(number[1]))
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
