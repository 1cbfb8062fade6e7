"""Whole events on cases written without sight of the rules: who does what to whom, how real, when and where.

Failing cases are marked `known_failure` in the tables and run as expected failures; `python -m benchmarks cases` gives
the figures over all of them, and floors.json what must hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.cases import verdict
from dragoman.coding.locations import find_places, place_of
from dragoman.coding.times import day_of_report, find_times, time_of
from dragoman.reading.plain import article_from_text
from tests.conftest import cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dragoman.coding.coder import Coder
    from dragoman.values import Place, Sentence, TimeSpan


@pytest.mark.parametrize("case", cases("events"))
def test_events(coder: Coder, case: dict[str, Any]) -> None:
    found = verdict(case, coder)
    expected = len(case["events"])
    assert found["missed"] == []
    assert found["right"] == expected, "the parties differ"
    assert found["status"] == expected, "the status differs"
    assert [(event.event, event.trigger.text) for event in found["extra"]] == []


def time_at_trigger(coder: Coder, case: dict[str, Any]) -> TimeSpan | None:
    """The time that the stage gives the case's trigger word, be it a codable event or not."""
    analysis = coder.analyse(article_from_text(case["text"], published=case["published"]))
    words = coder.knowledge.time_words
    sentence, token = _trigger(analysis.sentences, case)
    times = [t for t in find_times(analysis.article, analysis.sentences, words) if t.sentence == sentence.index]
    today = day_of_report(analysis.article, words)
    return time_of(token, sentence, times, analysis.article.published, words, today)


def place_at_trigger(coder: Coder, case: dict[str, Any]) -> Place | None:
    """The place that the coder gives an event at the trigger word, else the one that the stage gives the word."""
    analysis = coder.analyse(article_from_text(case["text"], published=case["published"]))
    sentence, token = _trigger(analysis.sentences, case)
    start, end = sentence.tokens[token].start, sentence.tokens[token].end
    for event in coder.code_analysis(analysis):
        if event.trigger.start < end and event.trigger.end > start:
            return event.place
    places = find_places(
        analysis.article, analysis.sentences, analysis.mentions, coder.knowledge.places, coder.knowledge.actors
    )
    return place_of(token, sentence, places, analysis.sentences, coder.knowledge.places)


def _trigger(sentences: Sequence[Sentence], case: dict[str, Any]) -> tuple[Sentence, int]:
    start = case["text"].index(case["trigger"])
    sentence = next(s for s in sentences if s.start <= start < s.end)
    return sentence, next(t.index for t in sentence.tokens if t.start <= start < t.end)


@pytest.mark.parametrize("case", cases("times_events"))
def test_when(coder: Coder, case: dict[str, Any]) -> None:
    date = time_at_trigger(coder, case)
    assert date is not None
    assert (date.start, date.end, date.basis) == (case["start"], case["end"], case["basis"])


@pytest.mark.parametrize("case", cases("locations_events"))
def test_where(coder: Coder, case: dict[str, Any]) -> None:
    place = place_at_trigger(coder, case)
    if case["place"] is None:
        assert place is None
        return
    assert place is not None
    assert place.span is None or case["place"] in place.span.text or case["place"] in place.name
    assert place.country == case["country"]
