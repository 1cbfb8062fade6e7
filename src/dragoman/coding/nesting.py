"""What hangs on a saying and is not part of it: "..., adding that", "and promised to", "..., according to".

In: the acts of one sentence, as their cues give them. Out: the same acts, where a parse hung a cue on the clause that
is said though it goes on about who says it: the content ends before that cue, and the speaker of both is one.

It leaves alone what stands between quotation marks, and coordinated verbs that may well belong to the clause said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.quotations import MARKS
from dragoman.coding.saying import SpeechAct

_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_BREAKS = frozenset({",", "—", "–", "-"})


def hand_up(acts: Sequence[SpeechAct], reader: ClauseReader) -> list[SpeechAct]:
    """The acts in their order, contents cut where another act's cue goes on about their speaker."""
    found = list(acts)
    for place, act in enumerate(found):
        holder = _holder(act, found)
        if holder is None:
            continue
        outer = found[holder]
        start = _end_of_content(act, outer, reader)
        if start is None:
            continue
        content = tuple((a, min(b, start)) for a, b in outer.content if a < start)
        if not content or sum(reader.tokens[i].text in MARKS for i in range(outer.cue_token, start)) % 2:
            continue  # inside a quotation
        found[holder] = replace(outer, content=content)
        if reader.tokens[act.cue_token].upos == "VERB":
            found[place] = replace(
                act, mention=outer.mention, speaker_span=outer.speaker_span, phrase=outer.phrase,
                first_person=outer.first_person,
            )  # fmt: skip
    return found


def _holder(act: SpeechAct, found: Sequence[SpeechAct]) -> int | None:
    """The widest act before this one in whose content its cue stands."""
    best: int | None = None
    for place, other in enumerate(found):
        holds = 0 <= other.cue_token < act.cue_token and other.covers(act.cue_token)
        if holds and (best is None or other.width > found[best].width):
            best = place
    return best


def _end_of_content(act: SpeechAct, outer: SpeechAct, reader: ClauseReader) -> int | None:
    """Where the outer content ends if the cue of `act` does not belong to it."""
    tokens = reader.tokens
    word = tokens[act.cue_token]
    if word.upos != "VERB":
        return _before_source(act, outer, reader)
    if tokens[outer.cue_token].upos != "VERB":
        return None
    low, _ = reader.subtree(act.cue_token)
    if word.xpos == "VBG" and word.relation == "advcl" and low > 0:
        comma = low if tokens[low].text in _BREAKS else low - 1
        return comma if tokens[comma].text in _BREAKS else None
    if word.relation == "conj" and word.xpos in _FINITE and word.xpos == tokens[outer.cue_token].xpos:
        said = tokens[word.head]
        if said.head != outer.cue_token or reader.child(act.cue_token, "nsubj") is not None:
            return None
        subject = reader.child(said.index, "nsubj")
        of_speaker = subject is not None and tokens[subject].xpos == "PRP"
        if of_speaker or (said.xpos in _FINITE and said.xpos != word.xpos):
            return low
    return None


def _before_source(act: SpeechAct, outer: SpeechAct, reader: ClauseReader) -> int | None:
    """ "..., according to X" at the end of a sentence comments on all of it."""
    head = reader.tokens[act.cue_token].head
    if (
        reader.tokens[act.cue_token].relation != "case"
        or act.phrase is None
        or head < 0
        or not act.covers(outer.cue_token)
    ):
        return None
    low, high = reader.subtree(head)
    last = len(reader.tokens) - 1
    while last > 0 and reader.tokens[last].upos == "PUNCT":
        last -= 1
    return low if low > outer.cue_token and high >= last else None
