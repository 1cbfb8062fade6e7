"""The three pieces of work that a build hands out: read some files, code one batch, write one shard.

In: small frozen orders, which any worker of any `concurrent.futures` executor can be sent. Out: files in the folder
that the order names, and how much there was. Each is a plain function of its order and of the files that it names; what
loads slowly (the coder) is kept by the process, one for each thread.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Protocol

import duckdb

from dragoman.config import Config
from dragoman.errors import CodingError, RecordError
from dragoman.reading.fetching import Fetched
from dragoman.reading.rejects import Reject
from dragoman.record.parquet import open_engine, quoted, scan, told_plainly, within, write_in_parts, write_rows
from dragoman.record.plan import Finished, Part
from dragoman.record.store import Shard, check_file, clear, read_manifest
from dragoman.record.tables import (
    SORTED_BY,
    SPOOLED,
    TABLES,
    CodedBy,
    Row,
    article_of,
    article_row,
    evidence_row,
    mention_row,
    reject_row,
    settings_text,
    spooled_row,
)
from dragoman.values import Article, EventMention

_MEMORY = ("128MB", "512MB", "4GB")  # of DuckDB while it writes a shard
_SPOOL_ROWS, _SPOOL_CHARACTERS = 2_000, 8_000_000


class ArticleCoder(Protocol):
    """What codes articles: `dragoman.Coder`, or a stand-in for tests."""

    def code_article(self, article: Article) -> tuple[EventMention, ...]:
        """The event mentions of one article. Raises CodingError."""

    def versions(self) -> dict[str, str]:
        """Versions of dragoman, models and knowledge."""


CoderMaker = Callable[[Config], ArticleCoder]


Pages = Mapping[str, Fetched | str]  # what lies at an address that was fetched already, or why nothing does


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """Files to be read into the spool of `work`."""

    number: int
    names: tuple[str, ...]
    folder: Path
    work: Path
    part: Part
    published: str | None
    mapping: tuple[tuple[str, str], ...]
    config: Config
    fetch: bool = False
    private: bool = False
    pages: Pages = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """Articles of `todo` from the id `first` to `last`, to be coded into a folder of `work`.

    `by`: what the build takes its workers to be; one of another version is a mistake.
    """

    todo: Path
    first: str
    last: str
    work: Path
    config: Config
    maker: CoderMaker
    by: CodedBy


@dataclass(frozen=True, slots=True)
class CodedBatch:
    """What came of a batch."""

    finished: Finished
    articles: int
    events: int
    rejects: int


@dataclass(frozen=True, slots=True)
class ShardOrder:
    """A shard to be written: the rows of live shards and of finished batches whose article id begins with `prefix`.

    `rejects` names the file of those that hold; none: those of the live shards do.
    """

    folder: Path
    work: Path
    prefix: str
    live: tuple[Shard, ...]
    finished: tuple[Finished, ...] = field(default=())
    rejects: Path | None = None


@dataclass(frozen=True, slots=True)
class WrittenShard:
    """Finished files of one shard, not yet among the live ones: their rows by table."""

    prefix: str
    folder: Path
    rows: Mapping[str, int]
    coded_by: tuple[CodedBy, ...]


def load_coder(config: Config) -> ArticleCoder:
    """The coder with the shipped networks and tables."""
    from dragoman.coding.coder import Coder

    return Coder.load(config=config)


def prepared(maker: CoderMaker, config: Config) -> ArticleCoder:
    """The coder of this thread: no network may be used by two at a time."""
    return _coder(maker, config, threading.get_ident())


def coded_by(maker: CoderMaker, config: Config) -> CodedBy:
    """What coding with this maker and these settings will be marked with."""
    versions = prepared(maker, config).versions()
    settings = {
        "statements": config.statements,
        "minimal_confidence": config.minimal_confidence,
        "historical_after_days": config.historical_after_days,
        "events": config.events,
    }
    return CodedBy(versions["dragoman"], versions["models"], versions["knowledge"], settings_text(settings))


def read_files(order: ReadingOrder) -> int:
    """Read files into the spool; how many articles there were. What cannot be read is spooled as a reject."""
    from dragoman.reading.sources import read_sources

    engine = _engine(threading.get_ident())
    items = read_sources(
        order.names,
        published=order.published,
        mapping=dict(order.mapping),
        config=order.config,
        fetch=order.fetch,
        private=order.private,
        pages=order.pages,
        known=_KnownPages(order.folder, engine),
    )
    total = 0
    for number, (articles, rejects) in enumerate(_chunks(items, order)):
        name = f"{order.number:08d}-{number:06d}"
        for folder, table, rows, columns in (
            ("spool", "articles", articles, SPOOLED),
            ("spool-rejects", "rejects", rejects, None),
        ):
            if rows:
                path = order.work / folder / f"{name}-{len(rows)}.parquet"
                part = path.with_suffix(f".{_unique()}")
                write_rows(engine, table, rows, part, columns)
                os.replace(part, path)
        total += len(articles)
    return total


def code_batch(order: BatchOrder) -> CodedBatch:
    """Code some articles; their rows appear together, by the renaming of one folder.

    A cluster may do an order twice, at the same time even, where it has lost sight of a worker.
    """
    by = coded_by(order.maker, order.config)
    if by != order.by:
        raise RecordError(f"this worker codes with {by.told()}, the build with {order.by.told()}: install one version")
    coder = prepared(order.maker, order.config)
    engine = _engine(threading.get_ident())
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    for article in _articles(order, engine):
        events: tuple[EventMention, ...] = ()
        try:
            events = coder.code_article(article)
        except CodingError as error:
            reject = Reject(article.source or article.id, None, error.stage, error.reason)
            rows["rejects"].append(reject_row(reject, article.id))
        rows["articles"].append(article_row(article, len(events), by))
        rows["mentions"].extend(mention_row(event, ordinal) for ordinal, event in enumerate(events))
        rows["evidence"].extend(evidence_row(event, ordinal) for ordinal, event in enumerate(events))
    name = f"{order.first}-{order.last}"
    unfinished = order.work / "doing" / f"{name}-{_unique()}"
    with told_plainly(unfinished):
        unfinished.mkdir(parents=True)
        for table, own in rows.items():
            if own:
                write_rows(engine, table, own, unfinished / f"{table}.parquet")
        finished = order.work / "done" / name
        _settle(unfinished, finished)
    counts = (len(rows["articles"]), len(rows["mentions"]), len(rows["rejects"]))
    return CodedBatch(Finished(finished, order.first, order.last), *counts)


def write_shard(order: ShardOrder) -> WrittenShard:
    """Write the files of a shard beside the live ones. Raises RecordError where a live file is damaged.

    It is done in little memory; articles of uncommon length need more, and get it in a second and a third attempt.
    """
    for shard in order.live:
        for table, file in shard.files.items():
            check_file(order.folder, table, file)
    for memory in _MEMORY[:-1]:
        try:
            return _written(order, memory)
        except RecordError as error:
            if not isinstance(error.__cause__, duckdb.OutOfMemoryException):
                raise
    return _written(order, _MEMORY[-1])


def _written(order: ShardOrder, memory: str) -> WrittenShard:
    target = order.work / "shards" / f"{order.prefix or 'all'}-{_unique()}"
    spill = order.work / "spill" / target.name  # DuckDB takes a folder of spilled data for its own
    with told_plainly(target), open_engine(spill, memory=memory) as engine:
        target.mkdir(parents=True)
        spill.parent.mkdir(exist_ok=True)  # DuckDB makes the last folder, and only when it needs it
        rows = {
            table: write_in_parts(
                engine, table, partial(_shard_query, order, table), order.prefix, target / f"{table}.parquet"
            )
            for table in TABLES
        }
        articles = scan("articles", [target / "articles.parquet"])
        columns = ", ".join(CodedBy.__slots__)
        found = engine.execute(f"SELECT DISTINCT {columns} FROM {articles} ORDER BY ALL").fetchall()
        told = engine.execute(f"SELECT coalesce(sum(mentions), 0) FROM {articles}").fetchall()[0][0]
    if rows["mentions"] != told or rows["evidence"] != told:
        raise RecordError(f"{target}: of {told:,} mentions {rows['mentions']:,} are there: nothing was replaced")
    return WrittenShard(order.prefix, target, rows, tuple(CodedBy(*each) for each in found))


def _settle(unfinished: Path, finished: Path) -> None:
    """Put a batch in its place. What stands there is damaged, unless another worker has just done the same."""
    try:
        clear(finished)
        os.replace(unfinished, finished)
    except OSError:
        if not (finished / "articles.parquet").exists():
            raise
        clear(unfinished)


def _unique() -> str:
    """Part of a name that no other worker gives; process ids are the same on many machines of a cluster."""
    return uuid.uuid4().hex[:12]


def _shard_query(order: ShardOrder, table: str, prefix: str) -> str:
    """What is finished goes before what is live: both are equal, or the live ones are of an earlier version."""
    done_ids = scan("articles", [path for each in order.finished for path in each.paths("articles")])
    key = SORTED_BY[table][0]
    live = scan(table, [path for shard in order.live for path in shard.paths(order.folder, table)])
    done = scan(table, [path for each in order.finished for path in each.paths(table)])
    if table == "rejects" and order.rejects is not None:
        live = scan(table, [order.rejects])
    return (
        f"SELECT * FROM {done} WHERE {within(key, prefix)} UNION ALL BY NAME "
        f"SELECT * FROM {live} WHERE {within(key, prefix)} AND {key} NOT IN (SELECT id FROM {done_ids})"
    )


class _KnownPages:
    """The addresses of the articles that a record holds, so that a feed's pages are fetched once and not every hour."""

    def __init__(self, folder: Path, engine: duckdb.DuckDBPyConnection) -> None:
        self._folder = folder
        self._engine = engine

    def __contains__(self, url: object) -> bool:
        live = scan("articles", read_manifest(self._folder).paths(self._folder, "articles"))
        with told_plainly(self._folder):
            return bool(self._engine.execute(f"SELECT 1 FROM {live} WHERE url = $1 LIMIT 1", [url]).fetchall())


@cache
def _coder(maker: CoderMaker, config: Config, thread: int) -> ArticleCoder:
    """One coder for each thread of a process: no network may be used by two at a time."""
    return maker(config)


@cache
def _engine(thread: int) -> duckdb.DuckDBPyConnection:
    """One connection for each thread, for what fits into memory: to open one takes as long as to code a sentence."""
    return open_engine()


def _chunks(items: Iterator[Article | Reject], order: ReadingOrder) -> Iterator[tuple[list[Row], list[Row]]]:
    articles: list[Row] = []
    rejects: list[Row] = []
    characters = 0
    for number, item in enumerate(items):
        row = reject_row(item) if isinstance(item, Reject) else spooled_row(item, f"{order.number}-{number}")
        if not order.part.owns(row["id"]):
            continue
        (rejects if isinstance(item, Reject) else articles).append(row)
        characters += 0 if isinstance(item, Reject) else len(item.text)
        if len(articles) >= _SPOOL_ROWS or len(rejects) >= _SPOOL_ROWS or characters >= _SPOOL_CHARACTERS:
            yield articles, rejects
            articles, rejects, characters = [], [], 0
    if articles or rejects:
        yield articles, rejects


def _articles(order: BatchOrder, engine: duckdb.DuckDBPyConnection) -> Iterator[Article]:
    with told_plainly(order.todo):
        engine.execute(
            f"SELECT * FROM {scan('articles', [order.todo])} "
            f"WHERE id BETWEEN {quoted(order.first)} AND {quoted(order.last)} ORDER BY id"
        )
        names = [column[0] for column in engine.description or ()]
        rows = engine.fetchall()
    for row in rows:
        yield article_of(dict(zip(names, row, strict=True)))
