"""Acts as the event network reads them, and what it says of acts that the lexicon read.

In: the network's readings of one sentence, its mentions, and the weights that were fitted on passages kept back from
training. Out: proposals: for each word that may trigger an event, the likely categories with their probabilities, and
for each mention how likely it acts or is acted on.

It names no one: a party that is no mention of the article is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.coding.categories import Codes
from dragoman.knowledge.ontology import Ontology
from dragoman.language.event_network import EventNetwork, TriggerReading
from dragoman.values import About, Mention, Sentence, Step

NETWORK = "events.onnx"  # the rule of what it decides, in steps
_SHOWN = 3  # alternatives that a step keeps
_LIKELY_MODE = 0.5
_HOLDING_ACTS = frozenset({"AGREE", "CONCEDE", "REQUEST", "REJECT", "THREATEN"})
_LIKELY_ABOUT = 0.5


def categories_of(reading: TriggerReading, network: EventNetwork) -> list[tuple[str, float]]:
    """Categories with their probabilities, the likeliest first."""
    pairs = zip(network.categories, reading.category[1:].tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class Part:
    """How likely a mention is to act, and to be acted on, in one act: raw probabilities of the network, over its
    words.
    """

    mention: Mention
    actor: tuple[float, float]  # at the head, the greatest
    recipient: tuple[float, float]


def parts_of(reading: TriggerReading, mentions: Sequence[Mention], sentence: Sentence) -> list[Part]:
    """The parts of those mentions of a sentence that name somebody."""
    found = []
    for mention in mentions:
        if not mention.actors:
            continue
        words = [t.index for t in sentence.tokens if t.start < mention.end and mention.start < t.end]
        if not words:
            continue
        sides = []
        for role in (0, 1):
            row = reading.roles[role]
            sides.append((float(row[mention.head]), float(max(row[word] for word in words))))
        found.append(Part(mention, sides[0], sides[1]))
    return found


def codes_of(
    category: str, reading: TriggerReading, network: EventNetwork, ontology: Ontology, cued: Sequence[str]
) -> tuple[Codes, tuple[Step, ...]]:
    """The codes of an act of this category, as the network alone reads them; `cued` are modes that words speak for."""
    ranked = sorted(
        (
            (p, name)
            for name, p in zip(network.actions, reading.action.tolist(), strict=True)
            if ontology.actions[name].category == category
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    action = ontology.actions[ranked[0][1]]
    modes = tuple(dict.fromkeys((*modes_of(category, reading, network), *cued)))
    about = about_of(category, reading, network)
    contexts = tuple(sorted({*action.contexts, *contexts_of(reading, network)}))
    codes = Codes(
        event=category,
        modes=modes,
        contexts=contexts,
        cameo=action.cameo or ontology.cameo_for(category, modes),
        quad=ontology.quad(category),
        score=ontology.score(category, modes),
        about=about,
        steps=(),
    )
    alternatives = tuple((name, round(p, 3)) for p, name in ranked[1 : 1 + _SHOWN] if p >= 0.01)
    return codes, (Step("category", f"{NETWORK}:action", (), action.id, alternatives),)


def modes_of(category: str, reading: TriggerReading, network: EventNetwork) -> tuple[str, ...]:
    """The modes of a category that the network believes in."""
    return tuple(
        mode
        for (owner, mode), p in zip(network.modes, reading.modes.tolist(), strict=True)
        if owner == category and p >= _LIKELY_MODE
    )


def contexts_of(reading: TriggerReading, network: EventNetwork) -> tuple[str, ...]:
    """The contexts that the network believes in."""
    pairs = zip(network.contexts, reading.contexts.tolist(), strict=True)
    return tuple(name for name, p in pairs if p >= _LIKELY_MODE)


def about_of(category: str, reading: TriggerReading, network: EventNetwork) -> About | None:
    """The category of the act inside, if acts of this category have one and there is likely one."""
    best = int(reading.about.argmax())
    if category not in _HOLDING_ACTS or best == 0 or reading.about[best] < _LIKELY_ABOUT:
        return None
    return About(network.categories[best - 1], ())
