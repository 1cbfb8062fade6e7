"""The day in a report's dateline: an article in, that day out ("BOGOTA, Nov. 7 (Reuters) -").

It is the day by which the report tells time: "today", "on Tuesday" and what has no time of its own go by it, though the
report may have come out a day or two later. A day that lies more than a week from publication is not believed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from dragoman.knowledge.time_words import TimeWords, plain
from dragoman.values import Article, Span, TimeSpan

_BELIEVED = timedelta(days=7)
_DAY = re.compile(r"([A-Za-z]+\.?) (\d{1,2})\b|\b(\d{1,2}) ([A-Za-z]+\.?)")


def dateline_day(article: Article, published: date | None, words: TimeWords) -> TimeSpan | None:
    """The day, with its words as the span; none where the dateline has none, or publication is unknown."""
    if article.dateline is None or article.body is None or published is None:
        return None
    start, end = article.dateline.end, article.body.start
    for match in _DAY.finditer(article.text, start, max(start, end)):
        name, number = (match[1], match[2]) if match[1] else (match[4], match[3])
        month = words.senses.get(plain(name.lower()), {}).get("month")
        if month is None:
            continue
        day = _nearest(int(month), int(number), published)
        if day is None:
            return None
        iso = day.isoformat()
        return TimeSpan(iso, iso, "day", iso, "text", Span(match[0], match.start(), match.end()), iso)
    return None


def _nearest(month: int, number: int, published: date) -> date | None:
    for year in (published.year, published.year - 1):
        try:
            day = date(year, month, number)
        except ValueError:
            return None
        if timedelta(0) <= published - day <= _BELIEVED:
            return day
    return None
