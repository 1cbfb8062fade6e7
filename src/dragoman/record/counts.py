"""Counting events, mentions and reports side by side, by period and by what an event has. In: SQL of the events that
are counted. Out: SQL of a table with a row a value.

`events` counts happenings, `mentions` all that tells of them, `reports` what tells of them and copies no other article;
a report that tells of two events counts for each. They are never added up to one another. An event with several actors
counts once under each of them, so that rows may add up to more than the total; one without stands under null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from dragoman.errors import UsageError
from dragoman.record.filters import Unit, period_sql

UNITS: tuple[Unit, ...] = get_args(Unit)
FACETS = (
    "category", "actor_country", "recipient_country", "sector", "mode", "context", "status", "place", "outlet",
)  # fmt: skip
OUTLET = "outlet"
_COUNTED = ("events", "mentions", "reports")
_TOTALS = ", ".join(f"coalesce(sum({each}), 0)::BIGINT AS {each}" for each in _COUNTED)


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a field, with how many events have it, and how many mentions and reports tell of those."""

    value: str | None
    events: int
    mentions: int
    reports: int


@dataclass(frozen=True, slots=True)
class _Field:
    """The columns that a field is made of, and SQL for the list of its values, each once."""

    columns: tuple[str, ...]
    values: str


def _split(*columns: str) -> str:
    """The values that columns join by bars, each once."""
    lists = [f"string_split(coalesce({column}, ''), '|')" for column in columns]
    joined = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
    return f"list_distinct(list_filter({joined}, lambda x: x <> ''))"


def _each(column: str) -> str:
    return f"list_filter(string_split(coalesce({column}, ''), '|'), lambda x: x <> '')"


def _pairs(sign: str, *, sorted_: bool) -> str:
    """Who acts on whom; of an act done together and on nobody, each of them with each other."""
    pair = f"least(x, y) || '{sign}' || greatest(x, y)" if sorted_ else f"x || '{sign}' || y"
    inner = "list_transform({others}, lambda y, j: CASE WHEN {test} THEN {pair} END)"
    on = inner.format(others=_each("recipient_parties"), test="true", pair=pair)
    both = inner.format(others=_each("actor_parties"), test="i <> j", pair=pair)
    chosen = f"CASE WHEN coalesce(recipient_ids, '') = '' THEN {both} ELSE {on} END"
    found = f"flatten(list_transform({_each('actor_parties')}, lambda x, i: {chosen}))"
    return f"list_distinct(list_filter({found}, lambda p: p IS NOT NULL))"


def _field(*columns: str) -> _Field:
    return _Field(columns, _split(*columns))


_PARTIES = ("actor_parties", "recipient_parties", "recipient_ids")
FIELDS: Mapping[str, _Field] = MappingProxyType(
    {
        "actor": _field("actor_parties"),
        "recipient": _field("recipient_parties"),
        "dyad": _Field(_PARTIES, _pairs(">", sorted_=False)),
        "between": _Field(_PARTIES, _pairs("|", sorted_=True)),
        "actor_country": _field("actor_countries"),
        "recipient_country": _field("recipient_countries"),
        "country": _field("actor_countries", "recipient_countries"),
        "sector": _field("actor_sectors", "recipient_sectors"),
        "category": _field("event"),
        "quad": _Field(("quad",), "[quad::VARCHAR]"),
        "mode": _field("modes"),
        "context": _field("contexts"),
        "status": _field("status"),
        "place": _field("place_country"),
        "speaker": _field("speakers"),
        OUTLET: _Field(("outlet",), "[outlet]"),
    }
)


def by_what(by: str | Sequence[str]) -> tuple[str, ...]:
    """The units and fields to count by, checked. Raises UsageError for what is none."""
    wanted = tuple(dict.fromkeys([by] if isinstance(by, str) else by))
    for name in wanted:
        if name not in UNITS and name not in FIELDS:
            raise UsageError(f"{name!r} is nothing to count by: it is one of {', '.join((*UNITS, *FIELDS))}")
    return wanted


def counts_sql(events: str, by: Sequence[str], outlets: str, key: str = "id") -> str:
    """SQL for the counts of the events of a query. `outlets`: SQL for what each outlet told of each event by its `key`.

    Where a period is counted by, rows are in its order; else the most frequent come first.
    """
    periods = [f"{period_sql(unit)} AS {unit}" for unit in UNITS if unit in by]
    columns = sorted({column for name in by if name in FIELDS for column in FIELDS[name].columns})
    if OUTLET in by:
        events = (
            "SELECT told.* EXCLUDE (mentions, reports), own.publisher AS outlet, own.mentions, own.reports "
            f"FROM ({events}) AS told JOIN ({outlets}) AS own USING ({key})"
        )
    # Rows with equal columns first become one: there are few of these, and taking apart their values costs.
    asked = ", ".join(
        [*periods, *columns, "count(*) AS events", "sum(mentions) AS mentions", "sum(reports) AS reports"]
    )
    query = f"SELECT {asked} FROM ({events}){' GROUP BY ALL' if by else ''}"
    for name in by:
        if name in FIELDS:
            values = f"CASE WHEN len({FIELDS[name].values}) = 0 THEN [NULL] ELSE {FIELDS[name].values} END"
            query = f"SELECT *, unnest({values}) AS by_{name} FROM ({query})"
    names = [f"{name if name in UNITS else f'by_{name}'} AS {name}" for name in by]
    order = [*(unit for unit in by if unit in UNITS), "events DESC", *(name for name in by if name in FIELDS)]
    ordered = ", ".join(f"{each} NULLS LAST" for each in order)
    return f"SELECT {', '.join([*names, _TOTALS])} FROM ({query}) {'GROUP BY ALL' if by else ''} ORDER BY {ordered}"


def columns_for(by: Sequence[str]) -> tuple[str, ...]:
    """The columns of events that are read to count by these."""
    periods = ("date_start", "date_granularity") if set(by) & set(UNITS) else ()
    fields = [column for name in by if name in FIELDS for column in FIELDS[name].columns if column != OUTLET]
    return tuple(dict.fromkeys(("mentions", "reports", *periods, *fields)))


def facets_sql(
    events: str, fields: Sequence[str], top: int, outlets: str, key: str = "id", *, once: bool = True
) -> str:
    """SQL for the most frequent values of each field: field, value, counts; in the order of the fields.

    `once`: the events are read once for all fields, which costs where they lie side by side.
    """
    parts = [
        f"(SELECT {number} AS number, '{name}' AS field, {name} AS value, events, mentions, reports "
        f"FROM ({counts_sql('SELECT * FROM chosen', [name], outlets, key)}) WHERE {name} IS NOT NULL LIMIT {top})"
        for number, name in enumerate(fields)
    ]
    chosen = f"SELECT {', '.join((key, *columns_for(fields)))} FROM ({events})"
    held, order = "MATERIALIZED" if once else "NOT MATERIALIZED", "ORDER BY number, events DESC, value"
    return f"WITH chosen AS {held} ({chosen}) SELECT * EXCLUDE number FROM ({' UNION ALL '.join(parts)}) {order}"
