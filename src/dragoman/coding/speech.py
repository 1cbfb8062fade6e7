"""According to whom: who says so, in which words, and how much of the sentence is what he says.

In: sentences with their clauses and mentions, and the lexicon's cues of speech. Out: speech acts, each with its
cue, its speaker (a mention, or the words that name an unnamed one), its stance and the words of its content; and
for a trigger the chain of speech acts in whose content it stands, the outermost first. Method: a cue's speaker and
content are read off its deep slots; quotation marks make speech direct and carry it over sentences without a cue of
their own.

It cannot tell who speaks where nobody is named in the paragraph. None in the chain means that the outlet says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.coding.clauses import ClauseReader, Slots
from dragoman.coding.roles import PartyFinder
from dragoman.knowledge.lexicon import Lexicon, SpeechCue
from dragoman.values import Attribution, AttributionKind, Mention, Sentence, Span

_OPENING = frozenset({'"', "“", "``", "«", "„"})
_CLOSING = frozenset({'"', "”", "''", "»"})
_CLAUSE_SLOTS = ("ccomp", "parataxis")
_NOUN_CONTENT = ("ccomp", "p:of", "p:that", "xcomp", "p:about", "p:on")
_SPEAKING_WORDS = 12  # an unnamed speaker is quoted in at most so many words


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """One saying. `content` holds half-open ranges of token indices of sentence `sentence`."""

    sentence: int
    cue_token: int
    cue: Span
    rule: str
    kind: AttributionKind
    stance: str
    mention: int | None
    speaker_span: Span | None
    content: tuple[tuple[int, int], ...]
    whole_sentence: bool = False

    def covers(self, token: int) -> bool:
        """Does the content hold the word at `token`?"""
        return token != self.cue_token and (
            self.whole_sentence or any(first <= token < last for first, last in self.content)
        )

    @property
    def width(self) -> int:
        """How many words the content has: outer speech is wider than the speech inside it."""
        return 1_000_000 if self.whole_sentence else sum(last - first for first, last in self.content)


def find_speech(
    readers: Sequence[ClauseReader], finders: Sequence[PartyFinder], lexicon: Lexicon
) -> tuple[tuple[SpeechAct, ...], ...]:
    """For each sentence its speech acts, with quotations that run on from sentences before it."""
    result: list[tuple[SpeechAct, ...]] = []
    last: SpeechAct | None = None
    inside_quotation = False
    paragraph = -1
    for reader, finder in zip(readers, finders, strict=True):
        sentence = reader.sentence
        acts = _acts_in(reader, finder, lexicon)
        if sentence.paragraph != paragraph and not _opens_quotation(sentence):
            last, inside_quotation = None, False
        paragraph = sentence.paragraph
        wholly_quoted = inside_quotation or _opens_quotation(sentence)
        if wholly_quoted and not any(a.kind == "direct" for a in acts) and last is not None:
            acts = (_carried(last, sentence), *acts)
        speaking = [a for a in acts if a.mention is not None or a.speaker_span is not None]
        if speaking:
            last = speaking[0]
        inside_quotation = _ends_inside(sentence, inside_quotation)
        result.append(acts)
    return tuple(result)


def chain_for(token: int, acts: Sequence[SpeechAct]) -> tuple[SpeechAct, ...]:
    """The speech acts in whose content the word at `token` stands, the outermost first."""
    return tuple(sorted((a for a in acts if a.covers(token)), key=lambda a: (-a.width, a.cue_token)))


def attribution_of(act: SpeechAct, sentence: Sentence) -> Attribution:
    """The act as the event record holds it."""
    content = None
    if act.content:
        first, last = act.content[0][0], act.content[-1][1] - 1
        start, end = sentence.tokens[first].start, sentence.tokens[last].end
        content = Span(sentence.text[start - sentence.start : end - sentence.start], start, end)
    stance = "denies" if act.stance == "denies" else "doubts" if act.stance == "doubts" else "asserts"
    return Attribution(act.cue, act.kind, stance, act.mention, act.speaker_span, content)  # type: ignore[arg-type]


def _acts_in(reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> tuple[SpeechAct, ...]:
    found: list[SpeechAct] = []
    for token in reader.tokens:
        cues = lexicon.speech_cues.get((token.lemma.lower(), token.upos), ())
        for cue in cues or _adposition_cues(token.index, reader, lexicon):
            act = _read_cue(cue, token.index, reader, finder)
            if act is not None:
                found.append(act)
                break
    return tuple(found)


def _adposition_cues(index: int, reader: ClauseReader, lexicon: Lexicon) -> tuple[SpeechCue, ...]:
    """ "according to" is tagged as verb or preposition from one parse to the next."""
    token = reader.tokens[index]
    if token.relation in ("case", "fixed", "mark") or token.upos in ("ADP", "SCONJ"):
        return lexicon.speech_cues.get((token.lemma.lower(), "ADP"), ()) or lexicon.speech_cues.get(
            (token.text.lower(), "ADP"), ()
        )
    return ()


def _read_cue(cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder) -> SpeechAct | None:
    if cue.frame in ("according_to", "p_of_speaker"):
        return _according_to(cue, token, reader, finder)
    if cue.frame in ("adverb", "adjective"):
        return _reported(cue, token, reader)
    slots = reader.slots(token)
    content = _content(cue, token, slots, reader)
    if not content:
        return None
    speaker, words = _speaker(cue, token, slots, reader, finder)
    if cue.pos == "VERB" and speaker is None and words is None and not reader.is_passive(token):
        return None
    return _act(cue, token, content, speaker, words, reader)


def _reported(cue: SpeechCue, token: int, reader: ClauseReader) -> SpeechAct | None:
    """ "reportedly", "alleged": somebody says so, and nobody is named."""
    head = reader.tokens[token].head
    if head < 0:
        return None
    return _act(cue, token, (_range(head, token, reader, keep_both_sides=True),), None, None, reader)


def _content(cue: SpeechCue, token: int, slots: Slots, reader: ClauseReader) -> tuple[tuple[int, int], ...]:
    """Ranges of words that are said; none where the cue takes no content here."""
    heads: list[int] = []
    for slot in _content_slots(cue):
        heads = [filler for filler in slots.get(slot, ()) if not _is_cue_tail(filler, token, reader)]
        if heads:
            break
    if not heads and cue.pos == "VERB" and reader.tokens[token].head >= 0 and _comments_on_head(token, reader):
        return _outside(token, reader)
    return tuple(sorted(_range(head, token, reader) for head in heads))


def _content_slots(cue: SpeechCue) -> tuple[str, ...]:
    if cue.pos == "NOUN":
        return _NOUN_CONTENT
    if cue.frame == "subj+obj":
        return ("obj",)
    if cue.frame == "subj+xcomp":
        return ("xcomp",)
    return _CLAUSE_SLOTS


def _is_cue_tail(filler: int, token: int, reader: ClauseReader) -> bool:
    return filler == token or reader.tokens[filler].upos == "PUNCT"


def _comments_on_head(token: int, reader: ClauseReader) -> bool:
    """ "..., he said" and "as X confirmed" stand under what is said."""
    word = reader.tokens[token]
    if word.relation == "parataxis":
        return True
    if word.relation == "advcl":
        mark = reader.child(token, "mark", "advmod", "case")
        return mark is not None and reader.tokens[mark].lemma.lower() == "as"
    return False


def _outside(token: int, reader: ClauseReader) -> tuple[tuple[int, int], ...]:
    """The clause above a cue, less the cue's own phrase."""
    low, high = reader.subtree(token)
    first, last = reader.subtree(reader.tokens[token].head)
    ranges = [(first, min(low, last + 1)), (max(high + 1, first), last + 1)]
    return tuple((a, b) for a, b in ranges if a < b)


def _range(head: int, cue: int, reader: ClauseReader, *, keep_both_sides: bool = False) -> tuple[int, int]:
    low, high = reader.subtree(head)
    if low <= cue <= high and not keep_both_sides:  # a broken or interrupted clause: keep the side on which its head stands
        return (cue + 1, high + 1) if head > cue else (low, cue)
    return low, high + 1


def _speaker(
    cue: SpeechCue, token: int, slots: Slots, reader: ClauseReader, finder: PartyFinder
) -> tuple[Mention | None, Span | None]:
    order = ("subj", "poss", "p:by", "p:from", "light.subj", "comp", "adj") if cue.pos != "VERB" else ("subj",)
    mentions, _ = finder.first_filled(slots, order)
    if mentions:
        return mentions[0], None
    for slot in order:
        for filler in slots.get(slot, ()):
            if slot not in ("comp", "adj"):
                return None, _words(filler, reader)
    return None, None


def _words(head: int, reader: ClauseReader) -> Span:
    """The phrase that names an unnamed speaker, cut where it grows long."""
    low, high = reader.subtree(head)
    low, high = max(low, head - _SPEAKING_WORDS // 2), min(high, head + _SPEAKING_WORDS // 2)
    return _span(low, high + 1, reader.sentence)


def _span(first: int, last: int, sentence: Sentence) -> Span:
    start, end = sentence.tokens[first].start, sentence.tokens[last - 1].end
    return Span(sentence.text[start - sentence.start : end - sentence.start], start, end)


def _according_to(cue: SpeechCue, token: int, reader: ClauseReader, finder: PartyFinder) -> SpeechAct | None:
    noun = reader.tokens[token].head
    if noun < 0:
        return None
    low, high = reader.subtree(noun)
    above = reader.tokens[noun].head
    first, last = reader.subtree(above) if above >= 0 else (0, len(reader.tokens) - 1)
    content = tuple((a, b) for a, b in ((first, min(low, last + 1)), (max(high + 1, first), last + 1)) if a < b)
    parties = finder.parties(noun)
    words = None if parties else _words(noun, reader)
    return _act(cue, token, content, parties[0] if parties else None, words, reader)


def _act(
    cue: SpeechCue,
    token: int,
    content: tuple[tuple[int, int], ...],
    speaker: Mention | None,
    words: Span | None,
    reader: ClauseReader,
) -> SpeechAct:
    direct = any(
        reader.tokens[index].text in _OPENING
        for first, last in content
        for index in range(first, min(last, len(reader.tokens)))
    )
    word = reader.tokens[token]
    return SpeechAct(
        sentence=reader.sentence.index,
        cue_token=token,
        cue=Span(word.text, word.start, word.end),
        rule=cue.id,
        kind="direct" if direct else "indirect",
        stance=cue.stance,
        mention=speaker.index if speaker is not None else None,
        speaker_span=words,
        content=content,
    )


def _opens_quotation(sentence: Sentence) -> bool:
    return bool(sentence.tokens) and sentence.tokens[0].text in _OPENING


def _ends_inside(sentence: Sentence, inside: bool) -> bool:
    """Is a quotation still open after the sentence?"""
    for token in sentence.tokens:
        if token.text in ("“", "``", "«", "„"):
            inside = True
        elif token.text in ("”", "''", "»"):
            inside = False
        elif token.text == '"':
            inside = not inside
    return inside


def _carried(act: SpeechAct, sentence: Sentence) -> SpeechAct:
    return SpeechAct(
        sentence=sentence.index,
        cue_token=-1,
        cue=act.cue,
        rule=f"{act.rule}:carried",
        kind="direct",
        stance=act.stance,
        mention=act.mention,
        speaker_span=act.speaker_span,
        content=((0, len(sentence.tokens)),),
        whole_sentence=True,
    )
