"""Places named in sentences, and which belongs to an event."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.coding.locations import find_places, place_of
from dragoman.knowledge.actors import ActorTables, load_actors
from dragoman.knowledge.places import Gazetteer, load_gazetteer
from tests.compact import find_word, read_compact
from tests.conftest import cases

CASES = cases("locations")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture(scope="module")
def actors() -> ActorTables:
    return load_actors()


def _of_kind(kind: str) -> list[Any]:
    return [case for case in CASES if case.values[0]["kind"] == kind]


@pytest.mark.parametrize("case", _of_kind("names"))
def test_places_by_name(case: dict[str, Any], gazetteer: Gazetteer, actors: ActorTables) -> None:
    article, sentences = read_compact(case["sentences"], case["published"])
    found = []
    for mention in find_places(article, sentences, (), gazetteer, actors):
        span = mention.place.span
        assert span is not None
        assert article.text[span.start : span.end] == span.text
        if mention.place.lat is not None:
            found.append([span.text, mention.place.country, mention.place.precision])
    assert found == case["expected"], case["why"]


@pytest.mark.parametrize("case", _of_kind("event"))
def test_the_place_of_an_event(case: dict[str, Any], gazetteer: Gazetteer, actors: ActorTables) -> None:
    article, sentences = read_compact(case["sentences"], case["published"])
    places = find_places(article, sentences, (), gazetteer, actors)
    trigger = find_word(sentences[-1], case["trigger"])
    place = place_of(trigger, sentences[-1], places, sentences, gazetteer)
    assert (place.name if place is not None else None) == case["expected"], case["why"]


def test_a_visit_is_where_its_host_is(gazetteer: Gazetteer, actors: ActorTables) -> None:
    parse = "The|the|DET|DT|2|det visit|visit|NOUN|NN|3|nsubj began|begin|VERB|VBD|0|root"
    article, sentences = read_compact([parse], "2024-11-19")
    places = find_places(article, sentences, (), gazetteer, actors)
    assert place_of(1, sentences[0], places, sentences, gazetteer) is None
    hosted = place_of(1, sentences[0], places, sentences, gazetteer, recipients_country_hint="MNG")
    assert hosted is not None
    assert (hosted.name, hosted.precision, hosted.span) == ("Mongolia", "country", None)


def test_the_dateline_is_no_event_place(gazetteer: Gazetteer, actors: ActorTables) -> None:
    """A dateline says where the report was written; it only helps to choose between places of one name."""
    parse = (
        "They|they|PRON|PRP|2|nsubj met|meet|VERB|VBD|0|root in|in|ADP|IN|4|case Tripoli|Tripoli|PROPN|NNP|2|obl|B-LOC"
    )
    for dateline, country in (("BEIRUT", "LBN"), ("ROME", "LBY")):
        article, sentences = read_compact([parse], "2024-11-19", dateline=dateline)
        places = find_places(article, sentences, (), gazetteer, actors)
        assert [place.place.country for place in places if not place.dateline] == [country]
        assert [place.sentence for place in places if place.dateline] == [-1]


def test_here_is_where_the_dateline_says(gazetteer: Gazetteer, actors: ActorTables) -> None:
    told = "They|they|PRON|PRP|2|nsubj met|meet|VERB|VBD|0|root"
    for parse, place in ((f"{told} here|here|ADV|RB|2|advmod", "Beirut"), (told, None)):
        article, sentences = read_compact([parse], "2024-11-19", dateline="BEIRUT")
        found = place_of(1, sentences[0], find_places(article, sentences, (), gazetteer, actors), sentences, gazetteer)
        assert (found.name if found is not None else None) == place
