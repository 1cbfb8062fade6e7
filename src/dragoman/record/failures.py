"""What `dragoman verify` tells: one thing that is wrong, and how much was looked at; and the check of a single file.

In: a file of a record and what the manifest says of it. Out: a failure, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dragoman.errors import RecordError
from dragoman.record.parquet import scan, sha256_of, told_plainly
from dragoman.record.store import ShardFile


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong: in which file (within the folder), of which article and mention, if one is known."""

    check: str
    file: str
    article: str | None
    mention: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was looked at."""

    files: int = 0
    articles: int = 0
    mentions: int = 0
    spans: int = 0

    def __add__(self, other: Checked) -> Checked:
        """Both together."""
        return Checked(
            self.files + other.files,
            self.articles + other.articles,
            self.mentions + other.mentions,
            self.spans + other.spans,
        )


Tell = Callable[[Failure], None]


def file_failure(folder: Path, table: str, file: ShardFile, engine: duckdb.DuckDBPyConnection) -> Failure | None:
    """What is wrong with a live file: that it is not there, not the one that was written, or of other rows."""
    name = f"{table}/{file.name}"
    path = folder / table / file.name
    try:
        size = path.stat().st_size
        if size != file.bytes:
            return Failure("file", name, None, None, f"it has {size:,} bytes, the manifest says {file.bytes:,}")
        found = sha256_of(path)
    except FileNotFoundError:
        return Failure("file", name, None, None, "it is missing")
    except OSError as error:
        return Failure("file", name, None, None, f"it cannot be read ({error.strerror or error})")
    if found != file.sha256:
        return Failure("file", name, None, None, f"its sha256 is {found}, the manifest says {file.sha256}")
    try:
        with told_plainly(name):
            rows = engine.execute(f"SELECT count(*) FROM {scan(table, [path])}").fetchall()[0][0]
    except RecordError as error:
        return Failure("file", name, None, None, str(error))
    if rows != file.rows:
        return Failure("file", name, None, None, f"it has {rows:,} rows, the manifest says {file.rows:,}")
    return None
