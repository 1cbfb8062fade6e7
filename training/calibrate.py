"""Fits how the lexicon and the event network are joined: `python -m training.calibrate --models DIR [--data DIR]`.

In: a folder with `language.json`, `events.json` and their files, and the passages and release sentences of the corpus
that `event_fit` keeps back; the model of countries, which the network has no part in, is fitted on passages that it
learned from as well. Out: the models of `coding/fusion.py` and `coding/home.py` (weights, intercepts, thresholds),
written into `events.json` under `fusion`, and on standard output JSON with the figures of the lexicon alone, the
network alone and both. These are of halves of the passages, each scored with the weights that the other half gave.

The passages are few: models have few features, and their weights are kept small.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.corpus import DEPARTMENT, Tally, gold_units
from dragoman.coding.acts import SentenceActs
from dragoman.coding.background import Background
from dragoman.coding.coder import Coder
from dragoman.coding.fusion import Candidate, FusionWeights, candidates_of, party_features, proposals
from dragoman.coding.home import Seeking, home_features, lacks_country
from dragoman.coding.learned import parts_of
from dragoman.coding.locations import place_of
from dragoman.coding.logistic import Features, Logistic
from dragoman.config import Config
from dragoman.knowledge.ontology import STATEMENT
from dragoman.language.event_network import MANIFEST
from training.event_corpus import RELEASES, Record, release_records
from training.event_fit import CORPUS, kept_back
from training.graph import write
from training.notation import read_records

STRENGTH = 1.0  # inverse of the penalty on weights
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
MODELS = ("event", "actor", "recipient", "home")
AGREED_BELOW = 0.2  # how much lower the threshold lies where the lexicon says the same
FALSE_EVENTS = 0.08  # a text that holds none, at most, if any threshold keeps to it
HOME_PART = 3  # every so-manieth learned passage also teaches countries


@dataclass(frozen=True, slots=True)
class Told:
    """A record, and what the two readers say of it."""

    record: Record
    background: Background
    sentences: tuple[SentenceActs, ...]


class Rows:
    """Features and labels, gathered."""

    def __init__(self) -> None:
        self.features: list[Features] = []
        self.labels: list[bool] = []

    def add(self, features: Features, label: bool) -> None:
        self.features.append(features)
        self.labels.append(label)

    def fit(self) -> Logistic:
        """The logistic model of these rows, threshold one half. Raises ValueError where all labels are the same."""
        names = list(self.features[0])
        table = np.array([[row[name] for name in names] for row in self.features])
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(table, np.array(self.labels))
        weights = {name: round(float(w), 5) for name, w in zip(names, model.coef_[0], strict=True)}
        return Logistic(weights, round(float(model.intercept_[0]), 5), 0.5)


def read(records: Iterable[Record], coder: Coder) -> list[Told]:
    """What both readers say of each record."""
    found = []
    for record in records:
        publisher = DEPARTMENT if "url" in record else None
        article = coder.read(record["text"], published=record["published"], publisher=publisher)
        background, sentences = coder.read_acts(coder.analyse(article))
        found.append(Told(record, background, tuple(sentences)))
    return found


def fitted(told: Sequence[Told], others: Sequence[Told], coder: Coder) -> FusionWeights:
    """Weights of the four models; `others` teach countries only."""
    rows = {name: Rows() for name in MODELS}
    for each in told:
        _gather_events(each, coder, rows)
    for each in (*told, *others):
        _gather_homes(each, rows["home"], coder)
    return FusionWeights(**{name: rows[name].fit() for name in MODELS}, agreed=0.5)


def _gather_events(each: Told, coder: Coder, rows: Mapping[str, Rows]) -> None:
    assert coder.event_network is not None
    for told in each.sentences:
        for candidate in candidates_of(told, coder.event_network):
            gold = [event for event in each.record["events"] if _touches(event, candidate, told)]
            for category, features in proposals(candidate, coder.event_network).items():
                if category != STATEMENT:
                    rows["event"].add(features, any(event["event"] == category for event in gold))
            if gold and candidate.reading is not None:
                _gather_parties(gold[0], candidate, told, rows)


def _touches(event: Record, candidate: Candidate, told: SentenceActs) -> bool:
    words = {candidate.word, *(candidate.act.words if candidate.act is not None else ())}
    start, end = event["trigger"]["start"], event["trigger"]["end"]
    tokens = told.sentence.tokens
    return any(tokens[word].start < end and start < tokens[word].end for word in words)


def _gather_parties(event: Record, candidate: Candidate, told: SentenceActs, rows: Mapping[str, Rows]) -> None:
    assert candidate.reading is not None
    act = candidate.act if candidate.act is not None and candidate.act.codes.event == event["event"] else None
    word = act.token if act is not None else candidate.reading.word
    for part in parts_of(candidate.reading, told.mentions, told.sentence):
        mention = part.mention
        for role, name in enumerate(("actor", "recipient")):
            label = any(p["start"] < mention.end and mention.start < p["end"] for p in event[f"{name}s"])
            features = party_features(part, role, act, event["event"], word, told.reader)
            rows[name].add(features, label)


def _gather_homes(each: Told, rows: Rows, coder: Coder) -> None:
    """For each annotated party whose mention has no country: is a country that the article speaks of the right one?"""
    mentions = each.background.mentions
    for event in each.record["events"]:
        place = _place_of(event, each, coder)
        for side, other in (("actors", "recipients"), ("recipients", "actors")):
            abroad = {
                actor.country
                for party in event[other]
                for mention in mentions
                if mention.start < party["end"] and party["start"] < mention.end
                for actor in mention.actors
                if actor.country is not None
            }
            for party in event[side]:
                gold = gold_units([party])
                own = [m for m in mentions if m.start < party["end"] and party["start"] < m.end and m.actors]
                if len(gold) != 1 or not own or not all(lacks_country(a) for m in own for a in m.actors):
                    continue
                one, category = own[0], event["event"]
                words = (one.text, one.start, one.end, one.sentence)
                found = home_features(Seeking(*words, category, place, frozenset(abroad)), each.background.evidence)
                for country, features in found.items():
                    rows.add(features, gold == {country})


def _place_of(event: Record, each: Told, coder: Coder) -> str | None:
    """The country of the place that the stage of places gives an annotated event, if the text names it."""
    start = event["trigger"]["start"]
    for sentence in each.background.sentences:
        for token in sentence.tokens:
            if token.start <= start < token.end:
                places, sentences = each.background.places, each.background.sentences
                found = place_of(token.index, sentence, places, sentences, coder.knowledge.places)
                return found.country if found is not None and found.span is not None else None
    return None


def figures(told: Sequence[Told], coder: Coder) -> dict[str, Any]:
    """What the coder makes of what its readers said, scored."""
    tally = Tally()
    for each in told:
        tally.add(each.record, coder.join(each.background, each.sentences))
    return tally.figures()


def with_weights(coder: Coder, weights: FusionWeights | None) -> Coder:
    """The same coder with other weights; without any, the lexicon alone."""
    network = coder.event_network if weights is not None else None
    return Coder(coder.knowledge, coder.language, coder.network, network, coder.config, weights)


def tuned(
    told: Sequence[Told], coder: Coder, weights: FusionWeights, fixed: tuple[float, float] | None = None
) -> FusionWeights:
    """The thresholds, one after the other, that are best on these records; false events in empty texts are bounded.

    `fixed`: the thresholds of events, of the network alone and where the lexicon says the same, if they are not sought.
    """
    best = weights
    aims = (("event", "event_f1"), *((name, "event_and_parties_f1") for name in ("actor", "recipient", "home")))
    if fixed is not None:
        best = replace(best, event=replace(best.event, threshold=fixed[0]), agreed=fixed[1])
        aims = aims[1:]
    for name, measure in aims:
        tried = []
        for threshold in THRESHOLDS:
            chosen = replace(best, **{name: replace(getattr(best, name), threshold=threshold)})
            found = figures(told, with_weights(coder, chosen))
            false = max(0.0, found["false_events_a_text_without"] - FALSE_EVENTS) if name == "event" else 0.0
            tried.append((-false, found[measure], -abs(threshold - 0.45), threshold, chosen))
        best = max(tried, key=lambda item: item[:4])[4]
    if fixed is not None:
        return best
    # What both readers see is let in more easily: the higher threshold is the network's alone.
    return replace(best, agreed=round(best.event.threshold - AGREED_BELOW, 2))


def silenced(told: Sequence[Told], *, lexicon: bool) -> list[Told]:
    """The same without what the lexicon, or the network, says."""
    change: Callable[[SentenceActs], SentenceActs] = (
        (lambda s: replace(s, acts=())) if lexicon else (lambda s: replace(s, readings=()))
    )
    return [replace(each, sentences=tuple(change(s) for s in each.sentences)) for each in told]


def compared(told: Sequence[Told], others: Sequence[Told], coder: Coder) -> dict[str, Any]:
    """The lexicon alone, the network alone and both, on halves that gave each other's weights."""
    found: dict[str, Any] = {"lexicon": [], "network": [], "both": []}
    halves = told[::2], told[1::2]
    for half, other in (halves, halves[::-1]):
        mute, mute_other = silenced(half, lexicon=True), silenced(other, lexicon=True)
        alone = tuned(mute_other, coder, fitted(mute_other, others, coder))
        weights = tuned(other, coder, fitted(other, others, coder))
        found["lexicon"].append(figures(half, with_weights(coder, None)))
        found["network"].append(figures(mute, with_weights(coder, alone)))
        found["both"].append(figures(half, with_weights(coder, weights)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True, help="folder with both models")
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("DRAGOMAN_DATA"), help="the data folder, for releases"
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="the folder of our corpus")
    parser.add_argument("--compare", action="store_true", help="also print the lexicon alone, the network alone, both")
    parser.add_argument(
        "--thresholds", type=float, nargs=2, metavar=("ALONE", "AGREED"), help="of events, in place of the best found"
    )
    arguments = parser.parse_args()
    fixed = tuple(arguments.thresholds) if arguments.thresholds else None
    records = read_records((arguments.corpus / "train").glob("*.jsonl"))
    if arguments.data is not None and (Path(arguments.data) / RELEASES).is_file():
        notes = read_records((arguments.corpus / "releases").glob("*.jsonl"))
        records += release_records(notes, Path(arguments.data))
    path = arguments.models / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    blank = {"weights": {}, "intercept": 0.0, "threshold": 0.5}
    write(path, {**manifest, "fusion": dict.fromkeys((*MODELS, "agreed"), blank)})  # so that the coder loads
    coder = Coder.load(models=arguments.models, config=Config())
    told = read(kept_back(records), coder)
    others = read(kept_back(records, learned=True)[::HOME_PART], coder)
    result: dict[str, Any] = {"records": len(told), "records_for_countries": len(told) + len(others)}
    if arguments.compare:
        result["halves"] = compared(told, others, coder)
    weights = tuned(told, coder, fitted(told, others, coder), fixed)
    manifest["fusion"] = {name: kept(getattr(weights, name)) for name in MODELS} | {
        "agreed": {"threshold": weights.agreed}
    }
    write(path, manifest)
    print(json.dumps({**result, "fusion": manifest["fusion"]}, indent=1))


def kept(model: Logistic) -> dict[str, Any]:
    """A model as the manifest holds it."""
    return {"weights": dict(model.weights), "intercept": model.intercept, "threshold": model.threshold}


if __name__ == "__main__":
    main()
