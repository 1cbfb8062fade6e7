"""What could not be read or coded. In: nothing. Out: the value that a run keeps instead of an article."""

from __future__ import annotations

from dataclasses import dataclass

STAGE = "reading"


@dataclass(frozen=True, slots=True)
class Reject:
    """One input that gave no article. `row` counts the `unit`s of its file (lines, entries, records) from 1."""

    source: str
    row: int | None
    stage: str
    reason: str
    unit: str = "line"

    @property
    def where(self) -> str:
        """The source, and the row in it where there is one."""
        return self.source if self.row is None else f"{self.source}, {self.unit} {self.row}"
