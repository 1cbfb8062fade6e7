"""Runs the language network: pre-tokenised sentences -> tags, trees, names and factuality.

In: sentences as sequences of words, one call an article. Out: one `Reading` a sentence. Needs onnxruntime, tokenizers
and numpy, no torch. The model is an int8 ONNX file with a JSON manifest (labels, sizes, sha256) and a vocabulary
beside it; `training/export.py` writes all three.

It does not split text into words, knows English only, and reads a sentence without its neighbours.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Traversable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from dragoman.errors import ModelError
from dragoman.language.decoding import Reading, Scores, Whole, allowed_steps, best_bio, best_tree, is_tree, stitched

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else onnxruntime writes a device id and reports its use

import onnxruntime

UNKNOWN, CLS, SEP, MASK = "[UNK]", "[CLS]", "[SEP]", "[MASK]"
MANIFEST = "language.json"
FORMAT = 1

# Of a very long word (an address, a hash) only the first pieces are read: one is pooled, the rest are context.
LONGEST_WORD = 16
LONGEST_SPELLING = 400
# Training sentences have at most 159 words; beyond this many pieces a sentence is cut.
LONGEST_WINDOW = 382
# Padded pieces a batch. Speed is flat from 256 to 1,024 (docs/models.md); memory grows with it.
BATCH = 512
# What starting a batch costs, in pieces (1.2 ms against 0.17 ms a piece when measured).
BATCH_COST = 8
# Words whose pieces are remembered; the memory is emptied when it is full.
REMEMBERED = 50_000
# A cut is looked for in the last part of a window, after one of these, or else where the window ends.
CUTS = frozenset(".;:!?,|\u2022\u2013\u2014-")

OTHER, LOWER, TITLE, UPPER, INITIAL, MIXED, DIGITS, ALNUM, SYMBOL, JOINED, CASELESS, DOTTED = range(12)


def word_shape(word: str) -> int:
    """One of 12 classes of spelling: the encoder is uncased, so that case reaches it only here.

    0 is for what is not a word. The meaning of the numbers is fixed by training.
    """
    if word.isalpha():
        if word.islower():
            return LOWER
        if word.isupper():
            return UPPER if len(word) > 1 else INITIAL
        if word[0].isupper() and word[1:].islower():
            return TITLE
        return MIXED if word.lower() != word.upper() else CASELESS
    letters = "".join(filter(str.isalpha, word))
    if not letters:
        return DIGITS if any(map(str.isdigit, word)) else SYMBOL
    if any(map(str.isdigit, word)):
        return ALNUM
    if letters.isupper():
        return DOTTED
    return LOWER if not word[0].isupper() else JOINED


def wordpieces(vocabulary: Mapping[str, int]) -> Tokenizer:
    """The encoder's own uncased word-piece splitter."""
    tokenizer = Tokenizer(WordPiece(dict(vocabulary), unk_token=UNKNOWN))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


class Network:
    """The language network, loaded once and used for any number of articles.

    The same sentences in one call give the same bytes, whatever was read before or after, because batches never
    cross a call: the int8 scales are taken over a batch, so the neighbours in a batch do matter. One object may not
    be used by two threads at a time.
    """

    def __init__(self, session: onnxruntime.InferenceSession, manifest: Mapping[str, Any], vocabulary: str) -> None:
        self.manifest = manifest
        self.upos: tuple[str, ...] = tuple(manifest["labels"]["upos"])
        self.xpos: tuple[str, ...] = tuple(manifest["labels"]["xpos"])
        self.relations: tuple[str, ...] = tuple(manifest["labels"]["relations"])
        self.entities: tuple[str, ...] = tuple(manifest["labels"]["entities"])
        self._session = session
        self._steps = allowed_steps(self.entities)
        pieces = {piece: number for number, piece in enumerate(vocabulary.splitlines())}
        self._unknown, self._cls, self._sep = pieces[UNKNOWN], pieces[CLS], pieces[SEP]
        self._tokenizer = wordpieces(pieces)
        self._known: dict[str, tuple[list[int], int]] = {}

    @classmethod
    def load(cls, path: Path | None = None, *, threads: int = 1) -> Network:
        """Load the shipped model, or the one in the folder `path`. Raises `ModelError` if it is missing or damaged."""
        folder: Traversable = files("dragoman").joinpath("models") if path is None else path
        try:
            manifest = json.loads(folder.joinpath(MANIFEST).read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT:
                raise ModelError(f"{folder}: model format {manifest['format']}, this release reads {FORMAT}")
            model = _checked(folder, manifest["model"])
            vocabulary = _checked(folder, manifest["vocabulary"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"the language model in {folder} cannot be read: {error}") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # Fused and optimised when it was exported; doing it again would only cost start-up time.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.use_deterministic_compute = True
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return cls(session, manifest, vocabulary.decode("utf-8"))

    @property
    def version(self) -> str:
        """The model's name and the first digits of its sha256, for the record."""
        return f"{self.manifest['version']}+{self.manifest['model']['sha256'][:12]}"

    def read(self, sentences: Sequence[Sequence[str]]) -> list[Reading]:
        """Read the sentences of one article: one `Reading` each, in their order.

        Batches (about 512 pieces, of like length) hold sentences of this call only, so that an article gives identical
        results alone and among others on one kind of CPU. Sentences of more than 382 pieces are cut at punctuation
        into consecutive windows, and their trees joined under the first root by `parataxis`: time is linear in the
        words, memory bounded. An empty sentence gives empty tuples; a word of no pieces is read as unknown.
        """
        pieces = [[self._pieces(word) for word in sentence] for sentence in sentences]
        windows: list[tuple[int, int, int, int]] = []
        for number, sentence in enumerate(pieces):
            for start, end in _windows([len(ids) for ids, _ in sentence], sentences[number]):
                windows.append((sum(len(ids) for ids, _ in sentence[start:end]) + 2, number, start, end))
        parts: list[list[tuple[int, Reading]]] = [[] for _ in pieces]
        for batch in _batches(sorted(windows)):
            rows = [pieces[number][start:end] for _, number, start, end in batch]
            for (_, number, start, _), reading in zip(batch, self._run(rows, batch[-1][0]), strict=True):
                parts[number].append((start, reading))
        empty = Reading((), (), (), (), (), ())
        return [
            stitched([reading for _, reading in sorted(found, key=lambda item: item[0])]) if found else empty
            for found in parts
        ]

    def _pieces(self, word: str) -> tuple[list[int], int]:
        """The piece ids of a word (at least one) and its shape."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            # Far more characters than the kept pieces can hold are not split; half a surrogate pair cannot be.
            word = word[:LONGEST_SPELLING].encode("utf-8", "replace").decode("utf-8")
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids[:LONGEST_WORD]
            known = self._known[word] = (ids or [self._unknown], word_shape(word) if word else OTHER)
        return known

    def _run(self, rows: list[list[tuple[list[int], int]]], longest: int) -> list[Reading]:
        size, words = len(rows), max(map(len, rows))
        ids = np.zeros((size, longest), np.int64)
        mask = np.zeros((size, longest), np.int64)
        shapes = np.zeros((size, longest), np.int64)
        first = np.zeros((size, words), np.int64)
        for row, sentence in enumerate(rows):
            flat, spelt, starts = [self._cls], [OTHER], []
            for numbers, shape in sentence:
                starts.append(len(flat))
                flat += numbers
                spelt += [shape] * len(numbers)
            flat.append(self._sep)
            ids[row, : len(flat)] = flat
            mask[row, : len(flat)] = 1
            shapes[row, : len(spelt)] = spelt
            first[row, : len(starts)] = starts
        names = ["upos", "xpos", "heads", "relations", "arcs", "entities", "happened"]
        feed = {"ids": ids, "mask": mask, "shapes": shapes, "first": first}
        out = dict(zip(names, self._session.run(names, feed), strict=True))
        return [self._decoded(out, row, len(sentence)) for row, sentence in enumerate(rows)]

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


def _checked(folder: Traversable, entry: Mapping[str, Any]) -> bytes:
    """The bytes of a file that the manifest names, if they are the ones."""
    content = folder.joinpath(entry["file"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ModelError(f"{entry['file']} in {folder} is not the file that the manifest names: its sha256 differs")
    return content


def _windows(lengths: Sequence[int], words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Consecutive (start, end) of words with at most `LONGEST_WINDOW` pieces, cut after punctuation where possible."""
    if not lengths:
        return
    start = used = 0
    for index, length in enumerate(lengths):
        if used + length > LONGEST_WINDOW:
            end = index
            for back in range(index - 1, start + (index - start) * 2 // 3, -1):
                if words[back] in CUTS:
                    end = back + 1
                    break
            yield start, end
            start, used = end, sum(lengths[end:index])
        used += length
    yield start, len(lengths)


def _batches(windows: list[tuple[int, int, int, int]]) -> Iterator[list[tuple[int, int, int, int]]]:
    """Groups of windows, given in order of length, of at most `BATCH` padded pieces each, and at least one window.

    A group also ends where going on would cost more padding than a batch of its own does (`BATCH_COST`).
    """
    group: list[tuple[int, int, int, int]] = []
    for window in windows:
        longer = window[0] - group[-1][0] if group else 0
        if group and (window[0] * (len(group) + 1) > BATCH or longer * len(group) > BATCH_COST):
            yield group
            group = []
        group.append(window)
    if group:
        yield group
