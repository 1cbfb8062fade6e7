"""Where an article quotes, and where it is a transcript: words between quotation marks, and labels of speakers.

In: the sentences of an article. Out: quotations, each as ranges of token indices by sentence; and labels such as
"MR PRICE:" at the head of a sentence. Method: one scan from mark to mark; a straight mark opens or closes by the side
on which a space stands; a paragraph that opens with a mark continues a quotation that was not closed.

It cannot see quotations between single marks, which look like apostrophes, and gives up one that is never closed at
the end of its paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.values import Sentence

OPENING = frozenset({"“", "``", "«", "„"})
CLOSING = frozenset({"”", "»"})
STRAIGHT = frozenset({'"', "＂", "''"})
MARKS = OPENING | CLOSING | STRAIGHT
_LONGEST_LABEL = 9  # words before the colon of a label
_SPACE_BEFORE = frozenset(" \t\n\r([{—–-")


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a quotation that stands in one sentence: token indices, half-open, marks left out."""

    sentence: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's label at the head of a sentence; `colon` is the index of the token that ends it."""

    sentence: int
    colon: int


def find_quotations(sentences: Sequence[Sentence]) -> tuple[tuple[Piece, ...], ...]:
    """Each quotation as its pieces, in order; a piece holds at least one token."""
    found: list[tuple[Piece, ...]] = []
    pieces: list[Piece] = []
    opened: int | None = None  # the token after the mark that is open, in the present sentence
    paragraph = -1
    for place, sentence in enumerate(sentences):
        marks = [token.index for token in sentence.tokens if token.text in MARKS]
        if sentence.paragraph != paragraph and opened is not None:
            if marks and marks[0] == 0 and _side(sentence, 0) != "close":
                opened = 1  # a further paragraph of the same quotation
                del marks[0]
            else:
                _close(found, pieces)
                opened = None
        paragraph = sentence.paragraph
        for mark in marks:
            if opened is None:
                if _side(sentence, mark) != "close":
                    opened = mark + 1
            elif _side(sentence, mark) == "open":
                _add(pieces, place, opened, mark)
                _close(found, pieces)
                opened = mark + 1
            else:
                _add(pieces, place, opened, mark)
                _close(found, pieces)
                opened = None
        if opened is not None:
            _add(pieces, place, opened, len(sentence.tokens))
            opened = 0
    if opened is not None:
        _close(found, pieces)
    return tuple(found)


def _side(sentence: Sentence, mark: int) -> str:
    """Whether a mark opens or closes; "either" where neither the mark nor the spaces tell."""
    token = sentence.tokens[mark]
    before, after = token.start - sentence.start - 1, token.end - sentence.start
    space_before = before < 0 or sentence.text[before] in _SPACE_BEFORE
    space_after = after >= len(sentence.text) or not sentence.text[after].isalnum()
    if token.text in OPENING:  # some keyboards close with it too
        return "close" if not space_before and after < len(sentence.text) and sentence.text[after].isspace() else "open"
    if token.text in CLOSING:
        return "close"
    if space_before and not space_after:
        return "open"
    return "close" if space_after and not space_before else "either"


def _add(pieces: list[Piece], sentence: int, first: int, last: int) -> None:
    if first < last:
        pieces.append(Piece(sentence, first, last))


def _close(found: list[tuple[Piece, ...]], pieces: list[Piece]) -> None:
    if pieces:
        found.append(tuple(pieces))
        pieces.clear()


def find_labels(sentences: Sequence[Sentence], known: frozenset[str]) -> tuple[Label, ...]:
    """The labels of a transcript, in order. `known` are labels (lower case) one of which will do; else it takes two."""
    found: list[Label] = []
    certain = False
    for place, sentence in enumerate(sentences):
        colon = _label_end(sentence)
        if colon is not None:
            found.append(Label(place, colon))
            certain = certain or (colon == 1 and sentence.tokens[0].text.lower() in known)
    return tuple(found) if certain or len(found) > 1 else ()


def _label_end(sentence: Sentence) -> int | None:
    """The colon after words in capitals at the head of a sentence that goes on after it."""
    tokens = sentence.tokens
    start = 1 if tokens and tokens[0].text in MARKS else 0
    if len(tokens) < start + 3 or not tokens[start].text[0].isupper():
        return None
    letters = 0
    for token in tokens[start:_LONGEST_LABEL]:
        if token.text == ":":
            return token.index if letters and token.index + 1 < len(tokens) else None
        if token.text != token.text.upper() or token.text.isdigit():
            return None
        letters += token.text.isalpha()
    return None
