"""Rows in the twenty columns of ICEWS.

In: rows of `Selection.told_rows`. Out: lists of cells, one row a pair of parties of a mention. Event and story ids are
whole numbers made of ours; an event with several pairs gives each its number. CAMEO codes are those of version 1.1b3.
Intensity is the Goldstein score of the code's root, for finer scores are not known here. District stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from dragoman.record.exports.cells import cell, number_of
from dragoman.record.exports.dyads import Party, dyads
from dragoman.record.exports.lookups import Lookups
from dragoman.record.tables import Row


def icews_rows(row: Row, lookups: Lookups) -> Iterator[list[str]]:
    """One event in ICEWS's columns, a row for each pair of parties."""
    code, precision = row["cameo"], row["place_precision"]
    if code is None:
        return
    label = lookups.ontology.cameo[code].label
    for number, (source, target) in enumerate(dyads(row)):
        yield [
            str(number_of(row["id"], number)),
            cell(row["date_start"]),
            *_party_cells(source, lookups),
            *(cell(label[:1].upper() + label[1:]), code, cell(lookups.ontology.goldstein_of(code))),
            *_party_cells(target, lookups),
            *(str(number_of(row["article"])), str(row["sentence"] + 1), cell(row["publisher"])),
            cell(row["place"] if precision == "place" else None),
            "",
            cell(row["place"] if precision == "region" else None),
            *(cell(lookups.name(row["place_country"])), cell(row["lat"]), cell(row["lon"])),
        ]


def _party_cells(party: Party | None, lookups: Lookups) -> list[str]:
    if party is None:
        return ["", "", ""]
    role = lookups.codes.roles.get(party["sector"] or "")
    return [cell(party["name"]), "" if role is None else role.name, cell(lookups.name(party["country"]))]
