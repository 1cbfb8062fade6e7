"""A record that nobody reported: as many mentions as are asked for, skewed as real dyads are, within minutes.

In: a folder, a number of mentions, a seed. Out: a record with `mentions` and the merged tables, made by DuckDB alone:
every value follows from the number of an event or mention and the seed. A few states have most events and a few outlets
most mentions; a tenth of the acts are done together and on nobody. It has no articles and no evidence, and its quotes
are strings of made-up words.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.ontology import load_ontology
from dragoman.record.parquet import columns_of, open_engine, scan, write_query
from dragoman.record.store import EVENTS, Merged, Shard, ShardFile, adopt, open_folder, publish
from dragoman.record.tables import AGREED, MERGED, CodedBy

MENTIONS_AN_EVENT = 2.2
MENTIONS_AN_ARTICLE = 3
_FIRST = (
    *("USA", "RUS", "CHN", "ISR", "UKR", "IND", "GBR", "FRA", "IRN", "DEU", "PAK", "TUR", "JPN"),
    *("SYR", "EUR", "UNO", "SAU", "KOR", "PRK", "IRQ", "EGY", "PSE", "NATO", "AFG", "LBN", "ITA"),
)
_SYLLABLES = (
    *("ba", "be", "co", "da", "di", "el", "fi", "ga", "ho", "in", "ka", "la", "mo"),
    *("na", "or", "pe", "qui", "ra", "si", "ta", "ul", "ve", "wo", "xe", "yo", "za"),
)
_POOL = 60_000  # halves of quotes
_STEP = 7_368_787  # a prime: mention to place in the order of articles


def generate(folder: Path, mentions: int, seed: int = 1) -> None:
    """Make the record. Raises RecordError where the folder cannot be written."""
    with open_folder(folder) as handle:
        spill = folder / "work" / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        engine = open_engine(spill, threads=2)
        engine.execute("SET preserve_insertion_order = true")
        _lists(engine, seed)
        _numbers(engine, mentions)
        by = CodedBy("0", "0", "0", "{}")
        shard = Shard("", {"mentions": _written(engine, folder, "mentions")}, (by,))
        manifest = publish(folder, handle, [], [shard])
        files = {table: _written(engine, folder, table) for table in MERGED}
        publish(folder, handle, [], [], Merged(files, manifest.state(), ""))
        engine.close()


def _lists(engine: duckdb.DuckDBPyConnection, seed: int) -> None:
    """The values that are drawn from, and how one is drawn: `draw(number, salt)` lies between 0 and 1."""
    tables, ontology = load_actors(), load_ontology()
    others = [
        each.id for each in tables.entities.values() if each.kind in ("state", "organisation") and ":" not in each.id
    ]
    states = {each.id for each in tables.entities.values() if each.kind == "state"}
    parties = [*_FIRST, *(each for each in sorted(others) if each not in _FIRST)]
    engine.execute(f"CREATE MACRO draw(n, salt) AS hash(n * 97 + salt + {seed} * 1000003) / 18446744073709551616.0")
    engine.execute("CREATE MACRO pick(l, u) AS l[1 + CAST(floor(u * len(l) * 0.999999) AS INTEGER)]")
    engine.execute("CREATE TABLE lists (name VARCHAR, items VARCHAR[])")
    categories = [each for each in ontology.categories if each != "STATEMENT"]
    weighted = [each for number, each in enumerate(categories) for _ in range(20 // (number + 1) + 1)] + [
        "STATEMENT"
    ] * 8
    outlets = [f"Outlet {number}" for number in range(900)]
    for name, items in (
        ("party", parties),
        ("category", weighted),
        ("mode", ["", "", *sorted({mode for _, mode in ontology.modes})]),
        ("context", ["", "", "", *ontology.contexts]),
        ("sector", ["", "GOV", "GOV", *ontology.sectors]),
        ("outlet", outlets),
    ):
        engine.execute("INSERT INTO lists VALUES ($1, $2)", [name, items])
        engine.execute(f"SET VARIABLE {name} = (SELECT items FROM lists WHERE name = '{name}')")
    engine.execute(
        """SET VARIABLE country = (SELECT list(CASE WHEN list_contains($1, p) THEN p ELSE '' END)
        FROM (SELECT unnest(getvariable('party')) AS p))""",
        [sorted(states)],
    )
    engine.execute(
        """SET VARIABLE word = (SELECT list(a || b || c ORDER BY hash(a || b || c))
        FROM (SELECT unnest($1) AS a), (SELECT unnest($1) AS b), (SELECT unnest($1) AS c))""",
        [list(_SYLLABLES)],
    )
    words = ", ".join(f"pick(getvariable('word'), draw(i, {500 + number}) ^ 3)" for number in range(9))
    engine.execute(f"SET VARIABLE half = (SELECT list(concat_ws(' ', {words})) FROM range({_POOL}) AS r(i))")


def _numbers(engine: duckdb.DuckDBPyConnection, mentions: int) -> None:
    """Which mention tells of which event (`slots`), in the order of articles."""
    events = max(1, int(mentions / MENTIONS_AN_EVENT))
    times = f"1 + CAST(floor(-ln(1 - draw(i, 1)) * {MENTIONS_AN_EVENT} * 0.75) AS BIGINT)"
    engine.execute(
        f"""CREATE TABLE slots AS SELECT (s * {_STEP}) % {mentions} AS m, i FROM (
            SELECT row_number() OVER () - 1 AS s, i FROM (
                SELECT i, unnest(range({times})) AS k FROM range({events * 2}) AS r(i)
            ) LIMIT {mentions}
        )"""
    )
    article = f"m // {MENTIONS_AN_ARTICLE}"
    engine.execute(
        f"""CREATE TABLE happenings AS SELECT i, min(m) AS m, count(*) AS n, count(DISTINCT {article}) AS articles,
        count(DISTINCT {article}) FILTER ({_COPY_OF} IS NULL) AS reports,
        count(DISTINCT pick(getvariable('outlet'), draw({article}, 30) ^ 3)) AS publishers FROM slots GROUP BY i"""
    )


def _attributes() -> str:
    """Columns that follow from the number of an event, `i`: those that mention and event share."""
    party = "pick(getvariable('party'), draw(i, {salt}) ^ 3.2)"
    country = party.replace("'party'", "'country'")
    lone, together = "draw(i, 4) < 0.15", "draw(i, 4) > 0.9"
    told: dict[str, str] = dict.fromkeys(AGREED, "NULL")
    for what, words in (
        ("ids", party),
        ("parties", party),
        ("countries", country),
        ("names", f"'Name of ' || {party}"),
    ):
        one, other = words.format(salt=2), words.format(salt=3)
        told[f"actor_{what}"] = f"CASE WHEN {together} THEN {one} || '|' || {other} ELSE {one} END"
        told[f"recipient_{what}"] = f"CASE WHEN {lone} OR {together} THEN NULL ELSE {other} END"
    sector = "pick(getvariable('sector'), draw(i, 5) ^ 1.5)"
    told["actor_sectors"] = f"CASE WHEN {together} THEN {sector} || '|' || {sector} ELSE {sector} END"
    told["recipient_sectors"] = f"CASE WHEN {lone} OR {together} THEN NULL ELSE {sector} END"
    day = "(DATE '2005-01-01' + CAST(7300 * draw(i, 8) ^ 0.7 AS INTEGER))"
    unit = "CASE WHEN draw(i, 9) < 0.85 THEN 'day' WHEN draw(i, 9) < 0.95 THEN 'month' ELSE 'year' END"
    start = f"CASE {unit} WHEN 'day' THEN {day} ELSE date_trunc({unit}, {day})::DATE END"
    year = f"{start} + INTERVAL 1 YEAR - INTERVAL 1 DAY"
    last = f"CASE {unit} WHEN 'day' THEN {start} WHEN 'month' THEN last_day({start}) ELSE {year} END"
    category = "pick(getvariable('category'), draw(i, 6))"
    told |= {
        "event": category,
        "modes": "pick(getvariable('mode'), draw(i, 10))",
        "contexts": "pick(getvariable('context'), draw(i, 11))",
        "quad": f"CASE {category} WHEN 'STATEMENT' THEN 0 ELSE 1 + CAST(floor(draw(i, 6) * 4) AS INTEGER) END",
        "score": "round(20 * draw(i, 12) - 10, 1)",
        "trigger": "'said'",
        "status": "['actual', 'future', 'hypothetical'][(1 + (draw(i, 13) > 0.8)::INT + (draw(i, 13) > 0.93)::INT)]",
        "negated": "draw(i, 14) < 0.04",
        "historical": "draw(i, 15) < 0.06",
        "date_granularity": unit,
        "date_start": f"strftime({start}, '%Y-%m-%d')",
        "date_end": f"strftime({last}, '%Y-%m-%d')",
        "date_basis": "'text'",
        "place": "CASE WHEN draw(i, 16) < 0.6 THEN 'Town ' || CAST(floor(5000 * draw(i, 17) ^ 2) AS INTEGER) END",
        "place_country": f"CASE WHEN draw(i, 16) < 0.6 THEN nullif({country.format(salt=18)}, '') END",
        "lat": "round(180 * draw(i, 19) - 90, 4)",
        "lon": "round(360 * draw(i, 20) - 180, 4)",
        "speakers": "CASE WHEN draw(i, 21) < 0.4 THEN 'Speaker ' || (20000 * draw(i, 22) ^ 3)::INTEGER END",
        "confidence": "round(draw(i, 23), 3)",
    }
    return ", ".join(f"{words} AS {name}" for name, words in told.items())


_OWN = f"""printf('%064x', m // {MENTIONS_AN_ARTICLE}) AS article,
    CAST(m % {MENTIONS_AN_ARTICLE} AS INTEGER) AS ordinal,
    strftime(DATE '2005-01-01' + CAST(7300 * draw(i, 8) ^ 0.7 AS INTEGER), '%Y-%m-%d') AS published,
    pick(getvariable('outlet'), draw(m // {MENTIONS_AN_ARTICLE}, 30) ^ 3) AS publisher,
    'Report ' || m AS title, 'https://example.org/' || m AS url,
    concat_ws(' ', pick(getvariable('half'), draw(m, 31)), m % 99991, pick(getvariable('half'), draw(m, 32)))
    AS quote"""
_COPY_OF = f"CASE WHEN draw(m // {MENTIONS_AN_ARTICLE}, 33) < 0.4 THEN printf('%064x', 0) END"


def _columns(query: str, table: str) -> str:
    """A query over some columns of a table, with all of them in their order."""
    columns = columns_of(table)
    return f"SELECT {', '.join(columns)} FROM (SELECT * FROM {scan(table, [])} UNION ALL BY NAME {query})"


def _query(table: str) -> str:
    if table == "mentions":
        told = f"SELECT printf('%024x', m) AS id, {_OWN}, 0 AS sentence, {_attributes()} FROM (FROM slots ORDER BY m)"
    elif table == "events":
        told = f"""SELECT printf('%024x', m) AS id, n::INTEGER AS mentions, articles::INTEGER AS articles,
            reports::INTEGER AS reports, publishers::INTEGER AS publishers, published AS first_published,
            published AS last_published, * EXCLUDE (i, m, n, articles, reports, publishers, published)
            FROM (SELECT *, {_OWN}, {_attributes()} FROM (FROM happenings ORDER BY m))"""
    elif table == "event_mentions":
        told = f"""SELECT printf('%024x', happenings.m) AS event,
            printf('%064x', slots.m // {MENTIONS_AN_ARTICLE}) AS article,
            CAST(slots.m % {MENTIONS_AN_ARTICLE} AS INTEGER) AS ordinal, printf('%024x', slots.m) AS mention,
            {_COPY_OF.replace("(m //", "(slots.m //")} AS copy_of, '[]' AS reasons
            FROM slots JOIN happenings USING (i)"""
    else:
        told = f"SELECT * FROM {scan(table, [])}"
    return _columns(told, table)


def _written(engine: duckdb.DuckDBPyConnection, folder: Path, table: str) -> ShardFile:
    place = folder / (EVENTS if table in MERGED else table)
    new = place / f"{table}.new"
    rows = write_query(engine, table, _query(table), new, sort=table == "event_mentions")
    return adopt(folder, place.name, new, table, rows)
