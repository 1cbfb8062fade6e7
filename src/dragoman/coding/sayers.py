"""Who speaks, and the words that tell so: from a cue to its speakers, their phrase and the cue's own words.

In: a cue's row and place, its slots and the clauses of its sentence. Out: the words that fill the place of the speaker,
the mention of the actor that they name, and the phrases of speaker and cue as they stand in the text.

It does not resolve pronouns: identity has done so before. Who speaks in another sentence is for `speech.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.coding.clauses import ClauseReader, Slots
from dragoman.coding.roles import PartyFinder
from dragoman.knowledge.lexicon import SpeechCue
from dragoman.values import Mention, Sentence, Span

SPEAKERS_OF_NOUNS = ("poss", "p:by", "p:from", "light.subj", "comp", "adj")
_SPEAKING_WORDS = 12  # a speaker is quoted in at most so many words on either side of the head
VERBS = frozenset({"VERB", "AUX"})
_GROUPED = frozenset({"aux", "aux:pass", "advmod", "cop"})  # what belongs to a verb's group of words
_RELATIVE = frozenset({"who", "which", "that"})
QUOTING = frozenset({'"', "”", "“", "''", "``"})
_MARKS = QUOTING | {","}


def speakers_of(cue: SpeechCue, token: int, slots: Slots, reader: ClauseReader) -> Sequence[int]:
    if cue.pos == "NOUN":
        for slot in SPEAKERS_OF_NOUNS:
            if slots.get(slot):
                return slots[slot]
        return _by_phrase(token, reader)
    quoted = _quoted_speaker(token, reader) or outside_quotation(token, reader)
    if quoted:
        return quoted
    if slots.get("subj"):
        return slots["subj"]
    misplaced = _before_cue(token, reader)
    if misplaced:
        return misplaced
    word = reader.tokens[token]
    if reader.is_passive(token) or word.xpos not in ("VBG", "VB"):
        return ()
    head, steps = word.head, 0
    while head >= 0 and steps < len(reader.tokens):  # "..., saying that": whoever acts above
        subject = reader.surface_subject(head) if reader.tokens[head].upos in VERBS else ()
        if subject and token not in subject:
            return subject
        head, steps = reader.tokens[head].head, steps + 1
    return ()


def _before_cue(token: int, reader: ClauseReader) -> Sequence[int]:
    """ "they met, sources told us", where the parse gives "met" two subjects: the one after it speaks."""
    for clause in reader.children(token):
        if clause > token or reader.tokens[clause].relation != "ccomp":
            continue
        for child in reader.children(clause):
            if clause < child < token and reader.tokens[child].relation == "nsubj":
                return reader.conjuncts(child)
    return ()


def outside_quotation(token: int, reader: ClauseReader) -> Sequence[int]:
    """ "... or Paris,” the envoy said": of two subjects the one on the cue's side of the closing mark."""
    subjects = [c for c in reader.children(token) if c < token and reader.tokens[c].relation == "nsubj"]
    if len(subjects) < 2 or all(t.text not in QUOTING for t in reader.tokens[subjects[0] : subjects[-1]]):
        return ()
    return reader.conjuncts(subjects[-1])


def _by_phrase(noun: int, reader: ClauseReader) -> Sequence[int]:
    """ "the claim by commander Neto", where the parse hangs "by" on the title."""
    for child in reader.children(noun):
        low, _ = reader.subtree(child)
        if low > noun and reader.tokens[child].relation == "nmod" and reader.tokens[low].lemma.lower() == "by":
            return (child,)
    return ()


def _quoted_speaker(token: int, reader: ClauseReader) -> Sequence[int]:
    """ "quoted X as saying": X says, not who quotes him."""
    word = reader.tokens[token]
    if word.head < 0 or word.xpos != "VBG" or reader.preposition(token) != "as":
        return ()
    return reader.slots(word.head).get("obj", ())


def speaker_at(heads: Sequence[int], finder: PartyFinder) -> Mention | None:
    """The actor who speaks: the first that one of the heads names itself; by name where an apposition gives it."""
    for head in heads:
        actor = finder.actor_at(head)
        if actor is None:
            continue
        if actor.kind != "name":
            for child in finder.reader.children(head):
                named = finder.mention_at(child) if finder.reader.tokens[child].relation == "appos" else None
                if named is not None and named.kind == "name" and named.actors:
                    return named
        return actor
    return None


def is_unnamed(mention: Mention) -> bool:
    """ "two officials", "a source": no table and no name tells who it is."""
    return mention.kind != "name" and all(actor.party is None for actor in mention.actors)


def phrase_at(head: int, reader: ClauseReader, cue: int = -1, *, whole: bool = True) -> Span:
    """The phrase headed by `head`, cut where it grows long or holds the cue; unless `whole`, also at a comma."""
    low, high = reader.subtree(head)
    low, high = max(low, head - _SPEAKING_WORDS), min(high, head + _SPEAKING_WORDS)
    if head < cue <= high:  # "Peskov, who said"
        high = max(head, min([cue, *reader.children(cue)], key=lambda i: (i <= head, i)) - 1)
    if not whole:
        for index in range(head + 1, high + 1):
            if reader.tokens[index].text in (",", "—", "–", "(", "who", "which"):
                high = index - 1
                break
    while high > head and reader.tokens[high].upos == "PUNCT":
        high -= 1
    while low < head and reader.tokens[low].relation in ("punct", "case", "mark", "fixed", "cc"):
        low += 1
    return span_of(low, high + 1, reader.sentence)


def span_of(first: int, last: int, sentence: Sentence) -> Span:
    """The words from token `first` up to, not including, token `last`."""
    start, end = sentence.tokens[first].start, sentence.tokens[last - 1].end
    return Span(sentence.text[start - sentence.start : end - sentence.start], start, end)


def words_of_speaker(token: int, speaker: int, reader: ClauseReader) -> Span:
    """The phrase that names the speaker of the cue at `token`: the relative pronoun where the cue stands below it."""
    clause = token
    for _ in reader.tokens:
        own = reader.child(clause, "nsubj")
        if own is not None:
            if own < token and reader.tokens[own].lemma.lower() in _RELATIVE:
                return span_of(own, own + 1, reader.sentence)
            break
        if reader.tokens[clause].relation not in ("conj", "xcomp") or reader.tokens[clause].head < 0:
            break
        clause = reader.tokens[clause].head
    return phrase_at(speaker, reader, token)


def surface_subject_of(token: int, reader: ClauseReader) -> tuple[int, int] | None:
    """The words of a verb's own subject, or the noun that a participle describes ("a plan known as"): half-open."""
    own = reader.child(token, "nsubj", "nsubj:pass", "nsubj:outer")
    if own is not None:
        low, high = reader.subtree(own)
        return (low, high + 1) if high < token else None
    word = reader.tokens[token]
    if word.relation == "acl" and 0 <= word.head < token:
        low, _ = reader.subtree(word.head)
        return low, word.head + 1
    subject = reader.surface_subject(token)
    return (subject[0], subject[0] + 1) if subject and subject[0] < token else None


def cue_words(token: int, reader: ClauseReader, after: str = "") -> tuple[int, int]:
    """The words of a cue, half-open: "has also said", "went on to say", "called for" (`after` is its preposition)."""
    low, high = _group_start(token, reader), token + 1
    for index in range(token + 1, len(reader.tokens)):
        word = reader.tokens[index]
        if not (word.relation == "compound:prt" or (after and word.lemma.lower() == after)):
            break
        high = index + 1
    return low, high


def _group_start(token: int, reader: ClauseReader) -> int:
    """Where a verb's group begins: at its auxiliaries and adverbs, or at those of the verb that governs it."""
    low = token
    while low > 0:
        before = reader.tokens[low - 1]
        if before.relation not in _GROUPED or before.head != token or before.text in _MARKS:
            break
        low -= 1
    governor = governing_verb(token, low, reader)
    return low if governor is None else _group_start(governor, reader)


def governing_verb(token: int, start: int, reader: ClauseReader) -> int | None:
    """The verb or adjective of "went on to say", "declined to comment on": right before the infinitive's group."""
    word = reader.tokens[token]
    if word.relation != "xcomp" or not 0 <= word.head < start - 1:
        return None
    if reader.tokens[start - 1].text.lower() != "to":
        return None
    between = reader.tokens[word.head + 1 : start - 1]
    if any(t.head != word.head or t.relation not in ("advmod", "compound:prt") for t in between):
        return None
    return word.head
