"""Filters: what they say in SQL, over a handful of rows, and how names become codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from dragoman.errors import UsageError
from dragoman.record.filter_names import resolved
from dragoman.record.filters import EventFilter, Unit, fold_sql, happened, names_of, period_sql, phrases_of, where
from dragoman.record.parquet import scan

# id, what differs from an actual CONSULT on a day of March
ROWS: dict[str, dict[str, Any]] = {
    "warned": {"actor": "RUS", "recipient": "USA", "event": "THREATEN", "quad": 3, "quote": "Russia warned the U.S."},
    "met": {"actor": "IND|CHN", "recipient": "", "modes": "multilateral|visit", "quote": "Jaishankar met Wang Yi"},
    "came": {"actor": "IND", "recipient": "RUS", "date_start": "2024-07-08", "place": "Moscow", "place_country": "RUS"},
    "talked": {"actor": "FRA|FRA", "recipient": "", "historical": True, "quote": "Au Sénat, dit-il"},
    "said": {"actor": "USA", "recipient": "", "event": "STATEMENT", "quad": 0},
    "may": {"actor": "UNO", "recipient": "IND", "status": "hypothetical", "negated": True, "speakers": "Ana Łada|Tass"},
}


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(f"CREATE TABLE mentions AS SELECT * FROM {scan('mentions', [])}")
        for number, (name, row) in enumerate(ROWS.items()):
            told = {
                **{"id": name, "article": f"a{number}", "ordinal": 0, "publisher": "Le Monde" if number % 2 else "AP"},
                **{"event": "CONSULT", "quad": 1, "status": "actual", "negated": False, "historical": False},
                **{"date_start": "2024-03-05", "date_granularity": "day", "confidence": 0.5 + number / 10},
                **{key: value for key, value in row.items() if key not in ("actor", "recipient")},
            }
            for role in ("actor", "recipient"):
                for what in ("ids", "parties", "countries", "names"):
                    told[f"{role}_{what}"] = row[role] or None
            columns = ", ".join(told)
            made.execute(f"INSERT INTO mentions ({columns}) VALUES ({', '.join('?' * len(told))})", list(told.values()))
        # Each event has a second mention, in another outlet and other words.
        made.execute("CREATE TABLE events AS SELECT * FROM mentions")
        made.execute("CREATE TABLE event_mentions AS SELECT id AS event, article, ordinal FROM mentions")
        made.execute(
            """INSERT INTO mentions BY NAME SELECT id || '2' AS id, article, 1 AS ordinal, 'Reuters' AS publisher,
            'told again of ' || id AS quote, event, quad, status, negated, historical, date_start FROM events"""
        )
        made.execute("INSERT INTO event_mentions SELECT id, article, 1 FROM events")
        yield made


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (EventFilter(), "warned met came talked may"),
        (EventFilter(statements=True), "warned met came talked said may"),
        (EventFilter(category=("STATEMENT",)), "said"),
        (EventFilter(actor=("IND",)), "met came"),
        (EventFilter(actor=("IND", "UNO")), "met came may"),
        (EventFilter(actor=("IN",)), ""),
        (EventFilter(actor=("name:ind",)), "met came"),
        (EventFilter(recipient=("IND",)), "may"),
        (EventFilter(dyad=(("CHN", "IND"),)), "met"),
        (EventFilter(dyad=(("RUS", "IND"),)), ""),
        (EventFilter(between=(("RUS", "IND"),)), "came"),
        (EventFilter(between=(("RUS", "IND"), ("RUS", "USA"))), "warned came"),
        (EventFilter(dyad=(("FRA", "FRA"),)), "talked"),
        (EventFilter(dyad=(("IND", "IND"),)), ""),
        (EventFilter(country=("RUS",)), "warned came"),
        (EventFilter(category=("quad:3", "AID")), "warned"),
        (EventFilter(mode=("visit",)), "met"),
        (EventFilter(status=("hypothetical",)), "may"),
        (EventFilter(negated=False, historical=False), "warned met came"),
        (happened(EventFilter()), "warned met came"),
        (happened(EventFilter(status=("hypothetical",), negated=True)), "may"),
        (EventFilter(speaker=("lada",)), "may"),
        (EventFilter(speaker=("Lada Tass",)), ""),
        (EventFilter(place=("RUS", "name:delhi")), "came"),
        (EventFilter(place=("name:MOSCOW",)), "came"),
        (EventFilter(since="2024-04"), "came"),
        (EventFilter(until="2024-03"), "warned met talked may"),
        (EventFilter(since="2024", until="2024"), "warned met came talked may"),
        (EventFilter(confidence=0.6), "met came talked may"),
        (EventFilter(outlet=("le monde",)), "met talked"),
        (EventFilter(outlet=("reuters", "le monde")), "warned met came talked may"),
        (EventFilter(words=("u.s. warned",)), "warned"),
        (EventFilter(words=('"wang yi"', "met")), "met"),
        (EventFilter(words=('"yi wang"',)), ""),
        (EventFilter(words=("SENAT",)), "talked"),
        (EventFilter(words=("jaish*",)), "met"),
        (EventFilter(words=("jaish",)), ""),
        (EventFilter(words=("told again",), actor=("UNO",)), "may"),  # the second mention's words
        (EventFilter(words=("told",), outlet=("AP",)), ""),  # one mention must fulfil both
    ],
)
def test_what_a_filter_lets_through(engine: duckdb.DuckDBPyConnection, chosen: EventFilter, found: str) -> None:
    condition, values = where(chosen)
    rows = engine.execute(f"SELECT id FROM events WHERE {condition}", values).fetchall()
    assert {row[0] for row in rows} == set(found.split())


def test_over_mentions_each_stands_for_itself(engine: duckdb.DuckDBPyConnection) -> None:
    condition, values = where(EventFilter(outlet=("Reuters",), words=("told",), category=("THREATEN",)), "mentions")
    assert engine.execute(f"SELECT id FROM mentions WHERE {condition}", values).fetchall() == [("warned2",)]


@pytest.mark.parametrize(
    ("unit", "day", "granularity", "period"),
    [
        ("day", "2024-03-05", "day", "2024-03-05"),
        ("week", "2024-12-30", "time", "2025-W01"),
        ("month", "2024-03-04", "week", "2024-03"),
        ("quarter", "2024-08-01", "month", "2024-Q3"),
        ("year", "2024-01-01", "half", "2024"),
        ("month", "2024-01-01", "year", None),
        ("day", "2024-03-01", "month", None),
        ("month", "2024-02-28", "range", "2024-02"),
        ("year", None, None, None),
    ],
)
def test_the_period_of_a_date(
    engine: duckdb.DuckDBPyConnection, unit: Unit, day: str, granularity: str, period: str
) -> None:
    query = f"SELECT {period_sql(unit)} FROM (SELECT $1::VARCHAR AS date_start, $2::VARCHAR AS date_granularity)"
    assert engine.execute(query, [day, granularity]).fetchone() == (period,)


def test_texts_are_folded(engine: duckdb.DuckDBPyConnection) -> None:
    told = "Erdoğan’s ŁÓDŹ—talks,  U.S. 12.5%|Straße"
    assert engine.execute(f"SELECT {fold_sql('$1')}", [told]).fetchone() == (" erdogan s lodz talks u s 12 5 strase ",)


def test_phrases() -> None:
    assert phrases_of(['"arms deal" Delhi sanction*', "--"]) == [
        ("arms deal", False),
        ("Delhi", False),
        ("sanction", True),
    ]
    assert phrases_of(()) == []
    with pytest.raises(UsageError, match="no word"):
        phrases_of(["-"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("India", "IND"),
        ("ind", "IND"),
        ("IN", "IND"),
        ("united states", "USA"),
        ("the US", "USA"),
        ("Türkiye", "TUR"),
        ("Turkiye", "TUR"),
        ("nato", "NATO"),
        ("European Union", "EUR"),
        ("State Department", "USA:state-department"),
        ("IND:person:x", "IND:person:x"),
        ("OWN-7", "OWN-7"),
        ("Narendra Modi", "name:Narendra Modi"),
        ("name:modi", "name:modi"),
    ],
)
def test_names_become_codes(text: str, code: str) -> None:
    chosen = resolved(EventFilter(actor=(text,), between=((text, "Iran"),)))
    assert (chosen.actor, chosen.between) == ((code,), ((code, "IRN"),))
    assert resolved(chosen) == chosen
    assert names_of(chosen) == ({code.removeprefix("name:")} if code.startswith("name:") else set())


def test_other_names_become_codes() -> None:
    given = EventFilter(
        category=("consult", "Verbal Conflict"),
        mode=("CONSULT/visit",),
        context=("Military",),
        sector=("gov",),
        status=("Actual",),
        place=("Turkey", "Moscow"),
        country=("South Korea",),
    )
    assert resolved(given) == EventFilter(
        category=("CONSULT", "quad:3"),
        mode=("visit",),
        context=("military",),
        sector=("GOV",),
        status=("actual",),
        place=("TUR", "name:Moscow"),
        country=("KOR",),
    )


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (EventFilter(actor=("Congo",)), r"COD \(.*\) or COG"),
        (EventFilter(actor=("!",)), "names nobody"),
        (EventFilter(country=("Indai",)), r"India \(IND\)"),
        (EventFilter(country=("NATO",)), "no country"),
        (EventFilter(category=("CONSLT",)), "it is one of .*CONSULT"),
        (EventFilter(status=("done",)), "actual"),
        (EventFilter(since="yesterday"), "write it as"),
        (EventFilter(until="2024-13"), "write it as"),
        (EventFilter(since="2024-05", until="2024-04"), "nothing lies between"),
        (EventFilter(confidence=7), "between 0 and 1"),
        (EventFilter(words=("!",)), "no word"),
    ],
)
def test_what_means_nothing_is_refused(chosen: EventFilter, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        resolved(chosen)
