"""Which words name an actor: cases of tests/cases/mentions.jsonl, and what must hold of all mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.coding.identity import identify
from dragoman.coding.mentions import find_mentions
from dragoman.coding.spotting import Towns
from dragoman.knowledge.actors import ActorTables, load_actors
from dragoman.knowledge.mention_cues import MentionCues, check_mention_cues, load_mention_cues
from dragoman.knowledge.offices import OfficeTables, load_offices
from dragoman.knowledge.places import PlaceEntry
from dragoman.values import Mention, Sentence
from tests.conftest import cases
from tests.parses import parsed


@dataclass(frozen=True, slots=True)
class Tables:
    """The part of the knowledge that mentions need."""

    actors: ActorTables
    offices: OfficeTables
    cues: MentionCues
    places: Towns


class FewTowns:
    """A gazetteer of three towns, so that no built file is needed."""

    _rows = (
        ("Lyon", "FRA", 520_774),
        ("Springfield", "USA", 170_188),
        ("Springfield", "CAN", 90_000),
        ("Kashmir", "IND", 1_000_000),
    )

    def named(self, name: str, /) -> tuple[PlaceEntry, ...]:
        """The rows of that very name."""
        return tuple(
            PlaceEntry(number, town, country, "", 0.0, 0.0, people, "place", False)
            for number, (town, country, people) in enumerate(self._rows, start=1)
            if town == name
        )


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(load_actors(), load_offices(), load_mention_cues(), FewTowns())


@pytest.mark.parametrize("case", cases("mentions"))
def test_case(case: dict[str, Any], tables: Tables) -> None:
    article, sentences = parsed(case["sentences"], case.get("published"))
    found = find_mentions(sentences, tables)
    said = [[m.text, m.kind, sentences[m.sentence].tokens[m.head].text] for m in found]
    assert said == case["expected"], case["why"]
    assert all(article.text[m.start : m.end] == m.text for m in found)


@pytest.mark.parametrize("case", [*cases("mentions"), *cases("identity")])
def test_spans_nest_and_heads_are_unique(case: dict[str, Any], tables: Tables) -> None:
    _, sentences = parsed(case["sentences"], case.get("published"))
    check_spans(sentences, find_mentions(sentences, tables))


def check_spans(sentences: Sequence[Sentence], found: Sequence[Mention]) -> None:
    """Numbers in order, heads unique and inside their spans, spans nested or apart."""
    assert [m.index for m in found] == list(range(len(found)))
    heads = [(m.sentence, m.head) for m in found]
    assert len(heads) == len(set(heads))
    for one in found:
        token = sentences[one.sentence].tokens[one.head]
        assert one.start <= token.start < token.end <= one.end
        for other in found:
            apart = one.end <= other.start or other.end <= one.start
            inside = one.start <= other.start and other.end <= one.end
            around = other.start <= one.start and one.end <= other.end
            assert apart or inside or around


TEXT = (
    "Russian President Vladimir Putin met his Chinese counterpart in Beijing , and the two leaders of France 's "
    "foreign ministry said it would attack US forces ( ROK ) Secretary of State for Yemen both nations ex-president"
)
WORDS = TEXT.split()
RELATIONS = (
    "nsubj",
    "obj",
    "flat",
    "compound",
    "amod",
    "nmod",
    "nmod:poss",
    "nmod:desc",
    "conj",
    "cc",
    "case",
    "appos",
)
TAGS = (
    ("NOUN", "NN"),
    ("PROPN", "NNP"),
    ("NOUN", "NNS"),
    ("ADJ", "JJ"),
    ("PRON", "PRP"),
    ("VERB", "VBD"),
    ("ADP", "IN"),
)
LABELS = ("O", "O", "B-PER", "B-LOC", "B-ORG")


@st.composite
def nonsense(draw: st.DrawFn) -> str:
    """A sentence of words that matter here, under a tree that makes no sense."""
    count = draw(st.integers(1, 14))
    order = draw(st.permutations(range(count)))
    heads = [-1] * count
    for place in range(1, count):
        heads[order[place]] = order[draw(st.integers(0, place - 1))]
    cells = []
    for index in range(count):
        upos, xpos = draw(st.sampled_from(TAGS))
        relation = "root" if heads[index] < 0 else draw(st.sampled_from(RELATIONS))
        cell = [draw(st.sampled_from(WORDS)), upos, xpos, str(heads[index]), relation, draw(st.sampled_from(LABELS))]
        cells.append("/".join(cell))
    return " ".join(cells)


@given(lines=st.lists(nonsense(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_broken_trees_break_nothing(tables: Tables, lines: list[str]) -> None:
    article, sentences = parsed(lines, "2024-01-01")
    found = identify(article, sentences, find_mentions(sentences, tables), tables)
    check_spans(sentences, found)
    for mention in found:
        assert mention.index not in mention.antecedents
        assert len(set(mention.actors)) == len(mention.actors)


def test_no_sentences_no_mentions(tables: Tables) -> None:
    assert find_mentions((), tables) == ()


def test_tables_of_cues_are_sound() -> None:
    assert check_mention_cues(load_mention_cues()) == []
