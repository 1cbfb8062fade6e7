"""Who says "we" in a statement, and that a news outlet never does."""

from __future__ import annotations

import pytest

from dragoman.coding.coder import Coder

TEXT = "We condemn Belarus for the arrests. Later the ministers left."


@pytest.mark.parametrize(
    ("publisher", "url", "state"),
    [
        (None, "https://www.state.gov/a-release/", "USA"),
        (None, "https://www.gov.uk/government/news/a", "GBR"),
        (None, "https://www.mofa.go.jp/press/a.html", "JPN"),
        ("U.S. Department of State", None, "USA"),
        ("The Daily Herald", "https://www.heraldnews.example/state.gov", None),
        ("Reuters", None, None),
        (None, "https://[broken", None),
    ],
)
def test_the_issuer_speaks_as_we(publisher: str | None, url: str | None, state: str | None, coder: Coder) -> None:
    mentions = coder.analyse(coder.read(TEXT, published="2021-03-03", publisher=publisher, url=url)).mentions
    we = next(mention for mention in mentions if mention.text == "We")
    assert [actor.party for actor in we.actors] == ([state] if state else [])


def test_an_official_at_the_head_of_the_text_speaks_as_we(coder: Coder) -> None:
    text = "Antony J. Blinken, Secretary of State We congratulate Moldova. It is our neighbour's neighbour."
    mentions = coder.analyse(coder.read(text, published="2021-08-27")).mentions
    we = next(mention for mention in mentions if mention.text == "We")
    assert [actor.party for actor in we.actors] == ["USA"]


def test_we_in_quotation_marks_is_the_speaker(coder: Coder) -> None:
    text = 'Norwegian Prime Minister Erna Solberg said on Friday: "We support Ukraine."'
    analysis = coder.analyse(coder.read(text, published="2015-03-03", url="https://www.state.gov/x"))
    we = next(mention for mention in analysis.mentions if mention.text == "We")
    assert "USA" not in {actor.party for actor in we.actors}
