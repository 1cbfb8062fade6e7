"""Runs the language network: pre-tokenised sentences -> tags, trees, names and factuality.

In: sentences as sequences of words, one call an article. Out: one `Reading` a sentence. Needs onnxruntime, tokenizers
and numpy, no torch. The model is an int8 ONNX file with a JSON manifest (labels, sizes, sha256) and a vocabulary
beside it; `training/export.py` writes all three.

It does not split text into words, knows English only, and reads a sentence without its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dragoman.language.decoding import Reading, Scores, Whole, allowed_steps, best_bio, best_tree, is_tree, stitched
from dragoman.language.models import Model, load_model
from dragoman.language.pieces import Pieces

MANIFEST = "language.json"
_OUTPUTS = ["upos", "xpos", "heads", "relations", "arcs", "entities", "happened"]


class Network:
    """The language network, loaded once and used for any number of articles.

    The same sentences in one call give the same bytes, whatever was read before or after, because batches never
    cross a call: the int8 scales are taken over a batch, so the neighbours in a batch do matter. One object may not
    be used by two threads at a time.
    """

    def __init__(self, model: Model) -> None:
        labels = model.manifest["labels"]
        self.manifest = model.manifest
        self.version = model.version
        self.upos: tuple[str, ...] = tuple(labels["upos"])
        self.xpos: tuple[str, ...] = tuple(labels["xpos"])
        self.relations: tuple[str, ...] = tuple(labels["relations"])
        self.entities: tuple[str, ...] = tuple(labels["entities"])
        self._session = model.session
        self._steps = allowed_steps(self.entities)
        self._pieces = Pieces(model.vocabulary)

    @classmethod
    def load(cls, path: Path | None = None, *, threads: int = 1) -> Network:
        """Load the shipped model, or the one in the folder `path`. Raises `ModelError` if it is missing or damaged."""
        return cls(load_model(MANIFEST, path, threads=threads))

    def read(self, sentences: Sequence[Sequence[str]]) -> list[Reading]:
        """Read the sentences of one article: one `Reading` each, in their order.

        Batches (about 512 pieces, of like length) hold sentences of this call only, so that an article gives identical
        results alone and among others on one kind of CPU. Sentences of more than 382 pieces are cut at punctuation
        into consecutive windows, and their trees joined under the first root by `parataxis`: time is linear in the
        words, memory bounded. An empty sentence gives empty tuples; a word of no pieces is read as unknown.
        """
        parts: list[list[tuple[int, Reading]]] = [[] for _ in sentences]
        for batch, feed in self._pieces.batched(sentences):
            out = dict(zip(_OUTPUTS, self._session.run(_OUTPUTS, feed), strict=True))
            for row, window in enumerate(batch):
                parts[window.sentence].append((window.start, self._decoded(out, row, window.end - window.start)))
        empty = Reading((), (), (), (), (), ())
        return [
            stitched([reading for _, reading in sorted(found, key=lambda item: item[0])]) if found else empty
            for found in parts
        ]

    def _decoded(self, out: Mapping[str, Any], row: int, words: int) -> Reading:
        heads, relations = self._tree(
            out["heads"][row, :words], out["relations"][row, :words], out["arcs"][row, :words, : words + 1]
        )
        return Reading(
            tuple([self.upos[n] for n in out["upos"][row, :words].tolist()]),
            tuple([self.xpos[n] for n in out["xpos"][row, :words].tolist()]),
            tuple(heads),
            tuple(relations),
            tuple(best_bio(out["entities"][row, :words], self.entities, self._steps)),
            tuple(out["happened"][row, :words].astype(np.float64).round(4).tolist()),
        )

    def _tree(self, tops: Whole, relations: Whole, arcs: Scores) -> tuple[list[int], list[str]]:
        """Heads and relations: the greedy ones, or the best tree's where they are no tree.

        The graph labels each word's two best heads. A word that the best tree hangs elsewhere keeps the
        relation to the best of the two that is not the root.
        """
        heads: list[int] = (tops[:, 0] - 1).tolist()
        names = [self.relations[n] for n in relations[:, 0].tolist()]
        if not is_tree(heads):
            for word, head in enumerate(best_tree(arcs).tolist()):
                if head != heads[word]:
                    kept = 1 if head + 1 == tops[word, 1] or tops[word, 0] == 0 else 0
                    names[word] = self.relations[int(relations[word, kept])]
                    heads[word] = head
        return heads, ["root" if head < 0 else name for head, name in zip(heads, names, strict=True)]
