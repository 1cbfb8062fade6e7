"""Steps in plain English, and the explanation of an event as an analyst reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dragoman.explore.terminal import explanation
from dragoman.explore.wording import slot_text, step_text, turned_down_text
from dragoman.values import Span, Step

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

MET = (Span("met", 0, 3),)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step("events", "meet-v-5", MET, "joint-exercise"), "“met” reads as joint exercise (meet-v-5)"),
        (
            Step("roles", "meet:recipient=p:with", MET),
            "“met” as recipient: what follows “with” (meet:recipient=p:with)",
        ),
        (Step("roles", "meet:actor=subj+obj", MET), "who does it and what it is done to"),
        (Step("events", "events.onnx", MET, "CONSULT 0.93"), "the network reads “met” as CONSULT 0.93 (events.onnx)"),
        (Step("roles", "events.onnx:actor", MET, "0.90"), "the network takes “met” for the actor, 0.90"),
        (Step("category", "events.onnx:action", (), "joint-exercise"), "the network's leaf action: joint exercise"),
        (Step("status", "events.onnx", (), "future 0.95"), "how real: the network says future 0.95"),
        (
            Step("identity", "h:FRA:x|t:prime-minister", MET),
            "who held the office that day, the title or noun “prime min",
        ),
        (Step("identity", "FRA/short/france", MET), "“met” is known by the table of names (FRA/short/france)"),
        (Step("times", "basis:publication", (), "2024-11-19"), "the day of the report is taken"),
        (Step("times", "basis:text", MET, "2024-11-19"), "“met” is 2024-11-19"),
        (
            Step("category", "future.csv:AID", (), "announced AID is coded AGREE"),
            "announced AID is coded AGREE (future.csv",
        ),
        (Step("context", "pro-democracy-1", MET, "pro_democracy"), "pro democracy: “met”"),
        (Step("network", "unheard-of", MET, "a note"), "a note “met” (unheard-of)"),
        (Step("roles", "odd", MET), "from “met” (odd)"),
        (Step("context", "x-1", MET * 5, "health"), "“met” and 2 more"),
    ],
)
def test_steps(step: Step, text: str) -> None:
    assert text in step_text(step)


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ("meet-v-1 (intransitive)", "meet-v-1, which wants no object"),
        ("meet-v-1 (!passive)", "meet-v-1, which wants anything but a passive"),
        ("cut-v-1 (obj:aid|arm|...)", "cut-v-1, which wants “aid”, “arm” or the like as what it is done to"),
        ("cut-v-1 (!obj:aid)", "cut-v-1, which wants no “aid” as what it is done to"),
        ("talk-v-1 (p:with:PARTY)", "talk-v-1, which wants an actor as what follows “with”"),
        ("talk-v-1 (p:in_front_of)", "talk-v-1, which wants something as what follows “in front of”"),
        ("talk-v-1 (!iobj)", "talk-v-1, which wants nothing as to whom"),
        ("as it stands", "as it stands"),
    ],
)
def test_what_was_turned_down(choice: str, text: str) -> None:
    assert turned_down_text(choice, 0.0) == text
    assert turned_down_text("AID", 0.25) == "AID, 0.25"


def test_slots_of_slots() -> None:
    assert slot_text("light.subj") == "who does it of the verb that it hangs on"
    assert slot_text("p:of.poss") == "the owner of what follows “of”"
    assert slot_text("unknown") == "unknown"


def test_words_of_another_sentence_are_placed(coder: Coder) -> None:
    text = (
        "QUESTION: Thank you.\n\nSECRETARY BLINKEN: Thank you all. The talks went on. "
        "France condemned the coup in Niger on Friday.\n\nQUESTION: Thank you, sir."
    )
    events = coder.code(text, published="2024-11-19")
    lines = [line.plain for line in explanation(events, colour=False, width=100)]
    assert max(len(line) for line in lines if line.startswith("    ")) <= 100
    told = " ".join(" ".join(lines).split())
    assert "from “SECRETARY BLINKEN” earlier in the text (characters 22-39), by “:” earlier" in told


def test_every_field_names_its_words(coder: Coder) -> None:
    text = "😀 Israel (ישראל) and Hamas agreed to a ceasefire [sic], Qatar said. Russia bombed a hospital in Kharkiv."
    events = coder.code(text, published="2024-11-19")
    assert events
    shown = "\n".join(line.plain for line in explanation(events, colour=False))
    assert "[sic]" in shown
    assert "😀" in shown
    for event in events:
        for party in (*event.actors, *event.recipients):
            assert f"from “{party.text}”" in shown
        assert f"[{event.trigger.text}]trigger" in shown
