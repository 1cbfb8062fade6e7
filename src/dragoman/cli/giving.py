"""The command that gives a record away: export, to one file or stream, or as a bundle."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from dragoman.cli.ending import counted, ending_well, tell, usage
from dragoman.cli.event_output import print_events
from dragoman.cli.filter_options import filtered
from dragoman.cli.options import OutputFormat

if TYPE_CHECKING:
    from dragoman.record.exports.selection import Table
    from dragoman.record.filters import EventFilter
    from dragoman.record.query import Record


class ExportFormat(StrEnum):
    """In which format a record is given away."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"
    stata = "stata"
    plover = "plover"
    polecat = "polecat"
    icews = "icews"
    gdelt = "gdelt"
    gexf = "gexf"
    geojson = "geojson"
    kml = "kml"
    timelinejs = "timelinejs"
    ris = "ris"
    bibtex = "bibtex"


_PRINTED = frozenset({None, ExportFormat.table, ExportFormat.jsonl, ExportFormat.csv})
_BINARY = frozenset({ExportFormat.parquet, ExportFormat.xlsx, ExportFormat.stata})


@filtered
def export(
    record: Annotated[Path, typer.Argument(help="The folder of the record.")],
    chosen: EventFilter,
    output: Annotated[
        list[ExportFormat] | None,
        typer.Option(
            "--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe. Repeat in a bundle."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Instead of standard output.")] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="DIR", help="A new folder: data, articles, codebook, licence, readers."),
    ] = None,
    events: Annotated[bool, typer.Option("--events", help="Happenings, one row each.")] = False,
    mentions: Annotated[bool, typer.Option("--mentions", help="What each sentence tells, one row each.")] = False,
    title: Annotated[str | None, typer.Option("--title", help="Title of the data set.")] = None,
    author: Annotated[list[str] | None, typer.Option("--author", help="Who gives the bundle (repeat).")] = None,
    rejects: Annotated[
        bool, typer.Option("--rejects", help="What could not be read or coded, and why, as JSON lines.")
    ] = False,
) -> None:
    """Give a record away, sorted: the same bytes however it was built. Formats: docs/exports.md."""
    from dragoman.record.query import Record

    formats = list(dict.fromkeys(output or []))
    wanted: list[Table] = [table for table, given in (("events", events), ("mentions", mentions)) if given]  # type: ignore[misc]
    if bundle is None and len(formats) > 1:
        raise usage("several formats need --bundle DIR")
    if bundle is None and len(wanted) > 1:
        raise usage("--events or --mentions: both of them need --bundle DIR")
    with Record.open(record) as opened, ending_well():
        if rejects:
            for line in opened.reject_lines():
                print(line)
        elif bundle is not None:
            _bundle(opened, bundle, [each.value for each in formats], wanted, chosen, title, author or [])
        elif not wanted and out is None and (formats[0] if formats else None) in _PRINTED:
            _print(opened, OutputFormat(formats[0].value) if formats else None, chosen)
        else:
            _file(opened, formats[0] if formats else ExportFormat.jsonl, wanted, chosen, out, title)


def _print(record: Record, output: OutputFormat | None, chosen: EventFilter) -> None:
    """The mentions as `dragoman code` prints them; all of them, statements too, where nothing else is asked for."""
    from dragoman.record.exports.bundle import TITLE
    from dragoman.record.exports.formats import Request, coded
    from dragoman.record.exports.selection import selection
    from dragoman.record.filters import EventFilter, where

    if chosen == EventFilter():
        print_events(record.coded(), output, explain=False)
        return
    with selection(record, "mentions", *where(chosen, "mentions")) as rows:
        print_events(coded(Request(record, rows, TITLE)), output, explain=False)


def _file(
    record: Record,
    output: ExportFormat,
    wanted: list[Table],
    chosen: EventFilter,
    out: Path | None,
    title: str | None,
) -> None:
    from dragoman.record.exports.bundle import TITLE
    from dragoman.record.exports.formats import FORMATS, Request, write
    from dragoman.record.exports.selection import selection
    from dragoman.record.filters import where

    if output is ExportFormat.table:
        raise usage("a table is for the terminal: leave out --events, --mentions and --out, or take csv or xlsx")
    form = FORMATS[output]
    if form.only and wanted and wanted[0] != form.table:
        raise usage(f"{output} holds {form.table}, not {wanted[0]}")
    if out is None and output in _BINARY and sys.stdout.isatty():
        raise usage(f"{output} is no text: name a file with --out FILE")
    table: Table = wanted[0] if wanted else form.table or "events"
    with selection(record, table, *where(chosen, table)) as rows:
        with _stream(out) as stream:
            count = write(output, Request(record, rows, title or TITLE), stream)
        left = rows.count() - rows.happened().count() if form.happened else 0
    if left:
        tell(f"dragoman: {counted(left, table[:-1])} left out: denied, hypothetical, past or still to come")
    if out is not None:
        tell(f"{out}: {counted(count, 'line' if form.media.startswith('text/') else 'item')}")
    _warn(record, [table])


def _bundle(
    record: Record,
    folder: Path,
    formats: list[str],
    wanted: list[Table],
    chosen: EventFilter,
    title: str | None,
    authors: list[str],
) -> None:
    from dragoman.record.exports.bundle import DEFAULT_FORMATS, TITLE, BundleOptions, write_bundle
    from dragoman.record.exports.selection import check_merged

    if "table" in formats:
        raise usage("a table is for the terminal: take csv or xlsx into a bundle")
    tables: tuple[Table, ...] = tuple(wanted) or ("events", "mentions")
    check_merged(record, tables[0])
    options = BundleOptions(tuple(formats) or DEFAULT_FORMATS, tables, chosen, title or TITLE, tuple(authors))
    for file in write_bundle(record, folder, options):
        tell(f"{folder / file.name}: {file.rows:,} of {file.table}" if file.columns else f"{folder / file.name}")
    _warn(record, list(tables))


def _warn(record: Record, tables: list[Table]) -> None:
    if "events" in tables and not record.merged_current:
        tell("dragoman: mentions came after the last merge and stand in no event yet: run dragoman build RECORD")


@contextmanager
def _stream(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name when it is whole."""
    if out is None:
        yield sys.stdout.buffer
        return
    new = out.with_name(f".{out.name}.new")
    try:
        with new.open("wb") as stream:
            yield stream
        os.replace(new, out)
    finally:
        new.unlink(missing_ok=True)
