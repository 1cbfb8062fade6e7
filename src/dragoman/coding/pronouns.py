"""Pronouns of the third person, and "I" and "we" inside a quotation: whom they stand for.

In: a pronoun's draft and the drafts before it, resolved. Out: the drafts that it points at, or none. None where two
readings are open: a wrong party is worse than a missing one.

Method: a walk up the clauses of the sentence, then back through at most two sentences, subjects first, after Hobbs,
"Resolving pronoun references" (1978), stopped by number, gender and what a noun can be. In a reason ("condemned B for
its attack") a possessive points at the object, as verbs of praise and blame make their objects the cause (Garvey and
Caramazza, "Implicit causality in verbs", 1974).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dragoman.coding.drafts import Draft, Person, Setting
from dragoman.coding.parties import conjuncts, is_coordinated, is_place, state_of
from dragoman.coding.persons import Spots
from dragoman.values import Actor

_SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer", "csubj")
_REACH = 2  # sentences that a pronoun looks back
_QUOTES = ('"', "“", "”", "``", "''")
_STATELY = ("GOV", "MIL", "LEG")
_ADDRESS = frozenset({"to", "against", "on"})
_SEXES = ("male", "female")


class PronounReader:
    """Finds antecedents among the drafts of one article; `before` holds those resolved so far, by sentence."""

    __slots__ = ("_barred", "_before", "_issuer", "_labels", "_setting", "_spots")

    def __init__(
        self,
        before: Mapping[int, Sequence[Draft]],
        spots: Spots,
        setting: Setting,
        labels: Mapping[int, str],
        issuer: Actor | None,
    ) -> None:
        self._labels = labels
        self._issuer = issuer
        self._barred: frozenset[int | str] = frozenset()
        self._before = before
        self._spots = spots
        self._setting = setting

    def resolve(self, draft: Draft) -> None:
        """Fill a pronoun's referents and antecedents, if a rule finds them."""
        pronoun = self._setting.knowledge.cues.pronouns[draft.token.text.lower()]
        found: tuple[Draft, ...] = ()
        if pronoun.person == 1:
            found = self._speaker(draft)
            label = self._labels.get(draft.mention.sentence) if not found else None
            if label is not None:
                self._says_label(draft, label)
                return
            if not found and self._issuer is not None and draft.mention.head not in _quoted(draft):
                draft.referents = (self._issuer,)
                return
        elif pronoun.person == 3:
            possessive = draft.token.relation == "nmod:poss"
            reflexive = pronoun.use == "reflexive"
            self._barred = self._speakers_outside(draft)
            if not possessive and not reflexive:
                self._barred |= self._in_same_clause(draft)
            found = self._antecedents(draft, possessive=possessive, reflexive=reflexive)
        draft.referents = tuple(dict.fromkeys(referent for other in found for referent in other.referents))
        draft.antecedents = tuple(other.mention.index for other in found)
        person = draft.referents[0] if len(draft.referents) == 1 else None
        if isinstance(person, Person) and draft.gender in _SEXES:
            person.gender, person.called = person.gender or draft.gender, True

    def _says_label(self, draft: Draft, label: str) -> None:
        """ "I" and "we" in a transcript: the person of the label above, and his country."""
        if draft.mention.head in _quoted(draft):
            return
        for other in self._spots.values():
            for referent in other.referents if other.name else ():
                if isinstance(referent, Person) and referent.words[-1] == label:
                    state = state_of(referent, self._setting)
                    sector = referent.sector or (referent.holder.sector if referent.holder is not None else None)
                    if not draft.plural:
                        draft.referents, draft.antecedents = (referent,), (other.mention.index,)
                    elif state is not None and sector in _STATELY:
                        draft.referents, draft.antecedents = (state,), (other.mention.index,)
                    return

    def _in_same_clause(self, draft: Draft) -> frozenset[int | str]:
        """Who fills another slot of the same verb, or is its understood subject: "The deputy thanked him" and "the
        state left the bloc, accusing it" are about two.
        """
        found: set[int | str] = set()
        above = _understood_subject(draft)
        for other in self._before.get(draft.mention.sentence, ()):
            same = other.token.head == draft.token.head and other.token.relation != "conj"
            if same or other.mention.head in above:
                found.update(_key(referent) for referent in other.referents)
        return frozenset(found)

    def _speakers_outside(self, draft: Draft) -> frozenset[int | str]:
        """Who says the quotation that the pronoun stands in: "he" is somebody else."""
        quoted = _quoted(draft)
        found: set[int | str] = set()
        if draft.mention.head in quoted:
            for candidate in _subjects_above(draft, own=True):
                other = self._spots.get((draft.mention.sentence, candidate))
                if candidate not in quoted and other is not None:
                    found.update(_key(referent) for referent in other.referents)
        return frozenset(found)

    def _antecedents(self, draft: Draft, *, possessive: bool, reflexive: bool) -> tuple[Draft, ...]:
        found = self._in_sentence(draft, possessive=possessive, reflexive=reflexive)
        if found is draft:
            partners = self._met_before(draft)
            if partners:
                return partners
            found = self._in_earlier(draft)
        if found is None:
            return ()
        return self._with_conjuncts(found) if draft.plural else (found,)

    def _with_conjuncts(self, found: Draft) -> tuple[Draft, ...]:
        """ "Putin and Xi ... they": all that is coordinated with a subject."""
        others = (self._spots.get((found.mention.sentence, head)) for head in conjuncts(found))
        return (found, *(other for other in others if other is not None and other.referents))

    def _in_sentence(self, draft: Draft, *, possessive: bool, reflexive: bool) -> Draft | None:
        """A draft of the same sentence; the draft itself if the search may go on before it; none if it must not."""
        if possessive:
            blamed = self._blamed(draft)
            if blamed is not None:
                return blamed
        quoted, here = _quoted(draft), draft.mention.head
        for candidate in _subjects_above(draft, own=possessive or reflexive):
            if (candidate in quoted) != (here in quoted) or (candidate > here and not possessive):
                continue
            other = self._spots.get((draft.mention.sentence, candidate))
            if other is not None and other.referents and self._fits(draft, other):
                return other
            if self._stops(draft, candidate, other):
                return None
        if draft.gender not in _SEXES:
            near = draft.gender == "neuter" and (possessive or bool(_understood_subject(draft)))
            near_party = self._nearest(draft) if near else None
            return near_party or self._only_one(draft, possessive=possessive) or draft
        called = self._fitting(draft, possessive=possessive)
        return called[-1] if len({id(other.referents[0]) for other in called}) == 1 else draft

    def _blamed(self, draft: Draft) -> Draft | None:
        """ "A condemned B for its attack": the object of the clause, where the pronoun stands in a reason."""
        tokens, children = draft.anatomy.sentence.tokens, draft.anatomy.children
        reasons = self._setting.knowledge.cues.roles["blame-preposition"]
        here = draft.mention.head
        for _ in range(4):
            head = tokens[here].head
            if head < 0:
                return None
            if tokens[head].upos != "VERB" or here < head:
                case = [tokens[c].text.lower() for c in children[here] if tokens[c].relation in ("case", "mark")]
                told = self._told(draft, head, here) if any(word in reasons for word in case) else None
                if told is not None:
                    return told
                here = head
                continue
            case = [tokens[c].text.lower() for c in children[here] if tokens[c].relation in ("case", "mark")]
            if any(word in reasons for word in case):
                told = self._told(draft, head, here)
                if told is not None:
                    return told
            if not any(word in reasons for word in case):
                if tokens[head].relation == "advcl" and here != draft.mention.head:
                    here = head  # "thanked Poland for sending its tanks"
                    continue
                return None
            for child in children[head]:
                other = self._spots.get((draft.mention.sentence, child))
                objects = tokens[child].relation == "nsubj:pass" or (
                    child > head and tokens[child].relation in ("obj", "iobj")
                )
                if objects and child < here and other is not None and other.referents and self._fits(draft, other):
                    return other
            return None
        return None

    def _told(self, draft: Draft, head: int, here: int) -> Draft | None:
        """ "issued a warning to B over its attack": to whom a noun or verb goes, or its object does."""
        tokens, children = draft.anatomy.sentence.tokens, draft.anatomy.children
        above = [head, *(c for c in children[head] if tokens[c].relation == "obj" and c < here)]
        for child in sorted(c for each in above for c in children[each] if c < here):
            if tokens[child].relation not in ("nmod", "obl", "iobj"):
                continue
            before = child - 1
            while before > 0 and tokens[before].upos in ("DET", "ADJ", "PROPN"):
                before -= 1
            other = self._spots.get((draft.mention.sentence, draft.anatomy.home[child]))
            if (
                tokens[before].text.lower() in _ADDRESS
                and other is not None
                and other.referents
                and self._fits(draft, other)
            ):
                return other
        return None

    def _nearest(self, draft: Draft) -> Draft | None:
        """The state or organisation named last before a possessive whose clause has a person for its subject, or before
        the object of a participle.
        """
        quoted, here = _quoted(draft), draft.mention.head
        for other in reversed(self._before.get(draft.mention.sentence, ())):
            if other.mention.kind in ("country", "organisation", "group") and (
                (other.mention.head in quoted) == (here in quoted) and other.referents and self._fits(draft, other)
            ):
                modifies = other.token.relation in ("amod", "compound", "nmod:poss")
                return None if modifies else other
        return None

    def _fitting(self, draft: Draft, *, possessive: bool) -> list[Draft]:
        """All mentions before in the sentence that a pronoun can mean, without other pronouns."""
        quoted, here = _quoted(draft), draft.mention.head
        return [
            other
            for other in self._before.get(draft.mention.sentence, ())
            if other.referents
            and other.mention.kind != "pronoun"
            and self._fits(draft, other)
            and (possessive or other.token.head != draft.token.head)
            and (other.mention.head in quoted) == (here in quoted)
        ]

    def _only_one(self, draft: Draft, *, possessive: bool) -> Draft | None:
        """ "The Fund, having lent Seoul money, asked it to", "pardoned five nurses where they had been jailed": the one
        thing or group named before in the sentence that can be meant. "It" as a subject may be the deed itself.
        """
        if draft.gender == "neuter" and draft.token.relation in _SUBJECTS:
            return None
        found = [o for o in self._fitting(draft, possessive=possessive) if o.token.relation not in ("amod", "compound")]
        return found[-1] if len({tuple(map(_key, other.referents)) for other in found}) == 1 else None

    def _met_before(self, draft: Draft) -> tuple[Draft, ...]:
        """ "A met with B. They discussed ...": both, if the sentence before has one subject and one partner."""
        if not draft.plural:
            return ()
        others = [o for o in self._before.get(draft.mention.sentence - 1, ()) if o.referents]
        for first in reversed(others):
            tokens, children = first.anatomy.sentence.tokens, first.anatomy.children
            if first.token.relation != "nsubj" or first.plural or is_coordinated(first):
                continue
            partners = [
                other
                for other in others
                if other.token.head == first.token.head
                and (
                    (
                        other.token.relation == "obl"
                        and any(tokens[c].lemma == "with" for c in children[other.token.index])
                    )
                    or (other.token.relation == "obj" and other.mention.kind in ("name", "title"))
                )
                and other.referents != first.referents
            ]
            if len(partners) == 1:
                return (first, partners[0])
        return ()

    def _says(self, draft: Draft) -> bool:
        tokens = draft.anatomy.sentence.tokens
        verb = tokens[draft.token.head] if draft.token.head >= 0 else draft.token
        return draft.token.relation == "nsubj" and verb.lemma in self._setting.knowledge.cues.roles["speech"]

    def _in_earlier(self, draft: Draft) -> Draft | None:
        quoted = draft.mention.head in _quoted(draft)
        for distance in range(1, _REACH + 1):
            others = self._before.get(draft.mention.sentence - distance, ())
            if quoted:
                others = [other for other in others if not self._says(other)]
            subjects = [other for other in others if other.token.relation in _SUBJECTS]
            subjects.sort(key=lambda other: (_depth(other), other.mention.head))
            fitting = [other for other in subjects if other.referents and self._fits(draft, other)]
            if fitting and draft.gender in _SEXES and not self._gender(fitting[0]):
                known = [o for o in others if o.referents and self._is_called(o) and self._fits(draft, o)]
                fitting = known[-1:] or fitting
            if fitting:
                main = _depth(fitting[0]) <= _depth_of_main_subject(others)
                return fitting[0] if main or draft.gender != "neuter" else None
            if draft.gender not in _SEXES:
                return None
            rest = [other for other in others if other.referents and self._fits(draft, other)]
            if rest:
                return rest[0] if len({id(other.referents[0]) for other in rest}) == 1 else None
        return None

    def _fits(self, draft: Draft, other: Draft) -> bool:
        """Whether a pronoun can stand for what a draft means: number, gender, person or thing."""
        mention, one = other.mention, len(other.referents) == 1
        if other is draft or (mention.start <= draft.mention.start and draft.mention.end <= mention.end):
            return False
        if mention.kind == "pronoun" and self._setting.knowledge.cues.pronouns[mention.text.lower()].person == 1:
            return False
        if self._barred and any(_key(referent) in self._barred for referent in other.referents):
            return False
        person = isinstance(other.referents[0], Person) or mention.kind in ("name", "title")
        if draft.gender in _SEXES:
            gender = self._gender(other)
            human = person or (mention.kind == "pronoun" and other.gender in _SEXES)
            return one and human and not other.plural and gender in ("", draft.gender)
        if mention.kind == "pronoun":
            return other.gender == draft.gender and other.plural == draft.plural
        if draft.gender == "neuter":
            several = other.token.relation in _SUBJECTS and is_coordinated(other)
            return one and not person and not other.plural and not several and not is_place(other)
        return other.plural or not one or is_coordinated(other) or (mention.kind == "group" and not _is_single(other))

    def _gender(self, draft: Draft) -> str:
        first = draft.referents[0] if draft.referents else None
        return (first.gender if isinstance(first, Person) else "") or draft.gender

    def _is_called(self, draft: Draft) -> bool:
        first = draft.referents[0]
        return isinstance(first, Person) and first.called and bool(first.gender)

    def _stops(self, draft: Draft, candidate: int, other: Draft | None) -> bool:
        """Whether a subject that is no party takes the pronoun for itself: "The deal ... its terms"."""
        token = draft.anatomy.sentence.tokens[candidate]
        if draft.gender in _SEXES or (other is not None and other.mention.kind != "pronoun"):
            return False
        if other is not None:
            return other.gender == draft.gender and other.plural == draft.plural
        return token.upos in ("NOUN", "PROPN") and (token.xpos in ("NNS", "NNPS")) == draft.plural

    def _speaker(self, draft: Draft) -> tuple[Draft, ...]:
        """ "I" and "we" in a quotation: who says it in the same sentence."""
        quoted = _quoted(draft)
        if draft.mention.head not in quoted:
            return ()
        for candidate in _subjects_above(draft, own=True):
            other = self._spots.get((draft.mention.sentence, candidate))
            if candidate not in quoted and other is not None and other.mention.kind in ("name", "title", "pronoun"):
                return (other,) if other.referents else ()
        return ()


def _understood_subject(draft: Draft) -> tuple[int, ...]:
    """The subject of the clause above, with its conjuncts, of a participle with the object given: "accusing it"."""
    tokens, children = draft.anatomy.sentence.tokens, draft.anatomy.children
    verb = draft.token.head
    if draft.token.relation not in ("obj", "iobj") or verb < 0 or tokens[verb].relation not in ("advcl", "xcomp"):
        return ()
    if any(tokens[child].relation in _SUBJECTS for child in children[verb]) or tokens[verb].head < 0:
        return ()
    subjects = [child for child in children[tokens[verb].head] if tokens[child].relation in _SUBJECTS]
    joined = [c for s in subjects for c in children[s] if tokens[c].relation == "conj"]
    return (*subjects, *joined, *(c for j in joined for c in children[j] if tokens[c].relation == "conj"))


def _is_single(draft: Draft) -> bool:
    """ "a warship": one of a group."""
    first = draft.anatomy.sentence.tokens[draft.parts.first].text.lower() if draft.parts is not None else ""
    return first in ("a", "an", "one", "another")


def _key(referent: Actor | Person) -> int | str:
    return id(referent) if isinstance(referent, Person) else referent.id


def _quoted(draft: Draft) -> frozenset[int]:
    """Words of the draft's sentence that stand inside quotation marks."""
    found: list[int] = []
    inside = False
    for token in draft.anatomy.sentence.tokens:
        if token.text in _QUOTES:
            inside = token.text in ("“", "``") or (token.text == '"' and not inside)
        elif inside:
            found.append(token.index)
    return frozenset(found)


def _subjects_above(draft: Draft, *, own: bool) -> Iterator[int]:
    """Subjects of the clauses above a word, the nearest first, owners of the nouns above a possessive, and nouns whose
    relative clause it stands in."""
    tokens, children = draft.anatomy.sentence.tokens, draft.anatomy.children
    here = draft.mention.head
    path = {here}
    clauses = 0
    for _ in range(len(tokens)):
        head = tokens[here].head
        if head < 0:
            return
        subjects = [c for c in children[head] if tokens[c].relation in _SUBJECTS and c not in path]
        if own:
            if tokens[here].relation in ("acl:relcl", "acl"):
                yield head
            yield from (c for c in children[head] if tokens[c].relation == "nmod:poss" and c not in path)
        if clauses or own or any(tokens[c].relation in _SUBJECTS and c in path for c in children[head]):
            yield from subjects
        if tokens[head].upos in ("VERB", "AUX") or subjects:
            clauses += 1
        here = head
        path.add(here)


def _depth(draft: Draft) -> int:
    """How many words stand above a mention's head in the tree."""
    tokens = draft.anatomy.sentence.tokens
    here, depth = draft.mention.head, 0
    while tokens[here].head >= 0 and depth < len(tokens):
        here, depth = tokens[here].head, depth + 1
    return depth


def _depth_of_main_subject(others: Sequence[Draft]) -> int:
    """1 if the root of the drafts' sentence has a subject, whether or not it is a mention; else beyond all depths."""
    if not others:
        return 0
    tokens = others[0].anatomy.sentence.tokens
    root = next((token.index for token in tokens if token.head < 0), 0)
    return 1 if any(tokens[c].relation in _SUBJECTS for c in others[0].anatomy.children[root]) else len(tokens)
