"""What a build has to do: which articles are new, how shards are cut, which batches are coded one by one.

In: what was read (a spool of Parquet files), the live shards, the batches that an interrupted build had finished. Out:
a file of the articles to code, in the order of their ids, and leaves: the shards as they shall be. Where the cuts fall
follows from the ids alone, so that neither the order of files nor a crash changes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dragoman.errors import UsageError
from dragoman.record.parquet import quoted, scan, told_plainly, within, write_query
from dragoman.record.store import LOCKED_SHARDS, Manifest, Shard
from dragoman.record.tables import SPOOLED, CodedBy

LEAF_ARTICLES = 16_384  # a shard with more articles is cut into sixteen, by the next digit of the id
DEEPEST = 4  # digits: 65,536 shards, a thousand million articles
BATCH_ARTICLES = 48
BATCH_CHARACTERS = 400_000  # some twenty seconds of work: what a crash may cost a worker
_DIGITS = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Part:
    """The share of one job of several: shards whose number leaves the rest `index` - 1 when divided by `count`."""

    index: int = 1
    count: int = 1

    def owns(self, article: str) -> bool:
        """Does an article, by its id, or a shard by its prefix, belong to this job?"""
        return self.count == 1 or int(article[:2], 16) % self.count == self.index - 1

    def shards(self) -> list[int]:
        """The numbers of its shards, 0 to 255."""
        return [number for number in range(LOCKED_SHARDS) if number % self.count == self.index - 1]

    def whole(self) -> bool:
        """Is it all of the record?"""
        return self.count == 1


def part_of(told: str | None) -> Part:
    """The share that "3/8" tells of; none: all. Raises UsageError for what tells of none."""
    if told is None:
        return Part()
    index, _, count = told.partition("/")
    if index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count) <= LOCKED_SHARDS:
        return Part(int(index), int(count))
    raise UsageError(f"{told!r} is no share: write I/N, for instance 3/8, with N at most {LOCKED_SHARDS}")


@dataclass(frozen=True, slots=True)
class Finished:
    """A folder of coded articles that no manifest names yet."""

    folder: Path
    first: str
    last: str

    def touches(self, prefix: str) -> bool:
        """May it hold articles whose id begins so?"""
        return self.first[: len(prefix)] <= prefix <= self.last[: len(prefix)]

    def paths(self, table: str) -> list[Path]:
        """The file of a table, or nothing."""
        path = self.folder / f"{table}.parquet"
        return [path] if path.exists() else []


@dataclass(frozen=True, slots=True)
class Plan:
    """What was read, and what is to be done about it."""

    read: int  # articles in the input, copies counted once
    copies: int
    known: int  # already in the record, or finished by a build that was interrupted
    todo: Path
    to_code: int
    rejects: Path
    reading_rejects: int
    leaves: tuple[str, ...]  # prefixes that cover this job's share, in order
    touched: frozenset[str]  # of those: where there is anything to write


def leaves_of(counts: Mapping[str, int], *, least: int = 0) -> list[str]:
    """Prefixes that cover all ids and hold at most LEAF_ARTICLES articles each; at least `least` digits long.

    `counts` are articles by the first DEEPEST digits of their ids.
    """
    sums: Counter[str] = Counter()
    for digits, count in counts.items():
        for length in range(DEEPEST + 1):
            sums[digits[:length]] += count
    found: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        if len(prefix) >= DEEPEST or (len(prefix) >= least and sums[prefix] <= LEAF_ARTICLES):
            found.append(prefix)
        else:
            waiting.extend(prefix + digit for digit in _DIGITS)
    return sorted(found)


def batches_of(articles: Iterable[tuple[str, int]], most: int | None = None) -> Iterator[tuple[str, str, int]]:
    """First id, last id and number of articles of each batch; `articles` are ids with lengths, in order.

    `most`: articles of one, where there are so few that not every worker would get some.
    """
    most = min(BATCH_ARTICLES, max(1, most)) if most is not None else BATCH_ARTICLES
    first = last = ""
    count = size = 0
    for article, length in articles:
        if count and (count >= most or size + length > BATCH_CHARACTERS):
            yield first, last, count
            count = size = 0
        first = first if count else article
        last = article
        count += 1
        size += length
    if count:
        yield first, last, count


def coarse_shards(manifest: Manifest, leaves: Sequence[str]) -> list[Shard]:
    """Live shards that are to be cut before anything is added to them."""
    cut = {leaf[:length] for leaf in leaves for length in range(len(leaf))}
    return [shard for shard in manifest.shards if shard.prefix in cut]


def make_plan(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    work: Path,
    manifest: Manifest,
    finished: Sequence[Finished],
    *,
    part: Part,
    names: Sequence[str],
) -> Plan:
    """Compare what was read (`work`/spool) with what is there, and write down what to do into `work`."""
    with told_plainly(work):
        _name_tables(engine, folder, work, manifest, finished, part)
        read, known, rows = _counted(
            engine,
            """SELECT count(DISTINCT id), count(DISTINCT id) FILTER (id IN (SELECT id FROM there)), count(*)
            FROM spooled WHERE NOT stale""",
        )
        todo = work / "todo.parquet"
        to_code = write_query(
            engine, "articles", "SELECT * EXCLUDE (seq, stale) FROM spooled SEMI JOIN chosen USING (seq)", todo
        )
        _choose_rejects(engine, names)
        rejects = work / "rejects.parquet"
        write_query(engine, "rejects", "SELECT * FROM wanted", rejects)
        (bad,) = _counted(engine, "SELECT count(DISTINCT id) FROM spooled_rejects")
        leaves = _leaves(engine, part, todo)
        touched = _touched(engine, manifest, finished, leaves, todo)
    return Plan(read, rows - read, known, todo, to_code, rejects, bad, tuple(leaves), touched)


def spool_stale(engine: duckdb.DuckDBPyConnection, folder: Path, work: Path, manifest: Manifest, by: CodedBy) -> None:
    """Put the articles that others than `by` coded among those that were read, to be coded again."""
    columns = ", ".join(column for column in SPOOLED if column != "seq")
    live = scan("articles", manifest.paths(folder, "articles"))
    write_query(
        engine,
        "articles",
        f"SELECT {columns}, 'stale-' || id AS seq FROM {live} WHERE {is_stale(by)}",
        work / "spool" / "stale.parquet",
        sort=False,
    )


def is_stale(by: CodedBy) -> str:
    """SQL for "others than `by` coded this article"."""
    same = " AND ".join(f"{column} = {quoted(value)}" for column, value in by.columns().items())
    return f"NOT ({same})"


def todo_of(engine: duckdb.DuckDBPyConnection, plan: Plan, prefix: str) -> Iterator[tuple[str, int]]:
    """Ids and lengths of the articles of a leaf that are to be coded, in order."""
    with told_plainly(plan.todo):
        cursor = engine.cursor()
        cursor.execute(
            f"SELECT id, length(text) FROM {scan('articles', [plan.todo])} WHERE {within('id', prefix)} ORDER BY id"
        )
        while rows := cursor.fetchmany(10_000):
            yield from rows


def _name_tables(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    work: Path,
    manifest: Manifest,
    finished: Sequence[Finished],
    part: Part,
) -> None:
    """Views and tables for the questions below. Of articles in several places one is chosen, whatever their order."""
    spooled = scan("articles", sorted((work / "spool").glob("*.parquet")), SPOOLED)
    rejects = scan("rejects", sorted((work / "spool-rejects").glob("*.parquet")))
    live = scan("articles", manifest.paths(folder, "articles"))
    own = [path for shard in manifest.shards if is_own(shard, part) for path in shard.paths(folder, "rejects")]
    foreign = [path for path in manifest.paths(folder, "rejects") if path not in own]
    done = scan("articles", [path for each in finished for path in each.paths("articles")])
    for name, query in (
        ("spooled", f"SELECT *, starts_with(seq, 'stale-') AS stale FROM {spooled}"),
        ("spooled_rejects", f"SELECT * FROM {rejects}"),
        ("live_rejects", f"SELECT * FROM {scan('rejects', own)}"),
        ("foreign_rejects", f"SELECT id FROM {scan('rejects', foreign)}"),
        ("live", f"SELECT id FROM {live}"),
        ("done", f"SELECT id FROM {done}"),
    ):
        engine.execute(f"CREATE OR REPLACE VIEW {name} AS {query}")
    engine.execute("CREATE OR REPLACE TEMP TABLE there AS SELECT id FROM live UNION SELECT id FROM done")
    engine.execute(
        """CREATE OR REPLACE TEMP TABLE chosen AS SELECT seq FROM spooled
        WHERE (stale OR id NOT IN (SELECT id FROM live)) AND id NOT IN (SELECT id FROM done)
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY stale DESC, title NULLS LAST, source NULLS LAST, seq) = 1"""
    )


def _choose_rejects(engine: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """The rejects that hold after reading: what an earlier reading of the same files said holds no more."""
    engine.execute("CREATE OR REPLACE TEMP TABLE names (name VARCHAR)")
    if names:
        engine.execute("INSERT INTO names SELECT unnest($1::VARCHAR[])", [list(names)])
    folders = [name.rstrip("/") + "/" for name in names if Path(name).is_dir()]
    inside = " OR ".join(f"starts_with(source, {quoted(name)})" for name in folders) or "false"
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT DISTINCT ON (id) * FROM (
            SELECT * FROM spooled_rejects WHERE id NOT IN (SELECT id FROM foreign_rejects)
            UNION ALL SELECT * FROM live_rejects
            WHERE article IS NOT NULL OR NOT (source IN (SELECT name FROM names) OR {inside})
        ) ORDER BY id"""
    )


def is_own(shard: Shard, part: Part) -> bool:
    """May this job put others in the place of a shard? Not if it holds articles of other jobs too."""
    return part.whole() or (len(shard.prefix) >= 2 and part.owns(shard.prefix))


def _leaves(engine: duckdb.DuckDBPyConnection, part: Part, todo: Path) -> list[str]:
    found = engine.execute(
        f"""SELECT id[:{DEEPEST}], count(*) FROM (
            SELECT id FROM there UNION SELECT id FROM {scan("articles", [todo])}
        ) GROUP BY ALL"""
    ).fetchall()
    leaves = leaves_of(dict(found), least=0 if part.whole() else 2)
    return [leaf for leaf in leaves if part.whole() or part.owns(leaf)]


def _touched(
    engine: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    finished: Sequence[Finished],
    leaves: Sequence[str],
    todo: Path,
) -> frozenset[str]:
    """Leaves with anything new, and those whose rows do not lie in one shard as they should."""
    new = engine.execute(
        f"""SELECT DISTINCT id[:{DEEPEST}] FROM (
            SELECT id FROM {scan("articles", [todo])} UNION ALL SELECT id FROM done
            UNION ALL SELECT id FROM wanted ANTI JOIN live_rejects USING (id)
            UNION ALL SELECT id FROM live_rejects ANTI JOIN wanted USING (id)
        )"""
    ).fetchall()
    digits = {row[0] for row in new}
    live = {shard.prefix for shard in manifest.shards}
    touched = {leaf for leaf in leaves if any(len(prefix) > len(leaf) and prefix.startswith(leaf) for prefix in live)}
    known = set(leaves)
    return frozenset(
        touched | {each[:length] for each in digits for length in range(DEEPEST + 1) if each[:length] in known}
    )


def _counted(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    found = engine.execute(query).fetchone()
    assert found is not None
    return tuple(int(number) for number in found)
