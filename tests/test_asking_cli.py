"""`dragoman query` as users call it, and what docs/asking.md shows."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.generated_record import generate
from dragoman.record.counts import FIELDS
from dragoman.record.query import Record

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "asking.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("asked") / "record"
    generate(made, 3000, seed=3)
    return made


def query(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dragoman", "query", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "160"})


def lines(*args: str | Path) -> list[dict[str, object]]:
    done = query(*args)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_lists(folder: Path) -> None:
    rows = lines(folder, "--country", "United States", "--limit", "5", "--offset", "1")
    assert len(rows) == 5
    assert all("USA" in [*row["actor_countries"], *row["recipient_countries"]] for row in rows)  # type: ignore[misc]
    assert [row["date_start"] for row in rows] == sorted((row["date_start"] for row in rows), reverse=True)  # type: ignore[type-var]
    mentions = lines(folder, "--country", "USA", "--mentions")
    with Record.open(folder) as record:
        assert {row["event_id"] for row in mentions} <= {
            row[0] for row in record.sql("SELECT id FROM events").fetchall()
        }


def test_a_table_tells_events_and_mentions_apart(folder: Path) -> None:
    done = query(folder, "--country", "USA", "--format", "table")
    shown = done.stdout.splitlines()
    assert shown[0].split() == ["date", "event", "actors", "recipients", "place", "status", "told", "id"]
    assert len(shown) == 1 + 2 * 40
    assert all(len(line) <= 160 for line in shown[2::2])
    events, mentions = re.fullmatch(  # type: ignore[union-attr]
        r"([\d,]+) events, told by ([\d,]+) mentions, [\d,]+ reports but for copies\n", done.stderr
    ).groups()
    assert int(events.replace(",", "")) < int(mentions.replace(",", ""))


def test_counts_leave_out_what_did_not_happen(folder: Path) -> None:
    [row] = lines(folder, "--by", "status")
    assert set(row) == {"status", "events", "mentions", "reports"}
    assert row["status"] == "actual"
    assert [row["status"] for row in lines(folder, "--by", "status", "--all")] == ["actual", "future", "hypothetical"]
    assert [row["status"] for row in lines(folder, "--by", "status", "--status", "future")] == ["future"]
    found = list(csv.DictReader(io.StringIO(query(folder, "--count", "year", "--by", "quad", "-f", "csv").stdout)))
    assert {each["quad"] for each in found} == {"1", "2", "3", "4"}
    assert "events" in query(folder, "--count", "month", "-f", "table").stdout.splitlines()[0]


def test_facets(folder: Path) -> None:
    rows = lines(folder, "--facets", "--limit", "2")
    assert {row["field"] for row in rows} >= {"category", "outlet"}
    assert len(rows) <= 18
    assert "category" in query(folder, "--facets", "--format", "table").stdout


def test_sql(folder: Path) -> None:
    assert (
        lines(folder, "--sql", "SELECT status, count(*) AS n FROM events GROUP BY ALL ORDER BY n DESC")[0]["status"]
        == "actual"
    )
    done = query(folder, "--sql", "FROM range(9)", "--limit", "2", "-f", "csv")
    assert (done.returncode, done.stdout) == (0, "range\n0\n1\n")
    assert "more than 2 rows: --limit" in done.stderr
    done = query(folder, "--sql", "FROM range(10000000000) ORDER BY random()", "--seconds", "0.2")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"more than 0\.2 s|more than 2GB of memory", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--sql", "FROM read_csv('/etc/passwd')"], 2, "it reads this record and no other file"),
        (["--sql", "SELECT 1", "--actor", "IND"], 2, "--sql takes no filter"),
        (["--sql", "SELECT 1", "--facets"], 2, "two questions"),
        (["--facets", "--count", "month"], 2, "two questions"),
        (["--by", "colour"], 2, "it is one of day, week"),
        (["--country", "Indai"], 2, "is it India (IND)"),
        (["--actor", "Congo"], 2, "COD"),
        (["--dyad", "India"], 2, "--dyad IND,RUS"),
        (["--since", "yesterday"], 2, "write it as 2024-11-19"),
        (["--category", "X"], 2, "there is no category"),
        (["--order", "best"], 2, "--order"),
    ],
)
def test_what_it_refuses(folder: Path, arguments: list[str], code: int, words: str) -> None:
    done = query(folder, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_no_record(tmp_path: Path) -> None:
    done = query(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no record here" in done.stderr


def test_an_unknown_name_is_told(folder: Path) -> None:
    done = query(folder, "--actor", "Inda")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no table knows 'Inda': it is looked for among names" in done.stderr


def test_the_page_shows_commands_that_run(folder: Path, tmp_path: Path) -> None:
    block = re.search(r"```\n(dragoman query.*?)```", PAGE, re.DOTALL)
    assert block is not None
    for line in block[1].splitlines():
        _, _, record, *options = shlex.split(line, comments=True)
        assert record == "RECORD"
        done = query(folder, *options)
        assert done.returncode == 0, (line, done.stderr)


def test_the_python_of_the_page_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    monkeypatch.chdir(folder.parent)
    exec(compile(code[1], "asking.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "'year', 'actor', 'events', 'mentions', 'reports'" in printed
    assert "outlet" in printed


def test_the_page_names_all_options() -> None:
    helped = query("--help").stdout
    options = set(re.findall(r"--[a-z-]+", helped)) - {"--help", "--statements", "--seconds"}
    assert {each for each in options if each not in PAGE} == set()
    assert set(FIELDS) <= set(re.findall(r"[a-z_]+", helped))
