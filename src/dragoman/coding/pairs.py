"""What a given actor does to a given recipient: the classifier for users who already know both.

In: a text and two spans of it (half-open code-point offsets). Out: a `Classification`: PLOVER categories and modes
with probabilities, the likeliest category, its quad class. Method: the words of the sentence, or sentences, that hold
both spans are read once by the event network, with marks around the two; the probabilities leave room for "nothing
between these two".

It finds no parties and no triggers, and tells no status: `Coder` does. A span that covers no word raises UsageError.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.errors import UsageError
from dragoman.knowledge.ontology import Ontology, load_ontology
from dragoman.knowledge.ontology_rows import Dialect
from dragoman.language.analysis import Language, load_language
from dragoman.language.event_network import EventNetwork, PairReading

Range = tuple[int, int]

LONGEST_TEXT = 20_000  # code points of one text


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

    def classify(self, text: str, actor: Range, recipient: Range) -> Classification:
        """What the party at `actor` does to that at `recipient`. Raises UsageError for spans that do not fit the
        text.
        """
        if len(text) > LONGEST_TEXT:
            raise UsageError(f"the text has {len(text):,} characters, more than {LONGEST_TEXT:,}: give one passage")
        for name, (start, end) in (("actor", actor), ("recipient", recipient)):
            if not 0 <= start < end <= len(text):
                raise UsageError(f"{name} [{start}, {end}] does not lie in the text of {len(text)} characters")
        spans = self._language.splitter.split(text)
        held = [s for s in spans if any(s.start < side[1] and side[0] < s.end for side in (actor, recipient))]
        if not held:
            raise UsageError("neither span stands in a sentence")
        places = self._language.tokenizer.tokenize(text, held[0].start, held[-1].end)
        first, second = (_words(side, places, text) for side in (actor, recipient))
        return self._classification(self._network.classify([text[a:b] for a, b in places], first, second))

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
            actions={c: {name: p / sum(own.values()) for name, p in own.items()} for c, own in actions.items()},
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
