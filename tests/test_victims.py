"""Victims and detained: cases written without sight of the cues, and small parses that pin the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.coder import Coder
from dragoman.coding.victims import size_of
from dragoman.errors import KnowledgeError
from dragoman.knowledge.time_words import load_time_words
from dragoman.knowledge.victim_cues import load_victim_cues
from dragoman.reading.plain import article_from_text
from dragoman.values import Size
from tests.compact import read_compact

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "victims.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_text_counts(case: dict[str, Any], coder: Coder, request: pytest.FixtureRequest) -> None:
    if reason := case.get("known_failure"):
        request.applymarker(pytest.mark.xfail(reason=reason))
    assert size_in(case, coder) == case["size"]


def size_in(case: dict[str, Any], coder: Coder) -> dict[str, int | None] | None:
    """The counts for an act of the case's category at its trigger."""
    analysis = coder.analyse(article_from_text(case["text"], published=case["published"]))
    start = case["text"].index(case["trigger"])
    _, told = coder.read_acts(analysis)
    for acts in told:
        for token in acts.sentence.tokens:
            if token.start <= start < token.end:
                knowledge = coder.knowledge
                cues, senses = knowledge.victim_cues, knowledge.time_words.senses
                size, _ = size_of(case["category"], frozenset({token.index}), acts.reader, cues, senses)
                return None if size is None else {"dead": size.dead, "injured": size.injured, "arrested": size.arrested}
    raise AssertionError("the trigger is no word")


RAID = (
    "Troops|troops|NOUN|NNS|2|nsubj raided|raid|VERB|VBD|0|root Goma|Goma|PROPN|NNP|2|obj ,|,|PUNCT|,|5|punct "
    "killing|kill|VERB|VBG|2|advcl twenty-one|twenty-one|NUM|CD|7|nummod rebels|rebel|NOUN|NNS|5|obj"
)


def read(compact: str, category: str, word: int) -> Size | None:
    _, (sentence,) = read_compact([compact], "2009-01-01")
    reader = ClauseReader(sentence, {})
    return size_of(category, frozenset({word}), reader, load_victim_cues(), load_time_words().senses)[0]


def test_a_clause_under_the_trigger_counts() -> None:
    assert read(RAID, "ASSAULT", 1) == Size(21, None, None)


def test_only_acts_of_violence_have_dead() -> None:
    assert read(RAID, "CONSULT", 1) is None
    assert read(RAID, "COERCE", 1) is None


def test_unnumbered_victims_are_no_number() -> None:
    assert read(RAID.replace("twenty-one|twenty-one|NUM|CD|7|nummod", "many|many|ADJ|JJ|7|amod"), "ASSAULT", 1) is None


def test_figures_may_have_commas() -> None:
    assert read(RAID.replace("twenty-one|twenty-one", "1,200|1,200"), "ASSAULT", 1) == Size(1200, None, None)


def test_a_broken_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "victim_cues.csv").write_text("id,lemma,pos,kind,who,source\nx,kill,VERB,slain,obj,own\n")
    with pytest.raises(KnowledgeError, match="unknown kind"):
        load_victim_cues(tmp_path)
