"""The gazetteer: words of a sentence in, the places that they may name out, the largest first.

The file is GeoNames packed by `knowledge.packing` when the package is built (CC BY 4.0). It is mapped, not read: only
the pages that a look-up touches come into memory. It knows towns of 500 people and more, countries, and the regions of
our own tables; no rivers, quarters or buildings. Which of several readings holds is for `coding.locations`.
"""

from __future__ import annotations

import csv
import json
import mmap
import struct
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dragoman.errors import KnowledgeError
from dragoman.knowledge.findings import Finding
from dragoman.knowledge.packing import CITY, COUNTRY, FILE, MAGIC, RECORD, REGION, fold, name_hash

BUILT = Path(__file__).parent / "built" / FILE
TABLES = Path(__file__).parent / "tables" / "places"
CLASSES = frozenset(
    {
        "within", "hosting", "locating", "speech", "motion-gerund", "passive-place", "party-preposition", "there",
        "place-noun", "not-place", "judging", "leaving", "contested", "modifier", "kind",
        "uttering", "undergoing", "adverb", "body", "facility", "ground",
    }
)  # fmt: skip
_CAPITALS = (("FRA", "Paris"), ("RUS", "Moscow"), ("IND", "New Delhi"), ("KOS", "Pristina"), ("CHN", "Beijing"))
_PRECISIONS: Mapping[int, Literal["place", "region", "country"]] = {CITY: "place", REGION: "region", COUNTRY: "country"}


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place that a name may mean. `region` is GeoNames' first-level code ("US.TX"); the sea has no `country`."""

    geonames: int
    name: str
    country: str | None
    region: str
    lat: float
    lon: float
    people: int
    precision: Literal["place", "region", "country"]
    capital: bool


class Gazetteer:
    """Look-ups in a packed gazetteer. Immutable; holds a map of the file, and may be shared by threads."""

    __slots__ = (
        "_countries", "_country_rows", "_entries", "_hashes", "_longest", "_map", "_offsets", "_regions", "_rows",
        "_size", "_texts", "attachment", "version", "words",
    )  # fmt: skip

    def __init__(
        self, data: mmap.mmap, words: Mapping[str, frozenset[str]], attachment: Mapping[str, float], source: str
    ) -> None:
        """`data` is the packed file, `words` the classes of words.csv, `attachment` the weights of attachment.csv.

        Raises KnowledgeError where the file is none.
        """
        if data[:8] != MAGIC:
            raise KnowledgeError("not a packed gazetteer of this release", table=source)
        (length,) = struct.unpack_from("<Q", data, 8)
        try:
            header = json.loads(data[16 : 16 + length])
            sections: dict[str, tuple[int, int]] = header["sections"]
            base = 16 + length
            places = {name: (base + at, base + at + size) for name, (at, size) in sections.items()}
            self._countries: list[str] = header["countries"]
            self._regions: list[str] = header["regions"]
            self._longest: int = header["longest"]
            view = memoryview(data)
            self._hashes = _numbers(view, places["hashes"])
            self._offsets = _numbers(view, places["offsets"])
            self._rows, self._entries, self._texts = places["rows"][0], places["entries"][0], places["texts"][0]
        except (ValueError, KeyError, TypeError) as error:
            raise KnowledgeError(f"damaged: {error}", table=source) from error
        self._map = data
        self.words = words
        self.attachment = attachment
        self._size = sections["rows"][1] // RECORD.size
        self._country_rows = self._find_countries()
        self.version = f"{len(self._hashes)} names"

    def named(self, name: str) -> tuple[PlaceEntry, ...]:
        """All places of a name, countries and regions first, then towns by their people."""
        key = fold(name).encode()
        return self._entries_of(key) if key else ()

    def names_at(
        self, words: Sequence[str], i: int, longest: int = 6
    ) -> tuple[tuple[int, tuple[PlaceEntry, ...]], ...]:
        """Names that begin at word i: (number of words covered, readings), the longest first. "(" or "," end a name."""
        found: list[tuple[int, tuple[PlaceEntry, ...]]] = []
        key = ""
        for n in range(1, min(longest + 1, len(words) - i + 1)):
            word = words[i + n - 1]
            folded = fold(word)
            if not folded:
                if word in ("-", "'", "’", "–") and key:
                    continue
                break
            if not (folded[0].isalpha() or n > 1):
                break
            key = f"{key} {folded}" if key else folded
            readings = self._entries_of(key.encode())
            if readings:
                found.append((n, readings))
        return tuple(reversed(found))

    def country(self, code: str) -> PlaceEntry | None:
        """A country by its alpha-3 code (KOS for Kosovo), placed at the centre of its towns weighted by people."""
        number = self._country_rows.get(code)
        return self._entry(number) if number is not None else None

    def _find_countries(self) -> dict[str, int]:
        """Code -> row. Countries stand at the end of the rows; there are about 250."""
        found: dict[str, int] = {}
        for number in range(self._size - 1, -1, -1):
            row = RECORD.unpack_from(self._map, self._rows + number * RECORD.size)
            if row[7] != COUNTRY:
                break
            found[self._countries[row[4]]] = number
        return found

    def _entries_of(self, key: bytes) -> tuple[PlaceEntry, ...]:
        wanted = name_hash(key)
        at = bisect_left(self._hashes, wanted)
        while at < len(self._hashes) and self._hashes[at] == wanted:
            start = self._entries + self._offsets[at]
            size = self._map[start]
            if self._map[start + 1 : start + 1 + size] == key:
                count = self._map[start + 1 + size]
                numbers = struct.unpack_from(f"<{count}I", self._map, start + 2 + size)
                return tuple(self._entry(number) for number in numbers)
            at += 1
        return ()

    def _entry(self, number: int) -> PlaceEntry:
        row = RECORD.unpack_from(self._map, self._rows + number * RECORD.size)
        geonames, lat, lon, people, country, region, name, kind, capital = row
        start = self._texts + name
        text = self._map[start + 1 : start + 1 + self._map[start]].decode()
        return PlaceEntry(
            geonames, text, self._countries[country] or None, self._regions[region], lat / 1e5, lon / 1e5, people,
            _PRECISIONS[kind], bool(capital),
        )  # fmt: skip


def _numbers(view: memoryview, place: tuple[int, int]) -> Sequence[int]:
    numbers = view[place[0] : place[1]].cast("I")
    if sys.byteorder == "little":
        return numbers
    return [int.from_bytes(n.to_bytes(4, "big"), "little") for n in numbers]


def load_gazetteer(path: Path | None = None, tables: Path | None = None) -> Gazetteer:
    """Map the packed gazetteer. Raises KnowledgeError where it was never built or is damaged."""
    source = path if path is not None else BUILT
    try:
        with source.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        hint = "build it with `python -m dragoman.knowledge.packing`"
        raise KnowledgeError(
            f"the gazetteer cannot be opened ({error}); in a source tree, {hint}", table=source.name
        ) from error
    folder = tables if tables is not None else TABLES
    return Gazetteer(data, _load_words(folder), _load_attachment(folder), source.name)


def _load_attachment(folder: Path) -> Mapping[str, float]:
    """Feature -> weight of attachment.csv, with `intercept` and `threshold`: how a place is tied to an event."""
    with (folder / "attachment.csv").open(encoding="utf-8", newline="") as file:
        found = {row["id"]: float(row["weight"]) for row in csv.DictReader(file)}
    for name in ("intercept", "threshold"):
        if name not in found:
            raise KnowledgeError(f"no {name}", table="attachment.csv")
    return found


def _load_words(folder: Path) -> Mapping[str, frozenset[str]]:
    """Class -> words of words.csv: what tells places from governments and from other words."""
    found: dict[str, set[str]] = {name: set() for name in CLASSES}
    with (folder / "words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["class"] not in found:
                raise KnowledgeError(f"unknown class {row['class']}", table="words.csv", row=row["id"])
            found[row["class"]].add(row["word"])
    return {name: frozenset(words) for name, words in found.items()}


def check_gazetteer(gazetteer: Gazetteer, tables: Path | None = None) -> list[Finding]:
    """What is wrong: ids that stand twice, rows without source, capitals that the packed file does not have."""
    findings: list[Finding] = []
    for table in ("words.csv", "attachment.csv", "regions.csv", "counties.csv", "areas.csv", "short_names.csv"):
        seen: set[str] = set()
        with ((tables if tables is not None else TABLES) / table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["id"] in seen:
                    findings.append(Finding("error", f"places/{table}", row["id"], "the id stands twice"))
                if not row["source"]:
                    findings.append(Finding("error", f"places/{table}", row["id"], "no source"))
                seen.add(row["id"])
    for code, name in _CAPITALS:
        if not any(entry.capital and entry.country == code for entry in gazetteer.named(name)):
            findings.append(Finding("error", FILE, code, f"{name} is not found as the capital"))
    return findings
