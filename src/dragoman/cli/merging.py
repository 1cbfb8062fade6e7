"""Commands about the merging of a record: explain, split, join."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dragoman.cli.ending import ending_well, tell
from dragoman.cli.options import AnswerFormat

Folder = Annotated[Path, typer.Argument(help="The folder of the record.", metavar="RECORD")]


def explain(
    record: Folder,
    event: Annotated[str, typer.Argument(help="An event's id, now or before, or a mention's.")],
    output: Annotated[
        AnswerFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
) -> None:
    """Say why mentions stand in one event: who tells it, what speaks for their being one, and what they differ in."""
    from dragoman.explore.event_explanation import explanation_lines
    from dragoman.record.explanation import explain as explain_event
    from dragoman.record.query import Record

    table = (output or (AnswerFormat.table if sys.stdout.isatty() else AnswerFormat.json)) is AnswerFormat.table
    with Record.open(record) as opened, ending_well():
        found = explain_event(opened, event)
        for line in explanation_lines(found) if table else [found.line()]:
            print(line)


def split(
    record: Folder,
    event: Annotated[str, typer.Argument(help="The event, by its id.")],
    mentions: Annotated[list[str], typer.Argument(help="The mentions that tell of another; explain lists their ids.")],
) -> None:
    """Take mentions out of an event. They become one event of their own, in every later build too."""
    from dragoman.record.explanation import split as split_event

    found = split_event(record, event, mentions)
    tell(f"kept in {record}/corrections.jsonl and merged again")
    with ending_well():
        print(found)


def join(
    record: Folder,
    one: Annotated[str, typer.Argument(help="An event, by its id.")],
    other: Annotated[str, typer.Argument(help="Another.")],
) -> None:
    """Make two events one. They stay one in every later build too."""
    from dragoman.record.explanation import join as join_events

    found = join_events(record, one, other)
    tell(f"kept in {record}/corrections.jsonl and merged again")
    with ending_well():
        print(found)
