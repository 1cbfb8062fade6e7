"""The lexicon: what its loader refuses, which row wins, and that its rows agree with the ontology."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from dragoman.errors import KnowledgeError
from dragoman.knowledge.lexicon import (
    Condition,
    ConditionParser,
    Lexicon,
    check_lexicon,
    default_folder,
    implies,
    is_slot,
    load_lexicon,
)
from dragoman.knowledge.ontology import Ontology, load_ontology

CASES = Path(__file__).parent / "cases" / "lexicon.jsonl"
Case = dict[str, object]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    for table in default_folder().iterdir():
        (tmp_path / table.name).write_text(table.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def add_row(folder: Path, table: str, cells: list[str]) -> None:
    with (folder / table).open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerow(cells)


# the tables that ship


def test_shipped_tables_have_no_errors(lexicon: Lexicon, ontology: Ontology) -> None:
    findings = check_lexicon(
        lexicon, ontology.actions, modes=ontology.modes.keys(), contexts=frozenset(ontology.contexts)
    )
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_every_category_and_mode_can_be_reached(lexicon: Lexicon, ontology: Ontology) -> None:
    reached = set()
    for rows in lexicon.triggers.values():
        for row in rows:
            action = ontology.actions[row.action]
            reached |= {(action.category, mode) for mode in action.modes}
    assert set(ontology.modes) - reached == set()


def test_the_lexicon_is_large_enough(lexicon: Lexicon) -> None:
    assert sum(len(rows) for rows in lexicon.triggers.values()) >= 1200
    assert len({lemma for lemma, _ in lexicon.triggers}) >= 700


def test_what_is_said_stays_an_event_of_its_own(lexicon: Lexicon, ontology: Ontology) -> None:
    for rows in lexicon.triggers.values():
        for row in rows:
            if ontology.actions[row.action].category == "STATEMENT":
                assert row.about is None, row.id


def test_most_specific_rows_come_first_and_then_the_order_of_the_file(lexicon: Lexicon) -> None:
    with (default_folder() / "triggers.csv").open(encoding="utf-8") as stream:
        place = {row["id"]: number for number, row in enumerate(csv.DictReader(stream))}
    for rows in lexicon.triggers.values():
        order = [(-len(row.when), place[row.id]) for row in rows]
        assert order == sorted(order)


def test_lemmas_are_lower_case_and_single(lexicon: Lexicon) -> None:
    keys = [*lexicon.triggers, *lexicon.operators, *lexicon.speech_cues, *lexicon.position_cues, *lexicon.stop_senses]
    assert [lemma for lemma, _ in keys if lemma != lemma.lower() or " " in lemma] == []


# which row wins, on slots filled by hand


def holds(condition: Condition, case: Case) -> bool:
    slots = case["slots"]
    kinds = case.get("kinds", {})
    assert isinstance(slots, dict) and isinstance(kinds, dict)
    words = {word for fillers in slots.values() for word in fillers}
    given: dict[str, Callable[[], bool]] = {
        "intransitive": lambda: "obj" not in slots,
        "passive": lambda: bool(case.get("passive")),
        "active": lambda: not case.get("passive"),
        "mod": lambda: not condition.words.isdisjoint(case.get("mod", ())),  # type: ignore[arg-type]
        "word": lambda: not condition.words.isdisjoint({*words, *case.get("word", ()), *case.get("mod", ())}),  # type: ignore[misc]
    }
    if condition.slot in given:
        return given[condition.slot]() != condition.negated
    if condition.test == "filled":
        found = condition.slot in slots
    elif condition.test == "words":
        found = not condition.words.isdisjoint(slots.get(condition.slot, ()))
    else:
        found = condition.test in kinds.get(condition.slot, ())
    return found != condition.negated


def winner(lexicon: Lexicon, case: Case) -> str | None:
    key = (str(case["lemma"]), str(case["pos"]))
    for stop in lexicon.stop_senses.get(key, ()):
        if all(holds(condition, case) for condition in stop.when):
            return None
    for row in lexicon.triggers.get(key, ()):
        if all(holds(condition, case) for condition in row.when):
            return row.action
    return None


def cases() -> list[object]:
    read = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [
        pytest.param(case, id=case["text"], marks=pytest.mark.xfail(strict=False, reason=case["known_failure"]))
        if "known_failure" in case
        else pytest.param(case, id=case["text"])
        for case in read
    ]


@pytest.mark.parametrize("case", cases())
def test_the_right_sense_wins(lexicon: Lexicon, case: Case) -> None:
    assert winner(lexicon, case) == case["expected"], case["why"]


def test_the_frame_of_condemned_deeds_keeps_the_victims_out(lexicon: Lexicon) -> None:
    rows = lexicon.triggers[("condemn", "VERB")]
    row = next(row for row in rows if any("killing" in condition.words for condition in row.when))
    slots = lexicon.frames[row.frame].recipient
    assert "obj.p:by" in slots and "obj.p:of" not in slots  # "the killing of monks by rebels"


# conditions


@pytest.fixture
def parser() -> ConditionParser:
    return ConditionParser({"forces": frozenset({"troop", "army"})})


def test_a_condition_expands_its_classes(parser: ConditionParser) -> None:
    assert parser.one("!p:out_of:@forces|unit", "t", "r") == Condition(
        "p:out_of", "words", frozenset({"troop", "army", "unit"}), True
    )


def test_the_colon_of_a_preposition_belongs_to_its_slot(parser: ConditionParser) -> None:
    assert parser.one("p:with:PARTY", "t", "r") == Condition("p:with", "PARTY", frozenset(), False)
    assert parser.one("p:with", "t", "r") == Condition("p:with", "filled", frozenset(), False)
    assert parser.one("obj.p:in.p:for:PARTY", "t", "r") == Condition("obj.p:in.p:for", "PARTY", frozenset(), False)


@pytest.mark.parametrize("text", ["bogus", "obj:@nowhere", "passive:x", "word", "mod:PARTY", "obj:a||b", "p:", "p:a|b"])
def test_a_malformed_condition_is_refused(parser: ConditionParser, text: str) -> None:
    with pytest.raises(KnowledgeError):
        parser.one(text, "triggers.csv", "row-1")


@pytest.mark.parametrize(
    ("slot", "known"),
    [
        ("obj", True),
        ("p:because_of", True),
        ("light.subj", True),
        ("obj.p:by", True),
        ("xcomp.p:on", True),
        ("head", False),
        ("p:2", False),
    ],
)
def test_which_slots_there_are(slot: str, known: bool) -> None:
    assert is_slot(slot) is known


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        ("obj:troop", "obj", True),
        ("obj:troop", "obj:@forces", True),
        ("obj:@forces", "obj:troop", False),
        ("obj:PERSON", "obj:PARTY", True),
        ("obj:PARTY", "obj:PERSON", False),
        ("obj", "subj", False),
        ("!obj", "!obj:troop", True),
        ("!obj:troop", "!obj", False),
        ("!obj", "obj", False),
    ],
)
def test_one_condition_implies_another(parser: ConditionParser, given: str, wanted: str, expected: bool) -> None:
    assert implies(parser.one(given, "t", "r"), parser.one(wanted, "t", "r")) is expected


# what the loader refuses


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("triggers.csv", ["x-1", "x", "VERB", "bogus:y", "agent-only", "meet", "", "s", ""]),
        ("triggers.csv", ["x-1", "x", "ADVERB", "", "agent-only", "meet", "", "s", ""]),
        ("triggers.csv", ["x-1", "x", "VERB", "", "agent-only", "meet", "head", "s", ""]),
        ("triggers.csv", ["x-1", "x", "VERB", "obj:@nowhere", "agent-only", "meet", "", "s", ""]),
        ("triggers.csv", ["x-1", "x"]),
        ("frames.csv", ["f", "subject", "", "no", "", "s"]),
        ("frames.csv", ["f", "subj", "", "maybe", "", "s"]),
        ("operators.csv", ["o", "x", "VERB", "", "perhaps", "xcomp", "s", ""]),
        ("operators.csv", ["o", "x", "VERB", "", "future", "head", "s", ""]),
        ("speech_cues.csv", ["c", "x", "VERB", "assert", "mutters", "subj+ccomp", "s"]),
        ("speech_cues.csv", ["c", "x", "VERB", "assert", "asserts", "everything", "s"]),
        ("position_cues.csv", ["c", "x", "VERB", "judge", "asserts", "subj+ccomp", "s"]),
        ("position_cues.csv", ["c", "x", "VERB", "judge", "perhaps", "all", "s"]),
        ("context_cues.csv", ["c", "military", "army", "heavy", "s"]),
        ("context_cues.csv", ["c", "military", "army| ", "1", "s"]),
        ("mode_cues.csv", ["m", "ASSAULT", "drone", "drone", "head", "s"]),
        ("light_verbs.csv", ["l", "x", "", "@nowhere", "s", ""]),
        ("stop_senses.csv", ["s", "x", "ADVERB", "", "why", "s"]),
    ],
)
def test_a_bad_row_is_refused_by_name(tables: Path, table: str, cells: list[str]) -> None:
    add_row(tables, table, cells)
    with pytest.raises(KnowledgeError) as caught:
        load_lexicon(tables)
    assert caught.value.table == table
    assert caught.value.row is not None


def test_a_wrong_header_is_refused(tables: Path) -> None:
    (tables / "frames.csv").write_text("id,actor\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="columns"):
        load_lexicon(tables)


def test_an_empty_table_is_refused(tables: Path) -> None:
    (tables / "frames.csv").write_text("", encoding="utf-8")
    with pytest.raises(KnowledgeError):
        load_lexicon(tables)


def test_a_copy_loads_as_the_shipped_tables_do(tables: Path, lexicon: Lexicon) -> None:
    assert load_lexicon(tables) == lexicon


# what the checker finds


def only(lexicon: Lexicon, *rows: tuple[str, str, str], **changes: str) -> Lexicon:
    """The lexicon with one word's triggers only: (id, when, action) each."""
    parser = ConditionParser(lexicon.noun_classes)
    template = lexicon.triggers[("meet", "VERB")][0]
    made = tuple(
        replace(
            template, **{"id": row, "lemma": "zap", "when": parser.all(when, "t", row), "action": action, **changes}
        )  # type: ignore[arg-type]
        for row, when, action in rows
    )
    empty: Mapping[tuple[str, str], tuple[object, ...]] = MappingProxyType({})
    return replace(lexicon, triggers=MappingProxyType({("zap", "VERB"): made}), stop_senses=empty)  # type: ignore[arg-type]


def messages(lexicon: Lexicon, ontology: Ontology) -> list[str]:
    return [f.message for f in check_lexicon(lexicon, ontology.actions) if f.severity == "error"]


def test_sound_rows_give_no_finding(lexicon: Lexicon, ontology: Ontology) -> None:
    assert messages(only(lexicon, ("a", "obj:troop", "meet"), ("b", "obj", "visit")), ontology) == []


def test_an_unknown_action_is_found(lexicon: Lexicon, ontology: Ontology) -> None:
    assert messages(only(lexicon, ("a", "obj", "no-such-action")), ontology) == ["unknown action 'no-such-action'"]


def test_an_unknown_frame_is_found(lexicon: Lexicon, ontology: Ontology) -> None:
    assert messages(only(lexicon, ("a", "obj", "meet"), frame="nobody"), ontology) == ["unknown frame 'nobody'"]


def test_a_missing_source_is_found(lexicon: Lexicon, ontology: Ontology) -> None:
    assert messages(only(lexicon, ("a", "obj", "meet"), source=""), ontology) == ["no source"]


def test_an_id_used_twice_is_found(lexicon: Lexicon, ontology: Ontology) -> None:
    assert messages(only(lexicon, ("a", "obj", "meet"), ("a", "subj", "meet")), ontology) == ["2 rows have this id"]


@pytest.mark.parametrize(
    ("first", "second"), [("obj", "obj"), ("obj", "obj:troop"), ("", "obj"), ("obj subj", "subj obj")]
)
def test_a_row_that_can_never_win_is_found(lexicon: Lexicon, ontology: Ontology, first: str, second: str) -> None:
    found = messages(only(lexicon, ("a", first, "meet"), ("b", second, "visit")), ontology)
    assert found == ["can never win: a comes first"]


def test_a_cue_for_an_unknown_mode_or_context_is_found(lexicon: Lexicon, ontology: Ontology) -> None:
    findings = check_lexicon(lexicon, ontology.actions, modes=frozenset(), contexts=frozenset())
    assert {f.table for f in findings if f.severity == "error"} == {"mode_cues.csv", "context_cues.csv"}


def test_a_stop_sense_of_a_word_that_triggers_nothing_is_found(lexicon: Lexicon, ontology: Ontology) -> None:
    stop = next(iter(lexicon.stop_senses.values()))[0]
    lost = replace(lexicon, stop_senses=MappingProxyType({("zap", "VERB"): (replace(stop, lemma="zap"),)}))
    assert messages(lost, ontology) == ["its word triggers nothing"]
