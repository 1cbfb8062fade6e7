"""Tags and trees from raw text, as a reader meets it: our splitter and word cutter, then the network.

In: a data folder with `syntax/dev.conllu`, and a coder. Out: F1 in percent of words, UPOS, UAS and LAS for all,
EWT, GUM and GUM's news, as the CoNLL 2018 shared task counts (Zeman et al. 2018, section 4): a predicted word
is aligned to the gold word of the same characters; its head is right where the heads are aligned, or both are
roots. Each figure is the harmonic mean of its share among predicted and among gold words. `las` compares
relations without subtypes, as the task does; `las_subtypes` with them.

Spaces between sentences are ours (`raw_text.py`). Multiword tokens are none in the set, and are not aligned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.raw_text import PlacedWord, RawDocument, read_documents
from dragoman.coding.coder import Coder
from dragoman.language.analysis import analyse
from dragoman.values import Article, Sentence

FIGURES = ("words", "upos", "uas", "las", "las_subtypes")


def count(gold: Sequence[PlacedWord], found: Sequence[PlacedWord]) -> Counter[str]:
    """How many found words are aligned, and right in each respect; and the sizes of both sides."""
    by_place = {word.place: word for word in gold}
    counts = Counter(gold=len(gold), found=len(found))
    for word in found:
        match = by_place.get(word.place)
        if match is None:
            continue
        attached = match.head == word.head
        counts["words"] += 1
        counts["upos"] += match.upos == word.upos
        counts["uas"] += attached
        counts["las"] += attached and _plain(match.relation) == _plain(word.relation)
        counts["las_subtypes"] += attached and match.relation == word.relation
    return counts


def _plain(relation: str) -> str:
    return relation.partition(":")[0]


def percentages(counts: Mapping[str, int]) -> dict[str, float]:
    """F1 of every figure in percent, two places."""
    total = counts["gold"] + counts["found"]
    return {name: round(200 * counts[name] / total, 2) if total else 0.0 for name in FIGURES}


def placed_words(sentences: Iterable[Sentence]) -> list[PlacedWord]:
    """What was found, in the form of the gold words."""
    return [
        PlacedWord(
            (token.start, token.end),
            token.upos,
            None if token.head < 0 else (sentence.tokens[token.head].start, sentence.tokens[token.head].end),
            token.relation,
        )
        for sentence in sentences
        for token in sentence.tokens
    ]


def read_raw(document: RawDocument, coder: Coder) -> list[PlacedWord]:
    """The words of one document, read by the coder from its text alone."""
    return placed_words(analyse(Article(document.name, "", document.text), coder.network, coder.language))


def measure(data: Path, coder: Coder) -> dict[str, dict[str, float]]:
    """Figures by part, each with its counts of documents and gold words."""
    counts: dict[str, Counter[str]] = {}
    documents: Counter[str] = Counter()
    for document in read_documents(data / "syntax" / "dev.conllu"):
        found = count(document.words, read_raw(document, coder))
        for part in document.parts:
            counts.setdefault(part, Counter()).update(found)
            documents[part] += 1
    return {
        part: {"documents": documents[part], "gold_words": tally["gold"], **percentages(tally)}
        for part, tally in counts.items()
    }
