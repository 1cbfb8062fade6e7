"""Decoding: whatever the scores, one tree with one root, and valid names; and the best of all such."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dragoman.language.decoding import Reading, allowed_steps, best_bio, best_tree, is_bio, is_tree, stitched

LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
WHOLE = st.integers(-1000, 1000).map(float)


def arcs(most: int) -> st.SearchStrategy[np.ndarray]:
    return st.integers(1, most).flatmap(lambda n: arrays(np.float64, (n, n + 1), elements=WHOLE))


def worth(scores: np.ndarray, heads: tuple[int, ...]) -> float:
    return float(sum(scores[word, head + 1] for word, head in enumerate(heads)))


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ((-1,), True),
        ((1, -1, 1), True),
        ((), False),
        ((0,), False),
        ((-1, -1), False),
        ((1, 0, -1), False),
        ((1, 2, 0), False),
        ((-1, 5), False),
        ((-1, 0, 1, 2), True),
    ],
)
def test_is_tree(heads: tuple[int, ...], expected: bool) -> None:
    assert is_tree(heads) is expected


@given(arcs(24))
def test_best_tree_is_always_one_tree_with_one_root(scores: np.ndarray) -> None:
    assert is_tree(best_tree(scores).tolist())


@given(arcs(4))
def test_best_tree_is_the_best_of_all_trees(scores: np.ndarray) -> None:
    words = len(scores)
    trees = [heads for heads in product(range(-1, words), repeat=words) if is_tree(heads)]
    assert worth(scores, tuple(best_tree(scores).tolist())) == max(worth(scores, heads) for heads in trees)


@given(arcs(12))
def test_a_greedy_answer_that_is_a_tree_is_kept(scores: np.ndarray) -> None:
    np.fill_diagonal(scores[:, 1:], -5000.0)
    greedy = (scores.argmax(axis=1) - 1).tolist()
    if is_tree(greedy):
        assert worth(scores, tuple(best_tree(scores).tolist())) == worth(scores, tuple(greedy))


def test_a_cycle_is_broken_where_it_costs_least() -> None:
    scores = np.array([[0.0, -9.0, 5.0, 0.0], [1.0, 5.0, -9.0, 2.0], [9.0, 0.0, 0.0, -9.0]])
    assert best_tree(scores).tolist() == [1, 2, -1]


def test_no_words_give_no_heads() -> None:
    assert best_tree(np.zeros((0, 1))).tolist() == []


def test_a_long_chain_of_cycles_is_solved() -> None:
    words = 300
    scores = np.zeros((words, words + 1))
    for word in range(0, words, 2):
        scores[word, word + 2] = scores[word + 1, word + 1] = 5.0
    assert is_tree(best_tree(scores).tolist())


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], True),
        (["O", "B-PER", "I-PER", "O"], True),
        (["I-PER"], False),
        (["B-PER", "I-LOC"], False),
        (["B-PER", "O", "I-PER"], False),
        (["B-PER", "B-PER", "I-PER"], True),
    ],
)
def test_is_bio(labels: list[str], expected: bool) -> None:
    assert is_bio(labels) is expected


@given(st.integers(1, 20).flatmap(lambda n: arrays(np.float32, (n, len(LABELS)), elements=st.floats(-9, 9, width=16))))
def test_names_are_always_valid(scores: np.ndarray) -> None:
    assert is_bio(best_bio(scores, LABELS, allowed_steps(LABELS)))


@given(st.integers(1, 4).flatmap(lambda n: arrays(np.float64, (n, len(LABELS)), elements=WHOLE)))
def test_names_are_the_best_valid_ones(scores: np.ndarray) -> None:
    def total(path: tuple[int, ...]) -> float:
        return float(sum(scores[word, label] for word, label in enumerate(path)))

    valid = [path for path in product(range(len(LABELS)), repeat=len(scores)) if is_bio([LABELS[n] for n in path])]
    found = tuple(LABELS.index(label) for label in best_bio(scores, LABELS, allowed_steps(LABELS)))
    assert total(found) == max(map(total, valid))


def part(heads: tuple[int, ...], relations: tuple[str, ...]) -> Reading:
    size = len(heads)
    return Reading(("X",) * size, ("FW",) * size, heads, relations, ("O",) * size, (0.5,) * size)


def test_pieces_are_stitched_under_the_first_root() -> None:
    whole = stitched([part((1, -1), ("nsubj", "root")), part((-1, 0), ("root", "obj")), part((-1,), ("root",))])
    assert whole.heads == (1, -1, 1, 2, 1)
    assert whole.relations == ("nsubj", "root", "parataxis", "obj", "parataxis")
    assert is_tree(whole.heads)
    assert len(whole.upos) == len(whole.xpos) == len(whole.entities) == len(whole.happened) == 5


def test_one_piece_is_left_as_it_is() -> None:
    only = part((-1,), ("root",))
    assert stitched([only]) is only
