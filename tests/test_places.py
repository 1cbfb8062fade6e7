"""The packed gazetteer: what it holds, how it is sought, and how it fails."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from dragoman.coding.attachment import distance_km
from dragoman.errors import KnowledgeError
from dragoman.knowledge.packing import fold, is_plausible, pack
from dragoman.knowledge.places import Gazetteer, check_gazetteer, load_gazetteer
from tests.conftest import cases


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.mark.parametrize("case", cases("places"))
def test_the_first_reading_of_a_name(case: dict[str, Any], gazetteer: Gazetteer) -> None:
    words = case["text"].split()
    found = [[size, readings[0].country, readings[0].precision] for size, readings in gazetteer.names_at(words, 0)]
    assert found[:1] == ([case["expected"]] if case["expected"] else []), case["why"]


def test_the_gazetteer_is_sound(gazetteer: Gazetteer) -> None:
    assert check_gazetteer(gazetteer) == []


def test_countries_by_code(gazetteer: Gazetteer) -> None:
    kosovo = gazetteer.country("KOS")
    assert kosovo is not None
    assert distance_km(kosovo.lat, kosovo.lon, 42.6, 20.9) < 60
    assert gazetteer.country("XYZ") is None


@pytest.mark.parametrize(
    ("code", "capital", "reach"),
    [
        ("FRA", "Paris", 350), ("KEN", "Nairobi", 300), ("DEU", "Berlin", 400), ("JPN", "Tokyo", 250),
        ("EGY", "Cairo", 400), ("POL", "Warsaw", 150), ("PER", "Lima", 350), ("VNM", "Hanoi", 600),
        ("USA", "Washington", 2000), ("FJI", "Suva", 80),
    ],
)  # fmt: skip
def test_the_middle_of_a_country_is_in_reach_of_its_capital(
    gazetteer: Gazetteer, code: str, capital: str, reach: float
) -> None:
    country = gazetteer.country(code)
    town = next(entry for entry in gazetteer.named(capital) if entry.capital and entry.country == code)
    assert country is not None
    assert distance_km(country.lat, country.lon, town.lat, town.lon) < reach


def test_distance_of_known_towns() -> None:
    assert distance_km(48.8566, 2.3522, 51.5074, -0.1278) == pytest.approx(343.5, abs=1.0)
    assert distance_km(10.0, 179.9, 10.0, -179.9) == pytest.approx(21.9, abs=0.2)


def test_folding_meets_both_writings() -> None:
    assert fold("São Tomé") == fold("Sao Tome")
    assert fold("N'Djamena") == fold("N’Djamena")
    assert fold("Port-au-Prince") == "port au prince"
    assert not is_plausible("LED")
    assert not is_plausible("swldw")
    assert is_plausible("Kyiv")


def _tables(folder: Path) -> Path:
    rows = {
        "regions.csv": [["id", "country", "admin1", "name", "variants", "geonames", "lat", "lon", "source"],
                        ["aa-1", "AA", "01", "Northland", "", "", "", "", "own"]],
        "counties.csv": [["id", "country", "admin1", "name", "lat", "lon", "source"],
                         ["aa-01", "AA", "01", "West County", "10.2", "179.1", "own"],
                         ["aa-02", "AA", "01", "East County", "10.1", "-178.9", "own"]],
        "countries.csv": [["id", "lat", "lon", "source"], ["AAA", "11.5", "178.0", "own"]],
        "areas.csv": [["id", "name", "variants", "country", "lat", "lon", "source"],
                      ["deep", "Deep Bay", "", "", "1.0", "2.0", "own"]],
        "short_names.csv": [["id", "name", "geonames", "source"], ["port", "Porto", "1", "own"]],
    }  # fmt: skip
    for name, lines in rows.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
    return folder


def _city(number: int, name: str, people: int, lat: float, lon: float) -> dict[str, Any]:
    return {
        "geonameid": number, "name": name, "latitude": lat, "longitude": lon, "countrycode": "AA",
        "population": people, "admin1code": "01", "alternatenames": [],
    }  # fmt: skip


COUNTRY = {"iso": "AA", "iso3": "AAA", "name": "Aland", "capital": "Portville", "geonameid": 9, "population": 5}


def test_packing_and_reading_back(tmp_path: Path) -> None:
    file = tmp_path / "places.bin"
    cities = [_city(1, "Portville", 3000, 10.0, 179.0), _city(2, "Farm", 1000, 10.0, -179.0)]
    assert pack(cities, [COUNTRY], _tables(tmp_path), file) == 7
    gazetteer = load_gazetteer(file)
    port = gazetteer.named("porto")[0]
    assert (port.name, port.capital, port.country, port.region) == ("Portville", True, "AAA", "AA.01")
    region = gazetteer.named("Northland")[0]
    assert (region.precision, region.lon) == ("region", pytest.approx(179.5))  # weighted, and over the date line
    assert gazetteer.named("Deep Bay")[0].country is None
    west, east = gazetteer.named("West County")[0], gazetteer.named("East County")[0]
    assert (west.precision, west.region, west.people, east.people) == ("region", "AA.01", 3000, 1000)
    country = gazetteer.country("AAA")
    assert country is not None
    assert (country.lat, country.lon) == (11.5, 178.0)  # the middle of the land, not of its towns
    assert file.read_bytes() == _again(cities, tmp_path)


def _again(cities: list[dict[str, Any]], folder: Path) -> bytes:
    other = folder / "other.bin"
    pack(list(reversed(cities)), [COUNTRY], folder, other)
    return other.read_bytes()


def test_a_short_name_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"short_names\.csv, row port"):
        pack([_city(2, "Farm", 1000, 10.0, -179.0)], [COUNTRY], _tables(tmp_path), tmp_path / "places.bin")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "places.bin"
    file.write_bytes(b"not a gazetteer at all")
    with pytest.raises(KnowledgeError, match="not a packed gazetteer"):
        load_gazetteer(file)
    with pytest.raises(KnowledgeError, match="packing"):
        load_gazetteer(tmp_path / "absent.bin")
