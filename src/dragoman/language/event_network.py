"""Runs the event network: sentences of words -> words that trigger events, and what a marked pair of parties does.

In: sentences as sequences of words, one call an article; or one sentence with two ranges of words. Out: the words of
each sentence that may trigger an event, with probabilities of category, action, modes, contexts, status and parties;
or probabilities of categories and modes for the pair. `training/event_export.py` writes the model.

It reads a sentence without its neighbours, and knows no actors: which words name whom is found elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.language.marks import marked
from dragoman.language.models import Model, load_model
from dragoman.language.pieces import Pieces

MANIFEST = "events.json"
LEAST = 0.02  # a word less likely to trigger an event is not looked at
LONGEST_PAIR = 360  # pieces of a sentence with a marked pair; a longer one is cut around the marks

_BY_WORD = ["category", "modes", "action", "contexts", "about", "status", "flags", "roles"]
_BY_PAIR = ["pair_category", "pair_modes", "pair_action"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TriggerReading:
    """What the network says of one word as a trigger; all are probabilities, the lists in the order of
    `EventNetwork`'s labels.

    `category` begins with "no event", `about` with "no act inside". `roles` has two rows (actor, recipient) and a
    column for each word of the sentence.
    """

    word: int
    category: Floats
    modes: Floats
    action: Floats
    contexts: Floats
    about: Floats
    status: Floats
    negated: float
    historical: float
    roles: Floats


@dataclass(frozen=True, slots=True)
class PairReading:
    """What a first party does to a second: probabilities of categories (they leave room for "nothing"), modes,
    actions.
    """

    categories: Mapping[str, float]
    modes: Mapping[tuple[str, str], float]
    actions: Mapping[str, float]


class EventNetwork:
    """The event network, loaded once. One object may not be used by two threads at a time."""

    def __init__(self, model: Model) -> None:
        labels = model.manifest["labels"]
        self.manifest = model.manifest
        self.version = model.version
        self.categories: tuple[str, ...] = tuple(labels["categories"])
        self.modes: tuple[tuple[str, str], ...] = tuple(tuple(name.split("/", 1)) for name in labels["modes"])
        self.actions: tuple[str, ...] = tuple(labels["actions"])
        self.contexts: tuple[str, ...] = tuple(labels["contexts"])
        self.statuses: tuple[str, ...] = tuple(labels["statuses"])
        self._session = model.session
        self._pieces = Pieces(model.vocabulary)

    @classmethod
    def load(cls, path: Path | None = None, *, threads: int = 1) -> EventNetwork:
        """Load the shipped model, or the one in the folder `path`. Raises `ModelError` if it is missing or damaged."""
        return cls(load_model(MANIFEST, path, threads=threads))

    def read(self, sentences: Sequence[Sequence[str]]) -> list[list[TriggerReading]]:
        """The possible triggers of each sentence of one article, in the order of their words.

        Batches never cross a call. A sentence of more than 382 pieces is read in windows, and parties are looked for
        within a window.
        """
        found: list[list[TriggerReading]] = [[] for _ in sentences]
        for batch, feed in self._pieces.batched(sentences):
            marks = np.zeros((len(batch), 2), np.int64)
            out = dict(zip(_BY_WORD, self._session.run(_BY_WORD, {**feed, "marks": marks}), strict=True))
            likely = (1.0 - out["category"][:, :, 0] >= LEAST) & (feed["first"] > 0)
            for row, at in zip(*(axis.tolist() for axis in np.nonzero(likely)), strict=True):
                window = batch[row]
                length = len(sentences[window.sentence])
                found[window.sentence].append(_reading(out, row, at, window.start, window.end, length))
        for readings in found:
            readings.sort(key=lambda reading: reading.word)
        return found

    def classify(self, words: Sequence[str], first: tuple[int, int], second: tuple[int, int]) -> PairReading:
        """What the party in the half-open range `first` does to that in `second`; the ranges hold at least one word
        each.
        """
        words, first, second = self._cut(words, first, second)
        sentence, places = marked(words, first, second)
        feed = self._pieces.with_marks(sentence)
        marks = feed["first"][:, list(places)]
        category, modes, action = self._session.run(_BY_PAIR, {**feed, "marks": marks})
        return PairReading(
            dict(zip(self.categories, category[0, 1:].tolist(), strict=True)),
            dict(zip(self.modes, modes[0].tolist(), strict=True)),
            dict(zip(self.actions, action[0].tolist(), strict=True)),
        )

    def _cut(
        self, words: Sequence[str], first: tuple[int, int], second: tuple[int, int]
    ) -> tuple[Sequence[str], tuple[int, int], tuple[int, int]]:
        """A sentence too long to be read whole, cut to words around the two parties."""
        lengths = [len(self._pieces.of(word)[0]) for word in words]
        low, high = 0, len(words)
        inner = min(first[0], second[0]), max(first[1], second[1])
        while sum(lengths[low:high]) > LONGEST_PAIR and (low < inner[0] or high > inner[1]):
            if inner[0] - low > high - inner[1]:
                low += 1
            else:
                high -= 1
        while sum(lengths[low:high]) > LONGEST_PAIR and high > low + 2:
            high -= 1  # the parties themselves fill more than can be read

        def moved(side: tuple[int, int]) -> tuple[int, int]:
            start = min(side[0], high - 1) - low
            return start, max(start + 1, min(side[1], high) - low)

        return words[low:high], moved(first), moved(second)


def _reading(out: dict[str, Any], row: int, at: int, start: int, end: int, length: int) -> TriggerReading:
    roles = np.zeros((2, length), np.float32)
    roles[:, start:end] = out["roles"][row, :, at, : end - start]
    return TriggerReading(
        word=start + at,
        category=out["category"][row, at].copy(),
        modes=out["modes"][row, at].copy(),
        action=out["action"][row, at].copy(),
        contexts=out["contexts"][row, at].copy(),
        about=out["about"][row, at].copy(),
        status=out["status"][row, at].copy(),
        negated=float(out["flags"][row, at, 0]),
        historical=float(out["flags"][row, at, 1]),
        roles=roles,
    )
