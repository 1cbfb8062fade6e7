"""Mentions of one event become one event, whatever the order; corrections hold; what differs stays apart."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.errors import RecordError, UsageError
from dragoman.record.explanation import explain, join, split
from dragoman.record.merging import merge
from dragoman.record.query import Record
from dragoman.record.store import open_folder, publish, read_manifest
from dragoman.record.tables import MERGED
from tests.fake_events import build_reports, later_coder, report

MEETING = [
    report("FRA meets DEU on 2024-05-01 in Bonn about steel tariffs.", "2024-05-01", "A"),
    report("FRA meets DEU on 2024-05-01 in Bonn over tariffs, and over steel.", "2024-05-02", "B"),
    report("In short: FRA meets DEU in Bonn.", "2024-05-02", "C"),
]


def groups(folder: Path) -> list[list[str]]:
    """The quotes of each event."""
    with Record.open(folder) as record:
        rows = record.sql(
            "SELECT list(m.quote ORDER BY m.published, m.quote) FROM event_mentions e "
            "JOIN mentions m USING (article, ordinal) GROUP BY e.event"
        ).fetchall()
    return sorted(row[0] for row in rows)


def merged_files(folder: Path) -> Any:
    found = read_manifest(folder).merged
    assert found is not None
    return found.files


def one(folder: Path, query: str) -> dict[str, Any]:
    with Record.open(folder) as record:
        found = record.sql(query)
        rows = found.fetchall()
        assert len(rows) == 1
        return dict(zip(found.columns, rows[0], strict=True))


def test_one_meeting_in_three_reports_is_one_event(tmp_path: Path) -> None:
    outcome = build_reports(tmp_path / "record", MEETING)
    assert (outcome.mentions_held, outcome.events_held) == (3, 1)
    event = one(tmp_path / "record", "SELECT * FROM events")
    assert (event["mentions"], event["articles"], event["reports"], event["publishers"]) == (3, 3, 3, 3)
    assert (event["first_published"], event["last_published"]) == ("2024-05-01", "2024-05-02")
    assert (event["place"], event["date_start"], event["date_basis"]) == ("Bonn", "2024-05-01", "text")
    assert event["conflicts"] is None
    assert list(event) == list(MERGED["events"])


def test_the_same_two_a_day_later_are_another_event(tmp_path: Path) -> None:
    later = report("FRA meets DEU on 2024-05-02 in Bonn about steel tariffs.", "2024-05-02", "D")
    build_reports(tmp_path / "record", [*MEETING[:2], later])
    assert [len(each) for each in groups(tmp_path / "record")] == [2, 1]


@pytest.mark.parametrize(
    "text",
    [
        "FRA meets POL on 2024-05-01 in Bonn about steel tariffs.",
        "FRA will meet DEU on 2024-05-01 in Bonn about steel tariffs.",
        "FRA accuses DEU on 2024-05-01 in Bonn about steel tariffs.",
    ],
)
def test_other_parties_acts_and_announcements_stay_apart(tmp_path: Path, text: str) -> None:
    build_reports(tmp_path / "record", [MEETING[0], report(text, "2024-05-01", "B")])
    assert [len(each) for each in groups(tmp_path / "record")] == [1, 1]


def test_who_accuses_and_who_is_accused_do_not_change_places(tmp_path: Path) -> None:
    texts = [
        "FRA accuses DEU on 2024-05-01 of dumping cheap steel.",
        "DEU accuses FRA on 2024-05-01 of dumping cheap steel.",
    ]
    build_reports(tmp_path / "record", [report(text, "2024-05-01", text[:3]) for text in texts])
    assert len(groups(tmp_path / "record")) == 2


def test_an_announcement_is_fulfilled_and_a_refusal_cancels(tmp_path: Path) -> None:
    build_reports(
        tmp_path / "record",
        [
            report("FRA will meet DEU on 2024-05-04 in Bonn.", "2024-05-01", "A"),
            report("FRA meets DEU on 2024-05-04 in Bonn.", "2024-05-04", "A"),
            report("POL will meet DEU on 2024-05-09 in Bonn.", "2024-05-01", "A"),
            report("DEU refuses to meet POL.", "2024-05-03", "A"),
        ],
    )
    with Record.open(tmp_path / "record") as record:
        ids = dict(record.sql("SELECT event || coalesce(about_event, '') || actor_parties, id FROM events").fetchall())
        links = record.sql("SELECT id, fulfils, cancels, fulfilled_by, cancelled_by FROM events").fetchall()
    told = {row[0]: row[1:] for row in links}
    meeting, plan = ids["CONSULTFRA|DEU"], ids["AGREECONSULTFRA"]
    other, refusal = ids["AGREECONSULTPOL"], ids["REJECTCONSULTDEU"]
    assert told[meeting] == (plan, None, None, None)
    assert told[plan] == (None, None, meeting, None)
    assert told[refusal] == (None, other, None, None)
    assert told[other] == (None, None, None, refusal)


def test_one_report_does_not_fulfil_its_own_announcement(tmp_path: Path) -> None:
    text = "FRA meets DEU on 2024-05-01 in Bonn. FRA will meet DEU on 2024-05-01 in Bonn."
    build_reports(tmp_path / "record", [report(text, "2024-05-01", "A")])
    with Record.open(tmp_path / "record") as record:
        assert record.sql("SELECT count(*), count(fulfils), count(fulfilled_by) FROM events").fetchall() == [(2, 0, 0)]


def test_conflicts_stay_visible_with_who_says_which(tmp_path: Path) -> None:
    reports = [
        report(f"RUS attacks UKR on 2024-05-01 in Kharkiv with {dead} dead {words}.", "2024-05-01", name)
        for dead, name, words in (
            (3, "A", "after shells hit a market"),
            (3, "B", "at a market"),
            (5, "C", "near the market"),
        )
    ]
    build_reports(tmp_path / "record", reports)
    event = one(tmp_path / "record", "SELECT dead, conflicts FROM events")
    assert event["dead"] == 3
    assert json.loads(event["conflicts"]) == {
        "dead": [
            {"value": 3, "mentions": 2, "publishers": ["A", "B"]},
            {"value": 5, "mentions": 1, "publishers": ["C"]},
        ]
    }


LONG = (
    "FRA meets DEU on 2024-05-01 in Bonn about steel tariffs. The two ministers spent four hours on quotas and on "
    "the fees that ships pay at the border. They left without a joint statement, and aides spoke of many open points. "
)


def test_copies_are_counted_and_have_no_voice(tmp_path: Path) -> None:
    copy = report("BONN (Reuters) - " + LONG + "Read more on our site.", "2024-05-01T12:00:00+00:00", "Copyist")
    build_reports(tmp_path / "record", [report(LONG, "2024-05-01T08:00:00+00:00", "Reuters"), copy])
    event = one(tmp_path / "record", "SELECT mentions, articles, reports, publishers, publisher FROM events")
    assert event == {"mentions": 2, "articles": 2, "reports": 1, "publishers": 2, "publisher": "Reuters"}
    told = one(
        tmp_path / "record",
        "SELECT kind, original = copied_from AS first, a.publisher FROM copies c JOIN articles a ON a.id = c.article",
    )
    assert told == {"kind": "credited", "first": True, "publisher": "Copyist"}


def test_a_later_release_speaks_in_the_place_of_the_first(tmp_path: Path) -> None:
    text = LONG.replace("FRA meets DEU on 2024-05-01 in Bonn", "RUS attacks UKR on 2024-05-01 in Kharkiv with 3 dead")
    reports = [
        report(text, "2024-05-01", "Wire"),
        report(text.replace("3 dead", "5 dead"), "2024-05-02", "Wire", "CORRECTED: News"),
    ]
    build_reports(tmp_path / "record", reports)
    event = one(tmp_path / "record", "SELECT mentions, reports, dead FROM events")
    assert event == {"mentions": 2, "reports": 2, "dead": 5}
    assert one(tmp_path / "record", "SELECT kind FROM copies") == {"kind": "revised"}


DAYS = st.sampled_from(["", " on 2024-05-01", " on 2024-05-02", " on 2024-05-03"])
TEXTS = st.builds(
    lambda actor, verb, other, day, rest: f"{actor} {verb} {other}{day} {rest}.",
    st.sampled_from(["FRA", "DEU"]),
    st.sampled_from(["meets", "will meet", "accuses"]),
    st.sampled_from(["POL", "DEU", "ITA"]),
    DAYS,
    st.sampled_from(["over steel", "over steel and coal tariffs", "in Bonn again", "at length"]),
)
REPORTS = st.lists(
    st.builds(report, TEXTS, st.sampled_from(["2024-05-01", "2024-05-02", "2024-05-04"]), st.sampled_from("ABC")),
    min_size=2,
    max_size=9,
    unique_by=lambda each: (each["text"], each["published"], each["publisher"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=REPORTS, seed=st.integers(0, 999))
def test_the_order_of_reports_plays_no_part(
    reports: list[dict[str, Any]], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("order")
    build_reports(home / "one", reports)
    shuffled = random.Random(seed).sample(reports, len(reports))
    build_reports(home / "two", shuffled)
    assert merged_files(home / "one") == merged_files(home / "two")
    build_reports(home / "three", shuffled[: len(reports) // 2])
    build_reports(home / "three", shuffled)
    assert groups(home / "three") == groups(home / "one")
    with Record.open(home / "one") as record:
        held = record.sql(
            "SELECT count(*), count(DISTINCT mention), (SELECT count(*) FROM mentions) FROM event_mentions"
        ).fetchall()
    assert held == [(len(reports),) * 3]


def test_merging_again_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    before = read_manifest(folder)
    assert before.merged is not None
    with open_folder(folder) as handle:
        (folder / "events" / before.merged.files["events"].name).unlink()
        again = merge(folder, handle, folder / "work" / "merging", before)
    assert again.merged == before.merged


def test_a_record_of_before_has_empty_tables(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del told["merged"]
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with Record.open(folder) as record:
        assert not record.is_merged
        assert not record.merged_current
        assert record.events().fetchall() == []
        assert record.events().columns == list(MERGED["events"])
        with pytest.raises(RecordError, match="dragoman build"):
            explain(record, "x")
    build_reports(folder, [])
    with Record.open(folder) as record:
        assert record.merged_current
        assert record.mentions().count("*").fetchall() == [(3,)]


def test_a_damaged_merged_table_is_told_and_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    path = next((folder / "events").glob("events-*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RecordError, match="dragoman build"):
        Record.open(folder)
    build_reports(folder, [])
    assert len(groups(folder)) == 1


# What users say holds.


def mention_of(folder: Path, publisher: str) -> str:
    return str(one(folder, f"SELECT id FROM mentions WHERE publisher = '{publisher}'")["id"])


def test_a_split_holds_after_new_reports_and_new_models(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    event = str(one(folder, "SELECT id FROM events")["id"])
    new = split(folder, event, [mention_of(folder, "B")])
    assert new == mention_of(folder, "B")
    assert [len(each) for each in groups(folder)] == [1, 2] or [len(each) for each in groups(folder)] == [2, 1]
    build_reports(
        folder, [report("FRA meets DEU on 2024-05-01 in Bonn, officials said of tariffs.", "2024-05-01", "D")]
    )
    apart = {mention_of(folder, name): name for name in "ABCD"}

    def events() -> dict[str, str]:
        with Record.open(folder) as record:
            rows = record.sql(
                "SELECT m.publisher, e.event FROM event_mentions e JOIN mentions m USING (article, ordinal)"
            )
            return dict(rows.fetchall())

    assert len(apart) == 4
    assert events()["B"] not in {events()[name] for name in "AC"}
    assert build_reports(folder, [], maker=later_coder, recode=True).coded == 4
    assert events()["B"] not in {events()[name] for name in "AC"}
    assert events()["A"] == events()["C"]


def test_a_join_holds_and_can_be_taken_back(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, [MEETING[0], report("FRA meets DEU on 2024-06-20 in Bonn.", "2024-06-20", "B")])
    first, second = mention_of(folder, "A"), mention_of(folder, "B")
    assert join(folder, first, second) == first
    assert one(folder, "SELECT old, event, reason FROM redirects") == {
        "old": second,
        "event": first,
        "reason": "joined",
    }
    build_reports(folder, [], maker=later_coder, recode=True)
    assert len(groups(folder)) == 1
    event = str(one(folder, "SELECT id FROM events")["id"])
    split(folder, event, [mention_of(folder, "B")])
    assert len(groups(folder)) == 2
    with pytest.raises(UsageError, match="no event"):
        join(folder, "nonesuch", event)


def test_every_merge_is_explained(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    with Record.open(folder) as record:
        found = explain(record, mention_of(folder, "C"))
    assert found.event["id"] == mention_of(folder, "A")
    assert [bool(each["reasons"]) for each in found.mentions] == [False, True, True]
    told = json.loads(found.line())
    for each in told["told_by"][1:]:
        assert sum(weight for _, weight in each["reasons"]) >= 2.6


@pytest.mark.parametrize(
    "line", ["{", '{"kind": "merge", "mentions": [], "others": []}', '{"kind": "join", "mentions": [{}], "others": []}']
)
def test_a_line_that_is_no_correction_is_told(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    (folder / "corrections.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 1"):
        build_reports(folder, [])


def test_what_was_merged_stays_when_shards_are_published(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    build_reports(folder, MEETING)
    with open_folder(folder) as handle:
        manifest = publish(folder, handle, [], [])
    assert manifest.merged is not None
