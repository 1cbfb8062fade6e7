"""An act that is ready to be put together into an event mention: the value that the readers of events hand on.

The lexicon's reader (`lexical.py`) and the network's (`learned.py`) both give `Act`s; `fusion.py` makes one list of
them, and `assembly.py` adds when, where and according to whom.
"""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.coding.categories import Codes
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.roles import Roles
from dragoman.language.event_network import TriggerReading
from dragoman.values import Mention, Sentence, Status, Step, TimeSpan


@dataclass(frozen=True, slots=True)
class Act:
    """An act of one sentence. `token` is the index of its trigger word, `first` and `last` those of the trigger's
    words.

    `negated` counts denials by the speaker in; `historical` is what the words alone say. `confidence` is 0 to 1.
    `words` holds every word that may stand for the trigger in another reader's eyes: the light verb beside its noun;
    `consumed` those that are part of the act and no act of their own ("dropped its demand").
    """

    sentence: int
    token: int
    first: int
    last: int
    words: frozenset[int]
    consumed: frozenset[int]
    codes: Codes
    roles: Roles
    status: Status
    negated: bool
    historical: bool
    when: TimeSpan | None
    confidence: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SentenceActs:
    """What the two readers of events say of one sentence, and the mentions that stand in it."""

    reader: ClauseReader
    mentions: tuple[Mention, ...]
    acts: tuple[Act, ...]
    readings: tuple[TriggerReading, ...]

    @property
    def sentence(self) -> Sentence:
        return self.reader.sentence
