"""End to end on PLV: is an event found whose parties match the marked ones and whose category maps to the root?

In: a data folder with `events/plv_dev.jsonl` (sentence, source, target, root, penta), and a coder. Each
sentence is coded as a report of its own. A row counts as found when an event's actors match the marked source
and its recipients the marked target (a meeting's parties in either order), by country or by shared words; its
root is that event's in the set's dialect (15 roots: YIELD is CONCEDE and RETREAT). Out: macro-F1 over roots,
shares found, and the same for the first 525 rows. Rows from 525 on are only ever scored; `--errors` shows none
of them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from dragoman.coding.coder import Coder
from dragoman.knowledge.ontology_rows import Dialect
from dragoman.reading.plain import article_from_text
from dragoman.values import EventMention, Mention, Party

READABLE_ROWS = 525
_DULL = frozenset({"the", "a", "an", "of", "and", "in", "for", "to", "'s", "’s", "mr", "mr.", "president", "minister"})


def measure(data: Path, coder: Coder, *, errors: int = 0) -> dict[str, object]:
    """Figures over all rows and over the readable ones, with counts; `errors` readable mistakes go to stderr."""
    gold: list[str] = []
    predicted: list[str] = []
    matched = 0
    dialect = coder.knowledge.ontology.dialect("zsp")
    for number, line in enumerate((data / "events" / "plv_dev.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        root, parties_found = _predict(row, coder, dialect)
        gold.append(row["root"])
        predicted.append(root)
        matched += parties_found
        if errors > 0 and number < READABLE_ROWS and root != row["root"]:
            errors -= 1
            print(json.dumps({"row": number, "gold": row["root"], "predicted": root, **row}), file=sys.stderr)
    return {
        "rows": len(gold),
        "root_macro_f1": macro_f1(gold, predicted),
        "root_accuracy": round(sum(g == p for g, p in zip(gold, predicted, strict=True)) / len(gold), 4),
        "parties_found": round(matched / len(gold), 4),
        "root_macro_f1_rows_0_524": macro_f1(gold[:READABLE_ROWS], predicted[:READABLE_ROWS]),
        "f1_by_root": {root: f1(gold, predicted, root) for root in sorted(set(gold))},
    }


def f1(gold: Sequence[str], predicted: Sequence[str], root: str) -> float:
    """F1 of one root."""
    right = sum(g == p == root for g, p in zip(gold, predicted, strict=True))
    total = Counter(gold)[root] + Counter(predicted)[root]
    return round(2 * right / total, 4) if total else 0.0


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean of F1 over the roots that occur in gold."""
    roots = sorted(set(gold))
    return round(sum(f1(gold, predicted, root) for root in roots) / len(roots), 4)


def _predict(row: dict[str, str], coder: Coder, dialect: Dialect) -> tuple[str, bool]:
    """The root of the first event whose parties match, else "NONE"."""
    article = article_from_text(row["sentence"])
    analysis = coder.analyse(article)
    source = _Side(row["sentence"], row["source"], analysis.mentions)
    target = _Side(row["sentence"], row["target"], analysis.mentions)
    best: tuple[int, str] | None = None
    for event in coder.code_analysis(analysis):
        fit = _fit(event, source, target)
        if fit and (best is None or fit > best[0]):
            filed = dialect.file_under(event.event, cameo=event.cameo)
            best = (fit, filed[0] if filed is not None else "NONE")
    return (best[1], True) if best is not None else ("NONE", False)


class _Side:
    """A marked party: its place in the sentence, its words, and the countries of the actors named there."""

    def __init__(self, sentence: str, text: str, mentions: Iterable[Mention]) -> None:
        self.start = sentence.find(text)
        self.end = self.start + len(text)
        self.words = frozenset(text.lower().split()) - _DULL
        inside = [m for m in mentions if m.start < self.end and m.end > self.start]
        self.parties = frozenset(a.party for m in inside for a in m.actors if a.party)

    def matches(self, parties: Iterable[Party]) -> bool:
        """Does one of `parties` lie inside the marked words, share a word with them, or belong to the same party?"""
        for party in parties:
            if party.start < self.end and party.end > self.start:
                return True
            if self.words & (frozenset(party.text.lower().split()) - _DULL):
                return True
            if party.actor.party is not None and party.actor.party in self.parties:
                return True
        return False


def _fit(event: EventMention, source: _Side, target: _Side) -> int:
    """2 where actors and recipients both match, 1 for a joint act of both; 0 for no match."""
    if event.recipients:
        return 2 if source.matches(event.actors) and target.matches(event.recipients) else 0
    return 1 if len(event.actors) > 1 and source.matches(event.actors) and target.matches(event.actors) else 0
