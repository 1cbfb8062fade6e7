"""`dragoman export`: what is printed, what is written, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exports_record import EVENTS, make_record


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with make_record(tmp_path_factory.mktemp("giving")) as made:
        return made.folder


def export(record: Path, *args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dragoman", "export", str(record), *args]
    return subprocess.run(command, capture_output=True, check=False, cwd=cwd)


def test_without_a_choice_it_prints_what_code_prints(record: Path) -> None:
    lines = [json.loads(line) for line in export(record).stdout.decode().strip("\n").split("\n")]
    assert len(lines) == len(EVENTS)  # statements too
    assert {line["schema"] for line in lines} == {1}
    flat = export(record, "-f", "csv").stdout.decode()
    assert flat.startswith("id,article,published") and "actor_ids" not in flat.partition("\n")[0]


def test_a_choice_of_table_and_of_rows(record: Path) -> None:
    events = [json.loads(line) for line in export(record, "--events").stdout.decode().strip("\n").split("\n")]
    assert len(events) == len(EVENTS) - 1
    assert {"mentions", "told_by", "conflicts"} <= set(events[0])
    some = export(record, "--mentions", "-f", "csv", "--actor", "Russia", "--happened")
    head, *rows = some.stdout.decode().strip("\n").split("\n")
    assert "actor_ids" in head and len(rows) == 1
    assert len(export(record, "--actor", "Russia").stdout.decode().strip("\n").split("\n")) == 2


def test_a_file_and_standard_output_are_the_same(record: Path, tmp_path: Path) -> None:
    for name in ("gdelt", "xlsx", "parquet", "bibtex"):
        path = tmp_path / name
        done = export(record, "-f", name, "--out", str(path))
        assert (done.returncode, done.stdout) == (0, b""), done.stderr
        assert path.read_bytes() == export(record, "-f", name).stdout
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bibtex", "gdelt", "parquet", "xlsx"]


def test_what_is_left_out_is_told(record: Path) -> None:
    done = export(record, "-f", "polecat")
    assert "2 mentions left out: denied, hypothetical, past or still to come" in done.stderr.decode()


def test_a_bundle(record: Path, tmp_path: Path) -> None:
    done = export(
        record, "--bundle", str(tmp_path / "b"), "-f", "csv", "-f", "gdelt", "--title", "Ours", "--author", "A"
    )
    assert done.returncode == 0, done.stderr
    assert {"events.csv", "gdelt.export.CSV", "codebook.md"} <= {path.name for path in (tmp_path / "b").iterdir()}
    assert "events.csv: 8 of events" in done.stderr.decode()
    again = export(record, "--bundle", str(tmp_path / "b"))
    assert again.returncode == 2 and "name a new folder" in again.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-f", "csv", "-f", "gdelt"], "several formats need --bundle"),
        (["--events", "--mentions"], "both of them need --bundle"),
        (["-f", "gdelt", "--mentions"], "gdelt holds events, not mentions"),
        (["-f", "table", "--events"], "a table is for the terminal"),
        (["-f", "dbase"], "--format"),
        (["--bundle", "b", "-f", "table"], "a table is for the terminal"),
    ],
)
def test_wrong_calls_are_told(record: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    done = export(record, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_an_output_that_cannot_be_written_is_told(record: Path, tmp_path: Path) -> None:
    done = export(record, "-f", "kml", "--out", str(tmp_path / "none" / "x.kml"))
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    command = f"{sys.executable} -m dragoman export {record} -f gdelt > /dev/full"
    full = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert full.returncode == 1 and b"cannot be written" in full.stderr and b"Traceback" not in full.stderr
