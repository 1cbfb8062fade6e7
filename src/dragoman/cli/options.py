"""Options that several commands share, and how what was given is checked before anything heavy loads."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli.ending import usage

if TYPE_CHECKING:
    from dragoman.config import Config

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, folders, patterns, addresses; formats are listed in docs/reading.md; - is standard input.",
        metavar="[PATHS|URLS|-]...",
    ),
]
Day = Annotated[str | None, typer.Option("--date", help="Day of publication (ISO) where the input names none.")]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=NAME", help="Take FIELD from NAME of the JSON or the table (repeat)."),
]
OwnActors = Annotated[
    list[str] | None, typer.Option("--actors", metavar="FILE.csv", help="Your own table of actors (repeat).")
]
SettingsFile = Annotated[Path | None, typer.Option("--config", help="Settings as TOML.", dir_okay=False)]
Fetch = Annotated[bool, typer.Option("--fetch", help="Read the pages that feeds name, where they hold no full text.")]
Private = Annotated[bool, typer.Option("--allow-private", help="Fetch from addresses of your own network too.")]


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


def checked_names(files: list[str] | None) -> list[str]:
    from dragoman.reading.finding import stands_for_nothing

    names = files if files else ([] if sys.stdin.isatty() else ["-"])
    if not names:
        raise usage("nothing to read: name files, or - for standard input")
    missing = [name for name in names if stands_for_nothing(name)]
    if missing:
        raise usage(f"no such file: {', '.join(missing)}")
    return names


def checked_day(text: str | None, option: str = "--date") -> str | None:
    if text is None:
        return None
    from dragoman.reading.dates import iso_moment

    found = iso_moment(text)
    if found is None:
        raise usage(f"{option} {text!r} is no date: write it as 2024-11-19 or 2024-11-19T08:30:00+05:30")
    return found


def checked_mapping(pairs: list[str]) -> dict[str, str]:
    result: dict[str, str] = {}
    for pair in pairs:
        field, sign, name = pair.partition("=")
        if not sign or not field or not name:
            raise usage(f"--map {pair!r}: write FIELD=NAME, for instance --map text=body")
        result[field] = name
    return result


def settings_of(path: Path | None, *, statements: bool, actors: list[str]) -> Config:
    from dataclasses import replace

    from dragoman.config import Config, load_config

    told = load_config(path) if path is not None else Config()
    return replace(told, statements=statements or told.statements, actors=(*told.actors, *actors))
