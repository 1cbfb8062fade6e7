"""Who can act: states, territories, organisations, groups, institutions, and what news call them.

In: the CSV tables of `tables/actors/`. Out: `ActorTables`, which finds names among the words of a sentence
and says whom they may mean on a day. It lists readings and flags ambiguous ones; which reading holds is for the
coder, who sees the context. It knows no persons and no offices, and it does not inflect: a form that is not in
the tables is not found.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from dragoman.errors import KnowledgeError

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
_Leaf = tuple[Name, tuple[str, ...]]


@dataclass(slots=True)
class _Node:
    """A step of the trie: what may follow, and the names that end here with their words as written."""

    next: dict[str, _Node] = field(default_factory=dict)
    leaves: list[_Leaf] = field(default_factory=list)


def valid_on(start: str | None, end: str | None, on: str | None) -> bool:
    """Whether a day lies in a period, both ends included; ISO dates of any precision ("2019" is the whole year)."""
    if on is None:
        return True
    return (not start or start <= on) and (not end or on[: len(end)] <= end)


def plain(word: str) -> str:
    """A word without accents and curly apostrophes, case kept: "Türkiye" gives "Turkiye"."""
    if word.isascii():
        return word
    text = unicodedata.normalize("NFKD", word.translate(_PLAIN))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


class ActorTables:
    """All that is known of actors. Immutable after loading; lookups are pure."""

    __slots__ = (
        "_adjectives",
        "_members",
        "_names_of",
        "_roots",
        "codes",
        "entities",
        "memberships",
        "names",
    )

    def __init__(
        self,
        entities: Mapping[str, Entity],
        names: Sequence[Name],
        codes: Mapping[str, Codes],
        memberships: Sequence[Membership],
    ) -> None:
        self.entities = entities
        self.names = tuple(names)
        self.codes = codes
        self.memberships = tuple(memberships)
        self._roots: dict[str, _Node] = {}
        self._adjectives: dict[str, list[Name]] = {}
        self._names_of: dict[str, list[Name]] = {}
        self._members: dict[tuple[str, str], list[Membership]] = {}
        for name in self.names:
            self._names_of.setdefault(name.entity, []).append(name)
            if name.kind in ("adjective", "demonym"):
                self._adjectives.setdefault(plain(name.text).lower(), []).append(name)
            for words in _writings(plain(name.text)):
                self._insert(name, words)
        for row in self.memberships:
            self._members.setdefault((row.organisation, row.member), []).append(row)

    def _insert(self, name: Name, words: tuple[str, ...]) -> None:
        keys = [word.lower() for word in words]
        node = self._roots.get(keys[0])
        if node is None:
            node = self._roots[keys[0]] = _Node()
        for key in keys[1:]:
            after = node.next.get(key)
            if after is None:
                after = node.next[key] = _Node()
            node = after
        node.leaves.append((name, words))

    def names_at(self, words: Sequence[str], i: int, on: str | None = None) -> tuple[Reading, ...]:
        """Names that start at word `i`: (number of words, readings), longest first; () where none starts.

        Case must match unless the row says `any`; capitals match throughout ("INDIA"), and a small first letter may
        be written large ("Al-Shabaab"). Accents and curly apostrophes do not matter. Hyphened names are found
        whether or not the words are split at hyphens. With `on` (an ISO day), readings of other times are left out
        unless no reading is of that time. Readings are in table order; a run whose readings are all of kind `other`
        names no party.
        """
        word = words[i]
        node = self._roots.get(word.lower() if word.isascii() else plain(word).lower())
        if node is None:
            return ()
        found: list[Reading] = []
        end, last = i + 1, len(words)
        while True:
            if node.leaves:
                names = _agreeing(node.leaves, words[i:end], on)
                if names:
                    found.append((end - i, names))
            if end == last or not node.next:
                break
            following = node.next.get(plain(words[end]).lower())
            if following is None:
                break
            node = following
            end += 1
        found.reverse()
        return tuple(found)

    def names_of(self, entity: str) -> tuple[Name, ...]:
        """All names of an entity, in table order; () if it has none."""
        return tuple(self._names_of.get(entity, ()))

    def party_of(self, name: Name) -> tuple[str | None, str | None, str | None]:
        """Party, country and sector of what a name means; the name's own sector goes before its entity's."""
        entity = self.entities[name.entity]
        return entity.party, entity.country, name.sector or entity.sector

    def country_of_adjective(self, text: str, on: str | None = None) -> tuple[str, ...]:
        """States and territories that an adjective or demonym may mean, in table order: "Congolese" gives two."""
        names = self._adjectives.get(plain(text).lower(), ())
        timely = [name for name in names if valid_on(name.start, name.end, on)] or names
        kinds = ("state", "former", "territory")
        return tuple(dict.fromkeys(name.entity for name in timely if self.entities[name.entity].kind in kinds))

    def is_member(self, party: str, organisation: str, on: str | None = None) -> bool:
        """Whether a party is known to be a full member on a day; False also where unknown or suspended."""
        rows = self._members.get((organisation, party), ())
        return any(row.status == "member" and valid_on(row.start, row.end, on) for row in rows)

    def members_of(self, organisation: str, on: str | None = None) -> tuple[str, ...]:
        """Parties known to be full members on a day, sorted; () where membership is unknown."""
        rows = (row for row in self.memberships if row.organisation == organisation and row.status == "member")
        return tuple(sorted({row.member for row in rows if valid_on(row.start, row.end, on)}))


def _agreeing(leaves: Iterable[_Leaf], words: Sequence[str], on: str | None) -> tuple[Name, ...]:
    """The names whose case agrees with the words, of the day if any is, else all that agree."""
    found = [name for name, written in leaves if name.any_case or _same_case(words, written)]
    if on is not None and len(found) > 1:
        found = [name for name in found if valid_on(name.start, name.end, on)] or found
    return tuple(dict.fromkeys(found))


def _same_case(words: Sequence[str], written: tuple[str, ...]) -> bool:
    for word, model in zip(words, written, strict=True):
        if word == model or word.isupper():
            continue
        word = plain(word)
        if word != model and word != model[:1].upper() + model[1:]:
            return False
    return True


def _writings(text: str) -> Iterator[tuple[str, ...]]:
    """Ways in which a tokenizer may cut a name: hyphens and elisions kept or split, commas and 's split off."""
    words = text.replace(",", " ,").split()
    parts = [_cuts(word) for word in words]
    if all(len(options) == 1 for options in parts):
        yield tuple(word for options in parts for word in options[0])
        return
    whole = tuple(word for options in parts for word in options[0])
    split = tuple(word for options in parts for word in options[-1])
    yield whole
    yield split
    for options in parts:
        if len(options) == 3:
            yield tuple(word for some in parts for word in (some[1] if some is options else some[-1]))


def _cuts(word: str) -> list[list[str]]:
    """Ways to cut one word: as it stands, then split."""
    if word.endswith("'s") and len(word) > 2:
        return [[word], [word[:-2], "'s"]]
    if "-" in word.strip("-"):
        pieces: list[str] = []
        for piece in word.split("-"):
            pieces += [piece, "-"]
        return [[word], [piece for piece in pieces[:-1] if piece]]
    if word[1:2] == "'" and word[0] in "dDlL" and len(word) > 3:
        return [[word], [word[:2], word[2:]]]
    return [[word]]


def load_actors(folder: Path | None = None) -> ActorTables:
    """Read the tables of a folder (default: the package's own). Raises KnowledgeError where one is broken."""
    folder = folder or TABLES
    entities: dict[str, Entity] = {}
    codes: dict[str, Codes] = {}
    for table in ENTITY_TABLES:
        for row in _rows(folder, table):
            if row["id"] in entities:
                raise KnowledgeError("this id is taken already", table=table, row=row["id"])
            entities[row["id"]] = _entity(row)
            if table == "states":
                number = int(row["cow_number"]) if row["cow_number"] else None
                codes[row["id"]] = Codes(row["iso2"], row["iso3"], row["cow"] or None, number, row["un"])
    names = [_name(row) for table in NAME_TABLES for row in _rows(folder, table)]
    memberships = [_membership(row) for row in _rows(folder, "organisation_members")]
    return ActorTables(entities, names, codes, memberships)


def _entity(row: Mapping[str, str]) -> Entity:
    return Entity(
        row["id"], row["name"], cast(EntityKind, row["kind"]), row["party"] or None, row["country"] or None,
        row["sector"] or None, row["start"] or None, row["end"] or None, row["wikidata"] or None, row["source"],
        row.get("parent") or None,
    )  # fmt: skip


def _name(row: Mapping[str, str]) -> Name:
    return Name(
        row["id"], row["text"], row["entity"], cast(NameKind, row["kind"]), row["sector"] or None, row["start"] or None,
        row["end"] or None, row["ambiguous"] == "yes", row["case"] == "any", row["source"],
    )  # fmt: skip


def _membership(row: Mapping[str, str]) -> Membership:
    return Membership(
        row["id"], row["organisation"], row["member"], row["status"], row["start"] or None, row["end"] or None,
        row["source"],
    )  # fmt: skip


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / f"{table}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle)
            header = next(reader)
            return [dict(zip(header, cells, strict=True)) for cells in reader]
    except FileNotFoundError as error:
        raise KnowledgeError("the table is missing", table=path.name) from error
    except ValueError as error:
        raise KnowledgeError("a row has not as many cells as the header", table=path.name) from error
