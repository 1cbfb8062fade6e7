"""Which actor each mention names, as of the day of the report.

In: the article, its sentences, its mentions, the knowledge. Out: the same mentions with `actors`, and `antecedents`
where they point back. First what the words say alone (`drafts.py`, `groups.py`), then persons across the article
(`persons.py`), then what points back (`chains.py`). What is not found stays empty: a mention without actors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.coding.chains import follow_chains
from dragoman.coding.drafts import Draft, Person, Setting, company, draft, homes_of
from dragoman.coding.groups import settle
from dragoman.coding.labels import labels_of
from dragoman.coding.parties import scene_of
from dragoman.coding.persons import actor_of, find_persons
from dragoman.coding.phrases import anatomy
from dragoman.coding.spotting import MentionKnowledge, introduced
from dragoman.values import Actor, Article, Mention, Sentence


def identify(
    article: Article, sentences: Sequence[Sentence], mentions: Sequence[Mention], knowledge: MentionKnowledge
) -> tuple[Mention, ...]:
    """Fill `actors` and `antecedents`. `mentions` are those that `find_mentions` found in the same sentences."""
    persons = introduced(sentences)
    anatomies = {sentence.index: anatomy(sentence, knowledge, persons) for sentence in sentences}
    day = article.published[:10] if article.published else None
    parties, perhaps = company(tuple(anatomies.values()), day, knowledge)
    setting = Setting(day, knowledge, parties, homes_of(sentences, parties, knowledge), perhaps)
    drafts = [draft(mention, anatomies[mention.sentence], setting) for mention in mentions]
    for each in drafts:
        settle(each, setting)
    setting = replace(setting, scene=scene_of(article, drafts, setting))
    spots = {(each.mention.sentence, each.mention.head): each for each in drafts}
    find_persons(drafts, spots, setting)
    follow_chains(article, drafts, spots, setting, labels_of(sentences))
    actors: dict[int, Actor] = {}
    return tuple(_filled(each, actors, setting) for each in drafts)


def _filled(each: Draft, actors: dict[int, Actor], setting: Setting) -> Mention:
    """The mention with actors; a person's actor is made once, when all is known of him."""
    found: dict[Actor, None] = {}
    for referent in each.referents:
        if isinstance(referent, Person):
            key = id(referent)
            if key not in actors:
                actors[key] = actor_of(referent, setting)
            found[actors[key]] = None
        else:
            found[referent] = None
    return replace(each.mention, actors=tuple(found), antecedents=each.antecedents)
