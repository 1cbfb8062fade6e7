"""Words that count victims and detained: `tables/lexicon/victim_cues.csv` in, a mapping out.

A row says of a lemma what it counts (dead, injured, arrested) and where the counted stand: `obj` (object, or subject
of the passive), `subj`, `of` (in the noun's of-phrase), `lost` (lives that are claimed or lost), `taken` (who is
taken into custody), `toll` (the number that a toll rises to), `self` (the word itself, or its noun, is counted). It
reads no text.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, cast

from dragoman.errors import KnowledgeError

TABLE = "victim_cues.csv"
Counted = Literal["dead", "injured", "arrested"]
_KINDS = ("dead", "injured", "arrested")
_PLACES = ("obj", "subj", "of", "lost", "taken", "toll", "self")


@dataclass(frozen=True, slots=True)
class VictimCue:
    """One row."""

    id: str
    lemma: str
    pos: str
    kind: Counted
    who: str


def load_victim_cues(folder: Path | Traversable | None = None) -> Mapping[tuple[str, str], VictimCue]:
    """The cues by (lemma, part of speech). Raises KnowledgeError for a row unknown, doubled or without a source."""
    home: Path | Traversable = files("dragoman.knowledge") / "tables" / "lexicon" if folder is None else folder
    try:
        text = (home / TABLE).read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot be read: {error}", table=TABLE) from error
    found: dict[tuple[str, str], VictimCue] = {}
    for row in csv.DictReader(text.splitlines()):
        key = (row["lemma"], row["pos"])
        if row["kind"] not in _KINDS or row["who"] not in _PLACES or not row["source"] or key in found:
            raise KnowledgeError("unknown kind or place, no source, or given twice", table=TABLE, row=row["id"])
        found[key] = VictimCue(row["id"], row["lemma"], row["pos"], cast(Counted, row["kind"]), row["who"])
    return found
