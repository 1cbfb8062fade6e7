"""One list of acts out of two: what the lexicon reads and what the event network reads.

In: the acts of a sentence by the lexicon, the network's readings of it, its mentions, and weights fitted on passages
that neither had seen (`training/calibrate.py`). Out: acts with a calibrated probability. Method: a word that either
reader takes for a trigger is a candidate; for every category that one of them proposes, a logistic model of what both
say gives the probability that a careful coder would record it; the best category is kept if that reaches the
threshold. Parties are chosen in the same way, mention by mention. All else is the lexicon's where it agrees on the
category, for its rows say more, and the network's where it does not.

It cannot find an act that neither reader sees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dragoman.coding.acts import Act, SentenceActs
from dragoman.coding.categories import Codes, cued_modes
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.learned import NETWORK, Part, about_of, categories_of, codes_of, contexts_of, modes_of, parts_of
from dragoman.coding.logistic import Features, Logistic, logit
from dragoman.coding.roles import Roles
from dragoman.knowledge import Knowledge
from dragoman.knowledge.ontology import STATEMENT
from dragoman.language.event_network import EventNetwork, TriggerReading
from dragoman.values import Mention, Sentence, Span, Status, Step, Token

_SURE = 0.8  # from this on the network overrules the status that the rules read
_SHOWN_FROM = 0.01  # a less likely category is not shown as turned down
_PROPOSED = 3  # categories of one reading that are weighed
# Between a verb and the word that shares its act with it.
_OF_ONE_ACT = frozenset(
    {"obj", "nsubj", "nsubj:pass", "xcomp", "ccomp", "compound", "compound:prt", "fixed", "flat", "amod", "advmod"}
)
# Where a party stands in the trigger's clause.
_SLOTS = (
    ("subject", ("subj", "light.subj", "outer.subj")),
    ("object", ("obj", "iobj")),
    ("owner", ("poss", "comp", "adj")),
    ("by", ("p:by", "p:from")),
    ("to", ("p:to", "p:against", "p:on", "p:for", "p:at")),
    ("with", ("p:with", "p:between", "p:among")),
    ("in", ("p:in", "p:near", "p:into")),
    ("of", ("p:of",)),
)
_UNSEEN = 0.01  # what the network is taken to say of a word that it does not think of


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What was fitted on passages kept back from training; it ships in the manifest of the event model."""

    event: Logistic
    actor: Logistic
    recipient: Logistic
    home: Logistic
    agreed: float  # the threshold of events whose category the lexicon reads too

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> FusionWeights:
        """Read from a manifest's `fusion`. Raises KeyError or TypeError where it is not whole."""
        models = {name: Logistic(**manifest[name]) for name in ("event", "actor", "recipient", "home")}
        return cls(**models, agreed=float(manifest["agreed"]["threshold"]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trigger word with what either reader says of it."""

    word: int
    reading: TriggerReading | None
    act: Act | None


def candidates_of(told: SentenceActs, network: EventNetwork) -> list[Candidate]:
    """Trigger words of both readers, those that tell of one act as one, in the order of the words."""
    tokens = told.sentence.tokens
    left = {reading.word: reading for reading in _without_neighbours(told.readings, tokens)}
    found = []
    for act in sorted(told.acts, key=lambda act: act.codes.event == STATEMENT):  # a mere statement takes what is left
        own = [r for r in left.values() if r.word in act.words or _is_same_act(act, r, tokens, network)]
        best = min(own, key=lambda reading: (reading.category[0], reading.word), default=None)
        for reading in own:
            del left[reading.word]
        found.append(Candidate(act.token, best, act))
    found += [Candidate(reading.word, reading, None) for reading in left.values()]
    return sorted(found, key=lambda candidate: candidate.word)


def _is_same_act(act: Act, reading: TriggerReading, tokens: Sequence[Token], network: EventNetwork) -> bool:
    """One reader's trigger is the verb, the other's its noun ("opened an inquiry", "a raid killed four"): one act."""
    if network.categories[int(reading.category[1:].argmax())] != act.codes.event:
        return False
    for upper, lower in ((act.token, reading.word), (reading.word, act.token)):
        if tokens[lower].head == upper and tokens[lower].relation in _OF_ONE_ACT:
            return True
    return False


def _without_neighbours(readings: Sequence[TriggerReading], tokens: Sequence[Token]) -> list[TriggerReading]:
    """One reading of a trigger of several words ("martial law"), the surest: neighbours in the tree and the text."""
    kept: list[TriggerReading] = []
    for reading in sorted(readings, key=lambda r: (float(r.category[0]), r.word)):
        best = int(reading.category[1:].argmax())
        if not any(
            _is_beside(other.word, reading.word, tokens) and int(other.category[1:].argmax()) == best for other in kept
        ):
            kept.append(reading)
    return sorted(kept, key=lambda r: r.word)


def _is_beside(one: int, other: int, tokens: Sequence[Token]) -> bool:
    """Neighbours in text and tree, or joined by a hyphen."""
    low, high = sorted((one, other))
    if high - low == 2:
        return tokens[low + 1].text == "-"
    return high - low == 1 and (tokens[low].head == high or tokens[high].head == low)


def proposals(candidate: Candidate, network: EventNetwork) -> dict[str, Features]:
    """The categories proposed for a candidate, each with the features that the model of events weighs."""
    likely = dict(categories_of(candidate.reading, network)[:_PROPOSED]) if candidate.reading is not None else {}
    act = candidate.act
    if act is not None:
        said = candidate.reading
        known = dict(zip(network.categories, said.category[1:].tolist(), strict=True)) if said is not None else {}
        likely.setdefault(act.codes.event, known.get(act.codes.event, _UNSEEN))
    return {category: _event_features(category, p, candidate) for category, p in likely.items()}


def _event_features(category: str, p: float, candidate: Candidate) -> Features:
    act, reading = candidate.act, candidate.reading
    agrees = act is not None and act.codes.event == category
    return {
        "network": logit(p),
        "network_any": logit(1.0 - float(reading.category[0])) if reading is not None else logit(_UNSEEN),
        "lexicon_agrees": float(agrees),
        "lexicon_differs": float(act is not None and not agrees),
        "lexicon_sure": act.confidence - 0.7 if act is not None and agrees else 0.0,
        "lexicon_sides": float(act is not None and agrees and _has_both_sides(act)),
    }


def _has_both_sides(act: Act) -> bool:
    return bool(act.roles.actors and act.roles.recipients) or len(act.roles.actors) > 1


def party_features(part: Part, role: int, act: Act | None, category: str, word: int, reader: ClauseReader) -> Features:
    """What the models of parties weigh for one mention in one role (0 actor, 1 recipient) of the act told at `word`."""
    own, other = (part.actor, part.recipient) if role == 0 else (part.recipient, part.actor)
    index = part.mention.index
    said = act.roles.actors if act is not None and role == 0 else act.roles.recipients if act is not None else ()
    against = act.roles.recipients if act is not None and role == 0 else act.roles.actors if act is not None else ()
    meeting = float(category == "CONSULT")
    slots = reader.slots(word)
    return {
        "head": logit(own[0]),
        "greatest": logit(own[1]),
        "other_role": logit(other[1]),
        "lexicon_same": float(index in said),
        "lexicon_other": float(index in against),
        "lexicon_none": float(act is not None and index not in said and index not in against),
        "meeting": meeting,
        "meeting_other_role": meeting * logit(other[1]),
        "pronoun": float(part.mention.kind == "pronoun"),
        "country": float(part.mention.kind == "country"),
        **{
            f"slot_{name}": float(any(part.mention.head in slots.get(s, ()) for s in any_of)) for name, any_of in _SLOTS
        },
    }


def fuse(told: SentenceActs, network: EventNetwork, weights: FusionWeights, knowledge: Knowledge) -> list[Act]:
    """The acts of one sentence. Statements of the lexicon stay where nothing else is read."""
    found: list[Act] = []
    for candidate in candidates_of(told, network):
        weighed = {
            category: weights.event.probability(features)
            for category, features in proposals(candidate, network).items()
            if category != STATEMENT
        }
        best = max(weighed, key=lambda category: (weighed[category], category), default=None)
        agreed = candidate.act is not None and candidate.act.codes.event == best
        if best is None or weighed[best] < (weights.agreed if agreed else weights.event.threshold):
            if candidate.act is not None and candidate.act.codes.event == STATEMENT:
                found.append(candidate.act)
            continue
        joined = _joined(candidate, best, weighed, told, network, weights, knowledge)
        if agreed or _has_whom(joined) or not knowledge.ontology.categories[best].recipient_required:
            found.append(joined)
    return [act for act in found if not any(_is_part_of(act, other) for other in found)]


def _has_whom(act: Act) -> bool:
    """Somebody is acted on, or several act together."""
    return bool(act.roles.recipients) or len(act.roles.actors) > 1


def _is_part_of(act: Act, other: Act) -> bool:
    """A word that the other act's row names, told of nobody but its actors: "dropped its demand" is one act."""
    return act.token in other.consumed and set(act.roles.actors) <= set(other.roles.actors)


def _joined(
    candidate: Candidate,
    category: str,
    weighed: Mapping[str, float],
    told: SentenceActs,
    network: EventNetwork,
    weights: FusionWeights,
    knowledge: Knowledge,
) -> Act:
    sentence = told.sentence
    act = candidate.act if candidate.act is not None and candidate.act.codes.event == category else None
    reading = candidate.reading
    confidence = round(min(max(weighed[category], 0.01), 0.99), 3)
    if reading is None:
        assert act is not None  # only the lexicon's own category is proposed where the network is silent
        return replace(act, confidence=confidence)
    status, status_steps = _status(act, reading, network)
    code_steps: tuple[Step, ...] = ()
    if act is not None:
        codes = _with_learned(act.codes, reading, network)
    else:
        cued = list(cued_modes(category, [reading.word], told.reader, knowledge.lexicon))
        codes, code_steps = codes_of(category, reading, network, knowledge.ontology, [mode for mode, _ in cued])
        code_steps = (*code_steps, *(step for _, step in cued))
    roles, role_steps = _roles(act, category, reading, told, network, weights)
    others = tuple(
        (name, round(p, 3))
        for name, p in sorted(weighed.items(), key=lambda item: -item[1])
        if name != category and p >= _SHOWN_FROM
    )
    word = sentence.tokens[reading.word if act is None else act.token]
    trigger = Span(word.text, word.start, word.end)
    first, last = (act.first, act.last) if act is not None else (reading.word, _with_particle(reading.word, sentence))
    return Act(
        sentence=sentence.index,
        token=act.token if act is not None else reading.word,
        first=first,
        last=last,
        words=act.words if act is not None else frozenset({reading.word}),
        consumed=act.consumed if act is not None else frozenset(),
        codes=codes,
        roles=roles,
        status=status,
        negated=_negated(act, reading),
        historical=reading.historical >= 0.5,
        when=act.when if act is not None else None,
        confidence=confidence,
        steps=(
            *(act.steps if act is not None else ()),
            Step("events", NETWORK, (trigger,), f"{category} {confidence:.2f}", others),
            *code_steps,
            *role_steps,
            *status_steps,
        ),
    )


def _with_particle(word: int, sentence: Sentence) -> int:
    """The last word of a trigger: its particle, if that stands next to it."""
    after = word + 1
    if after < len(sentence.tokens):
        token = sentence.tokens[after]
        if token.head == word and token.relation == "compound:prt":
            return after
    return word


def _with_learned(codes: Codes, reading: TriggerReading, network: EventNetwork) -> Codes:
    """The lexicon's codes, with modes, contexts and the act inside where its rows say none."""
    modes = codes.modes or modes_of(codes.event, reading, network)
    contexts = tuple(sorted({*codes.contexts, *contexts_of(reading, network)}))
    about = codes.about if codes.about is not None else about_of(codes.event, reading, network)
    return replace(codes, modes=modes, contexts=contexts, about=about)


def _status(act: Act | None, reading: TriggerReading, network: EventNetwork) -> tuple[Status, tuple[Step, ...]]:
    """The network's status where it is sure or alone, else the rules'."""
    best = int(reading.status.argmax())
    p = float(reading.status[best])
    status: Status = network.statuses[best]  # type: ignore[assignment]
    if act is not None and (act.status == status or p < _SURE or reading.word not in act.words):
        return act.status, ()  # what the network says of another word of the act is not said of this one
    return status, (Step("status", NETWORK, (), f"{status} {p:.2f}"),)


def _negated(act: Act | None, reading: TriggerReading) -> bool:
    if act is None:
        return reading.negated >= 0.5
    if reading.word not in act.words:
        return act.negated
    return reading.negated >= (0.3 if act.negated else 0.7)


def _roles(
    act: Act | None,
    category: str,
    reading: TriggerReading,
    told: SentenceActs,
    network: EventNetwork,
    weights: FusionWeights,
) -> tuple[Roles, tuple[Step, ...]]:
    """Who acts on whom: each mention in its likelier role, if that is likely enough; one mention for each actor."""
    sides: tuple[list[tuple[float, Mention]], list[tuple[float, Mention]]] = ([], [])
    word = act.token if act is not None else reading.word
    for part in parts_of(reading, told.mentions, told.sentence):
        chances = (
            weights.actor.probability(party_features(part, 0, act, category, word, told.reader)),
            weights.recipient.probability(party_features(part, 1, act, category, word, told.reader)),
        )
        role = 0 if chances[0] >= chances[1] else 1
        if chances[role] >= (weights.actor, weights.recipient)[role].threshold:
            sides[role].append((chances[role], part.mention))
    chosen = tuple(_distinct(side) for side in sides)
    if act is not None and _is_trusted(act, [{m.index for _, m in side} for side in chosen]):
        return act.roles, ()
    steps = tuple(
        Step(
            "roles",
            f"{NETWORK}:{name}",
            tuple(Span(m.text, m.start, m.end) for _, m in side),
            " ".join(f"{p:.2f}" for p, _ in side),
        )
        for name, side in zip(("actor", "recipient"), chosen, strict=True)
        if side
    )
    return Roles(tuple(m.index for _, m in chosen[0]), tuple(m.index for _, m in chosen[1])), steps


def _is_trusted(act: Act, chosen: Sequence[Collection[int]]) -> bool:
    """The lexicon's row fills both sides, or joins parties to whom the network would only add more."""
    if act.roles.actors and act.roles.recipients:
        return True
    return len(act.roles.actors) > 1 and set(act.roles.actors) < set(chosen[0])


def _distinct(side: Iterable[tuple[float, Mention]]) -> list[tuple[float, Mention]]:
    """Without mentions inside likelier ones or of the same actors, in the order of the text."""
    kept: list[tuple[float, Mention]] = []
    for p, mention in sorted(side, key=lambda item: (-item[0], item[1].start)):
        names = {actor.id for actor in mention.actors}
        inside = any(m.start < mention.end and mention.start < m.end for _, m in kept)
        known = any(names <= {actor.id for actor in m.actors} for _, m in kept)
        if not inside and not known:
            kept.append((p, mention))
    return sorted(kept, key=lambda item: item[1].start)
