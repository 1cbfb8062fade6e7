"""The command that makes a record: build."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli.ending import EXIT_INTERRUPTED, EXIT_REJECTS, tell, usage
from dragoman.cli.options import (
    Day,
    Fetch,
    Mapping,
    OwnActors,
    Private,
    SettingsFile,
    checked_day,
    checked_mapping,
    checked_names,
    settings_of,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from dragoman.config import Config
    from dragoman.record.run import BuildOptions


class Engine(StrEnum):
    """Who does the work of a build."""

    local = "local"
    dask = "dask"


def build(
    record: Annotated[Path, typer.Argument(help="The folder of the record; it is made where there is none.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="What to read; nothing: only finish and tidy up.", metavar="[PATH|-]...")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes. Default: all cores.")] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Do the share of job I of N, for batch schedulers.")
    ] = None,
    engine: Annotated[Engine, typer.Option("--engine", help="This machine, or a Dask cluster.")] = Engine.local,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster: tcp://host:8786.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: read what comes into folders and feeds.")] = False,
    every: Annotated[
        float, typer.Option("--every", min=1, metavar="SECONDS", help="With --watch: how often to look.")
    ] = 60.0,
    date: Day = None,
    statements: Annotated[bool, typer.Option("--statements", help="Keep positions outside PLOVER too.")] = False,
    mapping: Mapping = None,
    actors: OwnActors = None,
    config: SettingsFile = None,
    fetch: Fetch = False,
    private: Private = False,
    recode: Annotated[bool, typer.Option("--recode", help="Code anew what other versions or settings coded.")] = False,
    drop_damaged: Annotated[bool, typer.Option("--drop-damaged", help="Take damaged shards out first.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> None:
    """Read, code and store reports in a record. Run it again: it does only what is new, or was left undone."""
    from dragoman.explore.building import summary, watched
    from dragoman.record.plan import part_of
    from dragoman.record.run import BuildOptions
    from dragoman.record.run import build as build_record

    names = checked_names(files) if files else []
    if not names and not record.exists():
        raise usage(f"no such record, and nothing to read: {record}")
    if (engine is Engine.dask) != (scheduler is not None):
        raise usage("--engine dask and --scheduler ADDRESS go together")
    if engine is Engine.dask and workers is not None:
        raise usage("--workers is for this machine: a Dask cluster has as many as were started")
    if watch and (not names or "-" in names or recode or drop_damaged):
        raise usage("--watch needs folders, files or addresses to look at; it takes no -, --recode or --drop-damaged")
    fields = tuple(sorted(checked_mapping(mapping or []).items()))
    settings = settings_of(config, statements=statements, actors=actors or [])
    options = BuildOptions(
        config=settings,
        published=checked_day(date),
        mapping=fields,
        part=part_of(shard),
        recode=recode,
        drop_damaged=drop_damaged,
        fetch=fetch,
        private=private,
    )
    pools = partial(_pool, scheduler, workers, settings)
    if watch:
        _watch(record, names, options, pools, every=every, quiet=quiet)
        return
    try:
        with watched(sys.stderr, quiet=quiet) as progress, pools() as (pool, count):
            outcome = build_record(record, names, options, pool, workers=count, tell=progress)
    except KeyboardInterrupt:
        tell("dragoman: interrupted: what was finished is kept, run it again to go on")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    for line in () if quiet else summary(outcome):
        tell(line)
    if outcome.rejects:
        tell(f"dragoman: {outcome.rejects:,} rejected: dragoman export {record} --rejects tells which and why")
        raise typer.Exit(EXIT_REJECTS)


@contextmanager
def _pool(scheduler: str | None, workers: int | None, settings: Config) -> Iterator[tuple[Executor, int]]:
    """The executor that was asked for, and how many pieces of work it does at a time."""
    from dragoman.record.pools import all_cores, cluster_pool, worker_pool

    if scheduler is not None:
        with cluster_pool(scheduler) as (cluster, tasks):
            yield cluster, tasks
        return
    count = workers or all_cores()
    with worker_pool(count, settings) as pool:
        yield pool, count


def _watch(
    record: Path,
    names: list[str],
    options: BuildOptions,
    pools: Callable[[], AbstractContextManager[tuple[Executor, int]]],
    *,
    every: float,
    quiet: bool,
) -> None:
    """Build in rounds until a signal comes. Workers live for one round, so that memory is given back."""
    from dragoman.explore.building import round_line, watched
    from dragoman.reading.fetching import fetch_if_new
    from dragoman.record.run import build as build_record
    from dragoman.record.watching import Round, Watch, follow

    def read(found: Round) -> None:
        with watched(sys.stderr, quiet=quiet) as progress, pools() as (pool, count):
            outcome = build_record(record, found.names, options, pool, workers=count, tell=progress, pages=found.pages)
        if not quiet:
            tell(round_line(outcome))

    def wait(seconds: float) -> bool:
        time.sleep(seconds)
        return False

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as service managers stop a program
    ask = partial(fetch_if_new, limit=options.config.maximal_document_bytes, private=options.private)
    try:
        follow(
            Watch(names, ask, every=every, record=record),
            read,
            wait,
            every=every,
            tell=lambda line: tell(f"dragoman: {line}"),
        )
    except KeyboardInterrupt:
        tell("dragoman: the watch has ended: what was finished is kept")
