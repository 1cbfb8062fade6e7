"""Mentions of one happening put together: B-cubed F1 on sixty events of our own, and on ECB+ for comparison.

In: `tests/cases/merging/*.jsonl` (reports with their mentions and the event that each tells of), or a file of that
form;
for `ecb` the topics 1-35 of ECB+. Out: B-cubed precision, recall and F1 in percent over the labelled mentions. A
labelled
mention is matched to the coded one whose trigger overlaps its own, else to one whose trigger stands in its clause; each
coded mention is matched once. A labelled mention that was not coded counts as an event of its own, which lowers recall;
`matched` says how many were coded, `best` what F1 a perfect merging of those would reach.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "merging"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mention that a reader marked: its report, where clause and trigger stand in the text, and its event."""

    report: int
    clause: tuple[int, int]
    trigger: tuple[int, int]
    event: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A mention that the record holds: its report, its trigger, and the event that it was merged into."""

    report: int
    trigger: tuple[int, int]
    event: str


def read_reports(paths: Iterable[Path]) -> tuple[list[dict[str, Any]], list[Labelled]]:
    """Reports and their labelled mentions. Raises ValueError for a mention that its text does not hold once."""
    reports: list[dict[str, Any]] = []
    found: list[Labelled] = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            for mention in told["mentions"]:
                start = told["text"].index(mention["quote"])
                trigger = start + mention["quote"].index(mention["trigger"])
                clause = (start, start + len(mention["quote"]))
                found.append(
                    Labelled(len(reports), clause, (trigger, trigger + len(mention["trigger"])), mention["event"])
                )
            reports.append(told)
    return reports, found


def matched(labelled: Sequence[Labelled], coded: Sequence[Coded]) -> list[str | None]:
    """The event of the coded mention that each labelled one is matched to, or none."""
    offers: list[tuple[int, int, int, int]] = []
    by_report: dict[int, list[int]] = defaultdict(list)
    for place, each in enumerate(coded):
        by_report[each.report].append(place)
    for place, mention in enumerate(labelled):
        for other in by_report[mention.report]:
            start, end = coded[other].trigger
            if start < mention.trigger[1] and end > mention.trigger[0]:
                offers.append((0, abs(start - mention.trigger[0]), place, other))
            elif mention.clause[0] <= start < mention.clause[1]:
                offers.append((1, abs(start - mention.trigger[0]), place, other))
    result: list[str | None] = [None] * len(labelled)
    taken: set[int] = set()
    for _, _, place, other in sorted(offers):
        if result[place] is None and other not in taken:
            result[place] = coded[other].event
            taken.add(other)
    return result


def b_cubed(found: Sequence[Hashable], gold: Sequence[Hashable]) -> dict[str, float]:
    """Precision, recall and F1 in percent of one clustering against another, both given by the cluster of each item."""
    ours, theirs = Counter(found), Counter(gold)
    both = Counter(zip(found, gold, strict=True))
    total = len(gold) or 1
    precision = sum(count * count / ours[own] for (own, _), count in both.items()) / total
    recall = sum(count * count / theirs[true] for (_, true), count in both.items()) / total
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(100 * precision, 2), "recall": round(100 * recall, 2), "f1": round(100 * f1, 2)}


def scored(labelled: Sequence[Labelled], coded: Sequence[Coded]) -> dict[str, Any]:
    """Figures of one set."""
    events = matched(labelled, coded)
    gold = [mention.event for mention in labelled]
    alone: list[Hashable] = [place if event is None else event for place, event in enumerate(events)]
    perfect: list[Hashable] = [place if event is None else gold[place] for place, event in enumerate(events)]
    coded_only = [place for place, event in enumerate(events) if event is not None]
    return {
        "mentions": len(gold),
        "events": len(set(gold)),
        "matched": len(coded_only),
        **b_cubed(alone, gold),
        "best": b_cubed(perfect, gold)["f1"],
        "none_merged": b_cubed(range(len(gold)), gold)["f1"],
        "of_matched": b_cubed([alone[place] for place in coded_only], [gold[place] for place in coded_only]),
    }


def measure(file: Path | None = None, *, errors: int = 0) -> dict[str, Any]:
    """Figures of our own events, or of a file of their form."""
    paths = [file] if file is not None else sorted(CASES.glob("*.jsonl"))
    reports, labelled = read_reports(paths)
    return scored(labelled, coded_mentions(reports))


def coded_mentions(reports: Sequence[Mapping[str, Any]], folder: Path | None = None) -> list[Coded]:
    """Build a record of reports (in `folder`, else for now only) and give its mentions with their events."""
    from dragoman.record.pools import InlineExecutor
    from dragoman.record.query import Record
    from dragoman.record.run import BuildOptions, build

    with tempfile.TemporaryDirectory() as scratch:
        home = folder or Path(scratch)
        lines = [
            json.dumps(
                {key: told[key] for key in ("text", "title", "published", "publisher")}
                | {"url": f"http://example.org/{n}"}
            )
            for n, told in enumerate(reports)
        ]
        (home / "reports.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        build(home / "record", [str(home / "reports.jsonl")], BuildOptions(), InlineExecutor())
        with Record.open(home / "record") as record:
            rows = record.sql(
                """SELECT a.url, m.trigger_start, m.trigger_end, e.event FROM mentions m
                JOIN event_mentions e USING (article, ordinal) JOIN articles a ON a.id = m.article"""
            ).fetchall()
    return [Coded(int(url.rpartition("/")[2]), (start, end), event) for url, start, end, event in rows]
