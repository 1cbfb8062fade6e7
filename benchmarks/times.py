"""Time expressions against TimeML (TimeBank, AQUAINT) and GUM, or other files of these forms.

    python -m benchmarks times [PATH]    # PATH: a file or folder of .tml or GUM's .xml; else the data folder
    python -m benchmarks.times PATH [--model FOLDER | --no-network] [--errors N]

In: marked files (`time_sets`). Out: relaxed scores as in TempEval-3: a found expression that overlaps a gold one counts
as found; `value` counts where the normalised TIMEX3 values are equal. All marks but the document's own time are gold.
TimeML and GUM mark both ends of "from March to August 2011", so ranges that name both ends are scored as these. GUM's
<date> holds dates alone, so there only expressions with an interval are scored; there `value` counts where the days
are the same, `timex` where the TIMEX3 value is (parts of the day, which GUM does not tell, left off). None of the sets
is for training.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.time_sets import Document, Form, Gold, read_documents
from dragoman.coding.coder import Coder
from dragoman.coding.times import TimeExpression, find_times
from dragoman.knowledge.time_words import TimeWords, load_time_words
from dragoman.language.analysis import Language, analyse, load_language
from dragoman.language.network import Network
from dragoman.values import Article, Sentence, Token

Analyse = Callable[[Article], Sequence[Sentence]]
Figures = dict[str, object]
_PARTS = ("TMO", "TMI", "TAF", "TEV", "TNI", "TDT")


@dataclass(frozen=True, slots=True)
class Answer:
    """One found expression as the sets mark them: its place, TIMEX3 type and value, first and last day."""

    start: int
    end: int
    type: str
    value: str
    days: tuple[str, str] | None


def bare_tokens(article: Article, language: Language) -> list[Sentence]:
    """Sentences without tags or syntax, for measuring the grammar alone."""
    found: list[Sentence] = []
    for number, span in enumerate(language.splitter.split(article.text, None)):
        places = language.tokenizer.tokenize(article.text, span.start, span.end)
        tokens = tuple(
            Token(i, article.text[a:b], a, b, article.text[a:b].lower(), "X", "", -1, "dep", "O")
            for i, (a, b) in enumerate(places)
        )
        text = article.text[span.start : span.end]
        found.append(Sentence(number, text, span.start, span.end, span.paragraph, tokens))
    return found


def answers_of(expressions: Iterable[TimeExpression], form: Form) -> list[Answer]:
    """The expressions as a set of this form marks them: the ends of ranges apart, for GUM only what is dated."""
    found: list[Answer] = []
    for one in expressions:
        interval = one.interval
        if form == "gum" and (interval is None or _is_vague(one.value)):
            continue
        if one.ends is not None and one.value.count("/") == 1:
            for span, value in zip(one.ends, one.value.split("/"), strict=True):
                found.append(Answer(span.start, span.end, "DATE", value, (value, value)))
            continue
        days = (interval.start, interval.end) if interval is not None else None
        value = one.value[:-3] if form == "gum" and one.value.endswith(_PARTS) else one.value
        found.append(Answer(one.span.start, one.span.end, one.type, value, days))
    return found


def _is_vague(value: str) -> bool:
    """ "recently", "in recent days": their interval is our reading, and GUM marks none."""
    return value.endswith("_REF") or value.startswith("PX")


class Tally:
    """Counts over documents: `right[name]` of what was found and marked."""

    def __init__(self) -> None:
        self.gold = self.found = 0
        self.right: Counter[str] = Counter()
        self.by_type: dict[str, Counter[str]] = {}

    def add(self, gold: Sequence[Gold], answers: Sequence[Answer]) -> list[tuple[Gold, Answer | None]]:
        """Count one document. Returns the marks with what was found there."""
        self.gold += len(gold)
        self.found += len(answers)
        pairs = _pair(gold, answers)
        for mark, answer in pairs:
            kind = self.by_type.setdefault(mark.type, Counter())
            kind["gold"] += 1
            if answer is None:
                continue
            kind["found"] += 1
            kind["value"] += _same(mark, answer)
            self.right["overlap"] += 1
            self.right["strict"] += (answer.start, answer.end) == (mark.start, mark.end)
            self.right["type"] += answer.type == mark.type
            self.right["value"] += _same(mark, answer)
            self.right["timex"] += mark.value == answer.value
        return pairs

    def f1(self, name: str) -> dict[str, float]:
        """Precision, recall and F1 of one of the counts."""
        right = self.right[name]
        precision, recall = right / max(1, self.found), right / max(1, self.gold)
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _pair(gold: Sequence[Gold], found: Sequence[Answer]) -> list[tuple[Gold, Answer | None]]:
    used: set[int] = set()
    pairs: list[tuple[Gold, Answer | None]] = []
    for mark in gold:
        best: tuple[int, int] | None = None
        for number, answer in enumerate(found):
            common = min(mark.end, answer.end) - max(mark.start, answer.start)
            if common > 0 and number not in used and (best is None or common > best[0]):
                best = common, number
        if best is not None:
            used.add(best[1])
        pairs.append((mark, found[best[1]] if best is not None else None))
    return pairs


def _same(gold: Gold, answer: Answer) -> bool:
    """Do the two mean the same: by their days where the mark tells them, else by their TIMEX3 values?"""
    if gold.days is None:
        return gold.value == answer.value
    if answer.days is None:
        return False
    return answer.days[0].startswith(gold.days[0]) and answer.days[1].startswith(gold.days[1])


def score(documents: Iterable[Document], words: TimeWords, analysed: Analyse, errors: int = 0) -> Figures:
    """Figures of documents of one form, in all and by genre; the first `errors` mistakes go to stderr."""
    whole, genres, spent, read = Tally(), dict[str, Tally](), 0.0, 0
    dated = False
    for document in documents:
        article = Article(document.name, document.name, document.text, published=document.published)
        sentences = analysed(article)
        read += sum(len(sentence.tokens) for sentence in sentences)
        began = time.perf_counter()
        expressions = find_times(article, sentences, words)
        spent += time.perf_counter() - began
        answers = answers_of(expressions, document.form)
        dated = dated or document.form == "gum"
        genres.setdefault(document.genre, Tally()).add(document.gold, answers)
        errors -= _show(document, whole.add(document.gold, answers), answers, errors)
    named = ("overlap", "strict", "type", "value", *(("timex",) if dated else ()))
    return {
        **{name: whole.f1(name) for name in named},
        "accuracy_of_values": round(whole.right["value"] / max(1, whole.right["overlap"]), 4),
        "by_type": {name: dict(kind) for name, kind in sorted(whole.by_type.items())},
        "by_genre": {
            name: {"gold": tally.gold, "value": tally.f1("value")["f1"]} for name, tally in sorted(genres.items())
        },
        "counts": {"gold": whole.gold, "found": whole.found, "words": read, **whole.right},
        "microseconds_a_word": round(spent * 1e6 / max(1, read), 2),
    }


def _show(document: Document, pairs: Sequence[tuple[Gold, Answer | None]], answers: Sequence[Answer], most: int) -> int:
    """Print up to `most` mistakes of a document to stderr; returns how many."""
    shown: list[str] = []
    text = document.text
    for gold, answer in pairs:
        if answer is None or not _same(gold, answer):
            said = f"{text[answer.start : answer.end]} = {answer.value}" if answer is not None else "-"
            around = text[max(0, gold.start - 40) : gold.end + 30]
            shown.append(f"[{text[gold.start : gold.end]}] {gold.type} {gold.value} <> {said} | {around}")
    matched = {answer for _, answer in pairs}
    for answer in answers:
        if answer not in matched:
            around = text[max(0, answer.start - 30) : answer.end + 30]
            shown.append(f"EXTRA {text[answer.start : answer.end]} = {answer.value} | {around}")
    for line in shown[: max(0, most)]:
        print(document.published, line.replace("\n", " "), file=sys.stderr)
    return min(len(shown), max(0, most))


def measure_path(path: Path, words: TimeWords, analysed: Analyse, errors: int = 0) -> Figures:
    """Figures of a file or folder, under `timeml` and `gum` as far as it holds files of these forms."""
    forms: dict[Form, list[Document]] = {}
    for document in read_documents(path):
        forms.setdefault(document.form, []).append(document)
    return {form: score(documents, words, analysed, errors) for form, documents in forms.items()}


def measure(data: Path, coder: Coder, *, errors: int = 0, path: Path | None = None) -> Figures:
    """Figures with the whole path's sentences, of the data folder or of `path`; `errors` mistakes of each form."""

    def analysed(article: Article) -> Sequence[Sentence]:
        return analyse(article, coder.network, coder.language)

    return measure_path(path if path is not None else data / "time", coder.knowledge.time_words, analysed, errors)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--model", type=Path, default=None, help="folder of the language network; default the shipped one"
    )
    parser.add_argument("--no-network", action="store_true", help="measure the grammar without tags and syntax")
    parser.add_argument("--errors", type=int, default=0, help="print so many mistakes to stderr")
    options = parser.parse_args(arguments)
    language = load_language()
    network = None if options.no_network else Network.load(options.model)

    def analysed(article: Article) -> Sequence[Sentence]:
        return bare_tokens(article, language) if network is None else analyse(article, network, language)

    figures = measure_path(options.path, load_time_words(), analysed, options.errors)
    print(json.dumps({"network": network.version if network is not None else None, **figures}, indent=2))


if __name__ == "__main__":
    main()
