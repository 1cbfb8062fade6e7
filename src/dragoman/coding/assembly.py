"""Puts one event mention together: who, what, when, where, according to whom, and why.

In: an act, and what the other stages found in the article. Out: an `EventMention` whose every span slices to its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from dragoman.coding.acts import Act
from dragoman.coding.background import Background
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.contexts import contexts_of
from dragoman.coding.domestic import with_countries
from dragoman.coding.home import with_homes
from dragoman.coding.locations import place_of
from dragoman.coding.logistic import Logistic
from dragoman.coding.speech import SpeechAct, chain_for
from dragoman.coding.times import time_of
from dragoman.coding.victims import size_of
from dragoman.config import Config
from dragoman.knowledge import Knowledge
from dragoman.values import Article, EventMention, Mention, Party, Sentence, Span, Speaker, Step, TimeSpan


def assemble(
    act: Act, reader: ClauseReader, background: Background, knowledge: Knowledge, config: Config, home: Logistic | None
) -> EventMention:
    """The event mention of one act; its id is left empty for the coder to give. Without `home`, plain rules infer
    countries.
    """
    sentence = background.sentences[act.sentence]
    codes = act.codes
    times = background.times[sentence.index]
    when = act.when or time_of(
        act.token, sentence, times, background.article.published, knowledge.time_words, background.today
    )
    actors = _parties(act.roles.actors, background.mentions)
    recipients = _others(_parties(act.roles.recipients, background.mentions), actors)
    where = place_of(
        act.token,
        sentence,
        background.places,
        background.sentences,
        knowledge.places,
        recipients_country_hint=_host_country(recipients),
    )
    if home is None:
        actors, recipients = with_countries(actors, recipients, where, codes.event)
    else:
        told = (act.sentence, codes.event, where.country if where is not None and where.span is not None else None)
        actors, recipients = (
            with_homes(side, other, told, background.evidence, home)
            for side, other in ((actors, recipients), (recipients, actors))
        )
    chain = chain_for(act.token, background.speech[sentence.index])
    contexts = contexts_of(sentence, knowledge.lexicon)
    size, counted = size_of(
        codes.event, act.words | {act.token}, reader, knowledge.victim_cues, knowledge.time_words.senses
    )
    steps = (
        *act.steps,
        *_identity_steps(act, background.mentions),
        *_inferred_steps((*actors, *recipients)),
        *(step for _, step in contexts),
        *_time_steps(when),
        *counted,
        *(Step("speech", link.rule, (link.cue,)) for link in chain),
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
        trigger=_words(act.first, act.last, sentence),
        status=act.status,
        negated=act.negated,
        historical=act.historical or _is_historical(when, background.article, config),
        date=when,
        place=where,
        attribution=tuple(_speaker(link, background.mentions) for link in chain),
        size=size,
        confidence=act.confidence,
        steps=steps,
    )


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


def _others(recipients: Sequence[Party], actors: Sequence[Party]) -> tuple[Party, ...]:
    """The recipients but the persons who act themselves: nobody praises himself. A state may act at home."""
    acting = {party.actor.id for party in actors if ":person:" in party.actor.id}
    return tuple(party for party in recipients if party.actor.id not in acting)


def _speaker(link: SpeechAct, mentions: Sequence[Mention]) -> Speaker:
    party = None
    if link.mention is not None:
        named = _parties((link.mention,), mentions)
        party = named[0] if named else None
    return Speaker(party, link.speaker_span, link.cue, link.kind, link.stance)


def _words(first: int, last: int, sentence: Sentence) -> Span:
    start, end = sentence.tokens[first].start, sentence.tokens[last].end
    return Span(sentence.text[start - sentence.start : end - sentence.start], start, end)


def _identity_steps(act: Act, mentions: Sequence[Mention]) -> tuple[Step, ...]:
    """The rows that told whom the parties' words mean."""
    steps = []
    for index in (*act.roles.actors, *act.roles.recipients):
        mention = mentions[index]
        rows = sorted({row for actor in mention.actors for row in actor.basis})
        if rows:
            steps.append(Step("identity", "|".join(rows), (Span(mention.text, mention.start, mention.end),)))
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
