"""Titles, offices and their holders: who held what on which day, and what the tables must not claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dragoman.knowledge.offices import (
    Holder,
    OfficeTables,
    check_offices,
    earliest,
    fold,
    latest,
    load_offices,
    settlements,
    title_parts,
)

CASES = Path(__file__).parent / "cases" / "offices.jsonl"


@pytest.fixture(scope="module")
def tables() -> OfficeTables:
    return load_offices()


def cases(kind: str) -> list[Any]:
    found = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["kind"] == kind:
            marks = [pytest.mark.xfail(reason=case["known_failure"], strict=False)] if "known_failure" in case else []
            found.append(pytest.param(case, id=case["id"], marks=marks))
    return found


@pytest.mark.parametrize("case", cases("holder_of"))
def test_holder_of_an_office_on_a_day(tables: OfficeTables, case: dict[str, Any]) -> None:
    found = tables.holder_of(case["country"], case["office"], case["on"])
    assert [holder.name for holder in found] == case["expected"], case["why"]


@pytest.mark.parametrize("case", cases("named"))
def test_offices_of_a_name_on_a_day(tables: OfficeTables, case: dict[str, Any]) -> None:
    found = tables.holders_named(case["text"], case["on"])
    assert [f"{holder.country} {holder.office} {holder.name}" for holder in found] == case["expected"], case["why"]


@pytest.mark.parametrize("case", cases("title"))
def test_longest_title(tables: OfficeTables, case: dict[str, Any]) -> None:
    words = case["text"].split()
    found = tables.titles_at(words, case["at"])
    longest = [found[0][0], found[0][1].sector, found[0][1].office] if found else []
    assert longest == case["expected"], case["why"]


@pytest.mark.parametrize("case", cases("country_title"))
def test_what_a_title_means_in_a_country(tables: OfficeTables, case: dict[str, Any]) -> None:
    found = tables.office_of_title(case["country"], case["text"], case["on"])
    assert (found.office if found else None) == case["expected"], case["why"]


def holder(**changes: str) -> Holder:
    values: dict[str, Any] = {
        "id": "h", "person": "p", "name": "A B", "family": "B", "variants": (), "country": "USA", "office": "minister",
        "title": "", "sector": "GOV", "start": "", "end": "", "standing": "past", "attested_from": "",
        "attested_to": "", "wikidata": None, "source": "test", "attested_by": (),
    }  # fmt: skip
    return Holder(**(values | changes))


@pytest.mark.parametrize(
    ("term", "on", "expected"),
    [
        ({"start": "2018", "end": "2020"}, "2019-05-01", "yes"),
        ({"start": "2018", "end": "2020"}, "2018-05-01", "maybe"),
        ({"start": "2018", "end": "2020"}, "2020-12-31", "maybe"),
        ({"start": "2018", "end": "2020"}, "2021-01-01", "no"),
        ({"start": "2018-03-01", "end": "2020-02-01"}, "2018-03-01", "yes"),
        ({"start": "2018-03-01", "end": "2020-02-01"}, "2020-02-01", "yes"),
        ({"start": "2018-03-01", "end": "2020-02-01"}, "2020-02", "maybe"),
        ({"start": "2018-03-01", "end": "2020-02-01"}, "2020-02-02", "no"),
        ({"start": "2018", "attested_to": "2021-01", "standing": "open"}, "2020-06-01", "yes"),
        ({"start": "2018", "attested_to": "2021-01", "standing": "open"}, "2024-06-01", "maybe"),
        ({"start": "2018", "attested_to": "2021-01"}, "2024-06-01", "no"),
        ({"attested_from": "2021-03-05", "attested_to": "2021-08-01"}, "2021-06-01", "yes"),
        ({"attested_from": "2021-03-05", "attested_to": "2021-08-01"}, "2021-03-04", "no"),
        ({"attested_from": "2021-03-05", "attested_to": "2021-08-01"}, "2021-08-02", "no"),
        ({"attested_from": "2019-06", "attested_to": "2019-06", "standing": "listed"}, "2019-06-10", "maybe"),
        ({"attested_from": "2019-06", "attested_to": "2019-06", "standing": "listed"}, "2019-07-10", "no"),
        ({}, "2019-07-10", "no"),
    ],
)
def test_a_term_holds_on_a_day(term: dict[str, str], on: str, expected: str) -> None:
    assert holder(**term).holds(on) == expected


def test_only_a_row_with_a_witness_is_attested() -> None:
    assert not holder().attested
    assert Holder(**({name: getattr(holder(), name) for name in Holder.__slots__} | {"attested_by": ("t:1",)})).attested


def test_memory_alone_is_not_attested(tables: OfficeTables) -> None:
    """No row whose only source is memory claims a witness, and each other row names one."""
    for number in range(len(tables.lines)):
        row = tables.holder(number)
        assert row.attested or all(source.startswith("hand: ") for source in row.source.split("; ")), row.id


def test_one_person_one_id(tables: OfficeTables) -> None:
    (president,) = {one.person for one in tables.holder_of("RUS", "head-of-state", "2005")}
    (premier,) = {one.person for one in tables.holder_of("RUS", "head-of-government", "2010-06-01")}
    assert president == premier == "vladimir-putin"
    offices = [(one.office, one.start) for one in tables.offices_of("vladimir-putin") if one.country == "RUS"]
    assert len(offices) == len(set(offices)) == 5
    assert ("intelligence-chief", "1998-07-25") in offices


def test_nobody_known_is_nobody(tables: OfficeTables) -> None:
    assert tables.holder_of("USA", "foreign-minister", "1799-01-01") == ()
    assert tables.holder_of("XXX", "foreign-minister", "2020-01-01") == ()
    assert tables.holder_of("ITA", "no-such-office", "2020-01-01") == ()
    assert tables.holders_named("Nobody Whatever") == ()
    assert tables.offices_of("nobody-whatever") == ()


def test_tables_are_sound(tables: OfficeTables) -> None:
    errors = [finding for finding in check_offices(tables, settled=settlements()) if finding.severity == "error"]
    assert errors == []


def test_check_finds_faults(tables: OfficeTables, tmp_path: Path) -> None:
    """The checker is not blind: two presidents at once, and a cabinet that names somebody else, are errors."""
    found = check_offices(tables)  # nothing settled
    assert any("Gbagbo" in finding.message and finding.severity == "error" for finding in found)
    listed = tmp_path / "cabinets.csv"
    listed.write_text(
        "country,iso2,office,person\nFrance,fr,President,Emmanuel MACRON\nFrance,fr,Minister of Defense,Jean DUPONT\n"
        "Germany,de,Chancellor,Angela MERKEL\nIran,ir,President,Hasan RUHANI\nFrance,fr,Prime Minister,Jeanne DUPONT\n",
        encoding="utf-8",
    )
    errors = [f for f in check_offices(tables, listed, {"fr": "FRA", "de": "DEU", "ir": "IRN"}, settlements())
              if f.severity == "error"]  # fmt: skip
    assert [error.row for error in errors] == ["FRA:defence-minister", "FRA:head-of-government"]


def test_titles_cover_the_sectors(tables: OfficeTables) -> None:
    sectors = {title.sector for title in tables.titles.values()}
    assert {"GOV", "LEG", "JUD", "MIL", "COP", "SPY", "OPP", "REB", "UAF", "CRM", "PRM", "CVL"} <= sectors
    assert {"EDU", "JRN", "MED", "REF", "LAB", "AGR", "BUS", "REL", "SOC", "PTY"} <= sectors


def test_a_title_at_every_word_is_found_again(tables: OfficeTables) -> None:
    for title in tables.titles.values():
        words = title.text.replace("'s", " 's").split()
        found = tables.titles_at([word.upper() for word in words], 0)
        assert found and found[0] == (len(words), title), title.id


def test_partial_dates() -> None:
    assert (earliest("2019"), earliest("2019-02"), earliest("2019-02-03")) == ("2019-01-01", "2019-02-01", "2019-02-03")
    assert latest("2019") == "2019-12-31" and latest("2019-02-03") == "2019-02-03"


def test_keys() -> None:
    assert fold("Abdel-Fattah El-Sisi") == "abdel fattah sisi"
    assert fold("al-Assad") == fold("Assad") == "assad"
    assert fold("Çavuşoğlu") == "cavusoglu" and fold("Łukasz") == "lukasz"
    assert title_parts("Vice-President") == title_parts("vice president") and title_parts("U.N.") == ("un",)
