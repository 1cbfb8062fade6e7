"""Rows with the field names of PLOVER's JSON, one object an event or mention.

In: rows of `Selection.told_rows`. Out: dictionaries with all of PLOVER's keys in its order; what is not known is null,
never guessed (religion, ethnicity, gender, age). Only what happened is written: PLOVER has no field for a denial.
"""

from __future__ import annotations

from typing import Any

from dragoman.record.exports.cells import codes, parties
from dragoman.record.exports.lookups import Lookups, office_words
from dragoman.record.tables import Row

FIELDS = (
    *("id", "has_event", "date", "time", "enddate", "endtime", "actor", "recipient", "event", "event_loc"),
    *("event_text", "quad_code", "event_scale", "mode", "context", "link", "text", "text_info", "cite_info"),
    *("coder", "coded_date", "coded_time", "comment"),
)
ENTITY_FIELDS = (
    *("code", "sector", "entity_text", "identifier_id", "identifier_text"),
    *("religion", "ethnicity", "office", "gender", "age"),
)
CITE_FIELDS = (
    *("corpus", "citation", "url", "title", "language", "publication", "license", "copyright"),
    *("coder", "codebook", "version"),
)
PLACE_FIELDS = (
    *("extracted_place", "resolved_place", "geonameid", "lat", "lon", "city", "district", "province"),
    *("country", "country_code", "feature_class", "feature_code", "resolution"),
)
CODEBOOK = "PLOVER 2.0 draft"


def plover_row(row: Row, lookups: Lookups) -> dict[str, Any]:
    """One event in PLOVER's fields."""
    told = {
        "id": row["id"],
        "has_event": True,
        "date": row["date_start"],
        "enddate": row["date_end"],
        "actor": [_entity(party) for party in parties(row, "actor")],
        "recipient": [_entity(party) for party in parties(row, "recipient")],
        "event": [row["event"]],
        "event_loc": _place(row, lookups),
        "event_text": [row["trigger"]],
        "quad_code": row["quad"],
        "event_scale": row["score"],
        "mode": codes(row["modes"]),
        "context": codes(row["contexts"]),
        "link": row["url"],
        "text": row["quote"],
        "cite_info": _citation(row, lookups),
        "coder": lookups.version,
    }
    return {name: told.get(name) for name in FIELDS}


def _entity(party: dict[str, str | None]) -> dict[str, Any]:
    told = {
        "code": party["party"],
        "sector": party["sector"],
        "entity_text": party["text"],
        "identifier_id": party["wikidata"],
        "identifier_text": party["name"],
        "office": office_words(party["office"]) or None,
    }
    return {name: told.get(name) for name in ENTITY_FIELDS}


def _place(row: Row, lookups: Lookups) -> dict[str, Any] | None:
    if row["place"] is None:
        return None
    told = {
        "extracted_place": row["place_text"],
        "resolved_place": row["place"],
        "geonameid": row["geonames"],
        "lat": row["lat"],
        "lon": row["lon"],
        "city": row["place"] if row["place_precision"] == "place" else None,
        "province": row["place"] if row["place_precision"] == "region" else None,
        "country": lookups.name(row["place_country"]) or None,
        "country_code": row["place_country"],
        "resolution": row["place_precision"],
    }
    return {name: told.get(name) for name in PLACE_FIELDS}


def _citation(row: Row, lookups: Lookups) -> dict[str, Any]:
    told = {
        "url": row["url"],
        "title": row["title"],
        "language": row["language"],
        "publication": row["publisher"],
        "coder": "dragoman",
        "codebook": CODEBOOK,
        "version": lookups.version,
    }
    return {name: told.get(name) for name in CITE_FIELDS}
