"""Sentences with events -> tensors for the event network: whole sentences, and sentences with a marked pair of
parties.

In: `EventExample`s and their trees (heads, as the language network reads them). Out: batches of inputs and targets.
Which pairs, which words of a party's phrase are marked, and which words are hidden depend on the random generator
that is handed in alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dragoman.knowledge.ontology import STATEMENT, Ontology
from dragoman.language.marks import marked
from training.batches import IGNORED, Encoding
from training.event_corpus import EventExample, WordEvent, Words

STATUSES = ("actual", "future", "hypothetical")
LONGEST_SIDE = 14  # words of a party's phrase that may stand between marks


@dataclass(frozen=True, slots=True)
class EventLabels:
    """The label lists, in the order of the network's outputs; modes are written CATEGORY/mode."""

    categories: tuple[str, ...]
    modes: tuple[str, ...]
    actions: tuple[str, ...]
    contexts: tuple[str, ...]
    statuses: tuple[str, ...] = STATUSES


def event_labels(ontology: Ontology) -> EventLabels:
    """All that PLOVER has, in the order of the tables; statements are none of it."""
    return EventLabels(
        tuple(c for c in ontology.categories if c != STATEMENT),
        tuple(f"{category}/{mode}" for category, mode in ontology.modes),
        tuple(a.id for a in ontology.actions.values() if a.category != STATEMENT),
        tuple(ontology.contexts),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties of a sentence and what the first does to the second; each side has one or more wordings."""

    words: tuple[str, ...]
    first: tuple[Words, ...]
    second: tuple[Words, ...]
    events: tuple[WordEvent, ...]


def pairs_of(example: EventExample, heads: Sequence[int]) -> tuple[list[Pair], list[Pair]]:
    """The pairs of a sentence between which something happens, and those between which nothing does."""
    sides = sorted({side for event in example.events for side in (*event.actors, *event.recipients)}, key=sorted)
    between: dict[tuple[Words, Words], list[WordEvent]] = {}
    for event in example.events:
        targets: Iterable[tuple[Words, Words]]
        if event.recipients:
            targets = ((a, r) for a in event.actors for r in event.recipients)
        elif len(event.actors) > 1:
            targets = ((a, b) for a in event.actors for b in event.actors if a != b)
        else:
            thing = _object(event, heads)
            targets = ((a, thing) for a in event.actors if thing and not thing & a)
        for pair in targets:
            if not pair[0] & pair[1]:
                between.setdefault(pair, []).append(event)
    busy = [
        Pair(example.words, _wordings(first, heads, events), _wordings(second, heads, events), tuple(events))
        for (first, second), events in between.items()
    ]
    idle = [
        Pair(example.words, (a,), (b,), ())
        for a in sides
        for b in sides
        if a != b and not a & b and (a, b) not in between
    ]
    return busy, idle


def sampled(
    pairs: tuple[Sequence[Pair], Sequence[Pair]], busy: float, idle: float, rng: np.random.Generator
) -> list[Pair]:
    """Some of a sentence's pairs, without repeats: on average `busy` of the first kind, `idle` of the second, if
    there are.
    """
    found: list[Pair] = []
    for kind, wanted in zip(pairs, (busy, idle), strict=True):
        count = min(len(kind), int(wanted) + int(rng.random() < wanted % 1))
        found += [kind[int(n)] for n in rng.permutation(len(kind))[:count]]
    return found


def _subtree(top: int, heads: Sequence[int]) -> Words:
    found = {top}
    grown = True
    while grown:
        more = {n for n, head in enumerate(heads) if head in found and n not in found}
        found |= more
        grown = bool(more)
    return frozenset(found)


def _object(event: WordEvent, heads: Sequence[int]) -> Words:
    """The phrase under the trigger, behind it and nearest to it, where no party is named as acted on."""
    after = [n for n, head in enumerate(heads) if head == event.trigger and n > max(event.trigger_words)]
    for child in after:
        phrase = _subtree(child, heads)
        if 1 <= len(phrase) <= LONGEST_SIDE and not any(phrase & actor for actor in event.actors):
            return phrase
    return frozenset()


def _wordings(side: Words, heads: Sequence[int], events: Sequence[WordEvent]) -> tuple[Words, ...]:
    """The party's words, and the phrases around them that are not too long and hold no trigger of `events`."""
    triggers = frozenset(word for event in events for word in event.trigger_words)
    found = [side]
    tops = [n for n in side if heads[n] not in side]
    top = tops[0] if len(tops) == 1 else -1
    for _ in range(2):
        if top < 0:
            break
        phrase = _subtree(top, heads)
        phrase = frozenset(range(min(phrase), max(phrase) + 1))
        if len(phrase) > LONGEST_SIDE or phrase & triggers:
            break
        if phrase not in found:
            found.append(phrase)
        top = heads[top]
    return tuple(found)


class EventEncoding:
    """Turns examples and pairs into tensors."""

    def __init__(self, encoding: Encoding, labels: EventLabels) -> None:
        self.encoding = encoding
        self.labels = labels
        self.category = {name: n for n, name in enumerate(labels.categories)}
        self.mode = {name: n for n, name in enumerate(labels.modes)}
        self.action = {name: n for n, name in enumerate(labels.actions)}
        self.context = {name: n for n, name in enumerate(labels.contexts)}
        self.mode_owner = np.array([self.category[name.partition("/")[0]] for name in labels.modes])

    def sentences(self, examples: Sequence[EventExample], hidden: Sequence[Words] | None = None) -> dict[str, Tensor]:
        """A batch of whole sentences with the targets of each word and, row by row, of each event."""
        arrays = self.encoding.inputs([e.words for e in examples], hidden)
        size, words = arrays["first"].shape
        arrays["marks"] = np.zeros((size, 2), np.int64)
        category = np.full((size, words), IGNORED, np.int64)
        rows: list[tuple[int, WordEvent]] = []
        for row, example in enumerate(examples):
            category[row, : len(example.words)] = 0
            for event in example.events:
                for word in event.trigger_words:
                    category[row, word] = IGNORED
            for event in example.events:
                if category[row, event.trigger] == IGNORED:
                    category[row, event.trigger] = 1 + self.category[event.category]
                    rows.append((row, event))
        arrays["category"] = category
        arrays |= self._events(rows, words, [len(e.words) for e in examples])
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    def _events(
        self, rows: Sequence[tuple[int, WordEvent]], words: int, lengths: Sequence[int]
    ) -> dict[str, np.ndarray]:
        count = len(rows)
        modes, mode_weights = self._modes([[event] for _, event in rows])
        contexts = np.zeros((count, len(self.labels.contexts)), np.float32)
        roles = np.zeros((count, 2, words), np.float32)
        seen = np.zeros((count, words), np.float32)
        for n, (row, event) in enumerate(rows):
            for name in event.contexts:
                contexts[n, self.context[name]] = 1
            seen[n, : lengths[row]] = 1
            for role, sides in enumerate((event.actors, event.recipients)):
                for word in (w for side in sides for w in side):
                    roles[n, role, word] = 1
        return {
            "event_row": np.array([row for row, _ in rows], np.int64),
            "event_word": np.array([event.trigger for _, event in rows], np.int64),
            "modes": modes,
            "mode_weights": mode_weights,
            "contexts": contexts,
            "roles": roles,
            "role_weights": seen,
            "action": np.array([self.action.get(e.action or "", IGNORED) for _, e in rows], np.int64),
            "about": np.array([1 + self.category.get(e.about or "", -1) for _, e in rows], np.int64),
            "status": np.array([STATUSES.index(e.status) for _, e in rows], np.int64),
            "flags": np.array([[e.negated, e.historical] for _, e in rows], np.float32).reshape(count, 2),
        }

    def _modes(self, events: Sequence[Sequence[WordEvent]]) -> tuple[np.ndarray, np.ndarray]:
        """Targets of modes, and weights that leave out the modes of other categories."""
        modes = np.zeros((len(events), len(self.labels.modes)), np.float32)
        weights = np.zeros_like(modes)
        for n, told in enumerate(events):
            for event in told:
                weights[n, self.mode_owner == self.category[event.category]] = 1
                for mode in event.modes:
                    modes[n, self.mode[f"{event.category}/{mode}"]] = 1
        return modes, weights

    def pairs(self, pairs: Sequence[Pair], rng: np.random.Generator) -> dict[str, Tensor]:
        """A batch of marked pairs; each side is marked in one of its wordings, its own words every other time."""
        sentences, marks = [], []
        for pair in pairs:
            first, second = (self._chosen(side, rng) for side in (pair.first, pair.second))
            if first & second:
                first, second = pair.first[0], pair.second[0]
            words, places = marked(pair.words, (min(first), max(first) + 1), (min(second), max(second) + 1))
            sentences.append(words)
            marks.append(places)
        arrays: dict[str, np.ndarray] = dict(self.encoding.inputs(sentences))
        arrays["marks"] = np.take_along_axis(arrays["first"], np.array(marks, np.int64), axis=1)
        target = np.zeros((len(pairs), 1 + len(self.labels.categories)), np.float32)
        for n, pair in enumerate(pairs):
            names = sorted({self.category[event.category] for event in pair.events})
            for name in names:
                target[n, 1 + name] = 1 / len(names)
            if not names:
                target[n, 0] = 1
        arrays["target"] = target
        arrays["pair_action"] = np.zeros((len(pairs), len(self.labels.actions)), np.float32)
        for n, pair in enumerate(pairs):
            actions = sorted({self.action[event.action] for event in pair.events if event.action})
            arrays["pair_action"][n, actions] = 1 / max(1, len(actions))
        arrays["modes"], arrays["mode_weights"] = self._modes([pair.events for pair in pairs])
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    @staticmethod
    def _chosen(side: Sequence[Words], rng: np.random.Generator) -> Words:
        return side[0] if len(side) == 1 or rng.random() < 0.5 else side[int(rng.integers(1, len(side)))]
