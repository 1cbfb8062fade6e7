"""The commands about merging, as users call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dragoman.cli.app import app
from dragoman.record.query import Record
from tests.fake_events import build_reports
from tests.test_merging import MEETING


@pytest.fixture
def record(tmp_path: Path) -> Path:
    build_reports(tmp_path / "record", MEETING)
    return tmp_path / "record"


def mentions(record: Path) -> list[str]:
    with Record.open(record) as opened:
        return [row[0] for row in opened.sql("SELECT id FROM mentions ORDER BY published, publisher").fetchall()]


def test_explain_split_and_join_follow_one_another(record: Path) -> None:
    first, second, third = mentions(record)
    told = CliRunner().invoke(app, ["explain", str(record), third])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["id"] == first
    assert len(json.loads(told.stdout)["told_by"]) == 3
    table = CliRunner().invoke(app, ["explain", str(record), first, "--format", "table"])
    assert "event-same +1.5" in table.stdout
    done = CliRunner().invoke(app, ["split", str(record), first, second])
    assert (done.exit_code, done.stdout) == (0, second + "\n")
    table = CliRunner().invoke(app, ["explain", str(record), first, "--format", "table"])
    assert "2 mentions in 2 articles" in table.stdout
    assert second not in table.stdout
    back = CliRunner().invoke(app, ["join", str(record), second, first])
    assert (back.exit_code, back.stdout) == (0, first + "\n")
    table = CliRunner().invoke(app, ["explain", str(record), second, "--format", "table"])
    assert f"{second} is now\n{first}" in table.stdout
    assert "put here by a correction" in table.stdout


@pytest.mark.parametrize("arguments", [["explain", "nonesuch"], ["split", "nonesuch", "a"], ["join", "a", "b"]])
def test_an_id_that_is_none_is_told(record: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(app, [arguments[0], str(record), *arguments[1:]])
    assert done.exit_code == 1
    assert "is no event and no mention of this record" in str(done.exception)


def test_not_all_mentions_can_be_split_off(record: Path) -> None:
    done = CliRunner().invoke(app, ["split", str(record), mentions(record)[0], *mentions(record)])
    assert "leave one in it" in str(done.exception)
