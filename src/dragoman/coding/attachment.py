"""Small questions that dating and placing both ask: of a sentence's tree, and of the globe.

All of them hold for broken trees too (heads out of range, cycles): a walk never takes more steps than there are words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from dragoman.values import Token

_PREPOSITION_REACH = 12


def head_of(first: int, last: int, tokens: Sequence[Token]) -> int:
    """The token of [first, last) on which the others hang: the first whose head lies outside."""
    for i in range(first, last):
        if not first <= tokens[i].head < last:
            return i
    return first


def climb(node: int, tokens: Sequence[Token]) -> Iterator[int]:
    """The heads over a token, from the nearest to the root."""
    for _ in range(len(tokens)):
        node = tokens[node].head
        if not 0 <= node < len(tokens):
            return
        yield node


def preposition_of(node: int, tokens: Sequence[Token]) -> Token | None:
    """The first preposition that hangs on a token: "in" of "in the old city", "because" of "because of".

    One just before the token that hangs on a word of the same name ("off Second Thomas Shoal") counts too.
    """
    found: Token | None = None
    for i in range(node - 1, max(-1, node - 1 - _PREPOSITION_REACH), -1):
        token = tokens[i]
        if token.head == node and token.relation == "case":
            found = token
    if found is None and node > 0:
        before = tokens[node - 1]
        if before.relation == "case" and node < before.head < len(tokens) and tokens[before.head].head == node:
            return before
    return found


def is_bare(tokens: Sequence[Token]) -> bool:
    """Has the sentence no syntax at all?"""
    return all(token.head < 0 for token in tokens)


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in kilometres (haversine, a sphere of 6371 km)."""
    a, b = math.radians(lat), math.radians(other_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, h)))
