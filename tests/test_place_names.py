"""Which words of a report name places, and which places these are."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.coding.coder import Coder
from dragoman.coding.locations import find_places
from tests.conftest import cases


@pytest.mark.parametrize("case", cases("place_names"))
def test_places_of_a_report(coder: Coder, case: dict[str, Any]) -> None:
    """`expected` lists the places that the gazetteer knows: their words, which the text holds, and their countries."""
    analysis = coder.analyse(coder.read(case["text"]))
    found = []
    knowledge = coder.knowledge
    for mention in find_places(analysis.article, analysis.sentences, (), knowledge.places, knowledge.actors):
        span = mention.place.span
        if span is None or mention.place.lat is None:
            continue
        assert case["text"][span.start : span.end] == span.text
        found.append([span.text, mention.place.country])
    assert [name for name in found if name in case["expected"]] == case["expected"], case["why"]
    assert len(found) == len(case["expected"]), case["why"]
