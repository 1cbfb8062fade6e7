"""Codes that other data sets use for what we name by ISO alpha-3 and PLOVER: of countries, organisations, roles, classes.

In: the CSV tables of `tables/codes/`. Out: one frozen `CodeTables`. ISO 3166, Correlates of War, FIPS 10-4 and CAMEO codes
of countries; CAMEO's groups of organisations and its roles for PLOVER's sectors; the class that CAMEO's roots have in GDELT.
It turns codes into codes and knows no dates but those of former states: COW's West Germany (260) is Germany (255) here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from dragoman.errors import KnowledgeError
from dragoman.knowledge.actors import ActorTables
from dragoman.knowledge.findings import Finding

Row = Mapping[str, str]
Kept = TypeVar("Kept")
_SHAPES = {"iso2": r"[A-Z]{2}", "iso3": r"[A-Z]{3}", "cow": r"[A-Z]{3}", "fips": r"[A-Z]{2}", "cameo": r"[A-Z]{3}"}
_GROUPS = re.compile(r"([A-Z]{3})*")


@dataclass(frozen=True, slots=True)
class CountryCodes:
    """The codes of a party that is a state, a former state, or a territory with ISO codes of its own."""

    id: str
    iso2: str | None
    iso3: str | None
    iso_number: int | None
    cow: str | None
    cow_number: int | None
    fips: str | None
    cameo: str


@dataclass(frozen=True, slots=True)
class GroupCode:
    """CAMEO's code of an organisation or armed group: generic class and region ("IGOWST"), and its own group ("NAT")."""

    id: str
    generic: str
    group: str


@dataclass(frozen=True, slots=True)
class Role:
    """What a PLOVER sector is in CAMEO: a generic class that stands first (IGO), or a role; and its name in ICEWS."""

    id: str
    generic: str
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class FipsArea:
    """A part of a country that has a FIPS code of its own, as a box of degrees."""

    id: str
    country: str
    fips: str
    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point lies in the box."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True, slots=True)
class CodeTables:
    """All tables by id."""

    countries: Mapping[str, CountryCodes]
    groups: Mapping[str, GroupCode]
    roles: Mapping[str, Role]
    areas: tuple[FipsArea, ...]
    gdelt_quads: Mapping[str, int]  # CAMEO root -> class

    def fips(self, country: str | None, lat: float | None = None, lon: float | None = None) -> str | None:
        """The FIPS code of a country, or of its part where the point lies."""
        if country is None:
            return None
        if lat is not None and lon is not None:
            for area in self.areas:
                if area.country == country and area.holds(lat, lon):
                    return area.fips
        codes = self.countries.get(country)
        return None if codes is None else codes.fips

    def cow_number(self, party: str | None) -> int | None:
        """The number of a state in the Correlates of War."""
        codes = self.countries.get(party or "")
        return None if codes is None else codes.cow_number


@dataclass(frozen=True, slots=True)
class CameoActor:
    """An actor in CAMEO: the whole code and the parts that GDELT spreads over columns."""

    code: str
    country: str
    group: str
    types: tuple[str, ...]


def cameo_actor(tables: CodeTables, party: str | None, country: str | None, sector: str | None) -> CameoActor:
    """From general to specific: country or generic class, role, organisation; empty where nothing is known."""
    role = tables.roles.get(sector or "")
    group = tables.groups.get(party or "")
    home = tables.countries.get(party or "") or tables.countries.get(country or "")
    where = "" if home is None else home.cameo
    types = [] if role is None else [part for part in (role.generic, role.role) if part]
    if group is not None and group.generic:  # an organisation of many states: "IGOWST" "NAT"
        head, region = group.generic[:3], group.generic[3:]
        types = list(dict.fromkeys((head, *types)))
        return CameoActor(head + region + "".join(types[1:]) + group.group, region, group.group, tuple(types))
    own = "" if group is None else group.group
    if role is not None and role.generic:  # a firm or movement across borders: "MNC" "USA"
        return CameoActor(role.generic + where + role.role + own, where, own, tuple(types))
    return CameoActor(where + "".join(types) + own, where, own, tuple(types))


def load_codes(folder: Traversable | None = None) -> CodeTables:
    """The tables of the package, or of a folder with the same files. Raises KnowledgeError with table and row."""
    place = files("dragoman.knowledge") / "tables" / "codes" if folder is None else folder
    return CodeTables(
        countries=_table(place, "countries.csv", _country),
        groups=_table(place, "cameo_groups.csv", lambda row: GroupCode(row["id"], row["generic"], row["group"])),
        roles=_table(place, "cameo_roles.csv", lambda row: Role(row["id"], row["generic"], row["role"], row["name"])),
        areas=tuple(_table(place, "fips_areas.csv", _area).values()),
        gdelt_quads=_table(place, "gdelt_quads.csv", lambda row: int(row["quad"])),
    )


def check_codes(tables: CodeTables, actors: ActorTables, sectors: Mapping[str, object]) -> list[Finding]:
    """Codes of a wrong shape or borne twice, states and sectors without codes, and what the actors' table says else."""
    return [
        *_check_shapes(tables),
        *_check_states(tables, actors),
        *(
            _error("cameo_roles.csv", sector, "the sector has no row")
            for sector in sectors
            if sector not in tables.roles
        ),
        *(
            _error("cameo_groups.csv", group.id, "no such organisation or group")
            for group in tables.groups.values()
            if group.id not in actors.entities
        ),
        *(
            _error("cameo_groups.csv", group.id, "codes are made of groups of three letters")
            for group in tables.groups.values()
            if not _GROUPS.fullmatch(group.generic) or not re.fullmatch("[A-Z]{3}", group.group)
        ),
        *(
            _error("gdelt_quads.csv", f"{root:02d}", "the root has no class from 1 to 4")
            for root in range(1, 21)
            if tables.gdelt_quads.get(f"{root:02d}") not in (1, 2, 3, 4)
        ),
    ]


def _check_shapes(tables: CodeTables) -> Iterator[Finding]:
    seen: dict[tuple[str, object], str] = {}
    for codes in tables.countries.values():
        for name, shape in _SHAPES.items():
            value = getattr(codes, name)
            if value is not None and not re.fullmatch(shape, value):
                yield _error("countries.csv", codes.id, f"{name} {value!r} is no such code")
        for name in ("iso2", "iso3", "iso_number", "fips", "cameo"):
            value = getattr(codes, name)
            other = None if value is None else seen.setdefault((name, value), codes.id)
            if other not in (None, codes.id) and not _one_state(tables, other, codes.id):
                yield _error("countries.csv", codes.id, f"{other} has the same {name}: {value}")
        if (codes.cow is None) != (codes.cow_number is None):
            yield _error("countries.csv", codes.id, "a COW code goes with its number")


def _one_state(tables: CodeTables, *names: str | None) -> bool:
    """Yugoslavia and what it called itself later bear one ISO number."""
    numbers = {tables.cow_number(name) for name in names}
    return len(numbers) == 1 and None not in numbers


def _check_states(tables: CodeTables, actors: ActorTables) -> Iterator[Finding]:
    for entity in actors.entities.values():
        if entity.kind in ("state", "former") and entity.id not in tables.countries:
            yield _error("countries.csv", entity.id, "the state has no row")
    for identity, told in actors.codes.items():
        ours = tables.countries.get(identity)
        if ours is not None and (ours.iso2, ours.iso3, ours.cow, ours.cow_number) != (
            told.iso2,
            told.iso3,
            told.cow,
            told.cow_number,
        ):
            yield _error("countries.csv", identity, "states.csv says something else")


def _error(table: str, row: str, message: str) -> Finding:
    return Finding("error", f"codes/{table}", row, message)


def _table(place: Traversable, name: str, build: Callable[[Row], Kept]) -> Mapping[str, Kept]:
    found: dict[str, Kept] = {}
    try:
        for row in csv.DictReader((place / name).read_text(encoding="utf-8").splitlines()):
            if row["id"] in found:
                raise KnowledgeError("this id is taken already", table=f"codes/{name}", row=row["id"])
            found[row["id"]] = build(row)
    except OSError as error:
        raise KnowledgeError(f"it cannot be read: {error.strerror}", table=f"codes/{name}") from error
    except (KeyError, ValueError, TypeError) as error:
        raise KnowledgeError(f"a column is missing or no figure: {error}", table=f"codes/{name}") from error
    return MappingProxyType(found)


def _country(row: Row) -> CountryCodes:
    return CountryCodes(
        id=row["id"],
        iso2=row["iso2"] or None,
        iso3=row["iso3"] or None,
        iso_number=int(row["iso_number"]) if row["iso_number"] else None,
        cow=row["cow"] or None,
        cow_number=int(row["cow_number"]) if row["cow_number"] else None,
        fips=row["fips"] or None,
        cameo=row["cameo"],
    )


def _area(row: Row) -> FipsArea:
    south, west, north, east = (float(row[name]) for name in ("south", "west", "north", "east"))
    return FipsArea(row["id"], row["country"], row["fips"], south, west, north, east)
