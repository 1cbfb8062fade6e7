"""What is known before reading: tables, and the few modules that load and check them.

In: the tables of the package (or folders of the caller's). Out: one frozen `Knowledge` that the stages are handed.
It learns nothing and guesses nothing; what no row says is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dragoman.knowledge.actors import ActorTables, load_actors
from dragoman.knowledge.lexicon import Lexicon, load_lexicon
from dragoman.knowledge.mention_cues import MentionCues, load_mention_cues
from dragoman.knowledge.offices import OfficeTables, load_offices
from dragoman.knowledge.ontology import Ontology, load_ontology
from dragoman.knowledge.places import Gazetteer, load_gazetteer
from dragoman.knowledge.time_words import TimeWords, load_time_words
from dragoman.knowledge.victim_cues import VictimCue, load_victim_cues

KNOWLEDGE_VERSION = "2026.11.1"


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


def load_knowledge() -> Knowledge:
    """The tables that travel in the wheel. Raises KnowledgeError where one breaks its rules."""
    return Knowledge(
        ontology=load_ontology(),
        lexicon=load_lexicon(),
        actors=load_actors(),
        offices=load_offices(),
        places=load_gazetteer(),
        cues=load_mention_cues(),
        time_words=load_time_words(),
        victim_cues=load_victim_cues(),
    )
