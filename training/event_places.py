"""Fits how the place of an event is chosen: `python -m training.event_places [--write]`.

In: the passages of `corpus/train`, read up to places by the shipped network. Each place of a sentence is weighed
for each event of that sentence, right where it overlaps the annotated words. Out: on standard output JSON with the
figures of five parts of the files, each scored with the weights that the others gave, at several thresholds; with
`--write` the table `knowledge/tables/places/attachment.csv`, fitted on all.

It learns nothing from any other set, and its features name no place and no verb.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from dragoman.coding.coder import Coder
from dragoman.coding.locations import find_places, weighed_places
from dragoman.coding.logistic import sigmoid
from dragoman.config import Config
from dragoman.knowledge.places import TABLES
from dragoman.values import Sentence
from training.notation import read_records

CORPUS = Path(__file__).resolve().parent / "corpus" / "train"
STRENGTH = 0.1  # inverse of the penalty on weights
RARE = 30  # features seen less often are left out
SMALL = 0.03  # weights below are left out of the table
PARTS = 5
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.5)
THRESHOLD = 0.3
SOURCE = "fitted on training/corpus/train"


@dataclass(frozen=True, slots=True)
class Case:
    """An event: its part of the corpus, the features of each place, which of them is right, whether any is told."""

    part: int
    features: tuple[frozenset[str], ...]
    right: tuple[bool, ...]
    told: bool


def gather(files: Sequence[Path], coder: Coder) -> Iterator[Case]:
    """A case for each event whose trigger stands in a sentence."""
    gazetteer = coder.knowledge.places
    for number, file in enumerate(files):
        for record in read_records([file]):
            analysis = coder.analyse(coder.read(record["text"], published=record["published"]))
            places = find_places(analysis.article, analysis.sentences, (), gazetteer, coder.knowledge.actors)
            for event in record["events"]:
                at = _word_at(event["trigger"]["start"], analysis.sentences)
                if at is None:
                    continue
                sentence, word = at
                weighed = weighed_places(word, sentence, places, gazetteer)
                right = tuple(_overlaps(event.get("place"), place.place.span) for place, _ in weighed)
                yield Case(number % PARTS, tuple(f for _, f in weighed), right, bool(event.get("place")))


def _word_at(offset: int, sentences: Sequence[Sentence]) -> tuple[Sentence, int] | None:
    for sentence in sentences:
        for token in sentence.tokens:
            if token.start <= offset < token.end:
                return sentence, token.index
    return None


def _overlaps(told: Mapping[str, Any] | None, span: Any) -> bool:
    return told is not None and span is not None and bool(told["start"] < span.end and span.start < told["end"])


def fit(cases: Sequence[Case], kept: frozenset[str]) -> dict[str, float]:
    """Feature -> weight, with `intercept` among them."""
    rows = [dict.fromkeys(sorted(features & kept), 1.0) for case in cases for features in case.features]
    labels = [right for case in cases for right in case.right]
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(vectorizer.fit_transform(rows), np.array(labels))
    weights = {
        str(name): round(float(w), 3)
        for name, w in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        if abs(w) >= SMALL
    }
    return {"intercept": round(float(model.intercept_[0]), 3), **weights}


def score(cases: Sequence[Case], weights: Mapping[str, float], threshold: float) -> Counter[str]:
    """Counts of events with a place, of those found right, of events without and of those given one."""
    counts: Counter[str] = Counter()
    for case in cases:
        best = max(
            (
                (sigmoid(weights["intercept"] + sum(weights.get(f, 0.0) for f in sorted(features))), right)
                for features, right in zip(case.features, case.right, strict=True)
            ),
            default=(0.0, False),
        )
        given = best[0] >= threshold
        counts["told" if case.told else "untold"] += 1
        counts["right"] += given and best[1] and case.told
        counts["false"] += given and not case.told
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print the figures, and write the table if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table")
    options = parser.parse_args(arguments)
    coder = Coder.load(config=Config(events="lexicon"))
    cases = list(gather(sorted(CORPUS.glob("*.jsonl")), coder))
    seen = Counter(feature for case in cases for features in case.features for feature in features)
    kept = frozenset(feature for feature, count in seen.items() if count >= RARE)
    models = [fit([case for case in cases if case.part != part], kept) for part in range(PARTS)]
    figures = {}
    for threshold in THRESHOLDS:
        counts: Counter[str] = Counter()
        for part, weights in enumerate(models):
            counts += score([case for case in cases if case.part == part], weights, threshold)
        figures[str(threshold)] = {
            "span_accuracy": round(counts["right"] / counts["told"], 4),
            "false_places": round(counts["false"] / counts["untold"], 4),
        }
    print(json.dumps({"events": len(cases), "thresholds": figures}, indent=2))
    if options.write:
        _write(fit(cases, kept))


def _write(weights: Mapping[str, float]) -> None:
    with (TABLES / "attachment.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "weight", "source"))
        writer.writerow(("threshold", THRESHOLD, "chosen: false places as rare as the rules alone gave"))
        writer.writerows((name, weight, SOURCE) for name, weight in sorted(weights.items()))


if __name__ == "__main__":
    main()
