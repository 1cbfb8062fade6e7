"""Did it happen: whole texts with the status of one trigger."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.coder import Coder
from dragoman.coding.roles import PartyFinder
from dragoman.coding.status import StatusReading, status_of
from dragoman.reading.plain import article_from_text
from tests.conftest import cases


def reading_of(case: dict[str, Any], coder: Coder) -> StatusReading:
    """The status of the case's trigger (the first word of that spelling, or the `nth`)."""
    analysis = coder.analyse(article_from_text(case["text"], published=case.get("published")))
    lexicon = coder.knowledge.lexicon
    places = [(s, t.index) for s in analysis.sentences for t in s.tokens if t.text == case["trigger"]]
    assert places, "the trigger is no word of the text"
    sentence, token = places[case.get("nth", 0)]
    reader = ClauseReader(sentence, lexicon.light_verbs)
    finder = PartyFinder(reader, [m for m in analysis.mentions if m.sentence == sentence.index])
    return status_of(token, reader, finder, lexicon)


@pytest.mark.parametrize("case", [*cases("status"), *cases("status_rules")])
def test_status(case: dict[str, Any], coder: Coder) -> None:
    reading = reading_of(case, coder)
    assert (reading.status, reading.negated) == (case["status"], case["negated"]), reading.steps


@pytest.mark.parametrize("case", [*cases("status"), *cases("status_rules")])
def test_every_reason_points_at_words(case: dict[str, Any], coder: Coder) -> None:
    reading = reading_of(case, coder)
    if (reading.status, reading.negated) != ("actual", False):
        assert reading.steps
    for step in reading.steps:
        assert step.stage == "status"
        assert all(case["text"][span.start : span.end] == span.text for span in step.spans)
