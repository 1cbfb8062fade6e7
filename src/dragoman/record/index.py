"""What makes a large record answer at once: a copy of its events in the order of time, and lists of who is in which.

In: the live files of a record. Out: one DuckDB file beside its merged tables, which is a cache: it is named after what
it was made of, may be deleted at any time, and answers are the same without it. Small records get none. Its tables:
`row`, the events from the last to the first, numbered by `n`; `key` and `near`, the events of each actor, recipient,
country and pair, with the columns that are counted, side by side, so that they are read alone; `outlet`, what each
outlet told of each event; `told`, the mentions in the order of their events, with their words as they are compared;
`word` and `said`, the mentions of each word.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from dragoman.record.filters import NAME, EventFilter, fold_sql, inlined, phrases_of, where
from dragoman.record.parquet import keep, open_engine, quoted, scan, told_plainly
from dragoman.record.store import EVENTS, Manifest, clear

LEAST_MENTIONS = 100_000
NAMED = "asking"  # the index, in SQL and as the beginning of its file's name
_VERSION = 3
_FEW = 200_000  # events that can be held aside, to compare words in them alone
_SIDES = 4  # codes of which the events are put together
# What is counted, and what cheap conditions read.
COUNTED = (
    *("event", "quad", "modes", "contexts", "status", "negated", "historical", "date_start", "date_granularity"),
    *("confidence", "actor_parties", "recipient_parties", "actor_countries", "recipient_countries"),
    *("actor_sectors", "recipient_sectors", "place_country", "mentions", "reports"),
)
_DEAR = ("actor", "recipient", "dyad", "between", "speaker", "place")
_ALL = EventFilter(statements=True)
_BY_TIME = "date_start DESC NULLS LAST, id"


def index_path(folder: Path, manifest: Manifest) -> Path | None:
    """Where the index of a record is, if there is one; none where mentions came since they were merged."""
    merged = manifest.merged
    if merged is None or merged.shards != manifest.state():
        return None
    told = "".join(
        [
            str(_VERSION),
            duckdb.__version__,
            merged.shards,
            *(merged.files[table].sha256 for table in sorted(merged.files)),
        ]
    )
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
                for table, query in _tables(folder, manifest):
                    engine.execute(f"CREATE TABLE {table} AS {query}")
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


def _tables(folder: Path, manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """The tables in the order in which they are made, and the query that makes each."""
    events, event_mentions = (
        scan(table, manifest.merged_paths(folder, table)) for table in ("events", "event_mentions")
    )
    mentions = scan("mentions", manifest.paths(folder, "mentions"))
    told = f"""{event_mentions} AS one JOIN place ON place.id = one.event
        JOIN {mentions} AS own ON own.article = one.article AND own.ordinal = one.ordinal"""
    words = (
        f"SELECT rowid::INTEGER AS m, unnest(list_distinct(string_split(trim(words), ' '))) AS word FROM {NAMED}.told"
    )
    return (
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
        ("named", " UNION ALL ".join(_lists())),
        (
            f"{NAMED}.key",
            """SELECT key, (row_number() OVER (ORDER BY key))::INTEGER AS code, events
            FROM (SELECT key, count(*)::INTEGER AS events FROM named GROUP BY key) ORDER BY key""",
        ),
        (
            f"{NAMED}.near",
            f"""SELECT code, n, {", ".join(COUNTED)} FROM named JOIN {NAMED}.key USING (key) JOIN {NAMED}.row USING (n)
            ORDER BY code, n""",
        ),
        (
            f"{NAMED}.word",
            f"""SELECT word, (row_number() OVER (ORDER BY word))::INTEGER AS code
            FROM (SELECT DISTINCT word FROM ({words})) ORDER BY word""",
        ),
        (f"{NAMED}.said", f"SELECT code, m FROM ({words}) JOIN {NAMED}.word USING (word) ORDER BY code, m"),
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
    return [f"SELECT '{name}:' || {values} AS key, n FROM {NAMED}.row" for name, values in each.items()]


def _who(role: str) -> str:
    """Parties and ids of one side, as a filter may name them."""
    parties, ids = (f"string_split(coalesce({role}_{what}, ''), '|')" for what in ("parties", "ids"))
    return f"list_concat(list_filter({parties}, lambda x: NOT contains(x, ':')), {ids})"


def _plain(role: str) -> str:
    """Those of them that are no ids of persons or institutions, each once."""
    return f"list_distinct(list_filter({_who(role)}, lambda x: x <> '' AND NOT contains(x, ':')))"


def chosen_sql(
    engine: duckdb.DuckDBPyConnection, chosen: EventFilter, columns: Sequence[str] | None = None
) -> tuple[str, bool]:
    """SQL for `n` and these columns, or all, of the events that a filter, its names resolved, lets through.

    With it, whether they lie side by side, so that reading them again costs little.
    """
    groups, rest = _split(chosen)
    found = [
        engine.execute(f"SELECT code, events FROM {NAMED}.key WHERE key IN ({', '.join(map(quoted, keys))})").fetchall()
        for keys in groups
    ]
    lists = sorted(([code for code, _ in each] for each in found), key=len)  # one code lies side by side, two do not
    conditions = [f"n IN (SELECT n FROM {NAMED}.near WHERE code IN ({_numbers(codes)}))" for codes in lists]
    few = min((sum(events for _, events in each) for each in found), default=_FEW) < _FEW
    cheap = inlined(*where(_cheap(rest)))
    dear = [inlined(*where(_dear(rest)))] if _dear(rest) != _ALL else []
    told = [_told(engine, rest, conditions if few else [])] if rest.words or rest.outlet else []
    asked = "*" if columns is None else ", ".join(dict.fromkeys(("n", *columns)))
    if lists and not dear and columns is not None and set(columns) <= {"n", *COUNTED} and len(lists[0]) <= _SIDES:
        return f"SELECT {asked} FROM ({_near(lists[0])}) WHERE {' AND '.join([cheap, *conditions[1:], *told])}", True
    source = f"SELECT * FROM {NAMED}.row WHERE {' AND '.join([*conditions, cheap, *told])}"
    if not dear:
        return f"SELECT {asked} FROM ({source})", False
    if not few:
        return f"SELECT {asked} FROM ({source} AND {dear[0]})", False
    # Names are compared word by word, which takes time: only where the rest holds.
    return f"(WITH close AS MATERIALIZED ({source}) SELECT {asked} FROM close WHERE {dear[0]})", False


def _near(codes: Sequence[int]) -> str:
    """The events of some codes, each once."""
    parts = [f"SELECT * FROM {NAMED}.near WHERE code IN ({_numbers(codes[:1])})"]
    for number, code in enumerate(codes[1:], start=1):
        before = f"SELECT n FROM {NAMED}.near WHERE code IN ({_numbers(codes[:number])})"
        parts.append(f"SELECT * FROM {NAMED}.near WHERE code = {code} AND n NOT IN ({before})")
    return " UNION ALL ".join(parts)


def _numbers(codes: Sequence[int]) -> str:
    return ", ".join(map(str, codes)) or "NULL"


def _told(engine: duckdb.DuckDBPyConnection, chosen: EventFilter, near: Sequence[str]) -> str:
    """SQL for: one mention holds all words, and stands in one of the outlets."""
    conditions, phrases = list(near), []
    if chosen.outlet:
        outlets = ", ".join(fold_sql(quoted(each)) for each in chosen.outlet)
        conditions.append(f"outlet IN ({outlets})")
    for phrase, open_end in phrases_of(chosen.words):
        [(folded,)] = engine.execute(f"SELECT {fold_sql('$1')}", [phrase]).fetchall()
        words = folded.split()
        for number, word in enumerate(words):
            conditions.append(_said(engine, word, open_end=open_end and number == len(words) - 1))
        if len(words) > 1:
            phrases.append(f"contains(words, {quoted(folded.rstrip() if open_end else folded)})")
    told = f"FROM {NAMED}.told WHERE {' AND '.join(conditions)}"
    if not phrases:
        return f"n IN (SELECT n {told})"
    return (
        f"n IN (WITH close AS MATERIALIZED (SELECT n, words {told}) SELECT n FROM close WHERE {' AND '.join(phrases)})"
    )


def _said(engine: duckdb.DuckDBPyConnection, word: str, *, open_end: bool) -> str:
    """SQL for: a mention holds a word, or one that begins so; codes are in the order of words."""
    same = "starts_with(word, $1)" if open_end else "word = $1"
    [(first, last)] = engine.execute(
        f"SELECT min(code), max(code) FROM {NAMED}.word WHERE word >= $1 AND {same}", [word]
    ).fetchall()
    if first is None:
        return "false"
    return f"rowid IN (SELECT m FROM {NAMED}.said WHERE code BETWEEN {first} AND {last})"


def _split(chosen: EventFilter) -> tuple[list[list[str]], EventFilter]:
    """Keys of which an event must have one of each group; and what they do not answer."""
    groups: list[list[str]] = []
    rest = chosen
    for field in ("actor", "recipient", "country"):
        values = getattr(chosen, field)
        if values and not any(each.startswith(NAME) for each in values):
            groups.append([f"{field}:{each}" for each in values])
            rest = _without(rest, field)
    for field in ("dyad", "between"):
        pairs = getattr(chosen, field)
        if pairs and not any(":" in each for pair in pairs for each in pair):
            either = [*pairs, *(pair[::-1] for pair in pairs)] if field == "between" else pairs
            groups.append([f"dyad:{one}>{other}" for one, other in either])
            rest = _without(rest, field)
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
