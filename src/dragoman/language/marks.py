"""Marks around two parties of a sentence, for the classifier of pairs. In: words and two ranges. Out: words with four
marks.

The marks are unused pieces of the encoder's vocabulary, so no text holds them as words of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

OPENING_FIRST, CLOSING_FIRST = "[unused0]", "[unused1]"
OPENING_SECOND, CLOSING_SECOND = "[unused2]", "[unused3]"
MARKS = (OPENING_FIRST, CLOSING_FIRST, OPENING_SECOND, CLOSING_SECOND)


def marked(
    words: Sequence[str], first: tuple[int, int], second: tuple[int, int]
) -> tuple[tuple[str, ...], tuple[int, int]]:
    """The words with marks around the half-open ranges, and the indices of the two opening marks. Ranges may nest."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    ranges = ((first, OPENING_FIRST, CLOSING_FIRST), (second, OPENING_SECOND, CLOSING_SECOND))
    for (start, end), left, right in sorted(ranges, key=lambda item: (item[0][0], -item[0][1])):
        opening.setdefault(start, []).append(left)
        closing.setdefault(end, []).insert(0, right)
    found: list[str] = []
    for index in range(len(words) + 1):
        found += closing.get(index, ())
        found += opening.get(index, ())
        if index < len(words):
            found.append(words[index])
    return tuple(found), (found.index(OPENING_FIRST), found.index(OPENING_SECOND))
