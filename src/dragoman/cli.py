"""The command line: each command calls one function. Data goes to stdout, all else to stderr.

Exit codes: 0 done; 1 an error; 2 a wrong call; 3 done, but some articles were rejected; 130 interrupted. What is heavy
(network, tables) loads inside the commands, so that help is quick.
"""

from __future__ import annotations

import io
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
    from rich.progress import Progress, TaskID

    from dragoman.coding.coder import Coder
    from dragoman.config import Config
    from dragoman.reading.rejects import Reject
    from dragoman.record.export import CodedArticle
    from dragoman.values import Article

EXIT_ERROR, EXIT_USAGE, EXIT_REJECTS, EXIT_INTERRUPTED = 1, 2, 3, 130
_PROGRESS_AFTER_BYTES = 200_000

# Options that several commands share.
_Sources = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, folders, patterns, addresses; formats are listed in docs/reading.md; - is standard input.",
        metavar="[PATHS|URLS|-]...",
    ),
]
_Day = Annotated[str | None, typer.Option("--date", help="Day of publication (ISO) where the input names none.")]
_Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=NAME", help="Take FIELD from NAME of the JSON or the table (repeat)."),
]
_OwnActors = Annotated[
    list[str] | None, typer.Option("--actors", metavar="FILE.csv", help="Your own table of actors (repeat).")
]
_SettingsFile = Annotated[Path | None, typer.Option("--config", help="Settings as TOML.", dir_okay=False)]
_Fetch = Annotated[bool, typer.Option("--fetch", help="Read the pages that feeds name, where they hold no full text.")]
_Private = Annotated[bool, typer.Option("--allow-private", help="Fetch from addresses of your own network too.")]

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


class ReadingFormat(StrEnum):
    """How articles are printed."""

    table = "table"
    jsonl = "jsonl"


class AnswerFormat(StrEnum):
    """How answers about actors are printed."""

    table = "table"
    json = "json"


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
    files: _Sources = None,
    output: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
    date: _Day = None,
    statements: Annotated[
        bool, typer.Option("--statements", help="Print positions outside PLOVER too, as STATEMENT.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print each event's sentence with its words marked, and the reasons.")
    ] = False,
    mapping: _Mapping = None,
    actors: _OwnActors = None,
    config: _SettingsFile = None,
    fetch: _Fetch = False,
    private: _Private = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")] = False,
) -> None:
    """Code reports into events, each field with the words that it was read from."""
    from dragoman.reading.sources import read_sources

    names = _checked_names(files)
    published = _checked_day(date)
    fields = _checked_mapping(mapping or [])
    if explain and output is not None:
        raise _usage("--explain is for reading, --format for data: give one of them")
    settings = _settings(config, statements=statements, actors=actors or [])
    items = read_sources(names, published=published, mapping=fields, config=settings, fetch=fetch, private=private)
    coding = _Coding(settings, quiet=quiet, total_bytes=_size_of(names))
    with _ending_well():
        _print_events(coding.run(items), output, explain=explain)
        coding.tell_summary()
    if coding.rejects:
        raise typer.Exit(EXIT_REJECTS)


@app.command()
def read(
    files: _Sources = None,
    output: Annotated[
        ReadingFormat | None,
        typer.Option("--format", "-f", help="Default: a table on a terminal, JSON lines in a pipe."),
    ] = None,
    date: _Day = None,
    mapping: _Mapping = None,
    config: _SettingsFile = None,
    fetch: _Fetch = False,
    private: _Private = False,
) -> None:
    """Read reports of many formats and print them as articles; `dragoman code` takes what this prints."""
    from dragoman.reading.rejects import Reject
    from dragoman.reading.sources import read_sources
    from dragoman.record.article_lines import article_line, article_row

    names = _checked_names(files)
    published, fields = _checked_day(date), _checked_mapping(mapping or [])
    settings = _settings(config, statements=False, actors=[])
    table = output is ReadingFormat.table or (output is None and sys.stdout.isatty())
    rejected = 0
    with _ending_well():
        for item in read_sources(
            names, published=published, mapping=fields, config=settings, fetch=fetch, private=private
        ):
            if isinstance(item, Reject):
                _tell(f"rejected: {item.where}: {item.stage}: {item.reason}")
                rejected += 1
            else:
                print(article_row(item) if table else article_line(item))
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


@app.command()
def build(
    record: Annotated[Path, typer.Argument(help="The folder of the record; it is made where there is none.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="What to read; nothing: only finish and tidy up.", metavar="[PATH|-]...")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes. Default: all cores.")] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Do the share of job I of N, for batch schedulers.")
    ] = None,
    date: _Day = None,
    statements: Annotated[bool, typer.Option("--statements", help="Keep positions outside PLOVER too.")] = False,
    mapping: _Mapping = None,
    actors: _OwnActors = None,
    config: _SettingsFile = None,
    recode: Annotated[bool, typer.Option("--recode", help="Code anew what other versions or settings coded.")] = False,
    drop_damaged: Annotated[bool, typer.Option("--drop-damaged", help="Take damaged shards out first.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> None:
    """Read, code and store reports in a record. Run it again: it does only what is new, or was left undone."""
    from dragoman.explore.building import summary, watched
    from dragoman.record.plan import part_of
    from dragoman.record.run import BuildOptions, all_cores, worker_pool
    from dragoman.record.run import build as build_record

    names = _checked_names(files) if files else []
    if not names and not record.exists():
        raise _usage(f"no such record, and nothing to read: {record}")
    fields = tuple(sorted(_checked_mapping(mapping or []).items()))
    settings = _settings(config, statements=statements, actors=actors or [])
    options = BuildOptions(settings, _checked_day(date), fields, part_of(shard), recode, drop_damaged)
    count = workers or all_cores()
    try:
        with watched(sys.stderr, quiet=quiet) as tell, worker_pool(count) as pool:
            outcome = build_record(record, names, options, pool, workers=count, tell=tell)
    except KeyboardInterrupt:
        _tell("dragoman: interrupted: what was finished is kept, run it again to go on")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    for line in () if quiet else summary(outcome):
        _tell(line)
    if outcome.rejects:
        _tell(f"dragoman: {outcome.rejects:,} rejected: dragoman export {record} --rejects tells which and why")
        raise typer.Exit(EXIT_REJECTS)


@app.command()
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

    with Record.open(record) as opened, _ending_well():
        if rejects:
            for line in opened.reject_lines():
                print(line)
        else:
            _print_events(opened.coded(), output, explain=False)


@app.command()
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
        raise _usage("nothing to read: name files of JSON lines, or - for standard input")
    classifier = PairClassifier.load()
    known = classifier.ontology.dialects
    if dialect is not None and dialect not in known:
        raise _usage(f"no dialect {dialect!r}; known: {', '.join(sorted(known))}")
    filing = known[dialect] if dialect is not None else None
    rejected = 0
    with _ending_well():
        for item in read_pairs(names):
            if isinstance(item, PairRequest):
                try:
                    found = classifier.classify(item.text, item.actor, item.recipient)
                except UsageError as error:
                    _tell(f"rejected: {item.source}, line {item.row}: {error}")
                    rejected += 1
                    continue
                line = {"row": item.row, "id": item.id, **dict(rows_of(found))}
                if filing is not None:
                    line["roots"] = {root: round(p, 4) for root, p in classifier.roots(found, filing).items()}
                print(json.dumps(line, ensure_ascii=False))
            else:
                _tell(f"rejected: {item.where}: {item.stage}: {item.reason}")
                rejected += 1
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


@app.command()
def actor(
    phrase: Annotated[str, typer.Argument(help="Who is asked for; - reads phrases, or JSON lines, of standard input.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day (ISO) that it is said on.")] = None,
    actors: _OwnActors = None,
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

    day = _checked_day(on, "--on")
    items = read_phrases() if phrase == "-" else iter((PhraseRequest(1, phrase),))
    from dragoman.coding.actor_phrases import ActorIdentifier
    from dragoman.explore.actor_table import answer_printer

    identifier = ActorIdentifier.load(actors=actors or ())
    table = (output or (AnswerFormat.table if sys.stdout.isatty() else AnswerFormat.json)) is AnswerFormat.table
    show = answer_printer(identifier.versions(), table=table)
    rejected = 0
    with _ending_well():
        for item in items:
            if not isinstance(item, PhraseRequest):
                _tell(f"rejected: {item.where}: {item.stage}: {item.reason}")
                rejected += 1
                continue
            try:
                show(identifier.identify(item.phrase, item.on or day), item.id)
            except UsageError as error:
                if phrase != "-":
                    raise
                _tell(f"rejected: standard input, line {item.row}: {error}")
                rejected += 1
    if rejected:
        raise typer.Exit(EXIT_REJECTS)


@app.command("actors-from-wikidata")
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
        _tell(f"rejected: {item.source}, row {item.row}: {item.reason}")
        rejected += 1
    with _ending_well():
        for line in own_table_lines(rows):
            print(line)
    _tell(f"{_counted(len(rows), 'row')}, {rejected:,} rejected")
    if rejected:
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
    with _ending_well():
        for finding in findings:
            print(f"{finding.severity}: {finding.table}: {finding.row}: {finding.message}")
    errors = sum(1 for finding in findings if finding.severity == "error")
    _tell(f"{errors} errors, {len(findings) - errors} notes")
    if errors:
        raise typer.Exit(EXIT_ERROR)


class _Coding:
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
        _tell(f"rejected: {reject.where}: {reject.stage}: {reject.reason}")

    def tell_summary(self) -> None:
        """One closing line where there was more than one article."""
        if self.quiet or self.articles + len(self.rejects) < 2:
            return
        counts = (_counted(self.articles, "article"), _counted(self.events, "event"))
        _tell(f"{counts[0]}, {counts[1]}, {len(self.rejects):,} rejected")

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


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _tell(message: str) -> None:
    """One line on stderr, whatever stands in names and texts."""
    print(" ".join(message.split()), file=sys.stderr, flush=True)


def _advance(progress: Progress, task: TaskID, done: int) -> None:
    progress.advance(task, done)


def _no_progress(done: int) -> None:
    """Progress nobody watches."""


def _print_events(coded: Iterator[CodedArticle], output: OutputFormat | None, *, explain: bool) -> None:
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


def _checked_names(files: list[str] | None) -> list[str]:
    from dragoman.reading.finding import stands_for_nothing

    names = files if files else ([] if sys.stdin.isatty() else ["-"])
    if not names:
        raise _usage("nothing to read: name files, or - for standard input")
    missing = [name for name in names if stands_for_nothing(name)]
    if missing:
        raise _usage(f"no such file: {', '.join(missing)}")
    return names


def _checked_day(text: str | None, option: str = "--date") -> str | None:
    if text is None:
        return None
    from dragoman.reading.dates import iso_moment

    found = iso_moment(text)
    if found is None:
        raise _usage(f"{option} {text!r} is no date: write it as 2024-11-19 or 2024-11-19T08:30:00+05:30")
    return found


def _checked_mapping(pairs: list[str]) -> dict[str, str]:
    result: dict[str, str] = {}
    for pair in pairs:
        field, sign, name = pair.partition("=")
        if not sign or not field or not name:
            raise _usage(f"--map {pair!r}: write FIELD=NAME, for instance --map text=body")
        result[field] = name
    return result


def _settings(path: Path | None, *, statements: bool, actors: list[str]) -> Config:
    from dataclasses import replace

    from dragoman.config import Config, load_config

    told = load_config(path) if path is not None else Config()
    return replace(told, statements=statements or told.statements, actors=(*told.actors, *actors))


def _size_of(names: list[str]) -> int | None:
    try:
        return sum(Path(name).stat().st_size for name in names)
    except OSError:  # standard input, and what will be rejected when it is opened
        return None


def _usage(message: str) -> typer.Exit:
    _tell(f"dragoman: {message}")
    return typer.Exit(EXIT_USAGE)


@contextmanager
def _ending_well() -> Iterator[None]:
    """A closed pipe ends quietly, an interrupt with its code, an output that cannot be written with one line."""
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        _let_go()
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except BrokenPipeError:
        _let_go()
        raise typer.Exit from None
    except OSError as error:
        _tell(f"dragoman: the output cannot be written: {error.strerror or error}")
        _let_go()
        raise typer.Exit(EXIT_ERROR) from None


def _let_go() -> None:
    """Write what can be written; what a closed or full output still holds would raise again at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """The console script. What Dragoman raises on purpose becomes one line on stderr. Data are UTF-8 in any locale."""
    from dragoman.errors import DragomanError, UsageError

    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime would write a device id and send events
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    try:
        app()
    except UsageError as error:
        _tell(f"dragoman: {error}")
        sys.exit(EXIT_USAGE)
    except DragomanError as error:
        _tell(f"dragoman: {error}")
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
