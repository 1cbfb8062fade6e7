"""The options that restrict events, shared by the commands that ask a record: `@filtered` adds them to a command.

The command has a parameter `chosen: EventFilter` in their place, and is handed what they say, names turned into codes.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman.cli.ending import tell, usage

if TYPE_CHECKING:
    from dragoman.record.filters import EventFilter

_CHOSEN = "chosen"


def _option(kind: Any, name: str, text: str, metavar: str | None = None) -> Any:
    return Annotated[kind, typer.Option(name, metavar=metavar, help=text)]


def _many(name: str, metavar: str, text: str) -> Any:
    return _option(list[str] | None, name, f"{text} Repeated: any of them.", metavar)


# Parameter -> its type with what it is called and what it says.
_OPTIONS: dict[str, Any] = {
    "actor": _many("--actor", "WHO", "Who acts: code or name of a state or organisation, id, or part of a name."),
    "recipient": _many("--recipient", "WHO", "On whom."),
    "dyad": _many("--dyad", "A,B", "A acts on B, or both act together."),
    "between": _many("--between", "A,B", "The same, either way."),
    "country": _many("--country", "WHERE", "Country of either side."),
    "sector": _many("--sector", "CODE", "PLOVER sector of either side."),
    "category": _many("--category", "CODE", "PLOVER category; or verbal-conflict and the like."),
    "mode": _many("--mode", "CODE", "PLOVER mode."),
    "context": _many("--context", "CODE", "PLOVER context."),
    "status": _many("--status", "STATUS", "actual, future or hypothetical."),
    "speaker": _many("--speaker", "NAME", "Who says so: words of the name."),
    "place": _many("--place", "WHERE", "Where: a country, or words of a place's name."),
    "outlet": _many("--outlet", "NAME", "Who published one of the mentions."),
    "words": _option(
        list[str] | None, "--words", "Words of a quote, all of them: '\"arms deal\" Delhi sanction*'.", "WORDS"
    ),
    "since": _option(str | None, "--since", "First day on which it began: 2024-05-01, 2024-05 or 2024.", "DAY"),
    "until": _option(str | None, "--until", "Last day on which it began, included.", "DAY"),
    "confidence": _option(float | None, "--confidence", "The least confidence, 0 to 1.", "LEAST"),
    "negated": _option(bool | None, "--negated/--not-negated", "Only what is told not to be so; or without it."),
    "historical": _option(bool | None, "--historical/--not-historical", "Only background; or without it."),
    "happened": _option(bool, "--happened", "Short for --status actual --not-negated --not-historical."),
    "statements": _option(bool, "--statements", "Positions outside PLOVER too."),
    "own": _option(list[str] | None, "--actors", "Your own table of actors, for their names (repeat).", "FILE.csv"),
}
_FLAGS = ("happened", "statements")


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options in the place of its parameter `chosen`."""

    def asked(**given: Any) -> None:
        options = {name: given.pop(name) for name in _OPTIONS}
        command(**given, **{_CHOSEN: _filter_of(options)})

    hints = typing.get_type_hints(command, localns={"EventFilter": object}, include_extras=True)
    own = [
        each.replace(annotation=hints[name])
        for name, each in inspect.signature(command).parameters.items()
        if name != _CHOSEN
    ]
    added = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, annotation=hint, default=False if name in _FLAGS else None
        )
        for name, hint in _OPTIONS.items()
    ]
    asked.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
    asked.__annotations__ = {each.name: each.annotation for each in (*own, *added)}
    asked.__name__, asked.__doc__ = command.__name__, command.__doc__
    return asked


def _filter_of(options: dict[str, Any]) -> EventFilter:
    """What the options say. A name that no table knows is told on stderr, for it may be a slip of the pen."""
    from dragoman.record.filter_names import resolved
    from dragoman.record.filters import EventFilter, happened, names_of

    only_happened, own = options.pop("happened"), options.pop("own") or ()
    for name in ("dyad", "between"):
        options[name] = [_pair(f"--{name}", each) for each in options[name] or ()]
    given = EventFilter(
        **{name: tuple(each) if isinstance(each, list) else each for name, each in options.items() if each is not None}
    )
    chosen = resolved(given, own)
    for name in sorted(names_of(chosen) - names_of(given)):
        tell(f"dragoman: no table knows {name!r}: it is looked for among names")
    return happened(chosen) if only_happened else chosen


def _pair(option: str, text: str) -> tuple[str, str]:
    one, comma, other = (part.strip() for part in text.partition(","))
    if not (one and comma and other):
        raise usage(f"{option} {text!r}: write two parties and a comma between them, for instance {option} IND,RUS")
    return one, other
