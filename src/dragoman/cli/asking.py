"""The command that asks a record: query."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli.ending import counted, ending_well, tell, usage
from dragoman.cli.filter_options import filtered
from dragoman.cli.options import OutputFormat

if TYPE_CHECKING:
    import duckdb

    from dragoman.record.filters import EventFilter
    from dragoman.record.query import Record

_SHOWN = 40  # on a terminal, where nobody said how many
_ALL = 2**62


class CountUnit(StrEnum):
    """Periods to count by."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


class AnswerOrder(StrEnum):
    """Which events come first."""

    newest = "newest"
    oldest = "oldest"
    mentions = "mentions"
    confidence = "confidence"


@filtered
def query(
    record: Annotated[Path, typer.Argument(help="The folder of the record.")],
    chosen: EventFilter,
    count: Annotated[CountUnit | None, typer.Option("--count", help="Count by period what happened.")] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="FIELD",
            help="Count by actor, recipient, dyad, between, country, category, quad, mode, context, sector, status, "
            "place, speaker, outlet, actor_country, recipient_country (repeat: by both).",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Count what is planned, denied or history too.")] = False,
    facets: Annotated[bool, typer.Option("--facets", help="The most frequent values of each field.")] = False,
    mentions: Annotated[bool, typer.Option("--mentions", help="All mentions of the events.")] = False,
    order: Annotated[AnswerOrder, typer.Option("--order", help="Which events come first.")] = AnswerOrder.newest,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help=f"At most so many rows. Default: all; {_SHOWN} on a terminal.")
    ] = None,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Leave out so many rows before.")] = 0,
    sql: Annotated[
        str | None, typer.Option("--sql", help="A query over the tables; it reads this record and can do nothing else.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.01, help="How long --sql may take.")] = 30.0,
    output: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
) -> None:
    """Ask a record: which events, how many, by what. Events and mentions are counted side by side, never mixed."""
    from dragoman.record.filters import EventFilter, happened
    from dragoman.record.query import Record

    asked = [name for name, wanted in (("--sql", sql), ("--facets", facets), ("--mentions", mentions)) if wanted]
    asked += ["--count or --by"] if count or by else []
    if len(asked) > 1:
        raise usage(f"{asked[0]} and {asked[1]} are two questions: ask one at a time")
    if sql is not None and chosen != EventFilter():
        raise usage("--sql takes no filter: write it into the query")
    shown = output or (OutputFormat.table if sys.stdout.isatty() else OutputFormat.jsonl)
    with Record.open(record) as opened, ending_well():
        if sql is not None:
            _sql(opened, sql, seconds, limit, shown)
            return
        if opened.is_merged and not opened.merged_current:
            tell(f"dragoman: mentions came since they were last merged into events: run dragoman build {record}")
        if facets:
            _facets(opened, chosen, limit, shown)
        elif count or by:
            fields = [each for each in (count and count.value, *(by or ())) if each]
            answer = opened.counts(chosen if everything else happened(chosen), fields)
            _show(opened, answer.limit(_ALL if limit is None else limit, offset), shown, "rows")
        else:
            _list(opened, chosen, order, limit, offset, shown, mentions=mentions)


def _list(
    opened: Record,
    chosen: EventFilter,
    order: AnswerOrder,
    limit: int | None,
    offset: int,
    shown: OutputFormat,
    *,
    mentions: bool,
) -> None:
    most = _SHOWN if limit is None and shown is OutputFormat.table else limit
    if mentions:
        _show(opened, opened.mentions(chosen, limit=most, offset=offset), shown, "mentions")
    else:
        _show(opened, opened.events(chosen, order=order.value, limit=most, offset=offset), shown, "events")
    if shown is OutputFormat.table:
        events, told, reports = opened.counts(chosen, ()).fetchall()[0]
        heard = f"{counted(told, 'mention')}, {counted(reports, 'report')} but for copies"
        tell(f"{counted(events, 'event')}, told by {heard}")


def _show(opened: Record, answer: duckdb.DuckDBPyRelation, shown: OutputFormat, what: str) -> None:
    from dragoman.record.answer_lines import csv_lines, json_lines

    columns = answer.columns
    if shown is OutputFormat.table:
        from dragoman.explore.answers import print_events, print_mentions, print_rows

        rows = list(opened.rows(answer))
        if what == "rows":
            print_rows(columns, rows)
        else:
            told = [dict(zip(columns, row, strict=True)) for row in rows]
            (print_events if what == "events" else print_mentions)(told)
        return
    for line in (csv_lines if shown is OutputFormat.csv else json_lines)(columns, opened.rows(answer)):
        print(line)


def _facets(opened: Record, chosen: EventFilter, limit: int | None, shown: OutputFormat) -> None:
    found = opened.facets(chosen, top=10 if limit is None else limit)
    if shown is OutputFormat.table:
        from dragoman.explore.answers import print_facets

        print_facets(found)
        return
    from dragoman.record.answer_lines import csv_lines, json_lines

    columns = ("field", "value", "events", "mentions", "reports")
    rows = [(name, each.value, each.events, each.mentions, each.reports) for name in found for each in found[name]]
    for line in csv_lines(columns, rows) if shown is OutputFormat.csv else json_lines(columns, rows):
        print(line)


def _sql(opened: Record, text: str, seconds: float, limit: int | None, shown: OutputFormat) -> None:
    from dragoman.record.answer_lines import csv_lines, json_lines
    from dragoman.record.locked_sql import ROWS

    most = ROWS if limit is None else limit
    answer = opened.ask(text, seconds=seconds, rows=most)
    if shown is OutputFormat.table:
        from dragoman.explore.answers import print_rows

        print_rows(answer.columns, answer.rows)
    elif shown is OutputFormat.csv:
        for line in csv_lines(answer.columns, answer.rows):
            print(line)
    else:
        for line in json_lines(answer.columns, answer.rows, flat=True):
            print(line)
    if answer.cut:
        tell(f"dragoman: there are more than {counted(most, 'row')}: --limit lets more through")
