"""What hangs on a saying and is not part of it: "..., adding that", "and promised to", "..., according to".

In: the acts of one sentence, as their cues give them. Out: the same acts, where a parse hung a cue on the clause that is
said though it goes on about who says it: the content ends before that cue, and the speaker of both is one.

It leaves alone what stands between quotation marks, and verbs coordinated inside a clause with a subject of its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.quotations import MARKS
from dragoman.coding.saying import Range, SpeechAct

_FINITE = frozenset({"VBD", "VBZ", "VBP"})


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
        if not content or any(reader.tokens[i].text in MARKS for i in range(outer.cue_token, start)):
            continue
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
        if 0 <= other.cue_token < act.cue_token and other.covers(act.cue_token):
            if best is None or other.width > found[best].width:
                best = place
    return best


def _end_of_content(act: SpeechAct, outer: SpeechAct, reader: ClauseReader) -> int | None:
    """Where the outer content ends if the cue of `act` does not belong to it."""
    tokens = reader.tokens
    word = tokens[act.cue_token]
    low, high = reader.subtree(act.cue_token)
    if act.rule.startswith("say-accord") or act.rule.startswith("say-per"):
        noun = word.head
        start = reader.subtree(noun)[0]
        last = _last_word(reader)
        return start if start > outer.cue_token and reader.subtree(noun)[1] >= last else None
    if word.upos != "VERB" or tokens[outer.cue_token].upos != "VERB":
        return None
    if word.xpos == "VBG" and word.relation == "advcl" and low > 0 and tokens[low].text not in MARKS:
        comma = low if tokens[low].text == "," else low - 1
        return comma if tokens[comma].text == "," else None
    if word.relation == "conj" and word.xpos in _FINITE and word.xpos == tokens[outer.cue_token].xpos:
        subject = reader.child(word.head, "nsubj") if word.head >= 0 else None
        is_pronoun = subject is not None and tokens[subject].xpos == "PRP"
        if is_pronoun and reader.child(act.cue_token, "nsubj") is None and tokens[word.head].head == outer.cue_token:
            return low
    return None


def _last_word(reader: ClauseReader) -> int:
    last = len(reader.tokens) - 1
    while last > 0 and reader.tokens[last].upos == "PUNCT":
        last -= 1
    return last
