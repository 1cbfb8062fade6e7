"""Readers of our annotated corpus: records of passages and release annotations -> sentences with events on words.

In: corpus files (JSON lines as `notation.py` writes them; for releases, offsets into texts that lie in the data
folder), and the tools that split and tokenise as the coder does. Out: frozen `EventExample`s, one a sentence. Spans
that reach beyond a sentence are dropped from it; an annotation that does not fit its text raises CorpusError.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.language.analysis import Language
from training.corpora import CorpusError

Words = frozenset[int]
Record = dict[str, Any]
RELEASES = Path("news") / "state_department_releases.jsonl"


@dataclass(frozen=True, slots=True)
class WordEvent:
    """One event of a sentence, its spans as sets of word indices. `trigger` is the first word of the trigger."""

    trigger: int
    trigger_words: Words
    category: str
    modes: tuple[str, ...]
    action: str | None
    contexts: tuple[str, ...]
    status: str
    negated: bool
    historical: bool
    about: str | None
    actors: tuple[Words, ...]
    recipients: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class EventExample:
    """One sentence: its words and all its events."""

    name: str
    words: tuple[str, ...]
    events: tuple[WordEvent, ...]


def group_of(record: Mapping[str, Any]) -> str:
    """What may not be parted when a corpus is split: a contrast set of one file, else the passage or release alone."""
    if record.get("set"):
        return f"{record['id'].rpartition('-')[0]}/{record['set']}"
    return str(record.get("url") or record["id"])


def examples_of(records: Iterable[Mapping[str, Any]], language: Language) -> list[EventExample]:
    """The sentences of corpus records, in order."""
    found: list[EventExample] = []
    for record in records:
        text = record["text"]
        taken = 0
        for number, span in enumerate(language.splitter.split(text)):
            places = language.tokenizer.tokenize(text, span.start, span.end)
            if not places:
                continue
            inside = [e for e in record["events"] if span.start <= e["trigger"]["start"] < span.end]
            taken += len(inside)
            events = tuple(_event(event, places, record["id"]) for event in inside)
            words = tuple(text[a:b] for a, b in places)
            found.append(EventExample(f"{record['id']}/{number}", words, events))
        if taken != len(record["events"]):
            raise CorpusError(f"{record['id']}: {len(record['events']) - taken} triggers stand in no sentence")
    return found


def _event(event: Mapping[str, Any], places: Sequence[tuple[int, int]], name: str) -> WordEvent:
    trigger = _words(event["trigger"], places)
    if not trigger:
        raise CorpusError(f"{name}: the trigger {event['trigger']} covers no word")
    about = event["about"]
    return WordEvent(
        trigger=min(trigger),
        trigger_words=trigger,
        category=event["event"],
        modes=tuple(event["modes"]),
        action=event["action"],
        contexts=tuple(event["contexts"]),
        status=event["status"],
        negated=event["negated"],
        historical=event["historical"],
        about=about["event"] if about else None,
        actors=tuple(w for p in event["actors"] if (w := _words(p, places))),
        recipients=tuple(w for p in event["recipients"] if (w := _words(p, places))),
    )


def _words(span: Mapping[str, Any], places: Sequence[tuple[int, int]]) -> Words:
    """The words that share a character with a span."""
    return frozenset(n for n, (a, b) in enumerate(places) if a < span["end"] and span["start"] < b)


def release_records(annotations: Iterable[Mapping[str, Any]], data: Path) -> list[dict[str, Any]]:
    """Records with the sentences' text, made of stand-off annotations and the releases in the data folder.

    Raises CorpusError where a release is missing or its text is not the one that was annotated.
    """
    texts: dict[str, str] = {}
    with (data / RELEASES).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts[row["url"]] = row["text"]
    found = []
    for note in annotations:
        text = texts.get(note["url"])
        if text is None or hashlib.sha256(text.encode()).hexdigest() != note["text_sha256"]:
            raise CorpusError(f"{note['id']}: {note['url']} is not the release that was annotated")
        found.append(
            {
                **note,
                "text": text[note["start"] : note["end"]],
                "events": [_worded(e, text, note) for e in note["events"]],
            }
        )
    return found


def _worded(event: Mapping[str, Any], text: str, note: Mapping[str, Any]) -> dict[str, Any]:
    """An event whose spans, given as offsets into the release, become spans of the sentence with their words."""

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {key: moved(item) for key, item in value.items()}
            if "start" in inner:
                inner["text"] = text[inner["start"] : inner["end"]]
                inner["start"] -= note["start"]
                inner["end"] -= note["start"]
            return inner
        return [moved(item) for item in value] if isinstance(value, list) else value

    result: dict[str, Any] = moved(dict(event))
    return result


def stand_off(record: Mapping[str, Any], url: str, text_sha256: str, start: int) -> dict[str, Any]:
    """A record of a release sentence without any of its words: offsets into the release instead."""

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {key: moved(item) for key, item in value.items() if key != "text"}
            if "start" in inner:
                inner["start"] += start
                inner["end"] += start
            return inner
        return [moved(item) for item in value] if isinstance(value, list) else value

    return {
        "id": record["id"],
        "published": record["published"],
        "url": url,
        "text_sha256": text_sha256,
        "start": start,
        "end": start + len(record["text"]),
        "events": [moved(event) for event in record["events"]],
        "none": record["none"],
    }
