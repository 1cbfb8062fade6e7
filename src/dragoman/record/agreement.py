"""What the mentions of one event agree on. In: rows of `mentions` of one event. Out: one value a field, and the
conflicts.

Each text has one voice, however many outlets copied it; a later release speaks in the place of the one that it
corrects. The value that most texts give is taken, of equally many the earliest; what is known goes before what is
not, words
of the text before the day of publication, a day before a week. Whatever else was said stays visible, with who said it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.record.tables import AGREED

_PARTY = ("names", "ids", "parties", "countries", "sectors", "texts")
# Fields that are chosen together from one mention, by the name under which conflicts are told.
CHOSEN: Mapping[str, tuple[str, ...]] = {
    "event": ("event", "modes", "contexts", "cameo", "quad", "score", "about_event", "about_modes"),
    "parties": tuple(f"{role}_{what}" for role in ("actor", "recipient") for what in _PARTY),
    "status": ("status", "negated", "historical"),
    "date": ("date_start", "date_end", "date_granularity", "date_edtf", "date_timex", "date_basis"),
    "place": ("place", "place_country", "lat", "lon", "geonames", "place_precision"),
    "speakers": ("speakers", "speaker_cues", "stances"),
    "dead": ("dead",),
    "injured": ("injured",),
    "arrested": ("arrested",),
}
_SILENT = frozenset(("status", "speakers"))  # the first cannot differ, the second may
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
    for name, columns in CHOSEN.items():
        chosen = _chosen(voices, name)
        found.update({column: chosen[column] for column in columns})
        said = [] if name in _SILENT else _said(rows, name)
        if len(said) > 1:
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
    found: list[Mapping[str, Any]] = []
    for row in sorted(rows, key=lambda row: bool(row["corrected"])):
        if row["family"] not in seen and not (row["corrected"] and found):
            found.append(row)
        seen.add(row["family"])
    return found


def _value(row: Mapping[str, Any], name: str) -> Any:
    """What two mentions must share to agree; none where nothing is known."""
    if name == "parties":
        joined = f"{row['actor_parties'] or ''}|{row['recipient_parties'] or ''}"
        return "|".join(sorted({party for party in joined.split("|") if party})) or None
    if name == "date":
        return row["date_edtf"]
    return row[CHOSEN[name][0]] or None


def _chosen(voices: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    counts = Counter(_value(row, name) for row in voices)
    order = sorted(range(len(voices)), key=lambda at: (*_rank(voices[at], name), -counts[_value(voices[at], name)], at))
    best = _value(voices[order[0]], name)
    if name != "parties":
        return voices[order[0]]
    same = [at for at in range(len(voices)) if _value(voices[at], name) == best]
    return voices[min(same, key=lambda at: (-_persons(voices[at]), at))]


def _persons(row: Mapping[str, Any]) -> int:
    return f"{row['actor_ids']}|{row['recipient_ids']}".count(":person:")


def _rank(row: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """The smaller, the better known."""
    unknown = int(_value(row, name) is None)
    if name == "date":
        span = row["date_granularity"]
        return unknown, int(row["date_basis"] != "text"), _SPANS.index(span) if span in _SPANS else len(_SPANS)
    if name == "place":
        precision = row["place_precision"]
        return unknown, _PRECISIONS.index(precision) if precision in _PRECISIONS else len(_PRECISIONS)
    return (unknown,)


def _said(rows: Sequence[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    """Each value that was given, with how many mentions and which publishers gave it, the most frequent first;
    nothing where
    the values are no conflict.
    """
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        value = _value(row, name)
        if value is not None and not (name == "date" and row["date_basis"] != "text"):
            found.setdefault(value, []).append(row)
    if not _is_conflict(found, name):
        return []
    order = sorted(found, key=lambda value: (-len(found[value]), str(value)))
    return [
        {
            "value": value,
            "mentions": len(found[value]),
            "publishers": sorted({row["publisher"] for row in found[value] if row["publisher"]})[:MOST],
        }
        for value in order[:MOST]
    ]


def _is_conflict(found: Mapping[Any, Sequence[Mapping[str, Any]]], name: str) -> bool:
    """A week and a day in it, a country and a town, all parties and some of them are none."""
    if name == "date":
        spans = [(rows[0]["date_start"], rows[0]["date_end"]) for rows in found.values()]
        return any(a[0] > b[1] or b[0] > a[1] for a in spans for b in spans)
    if name == "place":
        towns = {value for value, rows in found.items() if rows[0]["place_precision"] == "place"}
        return len(towns) > 1 or len({rows[0]["place_country"] for rows in found.values()} - {None}) > 1
    if name == "parties":
        sets = [set(value.split("|")) for value in found]
        return any(not (a <= b or b <= a) for a in sets for b in sets)
    return len(found) > 1


def _standing(voices: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mention that tells most of what was agreed on, of equals the surest, then the earliest."""

    def key(at: int) -> tuple[float, ...]:
        row = voices[at]
        told = sum(_value(row, name) == _value(found, name) is not None for name in CHOSEN)
        return -told, -row["confidence"], at

    return voices[min(range(len(voices)), key=key)]
