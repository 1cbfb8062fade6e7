"""Who a phrase means on a day: cases of tests/cases/phrases.jsonl, what must hold of every answer, and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.coding.actor_phrases import ActorIdentifier
from dragoman.errors import UsageError
from dragoman.explore.actor_table import actor_lines
from dragoman.values import Identified
from tests.conftest import cases

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder


@pytest.fixture(scope="module")
def identifier(coder: Coder) -> ActorIdentifier:
    return ActorIdentifier(coder.knowledge, coder.language, coder.network)


def short(found: Identified) -> str:
    actor = found.actor
    return "|".join(part or "-" for part in (actor.party, actor.country, actor.sector, actor.office, found.person))


@pytest.mark.parametrize("case", cases("phrases"))
def test_case(case: dict[str, Any], identifier: ActorIdentifier) -> None:
    found = identifier.identify(case["phrase"], case["on"])
    others = [each.actor.name for each in found.alternatives]
    assert ([short(each) for each in found.actors], found.basis) == (case["expected"], case["basis"]), case["why"]
    assert others[: len(case.get("others", []))] == case.get("others", []), case["why"]


@pytest.mark.parametrize("case", cases("phrases"))
def test_what_must_hold(case: dict[str, Any], identifier: ActorIdentifier) -> None:
    found = identifier.identify(case["phrase"], case["on"])
    assert found == identifier.identify(case["phrase"], case["on"])
    assert found.words is None or found.phrase[found.words.start : found.words.end] == found.words.text
    for each in found.actors:
        assert {step.rule for step in found.steps} >= set(each.actor.basis), "every row behind an actor is told"
        assert each.tenure is None or each.tenure.row in each.actor.basis
    persons = [each.person for each in (*found.actors, *found.alternatives) if each.tenure is not None]
    assert len(persons) == len(set(persons)), "nobody is his own alternative"
    assert list(actor_lines(found))


@pytest.mark.parametrize(("phrase", "on"), [("", None), (" \n", None), ("x" * 1_001, None), ("Putin", "soon")])
def test_what_is_no_question_is_refused(identifier: ActorIdentifier, phrase: str, on: str | None) -> None:
    with pytest.raises(UsageError):
        identifier.identify(phrase, on)


@pytest.mark.parametrize(
    "phrase", ["\u202e\x1b[31mPutin", "((((", "’s", "Putin " * 100, "🇫🇷 troops", "of of of the the"]
)
def test_odd_phrases_are_answered(identifier: ActorIdentifier, phrase: str) -> None:
    found = identifier.identify(phrase, "2020-01-01")
    for line in actor_lines(found):
        assert "\x1b" not in str(line)


@given(phrase=st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60).filter(str.strip))
@settings(max_examples=40, deadline=None)
def test_any_text_is_answered_with_words_of_its_own(identifier: ActorIdentifier, phrase: str) -> None:
    found = identifier.identify(phrase, "2020-01-01")
    assert found.words is None or found.phrase[found.words.start : found.words.end] == found.words.text
    assert (found.basis == "none") or found.actors or found.alternatives


def dragoman(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dragoman", "actor", *args]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def test_the_command_answers_in_json_and_as_a_table() -> None:
    done = dragoman("Jaishankar", "--on", "2021-03-01")
    answer = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (answer["basis"], answer["actors"][0]["party"], answer["actors"][0]["sector"]) == ("table", "IND", "GOV")
    assert answer["actors"][0]["term"]["start"] == "2019-05-30"
    assert any("2019-05-30" in reason["says"] for reason in answer["why"])
    shown = dragoman("Jaishankar", "--on", "2021-03-01", "--format", "table").stdout
    assert "Subrahmanyam Jaishankar" in shown
    assert "source:" in shown


def test_the_command_reads_phrases_and_rejects_what_is_none() -> None:
    rows = [
        "Moscow",
        '{"phrase": "President Trump", "on": "2022-05-01", "id": 7}',
        "{",
        '{"phrase": " "}',
        "",
        "x" * 2_000,
    ]
    rows.append('{"phrase": "Moscow", "on": "soon"}')
    done = dragoman("-", "--on", "2024-05-01", stdin="\n".join(rows))
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 3
    assert (first["phrase"], first["on"]) == ("Moscow", "2024-05-01")
    assert (second["id"], second["on"], second["actors"][0]["sector"]) == (7, "2022-05-01", "ELI")
    assert [number for number in range(1, 8) if f"line {number}:" in done.stderr] == [3, 4, 6, 7]


@pytest.mark.parametrize(
    ("args", "words"),
    [(("Putin", "--on", "soon"), "soon"), (("",), "1 to 1,000"), (("Putin", "--actors", "none.csv"), "none.csv")],
)
def test_wrong_calls_are_told(args: tuple[str, ...], words: str) -> None:
    done = dragoman(*args)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
