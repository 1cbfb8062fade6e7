"""The notation of the corpus: what it compiles to, what it refuses, and that printing and compiling are inverse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.knowledge.ontology import Ontology, load_ontology
from training.notation import NotationError, compile_text, locate, main, print_passage, read_records

CORPUS = Path(__file__).resolve().parents[1] / "training" / "corpus"

PASSAGE = """# 2009-05-04 wire set=c1
T Chad's army said it shelled Darfur rebels on Sunday, and Chad denied that Chad had crossed the border.
P Chad's army = TCD MIL
P Darfur rebels = SDN REB
P Chad#3 = TCD
E shelled | shell | Chad's army > Darfur rebels | time: on Sunday; by: Chad's army / said; size: dead=3
E crossed | invade | Chad#3 > - | neg; by: Chad#2 / denied / denies
"""


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


def test_a_passage_becomes_a_record_whose_spans_slice_to_their_words(ontology: Ontology) -> None:
    [record], errors = compile_text(PASSAGE, ontology, prefix="p")
    assert errors == []
    head = (record["id"], record["published"], record["register"], record["set"])
    assert head == ("p-0001", "2009-05-04", "wire", "c1")
    shelled, crossed = record["events"]
    assert (shelled["event"], shelled["modes"], shelled["size"]["dead"]) == ("ASSAULT", ["heavy-weapons"], 3)
    assert shelled["recipients"][0]["party"] == "SDN"
    assert crossed["negated"]
    assert crossed["attribution"][0]["stance"] == "denies"
    for span in spans_of(record):
        assert record["text"][span["start"] : span["end"]] == span["text"]
    assert crossed["actors"][0]["start"] > crossed["attribution"][0]["speaker"]["start"]


def spans_of(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if "start" in value else []
        return own + [span for item in value.values() for span in spans_of(item)]
    return [span for item in value for span in spans_of(item)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("E shelled", "E bombed", "the text has no 'bombed'"),
        ("shell | Chad's", "shelling | Chad's", "no leaf action and no category"),
        ("> Darfur rebels |", "> Sudan |", "'Sudan' has no P line"),
        ("neg; by", "negated; by", "unknown attribute 'negated'"),
        ("Chad#3", "Chad#4", "3 times"),
        ("P Darfur rebels = SDN REB", "P Darfur rebels SDN", "P needs"),
        ("dead=3", "many", "size needs"),
        ("wire", "poem", "register 'poem'"),
        ("/ denies", "/ regrets", "no stance"),
        ("# 2009-05-04", "# 4 May", "no head line"),
    ],
)
def test_what_breaks_the_notation_is_told_with_its_line(ontology: Ontology, old: str, new: str, reason: str) -> None:
    records, errors = compile_text(PASSAGE.replace(old, new), ontology, file="f.txt")
    assert records == []
    assert reason in str(errors[0])
    assert str(errors[0]).startswith("f.txt:")


def test_one_broken_passage_does_not_stop_the_others(ontology: Ontology) -> None:
    text = PASSAGE + "\n# nonsense\n\n# 2001-01-01 local\nT The lake froze.\nN weather\n"
    records, errors = compile_text(text, ontology)
    assert [record["none"] for record in records] == [None, "weather"]
    assert len(errors) == 1
    assert errors[0].line == 9


def test_a_passage_has_events_or_a_reason(ontology: Ontology) -> None:
    _, errors = compile_text(PASSAGE + "N sport\n", ontology)
    assert "either E lines or one N line" in str(errors[0])


def test_words_are_found_whole() -> None:
    assert locate("Mali", "Somalia and Mali")["start"] == 12
    assert locate("us", "Thus us")["start"] == 5
    with pytest.raises(NotationError):
        locate("Mali", "Somalia")


@given(st.lists(st.sampled_from(["Oslo", "met", "Lima", "and", "Oslo's"]), min_size=2, max_size=12), st.data())
def test_the_nth_place_is_the_nth_place(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    chosen = data.draw(st.sampled_from(words))
    count = sum(1 for n in range(1, 13) if _found(chosen, n, text))
    span = locate(f"{chosen}#{count}", text)
    assert text[span["start"] : span["end"]] == chosen


def _found(word: str, number: int, text: str) -> bool:
    try:
        locate(f"{word}#{number}", text)
    except NotationError:
        return False
    return True


@pytest.mark.parametrize("path", sorted(CORPUS.glob("t*/*.jsonl")), ids=lambda path: path.stem)
def test_printing_and_compiling_are_inverse_over_the_corpus(path: Path, ontology: Ontology) -> None:
    if path.stem == "releases":
        pytest.skip("release annotations hold no text")
    records = read_records([path])
    prefix = records[0]["id"].rpartition("-")[0]
    again, errors = compile_text("\n".join(print_passage(record, ontology) for record in records), ontology)
    assert errors == []
    for record, other in zip(records, again, strict=True):
        assert {**other, "id": record["id"]} == record
    assert prefix


def test_the_command_compiles_checks_and_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "few.txt"
    source.write_text(PASSAGE, encoding="utf-8")
    assert main(["compile", str(source)]) == 0
    (tmp_path / "few.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["print", str(tmp_path / "few.jsonl")]) == 0
    assert capsys.readouterr().out == PASSAGE
    source.write_text(PASSAGE.replace("E shelled", "E bombed"), encoding="utf-8")
    assert main(["check", str(source)]) == 1
    assert "few.txt:6: the text has no 'bombed'" in capsys.readouterr().err
