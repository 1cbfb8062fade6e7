"""A quick stand-in for the coder, for tests of the record: every "visited" is an event, "faulty" fails."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from dragoman.config import Config
from dragoman.errors import CodingError
from dragoman.record import plan
from dragoman.record.pools import InlineExecutor
from dragoman.record.run import BuildOptions, Outcome, build
from dragoman.record.work import CoderMaker
from dragoman.values import Actor, Article, EventMention, Party, Span, Speaker, Step, TimeSpan

SMALL_LEAF, SMALL_BATCH = 12, 3


class FakeCoder:
    """Codes by a regular expression."""

    def __init__(self, version: str) -> None:
        self.version = version

    def versions(self) -> dict[str, str]:
        """As of the coder."""
        return {"dragoman": "0", "models": self.version, "knowledge": "0"}

    def code_article(self, article: Article) -> tuple[EventMention, ...]:
        """One event a "visited"."""
        if "faulty" in article.text:
            raise CodingError("it is faulty", article=article.id, stage="events")
        return tuple(self._event(article, match.start()) for match in re.finditer("visited", article.text))

    def _event(self, article: Article, start: int) -> EventMention:
        trigger = Span("visited", start, start + 7)
        words = article.text[:start].rstrip()
        who = Party(words, 0, len(words), Actor(f"text:{words}", words, "FRA", "FRA", "GOV", basis=("row|1",)))
        return EventMention(
            id=hashlib.sha256(f"{article.id}{start}".encode()).hexdigest()[:24],
            article=article,
            sentence=0,
            quote=Span(article.text, 0, len(article.text)),
            event="CONSULT",
            modes=("visit",),
            contexts=(),
            cameo="042",
            quad=1,
            score=4.0,
            about=None,
            actors=(who,),
            recipients=(),
            trigger=trigger,
            status="actual",
            negated=False,
            historical=False,
            date=TimeSpan("2024-05-01", "2024-05-02", "range", "2024-05-01/2024-05-02", "publication"),
            place=None,
            attribution=(Speaker(None, None, trigger, "indirect", "asserts"),),
            size=None,
            confidence=0.1 + start / 7,
            steps=(Step("events", "visit-v-1", (trigger,), self.version, (("other", 1 / 3),)),),
        )


def fake_coder(_: Config) -> FakeCoder:
    """The stand-in."""
    return FakeCoder("first")


def newer_coder(_: Config) -> FakeCoder:
    """The stand-in in a later version."""
    return FakeCoder("second")


def write_reports(path: Path, first: int, last: int) -> Path:
    """Reports as JSON lines: one line in ten is broken, one article in nine cannot be coded."""
    lines = []
    for number in range(first, last):
        text = f"The minister of region number {number} visited the city and then visited the president of the state."
        text += " The talks were faulty." if number % 9 == 5 else ""
        line = json.dumps({"text": text, "title": f"Report {number}", "published": "2024-05-03"})
        lines.append(line if number % 10 != 3 else line[:-5])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def small_build(
    folder: Path, inputs: list[Path], *, leaf: int = SMALL_LEAF, maker: CoderMaker = fake_coder, recode: bool = False
) -> Outcome:
    """A build in this process, with small batches and shards of at most `leaf` articles."""
    plan.LEAF_ARTICLES, plan.BATCH_ARTICLES = leaf, SMALL_BATCH
    return build(folder, [str(path) for path in inputs], BuildOptions(maker=maker, recode=recode), InlineExecutor())
