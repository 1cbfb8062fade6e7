"""The commands by their names, and the console script. Each command calls one function of the rooms below.

Data goes to stdout, all else to stderr. What is heavy (network, tables) loads inside the
commands, so that help is quick.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from dragoman import __version__
from dragoman.cli import actors, brief, coding, merging, records
from dragoman.cli.ending import EXIT_ERROR, EXIT_INTERRUPTED, EXIT_USAGE, tell

app = typer.Typer(
    name="dragoman",
    help="Reads news and keeps the diplomatic record: who did what to whom, when, where, and according to whom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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


# In the order of `dragoman --help`.
app.command()(coding.code)
app.command()(coding.read)
app.command()(records.build)
app.command()(records.export)
app.command()(brief.brief)
app.command()(merging.explain)
app.command()(merging.split)
app.command()(merging.join)
app.command()(coding.classify)
app.command()(actors.actor)
app.command("actors-from-wikidata")(actors.actors_from_wikidata)
app.command("check-knowledge")(actors.check_knowledge)


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
        tell(f"dragoman: {error}")
        sys.exit(EXIT_USAGE)
    except DragomanError as error:
        tell(f"dragoman: {error}")
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
