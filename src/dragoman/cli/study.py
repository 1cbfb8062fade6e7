"""Commands for those who count and test: panel, sample, eval."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli.ending import EXIT_ERROR, EXIT_REJECTS, counted, ending_well, tell, usage
from dragoman.cli.filter_options import filtered

if TYPE_CHECKING:
    from dragoman.record.coding_form import FilledForm
    from dragoman.record.filters import EventFilter
    from dragoman.record.panel import Panel, PanelTold

RecordFolder = Annotated[Path, typer.Argument(help="The folder of the record.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write into this file. Default: standard output.", dir_okay=False)
]
_SHOWN = 40  # rows on a terminal


class PanelUnit(StrEnum):
    """What a row of a panel is about."""

    dyad = "dyad"
    directed_dyad = "directed-dyad"
    country = "country"
    country_sector = "country-sector"


class PanelPeriod(StrEnum):
    """How long a row of a panel is."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


class PanelKinds(StrEnum):
    """Of what the counts are."""

    quad = "quad"
    category = "category"


class PanelPairs(StrEnum):
    """Which pairs have rows."""

    all = "all"
    seen = "seen"


class PanelFormat(StrEnum):
    """How a panel is written."""

    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


class SampleUnit(StrEnum):
    """What is drawn."""

    mentions = "mentions"
    events = "events"


class SampleAllocation(StrEnum):
    """How a sample is spread over strata."""

    proportional = "proportional"
    equal = "equal"


class Scope(StrEnum):
    """What of an article was read by hand."""

    article = "article"
    quote = "quote"


class FigureFormat(StrEnum):
    """How figures are printed."""

    table = "table"
    jsonl = "jsonl"


Figures = Annotated[
    FigureFormat | None,
    typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
]


@filtered
def panel(
    record: RecordFolder,
    chosen: EventFilter,
    unit: Annotated[PanelUnit, typer.Option("--unit", help="What a row is about.")] = PanelUnit.dyad,
    period: Annotated[PanelPeriod, typer.Option("--period", help="How long it lasts.")] = PanelPeriod.month,
    by: Annotated[PanelKinds, typer.Option("--by", help="Counts by quad class or by category.")] = PanelKinds.quad,
    countries: Annotated[
        str | None, typer.Option("--countries", metavar="A,B,...", help="Only these. Default: all that occur.")
    ] = None,
    pairs: Annotated[
        PanelPairs, typer.Option("--pairs", help="All pairs, or only those that occur together.")
    ] = PanelPairs.all,
    all_told: Annotated[
        bool, typer.Option("--all-told", help="Count what is planned, supposed, denied or long past too.")
    ] = False,
    output: Output = None,
    form: Annotated[
        PanelFormat | None, typer.Option("--format", "-f", help="Default: by the name of the file, else CSV.")
    ] = None,
) -> None:
    """Count events and mentions by unit and period, rows of zeros included, with the articles read as denominator."""
    from dragoman.knowledge.actors import load_actors
    from dragoman.knowledge.codes import load_codes
    from dragoman.knowledge.ontology import STATEMENT, load_ontology
    from dragoman.record.filter_names import resolved
    from dragoman.record.filters import EventFilter
    from dragoman.record.panel import Plan, known_states
    from dragoman.record.panel import panel as count
    from dragoman.record.query import Record

    wanted = form or _by_name(output)
    if wanted is PanelFormat.parquet and output is None:
        raise usage("Parquet needs a file: name one with --output")
    states = known_states(load_actors(), load_codes())
    named = tuple(name.strip() for name in (countries or "").split(",") if name.strip())
    codes = tuple(dict.fromkeys(resolved(EventFilter(country=named)).country))
    plan = Plan(unit.value, period.value, by.value, codes, pairs.value, all_told)
    categories = [name for name in load_ontology().categories if chosen.statements or name != STATEMENT]
    with Record.open(record) as opened, ending_well():
        _must_be_merged(opened.is_merged, opened.merged_current, record)
        found = count(opened.cursor(), plan, chosen, states, categories)
        for line in _panel_told(found.told):
            tell(f"dragoman: {line}")
        _write(found, wanted, output)


@filtered
def sample(
    record: RecordFolder,
    chosen: EventFilter,
    size: Annotated[int, typer.Option("--n", "-n", min=1, help="How many cases to draw.")] = 200,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="What strata are cut by, joined by commas: category, quad, mode, status, outlet, year, month, "
            "country, place, confidence.",
        ),
    ] = "category",
    seed: Annotated[int, typer.Option("--seed", help="Another number draws another sample.")] = 1,
    unit: Annotated[SampleUnit, typer.Option("--unit", help="What is drawn.")] = SampleUnit.mentions,
    allocation: Annotated[
        SampleAllocation, typer.Option("--allocation", help="In proportion to the strata, or as many of each.")
    ] = SampleAllocation.proportional,
    output: Output = None,
    read: Annotated[
        Path | None, typer.Option("--read", metavar="FILE.csv", help="Read a filled form back.", dir_okay=False)
    ] = None,
    form: Figures = None,
) -> None:
    """Draw a stratified sample as a form for hand-coding (CSV), or read one back as precision with intervals."""
    from dragoman.record.query import Record

    with Record.open(record) as opened, ending_well():
        if read is not None:
            from dragoman.record.coding_form import read_form

            filled = read_form(_bytes(read), opened.cursor(), str(read))
            _print_precision(filled, form)
            return
        from dragoman.record.coding_form import form_lines
        from dragoman.record.sampling import Design, draw

        if unit is SampleUnit.events:
            _must_be_merged(opened.is_merged, opened.merged_current, record)
        cuts = tuple(dict.fromkeys(each.strip() for each in by.split(",") if each.strip()))
        design = Design(size, cuts, seed, unit.value, allocation.value)
        rows = list(draw(opened.cursor(), design, chosen))
        strata = len({row["stratum"] for row in rows})
        _put(form_lines(rows), output, ends="\r\n")
        tell(
            f"dragoman: {counted(len(rows), 'case')} from {strata:,} strata: fill in the columns ..._ok with y, n or -"
        )


def evaluate(
    record: RecordFolder,
    gold: Annotated[Path, typer.Argument(help="What was coded by hand: JSON lines or CSV (docs/studies.md).")],
    confidence: Annotated[
        float, typer.Option("--confidence", min=0, max=1, help="Leave out what is less sure than this.")
    ] = 0.0,
    within: Annotated[
        Scope, typer.Option("--within", help="Whole articles were read by hand, or only the quotes given.")
    ] = Scope.article,
    statements: Annotated[bool, typer.Option("--statements", help="Score positions outside PLOVER too.")] = False,
    floor: Annotated[
        float | None, typer.Option("--floor", min=0, max=1, help="Exit with 1 where F1 of events is lower.")
    ] = None,
    form: Figures = None,
) -> None:
    """Score a record against events that were coded by hand: precision, recall, F1, and what is taken for what."""
    from dragoman.knowledge.ontology import load_ontology
    from dragoman.record.evaluation import evaluate as score
    from dragoman.record.gold import read_gold
    from dragoman.record.query import Record

    quads = {name: category.quad for name, category in load_ontology().categories.items()}
    with Record.open(record) as opened, ending_well():
        told = read_gold(_bytes(gold), opened.cursor(), str(gold), quads)
        for line, reason in told.faults:
            tell(f"dragoman: {gold}, line {line}: {reason}")
        found = score(
            opened.cursor(), told, confidence=confidence, quotes_only=within is Scope.quote, statements=statements
        )
        if is_table(form):
            from dragoman.explore.printing import output_console
            from dragoman.explore.study_tables import evaluation_tables

            console = output_console()
            for table in evaluation_tables(found):
                console.print(table)
                console.print()
        else:
            from dragoman.explore.study_tables import evaluation_row

            print(json.dumps(evaluation_row(found), ensure_ascii=False))
    f1 = found.scores["event"].f1 if "event" in found.scores else None
    if floor is not None and (f1 is None or f1 < floor):
        tell(f"dragoman: F1 of events is {'not known' if f1 is None else f'{f1:.4f}'}, below the floor of {floor}")
        raise typer.Exit(EXIT_ERROR)
    if told.faults:
        tell(f"dragoman: {counted(len(told.faults), 'line')} of {gold} left out")
        raise typer.Exit(EXIT_REJECTS)


def _must_be_merged(is_merged: bool, is_current: bool, record: Path) -> None:
    from dragoman.errors import RecordError

    if not is_merged:
        raise RecordError(f"{record}: its mentions were never merged into events: run dragoman build {record}")
    if not is_current:
        tell(f"dragoman: mentions came after the last merge, and are not counted: run dragoman build {record}")


def _panel_told(told: PanelTold) -> Iterator[str]:
    copies = f" and {counted(told.copies, 'copy').replace('copys', 'copies')}" if told.copies else ""
    yield (
        f"at most {told.rows:,} rows: {counted(told.units, 'unit')} in {counted(told.periods, 'period')} "
        f"from {told.first} to {told.last}; {counted(told.articles, 'article')}{copies}"
    )
    yield f"{counted(told.events, 'event')} counted, {told.too_wide:,} of too wide a date, {told.undated:,} of none"
    if told.outside:
        why = "dated before or after, or neither dated nor published on a day"
        yield f"{counted(told.outside, 'event')} left out: {why}"
    if told.undated_articles:
        yield f"{counted(told.undated_articles, 'article')} without a day of publication not in the denominator"


def _by_name(output: Path | None) -> PanelFormat:
    suffix = "" if output is None else output.suffix.lower().lstrip(".")
    return PanelFormat(suffix) if suffix in {each.value for each in PanelFormat} else PanelFormat.csv


def _write(found: Panel, form: PanelFormat, output: Path | None) -> None:
    if form is PanelFormat.parquet and output is not None:
        from dragoman.record.panel import write_parquet

        write_parquet(found, output)
    else:
        from dragoman.record.panel import csv_lines, json_lines

        lines = csv_lines(found) if form is PanelFormat.csv else json_lines(found)
        _put(lines, output)


def _put(lines: Iterable[str], output: Path | None, ends: str = "\n") -> None:
    """Lines to standard output, or into a file that appears when it is whole."""
    if output is None:
        for line in lines:
            print(line)
        return
    from dragoman.record.parquet import told_plainly

    part = output.with_name(output.name + ".part")
    with told_plainly(output):
        with part.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(line + ends for line in lines)
        os.replace(part, output)


def _bytes(path: Path) -> bytes:
    from dragoman.errors import ReadingError

    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise ReadingError(error.strerror or str(error), source=str(path)) from error


def is_table(form: FigureFormat | None) -> bool:
    """Whether figures are for somebody at a terminal."""
    return form is FigureFormat.table or (form is None and sys.stdout.isatty())


def _print_precision(filled: FilledForm, form: FigureFormat | None) -> None:
    from dragoman.record.precision import precision

    rows = list(precision(filled))
    judged = sum(1 for each in filled.judgements if each.answers)
    lost = filled.drawn - len(filled.judgements)
    tell(
        f"dragoman: {judged:,} of {counted(filled.drawn, 'row')} judged, drawn from {filled.population:,}"
        + (f"; {counted(lost, 'row')} of the sample not in the file" if lost else "")
    )
    if is_table(form):
        from dragoman.explore.printing import output_console
        from dragoman.explore.study_tables import precision_table

        output_console().print(precision_table(rows))
        return
    from dragoman.explore.study_tables import precision_row

    for row in rows:
        print(json.dumps(precision_row(row), ensure_ascii=False))
