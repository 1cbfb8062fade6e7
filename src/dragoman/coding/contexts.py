"""What an event, or a whole report, is concerned with: PLOVER's contexts, read off words and events.

In: a sentence and the lexicon's cues of context; or all sentences of a report and its events. Out: contexts, each
with the words that spoke for it, or with the share of the report's sentences that do. It weighs words only; irony,
history and the rest of the document are beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.knowledge.lexicon import Lexicon
from dragoman.values import EventMention, Sentence, Span, Step, Token

_ENOUGH = 0.99  # a context holds when the weights of its distinct cues add up to this


def contexts_of(sentence: Sentence, lexicon: Lexicon) -> tuple[tuple[str, Step], ...]:
    """The contexts that the words of a sentence speak for, with the step that says which words."""
    weights: dict[str, float] = {}
    spans: dict[str, list[Span]] = {}
    rows: dict[str, list[str]] = {}
    lemmas = [token.lemma.lower() for token in sentence.tokens]
    for index, lemma in enumerate(lemmas):
        for cue in lexicon.context_cues.get(lemma, ()):
            if tuple(lemmas[index : index + len(cue.phrase)]) != cue.phrase:
                continue
            if cue.id in rows.get(cue.context, ()):
                continue
            weights[cue.context] = weights.get(cue.context, 0.0) + cue.weight
            rows.setdefault(cue.context, []).append(cue.id)
            spans.setdefault(cue.context, []).append(_span(sentence, sentence.tokens[index : index + len(cue.phrase)]))
    return tuple(
        (context, Step("context", rows[context][0], tuple(spans[context]), context))
        for context in sorted(weights)
        if weights[context] >= _ENOUGH
    )


def contexts_of_report(
    sentences: Sequence[Sentence], events: Sequence[EventMention], lexicon: Lexicon
) -> tuple[tuple[str, float], ...]:
    """What a report is concerned with: contexts with the share of sentences that speak for them, the greatest first.

    A context must be heard in the lead (the first sentence) or in two sentences; a word in passing is no subject.
    """
    heard: dict[str, set[int]] = {}
    for sentence in sentences:
        for context, _ in contexts_of(sentence, lexicon):
            heard.setdefault(context, set()).add(sentence.index)
    for event in events:
        for context in event.contexts:
            heard.setdefault(context, set()).add(event.sentence)
    shares = (
        (context, len(where) / len(sentences)) for context, where in heard.items() if len(where) > 1 or 0 in where
    )
    return tuple(sorted(shares, key=lambda pair: (-pair[1], pair[0])))


def _span(sentence: Sentence, tokens: Sequence[Token]) -> Span:
    start, end = tokens[0].start, tokens[-1].end
    return Span(sentence.text[start - sentence.start : end - sentence.start], start, end)
