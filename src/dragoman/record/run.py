"""Build a record: read, code what is new, store. In: a folder and names of files. Out: the record, and what came of it.

Any `concurrent.futures` executor does the work, in three kinds of pieces (record/work.py); this file hands them out and
puts what is finished among the live files. A build that was interrupted, at whatever moment, is taken up by running it
again: batches that were finished are kept. The events that a record holds depend on the articles alone, not on workers,
engines, crashes or the order of files.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import IO, Any, Literal

import duckdb

from dragoman.config import Config
from dragoman.errors import RecordError, UsageError
from dragoman.reading.sources import STDIN
from dragoman.record.merging import merge
from dragoman.record.parquet import keep, open_engine, scan, told_plainly
from dragoman.record.plan import (
    Finished,
    Part,
    Plan,
    batches_of,
    coarse_shards,
    is_own,
    is_stale,
    make_plan,
    spool_stale,
    todo_of,
)
from dragoman.record.store import (
    MANIFEST,
    WORK,
    Manifest,
    Shard,
    adopt,
    check_files,
    clear,
    drop_damaged,
    locked,
    open_folder,
    publish,
    read_manifest,
    sweep,
)
from dragoman.record.tables import CodedBy
from dragoman.record.work import (
    BatchOrder,
    CodedBatch,
    CoderMaker,
    ReadingOrder,
    ShardOrder,
    WrittenShard,
    code_batch,
    coded_by,
    load_coder,
    read_files,
    write_shard,
)

_GROUP_BYTES, _GROUP_FILES = 16_000_000, 256
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is. `total` is none while files are read, for nobody knows what is in them."""

    phase: Literal["reading", "coding"]
    articles: int
    total: int | None = None
    events: int = 0
    rejects: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did: of the articles read, how many were copies, known before, coded; and what the record holds."""

    read: int
    copies: int
    known: int
    coded: int
    events: int
    rejects: int
    dropped: int
    articles_held: int
    mentions_held: int
    events_held: int | None  # none where nothing was merged yet, as by the jobs of --shard
    seconds: float


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a build is done. `published` and `mapping` are those of `read_sources`; `part` is one job's share of many.

    `recode`: code articles again that others versions or settings coded. `drop_damaged`: take damaged shards out.
    """

    config: Config = field(default_factory=Config)
    published: str | None = None
    mapping: tuple[tuple[str, str], ...] = ()
    part: Part = field(default_factory=Part)
    recode: bool = False
    drop_damaged: bool = False
    maker: CoderMaker = load_coder


@dataclass(slots=True)
class _Counts:
    articles: int = 0
    events: int = 0
    rejects: int = 0


@dataclass(frozen=True, slots=True)
class _Build:
    """One build at work: where, with what, and whom it tells."""

    folder: Path
    work: Path
    handle: IO[bytes]
    options: BuildOptions
    executor: Executor
    workers: int
    tell: Callable[[Progress], None]


class InlineExecutor(Executor):
    """Does each piece of work at once, in this thread: for one worker, and for tests."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it now. Interrupts are raised here, all else by the future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future raises it again
            future.set_exception(error)
        return future


def all_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def worker_pool(workers: int) -> Iterator[Executor]:
    """An executor for `workers` processes of this machine; they end with the process that started them."""
    if workers == 1:
        yield InlineExecutor()
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - others:
            child.terminate()
        raise
    pool.shutdown()


def build(
    folder: Path,
    names: Sequence[str],
    options: BuildOptions,
    executor: Executor,
    *,
    workers: int = 1,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Read `names` and code into the record at `folder` what is not in it; without names, only finish and tidy up.

    Raises RecordError where the record is damaged, in use or cannot be written, UsageError for a wrong call.
    """
    if options.recode and not options.part.whole():
        raise UsageError("--recode works on a whole record: leave --shard out")
    started = time.monotonic()
    with open_folder(folder) as handle, locked(handle, options.part.shards(), folder), told_plainly(folder):
        part = options.part
        work = folder / WORK / ("all" if part.whole() else f"{part.index}-of-{part.count}")
        one = _Build(folder, work, handle, options, executor, workers, tell)
        try:
            outcome = _build(one, names)
        except BrokenProcessPool as error:
            reason = "a worker died, most likely for want of memory: try fewer --workers"
            raise RecordError(f"{folder}: {reason}; what was finished is kept, run it again to go on") from error
    return replace(outcome, seconds=time.monotonic() - started)


def _build(one: _Build, names: Sequence[str]) -> Outcome:
    is_there = (one.folder / MANIFEST).exists()
    manifest = read_manifest(one.folder) if is_there else publish(one.folder, one.handle, [], [])
    dropped = 0
    if one.options.drop_damaged:
        manifest, dropped = drop_damaged(one.folder, one.handle, manifest)
    check_files(one.folder, manifest)
    by = one.executor.submit(coded_by, one.options.maker, one.options.config).result()
    for name in ("spool", "spool-rejects", "doing", "shards", "spill"):
        clear(one.work / name)
        (one.work / name).mkdir(parents=True)
    (one.work / "done").mkdir(exist_ok=True)
    if one.options.part.whole():
        sweep(one.folder, manifest)
    engine = open_engine(one.work / "spill", threads=min(4, one.workers))
    _check_versions(one, engine, manifest, by)
    finished = _recover(one, engine, by)
    _read(one, names)
    try:
        sources = [STDIN if name == "-" else name for name in names]
        plan = make_plan(engine, one.folder, one.work, manifest, finished, part=one.options.part, names=sources)
    except RecordError:
        check_files(one.folder, manifest, whole=True)  # where a live file is to blame, it is named
        raise
    manifest = _cut(one, plan, manifest)
    counts = _code(one, engine, plan, manifest, finished)
    engine.close()
    now = read_manifest(one.folder)
    if one.options.part.whole():
        now = merge(one.folder, one.handle, one.work / "merging", now)
    _tidy(one)
    return Outcome(
        read=plan.read,
        copies=plan.copies,
        known=plan.known,
        coded=counts.articles,
        events=counts.events,
        rejects=plan.reading_rejects + counts.rejects,
        dropped=dropped,
        articles_held=now.rows("articles"),
        mentions_held=now.rows("mentions"),
        events_held=None if now.merged is None else now.merged.files["events"].rows,
        seconds=0.0,
    )


def _check_versions(one: _Build, engine: duckdb.DuckDBPyConnection, manifest: Manifest, by: CodedBy) -> None:
    """One record, one coder: others' articles are coded again if that was asked for, and else nothing is done."""
    if all(each == by for each in manifest.coded_by()):
        return
    if one.options.recode:
        spool_stale(engine, one.folder, one.work, manifest, by)
        return
    live = scan("articles", manifest.paths(one.folder, "articles"))
    found = engine.execute(f"SELECT count(*) FROM {live} WHERE {is_stale(by)}").fetchone()
    others = ", and by ".join(each.told() for each in manifest.coded_by() if each != by)
    raise RecordError(
        f"{one.folder}: {found[0] if found else 0:,} of its articles were coded by {others}; this is {by.told()}: "
        "build with --recode to code them again, or into a new folder"
    )


def _recover(one: _Build, engine: duckdb.DuckDBPyConnection, by: CodedBy) -> list[Finished]:
    """Batches that an interrupted build had finished. What is unreadable, another coder's or there twice goes."""
    jobs = sorted((one.folder / WORK).iterdir()) if one.options.part.whole() else [one.work]
    seen: set[str] = set()
    found: list[Finished] = []
    for path in (each for job in jobs if (job / "done").is_dir() for each in sorted((job / "done").iterdir())):
        ids = _ids_of(engine, path, by)
        if not ids or not seen.isdisjoint(ids):
            clear(path)
            continue
        seen.update(ids)
        found.append(Finished(path, ids[0], ids[-1]))
    return found


def _ids_of(engine: duckdb.DuckDBPyConnection, path: Path, by: CodedBy) -> list[str]:
    """The ids of a finished batch in order; none where a file of it is damaged or lacking, or another coded it."""
    batch = Finished(path, "", "")
    try:
        articles = scan("articles", batch.paths("articles"))
        rows = engine.execute(f"SELECT id, mentions, {is_stale(by)} FROM {articles} ORDER BY id").fetchall()
        counts = [
            engine.execute(f"SELECT count(*) FROM {scan(table, batch.paths(table))}").fetchall()[0][0]
            for table in ("mentions", "evidence")
        ]
    except duckdb.Error:
        return []
    if counts != [sum(row[1] for row in rows)] * 2 or any(row[2] for row in rows):
        return []
    return [row[0] for row in rows]


def _read(one: _Build, names: Sequence[str]) -> None:
    """Fill the spool. How many articles there are so far stands in the names of its files."""
    options = one.options
    here = [name for name in names if name == "-"]
    groups = [*([tuple(here)] if here else []), *_groups([name for name in names if name != "-"])]
    orders = [
        ReadingOrder(number, group, one.work, options.part, options.published, options.mapping, options.config)
        for number, group in enumerate(groups)
    ]
    for order in orders[: len(here[:1])]:  # standard input is this process's own
        read_files(order)
    waiting = {one.executor.submit(read_files, order) for order in orders[len(here[:1]) :]}
    while waiting:
        done, waiting = wait(waiting, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        one.tell(Progress("reading", _spooled(one, "spool"), rejects=_spooled(one, "spool-rejects")))


def _spooled(one: _Build, name: str) -> int:
    numbers = (path.stem.rpartition("-")[2] for path in (one.work / name).glob("*-*-*.parquet"))
    return sum(int(number) for number in numbers)


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Files that one worker reads in one go: a large one, or many small ones."""
    groups: list[tuple[str, ...]] = []
    held: list[str] = []
    size = 0
    for name in names:
        try:
            own = os.path.getsize(name)
        except (OSError, ValueError):  # reading tells of it
            own = 0
        if held and (size + own > _GROUP_BYTES or len(held) >= _GROUP_FILES):
            groups.append(tuple(held))
            held, size = [], 0
        held.append(name)
        size += own
    return [*groups, tuple(held)] if held else groups


def _cut(one: _Build, plan: Plan, manifest: Manifest) -> Manifest:
    """Cut shards that have become too large, before anything is added to them."""
    for coarse in coarse_shards(manifest, plan.leaves) if one.options.part.whole() else []:
        leaves = [leaf for leaf in plan.leaves if leaf.startswith(coarse.prefix)]
        orders = [ShardOrder(one.folder, one.work, leaf, (coarse,)) for leaf in leaves]
        futures = [one.executor.submit(write_shard, order) for order in orders]
        added = [_adopted(one, future.result()) for future in futures]
        manifest = publish(one.folder, one.handle, [coarse], [shard for shard in added if shard is not None])
    return manifest


def _adopted(one: _Build, written: WrittenShard) -> Shard | None:
    files = {
        table: adopt(one.folder, table, written.folder / f"{table}.parquet", written.prefix, rows)
        for table, rows in written.rows.items()
        if rows
    }
    for table in files:
        keep(one.folder / table)
    return Shard(written.prefix, files, written.coded_by) if files else None


def _code(
    one: _Build, engine: duckdb.DuckDBPyConnection, plan: Plan, manifest: Manifest, recovered: Sequence[Finished]
) -> _Counts:
    """Code leaf after leaf and publish each when its last batch is done; the workers never wait for that."""
    counts = _Counts()
    pending: dict[Future[CodedBatch | WrittenShard], str] = {}
    done: dict[str, list[Finished]] = {}
    open_batches: dict[str, int] = {}
    live = {leaf: _live_of(manifest, leaf, one.options.part) for leaf in plan.touched}

    def write(leaf: str) -> None:
        own = (*done[leaf], *(each for each in recovered if each.touches(leaf)))
        order = ShardOrder(one.folder, one.work, leaf, live[leaf], own, plan.rejects)
        pending[one.executor.submit(write_shard, order)] = leaf

    def settle(most: int) -> None:
        while len(pending) > most:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                leaf = pending.pop(future)
                result = future.result()
                if isinstance(result, WrittenShard):
                    shard = _adopted(one, result)
                    publish(one.folder, one.handle, live[leaf], [shard] if shard is not None else [])
                    for each in done.pop(leaf):
                        clear(each.folder)
                    continue
                done[leaf].append(result.finished)
                counts.articles += result.articles
                counts.events += result.events
                counts.rejects += result.rejects
                one.tell(_progress(counts, plan))
                open_batches[leaf] -= 1
                if not open_batches[leaf]:
                    write(leaf)

    ahead = 0 if isinstance(one.executor, InlineExecutor) else 2 * one.workers
    one.tell(_progress(counts, plan))
    for leaf in sorted(plan.touched):
        done[leaf], open_batches[leaf] = [], 1  # one more than there are, until all are handed out
        for first, last, _ in batches_of(todo_of(engine, plan, leaf)):
            open_batches[leaf] += 1
            order = BatchOrder(plan.todo, first, last, one.work, one.options.config, one.options.maker)
            pending[one.executor.submit(code_batch, order)] = leaf
            settle(ahead)
        open_batches[leaf] -= 1
        if not open_batches[leaf]:
            write(leaf)
    settle(0)
    return counts


def _live_of(manifest: Manifest, leaf: str, part: Part) -> tuple[Shard, ...]:
    return tuple(shard for shard in manifest.shards if shard.prefix.startswith(leaf) and is_own(shard, part))


def _progress(counts: _Counts, plan: Plan) -> Progress:
    rejects = plan.reading_rejects + counts.rejects
    return Progress("coding", counts.articles, plan.to_code, counts.events, rejects)


def _tidy(one: _Build) -> None:
    """All is published: remove the work of this build, and of a whole one that of all jobs before it."""
    clear(one.folder / WORK if one.options.part.whole() else one.work)


def _start_worker() -> None:
    """An interrupt is the parent's to handle; and a worker whose parent was killed would wait for ever: it ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
