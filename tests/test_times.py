"""Time expressions, their days, and which belongs to an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dragoman.coding.time_values import easter, holiday_in
from dragoman.coding.times import find_times, time_of
from dragoman.knowledge.time_words import TimeWords, check_time_words, load_time_words
from dragoman.language.analysis import analyse
from dragoman.values import Article, Sentence, Token
from tests.compact import find_word, read_compact
from tests.conftest import cases

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

CASES = cases("times")


@pytest.fixture(scope="module")
def words() -> TimeWords:
    return load_time_words()


def _of_kind(kind: str) -> list[Any]:
    return [case for case in CASES if case.values[0]["kind"] == kind]


def test_tables_are_sound(words: TimeWords) -> None:
    assert check_time_words(words) == []


@pytest.mark.parametrize("case", _of_kind("value"))
def test_expressions_and_their_values(case: dict[str, Any], words: TimeWords) -> None:
    article, sentences = read_compact([case["text"]], case["published"])
    found = []
    for time in find_times(article, sentences, words):
        assert article.text[time.span.start : time.span.end] == time.span.text
        ends = (time.interval.start, time.interval.end) if time.interval is not None else (None, None)
        found.append([time.span.text, time.type, time.value, *ends])
    assert found == case["expected"], case["why"]


@pytest.mark.parametrize("case", _of_kind("event"))
def test_the_time_of_an_event(case: dict[str, Any], words: TimeWords) -> None:
    article, sentences = read_compact(case["sentences"], case["published"])
    times = find_times(article, sentences, words)
    sentence = sentences[-1]
    own = [time for time in times if time.sentence == sentence.index]
    when = time_of(find_word(sentence, case["trigger"]), sentence, own, case["published"], words)
    found = None if when is None else [when.edtf, when.basis]
    assert found == case["expected"], case["why"]


@pytest.mark.parametrize("case", cases("times_said"))
def test_whole_sentences(coder: Coder, case: dict[str, Any]) -> None:
    """Expressions with TIMEX3 type and value, EDTF and granularity, as the shipped network reads the sentence."""
    article = Article("x", "x", case["text"], published=case["published"])
    sentences = analyse(article, coder.network, coder.language)
    found = []
    for time in find_times(article, sentences, coder.knowledge.time_words):
        edtf = (time.interval.edtf, time.interval.granularity) if time.interval is not None else (None, None)
        found.append([time.span.text, time.type, time.value, *edtf])
    assert found == case["expected"], case["why"]


def test_feasts_against_known_years() -> None:
    assert [easter(year).isoformat() for year in (1961, 2000, 2019, 2024, 2038)] == [
        "1961-04-02", "2000-04-23", "2019-04-21", "2024-03-31", "2038-04-25",
    ]  # fmt: skip
    assert holiday_in("11-thu-4", 2023).isoformat() == "2023-11-23"
    assert holiday_in("05-mon-last", 2024).isoformat() == "2024-05-27"
    assert [holiday_in("11-tue-after-mon", year).day for year in (2020, 2022, 2024)] == [3, 8, 5]


def test_broken_trees_end(words: TimeWords) -> None:
    """Heads that run in a circle, as a network may give them, must not hang or fail."""
    forms = ["He", "left", "on", "Friday"]
    tokens = tuple(
        Token(i, form, 0, 1, form.lower(), "VERB" if i == 1 else "PROPN", "VBD", (i + 1) % 4, "conj", "O")
        for i, form in enumerate(forms)
    )
    article, sentences = read_compact([" ".join(forms)], "2024-11-19")
    placed = tuple(
        Token(t.index, t.text, s.start, s.end, t.lemma, t.upos, t.xpos, t.head, t.relation, t.entity)
        for t, s in zip(tokens, sentences[0].tokens, strict=True)
    )
    sentence = Sentence(0, sentences[0].text, 0, sentences[0].end, 0, placed)
    times = find_times(article, (sentence,), words)
    assert [time.value for time in times] == ["2024-11-15"]
    assert time_of(1, sentence, times, "2024-11-19", words) is not None


def test_long_sentences_stay_linear(words: TimeWords) -> None:
    """A thousand numbers and months in one sentence: each rule looks a bounded way ahead."""
    article, sentences = read_compact(["from 3 to 5 May or the end of the first week of June and " * 400], "2024-11-19")
    assert len(find_times(article, sentences, words)) == 800
