"""The command line: what goes in, what comes out on which stream, and which exit code."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
REPORT = "France condemned the coup in Niger on Friday."


def dragoman(*args: str, stdin: str | bytes = b"") -> subprocess.CompletedProcess[bytes]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    return subprocess.run([sys.executable, "-m", "dragoman", *args], input=data, capture_output=True, check=False)


def test_version_and_help() -> None:
    assert dragoman("--version").stdout.startswith(b"dragoman ")
    done = dragoman("--help")
    assert done.returncode == 0
    assert b"check-knowledge" in done.stdout


def test_a_pipe_gets_json_lines() -> None:
    done = dragoman("code", "-", "--date", "2023-07-28", stdin=REPORT)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["ACCUSE"]
    assert events[0]["published"] == "2023-07-28"
    assert events[0]["actors"][0]["country"] == "FRA"


def test_standard_input_is_read_without_a_name() -> None:
    assert dragoman("code", stdin=REPORT).stdout == dragoman("code", "-", stdin=REPORT).stdout


def test_csv_has_one_row_an_event() -> None:
    done = dragoman("code", str(EXAMPLES / "reports.jsonl"), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert len(rows) >= 5
    assert {row["publisher"] for row in rows} == {"Dragoman examples"}
    assert all("\n" not in cell for row in rows for cell in row.values())


def test_table_and_explanations_show_the_words() -> None:
    table = dragoman("code", "-", "--format", "table", stdin=REPORT)
    assert b"condemned" in table.stdout
    told = dragoman("code", "-", "--explain", stdin=REPORT).stdout.decode()
    assert "[condemned]trigger" in told
    assert "[France]actor" in told
    assert "turned down" in told


def test_map_takes_fields_from_other_names() -> None:
    line = json.dumps({"body": REPORT, "day": "2023-07-28"})
    done = dragoman("code", "-", "--map", "text=body", "--map", "published=day", stdin=line)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["published"] == "2023-07-28"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b"", ["empty"]),
        ("blank.txt", b" \n\t\n", ["no text"]),
        ("image.txt", PNG, ["PNG"]),
        ("broken.jsonl", b'{"text": "France condemned', ["line 1", "JSON"]),
        ("date.jsonl", b'{"text": "France met Niger.", "published": "soonish"}\n', ["line 1", "soonish"]),
        ("notext.jsonl", b'{"title": "No text"}\n', ["line 1", "text"]),
        ("russian.txt", "Президент России прибыл с визитом в Китай и встретился с Си.".encode(), ["English"]),
        ("nul.txt", b"France\x00\x00\x01\x02 condemned\x00", ["binary"]),
    ],
)
def test_what_cannot_be_read_is_rejected_with_file_and_reason(
    tmp_path: Path, name: str, data: bytes, words: list[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    done = dragoman("code", str(path))
    told = done.stderr.decode()
    assert done.returncode == 3, told
    assert done.stdout == b""
    assert name in told
    assert "Traceback" not in told
    for word in words:
        assert word in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252", "utf-8-sig"])
def test_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "Côte d'Ivoire's président met Spain's prime minister Pedro Sánchez in Madrid.\n" * 3
    path = tmp_path / "report.txt"
    path.write_bytes(text.encode(encoding))
    done = dragoman("code", str(path))
    assert done.returncode == 0, done.stderr
    assert "Sánchez" in done.stdout.decode()


def test_one_bad_row_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = json.dumps({"text": REPORT})
    path.write_text(f"{good}\n{{broken\n{good}\n")
    done = dragoman("code", str(path))
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 2
    assert b"rows.jsonl, line 2" in done.stderr


def test_a_hundred_megabytes_in_one_line_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"France condemned the coup. " * 4_000_000)
    done = dragoman("code", str(path))
    assert done.returncode == 3
    assert b"long.txt" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("code", "no-such-file.txt"), "no such file"),
        (("code", "-", "--date", "yesterday"), "--date"),
        (("code", "-", "--map", "text"), "--map"),
        (("code", "-", "--map", "words=body"), "words"),
        (("code", "-", "--format", "xml"), "xml"),
        (("code", "-", "--config", "no-such.toml"), "no-such.toml"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_wrong_calls_exit_with_two(args: tuple[str, ...], words: str) -> None:
    done = dragoman(*args, stdin=REPORT)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_settings_are_read_from_toml(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("[dragoman]\nstatements = true\n")
    bad.write_text("[dragoman]\nstatments = true\n")
    assert dragoman("code", "-", "--config", str(good), stdin=REPORT).returncode == 0
    done = dragoman("code", "-", "--config", str(bad), stdin=REPORT)
    assert done.returncode == 2
    assert b"statments" in done.stderr


def test_a_closed_pipe_ends_quietly() -> None:
    script = f"{sys.executable} -m dragoman code {EXAMPLES / 'reports.jsonl'} --format csv | head -n 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_knowledge_is_clean() -> None:
    done = dragoman("check-knowledge")
    assert done.returncode == 0, done.stdout.decode()[-2000:]
