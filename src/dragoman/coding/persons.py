"""The persons of an article: mentions of one person brought together, and looked up among the holders of offices.

In: the drafts of all mentions, in order. Out: each draft of a name, and of a title set beside a name, has its `Person`
as referent; each person has what all its mentions say of country, office and sector, and the holder's row if one fits.

A row is taken only if name and day fit and neither country nor title contradicts; what the text says goes before it.
Two persons of one surname are told apart by given names only; a lone surname goes to the last one named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from dragoman.coding.drafts import Draft, Person, Setting, slug
from dragoman.coding.parties import state_by_code
from dragoman.knowledge.offices import Holder, Title, earliest, fold
from dragoman.values import Actor

_LOOSE = ("conj", "dep", "list", "parataxis", "nmod")  # what parsers call an apposition that they miss
_GONE = ("former", "late")
_RULER = "leader"  # the office of rows that tell who ruled and not under which title
_HEADS = ("head-of-state", "head-of-government")
_MINISTERS = 4  # rank of ministers; those of foreign affairs and defence stand one higher
_YEARS = 4  # for so long news call those who have left office by it
_LONG = 12  # for so long they call an administration by its head
_HIGHEST = 2  # rank of heads of state and government, whom news name without a title
Spots = Mapping[tuple[int, int], Draft]


def find_persons(drafts: Sequence[Draft], spots: Spots, setting: Setting) -> None:
    """Give every name its person; `spots` finds a draft by sentence and head word."""
    beside = _appositions(drafts, spots)
    for draft in drafts:
        if draft.name:
            _borrow(draft, spots)
    persons = _clusters([draft for draft in drafts if draft.name])
    for person, members in persons:
        for draft in members:
            _learn(person, draft)
            draft.referents = (person,)
            title = beside.get(draft.mention.index)
            if title is not None:
                _learn(person, title)
                title.referents, title.antecedents = (person,), (draft.mention.index,)
        if person.owner is not None and person.sector is None and not person.titles:
            person.sector = person.owner.sector
    for person, members in persons:
        for earlier, draft in pairwise(members):
            draft.antecedents = (earlier.mention.index,)
        person.holder = find_holder(person, setting)
        if person.holder is None and person.borrowed:
            # "French President Macron and Chancellor Scholz": the table knows better than the neighbour.
            borrowed, person.owner = person.owner, None
            person.holder = find_holder(person, setting)
            if person.holder is None:
                person.owner = borrowed
        if person.owner is None and person.holder is None:
            person.owner = next((owner for draft in members if (owner := _lent(draft, spots, setting))), None)
            person.borrowed = person.owner is not None


def _appositions(drafts: Sequence[Draft], spots: Spots) -> dict[int, Draft]:
    """Titles set beside names: "Ned Price, spokesman of the State Department,", "the president, Vladimir Putin"."""
    found: dict[int, Draft] = {}
    for draft in drafts:
        if draft.parts is None or draft.mention.kind not in ("name", "title"):
            continue
        other = spots.get((draft.mention.sentence, draft.token.head))
        if draft.token.relation != "appos" or other is None or not _side_by_side(draft, other):
            other = _neighbour(draft, spots)
        if other is None or {draft.mention.kind, other.mention.kind} != {"name", "title"}:
            continue
        name, title = (draft, other) if draft.name else (other, draft)
        found.setdefault(name.mention.index, title)
    return found


def _side_by_side(one: Draft, other: Draft) -> bool:
    """Whether the later of two phrases follows a comma or bracket, or the earlier one directly."""
    if one.parts is None or other.parts is None:
        return False
    first, second = sorted((one.parts, other.parts), key=lambda parts: parts.first)
    before = one.anatomy.sentence.tokens[second.first - 1]
    return before.upos == "PUNCT" or second.first == first.end


def _neighbour(draft: Draft, spots: Spots) -> Draft | None:
    """The name before ", TITLE," where the tree does not call it an apposition."""
    parts = draft.parts
    if parts is None or draft.mention.kind != "title" or draft.token.relation not in _LOOSE:
        return None
    tokens = draft.anatomy.sentence.tokens
    if parts.first < 2 or tokens[parts.first - 1].text != ",":
        return None
    if parts.end < len(tokens) and tokens[parts.end].upos != "PUNCT":
        return None
    before = spots.get((draft.mention.sentence, draft.anatomy.home[parts.first - 2]))
    return before if before is not None and before.name and before.mention.end == tokens[parts.first - 2].end else None


def _borrow(draft: Draft, spots: Spots) -> None:
    """Coordinated names share a country ("Russian President A and Minister B"), or a title ("Presidents A and B")."""
    if draft.owners or draft.token.relation != "conj" or draft.parts is None or draft.parts.possessor is not None:
        return
    first = spots.get((draft.mention.sentence, draft.anatomy.home[draft.token.head]))
    if first is None or first.parts is None or draft.definite:
        return
    if draft.title is None:
        if first.title is not None and first.title.plural_of is not None and first.name:
            draft.title, draft.sector, draft.office = first.title, first.sector, first.office
            draft.owners, draft.borrowed = first.owners, True
    elif first.title is not None and not draft.parts.foreign:
        draft.owners, draft.borrowed = first.owners, True
        if draft.sector is None and first.owners:
            draft.sector = first.sector


def _lent(draft: Draft, spots: Spots, setting: Setting) -> Actor | None:
    """The state of the office holder that a titled name is coordinated with: "Foreign Minister A, Vice Minister B"."""
    parts = draft.parts
    if (
        draft.title is None
        or draft.token.relation != "conj"
        or parts is None
        or parts.possessor is not None
        or parts.foreign
    ):
        return None
    first = spots.get((draft.mention.sentence, draft.anatomy.home[draft.token.head]))
    for referent in first.referents if first is not None and not draft.definite else ():
        if isinstance(referent, Person) and referent.holder is not None and referent.titles:
            return state_by_code(referent.holder.country, setting)
    return None


def _clusters(drafts: Sequence[Draft]) -> list[tuple[Person, list[Draft]]]:
    """Names of one person, in order; the fullest names are placed first, so that a surname finds its owner."""
    words = {draft.mention.index: tuple(fold(draft.name).split()) for draft in drafts}
    found: list[tuple[Person, list[Draft]]] = []
    by_word: dict[str, list[tuple[Person, list[Draft]]]] = {}
    for draft in sorted(drafts, key=lambda d: (-len(words[d.mention.index]), d.mention.index)):
        own = words[draft.mention.index]
        if not own:
            continue
        rivals = [*by_word.get(own[-1], ()), *(by_word.get(own[0], ()) if len(own) > 1 else ())]
        fitting = [rival for rival in rivals if _same_name(own, rival[0].words)]
        if fitting:
            _nearest(fitting, draft.mention.index)[1].append(draft)
            continue
        made = (Person(own, draft.name), [draft])
        found.append(made)
        for word in dict.fromkeys((own[-1], own[0])):
            by_word.setdefault(word, []).append(made)
    for _, members in found:
        members.sort(key=lambda draft: draft.mention.index)
    return sorted(found, key=lambda pair: pair[1][0].mention.index)


def _same_name(own: Sequence[str], fuller: Sequence[str]) -> bool:
    """Whether a shorter name can be the fuller one: a surname, its words in order, or with initials."""
    if len(own) == 1:
        return own[0] in (fuller[-1], fuller[0])
    if own[-1] != fuller[-1]:
        return tuple(own) == tuple(fuller[: len(own)])
    return own[0] == fuller[0] or (own[0][:1] == fuller[0][:1] and 1 in (len(own[0]), len(fuller[0])))


def _nearest(found: Sequence[tuple[Person, list[Draft]]], index: int) -> tuple[Person, list[Draft]]:
    """The person named last before a mention, else the first one named after it."""

    def distance(pair: tuple[Person, list[Draft]]) -> tuple[bool, int]:
        gaps = [index - draft.mention.index for draft in pair[1] if draft.mention.index < index]
        return (not gaps, min(gaps) if gaps else pair[1][0].mention.index)

    return min(found, key=distance)


def _learn(person: Person, draft: Draft) -> None:
    """Add what one mention says of a person; what was said first stays."""
    if draft.owners and (person.owner is None or (person.borrowed and not draft.borrowed)):
        person.owner, person.borrowed = draft.owners[0], draft.borrowed
    if draft.title is not None:
        if not person.titles:
            person.standing = draft.standing
        person.titles.append(draft.title)
        person.joined += (draft.title, *draft.joined) if draft.joined else ()
        person.sector = person.sector or draft.sector
        if person.office in (None, "minister", "official", "spokesperson"):
            person.office = draft.office or person.office
    elif not person.titles:
        person.standing = person.standing or draft.standing
    person.gender = person.gender or draft.gender


def find_holder(person: Person, setting: Setting) -> Holder | None:
    """The holder's row that fits name, day, country and title, if exactly one person's rows do."""
    tables = setting.knowledge.offices
    on = None if person.standing in (*_GONE, "then", "elect") else setting.on
    full = len(person.words) > 1
    found = tables.holders_named(" ".join(person.words), on)
    if not found and on is not None and len(person.words) > 1:
        found = tuple(h for h in tables.holders_named(" ".join(person.words)) if not h.start or earliest(h.start) <= on)
    if not found and on is not None and len(person.words) > 1:
        bare = tables.holders_by_surname_alone(person.words[-1], on)
        found = tuple(h for h in bare if person.titles or person.owner is not None or h.country in setting.company)
        full = not found
    if not found and on is not None and person.titles and len(person.words) == 1:
        found = _lately(tables.holders_named(person.words[0]), on)
    if person.owner is not None:
        own = {person.owner.country, person.owner.party}
        found = tuple(holder for holder in found if holder.country in own)
    if not found and on is not None and not person.titles and len(person.words) == 1:
        return _former_head(person, on, setting)
    found = tuple(
        h
        for h in found
        if all(_agrees(title, h, setting, full=full) for title in person.titles if title not in person.joined)
        and (not person.joined or any(_agrees(title, h, setting, full=full) for title in person.joined))
    )
    if person.owner is None and not person.titles:
        single = len({holder.name for holder in tables.holders_named(" ".join(person.words))}) == 1
        found = tuple(holder for holder in found if _goes_alone(person, holder, setting, single=single))
    found = _one_person(found, setting, alone=person.owner is None and not person.titles)
    if not found:
        return None
    if setting.on is not None and not person.standing:
        current = [holder for holder in found if holder.holds(setting.on) == "yes"]
        return (current or list(found))[0]
    return found[0] if setting.on is not None else found[-1]


def _former_head(person: Person, on: str, setting: Setting) -> Holder | None:
    """The one head of state or government of some years ago whom news still call by the surname alone: "Obama"."""
    rows = [
        holder
        for holder in setting.knowledge.offices.holders_named(person.words[0])
        if holder.office in _HEADS
        and holder.attested
        and _is_late(holder, on, _LONG)
        and (person.owner is None or person.owner.country == holder.country)
    ]
    rows = [holder for holder in rows if holder.office == "head-of-state"] or rows
    return rows[-1] if len({holder.person for holder in rows}) == 1 else None


def _lately(found: Sequence[Holder], on: str) -> tuple[Holder, ...]:
    """Of holders called by title and surname those who left office at most some years before the day."""
    lately = tuple(holder for holder in found if _is_late(holder, on, _YEARS))
    return lately if len({holder.person for holder in lately}) == 1 else ()


def _is_late(holder: Holder, on: str, years: int) -> bool:
    """Whether a term has begun by the day and did not end more than so many years before."""
    since = str(int(on[:4]) - years)
    return bool(holder.start) and earliest(holder.start) <= on and (holder.end or holder.attested_to) >= since


def _one_person(found: tuple[Holder, ...], setting: Setting, *, alone: bool) -> tuple[Holder, ...]:
    """The rows of one person: whose country the article names, else of namesakes the best attested; else none."""
    if len({holder.person for holder in found}) <= 1:
        return found
    for named in (setting.company, setting.perhaps):
        known = tuple(holder for holder in found if holder.country in named)
        if known:
            found = known
            break
    persons = {holder.person for holder in found}
    if len(persons) > 1 and alone:
        # "Obama" is the head of state, not his namesakes in lesser offices.
        heads = {holder.person for holder in found if holder.office == "head-of-state" and holder.attested}
        persons = heads if len(heads) == 1 else persons
    if len(persons) > 1 and len({holder.name for holder in found}) == 1:
        # One man in two rows ("Emmanuel Macron" of France and of Andorra).
        best = max(found, key=lambda holder: (len(holder.attested_by), holder.person))
        persons = {best.person}
    return tuple(holder for holder in found if holder.person in persons) if len(persons) == 1 else ()


def surname_holder(word: str, setting: Setting) -> Holder | None:
    """The head of state or government in office whom a lone surname means ("the Biden administration"), if only one."""
    tables, on = setting.knowledge.offices, setting.on
    found = [
        holder
        for holder in tables.holders_named(word)
        if (row := tables.offices.get(holder.office)) is not None
        and row.rank <= _HIGHEST
        and (on is None or holder.holds(on) != "no" or _is_late(holder, on, _LONG))
    ]
    if on is not None:
        # "sanctions imposed by the Trump administration", told under the next
        found = [holder for holder in found if holder.office == "head-of-state"] or found
        found = [holder for holder in found if holder.holds(on) != "no"] or found
    known = [holder for holder in found if holder.country in setting.company] or found
    if len({holder.country for holder in known}) == 1:
        return known[0]  # two men of one name and one country
    return None


def _agrees(title: Title, holder: Holder, setting: Setting, *, full: bool) -> bool:
    """Whether somebody called by a title can be the holder of an office."""
    own = setting.knowledge.offices.office_of_title(holder.country, title.text, setting.on)
    office = own.office if own is not None else title.office
    if office == holder.office or office == "official":
        return title.kind in ("office", "role")
    if holder.office == _RULER and office in _HEADS:
        return True
    if office is None:
        # A lone surname beside a title of another walk of life is another person: "Professor Putin"; but rulers wear
        # uniforms: "Colonel Gaddafi".
        ruler = title.sector == "MIL" and holder.office in (_RULER, *_HEADS) and holder.country in setting.company
        alike = ruler or title.sector in (None, "GOV", "UNK", holder.sector)
        return title.kind in ("office", "role") and (full or alike)
    if office == "minister":
        return holder.office.endswith("-minister")
    if office in ("spokesperson", "ambassador"):
        return office in holder.office
    # "Commission President NAME": the title is part of what the office is called, and the name is full.
    row = setting.knowledge.offices.offices.get(holder.office)
    called = (holder.title, *(row.names if row is not None else ()))
    return full and any(title.text in name.lower() for name in called)


def _goes_alone(person: Person, holder: Holder, setting: Setting, *, single: bool) -> bool:
    """Whether a bare name may stand for a holder: the highest without more, ministers in office if nobody else bears
    the name (by a surname, only of foreign affairs and defence), others in the company of their country."""
    office = setting.knowledge.offices.offices.get(holder.office)
    known = holder.country in setting.company
    if setting.on is not None and holder.holds(setting.on) == "no" and not known:
        return False
    if known or office is None:
        return known
    if single and office.rank <= (_MINISTERS if len(person.words) > 1 else _MINISTERS - 1):
        return True
    return office.rank <= _HIGHEST and holder.attested


def person_of(holder: Holder) -> Person:
    """A person whom only an office names: "the Russian foreign minister"."""
    words = tuple(fold(holder.name).split())
    return Person(words, holder.name, office=holder.office, sector=holder.sector, holder=holder)


def actor_of(person: Person, setting: Setting) -> Actor:
    """The actor that a person is on the day: the text's country and sector, else the holder's."""
    holder, owner = person.holder, person.owner
    sector, office = person.sector, person.office
    party, country = (owner.party, owner.country) if owner is not None else (None, None)
    basis = [*(owner.basis if owner is not None else ()), *(title.id for title in person.titles[:1])]
    if holder is not None:
        if owner is None:
            entity = setting.knowledge.actors.entities.get(holder.country)
            party, country = (entity.party, entity.country) if entity is not None else (holder.country, None)
        gone = setting.on is not None and holder.holds(setting.on) == "no"
        if not person.titles:
            sector, office = ("ELI" if gone else holder.sector or sector), (None if gone else holder.office)
        else:
            sector = sector or (None if gone else holder.sector)
            office = office if gone or office not in (None, "minister") else holder.office
        basis.append(holder.id)
    if person.standing in _GONE:
        sector, office = "ELI", None
    if holder is None and not basis:
        basis = ["text"]
    key = f"text:{country or party or '-'}:{sector or '-'}:{slug(person.text)}"
    return Actor(
        id=key if holder is None else _lasting_id(holder, setting),
        name=person.text if holder is None else holder.name,
        party=party,
        country=country,
        sector=sector,
        office=office,
        wikidata=holder.wikidata if holder is not None else None,
        basis=tuple(dict.fromkeys(basis)),
    )


def _lasting_id(holder: Holder, setting: Setting) -> str:
    """One id for one person in all offices: by the country of the first of them."""
    tables = setting.knowledge.offices
    first = min(tables.persons[holder.person])
    return f"{tables.holder(first).country}:person:{holder.person}"
