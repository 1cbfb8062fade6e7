"""What a checker of knowledge tables has to say: one finding a row. It holds the value that all checkers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """An `error` fails `dragoman check-knowledge`; a `note` is printed for a reader to judge."""

    severity: Literal["error", "note"]
    table: str
    row: str
    message: str
