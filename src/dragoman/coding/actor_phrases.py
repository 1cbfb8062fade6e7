"""Who a phrase means on a day, and why: "Jaishankar", "the Indian foreign minister", "riot police in Lima".

In: a few words and a day. Out: a `PhraseReading`: the actors, who else it could be, the rows that say so. Method: the
words go through the stages that a report goes through (mentions, identity), and the tables are asked for what the
answer rests on. It adds two things: an office whose holder on the day only memory attests is given his name here, and a
bare name is the one bearer's who serves on the day, though a report would have to name his country.

It sees no context: "the minister" and "they" are nobody, and a town is not told from its namesakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from dragoman import __version__
from dragoman.coding.drafts import Person, Setting
from dragoman.coding.identity import identify
from dragoman.coding.mentions import find_mentions
from dragoman.coding.persons import actor_of, person_of
from dragoman.coding.reasons import reasons, tenure_of
from dragoman.coding.spotting import MentionKnowledge
from dragoman.errors import UsageError
from dragoman.knowledge import load_actor_knowledge
from dragoman.knowledge.offices import Holder, fold
from dragoman.language.analysis import Language, analyse, load_language
from dragoman.language.network import Network
from dragoman.reading.dates import iso_moment
from dragoman.values import Actor, Article, Identified, Mention, PhraseReading, Sentence, Span, Step

Basis = Literal["table", "text", "open", "none"]
LONGEST_PHRASE = 1_000  # code points
_HEADS = 2  # rank of heads of state and government
_MOST = 8  # alternatives told
_COMMON = 5  # more bearers in the tables make a surname a common one
_LEAST = 9  # rank of what no table ranks
_CARRIER = " said."  # makes a sentence of words that are none by themselves
_INDEFINITE = ("a ", "an ", "one ", "another ")
_JOINS = ("conj", "appos", "flat", "parataxis", "list", "dep")


class VersionedKnowledge(MentionKnowledge, Protocol):
    """The tables of actors, with the version that answers carry."""

    @property
    def version(self) -> str: ...


class ActorIdentifier:
    """Answers for phrases; owns the language network, and keeps nothing between calls."""

    __slots__ = ("_language", "_network", "knowledge")

    def __init__(self, knowledge: VersionedKnowledge, language: Language, network: Network) -> None:
        """All parts are handed in; `ActorIdentifier.load` makes the usual ones."""
        self.knowledge = knowledge
        self._language = language
        self._network = network

    @classmethod
    def load(cls, *, models: Path | None = None, actors: Sequence[str | Path] = ()) -> ActorIdentifier:
        """With the shipped tables and language network; `actors`: files of the user's own.

        Raises ModelError or KnowledgeError where ours are damaged, UsageError where the user's are.
        """
        with ThreadPoolExecutor(max_workers=1) as beside:  # the network's file is read while the tables are
            network = beside.submit(Network.load, models)
            knowledge, language = load_actor_knowledge(actors), load_language()
        return cls(knowledge, language, network.result())

    def versions(self) -> dict[str, str]:
        """What answers: the versions of dragoman, of the language network and of the tables."""
        return {"dragoman": __version__, "models": self._network.version, "knowledge": self.knowledge.version}

    def identify(self, phrase: str, on: str | None = None) -> PhraseReading:
        """Who `phrase` means on the day `on` (ISO; none: no day is known). Raises UsageError for what is no phrase."""
        text = " ".join(phrase.split())
        if not text or len(text) > LONGEST_PHRASE:
            raise UsageError(f"a phrase has 1 to {LONGEST_PHRASE:,} characters, not {len(text):,}")
        moment = iso_moment(on) if on is not None else None
        if on is not None and moment is None:
            raise UsageError(f"{on!r} is no date: write it as 2021-03-01")
        setting = Setting(moment[:10] if moment is not None else None, self.knowledge, frozenset())
        readings = (self._read(text, each, setting) for each in _wordings(text))
        best = next(readings)
        for other in readings:
            if best.basis == "table" or any(each.actor.party for each in best.actors):
                break
            best = max(best, other, key=_worth)
        return best

    def _read(self, text: str, wording: str, setting: Setting) -> PhraseReading:
        article = Article("", "", wording, published=setting.on)
        sentences = analyse(article, self._network, self._language)
        found = identify(article, sentences, find_mentions(sentences, self.knowledge), self.knowledge)
        asked = [mention for mention in _asked(found, sentences) if mention.end <= len(text)]
        words = Span(text[asked[0].start : asked[0].end], asked[0].start, asked[0].end) if asked else None
        pairs = dict.fromkeys((actor, mention.kind == "name") for mention in asked for actor in mention.actors)
        actors = [_identified(actor, setting, named=named) for actor, named in pairs]
        if words is not None and len(actors) == 1:
            said = actors[0]
            actors = [self._by_memory(said, words, setting) or self._by_name(said, words, setting) or said]
        others = self._alternatives(actors, asked, setting)
        known = [each for each in actors if not _is_of_the_text(each.actor)]
        basis: Basis = (
            "table" if known else "open" if others else "text" if actors and _says_anything(actors) else "none"
        )
        steps = [step for each in actors for step in reasons(each, setting)]
        if others:
            told = tuple((each.actor.name, 0.0) for each in others)
            steps.append(
                Step("identity", "namesakes" if known else "open", note="who else it could be", alternatives=told)
            )
        return PhraseReading(text, setting.on, words, basis, tuple(actors), tuple(others), tuple(dict.fromkeys(steps)))

    def _by_memory(self, found: Identified, words: Span, setting: Setting) -> Identified | None:
        """The one holder of an office on the day where no source but memory has him."""
        actor, tables = found.actor, setting.knowledge.offices
        row = tables.offices.get(actor.office or "")
        code = actor.country or actor.party
        if setting.on is None or row is None or row.seats != "one" or code is None or not _is_of_the_text(actor):
            return None
        if found.person is not None or actor.sector == "ELI" or words.text.lower().startswith(_INDEFINITE):
            return None
        standings = (tables.modifiers.get(word) for word in words.text.lower().replace("-", " ").split())
        if any(each is not None and each.status in ("acting", "elect") for each in standings):
            return None  # who holds the office is stood in for, or yet to go
        sure = [holder for holder in tables.holder_of(code, row.id, setting.on) if holder.holds(setting.on) == "yes"]
        if len({holder.person for holder in sure}) != 1:
            return None
        made = _as_identified(sure[0], setting)
        basis = tuple(dict.fromkeys((*actor.basis, *made.actor.basis)))
        return replace(made, actor=replace(made.actor, basis=basis))

    def _by_name(self, found: Identified, words: Span, setting: Setting) -> Identified | None:
        """The one bearer of a bare name who serves on the day; a report would have to name his country."""
        actor, tables, on = found.actor, setting.knowledge.offices, setting.on
        if on is None or found.person is None or not _is_of_the_text(actor) or actor.party or actor.sector:
            return None
        if fold(words.text) != fold(found.person):
            return None
        rows = tables.holders_named(found.person)
        if " " not in fold(found.person) and len({holder.person for holder in rows}) > _COMMON:
            return None  # "Park" is too many people's
        serving = [row for row in tables.holders_named(found.person, on) if row.holds(on) == "yes"]
        if len({holder.person for holder in serving}) != 1:
            return None
        made = _as_identified(serving[0], setting)
        return replace(made, actor=replace(made.actor, basis=tuple(dict.fromkeys((*actor.basis, *made.actor.basis)))))

    def _alternatives(
        self, actors: Sequence[Identified], asked: Sequence[Mention], setting: Setting
    ) -> list[Identified]:
        """Who else bears the name, or held the office; other readings of a name that nothing decides."""
        tables = setting.knowledge.offices
        taken = {each.tenure.row for each in actors if each.tenure is not None}
        persons = {holder.person for row in taken if (holder := tables.holder_by_id(row)) is not None}
        found: dict[str, Holder] = {}
        for each in actors:
            rows = [row for row in _candidates(each, asked, setting) if _may_be(row, each.actor)]
            for holder in sorted(rows, key=lambda row: _closeness(row, setting)):
                if each.actor.sector == "ELI" and setting.on is not None and holder.holds(setting.on) == "yes":
                    persons.add(holder.person)  # a former one does not hold the office now
                if holder.person not in persons:
                    found.setdefault(holder.person, holder)
        people = [_as_identified(holder, setting) for holder in list(found.values())[:_MOST]]
        return people or _other_entities(actors, asked, setting)


def _wordings(text: str) -> list[str]:
    """The phrase as it stands, as the subject of a sentence, and, written small throughout, with capitals."""
    found = [text, text + _CARRIER]
    written = text.title()
    small = text.islower() and len(written) == len(text)  # offsets hold for both
    return [*found, written, written + _CARRIER] if small else found


def _worth(reading: PhraseReading) -> tuple[bool, bool, int]:
    parties = any(each.actor.party for each in reading.actors)
    return parties, reading.basis in ("table", "open"), -len(reading.actors)


def _asked(mentions: Sequence[Mention], sentences: Sequence[Sentence]) -> list[Mention]:
    """The mentions that a phrase is: the outermost ones at its root, and those side by side with it."""
    outer = [
        one
        for one in mentions
        if not any(other is not one and other.start <= one.start and one.end <= other.end for other in mentions)
    ]
    heads = [one for one in outer if _stands_at_root(one, sentences[one.sentence])]
    return heads or outer[:1] or list(mentions[:1])


def _stands_at_root(mention: Mention, sentence: Sentence) -> bool:
    """Whether a mention's head is the root of the phrase, its subject, or coordinated with either."""
    here = sentence.tokens[mention.head]
    for _ in range(len(sentence.tokens)):
        if here.head < 0 or mention.start <= sentence.tokens[here.head].start < mention.end:
            return True
        if here.relation not in (*_JOINS, "nsubj", "compound", "nmod:desc"):
            return False
        here = sentence.tokens[here.head]
    return False


def _is_of_the_text(actor: Actor) -> bool:
    return actor.id.startswith("text:")


def _says_anything(actors: Sequence[Identified]) -> bool:
    return any(each.actor.party or each.actor.sector for each in actors)


def _identified(actor: Actor, setting: Setting, *, named: bool) -> Identified:
    """An actor with what the tables tell of the person and the term."""
    person = actor.name if ":person:" in actor.id or (named and _is_of_the_text(actor)) else None
    holder = next((h for row in actor.basis if (h := setting.knowledge.offices.holder_by_id(row)) is not None), None)
    return Identified(actor, person, tenure_of(holder, setting.on) if holder is not None else None)


def _as_identified(holder: Holder, setting: Setting) -> Identified:
    person: Person = person_of(holder)
    person.office = person.sector = None  # as of the day, not of the row
    return Identified(actor_of(person, setting), holder.name, tenure_of(holder, setting.on))


def _closeness(holder: Holder, setting: Setting) -> tuple[int, bool, int, int, str]:
    """Those in office first, then those before the day, then those after it: heads of state and government before
    others, the nearest in time before the rest; of one day the higher office.
    """
    on, row = setting.on, setting.knowledge.offices.offices.get(holder.office)
    state = holder.holds(on) if on is not None else "maybe"
    start = holder.start or holder.attested_from
    later = on is not None and start[:10] > on
    when = int(start[:4] or 0)
    group = {"yes": 0, "maybe": 1, "no": 3 if later else 2}[state]
    rank = row.rank if row is not None else _LEAST
    return group, rank > _HEADS, when if later else -when, rank, holder.id


def _candidates(each: Identified, asked: Sequence[Mention], setting: Setting) -> tuple[Holder, ...]:
    """The terms that a lone surname, a name of nobody known, or an office of nobody known could also mean."""
    tables, actor = setting.knowledge.offices, each.actor
    if each.person is None:
        if actor.office is None or not _is_of_the_text(actor):
            return ()
        return tables.holder_of(actor.country or actor.party or "", actor.office)
    if _is_of_the_text(actor):
        return tables.holders_named(each.person)
    alone = len(asked) == 1 and len(fold(asked[0].text).split()) == 1
    return tables.holders_named(asked[0].text) if alone else ()


def _may_be(holder: Holder, actor: Actor) -> bool:
    """Whether country and sector of what the words say leave room for a holder."""
    if not _is_of_the_text(actor):
        return True
    here = actor.party is None or holder.country in (actor.party, actor.country)
    return here and (actor.sector in (None, "GOV", "ELI", "UNK") or actor.sector == holder.sector)


def _other_entities(actors: Sequence[Identified], asked: Sequence[Mention], setting: Setting) -> list[Identified]:
    """States and bodies that a name left open can mean: "Congo"."""
    if not asked or any(not _is_of_the_text(each.actor) for each in actors):
        return []
    tables = setting.knowledge.actors
    words = asked[0].text.split()
    found = next((names for length, names in tables.names_at(words, 0, setting.on) if length == len(words)), ())
    entities = {name.entity: name for name in found if tables.entities[name.entity].kind != "other"}
    made: list[Identified] = []
    for code, name in list(entities.items())[:_MOST]:
        entity = tables.entities[code]
        sector = name.sector or entity.sector
        actor = Actor(entity.id, entity.name, entity.party, entity.country, sector, None, entity.wikidata, (name.id,))
        made.append(Identified(actor))
    return made
