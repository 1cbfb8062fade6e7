"""Our annotated test corpus: `python -m benchmarks corpus-test` (passages), `corpus-releases` (release sentences).

In: records as `training/notation.py` writes them (text, published, events with trigger, category, parties, status),
and a coder; a release is coded whole, and what it tells in the annotated sentence is scored. An expected event is
found when a predicted one of its category shares a character with its trigger, each serving once; its parties are
right when both sets of units match (the country, `IGO` for any body without one). Out: precision, recall, F1 with and
without parties, accuracy of status with negation and of modes on found events, false events in texts without any, and
F1 by category.

These sets are only ever scored: nobody reads their errors.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.cases import units
from dragoman.coding.coder import Coder
from dragoman.reading.dates import iso_moment
from dragoman.values import EventMention
from training.event_corpus import RELEASES as RELEASE_TEXTS
from training.notation import read_records

CORPUS = Path(__file__).resolve().parents[1] / "training" / "corpus"
PASSAGES = CORPUS / "test" / "passages.jsonl"
RELEASES = CORPUS / "test" / "releases.jsonl"
DEPARTMENT = "US Department of State"
SHOWN_CONFUSIONS = 16
WITHOUT_COUNTRY = frozenset({"UNO", "EUR", "NATO", "IGO", "NGO", "IMG", "MNC"})

Record = Mapping[str, Any]


def gold_units(parties: Iterable[Record]) -> set[str]:
    """The units of one annotated side."""
    codes = {code for party in parties for code in (party["party"] or "").split("+")} - {""}
    return {"IGO" if code in WITHOUT_COUNTRY else code for code in codes}


def overlaps(expected: Record, event: EventMention) -> bool:
    """Same category, and triggers that share a character."""
    return bool(event.event == expected["event"] and touches(expected, event))


def touches(expected: Record, event: EventMention) -> bool:
    """Triggers that share a character."""
    start, end = expected["trigger"]["start"], expected["trigger"]["end"]
    return bool(event.trigger.start < end and start < event.trigger.end)


def parties_right(expected: Record, event: EventMention) -> bool:
    """Both sides name the same units."""
    return units(event.actors) == gold_units(expected["actors"]) and units(event.recipients) == gold_units(
        expected["recipients"]
    )


class Tally:
    """Counts over texts."""

    def __init__(self) -> None:
        self.n: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.taken_for: Counter[str] = Counter()

    def add(self, record: Record, events: Sequence[EventMention]) -> None:
        """One text with its expected and its predicted events."""
        left = [event for event in events if event.event != "STATEMENT"]
        self.n["texts"] += 1
        self.n["expected"] += len(record["events"])
        self.n["predicted"] += len(left)
        self.gold.update(e["event"] for e in record["events"])
        self.said.update(e.event for e in left)
        if not record["events"]:
            self.n["empty"] += 1
            self.n["false_in_empty"] += len(left)
        for expected in record["events"]:
            fits = [event for event in left if overlaps(expected, event)]
            best = max(fits, key=lambda event: parties_right(expected, event), default=None)
            if best is None:
                other = next((event.event for event in left if touches(expected, event)), "nothing")
                self.taken_for[f"{expected['event']} > {other}"] += 1
                continue
            left.remove(best)
            self.right[expected["event"]] += 1
            self.n["found"] += 1
            self.n["parties"] += parties_right(expected, best)
            self.n["actors"] += units(best.actors) == gold_units(expected["actors"])
            self.n["recipients"] += units(best.recipients) == gold_units(expected["recipients"])
            self.n["status"] += best.status == expected["status"] and best.negated == expected["negated"]
            self.n["modes"] += set(best.modes) == set(expected["modes"])
            self.n["historical"] += best.historical == expected["historical"]
            wanted, said = expected["about"], best.about
            self.n["about"] += (wanted["event"] if wanted else None) == (said.event if said else None)
            self.n["contexts_gold"] += len(expected["contexts"])
            self.n["contexts_said"] += len(best.contexts)
            self.n["contexts"] += len(set(best.contexts) & set(expected["contexts"]))

    def figures(self) -> dict[str, Any]:
        """What came out."""
        n = self.n
        found = max(1, n["found"])
        return {
            "texts": n["texts"],
            "events": n["expected"],
            "predicted": n["predicted"],
            "precision": round(n["found"] / max(1, n["predicted"]), 4),
            "recall": round(n["found"] / max(1, n["expected"]), 4),
            "event_f1": _f1(n["found"], n["predicted"], n["expected"]),
            "event_and_parties_f1": _f1(n["parties"], n["predicted"], n["expected"]),
            "actors_of_found": round(n["actors"] / found, 4),
            "recipients_of_found": round(n["recipients"] / found, 4),
            "status_of_found": round(n["status"] / found, 4),
            "modes_of_found": round(n["modes"] / found, 4),
            "historical_of_found": round(n["historical"] / found, 4),
            "act_inside_of_found": round(n["about"] / found, 4),
            "contexts_f1_of_found": _f1(n["contexts"], n["contexts_said"], n["contexts_gold"]),
            "texts_without_event": n["empty"],
            "false_events_a_text_without": round(n["false_in_empty"] / max(1, n["empty"]), 4),
            "f1_by_category": {c: _f1(self.right[c], self.said[c], self.gold[c]) for c in sorted(self.gold)},
            "events_by_category": dict(sorted(self.gold.items())),
            "taken_for": dict(self.taken_for.most_common(SHOWN_CONFUSIONS)),
        }


def measure_passages(coder: Coder, path: Path = PASSAGES) -> dict[str, Any]:
    """Figures on annotated passages."""
    tally = Tally()
    for record in read_records([path]):
        tally.add(record, coder.code(record["text"], published=record["published"]))
    return tally.figures()


def measure_releases(coder: Coder, data: Path, path: Path = RELEASES) -> dict[str, Any]:
    """Figures on annotated sentences of State Department releases: each release is coded whole, as a user would."""
    tally = Tally()
    for note, events in coded_releases(coder, data, path):
        tally.add(note, events)
    return tally.figures()


def measure_readers(coder: Coder) -> dict[str, dict[str, Any]]:
    """The test passages read by the lexicon alone, by the network alone, and by both, with the shipped weights."""
    found = {}
    for events in ("lexicon", "network", "both"):
        network = coder.event_network if events != "lexicon" else None
        config = replace(coder.config, events=events)
        found[events] = measure_passages(Coder(coder.knowledge, coder.language, coder.network, network, config))
    return found


def coded_releases(
    coder: Coder, data: Path, path: Path = RELEASES
) -> Iterator[tuple[dict[str, Any], list[EventMention]]]:
    """Each annotation with what is told in its sentence. Raises ValueError where releases are missing."""
    notes = {note["url"]: note for note in read_records([path])}
    with (data / RELEASE_TEXTS).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            note = notes.pop(row["url"], None)
            if note is None:
                continue
            day = iso_moment(row["date"])
            events = coder.code(
                row["text"], published=day, title=row["title"], publisher=row["creator"], url=row["url"]
            )
            yield note, [event for event in events if note["start"] <= event.trigger.start < note["end"]]
    if notes:
        raise ValueError(f"{data / RELEASE_TEXTS} lacks {len(notes)} of the annotated releases")


def agreement(first: Sequence[Record], second: Sequence[Record]) -> dict[str, Any]:
    """How far two annotators of the same passages agree, the second scored against the first; passages are joined by
    text.
    """
    by_text = {record["text"]: record for record in second}
    n: Counter[str] = Counter()
    for record in first:
        other = by_text.get(record["text"])
        if other is None:
            continue
        left = list(other["events"])
        n["texts"] += 1
        n["first"] += len(record["events"])
        n["second"] += len(left)
        n["empty_agreed"] += bool(record["events"]) == bool(other["events"])
        for event in record["events"]:
            touching = [
                e
                for e in left
                if e["trigger"]["start"] < event["trigger"]["end"] and event["trigger"]["start"] < e["trigger"]["end"]
            ]
            if not touching:
                continue
            best = max(touching, key=lambda e: e["event"] == event["event"])
            left.remove(best)
            n["trigger"] += 1
            if best["event"] != event["event"]:
                continue
            n["category"] += 1
            both = all(gold_units(best[role]) == gold_units(event[role]) for role in ("actors", "recipients"))
            n["parties"] += both
            n["actors"] += gold_units(best["actors"]) == gold_units(event["actors"])
            n["recipients"] += gold_units(best["recipients"]) == gold_units(event["recipients"])
            n["status"] += (best["status"], best["negated"]) == (event["status"], event["negated"])
            n["modes"] += set(best["modes"]) == set(event["modes"])
            n["historical"] += best["historical"] == event["historical"]
            n["action"] += best["action"] == event["action"]
    same = max(1, n["category"])
    return {
        "texts": n["texts"],
        "events": n["first"],
        "event_or_none": round(n["empty_agreed"] / max(1, n["texts"]), 4),
        "trigger_f1": _f1(n["trigger"], n["second"], n["first"]),
        "event_f1": _f1(n["category"], n["second"], n["first"]),
        "event_and_parties_f1": _f1(n["parties"], n["second"], n["first"]),
        **{
            f"{name}_of_agreed": round(n[name] / same, 4)
            for name in ("actors", "recipients", "status", "modes", "historical", "action")
        },
    }


def _f1(right: int, predicted: int, expected: int) -> float:
    return round(2 * right / (predicted + expected), 4) if predicted + expected else 0.0
