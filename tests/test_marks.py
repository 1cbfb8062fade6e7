"""Marks around two parties: they add four words, move none, and tell where each party begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dragoman.language.marks import CLOSING_FIRST, CLOSING_SECOND, MARKS, OPENING_FIRST, OPENING_SECOND, marked

RANGES = st.tuples(st.integers(0, 9), st.integers(1, 10)).map(lambda pair: (min(pair[0], pair[1] - 1), pair[1]))


def test_two_parties_are_marked() -> None:
    words, places = marked(["Oslo", "told", "Lima", "to", "wait"], (0, 1), (2, 3))
    assert " ".join(words) == "[unused0] Oslo [unused1] told [unused2] Lima [unused3] to wait"
    assert places == (0, 4)


def test_a_party_inside_the_other_is_marked_inside() -> None:
    words, _ = marked(["the", "army", "of", "Chad"], (0, 4), (3, 4))
    assert " ".join(words) == "[unused0] the army of [unused2] Chad [unused3] [unused1]"


@given(RANGES, RANGES)
def test_marks_leave_the_words_alone_and_enclose_the_ranges(first: tuple[int, int], second: tuple[int, int]) -> None:
    words = [f"w{n}" for n in range(10)]
    found, places = marked(words, first, second)
    assert [word for word in found if word not in MARKS] == words
    assert found[places[0]] == OPENING_FIRST
    assert found[places[1]] == OPENING_SECOND
    for (start, end), left, right in ((first, OPENING_FIRST, CLOSING_FIRST), (second, OPENING_SECOND, CLOSING_SECOND)):
        inside = found[found.index(left) + 1 : found.index(right)]
        assert [word for word in inside if word not in MARKS] == words[start:end]
