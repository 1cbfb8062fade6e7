"""The JSON Schema of the event record: accepts a record of our own, refuses broken ones, agrees with the ontology."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from dragoman.knowledge.ontology import load_ontology
from dragoman.record.export import event_record
from dragoman.values import (
    Actor,
    Article,
    EventMention,
    Party,
    Place,
    Size,
    Span,
    Speaker,
    Step,
    TimeSpan,
)

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "src/dragoman/knowledge/tables/event.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
EXAMPLE_TEXT = (ROOT / "tests/cases/event_record.json").read_text(encoding="utf-8")
EXAMPLE: dict[str, Any] = json.loads(EXAMPLE_TEXT)
Edit = Callable[[dict[str, Any]], object]


def errors(record: object) -> list[str]:
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in VALIDATOR.iter_errors(record)]


def spans(value: object) -> Iterator[dict[str, Any]]:
    """Every object with text, start and end, wherever it is."""
    if isinstance(value, dict):
        if {"text", "start", "end"} <= value.keys():
            yield value
        for inner in value.values():
            yield from spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans(inner)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_example_is_valid_and_its_offsets_hold() -> None:
    assert errors(EXAMPLE) == []
    assert all(EXAMPLE["quote"][span["start"] : span["end"]] == span["text"] for span in spans(EXAMPLE))


def test_the_documentation_shows_the_example_and_names_every_field() -> None:
    page = (ROOT / "docs" / "event-record.md").read_text(encoding="utf-8")
    assert EXAMPLE_TEXT in page
    for name in SCHEMA["properties"]:
        assert f"`{name}`" in page, name
    for definition in SCHEMA["$defs"].values():
        for name in definition["properties"]:
            assert f"`{name}`" in page, name


def every_object(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for inner in schema.values():
            yield from every_object(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from every_object(inner)


def test_every_object_is_closed_and_every_key_required() -> None:
    for schema in every_object(SCHEMA):
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


def put(path: str, value: object) -> Edit:
    def edit(record: dict[str, Any]) -> None:
        *parents, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
        place: Any = record
        for part in parents:
            place = place[part]
        place[last] = value

    return edit


BROKEN: list[tuple[str, Edit]] = [
    ("another version", put("schema", 2)),
    ("an unknown key", put("sentiment", -0.3)),
    ("an unknown key inside", put("actors/0/age", 61)),
    ("a missing key", lambda record: record.pop("attribution")),
    ("a missing key inside", lambda record: record["actors"][0].pop("office")),
    ("an id that is no hash", put("id", "event-1")),
    ("an article that is no hash", put("article", "report.txt")),
    ("a date of publication in words", put("published", "3 March 2026")),
    ("an unknown category", put("event", "FIGHT")),
    ("a mode that is another category's", put("modes", ["visit"])),
    ("a mode inside that is another category's", put("about/modes", ["drone"])),
    ("a mode twice", lambda record: record.update(event="CONSULT", score=4.0, modes=["visit", "visit"])),
    ("an unknown context", put("contexts", ["sport"])),
    ("a quad class that is another category's", put("quad", 4)),
    ("a score for a statement", lambda record: record.update(event="STATEMENT", quad=0)),
    ("no score for an agreement", put("score", None)),
    ("a CAMEO code as a number", put("cameo", 36)),
    ("a CAMEO code without its zero", put("cameo", "36")),
    ("a country in full", put("actors/0/country", "Norway")),
    ("an unknown sector", put("actors/0/sector", "VIP")),
    ("an actor without a name", put("actors/0/name", None)),
    ("a negative offset", put("trigger/start", -1)),
    ("an offset in halves", put("trigger/start", 45.5)),
    ("empty words", put("trigger/text", "")),
    ("an unknown status", put("status", "planned")),
    ("negation in words", put("negated", "no")),
    ("a month that is none", put("date/start", "2026-13-09")),
    ("an unknown granularity", put("date/granularity", "fortnight")),
    ("a date in words without the words", put("date/span", None)),
    ("a date of publication with words", put("date/basis", "publication")),
    ("a latitude beyond the pole", put("place/lat", 97.0)),
    ("an unknown precision", put("place/precision", "street")),
    ("an unknown stance", put("attribution/0/stance", "hopes")),
    ("an unnamed speaker with a country", put("attribution/0/speaker/country", "LTU")),
    ("a known speaker without a name", put("attribution/0/speaker/id", "LTU")),
    ("less than nobody dead", put("size", {"dead": -1, "injured": None, "arrested": None})),
    ("a size that counts nothing", put("size", {"dead": None, "injured": None, "arrested": None})),
    ("certainty and a half", put("confidence", 1.5)),
    ("a step without a rule", put("steps/0/rule", "")),
    ("a version that names no models", lambda record: record["version"].pop("models")),
]


@pytest.mark.parametrize("edit", [edit for _, edit in BROKEN], ids=[name for name, _ in BROKEN])
def test_broken_records_are_refused(edit: Edit) -> None:
    record = copy.deepcopy(EXAMPLE)
    edit(record)
    assert errors(record) != []


@pytest.mark.parametrize(
    "edit",
    [
        put("attribution", []),
        put("attribution/0/speaker", None),
        put("about", None),
        put("date", None),
        put("place", None),
        put("recipients", []),
        put("published", "2026-03-03T14:05:00+02:00"),
        put("size", {"dead": 0, "injured": None, "arrested": 12}),
        lambda record: record.update(event="STATEMENT", quad=0, score=None, cameo="010", about=None),
        lambda record: record["date"].update(basis="publication", span=None),
    ],
)
def test_what_may_be_missing_may_be_missing(edit: Edit) -> None:
    record = copy.deepcopy(EXAMPLE)
    edit(record)
    assert errors(record) == []


def by_category(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema asks of each category."""
    return {rule["if"]["properties"]["event"]["const"]: rule["then"]["properties"] for rule in schema["allOf"]}


def test_the_schema_agrees_with_the_ontology() -> None:
    ontology = load_ontology()
    properties = SCHEMA["properties"]
    assert properties["event"]["enum"] == list(ontology.categories)
    assert properties["contexts"]["items"]["enum"] == list(ontology.contexts)
    assert SCHEMA["$defs"]["party"]["properties"]["sector"]["enum"] == [*ontology.sectors, None]
    rules, inner = by_category(SCHEMA), by_category(SCHEMA["$defs"]["about"])
    assert list(rules) == list(inner) == list(ontology.categories)
    for category in ontology.categories.values():
        own = [mode.mode for mode in ontology.modes.values() if mode.category == category.id]
        wanted = {"items": {"enum": own}} if own else {"maxItems": 0}
        assert rules[category.id]["modes"] == inner[category.id]["modes"] == wanted
        assert rules[category.id]["quad"] == {"const": category.quad}


def mention() -> EventMention:
    """The example's event, with everything filled that can be."""
    text = "Police in Lomé detained 12 protesters on Monday, the minister told reporters."
    article = Article(id="a" * 64, text_sha256="b" * 64, text=text, published="2026-03-03", language="en")

    def words(part: str) -> Span:
        return Span(part, text.index(part), text.index(part) + len(part))

    police = Actor("text:TGO:COP:police", "police", "TGO", "TGO", "COP")
    minister = Actor("text:TGO:GOV:minister", "the minister", "TGO", "TGO", "GOV", office="minister")
    said, told = words("the minister"), words("told")
    trigger = words("detained")
    return EventMention(
        id="c" * 24,
        article=article,
        sentence=0,
        quote=Span(text, 0, len(text)),
        event="COERCE",
        modes=("arrest",),
        contexts=("rights_freedoms",),
        cameo="173",
        quad=4,
        score=-7.0,
        about=None,
        actors=(Party("Police", 0, 6, police),),
        recipients=(),
        trigger=trigger,
        status="actual",
        negated=False,
        historical=False,
        date=TimeSpan("2026-03-02", "2026-03-02", "day", "2026-03-02", "text", words("Monday")),
        place=Place("Lomé", "TGO", 6.13, 1.22, "place", 2365267, words("Lomé")),
        attribution=(Speaker(Party(said.text, said.start, said.end, minister), None, told, "indirect", "asserts"),),
        size=Size(arrested=12),
        confidence=0.8,
        steps=(Step("events", "detain-v-1", (trigger,), "arrest", (("seize", 0.0),)),),
    )


def test_what_the_exporter_writes_is_valid() -> None:
    versions = {"dragoman": "0", "models": "0", "knowledge": "0"}
    record = json.loads(json.dumps(event_record(mention(), versions)))
    assert errors(record) == []
    assert list(record) == list(SCHEMA["properties"])


def test_what_the_coder_writes_is_valid(coder: Coder) -> None:
    reports = sorted((ROOT / "examples").glob("*.txt"))
    assert reports
    for report in reports:
        text = report.read_text(encoding="utf-8")
        events = coder.code(text, published="2024-11-19")
        assert events
        for event in events:
            record = json.loads(json.dumps(event_record(event, coder.versions())))
            assert errors(record) == [], record["quote"]
            assert all(text[span["start"] : span["end"]] == span["text"] for span in spans(record))
