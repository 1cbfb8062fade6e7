"""Fits how the lexicon and the event network are joined: `python -m training.calibrate --models DIR [--data DIR]`.

In: a folder with `language.json`, `events.json` and their files, and the passages and release sentences of the corpus
that `event_fit` keeps back. Out: the models of `coding/fusion.py` (weights, intercepts, thresholds), written into
`events.json` under `fusion`, and on standard output JSON with the figures of the lexicon alone, the network alone and
both, on the same sentences. The event model gives the confidence, so it is fitted as a probability; thresholds are
those of the best F1.

The passages are few: weights have few features and are kept small. Figures printed here are of the fit itself, split
in halves by passage, each scored with the other's weights.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.corpus import DEPARTMENT, Tally
from dragoman.coding.acts import SentenceActs
from dragoman.coding.background import Background
from dragoman.coding.coder import Coder
from dragoman.coding.fusion import (
    Candidate,
    Features,
    FusionWeights,
    Logistic,
    candidates_of,
    party_features,
    proposals,
)
from dragoman.coding.learned import parts_of
from dragoman.config import Config
from dragoman.knowledge.ontology import STATEMENT
from dragoman.language.event_network import MANIFEST
from dragoman.reading.plain import article_from_text
from training.event_corpus import RELEASES, release_records
from training.event_fit import CORPUS, kept_back
from training.graph import write
from training.notation import read_records

Record = Mapping[str, Any]
STRENGTH = 1.0  # inverse of the penalty on weights
START = {
    "event": Logistic(
        dict.fromkeys(("network", "network_any", "lexicon_agrees", "lexicon_differs", "lexicon_sure"), 0.0), 0.0, 0.5
    ),
    "party": Logistic(
        dict.fromkeys(("head", "greatest", "other_role", "lexicon_same", "lexicon_other", "lexicon_none"), 0.0),
        0.0,
        0.5,
    ),
}


class Rows:
    """Features and labels, gathered."""

    def __init__(self) -> None:
        self.features: list[Features] = []
        self.labels: list[bool] = []

    def add(self, features: Features, label: bool) -> None:
        self.features.append(features)
        self.labels.append(label)

    def fit(self, threshold: float = 0.5) -> Logistic:
        """The logistic model of these rows. Raises ValueError where all labels are the same."""
        names = list(self.features[0])
        table = np.array([[row[name] for name in names] for row in self.features])
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(table, np.array(self.labels))
        weights = {name: round(float(w), 5) for name, w in zip(names, model.coef_[0], strict=True)}
        return Logistic(weights, round(float(model.intercept_[0]), 5), threshold)


def gather(
    records: Iterable[Record], coder: Coder, said: Mapping[str, tuple[Background, list[SentenceActs]]]
) -> dict[str, Rows]:
    """Rows of the three models over some records."""
    rows = {"event": Rows(), "actor": Rows(), "recipient": Rows()}
    assert coder.event_network is not None
    for record in records:
        for told in said[record["id"]][1]:
            for candidate in candidates_of(told.acts, told.readings):
                gold = [event for event in record["events"] if _touches(event, candidate, told)]
                for category, features in proposals(candidate, coder.event_network).items():
                    if category != STATEMENT:
                        rows["event"].add(features, any(event["event"] == category for event in gold))
                if gold and candidate.reading is not None:
                    _gather_parties(gold[0], candidate, told, rows)
    return rows


def _touches(event: Record, candidate: Candidate, told: SentenceActs) -> bool:
    words = candidate.act.words if candidate.act is not None else {candidate.word}
    trigger = event["trigger"]
    return any(
        told.sentence.tokens[word].start < trigger["end"] and trigger["start"] < told.sentence.tokens[word].end
        for word in (*words, candidate.word)
    )


def _gather_parties(event: Record, candidate: Candidate, told: SentenceActs, rows: Mapping[str, Rows]) -> None:
    assert candidate.reading is not None
    act = candidate.act if candidate.act is not None and candidate.act.codes.event == event["event"] else None
    for part in parts_of(candidate.reading, told.mentions, told.sentence):
        for role, name in enumerate(("actor", "recipient")):
            label = any(p["start"] < part.mention.end and part.mention.start < p["end"] for p in event[f"{name}s"])
            rows[name].add(party_features(part, role, act), label)


def figures(records: Iterable[Record], coder: Coder) -> dict[str, Any]:
    """What the coder reaches on records."""
    tally = Tally()
    for record in records:
        publisher = DEPARTMENT if "url" in record else None
        tally.add(record, coder.code(record["text"], published=record["published"], publisher=publisher))
    return tally.figures()


def with_weights(coder: Coder, weights: FusionWeights, events: str = "both") -> Coder:
    """The same coder with other weights, read by both, the lexicon or the network."""
    network = coder.event_network if events != "lexicon" else None
    return Coder(
        coder.knowledge, coder.language, coder.network, network, replace(coder.config, events=events), weights=weights
    )


def fitted(records: Sequence[Record], coder: Coder) -> FusionWeights:
    """Weights of the three models, and the thresholds that give the best F1 with and without parties on these
    records.
    """
    said = {}
    for record in records:
        article = article_from_text(record["text"], published=record["published"])
        said[record["id"]] = coder.read_acts(coder.analyse(article))
    rows = gather(records, coder, said)
    return FusionWeights(*(rows[name].fit() for name in ("event", "actor", "recipient")))


def tuned(records: Sequence[Record], coder: Coder, weights: FusionWeights) -> FusionWeights:
    """The thresholds, one after the other, that are best on these records."""
    best = weights
    for field, measure in (
        ("event", "event_f1"),
        ("actor", "event_and_parties_f1"),
        ("recipient", "event_and_parties_f1"),
    ):
        tried = []
        for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
            chosen = replace(best, **{field: replace(getattr(best, field), threshold=threshold)})
            tried.append(
                (figures(records, with_weights(coder, chosen))[measure], -abs(threshold - 0.45), threshold, chosen)
            )
        best = max(tried, key=lambda item: item[:3])[3]
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True, help="folder with both models")
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("DRAGOMAN_DATA"), help="the data folder, for releases"
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="the folder of our corpus")
    arguments = parser.parse_args()
    records = read_records((arguments.corpus / "train").glob("*.jsonl"))
    if arguments.data is not None and (Path(arguments.data) / RELEASES).is_file():
        notes = read_records((arguments.corpus / "releases").glob("*.jsonl"))
        records += release_records(notes, Path(arguments.data))
    records = kept_back(records)
    path = arguments.models / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    start = {"event": START["event"], "actor": START["party"], "recipient": START["party"]}
    manifest["fusion"] = {name: _kept(model) for name, model in start.items()}
    write(path, manifest)
    coder = Coder.load(models=arguments.models, config=Config())
    halves = records[::2], records[1::2]
    crossed = [(half, tuned(other, coder, fitted(other, coder))) for half, other in (halves, (halves[1], halves[0]))]
    found: dict[str, Any] = {}
    for events in ("lexicon", "network", "both"):
        found[events] = [figures(half, with_weights(coder, weights, events)) for half, weights in crossed]
    weights = tuned(records, coder, fitted(records, coder))
    manifest["fusion"] = {name: _kept(getattr(weights, name)) for name in ("event", "actor", "recipient")}
    write(path, manifest)
    print(json.dumps({"records": len(records), "halves": found, "fusion": manifest["fusion"]}, indent=1))


def _kept(model: Logistic) -> dict[str, Any]:
    return {"weights": dict(model.weights), "intercept": model.intercept, "threshold": model.threshold}


if __name__ == "__main__":
    main()
