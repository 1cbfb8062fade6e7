"""The run-time of the language network, with the model that is shipped."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import ModelError
from dragoman.language import pieces as module
from dragoman.language.decoding import is_bio, is_tree
from dragoman.language.network import MANIFEST, Network
from dragoman.language.pieces import Window, word_shape

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "network.jsonl").read_text("utf-8").splitlines()
]
ARTICLE = [
    list(text.split())
    for text in (
        "The two presidents met in Nairobi on Friday .",
        "Neither side gave details .",
        "A spokeswoman for the ministry said that the border , closed since May , would open next week .",
    )
]
OTHER = [[*("word " * n).split(), "."] for n in (3, 9, 27, 81)]


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load()


def test_one_article_gives_the_same_alone_and_among_others(network: Network) -> None:
    alone = network.read(ARTICLE)
    network.read(OTHER)
    assert network.read(ARTICLE) == alone
    network.read([*OTHER, *ARTICLE])
    assert network.read(ARTICLE) == alone
    assert Network.load().read(ARTICLE) == alone


def test_every_sentence_gets_its_own_reading(network: Network) -> None:
    sentences = [*OTHER, *ARTICLE, ["Yes"]]
    random.Random(3).shuffle(sentences)
    for sentence, reading in zip(sentences, network.read(sentences), strict=True):
        assert {len(getattr(reading, name)) for name in reading.__slots__} == {len(sentence)}
        assert is_tree(reading.heads)
        assert is_bio(reading.entities)
        assert all(0 <= chance <= 1 for chance in reading.happened)
        assert [head < 0 for head in reading.heads] == [relation == "root" for relation in reading.relations]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_cases(network: Network, case: dict[str, Any]) -> None:
    words = case["text"].split()
    reading = network.read([words])[0]
    found = {
        (word, relation, words[head] if head >= 0 else "")
        for word, relation, head in zip(words, reading.relations, reading.heads, strict=True)
    }
    expected = case["expected"]
    assert {tuple(item) for item in expected["relations"]} <= found
    assert {tuple(item) for item in expected["xpos"]} <= set(zip(words, reading.xpos, strict=True))
    assert names(words, reading.entities) == [tuple(item) for item in expected["entities"]]


def names(words: list[str], labels: tuple[str, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word, label in zip(words, labels, strict=True):
        if label.startswith("B-"):
            found.append((word, label[2:]))
        elif label.startswith("I-"):
            found[-1] = (f"{found[-1][0]} {word}", label[2:])
    return found


@pytest.mark.parametrize(
    "sentence",
    [
        ["\U0001f600"],
        ["", "said", ""],
        [" ", "\t", "\u200b", "\u00ad"],
        ["\ud800"],
        ["\x00", "left"],
        ["\u202e", "\ufeff", "\ufffd"],
        ["\u5317\u4eac", "\u0645\u0635\u0631", "\u041c\u043e\u0441\u043a\u0432\u0430"],
        ["e\u0301" * 500],
        ["a" * 100_000, "." * 100_000],
        ["[MASK]", "[CLS]", "[SEP]", "[PAD]"],
    ],
    ids=["emoji", "empty", "blank", "surrogate", "zero", "marks", "scripts", "accents", "giant", "special"],
)
def test_strange_words_are_read(network: Network, sentence: list[str]) -> None:
    reading = network.read([sentence])[0]
    assert len(reading.upos) == len(sentence)
    assert is_tree(reading.heads)


def test_no_sentences_and_no_words(network: Network) -> None:
    assert network.read([]) == []
    empty, full = network.read([[], ["Yes"]])
    assert empty.heads == ()
    assert full.heads == (-1,)


def test_a_very_long_sentence_is_one_tree(network: Network) -> None:
    text = "The envoy , who had come from Oslo , left again , and nobody knew why ;"
    words = text.split() * 150
    reading = network.read([words])[0]
    assert len(reading.heads) == len(words)
    assert is_tree(reading.heads)
    assert reading.relations.count("root") == 1
    assert reading.relations.count("parataxis") >= len(words) // 382


@given(st.lists(st.integers(1, 16), max_size=2000), st.integers(1, 50))
def test_windows_cover_every_word_once(lengths: list[int], every: int) -> None:
    words = ["," if n % every == 0 else "word" for n in range(len(lengths))]
    at = 0
    for start, end in module.windows(lengths, words):
        assert start == at < end
        assert sum(lengths[start:end]) <= module.LONGEST_WINDOW
        at = end
    assert at == len(lengths)


def test_windows_end_at_punctuation() -> None:
    words = ["word"] * 300 + [";"] + ["word"] * 300
    assert list(module.windows([1] * 601, words)) == [(0, 301), (301, 601)]
    assert list(module.windows([1] * 500, ["word"] * 500)) == [(0, 382), (382, 500)]


@given(st.lists(st.integers(3, 384), max_size=200))
def test_batches_hold_every_window_once(lengths: list[int]) -> None:
    windows = [Window(length, number, 0, 1) for number, length in sorted((n, k) for k, n in enumerate(lengths))]
    groups = list(module.batches(windows))
    assert [window for group in groups for window in group] == windows
    assert all(len(group) == 1 or group[-1].pieces * len(group) <= module.BATCH for group in groups)


def test_the_memory_of_words_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    expected = network.read(ARTICLE)
    monkeypatch.setattr(module, "REMEMBERED", 4)
    small = Network.load()
    assert small.read(ARTICLE) == expected
    assert len(small._pieces._known) <= 4


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("talks", "LOWER"),
        ("Ankara", "TITLE"),
        ("NATO", "UPPER"),
        ("I", "INITIAL"),
        ("McCain", "MIXED"),
        ("1,200", "DIGITS"),
        ("F-16", "ALNUM"),
        ("--", "SYMBOL"),
        ("Al-Shabaab", "JOINED"),
        ("\u5317\u4eac", "CASELESS"),
        ("U.S.", "DOTTED"),
        ("pro-Western", "LOWER"),
    ],
)
def test_word_shape(word: str, shape: str) -> None:
    assert word_shape(word) == getattr(module, shape)


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        Network.load(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', "\x00"])
def test_a_broken_manifest_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        Network.load(tmp_path)


def test_another_format_is_told(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(ModelError, match="model format 99"):
        Network.load(tmp_path)


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    digest = "0" * 64
    entry = {"file": "language.onnx", "sha256": digest, "bytes": 3}
    manifest = {"format": 1, "model": entry, "vocabulary": entry}
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "language.onnx").write_bytes(b"abc")
    with pytest.raises(ModelError, match="sha256 differs"):
        Network.load(tmp_path)


def test_the_version_names_the_file(network: Network) -> None:
    assert network.version.endswith(network.manifest["model"]["sha256"][:12])
