"""One training run of any network: steps, schedule, checkpoints, log.

In: a network with its optimiser, and, from the subclass, the groups of an epoch and the losses of one group. Out:
`checkpoint.pt` (weights, optimiser, random state, position; written whole, then renamed) and `log.jsonl`. The same
seed, data, thread count and machine give the same run, whether or not it was interrupted: an epoch's order depends on
the seed and the epoch alone.
"""

from __future__ import annotations

import json
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

FROZEN = ("encoder.words.weight", "encoder.positions.weight")


def optimiser_of(network: nn.Module, rate: float, head_rate: float) -> torch.optim.Optimizer:
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


class Run(ABC):
    """A network being fitted, and where the run stands. Subclasses say what an epoch holds and what a group costs."""

    def __init__(
        self,
        network: nn.Module,
        *,
        rates: tuple[float, float],
        steps: int,
        warm_up: int,
        settings: Mapping[str, Any],
        labels: Mapping[str, Sequence[str]],
        out: Path,
    ) -> None:
        """`rates`: of the encoder and of the rest. `settings` must not change between a run and its continuation."""
        self.network = network
        self.optimiser = optimiser_of(network, *rates)
        self.rates = [group["lr"] for group in self.optimiser.param_groups]
        self.steps, self.warm_up = steps, warm_up
        self.settings_kept = dict(settings)
        self.labels_kept = {name: list(values) for name, values in labels.items()}
        self.step = self.epoch = self.position = 0
        self.path = out / "checkpoint.pt"
        self.log = out / "log.jsonl"
        network.train()

    @abstractmethod
    def groups(self, epoch: int) -> Sequence[Any]:
        """The groups of an epoch, in the order in which they are learned from."""

    @abstractmethod
    def losses(self, group: Any) -> tuple[int, Tensor, dict[str, float]]:
        """How many words a group has, its loss, and the loss by task."""

    @abstractmethod
    def check(self) -> None:
        """Measure on what is not learned from, and note it."""

    def resume(self) -> None:
        """Go on from the checkpoint. Raises `ValueError` if it was made with other settings."""
        state = torch.load(self.path, weights_only=True)
        if state["settings"] != self.settings_kept:
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
            "labels": self.labels_kept,
            "settings": self.settings_kept,
        }
        torch.save(state, temporary)
        os.replace(temporary, self.path)

    def note(self, **items: Any) -> None:
        """One JSON line to the log and to the terminal."""
        line = json.dumps(items)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        print(line, flush=True)

    def learn(self, group: Any) -> tuple[int, dict[str, float]]:
        """One step on one group: how many words, and the losses."""
        words, total, parts = self.losses(group)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call,unused-ignore]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        share = share_of_rate(self.step, self.warm_up, self.steps)
        for parameters, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            parameters["lr"] = rate * share
        self.optimiser.step()
        return words, parts

    def run(self, until: int | None = None, save: int = 100, check: int = 400) -> None:
        """Train up to step `until` (default: the end of the schedule)."""
        until = self.steps if until is None else until
        began, words, seen = time.perf_counter(), 0, []
        while self.step < until:
            groups = self.groups(self.epoch)
            while self.position < len(groups) and self.step < until:
                count, parts = self.learn(groups[self.position])
                self.step, self.position = self.step + 1, self.position + 1
                words += count
                seen.append(parts)
                if self.step % 20 == 0 or self.step == until:
                    spent = time.perf_counter() - began
                    self.note(step=self.step, epoch=self.epoch, words_per_second=round(words / spent), **_means(seen))
                    began, words, seen = time.perf_counter(), 0, []
                if self.step % save == 0 or self.step == until:
                    self.checkpoint()
                if self.step % check == 0:
                    self.check()
            if self.position >= len(groups):
                self.epoch, self.position = self.epoch + 1, 0


def _means(seen: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = sorted({name for parts in seen for name in parts})
    return {name: round(sum(p[name] for p in seen if name in p) / sum(name in p for p in seen), 4) for name in names}
