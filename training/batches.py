"""Examples -> tensors: word pieces, shapes, light augmentation, and batches of like length.

Every epoch's order and augmentation come from (seed, epoch) alone, so that a run can go on from any step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from dragoman.language.marks import MARKS
from dragoman.language.pieces import CLS, LONGEST_WORD, MASK, SEP, UNKNOWN, word_shape, wordpieces
from training.corpora import ENTITY_LABELS, Example

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Labels:
    """The label lists, in the order of the network's outputs."""

    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    relations: tuple[str, ...]
    entities: tuple[str, ...] = ENTITY_LABELS


def labels_of(examples: Sequence[Example]) -> Labels:
    """All labels that the training part uses, sorted."""
    return Labels(
        tuple(sorted({tag for example in examples for tag in example.upos})),
        tuple(sorted({tag for example in examples for tag in example.xpos})),
        tuple(sorted({relation for example in examples for relation in example.relations})),
    )


class Encoding:
    """Turns examples into tensors; remembers the pieces of each word."""

    def __init__(self, vocabulary: dict[str, int], labels: Labels) -> None:
        self.labels = labels
        self.special = {name: vocabulary[name] for name in (CLS, SEP, MASK, UNKNOWN)}
        self._tokenizer = wordpieces(vocabulary)
        self._pieces: dict[str, list[int]] = {mark: [vocabulary[mark]] for mark in MARKS if mark in vocabulary}
        self._index = {
            "upos": {label: n for n, label in enumerate(labels.upos)},
            "xpos": {label: n for n, label in enumerate(labels.xpos)},
            "relations": {label: n for n, label in enumerate(labels.relations)},
            "entities": {label: n for n, label in enumerate(labels.entities)},
        }

    def pieces(self, word: str) -> list[int]:
        """The ids of a word's first pieces, at least one."""
        known = self._pieces.get(word)
        if known is None:
            known = self._tokenizer.encode(word, add_special_tokens=False).ids[:LONGEST_WORD]
            known = self._pieces[word] = known or [self.special[UNKNOWN]]
        return known

    def length(self, example: Example) -> int:
        return 2 + sum(len(self.pieces(word)) for word in example.words)

    def inputs(
        self, sentences: Sequence[Sequence[str]], masked: Sequence[frozenset[int]] | None = None
    ) -> dict[str, np.ndarray]:
        """The network's inputs for sentences of words; words of the index sets in `masked` are hidden behind [MASK]."""
        pieces = [[self.pieces(word) for word in sentence] for sentence in sentences]
        longest = max(2 + sum(map(len, sentence)) for sentence in pieces)
        words = max(len(sentence) for sentence in sentences)
        size = len(sentences)
        ids = np.zeros((size, longest), np.int64)
        mask = np.zeros((size, longest), np.int64)
        shapes = np.zeros((size, longest), np.int64)
        first = np.zeros((size, words), np.int64)
        for row, sentence in enumerate(pieces):
            at = 1
            ids[row, 0] = self.special[CLS]
            for column, found in enumerate(sentence):
                if masked is not None and column in masked[row]:
                    found = [self.special[MASK]]
                ids[row, at : at + len(found)] = found
                shapes[row, at : at + len(found)] = word_shape(sentences[row][column])
                first[row, column] = at
                at += len(found)
            ids[row, at] = self.special[SEP]
            mask[row, : at + 1] = 1
        return {"ids": ids, "mask": mask, "shapes": shapes, "first": first}

    def batch(self, examples: Sequence[Example], masked: Sequence[frozenset[int]] | None = None) -> dict[str, Tensor]:
        """Tensors of a batch; words of the index sets in `masked` are hidden behind [MASK]."""
        words = max(len(example.words) for example in examples)
        size = len(examples)
        gold = {
            name: np.full((size, words), IGNORED, np.int64)
            for name in ("upos", "xpos", "heads", "relations", "entities", "rough_entities")
        }
        share = np.zeros((size, words), np.float32)
        weight = np.zeros((size, words), np.float32)
        for row, example in enumerate(examples):
            count = len(example.words)
            gold["heads"][row, :count] = example.heads
            for name, values in (
                ("upos", example.upos),
                ("xpos", example.xpos),
                ("relations", example.relations),
                ("entities", example.entities),
                ("rough_entities", example.rough_entities),
            ):
                if values is not None:
                    index = self._index[name.removeprefix("rough_")]
                    gold[name][row, :count] = [index.get(value, IGNORED) for value in values]
            for column, target, sure in example.happened:
                share[row, column], weight[row, column] = target, sure
        arrays: dict[str, np.ndarray] = {**self.inputs([e.words for e in examples], masked), **gold}
        arrays |= {"share": share, "weight": weight}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


CASES: tuple[tuple[float, Callable[[str], str]], ...] = (
    (0.03, str.upper),
    (0.03, str.lower),
    (0.05, lambda word: word[:1].upper() + word[1:]),
)


def augmented(example: Example, rng: np.random.Generator) -> Example:
    """Sometimes another case throughout (headlines, mails), sometimes no final stop."""
    draw, low = rng.random(), 0.0
    for chance, change in CASES:
        if low <= draw < low + chance:
            example = replace(example, words=tuple(change(word) for word in example.words))
        low += chance
    last = len(example.words)
    if rng.random() < 0.06 and last > 2 and example.upos[-1] == "PUNCT" and last not in example.heads:
        example = replace(
            example,
            words=example.words[:-1],
            upos=example.upos[:-1],
            xpos=example.xpos[:-1],
            heads=example.heads[:-1],
            relations=example.relations[:-1],
            entities=example.entities and example.entities[:-1],
            rough_entities=example.rough_entities and example.rough_entities[:-1],
            happened=tuple(item for item in example.happened if item[0] < last - 1),
        )
    return example


def grouped(lengths: Sequence[int], budget: int, rng: np.random.Generator | None) -> list[list[int]]:
    """Indices in batches of at most `budget` padded pieces; of like length, in random order if `rng` is given."""
    noise = rng.uniform(0.85, 1.15, len(lengths)) if rng is not None else np.ones(len(lengths))
    groups: list[list[int]] = []
    group: list[int] = []
    longest = 0
    for index in np.argsort(np.asarray(lengths) * noise, kind="stable"):
        longest = max(longest, lengths[index])
        if group and longest * (len(group) + 1) > budget:
            groups.append(group)
            group, longest = [], lengths[index]
        group.append(int(index))
    if group:
        groups.append(group)
    if rng is not None:
        rng.shuffle(groups)
    return groups


def hidden_words(example: Example, rate: float, rng: np.random.Generator) -> frozenset[int]:
    """A random choice of words to hide behind [MASK]."""
    return frozenset(np.flatnonzero(rng.random(len(example.words)) < rate).tolist())
