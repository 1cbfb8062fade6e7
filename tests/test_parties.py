"""Whose the parties of a report are, read from its text by the whole path up to identity: `cases/parties.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dragoman.coding.coder import Coder

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "parties.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_parties(case: dict[str, Any], coder: Coder) -> None:
    analysis = coder.analyse(coder.read(case["text"], published=case["published"]))
    found = {mention.text: mention for mention in analysis.mentions}
    for text, parties in case["expected"].items():
        if text not in found:
            assert parties == [], f"{text} is no mention"
            continue
        assert sorted({a.party for a in found[text].actors if a.party is not None}) == parties, case["why"]


def test_several_states_have_no_one_home(coder: Coder) -> None:
    text = "Five heads of state flew to Doha, and Qatar thanked Arab governments for their help."
    events = coder.code(text, published="2014-03-05")
    parties = [party for event in events for party in (*event.actors, *event.recipients)]
    assert all(p.actor.party is None for p in parties if p.text in ("Five heads of state", "Arab governments"))


def test_nobody_acts_on_himself(coder: Coder) -> None:
    text = "Guterres attended the signing in Istanbul, and he praised Guterres and President Erdogan alike."
    for event in coder.code(text, published="2022-07-22"):
        acting = {party.actor.id for party in event.actors if ":person:" in party.actor.id}
        assert not acting & {party.actor.id for party in event.recipients}


def test_a_state_may_act_at_home(coder: Coder) -> None:
    [event] = coder.code("The Kenyan government arrested the Kenyan opposition leader.", published="2012-07-22")
    assert {party.actor.country for party in (*event.actors, *event.recipients)} == {"KEN"}
    assert event.actors and event.recipients
