"""Turns a checkpoint into the shipped event model: `python -m training.event_export --checkpoint OUT [--out DIR]`.

In: the folder that `training.event_fit` wrote. Out: `events.onnx` (fused attention, int8) and `events.json` (labels,
sha256, version); the vocabulary is that of the language network. On standard output, JSON with how far ONNX is from
torch. Calibration is added by `training.calibrate`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from dragoman.language.event_network import MANIFEST
from dragoman.language.marks import marked
from dragoman.language.models import FORMAT
from training import encoder
from training.batches import Encoding
from training.event_batches import EventLabels
from training.event_fit import BLANK, sizes_of
from training.event_network import EventNetwork
from training.graph import Ports, entry, export_graph, write
from training.network import written_out

_PIECES, _WORDS, _ROWS = {0: "batch", 1: "pieces"}, {0: "batch", 1: "words"}, {0: "batch"}
_BY_WORD = ("category", "modes", "action", "contexts", "about", "status", "flags")
_BY_PAIR = ("pair_category", "pair_modes", "pair_action")
PORTS = Ports(
    inputs={"ids": _PIECES, "mask": _PIECES, "shapes": _PIECES, "first": _WORDS, "marks": _ROWS},
    outputs={
        **dict.fromkeys(_BY_WORD, _WORDS),
        "roles": {0: "batch", 2: "triggers", 3: "words"},
        **dict.fromkeys(_BY_PAIR, _ROWS),
    },
    scores=frozenset((*_BY_WORD, "roles", *_BY_PAIR)),
)
_SOFT = ("category", "action", "about", "status", "pair_category", "pair_action")


class Shipped(nn.Module):
    """The network as the run-time wants it: probabilities instead of scores, in the order of the outputs."""

    def __init__(self, network: EventNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor, first: Tensor, marks: Tensor) -> tuple[Tensor, ...]:
        out = self.network(ids, mask, shapes, first, marks)
        return tuple(
            torch.softmax(out[name], -1) if name in _SOFT else torch.sigmoid(out[name]) for name in PORTS.outputs
        )


def restored(checkpoint: Path) -> tuple[EventNetwork, EventLabels, dict[str, Any]]:
    """The network of a checkpoint, its labels, and {step, settings}."""
    state = torch.load(checkpoint, weights_only=True)
    labels = EventLabels(**{name: tuple(values) for name, values in state["labels"].items()})
    rows, positions = (state["network"][f"encoder.{table}.weight"].shape[0] for table in ("words", "positions"))
    network = EventNetwork(sizes_of(labels), rows, positions)
    network.load_state_dict(state["network"])
    written_out(network)
    return network, labels, {"step": state["step"], "settings": state["settings"]}


def trial(encoding: Encoding) -> dict[str, Tensor]:
    """A small padded batch of our own words, one of them with a marked pair, to trace and compare with."""
    texts = (
        "The envoy left Ankara on 3 May .",
        "Talks resumed",
        "Oslo told Lima that it would not send 1,200 troops !",
    )
    sentences = [tuple(text.split()) for text in texts]
    sentences[2], places = marked(sentences[2], (0, 1), (2, 3))
    arrays = {name: torch.from_numpy(array) for name, array in encoding.inputs(sentences).items()}
    marks = torch.zeros((len(texts), 2), dtype=torch.int64)
    marks[2] = arrays["first"][2][list(places)]
    return {**arrays, "marks": marks}


def export(checkpoint: Path, folder: Path, out: Path, version: str) -> dict[str, Any]:
    """Write the model and its manifest to `out`; gives the comparison with torch."""
    network, labels, origin = restored(checkpoint)
    encoder.fetch(folder)
    encoding = Encoding(encoder.vocabulary(folder), BLANK)
    out.mkdir(parents=True, exist_ok=True)
    exported = export_graph(Shipped(network).eval(), trial(encoding), PORTS, out / "events.onnx")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": "dragoman-events",
        "version": version,
        "licence": "CC-BY-SA-4.0",
        "origin": {"encoder": encoder.PACKAGE, "encoder_sha256": encoder.SHA256["model.safetensors"], **origin},
        "model": entry(out / "events.onnx"),
        "vocabulary": {**entry(folder / "vocab.txt"), "file": "vocabulary.txt"},
        "labels": {
            "categories": labels.categories,
            "modes": labels.modes,
            "actions": labels.actions,
            "contexts": labels.contexts,
            "statuses": labels.statuses,
        },
    }
    write(out / MANIFEST, manifest)
    return {"bytes": manifest["model"]["bytes"], **exported, **origin}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="the folder that training.event_fit wrote")
    parser.add_argument("--encoder", type=Path, help="where the encoder is kept (default: CHECKPOINT/encoder)")
    parser.add_argument("--out", type=Path, help="where the model goes (default: CHECKPOINT/model)")
    parser.add_argument("--version", default="1", help="the model's own version, kept in the manifest")
    arguments = parser.parse_args()
    folder = arguments.checkpoint
    result = export(
        folder / "checkpoint.pt",
        arguments.encoder or folder / "encoder",
        arguments.out or folder / "model",
        arguments.version,
    )
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
