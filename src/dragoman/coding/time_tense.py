"""Tense: which of the days that a bare name of day or month could mean, read off the syntax around the expression.

An expression and the tokens of its sentence in; past, future or near out. News tells of what is gone unless a modal, an
infinitive of intent, a present tense or a word such as "scheduled" says otherwise. Where a sentence has no syntax (all
heads -1), the words before the expression decide.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.coding.attachment import head_of, is_bare, preposition_of
from dragoman.coding.time_atoms import Calendar, Edged, Length, Meaning, Nth, Offset, Range, Timed
from dragoman.coding.time_grammar import Found
from dragoman.coding.time_values import Leaning
from dragoman.knowledge.time_words import TimeWords
from dragoman.values import Token

_LOOK_BACK = 8  # words before an expression in which a modal decides, where there is no syntax


def leaning(found: Found, tokens: Sequence[Token], words: TimeWords) -> Leaning:
    """Past, future or near: which of the days that a bare name of day or month could mean, by the verb over it.

    News tells of what is gone unless a modal, an infinitive of intent, a present tense or a word such as "scheduled"
    says otherwise.
    """
    if not _needs_leaning(found.meaning):
        return "past"
    if is_bare(tokens):
        return _linear_leaning(found, tokens, words)
    head = head_of(found.first, found.last, tokens)
    closing = found.direction in ("by", "until")
    default: Leaning = "future" if closing else "near"
    node = tokens[head].head
    if _is_owner(head, tokens) and not _awaited(node, tokens, words):
        return "past"
    for _ in range(len(tokens)):
        if node < 0:
            break
        token = tokens[node]
        if token.upos in ("NOUN", "PROPN") and _awaited(node, tokens, words):
            return "future"
        if token.upos in ("VERB", "AUX") or _has_aux(node, tokens):
            verdict = _verb_leaning(node, tokens, words)
            if verdict is not None:
                open_end = closing and verdict == "past" and token.xpos != "VBD" and not _had(node, tokens)
                return default if open_end else verdict
        node = token.head
    return default


def _had(node: int, tokens: Sequence[Token]) -> bool:
    """Is the verb in the pluperfect: "until Thursday, they had not called"?"""
    return any(t.head == node and t.text.lower() == "had" for t in tokens[max(0, node - 8) : node])


def _is_owner(head: int, tokens: Sequence[Token]) -> bool:
    """ "Wednesday's ruling", but for one to come: what acts ("Friday's vote will"), or what one readies oneself for."""
    token = tokens[head]
    if token.relation != "nmod:poss" or not 0 <= token.head < len(tokens):
        return False
    noun = tokens[token.head]
    case = preposition_of(noun.index, tokens)
    ahead = case is not None and case.text.lower() in ("for", "ahead", "until", "at", "by")
    return noun.relation not in ("nsubj", "nsubj:pass") and not ahead


def _needs_leaning(meaning: Meaning) -> bool:
    if isinstance(meaning, Timed | Edged | Nth):
        return meaning.of is not None and _needs_leaning(meaning.of)
    if isinstance(meaning, Range):
        return _needs_leaning(meaning.first) or _needs_leaning(meaning.last)
    if isinstance(meaning, Offset):
        return meaning.either
    if isinstance(meaning, Length):
        return meaning.ahead
    return isinstance(meaning, Calendar) and meaning.year is None and meaning.within is None


def _linear_leaning(found: Found, tokens: Sequence[Token], words: TimeWords) -> Leaning:
    for i in range(found.first - 1, max(-1, found.first - 1 - _LOOK_BACK), -1):
        word = tokens[i].text.lower()
        if word in words.tenses["future-aux"]:
            return "future"
        if word in (".", ";", "said") or (word.endswith("ed") and len(word) > 4):
            return "future" if word in ("scheduled", "expected", "planned") else "past"
    return "past"


def _awaited(node: int, tokens: Sequence[Token], words: TimeWords) -> bool:
    return any(
        t.head == node and t.relation == "amod" and t.text.lower() in words.tenses["future-adj"]
        for t in tokens[max(0, node - 5) : node]
    )  # fmt: skip


def _has_aux(node: int, tokens: Sequence[Token]) -> bool:
    return any(t.head == node and t.relation in ("cop", "aux", "aux:pass") for t in tokens[max(0, node - 8) : node])


def _verb_leaning(node: int, tokens: Sequence[Token], words: TimeWords) -> Leaning | None:
    """The leaning of a predicate; none where it takes its time from what governs it (participles, bare infinitives)."""
    token = tokens[node]
    auxiliaries = [
        t
        for t in tokens[max(0, node - 10) : node]
        if t.head == node and t.relation in ("aux", "aux:pass", "cop", "mark")
    ]
    forms = {t.text.lower() for t in auxiliaries}
    if forms & words.tenses["future-aux"]:
        return "past" if forms & {"would"} and "have" in forms else "future"
    if forms & {"may"} and token.xpos in ("VBN", "VBD") and not forms & {"have", "be", "been"}:
        return "past"  # no modal governs such a form: "May visited Ankara" tells of a person
    if ("to" in forms and token.xpos in ("VB", "")) or (token.upos != "VERB" and "to" in forms and "be" in forms):
        governor = tokens[token.head] if 0 <= token.head < len(tokens) else None
        if governor is None or governor.lemma not in words.tenses["same-head"]:
            return "future"
        return None
    if (
        token.lemma in words.tenses["future-head"]
        and token.xpos in ("VBN", "JJ")
        and not forms & {"has", "have", "had", "was", "were"}
    ):
        return "future"
    if token.xpos == "VBN" and token.relation in ("acl", "advcl") and not forms:
        return "past"
    if token.xpos == "VBD" or forms & {"was", "were", "had", "has", "have", "did", "'d", "been", "’ve", "'ve"}:
        return "past"
    if token.xpos in ("VBZ", "VBP") or forms & {"is", "are", "am", "'re", "'s", "does", "do", "’s"}:
        return "future" if token.lemma not in words.tenses["speech"] else None
    if forms & {"can", "could", "may", "might", "should", "must"}:
        return "future"
    return None
