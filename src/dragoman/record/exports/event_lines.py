"""Merged events as JSON lines: nested as the event record of a mention is, with counts and conflicts.

In: rows of the table `events`. Out: one JSON object a line; every key is always there. The schema is docs/exports.md's.
"""

from __future__ import annotations

import json
from typing import Any

from dragoman.record.exports.cells import codes, parted, parties
from dragoman.record.tables import Row

SCHEMA = 1
_PARTY = ("text", "name", "id", "party", "country", "sector")
_COUNTS = ("mentions", "articles", "reports", "publishers", "first_published", "last_published")
_PLAIN = ("event", "cameo", "quad", "score", "trigger", "status", "negated", "historical")
_LINKS = ("fulfils", "cancels", "fulfilled_by", "cancelled_by")
_DATE = ("start", "end", "granularity", "edtf", "timex", "basis")
_SIZE = ("dead", "injured", "arrested")


def event_line(row: Row) -> str:
    """One event as a line of JSON, without its newline."""
    return json.dumps(event_object(row), ensure_ascii=False, separators=(",", ":"))


def event_object(row: Row) -> dict[str, Any]:
    """One event, nested."""
    about = row["about_event"]
    return {
        "schema": SCHEMA,
        "id": row["id"],
        **{name: row[name] for name in _COUNTS},
        **{name: row[name] for name in _PLAIN[:1]},
        "modes": codes(row["modes"]),
        "contexts": codes(row["contexts"]),
        **{name: row[name] for name in _PLAIN[1:]},
        "about": None if about is None else {"event": about, "modes": codes(row["about_modes"])},
        "actors": _parties(row, "actor"),
        "recipients": _parties(row, "recipient"),
        "date": None if row["date_start"] is None else {name: row[f"date_{name}"] for name in _DATE},
        "place": _place(row),
        "attribution": _attribution(row),
        "size": {name: row[name] for name in _SIZE} if any(row[name] is not None for name in _SIZE) else None,
        "confidence": row["confidence"],
        "told_by": {name: row[name] for name in ("article", "ordinal", "publisher", "title", "url", "quote")},
        "conflicts": None if row["conflicts"] is None else json.loads(row["conflicts"]),
        **{name: row[name] for name in _LINKS},
    }


def _parties(row: Row, role: str) -> list[dict[str, str | None]]:
    return [{name: party[name] for name in _PARTY} for party in parties(row, role)]


def _place(row: Row) -> dict[str, Any] | None:
    if row["place"] is None:
        return None
    return {
        "name": row["place"],
        "country": row["place_country"],
        "lat": row["lat"],
        "lon": row["lon"],
        "geonames": row["geonames"],
        "precision": row["place_precision"],
    }


def _attribution(row: Row) -> list[dict[str, str | None]]:
    told = zip(parted(row["speakers"]), parted(row["speaker_cues"]), parted(row["stances"]), strict=False)
    return [{"speaker": speaker or None, "cue": cue, "stance": stance} for speaker, cue, stance in told]
