"""Building a record: words a second with one worker, with two and with Dask; memory of a worker; memory over time.

In: the State Department releases of the data folder (`workers`), or articles made up here (`memory`). Each build is a
process of its own, `dragoman build` into a fresh folder, so that start-up, reading, planning and writing count; its
memory is looked at while it runs, of all processes as PSS, which shares a page out among those that have it.

Out: words and articles a second by wall time, the ratio of two workers to one, what a further worker costs: the
memory that the greatest of them shares with no other process. Figures belong to a machine that does nothing else:
`idle` is the share of its cores that nobody used in the second before each build. It does not measure the coding of
one article (`speed` does).
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STEP_SECONDS = 0.5
MEGABYTE = 1024


def workers(data: Path, articles: int = 2_000, *, dask: bool = True) -> dict[str, Any]:
    """The same build with one worker, with two, and on a Dask cluster of two workers of this machine."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source, words = sample(data / "news" / "state_department_releases.jsonl", folder / "releases.jsonl", articles)
        runs = {f"workers_{count}": _built(folder, source, ["--workers", str(count)]) for count in (1, 2)}
        if dask:
            with cluster(folder) as address:
                runs["dask_2"] = _built(folder, source, ["--engine", "dask", "--scheduler", address])
    for run in runs.values():
        run["words_per_second"] = round(words / run["seconds"])
        run["articles_per_second"] = round(articles / run["seconds"], 2)
    one, two = runs["workers_1"], runs["workers_2"]
    return {
        "articles": articles,
        "words": words,
        **runs,
        "speedup_2": round(one["seconds"] / two["seconds"], 3),
        **({"speedup_dask_2": round(one["seconds"] / runs["dask_2"]["seconds"], 3)} if dask else {}),
        "further_worker_mb": two["worker_mb"],
    }


def memory(articles: int = 200_000, step: int = 10_000) -> dict[str, Any]:
    """Memory of builds, one after another, that add `step` made-up articles each to one record, coded by a stand-in.

    The coder's own memory does not grow (`workers` shows it); what is measured is reading, planning, writing, merging.
    """
    peaks: list[int] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for first in range(0, articles, step):
            source = folder / "more.jsonl"
            source.write_text("".join(made_up(number) for number in range(first, first + step)), encoding="utf-8")
            code = f"from benchmarks.load import replayed; replayed({str(folder / 'record')!r}, {str(source)!r})"
            began = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr[-500:])
            seconds.append(round(time.perf_counter() - began, 1))
            peaks.append(round(float(done.stdout)))
            print(f"memory: {first + step:,} articles, {peaks[-1]} MB, {seconds[-1]} s", file=sys.stderr, flush=True)
    return {
        "articles": articles,
        "step": step,
        "peak_mb": peaks,
        "seconds": seconds,
        "growth_after_first": round(max(peaks[1:], default=peaks[0]) / peaks[0], 3),
    }


def replayed(record: str, source: str) -> None:
    """One build with the stand-in for the coder; prints the most memory that it took, in MB."""
    from dragoman.record.pools import InlineExecutor
    from dragoman.record.run import BuildOptions, build
    from tests.fake_coder import fake_coder

    build(Path(record), [source], BuildOptions(maker=fake_coder), InlineExecutor())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE)


def made_up(number: int) -> str:
    """A line of JSON: an article like no other, of some 300 words, with ten visits."""
    places = [f"city {(number * 7 + each) % 1_009}" for each in range(10)]
    text = " ".join(
        f"The minister of region {number} visited {place} on day {number % 365} and spoke with its council of trade, "
        f"roads and water for {number % 97} minutes, as officials of district {number % 613} said."
        for place in places
    )
    return json.dumps({"text": text, "title": f"Report {number}", "published": f"20{number % 20:02}-05-03"}) + "\n"


def sample(source: Path, target: Path, articles: int) -> tuple[Path, int]:
    """Every so many rows of a file of JSON lines, and how many words they have; in turn over where more are wanted."""
    rows = source.read_text(encoding="utf-8").splitlines()
    chosen = [rows[number * len(rows) // articles] for number in range(articles)] if articles <= len(rows) else rows
    target.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return target, sum(len(str(json.loads(row)["text"]).split()) for row in chosen)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of one thread each on this machine, while it lasts; the scheduler's address."""
    told = folder / "scheduler.json"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}

    def started(program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", str(told), "--no-dashboard"]
        return subprocess.Popen([*command, *options], **quiet)

    scheduler = started("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    workers = started("dask_worker", "--nworkers", "2", "--nthreads", "1")
    try:
        address = _when(lambda: _address(told))
        _when(lambda: _has_workers(address, 2))
        yield address
    finally:
        for process in (workers, scheduler):
            process.terminate()
            process.wait()


def _when(found: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What comes true within a minute. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(STEP_SECONDS)
    raise TimeoutError("the Dask cluster did not start")


def _address(told: Path) -> str | None:
    try:
        return str(json.loads(told.read_text())["address"])
    except (OSError, ValueError, KeyError):
        return None


def _has_workers(address: str, count: int) -> bool:
    from importlib import import_module

    client: Any = import_module("distributed").Client(address, set_as_default=False)
    with client:
        return len(client.nthreads()) >= count


def _built(folder: Path, source: Path, options: list[str]) -> dict[str, Any]:
    """One build into a fresh record: seconds, CPU seconds, and the memory of its processes at its height."""
    record = folder / f"record-{len(list(folder.glob('record-*')))}"
    idle = _idle()
    began = time.perf_counter()
    command = [sys.executable, "-m", "dragoman", "build", str(record), str(source), "-q", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as build:
        heights: dict[str, int] = {}
        while build.poll() is None:
            for name, size in _sizes(build.pid).items():
                heights[name] = max(heights.get(name, 0), size)
            time.sleep(STEP_SECONDS)
        said = build.stderr.read() if build.stderr is not None else ""
    if build.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(command)}: exit {build.returncode}: {said[-500:]}")
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "idle": idle,
        **heights,
    }


def _sizes(build: int) -> dict[str, int]:
    """Megabytes of a build: of all its processes, of the first, and what the greatest worker shares with no other."""
    processes = _below(build)
    workers = [process for process in processes if not _below(process)]
    return {
        "all_mb": sum(_told(process, "Pss") for process in (build, *processes)),
        "build_mb": _told(build, "Pss"),
        "worker_mb": max((_told(process, "Private_\\w+") for process in workers), default=0),
    }


def _below(process: int) -> list[int]:
    """The processes that a process started, and theirs."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        here = waiting.pop()
        for path in Path(f"/proc/{here}/task").glob("*/children"):
            try:
                children = [int(each) for each in path.read_text().split()]
            except OSError:
                continue
            found += children
            waiting += children
    return found


def _told(process: int, name: str) -> int:
    """Megabytes of the kind `name` (a pattern), as Linux tells them of a process; 0 where it has ended."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(map(int, re.findall(rf"^{name}:\s+(\d+)", told, re.MULTILINE))) // MEGABYTE


def _idle(seconds: float = 1.0) -> float:
    """The share of the machine's cores that nobody used for a second, 0 to 1."""

    def counted() -> tuple[int, int]:
        numbers = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return numbers[3] + numbers[4], sum(numbers)

    first = counted()
    time.sleep(seconds)
    second = counted()
    return round((second[0] - first[0]) / max(1, second[1] - first[1]), 2)


def main(arguments: list[str]) -> None:
    """`python -m benchmarks.load workers|memory [ARTICLES]`: one of them by itself, over fewer articles perhaps."""
    what, *rest = arguments
    if what == "workers":
        figures = workers(Path(os.environ["DRAGOMAN_DATA"]), *map(int, rest))
    else:
        figures = memory(*map(int, rest))
    print(json.dumps({what: figures}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
