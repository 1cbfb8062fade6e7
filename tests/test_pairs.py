"""The classifier of given pairs: requests as users write them, the Python function, the command."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.coding.pairs import PairClassifier
from dragoman.errors import UsageError
from dragoman.reading.pairs import PairRequest, read_pairs, span_of
from dragoman.reading.rejects import Reject

TEXT = "Norway's navy seized a Belarusian trawler off Svalbard on Monday."


@pytest.fixture(scope="module")
def classifier() -> PairClassifier:
    return PairClassifier.load()


def test_probabilities_are_those_of_one_pair(classifier: PairClassifier) -> None:
    found = classifier.classify(TEXT, (0, 13), (21, 41))
    assert found.event == next(iter(found.categories))
    assert sum(found.categories.values()) + found.nothing == pytest.approx(1.0, abs=1e-4)
    assert list(found.categories.values()) == sorted(found.categories.values(), reverse=True)
    assert found.quad == classifier.ontology.quad(found.event)
    for shares in found.actions.values():
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-4)


def test_who_acts_on_whom_matters(classifier: PairClassifier) -> None:
    text = "Peru praised Bolivia, and Bolivia condemned Chile."
    assert classifier.classify(text, (0, 4), (13, 20)).event == "SUPPORT"
    assert classifier.classify(text, (26, 33), (44, 49)).event == "ACCUSE"


def test_the_same_pair_gives_the_same_bytes_in_any_company(classifier: PairClassifier) -> None:
    alone = classifier.classify(TEXT, (0, 13), (21, 41))
    classifier.classify("Chad and Sudan met. " * 40, (0, 4), (9, 14))
    assert classifier.classify(TEXT, (0, 13), (21, 41)) == alone


def test_one_party_alone_is_enough(classifier: PairClassifier) -> None:
    found = classifier.classify("Police arrested forty students in Dhaka.", (0, 6), None)
    assert found.event == "COERCE"


def test_roots_of_a_dialect_add_up_too(classifier: PairClassifier) -> None:
    found = classifier.classify(TEXT, (0, 13), (21, 41))
    roots = classifier.roots(found, classifier.ontology.dialect("zsp"))
    assert sum(roots.values()) == pytest.approx(sum(found.categories.values()), abs=1e-4)
    assert "RETREAT" not in roots


def test_a_very_long_sentence_is_cut_around_the_parties(classifier: PairClassifier) -> None:
    filler = ", and the harbour was full of boats" * 90
    text = f"It was a cold day{filler}, when Norway arrested Belarusian sailors{filler}."
    start = text.index("Norway")
    found = classifier.classify(text, (start, start + 6), (start + 16, start + 34))
    assert found.event == "COERCE"


@pytest.mark.parametrize(
    ("actor", "recipient", "reason"),
    [
        (None, None, "neither actor nor recipient"),
        ((0, 900), (0, 2), "does not lie in the text"),
        ((4, 4), (0, 2), "does not lie in the text"),
    ],
)
def test_spans_that_do_not_fit_are_refused(
    actor: tuple[int, int] | None, recipient: tuple[int, int] | None, reason: str, classifier: PairClassifier
) -> None:
    with pytest.raises(UsageError, match=reason):
        classifier.classify(TEXT, actor, recipient)


@pytest.mark.parametrize("value", ["Norway's navy", [0, 13], {"start": 0, "end": 13}, [0.0, 13.0]])
def test_spans_may_be_written_in_three_ways(value: object) -> None:
    assert span_of(value, TEXT, "actor") == (0, 13)


@pytest.mark.parametrize("value", ["Sweden", [0], [0, True], [-1, 4], [5, 5], 7, "", [0.5, 2], {"start": 0}])
def test_other_values_are_no_spans(value: object) -> None:
    with pytest.raises(UsageError, match="actor"):
        span_of(value, TEXT, "actor")


def lines(*rows: object) -> io.BytesIO:
    return io.BytesIO("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows).encode())


def test_rows_are_read_one_by_one() -> None:
    good = {"text": TEXT, "actor": [0, 13], "recipient": "Belarusian trawler", "id": "x1"}
    rows = list(
        read_pairs(
            ["-"],
            stdin=lines(good, "{", {"text": TEXT}, {"text": " ", "actor": [0, 1]}, {**good, "actor": "Oslo"}, "", good),
        )
    )
    kinds = [(row.row, isinstance(row, PairRequest)) for row in rows]
    assert kinds == [(1, True), (2, False), (3, False), (4, False), (5, False), (7, True)]
    assert isinstance(rows[0], PairRequest)
    assert (rows[0].recipient, rows[0].id) == ((23, 41), "x1")
    reasons = [row.reason for row in rows if isinstance(row, Reject)]
    assert "no JSON" in reasons[0]
    assert "actor, a recipient, or both" in reasons[1]
    assert "'Oslo'" in reasons[3]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    [row] = read_pairs([str(tmp_path / "none.jsonl")])
    assert isinstance(row, Reject)
    assert "cannot be opened" in row.reason


def test_the_command_prints_a_line_a_pair_and_rejects_the_rest() -> None:
    good = {"text": "Chad expelled the Libyan envoy.", "actor": "Chad", "recipient": "Libyan envoy", "id": 7}
    given = "\n".join(json.dumps(row) for row in (good, {**good, "actor": "Niger"}))
    done = subprocess.run(
        [sys.executable, "-m", "dragoman", "classify", "-", "--dialect", "zsp"],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    [line] = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["row"], found["id"], found["event"], found["quad"]) == (1, 7, "SANCTION", 4)
    assert next(iter(found["roots"])) == "SANCTION"
    assert "line 2" in done.stderr
    assert "'Niger'" in done.stderr


def test_an_unknown_dialect_is_a_wrong_call() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dragoman", "classify", "-", "--dialect", "klingon"],
        input="{}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "klingon" in done.stderr
