"""Asking a record: what is counted is what is listed, and the index changes no answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.generated_record import generate
from dragoman.errors import RecordError, UsageError
from dragoman.record.counts import FACETS, FIELDS, UNITS
from dragoman.record.filters import EventFilter, happened
from dragoman.record.index import index_path, write_index
from dragoman.record.query import Record
from dragoman.record.store import read_manifest
from tests.fake_coder import small_build, write_reports

MENTIONS = 2000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated") / "record"
    generate(made, MENTIONS, seed=7)
    assert write_index(made, read_manifest(made), tmp_path_factory.mktemp("work"), least=0) is not None
    return made


@pytest.fixture(scope="module")
def records(folder: Path) -> Iterator[tuple[Record, Record]]:
    with Record.open(folder) as quick, Record.open(folder, indexed=False) as plain:
        yield quick, plain


@pytest.fixture(scope="module")
def record(records: tuple[Record, Record]) -> Record:
    return records[1]


PARTIES = st.sampled_from(["USA", "RUS", "CHN", "IND", "UNO", "NATO", "SWE", "XYZ", "USA:none", "name:usa", "name:rus"])
PAIRS = st.tuples(PARTIES, PARTIES)
WORDS = st.sampled_from(["diwoda", "diw*", '"diwoda rahove"', "rahove mobewo", "nothing", "1", '"12', "HOOR*"])


def some(values: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.just(()) | st.lists(values, max_size=most).map(tuple)


FILTERS = st.builds(
    EventFilter,
    actor=some(PARTIES),
    recipient=some(PARTIES),
    dyad=some(PAIRS),
    between=some(PAIRS),
    country=some(st.sampled_from(["USA", "RUS", "IND", "FRA"])),
    sector=some(st.sampled_from(["GOV", "MIL"])),
    category=some(st.sampled_from(["AGREE", "CONSULT", "STATEMENT", "quad:3", "quad:1"])),
    mode=some(st.sampled_from(["visit", "meet"])),
    context=some(st.sampled_from(["military", "diplomatic"])),
    status=some(st.sampled_from(["actual", "future"])),
    speaker=some(st.sampled_from(["speaker 0", "Speaker 12", "nobody"])),
    place=some(st.sampled_from(["USA", "name:Town 3", "name:town"])),
    since=st.none() | st.sampled_from(["2010", "2015-03", "2020-01-15"]),
    until=st.none() | st.sampled_from(["2021", "2022-02", "2024-12-01"]),
    confidence=st.none() | st.just(0.4),
    outlet=some(st.sampled_from(["Outlet 0", "OUTLET 1", "outlet-2", "none"])),
    words=some(WORDS),
    negated=st.none() | st.booleans(),
    historical=st.none() | st.booleans(),
    statements=st.booleans(),
)


def narrowed(chosen: EventFilter, kept: set[str]) -> EventFilter:
    """Of a filter only some fields, for all together let nothing through."""
    empty = EventFilter()
    return replace(empty, **{name: getattr(chosen, name) for name in kept})


FIELD_NAMES = sorted(EventFilter.__slots__)


@settings(max_examples=60, deadline=None)
@given(FILTERS, st.sets(st.sampled_from(FIELD_NAMES), max_size=4), st.sampled_from(["newest", "oldest", "mentions"]))
def test_the_index_changes_no_answer(
    records: tuple[Record, Record], chosen: EventFilter, kept: set[str], order: Any
) -> None:
    quick, plain = records
    chosen = narrowed(chosen, kept)
    assert quick.is_indexed and not plain.is_indexed
    for page in ({}, {"limit": 7, "offset": 2}):
        assert (
            quick.events(chosen, order=order, **page).fetchall() == plain.events(chosen, order=order, **page).fetchall()
        )
    assert quick.mentions(chosen, limit=5).fetchall() == plain.mentions(chosen, limit=5).fetchall()
    by = ("year", "outlet")
    assert quick.counts(chosen, by).fetchall() == plain.counts(chosen, by).fetchall()
    assert quick.facets(chosen) == plain.facets(chosen)


@settings(max_examples=25, deadline=None)
@given(FILTERS, st.sets(st.sampled_from(FIELD_NAMES), max_size=3))
def test_what_is_counted_is_what_is_listed(records: tuple[Record, Record], chosen: EventFilter, kept: set[str]) -> None:
    record = records[1]
    chosen = narrowed(chosen, kept)
    listed = record.events(chosen)
    columns = listed.columns
    rows = [dict(zip(columns, row, strict=True)) for row in listed.fetchall()]
    [(events, mentions, reports)] = record.counts(chosen, ()).fetchall()
    assert events == len(rows) == len({row["id"] for row in rows})
    assert mentions == sum(row["mentions"] for row in rows) == len(record.mentions(chosen).fetchall())
    assert reports == sum(row["reports"] for row in rows) <= mentions
    for by in (*UNITS, "category", "status"):  # an event has one of each
        assert sum(row[1] for row in record.counts(chosen, by).fetchall()) == events
    told = Counter(value for row in rows for value in set((row["actor_parties"] or "").split("|")) if value)
    counted = {value: number for value, number, *_ in record.counts(chosen, "actor").fetchall() if value}
    assert counted == told


def test_a_dyad_is_listed_as_it_is_counted(record: Record) -> None:
    for field in ("dyad", "between"):
        for value, events, mentions, _ in record.counts(EventFilter(), field).fetchall()[:40]:
            if value is not None:
                one, other = value.replace("|", ">").split(">")
                chosen = EventFilter(**{field: ((one, other),)})
                assert record.counts(chosen, ()).fetchall()[0][:2] == (events, mentions)


def test_periods_are_in_order_and_coarse_dates_apart(record: Record) -> None:
    rows = record.counts(EventFilter(statements=True), ("month", "category")).fetchall()
    months = [month for month, *_ in rows if month]
    assert months == sorted(months)
    assert any(month is None for month, *_ in rows)
    coarse = record.sql("SELECT count(*) FROM events WHERE date_granularity = 'year'").fetchall()[0][0]
    assert sum(events for month, _, events, *_ in rows if month is None) == coarse


def test_facets_are_the_most_frequent(record: Record) -> None:
    found = record.facets(happened(EventFilter(country=("USA",))), top=3)
    assert list(found) == list(FACETS)
    assert found["status"][0].value == "actual" and len(found["status"]) == 1
    assert found["outlet"][0].value == "Outlet 0"
    for facets in found.values():
        assert len(facets) <= 3
        assert [each.events for each in facets] == sorted((each.events for each in facets), reverse=True)
        assert all(each.reports <= each.mentions >= each.events for each in facets)


def test_pages_follow_one_another(record: Record) -> None:
    chosen = EventFilter(country=("USA",))
    whole = record.events(chosen).fetchall()
    pages = [record.events(chosen, limit=10, offset=start).fetchall() for start in range(0, 30, 10)]
    assert [row for page in pages for row in page] == whole[:30]
    assert list(record.rows(record.events(chosen))) == whole


def test_what_cannot_be_asked(record: Record) -> None:
    with pytest.raises(UsageError, match="nothing to count by"):
        record.counts(EventFilter(), "colour")
    with pytest.raises(UsageError, match="is no order"):
        record.events(EventFilter(), order="best")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="0 or more"):
        record.events(EventFilter(), limit=-1)
    assert set(FACETS) <= set(FIELDS)


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow"])
def test_answers_go_to_other_libraries(record: Record, library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = record.events(EventFilter(actor=("India",)), limit=3)
    module = "pyarrow" if library == "arrow" else library
    monkeypatch.setitem(__import__("sys").modules, module, None)  # as where it is not installed
    with pytest.raises(UsageError, match=rf"{module} is not installed: pip install"):
        record.given(answer, library)


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow"])
def test_answers_arrive_there(record: Record, library: Any) -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow" if library == "arrow" else library)
    answer = record.events(EventFilter(actor=("India",)), limit=3)
    assert record.given(answer, library).shape == (3, len(answer.columns))


def test_a_built_record_answers(tmp_path: Path) -> None:
    small_build(tmp_path / "record", [write_reports(tmp_path / "reports.jsonl", 0, 12)])
    with Record.open(tmp_path / "record") as record:
        assert record.is_merged and record.merged_current and not record.is_indexed
        found = record.events(EventFilter(actor=("France",), words=('"region number 4"',))).fetchall()
        assert found
        [(events, mentions, _)] = record.counts(EventFilter(actor=("FRA",)), ()).fetchall()
        assert events <= mentions == record.mentions().count("*").fetchall()[0][0]


def test_an_index_is_only_for_what_it_was_made_of(folder: Path, tmp_path: Path) -> None:
    manifest = read_manifest(folder)
    assert write_index(folder, manifest, tmp_path, least=0) == index_path(folder, manifest)  # it is there
    other = tmp_path / "other"
    generate(other, 100)
    named = index_path(other, read_manifest(other))
    assert named is not None and named.name != index_path(folder, manifest).name  # type: ignore[union-attr]
    stale = named.parent / "asking-0123456789ab.duckdb"
    stale.write_bytes(b"")
    assert write_index(other, read_manifest(other), tmp_path) is None  # so small a record needs none
    assert not stale.exists()


def test_a_record_that_was_never_merged_says_so(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "mentions").symlink_to(folder / "mentions")
    del told["merged"]
    (tmp_path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with Record.open(tmp_path) as record:
        assert not record.is_merged and not record.merged_current
        with pytest.raises(RecordError, match="never merged into events: run dragoman build"):
            record.events(EventFilter())
        assert record.mentions().count("*").fetchall() == [(MENTIONS,)]


def test_an_index_that_cannot_be_read_is_as_good_as_none(tmp_path: Path) -> None:
    generate(tmp_path / "record", 200)
    path = index_path(tmp_path / "record", read_manifest(tmp_path / "record"))
    assert path is not None
    path.write_bytes(b"no database")
    with Record.open(tmp_path / "record") as record:
        assert not record.is_indexed
        assert record.counts(EventFilter(statements=True), ()).fetchall()[0][1] == 200
