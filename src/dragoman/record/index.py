"""What makes a large record answer at once: a copy of its events in the order of time, and lists of who is in which.

In: the live files of a record. Out: one DuckDB file beside its merged tables, which is a cache: it is named after what
it was made of, may be deleted at any time, and answers are the same without it. Small records get none. Its tables:
`row`, the events from the last to the first, numbered by `n`; `key` and `posting`, the numbers of the events of each
actor, recipient, country, pair and outlet; `outlet`, what each outlet told of each event; `told`, the words of each
mention as they are compared.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from dragoman.record.filters import NAME, EventFilter, fold_sql, inlined, mention_conditions, where
from dragoman.record.parquet import keep, open_engine, quoted, scan, told_plainly
from dragoman.record.store import EVENTS, Manifest, clear

LEAST_MENTIONS = 100_000
NAMED = "asking"  # the index, in SQL and as the beginning of its file's name
_VERSION = 1
_FEW = 200_000  # events that can be held aside, to compare words in them alone
_DEAR = ("actor", "recipient", "dyad", "between", "speaker", "place")
_ALL = EventFilter(statements=True)
_BY_TIME = "date_start DESC NULLS LAST, id"


def index_path(folder: Path, manifest: Manifest) -> Path | None:
    """Where the index of a record is, if there is one; none where mentions came since they were merged."""
    merged = manifest.merged
    if merged is None or merged.shards != manifest.state():
        return None
    told = "".join([str(_VERSION), merged.shards, *(merged.files[table].sha256 for table in sorted(merged.files))])
    return folder / EVENTS / f"{NAMED}-{hashlib.sha256(told.encode()).hexdigest()[:12]}.duckdb"


def write_index(folder: Path, manifest: Manifest, work: Path, *, least: int = LEAST_MENTIONS) -> Path | None:
    """Make the index unless it is there; `work` is a folder for half-done files. None for a small record.

    Raises RecordError where a file is damaged or cannot be written.
    """
    path = index_path(folder, manifest)
    if path is None or manifest.rows("mentions") < least:
        _remove(folder, None)
        return None
    with told_plainly(path):
        if not path.exists():
            clear(work)
            (work / "spill").mkdir(parents=True)
            new = work / path.name
            with open_engine(work / "spill", threads=2) as engine:
                engine.execute(f"ATTACH {quoted(str(new))} AS {NAMED}")
                _fill(engine, folder, manifest)
                engine.execute(f"DETACH {NAMED}")
            keep(new)
            os.replace(new, path)
        _remove(folder, path)
    return path


def attached(engine: duckdb.DuckDBPyConnection, path: Path | None) -> bool:
    """Open the index for reading, as NAMED; False where there is none, or it is of no use."""
    if path is None or not path.exists():
        return False
    try:
        engine.execute(f"ATTACH {quoted(str(path))} AS {NAMED} (READ_ONLY)")
    except duckdb.Error:  # a cache that was cut short, or that another DuckDB wrote, is as good as none
        return False
    return True


def _remove(folder: Path, live: Path | None) -> None:
    for path in (folder / EVENTS).glob(f"{NAMED}-*"):
        if path != live:
            path.unlink(missing_ok=True)


def _fill(engine: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> None:
    events, event_mentions = (
        scan(table, manifest.merged_paths(folder, table)) for table in ("events", "event_mentions")
    )
    mentions = scan("mentions", manifest.paths(folder, "mentions"))
    told = f"""{event_mentions} AS one JOIN place ON place.id = one.event
        JOIN {mentions} AS own ON own.article = one.article AND own.ordinal = one.ordinal"""
    for table, query in (
        ("place", f"SELECT id, (row_number() OVER (ORDER BY {_BY_TIME}) - 1)::INTEGER AS n FROM {events}"),
        (f"{NAMED}.row", f"SELECT n, told.* FROM {events} AS told JOIN place USING (id) ORDER BY n"),
        (
            f"{NAMED}.told",
            f"SELECT n, {fold_sql('publisher')} AS outlet, {fold_sql('quote')} AS words FROM {told} ORDER BY n",
        ),
        (
            f"{NAMED}.outlet",
            f"""SELECT n, publisher, count(*)::INTEGER AS mentions,
            (count(DISTINCT one.article) FILTER (copy_of IS NULL))::INTEGER AS reports
            FROM {told} GROUP BY ALL ORDER BY n""",
        ),
    ):
        engine.execute(f"CREATE TABLE {table} AS {query}")
    engine.execute(f"CREATE TEMP TABLE named AS {' UNION ALL '.join(_lists())}")
    engine.execute(
        f"""CREATE TABLE {NAMED}.key AS SELECT key, (row_number() OVER (ORDER BY key))::INTEGER AS code, events FROM (
            SELECT key, count(*)::INTEGER AS events FROM named GROUP BY key) ORDER BY key"""
    )
    engine.execute(
        f"CREATE TABLE {NAMED}.posting AS SELECT code, n FROM named JOIN {NAMED}.key USING (key) ORDER BY code, n"
    )


def _lists() -> list[str]:
    """SQL for the keys of events: whom and what a filter may name."""
    who = {role: _who(role) for role in ("actor", "recipient")}
    actors, recipients, parties = _plain("actor"), _plain("recipient"), "string_split(coalesce(actor_parties, ''), '|')"
    on = f"flatten(list_transform({actors}, lambda x: list_transform({recipients}, lambda y: x || '>' || y)))"
    both = f"flatten(list_transform({actors}, lambda x: [x || '>' || y for y in {actors} if x <> y]))"
    twice = f"[x || '>' || x for x, i in {parties} if x <> '' AND list_position({parties}, x) <> i]"
    pairs = f"list_concat({on}, CASE WHEN coalesce(recipient_ids, '') = '' THEN list_concat({both}, {twice}) END)"
    countries = " || ".join(f"string_split(coalesce({role}_countries, ''), '|')" for role in who)
    lists = {"actor": who["actor"], "recipient": who["recipient"], "country": countries, "dyad": pairs}
    each = {name: f"unnest(list_distinct(list_filter({values}, lambda x: x <> '')))" for name, values in lists.items()}
    found = [f"SELECT '{name}:' || {values} AS key, n FROM {NAMED}.row" for name, values in each.items()]
    return [*found, f"SELECT DISTINCT 'outlet:' || outlet AS key, n FROM {NAMED}.told WHERE outlet IS NOT NULL"]


def _who(role: str) -> str:
    """Parties and ids of one side, as a filter may name them."""
    parties, ids = (f"string_split(coalesce({role}_{what}, ''), '|')" for what in ("parties", "ids"))
    return f"list_concat(list_filter({parties}, lambda x: NOT contains(x, ':')), {ids})"


def _plain(role: str) -> str:
    """Those of them that are no ids of persons or institutions, each once."""
    return f"list_distinct(list_filter({_who(role)}, lambda x: x <> '' AND NOT contains(x, ':')))"


def chosen_sql(engine: duckdb.DuckDBPyConnection, chosen: EventFilter) -> str:
    """SQL for the rows of `row` that a filter, its names resolved, lets through."""
    groups, rest = _split(chosen)
    conditions, least = [], _FEW
    for keys in groups:
        found = engine.execute(f"SELECT code, events FROM {NAMED}.key WHERE key IN ({', '.join(keys)})").fetchall()
        least = min(least, sum(events for _, events in found))
        codes = ", ".join(str(code) for code, _ in found) or "NULL"
        conditions.append(f"n IN (SELECT n FROM {NAMED}.posting WHERE code IN ({codes}))")
    near = " AND ".join([*conditions, inlined(*where(_cheap(rest)))])
    dear = [inlined(*where(_dear(rest)))] if _dear(rest) != _ALL else []
    told = mention_conditions(rest, publisher="outlet", quote="words")
    if told is not None:
        dear.append(_told(inlined(*told), conditions if least < _FEW else []))
    if not dear:
        return f"SELECT * FROM {NAMED}.row WHERE {near}"
    if least >= _FEW:
        return f"SELECT * FROM {NAMED}.row WHERE {' AND '.join([near, *dear])}"
    # What is dear to compare is looked at only where the rest holds.
    near = f"SELECT * FROM {NAMED}.row WHERE {near}"
    return f"(WITH near AS MATERIALIZED ({near}) SELECT * FROM near WHERE {' AND '.join(dear)})"


def _told(condition: str, near: Sequence[str]) -> str:
    if not near:
        return f"n IN (SELECT n FROM {NAMED}.told WHERE {condition})"
    close = f"SELECT * FROM {NAMED}.told WHERE {' AND '.join(near)}"
    return f"n IN (WITH close AS MATERIALIZED ({close}) SELECT n FROM close WHERE {condition})"


def _split(chosen: EventFilter) -> tuple[list[list[str]], EventFilter]:
    """Keys, as SQL, of which an event must have one of each group; and what they do not answer."""
    groups: list[list[str]] = []
    rest = chosen
    for field in ("actor", "recipient", "country"):
        values = getattr(chosen, field)
        if values and not any(each.startswith(NAME) for each in values):
            groups.append([quoted(f"{field}:{each}") for each in values])
            rest = _without(rest, field)
    for field in ("dyad", "between"):
        pairs = getattr(chosen, field)
        if pairs and not any(":" in each for pair in pairs for each in pair):
            either = [*pairs, *(pair[::-1] for pair in pairs)] if field == "between" else pairs
            groups.append([quoted(f"dyad:{one}>{other}") for one, other in either])
            rest = _without(rest, field)
    if chosen.outlet and not chosen.words:  # with words, one mention must fulfil both
        groups.append([f"'outlet:' || {fold_sql(quoted(each))}" for each in chosen.outlet])
        rest = _without(rest, "outlet")
    return groups, rest


def _dear(chosen: EventFilter) -> EventFilter:
    """The part that compares words of names."""
    values: dict[str, Any] = {field: getattr(chosen, field) for field in _DEAR}
    return replace(_ALL, **values)


def _cheap(chosen: EventFilter) -> EventFilter:
    """The other part, but for what is asked of mentions."""
    return _without(chosen, "outlet", "words", *_DEAR)


def _without(chosen: EventFilter, *fields: str) -> EventFilter:
    values: dict[str, Any] = dict.fromkeys(fields, ())
    return replace(chosen, **values)
