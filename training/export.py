"""Turns a checkpoint into the shipped model: `python -m training.export --checkpoint OUT [--data DIR] [--out DIR]`.

In: the folder that `training.fit` wrote. Out: `language.onnx` (fused attention, dynamic int8 weights per channel),
`language.json` (labels, sha256, version, figures) and `vocabulary.txt`; on standard output, JSON with how far ONNX is
from torch, the file's size, and with `--data` the figures on the dev sets. It does not put the model into the
package: copy the three files there.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import entities, syntax
from dragoman.language.models import FORMAT
from dragoman.language.network import MANIFEST, Network
from training import encoder
from training.batches import Encoding, Labels
from training.corpora import Example, read_split
from training.fit import masked_arcs, score, sizes_of
from training.graph import Ports, entry, export_graph, write
from training.network import LanguageNetwork, written_out

_PIECES, _WORDS = {0: "batch", 1: "pieces"}, {0: "batch", 1: "words"}
PORTS = Ports(
    inputs={"ids": _PIECES, "mask": _PIECES, "shapes": _PIECES, "first": _WORDS},
    outputs={
        **dict.fromkeys(("upos", "xpos", "heads", "relations"), _WORDS),
        "arcs": {**_WORDS, 2: "candidates"},
        **dict.fromkeys(("entities", "happened"), _WORDS),
    },
    scores=frozenset({"arcs", "entities", "happened"}),
)


class Shipped(nn.Module):
    """The network as the run-time wants it: choices made inside, scores only where decoding needs them.

    `heads` are the two best of each word (0 the root, else the word's number from 1), `relations` the best relation but
    `root` for each of the two.
    """

    def __init__(self, network: LanguageNetwork, root: int) -> None:
        super().__init__()
        self.network = network
        barred = torch.zeros(network.sizes.relations)
        barred[root] = -1e4
        self.barred: Tensor
        self.register_buffer("barred", barred)

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor, first: Tensor) -> tuple[Tensor, ...]:
        out = self.network(ids, mask, shapes, first)
        arcs = masked_arcs(out["arcs"], first)
        heads = torch.topk(arcs, 2, dim=-1).indices
        relations = self.network.labels(out["label_word"], out["label_head"], heads) + self.barred
        return (
            out["upos"].argmax(-1),
            out["xpos"].argmax(-1),
            heads,
            relations.argmax(-1),
            arcs,
            out["entities"],
            torch.sigmoid(out["happened"]),
        )


def restored(checkpoint: Path) -> tuple[LanguageNetwork, Labels, dict[str, Any]]:
    """The network of a checkpoint, its labels, and {step, settings}."""
    state = torch.load(checkpoint, weights_only=True)
    labels = Labels(**{name: tuple(values) for name, values in state["labels"].items()})
    rows, positions = (state["network"][f"encoder.{table}.weight"].shape[0] for table in ("words", "positions"))
    network = LanguageNetwork(sizes_of(labels), rows, positions)
    network.load_state_dict(state["network"])
    written_out(network)
    return network, labels, {"step": state["step"], "settings": state["settings"]}


def trial(encoding: Encoding) -> dict[str, Tensor]:
    """A small padded batch of our own words, to trace and compare with."""
    texts = ("The envoy left Ankara on 3 May .", "Talks resumed", "NATO would not send 1,200 more troops !")
    examples = []
    for text in texts:
        words = tuple(text.split())
        blank = ("_",) * len(words)
        examples.append(Example(text, words, blank, blank, (0,) * len(words), blank))
    batch = encoding.batch(examples)
    return {name: batch[name] for name in PORTS.inputs}


def export(checkpoint: Path, folder: Path, out: Path, version: str, data: Path | None = None) -> dict[str, Any]:
    """Write the model, its manifest and its vocabulary to `out`; gives the comparison, and the figures if `data`."""
    network, labels, origin = restored(checkpoint)
    encoder.fetch(folder)
    encoding = Encoding(encoder.vocabulary(folder), labels)
    shipped = Shipped(network, labels.relations.index("root")).eval()
    out.mkdir(parents=True, exist_ok=True)
    exported = export_graph(shipped, trial(encoding), PORTS, out / "language.onnx")
    shutil.copyfile(folder / "vocab.txt", out / "vocabulary.txt")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": "dragoman-language",
        "version": version,
        "licence": "CC-BY-SA-4.0",
        "origin": {"encoder": encoder.PACKAGE, "encoder_sha256": encoder.SHA256["model.safetensors"], **origin},
        "model": entry(out / "language.onnx"),
        "vocabulary": entry(out / "vocabulary.txt"),
        "labels": {
            "upos": labels.upos,
            "xpos": labels.xpos,
            "relations": labels.relations,
            "entities": labels.entities,
        },
    }
    write(out / MANIFEST, manifest)
    result = {**exported, **origin}
    if data is not None:
        manifest["figures"] = figures(out, data)
        write(out / MANIFEST, manifest)
        dev, _ = read_split(data, "dev")
        result |= {"torch_greedy": score(network, encoding, dev), "int8": manifest["figures"]}
    return {"bytes": manifest["model"]["bytes"], **result}


def figures(model: Path, data: Path) -> dict[str, float | int]:
    """The exported model's own figures on the dev sets, for its manifest; speeds are left out."""
    network = Network.load(model)
    trees, names = syntax.measure(data, network), entities.measure(data, network)
    wanted = ("upos", "xpos", "uas", "las")
    found = {f"{part}_{name}": trees[f"{part}_{name}"] for part in ("all", "ewt", "gum", "gum_news") for name in wanted}
    return found | {f"names_{kind}_f1": names[f"{kind}_f1"] for kind in ("all", "per", "loc", "org")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="the folder that training.fit wrote")
    parser.add_argument("--encoder", type=Path, help="where the encoder is kept (default: CHECKPOINT/encoder)")
    parser.add_argument("--out", type=Path, help="where the model goes (default: CHECKPOINT/model)")
    parser.add_argument("--data", type=Path, help="the data folder: also measure the model on its dev sets")
    parser.add_argument("--version", default="1", help="the model's own version, kept in the manifest")
    arguments = parser.parse_args()
    folder = arguments.checkpoint
    result = export(
        folder / "checkpoint.pt",
        arguments.encoder or folder / "encoder",
        arguments.out or folder / "model",
        arguments.version,
        arguments.data,
    )
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
