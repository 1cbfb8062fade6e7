"""Words into the encoder's pieces, sentences into windows, windows into batches: what every network is fed with.

In: sentences as sequences of words, one call an article. Out: batches of arrays, each with the windows that it holds.
Batches never cross a call, because int8 scales are taken over a batch: so the same sentences in one call give the
same bytes.

The encoder is uncased: case reaches it only through the shape of words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from dragoman.language.marks import MARKS

Arrays = dict[str, NDArray[np.int64]]

UNKNOWN, CLS, SEP, MASK = "[UNK]", "[CLS]", "[SEP]", "[MASK]"
# Of a very long word (an address, a hash) only the first pieces are read: one is pooled, the rest are context.
LONGEST_WORD = 16
LONGEST_SPELLING = 400
# Training sentences have at most 159 words; beyond this many pieces a sentence is cut.
LONGEST_WINDOW = 382
# Padded pieces a batch. Speed is flat from 256 to 1,024 (docs/models.md); memory grows with it.
BATCH = 512
# What starting a batch costs, in pieces (1.2 ms against 0.17 ms a piece when measured).
BATCH_COST = 8
# Words whose pieces are remembered; the memory is emptied when it is full.
REMEMBERED = 50_000
# A cut is looked for in the last part of a window, after one of these, or else where the window ends.
CUTS = frozenset(".;:!?,|\u2022\u2013\u2014-")

OTHER, LOWER, TITLE, UPPER, INITIAL, MIXED, DIGITS, ALNUM, SYMBOL, JOINED, CASELESS, DOTTED = range(12)


def word_shape(word: str) -> int:
    """One of 12 classes of spelling: the encoder is uncased, so that case reaches it only here.

    0 is for what is not a word. The meaning of the numbers is fixed by training.
    """
    if word.isalpha():
        if word.islower():
            return LOWER
        if word.isupper():
            return UPPER if len(word) > 1 else INITIAL
        if word[0].isupper() and word[1:].islower():
            return TITLE
        return MIXED if word.lower() != word.upper() else CASELESS
    letters = "".join(filter(str.isalpha, word))
    if not letters:
        return DIGITS if any(map(str.isdigit, word)) else SYMBOL
    if any(map(str.isdigit, word)):
        return ALNUM
    if letters.isupper():
        return DOTTED
    return LOWER if not word[0].isupper() else JOINED


def wordpieces(vocabulary: Mapping[str, int]) -> Tokenizer:
    """The encoder's own uncased word-piece splitter."""
    tokenizer = Tokenizer(WordPiece(dict(vocabulary), unk_token=UNKNOWN))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive words of a sentence that one run of the network reads; `pieces` counts its pieces, marks of the
    ends too.
    """

    pieces: int
    sentence: int
    start: int
    end: int


class Pieces:
    """Splits words into pieces and remembers them; holds a vocabulary. One object may not be used by two threads."""

    def __init__(self, vocabulary: str) -> None:
        """`vocabulary`: a piece a line, its id being the number of the line."""
        ids = {piece: number for number, piece in enumerate(vocabulary.splitlines())}
        self._unknown, self._cls, self._sep = ids[UNKNOWN], ids[CLS], ids[SEP]
        self._marks = {mark: ids[mark] for mark in MARKS if mark in ids}
        self._tokenizer = wordpieces(ids)
        self._known: dict[str, tuple[list[int], int]] = {}

    def of(self, word: str) -> tuple[list[int], int]:
        """The piece ids of a word (at least one) and its shape."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            # Far more characters than the kept pieces can hold are not split; half a surrogate pair cannot be.
            word = word[:LONGEST_SPELLING].encode("utf-8", "replace").decode("utf-8")
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids[:LONGEST_WORD]
            known = self._known[word] = (ids or [self._unknown], word_shape(word) if word else OTHER)
        return known

    def batched(self, sentences: Sequence[Sequence[str]]) -> Iterator[tuple[list[Window], Arrays]]:
        """Batches of about 512 pieces, of like length; sentences of more than 382 pieces are cut at punctuation."""
        pieces = [[self.of(word) for word in sentence] for sentence in sentences]
        found: list[Window] = []
        for number, sentence in enumerate(pieces):
            for start, end in windows([len(ids) for ids, _ in sentence], sentences[number]):
                found.append(Window(sum(len(ids) for ids, _ in sentence[start:end]) + 2, number, start, end))
        found.sort(key=lambda w: (w.pieces, w.sentence, w.start))
        for batch in batches(found):
            yield batch, self._arrays([pieces[w.sentence][w.start : w.end] for w in batch], batch[-1].pieces)

    def with_marks(self, words: Sequence[str]) -> Arrays:
        """One sentence whose marks (`marks.py`) are pieces of their own."""
        row = [([self._marks[w]], word_shape(w)) if w in self._marks else self.of(w) for w in words]
        return self._arrays([row], sum(len(ids) for ids, _ in row) + 2)

    def _arrays(self, rows: list[list[tuple[list[int], int]]], longest: int) -> Arrays:
        size, words = len(rows), max(map(len, rows))
        ids = np.zeros((size, longest), np.int64)
        mask = np.zeros((size, longest), np.int64)
        shapes = np.zeros((size, longest), np.int64)
        first = np.zeros((size, words), np.int64)
        for row, sentence in enumerate(rows):
            flat, spelt, starts = [self._cls], [OTHER], []
            for numbers, shape in sentence:
                starts.append(len(flat))
                flat += numbers
                spelt += [shape] * len(numbers)
            flat.append(self._sep)
            ids[row, : len(flat)] = flat
            mask[row, : len(flat)] = 1
            shapes[row, : len(spelt)] = spelt
            first[row, : len(starts)] = starts
        return {"ids": ids, "mask": mask, "shapes": shapes, "first": first}


def windows(lengths: Sequence[int], words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Consecutive (start, end) of words with at most `LONGEST_WINDOW` pieces, cut after punctuation where possible."""
    if not lengths:
        return
    start = used = 0
    for index, length in enumerate(lengths):
        if used + length > LONGEST_WINDOW:
            end = index
            for back in range(index - 1, start + (index - start) * 2 // 3, -1):
                if words[back] in CUTS:
                    end = back + 1
                    break
            yield start, end
            start, used = end, sum(lengths[end:index])
        used += length
    yield start, len(lengths)


def batches(found: list[Window]) -> Iterator[list[Window]]:
    """Groups of windows, given in order of length, of at most `BATCH` padded pieces each, and at least one window.

    A group also ends where going on would cost more padding than a batch of its own does (`BATCH_COST`).
    """
    group: list[Window] = []
    for window in found:
        longer = window.pieces - group[-1].pieces if group else 0
        if group and (window.pieces * (len(group) + 1) > BATCH or longer * len(group) > BATCH_COST):
            yield group
            group = []
        group.append(window)
    if group:
        yield group
