"""Which person of an article a title means: "the minister", "the Russian leader", "the Secretary".

In: the drafts that were read so far, all drafts by place, and the setting. Out: the person who bears a title, from the
article where it named him, else from the table of holders where the office has one certain holder on the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice

from dragoman.coding.drafts import Draft, Person, Setting
from dragoman.coding.parties import country_of, state_of
from dragoman.coding.persons import Spots, person_of
from dragoman.knowledge.offices import Holder, Title, earliest
from dragoman.values import Actor

_LOOK_BACK = 2_000  # mentions; further back nobody is "the minister" without his name
_SAME_WORDS = 3  # the closest that a title fits a person
_BRIEF = 240  # days for which somebody acts in an office; who has it for longer is the one stood in for
_SOON = 200  # days from an election to the oath


class Bearers:
    """Looks for the bearers of titles; `seen` are the drafts read so far and grows while the article is read."""

    __slots__ = ("_seen", "_setting", "_spots")

    def __init__(self, seen: Sequence[Draft], spots: Spots, setting: Setting) -> None:
        self._seen = seen
        self._spots = spots
        self._setting = setting

    def earlier(self, draft: Draft, title: Title, owner: Actor | None) -> tuple[Person, tuple[int, ...]] | None:
        """The person last named who bears the title, and has the country if one is said; closer titles go first."""
        best: tuple[int, Person, int] | None = None
        met: set[int] = set()
        for other in islice(reversed(self._seen), _LOOK_BACK):
            if len(other.referents) != 1:
                continue
            person = other.referents[0]
            if not isinstance(person, Person) or id(person) in met:
                continue
            met.add(id(person))
            if draft.standing and draft.standing != person.standing:
                continue
            if owner is not None and country_of(person) not in (owner.country, owner.party):
                continue
            closeness = self._bears(person, title, draft.office, known=owner is not None)
            if closeness and (best is None or closeness > best[0]):
                best = (closeness, person, other.mention.index)
                if closeness == _SAME_WORDS:
                    break
        return (best[1], (best[2],)) if best is not None else None

    def later(self, draft: Draft, title: Title) -> Person | None:
        """The one person named further on who is called by the same title, written large: "the Secretary"."""
        if not draft.token.text[:1].isupper():
            return None
        found: dict[int, Person] = {}
        for other in self._spots.values():
            for referent in other.referents if other.name else ():
                if isinstance(referent, Person) and self._bears(referent, title, None, known=False) > 1:
                    found[id(referent)] = referent
        return next(iter(found.values())) if len(found) == 1 else None

    def holder(self, owner: Actor, office: str | None, title: Title | None = None, standing: str = "") -> Person | None:
        """Who certainly held an office of one seat on the day, or is the only one whom a title can mean.

        `standing` asks for who acts in an office ("acting"), or is about to take it ("elect").
        """
        on, tables = self._setting.on, self._setting.knowledge.offices
        office = self._sole_office(title, owner) or office
        row = tables.offices.get(office) if office is not None else None
        code = owner.country or owner.party
        if on is None or office is None or code is None or row is None:
            return None
        if row.seats != "one" and self._sole_office(title, owner) is None:
            return None
        found = [each for each in tables.holder_of(code, office) if each.agreed and _is_meant(each, standing, on)]
        if standing == "elect":
            found = [each for each in found if each.start == min(one.start for one in found)]
        if len({holder.person for holder in found}) != 1:
            return None
        for other in self._seen:
            for referent in other.referents:
                if isinstance(referent, Person) and referent.holder and referent.holder.person == found[0].person:
                    return referent
        person = person_of(found[0])
        person.standing = standing
        person.owner = state_of(owner, self._setting) or owner
        return person

    def _sole_office(self, title: Title | None, owner: Actor) -> str | None:
        """The office of a title that one person of a state bears at a time, though the office has more seats."""
        cue = self._setting.knowledge.cues.roles["sole-title"].get(title.text) if title is not None else None
        if cue is None:
            return None
        state = owner.sector in (None, "GOV") and owner.id.partition(":")[0] in (owner.country, owner.id)
        row = self._setting.knowledge.offices.offices[cue.value]
        return cue.value if state or owner.sector == row.sector else None

    def leader(self, owner: Actor, title: Title) -> Person | None:
        """The one head of state or government whom the article names: "the Ukrainian leader"."""
        if title.text != "leader":
            return None
        found: dict[int, Person] = {}
        offices = self._setting.knowledge.offices.offices
        for other in self._spots.values():
            for referent in other.referents:
                if isinstance(referent, Person) and country_of(referent) == owner.country and not referent.standing:
                    held = referent.office or (referent.holder.office if referent.holder is not None else None)
                    row = offices.get(held) if held is not None else None
                    if row is not None and row.rank <= 2:
                        found[id(referent)] = referent
        return next(iter(found.values())) if len(found) == 1 else None

    def person_in_office(self, owner: Actor, office: str | None) -> Person | None:
        """The person of a country whom the article named in an office."""
        for other in reversed(self._seen):
            for referent in other.referents:
                if isinstance(referent, Person) and office is not None and country_of(referent) == owner.country:
                    held = referent.office or (referent.holder.office if referent.holder is not None else None)
                    if held == office:
                        return referent
        return None

    def _bears(self, person: Person, title: Title, office: str | None, *, known: bool) -> int:
        """How well a title fits a person: 3 the same words or the office cut short, 2 the end of them, 1 by office."""
        if any(own.text == title.text or own.text.startswith(title.text + " of ") for own in person.titles):
            return 3
        if title.text == "deputy" and any(own.text.startswith("deputy ") for own in person.titles):
            return 3
        if any(own.text.endswith(" " + title.text) for own in person.titles):
            return 2
        held = person.office or (person.holder.office if person.holder is not None else None)
        if held is None:
            return 0
        if held == office == "head-of-state" and person.titles and title.text not in ("head of state", "leader"):
            return 0  # an emperor is no president
        if held == office or (office == "minister" and held.endswith("-minister")):
            return 1
        # "the Russian leader" for a head of state or government whom the text has named.
        row = self._setting.knowledge.offices.offices.get(held)
        return int(known and title.office is None and title.text == "leader" and row is not None and row.rank <= 2)


def _is_meant(holder: Holder, standing: str, on: str) -> bool:
    """Whether a term is one that a title can mean on the day: running, begun of late, or soon to begin."""
    if not standing:
        return holder.holds(on) == "yes"
    if not holder.start:
        return False
    days = (date.fromisoformat(on) - date.fromisoformat(earliest(holder.start))).days
    if standing == "elect":
        return -_SOON <= days < 0
    return standing == "acting" and days <= _BRIEF and holder.holds(on) == "yes"
