"""Commands that make a record and hand it on: build, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dragoman.cli.ending import EXIT_INTERRUPTED, EXIT_REJECTS, ending_well, tell, usage
from dragoman.cli.event_output import print_events
from dragoman.cli.options import (
    Day,
    Mapping,
    OutputFormat,
    OwnActors,
    SettingsFile,
    checked_day,
    checked_mapping,
    checked_names,
    settings_of,
)


def build(
    record: Annotated[Path, typer.Argument(help="The folder of the record; it is made where there is none.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="What to read; nothing: only finish and tidy up.", metavar="[PATH|-]...")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes. Default: all cores.")] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Do the share of job I of N, for batch schedulers.")
    ] = None,
    date: Day = None,
    statements: Annotated[bool, typer.Option("--statements", help="Keep positions outside PLOVER too.")] = False,
    mapping: Mapping = None,
    actors: OwnActors = None,
    config: SettingsFile = None,
    recode: Annotated[bool, typer.Option("--recode", help="Code anew what other versions or settings coded.")] = False,
    drop_damaged: Annotated[bool, typer.Option("--drop-damaged", help="Take damaged shards out first.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> None:
    """Read, code and store reports in a record. Run it again: it does only what is new, or was left undone."""
    from dragoman.explore.building import summary, watched
    from dragoman.record.plan import part_of
    from dragoman.record.pools import all_cores, worker_pool
    from dragoman.record.run import BuildOptions
    from dragoman.record.run import build as build_record

    names = checked_names(files) if files else []
    if not names and not record.exists():
        raise usage(f"no such record, and nothing to read: {record}")
    fields = tuple(sorted(checked_mapping(mapping or []).items()))
    settings = settings_of(config, statements=statements, actors=actors or [])
    options = BuildOptions(settings, checked_day(date), fields, part_of(shard), recode, drop_damaged)
    count = workers or all_cores()
    try:
        with watched(sys.stderr, quiet=quiet) as progress, worker_pool(count, settings) as pool:
            outcome = build_record(record, names, options, pool, workers=count, tell=progress)
    except KeyboardInterrupt:
        tell("dragoman: interrupted: what was finished is kept, run it again to go on")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    for line in () if quiet else summary(outcome):
        tell(line)
    if outcome.rejects:
        tell(f"dragoman: {outcome.rejects:,} rejected: dragoman export {record} --rejects tells which and why")
        raise typer.Exit(EXIT_REJECTS)


def export(
    record: Annotated[Path, typer.Argument(help="The folder of the record.")],
    output: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
    rejects: Annotated[
        bool, typer.Option("--rejects", help="What could not be read or coded, and why, as JSON lines.")
    ] = False,
) -> None:
    """Print the events of a record, sorted: the same bytes however it was built."""
    from dragoman.record.query import Record

    with Record.open(record) as opened, ending_well():
        if rejects:
            for line in opened.reject_lines():
                print(line)
        else:
            print_events(opened.coded(), output, explain=False)
