"""What the stages found in an article as a whole, for those that put its events together. It holds values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.coding.home import Evidence
from dragoman.coding.locations import PlaceMention
from dragoman.coding.speech import SpeechAct
from dragoman.coding.times import TimeExpression
from dragoman.values import Article, Mention, Sentence, TimeSpan


@dataclass(frozen=True, slots=True)
class Background:
    """The lists run parallel to the article's sentences, but `mentions`, `places` and `evidence`, which are the
    article's.
    """

    article: Article
    sentences: Sequence[Sentence]
    mentions: Sequence[Mention]
    speech: Sequence[Sequence[SpeechAct]]
    times: Sequence[Sequence[TimeExpression]]
    places: Sequence[PlaceMention]
    today: TimeSpan | None  # the day of the report: its dateline's, else that of publication
    evidence: Sequence[Evidence]  # what speaks for countries
