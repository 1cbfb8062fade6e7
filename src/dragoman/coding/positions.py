"""Positions that are no sayings: what somebody praises, wants, believes, refers to, and what seems to be.

In: one sentence's clauses and mentions, and the lexicon's cues of positions. Out: `SpeechAct`s whose content is all
that stands after the cue: what is praised and for what, whom one wants to do what. Method: a row's frame is `all`
(objects and what completes them), `all:PREPOSITION`, `noun:PREPOSITION`, or `seems` (nobody is named; the content is
the subject and what it seems to be).

An event in such a content is not asserted by who holds the position: the chains of `speech.py` leave positions out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.roles import PartyFinder
from dragoman.coding.sayers import SPEAKERS_OF_NOUNS, cue_words, span_of, surface_subject_of
from dragoman.coding.saying import Range, SpeechAct, act_of, around, begins_with, clause_above
from dragoman.knowledge.lexicon import Lexicon, SpeechCue

# What completes an object: "criticised X for", "accused X of", "portrayed X as".
_COMPLETING = frozenset({"as", "for", "of", "with", "to", "from", "into", "against", "over", "about", "like", "on"})
_NO_HOLDERS = frozenset({"you", "one"})
_AS = frozenset({"as"})
_ASIDE = frozenset({",", "(", "—", "–", "-"})
_OF_A_NOUN = frozenset({"det", "amod", "compound", "nummod", "nmod:poss", "case"})
_STOPS = frozenset({",", ";", ":"})


def positions_of_sentence(
    reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon, taken: Collection[int]
) -> Iterator[SpeechAct]:
    """The positions of a sentence, none at the words `taken` by sayings, nor within the words of another cue.

    They come from the last to the first: in "declined to criticise" it is the criticism that has a content.
    """
    inside: set[int] = set()
    for index in taken:
        inside.update(range(cue_words(index, reader)[0], index))
    for token in reversed(reader.tokens):
        if token.index in taken or token.index in inside:
            continue
        for cue in lexicon.position_cues.get((token.lemma.lower(), token.upos), ()):
            act = _read_cue(cue, token.index, reader, finder, lexicon)
            if act is not None:
                inside.update(range(cue_words(token.index, reader)[0], token.index))
                yield act
                break


def _read_cue(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    frame, _, preposition = cue.frame.partition(":")
    if frame in ("view", "within"):
        return _viewed(cue, token, reader, finder, lexicon)
    if frame == "noun":
        return _of_noun(cue, token, preposition, reader, finder, lexicon)
    if frame == "seems":
        return _seeming(cue, token, reader, finder, lexicon)
    content = _completed(token, preposition, reader)
    if frame == "judges" and not _has_complement(token, reader):
        return None
    if reader.is_passive(token):
        return _passive(cue, token, content, reader, finder, lexicon)
    if content is None and not preposition:
        content = _relative_gap(token, reader)
    speakers = reader.surface_subject(token) or _described(token, reader)
    if content is None or not speakers or reader.tokens[speakers[0]].lemma.lower() in _NO_HOLDERS:
        return None
    return act_of(cue, token, (content,), speakers, reader, finder, lexicon)


# content


def _completed(token: int, preposition: str, reader: ClauseReader, begin: Collection[str] = ()) -> Range | None:
    """From the first complement of a cue to the end of the last; none where it has no complement.

    `begin`: prepositions that may begin it besides the one asked for.
    """
    first, last = -1, -1
    for child in reader.children(token):
        if child < token:
            continue
        begins = _begins(child, preposition, reader) or (bool(begin) and begins_with(child, begin, reader))
        if not begins and (first < 0 or not _continues(child, reader)):
            continue
        low, high = reader.subtree(child)
        if low <= token:
            continue
        clausal = reader.tokens[child].relation in ("xcomp", "ccomp")
        if first >= 0 and reader.tokens[low - 1].text in _STOPS and not clausal:
            break
        if first < 0:
            within_cue = preposition not in ("", "to") and reader.tokens[low].lemma.lower() == preposition
            first = low + within_cue
        last = max(last, high + 1)
    return (first, _before_aside(first, last, reader)) if 0 <= first < last else None


def _before_aside(first: int, last: int, reader: ClauseReader) -> int:
    """A relative clause after a comma or in brackets is said by who writes."""
    for index in range(first + 1, last - 1):
        if reader.tokens[index].text in _ASIDE and reader.tokens[index + 1].xpos in ("WDT", "WP", "WP$", "WRB"):
            return index
    return last


def _begins(child: int, preposition: str, reader: ClauseReader) -> bool:
    word = reader.tokens[child]
    if not preposition:
        return word.relation in ("obj", "iobj", "xcomp", "ccomp")
    if preposition == "to" and word.relation in ("xcomp", "acl", "advcl") and word.xpos == "VB":
        return True
    return begins_with(child, (preposition,), reader)


def _continues(child: int, reader: ClauseReader) -> bool:
    return reader.tokens[child].relation in ("obj", "xcomp", "ccomp") or begins_with(child, _COMPLETING, reader)


def _has_complement(token: int, reader: ClauseReader) -> bool:
    """ "saw it as a threat", "found it hard", "knew that": not "saw it"."""
    relations = [reader.tokens[child].relation for child in reader.children(token) if child > token]
    if "ccomp" in relations or "xcomp" in relations:
        return True
    return any(child > token and begins_with(child, _AS, reader) for child in reader.children(token))


def _relative_gap(token: int, reader: ClauseReader) -> Range | None:
    """ "a deal that the senator has criticised": the deal."""
    word = reader.tokens[token]
    if word.relation != "acl:relcl" or word.head < 0 or word.head not in reader.slots(token).get("obj", ()):
        return None
    low = word.head
    while low > 0 and reader.tokens[low - 1].head in (word.head, low) and reader.tokens[low - 1].relation in _OF_A_NOUN:
        low -= 1
    return low, word.head + 1


# holders


def _described(token: int, reader: ClauseReader) -> tuple[int, ...]:
    """ "47 % say": where the parse hangs a finite verb on the noun before it."""
    word = reader.tokens[token]
    if word.relation in ("appos", "acl") and word.xpos in ("VBD", "VBP", "VBZ", "VB") and word.head == token - 1:
        return (word.head,)
    return ()


# frames


def _passive(
    cue: SpeechCue,
    token: int,
    content: Range | None,
    reader: ClauseReader,
    finder: PartyFinder,
    lexicon: Lexicon,
) -> SpeechAct | None:
    """ "was praised for", "a plan known as": the content begins with who is praised; who praises stands after "by"."""
    subject = surface_subject_of(token, reader)
    if content is None:
        content = _completed(token, "", reader, begin=_COMPLETING)
    agents = reader.slots(token).get("subj", ())
    ranges = tuple(part for part in (subject, content) if part is not None)
    if not ranges or (content is None and not agents):
        return None
    return act_of(cue, token, ranges, agents, reader, finder, lexicon)


def _seeming(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    content = _completed(token, "", reader, begin=("like", "as"))
    if content is None:
        return None
    subject = surface_subject_of(token, reader)
    return act_of(cue, token, (content,) if subject is None else (subject, content), (), reader, finder, lexicon)


def _of_noun(
    cue: SpeechCue, token: int, preposition: str, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    """ "her criticism of", "their fear is that"."""
    content = _completed(token, preposition, reader) or _equated(token, reader)
    if content is None:
        return None
    slots = reader.slots(token)
    speakers: Sequence[int] = next((slots[slot] for slot in SPEAKERS_OF_NOUNS if slots.get(slot)), ())
    return act_of(cue, token, (content,), speakers, reader, finder, lexicon)


def _equated(token: int, reader: ClauseReader) -> Range | None:
    """ "the fear is that the talks will fail"."""
    word = reader.tokens[token]
    if word.relation not in ("nsubj", "nsubj:outer") or word.head < token:
        return None
    clause = word.head if word.relation == "nsubj:outer" else reader.child(word.head, "ccomp")
    if clause is None:
        return None
    mark = reader.child(clause, "mark")
    if mark is None or mark < token or reader.tokens[mark].lemma.lower() != "that":
        return None
    return mark, reader.subtree(clause)[1] + 1


def _viewed(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    """ "in Moscow's view", "in most polls": what the clause around it says is held or found there."""
    word = reader.tokens[token]
    if word.relation != "obl" or word.head < 0 or reader.preposition(token) != "in":
        return None
    phrase = reader.subtree(token)
    content = around(clause_above(word.head, phrase, reader), phrase, reader)
    if not content:
        return None
    if cue.frame == "within":
        case = reader.child(token, "case")
        found = act_of(cue, token, content, (token,), reader, finder, lexicon)
        return found if case is None else replace(found, cue=span_of(case, case + 1, reader.sentence))
    slots = reader.slots(token)
    speakers = slots.get("poss") or slots.get("p:of", ())
    return act_of(cue, token, content, speakers, reader, finder, lexicon) if speakers else None
