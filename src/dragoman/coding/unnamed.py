"""Parties that no mention names: words that the event network takes for an actor or recipient, and nobody could
identify.

In: the network's readings of a sentence and its mentions. Out: the mentions with those words among them, each as an
actor of its own without country or party ("text:-:-:..."); where such a person or group belongs is inferred later
(`home.py`), and said so.

It invents no one: the words stand in the text, and what they name stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dragoman.coding.drafts import slug
from dragoman.coding.spotting import MentionKnowledge
from dragoman.language.event_network import TriggerReading
from dragoman.values import Actor, Mention, Sentence

_LIKELY_EVENT = 0.4
_LIKELY_PARTY = 0.6
_LONGEST_NAME = 3  # words before the head
_HEADS = frozenset({"NOUN", "PROPN", "PRON"})


def with_unnamed(
    mentions: Sequence[Mention],
    sentences: Sequence[Sentence],
    readings: Sequence[Sequence[TriggerReading]],
    knowledge: MentionKnowledge,
) -> tuple[Mention, ...]:
    """All mentions of an article, with parties that only the network sees; indices of the known ones stay.

    "We" and "I" of an unknown speaker stay nobody: where they belong cannot be told from the company they speak of.
    """
    found = list(mentions)
    by_sentence: list[list[Mention]] = [[] for _ in sentences]
    for mention in mentions:
        by_sentence[mention.sentence].append(mention)
    for sentence, said in zip(sentences, readings, strict=True):
        heads = _heads(sentence, said, by_sentence[sentence.index])
        for head in heads:
            pronoun = knowledge.cues.pronouns.get(sentence.tokens[head].text.lower())
            if (pronoun is not None and pronoun.person == 1) or _names_no_party(head, sentence, knowledge):
                continue
            own = next((m for m in by_sentence[sentence.index] if m.head == head and not m.actors), None)
            if own is not None:
                found[own.index] = replace(own, actors=(_actor(own.text),))
            else:
                found.append(_mention(len(found), head, sentence))
    return tuple(found)


def _names_no_party(head: int, sentence: Sentence, knowledge: MentionKnowledge) -> bool:
    """A name that the tables know to be nobody's: a region, a site, a dish."""
    words = [token.text for token in sentence.tokens]
    entities = knowledge.actors.entities
    for first in range(max(0, head - _LONGEST_NAME), head + 1):
        for length, names in knowledge.actors.names_at(words, first):
            if first + length > head and all(entities[name.entity].kind == "other" for name in names):
                return True
    return False


def _heads(sentence: Sentence, said: Sequence[TriggerReading], mentions: Sequence[Mention]) -> list[int]:
    """Head words of likely parties that no identified mention covers."""
    likely = [reading.roles.max(axis=0) for reading in said if 1.0 - float(reading.category[0]) >= _LIKELY_EVENT]
    if not likely:
        return []
    chances = np.max(likely, axis=0)
    known = [m for m in mentions if m.actors]
    inside = {n for n, chance in enumerate(chances.tolist()) if chance >= _LIKELY_PARTY}
    found = []
    for n in sorted(inside):
        token = sentence.tokens[n]
        covered = any(m.start < token.end and token.start < m.end for m in known)
        if token.head not in inside and token.upos in _HEADS and not covered:
            found.append(n)
    return found


def _mention(index: int, head: int, sentence: Sentence) -> Mention:
    """The head with the words before it that describe it, without article."""
    first = head
    tokens = sentence.tokens
    while (
        first > 0
        and tokens[first - 1].head == head
        and tokens[first - 1].relation in ("amod", "compound", "nummod", "flat")
    ):
        first -= 1
    start, end = tokens[first].start, tokens[head].end
    text = sentence.text[start - sentence.start : end - sentence.start]
    return Mention(index, sentence.index, text, start, end, head, "nominal", (_actor(text),))


def _actor(text: str) -> Actor:
    return Actor(f"text:-:-:{slug(text)}", text, None, None, None, basis=("text",))
