"""Who can act: states, territories, organisations, groups, institutions, and what news call them.

In: the CSV tables of `tables/actors/`. Out: `ActorTables`, which finds names among the words of a sentence
and says whom they may mean on a day. It lists readings and flags ambiguous ones; which reading holds is for the
coder, who sees the context. It knows no persons and no offices, and it does not inflect: a form that is not in
the tables is not found.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal, cast

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding

EntityKind = Literal["state", "former", "territory", "organisation", "group", "institution", "other"]
NameKind = Literal["short", "long", "variant", "adjective", "demonym", "capital", "metonym", "acronym"]

TABLES = Path(__file__).parent / "tables" / "actors"
ENTITY_TABLES: tuple[str, ...] = (
    "states", "territories", "former_states", "organisations", "groups", "institutions", "others",
)  # fmt: skip
NAME_TABLES: tuple[str, ...] = (
    "state_names", "territory_names", "former_state_names", "organisation_names", "group_names", "institution_names",
    "other_names",
)  # fmt: skip

NAME_COLUMNS = ("id", "entity", "text", "kind", "sector", "start", "end", "case", "ambiguous", "source")
MEMBER_COLUMNS = ("id", "organisation", "member", "status", "start", "end", "source")
_ENTITY, _TEXT, _KIND = (NAME_COLUMNS.index(column) for column in ("entity", "text", "kind"))

# Letters and marks that do not decompose under NFKD, and their plain writing.
_PLAIN = str.maketrans("’‘ʼ‑‐ıłŁøØđĐ", "'''--ilLoOdD")


@dataclass(frozen=True, slots=True)
class Entity:
    """A state, organisation, group or institution: `party` acts as a unit, within `country` (see values.Actor).

    An entity of kind `other` is no party at all: a region, sea, newspaper or firm whose name holds a country's
    name; it is listed so that "South China Sea" is not read as China. `start` and `end` are ISO days of known
    precision, both included.
    """

    id: str
    name: str
    kind: EntityKind
    party: str | None
    country: str | None
    sector: str | None
    start: str | None
    end: str | None
    wikidata: str | None
    source: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one entity. `sector` overrides the entity's (Kremlin: RUS GOV); `ambiguous` asks for evidence."""

    id: str
    text: str
    entity: str
    kind: NameKind
    sector: str | None
    start: str | None
    end: str | None
    ambiguous: bool
    any_case: bool
    source: str


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of a state: ISO 3166 (XK, XKX are user-assigned, for Kosovo), Correlates of War, standing in the UN."""

    iso2: str
    iso3: str
    cow: str | None
    cow_number: int | None
    un: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A party in an organisation. Without dates: as of the source; `status` is member or suspended."""

    id: str
    organisation: str
    member: str
    status: str
    start: str | None
    end: str | None
    source: str


Reading = tuple[int, tuple[Name, ...]]


def valid_on(start: str | None, end: str | None, on: str | None) -> bool:
    """Whether a day lies in a period, both ends included; ISO dates of any precision ("2019" is the whole year)."""
    if on is None:
        return True
    return (not start or start <= on) and (not end or on[: len(end)] <= end)


def periods_meet(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two periods share a day; ISO dates of any precision, both ends included, empty ones open."""
    (start, end), (from_, to) = one, other
    return (not end or not from_ or from_[: len(end)] <= end) and (not to or not start or start[: len(to)] <= to)


def _key(text: str) -> str:
    """The pieces of a name in lower case, as the index holds them."""
    return " ".join(pieces(plain(text).lower()))


def plain(word: str) -> str:
    """A word without accents and curly apostrophes, case kept: "Türkiye" gives "Turkiye"."""
    if word.isascii():
        return word
    text = unicodedata.normalize("NFKD", word.translate(_PLAIN))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def pieces(text: str) -> list[str]:
    """The smallest pieces into which a tokenizer may cut a name: "al-Qaeda" gives al, -, Qaeda; "People's" People, 's.

    Names are kept, and words looked up, in these pieces, so that it does not matter how the words were cut.
    """
    for mark in "-/(),":
        if mark in text:
            text = text.replace(mark, f" {mark} ")
    if "'" not in text:
        return text.split()
    found: list[str] = []
    for word in text.split():
        if len(word) > 2 and word.endswith(("'s", "'S")):
            found += [word[:-2], word[-2:]]
        elif len(word) > 2 and word.endswith("'"):
            found += [word[:-1], "'"]
        elif len(word) > 3 and word[1] == "'" and word[0] in "dDlL":
            found += [word[:2], word[2:]]
        else:
            found.append(word)
    return found


class ActorTables:
    """All that is known of actors. After loading only caches of names already built change; lookups are pure."""

    __slots__ = (
        "_adjectives",
        "_built",
        "_heads",
        "_keys",
        "_member_rows",
        "_members",
        "_names_of",
        "_rows",
        "codes",
        "entities",
    )

    def __init__(
        self,
        entities: Mapping[str, Entity],
        name_rows: Sequence[Sequence[str]],
        codes: Mapping[str, Codes],
        member_rows: Sequence[Sequence[str]],
    ) -> None:
        """Rows have the columns of NAME_COLUMNS and MEMBER_COLUMNS; they become values when they are first met."""
        self.entities = entities
        self.codes = codes
        self._rows = name_rows
        self._member_rows = member_rows
        self._built: list[tuple[Name, list[str]] | None] = [None] * len(name_rows)
        # A name's lower-case pieces, joined by spaces -> its rows; its first piece -> how many pieces names may have.
        self._keys: dict[str, list[int]] = {}
        self._heads: dict[str, set[int]] = {}
        self._adjectives: dict[str, list[int]] | None = None
        self._names_of: dict[str, list[int]] | None = None
        self._members: dict[tuple[str, str], list[Membership]] | None = None
        for number, row in enumerate(name_rows):
            self._index(number, row[_TEXT])

    def _index(self, number: int, text: str) -> None:
        lower = text.lower() if text.isascii() else plain(text).lower()
        first = head = lower.partition(" ")[0]
        if lower.replace(" ", "").isalnum():
            key, length = lower, lower.count(" ") + 1
        else:
            parts = pieces(lower)
            key, length, head = " ".join(parts), len(parts), parts[0]
        self._keys.setdefault(key, []).append(number)
        self._heads.setdefault(head, set()).add(length)
        if first != head:
            self._heads.setdefault(first, set()).add(length)

    def extended(self, entities: Mapping[str, Entity], name_rows: Sequence[Sequence[str]]) -> ActorTables:
        """These tables with more entities and names, which go first; of a name's other rows, those of its time go."""
        start, end = (NAME_COLUMNS.index(column) for column in ("start", "end"))
        gone: set[int] = set()
        for row in name_rows:
            for number in self._keys.get(_key(row[_TEXT]), ()):
                old = self._rows[number]
                if periods_meet((row[start], row[end]), (old[start], old[end])):
                    gone.add(number)
        kept = [row for number, row in enumerate(self._rows) if number not in gone]
        return ActorTables({**self.entities, **entities}, [*name_rows, *kept], self.codes, self._member_rows)

    def _name(self, number: int) -> tuple[Name, list[str]]:
        built = self._built[number]
        if built is None:
            name = _name(self._rows[number])
            built = self._built[number] = (name, pieces(plain(name.text)))
        return built

    @property
    def names(self) -> tuple[Name, ...]:
        """All names, in table order."""
        return tuple(self._name(number)[0] for number in range(len(self._rows)))

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """All memberships, in table order."""
        return tuple(
            Membership(identity, organisation, member, status, start or None, end or None, source)
            for identity, organisation, member, status, start, end, source in self._member_rows
        )

    def names_at(self, words: Sequence[str], i: int, on: str | None = None) -> tuple[Reading, ...]:
        """Names that start at word `i`: (number of words, readings), longest first; () where none starts.

        Case must match unless the row says `any`; capitals match throughout ("INDIA"), and a small first letter may
        be written large ("Al-Shabaab"). Accents and curly apostrophes do not matter, nor whether the words are split
        at hyphens and before 's. With `on` (an ISO day), readings of other times are left out where one is of that
        time, for Zaire stays a name of its country; capitals and metonyms of other times always are. Readings
        are in table order; a run whose readings are all of kind `other` names no party.
        """
        word = words[i]
        lengths = self._heads.get(word.lower() if word.isascii() else plain(word).lower())
        if lengths is None:
            return ()
        found: list[Reading] = []
        parts: list[str] = []
        longest = max(lengths)
        for end in range(i, len(words)):
            word = words[end]
            if word.isalpha() and word.isascii():
                parts.append(word)
            else:
                parts += pieces(plain(word))
            if len(parts) in lengths:
                rows = self._keys.get(" ".join(parts).lower())
                names = self._agreeing(rows, parts, on) if rows else ()
                if names:
                    found.append((end + 1 - i, names))
            if len(parts) >= longest:
                break
        found.reverse()
        return tuple(found)

    def _agreeing(self, rows: Iterable[int], parts: list[str], on: str | None) -> tuple[Name, ...]:
        """The names whose case agrees with the words, and of these those of the day (see names_at)."""
        built = [self._name(number) for number in rows]
        found = [name for name, written in built if name.any_case or written == parts or _same_case(parts, written)]
        if on is not None and found:
            timely = [name for name in found if self.valid(name, on)]
            found = timely or [name for name in found if name.kind not in ("capital", "metonym")]
        return tuple(found)

    def valid(self, name: Name, on: str | None) -> bool:
        """Whether a name was in use on a day, and its entity there."""
        entity = self.entities[name.entity]
        return valid_on(name.start, name.end, on) and valid_on(entity.start, entity.end, on)

    def name(self, identity: str) -> Name | None:
        """The name of a row id; none if no row has it."""
        return next((self._name(number)[0] for number, row in enumerate(self._rows) if row[0] == identity), None)

    def names_of(self, entity: str) -> tuple[Name, ...]:
        """All names of an entity, in table order; () if it has none."""
        if self._names_of is None:
            self._names_of = {}
            for number, row in enumerate(self._rows):
                self._names_of.setdefault(row[_ENTITY], []).append(number)
        return tuple(self._name(number)[0] for number in self._names_of.get(entity, ()))

    def party_of(self, name: Name) -> tuple[str | None, str | None, str | None]:
        """Party, country and sector of what a name means; the name's own sector goes before its entity's."""
        entity = self.entities[name.entity]
        return entity.party, entity.country, name.sector or entity.sector

    def country_of_adjective(self, text: str, on: str | None = None) -> tuple[str, ...]:
        """States and territories that an adjective or demonym may mean, in table order: "Congolese" gives two."""
        if self._adjectives is None:
            self._adjectives = {}
            for number, row in enumerate(self._rows):
                kinds = ("state", "former", "territory") if row[_KIND] in ("adjective", "demonym") else ()
                if row[_ENTITY] in self.entities and self.entities[row[_ENTITY]].kind in kinds:
                    self._adjectives.setdefault(plain(row[_TEXT]).lower(), []).append(number)
        names = [self._name(number)[0] for number in self._adjectives.get(plain(text).lower(), ())]
        timely = [name for name in names if self.valid(name, on)] or names
        return tuple(dict.fromkeys(name.entity for name in timely))

    def is_member(self, party: str, organisation: str, on: str | None = None) -> bool:
        """Whether a party is known to be a full member on a day; False also where unknown or suspended."""
        if self._members is None:
            self._members = {}
            for row in self.memberships:
                self._members.setdefault((row.organisation, row.member), []).append(row)
        rows = self._members.get((organisation, party), ())
        return any(row.status == "member" and valid_on(row.start, row.end, on) for row in rows)

    def members_of(self, organisation: str, on: str | None = None) -> tuple[str, ...]:
        """Parties known to be full members on a day, sorted; () where membership is unknown."""
        rows = (row for row in self.memberships if row.organisation == organisation and row.status == "member")
        return tuple(sorted({row.member for row in rows if valid_on(row.start, row.end, on)}))


def _same_case(parts: Sequence[str], written: Sequence[str]) -> bool:
    for part, model in zip(parts, written, strict=True):
        if part != model and not part.isupper() and part != model[:1].upper() + model[1:]:
            return False
    return True


def load_entities(folder: Path | None = None) -> tuple[dict[str, Entity], dict[str, Codes]]:
    """The entities of a folder's tables (default: the package's own), and the codes of states, without any names."""
    folder = folder or TABLES
    entities: dict[str, Entity] = {}
    codes: dict[str, Codes] = {}
    for table in ENTITY_TABLES:
        for row in _rows(folder, table):
            if row["id"] in entities:
                raise KnowledgeError("this id is taken already", table=f"{table}.csv", row=row["id"])
            entities[row["id"]] = _entity(row)
            if table == "states":
                number = int(row["cow_number"]) if row["cow_number"] else None
                codes[row["id"]] = Codes(row["iso2"], row["iso3"], row["cow"] or None, number, row["un"])
    return entities, codes


def load_actors(folder: Path | None = None) -> ActorTables:
    """Read the tables of a folder (default: the package's own). Raises KnowledgeError where one is broken."""
    folder = folder or TABLES
    entities, codes = load_entities(folder)
    names = [row for table in NAME_TABLES for row in _cells(folder, table, NAME_COLUMNS)]
    return ActorTables(entities, names, codes, _cells(folder, "organisation_members", MEMBER_COLUMNS))


def _entity(row: Mapping[str, str]) -> Entity:
    return Entity(
        row["id"], row["name"], cast(EntityKind, row["kind"]), row["party"] or None, row["country"] or None,
        row["sector"] or None, row["start"] or None, row["end"] or None, row["wikidata"] or None, row["source"],
        row.get("parent") or None,
    )  # fmt: skip


def _name(row: Sequence[str]) -> Name:
    identity, entity, text, kind, sector, start, end, case, ambiguous, source = row
    return Name(
        identity, text, entity, cast(NameKind, kind), sector or None, start or None, end or None, ambiguous == "yes",
        case == "any", source,
    )  # fmt: skip


def _rows(folder: Path, table: str) -> Iterator[dict[str, str]]:
    header, *rows = _table(folder, table)
    return (dict(zip(header, cells, strict=True)) for cells in rows)


def _cells(folder: Path, table: str, columns: tuple[str, ...]) -> list[list[str]]:
    """All rows of a table that must have these columns, without its header."""
    header, *rows = _table(folder, table)
    if tuple(header) != columns:
        raise KnowledgeError(f"its columns are not {', '.join(columns)}", table=f"{table}.csv")
    return rows


def _table(folder: Path, table: str) -> list[list[str]]:
    """All rows of a table, the header first, each as long as the header."""
    path = folder / f"{table}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle))
    except FileNotFoundError as error:
        raise KnowledgeError("the table is missing", table=path.name) from error
    if not rows:
        raise KnowledgeError("the table has no header", table=path.name)
    width = len(rows[0])
    for cells in rows:
        if len(cells) != width:
            raise KnowledgeError(
                f"a row has {len(cells)} cells and not {width}", table=path.name, row=cells[0] if cells else None
            )
    return rows


def check_actors(tables: ActorTables, sectors: Collection[str] = ()) -> list[Finding]:
    """What is wrong with the tables, errors first. `sectors` are the ontology's codes (none given: not checked)."""
    findings = [*_check_entities(tables, sectors), *_check_names(tables, sectors), *_check_members(tables)]
    findings += _check_codes(tables)
    counts = Counter(entity.kind for entity in tables.entities.values())
    said = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    findings.append(
        Finding("note", "actors", "", f"{said}; {len(tables.names)} names, {len(tables.memberships)} memberships")
    )
    return sorted(findings, key=lambda finding: (finding.severity, finding.table, finding.row, finding.message))


def _check_entities(tables: ActorTables, sectors: Collection[str]) -> Iterator[Finding]:
    named = {name.entity for name in tables.names}
    for entity in tables.entities.values():
        wrong = [_check_dates(entity.start, entity.end), "" if entity.source else "it has no source"]
        if entity.id not in named:
            wrong.append("it has no name")
        if entity.party and entity.party not in tables.entities:
            wrong.append(f"its party {entity.party} is not in the tables")
        home = tables.entities.get(entity.country or "")
        if entity.country and (home is None or home.kind not in ("state", "former", "territory")):
            wrong.append(f"its country {entity.country} is no state or territory")
        if entity.parent and entity.parent not in tables.entities:
            wrong.append(f"its parent {entity.parent} is not in the tables")
        if sectors and entity.sector and entity.sector not in sectors:
            wrong.append(f"its sector {entity.sector} is not in the ontology")
        if entity.kind == "other" and entity.party:
            wrong.append("kind other has a party")
        yield from (Finding("error", "entities", entity.id, message) for message in wrong if message)


def _check_names(tables: ActorTables, sectors: Collection[str]) -> Iterator[Finding]:
    seen: Counter[str] = Counter(name.id for name in tables.names)
    same: dict[str, list[Name]] = {}
    for name in tables.names:
        wrong = [_check_dates(name.start, name.end), "" if name.source else "it has no source"]
        if seen[name.id] > 1:
            wrong.append("this id is taken more than once")
        if name.entity not in tables.entities:
            wrong.append(f"its entity {name.entity} is not in the tables")
        if sectors and name.sector and name.sector not in sectors:
            wrong.append(f"its sector {name.sector} is not in the ontology")
        yield from (Finding("error", "names", name.id, message) for message in wrong if message)
        same.setdefault(name.text, []).append(name)
    for text, names in same.items():
        for one, two in combinations(names, 2):
            if not _overlap(tables, one, two):
                continue
            if one.entity == two.entity and one.kind == two.kind:
                yield Finding("error", "names", two.id, f"{text} stands twice for one time")
            elif one.entity != two.entity and not (one.ambiguous and two.ambiguous):
                row = two if one.ambiguous else one
                yield Finding(
                    "error", "names", row.id, f"{text} also names {one.entity if row is two else two.entity}: ambiguous"
                )


def _overlap(tables: ActorTables, one: Name, two: Name) -> bool:
    """Whether two names are in use on one day: the first day of the later one."""
    periods = [(name, tables.entities[name.entity]) for name in (one, two) if name.entity in tables.entities]
    day = max((day for pair in periods for part in pair if (day := part.start)), default=None)
    return len(periods) == 2 and tables.valid(one, day) and tables.valid(two, day)


def _check_dates(start: str | None, end: str | None) -> str:
    for day in (start, end):
        parts = day.split("-") if day else []
        if any(not part.isdigit() for part in parts) or [len(part) for part in parts] != [4, 2, 2][: len(parts)]:
            return f"{day} is no ISO date"
    return f"it ends on {end}, before it starts" if start and end and end < start[: len(end)] else ""


def _check_members(tables: ActorTables) -> Iterator[Finding]:
    for row in tables.memberships:
        for entity in (row.organisation, row.member):
            if entity not in tables.entities:
                yield Finding("error", "organisation_members", row.id, f"{entity} is not in the tables")
        wrong = [_check_dates(row.start, row.end), "" if row.source else "it has no source"]
        yield from (Finding("error", "organisation_members", row.id, message) for message in wrong if message)


def _check_codes(tables: ActorTables) -> Iterator[Finding]:
    """ISO codes are two and three capitals, COW ones three capitals and a number under 1000, each used once."""
    used: Counter[str] = Counter()
    for entity, codes in tables.codes.items():
        used.update({codes.iso2, codes.iso3, f"COW {codes.cow}", f"COW {codes.cow_number}"} - {"COW None"})
        letters = (codes.iso2, 2), (codes.iso3, 3), (codes.cow or "COW", 3)
        if any(len(code) != length or not code.isalpha() or not code.isupper() for code, length in letters):
            yield Finding("error", "states", entity, "an ISO or COW code is not well formed")
        if (codes.cow is None) != (codes.cow_number is None) or not 0 < (codes.cow_number or 1) < 1000:
            yield Finding("error", "states", entity, "its COW abbreviation and number do not agree")
    for code, number in used.items():
        if number > 1:
            yield Finding("error", "states", code, "this code belongs to more than one state")
