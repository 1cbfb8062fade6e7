"""An article into sentences of analysed words. In: an `Article`, the network, the language tools. Out: `Sentence`s.

The article's body (or all its text) is split, cut into words, read by the network in one call, and given base forms.
It changes no text: every offset counts code points in `Article.text`. A text that runs on for too long without the end
of a sentence (a list of words, encoded data, a row of signs) is no prose, and refused before the network reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dragoman.errors import CodingError
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.lemmas import Lemmatiser
from dragoman.language.splitting import SentenceSpan, Splitter
from dragoman.language.tokens import Tokenizer
from dragoman.values import Article, Sentence, Token

LONGEST_STRETCH = 20_000  # code points without the end of a sentence, some 3,500 words

_SPEAKING = re.compile(r"[^\W_]")


class Read(Protocol):
    """What the network says of one sentence: as many of each as there are words."""

    @property
    def upos(self) -> Sequence[str]: ...
    @property
    def xpos(self) -> Sequence[str]: ...
    @property
    def heads(self) -> Sequence[int]: ...
    @property
    def relations(self) -> Sequence[str]: ...
    @property
    def entities(self) -> Sequence[str]: ...
    @property
    def happened(self) -> Sequence[float]: ...


class Reader(Protocol):
    """The network, or whatever stands in for it. One call an article, never across articles."""

    def read(self, sentences: Sequence[Sequence[str]], /) -> Sequence[Read]: ...


@dataclass(frozen=True, slots=True)
class Language:
    """The tools that need no network, made ready once."""

    splitter: Splitter
    tokenizer: Tokenizer
    lemmatiser: Lemmatiser


def load_language() -> Language:
    """The tools with the tables of the package. Raises KnowledgeError where a table is missing or broken."""
    lists = load_wordlists()
    return Language(Splitter(lists), Tokenizer(lists), Lemmatiser(lists))


def analyse(article: Article, network: Reader, language: Language | None = None) -> tuple[Sentence, ...]:
    """The sentences of `article` in order. `language` spares loading the tables anew (some 20 ms).

    Raises CodingError where no sentence ends in LONGEST_STRETCH, or the network answers for another number of words.
    """
    language = language if language is not None else load_language()
    text = article.text
    spans: list[SentenceSpan] = []
    places: list[list[tuple[int, int]]] = []
    for span in language.splitter.split(text, article.body):
        if span.stretch > LONGEST_STRETCH:
            reason = (
                f"no sentence ends in {span.stretch:,} characters from character {span.start:,} on: "
                "this is no running text; leave that part out, or end its sentences with stops"
            )
            raise CodingError(reason, article=article.id, stage="splitting")
        if _SPEAKING.search(text, span.start, span.end) is None:
            continue  # rows of signs hold nothing to read, and fifty thousand bullets would take their time
        found = language.tokenizer.tokenize(text, span.start, span.end)
        if found:
            spans.append(span)
            places.append(found)
    words = [[text[a:b] for a, b in row] for row in places]
    readings = network.read(words) if words else ()
    if len(readings) != len(words):
        raise CodingError(
            f"{len(words)} sentences were given to the network and {len(readings)} came back",
            article=article.id,
            stage="analysis",
        )
    return tuple(
        _sentence(article, number, span, row, forms, reading, language.lemmatiser)
        for number, (span, row, forms, reading) in enumerate(zip(spans, places, words, readings, strict=True))
    )


def _sentence(
    article: Article,
    number: int,
    span: SentenceSpan,
    row: list[tuple[int, int]],
    forms: list[str],
    reading: Read,
    lemmatiser: Lemmatiser,
) -> Sentence:
    if len(reading.upos) != len(forms):
        raise CodingError(
            f"sentence {number} has {len(forms)} words and the network read {len(reading.upos)}",
            article=article.id,
            stage="analysis",
        )
    lemma = lemmatiser.lemma
    columns = zip(
        row, forms, reading.upos, reading.xpos, reading.heads, reading.relations, reading.entities, reading.happened,
        strict=True,
    )  # fmt: skip
    tokens = tuple(
        Token(index, form, place[0], place[1], lemma(form, upos, xpos), upos, xpos, head, relation, entity, happened)
        for index, (place, form, upos, xpos, head, relation, entity, happened) in enumerate(columns)
    )
    text = article.text[span.start : span.end]
    return Sentence(number, text, span.start, span.end, span.paragraph, tokens)
