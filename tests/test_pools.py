"""Whoever does the work: processes that share what was loaded once, or a Dask cluster; the record is the same."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dragoman.config import Config
from dragoman.errors import CodingError, KnowledgeError, ReadingError, RecordError, UsageError
from dragoman.record import plan
from dragoman.record.parquet import open_engine
from dragoman.record.plan import part_of
from dragoman.record.pools import ClusterExecutor, InlineExecutor, cluster_pool, worker_pool
from dragoman.record.run import BuildOptions, build
from dragoman.record.tables import CodedBy
from dragoman.record.work import BatchOrder, code_batch
from tests.fake_coder import SMALL_BATCH, SMALL_LEAF, fake_coder, newer_coder, write_reports
from tests.test_record_crashes import exported

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A cluster within this process: a scheduler and a worker with two threads, and no port."""
    distributed = pytest.importorskip("distributed")
    settings = {"processes": False, "n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as found:
        yield found


def test_a_dask_cluster_builds_the_same_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Any) -> None:
    monkeypatch.setattr(plan, "LEAF_ARTICLES", SMALL_LEAF)
    monkeypatch.setattr(plan, "BATCH_ARTICLES", SMALL_BATCH)
    names = [str(write_reports(tmp_path / f"{n}.jsonl", n * 6, n * 6 + 8)) for n in range(5)]
    options = BuildOptions(maker=fake_coder)
    alone = build(tmp_path / "alone", names, options, InlineExecutor())
    with cluster_pool(cluster.scheduler_address) as (pool, tasks):
        assert tasks == 2
        spread = build(tmp_path / "spread", names[::-1], options, pool, workers=tasks)
        assert build(tmp_path / "spread", names, options, pool, workers=tasks).coded == 0
    assert spread.coded == alone.coded > 20
    assert exported(tmp_path / "spread") == exported(tmp_path / "alone")
    assert (tmp_path / "spread/manifest.json").read_bytes() == (tmp_path / "alone/manifest.json").read_bytes()


def _fail(error: Exception) -> None:
    raise error


def test_errors_on_a_cluster_come_back_as_they_are_and_lost_workers_as_such(cluster: Any) -> None:
    from distributed import KilledWorker

    with cluster_pool(cluster.scheduler_address) as (pool, _):
        with pytest.raises(RecordError, match="full"):
            pool.submit(_fail, RecordError("record: full")).result(60)
        dead: Any = SimpleNamespace(address="tcp://192.0.2.1:1")
        with pytest.raises(BrokenExecutor):
            pool.submit(_fail, KilledWorker("batch", dead, 3)).result(60)
        assert isinstance(pool, ClusterExecutor)


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("dragoman.record.pools._CLUSTER_SECONDS", 0.2)
    with pytest.raises(RecordError, match="no Dask scheduler can be reached"), cluster_pool("tcp://127.0.0.1:9"):
        pass
    with pytest.raises(RecordError, match="no Dask scheduler can be reached"), cluster_pool("nonsense://"):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"dragoman\[cluster\]"), cluster_pool("tcp://127.0.0.1:9"):
        pass


def test_a_worker_of_another_version_is_refused(tmp_path: Path) -> None:
    by = CodedBy("0", "second", "0", "{}")
    order = BatchOrder(tmp_path / "todo.parquet", "a", "b", tmp_path, Config(), fake_coder, by)
    with pytest.raises(RecordError, match="install one version"):
        code_batch(order)
    assert newer_coder(Config()).versions()["models"] == "second"


@pytest.mark.parametrize(
    "error",
    [
        ReadingError("no", source="a", row=3),
        KnowledgeError("no", table="a.csv", row="r1"),
        CodingError("no", article="a", stage="events"),
        RecordError("no"),
    ],
)
def test_errors_travel_between_processes(error: Exception) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def _draws_bars() -> bool:
    return bool(open_engine().execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0])


def _coded(text: str) -> tuple[list[str], int, int]:
    """In a worker: what its coder makes of a text, its own memory in kB, and how many threads its server has."""
    from dragoman.coding.coder import Coder
    from dragoman.record.work import load_coder, prepared

    coder = prepared(load_coder, Config())
    assert isinstance(coder, Coder)
    rollup = Path("/proc/self/smaps_rollup").read_text()
    own = sum(int(found) for found in re.findall(r"^Private_\w+:\s+(\d+)", rollup, re.MULTILINE))
    found = [f"{event.id} {event.confidence!r}" for event in coder.code(text, published="2024-05-03")]
    return found, own, len(os.listdir(f"/proc/{os.getppid()}/task"))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_processes_share_the_coder_and_code_as_one_alone() -> None:
    """In a process of its own: the server, and what it preloads, last as long as the process that started it."""
    script = (
        "import json, tests.test_pools as t; from dragoman.config import Config\n"
        "if __name__ == '__main__':\n"
        "    with t.worker_pool(2, Config()) as pool:\n"
        "        print(json.dumps([f.result() for f in [pool.submit(t._coded, t.TEXT) for _ in range(2)]]))\n"
        "        assert not pool.submit(t._draws_bars).result()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    alone, _, _ = _coded(TEXT)
    for found, own, threads in json.loads(done.stdout):
        assert found == alone
        assert threads == 1
        assert own < 100_000  # kB; with a coder of its own it is 170,000


TEXT = "Serbian President Aleksandar Vucic visited Athens on Tuesday. He met Greek Prime Minister Kyriakos Mitsotakis."


def test_a_share_of_the_work_can_be_done_by_a_pool(tmp_path: Path) -> None:
    names = [str(write_reports(tmp_path / "a.jsonl", 0, 12))]
    with worker_pool(2) as pool:
        done = [
            build(tmp_path / "record", names, BuildOptions(maker=fake_coder, part=part_of(f"{n}/2")), pool, workers=2)
            for n in (1, 2)
        ]
    assert sum(each.coded for each in done) == done[0].read + done[1].read
