"""Which actor a mention names: cases of tests/cases/identity.jsonl, and what must hold of every answer."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.coding.identity import identify
from dragoman.coding.mentions import find_mentions
from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.mention_cues import load_mention_cues
from dragoman.knowledge.offices import load_offices
from dragoman.values import Actor, Mention
from tests.conftest import cases
from tests.parses import parsed
from tests.test_mentions import FewTowns, Tables


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(load_actors(), load_offices(), load_mention_cues(), FewTowns())


def read(case: dict[str, Any], tables: Tables) -> tuple[Mention, ...]:
    article, sentences = parsed(case["sentences"], case.get("published"), case.get("dateline"))
    return identify(article, sentences, find_mentions(sentences, tables), tables)


def short(actor: Actor) -> str:
    return "|".join(part or "-" for part in (actor.id, actor.party, actor.country, actor.sector))


@pytest.mark.parametrize("case", [*cases("identity"), *cases("dated_identity")])
def test_case(case: dict[str, Any], tables: Tables) -> None:
    """`expected` maps the words of a mention (with #2 for the second such mention) to its actors."""
    said: dict[str, list[str]] = {}
    for mention in read(case, tables):
        count = 1 + sum(1 for key in said if key.partition("#")[0] == mention.text)
        said[mention.text if count == 1 else f"{mention.text}#{count}"] = [short(actor) for actor in mention.actors]
    assert {key: said.get(key) for key in case["expected"]} == case["expected"], case["why"]


@pytest.mark.parametrize("case", [*cases("identity"), *cases("dated_identity")])
def test_what_must_hold(case: dict[str, Any], tables: Tables) -> None:
    found = read(case, tables)
    assert found == read(case, tables)
    for mention in found:
        assert len(set(mention.actors)) == len(mention.actors)
        assert mention.index not in mention.antecedents
        assert all(0 <= other < len(found) for other in mention.antecedents)
        for actor in mention.actors:
            assert actor.basis, "every actor says what it rests on"
            assert actor.country is None or actor.party is not None


def test_without_a_day_no_office_holder_is_guessed(tables: Tables) -> None:
    case = {"sentences": ["The/DET/DT/2/det Russian/ADJ/JJ/2/amod president/NOUN/NN/3/nsubj spoke/VERB/VBD/-1/root"]}
    titled = next(mention for mention in read(case, tables) if mention.kind == "title")
    assert [short(actor) for actor in titled.actors] == ["text:RUS:GOV:president|RUS|RUS|GOV"]
