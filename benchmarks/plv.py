"""PLV, or a file of its form: `python -m benchmarks plv [FILE] [--predictions OUT.jsonl]`.

In: JSON lines (sentence, marked, source, target, root, penta) or TSV (sentence, marked_sentence, source, target,
gold_root), and a coder. Roots are those of the set's dialect (15: YIELD is CONCEDE and RETREAT and counts as material
cooperation; some actions are filed elsewhere, `dialects.csv`). Two readings are scored:

- *given*: the classifier of pairs is told source and target, and says what the one does to the other;
- *found*: the sentence is coded as a report of its own. A row counts as found when an event's actors match the marked
  source and its recipients the marked target (a meeting's parties in either order), by place, country or shared
  words; its root is that event's.

Out: macro-F1 over the roots, quad classes and two sides (cooperation, conflict) that occur; with `--predictions`, a
line a row: {"row" from 0, "root", "probabilities"} as given, and "found" where an event was. Rows from 525 on of the
set are only ever scored; `--errors` shows none of them.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.coding.coder import Coder
from dragoman.coding.pairs import PairClassifier
from dragoman.knowledge.ontology_rows import Dialect
from dragoman.reading.plain import article_from_text
from dragoman.values import EventMention, Mention, Party

READABLE_ROWS = 525
NONE = "NONE"
_DULL = frozenset({"the", "a", "an", "of", "and", "in", "for", "to", "'s", "’s", "mr", "mr.", "president", "minister"})
_MARK = re.compile(r"</?[st]>")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence without marks, the spans of its source and target, and the gold root and quad class."""

    sentence: str
    source: tuple[int, int] | None  # none where the sentence names nobody
    target: tuple[int, int] | None
    root: str
    quad: int


def read_rows(path: Path, dialect: Dialect) -> list[Row]:
    """The rows of a file. Raises ValueError, with the row's number from 0, for one that has no sentence, mark or
    root.
    """
    text = path.read_text(encoding="utf-8")
    values: Iterable[dict[str, Any]]
    if text.lstrip().startswith("{"):
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        values = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    quads = dict(dialect.categories.values())
    rows = []
    for number, value in enumerate(values):
        marked = value.get("marked") or value.get("marked_sentence")
        root = value.get("root") or value.get("gold_root")
        if not marked or not root or root not in quads:
            raise ValueError(f"{path}: row {number} needs a marked sentence and a root of {sorted(quads)}")
        sentence, spans = unmarked(marked)
        for name, tag in (("source", "s"), ("target", "t")):
            start = sentence.find(value.get(name) or "\0")
            if tag not in spans and start >= 0:  # a mark was lost where the two overlap
                spans[tag] = start, start + len(value[name])
        if not spans:
            raise ValueError(f"{path}: row {number} marks neither source nor target")
        quad = int(value.get("penta") or quads[root])
        rows.append(Row(sentence, spans.get("s"), spans.get("t"), root, quad))
    return rows


def unmarked(marked: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """The sentence without <s> </s> <t> </t>, and where they stood."""
    parts: list[str] = []
    length = at = 0
    open_at: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    for mark in _MARK.finditer(marked):
        parts.append(marked[at : mark.start()])
        length += mark.start() - at
        at = mark.end()
        tag = mark.group().strip("</>")
        if mark.group().startswith("</"):
            if tag in open_at and open_at[tag] < length:
                spans[tag] = open_at.pop(tag), length
        else:
            open_at[tag] = length
    return "".join(parts) + marked[at:], spans


def measure(
    data: Path, coder: Coder, *, errors: int = 0, file: Path | None = None, predictions: Path | None = None
) -> dict[str, object]:
    """Figures as given and as found; for the set itself also of its readable rows, whose mistakes may go to stderr."""
    path = file if file is not None else data / "events" / "plv_dev.jsonl"
    dialect = coder.knowledge.ontology.dialect("zsp")
    rows = read_rows(path, dialect)
    given = _given(rows, coder, dialect)
    found = [_found(row, coder, dialect) for row in rows]
    if predictions is not None:
        _write(predictions, given, found)
    likeliest = [next(iter(roots)) for roots in given]
    if file is None:
        _tell_errors(rows, likeliest, found, errors)
    figures: dict[str, object] = {
        "rows": len(rows),
        "given": scores(rows, likeliest, dialect),
        "found": {**scores(rows, found, dialect), "parties_found": round(sum(r != NONE for r in found) / len(rows), 4)},
    }
    if file is None:
        figures["given_macro_f1_rows_0_524"] = macro_f1(
            [r.root for r in rows[:READABLE_ROWS]], likeliest[:READABLE_ROWS]
        )
        figures["found_macro_f1_rows_0_524"] = macro_f1([r.root for r in rows[:READABLE_ROWS]], found[:READABLE_ROWS])
    return figures


def scores(rows: Sequence[Row], predicted: Sequence[str], dialect: Dialect) -> dict[str, object]:
    """Macro-F1 of roots, of quad classes and of the two sides; quad and side are those of the predicted root."""
    quads = {root: str(quad) for root, quad in dialect.categories.values()} | {NONE: NONE}
    gold = [row.root for row in rows]
    gold_quads, said_quads = [str(row.quad) for row in rows], [quads[root] for root in predicted]
    sides = [["conflict" if quad in "34" else "cooperation" for quad in side] for side in (gold_quads, said_quads)]
    sides[1] = [NONE if root == NONE else side for root, side in zip(predicted, sides[1], strict=True)]
    return {
        "root_macro_f1": macro_f1(gold, predicted),
        "root_accuracy": round(sum(g == p for g, p in zip(gold, predicted, strict=True)) / len(gold), 4),
        "quad_macro_f1": macro_f1(gold_quads, said_quads),
        "binary_macro_f1": macro_f1(sides[0], sides[1]),
        "f1_by_root": {root: f1(gold, predicted, root) for root in sorted(set(gold))},
    }


def _given(rows: Sequence[Row], coder: Coder, dialect: Dialect) -> list[dict[str, float]]:
    """Roots with their probabilities, the likeliest first, for each row."""
    if coder.event_network is None:
        return [{NONE: 1.0} for _ in rows]
    classifier = PairClassifier(coder.event_network, coder.language, coder.knowledge.ontology)
    return [classifier.roots(classifier.classify(row.sentence, row.source, row.target), dialect) for row in rows]


def _write(path: Path, given: Sequence[dict[str, float]], found: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for number, (roots, root) in enumerate(zip(given, found, strict=True)):
            rounded = {name: round(p, 4) for name, p in roots.items()}
            line = {"row": number, "root": next(iter(roots)), "probabilities": rounded, "found": root}
            lines.write(json.dumps(line) + "\n")


def _tell_errors(rows: Sequence[Row], given: Sequence[str], found: Sequence[str], errors: int) -> None:
    for number, row in enumerate(rows[:READABLE_ROWS]):
        if errors > 0 and row.root not in (given[number], found[number]):
            errors -= 1
            line = {"row": number, "gold": row.root, "given": given[number], "found": found[number]}
            spans = (("source", row.source), ("target", row.target))
            sides = {name: row.sentence[span[0] : span[1]] for name, span in spans if span is not None}
            print(json.dumps({**line, **sides, "sentence": row.sentence}), file=sys.stderr)


def f1(gold: Sequence[str], predicted: Sequence[str], root: str) -> float:
    """F1 of one root."""
    right = sum(g == p == root for g, p in zip(gold, predicted, strict=True))
    total = Counter(gold)[root] + Counter(predicted)[root]
    return round(2 * right / total, 4) if total else 0.0


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean of F1 over the roots that occur in gold."""
    roots = sorted(set(gold))
    return round(sum(f1(gold, predicted, root) for root in roots) / len(roots), 4)


def _found(row: Row, coder: Coder, dialect: Dialect) -> str:
    """The root of the event whose parties match best, the first of several; NONE where there is none."""
    analysis = coder.analyse(article_from_text(row.sentence))
    source, target = (
        None if span is None else _Side(row.sentence, span, analysis.mentions) for span in (row.source, row.target)
    )
    best: tuple[int, str] | None = None
    for event in coder.code_analysis(analysis):
        fit = _fit(event, source, target)
        if fit and (best is None or fit > best[0]):
            filed = dialect.file_under(event.event, cameo=event.cameo)
            best = (fit, filed[0] if filed is not None else NONE)
    return best[1] if best is not None else NONE


class _Side:
    """A marked party: its place in the sentence, its words, and the countries of the actors named there."""

    def __init__(self, sentence: str, span: tuple[int, int], mentions: Iterable[Mention]) -> None:
        self.start, self.end = span
        self.words = frozenset(sentence[self.start : self.end].lower().split()) - _DULL
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


def _fit(event: EventMention, source: _Side | None, target: _Side | None) -> int:
    """2 where actors and recipients both match, 1 for a joint act of both; 0 for no match. A side of nobody matches."""
    if event.recipients or target is None or source is None:
        fits = source is None or source.matches(event.actors)
        return 2 if fits and (target is None or target.matches(event.recipients)) else 0
    return 1 if len(event.actors) > 1 and source.matches(event.actors) and target.matches(event.actors) else 0
