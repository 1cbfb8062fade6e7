"""Rows in the forty columns of POLECAT.

In: rows of `Selection.told_rows`. Out: lists of cells, one row a story's mention (or an event, where events are asked
for); several values of a cell are joined by "; ". Empty stays what is not known: Wikipedia titles (we hold Wikidata
ids), district, GeoNames' feature code, the people, organisations and places of the whole story.
"""

from __future__ import annotations

from collections.abc import Iterable

from dragoman.record.exports.cells import QUADS, cell, codes, listed, parties
from dragoman.record.exports.lookups import Lookups, office_words
from dragoman.record.tables import Row


def polecat_row(row: Row, lookups: Lookups) -> list[str]:
    """One event in POLECAT's columns."""
    published = row["published"] if "published" in row else row["first_published"]
    precision = row["place_precision"]
    return [
        *(cell(row["id"]), cell(row["date_start"]), cell(row["event"]), listed(codes(row["modes"]))),
        *(cell(row["score"]), QUADS[row["quad"]], listed(codes(row["contexts"]))),
        *_party_cells(parties(row, "actor"), lookups),
        *_party_cells(parties(row, "recipient"), lookups),
        cell(row["place"]),
        cell(row["place"] if precision == "place" else None),
        "",
        cell(row["place"] if precision == "region" else None),
        *(cell(row["place_country"]), cell(row["lat"]), cell(row["lon"]), cell(row["geonames"])),
        *(cell(row["place_text"]), "", cell(row["publisher"]), cell(published)[:10]),
        *("", "", "", cell(row["language"]), cell(lookups.version)),
    ]


def _party_cells(found: Iterable[dict[str, str | None]], lookups: Lookups) -> list[str]:
    told = list(found)
    sectors = [party["sector"] for party in told if party["sector"]]
    return [
        listed(party["name"] for party in told),
        listed(party["country"] for party in told),
        listed(lookups.cow(party["party"], party["country"]) for party in told),
        cell(sectors[0] if sectors else None),
        listed(sectors),
        listed(office_words(party["office"]) for party in told),
        listed(party["text"] for party in told),
        "",
    ]
