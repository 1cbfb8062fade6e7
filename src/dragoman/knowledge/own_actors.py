"""The user's own table of actors, read beside ours: one CSV, a row an actor (for persons, a row a term).

In: a file with the columns of `COLUMNS` (`name` and `kind` are required, the others may be missing or empty), and our
tables. Out: tables in which the rows stand, and before ours: a row with a name of ours replaces what ours say of it
for its time; all else of ours stays. Whatever breaks a rule raises UsageError with file, row and reason.

It guesses nothing: a row without a country has none, and a name that is not in the row is not looked for.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.errors import UsageError
from dragoman.knowledge.actors import ActorTables, Entity, EntityKind, plain
from dragoman.knowledge.offices import OWN, Office, OfficeTables, Term, earliest, latest

COLUMNS = ("name", "variants", "kind", "party", "country", "sector", "office", "start", "end", "wikidata")
IGNORED = ("source", "note")
KINDS = ("person", "organisation", "group")
LARGEST = 50_000_000  # bytes
_STATES = ("state", "former", "territory")
_CODE = re.compile(r"[A-Z][A-Z0-9:_-]{1,39}")
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_ITEM = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/)?(Q\d+)")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_RANK = 4  # of an office that only the user's table knows


@dataclass(frozen=True, slots=True)
class OwnActor:
    """One row, checked. `id` names file and line: the basis of what it codes."""

    id: str
    name: str
    variants: tuple[str, ...]
    kind: str
    party: str | None
    country: str | None
    sector: str | None
    office: str | None
    start: str
    end: str
    wikidata: str | None


@dataclass(frozen=True, slots=True)
class OwnTable:
    """One file: its rows in order, and the sha256 of its bytes, for the version that records carry."""

    rows: tuple[OwnActor, ...]
    sha256: str


def read_own_actors(path: Path, actors: ActorTables, sectors: Collection[str]) -> OwnTable:
    """Read and check a file. Raises UsageError."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: is larger than {LARGEST:,} bytes")
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8") from error
    found: list[OwnActor] = []
    for number, row in _rows(text, path):
        try:
            found.append(checked(row, f"{OWN}{path.name}:{number}", actors, sectors))
        except UsageError as error:
            raise UsageError(f"{path}, row {number}: {error}") from error
    return OwnTable(tuple(found), hashlib.sha256(data).hexdigest())


def _rows(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows that hold anything, with the line that they end on, as an editor counts."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, path)
        for cells in reader:
            if len(cells) != len(header) and any(map(str.strip, cells)):
                raise UsageError(f"{path}, row {reader.line_num}: {len(cells)} cells, and the header has {len(header)}")
            if any(map(str.strip, cells)):
                yield reader.line_num, dict(zip(header, (" ".join(cell.split()) for cell in cells), strict=True))
    except csv.Error as error:
        raise UsageError(f"{path}, row {reader.line_num}: is not CSV: {error}") from error


def _check_header(header: Sequence[str], path: Path) -> None:
    unknown = [name for name in header if name not in (*COLUMNS, *IGNORED)]
    missing = [name for name in ("name", "kind") if name not in header]
    if unknown or missing or len(set(header)) != len(header):
        wrong = f"has no column {missing[0]!r}" if missing else f"has an unknown or doubled column: {unknown or header}"
        raise UsageError(f"{path}, row 1: {wrong}; known: {', '.join((*COLUMNS, *IGNORED))}")


def checked(row: Mapping[str, str], identity: str, actors: ActorTables, sectors: Collection[str]) -> OwnActor:
    """One row by its columns as a value. Raises UsageError with the reason."""
    name, kind = row["name"], row["kind"]
    if not name:
        raise UsageError("it has no name")
    if kind not in KINDS:
        raise UsageError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    party, country = _unit(row.get("party", ""), row.get("country", ""), actors)
    sector = row.get("sector") or None
    if sector is not None and sector not in sectors:
        raise UsageError(f"sector {sector!r} is none of PLOVER's: {', '.join(sorted(sectors))}")
    start, end = row.get("start", ""), row.get("end", "")
    for column, day in (("start", start), ("end", end)):
        if day and not _DATE.fullmatch(day):
            raise UsageError(f"{column} {day!r} is no ISO date: write 2019, 2019-05 or 2019-05-30")
    if start and end and earliest(start) > latest(end):
        raise UsageError(f"it ends on {end}, before it starts on {start}")
    if kind != "person" and row.get("office"):
        raise UsageError(f"an office is a person's, and this is of kind {kind}")
    item = _ITEM.fullmatch(row.get("wikidata", ""))
    if row.get("wikidata") and item is None:
        raise UsageError(f"wikidata {row['wikidata']!r} is no item: write Q42")
    others = (each.strip() for each in row.get("variants", "").split("|"))
    variants = tuple(dict.fromkeys(each for each in others if each not in ("", name)))
    return OwnActor(
        identity, name, variants, kind, party, country, sector, row.get("office") or None, start, end,
        item[1] if item is not None else None,
    )  # fmt: skip


def _unit(party: str, country: str, actors: ActorTables) -> tuple[str | None, str | None]:
    """Party and country: a party without a country has that of our tables, a country is its own party."""
    home = actors.entities.get(country)
    if country and (home is None or home.kind not in _STATES):
        raise UsageError(f"country {country!r} is no code of a state or territory (ISO 3166 alpha-3, such as IND)")
    known = actors.entities.get(party)
    if party and known is None and not _CODE.fullmatch(party):
        raise UsageError(f"party {party!r} is no code: capitals, digits, and - _ : between them")
    if known is not None and known.kind in _STATES and country and country != known.country:
        raise UsageError(f"party {party} and country {country} are two states")
    return party or country or None, country or (known.country if known is not None else None)


def with_own_actors(actors: ActorTables, offices: OfficeTables, own: OwnTable) -> tuple[ActorTables, OfficeTables]:
    """Our tables with the rows of one file in them."""
    entities: dict[str, Entity] = {}
    names: list[list[str]] = []
    for row in sorted(own.rows, key=lambda row: row.kind == "person"):
        coins = row.party is not None and row.party not in actors.entities and row.party not in entities
        if coins and row.party is not None:  # a code that no table has: the row's own
            entities[row.party] = _entity(row.party, row)
        if row.kind == "person":
            continue
        identity = row.party if coins and row.party is not None else row.id
        entities[identity] = _entity(identity, row)
        for number, text in enumerate((row.name, *row.variants)):
            kind = "variant" if number else "short"
            names.append([f"{row.id}/{number}", identity, text, kind, "", row.start, row.end, "sensitive", "", row.id])
    return actors.extended(entities, names), _with_persons(offices, actors, own)


def _entity(identity: str, row: OwnActor) -> Entity:
    """An actor of the user's: a group, an organisation of many states, or an institution of one."""
    kind: EntityKind = "organisation"
    if row.kind == "group" or row.country == row.party:
        kind = "group" if row.kind == "group" else "institution"
    name = row.name if row.kind != "person" else identity
    return Entity(identity, name, kind, row.party, row.country, row.sector, None, None, row.wikidata, row.id)


def _with_persons(offices: OfficeTables, actors: ActorTables, own: OwnTable) -> OfficeTables:
    new: dict[str, Office] = {}
    terms: list[Term] = []
    for row in own.rows:
        if row.kind != "person":
            continue
        office = office_of_label(row.office, row.party, actors, offices) if row.office else None
        if row.office and office is None:
            office = _slug(row.office)
            new.setdefault(office, Office(office, (row.office.lower(),), row.sector, _RANK, "many"))
        known = offices.offices.get(office or "")
        sector = row.sector or (known.sector if known is not None else None)
        family = row.name.rsplit(" ", 1)[-1]
        terms.append(
            Term(
                row.id, _slug(row.name), row.name, family, row.variants, row.party or "", office or "",
                row.office or "", sector, row.start, row.end, row.wikidata,
            )
        )  # fmt: skip
    return replace(offices, offices={**offices.offices, **new}).extended(terms)


def office_of_label(label: str, party: str | None, actors: ActorTables, offices: OfficeTables) -> str | None:
    """The office that words mean, "of COUNTRY" behind them or not; none where no title of ours says so."""
    if label in offices.offices:
        return label
    words = re.sub(r"\s*\(.*?\)", "", label).split()
    for end in _ends(words, actors):
        text = " ".join(words[:end])
        own = offices.office_of_title(party or "", text)
        if own is not None:
            return own.office
        found = offices.titles_at(words[:end], 0)
        if found and found[0][0] == end and found[0][1].office is not None:
            return found[0][1].office
    return None


def _ends(words: Sequence[str], actors: ActorTables) -> list[int]:
    """Where the title may end: at the last word, or before "of" and a name that our tables know."""
    ends = [len(words)]
    for index, word in enumerate(words[:-1]):
        after = index + 2 if words[index + 1].lower() == "the" else index + 1
        if word.lower() in ("of", "for") and index and after < len(words):
            found = actors.names_at(words, after)
            if found and after + found[0][0] == len(words):
                ends.append(index)
    return ends


def _slug(text: str) -> str:
    return _NOT_SLUG.sub("-", plain(text).lower()).strip("-")
