"""One list of acts out of two readers: what is kept, whose codes, which parties, and what happens without either."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.coding.acts import Act, SentenceActs
from dragoman.coding.categories import Codes
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.fusion import FusionWeights, candidates_of, fuse, proposals
from dragoman.coding.logistic import CLIP, Logistic, logit, sigmoid
from dragoman.coding.roles import Roles
from dragoman.knowledge import Knowledge, load_knowledge
from dragoman.language.event_network import EventNetwork, TriggerReading
from dragoman.values import Actor, Mention
from tests.compact import read_compact

CATEGORIES = ("CONSULT", "ACCUSE", "ASSAULT")
STATUSES = ("actual", "future", "hypothetical")


@dataclass(frozen=True)
class Labels:
    """What fusion asks of a network: its version and its labels."""

    version: str = "test+0"
    categories: tuple[str, ...] = CATEGORIES
    modes: tuple[tuple[str, str], ...] = (("CONSULT", "visit"), ("ACCUSE", "disapprove"))
    actions: tuple[str, ...] = ("meet", "visit", "criticise", "attack")
    contexts: tuple[str, ...] = ("military",)
    statuses: tuple[str, ...] = STATUSES
    extra: dict[str, str] = field(default_factory=dict)


NETWORK = cast(EventNetwork, Labels())
EVENT = {"network": 1.0, "network_any": 0.0, "lexicon_agrees": 2.0, "lexicon_differs": -1.0, "lexicon_sure": 0.0}
EVENT["lexicon_sides"] = 0.0
PARTY = {
    "head": 0.0,
    "greatest": 1.0,
    "other_role": 0.0,
    "lexicon_same": 1.0,
    "lexicon_other": -1.0,
    "lexicon_none": 0.0,
    **dict.fromkeys(("meeting", "meeting_other_role", "pronoun", "country"), 0.0),
    **{f"slot_{name}": 0.0 for name in ("subject", "object", "owner", "by", "to", "with", "in", "of")},
}
EVEN = FusionWeights(
    event=Logistic(EVENT, 0.0, 0.5),
    actor=Logistic(PARTY, 0.0, 0.5),
    recipient=Logistic(PARTY, 0.0, 0.5),
    home=Logistic({}, 0.0, 0.5),
    agreed=0.5,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def reading(
    word: int, category: str, p: float, actor: int | None = None, recipient: int | None = None
) -> TriggerReading:
    categories = np.full(1 + len(CATEGORIES), (1 - p) / len(CATEGORIES), np.float32)
    categories[1 + CATEGORIES.index(category)] = p
    roles = np.full((2, 4), 0.01, np.float32)
    for row, place in ((0, actor), (1, recipient)):
        if place is not None:
            roles[row, place] = 0.95
    return TriggerReading(
        word=word,
        category=categories,
        modes=np.array([0.9, 0.8], np.float32),
        action=np.array([0.5, 0.1, 0.3, 0.1], np.float32),
        contexts=np.array([0.2], np.float32),
        about=np.array([0.9, 0.1, 0.0, 0.0], np.float32),
        status=np.array([0.9, 0.05, 0.05], np.float32),
        negated=0.1,
        historical=0.1,
        roles=roles,
    )


def told(acts: list[Act], readings: list[TriggerReading]) -> SentenceActs:
    """ "Oslo scolded Lima hard", with both towns as mentions of states."""
    compact = (
        "Oslo|Oslo|PROPN|NNP|2|nsubj scolded|scold|VERB|VBD|0|root Lima|Lima|PROPN|NNP|2|obj hard|hard|ADV|RB|2|advmod"
    )
    _, (sentence,) = read_compact([compact], "2009-01-01")
    mentions = []
    for index, (token, code) in enumerate(((0, "NOR"), (2, "PER"))):
        word = sentence.tokens[token]
        actor = Actor(code, code, code, code, None)
        mentions.append(Mention(index, 0, word.text, word.start, word.end, token, "country", (actor,)))
    return SentenceActs(ClauseReader(sentence, {}), tuple(mentions), tuple(acts), tuple(readings))


def act(category: str, roles: Roles | None = None) -> Act:
    codes = Codes(category, (), (), "111", 3, -2.0, None, ())
    return Act(
        0,
        1,
        1,
        1,
        frozenset({1}),
        frozenset(),
        codes,
        roles or Roles((0,), (1,)),
        "actual",
        False,
        False,
        None,
        0.8,
        (),
    )


def test_the_network_alone_finds_an_act_with_its_parties(knowledge: Knowledge) -> None:
    [found] = fuse(told([], [reading(1, "ACCUSE", 0.9, actor=0, recipient=2)]), NETWORK, EVEN, knowledge)
    assert (found.codes.event, found.codes.modes, found.codes.quad) == ("ACCUSE", ("disapprove",), 3)
    assert (found.roles.actors, found.roles.recipients) == ((0,), (1,))
    assert found.confidence == pytest.approx(0.9, abs=0.01)


def test_an_unlikely_reading_is_no_act(knowledge: Knowledge) -> None:
    assert fuse(told([], [reading(1, "ACCUSE", 0.3)]), NETWORK, EVEN, knowledge) == []


def test_the_lexicon_lifts_what_the_network_doubts(knowledge: Knowledge) -> None:
    [found] = fuse(told([act("ACCUSE")], [reading(1, "ACCUSE", 0.3, actor=0)]), NETWORK, EVEN, knowledge)
    assert found.codes.cameo == "111"  # the row's own code stays
    assert found.confidence > 0.5


def test_the_network_overrules_another_category(knowledge: Knowledge) -> None:
    [found] = fuse(told([act("CONSULT")], [reading(1, "ASSAULT", 0.97)]), NETWORK, EVEN, knowledge)
    assert found.codes.event == "ASSAULT"
    assert ("CONSULT", pytest.approx(0.07, abs=0.1)) in [
        alternative for step in found.steps for alternative in step.alternatives
    ]


def test_without_the_network_the_lexicon_must_be_believed(knowledge: Knowledge) -> None:
    assert fuse(told([act("ACCUSE")], []), NETWORK, EVEN, knowledge) == []


def test_statements_of_the_lexicon_stay(knowledge: Knowledge) -> None:
    [found] = fuse(told([act("STATEMENT")], []), NETWORK, EVEN, knowledge)
    assert found.codes.event == "STATEMENT"


def test_one_mention_has_one_part(knowledge: Knowledge) -> None:
    both = reading(1, "ACCUSE", 0.9, actor=0, recipient=0)
    [found] = fuse(told([], [both]), NETWORK, EVEN, knowledge)
    assert not set(found.roles.actors) & set(found.roles.recipients)


def test_an_act_and_a_reading_at_its_words_are_one_candidate() -> None:
    readings = [reading(1, "ACCUSE", 0.9), reading(0, "CONSULT", 0.4)]
    found = candidates_of(told([act("ACCUSE")], readings), NETWORK)
    assert [(c.word, c.act is not None, c.reading is not None) for c in found] == [(0, False, True), (1, True, True)]


def test_a_verb_and_its_word_are_one_act() -> None:
    [found] = candidates_of(told([act("ACCUSE")], [reading(3, "ACCUSE", 0.9)]), NETWORK)  # "scolded hard"
    assert (found.word, found.act is not None, found.reading is not None) == (1, True, True)


def test_a_trigger_of_two_words_is_one_reading() -> None:
    found = candidates_of(told([], [reading(1, "ACCUSE", 0.9), reading(2, "ACCUSE", 0.6)]), NETWORK)
    assert [candidate.word for candidate in found] == [1]


def test_the_lexicons_category_is_always_weighed() -> None:
    [candidate] = candidates_of(told([act("RETREAT")], [reading(1, "ACCUSE", 0.9)]), NETWORK)
    assert "RETREAT" in proposals(candidate, NETWORK)


@given(st.floats(0, 1))
def test_logits_are_bounded_and_undone(p: float) -> None:
    assert -CLIP <= logit(p) <= CLIP
    if 0.01 < p < 0.99:
        assert sigmoid(logit(p)) == pytest.approx(p)


@settings(deadline=None)  # the tables load within the first example
@given(p=st.floats(0.02, 0.97), more=st.floats(0.0, 0.02))
def test_a_likelier_reading_never_loses_confidence(p: float, more: float, knowledge: Knowledge) -> None:
    low = fuse(told([act("ACCUSE")], [reading(1, "ACCUSE", p)]), NETWORK, EVEN, knowledge)
    high = fuse(told([act("ACCUSE")], [reading(1, "ACCUSE", p + more)]), NETWORK, EVEN, knowledge)
    assert len(high) >= len(low)


def test_a_word_of_the_lexicons_row_is_no_act_of_its_own(knowledge: Knowledge) -> None:
    outer = replace(act("ACCUSE"), consumed=frozenset({3}))  # as the demand in "dropped its demand"
    readings = [reading(1, "ACCUSE", 0.95), reading(3, "CONSULT", 0.97, actor=0)]
    assert [found.codes.event for found in fuse(told([outer], readings), NETWORK, EVEN, knowledge)] == ["ACCUSE"]


def test_somebody_elses_act_in_such_a_word_stays(knowledge: Knowledge) -> None:
    outer = replace(act("ACCUSE", Roles((0,), (1,))), consumed=frozenset({3}))
    readings = [reading(1, "ACCUSE", 0.95, actor=0, recipient=2), reading(3, "CONSULT", 0.97, actor=2)]
    assert len(fuse(told([outer], readings), NETWORK, EVEN, knowledge)) == 2


def test_a_sanction_of_nobody_is_none_where_the_network_alone_reads_it(knowledge: Knowledge) -> None:
    network = cast(
        EventNetwork,
        Labels(categories=("CONSULT", "SANCTION", "ASSAULT"), actions=("meet", "impose-sanctions", "attack", "visit")),
    )
    said = reading(1, "ACCUSE", 0.97, actor=0)  # the second category, here SANCTION
    assert fuse(told([], [said]), network, EVEN, knowledge) == []
    whom = reading(1, "ACCUSE", 0.97, actor=0, recipient=2)
    assert [found.codes.event for found in fuse(told([], [whom]), network, EVEN, knowledge)] == ["SANCTION"]
