"""What is known before reading: tables, and the few modules that load and check them.

In: the tables of the package (or folders of the caller's). Out: one frozen `Knowledge` that the stages are handed.
It learns nothing and guesses nothing; what no row says is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.knowledge.actors import ActorTables, load_actors
from dragoman.knowledge.lexicon import Lexicon, load_lexicon
from dragoman.knowledge.mention_cues import MentionCues, load_mention_cues
from dragoman.knowledge.offices import OfficeTables, load_offices
from dragoman.knowledge.ontology import Ontology, load_ontology
from dragoman.knowledge.own_actors import read_own_actors, with_own_actors
from dragoman.knowledge.places import Gazetteer, load_gazetteer
from dragoman.knowledge.time_words import TimeWords, load_time_words
from dragoman.knowledge.victim_cues import VictimCue, load_victim_cues

KNOWLEDGE_VERSION = "2026.11.1"


@dataclass(frozen=True, slots=True)
class ActorKnowledge:
    """The tables that tell who is meant, without those of events."""

    actors: ActorTables
    offices: OfficeTables
    places: Gazetteer
    cues: MentionCues
    version: str = KNOWLEDGE_VERSION


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All tables, loaded."""

    ontology: Ontology
    lexicon: Lexicon
    actors: ActorTables
    offices: OfficeTables
    places: Gazetteer
    cues: MentionCues
    time_words: TimeWords
    victim_cues: Mapping[tuple[str, str], VictimCue]
    version: str = KNOWLEDGE_VERSION


def load_actor_knowledge(own: Sequence[str | Path] = (), ontology: Ontology | None = None) -> ActorKnowledge:
    """The tables of actors, with the user's own: later files go before earlier ones, and all before ours.

    Raises KnowledgeError where one of ours breaks its rules, UsageError where one of the user's does.
    """
    actors, offices, version = load_actors(), load_offices(), KNOWLEDGE_VERSION
    sectors = (ontology or load_ontology()).sectors if own else ()
    for path in own:
        table = read_own_actors(Path(path), actors, frozenset(sectors))
        actors, offices = with_own_actors(actors, offices, table)
        version += f"+{table.sha256}"
    return ActorKnowledge(actors, offices, load_gazetteer(), load_mention_cues(), version)


def load_knowledge(own: Sequence[str | Path] = ()) -> Knowledge:
    """The tables that travel in the wheel, with the user's own tables of actors.

    Raises KnowledgeError where one of ours breaks its rules, UsageError where one of the user's does.
    """
    ontology = load_ontology()
    known = load_actor_knowledge(own, ontology)
    return Knowledge(
        ontology=ontology,
        lexicon=load_lexicon(),
        actors=known.actors,
        offices=known.offices,
        places=known.places,
        cues=known.cues,
        time_words=load_time_words(),
        victim_cues=load_victim_cues(),
        version=known.version,
    )
