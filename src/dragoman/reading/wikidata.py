"""What the Wikidata Query Service gives -> rows of a user's table of actors (docs/own-actors.md has the query).

In: a result as CSV, as JSON with bindings, or as plain JSON objects, with the variables `item`, `itemLabel` and, where
known, `altLabels` (joined by |), `kind`, `iso3`, `sector`, `positionLabel`, `start`, `end`, `startPrecision`,
`endPrecision`. Out: rows of the columns of `own_actors.COLUMNS`, and rejects for what makes none. Rows that differ in
spellings only become one. It asks no server and does not judge what the result says.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import UsageError
from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.offices import load_offices
from dragoman.knowledge.ontology import load_ontology
from dragoman.knowledge.own_actors import COLUMNS, KINDS, checked, office_of_label
from dragoman.reading.rejects import Reject

_STAGE = "wikidata"
_MOMENT = re.compile(r"\+?(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?")
_ITEM = re.compile(r"Q\d+")
_PARTS_OF_PRECISION = {"9": 1, "10": 2, "11": 3}  # year, month, day, as Wikidata counts


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One row of the table to be: the columns with their cells."""

    cells: Mapping[str, str]


def read_wikidata(path: Path, *, kind: str = "person", sector: str | None = None) -> Iterator[OwnRow | Reject]:
    """The rows of a result, in its order. `kind` and `sector` stand in where it has none. Raises UsageError."""
    if kind not in KINDS:
        raise UsageError(f"--kind {kind!r} is none of {', '.join(KINDS)}")
    actors, offices, sectors = load_actors(), load_offices(), load_ontology().sectors
    if sector is not None and sector not in sectors:
        raise UsageError(f"--sector {sector!r} is none of PLOVER's: {', '.join(sorted(sectors))}")
    merged: dict[tuple[str, ...], dict[str, str]] = {}
    rejects: list[Reject] = []
    for number, values in enumerate(_results(path), 1):
        cells, office = _cells(values, kind, sector), values.get("positionLabel", "")
        try:
            if not cells["name"] or _ITEM.fullmatch(cells["name"]):
                raise UsageError("it has no itemLabel (Wikidata has no name in the language asked for)")
            row = checked(cells, f"{path.name}:{number}", actors, frozenset(sectors))
        except UsageError as error:
            rejects.append(Reject(str(path), number, _STAGE, str(error)))
            continue
        if office:
            cells["office"] = office_of_label(office, row.party, actors, offices) or office
        key = tuple(cells[column] for column in COLUMNS if column != "variants")
        known = merged.setdefault(key, cells)
        known["variants"] = "|".join(dict.fromkeys(filter(None, [*known["variants"].split("|"), *row.variants])))
    yield from map(OwnRow, merged.values())
    yield from rejects


def _cells(values: Mapping[str, str], kind: str, sector: str | None) -> dict[str, str]:
    """One result in our columns; the office is settled once country and party are checked."""
    item = values.get("item", "").rsplit("/", 1)[-1]
    return {
        "name": values.get("itemLabel", ""),
        "variants": values.get("altLabels", ""),
        "kind": values.get("kind") or kind,
        "party": values.get("party", ""),
        "country": values.get("iso3", ""),
        "sector": values.get("sector") or sector or "",
        "office": "",
        "start": _day(values.get("start", ""), values.get("startPrecision", "")),
        "end": _day(values.get("end", ""), values.get("endPrecision", "")),
        "wikidata": item if _ITEM.fullmatch(item) else "",
    }


def _day(moment: str, precision: str) -> str:
    """An ISO day no finer than known; empty for "unknown value", which stands as a blank node."""
    match = _MOMENT.fullmatch(moment)
    if match is None:
        return ""
    parts = [part for part in match.groups() if part and part != "00"]
    return "-".join(parts[: _PARTS_OF_PRECISION.get(precision, 3)])


def _results(path: Path) -> Iterator[dict[str, str]]:
    """The result's rows as variables with plain values, whichever of the three forms it has."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8") from error
    if text.lstrip()[:1] in ("{", "["):
        yield from _of_json(text, path)
        return
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if "itemLabel" not in (reader.fieldnames or ()):
        raise UsageError(f"{path}: has no column itemLabel: is it a result of the documented query?")
    for row in reader:
        yield {name: " ".join((value or "").split()) for name, value in row.items() if isinstance(name, str)}


def _of_json(text: str, path: Path) -> Iterator[dict[str, str]]:
    try:
        values = json.loads(text)
        rows = values if isinstance(values, list) else values["results"]["bindings"]
        found = [{name: _plain(value) for name, value in row.items()} for row in rows]
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}: is not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: is JSON, but no result of the Wikidata Query Service") from error
    yield from found


def _plain(value: object) -> str:
    """The value of a binding, or a plain one."""
    if isinstance(value, dict):
        value = "" if value.get("type") == "bnode" else value.get("value", "")
    return " ".join(str(value).split()) if value is not None else ""


def own_table_lines(rows: Iterable[OwnRow]) -> Iterator[str]:
    """The table as CSV, a header first."""
    for cells in ({column: column for column in COLUMNS}, *(row.cells for row in rows)):
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow([cells[column] for column in COLUMNS])
        yield out.getvalue()
