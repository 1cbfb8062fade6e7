"""The wording tables and dates written out."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from dragoman.errors import KnowledgeError
from dragoman.explore.dates import brief_date, edtf_text, span_text
from dragoman.knowledge.ontology import load_ontology
from dragoman.knowledge.wording import check_wording, load_wording

TABLES = Path(__file__).resolve().parents[1] / "src" / "dragoman" / "knowledge" / "tables" / "wording"


def test_all_codes_have_words() -> None:
    assert check_wording(load_wording(), load_ontology()) == []


def test_the_finest_row_is_taken() -> None:
    wording = load_wording()
    assert wording.act("REQUEST", ("yield",), "0256").id == "request-deescalation"
    assert wording.act("REQUEST", ("yield",), "0254").id == "request-yield"
    assert wording.act("RETREAT", ("release",), "0841").id == "release"
    assert wording.act("RETREAT", (), "0841").id == "repatriate"
    assert wording.act("AID", (), "0729").id == "aid-military"
    with pytest.raises(KnowledgeError, match="no wording for TALK"):
        wording.act("TALK")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("United States", "the United States"), ("India", "India"), ("Netherlands", "the Netherlands"),
        ("European Union", "the European Union"), ("NATO", "NATO"), ("the Hague", "the Hague"),
        ("State Department", "the State Department"), ("", ""),
        ("Iran's Parliament", "Iran's Parliament"),
    ],
)  # fmt: skip
def test_articles(name: str, written: str) -> None:
    assert load_wording().with_article(name) == written


def test_broken_tables_are_told(tmp_path: Path) -> None:
    acts = (TABLES / "acts.csv").read_text(encoding="utf-8")
    (tmp_path / "names.csv").write_text((TABLES / "names.csv").read_text(encoding="utf-8"))
    for broken, words in (
        (acts + acts.splitlines()[1] + "\n", "it stands twice"),
        (acts.replace(",done,", ",dome,", 1), "names no part"),
        ("a,b\n", "its columns"),
        (acts.replace(",our wording", "", 1), "a cell too"),
    ):
        (tmp_path / "acts.csv").write_text(broken, encoding="utf-8")
        with pytest.raises(KnowledgeError, match=words):
            load_wording(tmp_path)


@pytest.mark.parametrize(
    ("start", "end", "granularity", "written"),
    [
        ("2024-03-03", "2024-03-03", "day", "3 March 2024"),
        ("2024-03-01", "2024-03-31", "month", "March 2024"),
        ("2024-01-01", "2024-12-31", "year", "2024"),
        ("2024-03-04", "2024-03-10", "week", "the week of 4 March 2024"),
        ("2024-03-04", "2024-03-06", "range", "4 to 6 March 2024"),
        ("2024-02-28", "2024-03-01", "range", "28 February to 1 March 2024"),
        ("2023-12-30", "2024-01-02", "range", "30 December 2023 to 2 January 2024"),
        ("9999-12-31", "9999-12-31", "day", "31 December 9999"),
        ("long ago", "long ago", None, "long ago"),
    ],
)
def test_spans(start: str, end: str, granularity: str | None, written: str) -> None:
    assert span_text(start, end, granularity) == written


@pytest.mark.parametrize(
    ("edtf", "written"),
    [("2024", "2024"), ("2024-03", "March 2024"), ("2024-21", "spring 2024"), ("2024-03-09", "9 March 2024"),
     ("2024-03-09/2024-03-15", "9 to 15 March 2024"), ("2024-03/2024-04", "March 2024 to April 2024"),
     ("19XX", "19XX")],
)  # fmt: skip
def test_edtf(edtf: str, written: str) -> None:
    assert edtf_text(edtf) == written
    assert brief_date(datetime.date(2024, 3, 9)) == "9 March 2024"
