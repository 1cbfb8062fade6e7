"""What a format says of one report, before its text is looked at. In: nothing. Out: what every reader yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """`published` is ISO 8601 or none; `language` is what the format declares; `row` counts `unit`s from 1."""

    text: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    row: int | None = None
    unit: str = "line"


def bare(text: object) -> str | None:
    """A value of metadata as one line, or none where it is empty or no text."""
    if not isinstance(text, str):
        return None
    return " ".join(text.split()) or None


def with_dateline(text: str, dateline: str | None) -> str:
    """A dateline that stands apart from its text goes before the first words, as agencies print it: LIMA - ..."""
    place = dateline.split(",")[0] if dateline else ""
    if dateline is None or not text.strip() or not place or place.lower() in text[: len(dateline) + 40].lower():
        return text
    return f"{place.upper()}{dateline[len(place) :]} - {text}"
