"""Logistic models with named features: what is fitted in `training/calibrate.py` and read from a model's manifest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

CLIP = 6.0  # logits beyond are cut: a network is never that sure

Features = Mapping[str, float]


def logit(p: float) -> float:
    """ln(p / (1 - p)), cut at ±CLIP."""
    if p <= 0.0:
        return -CLIP
    if p >= 1.0:
        return CLIP
    return max(-CLIP, min(CLIP, math.log(p / (1.0 - p))))


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: a weight for each named feature, an intercept, and the probability from which it says yes."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float

    def probability(self, features: Features) -> float:
        """Of yes. Raises KeyError for a feature without a weight."""
        return sigmoid(self.intercept + sum(self.weights[name] * value for name, value in features.items()))
