"""What a brief asks a record. In: a question, and something that runs SQL. Out: events, their sources, articles read.

An event belongs to the period in which it began; one that is announced, to that of its first report. With a state go
those whose country it is (Hamas with Palestine), which `others_counted` names. It words nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from dragoman.explore.brief_values import Period, Question, Side
from dragoman.explore.dates import day_of
from dragoman.record.filters import NAME, Unit, fold_sql, period_sql, where
from dragoman.record.parquet import told_plainly
from dragoman.record.query import Record

Row = Mapping[str, Any]
Rows = Callable[[str, Mapping[str, Any]], Sequence[Row]]  # runs a query with named parameters

# An announcement is made on the day of its first report, whenever the act is to be.
_DAY = """CASE WHEN status = 'future' THEN coalesce(left(first_published, 10), date_start)
          ELSE coalesce(date_start, left(first_published, 10)) END"""
_INFERRED = "inferred:"  # steps that took a country from the rest of the report
_SIDES = """actor_names, actor_ids, actor_parties, actor_countries, actor_texts,
    recipient_names, recipient_ids, recipient_parties, recipient_countries, recipient_texts"""
_LIGHT = f"""id, event, modes, cameo, about_event, quad, status, negated, historical, stances, mentions, reports,
    publishers, confidence, date_start, date_basis, date_granularity, fulfilled_by, cancelled_by, quote, conflicts,
    {_SIDES}"""
_FULL = f"""id, mentions, articles, reports, publishers, first_published, event, modes, cameo, quad, about_event,
    about_modes, trigger, status, negated, date_start, date_end, date_granularity, date_basis, place, place_country,
    speakers, stances, dead, injured, arrested, article, quote, conflicts, fulfils, cancels, fulfilled_by, cancelled_by,
    {_SIDES}"""


def rows_of(record: Record) -> Rows:
    """What runs SQL over a record. It raises RecordError where a file is damaged."""

    def rows(query: str, values: Mapping[str, Any]) -> list[Row]:
        with told_plainly(record.folder):
            cursor = record.ask(query, dict(values))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return rows


@dataclass(frozen=True, slots=True)
class Coverage:
    """Articles published on each day, and how many of them are copies."""

    articles: Mapping[datetime.date, int]
    copies: Mapping[datetime.date, int]

    def read(self, period: Period) -> int:
        """All articles of a period."""
        return sum(count for day, count in self.articles.items() if period.since <= day <= period.until)

    def copied(self, period: Period) -> int:
        """Those of them that copy another."""
        return sum(count for day, count in self.copies.items() if period.since <= day <= period.until)


def days_published(rows: Rows) -> Period | None:
    """The first and the last day of publication in the record; none where no article has one."""
    query = "SELECT min(left(published, 10)) AS first, max(left(published, 10)) AS last FROM articles"
    found = rows(query, {})[0]
    first, last = day_of(found["first"]), day_of(found["last"])
    return None if first is None or last is None else Period(first, last)


def coverage(rows: Rows) -> Coverage:
    """How much was read on each day."""
    found = rows(
        "SELECT left(published, 10) AS day, count(*) AS articles, count(copies.article) AS copies FROM articles "
        "LEFT JOIN copies ON copies.article = articles.id WHERE published IS NOT NULL GROUP BY ALL",
        {},
    )
    dated = [(day, row) for row in found if (day := day_of(row["day"])) is not None]
    return Coverage({day: row["articles"] for day, row in dated}, {day: row["copies"] for day, row in dated})


def events_between(rows: Rows, question: Question, period: Period, unit: Unit) -> Sequence[Row]:
    """The events of a period with the columns that counting and choosing need; `unit` gives the column `period`."""
    condition, values = _condition(question)
    values |= {"since": period.since.isoformat(), "until": period.until.isoformat()}
    query = f"""SELECT {_LIGHT}, {_DAY} AS day, {period_sql(unit)} AS period FROM events
        WHERE {condition} AND {_DAY} BETWEEN $since AND $until ORDER BY day, id"""
    return rows(query, values)


def full_events(rows: Rows, ids: Iterable[str]) -> dict[str, Row]:
    """The rows of these events, by id; `inferred` are the parties whose country follows from the rest of the report."""
    values = {"ids": sorted(set(ids))}
    found = rows(f"SELECT {_FULL} FROM events WHERE list_contains($ids, id)", values)
    evidence = rows(
        "SELECT events.id, actors, recipients FROM events JOIN evidence USING (article, ordinal) "
        "WHERE list_contains($ids, events.id)",
        values,
    )
    inferred = {row["id"]: _inferred([*row["actors"], *row["recipients"]]) for row in evidence}
    return {row["id"]: {**row, "inferred": inferred.get(row["id"], [])} for row in found}


def _inferred(parties: Iterable[Mapping[str, Any]]) -> list[tuple[str, str | None, str | None]]:
    """Name, party and country of those whose country the text does not say."""
    return [
        (each["name"], each["party"], each["country"])
        for each in parties
        if any(step.startswith(_INFERRED) for step in each["basis"])
    ]


def articles_of(rows: Rows, ids: Iterable[str]) -> dict[str, list[Row]]:
    """By event, the articles that tell it: that of its quote first, then by day; copies last."""
    query = """SELECT DISTINCT told.event, told.article, told.copy_of, articles.publisher, articles.title,
        articles.published, articles.url, told.article = events.article AS quoted
        FROM event_mentions AS told JOIN articles ON articles.id = told.article JOIN events ON events.id = told.event
        WHERE list_contains($ids, told.event)
        ORDER BY told.event, told.copy_of IS NOT NULL, told.article <> events.article, published, told.article"""
    found: dict[str, list[Row]] = {}
    for row in rows(query, {"ids": sorted(set(ids))}):
        found.setdefault(row["event"], []).append(row)
    return found


def coded_by(rows: Rows) -> list[str]:
    """What coded the articles: "dragoman 0.1.0, models 1, knowledge 2026.11.1"."""
    found = rows("SELECT DISTINCT dragoman, models, knowledge FROM articles ORDER BY ALL", {})
    return [f"dragoman {row['dragoman']}, models {row['models']}, knowledge {row['knowledge']}" for row in found]


def parts_of(row: Row, column: str) -> list[str]:
    """The values that a column joins by bars."""
    value = row[column]
    return value.split("|") if value else []


class Who(NamedTuple):
    """A party of an event, as the columns of a row have it; empty where one says nothing."""

    name: str
    id: str
    party: str
    country: str
    text: str


def parties_of(row: Row, role: str) -> list[Who]:
    """The actors or recipients of an event. A column of one empty value is empty, and stands for that value."""
    names = parts_of(row, f"{role}_names")
    columns = [parts_of(row, f"{role}_{what}") for what in ("ids", "parties", "countries", "texts")]
    padded = [[*column, *[""] * (len(names) - len(column))] for column in columns]
    return [Who(*each) for each in zip(names, *padded, strict=False)]


def others_counted(question: Question, found: Iterable[Row]) -> dict[str, set[str]]:
    """By side, the parties that are counted with it since they belong to its country."""
    others: dict[str, set[str]] = {}
    for row in found:
        for role in ("actor", "recipient"):
            for who in parties_of(row, role):
                for side in question.sides:
                    if who.country == side.code and who.party not in ("", who.country):
                        others.setdefault(side.code, set()).add(who.party)
    return others


def _condition(question: Question) -> tuple[str, dict[str, Any]]:
    """The events of the sides: either way between two, both together and on nobody else, or anything of one."""
    chosen = replace(question.chosen, statements=True)
    condition, values = where(chosen)
    values = dict(values)
    sides = [
        {role: _is_side(side, role, f"side{number}", values) for role in ("actor", "recipient")}
        for number, side in enumerate(question.sides)
    ]
    if len(sides) == 1:
        return f"({condition}) AND ({sides[0]['actor']} OR {sides[0]['recipient']})", values
    one, other = sides
    ways = (
        f"({one['actor']} AND {other['recipient']})",
        f"({other['actor']} AND {one['recipient']})",
        f"(coalesce(recipient_ids, '') = '' AND {one['actor']} AND {other['actor']})",
    )
    return f"({condition}) AND ({' OR '.join(ways)})", values


def _is_side(side: Side, role: str, name: str, values: dict[str, Any]) -> str:
    if side.code.startswith(NAME):
        values[name] = side.code.removeprefix(NAME)
        return f"contains({fold_sql(f'{role}_names', bars=True)}, {fold_sql(f'${name}')})"
    values[name] = f"|{side.code}|"
    columns = (f"{role}_ids",) if ":" in side.code else (f"{role}_parties", f"{role}_countries", f"{role}_ids")
    return f"({' OR '.join(f'''contains('|' || coalesce({column}, '') || '|', ${name})''' for column in columns)})"
