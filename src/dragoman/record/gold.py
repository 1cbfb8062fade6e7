"""What careful coders found, to score a record against. In: JSON lines or CSV (docs/studies.md), and the articles of
the record. Out: gold events in their articles, and the lines that could not be placed.

A line names an article (`article`, `url` or `text_sha256`) and one event of it; without `event` it says that the
article, or the quote that it gives, was read and holds no event. Of all other fields a line tells those that were
coded: what it does not name is not scored. The lines of `dragoman export`, corrected by hand, are such a file.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from dragoman.errors import ReadingError
from dragoman.reading.encodings import decode
from dragoman.reading.tables import separator_of

Range = tuple[int, int]
_KEYS = {"article": "id", "text_sha256": "text_sha256", "url": "url"}
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """One event as coded by hand. What is none was not coded; `spans` are where its trigger or quote stands."""

    event: str
    quad: int
    spans: tuple[Range, ...]
    actors: frozenset[str] | None
    recipients: frozenset[str] | None
    modes: frozenset[str] | None
    status: str | None
    negated: bool | None
    date: tuple[str, str] | None  # first and last day
    place: str | None
    place_country: str | None


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article that was read by hand: its events, and the quotes that lines give (all of it, where none does)."""

    id: str
    events: tuple[GoldEvent, ...]
    read: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file as it fits to a record; `faults` are the lines that do not."""

    articles: tuple[GoldArticle, ...]
    faults: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    values: Mapping[str, Any]


def read_gold(data: bytes, engine: duckdb.DuckDBPyConnection, source: str, quads: Mapping[str, int]) -> Gold:
    """The gold events of a file, in the articles of a record. Raises ReadingError where it is no such file.

    `quads` are the known categories with their quad classes.
    """
    text = decode(data, source=source).text.removeprefix("\ufeff")
    lines = list(_json_lines(text, source) if text.lstrip().startswith("{") else _table_lines(text, source))
    if not lines:
        raise ReadingError("it has no lines", source=source)
    faults: list[tuple[int, str]] = []
    events: dict[str, list[GoldEvent]] = {}
    read: dict[str, list[Range]] = {}
    for first in range(0, len(lines), _ASKED_AT_ONCE):
        some = lines[first : first + _ASKED_AT_ONCE]
        for line, found in zip(some, _articles(engine, some), strict=True):
            try:
                if isinstance(found, str):
                    raise ValueError(found)
                quotes = _places(found["text"], line.values, "quote", ())
                event = _event(found["text"], line.values, quotes, quads)
            except ValueError as error:
                faults.append((line.number, str(error)))
                continue
            own = events.setdefault(found["id"], [])
            read.setdefault(found["id"], []).extend(quotes)
            if event is not None:
                own.append(event)
    articles = (GoldArticle(key, tuple(own), tuple(sorted(read[key]))) for key, own in sorted(events.items()))
    return Gold(tuple(articles), tuple(faults))


def _json_lines(text: str, source: str) -> Iterator[_Line]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                values = json.loads(line)
            except ValueError as error:
                raise ReadingError(f"it is no JSON ({error})", source=source, row=number) from error
            if not isinstance(values, dict):
                raise ReadingError("it is no JSON object", source=source, row=number)
            yield _Line(number, values)


def _table_lines(text: str, source: str) -> Iterator[_Line]:
    """CSV: an empty cell is not told, but for `event` and the parties, where it means that there is none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text.partition("\n")[0]) or ",")
    try:
        names = [name.strip() for name in next(reader, [])]
        if not any(key in names for key in _KEYS):
            raise ReadingError(f"it has no column {' or '.join(_KEYS)}", source=source)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                reason = f"it has {len(cells)} cells, and the first line names {len(names)} columns"
                raise ReadingError(reason, source=source, row=reader.line_num)
            kept = ("event", "actors", "recipients", "actor_parties", "recipient_parties")
            told = {name: cell for name, cell in zip(names, cells, strict=True) if cell.strip() or name in kept}
            yield _Line(reader.line_num, told)
    except csv.Error as error:
        raise ReadingError(f"it is no CSV ({error})", source=source, row=reader.line_num) from error


def _articles(engine: duckdb.DuckDBPyConnection, lines: Sequence[_Line]) -> Iterator[Mapping[str, Any] | str]:
    """The article of each line, or why there is none."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for key, column in _KEYS.items():
        wanted = sorted({str(line.values[key]) for line in lines if line.values.get(key)})
        if wanted:
            query = f"SELECT id, text, {column} FROM articles WHERE {column} IN (SELECT unnest($wanted))"
            for identity, text, value in engine.execute(query, {"wanted": wanted}).fetchall():
                found.setdefault((key, value), []).append({"id": identity, "text": text})
    for line in lines:
        named = [key for key in _KEYS if line.values.get(key)]
        if not named:
            yield f"it names no article: give {', '.join(_KEYS)}"
            continue
        told = str(line.values[named[0]])
        fits = found.get((named[0], told), [])
        if len(fits) != 1:
            yield f"the record has {len(fits) or 'no'} article{'s' if fits else ''} of {named[0]} {told!r}"
        else:
            yield fits[0]


def _event(
    text: str, values: Mapping[str, Any], quotes: tuple[Range, ...], quads: Mapping[str, int]
) -> GoldEvent | None:
    """The event of a line; none where it says that there is none. Raises ValueError."""
    code = str(values.get("event") or "").strip().upper()
    if not code:
        return None
    if code not in quads:
        raise ValueError(f"{code!r} is no category: it is one of {', '.join(quads)}")
    place = values.get("place")
    country = place.get("country") if isinstance(place, Mapping) else values.get("place_country")
    status = values.get("status")
    return GoldEvent(
        event=code,
        quad=quads[code],
        spans=_places(text, values, "trigger", quotes) or quotes,
        actors=_parties(values, "actors", "actor_parties"),
        recipients=_parties(values, "recipients", "recipient_parties"),
        modes=_codes(values.get("modes")),
        status=None if status is None else str(status).strip().lower(),
        negated=_truth(values.get("negated"), "negated"),
        date=_days(values),
        place=place.get("name") if isinstance(place, Mapping) else place,
        place_country=country,
    )


def _places(text: str, values: Mapping[str, Any], name: str, within: tuple[Range, ...]) -> tuple[Range, ...]:
    """Where the words of `trigger` or `quote` stand; () where none are told. Raises ValueError where they do not."""
    told = values.get(name)
    start, end = values.get(f"{name}_start"), values.get(f"{name}_end")
    if isinstance(told, Mapping):
        start, end, told = told.get("start"), told.get("end"), told.get("text")
    if start is not None and end is not None:
        at = (int(start), int(end))
        if not 0 <= at[0] < at[1] <= len(text) or (told and _spaced(text[at[0] : at[1]]) != _spaced(str(told))):
            raise ValueError(f"the words of {name} do not stand at {start}-{end} of the article")
        return (at,)
    if not told or not str(told).strip():
        return ()
    pattern = re.compile(r"\s+".join(re.escape(word) for word in str(told).split()))
    found = [match.span() for match in pattern.finditer(text)]
    if within:
        found = [span for span in found if any(start <= span[0] and span[1] <= end for start, end in within)]
    if not found:
        raise ValueError(f"the article has not the words of {name}: {str(told)[:60]!r}")
    return tuple(found)


def _parties(values: Mapping[str, Any], *names: str) -> frozenset[str] | None:
    """Codes of parties; none where no field tells them. "IND|PAK", ["IND"], or parties as in an event record."""
    for name in names:
        told = values.get(name)
        if told is not None:
            each = [one.get("party") if isinstance(one, Mapping) else one for one in _listed(told)]
            return frozenset(str(code).strip().upper() for code in each if code)
    return None


def _codes(told: Any) -> frozenset[str] | None:
    return None if told is None else frozenset(str(code).strip() for code in _listed(told) if str(code).strip())


def _listed(told: Any) -> Iterable[Any]:
    if isinstance(told, str):
        return told.split("|")
    if isinstance(told, Sequence):
        return told
    raise ValueError(f"{told!r} is no list")


def _truth(told: Any, name: str) -> bool | None:
    if told is None or isinstance(told, bool):
        return told
    said = str(told).strip().lower()
    if said in (*_TRUE, *_FALSE):
        return said in _TRUE
    raise ValueError(f"{name} says {told!r}: write true or false")


def _days(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """First and last day: "2024-07", "2024-07-01/2024-07-05", an object with start and end, or date_start, date_end."""
    told = values.get("date")
    start, end = values.get("date_start"), values.get("date_end")
    if isinstance(told, Mapping):
        start, end = told.get("start"), told.get("end")
    elif told:
        start, _, rest = str(told).partition("/")
        end = rest or start
    if not start:
        return None
    first, last = str(start).strip(), str(end or start).strip()
    for day in (first, last):
        if not _DAY.fullmatch(day):
            raise ValueError(f"{day!r} is no date: write it as 2024-07-01, 2024-07 or 2024-07-01/2024-07-05")
    return first + "-01-01"[len(first) - 4 :], _last_day(last)


def _last_day(text: str) -> str:
    """The last day of a year, a month or a day."""
    import calendar

    if len(text) == 4:
        return f"{text}-12-31"
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        if not 1 <= month <= 12:
            raise ValueError(f"{text!r} is no month")
        return f"{text}-{calendar.monthrange(year, month)[1]:02d}"
    return text


def _spaced(text: str) -> str:
    return " ".join(text.split())
