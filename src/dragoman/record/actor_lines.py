"""Who a phrase means, as one line of JSON with keys in a fixed order. In: a `PhraseReading`. Out: text. It writes no
files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dragoman.values import Identified, PhraseReading, Step, Tenure


def reading_row(reading: PhraseReading, versions: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an answer; every key is always there, and null where nothing is known."""
    words = reading.words
    return {
        "phrase": reading.phrase,
        "on": reading.on,
        "words": None if words is None else {"text": words.text, "start": words.start, "end": words.end},
        "basis": reading.basis,
        "actors": [_identified(each) for each in reading.actors],
        "alternatives": [_identified(each) for each in reading.alternatives],
        "why": [_why(step) for step in reading.steps],
        "version": dict(versions),
    }


def reading_line(reading: PhraseReading, versions: Mapping[str, str], own_id: Any = None) -> str:
    """One line of JSON, without its newline; the caller's own id first, if there is one."""
    row = reading_row(reading, versions)
    return json.dumps(row if own_id is None else {"id": own_id, **row}, ensure_ascii=False, separators=(",", ":"))


def _identified(found: Identified) -> dict[str, Any]:
    actor = found.actor
    return {
        "id": actor.id,
        "name": actor.name,
        "person": found.person,
        "party": actor.party,
        "country": actor.country,
        "sector": actor.sector,
        "office": actor.office,
        "wikidata": actor.wikidata,
        "term": None if found.tenure is None else _term(found.tenure),
    }


def _term(tenure: Tenure) -> dict[str, Any]:
    return {
        "row": tenure.row,
        "office": tenure.office,
        "title": tenure.title or None,
        "start": tenure.start or None,
        "end": tenure.end or None,
        "holds": tenure.holds,
    }


def _why(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {"row": step.rule, "says": step.note}
    if step.alternatives:
        row["others"] = [name for name, _ in step.alternatives]
    return row
