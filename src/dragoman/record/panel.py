"""Counts by unit and period, as panel studies need them. In: the merged tables of a record, a plan, a filter. Out: one
row a unit and period, also where nothing happened, with the number of articles read in that period.

An event counts in a period that holds the whole of its date; one whose date is wider stands in `..._too_wide` of the
period in which the date begins, (or the panel, where that is later), one without a date in `..._undated` of the period
in which it was first reported. Units are parties that are states: what a rebel group does is no act of its country,
but in units by sector. Of an event both sides are paired, and those who act together on nobody (a meeting) with one
another; parties of one side are no pair. The periods are those in which articles were published: outside of them a
count of none would mean nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import duckdb

from dragoman.errors import RecordError, UsageError
from dragoman.knowledge.actors import ActorTables
from dragoman.knowledge.codes import CodeTables
from dragoman.record.filters import EventFilter, fold_sql, happened, where
from dragoman.record.parquet import quoted, told_plainly

Unit = Literal["dyad", "directed-dyad", "country", "country-sector"]
Period = Literal["day", "week", "month", "quarter", "year"]
Pairs = Literal["all", "seen"]

MOST_ROWS = 50_000_000
_STEPS: Mapping[str, str] = MappingProxyType(
    {"day": "1 DAY", "week": "7 DAY", "month": "1 MONTH", "quarter": "3 MONTH", "year": "1 YEAR"}
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "day": "strftime(t, '%Y-%m-%d')",
        "week": "strftime(t, '%G-W%V')",
        "month": "strftime(t, '%Y-%m')",
        "quarter": "strftime(t, '%Y') || '-Q' || quarter(t)",
        "year": "strftime(t, '%Y')",
    }
)
_QUADS = ((1, "verbal_cooperation"), (2, "material_cooperation"), (3, "verbal_conflict"), (4, "material_conflict"))
_PAIRS = ("dyad", "directed-dyad")
WHOLE = "STATE"  # the sector of a state as a whole


@dataclass(frozen=True, slots=True)
class Plan:
    """What the panel counts, and in which cells."""

    unit: Unit = "dyad"
    period: Period = "month"
    by: Literal["quad", "category"] = "quad"
    countries: tuple[str, ...] = ()  # none given: those that occur
    pairs: Pairs = "all"  # or only those that occur together
    all_told: bool = False  # count what is planned, supposed, denied or long past too


@dataclass(frozen=True, slots=True)
class State:
    """A party that may be a unit: our code, that of ISO, the number in Correlates of War, and when it was a state."""

    code: str
    iso: str | None = None
    cow: int | None = None
    start: str | None = None  # days, both included
    end: str | None = None
    is_territory: bool = False  # a unit only where it is named


@dataclass(frozen=True, slots=True)
class PanelTold:
    """What a panel rests on: its size, and what did not go into it."""

    rows: int
    units: int
    periods: int
    first: str
    last: str
    articles: int
    copies: int
    events: int  # counted in a period
    too_wide: int
    undated: int
    outside: int  # dated before the first or after the last period
    undated_articles: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel that is ready to be read: `query` over tables that `engine` holds."""

    engine: duckdb.DuckDBPyConnection
    query: str
    columns: tuple[str, ...]
    told: PanelTold

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Its rows, by unit and then by period."""
        self.engine.execute(self.query)
        while rows := self.engine.fetchmany(10_000):
            yield from rows


def known_states(actors: ActorTables, codes: CodeTables) -> list[State]:
    """All states that the tables know, former ones and territories with codes of their own among them."""
    found = []
    for identity, entity in sorted(actors.entities.items()):
        own = codes.countries.get(identity)
        if own is not None and entity.kind in ("state", "former", "territory"):
            days = (_day(entity.start, None), _day(entity.end, None, end=True))
            found.append(State(identity, own.iso3, own.cow_number, *days, entity.kind == "territory"))
    return found


def panel(
    engine: duckdb.DuckDBPyConnection,
    plan: Plan,
    chosen: EventFilter,
    states: Sequence[State],
    categories: Sequence[str],
) -> Panel:
    """Count. `states` are all parties that may be units, `categories` the codes of events in their order.

    Raises RecordError where there is nothing to count, and UsageError where there would be too many rows.
    """
    unknown = [code for code in plan.countries if code not in {state.code for state in states}]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no state with a code of its own: write codes such as IND or USA")
    _codes(engine, states, plan)
    _periods(engine, plan, chosen)
    _events(engine, plan, chosen)
    _sides(engine, plan)
    engine.execute(_UNITS[plan.unit].format(together=_TOGETHER))
    _keys(engine, plan)
    told = _told(engine)
    if told.rows > MOST_ROWS:
        raise UsageError(
            f"this would be {told.rows:,} rows ({told.units:,} units in {told.periods:,} periods): "
            "name --countries, take --pairs seen, or a longer period"
        )
    counts = [*_counts(plan, categories), *_means(plan)]
    query = _query(plan, counts)
    columns = tuple(column[0] for column in engine.execute(f"DESCRIBE {query}").fetchall())
    return Panel(engine, query, columns, told)


def csv_lines(found: Panel) -> Iterator[str]:
    """The panel as CSV: empty where nothing is known."""
    yield ",".join(found.columns)
    for row in found.rows():
        yield ",".join("" if cell is None else str(cell) for cell in row)  # codes and numbers need no quotes


def json_lines(found: Panel) -> Iterator[str]:
    """The panel as JSON lines."""
    for row in found.rows():
        yield json.dumps(dict(zip(found.columns, row, strict=True)), default=str, separators=(",", ":"))


def write_parquet(found: Panel, path: Path) -> None:
    """The panel as a Parquet file, which appears when it is whole."""
    part = path.with_name(path.name + ".part")
    with told_plainly(path):
        found.engine.execute(f"COPY ({found.query}) TO {quoted(str(part))} (FORMAT parquet, COMPRESSION zstd)")
        os.replace(part, path)


def _codes(engine: duckdb.DuckDBPyConnection, states: Sequence[State], plan: Plan) -> None:
    kept = [each for each in states if each.code in plan.countries or not (plan.countries or each.is_territory)]
    engine.execute(
        """CREATE OR REPLACE TEMP TABLE states AS SELECT unnest($codes) AS code, unnest($iso) AS iso,
        unnest($cow) AS cow, unnest($starts)::DATE AS since, unnest($ends)::DATE AS until""",
        {
            "codes": [state.code for state in kept],
            "iso": [state.iso for state in kept],
            "cow": [state.cow for state in kept],
            "starts": [state.start or "0001-01-01" for state in kept],
            "ends": [state.end or "9999-12-31" for state in kept],
        },
    )


def _periods(engine: duckdb.DuckDBPyConnection, plan: Plan, chosen: EventFilter) -> None:
    """The periods with their articles: from the first article to the last, or from `since` to `until`."""
    outlets = {f"o{number}": outlet for number, outlet in enumerate(chosen.outlet)}
    of_outlets = " OR ".join(f"{fold_sql('publisher')} = {fold_sql(f'${name}')}" for name in outlets)
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE coverage AS
        SELECT t, count(*) FILTER (NOT copied) AS articles, count(*) FILTER (copied) AS copies FROM (
            SELECT date_trunc('{plan.period}', try_cast(published[1:10] AS DATE))::DATE AS t,
                id IN (SELECT article FROM copies) AS copied
            FROM articles WHERE ({of_outlets or "true"})
                AND id NOT IN (SELECT article FROM rejects WHERE article IS NOT NULL)
        ) GROUP BY t""",
        outlets,
    )
    first, last = engine.execute("SELECT min(t), max(t) FROM coverage").fetchall()[0]
    first, last = _day(chosen.since, first), _day(chosen.until, last, end=True)
    if first is None or last is None:
        raise RecordError("no article has a day of publication: say which time is meant, with --since and --until")
    if first > last:
        raise UsageError(f"the time from {first} to {last} holds no day")
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE periods AS
        SELECT t, {_LABELS[plan.period]} AS period, (t + INTERVAL {_STEPS[plan.period]} - INTERVAL 1 DAY)::DATE AS last
        FROM (SELECT unnest(generate_series(date_trunc('{plan.period}', $first::DATE), $last::DATE,
            INTERVAL {_STEPS[plan.period]}))::DATE AS t)""",
        {"first": str(first), "last": str(last)},
    )


def _day(text: str | None, otherwise: Any, *, end: bool = False) -> Any:
    """A day as text; of a month or year the first or the last."""
    if text is None:
        return None if otherwise is None else str(otherwise)
    return (text + ("-12-28" if end else "-01-01")[len(text) - 4 :])[:10]


def _events(engine: duckdb.DuckDBPyConnection, plan: Plan, chosen: EventFilter) -> None:
    """The events that are asked for, each with the period that it falls into, if one holds it."""
    wanted = chosen if plan.all_told else happened(chosen)
    condition, values = where(replace(wanted, since=None, until=None), "events")
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE told AS
        SELECT id, mentions, event, quad, score, actor_parties, recipient_parties, recipient_ids, actor_countries,
            recipient_countries, actor_sectors, recipient_sectors,
            CASE WHEN first IS NULL THEN 'undated' WHEN first = last THEN 'held' ELSE 'too_wide' END AS fits,
            CASE WHEN first IS NULL THEN date_trunc('{plan.period}', try_cast(first_published[1:10] AS DATE))::DATE
                WHEN last >= (SELECT min(t) FROM periods) THEN greatest(first, (SELECT min(t) FROM periods))
                ELSE first END AS t
        FROM (SELECT *, date_trunc('{plan.period}', try_cast(date_start AS DATE))::DATE AS first,
            date_trunc('{plan.period}', try_cast(date_end AS DATE))::DATE AS last FROM events WHERE {condition})""",
        values,
    )


def _sides(engine: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Who acts and who is acted on, one row an event, side and unit."""
    parties, joined = ("countries", "code, sector") if plan.unit == "country-sector" else ("parties", "code")
    parts = []
    for role in ("actor", "recipient"):
        sectors = f", unnest(string_split({role}_sectors, '|')) AS sector" if "sector" in joined else ""
        parts.append(
            f"SELECT id, '{role}' AS side, unnest(string_split({role}_{parties}, '|')) AS code{sectors} FROM told"
        )
    chosen = joined.replace("sector", f"coalesce(nullif(sector, ''), '{WHOLE}') AS sector")
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE sides AS SELECT DISTINCT id, side, {chosen}
        FROM ({" UNION ALL ".join(parts)}) WHERE code IN (SELECT code FROM states)"""
    )


_TOGETHER = """
    SELECT a.id, a.code AS a, b.code AS b FROM sides a JOIN sides b ON a.id = b.id AND a.code <> b.code
    WHERE a.side = 'actor' AND b.side = 'recipient'
    UNION SELECT a.id, a.code, b.code FROM sides a JOIN sides b ON a.id = b.id AND a.code <> b.code
    WHERE a.side = 'actor' AND b.side = 'actor'
    AND a.id IN (SELECT id FROM told WHERE coalesce(recipient_ids, '') = '')"""
# Unit -> one row an event and unit (k1, k2), with the sides on which the unit stands.
_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "dyad": "CREATE OR REPLACE TEMP TABLE cells AS SELECT DISTINCT id, least(a, b) AS k1, greatest(a, b) AS k2, "
        "true AS acts, true AS gets FROM ({together})",
        "directed-dyad": "CREATE OR REPLACE TEMP TABLE cells AS SELECT id, a AS k1, b AS k2, "
        "true AS acts, true AS gets FROM ({together})",
        "country": "CREATE OR REPLACE TEMP TABLE cells AS SELECT id, code AS k1, '' AS k2, "
        "bool_or(side = 'actor') AS acts, bool_or(side = 'recipient') AS gets FROM sides GROUP BY ALL",
        "country-sector": "CREATE OR REPLACE TEMP TABLE cells AS SELECT id, code AS k1, sector AS k2, "
        "bool_or(side = 'actor') AS acts, bool_or(side = 'recipient') AS gets FROM sides GROUP BY ALL",
    }
)


def _keys(engine: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """All units of the panel."""
    seen = "SELECT DISTINCT k1, k2 FROM cells JOIN told USING (id) WHERE t IN (SELECT t FROM periods)"
    codes = (
        "SELECT DISTINCT code FROM states"
        if plan.countries
        else "SELECT DISTINCT code FROM sides JOIN told USING (id) WHERE t IN (SELECT t FROM periods)"
    )
    if plan.unit in _PAIRS and plan.pairs == "all":
        sign = "<" if plan.unit == "dyad" else "<>"
        pairs = f"SELECT a.code AS k1, b.code AS k2 FROM codes a JOIN codes b ON a.code {sign} b.code"
        seen = f"WITH codes AS ({codes}) {pairs}"
    elif plan.unit == "country":
        seen = f"SELECT code AS k1, '' AS k2 FROM ({codes})"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE keys AS {seen}")


def _told(engine: duckdb.DuckDBPyConnection) -> PanelTold:
    def one(query: str) -> tuple[Any, ...]:
        return engine.execute(query).fetchall()[0]

    (units,) = one("SELECT count(*) FROM keys")
    periods, first, last = one("SELECT count(*), min(t)::VARCHAR, max(last)::VARCHAR FROM periods")
    articles, copies = one(
        "SELECT coalesce(sum(articles), 0), coalesce(sum(copies), 0) FROM coverage WHERE t IN (SELECT t FROM periods)"
    )
    (undated_articles,) = one("SELECT coalesce(sum(articles + copies), 0) FROM coverage WHERE t IS NULL")
    if units == 0:
        raise RecordError("no such events between states: there is nothing to count")
    kinds = dict(
        engine.execute(
            """SELECT CASE WHEN t IS NULL OR t NOT IN (SELECT t FROM periods) THEN 'outside' ELSE fits END, count(*)
            FROM told WHERE id IN (SELECT id FROM cells) GROUP BY ALL"""
        ).fetchall()
    )
    counts = [int(kinds.get(name, 0)) for name in ("held", "too_wide", "undated", "outside")]
    numbers = (int(articles), int(copies), *counts, int(undated_articles))
    return PanelTold(units * periods, units, periods, first, last, *numbers)


def _counts(plan: Plan, categories: Sequence[str]) -> Iterator[str]:
    kinds = [("", "true")]
    if plan.by == "quad":
        kinds += [(f"_{name}", f"quad = {number}") for number, name in _QUADS]
    else:
        kinds += [(f"_{code.lower()}", f"event = '{code}'") for code in categories]
    if plan.unit.startswith("country"):
        kinds += [("_as_actor", "acts"), ("_as_recipient", "gets")]
    for name, test in kinds:
        yield f"count(*) FILTER (fits = 'held' AND {test}) AS events{name}"
        yield f"coalesce(sum(mentions) FILTER (fits = 'held' AND {test}), 0)::BIGINT AS mentions{name}"


def _means(plan: Plan) -> Iterator[str]:
    yield "round(avg(score) FILTER (fits = 'held'), 6) AS score_mean"
    weighted = (
        "sum(score * mentions) FILTER (fits = 'held') / sum(mentions) FILTER (fits = 'held' AND score IS NOT NULL)"
    )
    yield f"round({weighted}, 6) AS score_mean_of_mentions"
    for kind in ("too_wide", "undated"):
        yield f"count(*) FILTER (fits = '{kind}') AS events_{kind}"
        yield f"coalesce(sum(mentions) FILTER (fits = '{kind}'), 0)::BIGINT AS mentions_{kind}"


def _query(plan: Plan, counts: Sequence[str]) -> str:
    names = [count.rpartition(" AS ")[2] for count in counts]
    filled = ", ".join(name if name.startswith("score") else f"coalesce(n.{name}, 0) AS {name}" for name in names)
    if plan.unit == "dyad":
        # The numbering of Correlates of War has the smaller number first, whichever the order of the letters.
        number = "CASE WHEN a.cow < b.cow THEN a.cow * 1000 + b.cow ELSE b.cow * 1000 + a.cow END"
    else:
        number = "a.cow * 1000 + b.cow"
    if plan.unit in _PAIRS:
        keys = "k.k1 || '-' || k.k2 AS dyad, a.iso AS iso_a, a.cow AS cow_a, b.iso AS iso_b, b.cow AS cow_b, "
        keys += f"({number})::INTEGER AS cow_dyad"
    else:
        keys = "k.k1 AS country, a.iso AS iso, a.cow AS cow" + (
            ", k.k2 AS sector" if plan.unit == "country-sector" else ""
        )
    return f"""
        WITH counts AS (SELECT k1, k2, t, {", ".join(counts)} FROM cells JOIN told USING (id) GROUP BY k1, k2, t)
        SELECT {keys}, p.period, p.t AS first_day, p.last AS last_day,
            coalesce(c.articles, 0) AS articles, coalesce(c.copies, 0) AS copies, {filled}
        FROM keys k CROSS JOIN periods p LEFT JOIN counts n ON n.k1 = k.k1 AND n.k2 = k.k2 AND n.t = p.t
        LEFT JOIN coverage c ON c.t = p.t
        LEFT JOIN states a ON a.code = k.k1
        LEFT JOIN states b ON {"b.code = k.k2" if plan.unit in _PAIRS else "false"}
        WHERE n.k1 IS NOT NULL OR (p.t <= least(a.until, b.until) AND p.last >= greatest(a.since, b.since))
        ORDER BY k.k1, k.k2, p.t"""
