"""The command line: each command calls one function. Data goes to stdout, all else to stderr.

Exit codes: 0 done; 1 an error; 2 a wrong call; 3 done, but some articles were rejected; 130 interrupted. What is heavy
(network, tables) loads inside the commands, so that help is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman import __version__

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from dragoman.coding.coder import Coder
    from dragoman.reading.rejects import Reject
    from dragoman.values import Article, EventMention

EXIT_ERROR, EXIT_USAGE, EXIT_REJECTS, EXIT_INTERRUPTED = 1, 2, 3, 130
_PROGRESS_AFTER_BYTES = 200_000

app = typer.Typer(
    name="dragoman",
    help="Reads news and keeps the diplomatic record: who did what to whom, when, where, and according to whom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class OutputFormat(StrEnum):
    """How events are printed."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dragoman {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


@app.command()
def code(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Plain text or JSON lines; - is standard input.", metavar="[FILES|-]..."),
    ] = None,
    output: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", help="Day of publication (ISO) where the input names none.")
    ] = None,
    statements: Annotated[
        bool, typer.Option("--statements", help="Print positions outside PLOVER too, as STATEMENT.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print each event's sentence with its words marked, and the reasons.")
    ] = False,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=NAME", help="Take FIELD of an article from NAME of the JSON (repeat)."),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings as TOML.", dir_okay=False)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")] = False,
) -> None:
    """Code reports into events, each field with the words that it was read from."""
    from dragoman.config import Config, load_config
    from dragoman.reading.sources import read_sources

    names = files if files else ([] if sys.stdin.isatty() else ["-"])
    if not names:
        raise _usage("nothing to read: name files, or - for standard input")
    published = _checked_day(date)
    fields = _checked_mapping(mapping or [])
    missing = [name for name in names if name != "-" and not Path(name).exists()]
    if missing:
        raise _usage(f"no such file: {', '.join(missing)}")
    settings = load_config(config) if config is not None else Config()
    if statements:
        from dataclasses import replace

        settings = replace(settings, statements=True)
    items = read_sources(names, published=published, mapping=fields, config=settings)
    coding = _Coding(settings, quiet=quiet, total_bytes=_size_of(names))
    _print_events(coding.run(items), coding, output, explain=explain)
    if coding.rejects:
        raise typer.Exit(EXIT_REJECTS)


@app.command("check-knowledge")
def check_knowledge(
    cabinets: Annotated[
        Path | None,
        typer.Option("--cabinets", help="The cabinets of June 2019 (CSV), to compare the holders of offices with."),
    ] = None,
) -> None:
    """Check the knowledge tables and print what is wrong or worth a look."""
    from dragoman.knowledge.check import check_tables

    findings = check_tables(cabinets)
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.table}: {finding.row}: {finding.message}")
    errors = sum(1 for finding in findings if finding.severity == "error")
    typer.echo(f"{errors} errors, {len(findings) - errors} notes", err=True)
    if errors:
        raise typer.Exit(EXIT_ERROR)


class _Coding:
    """One run of `dragoman code`: counts, rejects and progress."""

    def __init__(self, settings: object, *, quiet: bool, total_bytes: int | None) -> None:
        self.settings = settings
        self.quiet = quiet
        self.total_bytes = total_bytes
        self.articles = 0
        self.rejects: list[Reject] = []
        self.versions: dict[str, str] = {}

    def run(self, items: Iterable[Article | Reject]) -> Iterator[tuple[Article, tuple[EventMention, ...]]]:
        """Code what can be coded; tell of the rest on stderr and keep it in `rejects`."""
        from dragoman.errors import CodingError
        from dragoman.reading.rejects import Reject

        coder: Coder | None = None
        with self._progress() as advance:
            for item in items:
                if isinstance(item, Reject):
                    self._reject(item)
                    continue
                if coder is None:
                    coder = self._load()
                try:
                    events = coder.code_article(item)
                except CodingError as error:
                    self._reject(Reject(item.source or item.id, None, error.stage, error.reason))
                    continue
                self.articles += 1
                advance(len(item.text.encode()))
                yield item, events

    def _load(self) -> Coder:
        from dragoman.coding.coder import Coder
        from dragoman.config import Config

        assert isinstance(self.settings, Config)
        coder = Coder.load(config=self.settings)
        self.versions = coder.versions()
        return coder

    def _reject(self, reject: Reject) -> None:
        self.rejects.append(reject)
        where = reject.source if reject.row is None else f"{reject.source}, line {reject.row}"
        typer.echo(f"rejected: {where}: {reject.stage}: {reject.reason}", err=True)

    @contextmanager
    def _progress(self) -> Iterator[Callable[[int], None]]:
        if self.quiet or not sys.stderr.isatty() or (self.total_bytes or 0) < _PROGRESS_AFTER_BYTES:
            yield _no_progress
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(
            TextColumn("{task.completed} articles" if self.total_bytes is None else "coding"),
            BarColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        ) as progress:
            task = progress.add_task("coding", total=self.total_bytes)
            yield partial(_advance, progress, task)


def _advance(progress: Progress, task: TaskID, done: int) -> None:
    progress.advance(task, done)


def _no_progress(done: int) -> None:
    """Progress nobody watches."""


def _print_events(
    coded: Iterator[tuple[Article, tuple[EventMention, ...]]],
    coding: _Coding,
    output: OutputFormat | None,
    *,
    explain: bool,
) -> None:
    if explain:
        _print_explanations(coded)
        return
    chosen = output or (OutputFormat.table if sys.stdout.isatty() else OutputFormat.jsonl)
    if chosen is OutputFormat.table:
        _print_table(coded)
        return
    from dragoman.record.export import csv_lines, json_line

    if chosen is OutputFormat.csv:
        for line in csv_lines(event for _, events in coded for event in events):
            print(line)
        return
    for _, events in coded:
        for event in events:
            print(json_line(event, coding.versions))


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def _print_explanations(coded: Iterator[tuple[Article, tuple[EventMention, ...]]]) -> None:
    from dragoman.explore.terminal import article_heading, explanation

    console = _console()
    for article, events in coded:
        console.print(article_heading(article, len(events)), style="bold underline" if console.is_terminal else "")
        console.print()
        for line in explanation(events, colour=console.is_terminal and not console.no_color):
            console.print(line)


def _print_table(coded: Iterator[tuple[Article, tuple[EventMention, ...]]]) -> None:
    from dragoman.explore.terminal import article_heading, event_table

    console = _console()
    for article, events in coded:
        console.print(article_heading(article, len(events)), style="bold" if console.is_terminal else "")
        if events:
            console.print(event_table(events))
        console.print()


def _checked_day(text: str | None) -> str | None:
    if text is None:
        return None
    from dragoman.reading.dates import iso_moment

    found = iso_moment(text)
    if found is None:
        raise _usage(f"--date {text!r} is no date: write it as 2024-11-19 or 2024-11-19T08:30:00+05:30")
    return found


def _checked_mapping(pairs: list[str]) -> dict[str, str]:
    result: dict[str, str] = {}
    for pair in pairs:
        field, sign, name = pair.partition("=")
        if not sign or not field or not name:
            raise _usage(f"--map {pair!r}: write FIELD=NAME, for instance --map text=body")
        result[field] = name
    return result


def _size_of(names: list[str]) -> int | None:
    sizes = [Path(name).stat().st_size for name in names if name != "-"]
    return sum(sizes) if len(sizes) == len(names) else None


def _usage(message: str) -> typer.Exit:
    typer.echo(f"dragoman: {message}", err=True)
    return typer.Exit(EXIT_USAGE)


def main() -> None:
    """The console script. A closed pipe ends quietly; what Dragoman raises on purpose becomes one line on stderr."""
    from dragoman.errors import DragomanError, UsageError

    try:
        app()
    except UsageError as error:
        typer.echo(f"dragoman: {error}", err=True)
        sys.exit(EXIT_USAGE)
    except DragomanError as error:
        typer.echo(f"dragoman: {error}", err=True)
        sys.exit(EXIT_ERROR)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
