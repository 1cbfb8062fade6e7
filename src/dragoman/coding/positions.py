"""Positions that are no sayings: what somebody praises, wants, believes, refers to, and what seems to be.

In: one sentence's clauses and mentions, and the lexicon's cues of positions. Out: `SpeechAct`s whose content is all
that stands after the cue: what is praised and for what, whom one wants to do what. Method: a row's frame is `all`
(objects and what completes them), `all:PREPOSITION`, `noun:PREPOSITION`, or `seems` (nobody is named; the content is
the subject and what it seems to be).

An event in such a content is not asserted by who holds the position: the chains of `speech.py` leave positions out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.roles import PartyFinder
from dragoman.coding.sayers import surface_subject_of
from dragoman.coding.saying import Range, SpeechAct, act_of
from dragoman.knowledge.lexicon import Lexicon, SpeechCue

# What completes an object: "criticised X for", "accused X of", "portrayed X as".
_COMPLETING = frozenset({"as", "for", "of", "with", "to", "from", "into", "against", "over", "about", "like", "on"})
_NO_HOLDERS = frozenset({"you", "one"})
_DETERMINERS = frozenset({"it", "this", "that"})


def positions_of_sentence(
    reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon, taken: Collection[int]
) -> Iterator[SpeechAct]:
    """The positions of a sentence in the order of their cues, none at the words `taken` by sayings."""
    for token in reader.tokens:
        if token.index in taken:
            continue
        for cue in lexicon.position_cues.get((token.lemma.lower(), token.upos), ()):
            act = _read_cue(cue, token.index, reader, finder, lexicon)
            if act is not None:
                yield act
                break


def _read_cue(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    frame, _, preposition = cue.frame.partition(":")
    if frame == "seems":
        return _seeming(cue, token, reader, finder, lexicon)
    content = _completed(token, preposition, reader)
    if content is None:
        return None
    if frame == "noun":
        slots = reader.slots(token)
        speakers = next((slots[s] for s in ("poss", "p:by", "p:from", "light.subj", "comp", "adj") if slots.get(s)), ())
        return act_of(cue, token, (content,), speakers, reader, finder, lexicon)
    if reader.is_passive(token):
        return _passive(cue, token, content, reader, finder, lexicon)
    speakers = reader.surface_subject(token)
    if not speakers or reader.tokens[speakers[0]].lemma.lower() in _NO_HOLDERS:
        return None
    return act_of(cue, token, (content,), speakers, reader, finder, lexicon)


def _completed(token: int, preposition: str, reader: ClauseReader) -> Range | None:
    """From the first complement of a cue to the end of the last; none where it has no complement."""
    first, last = -1, -1
    for child in reader.children(token):
        word = reader.tokens[child]
        if child < token:
            continue
        begins = _begins(child, preposition, reader)
        if first < 0 and not begins:
            continue
        if not begins and not _continues(child, reader):
            continue
        low, high = reader.subtree(child)
        if low <= token:
            continue
        if first >= 0 and reader.tokens[low - 1].text in (",", ";", ":") and word.relation not in ("xcomp", "ccomp"):
            break
        if first < 0:
            first = low + (1 if preposition and reader.tokens[low].lemma.lower() == preposition and preposition != "to" else 0)
        last = max(last, high + 1)
    return (first, last) if 0 <= first < last else None


def _begins(child: int, preposition: str, reader: ClauseReader) -> bool:
    word = reader.tokens[child]
    if not preposition:
        return word.relation in ("obj", "iobj", "xcomp", "ccomp")
    if preposition == "to" and word.relation in ("xcomp", "acl", "advcl") and word.xpos == "VB":
        return True
    return word.relation in ("obl", "nmod", "advcl", "acl") and reader.preposition(child) == preposition


def _continues(child: int, reader: ClauseReader) -> bool:
    word = reader.tokens[child]
    if word.relation in ("obj", "xcomp", "ccomp"):
        return True
    return word.relation in ("obl", "nmod", "advcl") and reader.preposition(child) in _COMPLETING


def _passive(
    cue: SpeechCue, token: int, content: Range, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    """ "was praised for", "a plan known as": the content begins with who is praised; who praises may stand after "by"."""
    subject = surface_subject_of(token, reader)
    agents = reader.slots(token).get("subj", ())
    ranges = (content,) if subject is None else (subject, content)
    return act_of(cue, token, ranges, agents, reader, finder, lexicon)


def _seeming(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    content = _completed(token, "", reader)
    subject = surface_subject_of(token, reader)
    if content is None or subject is None:
        return None
    return act_of(cue, token, (subject, content), (), reader, finder, lexicon)
