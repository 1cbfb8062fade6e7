"""Builds tables/offices/holders.csv: who held which office, when, and what says so.

Run `python -m knowledge_build.holders RAW RELEASES OUT`: RAW the folder of raw tables, RELEASES the file of State
Department releases, OUT the folder of tables. Sources are laid over one another in the order hand, Factbook, REIGN,
Wikidata, cabinets, releases, recalled: terms of one person in one office that agree become one row with all its
attestations; where they disagree the earlier source stands and the disagreement is printed. The output depends on the
inputs alone.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from dragoman.knowledge.offices import HOLDER_COLUMNS, earliest, fold, latest
from knowledge_build.holder_names import PersonName, alike, is_bare, keys_of, same_person
from knowledge_build.holder_sources import (
    HERE,
    LAST_CHANGED,
    RECALLED,
    Attestation,
    Term,
    attestations,
    cabinet_terms,
    codes,
    factbook_terms,
    hand_terms,
    recalled_terms,
    reign_terms,
    table,
    wikidata_terms,
)

SLACK_DAYS = 45  # inauguration, oath and listing differ by as much between sources that mean one term


@dataclass
class Person:
    """One human being as found so far. `names` are all spellings met; the first is the one that is printed."""

    id: str
    names: list[PersonName]
    country: str
    wikidata: str = ""
    printed: PersonName | None = None

    @property
    def name(self) -> PersonName:
        return self.printed or self.names[0]


@dataclass
class Row:
    """One term in the making."""

    person: Person
    country: str
    office: str
    title: str
    start: str
    end: str
    open: bool
    seen_from: str
    seen_to: str
    sources: list[str] = field(default_factory=list)
    attested: list[str] = field(default_factory=list)


@dataclass
class Builder:
    """People and rows so far, and what the sources disagree on."""

    people: dict[str, list[Person]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    aliases: dict[tuple[str, str], PersonName] = field(default_factory=dict)

    def person(self, term: Term) -> Person:
        """The person that a term speaks of, newly made where nobody known can be meant."""
        told = self.aliases.get((term.country, fold(term.person.full)))
        name = told or term.person
        known = self.people.setdefault(term.country, [])
        alone = len(fold(name.full).split()) == len(fold(name.family).split())
        if term.source.startswith("hand: sure"):
            found = [person for person in known if any(fold(own.full) == fold(name.full) for own in person.names)]
        else:
            found = [person for person in known if any(same_person(own, name) for own in telling(person.names))]
            found = [
                person for person in found if not all(map(is_bare, person.names)) or self.served(person, term)
            ]  # a ruler of long ago of whom only the family name is known is not each namesake since
        if alone and len(found) > 1:
            near = [person for person in found if self.served(person, term)]
            found = near if len(near) == 1 else []
        elif alone and found and not self.served(found[0], term):
            found = []
        if found:
            best = max(found, key=lambda person: max(alike(own, name) for own in person.names))
            if told:
                name = PersonName(name.full, name.family, (*name.variants, term.person.full))
            best.names.append(name)
            fuller = term.source == RECALLED and is_bare(best.name) and not is_bare(name)
            if (term.source.startswith("Wikidata") and not best.printed) or fuller:
                best.printed = name
            best.wikidata = best.wikidata or term.wikidata
            return best
        person = Person(self.new_id(name, term.country), [name], term.country, term.wikidata)
        if term.source.startswith(("hand", "Wikidata")):
            person.printed = name
        known.append(person)
        return person

    def served(self, person: Person, term: Term) -> bool:
        """Whether a person held the office of a term at about its time: only then is a bare family name enough."""
        return any(
            row.person is person and row.office in (term.office, "leader") and close(row, term)
            for row in self.rows
        )

    def new_id(self, name: PersonName, country: str) -> str:
        base = re.sub(r"\W+", "-", fold(name.full)).strip("-")
        for candidate in (base, f"{base}-{country.lower()}", *(f"{base}-{country.lower()}-{i}" for i in range(2, 9))):
            if candidate not in self.ids:
                self.ids[candidate] = country
                return candidate
        raise ValueError(f"too many people called {name.full}")

    def add(self, term: Term) -> None:
        """Lay a term over the rows: join the row of the same term, or make a new one."""
        person = self.person(term)
        for row in self.rows_of(person, term.country, term.office):
            if close(row, term):
                self.join(row, term)
                return
        self.rows.append(
            Row(
                person, term.country, term.office, term.title, term.start, term.end, term.open, term.seen_from,
                term.seen_to, [term.source], [term.attested] if term.attested else [],
            )
        )  # fmt: skip

    def rows_of(self, person: Person, country: str, office: str) -> list[Row]:
        return [row for row in self.rows if row.person is person and row.country == country and row.office == office]

    def join(self, row: Row, term: Term) -> None:
        """One more source for a row. What the row already says stays; what it lacks is filled in."""
        for edge in ("start", "end"):
            own, other = getattr(row, edge), getattr(term, edge)
            again = edge == "start" and row.sources[0] == term.source and own < other  # elected once more
            known = ("CIA World Factbook", "hand: sure of")
            if edge == "end" and row.open and row.sources[0] in known:
                continue  # who is listed as in office now did not leave when an older table ends
            if own and other and edge == "start" and term.source not in known and days_apart(own, other) > 365:
                again = True  # another of several terms on end
            if own and other and days_apart(own, other) > 3 and not again:
                whose = f"{row.country} {row.office} {row.person.name.full}"
                self.notes.append(f"{whose}: {edge} {own} ({row.sources[0]}) but {other} ({term.source})")
            elif other and (not own or (other.startswith(own) and len(other) > len(own))):
                setattr(row, edge, other)
            reign = edge == "start" and own and other and term.source.startswith("REIGN")
            if reign and days_apart(own, other) > 365 and other < own:
                row.start = other  # the Factbook tells the last of several terms on end
        if not row.sources[0].startswith("hand"):  # a hand row that does not say so knows why
            row.open = (row.open or term.open) and not row.end
        row.seen_from = min(filter(None, (row.seen_from, term.seen_from)), default="")
        row.seen_to = max(filter(None, (row.seen_to, term.seen_to)), default="")
        row.title = row.title or term.title
        if term.source not in row.sources:
            row.sources.append(term.source)
        if term.attested:
            row.attested.append(term.attested)


def telling(names: list[PersonName]) -> list[PersonName]:
    """The spellings that tell a person from namesakes: those with a given name, if there are any."""
    return [name for name in names if not is_bare(name)] or names


def ordinal(date: str) -> int:
    """Days since year 0, near enough to compare: months count 30.5 days."""
    year, month, day = (int(part) for part in earliest(date).split("-"))
    return round(year * 366 + month * 30.5 + day)


def days_apart(one: str, other: str) -> int:
    """The least distance of two partial dates in days: 0 where one can be the other."""
    if earliest(one) <= latest(other) and earliest(other) <= latest(one):
        return 0
    low, high = sorted((one, other))
    return ordinal(earliest(high)) - ordinal(earliest(latest(low)[:10]))


def close(row: Row, term: Term) -> bool:
    """Whether a row and a term can be one spell: they touch, or begin or end within `SLACK_DAYS` of one another."""
    own_from, own_to = row.start or row.seen_from, row.end or row.seen_to or row.seen_from
    from_, to = term.start or term.seen_from, term.end or term.seen_to or term.seen_from
    if row.open:
        own_to = "2099"
    if term.open:
        to = "2099"
    if not own_from or not from_:
        return True
    if row.start and term.start and days_apart(row.start, term.start) <= SLACK_DAYS:
        return True
    if row.end and term.start and days_apart(row.end, term.start) <= SLACK_DAYS and len(row.end) > 4:
        return False  # the next term of the same person
    if term.end and row.start and days_apart(term.end, row.start) <= SLACK_DAYS and len(term.end) > 4:
        return False
    return latest(own_to or own_from) >= earliest(from_) and latest(to or from_) >= earliest(own_from)


def close_gaps(rows: list[Row], seats: dict[str, str]) -> None:
    """Give a term without an end the day on which the Factbook shows the next holder to have begun.

    Only where the office has one seat, and the holder was still listed within two months of that day.
    """
    by_office: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if seats.get(row.office) == "one" and row.start:
            by_office.setdefault((row.country, row.office), []).append(row)
    for terms in by_office.values():
        terms.sort(key=lambda row: (earliest(row.start), row.person.id))
        for row, after in pairwise(terms):
            if row.end or after.person is row.person or (row.open and row.seen_to >= LAST_CHANGED):
                continue
            if row.seen_to and ordinal(latest(row.seen_to)[:10]) >= ordinal(after.start) - 62:
                row.end, row.open = after.start, False
            elif row.open:
                row.open = False


def best_names(person: Person) -> tuple[PersonName, list[str]]:
    """The name to print, and every other spelling met."""
    name = person.name
    if name.family == name.full.split()[-1]:
        longer = [own.family for own in person.names if fold(name.full).endswith(" " + fold(own.family))]
        longest = max(longer, key=lambda family: len(family.split()), default=name.family)
        if len(longest.split()) > 1:
            name = PersonName(name.full, " ".join(name.full.split()[-len(longest.split()) :]), name.variants)
    parts = set(fold(name.family).split())  # Wikidata marks no family name: its last word may be half of one
    others = [spelling for other in person.names for spelling in (other.full, *other.variants)]
    others += [other.family for other in person.names if not set(fold(other.family).split()) < parts]
    others += name.variants
    variants = [text for text in dict.fromkeys(others) if text and text not in (name.full, name.family)]
    plain = {fold(name.full), fold(name.family)}
    return name, sorted(text for text in variants if fold(text) not in plain and len(fold(text)) > 2)


def state_words(tables: Path) -> list[tuple[str, str]]:
    """Words for states as headlines have them before a title: adjectives, demonyms and short names."""
    rows = table(tables.parent / "actors" / "state_names.csv")
    words = {
        row["text"]: row["entity"]
        for row in rows
        if row["kind"] in ("adjective", "short") and not row["end"] and len(row["text"]) > 3
    }
    words |= {"UK": "GBR", "U.S.": "USA", "US": "USA", "UAE": "ARE", "Republic of Korea": "KOR", "ROK": "KOR"}
    return sorted(words.items())


def add_attestations(builder: Builder, found: Iterable[Attestation]) -> tuple[int, int]:
    """Confirm rows by releases, and make rows of what they name and no row has. Returns (confirmed, new)."""
    confirmed: dict[int, list[Attestation]] = {}
    fresh: dict[tuple[str, str, str], list[Attestation]] = {}
    index = {(row.country, row.office): [] for row in builder.rows}  # type: dict[tuple[str, str], list[int]]
    for number, row in enumerate(builder.rows):
        index[row.country, row.office].append(number)
    for item in found:
        name = PersonName(item.name, item.name.split()[-1])
        for number in index.get((item.country, item.office), []):
            row = builder.rows[number]
            if any(within(item.name, own) for own in row.person.names):
                confirmed.setdefault(number, []).append(item)
                break
        else:
            fresh.setdefault((item.country, item.office, fold(name.full)), []).append(item)
    for number, items in sorted(confirmed.items()):
        row, days = builder.rows[number], sorted(item.day for item in items)
        inside = [item for item in items if not row.end or item.day <= latest(row.end)]
        if not inside:
            whose = f"{row.country} {row.office} {row.person.name.full}"
            builder.notes.append(f"{whose}: {days[-1]} is after {row.end} ({items[0].url})")
            continue
        best = min(inside, key=lambda item: (item.day, item.url))
        row.attested.append(f"{best.url} {best.day}")
        row.seen_from = min(filter(None, (row.seen_from, days[0])))
        row.seen_to = max(row.seen_to, max(item.day for item in inside))
        row.sources.append("US State Department releases")
    for (country, office, _), items in sorted(fresh.items()):
        if len({item.url for item in items}) < 2:
            continue
        items.sort(key=lambda item: (item.day, item.url))
        name = PersonName(items[0].name, items[0].name.split()[-1])
        builder.add(
            Term(
                country, office, name, "", "", "", items[0].day, items[-1].day, False, "US State Department releases",
                f"{items[0].url} {items[0].day}",
            )
        )  # fmt: skip
    return len(confirmed), sum(len({item.url for item in items}) > 1 for items in fresh.values())


def within(told: str, own: PersonName) -> bool:
    """Whether a name in a release is that of a holder, however many of its names are given."""
    family = own.family if fold(own.family) in fold(told) else told.rsplit(maxsplit=1)[-1]
    return same_person(own, PersonName(told, family))


def build(raw: Path, releases: Path, tables: Path) -> tuple[list[list[str]], list[str]]:
    """All rows of holders.csv in order, and the notes on what the sources disagree about."""
    aliases = {
        (row["country"], fold(row["raw"])): PersonName(row["name"], row["family"])
        for row in table(HERE / "person_aliases.csv")
    }
    builder = Builder(aliases=aliases)
    hand = list(hand_terms())
    covered = {(term.country, term.office) for term in hand if term.office in ("head-of-state", "head-of-government")}
    for term in hand:
        builder.add(term)
    for term in factbook_terms(raw):
        builder.add(term)
    for term in reign_terms(raw):
        if (term.country, term.office) in covered or term.office == "leader":
            attest_ruler(builder, term)
        if (term.country, term.office) not in covered and not (term.office == "leader" and known_ruler(builder, term)):
            builder.add(term)
    for term in wikidata_terms(raw):
        builder.add(term)
    seats = {row["id"]: row["seats"] for row in table(tables / "offices.csv")}
    close_gaps(builder.rows, seats)
    for term in cabinet_terms(raw):
        if seats.get(term.office) == "one" and out_of_date(builder, term):
            continue
        builder.add(term)
    found = attestations(releases, state_words(tables))
    confirmed, new = add_attestations(builder, found)
    builder.notes.append(f"releases: {len(found)} mentions, {confirmed} rows confirmed, {new} new")
    before, recalled, dropped = len(builder.rows), list(recalled_terms()), 0
    for term in recalled:
        if contradicted(builder, term, seats):
            dropped += 1
        else:
            builder.add(term)
    new = len(builder.rows) - before
    builder.notes.append(f"recalled: {len(recalled)} terms, {dropped} contradicted, {new} new rows")
    sectors = {row["id"]: row["sector"] for row in table(tables / "offices.csv")}
    return written(builder.rows, sectors), builder.notes


def contradicted(builder: Builder, term: Term, seats: dict[str, str]) -> bool:
    """Whether somebody else is known to have held the one seat of an office for more than a day of the term."""
    if seats.get(term.office) != "one":
        return False
    first, last = latest(term.start), earliest(term.end or term.seen_to or term.start)
    for row in builder.rows:
        if (row.country, row.office) != (term.country, term.office) or not row.start:
            continue
        if any(same_person(own, term.person) for own in row.person.names):
            continue
        until = earliest(row.end or row.seen_to or row.start)
        if latest(row.start) < last and first < until:
            return True
    return False


def out_of_date(builder: Builder, term: Term) -> bool:
    """Whether the directory of June 2019 names somebody for an office that somebody else is known to have held."""
    day = "2019-06-15"
    holders = [
        row for row in builder.rows
        if row.country == term.country and row.office == term.office and row.start and latest(row.start) <= day
        and earliest(row.end or row.seen_to or row.start) > day
    ]  # fmt: skip
    told = builder.aliases.get((term.country, fold(term.person.full))) or term.person
    return bool(holders) and not any(same_person(own, told) for row in holders for own in row.person.names)


def attest_ruler(builder: Builder, term: Term) -> None:
    """Let a ruler's row in REIGN attest the hand rows of the same person and time, without changing their dates."""
    ruling = ("head-of-state", "head-of-government", "party-leader")
    for row in builder.rows:
        here = row.country == term.country and row.office in ruling and row.start and close(row, term)
        if here and any(same_person(own, term.person) for own in row.person.names):
            row.attested.append(term.attested)


def known_ruler(builder: Builder, term: Term) -> bool:
    """Whether a ruler of before 2000 already has a row as head of state or government."""
    return any(
        row.country == term.country and row.office in ("head-of-state", "head-of-government", "party-leader")
        and any(same_person(own, term.person) for own in row.person.names) and close(row, term)
        for row in builder.rows
    )  # fmt: skip


def written(rows: list[Row], sectors: dict[str, str]) -> list[list[str]]:
    """Rows as the table has them, sorted by country, office, start and person."""
    done: list[list[str]] = []
    taken: dict[str, int] = {}
    rows = sorted(rows, key=lambda row: (row.country, row.office, row.start or row.seen_from, row.person.id, row.title))
    for row in rows:
        name, variants = best_names(row.person)
        stem = f"h:{row.country}:{row.office}:{row.person.id}"
        taken[stem] = taken.get(stem, 0) + 1
        keys = keys_of(PersonName(name.full, name.family, tuple(variants)))
        until = min(row.seen_to, latest(row.end)) if row.end and row.seen_to else row.seen_to
        done.append([
            stem if taken[stem] == 1 else f"{stem}:{taken[stem]}", "|".join(keys), row.person.id, name.full,
            name.family, "|".join(variants), row.country, row.office, row.title, sectors[row.office], row.start,
            row.end, standing(row),
            row.seen_from, row.end if until != row.seen_to else until, row.person.wikidata,
            "; ".join(dict.fromkeys(row.sources)), "|".join(dict.fromkeys(row.attested)),
        ])  # fmt: skip
    return done


def standing(row: Row) -> str:
    """`open`: held the office when last looked at; `listed`: stands in a list that may be out of date; else `past`."""
    if row.open:
        return "open"
    return "listed" if not row.start and row.sources == ["CIA World Leaders, June 2019"] else "past"


def main(arguments: list[str]) -> int:
    raw, releases, tables = map(Path, arguments)
    rows, notes = build(raw, releases, tables)
    with (tables / "holders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HOLDER_COLUMNS)
        writer.writerows(rows)
    for note in notes:
        print(note)
    print(f"{len(rows)} rows, {len({row[2] for row in rows})} people, {len(codes('iso2'))} states")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
