"""Mentions that say who is meant only by pointing back: "the minister", "his Chinese counterpart", "both nations", "it".

In: the drafts of an article, names settled. Out: the drafts with referents and antecedents where a rule finds them; none
where two readings are open, for a wrong party is worse than a missing one.

Method for pronouns: a walk up the clauses of the sentence, then back through at most two sentences, subjects first, after
Hobbs, "Resolving pronoun references" (1978), stopped by number, gender and what a noun can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dragoman.coding.drafts import Draft, Person, Setting, collective, nobodys, slug
from dragoman.coding.persons import Spots, person_of
from dragoman.knowledge.offices import Title
from dragoman.values import Actor, Article

_SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer", "csubj")
_REACH = 2  # sentences that a pronoun looks back
_FAR = 6  # sentences that "both nations" looks back
_QUOTES = ('"', "“", "”", "``", "''")
_PLACES = ("in", "at", "near", "outside")


def follow_chains(article: Article, drafts: Sequence[Draft], spots: Spots, setting: Setting) -> None:
    """Resolve in reading order, so that what was resolved before can be pointed at."""
    chain = Chain(article, drafts, spots, setting)
    for draft in sorted(drafts, key=lambda d: (d.mention.sentence, d.mention.head)):
        chain.resolve(draft)


class Chain:
    """The drafts of one article seen so far, by sentence. Lives for one article."""

    __slots__ = ("_article", "_by_sentence", "_dateline", "_seen", "_setting", "_spots", "_starts")

    def __init__(self, article: Article, drafts: Sequence[Draft], spots: Spots, setting: Setting) -> None:
        self._article = article
        self._spots = spots
        self._setting = setting
        self._seen: list[Draft] = []
        self._by_sentence: dict[int, list[Draft]] = {}

    def resolve(self, draft: Draft) -> None:
        """Give one draft its referents, if a rule finds them."""
        if draft.counterpart:
            self._counterpart(draft)
        elif not draft.referents:
            kind = draft.mention.kind
            if kind == "pronoun":
                self._pronoun(draft)
            elif kind == "nominal":
                self._noun(draft)
            elif kind == "title":
                self._title(draft)
            elif kind in ("group", "organisation"):
                self._group(draft)
        self._seen.append(draft)
        self._by_sentence.setdefault(draft.mention.sentence, []).append(draft)

    # nouns

    def _counterpart(self, draft: Draft) -> None:
        """The holder of the same office in another country; a name beside the word has settled the person already."""
        first = self._possessor(draft)
        if first is None or not first.referents:
            return
        model = first.referents[0]
        office = model.office
        sector = model.sector or (model.holder.sector if isinstance(model, Person) and model.holder else None)
        if isinstance(model, Person) and office is None and model.holder is not None:
            office = model.holder.office
        named = next((r for r in draft.referents if isinstance(r, Person)), None)
        draft.antecedents = draft.antecedents or (first.mention.index,)
        if named is not None:
            named.office, named.sector = named.office or office, named.sector or sector or "GOV"
            return
        draft.office, draft.sector = office, sector or "GOV"
        if not draft.owners:
            return
        owner = draft.owners[0]
        found = self._person_in_office(owner, office) or self._holder(owner, office)
        if found is not None:
            draft.referents = (found,)
            return
        country = owner.country or owner.party or "-"
        draft.referents = tuple(
            Actor(
                f"text:{country}:{draft.sector}:{office or 'counterpart'}", draft.mention.text, each.party, each.country,
                draft.sector, office=office, basis=each.basis,
            )
            for each in draft.owners
        )  # fmt: skip

    def _noun(self, draft: Draft) -> None:
        """"both nations", "the two sides", "the country", "the bloc"."""
        roles = self._setting.knowledge.cues.roles
        word = draft.token.text.lower()
        if draft.plural:
            self._pair(draft, "state" if word in roles["state-noun"] else "party")
        elif word in roles["state-noun"] and self._possessor(draft) is not None:
            draft.referents = self._inherited(draft)
        elif word in roles["state-noun"]:
            found = self._recent_states(draft)
            if len(found) == 1:
                draft.referents, draft.antecedents = (found[0][0],), (found[0][1].mention.index,)
        elif word in roles["organisation-noun"]:
            for other in reversed(self._back(draft, _REACH)):
                if other.mention.kind in ("organisation", "group") and len(other.referents) == 1:
                    actor = other.referents[0]
                    if isinstance(actor, Actor) and actor.party is not None and actor.country is None:
                        draft.referents, draft.antecedents = (actor,), (other.mention.index,)
                        return

    def _pair(self, draft: Draft, want: str) -> None:
        count = self._counted(draft)
        for distance in range(_FAR):
            sentence = draft.mention.sentence - distance
            found = self._distinct(draft, sentence, want)
            if len(found) < count:
                continue
            if len(found) > count:
                joined = [pair for pair in found if self._is_coordinated(pair[1])]
                found = joined if len(joined) == count else found[:count]
            draft.referents = tuple(pair[0] for pair in found)
            draft.antecedents = tuple(pair[1].mention.index for pair in found)
            return

    def _counted(self, draft: Draft) -> int:
        pair = self._setting.knowledge.cues.roles["pair"]
        if draft.parts is not None:
            for index in range(draft.parts.first, draft.parts.head):
                cue = pair.get(draft.anatomy.sentence.tokens[index].text.lower())
                if cue is not None:
                    return int(cue.value)
        return 2

    def _distinct(self, draft: Draft, sentence: int, want: str) -> list[tuple[Actor | Person, Draft]]:
        """Distinct parties of one sentence before the draft, in order; states stand for what belongs to them."""
        found: dict[str, tuple[Actor | Person, Draft]] = {}
        for other in self._by_sentence.get(sentence, ()):
            if other is draft or self._is_place(other):
                continue
            for referent in other.referents:
                if want == "person":
                    if isinstance(referent, Person):
                        found.setdefault(str(id(referent)), (referent, other))
                    continue
                actor = self._party(referent) if want == "party" else self._state(referent)
                if actor is not None:
                    found.setdefault(actor.id, (actor, other))
        return list(found.values())

    def _is_coordinated(self, draft: Draft) -> bool:
        token = draft.token
        return token.relation == "conj" or any(
            draft.anatomy.sentence.tokens[child].relation == "conj" for child in draft.anatomy.children[token.index]
        )

    def _is_place(self, draft: Draft) -> bool:
        """A capital after "in": where, not who."""
        if draft.mention.kind != "country" or not draft.referents or draft.referents[0].sector is None:
            return False
        tokens = draft.anatomy.sentence.tokens
        children = draft.anatomy.children[draft.mention.head]
        return any(tokens[c].relation == "case" and tokens[c].text.lower() in _PLACES for c in children)

    def _recent_states(self, draft: Draft) -> list[tuple[Actor | Person, Draft]]:
        """The states of this sentence before the draft, else of the one before."""
        for distance in range(_REACH + 1):
            found = self._distinct(draft, draft.mention.sentence - distance, "state")
            if found:
                return found
        return []

    # titles and groups

    def _title(self, draft: Draft) -> None:
        """"the minister", "the Russian leader", "Putin's spokesman"."""
        title = draft.title
        if title is None:
            return
        owners = draft.owners or self._inherited(draft)
        bare = draft.parts is not None and draft.parts.possessor is None and not draft.parts.foreign
        if draft.definite or owners or draft.token.upos == "PROPN":
            found = self._earlier_bearer(draft, title, owners[0] if owners else None)
            if found is not None and (owners or bare):
                draft.referents, draft.antecedents = (found[0],), found[1]
                return
        if owners and not draft.standing and not self._indefinite(draft):
            holder = self._holder(owners[0], draft.office)
            if holder is not None:
                draft.referents = (holder,)
                return
        draft.referents = (
            tuple(self._anonymous(draft, title, owner) for owner in owners) if owners else (nobodys(draft),)
        )

    def _anonymous(self, draft: Draft, title: Title, owner: Actor) -> Actor:
        made = collective(draft, owner, self._setting)
        if made.id == owner.id:
            return made
        key = f"text:{owner.country or owner.party or '-'}:{made.sector or '-'}:{slug(title.text)}"
        return Actor(key, made.name, made.party, made.country, made.sector, office=draft.office, basis=made.basis)

    def _indefinite(self, draft: Draft) -> bool:
        parts = draft.parts
        return parts is not None and draft.anatomy.sentence.tokens[parts.first].text.lower() in ("a", "an", "another", "one")

    def _earlier_bearer(
        self, draft: Draft, title: Title, owner: Actor | None
    ) -> tuple[Person, tuple[int, ...]] | None:
        """The person last named who bears the title, and has the country if one is said."""
        if self._indefinite(draft):
            return None
        for other in reversed(self._seen):
            if len(other.referents) != 1:
                continue
            person = other.referents[0]
            if not isinstance(person, Person) or (draft.standing and draft.standing != person.standing):
                continue
            if owner is not None and self._country(person) not in (owner.country, owner.party):
                continue
            if self._bears(person, title, draft.office, known=owner is not None):
                return person, (other.mention.index,)
        return None

    def _bears(self, person: Person, title: Title, office: str | None, *, known: bool) -> bool:
        own = person.titles or []
        if any(each.text == title.text or each.text.endswith(" " + title.text) for each in own):
            return True
        held = person.office or (person.holder.office if person.holder is not None else None)
        if held is None:
            return False
        if held == office or (office == "minister" and held.endswith("-minister")):
            return True
        # "the Russian leader" for a head of state or government whom the text has named.
        row = self._setting.knowledge.offices.offices.get(held)
        return known and title.office is None and title.text == "leader" and row is not None and row.rank <= 2

    def _holder(self, owner: Actor, office: str | None) -> Person | None:
        """Who certainly held an office of one seat on the day."""
        on, tables = self._setting.on, self._setting.knowledge.offices
        row = tables.offices.get(office) if office is not None else None
        code = owner.country or owner.party
        if on is None or office is None or code is None or row is None or row.seats != "one":
            return None
        found = [holder for holder in tables.holder_of(code, office, on) if holder.attested and holder.holds(on) == "yes"]
        if len({holder.person for holder in found}) != 1:
            return None
        for other in self._seen:
            for referent in other.referents:
                if isinstance(referent, Person) and referent.holder and referent.holder.person == found[0].person:
                    return referent
        person = person_of(found[0])
        person.owner = self._state(owner) or owner
        return person

    def _person_in_office(self, owner: Actor, office: str | None) -> Person | None:
        """The person of a country whom the article named in an office."""
        for other in reversed(self._seen):
            for referent in other.referents:
                if isinstance(referent, Person) and office is not None and self._country(referent) == owner.country:
                    held = referent.office or (referent.holder.office if referent.holder is not None else None)
                    if held == office:
                        return referent
        return None

    def _group(self, draft: Draft) -> None:
        """"the government", "his forces", "the troops", "the two leaders"."""
        title = draft.title
        if title is None:
            return
        if draft.plural and self._is_counted(draft) and title.kind in ("office", "role"):
            self._pair(draft, "person")
            if draft.referents:
                return
            self._pair(draft, "state")
            draft.referents = tuple(
                collective(draft, referent, self._setting) for referent in draft.referents if isinstance(referent, Actor)
            )
            if draft.referents:
                return
        owners = draft.owners or self._inherited(draft)
        if owners:
            draft.referents = tuple(collective(draft, owner, self._setting) for owner in owners)
            return
        same = self._same_group(draft, title)
        if same is not None:
            draft.referents, draft.antecedents = same.referents, (same.mention.index,)
            return
        home = self._home_country() if title.kind == "body" or title.sector in ("COP", "MIL", "GOV") else None
        foreign = draft.parts is not None and (draft.parts.foreign or draft.parts.possessor is not None)
        if home is not None and (draft.definite or title.kind == "body") and not foreign:
            draft.referents = (collective(draft, home, self._setting),)
        else:
            draft.referents = (nobodys(draft),)

    def _is_counted(self, draft: Draft) -> bool:
        pair = self._setting.knowledge.cues.roles["pair"]
        parts = draft.parts
        if parts is None:
            return False
        tokens = draft.anatomy.sentence.tokens
        words = [tokens[index].text.lower() for index in range(parts.first, parts.head)]
        return any(word in pair for word in words) and words[0] in ("the", "both")

    def _same_group(self, draft: Draft, title: Title) -> Draft | None:
        """The last group of the same noun whose owner is known, for a definite one without owner."""
        parts = draft.parts
        if not draft.definite or parts is None or parts.foreign or parts.possessor is not None:
            return None
        for other in reversed(self._seen):
            same = other.title is not None and other.title.id == title.id and other.mention.kind == draft.mention.kind
            if same and other.referents and any(isinstance(r, Actor) and r.party for r in other.referents):
                return other
        return None

    def _home_country(self) -> Actor | None:
        """The only state that the article names, or the dateline's if the article names it or no other."""
        entities = self._setting.knowledge.actors.entities
        states = sorted(code for code in self._setting.company if code in entities and entities[code].kind == "state")
        if len(states) == 1:
            return self._state_of(states[0])
        line = self._article.dateline
        if line is None:
            return None
        words = line.text.replace(",", " ").split()
        for index in range(len(words)):
            for _, names in self._setting.knowledge.actors.names_at(words, index, self._setting.on):
                codes = {entities[name.entity].country for name in names if not name.ambiguous}
                if len(codes) == 1 and (code := codes.pop()) is not None and (not states or code in states):
                    return self._state_of(code)
        return None

    def _inherited(self, draft: Draft) -> tuple[Actor, ...]:
        """The states or organisations of a possessor: "his government", "Assad's forces", "Putin's spokesman"."""
        first = self._possessor(draft)
        if first is None:
            return ()
        found = (self._party(referent) for referent in first.referents)
        return tuple(actor for actor in found if actor is not None)

    def _possessor(self, draft: Draft) -> Draft | None:
        if draft.parts is None or draft.parts.possessor is None:
            return None
        return self._spots.get((draft.mention.sentence, draft.parts.possessor))

    # parties

    def _country(self, referent: Actor | Person) -> str | None:
        if isinstance(referent, Actor):
            return referent.country or referent.party
        if referent.owner is not None:
            return referent.owner.country or referent.owner.party
        return referent.holder.country if referent.holder is not None else None

    def _state(self, referent: Actor | Person) -> Actor | None:
        """The state that a referent is or belongs to; none for organisations."""
        if isinstance(referent, Actor) and referent.country is None:
            return None
        code = self._country(referent)
        return self._state_of(code) if code is not None else None

    def _state_of(self, code: str) -> Actor | None:
        entity = self._setting.knowledge.actors.entities.get(code)
        if entity is None or entity.kind not in ("state", "former", "territory"):
            return None
        return Actor(entity.id, entity.name, entity.party, entity.country, entity.sector, wikidata=entity.wikidata, basis=(entity.id,))

    def _party(self, referent: Actor | Person) -> Actor | None:
        """The state, else the organisation or group as a whole."""
        state = self._state(referent)
        if state is not None and not (isinstance(referent, Actor) and referent.party != referent.country):
            return state
        if isinstance(referent, Actor):
            return referent if referent.party is not None else None
        return referent.owner

    # pronouns

    def _pronoun(self, draft: Draft) -> None:
        pronoun = self._setting.knowledge.cues.pronouns[draft.token.text.lower()]
        if pronoun.person == 1:
            self._speaker(draft)
            return
        if pronoun.person != 3:
            return
        possessive = draft.token.relation == "nmod:poss"
        found = self._in_sentence(draft, possessive=possessive, reflexive=pronoun.use == "reflexive")
        if found is None:
            return
        if found is draft:
            found = self._in_earlier(draft)
        if found is None:
            return
        group = self._with_conjuncts(found) if draft.plural else (found,)
        draft.referents = tuple(dict.fromkeys(referent for other in group for referent in other.referents))
        draft.antecedents = tuple(other.mention.index for other in group)
        person = draft.referents[0] if len(draft.referents) == 1 else None
        if isinstance(person, Person) and not person.gender and draft.gender in ("male", "female"):
            person.gender = draft.gender

    def _with_conjuncts(self, found: Draft) -> tuple[Draft, ...]:
        """"Putin and Xi ... they": all that is coordinated with a subject."""
        tokens = found.anatomy.sentence.tokens
        group = [found]
        for child in found.anatomy.children[found.mention.head]:
            other = self._spots.get((found.mention.sentence, child))
            if tokens[child].relation == "conj" and other is not None and other.referents:
                group.append(other)
        return tuple(group)

    def _in_sentence(self, draft: Draft, *, possessive: bool, reflexive: bool) -> Draft | None:
        """A draft of the same sentence; the draft itself if the search may go on before it; none if it must not."""
        if possessive:
            blamed = self._blamed(draft)
            if blamed is not None:
                return blamed
        quoted = _quoted(draft)
        for candidate in _subjects_above(draft, own=possessive or reflexive):
            if candidate in quoted and draft.mention.head not in quoted:
                continue
            if draft.mention.head in quoted and candidate not in quoted:
                continue
            if candidate > draft.mention.head and not possessive:
                continue
            other = self._spots.get((draft.mention.sentence, candidate))
            if other is not None and other.referents and self._fits(draft, other):
                return other
            if self._stops(draft, candidate, other):
                return None
        if draft.gender in ("male", "female"):
            near = [
                other
                for other in self._by_sentence.get(draft.mention.sentence, ())
                if other.referents
                and self._fits(draft, other)
                and other.mention.kind != "pronoun"
                and (possessive or other.token.head != draft.token.head)
                and (other.mention.head in quoted) == (draft.mention.head in quoted)
            ]
            if len({id(other.referents[0]) for other in near}) == 1:
                return near[-1]
        return draft

    def _blamed(self, draft: Draft) -> Draft | None:
        """"A condemned B for its attack": in a reason, a possessive points at the object of the clause."""
        tokens, children = draft.anatomy.sentence.tokens, draft.anatomy.children
        reasons = self._setting.knowledge.cues.roles["blame-preposition"]
        here = draft.mention.head
        for _ in range(4):
            head = tokens[here].head
            if head < 0:
                return None
            if tokens[head].upos == "VERB" and here > head:
                case = [tokens[c].text.lower() for c in children[here] if tokens[c].relation in ("case", "mark")]
                if not any(word in reasons for word in case):
                    return None
                for child in children[head]:
                    if head < child < here and tokens[child].relation in ("obj", "nsubj:pass"):
                        other = self._spots.get((draft.mention.sentence, child))
                        if other is not None and other.referents and self._fits(draft, other):
                            return other
                return None
            here = head
        return None

    def _in_earlier(self, draft: Draft) -> Draft | None:
        for distance in range(1, _REACH + 1):
            others = self._by_sentence.get(draft.mention.sentence - distance, ())
            subjects = [other for other in others if other.token.relation in _SUBJECTS]
            subjects.sort(key=lambda other: (_depth(other), other.mention.head))
            fitting = [other for other in subjects if other.referents and self._fits(draft, other)]
            if fitting:
                if draft.gender == "neuter" and _depth(fitting[0]) > _shallowest_subject(others):
                    return None
                return fitting[0]
            if draft.gender not in ("male", "female"):
                return None
            rest = [other for other in others if other.referents and self._fits(draft, other)]
            if rest:
                return rest[0] if len({id(other.referents[0]) for other in rest}) == 1 else None
        return None

    def _fits(self, draft: Draft, other: Draft) -> bool:
        """Whether a pronoun can stand for what a draft means: number, gender, person or thing."""
        if other is draft or (other.mention.start <= draft.mention.start and draft.mention.end <= other.mention.end):
            return False
        one = len(other.referents) == 1
        person = isinstance(other.referents[0], Person) or other.mention.kind in ("name", "title")
        if draft.gender in ("male", "female"):
            gender = other.gender
            if isinstance(other.referents[0], Person):
                gender = other.referents[0].gender or gender
            pronoun = other.mention.kind == "pronoun" and not person
            return one and (person or (pronoun and bool(gender))) and not other.plural and gender in ("", draft.gender)
        if draft.gender == "neuter":
            return (one and not person and not other.plural and not self._is_place(other) and other.mention.kind != "pronoun") or (
                one and other.mention.kind == "pronoun" and other.gender == "neuter"
            )
        return other.plural or not one or other.mention.kind == "group" or self._is_coordinated(other)

    def _stops(self, draft: Draft, candidate: int, other: Draft | None) -> bool:
        """Whether a subject that is no party takes the pronoun for itself: "The deal ... its terms", "Talks ... they"."""
        token = draft.anatomy.sentence.tokens[candidate]
        if draft.gender in ("male", "female") or (other is not None and other.mention.kind != "pronoun"):
            return False
        if other is not None:
            return other.gender == draft.gender and other.plural == draft.plural
        return token.upos in ("NOUN", "PROPN") and (token.xpos in ("NNS", "NNPS")) == draft.plural

    def _speaker(self, draft: Draft) -> None:
        """"I" and "we" in a quotation: who says it in the same sentence."""
        quoted = _quoted(draft)
        if draft.mention.head not in quoted:
            return
        for candidate in _subjects_above(draft, own=True):
            other = self._spots.get((draft.mention.sentence, candidate))
            if candidate not in quoted and other is not None and other.mention.kind in ("name", "title", "pronoun"):
                self.resolve_first(other)
                draft.referents, draft.antecedents = other.referents, (other.mention.index,)
                return

    def resolve_first(self, draft: Draft) -> None:
        """A speaker may stand after the quotation: settle a title before the pronoun that needs it."""
        if not draft.referents and draft.mention.kind == "title":
            self._title(draft)

    def _back(self, draft: Draft, reach: int) -> list[Draft]:
        first = draft.mention.sentence - reach
        return [other for number in range(first, draft.mention.sentence + 1) for other in self._by_sentence.get(number, ())]


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
    """Subjects of the clauses above a word, the nearest first, and nouns whose relative clause it stands in."""
    tokens, children = draft.anatomy.sentence.tokens, draft.anatomy.children
    here = draft.mention.head
    path = {here}
    clauses = 0
    for _ in range(len(tokens)):
        head = tokens[here].head
        if head < 0:
            return
        subjects: Iterable[int] = [c for c in children[head] if tokens[c].relation in _SUBJECTS and c not in path]
        if tokens[here].relation in ("acl:relcl", "acl") and own:
            yield head
        if clauses or own or any(tokens[c].relation in _SUBJECTS and c in path for c in children[head]):
            yield from subjects
        if tokens[head].upos in ("VERB", "AUX") or subjects:
            clauses += 1
        here = head
        path.add(here)


def _depth(draft: Draft) -> int:
    tokens = draft.anatomy.sentence.tokens
    here, depth = draft.mention.head, 0
    while tokens[here].head >= 0 and depth < len(tokens):
        here, depth = tokens[here].head, depth + 1
    return depth


def _shallowest_subject(others: Sequence[Draft]) -> int:
    """How deep the main subject of the drafts' sentence stands, whether or not it is a mention."""
    if not others:
        return 0
    tokens = others[0].anatomy.sentence.tokens
    root = next((token.index for token in tokens if token.head < 0), 0)
    return 1 if any(tokens[c].relation in _SUBJECTS for c in others[0].anatomy.children[root]) else len(tokens)
