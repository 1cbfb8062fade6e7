"""`panel`, `sample`, `eval`, `verify` and `diff` as commands: what goes where, and exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from dragoman.cli.app import app
from dragoman.errors import DragomanError, UsageError
from tests.test_verification import rewrite, with_manifest
from tests.told_coder import told_record

TEXTS = (
    "India and Oman met. Iran bombed Iraq. Nobody knows why.",
    "India praised Pakistan. Iran will bomb Iraq. So they say.",
)
REPORTS = [
    {"published": f"2024-0{number + 4}-03", "url": f"https://example.org/{number}", "text": text}
    for number, text in enumerate(TEXTS, 1)
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told_record(tmp_path_factory.mktemp("made") / "record", REPORTS)


@pytest.fixture
def record(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "record"))


def run(*args: str | Path, code: int = 0, stdin: bytes | None = None) -> Result:
    done = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
    assert done.exit_code == code, (done.output, done.exception)
    return done


def fails(*args: str | Path) -> str:
    """The message of what `main` would print, exit code 1 or 2."""
    done = CliRunner().invoke(app, [str(arg) for arg in args])
    assert isinstance(done.exception, DragomanError), (done.output, done.exception)
    return str(done.exception)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_panel(record: Path, tmp_path: Path) -> None:
    done = run("panel", record)
    told = rows(done.stdout)
    assert len(told) == 10 * 2
    assert {row["dyad"]: row["events"] for row in told if row["period"] == "2024-05" and row["events"] != "0"} == {
        "IND-OMN": "1",
        "IRN-IRQ": "1",
    }
    assert "2 articles" in done.stderr and "3 events counted" in done.stderr
    run("panel", record, "--output", tmp_path / "panel.parquet", "--unit", "country", "--period", "year")
    stored = duckdb.connect().execute(f"SELECT count(*) FROM read_parquet('{tmp_path / 'panel.parquet'}')").fetchall()
    assert stored == [(5,)]
    run("panel", record, "-o", tmp_path / "panel.jsonl", "--countries", "Iran, IRQ")
    lines = (tmp_path / "panel.jsonl").read_text().splitlines()
    assert [json.loads(line)["dyad"] for line in lines] == ["IRN-IRQ"] * 2


def test_panel_takes_filters(record: Path) -> None:
    told = rows(run("panel", record, "--category", "CONSULT", "--period", "year").stdout)
    assert [(row["dyad"], row["events"]) for row in told] == [("IND-OMN", "1")]
    told = rows(run("panel", record, "--status", "future", "--period", "year").stdout)
    assert [(row["dyad"], row["events"]) for row in told] == [("IRN-IRQ", "1")]


def test_panel_needs_events_that_were_merged(record: Path) -> None:
    assert "Parquet needs a file" in run("panel", record, "-f", "parquet", code=2).stderr
    with_manifest(record, lambda told: told["merged"].update(shards="0" * 64))
    assert "came after the last merge" in run("panel", record).stderr
    with_manifest(record, lambda told: told.pop("merged"))
    assert "run dragoman build" in fails("panel", record)


def test_sample_there_and_back(record: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    done = run("sample", record, "--n", "4", "--by", "category", "-o", form)
    assert "4 cases from" in done.stderr
    assert form.read_bytes().startswith(b"\xef\xbb\xbfrow,id,sample")
    assert rows(run("sample", record, "--n", "4", "--by", "category").stdout) == rows(form.read_text("utf-8"))
    filled = form.read_text("utf-8").replace(",,,,,,,,,c-", ",y,y,n,y,,y,y,,c-")
    form.write_text(filled, "utf-8")
    back = run("sample", record, "--read", form)
    told = [json.loads(line) for line in back.stdout.splitlines()]
    whole = {row["field"]: row for row in told if row["group"] == "all"}
    assert (whole["category"]["precision"], whole["recipients"]["precision"], "place" in whole) == (1, 0, False)
    assert whole["event"]["judged"] == 4
    assert "4 of 4 rows judged, drawn from 4" in back.stderr
    assert "category=" in run("sample", record, "--read", form, "-f", "table").stdout
    form.write_text(filled.replace("bombed Iraq", "bombed Cuba"), "utf-8")
    assert "is not what the record says" in fails("sample", record, "--read", form)
    assert "No such file" in fails("sample", record, "--read", tmp_path / "none.csv")


def test_eval(record: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    lines = [
        {
            "url": "https://example.org/1",
            "event": "CONSULT",
            "trigger": "met",
            "actors": ["IND", "OMN"],
            "recipients": [],
        },
        {
            "url": "https://example.org/1",
            "event": "ACCUSE",
            "trigger": "bombed",
            "actors": ["IRN"],
            "recipients": ["IRQ"],
        },
    ]
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines))
    told = json.loads(run("eval", record, gold).stdout)
    assert told["scores"]["event"]["f1"] == 0.5
    assert told["confusion"] == [{"gold": "ACCUSE", "record": "ASSAULT", "events": 1}]
    assert "ACCUSE" in run("eval", record, gold, "-f", "table").stdout
    assert "below the floor of 0.6" in run("eval", record, gold, "--floor", "0.6", code=1).stderr
    run("eval", record, gold, "--floor", "0.5")
    gold.write_text(gold.read_text() + '{"url": "https://example.org/9", "event": "AID"}\n')
    done = run("eval", record, gold, code=3)
    assert "line 3: the record has no article of url" in done.stderr
    assert "1 line of" in done.stderr
    gold.write_text("{broken\n")
    assert "line 1: it is no JSON" in fails("eval", record, gold)
    data = json.dumps(lines[0]).encode()
    assert json.loads(run("eval", record, "-", stdin=data).stdout)["scores"]["event"]["gold"] == 1


def test_verify(record: Path) -> None:
    done = run("verify", record)
    assert done.stdout == ""
    assert "all as it was written" in done.stderr
    rewrite(record, "mentions", "UPDATE t SET quote = 'Peace.' WHERE event = 'SUPPORT'")
    done = run("verify", record, code=1)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert "the text has not 'Peace.'" in told[0]["reason"]
    assert "wrong" in done.stderr
    assert "Peace." in run("verify", record, "-f", "table", code=1).stdout


def test_diff(record: Path, made: Path, tmp_path: Path) -> None:
    done = run("diff", made, record)
    assert done.stdout == ""
    assert "mentions: no difference" in done.stderr
    rewrite(record, "events", "UPDATE t SET place = 'Delhi' WHERE event = 'CONSULT'")
    told = [json.loads(line) for line in run("diff", made, record).stdout.splitlines()]
    assert [(each["kind"], each["change"], each["fields"]) for each in told] == [
        ("event", "changed", {"place": [None, "Delhi"]})
    ]
    assert run("diff", made, record, "--ignore", "place").stdout == ""
    assert run("diff", made, record, "--only", "mention").stdout == ""
    summary = json.loads(run("diff", made, record, "--summary").stdout)
    assert summary["event"] == {"changes": {"changed": 1}, "fields": {"place": 1}}
    assert "place: - -> Delhi" in run("diff", made, record, "-f", "table").stdout
    assert "is no field" in run("diff", made, record, "--ignore", "colour", code=2).stderr


@pytest.mark.parametrize("command", [["panel"], ["sample"], ["verify"], ["eval", "gold"], ["diff", "other"]])
def test_no_record_is_told(command: list[str], tmp_path: Path) -> None:
    args = [command[0], str(tmp_path / "none"), *command[1:]]
    assert "there is no record here" in fails(*args)


def test_what_cannot_be_asked_is_a_wrong_call(record: Path) -> None:
    done = CliRunner().invoke(app, ["sample", str(record), "--by", "colour"])
    assert isinstance(done.exception, UsageError)
    done = CliRunner().invoke(app, ["panel", str(record), "--countries", "Atlantis"])
    assert isinstance(done.exception, UsageError)
