"""Who a slot filler stands for: from words of a clause to mentions of actors.

In: the mentions of one sentence and the reader of its clauses. Out: for the word that fills a slot, the mentions of the
actors meant. A filler that names no actor itself stands for the one that it belongs to: "appreciated India's role" is
about India, "rejected accusations by the ministry" about the ministry.

It does not resolve pronouns or names (identity has done so before), and it knows no event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.coding.clauses import ClauseReader, Slots
from dragoman.values import Mention

# Where the owner of a thing or an act stands, nearest first.
_OWNERS = (
    *("poss", "p:by", "p:from", "p:between", "p:among", "p:of", "p:with", "comp", "adj"),
    *("p:towards", "p:toward", "p:for", "xcomp"),
)
_POSSESSIVE = frozenset({"poss", "adj", "comp"})
_MAXIMAL_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Roles:
    """Indices of the article's mentions that act and that are acted on, in order of appearance."""

    actors: tuple[int, ...]
    recipients: tuple[int, ...]
    actor_slot: str = ""
    recipient_slot: str = ""


class PartyFinder:
    """Looks up the mentions of one sentence by the words that they cover."""

    __slots__ = ("_by_head", "_by_index", "_covering", "reader")

    def __init__(self, reader: ClauseReader, mentions: Sequence[Mention]) -> None:
        """`mentions` are those of the reader's sentence; where several cover a word, the widest speaks for it."""
        self.reader = reader
        self._by_head: dict[int, Mention] = {}
        self._by_index = {mention.index: mention for mention in mentions}
        self._covering: dict[int, Mention] = {}
        tokens = reader.tokens
        for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start, m.index)):
            self._by_head.setdefault(mention.head, mention)
            low = mention.head
            while low > 0 and tokens[low - 1].start >= mention.start:
                low -= 1
            for index in range(low, len(tokens)):
                if tokens[index].start >= mention.end:
                    break
                self._covering.setdefault(index, mention)

    def mention_at(self, token: int) -> Mention | None:
        """The mention that a word heads, else the widest that covers it as part of a name."""
        found = self._by_head.get(token)
        if found is not None:
            return found
        covering = self._covering.get(token)
        if covering is not None and covering.kind in ("name", "title", "organisation", "group"):
            return covering
        return None

    def actor_at(self, token: int) -> Mention | None:
        """The mention of an actor that a word heads, or that stands in apposition to it ("her guest, Mr Lee")."""
        mention = self.mention_at(token)
        if mention is not None and mention.actors:
            return mention
        for child in self.reader.children(token):
            if self.reader.tokens[child].relation == "appos":
                other = self.mention_at(child)
                if other is not None and other.actors:
                    return other
        return None

    def mentions_at(self, indices: Sequence[int]) -> tuple[Mention, ...]:
        """The mentions that roles point at, by their indices in the article."""
        return tuple(self._by_index[index] for index in indices)

    def names_actor(self, token: int) -> bool:
        """Is the word at `token` itself part of an actor's name?"""
        mention = self.mention_at(token)
        return mention is not None and bool(mention.actors)

    def parties(self, token: int, depth: int = 0, besides: Sequence[Mention] = ()) -> tuple[Mention, ...]:
        """The actors that the phrase headed by `token` stands for, but `besides`; none where it stands for none."""
        actor = self.actor_at(token)
        if actor is not None:
            return (actor,)
        mention = self.mention_at(token)
        if depth >= _MAXIMAL_DEPTH or (mention is not None and mention.kind == "pronoun"):
            return ()
        upos = self.reader.tokens[token].upos
        if upos == "VERB":
            return self._parties_of_clause(token, depth, besides)
        if upos not in ("NOUN", "PROPN", "ADJ", "SYM", "NUM"):
            return ()
        slots = self.reader.slots(token)
        for slot in _OWNERS:
            found = without(self._collect(slots, slot, depth + 1, besides), besides)
            if found:
                return found
        return ()

    def _parties_of_clause(self, verb: int, depth: int, besides: Sequence[Mention]) -> tuple[Mention, ...]:
        """ "committed to fostering ties with both nations": whom the act in the clause is directed at."""
        slots = self.reader.slots(verb)
        for slot in ("obj", "iobj", "p:with", "p:to", "p:for", "p:against", "p:on", "p:in"):
            found = self._collect(slots, slot, depth + 1, besides)
            if found:
                return found
        return ()

    def _collect(self, slots: Slots, slot: str, depth: int, besides: Sequence[Mention] = ()) -> tuple[Mention, ...]:
        found: list[Mention] = []
        for filler in slots.get(slot, ()):
            if slot in ("comp", "adj"):
                mention = self._by_head.get(filler)
                if mention is not None and mention.actors and mention not in found:
                    found.append(mention)
                continue
            found.extend(m for m in self.parties(filler, depth, besides) if m not in found)
        return tuple(found)

    def in_slot(
        self, slots: Slots, slot: str, *, owners: bool = False, besides: Sequence[Mention] = ()
    ) -> tuple[Mention, ...]:
        """The actors that fill `slot` (a role or a path of roles); with `owners`, also whose its fillers are."""
        if slot not in slots and "." in slot:
            outer, _, inner = slot.rpartition(".")
            found: list[Mention] = []
            for filler in self.reader.fillers(slots, outer):
                more = self.in_slot(self.reader.slots(filler), inner, owners=owners, besides=besides)
                found.extend(m for m in more if m not in found)
            return tuple(found)
        if owners or slot.rpartition(".")[2] == "subj":
            return self._collect(slots, slot, 0, besides)
        direct = (self.actor_at(filler) for filler in slots.get(slot, ()))
        return tuple({m.index: m for m in direct if m is not None}.values())

    def first_filled(
        self, slots: Slots, order: Sequence[str], besides: Sequence[Mention] = ()
    ) -> tuple[tuple[Mention, ...], str]:
        """The actors in the first slot of `order` that holds any but `besides`, and that slot.

        A filler that names nobody stands for its owner, unless `order` spells out whose it may be ("obj.poss").
        """
        spelled_out = {slot.rpartition(".")[0] for slot in order if "." in slot}
        for slot in order:
            found = self.in_slot(slots, slot)
            if not found and slot not in spelled_out:
                found = self.in_slot(slots, slot, owners=True, besides=besides)
            found = without(found, besides)
            if slot.rpartition(".")[2] in _POSSESSIVE:
                found = tuple(m for m in found if not _same_party(m, besides))
            if found:
                return found, slot
        return (), ""

    def all_filled(self, slots: Slots, order: Sequence[str]) -> tuple[tuple[Mention, ...], str]:
        """The actors of every slot of `order`, for joint acts; modifiers count while fewer than two are found."""
        found: tuple[Mention, ...] = ()
        used: list[str] = []
        for owners in (False, True):
            for slot in order:
                if len(found) >= 2 and (owners or slot.rpartition(".")[2] in ("comp", "adj", "p:of")):
                    continue
                if owners and slot == "obj":
                    continue  # "discussed Russia's war": Russia is the matter, not at the table
                more = without(self.in_slot(slots, slot, owners=owners), found)
                if more:
                    found = (*found, *more)
                    used.append(slot)
        return found, "+".join(used)


def without(mentions: Sequence[Mention], others: Sequence[Mention]) -> tuple[Mention, ...]:
    """`mentions` less those that name an actor of `others` or are part of their names: nobody acts on himself."""
    names = {actor.id for m in others for actor in m.actors}
    return tuple(
        m
        for m in mentions
        if not all(actor.id in names for actor in m.actors)
        and not any(other.start <= m.start and m.end <= other.end for other in others)
    )


def _same_party(mention: Mention, others: Sequence[Mention]) -> bool:
    """ "Peskov affirmed Russia's support": the possessor is the side that acts."""
    parties = {actor.party for other in others for actor in other.actors} - {None}
    return bool(parties) and all(actor.party in parties for actor in mention.actors)
