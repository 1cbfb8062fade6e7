"""`verify`: a sound record is sound, and whatever is changed in it is told, with file, article and reason."""

from __future__ import annotations

import hashlib
import json
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.errors import RecordError
from dragoman.record import plan
from dragoman.record.failures import Checked, Failure
from dragoman.record.verification import verify
from tests.told_coder import told_record

REPORTS = [
    ("2024-05-03", "India and Oman met. Iran will bomb Iraq on 2024-05-03. Iran did not aid Iraq at Basra."),
    ("2024-05-04", "India visited Pakistan in 2024-05 at Lahore. Iran bombed Iraq from 2024-04-30/2024-05-02."),
    ("2024-07-04", "Iran and Oman accused Iraq and Rebels in 2024. France praised Chad. The rest is silence."),
    ("2024-07-05", "Nothing happened that anybody would have to write down on this day of the year."),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told_record(tmp_path_factory.mktemp("sound") / "record", REPORTS)


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "record"))


def checked(folder: Path) -> tuple[list[Failure], Checked]:
    failures: list[Failure] = []
    looked_at = verify(folder, failures.append)
    return failures, looked_at


def reasons(folder: Path) -> list[str]:
    return [failure.reason for failure in checked(folder)[0]]


def file_of(folder: Path, table: str) -> Path:
    (path,) = (folder / ("events" if table in ("events", "event_mentions", "copies", "redirects") else table)).glob(
        f"{table}-*.parquet" if table in ("events", "event_mentions", "copies", "redirects") else "*.parquet"
    )
    return path


def rewrite(folder: Path, table: str, change: str) -> None:
    """Change a table by SQL over `t`, and make the manifest fit: only its content can give it away."""
    path = file_of(folder, table)
    engine = duckdb.connect()
    engine.execute(f"CREATE TABLE t AS SELECT * FROM read_parquet('{path}')")
    engine.execute(change)
    rows = engine.execute("SELECT count(*) FROM t").fetchall()[0][0]
    engine.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    with_manifest(folder, lambda told: fit(told, path, rows))


def fit(told: dict[str, Any], path: Path, rows: int) -> None:
    groups = [shard["files"] for shard in told["shards"]]
    if told.get("merged"):
        groups.append(told["merged"]["files"])
    for files in groups:
        for table, file in files.items():
            if file["name"] == path.name:
                changed = rows - file["rows"]
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                file.update(rows=rows, bytes=path.stat().st_size, sha256=digest)
                if table in told["rows"]:
                    told["rows"][table] += changed
    if told.get("merged"):  # as if it had been merged from what is there now
        files = [file["sha256"] for shard in told["shards"] for _, file in sorted(shard["files"].items())]
        names = [table for shard in told["shards"] for table, _ in sorted(shard["files"].items())]
        state = hashlib.sha256(json.dumps(list(zip(names, files, strict=True))).encode()).hexdigest()
        told["merged"]["shards"] = state


def with_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told)
    path.write_text(json.dumps(told), encoding="utf-8")


def test_a_sound_record_is_sound(sound: Path) -> None:
    failures, looked_at = checked(sound)
    assert failures == []
    assert (looked_at.articles, looked_at.mentions) == (4, 7)
    assert looked_at.spans >= 7 * 6
    assert looked_at.files == 7


def test_a_folder_without_a_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no record here"):
        checked(tmp_path)


@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_flipped_byte_stays_unseen(sound: Path, tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / "flipped"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    path = data.draw(st.sampled_from(sorted(folder.rglob("*.parquet"))))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    failures, _ = checked(folder)
    name = str(path.relative_to(folder))
    assert any(failure.file == name and "sha256" in failure.reason for failure in failures)


def test_files_that_are_missing_or_cut_short_are_told(folder: Path) -> None:
    file_of(folder, "evidence").unlink()
    path = file_of(folder, "events")
    path.write_bytes(path.read_bytes()[:100])
    told = {failure.file.partition("/")[0]: failure.reason for failure in checked(folder)[0]}
    assert told["evidence"] == "it is missing"
    assert "it has 100 bytes, the manifest says" in told["events"]


CHANGES = [
    ("articles", "UPDATE t SET text = replace(text, 'Oman', 'Iran')", "its text is not that of text_sha256"),
    ("articles", "UPDATE t SET publisher = 'Daily'", "its id is not the hash of publisher, url, published and text"),
    ("articles", "UPDATE t SET id = 'f' || id[2:]", "its id is not the hash"),
    ("articles", "UPDATE t SET mentions = mentions + 1", "mentions, and"),
    ("articles", "UPDATE t SET body_end = 10000", "its body lies outside the text"),
    ("mentions", "UPDATE t SET quote = replace(quote, 'met', 'fought')", "quote: the text has not"),
    ("mentions", "UPDATE t SET trigger_end = trigger_end + 1", "trigger: the text has not"),
    ("mentions", "UPDATE t SET id = 'f' || id[2:]", "its id is not the hash of its article and trigger"),
    ("mentions", "UPDATE t SET title = 'Another'", "title says 'Another', article and evidence say None"),
    ("mentions", "UPDATE t SET actor_parties = 'PER'", "actor_parties says 'PER', article and evidence say"),
    ("mentions", "UPDATE t SET date_end = '1999-01-01' WHERE date_end IS NOT NULL", "before it begins"),
    ("mentions", "UPDATE t SET ordinal = ordinal + 1", "it is number 1 of its article, not 0"),
    ("mentions", "DELETE FROM t WHERE ordinal = 0", "mentions, and"),
    ("mentions", "UPDATE t SET article = 'f' || article[2:]", "its article is not here"),
    ("evidence", "DELETE FROM t WHERE ordinal = 0", "it has no evidence"),
    ("evidence", "UPDATE t SET id = 'f' || id[2:]", "its evidence is that of f"),
    (
        "evidence",
        "UPDATE t SET place = {'text': 'Agra', 'start': 0, 'end': 4}",
        "place: the text has not 'Agra' at 0-4",
    ),
    ("evidence", "UPDATE t SET actors = []", "actor_names says"),
    ("events", "UPDATE t SET mentions = 2", "it tells of 2 mentions and 1 articles, and has 1 and 1"),
    ("events", "UPDATE t SET quote = 'Peace was made.'", "its quote is not that of the mention that stands for it"),
    ("events", "UPDATE t SET fulfils = 'nobody'", "fulfils names nobody, which is no event"),
    ("events", "DELETE FROM t WHERE event = 'SUPPORT'", "is not there"),
    ("events", "UPDATE t SET id = 'f' || id[2:]", "its id is that of none of its mentions"),
    ("event_mentions", "DELETE FROM t WHERE ordinal = 0", "it stands in no event"),
    ("event_mentions", "UPDATE t SET ordinal = ordinal + 7", "there is no such mention"),
    ("event_mentions", "INSERT INTO t SELECT * FROM t", "it stands in 2 events"),
    ("copies", "INSERT INTO t (article, original) VALUES ('x', 'y')", "an article of this pair is not there"),
    ("redirects", "INSERT INTO t VALUES ('x', 'y', 'joined')", "it leads to y, which is no event"),
]


@pytest.mark.parametrize(("table", "change", "reason"), CHANGES, ids=[f"{each[0]}-{each[2][:24]}" for each in CHANGES])
def test_a_change_with_fitting_hashes_is_told(folder: Path, table: str, change: str, reason: str) -> None:
    rewrite(folder, table, change)
    found = [failure for failure in checked(folder)[0] if reason in failure.reason]
    assert found, reasons(folder)
    assert all(failure.file.endswith(".parquet") for failure in found)


def test_a_failure_names_article_and_mention(folder: Path) -> None:
    rewrite(folder, "mentions", "UPDATE t SET quote = 'Peace.' WHERE event = 'SUPPORT'")
    engine = duckdb.connect()
    article, mention = engine.execute(
        f"SELECT article, id FROM read_parquet('{file_of(folder, 'mentions')}') WHERE event = 'SUPPORT'"
    ).fetchall()[0]
    found = next(failure for failure in checked(folder)[0] if failure.check == "mention")
    assert (found.article, found.mention, found.file) == (
        article,
        mention,
        f"mentions/{file_of(folder, 'mentions').name}",
    )


def test_lost_columns_are_told(folder: Path) -> None:
    rewrite(folder, "mentions", "ALTER TABLE t DROP COLUMN lat")
    assert "its columns are not those of mentions" in reasons(folder)


def test_the_manifest_is_checked(folder: Path) -> None:
    with_manifest(folder, lambda told: told["rows"].update(articles=5))
    assert "it tells of 5 rows of articles, its shards hold 4" in reasons(folder)
    with_manifest(folder, lambda told: told["shards"][0]["files"]["mentions"].update(rows=99))
    assert "it has 7 rows, the manifest says 99" in reasons(folder)
    with_manifest(folder, lambda told: told["shards"][0].update(prefix="abc"))
    assert sum("does not belong into the shard 'abc'" in reason for reason in reasons(folder)) >= 3


def test_corrections_are_lines_of_json(folder: Path) -> None:
    (folder / "corrections.jsonl").write_text('{"join": ["a", "b"]}\n\n{"split": \n', encoding="utf-8")
    (failure,) = checked(folder)[0]
    assert (failure.file, failure.reason) == ("corrections.jsonl", "line 3 is no JSON object")


def test_mentions_that_came_after_the_merge_are_no_fault(folder: Path) -> None:
    with_manifest(folder, lambda told: told["merged"].update(shards="0" * 64))
    assert checked(folder)[0] == []


def test_memory_does_not_grow_with_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own memory: what DuckDB holds is bounded by its settings."""
    monkeypatch.setattr(plan, "LEAF_ARTICLES", 100)
    peaks = []
    for count in (100, 800):
        reports = [
            ("2024-05-03", f"India and Oman met. Report {n}. " + "Iran bombed Iraq. " * 20) for n in range(count)
        ]
        folder = told_record(tmp_path / f"record{count}", reports)
        tracemalloc.start()
        assert checked(folder)[0] == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
