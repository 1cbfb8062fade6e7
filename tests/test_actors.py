"""The actors' tables: what they hold, what a name lookup finds and leaves to others, and tables broken on purpose."""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dragoman.errors import KnowledgeError
from dragoman.knowledge.actors import TABLES, ActorTables, Name, check_actors, load_actors, pieces, plain, valid_on
from dragoman.knowledge.ontology import load_ontology

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "actor_names.jsonl").read_text("utf-8").splitlines()
]
SECTORS = load_ontology().sectors


@pytest.fixture(scope="module")
def tables() -> ActorTables:
    return load_actors()


def found(tables: ActorTables, words: Sequence[str], on: str | None) -> list[tuple[str, tuple[Name, ...]]]:
    """Names from left to right, the longest first, none inside another."""
    names, i = [], 0
    while i < len(words):
        readings = tables.names_at(words, i, on)
        if readings:
            names.append((" ".join(words[i : i + readings[0][0]]), readings[0][1]))
        i += readings[0][0] if readings else 1
    return names


def as_param(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(reason=case["known_failure"], strict=False)] if "known_failure" in case else []
    return pytest.param(case, id=f"{case['text'][:40]} {case.get('on', '')}", marks=marks)


@pytest.mark.parametrize("case", [as_param(case) for case in CASES])
def test_names(tables: ActorTables, case: dict[str, Any]) -> None:
    got = [
        {
            "words": words,
            "entities": sorted({name.entity for name in names}),
            "ambiguous": any(name.ambiguous for name in names),
        }
        for words, names in found(tables, case["text"].split(), case.get("on"))
    ]
    expected = [
        {"words": item["words"], "entities": sorted(item["entities"]), "ambiguous": item.get("ambiguous", False)}
        for item in case["expected"]
    ]
    assert got == expected, case["why"]


def test_shipped_tables_have_no_errors(tables: ActorTables) -> None:
    assert [finding for finding in check_actors(tables, SECTORS) if finding.severity == "error"] == []


def test_counts(tables: ActorTables) -> None:
    kinds = [entity.kind for entity in tables.entities.values()]
    assert sum(codes.un == "member" for codes in tables.codes.values()) == 193
    assert kinds.count("state") == 197  # with the Holy See, Palestine, Kosovo and Taiwan
    assert kinds.count("institution") >= 350
    assert kinds.count("organisation") >= 160
    assert kinds.count("group") >= 200


def test_every_state_has_a_name_an_adjective_and_a_capital(tables: ActorTables) -> None:
    # A few adjectives and capitals are those of the state's own name, or there is none.
    without = {"adjective": set(), "capital": {"DJI", "LUX", "MCO", "SGP", "SMR", "STP", "VAT"}}
    for code in tables.codes:
        kinds = {name.kind for name in tables.names_of(code)}
        assert "short" in kinds, code
        for kind, exempt in without.items():
            assert kind in kinds or code in exempt, f"{code} has no {kind}"


@pytest.mark.parametrize(
    ("words", "on", "party"),
    [
        ("Kremlin", None, ("RUS", "RUS", "GOV")),
        ("Pentagon", None, ("USA", "USA", "MIL")),
        ("PLO", "1985-01-01", ("PSE", "PSE", "REB")),
        ("PLO", "2005-01-01", ("PSE", "PSE", "GOV")),
        ("African National Congress", "2005-01-01", ("ZAF", "ZAF", None)),
        ("Hamas", None, ("HAMAS", "PSE", "REB")),
        ("Abkhazia", None, ("GEO", "GEO", "PRE")),
        ("Greenland", None, ("GRL", "DNK", None)),
        ("UNHCR", None, ("UNO", None, "IGO")),
        ("KCNA", None, ("PRK", "PRK", "JRN")),
        ("South China Sea", None, (None, None, None)),
    ],
)
def test_party_country_and_sector(
    tables: ActorTables, words: str, on: str | None, party: tuple[str | None, str | None, str | None]
) -> None:
    ((length, names), *_) = tables.names_at(words.split(), 0, on)
    assert length == len(words.split())
    assert tables.party_of(names[0]) == party


def test_shorter_readings_follow_the_longest(tables: ActorTables) -> None:
    lengths = [length for length, _ in tables.names_at(["South", "African", "Air", "Force"], 0)]
    assert lengths == [2]
    assert [length for length, _ in tables.names_at(["Bosnia", "-", "Herzegovina"], 0)] == [3, 1]


@pytest.mark.parametrize(
    ("text", "on", "states"),
    [
        ("Indian", None, ("IND",)),
        ("congolese", None, ("COD", "COG")),
        ("Soviet", "2020-01-01", ("SUN",)),
        ("Turkish", None, ("TUR",)),
        ("Houthi", None, ()),
        ("red", None, ()),
    ],
)
def test_country_of_adjective(tables: ActorTables, text: str, on: str | None, states: tuple[str, ...]) -> None:
    assert tables.country_of_adjective(text, on) == states


@pytest.mark.parametrize(
    ("party", "organisation", "on", "expected"),
    [
        ("GBR", "EUR", "2020-01-31", True),
        ("GBR", "EUR", "2020-02-01", False),
        ("FIN", "NATO", "2023-04-03", False),
        ("FIN", "NATO", "2023-04-04", True),
        ("POL", "WARSAWPACT", "1990-01-01", True),
        ("IND", "BRICS", "2024-01-01", True),
        ("IND", "NATO", "2024-01-01", False),
        ("CHN", "P5", None, True),
        ("MLI", "AU", "2026-01-01", False),
        ("FRA", "UNO", None, True),
    ],
)
def test_membership(tables: ActorTables, party: str, organisation: str, on: str | None, expected: bool) -> None:
    assert tables.is_member(party, organisation, on) is expected


def test_members_of(tables: ActorTables) -> None:
    assert tables.members_of("QUAD", "2022-01-01") == ("AUS", "IND", "JPN", "USA")
    assert len(tables.members_of("EUR", "2024-01-01")) == 27
    assert len(tables.members_of("NATO", "2025-01-01")) == 32
    assert tables.members_of("HAMAS") == ()


def test_every_name_is_found_by_its_own_words(tables: ActorTables) -> None:
    for name in tables.names:
        for words in (name.text.split(), pieces(plain(name.text))):
            readings = {
                reading for length, names in tables.names_at(words, 0) if length == len(words) for reading in names
            }
            assert name in readings, name.id


def test_no_name_is_found_in_small_letters(tables: ActorTables) -> None:
    for name in tables.names:
        words = name.text.lower().split()
        if name.text != name.text.lower() and not name.any_case:
            found_here = {
                one.id for length, names in tables.names_at(words, 0) if length == len(words) for one in names
            }
            assert name.id not in found_here


@pytest.mark.parametrize(
    ("start", "end", "on", "valid"),
    [
        ("2019", None, "2019-05-30", True),
        (None, "2019", "2019-12-31", True),
        (None, "2019-05", "2019-06-01", False),
        ("2019-05-31", None, "2019-05-30", False),
        ("2019", "2020", None, True),
    ],
)
def test_periods(start: str | None, end: str | None, on: str | None, valid: bool) -> None:
    assert valid_on(start, end, on) is valid


def test_loading_and_lookup_are_fast() -> None:
    started = time.process_time()
    tables = load_actors()
    assert time.process_time() - started < 0.4  # measured: 0.03 s; the margin is for busy machines
    words = ["the", "minister", "said", "on", "Monday", "that", "talks", "would", "go", "on"] * 200
    started = time.process_time()
    for i in range(len(words)):
        tables.names_at(words, i)
    assert (time.process_time() - started) / len(words) < 5e-6  # measured: 0.2 microseconds a word


def broken(folder: Path, table: str, column: str, value: str, row: int = 0) -> Path:
    """A copy of the tables with one cell changed."""
    shutil.copytree(TABLES, folder / "actors")
    path = folder / "actors" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows[row][column] = value
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "actors"


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("states", "iso2", "Af", "not well formed"),
        ("states", "cow_number", "2", "more than one state"),
        ("states", "start", "1 May 1990", "no ISO date"),
        ("groups", "party", "NOBODY", "its party NOBODY"),
        ("groups", "country", "HAMAS", "no state or territory"),
        ("groups", "sector", "XYZ", "its sector XYZ"),
        ("groups", "end", "1900", "before it starts"),
        ("institutions", "source", "", "no source"),
        ("state_names", "entity", "ZZZ", "its entity ZZZ"),
        ("state_names", "text", "India", "ambiguous"),
        ("state_names", "source", "", "no source"),
        ("organisation_members", "member", "ZZZ", "ZZZ is not in the tables"),
        ("others", "party", "USA", "kind other has a party"),
    ],
)
def test_checks_find(tmp_path: Path, table: str, column: str, value: str, message: str) -> None:
    tables = load_actors(broken(tmp_path, table, column, value))
    errors = [finding.message for finding in check_actors(tables, SECTORS) if finding.severity == "error"]
    assert any(message in error for error in errors)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    folder = broken(tmp_path, "states", "name", "Anyland")
    (folder / "groups.csv").unlink()
    with pytest.raises(KnowledgeError, match=r"groups\.csv"):
        load_actors(folder)


def test_a_short_row_is_named(tmp_path: Path) -> None:
    folder = broken(tmp_path, "states", "name", "Anyland")
    with (folder / "groups.csv").open("a", encoding="utf-8") as handle:
        handle.write("ONE,cell\n")
    with pytest.raises(KnowledgeError, match=r"groups\.csv, row ONE"):
        load_actors(folder)


def test_a_company_at_home_everywhere_has_no_country_and_a_state_s_has(tables: ActorTables) -> None:
    assert (tables.entities["APPLE"].sector, tables.entities["APPLE"].country) == ("MNC", None)
    assert (tables.entities["GAZPROM"].sector, tables.entities["GAZPROM"].country) == ("MNC", "RUS")


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="HAMAS"):
        load_actors(broken(tmp_path, "organisations", "id", "HAMAS"))
