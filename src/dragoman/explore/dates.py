"""Dates written out for readers: "3 March 2024", "March 2024", "4 to 10 March 2024". In: ISO days. Out: English."""

from __future__ import annotations

import datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def month_name(number: int) -> str:
    """From 1."""
    return _MONTHS[number - 1]


def brief_date(day: datetime.date) -> str:
    """ "3 March 2024"."""
    return f"{day.day} {month_name(day.month)} {day.year}"


def day_of(text: str | None) -> datetime.date | None:
    """The day of an ISO day or moment; none where it is neither."""
    try:
        return datetime.date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}


def edtf_text(text: str) -> str:
    """A date in EDTF as one writes it: a day, month, year, season or interval; anything else as it stands."""
    first, slash, last = text.partition("/")
    if slash:
        return span_text(first, last) if day_of(first) and day_of(last) else f"{edtf_text(first)} to {edtf_text(last)}"
    day = day_of(text) if len(text) >= len("2024-03-09") else None
    if day is not None:
        return brief_date(day)
    year, _, part = text.partition("-")
    if part in _SEASONS:
        return f"{_SEASONS[part]} {year}"
    return f"{month_name(int(part))} {year}" if part.isdigit() and 1 <= int(part) <= 12 else text


def span_text(start: str, end: str, granularity: str | None = None) -> str:
    """An interval of days as one writes it, as coarse as it is known."""
    first, last = day_of(start), day_of(end)
    if first is None or last is None:
        return start if start == end else f"{start} to {end}"
    if first == last:
        return brief_date(first)
    next_day = last + datetime.timedelta(1) if last < datetime.date.max else last
    if first.day == 1 and next_day.day == 1:
        if (first.month, last.month, first.year) == (1, 12, last.year):
            return str(first.year)
        if (first.year, first.month) == (last.year, last.month):
            return f"{month_name(first.month)} {first.year}"
    if granularity == "week":
        return f"the week of {brief_date(first)}"
    if first.year == last.year and first.month == last.month:
        return f"{first.day} to {brief_date(last)}"
    if first.year == last.year:
        return f"{first.day} {month_name(first.month)} to {brief_date(last)}"
    return f"{brief_date(first)} to {brief_date(last)}"
