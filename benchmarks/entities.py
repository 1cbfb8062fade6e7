"""Names on the Universal NER EWT dev part: `python -m benchmarks.entities --data DIR`.

In: a data folder with `ner/uner_ewt_dev.iob2`, and a network. Out: one JSON object: precision, recall and F1 in percent
by exact span and type, for all and for PER, LOC and ORG, with the counts behind them. Gold OTH counts as no name.
Sentences are read document by document, on gold tokens.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from dragoman.language.network import Network
from training.corpora import name_spans, read_names

KINDS = ("PER", "LOC", "ORG")


def compare(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> dict[str, float | int]:
    """Exact-span figures for BIO label sequences, sentence by sentence."""
    expected, got = (
        [(number, *span) for number, labels in enumerate(side) for span in sorted(name_spans(labels))]
        for side in (gold, found)
    )
    right = set(expected) & set(got)
    result: dict[str, float | int] = {}
    for kind in ("all", *KINDS):
        in_gold, in_found, in_both = (
            sum(kind in ("all", span[3]) for span in spans) for spans in (expected, got, sorted(right))
        )
        name = kind.lower()
        result[f"{name}_gold"] = in_gold
        result[f"{name}_found"] = in_found
        result[f"{name}_precision"] = round(100 * in_both / max(1, in_found), 2)
        result[f"{name}_recall"] = round(100 * in_both / max(1, in_gold), 2)
        result[f"{name}_f1"] = round(200 * in_both / max(1, in_gold + in_found), 2)
    return result


def measure(data: Path, network: Network) -> dict[str, float | int]:
    """All figures under flat names such as `per_f1`."""
    sentences = read_names(data / "ner" / "uner_ewt_dev.iob2")
    found: list[tuple[str, ...]] = []
    for _, names in groupby(sentences, key=lambda name: name.rpartition("-")[0]):
        found += [reading.entities for reading in network.read([sentences[name][0] for name in names])]
    words = sum(len(labels) for labels in found)
    figures = compare([labels for _, labels in sentences.values()], found)
    return {"sentences": len(sentences), "words": words, **figures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRAGOMAN_DATA"), help="the data folder")
    parser.add_argument("--model", type=Path, help="a folder with another model (default: the shipped one)")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("--data or DRAGOMAN_DATA is needed")
    print(json.dumps(measure(Path(arguments.data), Network.load(arguments.model)), indent=1))


if __name__ == "__main__":
    main()
