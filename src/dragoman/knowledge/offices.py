"""Titles, offices and who held them when: tables/offices/ in, one `OfficeTables` out.

What it answers: which words are a title, and what sector and office it stands for (`titles_at`); what a title means in
one country (`office_of_title`); who bore a name and which office they held on a day (`holders_named`, `offices_of`);
who held an office on a day (`holder_of`). Dates are ISO texts with only the precision that is known (2019, 2019-05,
2019-05-30); both ends of a term are included.

What it cannot do: it knows only what its rows know. No row means an empty answer, never a guess. A `Holder` whose
`attested` is false was written from memory, and must never override what a text says.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeVar

from dragoman.knowledge.actors import periods_meet
from dragoman.knowledge.findings import Finding

Certainty = Literal["yes", "maybe", "no"]

_PARTS = re.compile(r"\w+|'")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i", "ə": "a", "ð": "d", "þ": "th", "œ": "oe", "’": "'"}
)
_MARKS = re.compile(r"[\u0300-\u036f]")
_ARTICLE = re.compile(r"\b(?:(?:al|el)(?:[-'] ?| )|(?:an|as|ash|at|ar|az|ad|ud|ul)-)(?=\w)")
_NOT_NAME = re.compile(r"[^\w ]+")


@dataclass(frozen=True, slots=True)
class Title:
    """Words that tell what somebody is. `sector` and `office` are none where only the context can say."""

    id: str
    text: str
    sector: str | None
    kind: str  # office, role, group or body
    office: str | None
    rank: int  # 1 head of state ... 9 bodies: the lower, the rather a person is called by it
    plural_of: str | None


@dataclass(frozen=True, slots=True)
class Modifier:
    """A word beside a title that changes its standing: former, acting, -elect, deputy ..."""

    id: str
    text: str
    position: str  # before, after, prefix (ex-president), suffix (president-elect)
    status: str  # former, late, acting, elect, deputy, claimed, honorary, then, current
    sector: str | None


@dataclass(frozen=True, slots=True)
class Office:
    """One office of a state or organisation. `seats` is "one" where two holders at once are an error of the table."""

    id: str
    names: tuple[str, ...]
    sector: str | None
    rank: int
    seats: str


@dataclass(frozen=True, slots=True)
class CountryTitle:
    """What a title means in one country (or organisation), where that differs from elsewhere or is its own."""

    id: str
    country: str
    title: str
    office: str
    sector: str | None
    start: str
    end: str


OWN = "own:"  # how the ids of the user's rows begin
_ALWAYS = ("0001-01-01", "9999-12-31")


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the user's: a person, with an office or none, in a period that is open where a date is empty."""

    id: str
    person: str
    name: str
    family: str
    variants: tuple[str, ...]
    country: str
    office: str
    title: str
    sector: str | None
    start: str
    end: str
    wikidata: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """One term of one person in one office.

    `start` and `end` are the bounds of the term where known (empty: unknown). `attested_from` and `attested_to` are the
    first and last days on which the source shows the person in office. `standing` is "open" where the person held the
    office when the source was last read, so that an unknown `end` lies after `attested_to`; "listed" where a list that
    may be months out of date has the person, so that no day is certain; else "past". `country` is a party code (ISO
    3166 alpha-3, a former state, or an organisation). `attested_by` names table and row, or the address and day of a
    report.
    """

    id: str
    person: str
    name: str
    family: str
    variants: tuple[str, ...]
    country: str
    office: str
    title: str
    sector: str | None
    start: str
    end: str
    standing: str
    attested_from: str
    attested_to: str
    wikidata: str | None
    source: str
    attested_by: tuple[str, ...]

    @property
    def own(self) -> bool:
        """Whether the row is of the user's own table."""
        return self.id.startswith(OWN)

    @property
    def attested(self) -> bool:
        """Whether something other than memory says so; a row that is not attested never overrides a text."""
        return bool(self.attested_by)

    @property
    def agreed(self) -> bool:
        """Whether a source says so, or two people who wrote from memory without seeing one another's rows."""
        return self.attested or self.source.count("hand: ") > 1

    def holds(self, on: str) -> Certainty:
        """Whether the person held the office on `on` (ISO, may be partial): surely, possibly, or not that we know."""
        first, last = earliest(on), latest(on)
        if self.standing == "listed":
            return "maybe" if first <= latest(self.attested_to) and last >= earliest(self.attested_from) else "no"
        if self.start:
            if last < earliest(self.start):
                return "no"
            sure = first >= latest(self.start)
        elif self.attested_from:
            if last < earliest(self.attested_from):
                return "no"
            sure = True
        else:
            return "no"
        if self.end:
            if first > latest(self.end):
                return "no"
            sure = sure and last <= earliest(self.end)
        elif not self.attested_to or first > latest(self.attested_to):
            if self.standing != "open":
                return "no"
            sure = False
        return "yes" if sure else "maybe"


def earliest(date: str) -> str:
    """The first day of a partial ISO date: 2019 -> 2019-01-01."""
    return date + "-01-01" if len(date) == 4 else date + "-01" if len(date) == 7 else date


def latest(date: str) -> str:
    """The last day of a partial ISO date, for comparison as text: 2019-02 -> 2019-02-31."""
    return date + "-12-31" if len(date) == 4 else date + "-31" if len(date) == 7 else date


def fold(name: str) -> str:
    """A name as a key: lower case, no accents, no Arabic article, hyphens and dots as spaces ("El-Sisi" -> "sisi")."""
    if not name.isascii():
        name = _MARKS.sub("", unicodedata.normalize("NFKD", name.lower().translate(_LETTERS)))
    name = _ARTICLE.sub("", name.lower()).replace("'", "").replace("`", "")
    return " ".join(_NOT_NAME.sub(" ", name).split())


def title_parts(text: str) -> tuple[str, ...]:
    """A title as the parts that are compared: "vice-president" and "vice president" are one, so are "UN" and "U.N."."""
    return tuple(_PARTS.findall(text.lower().replace("’", "'").replace(".", "")))


_NOT_GIVEN = frozenset(
    ("bin", "ibn", "bint", "ben", "abu", "ould", "al", "el", "de", "da", "do", "e", "y", "van", "von", "der")
)


def skeleton(name: str) -> str:
    """Consonants of a given name, so that Sergei and Sergey, Mohammed and Muhammad agree."""
    bare = re.sub(r"[aeiouyhw]", "", name.replace("x", "ks").replace("ck", "k").replace("c", "k")[1:])
    return name[:1] + re.sub(r"(.)\1+", r"\1", bare)


def given_agree(given: Sequence[str], told: Sequence[str]) -> bool:
    """Whether given names in a text can be those of a holder: one equal, an initial, or one differently spelt."""
    for word in told:
        if word in _NOT_GIVEN:
            continue
        for own in given:
            if word == own or (len(word) == 1 and own.startswith(word)):
                return True
            if len(word) > 3 and len(own) > 3 and skeleton(word) == skeleton(own):
                return True
    return False


_Key = TypeVar("_Key")
_Node = dict[str, "_Node | Title"]
_TITLE = ""  # the key under which a node of the trie keeps its title: no part of a title is empty


@dataclass(frozen=True, slots=True)
class OfficeTables:
    """All tables of offices. Rows of holders are kept as lines and turned into `Holder` values when asked for."""

    titles: Mapping[str, Title]  # by id
    modifiers: Mapping[str, Modifier]  # by the folded words
    offices: Mapping[str, Office]
    country_titles: Mapping[tuple[str, str], tuple[CountryTitle, ...]]  # by country and title
    lines: tuple[str, ...]  # rows of holders.csv, unread: id and keys stand first and hold neither comma nor quote
    _trie: _Node = field(repr=False)
    _by_name: Mapping[str, Sequence[int]] = field(repr=False)
    _by_office: Mapping[tuple[str, str], Sequence[int]] = field(repr=False)
    persons: Mapping[str, Sequence[int]] = field(repr=False)  # person id -> numbers of its rows

    def titles_at(self, words: Sequence[str], i: int) -> tuple[tuple[int, Title], ...]:
        """Titles that begin at word `i`, longest first: (number of words, title). Any case; words as tokenised."""
        word = words[i].lower()
        node = self._trie.get(word)
        if node is None and word.isalnum():
            return ()
        return self._walk(words, i)

    def _walk(self, words: Sequence[str], i: int) -> tuple[tuple[int, Title], ...]:
        found: list[tuple[int, Title]] = []
        node = self._trie
        for j in range(i, min(len(words), i + 12)):
            parts = title_parts(words[j])
            if not parts and (j == i or words[j] not in ("-", "–", "‑")):
                break
            for part in parts:
                below = node.get(part)
                if not isinstance(below, dict):
                    return tuple(reversed(found))
                node = below
            title = node.get(_TITLE)
            if parts and isinstance(title, Title):
                found.append((j - i + 1, title))
        return tuple(reversed(found))

    def office_of_title(self, country: str, title: str, on: str | None = None) -> CountryTitle | None:
        """What `title` means in `country` on a day, where the country has a meaning of its own for it; else none."""
        for row in self.country_titles.get((country, " ".join(title_parts(title))), ()):
            if on is None or (
                (not row.start or latest(on) >= earliest(row.start))
                and (not row.end or earliest(on) <= latest(row.end))
            ):
                return row
        return None

    def holder(self, number: int) -> Holder:
        """The holder in row `number` of holders.csv."""
        return _holder(self.lines[number])

    def holder_by_id(self, identity: str) -> Holder | None:
        """The holder of a row id; none if no row has it."""
        found = (number for number, line in enumerate(self.lines) if line.startswith(f"{identity},"))
        return next(map(self.holder, found), None)

    def offices_of(self, person: str, on: str | None = None) -> tuple[Holder, ...]:
        """Terms of a person, those on `on` when it is given: surest first, then by rank of the office and start."""
        return self._pick(self.persons.get(person, ()), on)

    def holder_of(self, country: str, office: str, on: str | None = None) -> tuple[Holder, ...]:
        """Who held an office on a day. Where somebody certainly did, those who only may have are left out."""
        found = self._pick(self._by_office.get((country, office), ()), on)
        found = tuple(holder for holder in found if holder.own) or found
        if on is not None:
            sure = tuple(holder for holder in found if holder.holds(on) == "yes")
            return sure or found
        return found

    def holders_named(self, name: str, on: str | None = None) -> tuple[Holder, ...]:
        """Terms of all persons whom `name` can mean: a family name, a full name, or a variant, in any case or accents.

        A full name whose given name disagrees with a holder's is not that holder ("Lyudmila Putina", "John Xi").
        With `on`, only terms that were or may have been running on that day.
        """
        key = fold(name)
        numbers = self._by_name.get(key, ())
        if not numbers and " " in key:
            numbers = self._by_parts(key.split())
        return self._pick(numbers, on)

    def is_name(self, text: str) -> bool:
        """Whether just these words are a holder's name or a variant of it."""
        return fold(text) in self._by_name

    def _by_parts(self, words: Sequence[str]) -> Sequence[int]:
        """Rows whose family name ends (in East Asia, begins) the words while a given name agrees with the rest."""
        found: dict[int, None] = {}
        for cut in range(1, len(words)):
            for family, told in ((words[cut:], words[:cut]), (words[:-cut], words[-cut:])):
                key = " ".join(family)
                for number in self._by_name.get(key, ()):
                    holder = _holder(self.lines[number])
                    own, names = fold(holder.name), set(fold(holder.family).split()) | set(family)
                    given = [word for word in own.split() if word not in names]
                    whole = own.startswith(fold(holder.family) + " ")  # as in Kim Jong-un: given names count together
                    if "".join(given) == "".join(told) if whole else given_agree(given, told):
                        found[number] = None
            if found:
                break
        return list(found)

    def extended(self, terms: Sequence[Term]) -> OfficeTables:
        """These tables with the user's terms; what they have of the same person for the same time goes."""
        placed: list[tuple[Term, tuple[str, ...]]] = []
        gone: set[int] = set()
        for term in terms:
            keys = tuple(dict.fromkeys(map(fold, (term.name, *term.variants))))
            same = [self.holder(n) for key in keys if " " in key for n in self._by_name.get(key, ())]
            known = {one.person for one in same if not term.country or one.country == term.country}
            person = next(iter(known)) if len(known) == 1 else term.person
            if len(known) != 1 and person in self.persons:
                person += "-own"  # a namesake of another country
            for number in self.persons[person] if len(known) == 1 else ():
                old = self.holder(number)
                if periods_meet((term.start, term.end), (old.start, old.end)):
                    gone.add(number)
            placed.append((replace(term, person=person), keys))
        lines = list(self.lines)
        by_name, by_office = _without(gone, self._by_name), _without(gone, self._by_office)
        persons = _without(gone, self.persons)
        for term, keys in placed:
            number = len(lines)
            lines.append(_line(term, keys))
            for key in dict.fromkeys((*keys, fold(term.family))):
                by_name.setdefault(key, []).append(number)
            by_office.setdefault((term.country, term.office), []).append(number)
            persons.setdefault(term.person, []).append(number)
        return replace(self, lines=tuple(lines), _by_name=by_name, _by_office=by_office, persons=persons)

    def _pick(self, numbers: Sequence[int], on: str | None) -> tuple[Holder, ...]:
        holders = [_holder(self.lines[number]) for number in numbers]
        if on is None:
            return tuple(sorted(holders, key=lambda holder: (self._rank(holder), holder.start, holder.id)))
        sure = {"yes": 0, "maybe": 1}
        kept = [(sure[state], holder) for holder in holders if (state := holder.holds(on)) != "no"]
        kept.sort(key=lambda pair: (pair[0], self._rank(pair[1]), pair[1].start, pair[1].id))
        return tuple(holder for _, holder in kept)

    def _rank(self, holder: Holder) -> int:
        office = self.offices.get(holder.office)
        return office.rank if office else 9


HOLDER_COLUMNS = (
    "id", "keys", "person", "name", "family", "variants", "country", "office", "title", "sector", "start", "end",
    "standing", "attested_from", "attested_to", "wikidata", "source", "attested",
)  # fmt: skip


def _holder(line: str) -> Holder:
    row = next(csv.reader((line,)))
    return Holder(
        id=row[0], person=row[2], name=row[3], family=row[4], variants=_many(row[5]), country=row[6], office=row[7],
        title=row[8], sector=row[9] or None, start=row[10], end=row[11], standing=row[12], attested_from=row[13],
        attested_to=row[14], wikidata=row[15] or None, source=row[16], attested_by=_many(row[17]),
    )  # fmt: skip


def _without(gone: Collection[int], index: Mapping[_Key, Sequence[int]]) -> dict[_Key, list[int]]:
    return {key: [number for number in rows if number not in gone] for key, rows in index.items()}


def _line(term: Term, keys: Sequence[str]) -> str:
    """A term as a line of holders.csv."""
    out = io.StringIO()
    standing = "past" if term.end else "open"
    csv.writer(out, lineterminator="").writerow(
        [term.id, "|".join(keys), term.person, term.name, term.family, "|".join(term.variants), term.country,
         term.office, term.title, term.sector or "", term.start, term.end, standing, term.start or _ALWAYS[0],
         term.end or _ALWAYS[1], term.wikidata or "", term.id, term.id]
    )  # fmt: skip
    return out.getvalue()


def _many(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def default_tables() -> Traversable:
    """The folder of the package's own tables of offices."""
    return files("dragoman.knowledge") / "tables" / "offices"


def _read(folder: Path | Traversable, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((folder / name).read_text(encoding="utf-8"))))


def load_offices(folder: Path | Traversable | None = None) -> OfficeTables:
    """Read tables/offices/. Raises `ValueError` where the columns of holders.csv are not those that are expected."""
    folder = folder or default_tables()
    titles: dict[str, Title] = {}
    trie: _Node = {}
    for id_, text, sector, kind, office, rank, plural_of, _ in _read(folder, "titles.csv")[1:]:
        title = Title(id_, text, sector or None, kind, office or None, int(rank), plural_of or None)
        titles[id_] = title
        node = trie
        for part in title_parts(text):
            below = node.setdefault(part, {})
            assert isinstance(below, dict)
            node = below
        node[_TITLE] = title
    modifiers = {
        row[1]: Modifier(row[0], row[1], row[2], row[3], row[4] or None)
        for row in _read(folder, "title_modifiers.csv")[1:]
    }
    offices = {
        row[0]: Office(row[0], _many(row[1]), row[2] or None, int(row[3]), row[4])
        for row in _read(folder, "offices.csv")[1:]
    }
    country_titles: dict[tuple[str, str], tuple[CountryTitle, ...]] = {}
    for id_, country, text, office, sector, start, end, _ in _read(folder, "country_titles.csv")[1:]:
        key = (country, " ".join(title_parts(text)))
        row_ = CountryTitle(id_, country, text, office, sector or None, start, end)
        country_titles[key] = (*country_titles.get(key, ()), row_)
    header, *lines = (folder / "holders.csv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    if tuple(header.split(",")) != HOLDER_COLUMNS:
        raise ValueError(f"holders.csv has columns {header}")
    by_name: dict[str, list[int]] = {}
    by_office: dict[tuple[str, str], list[int]] = {}
    persons: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        id_, keys, _ = line.split(",", 2)
        for name in keys.split("|"):
            by_name.setdefault(name, []).append(number)
        parts = id_.split(":")
        by_office.setdefault((parts[1], parts[2]), []).append(number)
        persons.setdefault(parts[3], []).append(number)
    return OfficeTables(titles, modifiers, offices, country_titles, tuple(lines), trie, by_name, by_office, persons)


_DATE = re.compile(r"(?:\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)?")
_LISTED = ("head-of-state", "head-of-government", "foreign-minister", "defence-minister")
_LISTED_ON = "2019-06-15"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A disagreement that somebody has judged: `about` names whom it concerns, `reason` why it stands."""

    country: str
    office: str
    about: str
    reason: str


def settlements(folder: Path | Traversable | None = None) -> tuple[Settlement, ...]:
    """The disagreements settled in writing in settled.toml."""
    text = ((folder or default_tables()) / "settled.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text).get("settled", [])
    return tuple(Settlement(row["country"], row["office"], row["about"], row["reason"]) for row in rows)


def check_offices(
    tables: OfficeTables,
    cabinets: Path | None = None,
    countries: Mapping[str, str] | None = None,
    settled: Sequence[Settlement] = (),
) -> list[Finding]:
    """Faults of the tables: broken references and dates, two holders of one seat, and disagreement with the cabinets of
    June 2019 (`cabinets`: that file; `countries`: ISO alpha-2 in lower case -> party code). A settled one is a note.
    """
    judged = {(row.country, row.office, fold(row.about)): row.reason for row in settled}
    findings = [*_check_titles(tables), *_check_rows(tables), *_check_seats(tables, judged)]
    if cabinets is not None and countries is not None:
        findings += _check_cabinets(tables, cabinets, countries, judged)
    return findings


def _check_titles(tables: OfficeTables) -> Iterator[Finding]:
    for title in tables.titles.values():
        if title.office and title.office not in tables.offices:
            yield Finding("error", "titles", title.id, f"no office {title.office}")
        if title.plural_of and title.plural_of not in tables.titles:
            yield Finding("error", "titles", title.id, f"plural of {title.plural_of}, which is not there")
        if title.kind not in ("office", "role", "group", "body"):
            yield Finding("error", "titles", title.id, f"kind {title.kind}")
        if title.kind == "office" and not title.office:
            yield Finding("error", "titles", title.id, "an office without its id")
    for rows in tables.country_titles.values():
        for row in rows:
            if row.office not in tables.offices:
                yield Finding("error", "country_titles", row.id, f"no office {row.office}")


def _check_rows(tables: OfficeTables) -> Iterator[Finding]:
    seen: set[str] = set()
    for number in range(len(tables.lines)):
        holder = tables.holder(number)
        if holder.id in seen:
            yield Finding("error", "holders", holder.id, "this id twice")
        seen.add(holder.id)
        if holder.office not in tables.offices:
            yield Finding("error", "holders", holder.id, f"no office {holder.office}")
        dates = (holder.start, holder.end, holder.attested_from, holder.attested_to)
        if not all(_DATE.fullmatch(date) for date in dates):
            yield Finding("error", "holders", holder.id, f"dates {dates}")
        if holder.start and holder.end and earliest(holder.start) > latest(holder.end):
            yield Finding("error", "holders", holder.id, f"ends {holder.end} before it begins {holder.start}")
        if holder.end and holder.standing == "open":
            yield Finding("error", "holders", holder.id, "has an end and stands open")
        if not (holder.start or holder.attested_from):
            yield Finding("error", "holders", holder.id, "no date at all")


def _check_seats(tables: OfficeTables, judged: Mapping[tuple[str, str, str], str]) -> Iterator[Finding]:
    """Two persons who both surely held an office of one seat on one day, other than the day of handing over."""
    groups: dict[tuple[str, str], list[Holder]] = {}
    for holder in map(tables.holder, range(len(tables.lines))):
        office = tables.offices.get(holder.office)
        if office and office.seats == "one" and holder.start:
            groups.setdefault((holder.country, holder.office), []).append(holder)
    for (country, name), holders in sorted(groups.items()):
        holders.sort(key=lambda holder: (earliest(holder.start), holder.id))
        for i, one in enumerate(holders):
            until = earliest(one.end or one.attested_to or one.start)
            for other in holders[i + 1 :]:
                if latest(other.start) >= until:
                    break
                other_until = earliest(other.end or other.attested_to or other.start)
                if other.person == one.person or other_until <= latest(one.start):
                    continue
                reason = judged.get((country, name, fold(other.name))) or judged.get((country, name, fold(one.name)))
                message = f"{one.name} until {until}, {other.name} from {other.start}"
                yield Finding("note" if reason else "error", "holders", other.id, f"{message}: {reason or 'unsettled'}")


def _check_cabinets(
    tables: OfficeTables, cabinets: Path, countries: Mapping[str, str], judged: Mapping[tuple[str, str, str], str]
) -> Iterator[Finding]:
    """Compare the cabinets of June 2019 with who surely held the four offices most often in the news."""
    with cabinets.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            country, words = countries.get(row["iso2"].lower()), row["office"].split()
            office = _listed_office(tables, country or "", words)
            if country is None or office not in _LISTED or not row["person"].strip():
                continue
            holders = [one for one in tables.holder_of(country, office, _LISTED_ON) if one.holds(_LISTED_ON) == "yes"]
            marked = fold(" ".join(word for word in row["person"].split() if sum(map(str.isupper, word)) > 1))
            names = {name for one in holders for name in map(fold, (one.name, one.family, *one.variants))}
            if not holders or any(name in marked or set(marked.split()) <= set(name.split()) for name in names):
                continue
            about = fold(row["person"])
            reason = judged.get((country, office, about))
            message = f"line {line} lists {row['person']}, the table has {', '.join(one.name for one in holders)}"
            severity: Literal["error", "note"] = "note" if reason else "error"
            yield Finding(severity, "holders", f"{country}:{office}", f"{message}: {reason or 'unsettled'}")


def _listed_office(tables: OfficeTables, country: str, words: Sequence[str]) -> str | None:
    special = tables.office_of_title(country, " ".join(words), _LISTED_ON)
    if special:
        return special.office
    found = tables.titles_at(words, 0)[:1]
    return found[0][1].office if found and found[0][0] == len(words) else None
