"""Acts as the lexicon reads them: every field from a row of the tables.

In: the event candidates of a sentence, with its clauses, its speech and its times. Out: `Act`s. Their confidence is
the product of plain factors (`_confidence`): a ranking of what the rules are sure of, which `fusion.py` turns into a
probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dragoman.coding.acts import Act
from dragoman.coding.background import Background
from dragoman.coding.categories import categorise
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.events import EventCandidate, find_events
from dragoman.coding.roles import PartyFinder
from dragoman.coding.speech import chain_for
from dragoman.coding.status import status_of
from dragoman.coding.times import time_of
from dragoman.knowledge import Knowledge
from dragoman.values import Article, Mention, Sentence, Span, Status, Step, TimeSpan

_PRESENT = frozenset({"VBZ", "VBP", "VBG", "NN", "NNS"})  # forms that a date to come makes future


def lexical_acts(
    reader: ClauseReader, finder: PartyFinder, background: Background, knowledge: Knowledge
) -> Iterator[Act]:
    """The acts of the reader's sentence that rows of the lexicon name, in the order of their triggers."""
    for candidate in find_events(reader, finder, knowledge.lexicon, knowledge.ontology):
        reading = status_of(candidate.token, reader, finder, knowledge.lexicon)
        if not candidate.roles.actors and (reading.status != "actual" or reading.negated):
            continue  # victims without an agent are news only where there were victims
        sentence = reader.sentence
        times = background.times[sentence.index]
        when = time_of(
            candidate.token, sentence, times, background.article.published, knowledge.time_words, background.today
        )
        status, dated = _status_by_date(reading.status, when, candidate, reader, background.article)
        codes = categorise(candidate, status, reading.negated, reader, knowledge.lexicon, knowledge.ontology)
        chain = chain_for(candidate.token, background.speech[sentence.index])
        denied = sum(act.stance == "denies" for act in chain) % 2 == 1  # who denies a denial asserts
        words = {*range(candidate.first, candidate.last + 1), candidate.token}
        if candidate.light_verb is not None:
            words.add(candidate.light_verb)
        yield Act(
            sentence=sentence.index,
            token=candidate.token,
            first=candidate.first,
            last=candidate.last,
            words=frozenset(words),
            consumed=candidate.consumed,
            codes=codes,
            roles=candidate.roles,
            status=status,
            negated=reading.negated != denied,
            historical=False,
            when=when,
            confidence=_confidence(candidate, background.mentions, status),
            steps=(*_steps(candidate, sentence, background.mentions), *reading.steps, *dated, *codes.steps),
        )


def _status_by_date(
    status: Status, when: TimeSpan | None, candidate: EventCandidate, reader: ClauseReader, article: Article
) -> tuple[Status, tuple[Step, ...]]:
    """An act dated after the report has not happened ("visits Paris on Friday", "Friday's summit")."""
    if status != "actual" or when is None or when.basis != "text" or article.published is None:
        return status, ()
    if when.start <= article.published[:10] or reader.tokens[candidate.token].xpos not in _PRESENT:
        return status, ()
    spans = (when.span,) if when.span is not None else ()
    return "future", (Step("status", "dated-after-report", spans),)


def _steps(candidate: EventCandidate, sentence: Sentence, mentions: Sequence[Mention]) -> tuple[Step, ...]:
    start, end = sentence.tokens[candidate.first].start, sentence.tokens[candidate.last].end
    trigger = Span(sentence.text[start - sentence.start : end - sentence.start], start, end)
    rows = tuple((f"{row} ({condition})", 0.0) for row, condition in candidate.turned_down)
    steps = [Step("events", candidate.trigger.id, (trigger,), candidate.action.id, rows)]
    roles = candidate.roles
    for side, indices, slot in (
        ("actor", roles.actors, roles.actor_slot),
        ("recipient", roles.recipients, roles.recipient_slot),
    ):
        spans = tuple(Span(mentions[i].text, mentions[i].start, mentions[i].end) for i in indices)
        if spans:
            steps.append(Step("roles", f"{candidate.trigger.frame}:{side}={slot or 'act inside'}", spans))
    return tuple(steps)


def _confidence(candidate: EventCandidate, mentions: Sequence[Mention], status: Status) -> float:
    """Higher for rows with more conditions, for verbs, and where both sides are known parties."""
    actors, recipients = (
        [actor for index in side for actor in mentions[index].actors]
        for side in (candidate.roles.actors, candidate.roles.recipients)
    )
    conditions = min(len(candidate.trigger.when), 3)
    value = 0.62 + 0.06 * conditions
    if candidate.trigger.pos != "VERB" and candidate.light_verb is None:
        value -= 0.08
    if not actors or any(actor.party is None for actor in actors):
        value -= 0.15
    if recipients and all(actor.party is not None for actor in recipients):
        value += 0.1
    if status == "hypothetical":
        value -= 0.05
    return round(min(max(value, 0.05), 0.95), 2)
