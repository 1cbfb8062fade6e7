"""What could not be read or coded. In: nothing. Out: the value that a run keeps instead of an article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reject:
    """One input that gave no article. `row` is the line in its file, from 1, where there are lines."""

    source: str
    row: int | None
    stage: str
    reason: str
