"""What speaks for two mentions being one event, and how much. In: `tables/merging/weights.csv`, `kin.csv`,
`again.csv`. Out: one
frozen `MergingWeights`.

The weights are few and meant to be read; they were set by hand on twenty events of our own. A `never` forbids.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding
from dragoman.knowledge.wordlists import load_wordlists

WEIGHTS, KIN, AGAIN = "weights.csv", "kin.csv", "again.csv"
NEVER = -1000.0
VERBAL = frozenset(("ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT"))


@dataclass(frozen=True, slots=True)
class MergingWeights:
    """`weights` by feature in the
    table's order; pairs of categories that are `kin`; words of `again`; words that tell nothing
    (`idle`). `sha256` is that of the tables.
    """

    weights: Mapping[str, float]
    kin: frozenset[tuple[str, str]]
    again: frozenset[str]
    idle: frozenset[str]
    threshold: float
    sha256: str


def load_merging_weights(folder: Path | Traversable | None = None) -> MergingWeights:
    """Read the tables of `folder` (default: the package's). Raises KnowledgeError for a row doubled or unreasoned."""
    home: Path | Traversable = files("dragoman.knowledge") / "tables" / "merging" if folder is None else folder
    weights: dict[str, float] = {}
    for row in _rows(home, WEIGHTS):
        if row["id"] in weights:
            raise KnowledgeError("feature given twice", table=WEIGHTS, row=row["id"])
        try:
            weights[row["id"]] = NEVER if row["weight"] == "never" else float(row["weight"])
        except ValueError as error:
            raise KnowledgeError("the weight is neither a number nor never", table=WEIGHTS, row=row["id"]) from error
    kin = frozenset((row["first"], row["second"]) for row in _rows(home, KIN))
    again = frozenset(row["word"] for row in _rows(home, AGAIN))
    digest = hashlib.sha256()
    for name in (WEIGHTS, KIN, AGAIN):
        digest.update((home / name).read_bytes())
    threshold = weights.pop("threshold")
    lists = load_wordlists()
    idle = lists["stop-en"] | lists["function-word"] | lists["reporting"] | lists["month"]
    return MergingWeights(weights, kin, again, idle, threshold, digest.hexdigest())


def check_merging_weights(weights: MergingWeights) -> list[Finding]:
    """Kin that are not in order, and a threshold that is not positive."""
    found = [Finding("error", KIN, f"{a}|{b}", "not in the order of letters") for a, b in sorted(weights.kin) if a >= b]
    if weights.threshold <= 0:
        found.append(Finding("error", WEIGHTS, "threshold", "not positive"))
    return found


def _rows(home: Path | Traversable, name: str) -> list[dict[str, str]]:
    try:
        text = (home / name).read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot be read: {error}", table=name) from error
    rows = list(csv.DictReader(text.splitlines()))
    for row in rows:
        if not row["id"] or not row["reason"]:
            raise KnowledgeError("a row needs an id and a reason", table=name, row=row["id"])
    return rows
