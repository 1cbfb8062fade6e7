"""The committed corpus: it follows its guidelines, meets its quotas, and its test parts stay as they were frozen."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import Tally, agreement, gold_units
from dragoman.knowledge import Knowledge, load_knowledge
from training.corpus_check import CORPUS, breaches, main, near_duplicates, report, shortfalls
from training.notation import compile_text, read_records

# What was written before anything was fitted may not change after; mend a test part only with a new name beside it.
FROZEN = json.loads((Path(__file__).parent / "cases" / "frozen_corpus.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def test_the_corpus_follows_its_guidelines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "0 breaches" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(FROZEN))
def test_the_test_parts_are_frozen(name: str) -> None:
    assert hashlib.sha256((CORPUS / "test" / name).read_bytes()).hexdigest() == FROZEN[name]


def test_releases_are_annotated_without_their_text() -> None:
    for path in (CORPUS / "releases" / "releases.jsonl", CORPUS / "test" / "releases.jsonl"):
        for note in read_records([path]):
            assert "text" not in note
            assert '"text"' not in json.dumps(note["events"])


def test_training_and_test_releases_are_apart() -> None:
    parts = [read_records([CORPUS / folder / "releases.jsonl"]) for folder in ("releases", "test")]
    train, test = ({note["url"] for note in part} for part in parts)
    assert not train & test
    assert len(parts[0]) >= 800
    assert len(parts[1]) >= 300


def compiled(notes: str, knowledge: Knowledge) -> list[dict[str, Any]]:
    records, errors = compile_text(notes, knowledge.ontology)
    assert errors == []
    return records


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        ("E visit | visit | Chad > Niger | future", "announced CONSULT is AGREE"),
        ("E visit | meet | Chad > Niger", "parties of a meeting are all actors"),
        ("E visit | make-statement | Chad > Niger", "statements are not annotated"),
        ("E visit | visit | Chad > Chad", "stand twice"),
    ],
)
def test_breaches_are_told(event: str, rule: str, knowledge: Knowledge) -> None:
    parties = "P Chad = TCD\n" + ("P Niger = NER\n" if "Niger |" in event or event.endswith("Niger") else "")
    [record] = compiled(f"# 2001-01-01 wire\nT Chad told Niger of the visit.\n{parties}{event}\n", knowledge)
    assert any(rule in breach for breach in breaches(record, knowledge))


def test_unknown_codes_are_told(knowledge: Knowledge) -> None:
    notes = "# 2001-01-01 wire\nT Chad hit Niger.\nP Chad = TCH XXX\nP Niger = NER+TCD\nE hit | attack | Chad > Niger\n"
    [record] = compiled(notes, knowledge)
    assert [b.partition(": ")[2] for b in breaches(record, knowledge)] == ["unknown party TCH", "unknown sector XXX"]


def test_near_duplicates_are_found_but_contrast_sets_left(knowledge: Knowledge) -> None:
    text = "T The envoys of the three river states met again in the old customs house {} on Friday.\nN politics\n"
    head = "# 2001-01-01 wire"
    lone = compiled("\n".join(f"{head}\n{text.format(n)}" for n in ("there", "here")), knowledge)
    assert [pair[:2] for pair in near_duplicates(lone)] == [("p-0001", "p-0002")]
    same = compiled("\n".join(f"{head} set=c1\n{text.format(n)}" for n in ("there", "here")), knowledge)
    assert list(near_duplicates(same)) == []


def test_missed_quotas_are_told(knowledge: Knowledge) -> None:
    counts = report(compiled("# 2001-01-01 wire\nT It rained.\nN weather\n", knowledge), knowledge)
    missed = list(shortfalls(counts, knowledge))
    assert "passages: 1, wanted 3000" in missed
    assert "THREATEN/violence: 0, wanted 20" in missed


def test_agreement_counts_what_both_saw(knowledge: Knowledge) -> None:
    notes = "# 2001-01-01 wire\nT Chad hit Niger.\nP Chad = TCD\nP Niger = NER\nE hit | attack | Chad > Niger\n"
    one = compiled(notes, knowledge)
    other = compiled(notes.replace("attack", "criticise"), knowledge)
    assert agreement(one, one)["event_and_parties_f1"] == 1.0
    different = agreement(one, other)
    assert (different["trigger_f1"], different["event_f1"]) == (1.0, 0.0)


def test_units_join_bodies_and_part_joint_words() -> None:
    parties = [{"party": "UNO"}, {"party": "TCD+SDN"}, {"party": None}]
    assert gold_units(parties) == {"IGO", "TCD", "SDN"}


def test_an_empty_tally_divides_by_nothing() -> None:
    assert Tally().figures()["event_f1"] == 0.0
