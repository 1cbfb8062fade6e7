"""Commands about who is who: actor, actors-from-wikidata, check-knowledge."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dragoman.cli.ending import EXIT_ERROR, EXIT_REJECTS, counted, ending_well, tell
from dragoman.cli.options import AnswerFormat, OwnActors, checked_day


def actor(
    phrase: Annotated[str, typer.Argument(help="Who is asked for; - reads phrases, or JSON lines, of standard input.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day (ISO) that it is said on.")] = None,
    actors: OwnActors = None,
    output: Annotated[
        AnswerFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
) -> None:
    """Say who a phrase means on a day, and why: party, country, sector, office, person, term, and who else it could be.

    Standard input has a phrase a line, or JSON lines {"phrase", "on"}.
    """
    from dragoman.errors import UsageError
    from dragoman.reading.phrases import PhraseRequest, read_phrases

    day = checked_day(on, "--on")
    items = read_phrases() if phrase == "-" else iter((PhraseRequest(1, phrase),))
    from dragoman.coding.actor_phrases import ActorIdentifier
    from dragoman.explore.actor_table import answer_printer

    identifier = ActorIdentifier.load(actors=actors or ())
    table = (output or (AnswerFormat.table if sys.stdout.isatty() else AnswerFormat.json)) is AnswerFormat.table
    show = answer_printer(identifier.versions(), table=table)
    rejected = 0
    with ending_well():
        for item in items:
            if not isinstance(item, PhraseRequest):
                tell(f"rejected: {item.where}: {item.stage}: {item.reason}")
                rejected += 1
                continue
            try:
                show(identifier.identify(item.phrase, item.on or day), item.id)
            except UsageError as error:
                if phrase != "-":
                    raise
                tell(f"rejected: standard input, line {item.row}: {error}")
                rejected += 1
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


def actors_from_wikidata(
    result: Annotated[Path, typer.Argument(help="What the Wikidata Query Service gave: CSV or JSON.", dir_okay=False)],
    kind: Annotated[str, typer.Option("--kind", help="person, organisation or group, where the result says none.")] = (
        "person"
    ),
    sector: Annotated[str | None, typer.Option("--sector", help="PLOVER sector, where the result says none.")] = None,
) -> None:
    """Turn a result of the documented query into a table for --actors: CSV on standard output."""
    from dragoman.reading.wikidata import OwnRow, own_table_lines, read_wikidata

    rows = []
    rejected = 0
    for item in read_wikidata(result, kind=kind, sector=sector):
        if isinstance(item, OwnRow):
            rows.append(item)
            continue
        tell(f"rejected: {item.source}, row {item.row}: {item.reason}")
        rejected += 1
    with ending_well():
        for line in own_table_lines(rows):
            print(line)
    tell(f"{counted(len(rows), 'row')}, {rejected:,} rejected")
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


def check_knowledge(
    cabinets: Annotated[
        Path | None,
        typer.Option("--cabinets", help="The cabinets of June 2019 (CSV), to compare the holders of offices with."),
    ] = None,
) -> None:
    """Check the knowledge tables and print what is wrong or worth a look."""
    from dragoman.knowledge.check import check_tables

    findings = check_tables(cabinets)
    with ending_well():
        for finding in findings:
            print(f"{finding.severity}: {finding.table}: {finding.row}: {finding.message}")
    errors = sum(1 for finding in findings if finding.severity == "error")
    tell(f"{errors} errors, {len(findings) - errors} notes")
    if errors:
        raise typer.Exit(EXIT_ERROR)
