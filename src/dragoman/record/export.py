"""Event mentions -> the event record, schema v1: JSON lines and flat CSV.

In: event mentions. Out: plain dictionaries and lines of text, with keys in the order of docs/event-record.md. The JSON
Schema is `knowledge/tables/event.schema.json`. It writes no files.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.values import Article, EventMention, Party, Place, Size, Span, Speaker, Step, TimeSpan

SCHEMA = 1
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CSV_COLUMNS = (
    *("id", "article", "published", "publisher", "title", "url", "sentence"),
    *("event", "modes", "contexts", "cameo", "quad", "score", "about_event", "about_modes"),
    *("actor_names", "actor_parties", "actor_countries", "actor_sectors", "actor_texts"),
    *("recipient_names", "recipient_parties", "recipient_countries", "recipient_sectors", "recipient_texts"),
    *("trigger", "trigger_start", "trigger_end", "status", "negated", "historical"),
    *("date_start", "date_end", "date_granularity", "date_edtf", "date_basis"),
    *("place", "place_country", "lat", "lon", "geonames", "place_precision"),
    *("speakers", "speaker_cues", "stances", "quote", "confidence"),
)


@dataclass(frozen=True, slots=True)
class CodedArticle:
    """An article with its events in their order, and the versions of dragoman, models and knowledge that coded it."""

    article: Article
    events: tuple[EventMention, ...]
    versions: Mapping[str, str]


def event_record(event: EventMention, versions: Mapping[str, str]) -> dict[str, Any]:
    """The event record of one mention; `versions` names dragoman, models and knowledge."""
    article = event.article
    return {
        "schema": SCHEMA,
        "id": event.id,
        "article": article.id,
        "published": article.published,
        "publisher": article.publisher,
        "title": article.title,
        "url": article.url,
        "language": article.language,
        "credits": list(article.credits),
        "sentence": event.sentence,
        "event": event.event,
        "modes": list(event.modes),
        "contexts": list(event.contexts),
        "cameo": event.cameo,
        "quad": event.quad,
        "score": event.score,
        "about": None if event.about is None else {"event": event.about.event, "modes": list(event.about.modes)},
        "actors": [_party(party) for party in event.actors],
        "recipients": [_party(party) for party in event.recipients],
        "trigger": _span(event.trigger),
        "status": event.status,
        "negated": event.negated,
        "historical": event.historical,
        "date": _date(event.date),
        "place": _place(event.place),
        "attribution": [_speaker(speaker) for speaker in event.attribution],
        "size": _size(event.size),
        "quote": event.quote.text,
        "confidence": event.confidence,
        "steps": [_step(step) for step in event.steps],
        "version": dict(versions),
    }


def json_line(event: EventMention, versions: Mapping[str, str]) -> str:
    """One line of JSON, without its newline."""
    return json.dumps(event_record(event, versions), ensure_ascii=False, separators=(",", ":"))


def csv_lines(events: Iterable[EventMention]) -> Iterator[str]:
    """Lines of RFC 4180 CSV with a header; multi-values are joined by "|", newlines in quotes become spaces."""
    yield _csv_line(CSV_COLUMNS)
    for event in events:
        yield _csv_line([_cell(value) for value in _flat(event)])


def _csv_line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(list(cells))
    return buffer.getvalue()


def _flat(event: EventMention) -> list[object]:
    article, date, place = event.article, event.date, event.place
    return [
        *(event.id, article.id, article.published, article.publisher, article.title, article.url, event.sentence),
        *(event.event, event.modes, event.contexts, event.cameo, event.quad, event.score),
        *((event.about.event, event.about.modes) if event.about is not None else (None, None)),
        *_flat_parties(event.actors),
        *_flat_parties(event.recipients),
        *(event.trigger.text, event.trigger.start, event.trigger.end, event.status, event.negated, event.historical),
        *((date.start, date.end, date.granularity, date.edtf, date.basis) if date is not None else (None,) * 5),
        *(
            (place.name, place.country, place.lat, place.lon, place.geonames, place.precision)
            if place is not None
            else (None,) * 6
        ),
        tuple(_speaker_name(speaker) for speaker in event.attribution),
        tuple(speaker.cue.text for speaker in event.attribution),
        tuple(speaker.stance for speaker in event.attribution),
        event.quote.text,
        event.confidence,
    ]


def _flat_parties(parties: tuple[Party, ...]) -> list[tuple[str, ...]]:
    return [
        tuple(party.actor.name for party in parties),
        tuple(party.actor.party or "" for party in parties),
        tuple(party.actor.country or "" for party in parties),
        tuple(party.actor.sector or "" for party in parties),
        tuple(party.text for party in parties),
    ]


def _speaker_name(speaker: Speaker) -> str:
    if speaker.party is not None:
        return speaker.party.actor.name
    return speaker.words.text if speaker.words is not None else ""


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "|".join(_one_line(str(item).replace("|", "/")) for item in value)
    if isinstance(value, str):
        return _one_line(value)
    return str(value)


def _one_line(text: str) -> str:
    """Without line ends, and without the NUL and other control characters that R and spreadsheets refuse."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _span(span: Span) -> dict[str, Any]:
    return {"text": span.text, "start": span.start, "end": span.end}


def _party(party: Party) -> dict[str, Any]:
    actor = party.actor
    return {
        "text": party.text,
        "start": party.start,
        "end": party.end,
        "name": actor.name,
        "id": actor.id,
        "party": actor.party,
        "country": actor.country,
        "sector": actor.sector,
        "office": actor.office,
    }


def _date(date: TimeSpan | None) -> dict[str, Any] | None:
    if date is None:
        return None
    return {
        "start": date.start,
        "end": date.end,
        "granularity": date.granularity,
        "edtf": date.edtf,
        "timex": date.timex,
        "basis": date.basis,
        "span": None if date.span is None else _span(date.span),
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "name": place.name,
        "country": place.country,
        "lat": place.lat,
        "lon": place.lon,
        "geonames": place.geonames,
        "precision": place.precision,
        "span": None if place.span is None else _span(place.span),
    }


def _speaker(speaker: Speaker) -> dict[str, Any]:
    who = None
    if speaker.party is not None:
        who = _party(speaker.party)
    elif speaker.words is not None:
        who = {
            **_span(speaker.words),
            **dict.fromkeys(("name", "id", "party", "country", "sector", "office")),
        }
    return {"speaker": who, "cue": _span(speaker.cue), "kind": speaker.kind, "stance": speaker.stance}


def _size(size: Size | None) -> dict[str, int | None] | None:
    return None if size is None else {"dead": size.dead, "injured": size.injured, "arrested": size.arrested}


def _step(step: Step) -> dict[str, Any]:
    return {
        "stage": step.stage,
        "rule": step.rule,
        "spans": [_span(span) for span in step.spans],
        "note": step.note,
        "alternatives": [{"choice": choice, "weight": weight} for choice, weight in step.alternatives],
    }
