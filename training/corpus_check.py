"""Checks the corpus against its guidelines, and measures how varied it is: `python -m training.corpus_check [FOLDER]
[--report]`.

In: the folder with `train`, `releases` and `test`. Out: a line on stderr for each breach, with `--report` a JSON
report of counts and variety on stdout; the exit code is 1 where anything breaks the guidelines or a quota is missed.
What it checks: codes and sectors that exist, announced cooperation coded as AGREE and announced retreat as CONCEDE,
parties of meetings, one event a trigger, spans of a sane length, near-duplicates.

It cannot see whether an annotation is right.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.knowledge import Knowledge, load_knowledge
from training.notation import read_records

Record = Mapping[str, Any]

CORPUS = Path(__file__).resolve().parent / "corpus"
INTERNATIONAL = frozenset({"UNO", "EUR", "NATO", "IGO", "NGO", "IMG", "MNC"})
VERBAL = ("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN")
HOSTED = frozenset({"host-summit", "attend-conference"})  # the guests come to the host, as on a visit
LONGEST_TRIGGER, LONGEST_PARTY = 4, 16  # words
SHINGLE = 4  # words
SHORT = 6  # shingles; of fewer, a few common words are a half
ALIKE = 0.5  # share of common shingles from which two passages are near-duplicates, unless they form a contrast set

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def breaches(record: Record, knowledge: Knowledge) -> Iterator[str]:
    """What in one record breaks the guidelines."""
    seen: set[int] = set()
    for event in record["events"]:
        where = f"{event['event']} at {event['trigger'].get('text', event['trigger']['start'])!r}"
        for rule in (*_code_breaches(event, knowledge), *_party_breaches(event, knowledge)):
            yield f"{where}: {rule}"
        if event["trigger"]["start"] in seen:
            yield f"{where}: a second event with this trigger"
        seen.add(event["trigger"]["start"])


def _code_breaches(event: Record, knowledge: Knowledge) -> Iterator[str]:
    ontology = knowledge.ontology
    category, status = event["event"], event["status"]
    later = ontology.future_of(category)
    if status == "future" and not event["negated"] and later != category:
        yield f"announced {category} is {later}"
    if category == "STATEMENT":
        yield "statements are not annotated"
    if len(event["trigger"].get("text", "").split()) > LONGEST_TRIGGER:
        yield "the trigger is longer than its word and particle"
    for mode in event["modes"]:
        if (category, mode) not in ontology.modes:
            yield f"{category} has no mode {mode}"


def _party_breaches(event: Record, knowledge: Knowledge) -> Iterator[str]:
    entities = knowledge.actors.entities
    hosted = {"visit", "third-party"} & set(event["modes"]) or event["action"] in HOSTED
    if event["event"] == "CONSULT" and event["recipients"] and not hosted:
        yield "parties of a meeting are all actors"
    starts = Counter(p["start"] for role in ("actors", "recipients") for p in event[role])
    if any(count > 1 for count in starts.values()):
        yield "the same words stand twice among the parties"
    for party in (*event["actors"], *event["recipients"]):
        code, sector = party["party"], party["sector"]
        for part in (code or "").split("+"):
            if part and part not in INTERNATIONAL and part not in entities:
                yield f"unknown party {part}"
        if sector is not None and sector not in knowledge.ontology.sectors:
            yield f"unknown sector {sector}"
        if len(party.get("text", "").split()) > LONGEST_PARTY:
            yield f"a party of more than {LONGEST_PARTY} words"


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of four words, in lower case."""
    words = [word.lower() for word in _WORD.findall(text)]
    return frozenset(tuple(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1)))


def near_duplicates(records: Sequence[Record]) -> Iterator[tuple[str, str, float]]:
    """Pairs of passages, not of one contrast set, that share at least half of the shorter one's shingles."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    all_shingles = [shingles(record["text"]) for record in records]
    for number, own in enumerate(all_shingles):
        shared: Counter[int] = Counter(other for shingle in own for other in holders[shingle])
        for other, count in shared.items():
            share = count / max(SHORT, min(len(own), len(all_shingles[other])))
            if share >= ALIKE and not _contrast(records[number], records[other]):
                yield records[other]["id"], records[number]["id"], round(share, 2)
        for shingle in own:
            holders[shingle].append(number)


def _contrast(one: Record, other: Record) -> bool:
    return one["set"] is not None and (_file(one), one["set"]) == (_file(other), other["set"])


def _file(record: Record) -> str:
    return str(record["id"]).rpartition("-")[0]


def report(records: Sequence[Record], knowledge: Knowledge) -> dict[str, Any]:
    """Counts by code, status and register, and measures of variety."""
    events = [event for record in records for event in record["events"]]
    triggers = defaultdict(set)
    for record in records:
        for event in record["events"]:
            triggers[event["event"]].add(event["trigger"]["text"].lower())
    countries = {
        code
        for event in events
        for party in (*event["actors"], *event["recipients"])
        for code in (party["party"] or "").split("+")
        if code in knowledge.actors.entities and code not in INTERNATIONAL
    }
    lengths = sorted(len(record["text"].split()) for record in records)
    words = [[w.lower() for w in _WORD.findall(record["text"])] for record in records]
    return {
        "passages": len(records),
        "without_event": sum(not record["events"] for record in records),
        "with_two_or_more": sum(len(record["events"]) > 1 for record in records),
        "in_contrast_sets": sum(record["set"] is not None for record in records),
        "words": sum(map(len, words)),
        "events": len(events),
        "categories": dict(sorted(Counter(e["event"] for e in events).items())),
        "modes": dict(sorted(Counter(f"{e['event']}/{m}" for e in events for m in e["modes"]).items())),
        "actions": len({e["action"] for e in events if e["action"]}),
        "status": dict(sorted(Counter(e["status"] for e in events).items())),
        "negated": sum(e["negated"] for e in events),
        "historical": sum(e["historical"] for e in events),
        "registers": dict(sorted(Counter(record["register"] for record in records).items())),
        "countries": len(countries),
        "words_a_passage": {p: lengths[int(len(lengths) * p / 100)] for p in (10, 25, 50, 75, 90)} if lengths else {},
        "trigger_forms": {category: len(found) for category, found in sorted(triggers.items())},
        "distinct_share_of_n_grams": {n: _distinct(words, n) for n in (1, 2, 3, 4)},
        "mean_greatest_overlap": _mean_overlap(records),
    }


def _distinct(texts: Iterable[Sequence[str]], n: int) -> float:
    grams = [tuple(words[k : k + n]) for words in texts for k in range(len(words) - n + 1)]
    return round(len(set(grams)) / max(1, len(grams)), 4)


def _mean_overlap(records: Sequence[Record]) -> float:
    """The mean over passages, contrast sets left out, of the greatest share of shingles had in common with another."""
    lone = [record for record in records if record["set"] is None]
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    all_shingles = [shingles(record["text"]) for record in lone]
    for number, own in enumerate(all_shingles):
        for shingle in own:
            holders[shingle].add(number)
    total = 0.0
    for number, own in enumerate(all_shingles):
        shared: Counter[int] = Counter(other for shingle in own for other in holders[shingle] if other != number)
        total += max(shared.values(), default=0) / len(own)
    return round(total / max(1, len(lone)), 4)


def shortfalls(counts: Mapping[str, Any], knowledge: Knowledge) -> Iterator[str]:
    """Quotas of the corpus (issue 3) that are not met."""
    yield from _below("passages", counts["passages"], 3000)
    yield from _below("countries", counts["countries"], 130)
    yield from _below(
        "passages without event", counts["without_event"], counts["passages"] // 4 - counts["passages"] // 50
    )
    yield from _below("passages with two or more events", counts["with_two_or_more"], counts["passages"] // 3)
    for category in knowledge.ontology.categories:
        if category != "STATEMENT":
            yield from _below(category, counts["categories"].get(category, 0), 250 if category in VERBAL else 120)
    for category, mode in knowledge.ontology.modes:
        name = f"{category}/{mode}"
        yield from _below(name, counts["modes"].get(name, 0), 20 if category in VERBAL else 8)


def _below(what: str, found: int, wanted: int) -> Iterator[str]:
    if found < wanted:
        yield f"{what}: {found}, wanted {wanted}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check all parts; with `--report`, print what the training passages hold."""
    parser = argparse.ArgumentParser(prog="python -m training.corpus_check", description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--report", action="store_true", help="print counts and variety of the training passages")
    args = parser.parse_args(arguments)
    knowledge = load_knowledge()
    passages = read_records((args.folder / "train").glob("*.jsonl"))
    test = read_records((args.folder / "test").glob("passages.jsonl"))
    others = read_records((*args.folder.glob("releases/*.jsonl"), *args.folder.glob("test/releases.jsonl")))
    found = [
        f"{record['id']}: {rule}" for record in (*passages, *test, *others) for rule in breaches(record, knowledge)
    ]
    found += [
        f"{a} and {b} share {share:.0%} of their words in fours" for a, b, share in near_duplicates([*passages, *test])
    ]
    counts = report(passages, knowledge)
    found += shortfalls(counts, knowledge)
    for line in found:
        print(line, file=sys.stderr)
    if args.report:
        print(json.dumps(counts, indent=1))
    print(
        f"{len(passages)} passages, {len(test)} test passages, {len(others)} release sentences: {len(found)} breaches",
        file=sys.stderr,
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
