"""The user's own table of actors: what its rows change, what they leave, and which rows are refused."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.coding.actor_phrases import ActorIdentifier
from dragoman.config import Config, load_config
from dragoman.errors import UsageError
from dragoman.knowledge import KNOWLEDGE_VERSION, ActorKnowledge, load_actor_knowledge
from dragoman.knowledge.own_actors import COLUMNS, office_of_label
from dragoman.language.analysis import Language, load_language
from dragoman.language.network import Network
from dragoman.reading.rejects import Reject
from dragoman.reading.wikidata import OwnRow, own_table_lines, read_wikidata
from tests.test_actor_phrases import short

HEADER = ",".join(COLUMNS)
TABLE = f"""{HEADER}
Mirela Tomasz-Oduya,M. Oduya,person,,ROU,GOV,foreign minister,2026-02-01,,Q999999
Mirela Tomasz-Oduya,,person,,ROU,LEG,legislator,2020,2026-01-31,
Lantern Accord,the Accord Group|LACC,organisation,LANTERN,,IGO,,2025,,
Salt River Brigade,SRB Fighters,group,SALTRIVER,SDN,REB,,,,
Baltic Port Authority,,organisation,,LVA,BUS,,,,
Rafa Oyelaran,,person,SALTRIVER,,,,,,
Donald Trump,,person,,USA,BUS,,2021-01-21,2025-01-19,
"""


@pytest.fixture(scope="module")
def parts() -> tuple[Language, Network]:
    return load_language(), Network.load()


@pytest.fixture
def knowledge(tmp_path: Path) -> ActorKnowledge:
    return load_actor_knowledge([write(tmp_path, TABLE)])


def write(folder: Path, text: str, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("phrase", "on", "expected"),
    [
        ("Mirela Tomasz-Oduya", "2026-05-01", "ROU|ROU|GOV|foreign-minister|Mirela Tomasz-Oduya"),
        ("M. Oduya", "2026-05-01", "ROU|ROU|GOV|foreign-minister|Mirela Tomasz-Oduya"),
        ("Mirela Tomasz-Oduya", "2023-05-01", "ROU|ROU|LEG|legislator|Mirela Tomasz-Oduya"),
        ("the Romanian foreign minister", "2026-05-01", "ROU|ROU|GOV|foreign-minister|Mirela Tomasz-Oduya"),
        ("the Lantern Accord", "2026-05-01", "LANTERN|-|IGO|-|-"),
        ("LACC", "2026-05-01", "LANTERN|-|IGO|-|-"),
        ("Salt River Brigade commander Ali Deng", "2026-05-01", "SALTRIVER|SDN|REB|-|Ali Deng"),
        ("Baltic Port Authority", "2026-05-01", "LVA|LVA|BUS|-|-"),
        ("Rafa Oyelaran", "2026-05-01", "SALTRIVER|SDN|REB|-|Rafa Oyelaran"),
        ("Donald Trump", "2023-05-01", "USA|USA|BUS|-|Donald Trump"),
        ("Donald Trump", "2018-05-01", "USA|USA|GOV|head-of-state|Donald Trump"),
        ("Sergei Lavrov", "2018-05-01", "RUS|RUS|GOV|foreign-minister|Sergei Lavrov"),
    ],
)
def test_rows_stand_before_ours_for_their_time(
    knowledge: ActorKnowledge, parts: tuple[Language, Network], phrase: str, on: str, expected: str
) -> None:
    found = ActorIdentifier(knowledge, *parts).identify(phrase, on)
    assert [short(each) for each in found.actors] == [expected]


def test_without_the_table_nobody_knows_them(parts: tuple[Language, Network]) -> None:
    plain = ActorIdentifier(load_actor_knowledge(), *parts)
    assert [short(each) for each in plain.identify("Mirela Tomasz-Oduya", "2026-05-01").actors] == [
        "-|-|-|-|Mirela Tomasz-Oduya"
    ]
    assert [short(each) for each in plain.identify("Donald Trump", "2023-05-01").actors] == [
        "USA|USA|ELI|-|Donald Trump"
    ]


def test_a_surname_of_ours_stays_ours(tmp_path: Path, parts: tuple[Language, Network]) -> None:
    own = write(tmp_path, "name,kind,country,sector\nEunice Biden,person,CAN,BUS\n")
    found = ActorIdentifier(load_actor_knowledge([own]), *parts).identify("President Biden", "2022-05-01")
    assert [short(each) for each in found.actors] == ["USA|USA|GOV|head-of-state|Joe Biden"]


def test_the_basis_names_file_and_row(knowledge: ActorKnowledge, parts: tuple[Language, Network]) -> None:
    found = ActorIdentifier(knowledge, *parts).identify("Mirela Tomasz-Oduya", "2026-05-01")
    assert "own:own.csv:2" in found.actors[0].actor.basis
    assert found.actors[0].actor.wikidata == "Q999999"


def test_the_version_tells_which_tables_coded(tmp_path: Path, knowledge: ActorKnowledge) -> None:
    version, other = knowledge.version, load_actor_knowledge([write(tmp_path, TABLE + "\n")]).version
    assert version.startswith(f"{KNOWLEDGE_VERSION}+") and len(version) == len(KNOWLEDGE_VERSION) + 65
    assert version != other
    assert load_actor_knowledge().version == KNOWLEDGE_VERSION


def test_later_files_go_before_earlier_ones(tmp_path: Path, parts: tuple[Language, Network]) -> None:
    files = [
        write(tmp_path, f"name,kind,country,sector\nJuno Markarian,person,ARM,{sector}\n", f"{sector}.csv")
        for sector in ("BUS", "JRN")
    ]
    found = ActorIdentifier(load_actor_knowledge(files), *parts).identify("Juno Markarian", "2024-01-01")
    assert found.actors[0].actor.sector == "JRN"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "row 1: has no column 'name'"),
        ("name,country\nX,IND\n", "row 1: has no column 'kind'"),
        ("name,kind,colour\nX,person,red\n", "row 1: has an unknown or doubled column: ['colour']"),
        ("name,kind\n,person\n", "row 2: it has no name"),
        ("name,kind\nX,robot\n", "row 2: kind 'robot'"),
        ("name,kind,country\nA,person,IND\nB,person,India\n", "row 3: country 'India'"),
        ("name,kind,party\nX,person,my party\n", "row 2: party 'my party'"),
        ("name,kind,party,country\nX,person,FRA,DEU\n", "row 2: party FRA and country DEU are two states"),
        ("name,kind,sector\nX,person,GVT\n", "row 2: sector 'GVT'"),
        ("name,kind,start\nX,person,1.2.2020\n", "row 2: start '1.2.2020'"),
        ("name,kind,start,end\nX,person,2021,2020\n", "row 2: it ends on 2020"),
        ("name,kind,wikidata\nX,person,42\n", "row 2: wikidata '42'"),
        ("name,kind,office\nX,group,mayor\n", "row 2: an office is a person's"),
        ("name,kind\nX,person,IND\n", "row 2: 3 cells"),
        ('name,kind\n"X\n', "is not CSV"),
    ],
)
def test_wrong_rows_are_told_with_file_row_and_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as told:
        load_actor_knowledge([write(tmp_path, text)])
    assert words in str(told.value)
    assert "own.csv" in str(told.value)


def test_a_table_of_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes("name,kind\nJosé,person\n".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load_actor_knowledge([path])


def test_settings_name_tables_from_their_own_folder(tmp_path: Path) -> None:
    settings = write(tmp_path, '[dragoman]\nactors = ["own.csv"]\n', "dragoman.toml")
    assert load_config(settings) == Config(actors=(str(tmp_path / "own.csv"),))
    with pytest.raises(UsageError, match="list of file names"):
        load_config(write(tmp_path, '[dragoman]\nactors = "own.csv"\n', "dragoman.toml"))


def test_records_say_which_table_coded_them(tmp_path: Path) -> None:
    own = write(tmp_path, TABLE)
    text = "Mirela Tomasz-Oduya condemned the attack by the Salt River Brigade on Friday."
    command = [sys.executable, "-m", "dragoman", "code", "-", "--date", "2026-05-01", "--actors", str(own)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    event = json.loads(done.stdout.splitlines()[0])
    assert [actor["party"] for actor in event["actors"]] == ["ROU"]
    assert [actor["party"] for actor in event["recipients"]] == ["SALTRIVER"]
    assert "+" in event["version"]["knowledge"]


def test_a_wrong_table_is_a_wrong_call(tmp_path: Path) -> None:
    own = write(tmp_path, "name,kind\nX,robot\n")
    command = [sys.executable, "-m", "dragoman", "code", "-", "--actors", str(own)]
    done = subprocess.run(command, input="France met Niger.", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "row 2" in done.stderr


# A small result of the documented query, as the service's three forms have it.
BINDINGS = [
    {"item": "Q9900001", "itemLabel": "Ilse Varga", "altLabels": "Ilse M. Varga|I. Varga", "iso3": "HUN",
     "positionLabel": "Minister of Foreign Affairs of Hungary", "start": "2031-06-01T00:00:00Z"},
    {"item": "Q9900002", "itemLabel": "Tomé Okello", "iso3": "UGA", "positionLabel": "Prime Minister of Uganda",
     "start": "2029-01-01T00:00:00Z", "startPrecision": "9", "end": "2031-03-01T00:00:00Z", "endPrecision": "10"},
    {"item": "Q9900002", "itemLabel": "Tomé Okello", "altLabels": "Tome Okello", "iso3": "UGA",
     "positionLabel": "Prime Minister of Uganda", "start": "2029-01-01T00:00:00Z", "startPrecision": "9",
     "end": "2031-03-01T00:00:00Z", "endPrecision": "10"},
    {"item": "Q9900003", "itemLabel": "Q9900003", "iso3": "UGA"},
    {"item": "Q9900004", "itemLabel": "Ada Lund", "iso3": "XYZ"},
    {"item": "Q9900005", "itemLabel": "Kofi Brandt", "iso3": "GHA", "positionLabel": "Keeper of the Lighthouses"},
]  # fmt: skip
EXPECTED = [
    "Ilse Varga,Ilse M. Varga|I. Varga,person,,HUN,GOV,foreign-minister,2031-06-01,,Q9900001",
    "Tomé Okello,Tome Okello,person,,UGA,GOV,head-of-government,2029,2031-03,Q9900002",
    "Kofi Brandt,,person,,GHA,GOV,Keeper of the Lighthouses,,,Q9900005",
]


def result_as(form: str) -> str:
    if form == "simple":
        return json.dumps([{**row, "item": f"http://www.wikidata.org/entity/{row['item']}"} for row in BINDINGS])
    if form == "bindings":
        rows = [{name: {"type": "literal", "value": value} for name, value in row.items()} for row in BINDINGS]
        rows[5]["end"] = {"type": "bnode", "value": "t1"}
        return json.dumps({"head": {"vars": []}, "results": {"bindings": rows}})
    out = io.StringIO()
    names = (
        "item",
        "itemLabel",
        "altLabels",
        "iso3",
        "positionLabel",
        "start",
        "end",
        "startPrecision",
        "endPrecision",
    )
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(BINDINGS)
    return out.getvalue()


@pytest.mark.parametrize("form", ["csv", "bindings", "simple"])
def test_results_of_wikidata_become_a_table(tmp_path: Path, form: str) -> None:
    found = list(read_wikidata(write(tmp_path, result_as(form), "result"), sector="GOV"))
    lines = list(own_table_lines(row for row in found if isinstance(row, OwnRow)))
    assert lines == [HEADER, *EXPECTED]
    assert [(row.row, row.reason[:12]) for row in found if isinstance(row, Reject)] == [
        (4, "it has no it"),
        (5, "country 'XYZ"),
    ]
    load_actor_knowledge([write(tmp_path, "\n".join(lines))])


@pytest.mark.parametrize("text", ["{", "{}", '[["a"]]', "a,b\n1,2\n", '{"results": {"bindings": 3}}'])
def test_what_is_no_result_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="result"):
        list(read_wikidata(write(tmp_path, text, "result.json")))


def test_the_wikidata_command_writes_a_table_and_tells_rejects(tmp_path: Path) -> None:
    result = write(tmp_path, result_as("bindings"), "result.json")
    command = [sys.executable, "-m", "dragoman", "actors-from-wikidata", str(result), "--sector", "GOV"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stdout.splitlines() == [HEADER, *EXPECTED]
    assert "row 4" in done.stderr and "row 5" in done.stderr


@pytest.mark.parametrize(
    ("label", "party", "office"),
    [
        ("President of France", "FRA", "head-of-state"),
        ("Minister for Foreign Affairs (Finland)", "FIN", "foreign-minister"),
        ("head-of-government", None, "head-of-government"),
        ("Keeper of the Lighthouses", "GHA", None),
        ("President of the Lighthouse Society", "GHA", None),
    ],
)
def test_labels_of_offices(label: str, party: str | None, office: str | None) -> None:
    known = load_actor_knowledge()
    assert office_of_label(label, party, known.actors, known.offices) == office
