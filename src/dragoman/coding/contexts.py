"""What an event is concerned with: PLOVER's contexts, read off words of its sentence.

In: a sentence and the lexicon's cues of context. Out: contexts in the ontology's order, each with the words that
spoke for it. It weighs words only; irony, history and the rest of the document are beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.knowledge.lexicon import Lexicon
from dragoman.values import Sentence, Span, Step, Token

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


def _span(sentence: Sentence, tokens: Sequence[Token]) -> Span:
    start, end = tokens[0].start, tokens[-1].end
    return Span(sentence.text[start - sentence.start : end - sentence.start], start, end)
