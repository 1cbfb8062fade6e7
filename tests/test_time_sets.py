"""The readers and the scoring of the times benchmark, on small made-up files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import benchmarks.__main__ as command
from benchmarks.time_sets import Document, Gold, read_documents, timex_of
from benchmarks.times import answers_of, score
from dragoman.coding.times import find_times
from dragoman.knowledge.time_words import load_time_words
from dragoman.values import Article, Sentence
from tests.compact import read_compact

TIMEML = """<?xml version="1.0"?><TimeML><DCT><TIMEX3 tid="t0" type="DATE" value="2024-11-19">19 Nov</TIMEX3></DCT>
<TEXT>They ruled from <TIMEX3 tid="t1" type="DATE" value="1999">1999</TIMEX3> to <TIMEX3 tid="t2" type="DATE"
value="2003">2003</TIMEX3> &amp; <EVENT>fell</EVENT> <TIMEX3 tid="t3" type="DATE" value="2024-11-18">yesterday</TIMEX3>.
</TEXT></TimeML>"""
GUM = """<text id="GUM_news_lake" dateCreated="2024-11-19"><p><s type="decl">
The\tDT\tthe
lake\tNN\tlake
froze\tVBD\tfreeze
in\tIN\tin
<date from="1990-01-01" to="1999-12-31">
the\tDT\tthe
1990s\tNNS\t1990s
</date>
and\tCC\tand
in\tIN\tin
<date when="2003-02">
February\tNNP\tFebruary
2003\tCD\t2003
</date>
</s></p></text>"""


def _bare(article: Article) -> list[Sentence]:
    return list(read_compact([article.text], article.published)[1])


def test_both_forms_are_told_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.tml").write_text(TIMEML, encoding="utf-8")
    (tmp_path / "GUM_news_lake.xml").write_text(GUM, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("<TimeML>", encoding="utf-8")
    (tmp_path / "._a.tml").write_text("broken", encoding="utf-8")
    gum, timeml = read_documents(tmp_path)
    assert (timeml.form, timeml.published, timeml.genre) == ("timeml", "2024-11-19", "deep")
    assert [timeml.text[g.start : g.end] for g in timeml.gold] == ["1999", "2003", "yesterday"]
    assert "& fell" in timeml.text
    assert (gum.form, gum.published, gum.genre) == ("gum", "2024-11-19", "news")
    assert [(gum.text[g.start : g.end], g.value) for g in gum.gold] == [
        ("the 1990s", "199"),
        ("February 2003", "2003-02"),
    ]
    assert list(read_documents(tmp_path / "deep" / "a.tml")) == [
        Document("deep/a.tml", "timeml", timeml.text, "2024-11-19", timeml.gold)
    ]


@pytest.mark.parametrize(
    ("first", "last", "value"),
    [
        ("2003-02", "2003-02", "2003-02"),
        ("--07", "--07", "XXXX-07"),
        ("1990-01-01", "1999-12-31", "199"),
        ("1800-01-01", "1899-12-31", "18"),
        ("1801-01-01", "1900-12-31", "1801-01-01/1900-12-31"),
        ("2003-01-01", "2003-12-31", "2003"),
        ("2024-11-18", "2024-11-24", "2024-W47"),
        ("2024-11-23", "2024-11-24", "2024-W47-WE"),
        ("2024-11-19", "2024-11-21", "2024-11-19/2024-11-21"),
        ("2012-06", "2012-09", "2012-06/2012-09"),
    ],
)
def test_what_days_amount_to(first: str, last: str, value: str) -> None:
    assert timex_of(first, last) == value


def test_both_ends_of_a_range_are_scored_where_each_is_named() -> None:
    words = load_time_words()
    article, sentences = read_compact(["from 1999 to 2003 and 2014-2018 and May 3-5 , 2024"], "2024-11-19")
    answers = answers_of(find_times(article, sentences, words), "timeml")
    assert [(article.text[a.start : a.end], a.type, a.value) for a in answers] == [
        ("1999", "DATE", "1999"),
        ("2003", "DATE", "2003"),
        ("2014-2018", "DURATION", "2014/2018"),
        ("May 3-5 , 2024", "DURATION", "2024-05-03/2024-05-05"),
    ]


def test_values_are_counted_by_days_where_the_marks_are_days() -> None:
    gold = (Gold(0, 9, "DATE", "199", ("1990-01-01", "1999-12-31")), Gold(13, 16, "DATE", "1990", ("1990", "1990")))
    figures = score(
        [Document("GUM_news_x", "gum", "the 1990s or 1991 or recently", "2024-11-19", gold)], load_time_words(), _bare
    )
    assert figures["overlap"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}  # "recently" is dated by us alone
    assert figures["value"] == figures["timex"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert figures["by_genre"] == {"news": {"gold": 2, "value": 0.5}}


def test_the_command_takes_a_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tml").write_text(TIMEML, encoding="utf-8")
    assert command.main(["times", str(tmp_path / "a.tml")]) == 0
    figures = json.loads(capsys.readouterr().out)["times"]
    assert set(figures) == {"timeml"}
    assert figures["timeml"]["value"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
