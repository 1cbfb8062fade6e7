"""Measures of coreference: MUC, B-cubed, CEAF-e and their mean, as in the CoNLL shared tasks.

In: two partitions of mentions (any hashable), the key and the response; they need not hold the same mentions. Out:
precision, recall and F1. Implemented after Vilain et al. 1995, Bagga and Baldwin 1998, and Luo 2005 (phi 4).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

Cluster = frozenset[Hashable]
Partition = Sequence[Cluster]


@dataclass(frozen=True, slots=True)
class Score:
    """Numerators and denominators of recall and precision, so that documents can be added up."""

    recalled: float = 0.0
    wanted: float = 0.0
    precise: float = 0.0
    given: float = 0.0

    @property
    def recall(self) -> float:
        return self.recalled / self.wanted if self.wanted else 0.0

    @property
    def precision(self) -> float:
        return self.precise / self.given if self.given else 0.0

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def total(scores: Iterable[Score]) -> Score:
    """The sum over documents."""
    found = list(scores)
    return Score(
        sum(s.recalled for s in found), sum(s.wanted for s in found), sum(s.precise for s in found),
        sum(s.given for s in found),
    )  # fmt: skip


def muc(key: Partition, response: Partition) -> Score:
    """Links: how many of those that hold each cluster together the other side has."""
    recalled, wanted = _links(key, response)
    precise, given = _links(response, key)
    return Score(recalled, wanted, precise, given)


def _links(one: Partition, other: Partition) -> tuple[float, float]:
    home = {mention: number for number, cluster in enumerate(other) for mention in cluster}
    kept = whole = 0
    for cluster in one:
        pieces = {home.get(mention, mention) if mention in home else ("alone", mention) for mention in cluster}
        kept += len(cluster) - len(pieces)
        whole += len(cluster) - 1
    return float(kept), float(whole)


def b_cubed(key: Partition, response: Partition) -> Score:
    """Mentions: what share of each mention's cluster the other side puts with it."""
    recalled, wanted = _shares(key, response)
    precise, given = _shares(response, key)
    return Score(recalled, wanted, precise, given)


def _shares(one: Partition, other: Partition) -> tuple[float, float]:
    home = {mention: cluster for cluster in other for mention in cluster}
    found = sum(
        len(cluster & home[mention]) / len(cluster) for cluster in one for mention in cluster if mention in home
    )
    return found, float(sum(len(cluster) for cluster in one))


def ceaf_e(key: Partition, response: Partition) -> Score:
    """Entities: the best pairing of clusters, by how much those paired overlap."""
    if not key or not response:
        return Score(0.0, float(len(key)), 0.0, float(len(response)))
    likeness = [[2 * len(k & r) / (len(k) + len(r)) for r in response] for k in key]
    best = sum(likeness[row][column] for row, column in best_pairs(likeness))
    return Score(best, float(len(key)), best, float(len(response)))


def conll(scores: Iterable[Score]) -> float:
    """The mean F1 of the measures."""
    found = [score.f1 for score in scores]
    return sum(found) / len(found)


def best_pairs(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The pairing of rows and columns with the largest sum (the Hungarian method, with potentials)."""
    flipped = len(weights) > len(weights[0])
    cost = (
        [[-w for w in column] for column in zip(*weights, strict=True)]
        if flipped
        else [[-w for w in r] for r in weights]
    )
    rows, columns = len(cost), len(cost[0])
    by_row, by_column = [0.0] * (rows + 1), [0.0] * (columns + 1)
    partner, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        partner[0], here = row, 0
        least, used = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while partner[here]:
            used[here] = True
            own, delta, following = partner[here], float("inf"), 0
            for column in range(1, columns + 1):
                if used[column]:
                    continue
                now = cost[own - 1][column - 1] - by_row[own] - by_column[column]
                if now < least[column]:
                    least[column], way[column] = now, here
                if least[column] < delta:
                    delta, following = least[column], column
            for column in range(columns + 1):
                if used[column]:
                    by_row[partner[column]] += delta
                    by_column[column] -= delta
                else:
                    least[column] -= delta
            here = following
        while here:
            partner[here], here = partner[way[here]], way[here]
    found = [(partner[column] - 1, column - 1) for column in range(1, columns + 1) if partner[column]]
    return sorted((column, row) if flipped else (row, column) for row, column in found)
