"""POLECAT, ICEWS, GDELT and PLOVER: exactly the listed columns, sane types, and nothing guessed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.record.exports import layouts
from dragoman.record.exports.cells import cell, number_of, one_line, parted
from dragoman.record.exports.columns import Column
from dragoman.record.exports.dyads import dyads
from dragoman.record.exports.gdelt import _day_cells
from dragoman.record.exports.plover import CITE_FIELDS, ENTITY_FIELDS, FIELDS, PLACE_FIELDS
from dragoman.record.query import Record
from tests.exports_record import make_record
from tests.test_exports import written

POLECAT = """Event ID, Event Date, Event Type, Event Mode, Intensity, Quad Code, Contexts, Actor Name, Actor Country,
Actor COW, Primary Actor Sector, Actor Sectors, Actor Title, Actor Name Raw, Wikipedia Actor ID, Recipient Name,
Recipient Country, Recipient COW, Primary Recipient Sector, Recipient Sectors, Recipient Title, Recipient Name Raw,
Wikipedia Recipient ID, Placename, City, District, Province, Country, Latitude, Longitude, GeoNames ID, Raw Placename,
Feature Type, Source, Publication Date, Story People, Story Organizations, Story Locations, Language, Version"""
ICEWS = """Event ID, Event Date, Source Name, Source Sectors, Source Country, Event Text, CAMEO Code, Intensity,
Target Name, Target Sectors, Target Country, Story ID, Sentence Number, Publisher, City, District, Province, Country,
Latitude, Longitude"""
ACTOR = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code")
PLACE = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
GDELT = [
    *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
    *(f"Actor{n}{x}" for n in (1, 2) for x in (*ACTOR, "Type1Code", "Type2Code", "Type3Code")),
    *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
    *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
    *(f"{of}Geo_{x}" for of in ("Actor1", "Actor2", "Action") for x in PLACE),
    *("DATEADDED", "SOURCEURL"),
]
UNKNOWN = "Empty: not known."


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with make_record(tmp_path_factory.mktemp("layouts")) as made:
        yield made


def rows(record: Record, name: str, columns: tuple[Column, ...], *, header: bool = True) -> list[dict[str, str]]:
    lines = [line.split("\t") for line in written(record, name).decode().removesuffix("\n").split("\n")]
    names = [column.name for column in columns]
    if header:
        assert lines.pop(0) == names
    assert {len(line) for line in lines} == {len(columns)}
    for line in lines:
        for column, text in zip(columns, line, strict=True):
            _is_sane(column, text)
    return [dict(zip(names, line, strict=True)) for line in lines]


def _is_sane(column: Column, text: str) -> None:
    """Of its type or empty; a column of what is not known is always empty."""
    if text == "":
        return
    assert not column.note.startswith(UNKNOWN), column
    if column.kind == "integer":
        assert int(text) < 2**53
    elif column.kind == "number":
        float(text)
    elif column.kind == "date":
        date.fromisoformat(text)


def test_the_columns_are_those_listed() -> None:
    assert [column.name for column in layouts.POLECAT] == POLECAT.replace("\n", " ").split(", ")
    assert [column.name for column in layouts.ICEWS] == ICEWS.replace("\n", " ").split(", ")
    assert [column.name for column in layouts.GDELT] == GDELT
    assert [len(each) for each in (layouts.POLECAT, layouts.ICEWS, layouts.GDELT)] == [40, 20, 61]


def test_polecat(record: Record) -> None:
    found = {row["Event Type"] + row["Event Mode"]: row for row in rows(record, "polecat", layouts.POLECAT)}
    assert len(found) == 6
    visit = found["CONSULTvisit"]
    assert {name: visit[name] for name in visit if visit[name] and name not in ("Event ID", "Version")} == {
        "Event Date": "2024-03-05",
        "Event Type": "CONSULT",
        "Event Mode": "visit",
        "Intensity": "4.0",
        "Quad Code": "VERBAL COOPERATION",
        "Contexts": "diplomatic",
        "Actor Name": "Vladimir Putin",
        "Actor Country": "RUS",
        "Actor COW": "365",
        "Primary Actor Sector": "GOV",
        "Actor Sectors": "GOV",
        "Actor Title": "head of state",
        "Actor Name Raw": "=SUM",
        "Recipient Name": "India",
        "Recipient Country": "IND",
        "Recipient COW": "750",
        "Recipient Name Raw": "=SUM",
        "Placename": "Delhi",
        "City": "Delhi",
        "Country": "IND",
        "Latitude": "28.65195",
        "Longitude": "77.23149",
        "GeoNames ID": "1273294",
        "Source": "L’Écho du soir",
        "Publication Date": "2024-03-01",
        "Language": "en",
    }
    meeting = found["CONSULTmultilateral"]
    assert meeting["Actor Name"] == "France; NATO; the 'free' press / Bucharest"
    assert (meeting["Actor COW"], meeting["Actor Sectors"], meeting["Province"]) == ("220; 360", "IGO; JRN", "Bavaria")
    assert found["PROTESTdemo"]["Quad Code"] == "MATERIAL CONFLICT"


def test_icews(record: Record) -> None:
    found = rows(record, "icews", layouts.ICEWS)
    assert len({row["Event ID"] for row in found}) == len(found)
    assert {row["Sentence Number"] for row in found} == {"2"}
    attack = [row for row in found if row["CAMEO Code"] == "190"]
    assert [(row["Source Name"], row["Source Sectors"], row["Source Country"]) for row in attack] == [
        ("Hamas", "Rebel", "Palestine"),
        ("gunmen", "Unidentified Armed Force", ""),
    ]
    assert {(row["Target Name"], row["City"], row["Country"]) for row in attack} == {("France", "Gaza", "Palestine")}
    meeting = {(row["Source Name"], row["Target Name"]) for row in found if row["CAMEO Code"] == "046"}
    assert len(meeting) == 6 and ("France", "NATO") in meeting and ("NATO", "France") in meeting
    visit = next(row for row in found if row["CAMEO Code"] == "042")
    assert (visit["Intensity"], visit["Event Date"]) == ("1.0", "2024-03-05")


def test_gdelt(record: Record) -> None:
    found = rows(record, "gdelt", layouts.GDELT, header=False)
    assert len({row["GLOBALEVENTID"] for row in found}) == len(found) == 11  # what has no day is left out
    by_code = {row["EventCode"]: row for row in found}
    visit = by_code["042"]
    assert {name: visit[name] for name in visit if visit[name] and name != "GLOBALEVENTID"} == {
        "SQLDATE": "20240305",
        "MonthYear": "202403",
        "Year": "2024",
        "FractionDate": "2024.1781",
        "Actor1Code": "RUSGOV",
        "Actor1Name": "VLADIMIR PUTIN",
        "Actor1CountryCode": "RUS",
        "Actor1Type1Code": "GOV",
        "Actor2Code": "IND",
        "Actor2Name": "INDIA",
        "Actor2CountryCode": "IND",
        "IsRootEvent": "0",
        "EventCode": "042",
        "EventBaseCode": "042",
        "EventRootCode": "04",
        "QuadClass": "1",
        "GoldsteinScale": "1.0",
        "NumMentions": "1",
        "NumSources": "1",
        "NumArticles": "1",
        "ActionGeo_Type": "4",
        "ActionGeo_FullName": "Delhi, India",
        "ActionGeo_CountryCode": "IN",
        "ActionGeo_Lat": "28.65195",
        "ActionGeo_Long": "77.23149",
        "DATEADDED": "20240229223000",
        "SOURCEURL": "https://example.org/visit?a={1}&b=2%20",
    }
    protest = by_code["141"]
    assert (protest["QuadClass"], protest["Actor1Code"], protest["Actor1CountryCode"]) == ("3", "ROMMED", "ROM")
    assert (protest["ActionGeo_Type"], protest["ActionGeo_FeatureID"]) == ("1", "FR")
    attack = [row for row in found if row["EventCode"] == "190"]
    assert [(row["Actor1Code"], row["Actor1KnownGroupCode"]) for row in attack] == [("PSEREBHMS", "HMS"), ("UAF", "")]
    assert {row["ActionGeo_CountryCode"] for row in attack} == {"GZ"}
    assert {row["ActionGeo_Type"] for row in found if row["EventCode"] == "046"} == {"5"}


def test_pandas_reads_a_gdelt_file_as_its_users_do(record: Record) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(
        io.BytesIO(written(record, "gdelt")), sep="\t", header=None, names=GDELT, dtype={"EventCode": str}
    )
    assert frame.shape == (11, 61)
    assert str(frame.GLOBALEVENTID.dtype) == "int64" and str(frame.SQLDATE.dtype) == "int64"
    assert frame.QuadClass.between(1, 4).all() and frame.GoldsteinScale.between(-10, 10).all()
    assert frame.AvgTone.isna().all()


def test_plover(record: Record) -> None:
    found = [json.loads(line) for line in written(record, "plover").decode().strip("\n").split("\n")]
    assert {tuple(row) for row in found} == {FIELDS}
    for row in found:
        assert {tuple(each) for each in (*row["actor"], *row["recipient"])} == {ENTITY_FIELDS}
        assert tuple(row["cite_info"]) == CITE_FIELDS
        assert row["event_loc"] is None or tuple(row["event_loc"]) == PLACE_FIELDS
        assert row["coded_date"] is None  # nothing tells when it was made
    visit = next(row for row in found if row["mode"] == ["visit"])
    assert (visit["event"], visit["quad_code"], visit["event_scale"]) == (["CONSULT"], 1, 4.0)
    assert visit["actor"][0]["identifier_id"] == "Q7747" and visit["actor"][0]["office"] == "head of state"


@given(st.text())
def test_a_cell_is_one_line_that_no_reader_stumbles_over(text: str) -> None:
    line = one_line(text)
    assert line == one_line(line)
    assert not set(line) & {"\t", "\n", "\r", "\0", "\x85", "\u2028", "\u2029"}
    parts = list(csv.reader(io.StringIO(_csv_of([cell(text), "end"]))))
    assert parts == [[line, "end"]]


def _csv_of(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


@given(st.dates(min_value=date(1, 1, 1)))
def test_days_of_gdelt(day: date) -> None:
    number, month, year, fraction = _day_cells(day.isoformat())
    assert datetime.strptime(number, "%Y%m%d").date() == day
    assert number.startswith(month) and month.startswith(year)
    assert int(year) <= float(fraction) < int(year) + 1


@given(st.text("0123456789abcdef", min_size=24, max_size=24), st.integers(0, 400))
def test_numbers_fit_into_a_double_and_depend_on_the_id_alone(identity: str, place: int) -> None:
    number = number_of(identity, place)
    assert 0 <= number < 2**53 and int(float(number)) == number
    assert number == number_of(identity, place)
    assert place != 0 or f"{number:013x}" == identity[:13]


@given(st.integers(0, 4), st.integers(0, 4))
def test_pairs(actors: int, recipients: int) -> None:
    row: dict[str, Any] = {}
    for role, count in (("actor", actors), ("recipient", recipients)):
        for column in ("names", "ids", "parties", "countries", "sectors", "texts"):
            row[f"{role}_{column}"] = "|".join(f"{role}{n}" for n in range(count)) if count else None
    pairs = dyads(row)
    if actors and recipients:
        assert len(pairs) == actors * recipients
    elif recipients:
        assert [one for one, _ in pairs] == [None] * recipients
    else:
        assert len(pairs) == (1 if actors == 1 else actors * (actors - 1))
    names = {each["name"] for pair in pairs for each in pair if each is not None}
    assert names == {*parted(row["actor_names"]), *parted(row["recipient_names"])}
