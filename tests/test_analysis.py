"""An article into sentences, with a network that says the same of every word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from dragoman.errors import CodingError
from dragoman.language.analysis import analyse, load_language
from dragoman.values import Article, Span

LANGUAGE = load_language()


@dataclass(frozen=True)
class Read:
    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]
    entities: tuple[str, ...]
    happened: tuple[float, ...]


class Parrot:
    """Reads every word as a plural noun under the first, and remembers what it was given."""

    def __init__(self, *, forget: int = 0) -> None:
        self.calls: list[list[list[str]]] = []
        self.forget = forget

    def read(self, sentences: Sequence[Sequence[str]], /) -> list[Read]:
        self.calls.append([list(words) for words in sentences])
        sizes = [len(words) - self.forget for words in sentences]
        return [
            Read(
                ("NOUN",) * n, ("NNS",) * n, (-1, *[0] * (n - 1)), ("root", *["dep"] * (n - 1)), ("O",) * n, (0.5,) * n
            )
            for n in sizes
        ]


def article(text: str, body: Span | None = None) -> Article:
    return Article(id="a", text_sha256="", text=text, body=body)


def test_one_call_with_the_words_of_each_sentence() -> None:
    network = Parrot()
    text = "Envoys don't agree.\n\nTalks fail."
    sentences = analyse(article(text), network, LANGUAGE)
    assert network.calls == [[["Envoys", "do", "n't", "agree", "."], ["Talks", "fail", "."]]]
    assert [s.text for s in sentences] == ["Envoys don't agree.", "Talks fail."]
    assert [s.paragraph for s in sentences] == [0, 1]
    assert [s.index for s in sentences] == [0, 1]
    assert [t.lemma for t in sentences[1].tokens] == ["talk", "fail", "."]
    assert [t.head for t in sentences[1].tokens] == [-1, 0, 0]
    for sentence in sentences:
        for number, token in enumerate(sentence.tokens):
            assert token.index == number
            assert text[token.start : token.end] == token.text


def test_only_the_body_is_read() -> None:
    text = "LIMA (AP) - Envoys met. (AP)"
    body = Span("Envoys met.", 12, 23)
    (sentence,) = analyse(article(text, body), Parrot(), LANGUAGE)
    assert (sentence.text, sentence.start) == ("Envoys met.", 12)


@pytest.mark.parametrize("text", ["", " \n\t ", "\u202b\u202c"])
def test_nothing_to_read_calls_no_network(text: str) -> None:
    network = Parrot()
    assert analyse(article(text), network, LANGUAGE) == ()
    assert network.calls == []


def test_a_network_that_loses_words_is_an_error() -> None:
    with pytest.raises(CodingError, match="analysis: sentence 0 has 3 words"):
        analyse(article("Envoys met."), Parrot(forget=1), LANGUAGE)


def test_the_tables_may_be_left_to_it() -> None:
    assert analyse(article("Envoys met."), Parrot()) == analyse(article("Envoys met."), Parrot(), LANGUAGE)
