"""How well text is cut into sentences and words, in percent by genre.

In: a data folder with `syntax/dev.conllu`, and the language tools. Out: precision, recall and F1 of sentences
by exact span, F1 of words on raw text and on gold sentences. Much of EWT is unedited web text, unlike news; the
genre "news" is GUM's. How raw text is put together, and what is thereby not measured, stands in `raw_text.py`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from benchmarks.raw_text import read_documents
from dragoman.language.analysis import Language


def measure(data: Path, language: Language) -> dict[str, dict[str, float]]:
    """Scores in percent by genre and for `all`, and words a second under `speed`."""
    splitter, tokenizer = language.splitter, language.tokenizer
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 8)
    words = 0
    seconds = 0.0
    for document in read_documents(data / "syntax" / "dev.conllu"):
        text, sentences = document.text, set(document.sentences)
        tokens = {word.place for word in document.words}
        began = time.process_time()
        spans = splitter.split(text)
        raw = {pair for span in spans for pair in tokenizer.tokenize(text, span.start, span.end)}
        seconds += time.process_time() - began
        words += len(raw)
        found = {(span.start, span.end) for span in spans}
        aided = {pair for a, b in document.sentences for pair in tokenizer.tokenize(text, a, b)}
        row = (
            len(found & sentences), len(found), len(sentences),
            len(raw & tokens), len(raw), len(tokens), len(aided & tokens), len(aided),
        )  # fmt: skip
        for key in (document.genre, "all"):
            counts[key] = [old + new for old, new in zip(counts[key], row, strict=True)]
    scores = {key: _scores(row) for key, row in sorted(counts.items())}
    scores["speed"] = {"words": words, "words_per_second": round(words / seconds)}
    return scores


def _scores(row: list[int]) -> dict[str, float]:
    return {
        "sentences": row[2],
        "sentence_precision": round(100 * row[0] / row[1], 2),
        "sentence_recall": round(100 * row[0] / row[2], 2),
        "sentence_f1": _f1(row[0], row[1], row[2]),
        "token_f1": _f1(row[3], row[4], row[5]),
        "token_f1_gold_sentences": _f1(row[6], row[7], row[5]),
    }


def _f1(right: int, found: int, gold: int) -> float:
    return round(200 * right / (found + gold), 2) if found + gold else 0.0
