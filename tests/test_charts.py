"""Charts: well-formed whatever they are given, the same bytes again, no label on another."""

from __future__ import annotations

import datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.explore.charts import Bar, Dot, balance, shown_on_timeline, timeline

SINCE = datetime.date(2024, 1, 1)
SVG = "{http://www.w3.org/2000/svg}"
_CHARACTER = 6.0  # a common sans-serif at 11 pixels is narrower


def texts(svg: str) -> list[tuple[float, float, float, str]]:
    """Left, right, baseline and words of each text."""
    found = []
    for each in ET.fromstring(svg).iter(f"{SVG}text"):
        words, x, y = each.text or "", float(each.attrib["x"]), float(each.attrib["y"])
        wide = len(words) * _CHARACTER
        left = {"middle": x - wide / 2, "end": x - wide}.get(each.get("text-anchor", ""), x)
        found.append((left, left + wide, y, words))
    return found


def overlaps(svg: str) -> list[tuple[str, str]]:
    found = texts(svg)
    return [
        (one[3], other[3])
        for index, one in enumerate(found)
        for other in found[index + 1 :]
        if abs(one[2] - other[2]) < 10 and one[0] < other[1] and other[0] < one[1]
    ]


@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 3)), max_size=60),
    st.integers(0, 4000),
)
@settings(max_examples=60, deadline=None)
def test_no_label_of_a_timeline_lies_on_another(dots: list[tuple[int, int]], length: int) -> None:
    until = SINCE + datetime.timedelta(length)
    made = [Dot(n + 1, SINCE + datetime.timedelta(day % (length + 1)), kind, "x") for n, (day, kind) in enumerate(dots)]
    svg = timeline(made, SINCE, until, "A timeline")
    assert overlaps(svg) == []
    discs = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in ET.fromstring(svg).iter(f"{SVG}circle")]
    assert len(discs) == len(dots)
    height = float(ET.fromstring(svg).attrib["height"])
    assert all(0 < x < 720 and 0 < y < height for x, y in discs)
    for index, (x, y) in enumerate(discs):
        assert all((x - a) ** 2 + (y - b) ** 2 >= 17**2 for a, b in discs[index + 1 :])


@given(
    st.lists(st.tuples(*[st.integers(0, 3000)] * 5), min_size=1, max_size=40),
    st.sampled_from(["Jan 2024", "2024, quarter 1", "2024"]),
)
@settings(max_examples=60, deadline=None)
def test_no_label_of_the_balance_lies_on_another(rows: list[tuple[int, int, int, int, int]], label: str) -> None:
    svg = balance([Bar(label, row[:4], row[4]) for row in rows], "Balance", "month")
    assert overlaps(svg) == []
    for rect in ET.fromstring(svg).iter(f"{SVG}rect"):
        assert float(rect.attrib["height"]) >= 0 and float(rect.attrib["y"]) >= 0


@given(st.text(), st.text())
def test_hostile_titles_stay_text(title: str, told: str) -> None:
    dot = Dot(1, SINCE, 0, f"</title><script>{told}", link="#e1")
    svg = timeline([dot], SINCE, SINCE, f"<script>{title}")
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert (root.find(f"{SVG}title").text or "").startswith("<script>")  # type: ignore[union-attr]
    assert svg == timeline([dot], SINCE, SINCE, f"<script>{title}")


def test_it_says_in_words_what_it_shows() -> None:
    bars = [Bar("Jan 2024", (1, 2, 3, 0), 1200), Bar("Feb 2024", (0, 0, 0, 1), 0)]
    told = ET.fromstring(balance(bars, "Balance", "month")).find(f"{SVG}desc")
    assert told is not None and told.text == (
        "By month: events of cooperation and of conflict, articles read. "
        "Jan 2024: 3 and 3, 1,200 read; Feb 2024: 0 and 1, 0 read."
    )


@pytest.mark.parametrize("words", ["prefers-color-scheme:dark", "@media screen"])
def test_dark_on_the_screen_and_light_on_paper(words: str) -> None:
    assert words in balance([Bar("2024", (1, 0, 0, 0), 1)], "Balance", "year")


def test_where_there_is_no_room_the_weightiest_stay() -> None:
    dots = [Dot(n, SINCE, 0, "x") for n in range(100)]
    shown = shown_on_timeline(dots, [float(n % 50) for n in range(100)])
    assert len(shown) == 60
    assert [dot.number for dot in shown] == sorted(dot.number for dot in shown)
    assert {dot.number for dot in dots if dot.number % 50 >= 20} == {dot.number for dot in shown}
