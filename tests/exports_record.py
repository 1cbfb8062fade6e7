"""A small record with what makes exports stumble: marks, line ends, many parties, missing fields, denials and plans."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from dragoman.config import Config
from dragoman.record.query import Record
from dragoman.values import About, Actor, Article, EventMention, Party, Place, Size, Span, Speaker, Step, TimeSpan
from tests.fake_coder import small_build

NASTY = '=SUM(A1)+1 said "no", # 100% of \\n {France} & <Mali>, naïve 日本'
DELHI = Place("Delhi", "IND", 28.65195, 77.23149, "place", 1273294, None)
FRANCE = Place("France", "FRA", 46.0, 2.0, "country", 3017382, None)
BAVARIA = Place("Bavaria", "DEU", 48.8, 11.5, "region", 2951839, None)
GAZA = Place("Gaza", "PSE", 31.50161, 34.46672, "place", 281133, None)
PUTIN = Actor("RUS:person:putin", "Vladimir Putin", "RUS", "RUS", "GOV", "head-of-state", "Q7747")
INDIA = Actor("IND", "India", "IND", "IND", None)
FRENCH = Actor("FRA", "France", "FRA", "FRA", None)
NATO = Actor("NATO", "NATO", "NATO", None, "IGO")
PRESS = Actor("text:ROU:JRN:press", 'the "free" press | Bucharest', "ROU", "ROU", "JRN")
HAMAS = Actor("HAMAS", "Hamas", "HAMAS", "PSE", "REB")
NOBODY = Actor("text::gunmen", "gunmen", None, None, "UAF")
# Title -> what the article is read as: category, modes, CAMEO code, class, score, status, parties, place, day.
EVENTS: dict[str, tuple[dict[str, object], ...]] = {
    "visit": ({"event": "CONSULT", "modes": ("visit",), "cameo": "042", "quad": 1, "score": 4.0, "actors": (PUTIN,),
               "recipients": (INDIA,), "place": DELHI, "day": "2024-03-05"},),
    "meeting": ({"event": "CONSULT", "modes": ("multilateral",), "cameo": "046", "quad": 1, "score": 4.0,
                 "actors": (FRENCH, NATO, PRESS), "place": BAVARIA, "day": "2024-02-18"},),
    "protest": ({"event": "PROTEST", "modes": ("demo",), "cameo": "141", "quad": 4, "score": -5.0, "actors": (PRESS,),
                 "recipients": (FRENCH,), "place": FRANCE, "day": "2024-01-31"},),
    "attack": ({"event": "ASSAULT", "modes": ("firearms",), "cameo": "190", "quad": 4, "score": -9.0,
                "actors": (HAMAS, NOBODY), "recipients": (FRENCH,), "place": GAZA, "day": "2023-12-01",
                "size": Size(3, None, None)},),
    "plan": ({"event": "AGREE", "modes": (), "cameo": "036", "quad": 1, "score": 2.5, "status": "future",
              "actors": (PUTIN,), "recipients": (INDIA,), "about": About("CONSULT", ("visit",)),
              "granularity": "month", "day": "2024-07-01"},),
    "denial": ({"event": "ASSAULT", "modes": (), "cameo": "190", "quad": 4, "score": -9.0, "negated": True,
                "actors": (FRENCH,), "recipients": (PUTIN,), "day": "2022-05-05"},),
    "maybe": ({"event": "SANCTION", "modes": (), "cameo": "163", "quad": 4, "score": -6.0, "status": "hypothetical",
               "actors": (NATO,), "recipients": (PUTIN,), "day": "2021-06-06"},),
    "position": ({"event": "STATEMENT", "modes": (), "cameo": "010", "quad": 0, "score": None, "actors": (INDIA,),
                  "day": "2020-08-08"},),
    "undated": ({"event": "PROTEST", "modes": (), "cameo": "140", "quad": 4, "score": -5.0, "actors": (NOBODY,)},),
}  # fmt: skip
HAPPENED = ("visit", "meeting", "protest", "attack", "plan", "undated")


class TellingCoder:
    """Reads an article as what EVENTS says of its title."""

    def versions(self) -> dict[str, str]:
        """As of the coder."""
        return {"dragoman": "0", "models": "0", "knowledge": "0"}

    def code_article(self, article: Article) -> tuple[EventMention, ...]:
        """Its events."""
        told = EVENTS.get((article.title or "").split(",")[0], ())
        return tuple(_event(article, each, number) for number, each in enumerate(told))


def telling_coder(_: Config) -> TellingCoder:
    """The stand-in."""
    return TellingCoder()


def _event(article: Article, told: dict[str, object], number: int) -> EventMention:
    start = article.text.index("said")
    trigger = Span("said", start, start + 4)
    day = told.get("day")
    return EventMention(
        id=hashlib.sha256(f"{article.id}{number}".encode()).hexdigest()[:24],
        article=article,
        sentence=1,
        quote=Span(article.text[8:], 8, len(article.text)),
        event=told["event"],  # type: ignore[arg-type]
        modes=told["modes"],  # type: ignore[arg-type]
        contexts=("diplomatic",),
        cameo=told["cameo"],  # type: ignore[arg-type]
        quad=told["quad"],  # type: ignore[arg-type]
        score=told["score"],  # type: ignore[arg-type]
        about=told.get("about"),  # type: ignore[arg-type]
        actors=_parties(told.get("actors", ())),
        recipients=_parties(told.get("recipients", ())),
        trigger=trigger,
        status=told.get("status", "actual"),  # type: ignore[arg-type]
        negated=bool(told.get("negated", False)),
        historical=False,
        date=None
        if day is None
        else TimeSpan(str(day), str(day), told.get("granularity", "day"), str(day), "text", None, str(day)),  # type: ignore[arg-type]
        place=told.get("place"),  # type: ignore[arg-type]
        attribution=(Speaker(None, None, trigger, "indirect", "asserts"),),
        size=told.get("size"),  # type: ignore[arg-type]
        confidence=0.5,
        steps=(Step("events", "say-v-1", (trigger,), "", ()),),
    )


def _parties(actors: object) -> tuple[Party, ...]:
    return tuple(Party("=SUM", 8, 12, actor) for actor in actors)  # type: ignore[attr-defined]


def write_articles(path: Path, titles: tuple[str, ...] = (*EVENTS, "nothing")) -> Path:
    """One article a title, as JSON lines: the first paragraph is a word, the second is nasty."""
    lines = [
        json.dumps(
            {
                "text": f"Title.\n\n{NASTY}\r\nThe end of {title}.",
                "title": f"{title}, in words",
                "publisher": 'The "Daily" Wire, Ltd' if number % 2 else "L’Écho\u2028du soir",
                "url": f"https://example.org/{title}?a={{1}}&b=2%20",
                "published": f"2024-03-0{number % 9 + 1}T0{number % 9}:30:00+02:00",
            }
        )
        for number, title in enumerate(titles)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_record(folder: Path, *, leaf: int = 12) -> Record:
    """The record of these articles, open."""
    folder.mkdir(parents=True, exist_ok=True)
    small_build(folder / "record", [write_articles(folder / "in.jsonl")], leaf=leaf, maker=telling_coder)
    return Record.open(folder / "record")
