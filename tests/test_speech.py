"""According to whom: whole texts with the chain of speakers of one trigger, and the scans beneath on their own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.coder import Analysis, Coder
from dragoman.coding.quotations import find_labels, find_quotations
from dragoman.coding.roles import PartyFinder
from dragoman.coding.saying import SpeechAct
from dragoman.coding.speech import attribution_of, chain_for, find_speech
from dragoman.coding.status import status_of
from dragoman.knowledge.lexicon import load_lexicon
from dragoman.language.splitting import SentenceSpan
from dragoman.reading.plain import article_from_text
from dragoman.values import Sentence, Token
from tests.conftest import cases

CHAINS = [*cases("speech"), *cases("speech_rules")]


def speech_of(text: str, published: str | None, coder: Coder) -> tuple[Analysis, tuple[tuple[SpeechAct, ...], ...]]:
    """A text analysed, and its speech acts by sentence."""
    analysis = coder.analyse(article_from_text(text, published=published))
    lexicon = coder.knowledge.lexicon
    readers = [ClauseReader(sentence, lexicon.light_verbs) for sentence in analysis.sentences]
    finders = [PartyFinder(r, [m for m in analysis.mentions if m.sentence == r.sentence.index]) for r in readers]
    return analysis, find_speech(readers, finders, lexicon)


def chain_of(case: dict[str, Any], coder: Coder) -> tuple[Analysis, tuple[SpeechAct, ...]]:
    """The chain of speech acts over the case's trigger (the last word of that spelling)."""
    analysis, acts = speech_of(case["text"], case.get("published"), coder)
    places = [
        (sentence.index, token.index)
        for sentence in analysis.sentences
        for token in sentence.tokens
        if token.text == case["trigger"]
    ]
    assert places, "the trigger is no word of the text"
    sentence, token = places[-1]
    return analysis, chain_for(token, acts[sentence])


def name_of(act: SpeechAct, analysis: Analysis) -> str:
    """The words that name an act's speaker."""
    if act.speaker_span is not None:
        return act.speaker_span.text
    return analysis.mentions[act.mention].text if act.mention is not None else ""


def same_name(expected: str, found: str) -> bool:
    """Do the words found name the one expected, with no more than a title or an article besides?"""
    wanted, words = expected.lower().split(), found.lower().replace("'s", "").split()
    return all(word.replace("'s", "") in words for word in wanted) and len(words) <= len(wanted) + 3


@pytest.mark.parametrize("case", CHAINS)
def test_who_says_so(case: dict[str, Any], coder: Coder) -> None:
    analysis, chain = chain_of(case, coder)
    names = [name_of(act, analysis) for act in chain]
    assert len(names) == len(case["speakers"]), names
    assert all(same_name(*pair) for pair in zip(case["speakers"], names, strict=True)), names
    assert [act.stance for act in chain] == case["stance"]
    if "kind" in case:
        assert [act.kind for act in chain] == case["kind"]


@pytest.mark.parametrize("case", CHAINS)
def test_every_span_slices_to_its_words(case: dict[str, Any], coder: Coder) -> None:
    analysis, acts = speech_of(case["text"], case.get("published"), coder)
    for sentence, own in zip(analysis.sentences, acts, strict=True):
        for act in own:
            attribution = attribution_of(act, sentence)
            for span in (act.cue, act.phrase, act.speaker_span, attribution.content):
                assert span is None or analysis.article.text[span.start : span.end] == span.text
            assert all(0 <= first < last <= len(sentence.tokens) for first, last in (*act.content, *act.quoted))
            assert not act.covers(act.cue_token)


@pytest.mark.parametrize("case", cases("speech_positions"))
def test_cue_holder_and_content(case: dict[str, Any], coder: Coder) -> None:
    analysis = coder.analyse(article_from_text(case["text"]))
    found = [
        (act.cue.text, act.phrase.text if act.phrase else "", words_said(act, sentence))
        for sentence, acts in zip(analysis.sentences, coder.speech(analysis), strict=True)
        for act in acts
    ]
    if "none" in case:
        assert all(case["cue"] not in cue for cue, _, _ in found), found
    else:
        assert (case["cue"], case["source"], case["content"]) in found, found


def words_said(act: SpeechAct, sentence: Sentence) -> str:
    """The words of an act's content as they stand in the text, a gap between its parts marked."""
    tokens = sentence.tokens
    spans = [
        (tokens[first].start - sentence.start, tokens[last - 1].end - sentence.start) for first, last in act.content
    ]
    return " … ".join(sentence.text[start:end] for start, end in spans)


@pytest.mark.parametrize("case", cases("speech_positions"))
def test_positions_stand_in_no_chain(case: dict[str, Any], coder: Coder) -> None:
    analysis = coder.analyse(article_from_text(case["text"]))
    for acts in coder.speech(analysis, positions=False):
        assert all(act.rule.startswith("say-") for act in acts)


def bare(text: str, paragraphs: tuple[str, ...]) -> list[Sentence]:
    """Sentences of untagged words, one a line of `paragraphs`, a paragraph each."""
    found = []
    for number, line in enumerate(paragraphs):
        start = text.index(line)
        tokens, at = [], start
        for index, word in enumerate(line.split()):
            at = text.index(word, at)
            tokens.append(Token(index, word, at, at + len(word), word, "X", "X", -1, "dep", "O"))
            at += len(word)
        span = SentenceSpan(start, start + len(line), number)
        found.append(Sentence(number, line, span.start, span.end, number, tuple(tokens)))
    return found


QUOTED = [
    (("He said “ we met ” today",), [[(3, 5)]]),
    (("“ We met", "“ and parted ” he said"), [[(1, 3), (1, 3)]]),
    (("“ We met", "He went home"), [[(1, 3)]]),
    (("He met her",), []),
    (("“ ” he said",), []),
]


@pytest.mark.parametrize(("lines", "expected"), QUOTED)
def test_quotations(lines: tuple[str, ...], expected: list[list[tuple[int, int]]]) -> None:
    sentences = bare("\n".join(lines), lines)
    found = find_quotations(sentences)
    assert [[(piece.first, piece.last) for piece in pieces] for pieces in found] == expected


LABELS = [
    (("MR PRICE : We met", "QUESTION : When"), frozenset({"question"}), [2, 1]),
    (("QUESTION : When",), frozenset({"question"}), [1]),
    (("BREAKING : They met", "They parted"), frozenset({"question"}), []),
    (("Note : We met", "Mark : When"), frozenset({"question"}), []),
    (("PARIS 2024 : They met", "2024 : They met"), frozenset({"question"}), []),
]


@pytest.mark.parametrize(("lines", "known", "expected"), LABELS)
def test_labels(lines: tuple[str, ...], known: frozenset[str], expected: list[int]) -> None:
    sentences = bare("\n".join(lines), lines)
    assert [label.colon for label in find_labels(sentences, known)] == expected


LEXICON = load_lexicon()
_WORDS = (
    *(("say", "VERB", "VBD"), ("deny", "VERB", "VBG"), ("plan", "VERB", "VBN"), ("claim", "NOUN", "NN")),
    *(("accord", "VERB", "VBG"), ("alleged", "ADJ", "JJ"), ("he", "PRON", "PRP"), ("will", "AUX", "MD")),
    *(("if", "SCONJ", "IN"), ("not", "PART", "RB"), ("to", "PART", "TO"), ("attack", "VERB", "VB")),
    *(("support", "VERB", "VBD"), ("see", "VERB", "VBN"), ("seem", "VERB", "VBZ"), ("eager", "ADJ", "JJ")),
    *(
        ("view", "NOUN", "NN"),
        ("poll", "NOUN", "NNS"),
        ("in", "ADP", "IN"),
        ("of", "ADP", "IN"),
        ("fear", "NOUN", "NN"),
    ),
    *(("as", "SCONJ", "IN"), ("quote", "VERB", "VBD"), ("attributable", "ADJ", "JJ"), ("MR", "PROPN", "NNP")),
    *((mark, "PUNCT", mark) for mark in (":", ",", "“", "”", '"', "?")),
)
_RELATIONS = (
    *("nsubj", "nsubj:pass", "obj", "obl", "nmod", "conj", "acl:relcl", "acl", "advcl", "xcomp", "ccomp", "cop"),
    *("parataxis", "case", "mark", "fixed", "aux", "amod", "det", "advmod", "appos", "punct"),
)


@st.composite
def any_sentences(draw: st.DrawFn) -> list[Sentence]:
    """Up to three sentences of cues, marks and operators under arbitrary heads."""
    found, start = [], 0
    for number in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 10))
        order = draw(st.permutations(range(size)))
        heads = {index: order[draw(st.integers(0, place - 1))] if place else -1 for place, index in enumerate(order)}
        tokens, at = [], start
        for index in range(size):
            word, upos, xpos = draw(st.sampled_from(_WORDS))
            relation = draw(st.sampled_from(_RELATIONS))
            tokens.append(Token(index, word, at, at + len(word), word, upos, xpos, heads[index], relation, "O"))
            at += len(word) + 1
        text = " ".join(token.text for token in tokens)
        found.append(Sentence(number, text, start, start + len(text), draw(st.integers(0, 1)), tuple(tokens)))
        start = at
    return found


@settings(max_examples=300, deadline=None)
@given(any_sentences())
def test_any_tree_is_read_to_its_end(sentences: list[Sentence]) -> None:
    readers = [ClauseReader(sentence, LEXICON.light_verbs) for sentence in sentences]
    finders = [PartyFinder(reader, ()) for reader in readers]
    speech = find_speech(readers, finders, LEXICON, positions=True)
    assert len(speech) == len(sentences)
    for reader, finder, acts in zip(readers, finders, speech, strict=True):
        for act in acts:
            assert act.sentence == reader.sentence.index
            assert all(0 <= first < last <= len(reader.tokens) for first, last in act.content)
        for token in reader.tokens:
            chain = chain_for(token.index, acts)
            assert all(act.cue_token != token.index for act in chain)
            reading = status_of(token.index, reader, finder, LEXICON)
            assert reading.steps or (reading.status, reading.negated) == ("actual", False)
