"""Which words tell of an event, what act it is, and who acts on whom.

In: one sentence with its clauses and its mentions, and the lexicon. Out: event candidates, each with the row of the
lexicon that was met, the mentions that act and are acted on, the act that it is about (promised, asked for,
refused, threatened), and the rows that were turned down. Method: every word whose lemma the lexicon knows is
compared with its rows, the most specific first; a row's conditions speak of deep slots (`clauses.py`), its frame of
who fills which part (`roles.py`); an act inside another act, and a noun carried by a verb of the same act, are
absorbed by it.

It does not say whether the event took place, when, where, or who says so; and an act that no table names is not
seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.coding.clauses import ClauseReader, Slots, words_of
from dragoman.coding.roles import PartyFinder, Roles, without
from dragoman.knowledge.lexicon import Condition, Frame, Lexicon, Trigger
from dragoman.knowledge.ontology import Ontology
from dragoman.knowledge.ontology_rows import Action
from dragoman.values import Actor

_TRIGGER_POS = {"VERB": "VERB", "NOUN": "NOUN", "ADJ": "ADJ", "AUX": "VERB"}
_OF_THINGS_WANTED = ("SUPPORT", "AGREE", "REQUEST", "REJECT", "THREATEN")
_PRIVATE = frozenset({None, "CVL", "BUS", "JRN", "EDU", "MED", "AGR", "LAB", "ELI", "UNK"})
_ON_TERRITORY = ("ASSAULT", "COERCE", "AID")
_TERRITORY = (
    *("obj.poss", "obj.adj", "obj.comp", "obj.p:in", "obj.p:of", "obj.p:in.poss", "obj.p:on", "obj.p:near"),
    *("p:on.adj", "p:on.p:in", "p:against.p:in", "p:on.p:of", "p:in", "p:in.poss", "p:of.p:in", "p:near", "p:on"),
)
_MEANS_OF_ATTACK = ("weapon", "missile", "forces", "platform", "violence", "armed-group")
_OCCASION_DEPTH = 3  # "on the sidelines of the summit"
_SHOWN_ALTERNATIVES = 4
_AFTER_PASSIVE = ("ASSAULT", "COERCE", "SANCTION")  # reported without an agent so often that the victim alone will do


@dataclass(frozen=True, slots=True)
class EventCandidate:
    """An act that a sentence tells of. `token` is the trigger's index in the sentence; `first`, `last` its words."""

    sentence: int
    token: int
    first: int
    last: int
    trigger: Trigger
    action: Action
    roles: Roles
    about: EventCandidate | None = None
    light_verb: int | None = None
    consumed: frozenset[int] = frozenset()  # words that the row names: part of the act, and no acts of their own
    turned_down: tuple[tuple[str, str], ...] = ()  # (row id, the condition that did not hold)


@dataclass(frozen=True, slots=True)
class _Match:
    token: int
    trigger: Trigger
    slots: Slots
    consumed: frozenset[int]
    turned_down: tuple[tuple[str, str], ...]


def find_events(
    reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon, ontology: Ontology
) -> tuple[EventCandidate, ...]:
    """Every event candidate of the reader's sentence, in the order of their triggers."""
    matches = _match_all(reader, finder, lexicon)
    if not matches:
        return ()
    candidates: dict[int, EventCandidate] = {}
    for token in sorted(matches):
        candidates[token] = _fill_roles(matches[token], reader, finder, lexicon, ontology)
    for token in sorted(matches, reverse=True):  # inner acts stand after outer ones as a rule
        candidates[token] = _with_about(matches[token], candidates, reader, finder)
    absorbed = _absorbed(matches, candidates, reader, finder)
    _take_over(matches, candidates, absorbed, finder)
    kept = [
        candidate
        for token, candidate in sorted(candidates.items())
        if token not in absorbed and _is_codable(candidate, matches[token], reader, finder, lexicon)
    ]
    return _without_repeats(kept, finder)


# matching


def _match_all(reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> dict[int, _Match]:
    matches: dict[int, _Match] = {}
    for token in reader.tokens:
        pos = _TRIGGER_POS.get(token.upos)
        if pos is None:
            continue
        rows = lexicon.triggers.get((token.lemma.lower(), pos))
        if rows is None or _is_part_of_name(finder, token.index):
            continue
        match = _best_row(token.index, rows, reader, finder, lexicon, pos)
        if match is not None:
            matches[token.index] = match
    return matches


def _is_part_of_name(finder: PartyFinder, token: int) -> bool:
    """A word that names an actor ("the Support Group", "the rebels") tells of no event."""
    return finder.names_actor(token)


def _best_row(
    token: int, rows: Sequence[Trigger], reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon, pos: str
) -> _Match | None:
    slots = reader.slots(token)
    lemma = reader.tokens[token].lemma.lower()
    for stop in lexicon.stop_senses.get((lemma, pos), ()):
        if all(holds(condition, token, slots, reader, finder) for condition in stop.when):
            return None
    turned_down: list[tuple[str, str]] = []
    for row in rows:
        failed = next((c for c in row.when if not holds(c, token, slots, reader, finder)), None)
        if failed is None:
            consumed = _consumed(row, slots, reader)
            return _Match(token, row, slots, consumed, tuple(turned_down))
        if len(turned_down) < _SHOWN_ALTERNATIVES:
            turned_down.append((row.id, condition_text(failed)))
    return None


def holds(condition: Condition, token: int, slots: Slots, reader: ClauseReader, finder: PartyFinder) -> bool:
    """Is one condition of a lexicon row true of the word at `token`?"""
    return _holds_plainly(condition, token, slots, reader, finder) != condition.negated


def _holds_plainly(condition: Condition, token: int, slots: Slots, reader: ClauseReader, finder: PartyFinder) -> bool:
    slot = condition.slot
    if slot == "passive":
        return reader.is_passive(token)
    if slot == "active":
        return not reader.is_passive(token)
    if slot == "intransitive":
        return "obj" not in slots
    if slot == "mod":
        return not condition.words.isdisjoint(_modifiers(token, reader))
    if slot == "word":
        return not condition.words.isdisjoint(_words_around(token, slots, reader))
    fillers = reader.fillers(slots, slot)
    if not fillers:
        return False
    if condition.test == "filled":
        return True
    if condition.test == "words":
        if not condition.words.isdisjoint(words_of(reader, fillers)):
            return True
        if any(not condition.words.isdisjoint(words_of(reader, reader.counted(filler))) for filler in fillers):
            return True
        return slot in ("xcomp", "ccomp") and _governs(condition, fillers, reader)
    return any(_is_kind(condition.test, finder, filler) for filler in fillers)


def _governs(condition: Condition, fillers: Sequence[int], reader: ClauseReader) -> bool:
    """A clause also counts for the noun that its light verb carries ("agreed to hold talks")."""
    return any(
        reader.tokens[child].lemma.lower() in condition.words and reader.tokens[child].relation == "obj"
        for filler in fillers
        for child in reader.children(filler)
    )


def _is_kind(test: str, finder: PartyFinder, filler: int) -> bool:
    mention = finder.mention_at(filler)
    if test == "PARTY":
        return bool(finder.parties(filler))
    if mention is None:
        return False
    if test == "PERSON":
        if mention.kind == "pronoun":
            return mention.text.lower() not in ("it", "its")
        return mention.kind in ("name", "title")
    if test in ("STATE", "PLACE"):
        return mention.kind == "country"
    return False


def _modifiers(token: int, reader: ClauseReader) -> frozenset[str]:
    return frozenset(
        reader.tokens[child].lemma.lower()
        for child in reader.children(token)
        if reader.tokens[child].relation in ("amod", "compound", "advmod", "nmod:desc", "nmod:unmarked", "nummod")
    )


def _words_around(token: int, slots: Slots, reader: ClauseReader) -> frozenset[str]:
    """Lemmas of the trigger's modifiers, of its arguments and of theirs."""
    found = set(_modifiers(token, reader))
    for slot, fillers in slots.items():
        if slot in ("ccomp", "parataxis", "light.subj", "outer.subj"):
            continue
        for filler in fillers:
            found.add(reader.tokens[filler].lemma.lower())
            found |= _modifiers(filler, reader)
            for child in reader.children(filler):
                if reader.tokens[child].relation in ("nmod", "nmod:poss"):
                    found.add(reader.tokens[child].lemma.lower())
    return frozenset(found)


def _consumed(row: Trigger, slots: Slots, reader: ClauseReader) -> frozenset[int]:
    """The words that a row's conditions name: part of the trigger, so that they are no second event of that act."""
    found: set[int] = set()
    for condition in row.when:
        if condition.test == "words" and not condition.negated:
            for filler in reader.fillers(slots, condition.slot):
                if reader.tokens[filler].lemma.lower() in condition.words or condition.slot in ("xcomp", "ccomp"):
                    found.add(filler)
    return frozenset(found)


def condition_text(condition: Condition) -> str:
    """A condition as a reader of steps sees it, long word lists cut short."""
    sign = "!" if condition.negated else ""
    if condition.test == "filled":
        return sign + condition.slot
    if condition.test != "words":
        return f"{sign}{condition.slot}:{condition.test}"
    words = sorted(condition.words)
    return f"{sign}{condition.slot}:" + "|".join(words[:3]) + ("|..." if len(words) > 3 else "")


# roles


def _fill_roles(
    match: _Match, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon, ontology: Ontology
) -> EventCandidate:
    frame = lexicon.frames[match.trigger.frame]
    action = ontology.actions[match.trigger.action]
    roles = _roles(match, frame, action.category, reader, finder, lexicon)
    if not roles.recipients and not frame.symmetric and action.category in _ON_TERRITORY:
        roles = _with_territory(roles, match, finder)
    first = last = match.token
    for particle in match.slots.get("prt", ()):
        if particle - match.token <= 2:
            last = max(last, particle)
    return EventCandidate(
        sentence=reader.sentence.index,
        token=match.token,
        first=first,
        last=last,
        trigger=match.trigger,
        action=action,
        roles=roles,
        light_verb=reader.light_verb(match.token) if match.trigger.pos == "NOUN" else None,
        consumed=match.consumed,
        turned_down=match.turned_down,
    )


def _with_territory(roles: Roles, match: _Match, finder: PartyFinder) -> Roles:
    """Where nobody is named as hit or helped, the state in whose territory it happens is ("a camp in Pakistan")."""
    own = {actor.party for mention in finder.mentions_at(roles.actors) for actor in mention.actors}
    for slot in _TERRITORY:
        states = [m for m in finder.in_slot(match.slots, slot) if m.kind == "country"]
        foreign = [m for m in states if all(actor.party not in own for actor in m.actors)]
        if foreign:
            return replace(roles, recipients=tuple(m.index for m in foreign), recipient_slot=slot)
    return roles


def _subject_takes_part(match: _Match, category: str, reader: ClauseReader, lexicon: Lexicon) -> bool:
    """Whether the subject of the verb above an event noun acts in it: "plans a visit", not "criticised a visit".

    Meetings only: who "ends violence" or "calls for sanctions" is not who strikes or sanctions.
    """
    token = reader.tokens[match.token]
    if match.trigger.pos != "NOUN" or token.head < 0 or category != "CONSULT":
        return False
    if token.relation != "obj":
        return True
    verb = reader.tokens[token.head]
    return any(operator.slot == "obj" for operator in lexicon.operators.get((verb.lemma.lower(), "VERB"), ()))


def _roles(
    match: _Match, frame: Frame, category: str, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> Roles:
    if frame.symmetric:
        together, slot = finder.all_filled(match.slots, frame.actor)
        if len(together) < 2 and _subject_takes_part(match, category, reader, lexicon):
            outer = finder.in_slot(match.slots, "outer.subj", owners=True)
            together, slot = (*outer, *without(together, outer)), f"outer.subj+{slot}" if outer else slot
        return Roles(tuple(m.index for m in together), (), slot, "")
    actors, actor_slot = finder.first_filled(match.slots, frame.actor)
    if not actors and _subject_takes_part(match, category, reader, lexicon):
        actors, actor_slot = finder.in_slot(match.slots, "outer.subj", owners=True), "outer.subj"
    recipients, recipient_slot = finder.first_filled(
        match.slots, [slot for slot in frame.recipient if slot != actor_slot], actors
    )
    return Roles(tuple(m.index for m in actors), tuple(m.index for m in recipients), actor_slot, recipient_slot)


# acts inside acts


def _with_about(
    match: _Match, candidates: Mapping[int, EventCandidate], reader: ClauseReader, finder: PartyFinder
) -> EventCandidate:
    candidate = candidates[match.token]
    if not match.trigger.about:
        return candidate
    acts = (_act_at(filler, candidates, reader, 0) for filler in match.slots.get(match.trigger.about, ()))
    inner = next((act for act in acts if act is not None and act.token != candidate.token), None)
    if inner is None:
        return candidate
    roles = candidate.roles
    if not roles.recipients and roles.actors:
        taken = set(roles.actors)
        others = tuple(i for i in (*inner.roles.recipients, *inner.roles.actors) if i not in taken)
        roles = replace(roles, recipients=others if inner.roles.recipients or _is_joint(inner) else ())
    return replace(candidate, about=inner, roles=roles)


def _is_joint(candidate: EventCandidate) -> bool:
    return not candidate.roles.recipients and len(candidate.roles.actors) > 1


def _act_at(
    token: int, candidates: Mapping[int, EventCandidate], reader: ClauseReader, depth: int
) -> EventCandidate | None:
    """The act that a clause or noun tells of: its head's, or that of the noun or clause that the head carries."""
    if token in candidates:
        return candidates[token]
    if depth >= 2:
        return None
    for child in reader.children(token):
        if reader.tokens[child].relation in ("obj", "xcomp", "obl", "nmod", "conj", "advcl"):
            found = _act_at(child, candidates, reader, depth + 1)
            if found is not None:
                return found
    return None


def _absorbed(
    matches: Mapping[int, _Match], candidates: Mapping[int, EventCandidate], reader: ClauseReader, finder: PartyFinder
) -> frozenset[int]:
    """Triggers that are part of another's act, and so are no event of their own."""
    gone: set[int] = set()
    for token, match in matches.items():
        candidate = candidates[token]
        if candidate.about is not None and match.trigger.about:
            acts = (_act_at(f, candidates, reader, 0) for f in match.slots.get(match.trigger.about, ()))
            gone.update(act.token for act in acts if act is not None and act.token != token)
            gone.add(candidate.about.token)
        for other in match.consumed:
            if other in matches and other != token and not _stands_alone(candidates[other], candidate, finder):
                gone.add(other)
        for filler in match.slots.get("obj", ()):
            other_candidate = candidates.get(filler)
            if other_candidate is not None and not _stands_alone(other_candidate, candidate, finder):
                gone.add(filler)
            if candidate.action.category in _OF_THINGS_WANTED:
                gone.update(_wanted(reader.slots(filler), candidates))
        for filler in match.slots.get("subj", ()):  # "a strike killed three": one attack
            if filler in candidates and candidates[filler].action.category == candidate.action.category == "ASSAULT":
                gone.add(filler)
        if candidate.action.category in _OF_THINGS_WANTED:
            gone.update(_wanted(match.slots, candidates))
    return frozenset(gone)


def _wanted(slots: Slots, candidates: Mapping[int, EventCandidate]) -> list[int]:
    """ "support for talks between A and B": the talks are what is wished for, not what took place."""
    return [filler for filler in slots.get("p:for", ()) if filler in candidates]


def _stands_alone(inner: EventCandidate, outer: EventCandidate, finder: PartyFinder) -> bool:
    """An act that is the object of another is an event too when it has its own agent ("condemned Iran's attack")."""
    if inner.action.category == outer.action.category:
        return False
    lent = inner.roles.actor_slot.startswith(("light.", "outer."))
    own = inner.roles.actors and not lent
    return bool(own) and not _ids(inner.roles.actors, finder) <= _ids(outer.roles.actors, finder)


def _take_over(
    matches: Mapping[int, _Match], candidates: dict[int, EventCandidate], absorbed: frozenset[int], finder: PartyFinder
) -> None:
    """ "cut its aid to Uganda", "gave 3 million in aid to Chad": the inner act's other side is the outer act's."""
    for token, match in matches.items():
        outer = candidates[token]
        if token in absorbed or outer.roles.recipients or outer.about is not None:
            continue
        objects = match.slots.get("obj", ())
        for inner in candidates.values():
            inside = inner.token in absorbed and inner.token in objects
            same = inner.action.category == outer.action.category and not inner.roles.actors
            if inner.roles.recipients and (inside or (same and _stands_under(inner.token, token, finder))):
                taken = tuple(i for i in inner.roles.recipients if i not in outer.roles.actors)
                candidates[token] = replace(outer, roles=replace(outer.roles, recipients=taken, recipient_slot="obj"))
                break


def _is_codable(
    candidate: EventCandidate, match: _Match, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> bool:
    roles = candidate.roles
    category = candidate.action.category
    mentions = finder.mentions_at((*roles.actors, *roles.recipients))
    if not is_political([actor for mention in mentions for actor in mention.actors], category):
        return False
    if category == "CONSULT" and not roles.recipients:
        return _counts_as_meeting(candidate, finder)
    if category == "ASSAULT" and not _could_attack(match, reader, finder, lexicon):
        return False
    if roles.actors:
        return True
    return bool(roles.recipients) and category in _AFTER_PASSIVE


def _could_attack(match: _Match, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> bool:
    """Locusts and buses kill too: who attacks is an actor, a force, a weapon, an act of violence, or unnamed."""
    for filler in match.slots.get("subj", ()):
        token = reader.tokens[filler]
        if finder.actor_at(filler) is not None or token.upos not in ("NOUN", "PROPN"):
            continue
        if not any(token.lemma.lower() in lexicon.noun_classes.get(name, frozenset()) for name in _MEANS_OF_ATTACK):
            return False
    return True


def is_political(actors: Sequence[Actor], category: str) -> bool:
    """At least one side belongs to a state or organisation or holds a public part; private people make no event."""
    if any(actor.party is not None or actor.country is not None for actor in actors):
        return True
    private = _PRIVATE if category != "PROTEST" else frozenset({None})
    return any(actor.sector not in private for actor in actors)


def _counts_as_meeting(candidate: EventCandidate, finder: PartyFinder) -> bool:
    """A meeting takes two; an organisation that meets, and a body of several actors, is one with itself.

    A visit takes one, if the text says whose it is ("Modi's July visit").

    An organisation that only lends its name ("on the sidelines of the G20 summit") does not meet there.
    """
    actors = finder.mentions_at(candidate.roles.actors)
    if len({actor.id for mention in actors for actor in mention.actors}) >= 2:
        return True
    if "visit" in candidate.action.modes and candidate.roles.actor_slot == "poss":
        return any(actor.party is not None for mention in actors for actor in mention.actors)
    meets = candidate.trigger.pos == "VERB" or candidate.roles.actor_slot.startswith(("light.subj", "p:of", "poss"))
    return meets and any(mention.kind == "organisation" for mention in actors)


def _without_repeats(candidates: Sequence[EventCandidate], finder: PartyFinder) -> tuple[EventCandidate, ...]:
    """One act told twice in a sentence ("held talks in May, their first meeting") is one candidate: the first.

    Its other side may stand with the second word only ("provided 30 million in aid to Chad").
    """
    kept: list[EventCandidate] = []
    for candidate in candidates:
        twin = next((n for n, earlier in enumerate(kept) if _same_act(earlier, candidate, finder)), None)
        if twin is None:
            kept.append(candidate)
        elif not kept[twin].roles.recipients and candidate.roles.recipients:
            roles = replace(kept[twin].roles, recipients=candidate.roles.recipients)
            kept[twin] = replace(kept[twin], roles=roles)
    return tuple(kept)


def _same_act(earlier: EventCandidate, later: EventCandidate, finder: PartyFinder) -> bool:
    if earlier.action.category != later.action.category:
        return False
    word = finder.reader.tokens[later.token]
    if later.trigger.pos != "NOUN" and (word.head != earlier.token or word.relation == "conj"):
        return False
    first, second = _ids(earlier.roles.actors, finder), _ids(later.roles.actors, finder)
    if first < second and earlier.action.category == "CONSULT" and _stands_under(later.token, earlier.token, finder):
        return True  # "met at the G20 summit": the occasion is no second meeting
    if first != second:
        return False
    told, again = _ids(earlier.roles.recipients, finder), _ids(later.roles.recipients, finder)
    return told >= again or (not told and _stands_under(later.token, earlier.token, finder))


def _stands_under(token: int, above: int, finder: PartyFinder) -> bool:
    tokens = finder.reader.tokens
    for _ in range(_OCCASION_DEPTH):
        token = tokens[token].head
        if token == above:
            return True
        if token < 0 or tokens[token].upos in ("VERB", "AUX"):
            return False
    return False


def _ids(indices: Sequence[int], finder: PartyFinder) -> set[str]:
    return {actor.id for mention in finder.mentions_at(indices) for actor in mention.actors}
