"""Nouns that say who is meant only by pointing back: "the minister", "his Chinese counterpart", "both nations".

In: the drafts of an article, names settled. Out: the drafts with referents and antecedents where a rule finds them;
pronouns are handed to `pronouns.py` in the order of reading. What two readings are open for stays without referents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dragoman.coding.bearers import Bearers
from dragoman.coding.drafts import Draft, Person, Setting, bare, slug
from dragoman.coding.groups import collective, nobodys
from dragoman.coding.issuer import issuer_of
from dragoman.coding.parties import (
    conjuncts,
    default_owner,
    home_country,
    is_coordinated,
    is_place,
    other_state,
    party_of,
    state_by_code,
    state_of,
    states_named,
)
from dragoman.coding.persons import Spots, surname_holder
from dragoman.coding.pronouns import PronounReader
from dragoman.coding.spotting import town_of
from dragoman.knowledge.offices import Title, fold
from dragoman.values import Actor, Article

_LOCAL = ("governor", "mayor")
_REACH = 2  # sentences that "the bloc" and "the country" look back
_MINISTERS = 4  # rank of ministers
_PEOPLE = ("CVL", "EDU", "OPP", "LAB", "MED", "AGR", "JRN", "REL", "SOC", "REB", "PTY", "BUS", "JUD", "LEG", "REF")
_MANY = (*_PEOPLE, "MIL", "COP")  # of whom a state has more than one
_IN_OFFICE = ("", "acting", "elect")
_STEPS = 4  # words from a noun up to the verb of its clause
_FAR = 6  # sentences that "both nations" looks back


def follow_chains(
    article: Article, drafts: Sequence[Draft], spots: Spots, setting: Setting, labels: Mapping[int, str]
) -> None:
    """Resolve in reading order, so that what was resolved before can be pointed at; `labels` as by `labels_of`."""
    chain = Chain(article, spots, setting, labels, issuer_of(article, drafts, setting))
    for draft in sorted(drafts, key=lambda d: (d.mention.sentence, d.mention.head)):
        chain.resolve(draft)
    # A speaker may stand after the quotation that holds the pronoun.
    for draft in drafts:
        if draft.mention.kind == "pronoun" and not draft.referents:
            chain.resolve_first_person(draft)


def _stands_in(draft: Draft) -> bool:
    """Whether a country or town is where something happens."""
    tokens = draft.anatomy.sentence.tokens
    return any(
        tokens[child].relation == "case" and tokens[child].text.lower() in ("in", "at", "near", "outside")
        for child in draft.anatomy.children[draft.mention.head]
    )


class Chain:
    """The drafts of one article seen so far, by sentence. Lives for one article."""

    __slots__ = ("_article", "_bearers", "_by_sentence", "_done", "_pronouns", "_seen", "_setting", "_spots")

    def __init__(
        self, article: Article, spots: Spots, setting: Setting, labels: Mapping[int, str], issuer: Actor | None
    ) -> None:
        self._article = article
        self._spots = spots
        self._setting = setting
        self._seen: list[Draft] = []
        self._bearers = Bearers(self._seen, spots, setting)
        self._done: set[int] = set()
        self._by_sentence: dict[int, list[Draft]] = {}
        self._pronouns = PronounReader(self._by_sentence, spots, setting, labels, issuer)

    def resolve(self, draft: Draft) -> None:
        """Give one draft its referents, if a rule finds them."""
        if draft.mention.index in self._done:
            return
        self._done.add(draft.mention.index)
        if draft.inner is not None:
            self._part(draft, draft.inner)
        elif draft.counterpart:
            self._counterpart(draft)
        elif draft.referents and isinstance(draft.referents[0], Person):
            self._give_owner(draft, draft.referents[0])
        elif draft.referents and draft.mention.kind == "group" and draft.title is not None and not draft.plural:
            besides = self._beside(draft)
            if besides is not None:
                draft.referents, draft.antecedents = besides.referents, (besides.mention.index,)
        elif not draft.referents:
            kind = draft.mention.kind
            if kind == "pronoun":
                self._pronouns.resolve(draft)
            elif self._opposite(draft):
                pass
            elif kind == "nominal":
                self._noun(draft)
            elif kind == "title":
                self._title(draft)
            elif kind in ("group", "organisation"):
                self._group(draft)
        self._seen.append(draft)
        self._by_sentence.setdefault(draft.mention.sentence, []).append(draft)

    def resolve_first_person(self, draft: Draft) -> None:
        """Try "I" and "we" again when all of the article is read."""
        if self._setting.knowledge.cues.pronouns[draft.token.text.lower()].person == 1:
            self._pronouns.resolve(draft)

    def _give_owner(self, draft: Draft, person: Person) -> None:
        """Whose a person is by a possessor, where nothing else says it: "Its director, NAME", "Putin's envoy NAME"."""
        titled = draft.title is not None and draft.title.kind in ("office", "role")
        on, holder = self._setting.on, person.holder
        past = holder is None or (on is not None and holder.holds(on) == "no")
        if person.owner is None and past and titled:
            owners = self._inherited(draft)
            if owners:
                person.owner = owners[0]
                person.sector = person.sector or owners[0].sector

    # nouns

    def _part(self, draft: Draft, inner: int) -> None:
        """ "a group of X", "two of X" are of X; members of an organisation are what its people are."""
        whole = self._spots.get((draft.mention.sentence, inner))
        if whole is None:
            return
        for head in range(draft.mention.head + 1, inner + 1):
            inside = self._spots.get((draft.mention.sentence, head))
            if inside is not None:
                self.resolve(inside)
        draft.referents, draft.antecedents = whole.referents, (whole.mention.index,)
        draft.title, draft.sector, draft.plural = whole.title, whole.sector, True

    def _counterpart(self, draft: Draft) -> None:
        """The holder of the same office in another country; a name beside the word has settled the person already."""
        first = self._possessor(draft)
        if first is None or not first.referents:
            return
        other = other_state(first.referents, self._setting) if not draft.owners and not draft.referents else None
        if other is not None:
            draft.owners = (other,)
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
        found = self._bearers.person_in_office(owner, office) or self._bearers.holder(owner, office)
        if found is not None:
            draft.referents = (found,)
            return
        key = f"text:{owner.country or owner.party or '-'}:{draft.sector}:{office or 'counterpart'}"
        draft.referents = tuple(
            Actor(key, draft.mention.text, each.party, each.country, draft.sector, office=office, basis=each.basis)
            for each in draft.owners
        )

    def _opposite(self, draft: Draft) -> bool:
        """Fill a noun such as "neighbour" or "host" by its own state, else by the other state of the article."""
        cue = self._setting.knowledge.cues.roles["other-state"].get(draft.token.text.lower())
        if cue is None:
            return False
        first = self._possessor(draft)
        own = first.referents if first is not None else ()
        other = other_state(own, self._setting) if not draft.owners else draft.owners[0] if cue.value else None
        if other is None:
            return False
        if cue.value:
            key = f"{other.country or other.party}:{cue.value}"
            other = Actor(key, bare(draft.mention.text), other.party, other.country, cue.value, basis=other.basis)
        draft.referents = (other,)
        return True

    def _noun(self, draft: Draft) -> None:
        """ "both nations", "the two sides", "the country", "the bloc"."""
        roles = self._setting.knowledge.cues.roles
        word = draft.token.text.lower()
        if word in roles["pair"]:
            self._pair(draft, "person")
            if not draft.referents:
                self._pair(draft, "party")
        elif draft.plural:
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
        self._listed_after(draft)
        if draft.referents:
            return
        counted = self._counted(draft)
        count = counted or 2
        for distance in range(_FAR):
            sentence = draft.mention.sentence - distance
            found = self._distinct(draft, sentence, want)
            if not distance and len(found) > count:
                found = [pair for pair in found if not self._is_above(draft, pair[1])] or found
            if len(found) < count:
                continue
            if len(found) > count:
                joined = [pair for pair in found if is_coordinated(pair[1])]
                if not counted and len(joined) != count:
                    return
                found = joined if len(joined) == count else found[:count]
            draft.referents = tuple(pair[0] for pair in found)
            draft.antecedents = tuple(pair[1].mention.index for pair in found)
            return
        if want != "person" and counted and draft.definite:
            # "Both armies shelled ... Baku ... Yerevan": the states that the article names, if just so many
            states = states_named(self._setting)
            draft.referents = states if len(states) == counted else ()

    def _is_above(self, draft: Draft, other: Draft) -> bool:
        """Whether a mention is the subject of the clause that a noun stands in: "Russia is a friend to both"."""
        tokens = draft.anatomy.sentence.tokens
        here = draft.mention.head
        for _ in range(_STEPS):
            head = tokens[here].head
            if head < 0 or here == other.mention.head:
                return False
            if other.token.head == head and other.token.relation in ("nsubj", "nsubj:pass"):
                return True
            here = head
        return False

    def _listed_after(self, draft: Draft) -> None:
        """ "the two sides, Armenia and Azerbaijan,": an apposition says who they are."""
        tokens = draft.anatomy.sentence.tokens
        for child in draft.anatomy.children[draft.mention.head]:
            first = self._spots.get((draft.mention.sentence, draft.anatomy.home[child]))
            if tokens[child].relation == "appos" and first is not None:
                heads = (first.mention.head, *conjuncts(first))
                found = [other for head in heads if (other := self._spots.get((draft.mention.sentence, head)))]
                draft.referents = tuple(dict.fromkeys(referent for other in found for referent in other.referents))
                draft.antecedents = tuple(other.mention.index for other in found)

    def _counted(self, draft: Draft) -> int:
        pair = self._setting.knowledge.cues.roles["pair"]
        if draft.parts is not None:
            for index in range(draft.parts.first, draft.parts.head + 1):
                cue = pair.get(draft.anatomy.sentence.tokens[index].text.lower())
                if cue is not None:
                    return int(cue.value)
        return 0

    def _distinct(self, draft: Draft, sentence: int, want: str) -> list[tuple[Actor | Person, Draft]]:
        """Distinct parties of one sentence before the draft, in order; states stand for what belongs to them."""
        found: dict[str, tuple[Actor | Person, Draft]] = {}
        for other in self._by_sentence.get(sentence, ()):
            if other is draft or is_place(other):
                continue
            for referent in other.referents:
                if want == "person":
                    if isinstance(referent, Person):
                        found.setdefault(str(id(referent)), (referent, other))
                    continue
                actor = party_of(referent, self._setting) if want == "party" else state_of(referent, self._setting)
                if actor is not None:
                    found.setdefault(actor.id, (actor, other))
        return list(found.values())

    def _recent_states(self, draft: Draft) -> list[tuple[Actor | Person, Draft]]:
        """The states of this sentence before the draft, else of the one before."""
        clause = {
            state.id
            for other in self._by_sentence.get(draft.mention.sentence, ())
            for referent in (other.referents if other.token.head == draft.token.head else ())
            if (state := state_of(referent, self._setting)) is not None
        }
        for distance in range(_REACH + 1):
            found = self._distinct(draft, draft.mention.sentence - distance, "state")
            found = [pair for pair in found if not (isinstance(pair[0], Actor) and pair[0].id in clause)]
            if found:
                return found
        return []

    # titles and groups

    def _title(self, draft: Draft) -> None:
        """ "the minister", "the Russian leader", "Putin's spokesman"."""
        title = draft.title
        if title is None:
            return
        relations = self._setting.knowledge.cues.roles["relation-noun"]
        if draft.token.text.lower() in relations and (draft.parts is None or draft.parts.behind):
            return
        owners = draft.owners or self._inherited(draft) or self._governed(draft, title)
        bare = draft.parts is not None and draft.parts.possessor is None and not draft.parts.foreign
        if draft.definite or owners or draft.token.upos == "PROPN" or draft.token.relation == "conj":
            found = self._bearers.earlier(draft, title, owners[0] if owners else None)
            if found is not None and (owners or bare):
                draft.referents, draft.antecedents = (found[0],), found[1]
                return
        if not owners and draft.definite and bare:
            later = self._bearers.later(draft, title)
            if later is not None:
                draft.referents = (later,)
                return
            crowned = title.text in self._setting.knowledge.cues.roles["gender"]
            high = self._is_high(draft.office) and not crowned  # a king may be any kingdom's
            home = (self._domestic(draft) or home_country(self._article, self._setting)) if high else None
            if home is not None and any(home.id == state.id for state in self._named_so_far(draft)):
                owners = (home,)
            if not owners and draft.token.text[:1].isupper():
                owners = default_owner(title.text, self._setting)
        if owners and draft.standing in _IN_OFFICE and not self._indefinite(draft):
            holder = self._bearers.holder(owners[0], draft.office, title, draft.standing)
            holder = holder or (self._bearers.leader(owners[0], title) if not draft.standing else None)
            if holder is not None:
                draft.referents = (holder,)
                return
        draft.referents = (
            tuple(self._anonymous(draft, title, owner) for owner in owners)
            if owners
            else (nobodys(draft, self._setting),)
        )

    def _governed(self, draft: Draft, title: Title) -> tuple[Actor, ...]:
        """ "the mayor of Lyon", "a judge in Turin": office and town are of one state; an envoy's town is not his."""
        if title.sector == "REL":
            return self._of_see(draft)
        local = title.office in _LOCAL or title.sector in ("JUD", "COP")
        return self._of_town(draft) if local else ()

    def _of_see(self, draft: Draft) -> tuple[Actor, ...]:
        """ "the bishop of Leeds" is of its state, though the entities take it for a body; no "pope in Lima"."""
        tokens, parts = draft.anatomy.sentence.tokens, draft.parts
        if parts is None or not parts.behind or parts.head + 2 >= parts.end or tokens[parts.head + 1].text != "of":
            return ()
        words = " ".join(token.text for token in tokens[parts.head + 2 : parts.end])
        town = town_of(words, self._setting.knowledge)
        state = state_by_code(town.country, self._setting) if town is not None and town.country is not None else None
        return (state,) if state is not None else ()

    def _anonymous(self, draft: Draft, title: Title, owner: Actor) -> Actor:
        made = collective(draft, owner, self._setting)
        if made.id == owner.id != f"{owner.country}:{owner.sector}":
            return made  # an organisation's or ministry's people
        key = f"text:{owner.country or owner.party or '-'}:{made.sector or '-'}:{slug(title.text)}"
        return Actor(key, made.name, made.party, made.country, made.sector, office=draft.office, basis=made.basis)

    def _indefinite(self, draft: Draft) -> bool:
        parts = draft.parts
        first = draft.anatomy.sentence.tokens[parts.first].text.lower() if parts is not None else ""
        return first in ("a", "an", "another", "one")

    def _is_high(self, office: str | None) -> bool:
        """Whether a country has one such office or a few, so that "the" tells which: presidents and ministers."""
        row = self._setting.knowledge.offices.offices.get(office) if office is not None else None
        return row is not None and (row.rank <= _MINISTERS and (row.seats == "one" or row.id.endswith("-minister")))

    def _domestic(self, draft: Draft) -> Actor | None:
        """The country of the people before in the sentence, the only one there: "Zambian students ... the minister"."""
        found: dict[str, Actor] = {}
        people = False
        for other in self._by_sentence.get(draft.mention.sentence, ()):
            for referent in other.referents:
                state = state_of(referent, self._setting)
                if state is not None:
                    found[state.id] = state
                    people = people or (isinstance(referent, Actor) and referent.sector in _PEOPLE)
        return next(iter(found.values())) if people and len(found) == 1 else None

    def _named_so_far(self, draft: Draft) -> list[Actor]:
        return [
            state
            for number in range(draft.mention.sentence + 1)
            for other in self._by_sentence.get(number, ())
            for referent in other.referents
            if (state := state_of(referent, self._setting)) is not None
        ]

    def _group(self, draft: Draft) -> None:
        """ "the government", "his forces", "the troops", "the two leaders"."""
        title = draft.title
        if title is None:
            return
        besides = self._beside(draft)
        if besides is not None:
            draft.referents, draft.antecedents = besides.referents, (besides.mention.index,)
            return
        stately = draft.token.text.lower() in self._setting.knowledge.cues.roles["of-a-state"]
        leads = title.kind == "office" or (title.kind == "role" and title.sector not in _MANY)
        if draft.plural and self._is_counted(draft) and (leads or stately):
            self._pair(draft, "person")
            if draft.referents:
                return
            self._pair(draft, "state")
            states = (state for state in draft.referents if isinstance(state, Actor))
            draft.referents = tuple(collective(draft, state, self._setting) for state in states)
            if draft.referents:
                return
        word = draft.token.text.lower()
        if draft.parts is not None and word in self._setting.knowledge.cues.roles["relation-noun"]:
            possessor = self._possessor(draft)
            if draft.parts.behind or (possessor is not None and not self._is_person(possessor)):
                return
        owners = draft.owners or self._inherited(draft) or self._of_town(draft)
        owners = owners or self._of_body(draft) or self._of_scene(draft, title)
        if owners:
            draft.referents = tuple(collective(draft, owner, self._setting) for owner in owners)
            return
        partners = (self._spots.get((draft.mention.sentence, head)) for head in conjuncts(draft))
        shared = next((other.owners for other in partners if other is not None and other.title and other.owners), ())
        if shared and draft.parts is not None and not draft.parts.foreign:
            draft.referents = tuple(collective(draft, owner, self._setting) for owner in shared)
            return
        same = self._same_group(draft, title)
        if same is not None:
            draft.referents, draft.antecedents = same.referents, (same.mention.index,)
            return
        public = title.kind == "body" or title.sector in ("COP", "MIL", "GOV")
        home = (home_country(self._article, self._setting) or self._domestic(draft)) if public else None
        foreign = draft.parts is not None and (draft.parts.foreign or draft.parts.possessor is not None)
        known = draft.definite or (title.kind == "body" and not self._indefinite(draft))
        if home is not None and known and not foreign:
            draft.referents = (collective(draft, home, self._setting),)
        else:
            draft.referents = (nobodys(draft, self._setting),)

    def _beside(self, draft: Draft) -> Draft | None:
        """The named group set beside a noun: "the country's largest guerrilla group, the ELN,"."""
        for child in draft.anatomy.children[draft.mention.head]:
            other = self._spots.get((draft.mention.sentence, draft.anatomy.home[child]))
            if (
                draft.anatomy.sentence.tokens[child].relation == "appos"
                and other is not None
                and other is not draft
                and not draft.plural
            ):
                parties = all(isinstance(each, Actor) and each.party for each in other.referents)
                if other.mention.kind in ("group", "organisation") and other.referents and parties:
                    return other
        return None

    def _of_town(self, draft: Draft) -> tuple[Actor, ...]:
        """ "protesters in Lyon" are of the country of the town."""
        for head in draft.parts.behind if draft.parts is not None else ():
            other = self._spots.get((draft.mention.sentence, head))
            if other is not None and other.mention.kind == "country":
                return tuple(referent for referent in other.referents if isinstance(referent, Actor))
        return ()

    def _of_body(self, draft: Draft) -> tuple[Actor, ...]:
        """ "men of the two armies" are of the states of the armies."""
        found: dict[str, Actor] = {}
        for head in draft.parts.behind if draft.parts is not None else ():
            other = self._spots.get((draft.mention.sentence, head))
            if other is not None and other.mention.kind in ("group", "organisation"):
                self.resolve(other)
                states = (state_of(referent, self._setting) for referent in other.referents)
                found |= {state.id: state for state in states if state is not None}
        return tuple(found.values())

    def _of_scene(self, draft: Draft, title: Title) -> tuple[Actor, ...]:
        """ "Riot police fired tear gas in Santiago": police without more are of the one place of the sentence."""
        parts = draft.parts
        if title.sector != "COP" or draft.definite or parts is None or parts.foreign or parts.possessor is not None:
            return ()
        found: dict[str, Actor] = {}
        tokens = draft.anatomy.sentence.tokens
        for head in range(len(tokens)):
            other = self._spots.get((draft.mention.sentence, head))
            if other is not None and other.mention.kind == "country" and _stands_in(other):
                for referent in other.referents:
                    state = state_of(referent, self._setting)
                    if state is not None:
                        found[state.id] = state
        return tuple(found.values()) if len(found) == 1 else ()

    def _is_person(self, draft: Draft) -> bool:
        return bool(draft.referents) and isinstance(draft.referents[0], Person)

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
        word = draft.token.text.lower()
        for other in reversed(self._seen):
            if other.mention.kind != draft.mention.kind:
                continue
            same = other.title is not None and other.title.id == title.id
            if draft.mention.kind == "organisation" and not same:
                same = word in other.mention.text.lower().split()  # "the court" after "the Supreme Court of Pakistan"
            if same and other.referents and any(isinstance(r, Actor) and r.party for r in other.referents):
                return other
        return None

    def _inherited(self, draft: Draft) -> tuple[Actor, ...]:
        """The states or organisations of a possessor: "his government", "Assad's forces", "Putin's spokesman"."""
        first = self._possessor(draft)
        if first is None:
            return self._named_after(draft)
        found = (party_of(referent, self._setting) for referent in first.referents)
        return tuple(actor for actor in found if actor is not None)

    def _named_after(self, draft: Draft) -> tuple[Actor, ...]:
        """The country of the leader that a government or his people are called by: "the Biden administration"."""
        parts, title = draft.parts, draft.title
        if parts is None or title is None or not parts.foreign:
            return ()
        governs = title.sector == "GOV" and (title.kind == "body" or title.text.startswith("administration "))
        if not governs and title.kind != "group":
            return ()
        tokens, entities = draft.anatomy.sentence.tokens, draft.anatomy.entities
        words = [
            tokens[i].text
            for i in range(parts.core, parts.titles[-1].first)
            if ((governs and i) or entities[i] is not None)
            and (governs or (entities[i] or (0, 0, ""))[2] == "PER")  # "Assad forces", but no "Marathon runners"
            and tokens[i].text[0].isupper()
            and draft.anatomy.names[i] is None
        ]
        for word in words:
            for other in reversed(self._seen):
                for referent in other.referents:
                    if isinstance(referent, Person) and fold(word) == referent.words[-1]:
                        state = state_of(referent, self._setting)
                        return (state,) if state is not None else ()
            holder = surname_holder(word, self._setting)
            state = state_by_code(holder.country, self._setting) if holder is not None else None
            if state is not None:
                return (state,)
        return ()

    def _possessor(self, draft: Draft) -> Draft | None:
        if draft.parts is None or draft.parts.possessor is None:
            return None
        sentence, head = draft.mention.sentence, draft.parts.possessor
        if draft.anatomy.sentence.tokens[head].xpos == "WP$":
            return self._described(draft, head)
        return self._spots.get((sentence, head)) or self._spots.get((sentence, draft.anatomy.home[head]))

    def _described(self, draft: Draft, whose: int) -> Draft | None:
        """ "Colombo, whose minister": the noun that the relative clause describes."""
        tokens, here = draft.anatomy.sentence.tokens, whose
        for _ in range(_STEPS):
            relation, here = tokens[here].relation, tokens[here].head
            if here < 0:
                return None
            if relation == "acl:relcl":
                return self._spots.get((draft.mention.sentence, draft.anatomy.home[here])) if here < whose else None
        return None

    def _back(self, draft: Draft, reach: int) -> list[Draft]:
        first, last = draft.mention.sentence - reach, draft.mention.sentence
        return [other for number in range(first, last + 1) for other in self._by_sentence.get(number, ())]
