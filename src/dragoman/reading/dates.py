"""Days and moments of publication. In: a date as it stands in a feed or a file. Out: ISO 8601, or none.

A moment keeps its offset from UTC; one without an offset is cut to its day, since nobody knows which hour it was.
Days in words ("19 November 2024") are read by `spelled_day`; anything looser ("yesterday") is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?)\s?(Z|z|[+-]\d{2}:?\d{2})?)?")
_MAIL = re.compile(r"(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4}\s+\d{1,2}:\d{2}")
_DAY_FIRST = re.compile(r"(?:[A-Za-z]{3,9},?\s)?(\d{1,2})(?:st|nd|rd|th)?\s([A-Za-z]{3,9})\.?,?\s(\d{4})")
_MONTH_FIRST = re.compile(r"(?:[A-Za-z]{3,9},?\s)?([A-Za-z]{3,9})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})")


def iso_moment(text: str) -> str | None:
    """`text` (ISO 8601 day or moment, or RFC 2822) as an ISO day, or moment with its offset, or none."""
    text = text.strip()
    match = _ISO.fullmatch(text)
    if match is not None:
        return _from_iso(*match.groups())
    if len(text) <= 60 and _MAIL.match(text):
        return _from_mail(text)
    return None


def _from_iso(day: str, clock: str | None, offset: str | None) -> str | None:
    try:
        if clock is None or offset is None:
            if clock is not None:
                datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}")
            return date.fromisoformat(day).isoformat()
        zone = "+00:00" if offset in "Zz" else offset
        return datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}{zone}").isoformat()
    except ValueError:
        return None


def _from_mail(text: str) -> str | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # "-0000" says that the time is in UTC and the place unknown (RFC 5322, 3.3).
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).isoformat()


def month_numbers(rows: frozenset[str]) -> dict[str, int]:
    """Names of months in lower case, from rows such as "november=11"."""
    return {name: int(number) for name, _, number in (row.partition("=") for row in sorted(rows))}


def spelled_day(text: str, months: Mapping[str, int]) -> str | None:
    """A day in English words with its year, as an ISO day: "Tuesday, 19 November 2024", "Nov. 19, 2024"."""
    text = " ".join(text.split()).rstrip(".,")
    match = _DAY_FIRST.fullmatch(text)
    if match is not None:
        day, month, year = match.groups()
    else:
        match = _MONTH_FIRST.fullmatch(text)
        if match is None:
            return None
        month, day, year = match.groups()
    number = months.get(month.lower())
    if number is None:
        return None
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None
