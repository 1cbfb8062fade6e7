"""Words that tell a copy of a report from another report. In: `tables/merging/copy_words.csv`. Out: one frozen
`CopyWords`.

It knows spellings, small words and an outlet's furniture; it knows no names, which the texts themselves must show.
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

TABLE = "copy_words.csv"
KINDS = ("same", "dropped", "number", "ending", "light", "grave", "furniture", "correction")


@dataclass(frozen=True, slots=True)
class CopyWords:
    """`same`: how a word or phrase is written in every copy; `endings` likewise, the longest first; the rest are sets.

    `light` words a desk may add or drop; `grave` ones turn a statement into another; `furniture` an outlet puts around
    a report; a `correction` says that it takes the place of an earlier one. Phrases are tuples of words.
    """

    same: Mapping[tuple[str, ...], tuple[str, ...]]
    dropped: frozenset[str]
    endings: tuple[tuple[str, str], ...]
    light: frozenset[str]
    grave: frozenset[str]
    furniture: frozenset[tuple[str, ...]]
    corrections: frozenset[tuple[str, ...]]
    sha256: str  # of the table


def load_copy_words(folder: Path | Traversable | None = None) -> CopyWords:
    """Read the table of `folder` (default: the package's). Raises KnowledgeError for rows unknown or doubled."""
    home: Path | Traversable = files("dragoman.knowledge") / "tables" / "merging" if folder is None else folder
    kinds: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for row in _rows(home):
        if row["kind"] not in kinds or row["form"] in kinds[row["kind"]] or not row["reason"]:
            raise KnowledgeError("unknown kind, form given twice, or no reason", table=TABLE, row=row["id"])
        kinds[row["kind"]][row["form"]] = row["becomes"]
    written = {**kinds["same"], **kinds["number"]}
    return CopyWords(
        same={tuple(form.split()): tuple(becomes.split()) for form, becomes in written.items()},
        dropped=frozenset(kinds["dropped"]),
        endings=tuple(sorted(kinds["ending"].items(), key=lambda pair: (-len(pair[0]), pair))),
        light=frozenset(kinds["light"]),
        grave=frozenset(kinds["grave"]),
        furniture=frozenset(tuple(form.split()) for form in kinds["furniture"]),
        corrections=frozenset(tuple(form.split()) for form in kinds["correction"]),
        sha256=hashlib.sha256((home / TABLE).read_bytes()).hexdigest(),
    )


def check_copy_words(words: CopyWords) -> list[Finding]:
    """Words that are both light and grave, forms that are not lower case, and chains of spellings."""
    found = [Finding("error", TABLE, word, "both light and grave") for word in sorted(words.light & words.grave)]
    for form, becomes in sorted(words.same.items()):
        if form != tuple(word.lower() for word in form):
            found.append(Finding("error", TABLE, " ".join(form), "not lower case"))
        if becomes != form and becomes in words.same and words.same[becomes] != becomes:
            found.append(Finding("error", TABLE, " ".join(form), "becomes what becomes something else"))
    return found


def _rows(home: Path | Traversable) -> list[dict[str, str]]:
    try:
        text = (home / TABLE).read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot be read: {error}", table=TABLE) from error
    return list(csv.DictReader(text.splitlines()))
