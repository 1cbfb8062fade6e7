"""The command line: what goes in, what comes out on which stream, and which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
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


def in_terminal(*args: str, stdout: Path | None = None, **settings: str) -> bytes:
    """What a terminal of 120 columns shows of a run; with `stdout`, only stderr goes to the terminal."""
    import pty

    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **settings}
    with (stdout or Path(os.devnull)).open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "dragoman", *args],
            stdin=subprocess.DEVNULL,
            stdout=file if stdout is not None else follower,
            stderr=follower,
            env=environment,
        )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65_536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(leader)
    process.wait()
    return shown


def test_a_terminal_gets_a_table_and_no_color_no_escape_codes(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(REPORT)
    coloured = in_terminal("code", str(path))
    assert b"recipients" in coloured
    assert b"\x1b[" in coloured
    for option in ("--explain", "--format=table"):
        plain = in_terminal("code", str(path), option, NO_COLOR="1")
        assert b"condemned" in plain
        assert b"\x1b" not in plain


def test_progress_on_a_terminal_leaves_data_on_stdout(tmp_path: Path) -> None:
    long = json.dumps({"text": REPORT, "title": "x" * 150_000})
    source, target = tmp_path / "reports.jsonl", tmp_path / "events.jsonl"
    source.write_text(f"{long}\n{long}\n")
    shown = in_terminal("code", str(source), stdout=target)
    assert len(target.read_bytes().splitlines()) == 2
    assert b"schema" not in shown
    assert b"2 articles, 2 events, 0 rejected" in shown


def test_a_summary_closes_a_run_of_several_articles(tmp_path: Path) -> None:
    line = json.dumps({"text": REPORT}) + "\n"
    done = dragoman("code", "-", stdin=line * 2 + "{broken\n")
    assert done.stderr.decode().splitlines()[-1] == "2 articles, 2 events, 1 rejected"
    assert b"2 articles" not in dragoman("code", "-", "--quiet", stdin=line * 2).stderr
    assert dragoman("code", "-", stdin=REPORT).stderr == b""


def test_text_is_never_read_as_markup_nor_steers_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a [bold]name.txt"
    path.write_text("France condemned the [red]attack[/red] on Niger :smile: \x1b[31m on Friday.")
    for option in ("--explain", "--format=table"):
        shown = dragoman("code", str(path), option)
        assert shown.returncode == 0, shown.stderr
        assert "a [bold]name.txt" in shown.stdout.decode()
        assert b"\x1b" not in shown.stdout
    assert "[red]attack[/red]" in dragoman("code", str(path), "--explain").stdout.decode()
    assert ":smile:" in dragoman("code", str(path), "--explain").stdout.decode()


def test_data_are_utf8_in_any_locale(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("Pedro Sánchez condemned the coup in Niger on Friday.", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    call = [sys.executable, "-m", "dragoman", "code", str(path)]
    done = subprocess.run(call, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert "Sánchez" in done.stdout.decode("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        call = [sys.executable, "-m", "dragoman", "code", "-"]
        done = subprocess.run(call, input=REPORT.encode(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["dragoman: the output cannot be written: No space left on device"]


def test_an_interrupt_ends_quietly_with_130(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text((json.dumps({"text": REPORT}) + "\n") * 20_000)
    call = [sys.executable, "-m", "dragoman", "code", str(path)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is at work
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1]
    assert process.returncode == 130
    assert told == b""


def test_explain_and_format_exclude_one_another() -> None:
    assert dragoman("code", "-", "--explain", "--format", "csv", stdin=REPORT).returncode == 2


HALF = json.dumps({"text": "France \ud800 condemned the coup in Niger."})
NEST = "[" * 100_000


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (HALF, "surrogate"),
        (json.dumps({"text": REPORT, "title": "\udc00"}), "its title"),
        (json.dumps({"text": REPORT, "publisher": ["a", "\udc00"]}), "its publisher"),
        (f'{{"text": {NEST}', "nested too deeply"),
        ('{"text": "France', "unterminated string starting at character"),
        ("garbage", "no JSON"),
        (json.dumps({"text": 5}), "not a number"),
        (json.dumps({"text": ["a"]}), "not a list"),
        (json.dumps({"text": None}), "--map"),
        ("[1]", "not a list"),
        ("null", "not null"),
        (json.dumps({"text": "the France met Niger and " * 2_000}), "no sentence ends"),
        (json.dumps({"text": REPORT + "(" * 50_000}), "no sentence ends"),
    ],
)
def test_bad_rows_are_told_and_the_good_ones_coded(tmp_path: Path, row: str, words: str) -> None:
    path = tmp_path / "rows.jsonl"
    good = json.dumps({"text": REPORT, "n": 10**20})
    path.write_text(f"{row}\n{good}\n")
    done = dragoman("code", str(path))
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 1
    told = done.stderr.decode().splitlines()
    assert "rows.jsonl, line 1" in told[0]
    assert words in told[0]
    assert len(told) == 2


@pytest.mark.parametrize("start", ["<!-- saved --><HTML><body>", "<div class='a'><p>", "<p>"])
def test_pieces_of_web_pages_are_read_as_pages_never_as_text(start: str) -> None:
    done = dragoman("code", "-", stdin=f"{start}{REPORT}</p>")
    assert done.returncode == 0, done.stderr
    (event,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert event["quote"] == REPORT
    assert (event["trigger"]["start"], event["event"]) == (REPORT.index("condemned"), "ACCUSE")
    empty = dragoman("code", "-", stdin=f"{start}France.</p>")
    assert empty.returncode == 3
    assert b"web page" in empty.stderr


def test_long_white_space_and_rows_of_signs_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    texts = ("\n" * 200_000 + REPORT, REPORT + " " * 50_000 + REPORT, REPORT + "• " * 50_000 + REPORT)
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    done = dragoman("code", str(path))
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 5


def test_any_whole_number_passes_in_a_row() -> None:
    done = dragoman("code", "-", stdin=f'{{"text": "{REPORT}", "n": {"9" * 10_000}}}')
    assert done.returncode == 0, done.stderr


def test_csv_holds_no_control_characters() -> None:
    text = json.dumps({"text": "France condemned the\x00 coup\u2028in\x1f Niger on Friday.\r\n", "title": "a\nb"})
    lines = dragoman("code", "-", "--format", "csv", stdin=text).stdout
    assert len(lines.splitlines()) == 2
    assert not any(byte < 32 and byte != 10 for byte in lines)


def test_nothing_is_written_home_and_nothing_sent(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    call = [sys.executable, "-m", "dragoman", "code", "-"]
    done = subprocess.run(call, input=REPORT.encode(), capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert sorted(tmp_path.rglob("*")) == []
