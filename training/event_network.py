"""The event network in torch: a MiniLM encoder that finds events and their parties, and classifies a marked pair of
parties.

In: subword ids, attention mask, word shapes, the position of each word's first subword, and for a marked pair the
positions of the two opening marks. Out: for every word, whether and which event it triggers, with action, modes,
contexts, status, negation, history and the category of the act inside; for every pair of words, whether the second is
actor or recipient of the event that the first triggers; for a marked pair, the category, action and modes of what the
first party does to the second.

It reads a sentence without its neighbours, at most 512 subwords.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.network import HIDDEN, Encoder, Mix, at_words, with_one

ROLES = ("actor", "recipient")


@dataclass(frozen=True, slots=True)
class EventSizes:
    """How many labels each head tells apart, and the widths of the inner layers."""

    categories: int
    modes: int
    actions: int
    contexts: int
    statuses: int = 3
    trigger: int = 256
    role: int = 160


class EventNetwork(nn.Module):
    """Encoder and heads. `first` is 0 for padding."""

    def __init__(self, sizes: EventSizes, vocabulary: int, positions: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.sizes = sizes
        self.encoder = Encoder(vocabulary, positions)
        self.mix = Mix()
        self.mix_roles = Mix()
        self.mix_pair = Mix()
        self.trigger = nn.Linear(HIDDEN, sizes.trigger)
        self.category = nn.Linear(sizes.trigger, 1 + sizes.categories)
        self.modes = nn.Linear(sizes.trigger, sizes.modes)
        self.action = nn.Linear(sizes.trigger, sizes.actions)
        self.contexts = nn.Linear(sizes.trigger, sizes.contexts)
        self.about = nn.Linear(sizes.trigger, 1 + sizes.categories)
        self.reality = nn.Linear(HIDDEN, sizes.trigger)
        self.status = nn.Linear(sizes.trigger, sizes.statuses)
        self.flags = nn.Linear(sizes.trigger, 2)  # negated, historical
        self.role_trigger = nn.Linear(HIDDEN, sizes.role)
        self.role_word = nn.Linear(HIDDEN, sizes.role)
        self.role = nn.Linear(sizes.role + 1, len(ROLES) * (sizes.role + 1), bias=False)
        self.pair = nn.Linear(3 * HIDDEN, HIDDEN)
        self.pair_category = nn.Linear(HIDDEN, 1 + sizes.categories)
        self.pair_modes = nn.Linear(HIDDEN, sizes.modes)
        self.pair_action = nn.Linear(HIDDEN, sizes.actions)
        self.dropout = dropout
        nn.init.zeros_(self.role.weight)

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor, first: Tensor, marks: Tensor) -> dict[str, Tensor]:
        """Scores. `marks` [B, 2]: the positions of the marks before the first and the second party (0: no pair)."""
        states = self.encoder(ids, mask, shapes)
        words = self._drop(at_words(self.mix(states), first))
        trigger = self._drop(functional.gelu(self.trigger(words)))
        reality = self._drop(functional.gelu(self.reality(words)))
        for_roles = self._drop(at_words(self.mix_roles(states), first))
        return {
            "category": self.category(trigger),
            "modes": self.modes(trigger),
            "action": self.action(trigger),
            "contexts": self.contexts(trigger),
            "about": self.about(trigger),
            "status": self.status(reality),
            "flags": self.flags(reality),
            "roles": self._roles(for_roles),
            **self._pair(states, mask, marks),
        }

    def _roles(self, words: Tensor) -> Tensor:
        """[B, W, H] -> [B, R, W, W]: the second word's part in the event of the first."""
        batch, length = words.shape[0], words.shape[1]
        width = self.sizes.role + 1
        trigger = with_one(self._drop(functional.gelu(self.role_trigger(words))))
        word = with_one(self._drop(functional.gelu(self.role_word(words))))
        spread = self.role(trigger).reshape(batch, length, len(ROLES), width).transpose(1, 2)
        return torch.matmul(spread, word.transpose(1, 2)[:, None])

    def _pair(self, states: list[Tensor], mask: Tensor, marks: Tensor) -> dict[str, Tensor]:
        mixed = self.mix_pair(states)
        kept = mask.to(mixed.dtype)[:, :, None]
        mean = (mixed * kept).sum(1) / kept.sum(1)
        sides = at_words(mixed, marks)
        pooled = self._drop(torch.cat([mean, sides[:, 0], sides[:, 1]], dim=1))
        hidden = self._drop(torch.tanh(self.pair(pooled)))
        return {
            "pair_category": self.pair_category(hidden),
            "pair_modes": self.pair_modes(hidden),
            "pair_action": self.pair_action(hidden),
        }

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)
