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

_MODALS = frozenset({"can", "could", "may", "might", "should", "must"})
_ABOUT = frozenset({"about", "over", "than", "more", "nearly", "almost", "at", "least", "some", "the", "only"})
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
    node = governor(found.first, head, tokens, words)
    if found.direction == "since":
        return "past"
    if found.first > 0 and tokens[found.first - 1].text.lower() in words.tenses["future-opener"]:
        return "future"
    if _is_owner(head, found.last, tokens) and not _awaited(node, tokens, words):
        return "past" if tokens[head].relation == "nmod:poss" else "near"
    for _ in range(len(tokens)):
        if node < 0:
            break
        token = tokens[node]
        if token.upos in ("NOUN", "PROPN") and _awaited(node, tokens, words):
            return "future"
        if token.upos in ("VERB", "AUX") or _has_aux(node, tokens):
            if _looks_ahead(found, node, head, tokens, words):
                return "future"
            verdict = _verb_leaning(node, tokens, words)
            if verdict == "future" and _is_loose(found.meaning) and not _is_firm(node, tokens, words):
                return "near"
            if verdict is not None:
                open_end = closing and verdict == "past" and token.xpos != "VBD" and not _had(node, tokens)
                return default if open_end else verdict
        node = token.head
    return default


def is_done(node: int, tokens: Sequence[Token], words: TimeWords) -> bool:
    """Is the word a verb in a past tense, so that no day to come can be its time? Not verbs of planning."""
    token = tokens[node]
    if token.upos != "VERB" or token.lemma in words.tenses["future-head"] | words.tenses["appointing"]:
        return False
    forms = {t.text.lower() for t in tokens[max(0, node - 8) : node] if t.head == node and t.relation.startswith("aux")}
    past = {"was", "were", "has", "have", "had"}
    return not forms & words.tenses["future-aux"] and (
        token.xpos == "VBD" or (token.xpos == "VBN" and bool(forms & past))
    )


def is_lasting(found: Found, tokens: Sequence[Token]) -> bool:
    """ "Has been held for 129 days": a span that lasts up to the day of the report."""
    first = found.first - 1
    while first > 0 and tokens[first].text.lower() in _ABOUT:
        first -= 1
    if first < 0 or tokens[first].text.lower() != "for" or is_bare(tokens):
        return False
    verb = tokens[head_of(found.first, found.last, tokens)].head
    return verb >= 0 and any(
        t.head == verb and t.relation.startswith("aux") and t.text.lower() in ("has", "have", "'ve", "’ve", "'s", "’s")
        and tokens[verb].xpos in ("VBN", "VBG")
        for t in tokens[max(0, verb - 8) : verb]
    ) and not any(t.head == verb and t.text.lower() in ("is", "are") for t in tokens)  # fmt: skip


def governor(first: int, head: int, tokens: Sequence[Token], words: TimeWords) -> int:
    """What an expression hangs on. Just behind a verb of saying it is the saying's, whatever the tree says."""
    if tokens[head].relation in ("amod", "compound", "nmod:poss") and tokens[head].head > head:
        return tokens[head].head  # "noting recent reports", "announced Friday's talks"
    before = first - 1
    if before > 0 and tokens[before].text.lower() in ("on", "late", "early", "in"):
        before -= 1
    if before >= 0 and tokens[before].upos == "VERB" and tokens[before].lemma in words.tenses["speech"]:
        return before
    return tokens[head].head


def _is_loose(meaning: Meaning) -> bool:
    """A month or season without day: a present tense or a bare infinitive does not put it ahead."""
    if isinstance(meaning, Edged | Nth):
        return _is_loose(meaning.of)
    return isinstance(meaning, Calendar) and meaning.day is None and bool(meaning.month or meaning.season)


def _is_firm(node: int, tokens: Sequence[Token], words: TimeWords) -> bool:
    """Does a modal, "is going", or a verb of intent over an infinitive put the predicate ahead?"""
    forms = {t.text.lower() for t in tokens[max(0, node - 10) : node] if t.head == node}
    if forms & words.tenses["future-aux"] or forms & _MODALS or tokens[node].lemma in words.tenses["future-head"]:
        return True
    if tokens[node].xpos == "VBG" and forms & {"am", "is", "are", "'m", "'re", "’m", "’re"}:
        return True
    over = tokens[node].head
    return "to" in forms and over >= 0 and tokens[over].lemma in words.tenses["future-head"]


def _looks_ahead(found: Found, node: int, head: int, tokens: Sequence[Token], words: TimeWords) -> bool:
    """Is the day what a verb plans for, whatever the verb's own tense?

    "planned a march on Saturday", "was set for March", "extended the truce until Friday"; not "on Friday they planned".
    """
    lemma = tokens[node].lemma
    if found.first < node:
        return False
    if found.direction == "until" and lemma in words.tenses["deadline"]:
        return True
    opener = preposition_of(head, tokens)
    if opener is not None and opener.text.lower() == "for" and lemma in words.tenses["appointing"]:
        return True
    planned = any(
        t.head == node and t.relation in ("obj", "ccomp", "xcomp") and node < t.index < found.first
        for t in tokens[node + 1 : found.first]
    )
    return planned and lemma in words.tenses["planning"]


def _had(node: int, tokens: Sequence[Token]) -> bool:
    """Is the verb in the pluperfect: "until Thursday, they had not called"?"""
    return any(t.head == node and t.text.lower() == "had" for t in tokens[max(0, node - 8) : node])


def _is_owner(head: int, last: int, tokens: Sequence[Token]) -> bool:
    """ "Wednesday's ruling", "the June deal", but for one to come: what acts ("Friday's vote will"), or is awaited."""
    token = tokens[head]
    if token.relation not in ("nmod:poss", "compound") or not last <= token.head < len(tokens):
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


def _denied(node: int, tokens: Sequence[Token]) -> bool:
    near = tokens[max(0, node - 12) : node]
    return any(t.text.lower() in ("not", "n't", "n’t", "neither", "nor", "no", "never") for t in near)


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
    if "to" in forms and "have" not in forms and (token.xpos in ("VB", "") or "be" in forms):
        return _infinitive_leaning(token, "be" in forms, tokens, words)
    if (
        token.lemma in words.tenses["future-head"]
        and token.xpos in ("VBN", "JJ")
        and not forms & {"has", "have", "had", "was", "were"}
    ):
        return "future"
    if token.xpos == "VBN" and token.relation in ("acl", "advcl", "amod") and not forms:
        return "past"
    if forms & {"could"} and _denied(node, tokens):
        return "past"  # "could not be reached on Friday"
    if token.xpos == "VBD" or forms & {"was", "were", "had", "has", "have", "did", "'d", "been", "’ve", "'ve"}:
        return "past"
    if token.xpos in ("VBZ", "VBP") or forms & {"is", "are", "am", "'re", "'s", "does", "do", "’s"}:
        return "future" if token.lemma not in words.tenses["speech"] else None
    if forms & _MODALS:
        return "future"
    return None


def _infinitive_leaning(token: Token, passive: bool, tokens: Sequence[Token], words: TimeWords) -> Leaning | None:
    """Future, but none where the infinitive takes its time from what governs it, and past under a pluperfect."""
    over = tokens[token.head] if 0 <= token.head < len(tokens) else None
    if over is None:
        return "future"
    if token.relation == "acl":  # not "the first to join on Friday", "a rally to mark it on Friday"
        intended = passive or over.lemma in words.tenses["future-head"]  # "talks to be held", "a plan to meet"
        return "future" if intended and not _is_ranked(over.index, tokens) else None
    if _had(over.index, tokens):
        return "past"  # "had been scheduled to expire on Friday"
    return "future" if over.lemma not in words.tenses["same-head"] else None


def _is_ranked(node: int, tokens: Sequence[Token]) -> bool:
    """ "the first (country)", "the third", "the only one": what it does is told by the verb above."""
    words = {t.text.lower() for t in tokens[max(0, node - 4) : node] if t.head == node} | {tokens[node].text.lower()}
    return bool(words & {"first", "last", "only", "second", "third", "latest"})
