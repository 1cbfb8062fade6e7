"""Speech inside one sentence: cues of saying with their speakers and what is said.

In: one sentence's clauses and mentions, and the lexicon's cues. Out: `SpeechAct`s. Method: a cue's frame names the
slots in which speaker and content stand; a cue that comments on the clause above it ("..., he said", "as X
confirmed", "according to X") has that clause as its content.

It knows nothing of quotation marks and of other sentences: `speech.py` puts these in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from dragoman.coding.clauses import ClauseReader, Slots
from dragoman.coding.roles import PartyFinder
from dragoman.coding.sayers import (
    VERBS,
    cue_words,
    is_unnamed,
    outside_quotation,
    phrase_at,
    span_of,
    speaker_at,
    speakers_of,
    surface_subject_of,
    words_of_speaker,
)
from dragoman.knowledge.lexicon import Lexicon, SpeechCue
from dragoman.values import AttributionKind, Span, Stance

Range = tuple[int, int]
_FIRST_PERSON = frozenset({"i", "we"})
_SECOND_PERSON = frozenset({"you", "one"})  # who is asked or meant at large says nothing
_LONGEST_NAME = 6  # words before the colon of a headline that names who speaks
_SPEAKING_WORDS = 12  # a speaker is quoted in at most so many words on either side of the head
_WEAKER: dict[Stance, Stance] = {"asserts": "doubts", "denies": "asserts", "doubts": "asserts"}
_ENDS = frozenset({".", "!", "?", ",", ";", ":"})
_COMMAS = frozenset({",", "”", '"', "''", "—", "–", "-"})


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """One saying. `content` and `quoted` (the part of it in quotation marks) are half-open ranges of token indices.

    `mention` indexes the article's mentions; `speaker_span` is set for a speaker whom nobody could name, `phrase` is
    all that names the speaker. `breadth` is set where the content goes beyond the sentence.
    """

    sentence: int
    cue_token: int
    cue: Span
    rule: str
    kind: AttributionKind
    stance: Stance
    mention: int | None
    speaker_span: Span | None
    phrase: Span | None
    content: tuple[Range, ...]
    quoted: tuple[Range, ...] = ()
    breadth: int = 0
    first_person: bool = False
    bare: bool = False  # a cue that holds nothing but the quotation beside it
    rest: bool = False  # the speaker says all that follows
    claims: tuple[int, ...] = ()  # nouns of saying that are denied or doubted: "rejected reports that"

    def covers(self, token: int) -> bool:
        """Does the content hold the word at `token`? A cue is never its own content."""
        return token != self.cue_token and any(first <= token < last for first, last in self.content)

    def quotes(self, token: int) -> bool:
        """Does the word at `token` stand between quotation marks of this speech?"""
        return any(first <= token < last for first, last in self.quoted)

    @property
    def width(self) -> int:
        """How many words the content has: outer speech is wider than the speech inside it."""
        return self.breadth + sum(last - first for first, last in self.content)


def acts_of_sentence(reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> tuple[SpeechAct, ...]:
    """The speech acts of a sentence in the order of their cues."""
    found: list[SpeechAct] = []
    headline = _headline(reader, finder)
    if headline is not None:
        found.append(headline)
    for token in reader.tokens:
        cues = lexicon.speech_cues.get((token.lemma.lower(), token.upos))
        if cues is None and token.relation in ("case", "fixed", "mark"):
            cues = lexicon.speech_cues.get((token.lemma.lower(), "ADP"))  # "according to" has many tags
        for cue in cues or ():
            act = _read_cue(cue, token.index, reader, finder, lexicon)
            if act is not None:
                found.append(act)
                break
    denied = {head for act in found for head in act.claims}
    return tuple(act for act in found if act.phrase is not None or act.cue_token not in denied)


def bare_cue(
    first: int, last: int, taken: Collection[int], reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    """A cue outside the words from `first` to `last` that has a speaker and no content: the nearest to them."""
    best: tuple[int, int] | None = None
    for token in reader.tokens:
        index = token.index
        if first <= index < last or index in taken or token.upos != "VERB":
            continue
        cues = lexicon.speech_cues.get((token.lemma.lower(), "VERB"))
        if cues is None or not any(cue.frame in ("subj+ccomp", "quote") for cue in cues):
            continue
        distance = first - index if index < first else index - last
        if (best is None or distance < best[0]) and reader.surface_subject(index):
            best = distance, index
    if best is None:
        return None
    index = best[1]
    row = lexicon.speech_cues[(reader.tokens[index].lemma.lower(), "VERB")][0]
    speakers = outside_quotation(index, reader) or reader.surface_subject(index)
    if any(first <= speaker < last for speaker in speakers):
        return None
    return replace(act_of(row, index, (), speakers[:1], reader, finder, lexicon), bare=True)


def _read_cue(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    frame = cue.frame
    if frame == "according_to":
        return _according_to(cue, token, reader, finder, lexicon)
    if frame in ("adverb", "adjective"):
        return _hearsay(cue, token, reader, finder, lexicon)
    if frame == "rest":
        return _rest(cue, token, reader, finder, lexicon)
    if frame == "quoted_as":
        return _quoted_as(cue, token, reader, finder, lexicon)
    if frame == "quote":
        return None
    slots = reader.slots(token)
    content = _content(cue, token, slots, reader, finder, lexicon)
    if not content:
        return None
    speakers = speakers_of(cue, token, slots, reader)
    if speakers and reader.tokens[speakers[0]].lemma.lower() in _SECOND_PERSON:
        return None
    if not speakers and cue.pos != "NOUN" and not reader.is_passive(token) and not _is_asked(token, reader):
        return None
    act = act_of(cue, token, content, speakers, reader, finder, lexicon)
    return replace(act, claims=_claims(slots, reader, lexicon)) if frame == "subj+claim" else act


def _is_asked(token: int, reader: ClauseReader) -> bool:
    """ "Asked whether ..., he said": a participle that taggers take for a past tense."""
    word = reader.tokens[token]
    return word.xpos == "VBD" and word.relation == "advcl" and word.head > token and reader.child(token, "mark") is None


# content


def _content(
    cue: SpeechCue, token: int, slots: Slots, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> tuple[Range, ...]:
    """Ranges of words that are said; none where the cue takes no content here."""
    slot = cue.frame.partition("+")[2]
    if slot == "claim":
        return tuple(_range(head, token, reader) for head in _claims(slots, reader, lexicon))
    if slot != "ccomp":
        fillers = slots.get(slot, ()) or (slots.get("iobj", ()) if slot == "obj" else ())  # "shows men firing"
        heads = [filler for filler in fillers if _may_be_said(filler, reader)]
        if slot == "obj" and heads:  # "described it as a trap"
            heads += [c for c in reader.children(token) if c > token and begins_with(c, ("as",), reader)]
        return tuple(sorted(_range(head, token, reader) for head in heads))
    heads = [*slots.get("ccomp", ())]
    if not heads and cue.pos == "VERB" and reader.is_passive(token):
        told = _told_passively(token, slots, reader)
        if told:
            return told
    if not heads and cue.pos == "VERB":
        heads = [filler for filler in slots.get("parataxis", ()) if reader.child(filler, "nsubj", "nsubj:pass")]
    heads = [head for head in heads if head != token]
    if heads:
        return tuple(sorted(_range(head, token, reader) for head in heads))
    if cue.pos == "VERB" and _may_comment(cue, slots, finder):
        return _commented(token, reader)
    return ()


def _told_passively(token: int, slots: Slots, reader: ClauseReader) -> tuple[Range, ...]:
    """ "it was said that they fled", "they are said to have fled", "..., as confirmed by X", "..., it was reported"."""
    word = reader.tokens[token]
    if word.relation == "advcl" and slots.get("subj") and reader.preposition(token) == "as":
        part = reader.subtree(token)
        return around(clause_above(word.head, part, reader), part, reader)
    own = reader.child(token, "nsubj:pass")
    if word.relation == "parataxis" and own is not None and reader.tokens[own].lemma.lower() == "it":
        return around(word.head, reader.subtree(token), reader)
    clause = reader.child(token, "csubj:pass")
    if clause is not None and clause > token:
        return (_range(clause, token, reader),)
    ranges = [_range(head, token, reader) for head in slots.get("xcomp", ())]
    subject = surface_subject_of(token, reader) if ranges else None
    return tuple(sorted(ranges if subject is None else (subject, *ranges)))


def _claims(slots: Slots, reader: ClauseReader, lexicon: Lexicon) -> tuple[int, ...]:
    """ "rejected reports that": what is denied is what was reported; "rejected the sanctions" denies nothing."""
    cues = lexicon.speech_cues
    return tuple(f for f in slots.get("obj", ()) if (reader.tokens[f].lemma.lower(), "NOUN") in cues)


def begins_with(phrase: int, prepositions: Collection[str], reader: ClauseReader) -> bool:
    """Is it a phrase or clause under one of some prepositions ("for the ban", "for the ban to be lifted")?"""
    if reader.tokens[phrase].relation not in ("obl", "nmod", "advcl", "acl"):
        return False
    return reader.preposition(phrase).partition("_")[0] in prepositions


def _may_be_said(filler: int, reader: ClauseReader) -> bool:
    return reader.tokens[filler].upos not in ("PUNCT", "PRON")


def _may_comment(cue: SpeechCue, slots: Slots, finder: PartyFinder) -> bool:
    """A cue with an object or an infinitive says that ("said nothing", "vowed to"), unless the object is told."""
    told = slots.get("obj", ())
    return (
        "subj" in slots
        and "xcomp" not in slots
        and (not told or (cue.kind == "tell" and finder.mention_at(told[0]) is not None))
    )


def _commented(token: int, reader: ClauseReader) -> tuple[Range, ...]:
    """What "..., he said" and "as X confirmed" comment on: the clause above, or all that stands before the comma."""
    word = reader.tokens[token]
    low, high = reader.subtree(token)
    if word.head >= 0:
        mark = reader.child(token, "mark", "advmod", "case")
        with_as = mark is not None and reader.tokens[mark].lemma.lower() == "as"
        if word.relation == "parataxis" or (word.relation == "advcl" and with_as):
            return around(word.head, (low, high), reader)
        if with_as or word.relation in ("acl:relcl", "acl", "ccomp"):
            return ()
    start = min([token, *(reader.subtree(s)[0] for s in reader.surface_subject(token) if s < token)])
    last = len(reader.tokens) - 1
    while last > token and reader.tokens[last].upos == "PUNCT":
        last -= 1
    if start >= 3 and reader.tokens[start - 1].text in _COMMAS and last - token <= _SPEAKING_WORDS:
        return ((0, start - 1),)
    return ()


def around(clause: int, part: Range, reader: ClauseReader) -> tuple[Range, ...]:
    """The words of a clause without those of `part` (both ends included), and without a further clause after it."""
    low, high = part
    first, last = reader.subtree(clause)
    for child in reader.children(clause):
        if child > high and reader.tokens[child].relation == "conj" and reader.child(child, "nsubj", "nsubj:pass"):
            last = min(last, reader.subtree(child)[0] - 1)
    ranges = ((first, min(low, last + 1)), (max(high + 1, first), last + 1))
    return tuple((a, b) for a, b in ranges if a < b)


def _range(head: int, cue: int, reader: ClauseReader) -> Range:
    """The words of a clause or phrase; where the cue interrupts it, those on the side on which its head stands."""
    low, high = reader.subtree(head)
    while high > head and reader.tokens[high].text in _ENDS:
        high -= 1
    if not low <= cue <= high:
        second = _second_subject(head, reader) if head < cue else None
        return low, (high + 1 if second is None else second)
    if head > cue:
        return cue + 1, high + 1
    last = cue_words(cue, reader)[0]
    for child in reader.children(cue):
        if head < child < cue and reader.tokens[child].relation == "nsubj":
            last = min(last, reader.subtree(child)[0])
    while last > head + 1 and reader.tokens[last - 1].upos == "PUNCT":
        last -= 1
    return low, max(last, head + 1)


def _second_subject(head: int, reader: ClauseReader) -> int | None:
    """Where the words of a subject begin that stands after its verb: "they met, sources told us"."""
    for child in reader.children(head):
        if child > head and reader.tokens[child].relation == "nsubj" and reader.child(head, "nsubj") != child:
            low, _ = reader.subtree(child)
            return low - 1 if reader.tokens[low - 1].upos == "PUNCT" and low - 1 > head else low
    return None


# cues of their own kind


def _hearsay(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    """ "reportedly", "alleged": somebody says so, and nobody is named."""
    head = reader.tokens[token].head
    if head < 0:
        return None
    if cue.frame == "adjective" and reader.tokens[token].relation != "amod":
        return None
    low, high = reader.subtree(head)
    return act_of(cue, token, ((low, high + 1),), (), reader, finder, lexicon)


def _headline(reader: ClauseReader, finder: PartyFinder) -> SpeechAct | None:
    """ "Lavrov: Moscow will answer": a name and a colon at the head of a sentence."""
    tokens = reader.tokens
    colon = next((t.index for t in tokens[1:_LONGEST_NAME] if t.text == ":"), None)
    if colon is None or colon + 2 >= len(tokens):
        return None
    words = span_of(0, colon, reader.sentence)
    mention = finder.mention_at(colon - 1) or finder.mention_at(0)
    known = mention is not None and mention.kind == "name" and bool(mention.actors)
    if mention is not None and not (known and (mention.start, mention.end) == (words.start, words.end)):
        return None
    if mention is None and not all(token.entity.endswith("-PER") for token in tokens[:colon]):
        return None
    return SpeechAct(
        sentence=reader.sentence.index,
        cue_token=colon,
        cue=Span(":", tokens[colon].start, tokens[colon].end),
        rule="name-and-colon",
        kind="indirect",
        stance="asserts",
        mention=mention.index if mention is not None else None,
        speaker_span=words if mention is None else None,
        phrase=words,
        content=((colon + 1, len(tokens)),),
    )


def _according_to(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    noun = reader.tokens[token].head
    if noun < 0 or reader.tokens[token].relation not in ("case", "mark", "fixed", "advcl", "obl"):
        return None
    if reader.tokens[token].relation in ("advcl", "obl"):  # "according" taken for a verb
        above, inner = noun, [c for c in reader.children(token) if reader.tokens[c].relation == "obl"]
        if not inner:
            return None
        noun, phrase = inner[0], reader.subtree(token)
    else:
        above, phrase = reader.tokens[noun].head, reader.subtree(noun)
    if cue.lemma == "per" and not finder.parties(noun):
        return None
    above = clause_above(above, phrase, reader)
    content = around(above, phrase, reader) if above >= 0 else ()
    return act_of(cue, token, content, (noun,), reader, finder, lexicon) if content else None


def clause_above(above: int, phrase: Range, reader: ClauseReader) -> int:
    """The clause that a phrase comments on; at either end of the sentence, behind a comma, that is all of it."""
    tokens = reader.tokens
    last = len(tokens) - 1
    while last > phrase[1] and tokens[last].upos == "PUNCT":
        last -= 1
    at_end = last <= phrase[1] and phrase[0] > 0 and tokens[phrase[0] - 1].text in _COMMAS
    for _ in range(len(tokens)):
        if above < 0 or tokens[above].head < 0:
            break
        is_clause = tokens[above].upos in VERBS or reader.child(above, "nsubj", "nsubj:pass", "cop") is not None
        if is_clause and not (at_end or phrase[0] <= 1):
            break
        if is_clause and tokens[above].relation in ("ccomp", "parataxis") and tokens[above].head > phrase[1]:
            break
        above = tokens[above].head
    return above


def _quoted_as(
    cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> SpeechAct | None:
    """ "TASS quoted X as saying that": TASS says it too, as the outer speaker."""
    slots = reader.slots(token)
    clauses = slots.get("p:as", ())
    if not clauses or not slots.get("subj"):
        return None
    low, high = reader.subtree(clauses[0])
    return act_of(cue, token, ((low, high + 1),), slots["subj"], reader, finder, lexicon)


def _rest(cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> SpeechAct | None:
    """ "The following is attributable to X:" """
    colon = next((t.index for t in reader.tokens[token:] if t.text == ":"), None)
    if colon is None:
        return None
    speaker = next((i for i in range(colon - 1, token, -1) if finder.actor_at(i) is not None), colon - 1)
    content = ((colon + 1, len(reader.tokens)),) if colon + 1 < len(reader.tokens) else ()
    act = act_of(cue, token, content, (speaker,), reader, finder, lexicon)
    return replace(act, kind="direct", quoted=content, rest=True, breadth=len(reader.tokens))


def act_of(
    cue: SpeechCue,
    token: int,
    content: tuple[Range, ...],
    speakers: Sequence[int],
    reader: ClauseReader,
    finder: PartyFinder,
    lexicon: Lexicon,
) -> SpeechAct:
    preposition = "to" if cue.frame == "according_to" else cue.frame.replace("+p:", ":").partition(":")[2]
    mention = speaker_at(speakers, finder)
    unnamed = bool(speakers) and (mention is None or is_unnamed(mention))
    return SpeechAct(
        sentence=reader.sentence.index,
        cue_token=token,
        cue=span_of(*cue_words(token, reader, preposition), reader.sentence),
        rule=cue.id,
        kind="indirect",
        stance=_WEAKER[cue.stance] if _is_negated(token, reader, lexicon) else cue.stance,
        mention=mention.index if mention is not None else None,
        speaker_span=phrase_at(speakers[0], reader, token, whole=False) if unnamed else None,
        phrase=words_of_speaker(token, speakers[0], reader) if speakers else None,
        content=_tidy(content, reader),
        first_person=bool(speakers) and reader.tokens[speakers[0]].lemma.lower() in _FIRST_PERSON,
    )


def _tidy(content: tuple[Range, ...], reader: ClauseReader) -> tuple[Range, ...]:
    """The ranges, those that touch or overlap as one, without commas and stops at their ends."""
    joined: list[Range] = []
    for first, last in sorted(content):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    found: list[Range] = []
    for first, last in joined:
        while first < last and reader.tokens[last - 1].text in _ENDS:
            last -= 1
        while first < last and reader.tokens[first].text in _ENDS:
            first += 1
        if any(token.upos != "PUNCT" for token in reader.tokens[first:last]):
            found.append((first, last))
    return tuple(found)


def _is_negated(token: int, reader: ClauseReader, lexicon: Lexicon) -> bool:
    """ "did not confirm that", "declined to say that"."""
    for child in reader.children(token):
        word = reader.tokens[child]
        if word.relation in ("advmod", "det") and _negates(lexicon, word.lemma.lower(), word.upos, "self"):
            return True
    head = reader.tokens[token].head
    if reader.tokens[token].relation != "xcomp" or head < 0:
        return False
    above = reader.tokens[head]
    return _negates(lexicon, above.lemma.lower(), above.upos, "xcomp")


def _negates(lexicon: Lexicon, lemma: str, upos: str, slot: str) -> bool:
    return any(row.slot == slot and row.effect == "negated" for row in lexicon.operators.get((lemma, upos), ()))
