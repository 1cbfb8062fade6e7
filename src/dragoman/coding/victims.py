"""How many dead, injured and arrested the text counts for an act.

In: an act's trigger in its sentence, and the cues. Out: a `Size`, or none where the sentence counts nobody. Method:
every cue of the sentence is heard, but those that tell of another occasion than the trigger ("a week after a bomb
that killed 30"); the number is that of the noun which the cue's row says is counted.

"Dozens" and "several" are no number. It does not add up: of several counts of one kind the greatest is kept, as tolls
are told with their parts; and it cannot tell apart two acts of violence in one clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dragoman.coding.clauses import ClauseReader
from dragoman.knowledge.victim_cues import VictimCue
from dragoman.values import Size, Span, Step, Token

Cues = Mapping[tuple[str, str], VictimCue]
Senses = Mapping[str, Mapping[str, str]]

VIOLENT = frozenset({"ASSAULT", "PROTEST"})
ARRESTING = frozenset({"COERCE", "PROTEST"})
_CUE_TAGS = frozenset({"VERB", "NOUN", "ADJ"})
_OTHER_OCCASION = frozenset({"after", "following", "since", "before", "follow", "despite"})
_LOSING = frozenset({"claim", "lose", "cost", "take"})
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


def size_of(
    category: str, words: frozenset[int], reader: ClauseReader, cues: Cues, senses: Senses
) -> tuple[Size | None, tuple[Step, ...]]:
    """The counts for an act of this category, whose trigger's words are `words`; with the words that gave them."""
    kinds = {"dead", "injured"} if category in VIOLENT else set()
    kinds |= {"arrested"} if category in ARRESTING else set()
    counts: dict[str, int] = {}
    steps: list[Step] = []
    for index in _near(words, reader) if kinds else ():
        token = reader.tokens[index]
        cue = cues.get((token.lemma.lower(), token.upos))
        if cue is None or cue.kind not in kinds:
            continue
        for filler in _counted(cue, index, reader):
            number = _number(filler, reader, senses)
            if number is not None and number > counts.get(cue.kind, 0):
                counts[cue.kind] = number
                steps.append(Step("size", cue.id, (Span(token.text, token.start, token.end),), f"{cue.kind} {number}"))
    if not counts:
        return None, ()
    return Size(counts.get("dead"), counts.get("injured"), counts.get("arrested")), tuple(steps)


def _near(words: frozenset[int], reader: ClauseReader) -> Iterator[int]:
    """Words that may tell of the act's toll: all but those told of another occasion ("a week after a bomb killed
    30").
    """
    own: set[int] = set()
    for word in words:
        own.update(_path(word, reader))
    for token in reader.tokens:
        if token.upos in _CUE_TAGS and not any(
            _tells_of_another(step, reader) for step in _path(token.index, reader) if step not in own
        ):
            yield token.index


def _path(word: int, reader: ClauseReader) -> list[int]:
    """A word and those above it, up to the root."""
    path = [word]
    while (head := reader.tokens[path[-1]].head) >= 0 and len(path) <= len(reader.tokens):
        path.append(head)
    return path


def _tells_of_another(word: int, reader: ClauseReader) -> bool:
    return any(
        reader.tokens[child].relation in ("case", "mark") and reader.tokens[child].lemma.lower() in _OTHER_OCCASION
        for child in reader.children(word)
    )


def _counted(cue: VictimCue, index: int, reader: ClauseReader) -> Sequence[int]:
    """The nouns that the cue counts."""
    slots = reader.slots(index)
    token = reader.tokens[index]
    above = reader.slots(token.head) if token.head >= 0 else {}
    if cue.who in ("obj", "subj"):
        found: list[int] = []
        for filler in slots.get(cue.who, ()):
            found += reader.conjuncts(filler)
        return found
    if cue.who == "of":
        return slots.get("p:of", ())
    if cue.who == "lost":
        if token.head < 0 or reader.tokens[token.head].lemma.lower() not in _LOSING:
            return ()
        return [*slots.get("p:of", ()), index, *(above.get("subj", ()) if slots.get("poss") else ())]
    if cue.who == "taken":
        return above.get("obj", ())
    if cue.who == "toll":
        return [*slots.get("p:of", ()), *above.get("p:to", ()), *above.get("p:at", ())]
    owner = [token.head] if token.head >= 0 and token.relation in ("amod", "acl") else []
    if token.relation in ("xcomp", "advmod", "advcl"):
        owner += above.get("obj", ())
    return [index, *owner, *slots.get("subj", ())]


def _number(index: int, reader: ClauseReader, senses: Senses) -> int | None:
    """The number of a noun: its own figure, or that of the words which count it."""
    token = reader.tokens[index]
    if token.upos == "NUM":
        return _value([token, *_below(index, reader)], senses)
    for child in reader.children(index):
        if reader.tokens[child].relation == "nummod":
            return _value(sorted([reader.tokens[child], *_below(child, reader)], key=lambda t: t.index), senses)
    return None


def _below(index: int, reader: ClauseReader) -> list[Token]:
    low, high = reader.subtree(index)
    return [reader.tokens[n] for n in range(low, high + 1) if n != index and reader.tokens[n].upos in ("NUM", "NOUN")]


def _value(tokens: Sequence[Token], senses: Senses) -> int | None:
    """The whole number that words spell: figures, or words with tens and scales; none for anything else."""
    total = current = 0
    found = False
    for token in tokens:
        for part in token.text.lower().replace("-", " ").split():
            sense = senses.get(part, {})
            if _FIGURE.fullmatch(part):
                current, found = current + int(part.replace(",", "")), True
            elif "number" in sense:
                current, found = current + int(sense["number"]), True
            elif "scale" in sense:
                current, found = (current if found else 1) * int(sense["scale"]), True
                if int(sense["scale"]) >= 1000:
                    total, current = total + current, 0
    return total + current if found else None
