"""How a command ends: exit codes, lines on stderr, and what happens when the output cannot be written.

Exit codes: 0 done; 1 an error; 2 a wrong call; 3 done, but some articles were rejected; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

EXIT_ERROR, EXIT_USAGE, EXIT_REJECTS, EXIT_INTERRUPTED = 1, 2, 3, 130


def tell(message: str) -> None:
    """One line on stderr, whatever stands in names and texts."""
    print(" ".join(message.split()), file=sys.stderr, flush=True)


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def usage(message: str) -> typer.Exit:
    tell(f"dragoman: {message}")
    return typer.Exit(EXIT_USAGE)


@contextmanager
def ending_well() -> Iterator[None]:
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
        tell(f"dragoman: the output cannot be written: {error.strerror or error}")
        _let_go()
        raise typer.Exit(EXIT_ERROR) from None


def _let_go() -> None:
    """Write what can be written; what a closed or full output still holds would raise again at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
