"""How coded events are printed: as a table, as JSON lines, as CSV, or each with its reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dragoman.cli.options import OutputFormat

if TYPE_CHECKING:
    from dragoman.record.export import CodedArticle


def print_events(coded: Iterator[CodedArticle], output: OutputFormat | None, *, explain: bool) -> None:
    chosen = output or (OutputFormat.table if sys.stdout.isatty() else OutputFormat.jsonl)
    if explain or chosen is OutputFormat.table:
        from dragoman.explore.printing import print_explanations, print_tables

        (print_explanations if explain else print_tables)(coded)
        return
    from dragoman.record.export import csv_lines, json_line

    if chosen is OutputFormat.csv:
        for line in csv_lines(event for each in coded for event in each.events):
            print(line)
        return
    for each in coded:
        for event in each.events:
            print(json_line(event, each.versions))
