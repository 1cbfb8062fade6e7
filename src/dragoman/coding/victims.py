"""How many dead, injured and arrested the text counts for an act.

In: an act's trigger in its sentence, and the cues. Out: a `Size`, or none where the sentence counts nobody. Method: a
cue is heard if it is the trigger, is coordinated with it or stands in a clause under it ("attacked a convoy, killing
nine"), or has it as its subject ("the raid left four dead"); the number is that of the noun which the cue's row says
is counted.

"Dozens" and "several" are no number. It does not add up: of several counts of one kind the greatest is kept, as tolls
are told with their parts.
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
_SIDE_CLAUSES = frozenset(
    {"advcl", "acl", "conj", "parataxis", "dep", "advcl:relcl", "acl:relcl", "ccomp", "xcomp", "obj", "obl"}
)
_DEPTH = 3
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
    """Words in whose clause the act's toll may stand, each once."""
    seen: set[int] = set()
    layer = sorted(words)
    for word in sorted(words):
        head = reader.tokens[word].head
        if head >= 0 and reader.tokens[word].relation in ("nsubj", "nsubj:pass", "conj"):
            layer.append(head)  # "the raid killed four"
    for _ in range(_DEPTH):
        below: list[int] = []
        for index in layer:
            if index not in seen:
                seen.add(index)
                yield index
                below += [c for c in reader.children(index) if reader.tokens[c].relation in _SIDE_CLAUSES]
        layer = below


def _counted(cue: VictimCue, index: int, reader: ClauseReader) -> Sequence[int]:
    """The nouns that the cue counts."""
    slots = reader.slots(index)
    if cue.who in ("obj", "subj"):
        found: list[int] = []
        for filler in slots.get(cue.who, ()):
            found += reader.conjuncts(filler)
        return found
    if cue.who == "of":
        return slots.get("p:of", ())
    token = reader.tokens[index]
    if cue.who == "lost":
        head = token.head
        return [*slots.get("p:of", ()), index] if head >= 0 and reader.tokens[head].lemma.lower() in _LOSING else []
    owner = [token.head] if token.head >= 0 and token.relation in ("amod", "xcomp", "acl") else []
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
            elif "scale" in sense and found:
                current = current * int(sense["scale"])
                if int(sense["scale"]) >= 1000:
                    total, current = total + current, 0
    return total + current if found else None
