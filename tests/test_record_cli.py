"""`dragoman build` and `dragoman export`, with the coder that ships."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted(str(path) for path in (ROOT / "examples").iterdir())


def dragoman(*args: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dragoman", *map(str, args)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def test_a_record_gives_the_lines_of_code(tmp_path: Path) -> None:
    record = tmp_path / "record"
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "France con')
    done = dragoman("build", record, *EXAMPLES, broken, "--workers", "2")
    assert done.returncode == 3, done.stderr
    told = done.stderr.decode()
    assert "read: 6 articles, 0 of them known before; 0 copies left out; 1 rejected" in told
    assert "the record holds 6 articles" in told
    assert done.stdout == b""

    exported = dragoman("export", record)
    assert exported.returncode == 0, exported.stderr
    coded = dragoman("code", *EXAMPLES, "--format", "jsonl").stdout
    assert sorted(exported.stdout.splitlines()) == sorted(coded.splitlines())
    articles = [json.loads(line)["article"] for line in exported.stdout.splitlines()]
    assert articles == sorted(articles)

    flat = dragoman("export", record, "--format", "csv").stdout
    assert len(flat.splitlines()) == 1 + len(articles)
    assert b"expelled" in dragoman("export", record, "--format", "table").stdout
    reject = json.loads(dragoman("export", record, "--rejects").stdout)
    assert (reject["source"], reject["row"], reject["stage"]) == (str(broken), 1, "reading")


def test_standard_input_and_an_explicit_day(tmp_path: Path) -> None:
    text = b"France condemned the coup in Niger on Friday."
    done = dragoman("build", tmp_path / "record", "-", "--date", "2023-07-28", "--workers", "1", "-q", stdin=text)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(dragoman("export", tmp_path / "record").stdout)["published"] == "2023-07-28"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_watch_builds_and_ends_well(tmp_path: Path, ending: signal.Signals) -> None:
    (tmp_path / "bad.gz").write_bytes(b"\x1f\x8b\x08 no more")
    (tmp_path / "good.txt").write_text("France condemned the coup in Niger on Friday.")
    os.utime(tmp_path / "good.txt", (1, 1))
    os.utime(tmp_path / "bad.gz", (1, 1))
    command = [sys.executable, "-m", "dragoman", "build", str(tmp_path / "record"), str(tmp_path), "--watch"]
    with subprocess.Popen([*command, "--workers", "1"], stderr=subprocess.PIPE, text=True) as watch:
        assert watch.stderr is not None
        first = watch.stderr.readline()
        assert "1 new article, 1 event, 1 rejected; the record holds 1 article" in first
        watch.send_signal(ending)
        assert watch.stderr.read() == "dragoman: the watch has ended: what was finished is kept\n"
        assert watch.wait() == 0
    assert json.loads(dragoman("export", tmp_path / "record").stdout)["event"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["build", "record", "nothing.txt"], 2, "no such file: nothing.txt"),
        (["build", "record"], 2, "nothing to read"),
        (["build", "record", "-", "--shard", "9/8"], 2, "write I/N"),
        (["build", "record", "-", "--workers", "0"], 2, "--workers"),
        (["build", "record", "-", "--shard", "1/2", "--recode"], 2, "--recode works on a whole record"),
        (["build", "record", "-", "--watch"], 2, "--watch needs folders"),
        (["build", "record", ".", "--watch", "--every", "0"], 2, "--every"),
        (["build", "record", ".", "--engine", "dask"], 2, "--scheduler"),
        (["build", "record", ".", "--scheduler", "tcp://a:1"], 2, "--engine dask"),
        (["build", "record", ".", "--scheduler", "x", "--engine", "dask", "--workers", "2"], 2, "--workers is for"),
        (["export", "record"], 1, "there is no record here"),
    ],
)
def test_wrong_calls_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = dragoman(*arguments)
    assert done.returncode == code
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "record").exists()
