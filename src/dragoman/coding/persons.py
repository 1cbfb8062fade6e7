"""The persons of an article: mentions of one person brought together, and looked up among the holders of offices.

In: the drafts of all mentions, in order. Out: each draft of a name, and of a title set beside a name, has its `Person`
as referent; each person has what all its mentions say of country, office and sector, and the holder's row if one fits.

A row is taken only if name and day fit and neither country nor title contradicts; what the text says goes before it.
Two persons of one surname are told apart by given names only; a lone surname goes to the last one named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from dragoman.coding.drafts import STATES, WEAK_IN_UNIONS, Draft, Person, Setting, slug
from dragoman.coding.parties import state_by_code
from dragoman.knowledge.offices import Holder, Title, earliest, fold, latest
from dragoman.values import Actor

_LOOSE = ("conj", "dep", "list", "parataxis", "nmod")  # what parsers call an apposition that they miss
_GONE = ("former", "late")
_MINISTERS = 4  # rank of ministers
_HIGH = 3  # rank of deputies of the head, and of ministers of foreign affairs and defence
_PARTISAN = frozenset({"OPP", "PTY", "LAB"})  # sectors that parties, their leaders and their people go by
_HEADS = ("head-of-state", "head-of-government", "leader")
_YEARS = 4  # for so long news call those who have left office by it
_LONG = 12  # for so long they call an administration by its head
_FEW = 2  # so many high officials of one surname are told apart by the day
_LEAST = 9  # rank of what no table ranks
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
        _take_in_title(person, setting)
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
            person.owner = person.owner or _shared_country(person, setting)
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


def _take_in_title(person: Person, setting: Setting) -> None:
    """A title that the tables have in the name: "King Charles"; "Sheikh Hasina", who is no sheikh."""
    tables = setting.knowledge.offices
    name = " ".join((person.titles[0].text, *person.words)) if person.titles else ""
    if not name or not tables.is_name(name):
        return
    if not any(_agrees(person.titles[0], row, setting, full=False) for row in tables.holders_named(name)):
        person.titles.pop(0)
        person.sector = person.office = None
    person.words = tuple(fold(name).split())


def find_holder(person: Person, setting: Setting) -> Holder | None:
    """The holder's row that fits name, day, country and title, if exactly one person's rows do.

    What the parties named in the article leave open, its towns and its dateline may decide.
    """
    found = _holder_in_company(person, setting)
    if found is None and not setting.scene <= setting.company:
        found = _holder_in_company(person, replace(setting, company=setting.company | setting.scene))
    return found


def _holder_in_company(person: Person, setting: Setting) -> Holder | None:
    rows = setting.knowledge.offices.holders_named(" ".join(person.words))
    if not rows:
        return None
    alone = person.owner is None and not person.titles
    if alone and len(person.words) == 1:
        rows = _best_known(rows, person.words[0], setting)
    found = rows
    if person.owner is not None:
        own = {person.owner.country, person.owner.party}
        found = tuple(holder for holder in rows if holder.country in own)
    found = _of_the_day([row for row in found if _titles_fit(person, row, setting)], person, setting)
    if alone:
        found = tuple(holder for holder in found if _goes_alone(person, holder, rows, setting))
    found = _one_person(found, setting, alone=alone)
    if not found:
        return None
    if setting.on is None:
        ranks = dict(zip(found, _ranks(found, setting), strict=True))
        return max(found, key=lambda holder: (holder.start or holder.attested_from, -ranks[holder]))
    return min(found, key=lambda holder: _distance(holder, person, setting.on))


def _best_known(rows: tuple[Holder, ...], word: str, setting: Setting) -> tuple[Holder, ...]:
    """The terms of the one man whom a surname means to every reader, unless the article names a namesake's country."""
    cue = setting.knowledge.cues.roles["default-person"].get(word)
    if cue is None or any(row.country in setting.company and row.person != cue.value for row in rows):
        return rows
    return tuple(row for row in rows if row.person == cue.value) or rows


def _shared_country(person: Person, setting: Setting) -> Actor | None:
    """The one country of all heads of state or government that title and name can mean: "former President Bush"."""
    if not person.titles:
        return None
    rows = setting.knowledge.offices.holders_named(" ".join(person.words))
    found = [row for row in _of_the_day(rows, person, setting) if _is_top(row) and _titles_fit(person, row, setting)]
    countries = {row.country for row in found}
    return state_by_code(countries.pop(), setting) if len(countries) == 1 else None


def _distance(holder: Holder, person: Person, on: str | None) -> tuple[int, int, int]:
    """Of one person's terms the one meant: held on the day, else the last before it, for the elect the next one; of
    two the one that is better known.
    """
    assert on is not None
    state = holder.holds(on)
    if state != "no" and person.standing not in (*_GONE, "then", "elect"):
        apart = person.standing == "claimed" and holder.sector != "OPP"  # who claims an office opposes its holder
        return (0 if state == "yes" else 1, int(apart), _doubt(holder))
    if holder.start and earliest(holder.start) > on:
        return (2 if person.standing == "elect" else 4, _days(earliest(holder.start)), _doubt(holder))
    return (3, -_days(latest(holder.end or holder.attested_to or holder.start)), _doubt(holder))


def _doubt(holder: Holder) -> int:
    """How weakly a term is known: 0 attested or twice remembered, 1 by those who were sure, 2 recalled in bulk."""
    return 0 if holder.agreed or holder.own else 1 if "sure of" in holder.source else 2


def _days(date: str) -> int:
    return int(date.replace("-", "") or 0)


def _of_the_day(rows: Sequence[Holder], person: Person, setting: Setting) -> tuple[Holder, ...]:
    """The terms that a name can mean on the day: those running, else past ones that news still speak of.

    Words such as "former" and "then" ask for past ones, a full name also for those to come.
    """
    on, full = setting.on, len(person.words) > 1
    if on is None or person.standing == "elect":
        return tuple(rows)
    begun = tuple(holder for holder in rows if not holder.start or earliest(holder.start) <= on)
    if person.standing in (*_GONE, "then"):
        return begun
    running = tuple(holder for holder in begun if holder.holds(on) != "no")
    if running and not full and not any(holder.country in setting.company for holder in running):
        # "the United States under Obama", while a namesake heads the government of Equatorial Guinea
        here = [holder for holder in begun if holder.country in setting.company]
        running = (() if person.titles else _formerly(here, on, setting)) or running
    if running:
        return running
    if full:
        return begun or tuple(holder for holder in rows if _comes(holder, on))
    if person.titles:
        lately = tuple(holder for holder in begun if _is_late(holder, on, 2 * _LONG if _is_top(holder) else _YEARS))
        return lately if len({holder.person for holder in lately}) == 1 else ()
    return _formerly(begun, on, setting)


def _formerly(rows: Sequence[Holder], on: str, setting: Setting) -> tuple[Holder, ...]:
    """The one head of state or government, else high official, of some years ago whom news call by surname alone."""
    late = [holder for holder in rows if _is_late(holder, on, _LONG)]
    heads = [holder for holder in late if holder.office in _HEADS and holder.attested]
    heads = [holder for holder in heads if holder.office != "head-of-government"] or heads
    if len({holder.person for holder in heads}) == 1:
        return tuple(heads)
    high = [holder for holder, rank in zip(late, _ranks(late, setting), strict=True) if holder.own or rank <= _HIGH]
    return tuple(high) if high and len({holder.person for holder in late}) == 1 else ()


def _is_top(holder: Holder) -> bool:
    return holder.office in _HEADS


def _comes(holder: Holder, on: str) -> bool:
    """Whether a term begins at most some years after the day: who is known later has his country already."""
    return bool(holder.start) and on < earliest(holder.start) <= f"{int(on[:4]) + _LONG}{on[4:]}"


def _is_late(holder: Holder, on: str, years: int) -> bool:
    """Whether a term has begun by the day and did not end more than so many years before."""
    since = str(int(on[:4]) - years)
    return bool(holder.start) and earliest(holder.start) <= on and (holder.end or holder.attested_to) >= since


def _titles_fit(person: Person, holder: Holder, setting: Setting) -> bool:
    """Whether all titles are the holder's; what somebody only claims to be need not be."""
    full = len(person.words) > 1
    if person.standing == "claimed" and full:
        return True
    apart = (title for title in person.titles if title not in person.joined)
    return all(_agrees(title, holder, setting, full=full) for title in apart) and (
        not person.joined or any(_agrees(title, holder, setting, full=full) for title in person.joined)
    )


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
        persons = heads if len(heads) == 1 else _highest(found, setting) or persons
    if len(persons) > 1 and len({holder.name for holder in found}) == 1:
        # One man in two rows ("Emmanuel Macron" of France and of Andorra).
        best = max(found, key=lambda holder: (len(holder.attested_by), holder.person))
        persons = {best.person}
    return tuple(holder for holder in found if holder.person in persons) if len(persons) == 1 else ()


def _highest(found: Sequence[Holder], setting: Setting) -> set[str]:
    """Of namesakes of one country the one whose office is the highest, if it is a minister's or higher; else none."""
    ranks = _ranks(found, setting)
    best = min(ranks)
    persons = {holder.person for holder, rank in zip(found, ranks, strict=True) if rank == best}
    alike = len({holder.country for holder in found}) == 1
    return persons if alike and best <= _MINISTERS and len(persons) == 1 else set()


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
    if not holder.office:
        return full or title.sector in (None, holder.sector)
    own = setting.knowledge.offices.office_of_title(holder.country, title.text, setting.on)
    office = own.office if own is not None else title.office
    if title.kind == "group":
        # "Labour leader NAME" is called by what his people are; a protester is somebody else.
        return full and title.plural_of is None and {title.sector, holder.sector} <= _PARTISAN
    if office == holder.office or office == "official":
        return title.kind in ("office", "role")
    if holder.office == "leader" and (office in _HEADS or title.text in ("leader", "ruler")):
        return True  # a table of rulers that tells no offices
    if office is None:
        # A lone surname beside a title of another walk of life is another person: "Professor Putin"; but rulers wear
        # uniforms: "Colonel Gaddafi".
        ruler = title.sector == "MIL" and _is_top(holder) and holder.country in setting.company
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


def _goes_alone(person: Person, holder: Holder, rows: Sequence[Holder], setting: Setting) -> bool:
    """Whether a bare name may stand for a holder: the highest without more, ministers if nobody else bears the name
    (by a surname, only of foreign affairs and defence), others in the company of their country. `rows`: all so named.
    """
    office, on = setting.knowledge.offices.offices.get(holder.office), setting.on
    known, full = holder.country in setting.company, len(person.words) > 1
    single = len({row.name for row in rows}) == 1
    least = office.rank if office is not None else _LEAST  # who holds less is no rival: an envoy to a minister
    weights = zip(rows, _ranks(rows, setting), strict=True)
    rivals = {row.person for row, rank in weights if rank <= least and (on is None or row.holds(on) != "no")}
    if holder.own and rivals <= {holder.person}:
        return True
    if known or office is None:
        return known
    if on is not None and holder.holds(on) == "no":
        # Who left office is himself by his full name; a surname has been weighed already.
        return not full or (single and office.rank <= _HIGH and (_comes(holder, on) or _is_late(holder, on, 2 * _LONG)))
    if single and min(office.rank, *_ranks(rows, setting)) <= (_MINISTERS if full else _HIGH):
        return True  # also in a lesser office: "Sunak" before he was prime minister
    if office.rank <= _HIGHEST and holder.attested:
        return True
    # "Gandhi" of 1988, "Clinton" of 2010: of several, the one who holds the office; "Park" is too many people's name.
    rank = _HIGH if len({row.name for row in rows}) <= _FEW else _HIGHEST
    return on is not None and office.rank <= rank and holder.holds(on) == "yes" and rivals == {holder.person}


def _ranks(rows: Sequence[Holder], setting: Setting) -> list[int]:
    offices = setting.knowledge.offices.offices
    return [offices[row.office].rank if row.office in offices else _LEAST for row in rows]


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
        entity = setting.knowledge.actors.entities.get(holder.country)
        if owner is None:
            party, country = (entity.party, entity.country) if entity is not None else (holder.country or None, None)
        sector, office = _on_the_day(person, holder, setting)
        serves = setting.on is None or holder.holds(setting.on) != "no"
        weak = WEAK_IN_UNIONS if entity is not None and entity.sector == "IGO" else (None, "GOV")
        if serves and sector in weak and entity is not None and entity.kind not in STATES:
            sector = entity.sector  # an organisation's head is of the organisation
        basis.append(holder.id)
    if person.standing in _GONE:
        sector, office = "ELI", None
    elif person.standing == "elect":
        office = None
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


def _on_the_day(person: Person, holder: Holder, setting: Setting) -> tuple[str | None, str | None]:
    """Sector and office of a known person: in office, before, or after it."""
    on, sector, office = setting.on, person.sector, person.office
    gone = on is not None and holder.holds(on) == "no"
    if person.standing == "claimed" and not gone:
        return holder.sector or sector, holder.office or None
    if gone and on is not None and not person.titles and _comes(holder, on):
        return sector, None
    if all(title.kind == "group" for title in person.titles):
        return ("ELI" if gone else holder.sector or sector), (None if gone else holder.office or None)
    if gone and not person.standing and _is_succeeded(holder, setting):
        return "ELI", None
    sector = sector or (None if gone else holder.sector)
    return sector, office if gone or office not in (None, "minister") else holder.office


def _is_succeeded(holder: Holder, setting: Setting) -> bool:
    """Whether somebody else heads the state or government by now: "President Trump" of 2022 is a form of address."""
    on = setting.on
    if on is None or not _is_top(holder) or not holder.end or latest(holder.end) >= on:
        return False
    others = setting.knowledge.offices.holder_of(holder.country, holder.office, on)
    return bool(others) and all(other.person != holder.person for other in others)


def _lasting_id(holder: Holder, setting: Setting) -> str:
    """One id for one person in all offices: by the country of the first of them."""
    tables = setting.knowledge.offices
    first = min(tables.persons[holder.person])
    return f"{tables.holder(first).country or '-'}:person:{holder.person}"
