"""Rows in the sixty-one columns of GDELT 2.0's event table, which has no header.

In: rows of `Selection.told_rows` over events. Out: lists of cells, one row a pair of parties of an event. Event codes
are CAMEO's of version 1.1b3, as GDELT's codebook says of its own; the class is GDELT's, by root, with PROTEST in 3.
The Goldstein score is that of the root. A root event is one told in the first paragraph. Empty stays what is not known: tone, ethnic groups and religions, where the
actors were (only the act has a place here), codes of districts, and feature ids, since ours are those of GeoNames.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from dragoman.knowledge.codes import cameo_actor
from dragoman.record.exports.cells import cell, number_of
from dragoman.record.exports.dyads import Party, dyads
from dragoman.record.exports.lookups import Lookups
from dragoman.record.tables import Row

_NO_PLACE = [""] * 8
_TYPE_COLUMNS = 3


def gdelt_rows(row: Row, lookups: Lookups) -> Iterator[list[str]]:
    """One event in GDELT's columns, a row for each pair of parties; none without a code or a day."""
    code, day = row["cameo"], row["date_start"]
    if code is None or day is None:
        return
    root = code[:2]
    act = [
        *(
            "" if row["lead"] is None else str(int(row["lead"])),
            code,
            code[:3],
            root,
            str(lookups.codes.gdelt_quads[root]),
        ),
        *(cell(lookups.ontology.goldstein_of(code)), str(row["mentions"]), str(max(row["publishers"], 1))),
        *(str(row["articles"]), ""),
    ]
    place = [*_NO_PLACE, *_NO_PLACE, *_place_cells(row, lookups)]
    for number, (one, other) in enumerate(dyads(row)):
        yield [
            *(str(number_of(row["id"], number)), *_day_cells(day)),
            *_actor_cells(one, lookups),
            *_actor_cells(other, lookups),
            *act,
            *place,
            *(_added(row["first_published"]), cell(row["url"])),
        ]


def _day_cells(day: str) -> list[str]:
    """Day, month and year as numbers, and the year with the part of it that has gone by, in GDELT's way of counting."""
    year, month, number = (int(part) for part in day.split("-"))
    part = min(((month - 1) * 30 + number) / 365, 0.9999)
    return [f"{year:04d}{month:02d}{number:02d}", f"{year:04d}{month:02d}", f"{year:04d}", f"{year + part:.4f}"]


def _actor_cells(party: Party | None, lookups: Lookups) -> list[str]:
    if party is None:
        return [""] * 10
    told = cameo_actor(lookups.codes, party["party"], party["country"], party["sector"])
    types = [*told.types, "", "", ""][:_TYPE_COLUMNS]
    return [told.code, cell(party["name"]).upper(), told.country, told.group, "", "", "", *types]


def _place_cells(row: Row, lookups: Lookups) -> list[str]:
    """Class, full name, country and coordinates; a country's own code stands for its division and its feature too."""
    if row["place"] is None or row["lat"] is None:
        return _NO_PLACE
    country, precision = row["place_country"], row["place_precision"]
    name = lookups.name(country)
    fips = lookups.codes.fips(country, row["lat"], row["lon"]) or ""
    if precision == "country":
        return ["1", cell(row["place"]), fips, fips, "", cell(row["lat"]), cell(row["lon"]), fips]
    at_home = country == "USA"
    kind = ("2" if at_home else "5") if precision == "region" else ("3" if at_home else "4")
    full = ", ".join(part for part in (cell(row["place"]), name) if part)
    return [kind, full, fips, "", "", cell(row["lat"]), cell(row["lon"]), ""]


def _added(published: str | None) -> str:
    """When the first report came out, in UTC; a report without an hour counts from midnight."""
    if published is None:
        return ""
    moment = datetime.fromisoformat(published)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.strftime("%Y%m%d%H%M%S")
