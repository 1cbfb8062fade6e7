"""Deep slots, on hand-written parses: each case names the slots that must be filled, and some that must not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.coding.clauses import ClauseReader
from dragoman.knowledge.lexicon import LightVerb
from dragoman.values import Sentence, Token
from tests.conftest import cases
from tests.lemma_parses import parsed

LIGHT = {"issue": (LightVerb("issue-test", "issue", None, frozenset({"warning"}), "test"),)}


@pytest.mark.parametrize("case", cases("clauses"))
def test_slots(case: dict[str, Any]) -> None:
    sentence = parsed(case["parse"])
    reader = ClauseReader(sentence, LIGHT)
    index = next(token.index for token in sentence.tokens if token.text == case["word"])
    slots = reader.slots(index)
    words = {slot: [sentence.tokens[i].text for i in fillers] for slot, fillers in slots.items()}
    for slot, expected in case["slots"].items():
        assert words.get(slot) == expected, words
    for slot in case.get("absent", ()):
        assert slot not in words, words


_RELATIONS = (
    *("nsubj", "nsubj:pass", "obj", "obl", "conj", "acl:relcl", "acl"),
    *("advcl", "xcomp", "ccomp", "nmod", "compound"),
)


@st.composite
def any_tree(draw: st.DrawFn) -> Sentence:
    """Words under arbitrary heads in arbitrary order, with relations that no parser would give together."""
    size = draw(st.integers(1, 12))
    order = draw(st.permutations(range(size)))
    heads = {index: order[draw(st.integers(0, place - 1))] if place else -1 for place, index in enumerate(order)}
    tokens = tuple(
        Token(
            index, "w", 2 * index, 2 * index + 1, draw(st.sampled_from(("issue", "warning", "which", "w"))),
            draw(st.sampled_from(("VERB", "NOUN", "PRON", "ADP"))), draw(st.sampled_from(("VBN", "VB", "NN"))),
            heads[index], draw(st.sampled_from(_RELATIONS)), "O",
        )
        for index in range(size)
    )  # fmt: skip
    return Sentence(0, "w " * size, 0, 2 * size, 0, tokens)


@settings(max_examples=200, deadline=None)
@given(any_tree())
def test_any_tree_has_slots_of_its_own_words(sentence: Sentence) -> None:
    reader = ClauseReader(sentence, LIGHT)
    for token in sentence.tokens:
        for fillers in reader.slots(token.index).values():
            assert all(0 <= filler < len(sentence.tokens) for filler in fillers)
