"""Pairs of parties, for layouts that have one source and one target a row.

In: the parties of an event. Out: pairs, either of which may be missing. An act on others gives each actor with each
recipient; an act that several do together (a meeting) gives each with each other, both ways round, as CAMEO files it.
"""

from __future__ import annotations

from itertools import permutations

from dragoman.record.exports.cells import parties
from dragoman.record.tables import Row

Party = dict[str, str | None]
Dyad = tuple[Party | None, Party | None]


def dyads(row: Row) -> list[Dyad]:
    """The pairs of an event, in the order of its parties; none where it has no party at all."""
    actors, recipients = parties(row, "actor"), parties(row, "recipient")
    if actors and recipients:
        return [(actor, recipient) for actor in actors for recipient in recipients]
    if recipients:
        return [(None, recipient) for recipient in recipients]
    if len(actors) == 1:
        return [(actors[0], None)]
    return list(permutations(actors, 2))
