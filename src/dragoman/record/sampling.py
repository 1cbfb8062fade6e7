"""A stratified sample for hand-coding. In: the tables of a record, a design, a filter. Out: the rows of a form, each
with the chance that it had of being drawn.

Strata are cut before the draw. Within each, every case has the same chance: cases are ordered by a hash of the seed
and their id, and the first are taken, so that the same record, design and seed give the same sample on any machine. It
says how right the coding is of what was found (precision), not what was missed: for that, see `evaluation`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import duckdb

from dragoman.errors import RecordError, UsageError
from dragoman.record.coding_form import Drawn, FormRow, form_rows
from dragoman.record.filters import EventFilter, where

Unit = Literal["mentions", "events"]
Allocation = Literal["proportional", "equal"]
Key = tuple[str, ...]

_LONGEST_VALUE = 80
OTHER = "(other)"
NONE = "(none)"
# What a sample can be cut by, and the SQL for it.
STRATA: Mapping[str, str] = MappingProxyType(
    {
        "category": "event",
        "quad": "quad::VARCHAR",
        "mode": "modes",
        "status": "status",
        "outlet": "publisher",
        "year": "date_start[1:4]",
        "month": "date_start[1:7]",
        "country": "string_split(actor_countries, '|')[1]",
        "place": "place_country",
        "confidence": "format('{:.1f}-{:.1f}', least(floor(confidence * 10), 9) / 10, "
        "least(floor(confidence * 10), 9) / 10 + 0.1)",
    }
)
_LEAST = 2  # cases of a stratum, so that its variance shows
_ON_AVERAGE = 4  # or all strata would have the least, however large


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample is drawn."""

    size: int = 200
    by: tuple[str, ...] = ("category",)
    seed: int = 1
    unit: Unit = "mentions"
    allocation: Allocation = "proportional"


def draw(engine: duckdb.DuckDBPyConnection, design: Design, chosen: EventFilter) -> Iterator[FormRow]:
    """The rows of the form, in an order that tells nothing. Raises UsageError; RecordError where there is nothing."""
    unknown = [name for name in design.by if name not in STRATA]
    if unknown:
        raise UsageError(f"--by {unknown[0]!r} is none of {', '.join(STRATA)}")
    condition, values = where(chosen, design.unit)
    columns = ", ".join(f"coalesce(nullif({STRATA[name]}, ''), '{NONE}') AS s{n}" for n, name in enumerate(design.by))
    source = f"SELECT id, {columns or '0 AS s0'} FROM {design.unit} WHERE {condition}"
    cut = ", ".join(f"s{n}" for n in range(len(design.by)))
    counted = engine.execute(f"SELECT {cut or 's0'}, count(*) FROM ({source}) GROUP BY ALL ORDER BY ALL", values)
    sizes = {tuple(str(each) for each in row[:-1])[: len(design.by)]: int(row[-1]) for row in counted.fetchall()}
    if not sizes:
        raise RecordError(f"there are no {design.unit} of this kind: nothing can be drawn")
    names = _named(pooled(sizes, design.size), design.by)
    strata = _strata(sizes, names, design)
    tag = _tag(design, chosen, strata)
    taken = _taken(engine, source, values, names, strata, design)
    return form_rows(engine, design.unit, tag, taken)


def pooled(sizes: Mapping[Key, int], cases: int) -> dict[Key, Key]:
    """Each stratum with the one it goes into, so that so many cases are enough for all.

    The smallest lose what they are cut by last, until each can have four cases on average; two are enough for what is
    asked for first, so that small categories keep their names.
    """
    into = {key: key for key in sizes}
    length = max((len(key) for key in sizes), default=0)
    for place in reversed(range(length)):
        totals = Counter[Key]()
        for key, target in into.items():
            totals[target] += sizes[key]
        most = cases // (_ON_AVERAGE if place else _LEAST)
        left = set(totals)
        moved: dict[Key, Key] = {}
        for target in sorted(totals, key=lambda each: (totals[each], each)):
            if len(left) <= max(1, most):
                break
            wider = (*target[:place], *(OTHER,) * (length - place))
            moved[target] = wider
            left.discard(target)
            left.add(wider)
        into = {key: moved.get(target, target) for key, target in into.items()}
    return into


def allocated(populations: Sequence[int], size: int, allocation: Allocation) -> list[int]:
    """How many cases each stratum gives: in proportion or evenly, at least two, at most all."""
    if size >= sum(populations):
        return list(populations)
    weights = [float(each) if allocation == "proportional" else 1.0 for each in populations]
    bounds = [(min(_LEAST, each), each) for each in populations]

    def at(level: float) -> list[float]:
        return [min(most, max(least, level * weight)) for weight, (least, most) in zip(weights, bounds, strict=True)]

    low, high = 0.0, float(max(populations))
    for _ in range(200):  # halved until it no longer changes
        middle = (low + high) / 2
        low, high = (middle, high) if sum(at(middle)) < size else (low, middle)
    wanted = at(low)
    given = [int(each) for each in wanted]
    order = sorted(range(len(given)), key=lambda n: (given[n] - wanted[n], n))
    while sum(given) < size:
        for number in order:
            if sum(given) < size and given[number] < bounds[number][1]:
                given[number] += 1
    return given


def _named(into: Mapping[Key, Key], by: Sequence[str]) -> dict[Key, str]:
    """Names that a spreadsheet leaves as they are; values that are written alike go together."""
    return {
        key: "; ".join(f"{name}={_plain(value)}" for name, value in zip(by, target, strict=True)) or "all"
        for key, target in into.items()
    }


def _plain(value: str) -> str:
    return " ".join(value.replace(";", ",").split())[:_LONGEST_VALUE]


def _strata(sizes: Mapping[Key, int], names: Mapping[Key, str], design: Design) -> list[Drawn]:
    totals = Counter[str]()
    for key, size in sizes.items():
        totals[names[key]] += size
    ordered = sorted(totals)
    given = allocated([totals[name] for name in ordered], design.size, design.allocation)
    return [Drawn(name, totals[name], taken) for name, taken in zip(ordered, given, strict=True)]


def _tag(design: Design, chosen: EventFilter, strata: Sequence[Drawn]) -> str:
    """What tells this sample from others, with how many cases were drawn and how many there are."""
    told = hashlib.sha256(repr((design, chosen, strata)).encode()).hexdigest()[:12]
    return f"s-{sum(each.taken for each in strata)}-{sum(each.population for each in strata)}-{told}"


def _taken(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    values: Mapping[str, Any],
    names: Mapping[Key, str],
    strata: Sequence[Drawn],
    design: Design,
) -> list[tuple[str, Drawn]]:
    """Ids with their strata, shuffled."""
    by_name = {each.name: each for each in strata}
    given: dict[str, Any] = {"sown": f"{design.seed}:"}
    tests = []
    keys = list(names)
    for number in range(len(design.by)):
        given[f"k{number}"] = [key[number] for key in keys]
        tests.append(f"s{number} = k{number}")
    given["names"] = [names[key] for key in keys]
    given["takes"] = [by_name[names[key]].taken for key in keys]
    unnested = ", ".join(f"unnest(${name}) AS {name}" for name in given if name != "sown")
    query = f"""
        WITH cases AS ({source}), strata AS (SELECT {unnested})
        SELECT id, names FROM cases JOIN strata ON {" AND ".join(tests) or "true"}
        QUALIFY row_number() OVER (PARTITION BY names ORDER BY md5($sown || id), id) <= takes
        ORDER BY md5($sown || 'shown' || id), id"""
    return [(row[0], by_name[row[1]]) for row in engine.execute(query, {**values, **given}).fetchall()]
