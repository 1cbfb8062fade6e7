"""Values as cells of text: on one line, free of control characters, a lost value empty. In: values. Out: strings.

Several values of one column come joined by "|" and are parted here; a bar inside a value was replaced when stored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER_DIGITS = 13  # 52 bits: every program that keeps numbers as doubles keeps them whole
QUADS = ("STATEMENT", "VERBAL COOPERATION", "MATERIAL COOPERATION", "VERBAL CONFLICT", "MATERIAL CONFLICT")


def one_line(text: str) -> str:
    """Without line ends, tabs, NUL and the other characters that R and spreadsheets refuse."""
    return " ".join(_CONTROL.sub(" ", text).split()) if _CONTROL.search(text) or "  " in text else text.strip()


def cell(value: object) -> str:
    """A value as it stands in CSV and TSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return one_line(value)
    return str(value)


def parted(joined: str | None) -> list[str]:
    """The values of a column that holds several; none and an empty one are told apart where the record does."""
    return [] if joined is None else joined.split("|")


def codes(joined: str | None) -> list[str]:
    """The codes of a column that holds several, without empty ones."""
    return [code for code in parted(joined) if code]


def listed(values: Iterable[object]) -> str:
    """Values as POLECAT lists them."""
    return "; ".join(dict.fromkeys(text for value in values if (text := cell(value))))


def number_of(identity: str, place: int = 0) -> int:
    """A whole number that stands for a hexadecimal id, the same in every export; `place` tells apart rows of one id."""
    digits = identity if place == 0 else hashlib.sha256(f"{identity}|{place}".encode()).hexdigest()
    return int(digits[:_NUMBER_DIGITS], 16)


def parties(row: Mapping[str, Any], role: str) -> list[dict[str, str | None]]:
    """The parties of one role: name, id, party, country, sector, text; office and Wikidata id if they are told."""
    found: dict[str, Any] = {
        name: parted(row[f"{role}_{column}"])
        for name, column in (
            ("name", "names"),
            ("id", "ids"),
            ("party", "parties"),
            ("country", "countries"),
            ("sector", "sectors"),
            ("text", "texts"),
        )
    }
    known = {each["id"]: each for each in row.get(f"{role}_evidence") or ()}
    told = []
    for number, identity in enumerate(found["id"]):
        party: dict[str, str | None] = {
            name: values[number] or None if number < len(values) else None for name, values in found.items()
        }
        more = known.get(identity, {})
        told.append({**party, "office": more.get("office"), "wikidata": more.get("wikidata")})
    return told
