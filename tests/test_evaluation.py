"""`eval`: gold files, matching, scores."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import ReadingError
from dragoman.record.evaluation import Evaluation, Score, evaluate, intervals, matching
from dragoman.record.gold import Gold, read_gold
from dragoman.record.query import Record
from tests.told_coder import told_record

QUADS = {"CONSULT": 1, "SUPPORT": 1, "AID": 2, "ACCUSE": 3, "ASSAULT": 4, "STATEMENT": 0}
FIRST = "India and Oman met. Iran bombed Iraq on 2024-05-03. Peru spoke. The rest is not worth a word."
SECOND = "India visited Pakistan in 2024-05 at Lahore. Iran did not aid Iraq. And that was all there was."
THIRD = "Nothing happened that anybody would have to write down on this day of the year."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reports = [
        {"published": "2024-05-03", "url": f"https://example.org/{number}", "text": text}
        for number, text in enumerate((FIRST, SECOND, THIRD), 1)
    ]
    return told_record(tmp_path_factory.mktemp("evaluated") / "record", reports)


@pytest.fixture
def record(folder: Path) -> Iterator[Record]:
    with Record.open(folder) as opened:
        yield opened


def gold(record: Record, *lines: dict[str, Any]) -> Gold:
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return read_gold(data, record.cursor(), "gold.jsonl", QUADS)


def score(record: Record, *lines: dict[str, Any], **how: Any) -> Evaluation:
    told = gold(record, *lines)
    assert told.faults == ()
    return evaluate(record.cursor(), told, **how)


def at(number: int, event: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"url": f"https://example.org/{number}", "event": event, **fields}


MET = at(1, "CONSULT", trigger="met", actors=["IND", "OMN"], recipients=[])
BOMBED = at(1, "ASSAULT", trigger="bombed", actors=["IRN"], recipients=["IRQ"])
VISITED = at(2, "CONSULT", trigger="visited", actors=["IND"], recipients=["PAK"])
NOT_AIDED = at(2, "AID", trigger="aid", actors=["IRN"], recipients=["IRQ"])


def test_a_record_that_is_right_scores_one(record: Record) -> None:
    found = score(record, MET, BOMBED, VISITED, NOT_AIDED, at(3))
    assert set(found.scores) == {
        "words", "quad", "event", "event and actors", "event and recipients", "event and parties"
    }  # fmt: skip
    assert all(each == Score(4, 4, 4) for each in found.scores.values())
    assert found.articles == 3
    assert found.confusion == {}
    assert found.categories == {"AID": Score(1, 1, 1), "ASSAULT": Score(1, 1, 1), "CONSULT": Score(2, 2, 2)}


def test_what_is_missed_invented_and_confused(record: Record) -> None:
    missed = at(1, "SUPPORT", trigger="worth", actors=["IND"], recipients=["OMN"])
    confused = {**BOMBED, "event": "ACCUSE"}
    found = score(record, MET, missed, confused)
    assert found.scores["event"] == Score(3, 2, 1)
    assert found.scores["words"] == Score(3, 2, 2)
    assert found.scores["quad"] == Score(3, 2, 1)
    assert found.confusion == {("ACCUSE", "ASSAULT"): 1, ("SUPPORT", "nothing"): 1}
    assert found.categories["ACCUSE"] == Score(1, 0, 0)
    only_empty = score(record, at(2))
    assert only_empty.scores["event"] == Score(0, 2, 0)
    assert only_empty.confusion == {("nothing", "AID"): 1, ("nothing", "CONSULT"): 1}


def test_parties_are_compared_as_sets(record: Record) -> None:
    turned = {**MET, "actors": ["OMN", "IND"]}
    wrong = {**BOMBED, "recipients": ["IRQ", "USA"]}
    found = score(record, turned, wrong)
    assert found.scores["event and parties"] == Score(2, 2, 1)
    assert found.scores["event and actors"] == Score(2, 2, 2)
    assert found.fields["recipients"] == (1, 2)


def test_what_gold_does_not_tell_is_not_scored(record: Record) -> None:
    found = score(record, at(1, "CONSULT", trigger="met"), BOMBED)
    assert set(found.scores) == {"words", "quad", "event"}
    assert found.fields["actors"] == (1, 1)


def test_fields_of_matched_events(record: Record) -> None:
    told = {
        "status": "actual",
        "negated": True,
        "modes": [],
        "date": "2024-05",
        "place": {"name": "basra", "country": None},
    }
    found = score(record, {**NOT_AIDED, **told}, {**VISITED, "date": "2024-05", "place": "LAHORE", "modes": "visit"})
    assert found.fields["negated"] == (1, 1)
    assert found.fields["date"] == (1, 2)  # a month is a month, and the day of the report only lies in it
    assert found.fields["date overlaps"] == (2, 2)
    assert found.fields["place"] == (1, 2)
    assert found.fields["modes"] == (2, 2)


def test_statements_count_only_when_asked_for(record: Record) -> None:
    spoke = at(1, "STATEMENT", trigger="spoke")
    assert score(record, MET, spoke).scores["event"] == Score(1, 2, 1)
    assert score(record, MET, spoke, statements=True).scores["event"] == Score(2, 3, 2)


def test_confidence_and_quotes_restrict_what_is_scored(record: Record) -> None:
    assert score(record, MET, confidence=0.9).scores["event"] == Score(1, 0, 0)
    quoted = at(1, "CONSULT", quote="India and Oman met.")
    assert score(record, quoted).scores["event"] == Score(1, 2, 1)
    assert score(record, quoted, quotes_only=True).scores["event"] == Score(1, 1, 1)
    empty = at(1, quote="Iran bombed Iraq on 2024-05-03.")
    assert score(record, quoted, empty, quotes_only=True).scores["event"] == Score(1, 2, 1)


@pytest.mark.parametrize(
    "words",
    [
        {"trigger": "met"},
        {"trigger": {"text": "met", "start": 15, "end": 18}},
        {"trigger_start": 15, "trigger_end": 18},
        {"quote": "India  and\nOman met."},
        {"quote": {"start": 0, "end": 19}},
        {},
    ],
)
def test_words_are_named_in_any_of_these_ways(record: Record, words: dict[str, Any]) -> None:
    assert score(record, at(1, "CONSULT", **words)).scores["event"] == Score(1, 2, 1)


def test_articles_are_named_by_id_url_or_text(record: Record) -> None:
    row = record.sql("SELECT id, text_sha256 FROM articles WHERE url = 'https://example.org/1'").fetchall()[0]
    for key, value in zip(("article", "text_sha256"), row, strict=True):
        assert score(record, {key: value, "event": "CONSULT"}).scores["event"].right == 1


def test_lines_that_do_not_fit_are_told_and_left_out(record: Record) -> None:
    lines = [
        MET,
        at(9, "CONSULT"),
        at(1, "CONSULT", trigger="fought"),
        at(1, "VISIT"),
        {"event": "AID"},
        at(1, "AID", date="soon"),
        at(1, "AID", trigger={"text": "met", "start": 0, "end": 3}),
        at(1, "AID", negated="perhaps"),
        at(1, "AID", date="2024-13"),
    ]
    told = gold(record, *lines)
    assert [number for number, _ in told.faults] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert [len(each.events) for each in told.articles] == [1]
    said = " ".join(reason for _, reason in told.faults)
    for words in ("no article of url", "has not the words", "'VISIT' is no category", "names no article", "no date"):
        assert words in said


@pytest.mark.parametrize(
    "data", [b"", b"nothing\n1\n", b'{"url": \n', b'{"a": 1}\n[1]\n', b'url,event\n"a,b\n', b"url,event\na\n"]
)
def test_what_is_no_gold_file_is_told(record: Record, data: bytes) -> None:
    with pytest.raises(ReadingError):
        read_gold(data, record.cursor(), "gold", QUADS)


def test_tables_say_the_same_as_lines(record: Record) -> None:
    table = (
        "url;event;trigger;actors;recipients;status\n"
        "https://example.org/1;CONSULT;met;IND|OMN;;actual\n"
        "https://example.org/1;ASSAULT;bombed;IRN;IRQ;\n"
        "https://example.org/3;;;;;\n"
    )
    told = read_gold(table.encode("utf-8-sig"), record.cursor(), "gold.csv", QUADS)
    found = evaluate(record.cursor(), told)
    assert found.scores["event and parties"] == Score(2, 2, 2)
    assert (found.articles, found.fields["status"]) == (2, (1, 1))


def test_the_lines_of_the_export_are_gold(record: Record) -> None:
    from dragoman.record.export import json_line

    lines = [json_line(event, each.versions) for each in record.coded() for event in each.events]
    told = read_gold("\n".join(lines).encode(), record.cursor(), "export.jsonl", QUADS)
    found = evaluate(record.cursor(), told, statements=True)
    assert told.faults == ()
    assert all(each == Score(5, 5, 5) for each in found.scores.values())
    assert all(right == of for right, of in found.fields.values())


# Matching.

EDGES = st.lists(st.lists(st.integers(0, 5), unique=True, max_size=6), max_size=6)


@given(EDGES)
def test_matching_is_one_to_one_and_as_large_as_can_be(fits: list[list[int]]) -> None:
    found = matching(fits)
    assert all(right in fits[left] for left, right in found.items())
    assert len(set(found.values())) == len(found)
    options = [[None, *rights] for rights in fits]
    best = 0
    for choice in itertools.product(*options):
        chosen = [right for right in choice if right is not None]
        best = max(best, len(chosen) * (len(set(chosen)) == len(chosen)))
    assert len(found) == best


@given(EDGES, st.data())
def test_who_is_paired_stays_so(fits: list[list[int]], data: st.DataObject) -> None:
    fewer = [data.draw(st.lists(st.sampled_from(rights), unique=True)) if rights else [] for rights in fits]
    begun = matching(fewer)
    found = matching(fits, begun)
    assert set(begun) <= set(found)
    assert set(begun.values()) <= set(found.values())
    assert len(found) == len(matching(fits))


def test_a_long_way_round_is_found() -> None:
    """Each left fits its own right and the next: the last one comes only if all move."""
    size = 3000
    fits = [[number, number + 1] for number in range(size)] + [[0]]
    assert len(matching(fits)) == size + 1


def test_intervals_hold_the_score_and_come_out_the_same(record: Record) -> None:
    scores = [Score(5, 4, 3), Score(2, 3, 2), Score(4, 4, 1), Score(0, 1, 0)] * 5
    found = intervals(scores)
    assert found == intervals(scores)
    whole = Score(55, 60, 30)
    for name in ("precision", "recall", "f1"):
        low, high = found[name]
        assert low < getattr(whole, name) < high
    assert intervals([Score(1, 1, 1)]) == {}


def test_scores_without_cases_are_unknown() -> None:
    assert (Score(0, 0, 0).f1, Score(0, 3, 0).recall, Score(3, 0, 0).precision) == (None, None, None)
    assert Score(3, 0, 0).f1 == 0
