"""Words: cases as data, and what must hold for any text."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.tokens import Tokenizer
from tests.conftest import cases

TOKENIZER = Tokenizer(load_wordlists())
UNSEEN = re.compile(r"[\s\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
PIECES = st.sampled_from(
    [
        "don't",
        "’s",
        "'",
        "’",
        "U.S.",
        ".",
        "...",
        "-",
        "--",
        "anti-",
        "5",
        "bn",
        "%",
        "$",
        "@",
        "a@b.org",
        "http://",
        "www.",
        "/",
        " ",
        "\t",
        "\n",
        "\u202b",
        "\u200d",
        "\u0301",
        "😀",
        "🇳🇴",
        "é",
        "é",
        "مرحبا",
        "नमस्ते",
        "cannot",
        "p.m.",
        "1,000",
        "9/11",
        "#",
        "(",
        ")",
        "[",
        "“",
        "”",
        "&",
        "S.K",
        "said.The",
        "\xad",
        "_",
        "\x00",
        "`",
        "1st",
    ]
)


def words(text: str) -> list[str]:
    return [text[a:b] for a, b in TOKENIZER.tokenize(text, 0, len(text))]


@pytest.mark.parametrize("case", cases("tokens"))
def test_cases(case: dict[str, Any]) -> None:
    assert words(case["text"]) == case["expected"]


@settings(deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_words_cover_the_text_in_order(text: str) -> None:
    spans = TOKENIZER.tokenize(text, 0, len(text))
    end = 0
    for a, b in spans:
        assert end <= a < b
        end = b
    assert "".join(text[a:b] for a, b in spans) == UNSEEN.sub("", text)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_the_range_alone_counts(before: str, text: str, after: str) -> None:
    whole = before + " " + text + " " + after
    start = len(before) + 1
    found = TOKENIZER.tokenize(whole, start, start + len(text))
    assert all(start <= a < b <= start + len(text) for a, b in found)


@pytest.mark.parametrize(
    "unit",
    [".", "a-", "a.", "non-", "'", "1,", "a'", "@", "a@", "a@b.", "www.", "\u0301", "&", "123-", "n't", "a.m.", "A."],
)
def test_a_million_characters_take_linear_time(unit: str) -> None:
    """4 times the text, under 16 times the time: a wide margin for a busy machine."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        TOKENIZER.tokenize(text, 0, len(text))
        return time.process_time() - began

    short = max(seconds(250_000), 0.02)
    assert seconds(1_000_000) < 16 * short
