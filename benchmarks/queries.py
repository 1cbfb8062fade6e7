"""How long a large record takes to answer. In: a folder, with a generated record or none yet. Out: milliseconds.

Each question is asked of a record that is open, `first` once and then again: `median` and `worst` of those. `cpu` is
the processor time of the median, of all threads: on a busy machine it tells what an idle one would take. `plain_first`
is the first answer without the index. Questions differ in how many events they touch: `big` is the most frequent party,
`middle` one with a thousandth of the events, `small` one of the rarest.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.generated_record import generate
from dragoman.record.filters import EventFilter, happened
from dragoman.record.index import index_path, write_index
from dragoman.record.query import Record
from dragoman.record.store import MANIFEST, read_manifest

MENTIONS = 1_000_000  # where no folder is given
MENTIONS_IN_FOLDER = 10_000_000
TIMES = 7
BIG, SECOND, MIDDLE, SMALL = "USA", "RUS", "SWE", "TUV"


def measure(folder: Path | None, mentions: int | None = None) -> Mapping[str, Any]:
    """Milliseconds by question; the record and its index are made in the folder unless they are there."""
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "record"
            mentions = mentions or MENTIONS
        made = _make(folder, mentions or MENTIONS_IN_FOLDER)
        quick = stack.enter_context(Record.open(folder))
        plain = stack.enter_context(Record.open(folder, indexed=False))
        opening = _timed(lambda: Record.open(folder).close())
        asked = {name: _timed(lambda ask=ask: ask(quick)) for name, ask in questions().items()}  # type: ignore[misc]
        for name, ask in questions().items():
            asked[name]["plain_first"] = _timed(lambda ask=ask: ask(plain), times=1)["first"]  # type: ignore[misc]
        sizes = {
            "mentions": quick.manifest.rows("mentions"),
            "events": len(quick.sql("SELECT 1 FROM events").fetchall()),
        }
    return {**sizes, **made, "open": opening, **asked}


def questions() -> dict[str, Callable[[Record], object]]:
    """What is asked, by name."""
    found: dict[str, Callable[[Record], object]] = {}
    for size, party in (("big", BIG), ("middle", MIDDLE), ("small", SMALL)):
        of = EventFilter(country=(party,))
        recent = EventFilter(country=(party,), since="2023", category=("quad:3", "quad:4"))
        pair = happened(EventFilter(dyad=((party, BIG if party != BIG else SECOND),)))
        found |= {
            f"months_of_{size}_dyad": lambda record, pair=pair: record.counts(pair, "month").fetchall(),  # type: ignore[misc]
            f"facets_of_{size}_country": lambda record, of=of: record.facets(of),  # type: ignore[misc]
            f"facets_of_{size}_country_filtered": lambda record, recent=recent: record.facets(recent),  # type: ignore[misc]
            f"newest_100_of_{size}_country": lambda record, of=of: record.events(of, limit=100).fetchall(),  # type: ignore[misc]
        }
    words = EventFilter(words=("diwoda rahove",))
    few = EventFilter(country=(MIDDLE,), words=('"diwoda rahove"',))
    return {
        **found,
        "newest_100_with_words": lambda record: record.events(words, limit=100).fetchall(),
        "newest_100_of_middle_country_with_phrase": lambda record: record.events(few, limit=100).fetchall(),
        "newest_100_mentions_of_middle_country": lambda record: record.mentions(
            EventFilter(country=(MIDDLE,)), limit=100
        ).fetchall(),
        "categories_of_all": lambda record: record.counts(EventFilter(), ("year", "category")).fetchall(),
    }


def _make(folder: Path, mentions: int) -> dict[str, float]:
    """Seconds that it took, and the megabytes of the index."""
    seconds = {}
    if not (folder / MANIFEST).exists():
        began = time.perf_counter()
        generate(folder, mentions)
        seconds["seconds_to_generate"] = round(time.perf_counter() - began, 1)
    manifest = read_manifest(folder)
    path = index_path(folder, manifest)
    if path is not None and not path.exists():
        began = time.perf_counter()
        write_index(folder, manifest, folder / "work" / "asking", least=0)
        seconds["seconds_to_index"] = round(time.perf_counter() - began, 1)
    return {**seconds, "index_megabytes": round(path.stat().st_size / 1e6, 1) if path is not None else 0.0}


def _timed(ask: Callable[[], object], times: int = TIMES) -> dict[str, float]:
    wall, cpu = [], []
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        ask()
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - used))
    again = wall[1:] or wall
    return {
        "first": round(wall[0], 1),
        "median": round(statistics.median(again), 1),
        "worst": round(max(again), 1),
        "cpu": round(statistics.median(cpu[1:] or cpu), 1),
    }
