"""Intervals: known values, bounds, and that they hold what they promise when samples are drawn."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.record.intervals import Share, Stratum, stratified, wilson

HUGE = 10**9  # so large that the correction for finite populations does nothing


@st.composite
def strata(draw: st.DrawFn) -> Stratum:
    judged = draw(st.integers(0, 60))
    return Stratum(judged + draw(st.integers(0, 500)), judged, draw(st.integers(0, judged)))


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (29, 29, 0.8830, 1.0)],
)
def test_wilson_gives_newcombes_figures(right: int, judged: int, low: float, high: float) -> None:
    """The examples of method 3 in R. G. Newcombe, 1998, Statistics in Medicine 17, 857-872."""
    share = wilson(Stratum(HUGE, judged, right))
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_a_stratum_that_was_judged_whole_is_known() -> None:
    assert wilson(Stratum(10, 10, 7)) == Share(0.7, 0.7, 0.7, 10, 1.0)
    assert stratified([Stratum(10, 10, 7), Stratum(30, 30, 30)]) == Share(0.925, 0.925, 0.925, 40, 1.0)


def test_what_nobody_judged_has_no_share() -> None:
    assert wilson(Stratum(10, 0, 0)) is None
    assert stratified([Stratum(10, 0, 0)]) is None


def test_strata_count_by_their_size() -> None:
    share = stratified([Stratum(900, 50, 50), Stratum(100, 50, 0)])
    assert share is not None
    assert share.estimate == pytest.approx(0.9)
    assert share.judged == 100


def test_what_was_not_judged_is_not_spoken_for() -> None:
    share = stratified([Stratum(300, 30, 15), Stratum(100, 0, 0)])
    assert share is not None
    assert (share.estimate, share.covered) == (0.5, 0.75)


@given(st.lists(strata(), min_size=1, max_size=12))
def test_limits_lie_around_the_estimate(found: list[Stratum]) -> None:
    share = stratified(found)
    if share is None:
        assert all(stratum.judged == 0 for stratum in found)
        return
    assert 0 <= share.low <= share.estimate <= share.high <= 1
    assert 0 < share.covered <= 1


@given(st.integers(1, 60), st.data())
def test_one_stratum_is_never_surer_among_strata_than_alone(judged: int, data: st.DataObject) -> None:
    stratum = Stratum(judged + 100, judged, data.draw(st.integers(0, judged)))
    alone, among = wilson(stratum), stratified([stratum])
    assert alone is not None and among is not None
    assert among.low <= alone.low + 1e-9
    assert among.high >= alone.high - 1e-9


DESIGNS = {  # size, share that is right, cases judged
    "even": [(1000, 0.8, 50), (1000, 0.6, 50), (500, 0.9, 50), (200, 0.7, 50)],
    "many tiny": [(100, 0.9, 2)] * 100,
    "one large, judged by few": [(9000, 0.95, 10), (1000, 0.5, 190)],
    "nearly all right": [(1000, 0.97, 40), (1000, 0.99, 40), (500, 0.95, 20)],
    "nearly all judged": [(40, 0.8, 30), (30, 0.6, 25), (10, 0.5, 10)],
}


@pytest.mark.parametrize("name", DESIGNS)
def test_of_many_samples_the_limits_hold_the_truth_as_often_as_they_say(name: str) -> None:
    """A simulation with a fixed seed: of 400 samples of a known population at least 92.5 % hold it."""
    rng = random.Random(7)
    populations = [[i < round(size * share) for i in range(size)] for size, share, _ in DESIGNS[name]]
    truth = sum(map(sum, populations)) / sum(map(len, populations))
    held = 0
    for _ in range(400):
        drawn = [rng.sample(cases, judged) for cases, (_, _, judged) in zip(populations, DESIGNS[name], strict=True)]
        share = stratified([Stratum(len(p), len(d), sum(d)) for p, d in zip(populations, drawn, strict=True)])
        assert share is not None
        held += share.low - 1e-9 <= truth <= share.high + 1e-9
    assert held >= 370
