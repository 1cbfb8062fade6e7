"""`panel`: what is counted in which cell, rows of zeros, denominators."""

from __future__ import annotations

import calendar
import csv
import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.errors import RecordError, UsageError
from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.codes import load_codes
from dragoman.record import panel as panels
from dragoman.record.filters import EventFilter
from dragoman.record.panel import Panel, Plan, State, csv_lines, json_lines, known_states, panel, write_parquet
from dragoman.record.query import Record
from tests.told_coder import COUNTRIES, told_record

STATES = [State(code, code, number) for number, code in enumerate(sorted(COUNTRIES.values()), 1)]
CATEGORIES = ("CONSULT", "SUPPORT", "AID", "ACCUSE", "ASSAULT")
FILL = "And that was all there was to be told of that day, they say."
REPORTS = [
    ("2024-03-05", f"India and Oman met. Iran bombed Iraq on 2024-03-04. {FILL}"),
    ("2024-03-06", f"Iran bombed Iraq from 2024-03-05/2024-03-06. Iran will bomb Iraq on 2024-03-07. {FILL}"),
    ("2024-05-02", f"Iran bombed Iraq from 2024-04-30/2024-05-01. India visited Pakistan in 2024-05. {FILL}"),
    (
        "2024-05-03",
        f"Iran and Oman accused Iraq and Pakistan in 2024. Rebels aided Iraq. Iran did not aid Iraq. {FILL}",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told_record(tmp_path_factory.mktemp("counted") / "record", REPORTS)


@pytest.fixture
def record(folder: Path) -> Iterator[Record]:
    with Record.open(folder) as opened:
        yield opened


def counted(record: Record, chosen: EventFilter | None = None, **plan: Any) -> Panel:
    return panel(record.cursor(), Plan(**plan), chosen or EventFilter(), STATES, CATEGORIES)


def rows(found: Panel) -> list[dict[str, Any]]:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows()]


def cells(found: Panel, column: str = "events", key: str = "dyad") -> dict[tuple[str, str], int]:
    return {(row[key], row["period"]): row[column] for row in rows(found) if row[column]}


def test_a_dyad_by_month(record: Record) -> None:
    found = counted(record)
    assert cells(found) == {
        ("IND-OMN", "2024-03"): 1,
        ("IRN-IRQ", "2024-03"): 2,
        ("IND-PAK", "2024-05"): 1,
    }
    assert cells(found, "events_verbal_cooperation") == {("IND-OMN", "2024-03"): 1, ("IND-PAK", "2024-05"): 1}
    assert cells(found, "events_material_conflict") == {("IRN-IRQ", "2024-03"): 2}
    told = next(row for row in rows(found) if row["events"] == 2)
    assert (told["score_mean"], told["score_mean_of_mentions"]) == (-9, -9)
    assert (told["first_day"], told["last_day"]) == (datetime.date(2024, 3, 1), datetime.date(2024, 3, 31))


def test_a_date_wider_than_the_period_is_counted_apart(record: Record) -> None:
    """From 30 April to 1 May: no month holds it; the year is told in the first month that the panel has."""
    found = counted(record)
    assert cells(found, "events_too_wide") == {
        ("IRN-IRQ", "2024-04"): 1,
        ("IRN-IRQ", "2024-03"): 1,
        ("IRN-PAK", "2024-03"): 1,
        ("IRQ-OMN", "2024-03"): 1,
        ("OMN-PAK", "2024-03"): 1,
    }
    by_year = counted(record, period="year")
    assert cells(by_year, "events_too_wide") == {}
    assert cells(by_year)["IRN-IRQ", "2024"] == 4


def test_rows_of_zeros_for_every_pair_and_period(record: Record) -> None:
    found = rows(counted(record))
    codes = ("IND", "IRN", "IRQ", "OMN", "PAK")
    pairs = [f"{a}-{b}" for a in codes for b in codes if a < b]
    assert [(row["dyad"], row["period"]) for row in found] == [
        (pair, month) for pair in pairs for month in ("2024-03", "2024-04", "2024-05")
    ]
    assert all(row["score_mean"] is None for row in found if row["events"] == 0)
    chosen = rows(counted(record, countries=("PER", "CUB", "IND")))
    assert [row["dyad"] for row in chosen] == [pair for pair in ("CUB-IND", "CUB-PER", "IND-PER") for _ in range(3)]
    seen = {row["dyad"] for row in rows(counted(record, pairs="seen"))}
    assert seen == {"IND-OMN", "IRN-IRQ", "IND-PAK", "IRN-PAK", "IRQ-OMN", "OMN-PAK"}


def test_articles_are_the_denominator(record: Record) -> None:
    for row in rows(counted(record)):
        assert row["articles"] == {"2024-03": 2, "2024-04": 0, "2024-05": 2}[row["period"]]
        assert row["copies"] == 0


def test_copies_are_counted_apart(folder: Path) -> None:
    with Record.open(folder) as record:
        engine = record.cursor()
        engine.execute(
            "CREATE OR REPLACE VIEW copies AS SELECT id AS article FROM articles WHERE published = '2024-03-06'"
        )
        told = panel(engine, Plan(), EventFilter(), STATES, CATEGORIES)
        assert {(row["articles"], row["copies"]) for row in rows(told) if row["period"] == "2024-03"} == {(1, 1)}


def test_directed_dyads_have_both_directions_of_a_meeting(record: Record) -> None:
    found = cells(counted(record, unit="directed-dyad"))
    assert found == {
        ("IND-OMN", "2024-03"): 1,
        ("OMN-IND", "2024-03"): 1,
        ("IRN-IRQ", "2024-03"): 2,
        ("IND-PAK", "2024-05"): 1,
    }


def test_countries_with_the_side_on_which_they_stand(record: Record) -> None:
    found = counted(record, unit="country", period="year")
    assert cells(found, "events", "country") == {
        ("IND", "2024"): 2,
        ("OMN", "2024"): 2,
        ("IRN", "2024"): 4,
        ("IRQ", "2024"): 5,
        ("PAK", "2024"): 2,
    }
    assert cells(found, "events_as_recipient", "country") == {("IRQ", "2024"): 5, ("PAK", "2024"): 2}
    assert cells(found, "events_as_actor", "country")["IRN", "2024"] == 4


def test_sectors_of_countries(record: Record) -> None:
    found = rows(counted(record, unit="country-sector", period="year"))
    assert {(row["country"], row["sector"]) for row in found} == {
        (code, "STATE") for code in ("IND", "OMN", "IRN", "IRQ", "PAK")
    }


def test_what_did_not_happen_is_left_out_unless_asked_for(record: Record) -> None:
    assert cells(counted(record, all_told=True, period="year"))["IRN-IRQ", "2024"] == 6
    assert cells(counted(record, EventFilter(status=("future",)), period="year")) == {("IRN-IRQ", "2024"): 1}


def test_counts_by_category(record: Record) -> None:
    found = counted(record, by="category")
    assert {f"events_{code.lower()}" for code in CATEGORIES} <= set(found.columns)
    assert cells(found, "mentions_assault") == {("IRN-IRQ", "2024-03"): 2}


@pytest.mark.parametrize(
    ("period", "labels"),
    [
        ("day", ("2024-03-05", "2024-05-03", 60)),
        ("week", ("2024-W10", "2024-W18", 9)),
        ("month", ("2024-03", "2024-05", 3)),
        ("quarter", ("2024-Q1", "2024-Q2", 2)),
        ("year", ("2024", "2024", 1)),
    ],
)
def test_periods_have_the_names_of_iso(record: Record, period: str, labels: tuple[str, str, int]) -> None:
    found = [row["period"] for row in rows(counted(record, period=period, countries=("IRN", "IRQ")))]
    assert (found[0], found[-1], len(found)) == labels


def test_time_is_what_is_asked_for(record: Record) -> None:
    found = counted(record, EventFilter(since="2024-04", until="2024-06"))
    assert sorted({row["period"] for row in rows(found)}) == ["2024-04", "2024-05", "2024-06"]
    assert found.told.outside == 3
    assert cells(found) == {("IND-PAK", "2024-05"): 1}


def test_outlets_restrict_the_denominator_too(tmp_path: Path) -> None:
    reports = [
        {"published": "2024-03-05", "publisher": name, "text": f"India and Oman met. {FILL} {name}"}
        for name in ("Le Jour", "The Day", "The Night")
    ]
    with Record.open(told_record(tmp_path / "record", reports)) as record:
        (row,) = rows(counted(record, EventFilter(outlet=("le jour",))))
        assert (row["events"], row["articles"]) == (1, 1)


def test_undated_events_are_counted_where_they_were_reported(tmp_path: Path) -> None:
    with Record.open(told_record(tmp_path / "record", REPORTS)) as record:
        engine = record.cursor()
        engine.execute(
            "CREATE OR REPLACE VIEW events AS SELECT * REPLACE (NULL::TEXT AS date_start, NULL::TEXT AS date_end) "
            f"FROM read_parquet('{next((tmp_path / 'record' / 'events').glob('events-*'))}')"
        )
        found = panel(engine, Plan(), EventFilter(), STATES, CATEGORIES)
        assert cells(found) == {}
        assert cells(found, "events_undated")["IND-OMN", "2024-03"] == 1
        assert found.told.undated == 6


def test_codes_of_others(record: Record) -> None:
    states = known_states(load_actors(), load_codes())
    found = panel(record.cursor(), Plan(countries=("USA", "IND", "KOS")), EventFilter(), states, CATEGORIES)
    told = {
        row["dyad"]: (row["iso_a"], row["cow_a"], row["iso_b"], row["cow_b"], row["cow_dyad"]) for row in rows(found)
    }
    assert told["IND-USA"] == ("IND", 750, "USA", 2, 2750)
    assert told["IND-KOS"] == ("IND", 750, "XKX", 347, 347750)
    directed = Plan(unit="directed-dyad", countries=("USA", "IND"))
    found = panel(record.cursor(), directed, EventFilter(), states, CATEGORIES)
    assert {row["dyad"]: row["cow_dyad"] for row in rows(found)} == {"IND-USA": 750002, "USA-IND": 2750}


def test_states_have_rows_only_while_they_exist(record: Record) -> None:
    states = [*STATES, State("SUN", "SUN", 365, "1922-12-30", "1991-12-25"), State("NEW", "NEW", 999, "2024-05-20")]
    found = panel(record.cursor(), Plan(countries=("IND", "SUN", "NEW")), EventFilter(), states, CATEGORIES)
    assert [(row["dyad"], row["period"]) for row in rows(found)] == [("IND-NEW", "2024-05")]


def test_known_states_do_not_overlap_and_territories_are_asked_for(record: Record) -> None:
    states = known_states(load_actors(), load_codes())
    assert len({state.code for state in states}) == len(states) > 200
    assert {"IND", "TWN", "PSE", "KOS", "SUN", "HKG"} <= {state.code for state in states}
    assert next(state for state in states if state.code == "HKG").is_territory


def test_wrong_plans_are_told(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="'Atlantis' is no state"):
        counted(record, countries=("Atlantis",))
    with pytest.raises(RecordError, match="nothing to count"):
        counted(record, EventFilter(category=("COERCE",)))
    monkeypatch.setattr(panels, "MOST_ROWS", 20)
    with pytest.raises(UsageError, match="30 rows \\(10 units in 3 periods\\)"):
        counted(record)


def test_all_formats_say_the_same(record: Record, tmp_path: Path) -> None:
    found = counted(record)
    table = list(csv.DictReader(io.StringIO("\n".join(csv_lines(found)))))
    assert [row["dyad"] for row in table] == [row["dyad"] for row in rows(found)]
    assert len(list(json_lines(found))) == len(table) == found.told.rows
    path = tmp_path / "panel.parquet"
    write_parquet(found, path)
    stored = duckdb.connect().execute(f"SELECT * FROM read_parquet('{path}')").fetchall()
    assert stored == list(found.rows())
    assert [child.name for child in tmp_path.iterdir()] == ["panel.parquet"]


DAYS = st.dates(datetime.date(2024, 3, 1), datetime.date(2024, 5, 31))
NAMES = st.sampled_from(sorted(COUNTRIES))
EVENTS = st.lists(st.tuples(NAMES, NAMES, DAYS, st.integers(0, 40)), min_size=1, max_size=12)


@given(EVENTS, st.sampled_from(["day", "week", "month", "quarter", "year"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sums_of_a_panel_are_those_of_a_plain_count(events: list[tuple[str, str, Any, int]], period: str) -> None:
    """Each event stands once in the one row of its pair and period, as counted event by event in Python."""
    engine = duckdb.connect()
    columns = "id, mentions, event, quad, score, actor_parties, recipient_parties, recipient_ids, actor_countries, "
    columns += "recipient_countries, actor_sectors, recipient_sectors, date_start, date_end, first_published, status, "
    columns += "negated, historical"
    values, wanted, wide = [], 0, 0
    for number, (one, other, start, length) in enumerate(events):
        end = start + datetime.timedelta(length)
        a, b = COUNTRIES[one], COUNTRIES[other]
        values.append(
            f"('{number}', 1, 'ASSAULT', 4, -9.0, '{a}', '{b}', '{b}', '{a}', '{b}', '', '', '{start}', '{end}', "
            "'2024-03-01', 'actual', false, false)"
        )
        if a != b:
            held = _period(start, period) == _period(end, period)
            wanted += held
            wide += not held
    engine.execute(f"CREATE TABLE events AS SELECT * FROM (VALUES {', '.join(values)}) AS t({columns})")
    engine.execute("CREATE TABLE articles AS SELECT 'x' AS id, '2024-03-01' AS published, NULL::VARCHAR AS publisher")
    engine.execute("CREATE TABLE copies (article VARCHAR)")
    engine.execute("CREATE TABLE rejects (article VARCHAR)")
    chosen = EventFilter(since="2024-01-01", until="2024-12-31")
    for unit in ("dyad", "directed-dyad"):
        try:
            found = panel(engine, Plan(unit=unit, period=period), chosen, STATES, CATEGORIES)  # type: ignore[arg-type]
        except RecordError:
            assert len({name for one, other, _, _ in events for name in (one, other)}) == 1
            continue
        told = rows(found)
        assert (sum(row["events"] for row in told), sum(row["events_too_wide"] for row in told)) == (wanted, wide)
        assert len(told) == found.told.rows


def _period(day: datetime.date, period: str) -> tuple[int, ...]:
    if period == "week":
        return tuple(day.isocalendar())[:2]
    return {
        "day": (day.year, day.month, day.day),
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month - 1) // 3),
        "year": (day.year,),
    }[period]


def test_last_days_are_those_of_the_calendar(record: Record) -> None:
    for row in rows(counted(record, countries=("IRN", "IRQ"))):
        first, last = row["first_day"], row["last_day"]
        assert last.day == calendar.monthrange(first.year, first.month)[1]
