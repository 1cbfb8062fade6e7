"""Commands that read and code without keeping a record: code, read, classify."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli.ending import EXIT_REJECTS, counted, ending_well, tell, usage
from dragoman.cli.event_output import print_events
from dragoman.cli.options import (
    Day,
    Fetch,
    Mapping,
    OutputFormat,
    OwnActors,
    Private,
    ReadingFormat,
    SettingsFile,
    Sources,
    checked_day,
    checked_mapping,
    checked_names,
    settings_of,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from dragoman.coding.coder import Coder
    from dragoman.reading.rejects import Reject
    from dragoman.record.export import CodedArticle
    from dragoman.values import Article

_PROGRESS_AFTER_BYTES = 200_000


def code(
    files: Sources = None,
    output: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
    date: Day = None,
    statements: Annotated[
        bool, typer.Option("--statements", help="Print positions outside PLOVER too, as STATEMENT.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print each event's sentence with its words marked, and the reasons.")
    ] = False,
    mapping: Mapping = None,
    actors: OwnActors = None,
    config: SettingsFile = None,
    fetch: Fetch = False,
    private: Private = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")] = False,
) -> None:
    """Code reports into events, each field with the words that it was read from."""
    from dragoman.reading.sources import read_sources

    names = checked_names(files)
    published = checked_day(date)
    fields = checked_mapping(mapping or [])
    if explain and output is not None:
        raise usage("--explain is for reading, --format for data: give one of them")
    settings = settings_of(config, statements=statements, actors=actors or [])
    items = read_sources(names, published=published, mapping=fields, config=settings, fetch=fetch, private=private)
    coding = CodingRun(settings, quiet=quiet, total_bytes=_size_of(names))
    with ending_well():
        print_events(coding.run(items), output, explain=explain)
        coding.tell_summary()
    if coding.rejects:
        raise typer.Exit(EXIT_REJECTS)


def read(
    files: Sources = None,
    output: Annotated[
        ReadingFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
    date: Day = None,
    mapping: Mapping = None,
    config: SettingsFile = None,
    fetch: Fetch = False,
    private: Private = False,
) -> None:
    """Read reports of many formats and print them as articles; `dragoman code` takes what this prints."""
    from dragoman.reading.rejects import Reject
    from dragoman.reading.sources import read_sources
    from dragoman.record.article_lines import article_line, article_row

    names = checked_names(files)
    published, fields = checked_day(date), checked_mapping(mapping or [])
    settings = settings_of(config, statements=False, actors=[])
    table = output is ReadingFormat.table or (output is None and sys.stdout.isatty())
    rejected = 0
    with ending_well():
        for item in read_sources(
            names, published=published, mapping=fields, config=settings, fetch=fetch, private=private
        ):
            if isinstance(item, Reject):
                tell(f"rejected: {item.where}: {item.stage}: {item.reason}")
                rejected += 1
            else:
                print(article_row(item) if table else article_line(item))
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


def classify(
    files: Annotated[
        list[str] | None,
        typer.Argument(help='JSON lines {"text", "actor", "recipient"}; - is standard input.', metavar="[FILES|-]..."),
    ] = None,
    dialect: Annotated[
        str | None, typer.Option("--dialect", help="Also print roots in this dialect of PLOVER (zsp, ...).")
    ] = None,
) -> None:
    """Say what a given actor does to a given recipient: categories with probabilities, one JSON line a pair.

    Actor and recipient are spans of the text: [start, end] in characters, or words that stand in it.
    """
    import json

    from dragoman.coding.pairs import PairClassifier, rows_of
    from dragoman.errors import UsageError
    from dragoman.reading.pairs import PairRequest, read_pairs

    names = files if files else ([] if sys.stdin.isatty() else ["-"])
    if not names:
        raise usage("nothing to read: name files of JSON lines, or - for standard input")
    classifier = PairClassifier.load()
    known = classifier.ontology.dialects
    if dialect is not None and dialect not in known:
        raise usage(f"no dialect {dialect!r}; known: {', '.join(sorted(known))}")
    filing = known[dialect] if dialect is not None else None
    rejected = 0
    with ending_well():
        for item in read_pairs(names):
            if isinstance(item, PairRequest):
                try:
                    found = classifier.classify(item.text, item.actor, item.recipient)
                except UsageError as error:
                    tell(f"rejected: {item.source}, line {item.row}: {error}")
                    rejected += 1
                    continue
                line = {"row": item.row, "id": item.id, **dict(rows_of(found))}
                if filing is not None:
                    line["roots"] = {root: round(p, 4) for root, p in classifier.roots(found, filing).items()}
                print(json.dumps(line, ensure_ascii=False))
            else:
                tell(f"rejected: {item.where}: {item.stage}: {item.reason}")
                rejected += 1
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


class CodingRun:
    """One run of `dragoman code`: counts, rejects and progress."""

    def __init__(self, settings: object, *, quiet: bool, total_bytes: int | None) -> None:
        self.settings = settings
        self.quiet = quiet
        self.total_bytes = total_bytes
        self.articles = 0
        self.events = 0
        self.rejects: list[Reject] = []
        self.versions: dict[str, str] = {}

    def run(self, items: Iterable[Article | Reject]) -> Iterator[CodedArticle]:
        """Code what can be coded; tell of the rest on stderr and keep it in `rejects`."""
        from dragoman.errors import CodingError
        from dragoman.reading.rejects import Reject
        from dragoman.record.export import CodedArticle

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
                self.events += len(events)
                yield CodedArticle(item, events, self.versions)
                advance(len(item.text.encode()))

    def _load(self) -> Coder:
        from dragoman.coding.coder import Coder
        from dragoman.config import Config

        assert isinstance(self.settings, Config)
        coder = Coder.load(config=self.settings)
        self.versions = coder.versions()
        return coder

    def _reject(self, reject: Reject) -> None:
        self.rejects.append(reject)
        tell(f"rejected: {reject.where}: {reject.stage}: {reject.reason}")

    def tell_summary(self) -> None:
        """One closing line where there was more than one article."""
        if self.quiet or self.articles + len(self.rejects) < 2:
            return
        counts = (counted(self.articles, "article"), counted(self.events, "event"))
        tell(f"{counts[0]}, {counts[1]}, {len(self.rejects):,} rejected")

    @contextmanager
    def _progress(self) -> Iterator[Callable[[int], None]]:
        watched = sys.stderr.isatty() and not sys.stdout.isatty()  # on one terminal, the events show how far it is
        if self.quiet or not watched or (self.total_bytes or 0) < _PROGRESS_AFTER_BYTES:
            yield _no_progress
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(
            TextColumn("coding"),
            BarColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,  # rich would print the events on stderr
            redirect_stderr=True,
        ) as progress:
            task = progress.add_task("coding", total=self.total_bytes)
            yield partial(_advance, progress, task)


def _advance(progress: Progress, task: TaskID, done: int) -> None:
    progress.advance(task, done)


def _no_progress(done: int) -> None:
    """Progress nobody watches."""


def _size_of(names: list[str]) -> int | None:
    try:
        return sum(Path(name).stat().st_size for name in names)
    except OSError:  # standard input, and what will be rejected when it is opened
        return None
