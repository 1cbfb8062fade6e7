"""Sentences for tests in a compact form: words joined by spaces, fields of a word by bars.

`form|lemma|upos|xpos|head|relation[|entity]`, heads counted from 1, 0 the root; or plain words without syntax.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from dragoman.values import Article, Sentence, Span, Token


def read_compact(
    sentences: Sequence[str], published: str | None, *, paragraphs: Sequence[int] = (), dateline: str | None = None
) -> tuple[Article, tuple[Sentence, ...]]:
    """An article and its sentences; `dateline` is put before the text as its first line."""
    text = f"{dateline}\n" if dateline else ""
    found: list[Sentence] = []
    for number, compact in enumerate(sentences):
        tokens: list[Token] = []
        start = len(text)
        for index, word in enumerate(compact.split()):
            fields = word.split("|")
            form = fields[0]
            at = len(text)
            text += form + " "
            if len(fields) > 1:
                head, relation = int(fields[4]) - 1, fields[5]
                entity = fields[6] if len(fields) > 6 else "O"
                tokens.append(
                    Token(index, form, at, at + len(form), fields[1], fields[2], fields[3], head, relation, entity)
                )
            else:
                tokens.append(Token(index, form, at, at + len(form), form.lower(), "X", "", -1, "dep", "O"))
        end = len(text) - 1
        paragraph = paragraphs[number] if paragraphs else 0
        found.append(Sentence(number, text[start:end], start, end, paragraph, tuple(tokens)))
    digest = hashlib.sha256(text.encode()).hexdigest()
    line = Span(dateline, 0, len(dateline)) if dateline else None
    return Article(digest, digest, text, published=published, dateline=line), tuple(found)


def find_word(sentence: Sentence, word: str) -> int:
    """The index of the first token written `word`."""
    return next(token.index for token in sentence.tokens if token.text == word)
