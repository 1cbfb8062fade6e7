"""A stand-in for the coder that reads sentences of one form, for tests of merging: "FRA meets DEU on 2024-05-01 in
Bonn ...".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dragoman.config import Config
from dragoman.record.run import BuildOptions, InlineExecutor, Outcome, build
from dragoman.values import About, Actor, Article, EventMention, Party, Place, Size, Span, TimeSpan

VERBS = {
    "meets": ("CONSULT", "actual", None),
    "will meet": ("AGREE", "future", "CONSULT"),
    "refuses to meet": ("REJECT", "actual", "CONSULT"),
    "accuses": ("ACCUSE", "actual", None),
    "attacks": ("ASSAULT", "actual", None),
}
SENTENCE = re.compile(
    rf"(?P<actor>[A-Z]{{3}}) (?P<verb>{'|'.join(VERBS)}) (?P<recipient>[A-Z]{{3}})(?: on (?P<day>\d{{4}}-\d\d-\d\d))?"
    r"(?: in (?P<place>[A-Z][a-z]+))?(?: with (?P<dead>\d+) dead)?[^.]*\."
)


class SentenceCoder:
    """Codes by a regular expression."""

    def __init__(self, version: str) -> None:
        self.version = version

    def versions(self) -> dict[str, str]:
        """As of the coder."""
        return {"dragoman": "0", "models": self.version, "knowledge": "0"}

    def code_article(self, article: Article) -> tuple[EventMention, ...]:
        """One event a sentence of the form."""
        return tuple(self._event(article, match, n) for n, match in enumerate(SENTENCE.finditer(article.text)))

    def _event(self, article: Article, match: re.Match[str], number: int) -> EventMention:
        event, status, about = VERBS[match["verb"]]
        shift = 0 if self.version == "first" else 1  # another version takes other words for the trigger
        trigger = Span(match["verb"][shift:], match.start("verb") + shift, match.end("verb"))
        day = match["day"] or (article.published or "")[:10]
        sides = [_party(match, side) for side in ("actor", "recipient")]
        actors, recipients = (sides, []) if event == "CONSULT" else (sides[:1], sides[1:])
        dead = match["dead"]
        return EventMention(
            id=hashlib.sha256(f"{article.id}{match.start()}{self.version}".encode()).hexdigest()[:24],
            article=article,
            sentence=number,
            quote=Span(match[0], match.start(), match.end()),
            event=event,
            modes=(),
            contexts=(),
            cameo="042",
            quad=1,
            score=4.0,
            about=None if about is None else About(about),
            actors=tuple(actors),
            recipients=tuple(recipients),
            trigger=trigger,
            status=status,  # type: ignore[arg-type]
            negated=False,
            historical=False,
            date=TimeSpan(day, day, "day", day, "text" if match["day"] else "publication"),
            place=Place(match["place"], None, None, None, "place") if match["place"] else None,
            attribution=(),
            size=Size(dead=int(dead)) if dead else None,
            confidence=0.5,
        )


def _party(match: re.Match[str], side: str) -> Party:
    code = match[side]
    return Party(code, match.start(side), match.end(side), Actor(code, code, code, code, None))


def sentence_coder(_: Config) -> SentenceCoder:
    """The stand-in."""
    return SentenceCoder("first")


def later_coder(_: Config) -> SentenceCoder:
    """The stand-in in a later version: ids and triggers are others."""
    return SentenceCoder("second")


def report(text: str, published: str, publisher: str, title: str = "News") -> dict[str, Any]:
    """One report."""
    return {"text": text, "published": published, "publisher": publisher, "title": title}


def build_reports(
    folder: Path, reports: Iterable[dict[str, Any]], *, maker: Any = sentence_coder, recode: bool = False
) -> Outcome:
    """Build the record `folder` with these reports."""
    source = folder.with_suffix(".jsonl")
    source.write_text("".join(json.dumps(each) + "\n" for each in reports), encoding="utf-8")
    options = BuildOptions(maker=maker, recode=recode)
    return build(folder, [str(source)], options, InlineExecutor())
