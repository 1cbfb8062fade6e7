"""According to whom: who says so, in which words, and how much of the text is what he says.

In: sentences with their clauses and mentions, and the lexicon's cues of speech. Out: speech acts by sentence, each with
its cue, its speaker (a mention, or the words that name an unnamed one), its stance and the words of its content; and
for a trigger the chain of speech acts in whose content it stands, the outermost first. Method: a cue's speaker and
content are read off its deep slots (`saying.py`); a quotation is given to the cue in whose content it stands, to a cue
without content beside it, or to who spoke last, and carries that speech over its sentences; a label ("MR PRICE:")
speaks until the next label.

It cannot tell who speaks where nobody is named in the paragraph. None in the chain means that the outlet says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.nesting import hand_up
from dragoman.coding.positions import positions_of_sentence
from dragoman.coding.quotations import Label, Piece, find_labels, find_quotations
from dragoman.coding.roles import PartyFinder
from dragoman.coding.sayers import phrase_at, span_of
from dragoman.coding.saying import Range, SpeechAct, acts_of_sentence, bare_cue
from dragoman.knowledge.lexicon import Lexicon
from dragoman.values import Attribution, Mention, Sentence, Span

_SHORTEST_QUOTATION = 3  # words; fewer are scare quotes, titles and nicknames
_TRANSCRIPT, _CARRIED = 2_000_000, 1_000_000  # such speech is wider than any that a sentence holds
_PERSONS = frozenset({"name", "title", "group", "nominal"})

__all__ = ["SpeechAct", "attribution_of", "chain_for", "find_speech"]


def find_speech(
    readers: Sequence[ClauseReader], finders: Sequence[PartyFinder], lexicon: Lexicon, *, positions: bool = False
) -> tuple[tuple[SpeechAct, ...], ...]:
    """For each sentence its speech acts, with those that run on from other sentences.

    With `positions` also what is praised, wanted or believed and not said: no event stands in these acts.
    """
    found = [hand_up(acts_of_sentence(r, f, lexicon), r) for r, f in zip(readers, finders, strict=True)]
    sentences = [reader.sentence for reader in readers]
    quotations = find_quotations(sentences)
    _Quotations(readers, finders, lexicon, found).assign(quotations)
    _transcribe(readers, finders, lexicon, found)
    _following_statement(sentences, found)
    if positions:
        taken = [{act.cue_token for act in acts if act.cue_token >= 0 and not act.bare} for acts in found]
        for piece in (piece for pieces in quotations for piece in pieces):
            if piece.last - piece.first >= _SHORTEST_QUOTATION:  # what is quoted is the speaker's own voice
                taken[piece.sentence].update(range(piece.first, piece.last))
        for acts, reader, finder, words in zip(found, readers, finders, taken, strict=True):
            acts[:] = hand_up(_with_positions(acts, positions_of_sentence(reader, finder, lexicon, words)), reader)
    return tuple(tuple(acts) for acts in found)


def _with_positions(acts: Sequence[SpeechAct], positions: Iterable[SpeechAct]) -> list[SpeechAct]:
    """Both, in one list; "called it “a farce”" is one act, with the name and the quotation."""
    bare = {act.cue_token: act for act in acts if act.bare}
    found = [act for act in acts if not act.bare]
    for position in positions:
        quoting = bare.pop(position.cue_token, None)
        if quoting is None:
            found.append(position)
            continue
        content = _union((*position.content, *quoting.content), position.cue_token)
        found.append(replace(quoting, content=content, bare=False))
    return [*bare.values(), *found]


def chain_for(token: int, acts: Sequence[SpeechAct]) -> tuple[SpeechAct, ...]:
    """The speech acts in whose content the word at `token` stands, the outermost first; direct where it is quoted."""
    chain = sorted((act for act in acts if act.covers(token)), key=lambda act: (-act.width, act.cue_token))
    return tuple(replace(act, kind="direct" if act.quotes(token) else "indirect") for act in chain)


def attribution_of(act: SpeechAct, sentence: Sentence) -> Attribution:
    """The act as the event record holds it."""
    content = span_of(act.content[0][0], act.content[-1][1], sentence) if act.content else None
    return Attribution(act.cue, act.kind, act.stance, act.mention, act.speaker_span, content)


class _Quotations:
    """Gives each quotation to its speaker. `found` holds the acts by sentence, and grows."""

    def __init__(
        self,
        readers: Sequence[ClauseReader],
        finders: Sequence[PartyFinder],
        lexicon: Lexicon,
        found: list[list[SpeechAct]],
    ) -> None:
        self._readers = readers
        self._finders = finders
        self._lexicon = lexicon
        self._found = found

    def assign(self, quotations: Sequence[tuple[Piece, ...]]) -> None:
        """Each quotation of some length in turn, so that later ones may go to who spoke before."""
        for pieces in quotations:
            words = sum(self._words(piece) for piece in pieces)
            if words < _SHORTEST_QUOTATION:
                continue
            self._own_words(pieces)
            for piece in pieces:
                if self._extend(piece, pieces) or self._beside(piece, pieces):
                    break
            else:
                self._by_neighbour(pieces)

    def _words(self, piece: Piece) -> int:
        tokens = self._readers[piece.sentence].tokens
        return sum(token.upos != "PUNCT" for token in tokens[piece.first : piece.last])

    def _own_words(self, pieces: Sequence[Piece]) -> None:
        """ "I think that" inside a quotation is the speaker's own voice, no further speech."""
        for piece in pieces:
            acts = self._found[piece.sentence]
            acts[:] = [a for a in acts if not (a.first_person and piece.first <= a.cue_token < piece.last)]

    def _extend(self, piece: Piece, pieces: Sequence[Piece]) -> bool:
        """A cue outside the quotation whose content holds some of it speaks all of it."""
        acts = self._found[piece.sentence]
        for place, act in enumerate(acts):
            if piece.first <= act.cue_token < piece.last or (act.kind == "direct" and act.cue_token < 0):
                continue
            shared = [(max(a, piece.first), min(b, piece.last)) for a, b in act.content]
            if any(b - a >= min(_SHORTEST_QUOTATION, piece.last - piece.first) for a, b in shared):
                acts[place] = _quoting(act, piece)
                self._carry(acts[place], pieces, besides=piece.sentence)
                return True
        return False

    def _beside(self, piece: Piece, pieces: Sequence[Piece]) -> bool:
        """A cue that has a speaker and no content of its own in the sentence: "..., the minister went on"."""
        reader, finder = self._readers[piece.sentence], self._finders[piece.sentence]
        taken = {act.cue_token for act in self._found[piece.sentence]}
        act = bare_cue(piece.first, piece.last, taken, reader, finder, self._lexicon)
        if act is None:
            return False
        act = _quoting(act, piece)
        self._found[piece.sentence].append(act)
        self._carry(act, pieces, besides=piece.sentence)
        return True

    def _carry(self, act: SpeechAct, pieces: Sequence[Piece], besides: int) -> None:
        for piece in pieces:
            if piece.sentence != besides:
                content = ((piece.first, piece.last),)
                carried = replace(
                    act, sentence=piece.sentence, cue_token=-1, rule=f"{act.rule}:carried", kind="direct",
                    content=content, quoted=content, breadth=_CARRIED,
                )  # fmt: skip
                self._found[piece.sentence].append(carried)

    def _by_neighbour(self, pieces: Sequence[Piece]) -> None:
        """A quotation without a cue: said by whom the words before its colon name, else by who spoke last."""
        first = pieces[0]
        tokens = self._readers[first.sentence].tokens
        before = first.first - 2  # the mark stands between
        if before > 0 and tokens[before].text in (":", ","):
            act = self._by_colon(first.sentence, before) if tokens[before].text == ":" else None
        elif first.first <= 1 or (before >= 0 and tokens[before].text in (".", "?", "!")):
            act = self._by_last(first.sentence)
        else:
            return
        if act is not None:
            self._carry(act, pieces, besides=-1)

    def _by_colon(self, sentence: int, colon: int) -> SpeechAct | None:
        reader, finder = self._readers[sentence], self._finders[sentence]
        for token in reader.tokens[:colon]:
            mention = finder.mention_at(token.index)
            if mention is not None and mention.head == token.index and _is_speaker(mention):
                return _introduced(reader, colon, mention, token.index)
        return None

    def _by_last(self, sentence: int) -> SpeechAct | None:
        """Who spoke in the sentence before, or is its subject; over a break of paragraphs only one who spoke."""
        if sentence == 0:
            return None
        previous = self._readers[sentence - 1]
        same = previous.sentence.paragraph == self._readers[sentence].sentence.paragraph
        acts = [a for a in self._found[sentence - 1] if a.mention is not None or a.speaker_span is not None]
        outer = [act for act in acts if act.breadth == 0] or acts
        if outer:
            return outer[0]
        if not same:
            return None
        here = [a for a in self._found[sentence] if a.mention is not None or a.speaker_span is not None]
        if here:
            return here[0]
        root = next((token.index for token in previous.tokens if token.head < 0), None)
        if root is None:
            return None
        for subject in previous.surface_subject(root):
            mention = self._finders[sentence - 1].actor_at(subject)
            if mention is not None and _is_speaker(mention):
                return _introduced(previous, root, mention, subject)
        return None


def _is_speaker(mention: Mention) -> bool:
    return mention.kind in _PERSONS


def _introduced(reader: ClauseReader, cue: int, mention: Mention, head: int) -> SpeechAct:
    token = reader.tokens[cue]
    return SpeechAct(
        sentence=reader.sentence.index,
        cue_token=-1,
        cue=Span(token.text, token.start, token.end),
        rule="quotation-after-its-speaker",
        kind="direct",
        stance="asserts",
        mention=mention.index if mention.actors else None,
        speaker_span=None if mention.actors else phrase_at(head, reader),
        phrase=phrase_at(head, reader),
        content=(),
    )


def _quoting(act: SpeechAct, piece: Piece) -> SpeechAct:
    """`act` with a quotation in its content."""
    content = _union((*act.content, (piece.first, piece.last)), act.cue_token)
    quoted = (*act.quoted, (piece.first, piece.last))
    share = sum(b - a for a, b in quoted) * 2 >= sum(b - a for a, b in content)
    return replace(act, content=content, quoted=quoted, kind="direct" if share else act.kind)


def _union(ranges: Sequence[Range], cue: int) -> tuple[Range, ...]:
    """The ranges in order, those that touch made one, but never over the cue."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] and not joined[-1][1] <= cue < first:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return tuple(joined)


# transcripts


def _transcribe(
    readers: Sequence[ClauseReader], finders: Sequence[PartyFinder], lexicon: Lexicon, found: list[list[SpeechAct]]
) -> None:
    """Gives what stands after a speaker's label to that speaker, until the next label."""
    known = frozenset(lemma for lemma, pos in lexicon.speech_cues if pos == "LABEL")
    labels = find_labels([reader.sentence for reader in readers], known)
    if not labels:
        return
    people = _people_by_surname(readers, finders)
    for number, label in enumerate(labels):
        end = labels[number + 1].sentence if number + 1 < len(labels) else len(readers)
        act = _labelled(label, readers, people)
        for place in range(label.sentence, end):
            first = label.colon + 1 if place == label.sentence else 0
            content = ((first, len(readers[place].tokens)),)
            found[place][:] = [a for a in found[place] if not a.first_person and not 0 <= a.cue_token < first]
            found[place].append(replace(act, sentence=place, content=content, quoted=content))


def _people_by_surname(readers: Sequence[ClauseReader], finders: Sequence[PartyFinder]) -> dict[str, Mention]:
    """The first mention of each person that the tables know, else the first of each, by the last word of the name."""
    people: dict[str, Mention] = {}
    for reader, finder in zip(readers, finders, strict=True):
        for token in reader.tokens:
            if token.upos != "PROPN":
                continue
            mention = finder.mention_at(token.index)
            if mention is None or mention.kind not in ("name", "title") or not mention.actors:
                continue
            surname = mention.actors[0].name.split()[-1].lower()
            known = people.get(surname)
            if known is None or (known.actors[0].party is None and mention.actors[0].party is not None):
                people[surname] = mention
    return people


def _labelled(label: Label, readers: Sequence[ClauseReader], people: dict[str, Mention]) -> SpeechAct:
    reader = readers[label.sentence]
    colon = reader.tokens[label.colon]
    words = span_of(0, label.colon, reader.sentence)
    mention = people.get(reader.tokens[label.colon - 1].text.lower())
    return SpeechAct(
        sentence=label.sentence,
        cue_token=-1,
        cue=Span(colon.text, colon.start, colon.end),
        rule="speaker-label",
        kind="direct",
        stance="asserts",
        mention=mention.index if mention is not None else None,
        speaker_span=words if mention is None else None,
        phrase=words,
        content=(),
        breadth=_TRANSCRIPT,
    )


def _following_statement(sentences: Sequence[Sentence], found: list[list[SpeechAct]]) -> None:
    """ "The following is attributable to X: ...": X says the rest of the article."""
    for place, acts in enumerate(found):
        opening = next((act for act in acts if act.rest), None)
        if opening is None:
            continue
        for later in range(place + 1, len(sentences)):
            content = ((0, len(sentences[later].tokens)),)
            act = replace(
                opening, sentence=later, cue_token=-1, rule=f"{opening.rule}:carried", kind="direct",
                content=content, quoted=content, breadth=_TRANSCRIPT, rest=False,
            )  # fmt: skip
            found[later].append(act)
        return
