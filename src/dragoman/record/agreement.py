"""What the mentions of one event agree on. In: rows of `mentions` of one event. Out: one value a field, and the conflicts.

Each text has one voice, however many outlets copied it; a later release speaks in the place of the one that it
corrects. The value that most texts give is taken, of equally many the earliest; what is known goes before what is not, words
of the text before the day of publication, a day before a week. Whatever else was said stays visible, with who said it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.record.tables import AGREED

# Fields that are chosen together, and those of them that say whether two mentions differ.
_PARTY = ("names", "ids", "parties", "countries", "sectors", "texts")
CHOSEN: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("event", ("event", "modes", "contexts", "cameo", "quad", "score", "about_event", "about_modes"), "event"),
    ("actors", tuple(f"actor_{what}" for what in _PARTY), "actor_names"),
    ("recipients", tuple(f"recipient_{what}" for what in _PARTY), "recipient_names"),
    ("status", ("status", "negated", "historical"), "status"),
    ("date", ("date_start", "date_end", "date_granularity", "date_edtf", "date_timex", "date_basis"), "date_edtf"),
    ("place", ("place", "place_country", "lat", "lon", "geonames", "place_precision"), "place"),
    ("speakers", ("speakers", "speaker_cues", "stances"), "speakers"),
    ("dead", ("dead",), "dead"),
    ("injured", ("injured",), "injured"),
    ("arrested", ("arrested",), "arrested"),
)
_TOLD = frozenset(("event", "actors", "recipients", "date", "place", "dead", "injured", "arrested"))
_SPANS = ("time", "day", "week", "range", "month", "season", "quarter", "half", "year", "decade", "century")
_PRECISIONS = ("place", "region", "country")
MOST = 12  # values and publishers told of one conflict


def agreed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of an event; `rows` are its mentions in their order, each with `family`, its text's first article, and
    `corrected`, whether a later release of its article speaks too.
    """
    voices = _voices(rows)
    found: dict[str, Any] = {}
    conflicts: dict[str, list[dict[str, Any]]] = {}
    for name, columns, telling in CHOSEN:
        chosen = _chosen(voices, name, telling)
        found.update({column: chosen[column] for column in columns})
        said = _said(rows, name, telling)
        if name in _TOLD and len(said) > 1:
            conflicts[name] = said
    standing = _standing(voices, found)
    found["trigger"] = standing["trigger"]
    found["confidence"] = max(row["confidence"] for row in rows)
    return {
        **{column: found[column] for column in AGREED},
        "article": standing["article"],
        "ordinal": standing["ordinal"],
        **{column: standing[column] for column in ("quote", "title", "url", "publisher")},
        "conflicts": json.dumps(conflicts, ensure_ascii=False, separators=(",", ":")) if conflicts else None,
    }


def _voices(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One mention of each text; those of texts that were corrected only where there is no other."""
    seen: set[str] = set()
    found = []
    for row in sorted(rows, key=lambda row: bool(row["corrected"])):
        if row["family"] not in seen and not (row["corrected"] and found):
            found.append(row)
        seen.add(row["family"])
    return found


def _chosen(voices: Sequence[Mapping[str, Any]], name: str, telling: str) -> Mapping[str, Any]:
    counts: dict[Any, int] = {}
    for row in voices:
        counts[row[telling]] = counts.get(row[telling], 0) + 1
    order = sorted(range(len(voices)), key=lambda at: (*_rank(voices[at], name, telling), -counts[voices[at][telling]], at))
    return voices[order[0]]


def _rank(row: Mapping[str, Any], name: str, telling: str) -> tuple[int, ...]:
    """The smaller, the better known."""
    unknown = int(row[telling] is None or row[telling] == "")
    if name == "date":
        span = row["date_granularity"]
        return unknown, int(row["date_basis"] != "text"), _SPANS.index(span) if span in _SPANS else len(_SPANS)
    if name == "place":
        precision = row["place_precision"]
        return unknown, _PRECISIONS.index(precision) if precision in _PRECISIONS else len(_PRECISIONS)
    return (unknown,)


def _said(rows: Sequence[Mapping[str, Any]], name: str, telling: str) -> list[dict[str, Any]]:
    """Each value that was given, with how many mentions and which publishers gave it; the most frequent first."""
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        value = row[telling]
        if value is not None and value != "" and not (name == "date" and row["date_basis"] != "text"):
            found.setdefault(value, []).append(row)
    order = sorted(found, key=lambda value: (-len(found[value]), str(value)))
    return [
        {
            "value": value,
            "mentions": len(found[value]),
            "publishers": sorted({row["publisher"] for row in found[value] if row["publisher"]})[:MOST],
        }
        for value in order[:MOST]
    ]


def _standing(voices: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mention that tells most of what was agreed on, of equals the surest, then the earliest."""
    telling = [column for _, _, column in CHOSEN]

    def key(at: int) -> tuple[float, ...]:
        row = voices[at]
        told = sum(row[column] == found[column] and row[column] not in (None, "") for column in telling)
        return -told, -row["confidence"], at

    return voices[min(range(len(voices)), key=key)]
