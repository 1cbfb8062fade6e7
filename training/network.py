"""The language network in torch: a MiniLM encoder with heads for tags, tree, names and factuality.

In: subword ids, attention mask, word shapes (one a subword) and the position of each word's first subword.
Out: scores a word. The encoder is written out here (BERT layers, Devlin et al. 2019) so that training needs no
transformers library; trees are scored by deep biaffine attention (Dozat and Manning 2017).

It is uncased: case reaches it only through the word-shape embedding. At most 512 subwords.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, LAYERS, ATTENTION_HEADS, INNER = 384, 6, 12, 1536
SHAPES = 12
MIXED_LAYERS = 4


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many labels each head tells apart, and the width of the biaffine spaces."""

    upos: int
    xpos: int
    relations: int
    entities: int
    arc: int = 256
    label: int = 128
    names: int = 192


class Layer(nn.Module):
    """One BERT layer. `explicit` writes the attention out, as the exporter's fusion wants to see it."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN)
        self.value = nn.Linear(HIDDEN, HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.norm_attention = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.norm_output = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.dropout = dropout
        self.explicit = False

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        batch, length = hidden.shape[0], hidden.shape[1]
        width = HIDDEN // ATTENTION_HEADS

        def split(x: Tensor) -> Tensor:
            return x.view(batch, length, ATTENTION_HEADS, width).transpose(1, 2)

        query, key, value = split(self.query(hidden)), split(self.key(hidden)), split(self.value(hidden))
        if self.explicit:
            scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(width) + bias
            mixed = torch.matmul(torch.softmax(scores, dim=-1), value)
        else:
            rate = self.dropout if self.training else 0.0
            mixed = functional.scaled_dot_product_attention(
                query, key, value, attn_mask=bias.to(query.dtype), dropout_p=rate
            )
        mixed = mixed.transpose(1, 2).reshape(batch, length, HIDDEN)
        drop = functional.dropout(self.attended(mixed), self.dropout, self.training)
        hidden = self.norm_attention(hidden + drop)
        drop = self.outer(functional.gelu(self.inner(hidden)))
        output: Tensor = self.norm_output(hidden + functional.dropout(drop, self.dropout, self.training))
        return output


def written_out(network: nn.Module) -> nn.Module:
    """The network in evaluation, with attention written out for the exporter's fusion."""
    network.eval()
    for module in network.modules():
        if isinstance(module, Layer):
            module.explicit = True
    return network


class Encoder(nn.Module):
    """MiniLM-L6; gives the hidden states of the last `MIXED_LAYERS` layers."""

    def __init__(self, vocabulary: int, positions: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, HIDDEN)
        self.positions = nn.Embedding(positions, HIDDEN)
        self.shapes = nn.Embedding(SHAPES, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.dropout = dropout
        nn.init.normal_(self.shapes.weight, std=0.01)

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor) -> list[Tensor]:
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.norm(self.words(ids) + self.positions(places)[None] + self.shapes(shapes))
        hidden = functional.dropout(hidden, self.dropout, self.training)
        bias = (1.0 - mask[:, None, None, :].to(torch.float32)) * -10000.0
        states = []
        for layer in self.layers:
            hidden = layer(hidden, bias)
            states.append(hidden)
        return states[-MIXED_LAYERS:]

    def load_minilm(self, weights: dict[str, Tensor]) -> None:
        """Take over the published weights; the token type of single texts is added to the position table."""
        state = {"words.weight": weights["embeddings.word_embeddings.weight"]}
        state["positions.weight"] = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][:1]
        )
        names = {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "attended": "attention.output.dense",
            "norm_attention": "attention.output.LayerNorm",
            "inner": "intermediate.dense",
            "outer": "output.dense",
            "norm_output": "output.LayerNorm",
        }
        for part in ("weight", "bias"):
            state[f"norm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
            for n in range(LAYERS):
                for ours, theirs in names.items():
                    state[f"layers.{n}.{ours}.{part}"] = weights[f"encoder.layer.{n}.{theirs}.{part}"]
        missing, unexpected = self.load_state_dict(state, strict=False)
        if unexpected or missing != ["shapes.weight"]:
            raise ValueError(f"encoder weights do not fit: missing {missing}, unexpected {unexpected}")


class Mix(nn.Module):
    """A learned weighted mean of layers, pooled at the first subword of each word."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(MIXED_LAYERS))

    def forward(self, states: list[Tensor]) -> Tensor:
        shares = torch.softmax(self.weights, dim=0)
        mixed = states[0] * shares[0]
        for n in range(1, MIXED_LAYERS):
            mixed = mixed + states[n] * shares[n]
        return mixed


def at_words(mixed: Tensor, first: Tensor) -> Tensor:
    """[B, T, H] subwords and [B, W] positions -> [B, W, H]."""
    return torch.gather(mixed, 1, first[:, :, None].expand(-1, -1, mixed.shape[2]))


class LanguageNetwork(nn.Module):
    """Encoder and heads. `first` is 0 for padding: subword 0 is [CLS], which stands for the root."""

    def __init__(self, sizes: Sizes, vocabulary: int, positions: int, dropout: float = 0.25) -> None:
        super().__init__()
        self.sizes = sizes
        self.encoder = Encoder(vocabulary, positions)
        self.mix = Mix()
        self.mix_names = Mix()
        self.upos = nn.Linear(HIDDEN, sizes.upos)
        self.xpos = nn.Linear(HIDDEN, sizes.xpos)
        self.happened = nn.Linear(HIDDEN, 1)
        self.names = nn.Linear(HIDDEN, sizes.names)
        self.entities = nn.Linear(sizes.names, sizes.entities)
        self.rough_entities = nn.Linear(sizes.names, sizes.entities)
        self.arc_word = nn.Linear(HIDDEN, sizes.arc)
        self.arc_head = nn.Linear(HIDDEN, sizes.arc)
        self.arc = nn.Linear(sizes.arc, sizes.arc + 1, bias=False)
        self.label_word = nn.Linear(HIDDEN, sizes.label)
        self.label_head = nn.Linear(HIDDEN, sizes.label)
        self.label = nn.Linear(sizes.label + 1, sizes.relations * (sizes.label + 1), bias=False)
        self.dropout = dropout
        nn.init.zeros_(self.arc.weight)
        nn.init.zeros_(self.label.weight)

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor, first: Tensor) -> dict[str, Tensor]:
        """Scores a word; the candidates for its head are the root and then the words in order."""
        states = self.encoder(ids, mask, shapes)
        mixed = self.mix(states)
        words = self._drop(at_words(mixed, first))
        names = self._drop(at_words(self.mix_names(states), first))
        names = self._drop(torch.tanh(self.names(names)))
        candidates = torch.cat([mixed[:, :1], at_words(mixed, first)], dim=1)
        candidates = self._drop(candidates)
        arc_word = self._drop(functional.gelu(self.arc_word(words)))
        arc_head = self._drop(functional.gelu(self.arc_head(candidates)))
        arcs = torch.matmul(self.arc(arc_word), with_one(arc_head).transpose(1, 2))
        return {
            "upos": self.upos(words),
            "xpos": self.xpos(words),
            "happened": self.happened(words)[..., 0],
            "entities": self.entities(names),
            "rough_entities": self.rough_entities(names),
            "arcs": arcs,
            "label_word": self._drop(functional.gelu(self.label_word(words))),
            "label_head": self._drop(functional.gelu(self.label_head(candidates))),
        }

    def labels(self, label_word: Tensor, label_head: Tensor, heads: Tensor) -> Tensor:
        """Relation scores [B, W, K, R] for the candidate heads [B, W, K]."""
        batch, length, kept = heads.shape
        width = self.sizes.label + 1
        flat = heads.reshape(batch, length * kept, 1).expand(-1, -1, width - 1)
        chosen = torch.gather(label_head, 1, flat).reshape(batch, length, kept, width - 1)
        spread = self.label(with_one(label_word)).reshape(batch, length, self.sizes.relations, width)
        return torch.matmul(spread, with_one(chosen).transpose(2, 3)).transpose(2, 3)

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


def with_one(x: Tensor) -> Tensor:
    """Append a constant 1, which gives a bilinear form its linear terms."""
    return functional.pad(x, (0, 1), value=1.0)
