"""Sentences: cases as data, and what must hold for any text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.splitting import LONGEST, Splitter
from dragoman.values import Span
from tests.conftest import cases
from tests.fuzzing import check_splitting

SPLITTER = Splitter(load_wordlists())
MARKS = st.sampled_from(list(".!?…\"'”’()[] \n\r\t:;-–—•aAbB1é😀\u202b\u202c。")) | st.sampled_from(
    ["U.S. ", "Gen. ", "\r\n", "\n\n", "MR VOSS: ", "...", " p.m. ", "al-Nur ", "The ", "word "]
)


@pytest.mark.parametrize("case", cases("sentences"))
def test_cases(case: dict[str, Any]) -> None:
    spans = SPLITTER.split(case["text"])
    assert [case["text"][span.start : span.end] for span in spans] == case["expected"]
    if "paragraphs" in case:
        assert [span.paragraph for span in spans] == case["paragraphs"]


@settings(deadline=None)
@given(st.lists(MARKS, max_size=80).map("".join) | st.text(st.characters(exclude_categories=()), max_size=300))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    check_splitting(text)


@pytest.mark.parametrize("case", cases("fuzz/splitting"), ids=lambda case: case["id"])
def test_what_fuzzing_found_stays_mended(case: dict[str, Any]) -> None:
    check_splitting(case["text"] * case.get("times", 1))


def test_body_bounds_the_sentences() -> None:
    text = "LIMA - One came. Two left. (AP)"
    body = Span("One came. Two left.", 7, 26)
    assert [text[span.start : span.end] for span in SPLITTER.split(text, body)] == ["One came.", "Two left."]


@pytest.mark.parametrize(
    "unit",
    [".", "a", ". ", "\n", "a ", "!", '"', " ", "A. ", "1. ", "AB: ", "([", "a\n", "Mr. ", '?" ', ". . ", "•", "\r"],
)
def test_a_million_characters_take_linear_time(unit: str) -> None:
    """4 times the text, under 16 times the time: a wide margin for a busy machine."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        SPLITTER.split(text)
        return time.process_time() - began

    short = max(seconds(250_000), 0.02)
    assert seconds(1_000_000) < 16 * short


def test_overlong_sentences_are_cut_at_spaces() -> None:
    text = "word " * 5_000
    spans = SPLITTER.split(text)
    assert len(spans) > 10
    assert all(span.end - span.start <= LONGEST for span in spans)
    assert {piece for span in spans for piece in text[span.start : span.end].split()} == {"word"}


def test_a_word_is_never_cut() -> None:
    text = "x" * (3 * LONGEST)
    assert [(span.start, span.end) for span in SPLITTER.split(text)] == [(0, len(text))]
