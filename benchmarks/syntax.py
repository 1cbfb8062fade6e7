"""Tags and trees on the Universal Dependencies dev part: `python -m benchmarks.syntax --data DIR`.

In: a data folder with `syntax/dev.conllu`, and a network. Out: one JSON object: UPOS, XPOS, UAS and LAS in percent on
gold sentences and tokens, punctuation and relation subtypes counted, for all, EWT, GUM and GUM's news; with the
counts of sentences and words, and words a second (wall clock, and of processor time, which a busy machine hardly
changes) of reading document by document.

It does not measure splitting: `compare` takes readings from anywhere, word for word.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from dragoman.language.decoding import Reading
from dragoman.language.network import Network
from training.corpora import Example, read_trees


def documents(examples: Iterable[Example]) -> list[list[Example]]:
    """Consecutive sentences of one document, told by the part of their ids before the last hyphen."""
    found: list[list[Example]] = []
    for example in examples:
        if found and found[-1][0].name.rpartition("-")[0] == example.name.rpartition("-")[0]:
            found[-1].append(example)
        else:
            found.append([example])
    return found


def parts(examples: Sequence[Example]) -> dict[str, list[int]]:
    """The indices of the sentences that each figure is about."""
    gum = [n for n, example in enumerate(examples) if example.name.startswith("GUM_")]
    inside = set(gum)
    return {
        "all": list(range(len(examples))),
        "ewt": [n for n in range(len(examples)) if n not in inside],
        "gum": gum,
        "gum_news": [n for n in gum if examples[n].name.startswith("GUM_news_")],
    }


def compare(gold: Sequence[Example], readings: Sequence[Reading]) -> dict[str, float | int]:
    """UPOS, XPOS, UAS and LAS in percent (two places), and the counts of sentences and words."""
    words = upos = xpos = uas = las = 0
    for example, reading in zip(gold, readings, strict=True):
        words += len(example.words)
        upos += sum(a == b for a, b in zip(example.upos, reading.upos, strict=True))
        xpos += sum(a == b for a, b in zip(example.xpos, reading.xpos, strict=True))
        attached = [head - 1 == found for head, found in zip(example.heads, reading.heads, strict=True)]
        uas += sum(attached)
        las += sum(right and a == b for right, a, b in zip(attached, example.relations, reading.relations, strict=True))
    scores = {"upos": upos, "xpos": xpos, "uas": uas, "las": las}
    shares: dict[str, float | int] = {name: round(100 * n / max(1, words), 2) for name, n in scores.items()}
    return {"sentences": len(gold), "words": words, **shares}


def measure(data: Path, network: Network) -> dict[str, float | int]:
    """All figures under flat names such as `ewt_las`."""
    examples = read_trees(data / "syntax" / "dev.conllu")
    articles = [[example.words for example in document] for document in documents(examples)]
    network.read(articles[0])
    began, began_cpu = time.perf_counter(), time.process_time()
    readings = [reading for article in articles for reading in network.read(article)]
    spent, spent_cpu = time.perf_counter() - began, time.process_time() - began_cpu
    result: dict[str, float | int] = {}
    for part, indices in parts(examples).items():
        figures = compare([examples[n] for n in indices], [readings[n] for n in indices])
        result |= {f"{part}_{name}": value for name, value in figures.items()}
    result["documents"] = len(articles)
    result["words_per_second"] = round(result["all_words"] / spent)
    result["words_per_cpu_second"] = round(result["all_words"] / spent_cpu)
    return result


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
