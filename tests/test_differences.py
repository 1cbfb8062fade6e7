"""`diff`: what was added, removed, changed, split and joined between two records."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import RecordError
from dragoman.record.differences import KINDS, Difference, Kind, compared, differences, groups
from tests.test_verification import rewrite, with_manifest
from tests.told_coder import surer_coder, told_record

REPORTS = [
    ("2024-05-03", "India and Oman met. Iran bombed Iraq on 2024-05-03. The report is of a town of the region."),
    ("2024-05-04", "India visited Pakistan on 2024-05-04 at Lahore. The report is of another town of the region."),
    ("2024-07-04", "France praised Chad. Nobody knows what else was said there on that day of the month."),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told_record(tmp_path_factory.mktemp("base") / "record", REPORTS)


@pytest.fixture
def other(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "other"))


def found(old: Path, new: Path, *, only: tuple[Kind, ...] = KINDS, ignored: tuple[str, ...] = ()) -> list[Difference]:
    with compared(old, new, only) as both:
        return list(differences(both, ignored))


def counted(told: list[Difference]) -> dict[tuple[str, str], int]:
    return dict(Counter((each.kind, each.change) for each in told))


def test_a_record_does_not_differ_from_itself(base: Path) -> None:
    assert found(base, base) == []


def test_where_it_was_read_from_is_no_difference(base: Path, tmp_path: Path) -> None:
    assert found(base, told_record(tmp_path / "elsewhere", REPORTS)) == []


def test_articles_that_came_and_went(base: Path, tmp_path: Path) -> None:
    added = ("2024-08-01", "Chad and Libya met. Peru praised Cuba. This is a new report of quite another day.")
    new = told_record(tmp_path / "new", [*REPORTS[:2], added])
    told = found(base, new)
    assert counted(told) == {
        ("article", "removed"): 1,
        ("article", "added"): 1,
        ("mention", "removed"): 1,
        ("mention", "added"): 2,
        ("event", "removed"): 1,
        ("event", "added"): 2,
    }
    gone = next(each for each in told if each.kind == "mention" and each.change == "removed")
    assert gone.shown["why"] == "its article is in one record only"
    assert (gone.shown["event"], gone.new) == ("SUPPORT", ())


def test_there_and_back_again_are_the_same_differences(base: Path, tmp_path: Path) -> None:
    new = told_record(tmp_path / "new", [REPORTS[0], ("2024-08-01", "Chad and Libya met. It was reported at length.")])
    swap = {"added": "removed", "removed": "added"}
    there = Counter((each.kind, each.change, each.old, each.new) for each in found(base, new))
    back = Counter((each.kind, swap.get(each.change, each.change), each.new, each.old) for each in found(new, base))
    assert there == back


def test_another_coder_changes_fields(base: Path, tmp_path: Path) -> None:
    new = told_record(tmp_path / "new", REPORTS, surer_coder)
    told = found(base, new)
    assert counted(told) == {("mention", "changed"): 4, ("event", "changed"): 4}
    assert all(each.fields == {"confidence": (0.75, 0.95)} for each in told)
    assert found(base, new, ignored=("confidence",)) == []
    assert {each.kind for each in found(base, new, only=("event",))} == {"event"}


def test_a_mention_that_is_no_longer_coded_is_not_blamed_on_its_article(base: Path, other: Path) -> None:
    rewrite(other, "mentions", "DELETE FROM t WHERE event = 'ASSAULT'")
    told = [each for each in found(base, other, only=("mention",)) if each.change == "removed"]
    assert [(each.shown["event"], "why" in each.shown) for each in told] == [("ASSAULT", False)]


def test_changed_fields_are_told_with_both_values(base: Path, other: Path) -> None:
    rewrite(other, "events", "UPDATE t SET place = 'Delhi' WHERE place = 'Lahore'")
    (told,) = found(base, other, only=("event",))
    assert told.fields == {"place": ("Lahore", "Delhi")}


def test_joined_and_split_events(base: Path, other: Path) -> None:
    one, two = _two_events(base)
    rewrite(other, "event_mentions", f"UPDATE t SET event = '{one}' WHERE event = '{two}'")
    rewrite(other, "events", f"DELETE FROM t WHERE id = '{two}'")
    (joined,) = found(base, other, only=("event",))
    assert (joined.change, joined.old, joined.new) == ("joined", tuple(sorted((one, two))), (one,))
    (split,) = found(other, base, only=("event",))
    assert (split.change, split.old, split.new) == ("split", (one,), tuple(sorted((one, two))))


def _two_events(folder: Path) -> tuple[str, str]:
    with compared(folder, folder) as both:
        rows = both.engine.execute("SELECT id FROM a_events ORDER BY id LIMIT 2").fetchall()
    return rows[0][0], rows[1][0]


def test_mentions_that_an_event_lost_are_named(other: Path, tmp_path: Path) -> None:
    one, two = _two_events(other)
    rewrite(other, "event_mentions", f"UPDATE t SET event = '{one}' WHERE event = '{two}'")
    rewrite(other, "events", f"DELETE FROM t WHERE id = '{two}'")
    fewer = Path(shutil.copytree(other, tmp_path / "fewer"))
    rewrite(fewer, "event_mentions", f"DELETE FROM t WHERE mention = '{two}'")
    (told,) = found(other, fewer, only=("event",))
    assert told.fields == {"mention_ids": ([two], [])}


def test_events_are_left_out_where_one_was_never_merged(base: Path, other: Path) -> None:
    with_manifest(other, lambda told: told.pop("merged"))
    with compared(base, other) as both:
        assert both.kinds == ("article", "mention")


def test_what_is_no_record_is_an_error(base: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no record here"):
        found(base, tmp_path)


PAIRS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), max_size=15)


@given(PAIRS)
def test_groups_part_what_hangs_together(pairs: list[tuple[str, str]]) -> None:
    told = groups(pairs)
    assert sorted(each for olds, _ in told for each in olds) == sorted({old for old, _ in pairs})
    assert sorted(each for _, news in told for each in news) == sorted({new for _, new in pairs})
    for old, new in pairs:
        assert sum(old in olds and new in news for olds, news in told) == 1
