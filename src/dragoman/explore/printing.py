"""Coded articles on standard output, as tables or with explanations. In: articles with their events. Out: lines,
in colour on a terminal that wants it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from dragoman.explore.terminal import article_heading, event_table, explanation
from dragoman.record.export import CodedArticle


def output_console() -> Console:
    """Standard output: plain in a pipe and where NO_COLOR is set."""
    columns = shutil.get_terminal_size((160, 24)).columns
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()  # then not even bold: no escape codes at all
    return Console(
        file=sys.stdout, width=columns, highlight=False, emoji=False, force_terminal=not plain, no_color=plain
    )


def print_explanations(coded: Iterable[CodedArticle]) -> None:
    """Each event's sentence with its words marked, and the reasons."""
    console = output_console()
    for each in coded:
        console.print(Text(article_heading(each.article, len(each.events)), style="bold underline"))
        console.print()
        for line in explanation(each.events, colour=console.is_terminal, width=console.width):
            console.print(line)


def print_tables(coded: Iterable[CodedArticle]) -> None:
    """One table of events an article."""
    console = output_console()
    for each in coded:
        console.print(Text(article_heading(each.article, len(each.events)), style="bold"))
        if each.events:
            console.print(event_table(each.events))
        console.print()
