"""Shares with intervals. In: counts of what was judged and what was right, by stratum. Out: estimates with 95% limits.

One stratum: Wilson's score interval (E. B. Wilson, 1927, Journal of the American Statistical Association 22, 209-212),
with the finite population correction: a stratum that was judged whole is known. Several strata: the estimate is
weighted by their sizes, and its limits are the wider of two, since each alone fails where the other holds:

- Wilson's interval with the effective sample size, from the stratified variance (as C. Franco, R. Little, T. Louis and
  E. Slud compare it, 2019, Journal of Survey Statistics and Methodology 7, 334-364). It is too narrow where a large
  stratum was judged by few cases, all right.
- The limits of the strata put together ("MOVER": G. Y. Zou, W. Huang and X. Zhang, 2009, Computational Statistics &
  Data Analysis 53, 1080-1085). Its upper limit is too low where there are many strata of two or three cases.

It takes cases to be independent within a stratum, and those without a judgement to be like the others of theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054  # the normal quantile of .975


@dataclass(frozen=True, slots=True)
class Stratum:
    """So many cases there are, so many of them were judged, so many of these were right."""

    population: int
    judged: int
    right: int


@dataclass(frozen=True, slots=True)
class Share:
    """An estimate with its 95% limits; `judged` cases lie behind it, and `covered` is the part of all it speaks for."""

    estimate: float
    low: float
    high: float
    judged: int
    covered: float


def wilson(stratum: Stratum) -> Share | None:
    """The share of one stratum; none where nothing was judged."""
    size, judged = stratum.population, stratum.judged
    if judged == 0:
        return None
    share = stratum.right / judged
    if judged >= size:
        return Share(share, share, share, judged, 1.0)
    low, high = _wilson(share, judged * (size - 1) / (size - judged))
    return Share(share, low, high, judged, 1.0)


def stratified(strata: Sequence[Stratum]) -> Share | None:
    """The share over several strata, each counted by its size; of those without a judgement nothing is said."""
    told = [stratum for stratum in strata if stratum.judged > 0]
    if not told:
        return None
    whole = sum(stratum.population for stratum in told)
    covered = whole / sum(stratum.population for stratum in strata)
    judged = sum(stratum.judged for stratum in told)
    weights = [stratum.population / whole for stratum in told]
    shares = [found for stratum in told if (found := wilson(stratum)) is not None]
    estimate = min(1.0, math.fsum(weight * share.estimate for weight, share in zip(weights, shares, strict=True)))
    below = math.sqrt(math.fsum((w * (s.estimate - s.low)) ** 2 for w, s in zip(weights, shares, strict=True)))
    above = math.sqrt(math.fsum((w * (s.high - s.estimate)) ** 2 for w, s in zip(weights, shares, strict=True)))
    low, high = _effective(estimate, weights, told)
    return Share(estimate, max(0.0, min(low, estimate - below)), min(1.0, max(high, estimate + above)), judged, covered)


def _effective(estimate: float, weights: Sequence[float], strata: Sequence[Stratum]) -> tuple[float, float]:
    """Wilson's limits with as many cases as a simple sample of the same variance would have."""
    left = [1 - stratum.judged / stratum.population for stratum in strata]
    even = math.fsum(w * w * f / s.judged for w, f, s in zip(weights, left, strata, strict=True))
    if even == 0:  # all was judged
        return estimate, estimate
    spread = estimate * (1 - estimate)
    variance = math.fsum(w * w * f * _variance(s, spread) for w, f, s in zip(weights, left, strata, strict=True))
    # All right or all wrong: the cases then differ by nothing but their weights (L. Kish).
    cases = spread / variance if variance > 0 and spread > 0 else 1 / even
    return _wilson(estimate, cases)


def _variance(stratum: Stratum, spread: float) -> float:
    """Of the share of one stratum; a single case shows none, so that all cases together stand in."""
    if stratum.judged == 1:
        return spread
    share = stratum.right / stratum.judged
    return share * (1 - share) / (stratum.judged - 1)


def _wilson(share: float, cases: float) -> tuple[float, float]:
    square = Z * Z / cases
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / cases + square / (4 * cases)) / (1 + square)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
