"""What the tables of a record hold: articles, mentions, evidence, rejects, as rows and back as values; and the columns
of what merging makes of them.

In: articles, event mentions, rejects. Out: plain dictionaries whose keys are the columns of `TABLES`, and the same
values again. `mentions` is flat, for every program that reads Parquet; what is nested (parties, speakers, steps) stands
in `evidence`, one row a mention. A row of mentions and its row of evidence give back the event mention, equal in every
field; only a `Size` that counts nothing comes back as none. It reads and writes no files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dragoman.reading.rejects import Reject
from dragoman.record.article_lines import article_fields
from dragoman.values import (
    About,
    Actor,
    Article,
    EventMention,
    Party,
    Place,
    Size,
    Span,
    Speaker,
    Step,
    TimeSpan,
)

Row = dict[str, Any]

_SPAN = {"text": "VARCHAR", "start": "INTEGER", "end": "INTEGER"}
_PARTY = {
    **_SPAN,
    **dict.fromkeys(("id", "name", "party", "country", "sector", "office", "wikidata"), "VARCHAR"),
    "basis": ["VARCHAR"],
}
_SPEAKER = {"party": _PARTY, "words": _SPAN, "cue": _SPAN, "kind": "VARCHAR", "stance": "VARCHAR"}
_STEP = {
    **dict.fromkeys(("stage", "rule", "note"), "VARCHAR"),
    "spans": [_SPAN],
    "alternatives": [{"choice": "VARCHAR", "weight": "DOUBLE"}],
}
VERSION_COLUMNS = ("dragoman", "models", "knowledge", "settings")
_SPOOLED: Mapping[str, Any] = {
    **dict.fromkeys(("id", "text_sha256", "title", "published", "publisher", "url", "language"), "VARCHAR"),
    "credits": ["VARCHAR"],
    "source": "VARCHAR",
    **dict.fromkeys(("body_start", "body_end", "dateline_start", "dateline_end"), "INTEGER"),
    "text": "VARCHAR",
}
_MENTIONS: Mapping[str, Any] = {
    **dict.fromkeys(("id", "article"), "VARCHAR"),
    "ordinal": "INTEGER",
    **dict.fromkeys(("published", "publisher", "title", "url"), "VARCHAR"),
    "sentence": "INTEGER",
    **dict.fromkeys(("event", "modes", "contexts", "cameo"), "VARCHAR"),
    "quad": "INTEGER",
    "score": "DOUBLE",
    **dict.fromkeys(("about_event", "about_modes"), "VARCHAR"),
    **{
        f"{role}_{what}": "VARCHAR"
        for role in ("actor", "recipient")
        for what in ("names", "ids", "parties", "countries", "sectors", "texts")
    },
    "trigger": "VARCHAR",
    "trigger_start": "INTEGER",
    "trigger_end": "INTEGER",
    "status": "VARCHAR",
    "negated": "BOOLEAN",
    "historical": "BOOLEAN",
    **dict.fromkeys(("date_start", "date_end", "date_granularity", "date_edtf", "date_timex", "date_basis"), "VARCHAR"),
    "place": "VARCHAR",
    "place_country": "VARCHAR",
    "lat": "DOUBLE",
    "lon": "DOUBLE",
    "geonames": "BIGINT",
    "place_precision": "VARCHAR",
    **dict.fromkeys(("speakers", "speaker_cues", "stances"), "VARCHAR"),
    **dict.fromkeys(("dead", "injured", "arrested"), "BIGINT"),
    "quote": "VARCHAR",
    "quote_start": "INTEGER",
    "quote_end": "INTEGER",
    "confidence": "DOUBLE",
}
# Column -> type, as DuckDB writes types in JSON: a name, a list of one type, or an object of named types.
TABLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "articles": {**_SPOOLED, "mentions": "INTEGER", **dict.fromkeys(VERSION_COLUMNS, "VARCHAR")},
        "mentions": _MENTIONS,
        "evidence": {
            "id": "VARCHAR",
            "article": "VARCHAR",
            "ordinal": "INTEGER",
            "actors": [_PARTY],
            "recipients": [_PARTY],
            "attribution": [_SPEAKER],
            "date": _SPAN,
            "place": _SPAN,
            "steps": [_STEP],
        },
        "rejects": {
            "id": "VARCHAR",
            "article": "VARCHAR",
            "source": "VARCHAR",
            "row": "BIGINT",
            "stage": "VARCHAR",
            "reason": "VARCHAR",
        },
    }
)
# Of a mention to its event: all that several mentions can agree on.
_TOLD = tuple(_MENTIONS)[tuple(_MENTIONS).index("event") : tuple(_MENTIONS).index("quote")]
AGREED = (*(name for name in _TOLD if name not in ("trigger_start", "trigger_end")), "confidence")
# What the merge pass makes of the tables above (docs/merging.md).
MERGED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "events": {
            "id": "VARCHAR",
            **dict.fromkeys(("mentions", "articles", "reports", "publishers"), "INTEGER"),
            **dict.fromkeys(("first_published", "last_published"), "VARCHAR"),
            **{name: _MENTIONS[name] for name in AGREED},
            "article": "VARCHAR",
            "ordinal": "INTEGER",
            **dict.fromkeys(("quote", "title", "url", "publisher", "conflicts"), "VARCHAR"),
            **dict.fromkeys(("fulfils", "cancels", "fulfilled_by", "cancelled_by"), "VARCHAR"),
        },
        "event_mentions": {
            **dict.fromkeys(("event", "article"), "VARCHAR"),
            "ordinal": "INTEGER",
            **dict.fromkeys(("mention", "copy_of"), "VARCHAR"),
            "likeness": "DOUBLE",
            "reasons": "VARCHAR",
        },
        "copies": {
            **dict.fromkeys(("article", "original", "copied_from", "kind"), "VARCHAR"),
            "likeness": "DOUBLE",
        },
        "redirects": dict.fromkeys(("old", "event", "reason"), "VARCHAR"),
    }
)
SPOOLED: Mapping[str, Any] = MappingProxyType({**_SPOOLED, "seq": "VARCHAR"})
SORTED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "articles": ("id",),
        "mentions": ("article", "ordinal"),
        "evidence": ("article", "ordinal"),
        "rejects": ("id", "article"),
        "events": ("id",),
        "event_mentions": ("event", "article", "ordinal"),
        "copies": ("article",),
        "redirects": ("old",),
    }
)


@dataclass(frozen=True, slots=True)
class CodedBy:
    """What coded an article: versions of dragoman, models and knowledge, and the settings that bear on events."""

    dragoman: str
    models: str
    knowledge: str
    settings: str  # JSON with sorted keys

    def versions(self) -> dict[str, str]:
        """The `version` of an event record."""
        return {"dragoman": self.dragoman, "models": self.models, "knowledge": self.knowledge}

    def columns(self) -> dict[str, str]:
        """The columns of `articles` that hold it."""
        return {**self.versions(), "settings": self.settings}

    def told(self) -> str:
        """In words, for messages."""
        return f"dragoman {self.dragoman}, models {self.models}, knowledge {self.knowledge}, settings {self.settings}"


def settings_text(settings: Mapping[str, object]) -> str:
    """The settings as one line that is equal for equal settings."""
    return json.dumps(dict(settings), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def spooled_row(article: Article, seq: str) -> Row:
    """An article that was read and not yet coded; `seq` tells apart the places that it was read from."""
    body, dateline = article.body, article.dateline
    return {
        **article_fields(article),
        "body_start": None if body is None else body.start,
        "body_end": None if body is None else body.end,
        "dateline_start": None if dateline is None else dateline.start,
        "dateline_end": None if dateline is None else dateline.end,
        "text": article.text,
        "seq": seq,
    }


def article_row(article: Article, mentions: int, by: CodedBy) -> Row:
    """A coded article."""
    row = spooled_row(article, "")
    del row["seq"]
    return {**row, "mentions": mentions, **by.columns()}


def article_of(row: Mapping[str, Any]) -> Article:
    """The article of a row of `articles`, or of one that was only read."""
    text = row["text"]
    return Article(
        id=row["id"],
        text_sha256=row["text_sha256"],
        text=text,
        title=row["title"],
        published=row["published"],
        publisher=row["publisher"],
        url=row["url"],
        language=row["language"],
        credits=tuple(row["credits"]),
        source=row["source"],
        body=_slice(text, row["body_start"], row["body_end"]),
        dateline=_slice(text, row["dateline_start"], row["dateline_end"]),
    )


def reject_row(reject: Reject, article: str | None = None) -> Row:
    """What could not be read, or (with the id of its article) not be coded."""
    told = "\x1f".join((reject.source, str(reject.row), reject.stage, reject.reason))
    return {
        "id": article or hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest(),
        "article": article,
        "source": _written(reject.source),
        "row": reject.row,
        "stage": reject.stage,
        "reason": _written(reject.reason),
    }


def mention_row(event: EventMention, ordinal: int) -> Row:
    """The flat row of one mention; `ordinal` is its place among those of its article."""
    article, date, place, size = event.article, event.date, event.place, event.size
    return {
        "id": event.id,
        "article": article.id,
        "ordinal": ordinal,
        "published": article.published,
        "publisher": article.publisher,
        "title": article.title,
        "url": article.url,
        "sentence": event.sentence,
        "event": event.event,
        "modes": "|".join(event.modes),
        "contexts": "|".join(event.contexts),
        "cameo": event.cameo,
        "quad": event.quad,
        "score": event.score,
        "about_event": None if event.about is None else event.about.event,
        "about_modes": None if event.about is None else "|".join(event.about.modes),
        **_flat_parties("actor", event.actors),
        **_flat_parties("recipient", event.recipients),
        "trigger": event.trigger.text,
        "trigger_start": event.trigger.start,
        "trigger_end": event.trigger.end,
        "status": event.status,
        "negated": event.negated,
        "historical": event.historical,
        "date_start": None if date is None else date.start,
        "date_end": None if date is None else date.end,
        "date_granularity": None if date is None else date.granularity,
        "date_edtf": None if date is None else date.edtf,
        "date_timex": None if date is None else date.timex,
        "date_basis": None if date is None else date.basis,
        "place": None if place is None else place.name,
        "place_country": None if place is None else place.country,
        "lat": None if place is None else place.lat,
        "lon": None if place is None else place.lon,
        "geonames": None if place is None else place.geonames,
        "place_precision": None if place is None else place.precision,
        "speakers": _joined([_speaker_name(link) for link in event.attribution]),
        "speaker_cues": _joined([link.cue.text for link in event.attribution]),
        "stances": _joined([link.stance for link in event.attribution]),
        "dead": None if size is None else size.dead,
        "injured": None if size is None else size.injured,
        "arrested": None if size is None else size.arrested,
        "quote": event.quote.text,
        "quote_start": event.quote.start,
        "quote_end": event.quote.end,
        "confidence": event.confidence,
    }


def evidence_row(event: EventMention, ordinal: int) -> Row:
    """What is nested in one mention: parties, speakers, the words of time and place, the steps."""
    return {
        "id": event.id,
        "article": event.article.id,
        "ordinal": ordinal,
        "actors": [_party_row(party) for party in event.actors],
        "recipients": [_party_row(party) for party in event.recipients],
        "attribution": [
            {
                "party": None if link.party is None else _party_row(link.party),
                "words": _span_row(link.words),
                "cue": _span_row(link.cue),
                "kind": link.kind,
                "stance": link.stance,
            }
            for link in event.attribution
        ],
        "date": None if event.date is None else _span_row(event.date.span),
        "place": None if event.place is None else _span_row(event.place.span),
        "steps": [
            {
                "stage": step.stage,
                "rule": step.rule,
                "note": step.note,
                "spans": [_span_row(span) for span in step.spans],
                "alternatives": [{"choice": choice, "weight": weight} for choice, weight in step.alternatives],
            }
            for step in event.steps
        ],
    }


def event_of(mention: Mapping[str, Any], evidence: Mapping[str, Any], article: Article) -> EventMention:
    """The event mention of its two rows, in its article."""
    about = mention["about_event"]
    counted = Size(mention["dead"], mention["injured"], mention["arrested"])
    return EventMention(
        id=mention["id"],
        article=article,
        sentence=mention["sentence"],
        quote=Span(mention["quote"], mention["quote_start"], mention["quote_end"]),
        event=mention["event"],
        modes=_parted(mention["modes"]),
        contexts=_parted(mention["contexts"]),
        cameo=mention["cameo"],
        quad=mention["quad"],
        score=mention["score"],
        about=None if about is None else About(about, _parted(mention["about_modes"])),
        actors=tuple(_party(each) for each in evidence["actors"]),
        recipients=tuple(_party(each) for each in evidence["recipients"]),
        trigger=Span(mention["trigger"], mention["trigger_start"], mention["trigger_end"]),
        status=mention["status"],
        negated=mention["negated"],
        historical=mention["historical"],
        date=_date(mention, evidence["date"]),
        place=_place(mention, evidence["place"]),
        attribution=tuple(_speaker(link) for link in evidence["attribution"]),
        size=None if counted == Size() else counted,
        confidence=mention["confidence"],
        steps=tuple(_step(step) for step in evidence["steps"]),
    )


def _slice(text: str, start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(text[start:end], start, end)


def _written(text: str) -> str:
    """File names of broken encoding hold half surrogates, which no UTF-8 can; they are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _span_row(span: Span | None) -> Row | None:
    return None if span is None else {"text": span.text, "start": span.start, "end": span.end}


def _party_row(party: Party) -> Row:
    actor = party.actor
    return {
        "text": party.text,
        "start": party.start,
        "end": party.end,
        "id": actor.id,
        "name": actor.name,
        "party": actor.party,
        "country": actor.country,
        "sector": actor.sector,
        "office": actor.office,
        "wikidata": actor.wikidata,
        "basis": list(actor.basis),
    }


def _flat_parties(role: str, parties: tuple[Party, ...]) -> Row:
    actors = [party.actor for party in parties]
    return {
        f"{role}_names": _joined([actor.name for actor in actors]),
        f"{role}_ids": _joined([actor.id for actor in actors]),
        f"{role}_parties": _joined([actor.party or "" for actor in actors]),
        f"{role}_countries": _joined([actor.country or "" for actor in actors]),
        f"{role}_sectors": _joined([actor.sector or "" for actor in actors]),
        f"{role}_texts": _joined([party.text for party in parties]),
    }


def _speaker_name(link: Speaker) -> str:
    if link.party is not None:
        return link.party.actor.name
    return link.words.text if link.words is not None else ""


def _joined(values: list[str]) -> str | None:
    """For reading and filtering; the values themselves, bars and all, stand in the evidence."""
    return "|".join(value.replace("|", "/") for value in values) if values else None


def _parted(codes: str) -> tuple[str, ...]:
    return tuple(codes.split("|")) if codes else ()


def _span(row: Mapping[str, Any] | None) -> Span | None:
    return None if row is None else Span(row["text"], row["start"], row["end"])


def _words(row: Mapping[str, Any]) -> Span:
    return Span(row["text"], row["start"], row["end"])


def _party(row: Mapping[str, Any]) -> Party:
    actor = Actor(
        id=row["id"],
        name=row["name"],
        party=row["party"],
        country=row["country"],
        sector=row["sector"],
        office=row["office"],
        wikidata=row["wikidata"],
        basis=tuple(row["basis"]),
    )
    return Party(row["text"], row["start"], row["end"], actor)


def _date(row: Mapping[str, Any], words: Mapping[str, Any] | None) -> TimeSpan | None:
    if row["date_start"] is None:
        return None
    return TimeSpan(
        start=row["date_start"],
        end=row["date_end"],
        granularity=row["date_granularity"],
        edtf=row["date_edtf"],
        basis=row["date_basis"],
        span=_span(words),
        timex=row["date_timex"],
    )


def _place(row: Mapping[str, Any], words: Mapping[str, Any] | None) -> Place | None:
    if row["place"] is None:
        return None
    return Place(
        name=row["place"],
        country=row["place_country"],
        lat=row["lat"],
        lon=row["lon"],
        precision=row["place_precision"],
        geonames=row["geonames"],
        span=_span(words),
    )


def _speaker(row: Mapping[str, Any]) -> Speaker:
    who = None if row["party"] is None else _party(row["party"])
    return Speaker(who, _span(row["words"]), _words(row["cue"]), row["kind"], row["stance"])


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        stage=row["stage"],
        rule=row["rule"],
        spans=tuple(_words(span) for span in row["spans"]),
        note=row["note"],
        alternatives=tuple((each["choice"], each["weight"]) for each in row["alternatives"]),
    )
