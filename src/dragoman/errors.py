"""What can go wrong, as a tree:

DragomanError
├── UsageError          the caller asked for something that cannot be (exit code 2)
├── ReadingError        an input cannot be read: file, row and reason (a row of rejects)
├── KnowledgeError      a table breaks its own rules: table, row and reason
├── ModelError          a model file is missing, damaged, or not the one that the manifest names
├── CodingError         a stage failed on one article (a row of rejects)
└── RecordError         a record cannot be read or written: which file, and what to do
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any


class DragomanError(Exception):
    """Whatever Dragoman raises on purpose."""


class UsageError(DragomanError):
    """The caller asked for something that cannot be; the message says what to do instead."""


class ReadingError(DragomanError):
    """An input cannot be read. `source` names the file, `row` the line (from 1) where there are rows."""

    def __init__(self, reason: str, *, source: str, row: int | None = None) -> None:
        self.reason = reason
        self.source = source
        self.row = row
        where = source if row is None else f"{source}, line {row}"
        super().__init__(f"{where}: {reason}")

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        """How a worker sends it to its build."""
        return partial(type(self), self.reason, source=self.source, row=self.row), ()


class KnowledgeError(DragomanError):
    """A knowledge table breaks its own rules. `table` is its file name, `row` the row's id or number."""

    def __init__(self, reason: str, *, table: str, row: str | None = None) -> None:
        self.reason = reason
        self.table = table
        self.row = row
        where = table if row is None else f"{table}, row {row}"
        super().__init__(f"{where}: {reason}")

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        """How a worker sends it to its build."""
        return partial(type(self), self.reason, table=self.table, row=self.row), ()


class ModelError(DragomanError):
    """A model file is missing, damaged, or not the one that its manifest names."""


class CodingError(DragomanError):
    """A stage failed on one article. `stage` names it; the cause is chained."""

    def __init__(self, reason: str, *, article: str, stage: str) -> None:
        self.reason = reason
        self.article = article
        self.stage = stage
        super().__init__(f"article {article}: {stage}: {reason}")

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        """How a worker sends it to its build."""
        return partial(type(self), self.reason, article=self.article, stage=self.stage), ()


class RecordError(DragomanError):
    """A record cannot be read or written. The message names the file or folder and says what to do."""
