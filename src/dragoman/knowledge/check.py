"""Checks all knowledge tables at once. In: the shipped tables, and cabinets to compare with. Out: findings, sorted.

A table that cannot be loaded at all is one finding; the checkers of the others still run. It checks form and agreement
between tables, not truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from dragoman.errors import KnowledgeError
from dragoman.knowledge.actors import check_actors, load_actors
from dragoman.knowledge.copy_words import check_copy_words, load_copy_words
from dragoman.knowledge.findings import Finding
from dragoman.knowledge.lexicon import check_lexicon, load_lexicon
from dragoman.knowledge.mention_cues import check_mention_cues, load_mention_cues
from dragoman.knowledge.merging_weights import check_merging_weights, load_merging_weights
from dragoman.knowledge.offices import check_offices, load_offices, settlements
from dragoman.knowledge.ontology import check_ontology, load_ontology
from dragoman.knowledge.places import check_gazetteer, load_gazetteer
from dragoman.knowledge.time_words import check_time_words, load_time_words
from dragoman.knowledge.wording import check_wording, load_wording
from dragoman.knowledge.wordlists import check_wordlists


def check_tables(cabinets: Path | None = None) -> list[Finding]:
    """Every finding of every checker, errors first."""
    found: list[Finding] = []
    checks: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: check_ontology(load_ontology()),
        _check_lexicon,
        lambda: check_actors(load_actors(), frozenset(load_ontology().sectors)),
        lambda: _check_offices(cabinets),
        lambda: check_mention_cues(load_mention_cues()),
        lambda: check_time_words(load_time_words()),
        lambda: check_wordlists(),
        lambda: check_gazetteer(load_gazetteer()),
        lambda: check_wording(load_wording(), load_ontology()),
        lambda: check_copy_words(load_copy_words()),
        lambda: check_merging_weights(load_merging_weights()),
    )
    for check in checks:
        try:
            found.extend(check())
        except KnowledgeError as error:
            found.append(Finding("error", error.table, error.row or "", error.reason))
    return sorted(found, key=lambda finding: (finding.severity, finding.table, finding.row, finding.message))


def _check_offices(cabinets: Path | None) -> list[Finding]:
    countries = {codes.iso2.lower(): party for party, codes in load_actors().codes.items() if codes.iso2}
    return check_offices(load_offices(), cabinets, countries, settlements())


def _check_lexicon() -> list[Finding]:
    ontology = load_ontology()
    return check_lexicon(
        load_lexicon(), ontology.actions, modes=ontology.modes.keys(), contexts=frozenset(ontology.contexts)
    )
