"""A record: what goes in comes out, and how it was built leaves no trace."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.errors import RecordError, UsageError
from dragoman.reading.rejects import Reject
from dragoman.record import plan
from dragoman.record.export import json_line
from dragoman.record.parquet import open_engine, scan, write_rows
from dragoman.record.query import Record
from dragoman.record.run import BuildOptions, InlineExecutor, Outcome, Progress, build, worker_pool
from dragoman.record.tables import (
    TABLES,
    CodedBy,
    article_of,
    article_row,
    event_of,
    evidence_row,
    mention_row,
    reject_row,
)
from dragoman.values import (
    About,
    Actor,
    Article,
    AttributionKind,
    Basis,
    EventMention,
    Granularity,
    Party,
    Place,
    Size,
    Span,
    Speaker,
    Stance,
    Status,
    Step,
    TimeSpan,
)
from tests.fake_coder import fake_coder, newer_coder, small_build, write_reports


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "LEAF_ARTICLES", 12)
    monkeypatch.setattr(plan, "BATCH_ARTICLES", 3)


def exported(folder: Path) -> list[str]:
    with Record.open(folder) as record:
        return [json_line(event, each.versions) for each in record.coded() for event in each.events]


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def lasting(folder: Path) -> dict[str, Any]:
    """The manifest without what remembers earlier builds: where the ids of events went."""
    found = manifest_of(folder)
    del found["merged"]["files"]["redirects"]
    return found


def prefixes(folder: Path) -> list[str]:
    return [shard["prefix"] for shard in manifest_of(folder)["shards"]]


# What goes in comes out.

WORDS = st.text(max_size=12)
MAYBE = st.none() | WORDS
WHOLE = st.integers(0, 2**31 - 1)
NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=64)
CODES = st.lists(st.sampled_from(["visit", "drone", "aid"]), max_size=3).map(tuple)
SPANS = st.builds(Span, WORDS, WHOLE, WHOLE)
ACTORS = st.builds(Actor, WORDS, WORDS, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, st.lists(WORDS, max_size=2).map(tuple))
PARTIES = st.builds(Party, WORDS, WHOLE, WHOLE, ACTORS)
SPEAKERS = st.builds(
    Speaker,
    st.none() | PARTIES,
    st.none() | SPANS,
    SPANS,
    st.sampled_from(get_args(AttributionKind)),
    st.sampled_from(get_args(Stance)),
)
STEPS = st.builds(
    Step,
    WORDS,
    WORDS,
    st.lists(SPANS, max_size=2).map(tuple),
    WORDS,
    st.lists(st.tuples(WORDS, NUMBER), max_size=2).map(tuple),
)
TIMES = st.builds(
    TimeSpan,
    WORDS,
    WORDS,
    st.sampled_from(get_args(Granularity)),
    WORDS,
    st.sampled_from(get_args(Basis)),
    st.none() | SPANS,
    MAYBE,
)
PLACES = st.builds(
    Place,
    WORDS,
    MAYBE,
    st.none() | NUMBER,
    st.none() | NUMBER,
    st.sampled_from(["place", "region", "country"]),
    st.none() | WHOLE,
    st.none() | SPANS,
)
SIZES = st.builds(Size, st.none() | WHOLE, st.none() | WHOLE, st.none() | WHOLE).filter(lambda size: size != Size())


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text = draw(st.text(min_size=1, max_size=40))
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    body = draw(st.sampled_from([None, Span(text[start:end], start, end)]))
    dateline = draw(st.sampled_from([None, Span(text[:end], 0, end)]))
    credits = tuple(draw(st.lists(WORDS, max_size=2)))
    fields = [draw(MAYBE) for _ in range(5)]
    return Article("ab12", "cd34", text, *fields, credits, draw(MAYBE), body, dateline)


EVENTS = st.builds(
    EventMention,
    id=WORDS,
    article=articles(),
    sentence=WHOLE,
    quote=SPANS,
    event=WORDS,
    modes=CODES,
    contexts=CODES,
    cameo=MAYBE,
    quad=st.integers(0, 4),
    score=st.none() | NUMBER,
    about=st.none() | st.builds(About, WORDS, CODES),
    actors=st.lists(PARTIES, max_size=3).map(tuple),
    recipients=st.lists(PARTIES, max_size=2).map(tuple),
    trigger=SPANS,
    status=st.sampled_from(get_args(Status)),
    negated=st.booleans(),
    historical=st.booleans(),
    date=st.none() | TIMES,
    place=st.none() | PLACES,
    attribution=st.lists(SPEAKERS, max_size=2).map(tuple),
    size=st.none() | SIZES,
    confidence=NUMBER,
    steps=st.lists(STEPS, max_size=3).map(tuple),
)


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    return open_engine()


def through_parquet(engine: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any], path: Path) -> dict[str, Any]:
    write_rows(engine, table, [row], path)
    engine.execute(f"SELECT * FROM {scan(table, [path])}")
    names = [column[0] for column in engine.description or ()]
    found = engine.fetchall()
    assert len(found) == 1
    return dict(zip(names, found[0], strict=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=EVENTS)
def test_an_event_comes_back_equal(event: EventMention, duck: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    by = CodedBy("0", "1", "2", "{}")
    article = through_parquet(duck, "articles", article_row(event.article, 1, by), tmp_path / "articles.parquet")
    mention = through_parquet(duck, "mentions", mention_row(event, 0), tmp_path / "mentions.parquet")
    evidence = through_parquet(duck, "evidence", evidence_row(event, 0), tmp_path / "evidence.parquet")
    assert list(article) == list(TABLES["articles"])
    assert list(mention) == list(TABLES["mentions"])
    assert list(evidence) == list(TABLES["evidence"])
    assert event_of(mention, evidence, article_of(article)) == event
    assert json_line(event_of(mention, evidence, article_of(article)), {}) == json_line(event, {})


def test_a_reject_with_a_name_of_broken_encoding_can_be_written(
    duck: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    row = reject_row(Reject("bad-\udcff.txt", None, "reading", "it cannot be opened"))
    assert through_parquet(duck, "rejects", row, tmp_path / "rejects.parquet") == row
    assert row["source"] == "bad-\\udcff.txt"


def test_columns_are_flat_where_they_are_said_to_be() -> None:
    assert all(isinstance(kind, str) for kind in TABLES["mentions"].values())
    assert all(isinstance(kind, str) for kind in TABLES["rejects"].values())


# How it was built leaves no trace.


def built(folder: Path, inputs: list[Path], executor: Executor, workers: int = 1, part: str | None = None) -> Outcome:
    options = BuildOptions(maker=fake_coder, part=plan.part_of(part))
    return build(folder, [str(path) for path in inputs], options, executor, workers=workers)


@contextmanager
def engine(name: str) -> Iterator[tuple[Executor, int]]:
    if name == "threads":
        with ThreadPoolExecutor(3) as pool:
            yield pool, 3
    elif name == "processes":
        with worker_pool(2) as processes:
            yield processes, 2
    else:
        yield InlineExecutor(), 1


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three files, the last of which holds copies of articles of the first under other titles."""
    folder = tmp_path_factory.mktemp("inputs")
    found = [write_reports(folder / "a.jsonl", 0, 14), write_reports(folder / "b.jsonl", 14, 30)]
    copies = (folder / "a.jsonl").read_text(encoding="utf-8").replace("Report", "A report")
    (folder / "c.jsonl").write_text(copies, encoding="utf-8")
    return [*found, folder / "c.jsonl"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, inputs: list[Path]) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "record"
    before = plan.LEAF_ARTICLES, plan.BATCH_ARTICLES
    small_build(folder, inputs)
    plan.LEAF_ARTICLES, plan.BATCH_ARTICLES = before
    return folder


def test_a_build_does_what_it_says(plain: Path, tmp_path: Path, inputs: list[Path]) -> None:
    told: list[Progress] = []
    options = BuildOptions(maker=fake_coder)
    outcome = build(tmp_path / "record", [str(path) for path in inputs], options, InlineExecutor(), tell=told.append)
    broken = 3 + 2  # one line in ten; those of the first file again in the third
    faulty = 2
    assert (outcome.read, outcome.copies, outcome.known) == (27, 12, 0)
    assert (outcome.coded, outcome.rejects) == (27, broken + faulty)
    assert outcome.articles_held == 27
    assert outcome.mentions_held == outcome.events == 2 * (27 - faulty) == len(exported(tmp_path / "record"))
    assert told[-1] == Progress("coding", 27, 27, outcome.events, outcome.rejects)
    assert len(prefixes(plain)) > 8
    with Record.open(plain) as record:
        assert record.articles().filter("title LIKE 'A report%'").count("*").fetchall() == [(12,)]
        assert sum('"stage":"events"' in line for line in record.reject_lines()) == faulty
        actors = record.sql("SELECT DISTINCT actor_countries FROM mentions").fetchall()
        assert actors == [("FRA",)]


@pytest.mark.parametrize("name", ["threads", "processes"])
def test_the_engine_leaves_no_trace(plain: Path, tmp_path: Path, inputs: list[Path], name: str) -> None:
    with engine(name) as (executor, workers):
        built(tmp_path / "record", inputs, executor, workers)
    assert exported(tmp_path / "record") == exported(plain)


def test_the_order_of_files_leaves_no_trace(plain: Path, tmp_path: Path, inputs: list[Path]) -> None:
    for number in range(3):
        shuffled = random.Random(number).sample([*inputs, inputs[0]], len(inputs) + 1)
        small_build(tmp_path / f"record-{number}", shuffled)
        assert lasting(tmp_path / f"record-{number}") == lasting(plain)


def test_jobs_of_a_scheduler_leave_no_trace(plain: Path, tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "record"
    outcomes = [built(folder, inputs, InlineExecutor(), part=f"{number}/3") for number in (3, 1, 2)]
    assert sum(outcome.coded for outcome in outcomes) == 27
    assert exported(folder) == exported(plain)
    assert all(len(prefix) == 2 for prefix in prefixes(folder))
    assert built(folder, inputs, InlineExecutor(), part="2/3").coded == 0
    built(folder, [], InlineExecutor())
    assert lasting(folder) == lasting(plain)


def test_jobs_add_to_a_record_that_was_built_whole(tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "record"
    small_build(folder, inputs[:1])
    assert prefixes(folder) == [""]
    for number in (1, 2):
        built(folder, inputs[:2], InlineExecutor(), part=f"{number}/2")
    assert prefixes(folder)[0] == ""  # it holds articles of both jobs, so neither touches it
    small_build(tmp_path / "other", inputs[:2])
    assert exported(folder) == exported(tmp_path / "other")
    small_build(folder, [])
    assert lasting(folder) == lasting(tmp_path / "other")


def test_what_is_there_is_not_done_again(plain: Path, tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "record"
    assert small_build(folder, inputs[2:]).coded == 12
    assert prefixes(folder) == [""]
    second = small_build(folder, inputs)
    assert (second.known, second.coded) == (12, 15)
    assert len(prefixes(folder)) > 8  # the one shard was cut
    assert exported(folder) == exported(plain)
    before = sorted(path.stat().st_mtime_ns for path in folder.rglob("*.parquet"))
    third = small_build(folder, inputs)
    assert (third.known, third.coded) == (27, 0)
    live = manifest_of(folder)
    assert lasting(folder) == lasting(plain)
    after = sorted(path.stat().st_mtime_ns for path in folder.rglob("*.parquet"))
    assert set(after) <= set(before)  # nothing was written, and what the second build replaced is gone
    assert len(after) == sum(len(each["files"]) for each in (*live["shards"], live["merged"]))


def test_another_version_is_told_and_recodes_when_asked(plain: Path, tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "record"
    small_build(folder, inputs[:2])
    with pytest.raises(RecordError, match=r"coded by .*models first.*this is .*models second.*--recode"):
        small_build(folder, inputs[:1], maker=newer_coder)
    assert small_build(folder, [], maker=newer_coder, recode=True).coded == 27
    lines = exported(folder)
    assert len(lines) == len(exported(plain))
    assert all(json.loads(line)["version"]["models"] == "second" for line in lines)
    assert [by["models"] for by in manifest_of(folder)["coded_by"]] == ["second"]


def test_a_mended_file_takes_its_rejects_back(tmp_path: Path) -> None:
    path = write_reports(tmp_path / "reports.jsonl", 0, 12)
    assert small_build(tmp_path / "record", [path]).rejects == 2
    lines = [line if line.endswith("}") else line + '-03"}' for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert small_build(tmp_path / "record", [path]).rejects == 0
    with Record.open(tmp_path / "record") as record:
        assert [json.loads(line)["stage"] for line in record.reject_lines()] == ["events"]


def test_nothing_to_read_makes_an_empty_record(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    small_build(tmp_path / "record", [tmp_path / "empty.jsonl"])
    assert exported(tmp_path / "record") == []
    with Record.open(tmp_path / "record") as record:
        assert record.mentions().columns == list(TABLES["mentions"])


# How shards and batches are cut.


@given(st.dictionaries(st.text("0123456789abcdef", min_size=4, max_size=4), st.integers(1, 40), max_size=60))
def test_leaves_cover_all_ids_once(counts: dict[str, int]) -> None:
    for least in (0, 2):
        leaves = plan.leaves_of(counts, least=least)
        for digits in counts:
            assert sum(digits.startswith(leaf) for leaf in leaves) == 1
        assert sum(16 ** (plan.DEEPEST - len(leaf)) for leaf in leaves) == 16**plan.DEEPEST
        for leaf in leaves:
            held = sum(count for digits, count in counts.items() if digits.startswith(leaf))
            assert len(leaf) >= least
            assert held <= plan.LEAF_ARTICLES or len(leaf) == plan.DEEPEST


def test_batches_are_cut_by_number_and_length() -> None:
    assert list(plan.batches_of([])) == []
    assert list(plan.batches_of([(name, 1) for name in "abcdefg"])) == [("a", "c", 3), ("d", "f", 3), ("g", "g", 1)]
    long = plan.BATCH_CHARACTERS
    found = plan.batches_of([("a", long + 1), ("b", 1), ("c", long)])
    assert list(found) == [("a", "a", 1), ("b", "b", 1), ("c", "c", 1)]


@pytest.mark.parametrize("told", ["", "3", "0/4", "5/4", "1/257", "a/b", "1/2/3", "-1/2"])
def test_a_share_that_is_none_is_refused(told: str) -> None:
    with pytest.raises(UsageError, match="3/8"):
        plan.part_of(told)


@pytest.mark.parametrize("count", [1, 3, 256])
def test_shares_are_disjoint_and_whole(count: int) -> None:
    shards = [number for index in range(1, count + 1) for number in plan.part_of(f"{index}/{count}").shards()]
    assert sorted(shards) == list(range(256))
