"""Scores -> a tree and names that hold together.

In: numpy arrays of scores for one sentence. Out: heads that always form one tree with one root, and name labels that
are always valid BIO. Both are exact: the best tree (Chu and Liu 1965, Edmonds 1967) and the best valid label
sequence (Viterbi 1967); the costly search runs only where the greedy answer is not already valid, in which case the
greedy answer is the best one. It cannot make a bad score good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32] | NDArray[np.float64]
Whole = NDArray[np.int64]

# How the roots of the later pieces of an over-long sentence hang on the first.
STITCH = "parataxis"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network reads in one sentence; every tuple has one member a word.

    `upos` and `xpos` are Universal and Penn part-of-speech tags; `heads` the index of the head word, -1 for the root;
    `relations` Universal Dependencies with subtypes; `entities` BIO with PER, LOC and ORG; `happened` the probability
    (0 to 1) that what a predicate tells of took place or holds, and without meaning for words that are no predicates.
    """

    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]
    entities: tuple[str, ...]
    happened: tuple[float, ...]


def is_tree(heads: Sequence[int]) -> bool:
    """Whether `heads` (-1 for the root) are one tree with exactly one root. Linear."""
    count = len(heads)
    if not count or sum(head == -1 for head in heads) != 1:
        return False
    seen = [0] * count
    for start in range(count):
        at = start
        while at != -1 and not seen[at]:
            if not -1 <= heads[at] < count:
                return False
            seen[at] = start + 1
            at = heads[at]
        if at != -1 and seen[at] == start + 1:
            return False
    return True


def best_tree(arcs: Scores) -> Whole:
    """The best heads, -1 for the root, for arc scores [words, 1 + words] whose column 0 is the root.

    Adding one large cost to every arc from the root leaves exactly one of them in the best tree, because the words
    among themselves are fully connected.
    """
    words = arcs.shape[0]
    if words == 0:
        return np.zeros(0, np.int64)
    scores = np.full((words + 1, words + 1), -np.inf)
    scores[1:] = arcs
    np.fill_diagonal(scores, -np.inf)
    finite = scores[1:][np.isfinite(scores[1:])]
    scores[1:, 0] -= (float(finite.max()) - float(finite.min()) + 1.0) * (words + 1)
    heads: Whole = _spanning(scores)[1:] - 1
    return heads


def _cycle(heads: Whole) -> Whole | None:
    """The first cycle among `heads` (node 0 is the root and has none), as node numbers."""
    seen = np.zeros(len(heads), np.int64)
    for start in range(1, len(heads)):
        at = start
        while at != 0 and seen[at] == 0:
            seen[at] = start
            at = int(heads[at])
        if at != 0 and seen[at] == start:
            nodes = [at]
            while int(heads[nodes[-1]]) != at:
                nodes.append(int(heads[nodes[-1]]))
            return np.array(sorted(nodes))
    return None


def _spanning(scores: NDArray[np.float64]) -> Whole:
    """Chu-Liu/Edmonds over [dependent, head] scores, node 0 being the root. Contracts one cycle a level."""
    heads: Whole = scores.argmax(axis=1)
    heads[0] = 0
    cycle = _cycle(heads)
    if cycle is None:
        return heads
    rest = np.setdiff1d(np.arange(len(heads)), cycle)
    size = len(rest)
    lost = scores[cycle] - scores[cycle, heads[cycle]][:, None]
    entry = lost[:, rest].argmax(axis=0)
    leave = scores[np.ix_(rest, cycle)].argmax(axis=1)
    smaller = np.full((size + 1, size + 1), -np.inf)
    smaller[:size, :size] = scores[np.ix_(rest, rest)]
    smaller[size, :size] = lost[entry, rest]
    smaller[:size, size] = scores[rest, cycle[leave]]
    smaller[0] = -np.inf
    solved = _spanning(smaller)
    result: Whole = heads.copy()
    for node in range(1, size):
        head = int(solved[node])
        result[rest[node]] = cycle[leave[node]] if head == size else rest[head]
    outside = int(solved[size])
    result[cycle[entry[outside]]] = rest[outside]
    return result


def is_bio(labels: Sequence[str]) -> bool:
    """Whether every I- goes on a name of its own type."""
    before = "O"
    for label in labels:
        if label[:1] == "I" and before[2:] != label[2:]:
            return False
        before = label
    return True


def allowed_steps(labels: Sequence[str]) -> NDArray[np.float64]:
    """Costs [from, to] of label steps: 0, or minus infinity for an I- that goes on nothing. Row 0.. as in `labels`."""
    costs = np.zeros((len(labels), len(labels)))
    for column, label in enumerate(labels):
        if label.startswith("I-"):
            for row, before in enumerate(labels):
                if before[2:] != label[2:]:
                    costs[row, column] = -np.inf
    return costs


def best_bio(scores: Scores, labels: Sequence[str], steps: NDArray[np.float64]) -> list[str]:
    """The best valid label sequence for scores [words, labels]; `steps` are `allowed_steps(labels)`."""
    greedy = [labels[n] for n in scores.argmax(axis=1).tolist()]
    if is_bio(greedy):
        return greedy
    begin = np.array([-np.inf if label.startswith("I-") else 0.0 for label in labels])
    best = scores[0] + begin
    back = np.zeros(scores.shape, np.int64)
    for word in range(1, len(scores)):
        ways = best[:, None] + steps
        back[word] = ways.argmax(axis=0)
        best = ways.max(axis=0) + scores[word]
    path = [int(best.argmax())]
    for word in range(len(scores) - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    return [labels[n] for n in reversed(path)]


def stitched(parts: Sequence[Reading]) -> Reading:
    """One reading out of those of consecutive pieces: the later roots hang on the first one.

    A name cut in two stays two names.
    """
    if len(parts) == 1:
        return parts[0]
    heads: list[int] = []
    relations: list[str] = []
    root = -1
    for part in parts:
        shift = len(heads)
        for index, (head, relation) in enumerate(zip(part.heads, part.relations, strict=True)):
            if head >= 0:
                heads.append(head + shift)
                relations.append(relation)
            elif root < 0:
                root = index + shift
                heads.append(-1)
                relations.append(relation)
            else:
                heads.append(root)
                relations.append(STITCH)
    return Reading(
        tuple(tag for part in parts for tag in part.upos),
        tuple(tag for part in parts for tag in part.xpos),
        tuple(heads),
        tuple(relations),
        tuple(label for part in parts for label in part.entities),
        tuple(chance for part in parts for chance in part.happened),
    )
