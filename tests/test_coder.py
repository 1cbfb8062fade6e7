"""The whole path: spans slice to their words, records fit their schema, an article codes alike in any company."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dragoman.coding.coder import Coder
from dragoman.config import Config
from dragoman.errors import CodingError, ReadingError, UsageError
from dragoman.reading.plain import article_from_text
from dragoman.reading.sources import read_sources
from dragoman.record.export import csv_lines, event_record, json_line
from dragoman.values import Article

if TYPE_CHECKING:
    from dragoman.values import EventMention

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
SCHEMA = ROOT / "src" / "dragoman" / "knowledge" / "tables" / "event.schema.json"

SENTENCES = (
    "Kenyan President William Ruto met Ugandan leader Yoweri Museveni in Kampala on Tuesday.",
    "The \U0001f1eb\U0001f1f7 French government condemned the coup in Niger \U0001f621.",
    "Ambassador Jose\u0301 Nun\u0303ez of Peru praised Ecuador\u2019s efforts.",
    "قال المتحدث: “Egypt will host talks with Sudan”, the Foreign Ministry said.",
    "Police\tarrested  12 protesters in Minsk,\r\nBelarusian media reported.",
    "\u200fIsrael and Hamas agreed to a ceasefire\u200e, Qatar said.",
    "Serbia recalled its ambassador from Zagreb",
    "Norway’s prime minister said: “We will send aid to Moldova.”",
    "𝕿he EU imposed sanctions on Mali — again.",
    "",
)
SEPARATORS = (" ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u2028", " \u00a0")


def spans(record: Any) -> Iterator[dict[str, Any]]:
    """Every object of a record that has words and offsets."""
    if isinstance(record, dict):
        if {"text", "start", "end"} <= record.keys():
            yield record
        for value in record.values():
            yield from spans(value)
    elif isinstance(record, list):
        for value in record:
            yield from spans(value)


def check_spans(text: str, events: tuple[EventMention, ...]) -> None:
    for event in events:
        for span in spans(event_record(event, {})):
            assert text[span["start"] : span["end"]] == span["text"]
        assert event.quote.text == text[event.quote.start : event.quote.end]
        assert event.quote.start <= event.trigger.start < event.trigger.end <= event.quote.end


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(SEPARATORS)), max_size=5))
def test_spans_slice_to_their_words(coder: Coder, parts: list[tuple[str, str]]) -> None:
    text = "".join(sentence + separator for sentence, separator in parts)
    if not text.strip():
        return
    article = article_from_text(text, published="2024-03-05")
    assert article.text == text
    check_spans(text, coder.code_article(article))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=200))
def test_any_text_is_coded_or_refused(coder: Coder, text: str) -> None:
    if not text.strip():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    try:
        events = coder.code(text, published="2024-03-05")
    except ReadingError:
        return  # no word, or no English: told, not coded
    check_spans(text, events)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_fit_the_schema(coder: Coder, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    events = coder.code(text)
    assert len(events) >= 5
    check_spans(text, events)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for event in events:
        errors = [error.message for error in validator.iter_errors(event_record(event, coder.versions()))]
        assert errors == []


def test_same_bytes_alone_first_and_among_a_thousand(coder: Coder) -> None:
    """Design, point 3: what an article codes to does not depend on its neighbours or on the order."""
    texts = [path.read_text(encoding="utf-8") for path in EXAMPLES]
    fillers = [f"{sentence} Minister {number} visited Oslo." for number in range(167) for sentence in SENTENCES[:6]]
    alone = {text: _lines(coder, text) for text in texts}
    first = _lines(coder, texts[-1])
    middle = len(fillers) // 2
    among = {}
    for number, text in enumerate([*fillers[:middle], *texts, *fillers[middle:]]):
        lines = _lines(coder, text) if text in alone or number % 4 == 0 else ""
        if text in alone:
            among[text] = lines
    assert among == alone
    assert first == alone[texts[-1]]


def _lines(coder: Coder, text: str) -> str:
    return "\n".join(json_line(event, coder.versions()) for event in coder.code(text))


def test_another_coder_gives_the_same_bytes(coder: Coder) -> None:
    from dragoman.coding.coder import Coder as Class

    text = EXAMPLES[0].read_text(encoding="utf-8")
    assert _lines(Class.load(), text) == _lines(coder, text)


def test_ids_are_unique_and_survive_a_longer_report(coder: Coder) -> None:
    events = coder.code(EXAMPLES[0].read_text(encoding="utf-8"))
    assert len({event.id for event in events}) == len(events)


def test_statements_stay_out_unless_asked_for(coder: Coder) -> None:
    from dataclasses import replace

    from dragoman.coding.coder import Coder as Class

    text = "The Kremlin expressed concern about the situation in Libya."
    config = replace(coder.config, statements=True)
    talkative = Class(coder.knowledge, coder.language, coder.network, coder.event_network, config)
    assert all(event.event != "STATEMENT" for event in coder.code(text))
    assert any(event.event == "STATEMENT" for event in talkative.code(text))


def test_releases_give_valid_records(data: Path) -> None:
    """Forty press releases, evenly drawn, with statements: every record fits the schema, every span its words."""
    path = data / "news" / "state_department_releases.jsonl"
    lines = path.read_bytes().splitlines()
    chosen = lines[:: max(1, len(lines) // 40)][:40]
    coder = Coder.load(config=Config(statements=True))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    seen: set[str] = set()
    config = Config(maximal_article_bytes=10**7)
    rows = read_sources(["-"], stdin=io.BytesIO(b"\n".join(chosen)), config=config)
    for item in rows:
        assert isinstance(item, Article), item
        events = coder.code_article(item)
        check_spans(item.text, events)
        for event in events:
            record = json.loads(json_line(event, coder.versions()))
            assert [error.message for error in validator.iter_errors(record)] == []
            assert event.id not in seen
            seen.add(event.id)
        assert all("\n" not in line and "\r" not in line for line in csv_lines(events))
    assert len(seen) > 200


@pytest.mark.parametrize("text", [b"France met Niger.", None, 5])
def test_what_is_no_string_is_a_wrong_call(coder: Coder, text: Any) -> None:
    with pytest.raises(UsageError, match="text must be a string"):
        coder.code(text)
    with pytest.raises(UsageError, match="published must be a string"):
        coder.code("France met Niger.", published=date(2024, 11, 19))  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["title", "publisher", "url"])
def test_half_pairs_are_refused_in_every_field(coder: Coder, field: str) -> None:
    with pytest.raises(ReadingError, match=f"its {field} is half of a surrogate pair"):
        coder.code("France condemned Niger.", **{field: "\ud800"})


def test_text_without_end_is_refused_quickly(coder: Coder) -> None:
    for text in ("the France met Niger and " * 2_000, "France met Niger. " + "(" * 50_000):
        with pytest.raises(CodingError, match="no sentence ends"):
            coder.code(text)
