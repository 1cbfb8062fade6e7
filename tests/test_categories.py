"""From acts to codes: modes from cues, what an act is about, announced acts, CAMEO leaves; contexts by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import cases

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder


@pytest.mark.parametrize("case", cases("categories"))
def test_codes(coder: Coder, case: dict[str, Any]) -> None:
    events = coder.code(case["text"], published="2021-03-09")
    assert [event.event for event in events] == [case["event"]]
    event = events[0]
    if "modes" in case:
        assert list(event.modes) == case["modes"]
    if "about" in case:
        assert (event.about.event if event.about is not None else None) == case["about"]
    if "cameo" in case:
        assert event.cameo == case["cameo"]
    assert event.quad == coder.knowledge.ontology.quad(event.event)


def test_every_code_is_of_the_ontology(coder: Coder) -> None:
    ontology = coder.knowledge.ontology
    for case in cases("events"):
        for event in coder.code(case.values[0]["text"], published="2021-03-09"):
            assert event.event in ontology.categories
            assert all((event.event, mode) in ontology.modes for mode in event.modes)
            assert set(event.contexts) <= set(ontology.contexts)
            assert event.cameo is None or event.cameo in ontology.cameo


@pytest.mark.parametrize(
    ("text", "context", "holds"),
    [
        ("Chile and Peru held talks on their border dispute.", "territory", True),
        ("Chile and Peru held talks on trade.", "territory", False),
        ("Japan gave missiles to Tonga.", "military", True),
        ("Japan gave rice to Tonga.", "military", False),
    ],
)
def test_contexts_by_their_words(coder: Coder, text: str, context: str, holds: bool) -> None:
    events = coder.code(text, published="2021-03-09")
    assert events
    assert (context in events[0].contexts) == holds
