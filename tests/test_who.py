"""Who the actors of a report are, read from its text by the whole path up to identity: party, sector and person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import cases

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder
    from dragoman.values import Actor


def short(actor: Actor) -> str:
    person = actor.name if ":person:" in actor.id else None
    return "|".join(part or "-" for part in (actor.party, actor.sector, person))


@pytest.mark.parametrize("case", cases("who"))
def test_case(case: dict[str, Any], coder: Coder) -> None:
    """`expected` maps the words of a mention to its actors; an empty list: no such mention, or nobody."""
    analysis = coder.analyse(coder.read(case["text"], published=case["published"]))
    said = {mention.text: [short(actor) for actor in mention.actors] for mention in analysis.mentions}
    assert {words: said.get(words, []) for words in case["expected"]} == case["expected"], case["why"]
