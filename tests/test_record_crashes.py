"""Whatever befalls a build: what was finished is kept, and the record is in the end the one of a build left alone."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dragoman.errors import RecordError
from dragoman.record import plan
from dragoman.record.export import json_line
from dragoman.record.parquet import open_engine, scan
from dragoman.record.pools import InlineExecutor
from dragoman.record.query import Record
from dragoman.record.run import BuildOptions, build
from dragoman.record.store import LOCK, WORK, read_manifest
from tests.fake_coder import SMALL_LEAF, fake_coder, small_build, write_reports

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "LEAF_ARTICLES", plan.LEAF_ARTICLES)  # put back what small_build sets
    monkeypatch.setattr(plan, "BATCH_ARTICLES", plan.BATCH_ARTICLES)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reports(tmp_path_factory.mktemp("input") / "reports.jsonl", 0, 18)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    folder = tmp_path_factory.mktemp("alone") / "record"
    small_build(folder, [source])
    return folder


def exported(folder: Path) -> list[str]:
    with Record.open(folder) as record:
        return [json_line(event, each.versions) for each in record.coded() for event in each.events]


def helper(verb: str, *arguments: str | Path) -> list[str]:
    command = [sys.executable, "-m", "tests.killed_builds", verb, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def finished_articles(folder: Path) -> set[str]:
    """The ids that a killed build had finished: those in live files, and those in batches without a manifest."""
    paths = [*folder.glob(f"{WORK}/all/done/*/articles.parquet")]
    if (folder / "manifest.json").exists():
        paths += read_manifest(folder).paths(folder, "articles")
    return {row[0] for row in open_engine().execute(f"SELECT id FROM {scan('articles', paths)}").fetchall()}


def assert_taken_up(folder: Path, source: Path, alone: Path, leaf: int = SMALL_LEAF) -> None:
    whole = exported(alone)
    if (folder / "manifest.json").exists():
        assert set(exported(folder)) <= set(whole)
    kept = finished_articles(folder)
    outcome = small_build(folder, [source], leaf=leaf)
    assert outcome.coded == outcome.read - len(kept)
    assert exported(folder) == whole
    assert (folder / "manifest.json").read_bytes() == (alone / "manifest.json").read_bytes()
    assert not (folder / WORK).exists()


@pytest.mark.parametrize(("leaf", "kills"), [(1000, 14), (SMALL_LEAF, 6)])
def test_killed_builds_are_taken_up(tmp_path: Path, source: Path, leaf: int, kills: int) -> None:
    alone = tmp_path / "alone"
    moments = int(helper("count", alone, source, str(leaf))[-1])
    assert moments > 60
    chosen = random.Random(7).sample(range(1, moments + 1), kills)
    ends = helper("kill", tmp_path / "killed", source, str(leaf), *map(str, chosen))
    assert ends == [str(int(signal.SIGKILL))] * kills
    started = 0
    for index in range(kills):
        folder = tmp_path / f"killed-{index}"
        started += bool(finished_articles(folder)) if folder.exists() else 0
        assert_taken_up(folder, source, alone, leaf)
    assert started > kills // 3  # enough of them had something to lose


def test_builds_that_die_anywhere_are_taken_up(tmp_path: Path, source: Path, alone: Path) -> None:
    seconds = [f"{0.05 + 0.15 * index:.2f}" for index in range(4)]
    ends = helper("alarm", tmp_path / "died", source, *seconds)
    assert set(ends) <= {"0", str(int(signal.SIGALRM))}
    for index in range(len(seconds)):
        if (tmp_path / f"died-{index}").exists():
            assert_taken_up(tmp_path / f"died-{index}", source, alone)


@pytest.mark.parametrize("largest", [1_500, 6_000, 9_000])
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, source: Path, alone: Path, largest: int) -> None:
    told = helper("full", tmp_path / "record", source, str(largest))
    assert len(told) == 1
    assert "too large" in told[0]
    assert str(tmp_path / "record") in told[0]
    assert_taken_up(tmp_path / "record", source, alone)


@pytest.fixture
def other_build(tmp_path: Path) -> Iterator[Path]:
    """A record whose shards of job 1 of 2 another process has locked."""
    folder = tmp_path / "record"
    command = [sys.executable, "-m", "tests.killed_builds", "lock", str(folder), "1/2"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        yield folder
        assert other.stdin is not None
        other.stdin.close()


def test_two_builds_on_one_record(other_build: Path, source: Path, alone: Path) -> None:
    for part in (None, "1/2", "1/3"):
        with pytest.raises(RecordError, match="another build is at work"):
            build(other_build, [str(source)], BuildOptions(maker=fake_coder, part=plan.part_of(part)), InlineExecutor())
    second = BuildOptions(maker=fake_coder, part=plan.part_of("2/2"))
    done = build(other_build, [str(source)], second, InlineExecutor())
    assert 0 < done.coded < len(finished_articles(alone))


def test_a_killed_build_leaves_no_lock(tmp_path: Path, source: Path) -> None:
    helper("kill", tmp_path / "record", source, "1000", "50")
    assert (tmp_path / "record-0" / LOCK).exists()
    small_build(tmp_path / "record-0", [source])


def test_an_input_that_vanished_is_a_reject_until_it_is_back(tmp_path: Path, source: Path, alone: Path) -> None:
    gone = tmp_path / "gone.jsonl"
    outcome = small_build(tmp_path / "record", [gone, source])
    assert outcome.coded == len(finished_articles(alone))
    with Record.open(tmp_path / "record") as record:
        assert sum("gone.jsonl" in line for line in record.reject_lines()) == 1
    write_reports(gone, 60, 62)
    assert small_build(tmp_path / "record", [gone]).coded == 2
    with Record.open(tmp_path / "record") as record:
        assert not any("gone.jsonl" in line for line in record.reject_lines())


@contextmanager
def nobody() -> Iterator[None]:
    """As a user who owns nothing: root may write everywhere, whatever the modes say."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that others may enter; those of pytest are its user's alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such modes")
@pytest.mark.parametrize("closed", ["", ".lock", "mentions"])
def test_a_folder_that_may_not_be_written(open_place: Path, source: Path, alone: Path, closed: str) -> None:
    folder, more = open_place / "record", write_reports(open_place / "more.jsonl", 100, 120)
    small_build(folder, [source])
    parts = [folder, *folder.rglob("*")]
    for path in parts:
        path.chmod(0o777 if path.is_dir() else 0o666)
    (folder / closed).chmod(0o555 if (folder / closed).is_dir() else 0o444)
    with nobody(), pytest.raises(RecordError, match=r"cannot be written|Permission denied") as told:
        small_build(folder, [more])
    assert str(folder) in str(told.value)
    for path in parts:
        if path.exists():
            path.chmod(0o777 if path.is_dir() else 0o666)
    assert set(exported(alone)) <= set(exported(folder))
    small_build(folder, [more])
    small_build(folder, [source])
    assert set(exported(alone)) < set(exported(folder))


@pytest.mark.parametrize("call", [1, 3, 8, 20, 40])
def test_no_space_left_at_any_moment(
    tmp_path: Path, source: Path, alone: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """A file can be too large (above), or the disk too full even to make a name or keep what was written."""
    calls = 0

    def full(act: Callable[..., None]) -> Callable[..., None]:
        def maybe(*arguments: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == call:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            act(*arguments)

        return maybe

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full(os.replace))
        patch.setattr(os, "fsync", full(os.fsync))
        with pytest.raises(RecordError, match="No space left on device"):
            small_build(tmp_path / "record", [source])
    assert_taken_up(tmp_path / "record", source, alone)


def test_a_folder_that_cannot_be_made(source: Path) -> None:
    with pytest.raises(RecordError, match="cannot be written"):
        small_build(Path("/proc/record"), [source])


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, source: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(RecordError, match=r"letters\.txt"):
        small_build(tmp_path, [source])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.txt"]
    with pytest.raises(RecordError, match="is a folder"):
        small_build(source, [source])


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("table", ["articles", "mentions", "evidence", "rejects"])
def test_a_damaged_shard_is_told_and_can_be_built_again(tmp_path: Path, source: Path, alone: Path, table: str) -> None:
    folder = tmp_path / "record"
    small_build(folder, [source])
    path = read_manifest(folder).paths(folder, table)[0]
    _damage(path)
    more = write_reports(tmp_path / "more.jsonl", 100, 140)
    for attempt in (lambda: small_build(folder, [more]), lambda: exported(folder)):
        with pytest.raises(RecordError, match=f"{path.name}: it is damaged"):
            attempt()
    before = finished_articles(alone)
    options = BuildOptions(maker=fake_coder, drop_damaged=True)
    build(folder, [str(source)], options, InlineExecutor())
    assert (folder / "damaged" / f"{table}-{path.name}").exists()
    assert before <= finished_articles(folder)
    assert set(exported(alone)) <= set(exported(folder))


def test_a_missing_or_short_file_is_told(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "record"
    small_build(folder, [source])
    path = read_manifest(folder).paths(folder, "mentions")[0]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RecordError, match=f"{path.name}: it is damaged"):
        Record.open(folder)
    path.unlink()
    with pytest.raises(RecordError, match=f"{path.name}: it is missing"):
        Record.open(folder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(RecordError, match="damaged"):
        Record.open(folder)
    with pytest.raises(RecordError, match="damaged"):
        small_build(folder, [source])
    with pytest.raises(RecordError, match="no record here"):
        Record.open(tmp_path / "nothing")
