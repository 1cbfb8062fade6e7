"""What a given actor does to a given recipient: the classifier for users who already know both.

In: a text and two spans of it (half-open code-point offsets). Out: a `Classification`: PLOVER categories and modes
with probabilities, the likeliest category, its quad class. Method: the words of the sentence, or sentences, that hold
both spans are read once by the event network, with marks around the two; the probabilities leave room for "nothing
between these two".

It finds no parties and no triggers, and tells no status: `Coder` does. A span that covers no word raises UsageError.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.errors import UsageError
from dragoman.knowledge.ontology import Ontology, load_ontology
from dragoman.knowledge.ontology_rows import Dialect
from dragoman.language.analysis import Language, load_language
from dragoman.language.event_network import EventNetwork, PairReading, TriggerReading

Range = tuple[int, int]

LONGEST_TEXT = 20_000  # code points of one text
_LEAST = 1e-6
_UNKNOWN_SIDE = 0.5  # how likely a party that is not given has its part
_ANY_PART = 0.02  # a trigger that neither party seems to belong to still says a little


@dataclass(frozen=True, slots=True)
class Classification:
    """What the first party does to the second. `nothing` is the probability that no event stands between the two."""

    event: str
    quad: int
    categories: Mapping[str, float]  # the likeliest first; with `nothing` they add up to 1
    modes: Mapping[str, float]  # of `event`
    nothing: float
    actions: Mapping[str, Mapping[str, float]]  # for each category, its leaf actions; each adds up to 1


class PairClassifier:
    """Classifies pairs; owns the event network, and keeps nothing between calls."""

    __slots__ = ("_language", "_network", "ontology")

    def __init__(self, network: EventNetwork, language: Language, ontology: Ontology) -> None:
        """All parts are handed in; `PairClassifier.load` makes the usual ones."""
        self._network = network
        self._language = language
        self.ontology = ontology

    @classmethod
    def load(cls, *, models: Path | None = None) -> PairClassifier:
        """A classifier with the shipped network. Raises ModelError or KnowledgeError where files are damaged."""
        return cls(EventNetwork.load(models), load_language(), load_ontology())

    @property
    def version(self) -> str:
        """The version of the network."""
        return self._network.version

    def classify(self, text: str, actor: Range | None, recipient: Range | None) -> Classification:
        """What the party at `actor` does to that at `recipient`; one may be none, if the text names nobody.

        Raises UsageError for spans that do not fit the text.
        """
        if len(text) > LONGEST_TEXT:
            raise UsageError(f"the text has {len(text):,} characters, more than {LONGEST_TEXT:,}: give one passage")
        sides = [side for side in (actor, recipient) if side is not None]
        if not sides:
            raise UsageError("neither actor nor recipient is given")
        for start, end in sides:
            if not 0 <= start < end <= len(text):
                raise UsageError(f"[{start}, {end}] does not lie in the text of {len(text)} characters")
        spans = self._language.splitter.split(text)
        held = [s for s in spans if any(s.start < end and start < s.end for start, end in sides)]
        if not held:
            raise UsageError("no span stands in a sentence")
        places = self._language.tokenizer.tokenize(text, held[0].start, held[-1].end)
        words = [text[a:b] for a, b in places]
        first, second = (None if side is None else _words(side, places, text) for side in (actor, recipient))
        by_triggers = self._by_triggers(words, first, second)
        if first is None or second is None:
            return self._classification(by_triggers)
        return self._classification(_joined(self._network.classify(words, first, second), by_triggers))

    def _by_triggers(self, words: Sequence[str], first: Range | None, second: Range | None) -> PairReading:
        """What the words that trigger events say, by how likely the given parties have their parts in them."""
        network = self._network
        categories = dict.fromkeys(network.categories, 0.0)
        modes, actions = dict.fromkeys(network.modes, 0.0), dict.fromkeys(network.actions, 0.0)
        for reading in network.read([words])[0]:
            part = _part(reading, first, second)
            for name, p in zip(network.categories, reading.category[1:].tolist(), strict=True):
                categories[name] += part * p
            weight = part * (1.0 - float(reading.category[0]))
            for mode, p in zip(network.modes, reading.modes.tolist(), strict=True):
                modes[mode] = max(modes[mode], weight * p)
            for name, p in zip(network.actions, reading.action.tolist(), strict=True):
                actions[name] += (weight + _LEAST) * p
        total = sum(categories.values())
        if total > 1.0:
            categories = {name: p / total for name, p in categories.items()}
        return PairReading(categories, modes, actions)

    def _classification(self, reading: PairReading) -> Classification:
        ranked = dict(sorted(reading.categories.items(), key=lambda item: (-item[1], item[0])))
        event = next(iter(ranked))
        actions: dict[str, dict[str, float]] = defaultdict(dict)
        for name, p in reading.actions.items():
            actions[self.ontology.actions[name].category][name] = p
        return Classification(
            event=event,
            quad=self.ontology.quad(event),
            categories=ranked,
            modes={mode: p for (category, mode), p in reading.modes.items() if category == event},
            nothing=max(0.0, 1.0 - sum(ranked.values())),
            actions={c: _shares(own) for c, own in actions.items()},
        )

    def roots(self, found: Classification, dialect: Dialect) -> dict[str, float]:
        """The categories in a dialect that files some actions elsewhere (`dialects.csv`), the likeliest first."""
        totals: dict[str, float] = defaultdict(float)
        for category, p in found.categories.items():
            for action, share in found.actions[category].items():
                filed = dialect.file_under(category, action=action, cameo=self.ontology.actions[action].cameo)
                if filed is not None:
                    totals[filed[0]] += p * share
        return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def _part(reading: TriggerReading, first: Range | None, second: Range | None) -> float:
    """How likely the given parties are actor and recipient of an event, or both actors of it."""

    def chance(role: int, side: Range | None) -> float:
        return _UNKNOWN_SIDE if side is None else float(reading.roles[role, side[0] : side[1]].max())

    return max(chance(0, first) * chance(1, second), chance(0, first) * chance(0, second)) + _ANY_PART


def _joined(pair: PairReading, by_triggers: PairReading) -> PairReading:
    """The geometric mean of both readings, sharing out what the pair's leaves for events at all."""
    whole = sum(pair.categories.values())
    means = {name: math.sqrt(p * (by_triggers.categories[name] + _LEAST)) for name, p in pair.categories.items()}
    scale = whole / max(sum(means.values()), _LEAST)
    return PairReading({name: p * scale for name, p in means.items()}, pair.modes, pair.actions)


def _shares(chances: Mapping[str, float]) -> dict[str, float]:
    """Probabilities made to add up to 1; even where all are nothing."""
    total = sum(chances.values())
    return {name: p / total if total > 0 else 1 / len(chances) for name, p in chances.items()}


def _words(side: Range, places: list[Range], text: str) -> Range:
    """The words that share a character with a span."""
    inside = [n for n, (a, b) in enumerate(places) if a < side[1] and side[0] < b]
    if not inside:
        raise UsageError(f"{text[side[0] : side[1]]!r} covers no word")
    return inside[0], inside[-1] + 1


def rows_of(found: Classification) -> Iterator[tuple[str, Any]]:
    """The fields of one line of output, in their order."""
    yield "event", found.event
    yield "quad", found.quad
    yield "categories", {name: round(p, 4) for name, p in found.categories.items()}
    yield "modes", {name: round(p, 4) for name, p in found.modes.items()}
    yield "nothing", round(found.nothing, 4)
