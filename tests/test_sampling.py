"""Samples for hand-coding: the draw, the form, and the form read back."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import DragomanError, ReadingError, RecordError, UsageError
from dragoman.record.coding_form import COLUMNS, FIELDS, FilledForm, form_lines, read_form
from dragoman.record.filters import EventFilter
from dragoman.record.precision import precision
from dragoman.record.query import Record
from dragoman.record.sampling import OTHER, Design, Unit, allocated, draw, pooled
from tests.told_coder import COUNTRIES, told_record

Rows = list[dict[str, str]]
BULK = "Nothing else was told of on that day in any of the towns of the region."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty events of three categories, by two outlets."""
    rng = random.Random(1)
    verbs = ["met"] * 24 + ["accused Iran"] * 12 + ["bombed Iraq"] * 4
    rng.shuffle(verbs)
    pairs = itertools.permutations(("India", "Oman", "Pakistan", "France", "Chad", "Libya", "Peru", "Cuba"), 2)
    reports = [
        {
            "published": str(datetime.date(2024, 1, 1) + datetime.timedelta(9 * number)),  # so far apart: 40 events
            "url": f"https://example.org/{number}",
            "publisher": "Daily" if number % 3 else "Le Courrier d’été;\u00a0Genève",
            "text": f"{BULK} {one} and {other} {verb}. - {BULK}",
            "title": "=cmd" if number % 7 == 0 else f"Report {number}",
        }
        for number, (verb, (one, other)) in enumerate(zip(verbs, pairs, strict=False))
    ]
    return told_record(tmp_path_factory.mktemp("sampled") / "record", reports)


@pytest.fixture
def record(folder: Path) -> Iterator[Record]:
    with Record.open(folder) as opened:
        yield opened


def form(record: Record, design: Design) -> Rows:
    lines = "\r\n".join(form_lines(draw(record.cursor(), design, EventFilter())))
    return list(csv.DictReader(io.StringIO(lines.removeprefix("\ufeff"), newline="")))


def written(rows: Rows, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding, "replace")


def read(record: Record, rows: Rows, **how: str) -> FilledForm:
    return read_form(written(rows, **how), record.cursor(), "form.csv")


def fault_of(record: Record, rows: Rows) -> str:
    with pytest.raises(ReadingError) as caught:
        read(record, rows)
    return str(caught.value)


# The draw.


@given(st.lists(st.integers(1, 400), min_size=1, max_size=30), st.data(), st.sampled_from(["proportional", "equal"]))
def test_allocation_gives_the_size_and_two_of_each(sizes: list[int], data: st.DataObject, how: str) -> None:
    size = data.draw(st.integers(2 * len(sizes), 2 * len(sizes) + 300))
    given_ = allocated(sizes, size, "equal" if how == "equal" else "proportional")
    assert sum(given_) == min(size, sum(sizes))
    assert all(min(2, most) <= taken <= most for taken, most in zip(given_, sizes, strict=True))


def test_allocation_is_proportional_or_even() -> None:
    assert allocated([600, 300, 100], 100, "proportional") == [60, 30, 10]
    assert allocated([600, 300, 10], 90, "equal") == [40, 40, 10]


KEYS = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("uvwxyz")), st.integers(1, 50), min_size=1)


@given(KEYS, st.integers(2, 80))
def test_pooling_leaves_few_enough_and_loses_the_last_cut_first(sizes: dict[tuple[str, ...], int], cases: int) -> None:
    into = pooled(sizes, cases)
    assert set(into) == set(sizes)
    assert len(set(into.values())) <= max(cases // 4, min(cases // 2, len({key[0] for key in sizes})))
    for key, target in into.items():
        assert target in (key, (key[0], OTHER), (OTHER, OTHER))
    if len(sizes) <= cases // 4:
        assert all(key == target for key, target in into.items())


@pytest.mark.parametrize("unit", ["mentions", "events"])
def test_the_same_seed_draws_the_same_sample(record: Record, unit: Unit) -> None:
    first = form(record, Design(12, ("category",), 3, unit))
    assert first == form(record, Design(12, ("category",), 3, unit))
    assert {row["id"] for row in first} != {row["id"] for row in form(record, Design(12, ("category",), 4, unit))}
    assert len({row["id"] for row in first}) == 12


def test_weights_add_up_to_the_population(record: Record) -> None:
    rows = form(record, Design(24, ("category", "outlet"), 1))
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(40, rel=1e-4)
    drawn = Counter(row["stratum"] for row in rows)
    assert drawn == {row["stratum"]: int(row["drawn"]) for row in rows}


def test_every_case_has_the_same_chance_within_its_stratum(record: Record) -> None:
    taken: Counter[str] = Counter()
    for seed in range(60):
        taken.update(row["id"] for row in form(record, Design(20, (), seed)))
    assert len(taken) == 40
    assert 15 < min(taken.values()) <= max(taken.values()) < 45  # 30 are expected; their standard deviation is 3.9


def test_a_sample_of_nothing_is_told(record: Record) -> None:
    with pytest.raises(RecordError, match="no mentions of this kind"):
        list(draw(record.cursor(), Design(), EventFilter(category=("AID",))))
    with pytest.raises(UsageError, match="'colour' is none of category, quad"):
        list(draw(record.cursor(), Design(by=("colour",)), EventFilter()))


def test_filters_restrict_the_draw(record: Record) -> None:
    rows = list(draw(record.cursor(), Design(100), EventFilter(category=("ASSAULT",))))
    assert {row["category"] for row in rows} == {"ASSAULT aerial"}
    assert len(rows) == 4


# The form.


def test_the_form_shows_the_quote_in_its_context(record: Record) -> None:
    row = next(row for row in form(record, Design(40)) if row["category"] == "ASSAULT aerial")
    assert (row["before"], row["after"]) == (BULK, f"'- {BULK}")
    one, _, other, *rest = row["quote"].split()
    assert rest == ["bombed", "Iraq."]
    assert row["actors"] == f"{one} [{COUNTRIES[one]}]; {other} [{COUNTRIES[other]}]"
    assert row["recipients"] == "Iraq [IRQ]"
    assert row["date"] == f"on {row['published'].removeprefix('on ')} (day, publication)"
    assert set(COLUMNS) == set(row)


def test_no_cell_is_a_formula(record: Record) -> None:
    for row in form(record, Design(40)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


# Read back.


def judge(rows: Rows, **answers: str) -> Rows:
    for row in rows:
        row.update({f"{field}_ok": "y" for field in FIELDS} | answers)
    return rows


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), (",", "ascii"), ("\t", "utf-16")]
)
def test_a_form_comes_back_from_any_spreadsheet(record: Record, separator: str, encoding: str) -> None:
    rows = judge(form(record, Design(10, ("outlet",))), note="größer", actors_ok="N", place_ok="-", date_ok="")
    for row in rows:  # what spreadsheets do to figures, signs and order
        row["weight"] = row["weight"].replace(".", ",")
        row["title"] = "Mai 24"
    found = read(record, rows[::-1], separator=separator, encoding=encoding)
    assert found.drawn == 10
    assert len(found.judgements) == 10
    answers = found.judgements[0].answers
    assert (answers["category"], answers["actors"], answers["place"], "date" in answers) == (True, False, None, False)


def test_changed_rows_are_errors(record: Record) -> None:
    def with_change(column: str, value: str) -> str:
        rows = judge(form(record, Design(10)))
        rows[3][column] = value
        return fault_of(record, rows)

    assert "line 5: quote is not what the record says" in with_change("quote", "India and Oman bombed Peru.")
    assert "line 5: actors is not what the record says" in with_change("actors", "Peru [PER]")
    assert "line 5: stratum, population, drawn or check was changed" in with_change("population", "4000")
    assert "line 5: stratum, population, drawn or check was changed" in with_change("check", "c-0123456789abcdef")
    assert "line 5: the record has no m-feed" in with_change("id", "m-feed")
    assert "several samples" in with_change("sample", "s-10-40-0123456789ab")
    assert "line 5: date_ok says 'perhaps'" in with_change("date_ok", "perhaps")


def test_rows_of_another_sample_or_record_are_errors(record: Record, tmp_path: Path) -> None:
    rows = judge(form(record, Design(10)))
    assert "it stands in line 2 already" in fault_of(record, [*rows, rows[0]])
    assert "several samples" in fault_of(record, [*rows, *judge(form(record, Design(12)))])
    other = told_record(tmp_path / "other", [("2024-05-01", f"{BULK} Peru and Cuba met. {BULK}")])
    with Record.open(other) as opened:
        assert "10 faults, nothing was counted: line 2: the record has no m-" in fault_of(opened, rows)


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\n", b"PK\x03\x04xx"]
)
def test_what_is_no_form_is_told(record: Record, data: bytes) -> None:
    with pytest.raises(DragomanError):
        read_form(data, record.cursor(), "form.csv")


def test_precision_is_weighted_by_stratum(record: Record) -> None:
    rows = judge(form(record, Design(12, ("category",), 1, "mentions", "equal")))
    for row in rows:
        row["event_ok"] = "n" if row["stratum"] == "category=ASSAULT" else "y"
    found = {(each.group, each.field): each for each in precision(read(record, rows))}
    assert found["all", "event"].share.estimate == pytest.approx(36 / 40)
    assert found["category=ASSAULT", "event"].share.estimate == 0
    assert found["category=CONSULT", "event"].share.high == 1
    assert found["all", "event"].share.low < 36 / 40


def test_a_sample_that_takes_all_leaves_no_doubt(record: Record) -> None:
    rows = judge(form(record, Design(40)))
    rows[0]["event_ok"] = "n"
    share = next(each.share for each in precision(read(record, rows)) if each.field == "event")
    assert share.low == share.estimate == share.high == pytest.approx(39 / 40)


def test_rows_that_were_taken_out_are_not_spoken_for(record: Record) -> None:
    rows = judge(form(record, Design(12, ("category",))))
    kept = [row for row in rows if row["stratum"] != "category=CONSULT"]
    found = next(each for each in precision(read(record, kept)) if each.field == "event")
    assert found.share.covered == pytest.approx(16 / 40)
    assert found.population == 40


def test_groups_are_made_of_each_cut(record: Record) -> None:
    rows = judge(form(record, Design(20, ("category", "outlet"))))
    groups = {each.group for each in precision(read(record, rows))}
    assert {"all", "category=CONSULT", "outlet=Daily", "category=CONSULT; outlet=Daily"} <= groups
