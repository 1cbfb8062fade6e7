"""The measures of coreference on worked examples, and the two benchmarks of actors on small files."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import actor_phrases, chains
from benchmarks.coreference import Partition, Score, b_cubed, best_pairs, ceaf_e, conll, muc, total

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder


def partition(*clusters: str) -> Partition:
    return [frozenset(cluster) for cluster in clusters]


def numbers(score: Score) -> tuple[float, float]:
    return round(score.recall, 4), round(score.precision, 4)


KEY = partition("12345", "67", "89ABC")


@pytest.mark.parametrize(
    ("response", "by_muc", "by_b_cubed", "by_ceaf"),
    [
        (KEY, (1, 1), (1, 1), (1, 1)),
        # Two entities run together: one link too many of ten (Bagga and Baldwin's first response).
        (partition("12345", "6789ABC"), (1, 0.9), (1, 0.7619), (0.6111, 0.9167)),
        # The two largest run together: the same for links, worse for mentions (their second response).
        (partition("1234589ABC", "67"), (1, 0.9), (1, 0.5833), (0.5556, 0.8333)),
        (partition(*"123456789ABC"), (0, 0), (0.25, 1), (0.4444, 0.1111)),
        # A mention that nobody found: nine of nine links left are right, one mention of twelve is lost.
        (partition("1234", "67", "89ABC"), (0.8889, 1), (0.85, 1), (0.963, 0.963)),
    ],
)
def test_worked_examples(
    response: Partition, by_muc: tuple[float, float], by_b_cubed: tuple[float, float], by_ceaf: tuple[float, float]
) -> None:
    assert numbers(muc(KEY, response)) == by_muc
    assert numbers(b_cubed(KEY, response)) == by_b_cubed
    assert numbers(ceaf_e(KEY, response)) == by_ceaf


def test_the_first_example_of_muc() -> None:
    assert numbers(muc(partition("ABCD"), partition("AB", "CD"))) == (0.6667, 1)


def test_nothing_is_nothing() -> None:
    for measure in (muc, b_cubed, ceaf_e):
        assert measure([], []).f1 == 0.0
        assert measure(KEY, []).f1 == 0.0


def test_documents_add_up_and_the_mean_is_of_three() -> None:
    halves = [muc(partition("ABCD"), partition("AB", "CD")), muc(partition("EF"), partition("EF"))]
    assert numbers(total(halves)) == (0.75, 1)
    scores = [measure(KEY, KEY) for measure in (muc, b_cubed, ceaf_e)]
    assert conll(scores) == 1.0


def test_best_pairs_are_the_best_of_all() -> None:
    dice = random.Random(7)
    for rows, columns in ((3, 3), (2, 4), (5, 3), (1, 1)):
        weights = [[dice.random() for _ in range(columns)] for _ in range(rows)]
        found = sum(weights[row][column] for row, column in best_pairs(weights))
        if rows <= columns:
            options = [list(enumerate(chosen)) for chosen in itertools.permutations(range(columns), rows)]
        else:
            options = [[(row, n) for n, row in enumerate(c)] for c in itertools.permutations(range(rows), columns)]
        assert found == pytest.approx(max(sum(weights[row][column] for row, column in option) for option in options))


ROWS = [
    ("Jaishankar met reporters in Delhi.", "Jaishankar", "2021-03-01", "IND", "GOV", "Subrahmanyam Jaishankar"),
    ("Sergey Lavrov flew to Hanoi.", "Sergey Lavrov", "2018-03-01", "RUS", "GOV", "Sergei Lavrov"),
    ("Envoys of the two Koreas talked.", "the two Koreas", "2018-03-01", "KOR+PRK", None, None),
    ("Chilean police arrested two men.", "Chilean police", "2018-03-01", "CHL", "COP", None),
    (
        "Former president Donald Trump spoke.",
        "Former president Donald Trump",
        "2022-03-01",
        "USA",
        "ELI",
        "Donald Trump",
    ),
    ("A wooden table fell over.", "A wooden table", "2022-03-01", None, None, None),
    ("Chilean police arrested two men.", "Chilean police", "2018-03-01", "PER", "COP", None),  # wrong on purpose
    ("Putin spoke.", "Putin", "2018-03-01", "RUS", "GOV", "Dmitry Medvedev"),  # wrong on purpose
]


def phrases(folder: Path) -> Path:
    lines = []
    for text, phrase, day, party, sector, person in ROWS:
        start = text.index(phrase)
        row = {"text": text, "phrase": phrase, "start": start, "end": start + len(phrase), "published": day}
        lines.append(json.dumps({**row, "party": party, "sector": sector, "person": person, "why": "sample"}))
    path = folder / "phrases.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_phrases_are_scored_in_their_sentence_and_alone(
    coder: Coder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = actor_phrases.measure(coder, phrases(tmp_path), errors=5)
    for way in ("sentence", "alone"):
        found = figures[way]
        assert (found["party"], found["sector"], found["person"], found["all"]) == (0.875, 1.0, 0.875, 0.75), way
        assert found["wrong"] == {"party": 1, "person": 1}
    assert (figures["phrases"], figures["with_person"]) == (8, 4)
    assert "Dmitry Medvedev" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "phrase", "sector", "right"),
    [
        ("The Peruvian police arrested two men.", "Peruvian police", "COP", True),  # an article is no difference
        ("Peru expelled two envoys.", "Peru", "GOV", True),  # a state by itself is its government
        ("Peru expelled two envoys.", "Peru", None, True),
        ("Peru expelled two envoys.", "Peru", "MIL", False),
        ("Gazprom closed two plants.", "Gazprom", "BUS", True),  # a company across borders is business
        ("British nurses walked out.", "British nurses", "HLH", True),  # as CAMEO calls them
        ("British nurses walked out.", "British nurses", "BUS", False),
        ("UN peacekeepers in Mali left their post.", "UN peacekeepers", "MIL", True),  # and more behind the phrase
    ],
)
def test_sectors_are_compared_by_what_they_mean(
    coder: Coder, text: str, phrase: str, sector: str | None, right: bool
) -> None:
    start = text.index(phrase)
    row = {"text": text, "start": start, "end": start + len(phrase), "published": "2018-03-01", "sector": sector}
    answer = actor_phrases.in_sentence(row, coder)
    found = actor_phrases.verdict({**row, "party": None, "person": None}, answer, coder.knowledge.offices)
    assert found["sector"] is right, answer


def test_a_phrase_out_of_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.jsonl"
    path.write_text(json.dumps({"text": "Putin spoke.", "phrase": "Putin", "start": 1, "end": 6}), encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        actor_phrases.read_rows(path)


# A document of our own in the form of GUM: persons 1 and 2, place 3; "his" is 1, "she" is 2.
DOCUMENT = """# newdoc id = GUM_news_sample
# meta::dateCreated = 2020-01-05
# newpar
# text = Mr Adam Oduya met Zuzana Brek in Lima.
1	Mr	Mr	PROPN	NNP	_	2	nmod:desc	_	Entity=(1-person-new-x-coref
2	Adam	Adam	PROPN	NNP	_	4	nsubj	_	_
3	Oduya	Oduya	PROPN	NNP	_	2	flat	_	Entity=1)
4	met	meet	VERB	VBD	_	0	root	_	_
5	Zuzana	Zuzana	PROPN	NNP	_	4	obj	_	Entity=(2-person-new-x-coref
6	Brek	Brek	PROPN	NNP	_	5	flat	_	Entity=2)
7	in	in	ADP	IN	_	8	case	_	_
8	Lima	Lima	PROPN	NNP	_	4	obl	_	Entity=(3-place-new-x-sgl)|SpaceAfter=No
9	.	.	PUNCT	.	_	4	punct	_	_

# text = He praised her work.
1	He	he	PRON	PRP	_	2	nsubj	_	Entity=(1-person-giv-x-ana)
2	praised	praise	VERB	VBD	_	0	root	_	_
3	her	her	PRON	PRP$	_	4	nmod:poss	_	Entity=(4-abstract-new-x-sgl(2-person-giv-x-ana)
4	work	work	NOUN	NN	_	2	obj	_	Entity=4)|SpaceAfter=No
5	.	.	PUNCT	.	_	2	punct	_	_
"""


def test_documents_are_put_together_with_their_mentions(tmp_path: Path) -> None:
    path = tmp_path / "sample.conllu"
    path.write_text(DOCUMENT, encoding="utf-8")
    (document,) = chains.read_documents(path)
    assert document.text == "Mr Adam Oduya met Zuzana Brek in Lima. He praised her work."
    assert document.published == "2020-01-05"
    told = [(gold.group, document.text[gold.start : gold.end], gold.word) for gold in document.mentions]
    assert told == [
        ("1", "Mr Adam Oduya", "adam"),
        ("2", "Zuzana Brek", "zuzana"),
        ("3", "Lima", "lima"),
        ("1", "He", "he"),
        ("2", "her", "her"),
    ]
    for gold in document.mentions:
        assert document.text[gold.head[0] : gold.head[1]].lower() == gold.word


def test_chains_are_scored_against_them(coder: Coder, tmp_path: Path) -> None:
    path = tmp_path / "sample.conllu"
    path.write_text(DOCUMENT, encoding="utf-8")
    figures = chains.measure(tmp_path, coder, path)
    assert (figures["documents"], figures["gold_mentions"], figures["aligned_mentions"]) == (1, 5, 5)
    assert figures["pronouns_he"] == {"pronouns": 1, "accuracy": 1.0, "precision": 1.0}
    assert figures["aligned"]["conll_f1"] == 1.0
