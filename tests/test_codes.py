"""Codes of countries, organisations, roles and classes: of the right shape, in agreement with others' tables."""

from __future__ import annotations

import pytest

from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.codes import CodeTables, cameo_actor, check_codes, load_codes
from dragoman.knowledge.ontology import load_ontology

CODES = load_codes()


def test_the_tables_are_sound() -> None:
    assert check_codes(CODES, load_actors(), load_ontology().sectors) == []


def test_iso_codes_are_those_of_pycountry() -> None:
    pycountry = pytest.importorskip("pycountry")
    theirs = {each.alpha_3: (each.alpha_2, int(each.numeric)) for each in pycountry.countries}
    for codes in CODES.countries.values():
        if codes.iso3 in theirs:
            assert (codes.iso2, codes.iso_number) == theirs[codes.iso3], codes.id
    ours = {codes.iso3 for codes in CODES.countries.values()}
    # What nobody acts for: uninhabited islands, and parts of the Netherlands that are one state with it.
    assert set(theirs) - ours <= {"ATF", "BES", "BVT", "HMD", "UMI"}


@pytest.mark.parametrize(
    ("party", "fips", "number", "cow", "cameo"),
    [
        ("USA", "US", 2, "USA", "USA"),
        ("RUS", "RS", 365, "RUS", "RUS"),
        ("CHN", "CH", 710, "CHN", "CHN"),
        ("DEU", "GM", 255, "GMY", "DEU"),
        ("GBR", "UK", 200, "UKG", "GBR"),
        ("ROU", "RO", 360, "ROM", "ROM"),
        ("MNE", "MJ", 341, "MNG", "MTN"),
        ("KOS", "KV", 347, "KOS", "KOS"),
        ("TWN", "TW", 713, "TAW", "TWN"),
        ("SSD", "OD", 626, "SSD", "SSD"),
        ("SUN", None, 365, "RUS", "SUN"),
        ("CSK", None, 315, "CZE", "CSK"),
        ("PSE", None, None, None, "PSE"),
    ],
)
def test_well_known_codes(party: str, fips: str | None, number: int | None, cow: str | None, cameo: str) -> None:
    codes = CODES.countries[party]
    assert (codes.fips, codes.cow_number, codes.cow, codes.cameo) == (fips, number, cow, cameo)


def test_a_point_chooses_between_codes_of_one_country() -> None:
    assert CODES.fips("PSE", 31.5, 34.47) == "GZ"
    assert CODES.fips("PSE", 31.9, 35.2) == "WE"
    assert CODES.fips("PSE") is None
    assert CODES.fips("ISR", 31.5, 34.47) == "IS"


@pytest.mark.parametrize(
    ("party", "country", "sector", "code", "parts"),
    [
        ("IND", "IND", "GOV", "INDGOV", ("IND", "", ("GOV",))),
        ("ROU", "ROU", None, "ROM", ("ROM", "", ())),
        ("UNO", None, "IGO", "IGOUNO", ("", "UNO", ("IGO",))),
        ("NATO", None, "IGO", "IGOWSTNAT", ("WST", "NAT", ("IGO",))),
        ("HAMAS", "PSE", "REB", "PSEREBHMS", ("PSE", "HMS", ("REB",))),
        (None, "USA", "MNC", "MNCUSA", ("USA", "", ("MNC",))),
        ("GBR", "GBR", "JRN", "GBRMED", ("GBR", "", ("MED",))),
        ("GBR", "GBR", "MED", "GBRHLH", ("GBR", "", ("HLH",))),
        (None, None, "UAF", "UAF", ("", "", ("UAF",))),
        (None, None, None, "", ("", "", ())),
    ],
)
def test_cameo_goes_from_general_to_specific(
    party: str | None, country: str | None, sector: str | None, code: str, parts: tuple[str, str, tuple[str, ...]]
) -> None:
    told = cameo_actor(CODES, party, country, sector)
    assert (told.code, (told.country, told.group, told.types)) == (code, parts)


def test_every_code_is_made_of_groups_of_three() -> None:
    sectors = [None, *load_ontology().sectors]
    for party, entity in load_actors().entities.items():
        for sector in sectors:
            told = cameo_actor(CODES, party, entity.country, sector)
            assert len(told.code) % 3 == 0
            assert told.country in told.code and told.group in told.code


def test_protest_is_verbal_in_gdelt_and_material_in_plover() -> None:
    ontology = load_ontology()
    assert CODES.gdelt_quads["14"] == 3
    assert ontology.quad("PROTEST") == 4
    differing = {
        code.id[:2]
        for code in ontology.cameo.values()
        if (quad := ontology.quad(ontology.actions[code.action].category)) and quad != CODES.gdelt_quads[code.id[:2]]
    }
    assert "14" in differing


def test_a_broken_table_is_told() -> None:
    from dataclasses import replace

    wrong = {**CODES.countries, "USA": replace(CODES.countries["USA"], fips="usa", cow_number=3)}
    found = check_codes(
        CodeTables(wrong, CODES.groups, CODES.roles, CODES.areas, {**CODES.gdelt_quads, "07": 9}),
        load_actors(),
        {"NEW": None},
    )
    assert {(each.table, each.row) for each in found} == {
        ("codes/countries.csv", "USA"),
        ("codes/cameo_roles.csv", "NEW"),
        ("codes/gdelt_quads.csv", "07"),
    }
