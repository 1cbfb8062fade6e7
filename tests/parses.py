"""Parses as data: sentences of `word/UPOS/XPOS/head/relation[/entity]`, from the network or written by hand.

In: such lines. Out: an `Article` whose text is the words joined by spaces (none before `~word`), and its `Sentence`s.
`head` counts from 0, -1 for the root. Lemmas are the words in lower case, which is all that mentions ask of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.values import Article, Sentence, Span, Token


def parsed(
    lines: Sequence[str], published: str | None, dateline: str | None = None
) -> tuple[Article, tuple[Sentence, ...]]:
    """The article and the sentences that `lines` spell out; a dateline stands before them."""
    text, sentences = f"{dateline} - " if dateline else "", []
    for number, line in enumerate(lines):
        start, tokens = len(text), []
        for index, cell in enumerate(line.split()):
            word, upos, xpos, head, relation, *entity = cell.split("/")
            if index and not word.startswith("~"):
                text += " "
            word = word.removeprefix("~")
            begin = len(text)
            text += word
            tokens.append(
                Token(
                    index, word, begin, len(text), word.lower(), upos, xpos, int(head), relation,
                    entity[0] if entity else "O",
                )
            )  # fmt: skip
        sentences.append(Sentence(number, text[start:], start, len(text), number, tuple(tokens)))
        text += "\n"
    place = Span(dateline, 0, len(dateline)) if dateline else None
    article = Article(id="case", text_sha256="", text=text, published=published, dateline=place)
    return article, tuple(sentences)
