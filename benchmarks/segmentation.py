"""How well text is cut into sentences and words. In: a CoNLL-U file. Out: JSON with precision, recall and F1 by genre.

The raw text is put together from the `# text` lines, one space between sentences and a blank line between
paragraphs, so that line breaks within paragraphs are not measured. Much of EWT is unedited web text, unlike news;
the genre "news" is GUM's. Tokens are measured on raw text (cut by our splitter) and on gold sentences.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.splitting import Splitter
from dragoman.language.tokens import Tokenizer

Span = tuple[int, int]


def read_documents(path: Path) -> Iterator[tuple[str, str, set[Span], set[Span]]]:
    """Yield (genre, text, gold sentences, gold tokens) of each document."""
    genre, text = "", ""
    sentences: set[Span] = set()
    tokens: set[Span] = set()
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.split("\n")
        comments = dict(line[2:].partition(" = ")[::2] for line in lines if line.startswith("# "))
        if "text" not in comments:
            continue
        opening = next((v for k, v in comments.items() if k == "newdoc id"), None)
        if opening is not None and text:
            yield genre, text, sentences, tokens
            text, sentences, tokens = "", set(), set()
        genre = _genre(comments["sent_id"])
        if text:
            text += "\n\n" if any(key.startswith("newpar") for key in comments) else " "
        start = at = len(text)
        text += comments["text"]
        sentences.add((start, len(text)))
        for line in lines:
            cells = line.split("\t")
            if cells[0].isdigit():
                at = text.index(cells[1], at)
                tokens.add((at, at + len(cells[1])))
                at += len(cells[1])
    if text:
        yield genre, text, sentences, tokens


def _genre(sentence_id: str) -> str:
    head = sentence_id.split("_")
    return head[1] if head[0] == "GUM" else sentence_id.split("-", maxsplit=1)[0]


def measure(data: Path) -> dict[str, dict[str, float]]:
    """Scores in percent by genre and for `all`, and words a second under `speed`."""
    lists = load_wordlists()
    splitter, tokenizer = Splitter(lists), Tokenizer(lists)
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 8)
    words = 0
    seconds = 0.0
    for genre, text, sentences, tokens in read_documents(data):
        began = time.perf_counter()
        spans = splitter.split(text)
        raw = {pair for span in spans for pair in tokenizer.tokenize(text, span.start, span.end)}
        seconds += time.perf_counter() - began
        words += len(raw)
        found = {(span.start, span.end) for span in spans}
        aided = {pair for a, b in sorted(sentences) for pair in tokenizer.tokenize(text, a, b)}
        row = (
            len(found & sentences), len(found), len(sentences),
            len(raw & tokens), len(raw), len(tokens), len(aided & tokens), len(aided),
        )  # fmt: skip
        for key in (genre, "all"):
            counts[key] = [old + new for old, new in zip(counts[key], row, strict=True)]
    scores = {key: _scores(row) for key, row in sorted(counts.items())}
    scores["speed"] = {"words": words, "words_per_second": round(words / seconds)}
    return scores


def _scores(row: list[int]) -> dict[str, float]:
    sentences = _f1(row[0], row[1], row[2])
    return {
        "sentences": row[2],
        "sentence_precision": round(100 * row[0] / row[1], 2),
        "sentence_recall": round(100 * row[0] / row[2], 2),
        "sentence_f1": sentences,
        "token_f1": _f1(row[3], row[4], row[5]),
        "token_f1_gold_sentences": _f1(row[6], row[7], row[5]),
    }


def _f1(right: int, found: int, gold: int) -> float:
    return round(200 * right / (found + gold), 2) if found + gold else 0.0


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1])), indent=1))
