"""A CoNLL-U file as raw text: what a reader of news is given, beside what annotators made of it.

In: a file without multiword tokens and empty nodes. Out: one `RawDocument` a document: the text put together from the
`# text` lines, one space between sentences and a blank line between paragraphs (so line breaks within paragraphs are
not measured), and the gold sentences and words by their places in it. A word that does not follow in the text raises
`CorpusError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.corpora import CorpusError, blocks, sentence_name

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of a tree by half-open places in the text; `head` is the head's place, none for the root."""

    place: Place
    upos: str
    head: Place | None
    relation: str


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document; `name` is the id of its first sentence."""

    name: str
    text: str
    sentences: tuple[Place, ...]
    words: tuple[PlacedWord, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The figures that the document counts for: all, ewt or gum, and GUM's news (GUM_news_...)."""
        if not self.name.startswith("GUM_"):
            return ("all", "ewt")
        return ("all", "gum", "gum_news") if self.name.startswith("GUM_news_") else ("all", "gum")

    @property
    def genre(self) -> str:
        """The first part of an EWT id (weblog, reviews and so on), the second of a GUM id (news, bio and so on)."""
        head = self.name.split("_")
        return head[1] if head[0] == "GUM" else self.name.split("-", maxsplit=1)[0]


def read_documents(path: Path) -> Iterator[RawDocument]:
    """The documents of the file in order. Raises `CorpusError` where words and text do not fit."""
    name, text = "", ""
    sentences: list[Place] = []
    words: list[PlacedWord] = []
    for line_number, block in blocks(path):
        comments = {line[2:].partition(" = ")[0]: line.partition(" = ")[2] for line in block if line[0] == "#"}
        if "text" not in comments:
            continue
        if "newdoc id" in comments and text:
            yield RawDocument(name, text, tuple(sentences), tuple(words))
            text, sentences, words = "", [], []
        if text:
            text += "\n\n" if any(key.startswith("newpar") for key in comments) else " "
        else:
            name = sentence_name(block)
        start = len(text)
        text += comments["text"]
        sentences.append((start, len(text)))
        words += _placed(f"{path}:{line_number}", text, start, [line.split("\t") for line in block if line[0] != "#"])
    if text:
        yield RawDocument(name, text, tuple(sentences), tuple(words))


def _placed(where: str, text: str, start: int, rows: list[list[str]]) -> Iterator[PlacedWord]:
    places: list[Place] = []
    at = start
    for row in rows:
        found = text.find(row[1], at)
        if found < 0 or text[at:found].strip():
            raise CorpusError(f"{where}: {row[1]!r} does not follow in the text")
        at = found + len(row[1])
        places.append((found, at))
    for row, place in zip(rows, places, strict=True):
        head = int(row[6])
        yield PlacedWord(place, row[3], places[head - 1] if head else None, row[7])
