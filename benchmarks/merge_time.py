"""How merging grows: time and memory of the merge pass over replayed codings. `python -m benchmarks merge-time
[RECORD]`.

In: a coded record, or the data folder (then two hundred releases are coded first). Out: for each size articles,
mentions,
events, copies, seconds of wall and processor, and the peak memory in MB of the process that merged, once with parties
and days as chance gives them over two years, once with a third of all mentions in one dyad. Each replayed article gets
its own day, its own parties and a number in its sentences, so that it is as like the others of its text as another
report can be; one in twenty is a true copy, a day later. Then the growth from each size to the next, as the power of
n that time follows (n log n is about 1.1), and the peak memory over that at the smallest size.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

SIZES = (10_000, 50_000, 200_000)
SHARD_ARTICLES = 16_000
_DAYS = 730
_PARTIES = [
    "USA",
    "CHN",
    "RUS",
    "IND",
    "FRA",
    "DEU",
    "GBR",
    "JPN",
    "BRA",
    "ZAF",
    "TUR",
    "IRN",
    "IRQ",
    "SYR",
    "ISR",
    "EGY",
    "SAU",
    "ARE",
    "QAT",
    "KWT",
    "JOR",
    "LBN",
    "PAK",
    "AFG",
    "BGD",
    "LKA",
    "NPL",
    "MMR",
    "THA",
    "VNM",
    "IDN",
    "MYS",
    "PHL",
    "AUS",
    "NZL",
    "KOR",
    "PRK",
    "MNG",
    "KAZ",
    "UZB",
    "TKM",
    "KGZ",
    "TJK",
    "GEO",
    "ARM",
    "AZE",
    "UKR",
    "BLR",
    "POL",
    "CZE",
    "SVK",
    "HUN",
    "ROU",
    "BGR",
    "GRC",
    "SRB",
    "HRV",
    "ITA",
    "ESP",
    "PRT",
    "NLD",
    "BEL",
    "SWE",
    "NOR",
    "FIN",
    "DNK",
    "CAN",
    "MEX",
    "CUB",
    "COL",
    "VEN",
    "PER",
    "CHL",
    "ARG",
    "NGA",
    "GHA",
    "KEN",
    "ETH",
    "SDN",
    "UGA",
    "RWA",
    "COD",
    "AGO",
    "MOZ",
    "DZA",
    "MAR",
    "TUN",
    "LBY",
]


def measure(data: Path, source: Path | None = None, sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Figures by size; see the head of this file."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        base = source or _coded(data, Path(scratch) / "base")
        for name, share in (("spread", 0.0), ("one_dyad", 1 / 3)):
            rows = []
            for size in sizes:
                folder = Path(scratch) / f"{name}-{size}"
                replay(base, folder, size, share)
                rows.append(_apart(folder))
                print(f"merge-time {name} {rows[-1]}", file=sys.stderr, flush=True)
            found[name] = {"sizes": rows, **_growth(rows)}
    return found


def replay(base: Path, folder: Path, size: int, share: float) -> None:
    """Write a record of `size` articles: those of `base` again and again, each time with other days, parties and
    numbers.
    """
    from dragoman.record.parquet import open_engine, quoted, scan
    from dragoman.record.query import Record
    from dragoman.record.store import Shard, adopt, open_folder, publish
    from dragoman.record.tables import CodedBy

    with Record.open(base) as record:
        paths = {table: record.manifest.paths(base, table) for table in ("articles", "mentions")}
        count = record.manifest.rows("articles")
    folder.mkdir()
    with open_folder(folder) as handle, tempfile.TemporaryDirectory() as scratch:
        engine = open_engine(Path(scratch))
        codes = ", ".join(quoted(code) for code in _PARTIES)
        engine.execute(f"CREATE MACRO party(h) AS list_value({codes})[(h % {len(_PARTIES)})::INTEGER + 1]")
        engine.execute("CREATE MACRO moved(d, k) AS strftime(CAST(d[:10] AS DATE) + CAST(k AS INTEGER), '%Y-%m-%d')")
        engine.execute(
            f"""CREATE TABLE plan AS SELECT a.id, row_number() OVER (ORDER BY k, a.id) AS n, k,
                CAST(DATE '2021-01-01' AS DATE) + CAST(hash(a.id, k) % {_DAYS} AS INTEGER) - CAST(a.published[:10]
                AS DATE) AS shift,
                hash(a.id, k, 'parties') AS h, (hash(a.id, k, 'share') % 3000) / 3000.0 < {share} AS in_dyad
            FROM (SELECT id, published FROM {scan("articles", paths["articles"])} WHERE published IS NOT NULL) a,
                range({size // max(1, count) + 2}) t(k) QUALIFY n <= {size}"""
        )
        engine.execute(
            """CREATE TABLE doubled AS SELECT *, false AS is_copy FROM plan WHERE n % 20 <> 0 UNION ALL BY NAME
            SELECT p.* REPLACE (q.n AS n, p.shift + 1 AS shift), true AS is_copy
            FROM plan q JOIN plan p ON p.n = q.n - 1 WHERE q.n % 20 = 0"""
        )
        new_id = "sha256(p.id || '-' || p.k || '-' || p.is_copy)"
        first, second = (
            f"if(p.in_dyad, {each[0]}, party({each[1]}))" for each in (("'RUS'", "p.h"), ("'UKR'", "p.h // 1000"))
        )
        pair = f"{first} || '|' || {second}"
        words = "regexp_replace({0}, ' (the|of|and) ', ' \\1 ' || (1000 + p.k) || ' ', 'g')"
        articles = f"""SELECT a.* REPLACE ({new_id} AS id, moved(a.published, p.shift) AS published,
        {words.format("a.text")} AS text,
            'Outlet ' || (p.n % 300) AS publisher, NULL::INTEGER AS body_start, NULL::INTEGER AS body_end) FROM
            {{a}} a JOIN doubled p USING (id)"""
        mentions = f"""SELECT m.* REPLACE ({new_id} AS article, sha256({new_id} || m.ordinal)[:24] AS id,
        moved(m.published, p.shift) AS published,
            moved(m.date_start, p.shift) AS date_start, moved(m.date_end, p.shift) AS date_end, 'Outlet ' || (p.n %
            300) AS publisher,
            if(m.recipient_parties IS NULL, {pair}, {first}) AS actor_parties, if(m.recipient_parties IS NULL, NULL,
            {second}) AS recipient_parties,
            regexp_replace(m.actor_ids, '[^|]*', {first}) AS actor_ids, {words.format("m.quote")} AS quote) FROM
            {{m}} m JOIN doubled p ON p.id = m.article"""
        engine.execute(f"CREATE TABLE ids AS SELECT {new_id} AS id FROM doubled p")
        shards = []
        for prefix in _prefixes(size):
            files = {}
            for table, query, key in (("articles", articles, "id"), ("mentions", mentions, "article")):
                path = Path(scratch) / f"{table}.parquet"
                sql = query.format(a=scan("articles", paths["articles"]), m=scan("mentions", paths["mentions"]))
                rows = engine.execute(
                    f"COPY (SELECT * FROM ({sql}) WHERE starts_with({key}, '{prefix}') ORDER BY {key}) "
                    f"TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
                ).fetchall()[0][0]
                files[table] = adopt(folder, table, path, prefix, rows)
            shards.append(Shard(prefix, files, (CodedBy("0", "0", "0", "{}"),)))
        publish(folder, handle, [], shards)


def _prefixes(size: int) -> list[str]:
    return [""] if size <= SHARD_ARTICLES else list("0123456789abcdef")


def _coded(data: Path, folder: Path) -> Path:
    from dragoman.record.pools import InlineExecutor
    from dragoman.record.run import BuildOptions, build

    lines = (data / "news" / "state_department_releases.jsonl").read_text(encoding="utf-8").splitlines()[:200]
    folder.mkdir()
    (folder / "releases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    build(folder / "record", [str(folder / "releases.jsonl")], BuildOptions(), InlineExecutor())
    return folder / "record"


def _apart(folder: Path) -> dict[str, Any]:
    """Merge in a process of its own, whose peak memory is then known."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.merge_time", str(folder)], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _growth(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    steps = list(pairwise(rows))
    return {
        "time_power": [
            round(
                math.log(b["processor_seconds"] / a["processor_seconds"]) / math.log(b["mentions"] / a["mentions"]), 2
            )
            for a, b in steps
        ],
        "memory_over_smallest": round(max(row["peak_mb"] for row in rows) / rows[0]["peak_mb"], 3) if rows else 0.0,
    }


def main(folder: Path) -> None:
    """Merge one record and print what it took."""
    from dragoman.record.merging import merge
    from dragoman.record.store import open_folder, read_manifest

    manifest = read_manifest(folder)
    wall, processor = time.monotonic(), time.process_time()
    with open_folder(folder) as handle:
        merged = merge(folder, handle, folder / "work" / "merging", manifest).merged
    assert merged is not None
    told = {
        "articles": manifest.rows("articles"),
        "mentions": manifest.rows("mentions"),
        "events": merged.files["events"].rows,
        "copies": merged.files["copies"].rows,
        "seconds": round(time.monotonic() - wall, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
