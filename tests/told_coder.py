"""A stand-in for the coder whose sentences say what it is to code, for tests of what is made of a record.

"India and Oman met. Iran will bomb Iraq on 2024-05-03." are two events; a time is a day, a month (2024-05), a year, or
a range (2024-05-30/2024-06-02), and without one the day of the report stands in.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dragoman.config import Config
from dragoman.record.run import BuildOptions, InlineExecutor, build
from dragoman.values import Actor, Article, EventMention, Granularity, Party, Place, Span, Speaker, Step, TimeSpan

COUNTRIES = {
    "India": "IND",
    "Pakistan": "PAK",
    "Oman": "OMN",
    "Iran": "IRN",
    "Iraq": "IRQ",
    "France": "FRA",
    "Chad": "TCD",
    "Libya": "LBY",
    "Peru": "PER",
    "Cuba": "CUB",
}
VERBS: dict[str, tuple[str, tuple[str, ...], int, float | None]] = {
    "met": ("CONSULT", (), 1, 2.5),
    "visited": ("CONSULT", ("visit",), 1, 4.0),
    "praised": ("SUPPORT", (), 1, 5.0),
    "aided": ("AID", (), 2, 10.0),
    "aid": ("AID", (), 2, 10.0),
    "accused": ("ACCUSE", (), 3, -3.0),
    "bombed": ("ASSAULT", ("aerial",), 4, -9.0),
    "bomb": ("ASSAULT", ("aerial",), 4, -9.0),
    "spoke": ("STATEMENT", (), 0, None),
}
_NAMES = r"[A-Z]\w+(?: and [A-Z]\w+)*"
_SENTENCE = re.compile(
    rf"(?P<who>{_NAMES}) (?:(?P<will>will )|(?P<not>did not ))?(?P<verb>{'|'.join(VERBS)})"
    rf"(?: (?P<whom>{_NAMES}))?(?: (?:on|in|from) (?P<when>[\d/-]+))?(?: at (?P<place>[A-Z]\w+))?\."
)
_GRANULARITY: dict[int, Granularity] = {10: "day", 7: "month", 4: "year"}


class ToldCoder:
    """Codes what sentences say in so many words."""

    def __init__(self, confidence: float) -> None:
        self.confidence = confidence

    def versions(self) -> dict[str, str]:
        """As of the coder."""
        return {"dragoman": "0", "models": f"told {self.confidence}", "knowledge": "0"}

    def code_article(self, article: Article) -> tuple[EventMention, ...]:
        """One event a sentence."""
        return tuple(
            self._event(article, match, number) for number, match in enumerate(_SENTENCE.finditer(article.text))
        )

    def _event(self, article: Article, match: re.Match[str], number: int) -> EventMention:
        event, modes, quad, score = VERBS[match["verb"]]
        start, end = match.span("verb")
        place = match["place"]
        return EventMention(
            id=hashlib.sha256("\x1f".join((article.id, str(start), str(end), "0")).encode()).hexdigest()[:24],
            article=article,
            sentence=number,
            quote=Span(match[0], match.start(), match.end()),
            event=event,
            modes=modes,
            contexts=(),
            cameo=None,
            quad=quad,
            score=score,
            about=None,
            actors=_parties(match, "who"),
            recipients=_parties(match, "whom"),
            trigger=Span(match["verb"], start, end),
            status="future" if match["will"] else "actual",
            negated=bool(match["not"]),
            historical=False,
            date=_date(match, article),
            place=None
            if place is None
            else Place(place, None, None, None, "place", None, Span(place, *match.span("place"))),
            attribution=(Speaker(None, None, Span(match["verb"], start, end), "indirect", "asserts"),),
            size=None,
            confidence=self.confidence,
            steps=(Step("events", "told", (Span(match["verb"], start, end),), "", ()),),
        )


def told_coder(_: Config) -> ToldCoder:
    """The stand-in."""
    return ToldCoder(0.75)


def surer_coder(_: Config) -> ToldCoder:
    """The stand-in in a later version."""
    return ToldCoder(0.95)


def told_record(
    folder: Path, reports: Sequence[tuple[str, str] | dict[str, Any]], maker: Any = told_coder, *, recode: bool = False
) -> Path:
    """A record of reports: (day, text) or the fields of an article; built in this process."""
    rows = [each if isinstance(each, dict) else {"published": each[0], "text": each[1]} for each in reports]
    source = folder.with_suffix(".jsonl")
    source.write_text("".join(json.dumps({**row, "language": "en"}) + "\n" for row in rows), encoding="utf-8")
    build(folder, [str(source)] if rows else [], BuildOptions(maker=maker, recode=recode), InlineExecutor())
    return folder


def _parties(match: re.Match[str], group: str) -> tuple[Party, ...]:
    found = []
    for name in re.finditer(r"[A-Z]\w+", match[group] or ""):
        start = match.start(group) + name.start()
        code = COUNTRIES.get(name[0])
        actor = Actor(code or f"text:{name[0]}", name[0], code, code, None if code else "REB", basis=("told",))
        found.append(Party(name[0], start, start + len(name[0]), actor))
    return tuple(found)


def _date(match: re.Match[str], article: Article) -> TimeSpan | None:
    when = match["when"]
    if when is None:
        day = (article.published or "")[:10]
        return TimeSpan(day, day, "day", day, "publication") if day else None
    first, _, last = when.partition("/")
    granularity = "range" if last else _GRANULARITY[len(first)]
    span = Span(when, *match.span("when"))
    return TimeSpan(_first(first), _last(last or first), granularity, when, "text", span)


def _first(text: str) -> str:
    return (text + "-01-01"[len(text) - 4 :])[:10]


def _last(text: str) -> str:
    if len(text) == 10:
        return text
    year, month = int(text[:4]), int(text[5:7] or 12)
    return f"{year}-{month:02d}-{calendar.monthrange(year, month)[1]}"
