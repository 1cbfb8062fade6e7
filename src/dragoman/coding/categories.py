"""From an act to codes: category, modes, what it is about, CAMEO code, quad class, score.

In: an event candidate with its status, its clauses, and the tables. Out: `Codes`. Method: the lexicon's row names a
leaf action, which carries category and modes; cues in the clause add modes; the act inside a promise, request,
refusal or threat gives `about` and the operator's mode; announced acts of cooperation become agreements, announced
retreats concessions (PLOVER's rule, table future.csv).

It cannot choose between senses that the lexicon's conditions do not tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.events import EventCandidate
from dragoman.knowledge.lexicon import Lexicon, ModeCue
from dragoman.knowledge.ontology import Ontology
from dragoman.values import About, Span, Status, Step

_WITH_ABOUT_MODES = ("REQUEST", "REJECT", "THREATEN")
_NEIGHBOURHOOD = 2  # levels of the tree below the trigger in which a cue of mode counts
_OTHER_CLAUSES = frozenset({"conj", "parataxis", "advcl", "acl:relcl", "ccomp", "advcl:relcl"})


@dataclass(frozen=True, slots=True)
class Codes:
    """What one event is coded as."""

    event: str
    modes: tuple[str, ...]
    contexts: tuple[str, ...]
    cameo: str | None
    quad: int
    score: float | None
    about: About | None
    steps: tuple[Step, ...]


def categorise(
    candidate: EventCandidate, status: Status, negated: bool, reader: ClauseReader, lexicon: Lexicon, ontology: Ontology
) -> Codes:
    """The codes of one candidate, with the reasons for what the lexicon's row did not say itself."""
    steps: list[Step] = []
    category, modes = _category_and_modes(candidate, reader, lexicon, ontology, steps)
    about = _about(candidate, reader, lexicon, ontology)
    action = candidate.action
    if candidate.about is not None:
        action = ontology.refine(action.id, candidate.about.action.id)
        if action.id != candidate.action.id:
            steps.append(Step("category", f"leaves.csv:{candidate.action.id}", note=action.id))
    cameo: str | None = action.cameo or None
    contexts = action.contexts
    score = action.score
    later = ontology.future_of(category)
    if status == "future" and not negated and later != category:
        about = About(category, modes)
        steps.append(Step("category", f"future.csv:{category}", note=f"announced {category} is coded {later}"))
        promised = ontology.promise_of(action.id)
        category, modes, score = later, (), None
        cameo = promised.cameo if promised is not None else ontology.cameo_for(later, ())
    if score is None:
        score = ontology.score(category, modes)
    return Codes(category, modes, contexts, cameo, ontology.quad(category), score, about, tuple(steps))


def _category_and_modes(
    candidate: EventCandidate, reader: ClauseReader, lexicon: Lexicon, ontology: Ontology, steps: list[Step]
) -> tuple[str, tuple[str, ...]]:
    category = candidate.action.category
    modes = list(candidate.action.modes)
    if candidate.about is not None and category in _WITH_ABOUT_MODES and not modes:
        inner = candidate.about.action
        mode = ontology.mode_for_about(category, inner.category, inner.modes, inner.id)
        if mode is not None:
            modes.append(mode)
            rule = f"about_modes.csv:{category}:{inner.category}"
            steps.append(Step("mode", rule, note=f"{mode}, from the act inside"))
    if not modes or category in ("CONSULT", "ASSAULT"):
        words = [candidate.token] if candidate.light_verb is None else [candidate.token, candidate.light_verb]
        for mode, step in cued_modes(category, words, reader, lexicon):
            if mode not in modes:
                modes.append(mode)
                steps.append(step)
    return category, tuple(modes)


def cued_modes(
    category: str, words: Sequence[int], reader: ClauseReader, lexicon: Lexicon
) -> Iterator[tuple[str, Step]]:
    """Modes that words near the trigger speak for; `words` are the trigger and, behind it, its light verb."""
    for cue in lexicon.mode_cues.get(category, ()):
        word = _cue_word(cue, words, reader)
        if word is not None:
            token = reader.tokens[word]
            yield cue.mode, Step("mode", cue.id, (Span(token.text, token.start, token.end),), cue.mode)


def _cue_word(cue: ModeCue, words: Sequence[int], reader: ClauseReader) -> int | None:
    """The word by which a cue of mode speaks in the trigger's clause."""
    if cue.where == "word":
        places = _neighbourhood(words, reader)
    elif cue.where == "mod":
        places = [
            c
            for c in reader.children(words[0])
            if reader.tokens[c].relation in ("amod", "compound", "advmod", "nmod:desc", "nmod:unmarked")
        ]
    elif cue.where.startswith("p:"):
        wanted = cue.where[2:]
        places = [i for i in _neighbourhood(words, reader) if reader.preposition(i) == wanted]
    else:
        places = list(reader.slots(words[0]).get(cue.where, ()))
    for place in places:
        if reader.tokens[place].lemma.lower() in cue.words:
            return place
    return None


def _neighbourhood(words: Sequence[int], reader: ClauseReader) -> list[int]:
    """Words near the trigger in the tree that belong to no other clause."""
    found: list[int] = []
    for start in words:
        layer = [start]
        for _ in range(_NEIGHBOURHOOD + 1):
            found.extend(i for i in layer if i not in found)
            layer = [c for i in layer for c in reader.children(i) if reader.tokens[c].relation not in _OTHER_CLAUSES]
    return sorted(found)


def _about(candidate: EventCandidate, reader: ClauseReader, lexicon: Lexicon, ontology: Ontology) -> About | None:
    if candidate.about is None:
        return None
    inner = candidate.about
    category, modes = _category_and_modes(inner, reader, lexicon, ontology, [])
    return About(category, modes)
