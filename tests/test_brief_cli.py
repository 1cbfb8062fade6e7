"""`dragoman brief`, with the coder that ships."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPORTS = (
    {
        "text": "Kremlin spokesman Dmitry Peskov said that Prime Minister Narendra Modi would visit Russia.",
        "title": "Visit <i>ahead</i>",
        "publisher": "The Example Post",
        "url": "https://news.example/1",
        "date": "2024-07-04",
    },
    {
        "text": "Indian Foreign Minister Subrahmanyam Jaishankar met Russian Foreign Minister Sergei Lavrov.",
        "title": "Talks",
        "publisher": "Sample Times",
        "url": "https://news.example/2",
        "date": "2024-07-09",
    },
)


def dragoman(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dragoman", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("brief")
    (folder / "in.jsonl").write_text("".join(json.dumps(each) + "\n" for each in REPORTS), encoding="utf-8")
    done = dragoman("build", folder / "record", folder / "in.jsonl", "--workers", "1", "-q")
    assert done.returncode == 0, done.stderr
    return folder / "record"


def test_markdown_with_its_charts_beside_it(record: Path, tmp_path: Path) -> None:
    out = tmp_path / "india.md"
    done = dragoman("brief", record, "India", "Russia", "--since", "2024-07", "--out", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = out.read_text(encoding="utf-8")
    assert "Subrahmanyam Jaishankar (India)" in text and "<https://news.example/2>" in text
    assert "Visit &lt;i&gt;ahead&lt;/i&gt;" in text
    for name in ("india-timeline.svg", "india-balance.svg"):
        assert f"(<{name}>)" in text
        assert (out.parent / name).read_text(encoding="utf-8").startswith("<svg ")


def test_to_stdout_and_by_name(record: Path, tmp_path: Path) -> None:
    markdown = dragoman("brief", record, "IND", "RUS")
    assert markdown.stdout.startswith("# India and Russia: a brief\n") and "![" not in markdown.stdout
    assert "the charts are left out" in markdown.stderr
    page = dragoman("brief", record, "IND", "RUS", "--format", "html")
    assert (page.returncode, page.stderr) == (0, "")
    assert page.stdout.startswith("<!DOCTYPE html>") and "<svg" in page.stdout
    out = tmp_path / "a.html"
    assert dragoman("brief", record, "IND", "RUS", "--out", out).returncode == 0
    assert out.read_text(encoding="utf-8") == page.stdout


def test_nothing_found_is_no_error(record: Path) -> None:
    done = dragoman("brief", record, "Chile", "Nepal")
    assert done.returncode == 0
    assert "The record holds no event between Chile and Nepal in this period." in done.stdout
    done = dragoman("brief", record, "IND", "RUS", "--since", "1990", "--until", "1991")
    assert done.returncode == 0
    assert "No article of the record was published in this period." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["IND", "RUS", "CHN"], 2, "one party, or two"),
        (["IND", "India"], 2, "two that differ"),
        (["IND", "--since", "July"], 2, "is no day"),
        (["IND", "--since", "2024-02", "--until", "2024-01"], 2, "nothing lies between"),
        (["IND", "--category", "TALK"], 2, "there is no category"),
        (["IND", "RUS", "--out", "nowhere/brief.md"], 1, "it cannot be written"),
    ],
)
def test_wrong_calls_are_told(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = dragoman("brief", record, *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr and "Traceback" not in done.stderr


def test_a_record_must_be_there(tmp_path: Path) -> None:
    done = dragoman("brief", tmp_path / "none", "IND")
    assert done.returncode == 1
    assert "there is no record here" in done.stderr
