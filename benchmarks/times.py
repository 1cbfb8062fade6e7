"""Time expressions against TimeML (TimeBank, AQUAINT) and GUM: a folder in, one JSON object of figures out.

    python -m benchmarks.times tbaq PATH [--model FOLDER | --no-network] [--errors N]
    python -m benchmarks.times gum PATH ...

Relaxed scores as in TempEval-3: a found expression that overlaps a gold one counts as found; the value counts where the
normalised values are equal. TimeML: all TIMEX3 but the document's own time. GUM's <date> holds dates alone (when, or
from and to), so there only expressions with an interval are scored, and the day and interval that a value means
are compared. Neither set is for training; figures are for measuring only.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from dragoman.coding.coder import Coder
from dragoman.coding.times import TimeExpression, find_times
from dragoman.knowledge.time_words import TimeWords, load_time_words
from dragoman.language.analysis import Language, analyse, load_language
from dragoman.language.network import Network
from dragoman.values import Article, Sentence, Token

_TAG = re.compile(r"<[^>]+>")
_TIMEX = re.compile(r"<TIMEX3\b([^>]*)>(.*?)</TIMEX3>", re.S)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
Analyse = Callable[[Article], Sequence[Sentence]]


@dataclass(frozen=True, slots=True)
class Gold:
    """One marked expression: offsets into the text, TIMEX3 type and value; for GUM, "first/last" as the value."""

    start: int
    end: int
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its marks and the day of its writing."""

    name: str
    text: str
    published: str | None
    gold: tuple[Gold, ...]


def read_timeml(folder: Path) -> Iterator[Document]:
    """TimeML files below a folder, in order of their paths; those that the copying left broken are passed over."""
    for path in sorted(folder.rglob("*.tml")):
        if path.name.startswith("._"):
            continue
        raw = path.read_text(encoding="utf-8", errors="replace")
        body = re.search(r"<TEXT>(.*?)</TEXT>", raw, re.S)
        dct = re.search(r"<DCT>.*?value=\"([^\"]*)\"", raw, re.S)
        if body is None:
            continue
        text, gold = _timeml_text(body[1])
        yield Document(path.name, text, dct[1][:10] if dct is not None else None, tuple(gold))


def _timeml_text(marked: str) -> tuple[str, list[Gold]]:
    text, gold, at = "", [], 0
    for match in _TIMEX.finditer(marked):
        text += unescape(_TAG.sub("", marked[at : match.start()]))
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        start = len(text)
        text += unescape(_TAG.sub("", match[2]))
        gold.append(Gold(start, len(text), attributes.get("type", ""), attributes.get("value", "")))
        at = match.end()
    return text + unescape(_TAG.sub("", marked[at:])), gold


def read_gum(folder: Path) -> Iterator[Document]:
    """GUM's XML, its words joined by spaces; the day of writing is dateCreated."""
    for path in sorted(folder.glob("*.xml")):
        root = ET.fromstring(path.read_bytes())
        collected = _Collected()
        collected.walk(root)
        yield Document(path.stem, "".join(collected.parts), root.get("dateCreated"), tuple(collected.gold))


class _Collected:
    """The running text of one GUM file, with the offsets of its dates."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.gold: list[Gold] = []

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def say(self, lines: str | None) -> None:
        for line in (lines or "").split("\n"):
            if "\t" in line:
                self.add(line.split("\t")[0] + " ")

    def walk(self, node: ET.Element) -> None:
        start = self.length
        self.say(node.text)
        for child in node:
            self.walk(child)
            self.say(child.tail)
        value = _gum_value(node) if node.tag == "date" and self.length > start else None
        if value is not None:
            self.gold.append(Gold(start, self.length - 1, "DATE", value))
        if node.tag in ("s", "head", "p"):
            self.add("\n\n" if node.tag != "s" else "\n")


def _gum_value(node: ET.Element) -> str | None:
    when = node.get("when")
    first = when or node.get("from") or node.get("notBefore")
    last = when or node.get("to") or node.get("notAfter")
    return f"{first}/{last}" if first and last else None


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


def score(
    documents: Iterator[Document], words: TimeWords, analysed: Analyse, kind: str, errors: int
) -> dict[str, object]:
    """Precision, recall and F1 of spans (relaxed, strict) and of values; the first `errors` mistakes go to stderr."""
    counts = dict.fromkeys(("gold", "found", "overlap", "strict", "value", "type", "words"), 0)
    by_type: dict[str, list[int]] = {}
    spent = 0.0
    shown = 0
    for document in documents:
        article = Article(document.name, document.name, document.text, published=document.published)
        sentences = analysed(article)
        counts["words"] += sum(len(sentence.tokens) for sentence in sentences)
        began = time.perf_counter()
        expressions = list(find_times(article, sentences, words))
        spent += time.perf_counter() - began
        if kind == "gum":
            expressions = [e for e in expressions if e.interval is not None and not _is_vague(e.value)]
        counts["gold"] += len(document.gold)
        counts["found"] += len(expressions)
        pairs = _pair(document.gold, expressions)
        for gold, expression in pairs:
            tally = by_type.setdefault(gold.type, [0, 0, 0])
            tally[0] += 1
            right = expression is not None and _same(gold, expression, kind)
            if expression is not None:
                counts["overlap"] += 1
                counts["strict"] += (expression.span.start, expression.span.end) == (gold.start, gold.end)
                counts["type"] += expression.type == gold.type
                counts["value"] += right
                tally[1] += 1
                tally[2] += right
            if not right and shown < errors:
                shown += 1
                said = f"{expression.span.text} = {expression.value}" if expression is not None else "-"
                words_of = document.text[max(0, gold.start - 40) : gold.end + 30].replace("\n", " ")
                marked = document.text[gold.start : gold.end].replace("\n", " ")
                print(
                    f"{document.published} [{marked}] {gold.type} {gold.value} <> {said} | {words_of}", file=sys.stderr
                )
        if shown < errors:
            matched = {id(e) for _, e in pairs if e is not None}
            for expression in expressions:
                if id(expression) not in matched:
                    shown += 1
                    a, b = expression.span.start, expression.span.end
                    around = document.text[max(0, a - 30) : b + 30].replace("\n", " ")
                    print(
                        f"{document.published} EXTRA {expression.span.text} = {expression.value} | {around}",
                        file=sys.stderr,
                    )
    figures: dict[str, object] = {
        name: _f1(counts[name], counts["found"], counts["gold"]) for name in ("overlap", "strict", "type", "value")
    }
    figures["accuracy_of_values"] = round(counts["value"] / max(1, counts["overlap"]), 4)
    figures["by_type"] = {name: {"gold": t[0], "found": t[1], "value": t[2]} for name, t in sorted(by_type.items())}
    figures["counts"] = counts
    figures["microseconds_a_word"] = round(spent * 1e6 / max(1, counts["words"]), 2)
    return figures


def _is_vague(value: str) -> bool:
    """ "recently", "in recent days": their interval is our reading, and GUM marks none."""
    return value.endswith("_REF") or value.startswith("PX")


def _pair(gold: Sequence[Gold], found: Sequence[TimeExpression]) -> list[tuple[Gold, TimeExpression | None]]:
    used: set[int] = set()
    pairs: list[tuple[Gold, TimeExpression | None]] = []
    for mark in gold:
        best: tuple[int, int] | None = None
        for number, expression in enumerate(found):
            common = min(mark.end, expression.span.end) - max(mark.start, expression.span.start)
            if common > 0 and number not in used and (best is None or common > best[0]):
                best = common, number
        if best is not None:
            used.add(best[1])
        pairs.append((mark, found[best[1]] if best is not None else None))
    return pairs


def _same(gold: Gold, expression: TimeExpression, kind: str) -> bool:
    if kind == "tbaq":
        return gold.value == expression.value
    first, last = gold.value.split("/")
    interval = expression.interval
    return interval is not None and interval.start.startswith(first) and interval.end.startswith(last)


def _f1(right: int, found: int, gold: int) -> dict[str, float]:
    precision, recall = right / max(1, found), right / max(1, gold)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def measure(data: Path, coder: Coder, *, errors: int = 0) -> dict[str, object]:
    """Figures of both sets under `timeml` and `gum`, with the whole path's sentences; `errors` mistakes of each."""

    def analysed(article: Article) -> Sequence[Sentence]:
        return analyse(article, coder.network, coder.language)

    words, folder = coder.knowledge.time_words, data / "time"
    return {
        "timeml": score(read_timeml(folder / "tbaq"), words, analysed, "tbaq", errors),
        "gum": score(read_gum(folder / "gum"), words, analysed, "gum", errors),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=("tbaq", "gum"))
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--model", type=Path, default=None, help="folder of the language network; default the shipped one"
    )
    parser.add_argument("--no-network", action="store_true", help="measure the grammar without tags and syntax")
    parser.add_argument("--errors", type=int, default=0, help="print so many mistakes to stderr")
    options = parser.parse_args(arguments)
    language = load_language()
    words = load_time_words()
    network = None if options.no_network else Network.load(options.model)
    documents = read_timeml(options.path) if options.set == "tbaq" else read_gum(options.path)

    def analysed(article: Article) -> Sequence[Sentence]:
        return bare_tokens(article, language) if network is None else analyse(article, network, language)

    figures = score(documents, words, analysed, options.set, options.errors)
    figures["network"] = network.version if network is not None else None
    print(json.dumps({"set": options.set, **figures}, indent=2))


if __name__ == "__main__":
    main()
