"""How the event network learns: examples, batches, pairs, and runs that go on where they stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dragoman.knowledge.ontology import load_ontology
from dragoman.language.analysis import load_language
from training.corpora import CorpusError
from training.event_corpus import EventExample, WordEvent, examples_of, group_of, stand_off
from training.notation import compile_text

NOTES = """# 2009-05-04 wire
T Chad shelled Sudan. Peru and Chile met in Lima, and Peru praised Bolivia.
P Chad = TCD
P Sudan = SDN
P Peru = PER
P Chile = CHL
P Peru#2 = PER
P Bolivia = BOL
E shelled | shell | Chad > Sudan
E met | meet | Peru & Chile > - | place: Lima
E praised | praise | Peru#2 > Bolivia

# 2010-01-01 wire set=c1
T Oslo froze.
N weather
"""
HEADS = {"p-0001/0": (1, -1, 1, 1), "p-0001/1": (3, 2, 0, -1, 5, 3, 9, 9, 9, 3, 9, 3)}


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    found, errors = compile_text(NOTES, load_ontology())
    assert errors == []
    return found


@pytest.fixture(scope="module")
def examples(records: list[dict[str, Any]]) -> list[EventExample]:
    return examples_of(records, load_language())


def test_a_passage_becomes_its_sentences(examples: list[EventExample]) -> None:
    assert [example.name for example in examples] == ["p-0001/0", "p-0001/1", "p-0002/0"]
    first, second, empty = examples
    [shelled] = first.events
    assert (shelled.trigger, shelled.category, shelled.actors, shelled.recipients) == (
        1,
        "ASSAULT",
        (frozenset({0}),),
        (frozenset({2}),),
    )
    assert [event.category for event in second.events] == ["CONSULT", "SUPPORT"]
    assert second.events[1].actors == (frozenset({8}),)
    assert empty.events == ()


def test_a_trigger_outside_every_word_is_refused(records: list[dict[str, Any]]) -> None:
    broken = {**records[0], "events": [{**records[0]["events"][0], "trigger": {"start": 900, "end": 905}}]}
    with pytest.raises(CorpusError, match="stand in no sentence"):
        examples_of([broken], load_language())


def test_contrast_sets_stay_together(records: list[dict[str, Any]]) -> None:
    assert group_of(records[1]) == "p/c1"
    assert group_of(records[0]) == "p-0001"


def test_stand_off_annotations_hold_no_words(records: list[dict[str, Any]]) -> None:
    note = stand_off(records[0], "https://example.org/a", "0" * 64, 100)
    assert note["events"][0]["trigger"] == {"start": 105, "end": 112}
    assert "'text'" not in str(note["events"])
    assert (note["start"], note["end"]) == (100, 100 + len(records[0]["text"]))


def test_pairs_are_those_of_the_events_and_the_rest(examples: list[EventExample]) -> None:
    pytest.importorskip("torch", reason="torch is not installed: batches are not tested")
    from training.event_batches import pairs_of

    busy, idle = pairs_of(examples[1], HEADS["p-0001/1"])
    told = {(min(p.first[0]), min(p.second[0])): [e.category for e in p.events] for p in busy}
    assert told == {(0, 2): ["CONSULT"], (2, 0): ["CONSULT"], (8, 10): ["SUPPORT"]}
    assert all(not pair.events for pair in idle)
    assert not {(min(p.first[0]), min(p.second[0])) for p in idle} & set(told)


def test_batches_hold_what_the_examples_say(examples: list[EventExample]) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: batches are not tested")
    encoding = small_encoding(examples)
    batch = encoding.sentences(examples)
    assert batch["category"].shape == batch["first"].shape
    names = ("none", *encoding.labels.categories)
    said = [names[n] for n in batch["category"][1].tolist() if n > 0]
    assert said == ["CONSULT", "SUPPORT"]
    assert batch["roles"][0, 0].nonzero().flatten().tolist() == [0]
    assert batch["roles"][0, 1].nonzero().flatten().tolist() == [2]
    owner = torch.tensor(encoding.mode_owner)
    assert bool((batch["mode_weights"][0] > 0).eq(owner == encoding.category["ASSAULT"]).all())


def small_encoding(examples: list[EventExample]) -> Any:
    from training.batches import Encoding
    from training.event_batches import EventEncoding, event_labels
    from training.event_fit import BLANK

    return EventEncoding(Encoding(small_vocabulary(examples), BLANK), event_labels(load_ontology()))


def small_vocabulary(examples: list[EventExample]) -> dict[str, int]:
    marks = [f"[unused{n}]" for n in range(4)]
    words = sorted({word.lower() for example in examples for word in example.words})
    pieces = ["[PAD]", *marks, "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    return {piece: number for number, piece in enumerate(pieces)}


def test_an_interrupted_run_goes_on_as_if_it_had_not_stopped(examples: list[EventExample], tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: resuming is not tested")
    from training.event_fit import EventFit, EventSettings

    settings = EventSettings(epochs=2, warm_up=2, budget=30, threads=1, busy_pairs=2, idle_pairs=1)
    trees = {**HEADS, "p-0002/0": (1, -1, 1)}

    def run(name: str) -> EventFit:
        (tmp_path / name).mkdir(exist_ok=True)
        return EventFit(settings, examples, [], trees, small_vocabulary(examples), None, tmp_path / name)

    whole, first = run("a"), run("b")
    torch.manual_seed(7)
    whole.run()
    torch.manual_seed(7)
    first.run(until=2)
    second = run("b")
    torch.manual_seed(99)
    second.resume()
    second.run()
    assert (second.step, second.epoch) == (whole.step, whole.epoch)
    for left, right in zip(whole.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(left, right)


def test_an_event_with_no_words_for_its_parties_still_teaches_its_trigger() -> None:
    pytest.importorskip("torch", reason="torch is not installed: batches are not tested")
    event = WordEvent(
        1, frozenset({1}), "ASSAULT", (), None, (), "actual", False, False, None, actors=(), recipients=()
    )
    example = EventExample("x", ("Bombs", "fell"), (event,))
    batch = small_encoding([example]).sentences([example])
    assert batch["category"][0, 1] > 0
    assert float(batch["roles"].sum()) == 0.0
