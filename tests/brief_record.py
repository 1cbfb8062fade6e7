"""A small record in memory for tests of briefs: India and Russia in 2024, in reports of our own about public facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from dragoman.explore.brief_asking import Row, Rows
from dragoman.record.parquet import scan

MODI = ("Narendra Modi", "IND:person:narendra-modi", "IND", "IND", "Prime Minister Narendra Modi")
PUTIN = ("Vladimir Putin", "RUS:person:vladimir-putin", "RUS", "RUS", "President Vladimir Putin")
INDIA = ("India", "IND", "IND", "IND", "India")
RUSSIA = ("Russia", "RUS", "RUS", "RUS", "Russia")
EMBASSY = ("embassy", "text:RUS:GOV:embassy", "RUS", "RUS", "the embassy")
NATO = ("NATO", "NATO", "NATO", "", "NATO")

# id, outlet, title, day, of which article it is a copy
ARTICLES = (
    ("a1", "The Example Post", "Modi to visit Moscow", "2024-07-04", None),
    ("a2", "Sample Times", "Modi in Moscow", "2024-07-08", None),
    ("a3", "The Example Post", "Talks in the Kremlin", "2024-07-09", None),
    ("a4", "Copy Daily", "Talks in the Kremlin", "2024-07-09", "a3"),
    ("a5", "Sample Times", "India asks for its citizens back", "2024-07-10", None),
    ("a6", "The Example Post", "Embassy on recruits", "2024-08-10", None),
    ("a7", "Sample Times", "Oil trade grows", "2024-02-15", None),
    ("a8", "Sample Times", "<script>alert(1)</script> [x](javascript:alert(1)) | `a`", "2024-08-20", None),
)


def event(
    identity: str,
    category: str,
    actors: Sequence[tuple[str, ...]] = (),
    recipients: Sequence[tuple[str, ...]] = (),
    *,
    told: Iterable[str] = ("a3",),
    quote: str = "",
    **columns: Any,
) -> dict[str, Any]:
    """A row of `events`, actual and of a known day unless told otherwise; `told` are its articles."""
    articles = {each[0]: each for each in ARTICLES}
    ids = list(told)
    reports = [each for each in ids if articles[each][4] is None]
    row: dict[str, Any] = {
        "id": identity,
        "event": category,
        "modes": "",
        "contexts": "",
        "cameo": None,
        "quad": 1,
        "score": 1.0,
        "status": "actual",
        "negated": False,
        "historical": False,
        "trigger": "",
        "confidence": 0.8,
        "date_start": "2024-07-09",
        "date_end": "2024-07-09",
        "date_granularity": "day",
        "date_basis": "text",
        "mentions": len(ids),
        "articles": len(ids),
        "reports": len(reports),
        "publishers": len(ids),
        "first_published": articles[ids[0]][3],
        "last_published": articles[ids[-1]][3],
        "article": ids[0],
        "ordinal": 0,
        "quote": quote or f"A sentence about {identity} stands here.",
        "told": ids,
    }
    for role, parties in (("actor", actors), ("recipient", recipients)):
        for at, what in enumerate(("names", "ids", "parties", "countries", "texts")):
            row[f"{role}_{what}"] = "|".join(each[at] for each in parties) if parties else None
    return row | columns


EVENTS = (
    event(
        "announced", "AGREE", [MODI], [RUSSIA], told=["a1"], about_event="CONSULT", about_modes="visit",
        status="future", date_start="2024-07-08", date_end="2024-07-09", date_granularity="range",
        speakers="Dmitry Peskov", stances="asserts", fulfilled_by="visit",
        quote="Prime Minister Narendra Modi will visit Russia on 8 and 9 July, Kremlin spokesman Dmitry Peskov said.",
    ),
    event(
        "visit", "CONSULT", [MODI], [RUSSIA], told=["a2", "a3", "a4"], modes="visit", date_start="2024-07-08",
        date_end="2024-07-09", date_granularity="range", place="Moscow", place_country="RUS", fulfils="announced",
        quote="Prime Minister Narendra Modi visited Moscow on 8 and 9 July.",
        conflicts=json.dumps(
            {"place": [
                {"value": "Moscow", "mentions": 2, "publishers": ["Copy Daily", "The Example Post"]},
                {"value": "Novo-Ogaryovo", "mentions": 1, "publishers": ["Sample Times"]},
            ]}
        ),
    ),
    event(
        "talks", "CONSULT", [MODI, PUTIN], told=["a3", "a4"], place="Moscow",
        quote="Modi and Putin held talks in the Kremlin on Tuesday.",
    ),
    event(
        "appeal", "REQUEST", [INDIA], [RUSSIA], told=["a5"], quad=3, modes="yield", cameo="0253", about_event="RETREAT",
        about_modes="release", date_start="2024-07-10", date_end="2024-07-10", date_basis="publication",
        quote="India has asked Russia to release its citizens from the army.",
    ),
    event(
        "denied", "COERCE", [EMBASSY], [INDIA], told=["a6"], quad=4, negated=True, date_start="2024-08-10",
        date_end="2024-08-10", date_basis="publication", speakers="embassy", stances="denies",
        quote="The embassy denied that anybody had been forced to join.",
    ),
    event(
        "hostile", "ACCUSE", [RUSSIA], [INDIA], told=["a8"], quad=3, modes="disapprove", date_start="2024-08-20",
        date_end="2024-08-20", speakers="<b>Bot</b>|[a](b)", stances="asserts|asserts",
        quote="**Bold** <img src=x onerror=alert(1)> | [link](javascript:alert(1)) `code` &amp; https://a.example",
    ),
    event(
        "trade", "COOPERATE", [INDIA], [RUSSIA], told=["a7"], quad=2, cameo="061", date_start="2024-02-15",
        date_end="2024-02-15", quote="India bought more oil from Russia in February.",
    ),
    event(
        "others", "CONSULT", [PUTIN], [NATO], told=["a7"], date_start="2024-08-15", date_end="2024-08-15",
        quote="Putin and NATO do not concern this brief at all.",
    ),
)  # fmt: skip


def small_record(events: Iterable[Mapping[str, Any]] = EVENTS, urls: Mapping[str, str] | None = None) -> Rows:
    """Something that runs SQL over the articles and these events; `urls` by article."""
    engine = duckdb.connect()
    for table in ("articles", "mentions", "evidence", "events", "event_mentions", "copies"):
        engine.execute(f"CREATE TABLE {table} AS SELECT * FROM {scan(table, [])}")
    for identity, outlet, title, day, original in ARTICLES:
        url = (urls or {}).get(identity, f"https://news.example/{identity}")
        versions = {"dragoman": "0.1.0", "models": "1", "knowledge": "1"}
        _insert(
            engine, "articles",
            {"id": identity, "publisher": outlet, "title": title, "published": day, "url": url, **versions},
        )  # fmt: skip
        if original:
            _insert(engine, "copies", {"article": identity, "original": original, "kind": "same"})
    for row in events:
        told = row["told"]
        _insert(engine, "events", {key: value for key, value in row.items() if key != "told"})
        for article in told:
            copied = next(each[4] for each in ARTICLES if each[0] == article)
            _insert(
                engine, "event_mentions",
                {"event": row["id"], "article": article, "ordinal": 0, "mention": row["id"], "copy_of": copied},
            )  # fmt: skip

    def rows(query: str, values: Mapping[str, Any]) -> list[Row]:
        cursor = engine.cursor()
        cursor.execute(query, dict(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return rows


def _insert(engine: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    engine.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
