"""Puts one event mention together: who, what, when, where, according to whom, and why.

In: an event candidate with its status, and what the other stages found in the article. Out: an `EventMention` whose
every span slices to its words. Its confidence is the product of plain factors, told in `_confidence`; it is a
ranking of what the rules are sure of, not yet a calibrated probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dragoman.coding.categories import Codes, categorise
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.contexts import contexts_of
from dragoman.coding.domestic import with_countries
from dragoman.coding.events import EventCandidate
from dragoman.coding.locations import PlaceMention, place_of
from dragoman.coding.speech import SpeechAct, chain_for
from dragoman.coding.status import StatusReading
from dragoman.coding.times import TimeExpression, time_of
from dragoman.config import Config
from dragoman.knowledge import Knowledge
from dragoman.values import (
    Article,
    EventMention,
    Mention,
    Party,
    Sentence,
    Span,
    Speaker,
    Status,
    Step,
    TimeSpan,
)

_PRESENT = frozenset({"VBZ", "VBP", "VBG", "NN", "NNS"})  # forms that a date to come makes future


@dataclass(frozen=True, slots=True)
class Background:
    """What the stages found in the article as a whole; the lists run parallel to its sentences."""

    article: Article
    sentences: Sequence[Sentence]
    mentions: Sequence[Mention]
    speech: Sequence[Sequence[SpeechAct]]
    times: Sequence[Sequence[TimeExpression]]
    places: Sequence[PlaceMention]


def assemble(
    candidate: EventCandidate,
    reading: StatusReading,
    reader: ClauseReader,
    background: Background,
    knowledge: Knowledge,
    config: Config,
) -> EventMention:
    """The event mention of one candidate; its id is left empty for the coder to give."""
    sentence = reader.sentence
    when = time_of(
        candidate.token,
        sentence,
        background.times[sentence.index],
        background.article.published,
        knowledge.time_words,
    )
    status, dated = _status_by_date(reading.status, when, candidate, reader, background.article)
    codes = categorise(candidate, status, reading.negated, reader, knowledge.lexicon, knowledge.ontology)
    actors = _parties(candidate.roles.actors, background.mentions)
    recipients = _parties(candidate.roles.recipients, background.mentions)
    where = place_of(
        candidate.token,
        sentence,
        background.places,
        background.sentences,
        knowledge.places,
        recipients_country_hint=_host_country(recipients),
    )
    actors, recipients = with_countries(actors, recipients, where, candidate.action.category)
    chain = chain_for(candidate.token, background.speech[sentence.index])
    denied = sum(act.stance == "denies" for act in chain) % 2 == 1  # who denies a denial asserts
    contexts = contexts_of(sentence, knowledge.lexicon)
    steps = (
        *_steps(candidate, sentence, background.mentions),
        *_inferred_steps((*actors, *recipients)),
        *reading.steps,
        *dated,
        *codes.steps,
        *(step for _, step in contexts),
        *_time_steps(when),
        *(Step("speech", act.rule, (act.cue,)) for act in chain),
    )
    return EventMention(
        id="",
        article=background.article,
        sentence=sentence.index,
        quote=Span(sentence.text, sentence.start, sentence.end),
        event=codes.event,
        modes=codes.modes,
        contexts=tuple(sorted({*codes.contexts, *(context for context, _ in contexts)})),
        cameo=codes.cameo,
        quad=codes.quad,
        score=codes.score,
        about=codes.about,
        actors=actors,
        recipients=recipients,
        trigger=_words(candidate.first, candidate.last, sentence),
        status=status,
        negated=reading.negated != denied,
        historical=_is_historical(when, background.article, config),
        date=when,
        place=where,
        attribution=tuple(_speaker(act, background.mentions) for act in chain),
        size=None,
        confidence=_confidence(candidate, codes, actors, recipients, status),
        steps=steps,
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


def _is_historical(when: TimeSpan | None, article: Article, config: Config) -> bool:
    if when is None or when.basis != "text" or article.published is None:
        return False
    day = date.fromisoformat(article.published[:10])
    return when.end < (day - timedelta(days=config.historical_after_days)).isoformat()


def _host_country(recipients: Sequence[Party]) -> str | None:
    countries = {party.actor.country for party in recipients if party.actor.country is not None}
    return countries.pop() if len(countries) == 1 else None


def _parties(indices: Sequence[int], mentions: Sequence[Mention]) -> tuple[Party, ...]:
    """One party for each actor of each mention, each actor once."""
    found: list[Party] = []
    for index in indices:
        mention = mentions[index]
        for actor in mention.actors:
            if all(party.actor.id != actor.id for party in found):
                found.append(Party(mention.text, mention.start, mention.end, actor))
    return tuple(found)


def _speaker(act: SpeechAct, mentions: Sequence[Mention]) -> Speaker:
    party = None
    if act.mention is not None:
        named = _parties((act.mention,), mentions)
        party = named[0] if named else None
    return Speaker(party, act.speaker_span, act.cue, act.kind, act.stance)


def _words(first: int, last: int, sentence: Sentence) -> Span:
    start, end = sentence.tokens[first].start, sentence.tokens[last].end
    return Span(sentence.text[start - sentence.start : end - sentence.start], start, end)


def _steps(candidate: EventCandidate, sentence: Sentence, mentions: Sequence[Mention]) -> tuple[Step, ...]:
    trigger = _words(candidate.first, candidate.last, sentence)
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
    for index in (*roles.actors, *roles.recipients):
        mention = mentions[index]
        rows_of = sorted({row for actor in mention.actors for row in actor.basis})
        if rows_of:
            steps.append(Step("identity", "|".join(rows_of), (Span(mention.text, mention.start, mention.end),)))
    return tuple(steps)


def _inferred_steps(parties: Sequence[Party]) -> tuple[Step, ...]:
    """Countries that no word gave."""
    return tuple(
        Step("identity", row, (Span(party.text, party.start, party.end),), party.actor.country or "")
        for party in parties
        for row in party.actor.basis
        if row.startswith("inferred:")
    )


def _time_steps(when: TimeSpan | None) -> tuple[Step, ...]:
    if when is None:
        return ()
    return (Step("times", f"basis:{when.basis}", (when.span,) if when.span is not None else (), when.edtf),)


def _confidence(
    candidate: EventCandidate, codes: Codes, actors: Sequence[Party], recipients: Sequence[Party], status: Status
) -> float:
    """Higher for rows with more conditions, for verbs, and where both sides are known parties."""
    conditions = min(len(candidate.trigger.when), 3)
    value = 0.62 + 0.06 * conditions
    if candidate.trigger.pos != "VERB" and candidate.light_verb is None:
        value -= 0.08
    if not actors or any(party.actor.party is None for party in actors):
        value -= 0.15
    if recipients and all(party.actor.party is not None for party in recipients):
        value += 0.1
    if status == "hypothetical":
        value -= 0.05
    return round(min(max(value, 0.05), 0.95), 2)

