"""Turns a checkpoint into the shipped model: `python -m training.export --checkpoint OUT [--data DIR] [--out DIR]`.

In: the folder that `training.fit` wrote. Out: `language.onnx` (fused attention, dynamic int8 weights per channel),
`language.json` (labels, sha256, version, figures) and `vocabulary.txt`; on standard output, JSON with how far ONNX is
from torch, the file's size, and with `--data` the figures on the dev sets. It raises `ExportError` when the fp32 graph
differs from torch by more than rounding. It does not put the model into the package: copy the three files there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import Tensor, nn

from benchmarks import entities, syntax
from dragoman.language.network import FORMAT, MANIFEST, Network
from training import encoder
from training.batches import Encoding, Labels
from training.corpora import Example, read_split
from training.fit import masked_arcs, score, sizes_of
from training.network import ATTENTION_HEADS, HIDDEN, LAYERS, LanguageNetwork, Layer

INPUTS = ("ids", "mask", "shapes", "first")
OUTPUTS = ("upos", "xpos", "heads", "relations", "arcs", "entities", "happened")
OPSET = 17


class ExportError(RuntimeError):
    """The exported graph is not what it should be."""


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
    network.eval()
    for module in network.modules():
        if isinstance(module, Layer):
            module.explicit = True
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
    return {name: batch[name] for name in INPUTS}


def traced(network: nn.Module, batch: dict[str, Tensor], path: Path) -> None:
    """Write the fp32 graph, with free batch, piece and word axes."""
    pieces, words = {0: "batch", 1: "pieces"}, {0: "batch", 1: "words"}
    axes = {"ids": pieces, "mask": pieces, "shapes": pieces, "first": words}
    axes |= {name: dict(words) for name in OUTPUTS}
    axes["arcs"] = {**words, 2: "candidates"}
    torch.onnx.export(
        network,
        tuple(batch[name] for name in INPUTS),
        str(path),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )


def fused(source: Path, target: Path) -> dict[str, int]:
    """Fuse attention, layer norms and GELU; gives the number of each. Raises `ExportError` if attention stays apart."""
    options = FusionOptions("bert")
    model = optimizer.optimize_model(
        str(source), "bert", ATTENTION_HEADS, HIDDEN, optimization_options=options, opt_level=0
    )
    counts = {name: int(count) for name, count in model.get_fused_operator_statistics().items() if count}
    if counts.get("Attention", 0) != LAYERS:
        raise ExportError(f"attention fused {counts.get('Attention', 0)} times, {LAYERS} expected")
    unskipped(model.model.graph)
    model.save_model_to_file(str(target))
    return counts


def unskipped(graph: onnx.GraphProto) -> None:
    """Put sum and layer norm apart again, in place.

    Measured with onnxruntime 1.32 on 500 pieces: 1.08 ms a SkipLayerNormalization, 0.19 ms an Add and a
    LayerNormalization. Attention is found only while they are fused, hence the detour.
    """
    nodes = []
    for node in graph.node:
        if node.op_type != "SkipLayerNormalization":
            nodes.append(node)
            continue
        left, right, gamma, beta, *bias = node.input
        total = f"{node.output[0]}_sum"
        if bias:
            biased = f"{node.output[0]}_biased"
            nodes.append(onnx.helper.make_node("Add", [left, bias[0]], [biased], name=f"{node.name}_bias"))
            left = biased
        nodes.append(onnx.helper.make_node("Add", [left, right], [total], name=f"{node.name}_add"))
        epsilon = next(item.f for item in node.attribute if item.name == "epsilon")
        nodes.append(
            onnx.helper.make_node(
                "LayerNormalization", [total, gamma, beta], [node.output[0]], name=node.name, axis=-1, epsilon=epsilon
            )
        )
    del graph.node[:]
    graph.node.extend(nodes)


def quantised(source: Path, target: Path) -> None:
    """Dynamic int8, weights per channel, then the run-time's own fusions, so that loading needs none."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "int8.onnx"
        quantize_dynamic(
            source,
            plain,
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(target)
        onnxruntime.InferenceSession(
            str(plain), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )


def outputs(model: Path, batch: dict[str, Tensor]) -> dict[str, Any]:
    """What a graph gives for a batch."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    values = session.run(list(OUTPUTS), {name: batch[name].numpy() for name in INPUTS})
    return dict(zip(OUTPUTS, values, strict=True))


def differences(expected: dict[str, Any], actual: dict[str, Any]) -> dict[str, float]:
    """The greatest difference of scores, and the share of choices that differ."""
    found = {}
    for name in OUTPUTS:
        if name in ("arcs", "entities", "happened"):
            found[name] = float(np.abs(expected[name] - actual[name]).max())
        else:
            found[name] = float((expected[name] != actual[name]).mean())
    return found


def export(checkpoint: Path, folder: Path, out: Path, version: str, data: Path | None = None) -> dict[str, Any]:
    """Write the model, its manifest and its vocabulary to `out`; gives the comparison, and the figures if `data`."""
    network, labels, origin = restored(checkpoint)
    encoder.fetch(folder)
    encoding = Encoding(encoder.vocabulary(folder), labels)
    shipped = Shipped(network, labels.relations.index("root")).eval()
    batch = trial(encoding)
    with torch.no_grad():
        expected = dict(zip(OUTPUTS, (value.numpy() for value in shipped(*batch.values())), strict=True))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        plain, joined, small = (Path(place) / f"{name}.onnx" for name in ("plain", "fused", "small"))
        traced(shipped, batch, plain)
        counts = fused(plain, joined)
        against_torch = differences(expected, outputs(joined, batch))
        if max(against_torch[name] for name in ("arcs", "entities", "happened")) > 1e-2:
            raise ExportError(f"the fp32 graph differs from torch: {against_torch}")
        quantised(joined, small)
        int8 = differences(expected, outputs(small, batch))
        shutil.copyfile(small, out / "language.onnx")
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
    result = {"fused": counts, "fp32_from_torch": against_torch, "int8_from_torch": int8, **origin}
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


def write(path: Path, manifest: dict[str, Any]) -> None:
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def entry(path: Path) -> dict[str, Any]:
    """A file's line in the manifest."""
    content = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


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
