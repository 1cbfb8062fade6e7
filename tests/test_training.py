"""Training: the readers of the sets on small texts of our own; batches and schedule where torch is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import entities, syntax
from dragoman.language.decoding import Reading
from training.corpora import (
    CorpusError,
    Example,
    mentions,
    name_spans,
    read_happened,
    read_names,
    read_split,
    read_trees,
    repair_bio,
    rough_names,
)

TREE = """# newdoc id = d
# sent_id = d-1
# text = Envoys won't go to Oslo.
1\tEnvoys\tenvoy\tNOUN\tNNS\t_\t4\tnsubj\t_\t_
2-3\twon't\t_\t_\t_\t_\t_\t_\t_\t_
2\two\twill\tAUX\tMD\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_
4.1\tgo\tgo\tVERB\tVB\t_\t_\t_\t_\t_
5\tto\tto\tADP\tIN\t_\t6\tcase\t_\t_
6\tOslo\tOslo\tPROPN\tNNP\t_\t4\tobl\t_\tSpaceAfter=No
7\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_
"""
WORDS = ("Envoys", "wo", "n't", "go", "to", "Oslo", ".")
NAMES = "# sent_id = d-1\n# text = x\n" + "".join(
    f"{n}\t{word}\t{'B-LOC' if word == 'Oslo' else 'O'}\t-\t-\n" for n, word in enumerate(WORDS, 1)
)
VOTES = [
    {"split": "train", "sent_id": "d-1", "token": 4, "form": "go", "annotations": [[0, 4], [1, 1]]},
    {"split": "dev", "sent_id": "d-1", "token": 1, "form": "Envoys", "annotations": [[1, 4]]},
    {"split": "train", "sent_id": "d-1", "token": 5, "form": "to", "annotations": [[1, 0]]},
]


def folder(path: Path, tree: str = TREE, names: str = NAMES) -> Path:
    for part in ("train", "dev"):
        write(path / "syntax" / f"{part}.conllu", tree)
        write(path / "ner" / f"uner_ewt_{part}.iob2", names)
    write(path / "realis" / "uds_factuality.jsonl", "".join(json.dumps(row) + "\n" for row in VOTES))
    return path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_trees_are_read_without_surface_forms_and_empty_nodes(tmp_path: Path) -> None:
    (example,) = read_trees(write(tmp_path / "t.conllu", TREE))
    assert example.name == "d-1"
    assert example.words == WORDS
    assert example.heads == (4, 4, 4, 0, 6, 4, 4)
    assert example.relations[:4] == ("nsubj", "aux", "advmod", "root")
    assert example.xpos[3] == "VB"
    assert example.rough_entities is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\t_\t_\n2-3", "\t_\n2-3", "9 columns"),
        ("7\t.", "8\t.", "not numbered"),
        ("\t4\tnsubj", "\tx\tnsubj", "not a number"),
        ("\t4\tnsubj", "\t9\tnsubj", "outside"),
        ("\t4\tnsubj", "\t0\tnsubj", "2 roots"),
    ],
)
def test_broken_trees_are_told_with_their_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = write(tmp_path / "t.conllu", TREE.replace(old, new))
    with pytest.raises(CorpusError, match=rf"t\.conllu:\d+: .*{told}"):
        read_trees(path)


def test_names_are_read_and_other_kinds_dropped(tmp_path: Path) -> None:
    text = NAMES.replace("Envoys\tO", "Envoys\tB-OTH").replace("go\tO", "go\tB-O").replace("to\tO", "to\tI-PER")
    words, labels = read_names(write(tmp_path / "n.iob2", text))["d-1"]
    assert words == WORDS
    assert labels == ("O", "O", "O", "O", "B-PER", "B-LOC", "O")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("B-LOC", "B-GPE", "unknown label"), ("# sent_id = d-1\n", "", "no sent_id"), ("1\tEnvoys\tO", "Envoys O", "not")],
)
def test_broken_names_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(CorpusError, match=told):
        read_names(write(tmp_path / "n.iob2", NAMES.replace(old, new, 1)))


def test_votes_are_weighted_by_confidence(tmp_path: Path) -> None:
    found = read_happened(folder(tmp_path) / "realis" / "uds_factuality.jsonl", "train")
    assert found == {"d-1": ((3, 0.2, 0.625),)}


def test_broken_votes_are_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"v\.jsonl:1"):
        read_happened(write(tmp_path / "v.jsonl", '{"split": "train"}\n'), "train")


def test_a_split_joins_the_three_sets(tmp_path: Path) -> None:
    (example,), unfit = read_split(folder(tmp_path), "train")
    assert unfit == 0
    assert example.entities == ("O", "O", "O", "O", "O", "B-LOC", "O")
    assert example.happened == ((3, 0.2, 0.625),)


def test_names_of_other_words_are_left_out_and_counted(tmp_path: Path) -> None:
    (example,), unfit = read_split(folder(tmp_path, names=NAMES.replace("Oslo", "Bergen")), "train")
    assert unfit == 1
    assert example.entities is None


def row(number: int, word: str, tag: str, head: int, misc: str = "_") -> list[str]:
    return [str(number), word, word, "_", tag, "_", str(head), "_", "_", misc]


def test_names_from_mentions_are_cut_to_the_proper_nouns() -> None:
    rows = [
        row(1, "the", "DT", 3, "Entity=(1-person-new-cf1-2-sgl"),
        row(2, "old", "JJ", 3),
        row(3, "Anna", "NNP", 8),
        row(4, "Berg", "NNP", 3),
        row(5, "from", "IN", 7),
        row(6, "the", "DT", 7, "Entity=(2-organization-new-cf2-2-sgl"),
        row(7, "Bank", "NNP", 3),
        row(8, "of", "IN", 9),
        row(9, "Chad", "NNP", 7, "Entity=(3-place-new-cf3-1-sgl)2)1)"),
        row(10, "left", "VBD", 0),
        row(11, "quickly", "RB", 10, "Entity=(4-event-new-cf4-1-sgl)"),
    ]
    assert mentions(rows) == [(0, 8, "person"), (5, 8, "organization"), (8, 8, "place"), (10, 10, "event")]
    rows[2][6] = "10"
    expected = ["O", "O", "B-PER", "I-PER", "O", "O", "B-ORG", "I-ORG", "I-ORG", "O", "O"]
    assert list(rough_names(rows)) == expected


def test_a_mention_headed_by_a_common_noun_is_no_name() -> None:
    rows = [row(1, "Bonn", "NNP", 2, "Entity=(1-place-new-cf1-1-sgl"), row(2, "suburb", "NN", 0, "Entity=1)")]
    assert rough_names(rows) == ("O", "O")


def test_bio_is_repaired_and_read() -> None:
    assert repair_bio(["I-PER", "I-PER", "I-LOC", "O", "I-LOC"]) == ["B-PER", "I-PER", "B-LOC", "O", "B-LOC"]
    assert name_spans(["B-PER", "I-PER", "B-PER", "O", "B-LOC"]) == {(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")}


def gold(name: str) -> Example:
    return Example(name, ("A", "b"), ("X", "Y"), ("P", "Q"), (2, 0), ("nsubj", "root"))


def test_trees_are_scored_by_word() -> None:
    reading = Reading(("X", "Z"), ("P", "Q"), (1, -1), ("obj", "root"), ("O", "O"), (0.0, 0.0))
    figures = syntax.compare([gold("d-1")], [reading])
    assert figures == {"sentences": 1, "words": 2, "upos": 50.0, "xpos": 100.0, "uas": 100.0, "las": 50.0}


def test_a_right_relation_to_a_wrong_head_is_wrong() -> None:
    reading = Reading(("X", "Y"), ("P", "Q"), (-1, 0), ("nsubj", "root"), ("O", "O"), (0.0, 0.0))
    figures = syntax.compare([gold("d-1")], [reading])
    assert (figures["uas"], figures["las"]) == (0.0, 0.0)


def test_documents_and_parts_are_told_by_the_sentence_ids() -> None:
    examples = [gold(name) for name in ("blog-1", "blog-2", "GUM_news_x-1", "GUM_bio_y-1")]
    assert [len(document) for document in syntax.documents(examples)] == [2, 1, 1]
    assert syntax.parts(examples) == {"all": [0, 1, 2, 3], "ewt": [0, 1], "gum": [2, 3], "gum_news": [2]}


def test_names_are_scored_by_exact_span_and_type() -> None:
    figures = entities.compare([["B-PER", "I-PER", "B-LOC"], ["B-ORG"]], [["B-PER", "I-PER", "B-ORG"], ["O"]])
    assert (figures["all_gold"], figures["all_found"]) == (3, 2)
    assert (figures["all_precision"], figures["all_recall"], figures["all_f1"]) == (50.0, 33.33, 40.0)
    assert (figures["per_f1"], figures["loc_f1"], figures["org_f1"]) == (100.0, 0.0, 0.0)


def test_groups_depend_on_the_seed_alone_and_hold_all() -> None:
    pytest.importorskip("torch", reason="torch is not installed: batches are not tested")
    import numpy as np

    from training.batches import grouped

    lengths = [3 + n % 40 for n in range(200)]
    first = grouped(lengths, 120, np.random.default_rng((1, 2)))
    assert first == grouped(lengths, 120, np.random.default_rng((1, 2)))
    assert first != grouped(lengths, 120, np.random.default_rng((1, 3)))
    assert sorted(index for group in first for index in group) == list(range(200))
    assert all(max(lengths[i] for i in group) * len(group) <= 120 for group in first)


def test_augmentation_keeps_all_layers_in_step() -> None:
    pytest.importorskip("torch", reason="torch is not installed: augmentation is not tested")
    import numpy as np

    from training.batches import augmented

    example = Example(
        "d-1", ("A", "b", "."), ("X", "VERB", "PUNCT"), ("P", "Q", "."), (2, 0, 2), ("nsubj", "root", "punct")
    )
    seen = set()
    for seed in range(300):
        changed = augmented(example, np.random.default_rng(seed))
        assert len(changed.words) == len(changed.upos) == len(changed.heads) == len(changed.relations)
        seen.add(changed.words)
    assert {("A", "b", "."), ("A", "B", "."), ("a", "b", "."), ("A", "b")} <= seen


def test_the_rate_rises_and_falls_to_nothing() -> None:
    pytest.importorskip("torch", reason="torch is not installed: the schedule is not tested")
    from training.run import share_of_rate

    rates = [share_of_rate(step, 10, 100) for step in range(101)]
    assert rates[0] == 0.1
    assert max(rates) == 1.0
    assert rates[100] == 0.0


def test_own_words_and_padding_cannot_be_heads() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: masks are not tested")
    from training.fit import masked_arcs

    arcs = masked_arcs(torch.zeros(1, 3, 4), torch.tensor([[1, 2, 0]]))
    assert (arcs[0] == 0).tolist() == [
        [True, False, True, False],
        [True, True, False, False],
        [True, True, True, False],
    ]


def test_an_interrupted_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: resuming is not tested")
    from training.fit import Fit, Settings

    train = read_trees(write(tmp_path / "t.conllu", TREE + "\n" + TREE.replace("\tOslo", "\tLima") + "\n" + TREE))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "envoys", "go", "to", "oslo", "."]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    settings = Settings(steps=5, warm_up=2, budget=20)
    whole, first, second = (
        Fit(settings, train, vocabulary, None, write(tmp_path / name / "x", "").parent) for name in ("a", "b", "b")
    )
    torch.manual_seed(7)
    whole.run(save=5)
    torch.manual_seed(7)
    first.run(until=2)
    torch.manual_seed(99)
    second.resume()
    second.run()
    assert (second.step, second.epoch, second.position) == (whole.step, whole.epoch, whole.position)
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name
    with pytest.raises(ValueError, match="other settings"):
        Fit(Settings(steps=6), train, vocabulary, None, tmp_path / "b").resume()
