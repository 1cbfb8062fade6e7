"""Each format, read back by a reader that had no part in writing it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dragoman.errors import UsageError
from dragoman.record.export import json_line
from dragoman.record.exports import workbook
from dragoman.record.exports.columns import TABLE_COLUMNS
from dragoman.record.exports.formats import FORMATS, Request, write
from dragoman.record.exports.selection import Table, selection
from dragoman.record.query import Record
from dragoman.record.tables import MERGED, TABLES
from tests.exports_record import EVENTS, HAPPENED, NASTY, make_record

TITLE = 'Events, "tested" & <escaped>'
ONE_LINE = " ".join(NASTY.split())


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with make_record(tmp_path_factory.mktemp("exports")) as made:
        yield made


def written(record: Record, name: str, table: Table | None = None, condition: str = "true") -> bytes:
    out = io.BytesIO()
    with selection(record, table or FORMATS[name].table or "events", condition) as chosen:
        write(name, Request(record, chosen, TITLE), out)
    return out.getvalue()


def titles(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["title"].split(",")[0] for row in rows)


def test_columns_are_those_of_the_record() -> None:
    for table in ("events", "event_mentions"):
        assert [column.name for column in TABLE_COLUMNS[table]] == list(MERGED[table])
    assert [column.name for column in TABLE_COLUMNS["mentions"]] == list(TABLES["mentions"])
    for columns in TABLE_COLUMNS.values():
        for column in columns:
            assert 0 < len(column.label) <= 80, column


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_bytes_each_time_and_however_it_was_built(
    record: Record, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = written(record, name)
    assert once == written(record, name)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    with make_record(tmp_path, leaf=3) as other:
        assert len(other.manifest.shards) > len(record.manifest.shards)
        assert written(other, name) == once


@pytest.mark.parametrize("table", ["events", "mentions"])
def test_csv(record: Record, table: Table) -> None:
    text = written(record, "csv", table).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert titles(rows) == sorted(EVENTS)
    assert list(rows[0]) == list((MERGED | TABLES)[table])
    assert len(text.splitlines()) == len(rows) + 1  # no line end in any cell
    by_title = {row["title"].split(",")[0]: row for row in rows}
    visit, undated = by_title["visit"], by_title["undated"]
    assert visit["quote"].startswith(ONE_LINE)
    assert (visit["cameo"], visit["negated"], visit["lat"]) == ("042", "false", "28.65195")
    assert (undated["date_start"], undated["recipient_names"], undated["dead"]) == ("", "", "")
    assert by_title["protest"]["actor_names"] == 'the "free" press / Bucharest'
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows) or table == "mentions"


def test_json_lines_of_mentions_are_those_of_code(record: Record) -> None:
    lines = [json_line(event, each.versions) for each in record.coded() for event in each.events]
    assert written(record, "jsonl", "mentions").decode().strip("\n").split("\n") == lines
    some = written(record, "jsonl", "mentions", "event = 'CONSULT'").decode().strip("\n").split("\n")
    assert some == [line for line in lines if json.loads(line)["event"] == "CONSULT"]
    assert len(some) == 2


def test_json_lines_of_events(record: Record) -> None:
    rows = [json.loads(line) for line in written(record, "jsonl").decode().strip("\n").split("\n")]
    assert len({tuple(row) for row in rows}) == 1
    by_title = {row["told_by"]["title"].split(",")[0]: row for row in rows}
    plan = by_title["plan"]
    assert plan["about"] == {"event": "CONSULT", "modes": ["visit"]}
    assert (plan["status"], plan["place"], plan["size"]) == ("future", None, None)
    assert plan["actors"][0] == {
        "text": "=SUM", "name": "Vladimir Putin", "id": "RUS:person:putin", "party": "RUS", "country": "RUS",
        "sector": "GOV",
    }  # fmt: skip
    assert by_title["meeting"]["recipients"] == []
    assert by_title["meeting"]["actors"][1]["country"] is None
    assert by_title["attack"]["size"] == {"dead": 3, "injured": None, "arrested": None}
    assert by_title["visit"]["told_by"]["quote"].startswith(NASTY)


@pytest.mark.parametrize("table", ["events", "mentions"])
def test_parquet(record: Record, table: Table) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    read = parquet.read_table(io.BytesIO(written(record, "parquet", table)))
    assert read.column_names == [column.name for column in TABLE_COLUMNS[table]]
    kinds = {"string": "string", "integer": "int", "number": "double", "boolean": "bool", "date": "string"}
    for column in TABLE_COLUMNS[table]:
        assert str(read.schema.field(column.name).type).startswith(kinds[column.kind]), column.name
    assert titles(read.to_pylist()) == sorted(EVENTS)


@pytest.mark.parametrize("table", ["events", "mentions"])
def test_xlsx_has_no_formulas(record: Record, table: Table) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(written(record, "xlsx", table)))
    assert book.sheetnames == [table, "columns"]
    head, *rows = book[table].iter_rows()
    names = [cell.value for cell in head]
    assert names == [column.name for column in TABLE_COLUMNS[table]]
    assert len(rows) == len(EVENTS)
    for row in rows:
        told = dict(zip(names, row, strict=True))
        assert told["quote"].value.startswith("=SUM(A1)+1")
        assert {cell.data_type for cell in row} <= {"s", "n", "b", "d"}
        assert told["quote"].data_type == "s" and told["quote"].quotePrefix
        assert told["date_start"].value is None or told["date_start"].is_date
    assert [row[0].value for row in book["columns"].iter_rows(min_row=2)] == names
    assert book.properties.title == TITLE


def test_xlsx_refuses_what_no_sheet_holds(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with pytest.raises(UsageError, match="a sheet holds 3 rows, and these are 9"):
        written(record, "xlsx")


@pytest.mark.parametrize("table", ["events", "mentions"])
def test_stata(record: Record, table: Table, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    pytest.importorskip("pandas")
    path = tmp_path / "events.dta"
    path.write_bytes(written(record, "stata", table))
    frame, meta = pyreadstat.read_dta(str(path))
    names = [{"quad": "quad_class"}.get(column.name, column.name) for column in TABLE_COLUMNS[table]]
    assert list(frame.columns) == names
    assert [meta.column_names_to_labels[name] for name in names] == [column.label for column in TABLE_COLUMNS[table]]
    assert meta.file_label == TITLE
    visit = frame[frame.title.str.startswith("visit")].iloc[0]
    assert visit.quote.startswith(ONE_LINE)
    assert (str(visit.date_start), visit.quad_class, visit.negated) == ("2024-03-05", 1, 0)
    assert frame.dead.notna().sum() == 1
    assert frame.date_start.notna().sum() == len(EVENTS) - 1


def test_stata_without_pandas_is_told(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(UsageError, match=r"pip install 'dragoman\[exports\]'"):
        written(record, "stata")


def test_network(record: Record) -> None:
    from lxml import etree

    space = {"g": "http://gexf.net/1.3"}
    tree = etree.fromstring(written(record, "gexf"))
    assert tree.tag == "{http://gexf.net/1.3}gexf"
    nodes = {node.get("id"): node.get("label") for node in tree.iterfind(".//g:node", space)}
    assert nodes == {
        "FRA": "France",
        "HAMAS": "Hamas",
        "IND": "India",
        "NATO": "NATO",
        "ROU": "Romania",
        "RUS": "Russia",
    }
    edges = {
        (edge.get("source"), edge.get("target"), edge.get("type")): int(edge.get("weight"))
        for edge in tree.iterfind(".//g:edge", space)
    }
    assert edges == {
        ("RUS", "IND", "directed"): 2,
        ("ROU", "FRA", "directed"): 1,
        ("HAMAS", "FRA", "directed"): 1,
        ("FRA", "NATO", "undirected"): 1,
        ("FRA", "ROU", "undirected"): 1,
        ("NATO", "ROU", "undirected"): 1,
    }
    assert set(nodes) >= {end for one, other, _ in edges for end in (one, other)}
    known = {each.get("id") for each in tree.iterfind(".//g:attributes[@class='edge']/g:attribute", space)}
    used = {each.get("for") for each in tree.iterfind(".//g:edge//g:attvalue", space)}
    assert used <= known


def test_geojson(record: Record) -> None:
    told = json.loads(written(record, "geojson"))
    assert told["type"] == "FeatureCollection" and "GeoNames" in told["attribution"]
    points = {each["properties"]["place"]: each for each in told["features"]}
    assert set(points) == {"Delhi", "France", "Bavaria", "Gaza"}
    assert points["Delhi"]["geometry"] == {"type": "Point", "coordinates": [77.23149, 28.65195]}
    assert points["Bavaria"]["properties"]["precision"] == "region"
    assert len({each["id"] for each in told["features"]}) == len(points)


def test_kml(record: Record) -> None:
    from lxml import etree

    space = {"k": "http://www.opengis.net/kml/2.2"}
    tree = etree.fromstring(written(record, "kml"))
    assert tree.findtext(".//k:Document/k:name", namespaces=space) == TITLE
    marks = tree.findall(".//k:Placemark", space)
    assert len(marks) == 4
    styles = {f"#{each.get('id')}" for each in tree.iterfind(".//k:Style", space)}
    for mark in marks:
        # The schema fixes this order.
        names = [etree.QName(child).localname for child in mark]
        assert names == ["name", "description", "TimeSpan", "styleUrl", "ExtendedData", "Point"]
        lon, lat = (float(part) for part in mark.findtext(".//k:coordinates", namespaces=space).split(","))
        assert -180 <= lon <= 180 and -90 <= lat <= 90
        assert mark.findtext("k:styleUrl", namespaces=space) in styles


def test_timeline(record: Record) -> None:
    told = json.loads(written(record, "timelinejs"))
    assert told["title"]["text"]["headline"] == "Events, &quot;tested&quot; &amp; &lt;escaped&gt;"
    assert len(told["events"]) == len(EVENTS) - 1  # one has no day
    for slide in told["events"]:
        assert "<Mali>" not in slide["text"]["text"]
        assert "&lt;Mali&gt;" in slide["text"]["text"]
    plan = next(slide for slide in told["events"] if "announced" in slide["text"]["headline"])
    assert plan["start_date"] == {"year": 2024, "month": 7}
    assert plan["text"]["headline"] == "Vladimir Putin → India: AGREE (announced)"
    assert any(slide["text"]["headline"].endswith("(denied)") for slide in told["events"])


def test_ris(record: Record) -> None:
    rispy = pytest.importorskip("rispy")
    entries = rispy.loads(written(record, "ris").decode())
    assert len(entries) == len(EVENTS)  # the article without an event is no source of any
    visit = next(each for each in entries if each["title"].startswith("visit"))
    assert (visit["type_of_reference"], visit["year"]) == ("NEWS", "2024")
    assert visit["urls"] == ["https://example.org/visit?a={1}&b=2%20"]


def test_bibtex(record: Record) -> None:
    bibtexparser = pytest.importorskip("bibtexparser", minversion="2")
    library = bibtexparser.parse_string(written(record, "bibtex").decode())
    assert (len(library.entries), library.failed_blocks) == (len(EVENTS), [])
    visit = next(each for each in library.entries if "visit" in each["title"])
    assert visit["url"] == "https://example.org/visit?a=%7B1%7D&b=2%20"
    assert (visit["year"], visit["month"]) == ("2024", "mar")


def test_layouts_leave_out_what_did_not_happen(record: Record) -> None:
    for name, form in FORMATS.items():
        if form.happened and name != "gexf":
            text = written(record, name).decode()
            for title in set(EVENTS) - set(HAPPENED):
                assert f"{title}?" not in text and "SANCTION" not in text, name
    plover = [json.loads(line) for line in written(record, "plover").decode().strip("\n").split("\n")]
    assert sorted(row["link"].split("?")[0].rpartition("/")[2] for row in plover) == sorted(HAPPENED)


def test_events_need_a_merge(tmp_path: Path) -> None:
    from dataclasses import replace

    with make_record(tmp_path) as record:
        never = Record(record.folder, replace(record.manifest, merged=None), record._engine)
        with pytest.raises(UsageError, match="export --mentions"), selection(never, "events"):
            pass
