"""Who does the work of a build: this thread, processes of this machine, or the workers of a Dask cluster.

In: how many, or where the cluster's scheduler is. Out: an executor, for as long as a block lasts.

On Linux the processes are forked off a small server that has loaded the coder already, so that they share networks and
tables until they write to them. The server runs nothing else and has one thread, which is what makes forking safe.
Elsewhere each process loads its own. A build never learns which executor it has: the record is the same.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from multiprocessing import active_children, forkserver, get_context, parent_process
from multiprocessing.context import BaseContext
from typing import Any

from dragoman.config import Config, config_from
from dragoman.errors import DragomanError, RecordError, UsageError

PRELOAD = "DRAGOMAN_PRELOAD"  # the settings of the coder that the server loads, as JSON
_CLUSTER_SECONDS = 30
_SERVED = "dragoman.record.preloaded"
# Each would start threads of its own where the server imports it, and none is of use to a worker.
_ONE_THREAD: Mapping[str, str] = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}


class InlineExecutor(Executor):
    """Does each piece of work at once, in this thread: for one worker, and for tests."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it now. Interrupts are raised here, all else by the future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future raises it again
            future.set_exception(error)
        return future


def all_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def worker_pool(workers: int, preload: Config | None = None) -> Iterator[Executor]:
    """An executor for `workers` processes of this machine; they end with the process that started them.

    `preload`: the settings of the coder that they will need, where they will need one.
    """
    if workers == 1:
        yield InlineExecutor()
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(workers, mp_context=_context(preload), initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - others:
            child.terminate()
        raise
    pool.shutdown()


@contextmanager
def cluster_pool(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor for the Dask cluster whose scheduler is at `address`, and how many tasks it can do at a time.

    Its workers must have this version of Dragoman, and see the same files under the same names. Raises UsageError
    where Dask is not installed, RecordError where nobody answers or there is no worker.
    """
    try:
        dask: Any = import_module("distributed")
    except ImportError as error:
        raise UsageError("--engine dask needs Dask: pip install 'dragoman[cluster]'") from error
    try:
        client = dask.Client(address, timeout=_CLUSTER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise RecordError(f"{address}: no Dask scheduler can be reached: {reason}") from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise RecordError(f"{address}: the cluster has no worker yet: start some with `dask worker {address}`")
        yield ClusterExecutor(client.get_executor(pure=False)), threads


class ClusterExecutor(Executor):
    """Dask's own executor, with errors that tell a lost worker or scheduler from a failed piece of work."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send it to a worker of the cluster."""
        outer: Future[Any] = Future()
        self._inner.submit(fn, *args, **kwargs).add_done_callback(lambda inner: _hand_over(inner, outer))
        return outer


def _hand_over(inner: Future[Any], outer: Future[Any]) -> None:
    lost = import_module("distributed").KilledWorker
    try:
        outer.set_result(inner.result())
    except (CancelledError, lost, ConnectionError, TimeoutError) as error:
        broken = BrokenExecutor(str(error) or type(error).__name__)
        broken.__cause__ = error
        outer.set_exception(broken)
    except Exception as error:  # noqa: BLE001 - the future raises it again
        outer.set_exception(error)


def preload_coder() -> None:
    """In the server: load the coder that its workers will ask for. What cannot be loaded fails in them, and is told."""
    import gc

    from dragoman.record.work import load_coder, prepared

    told = os.environ.get(PRELOAD)
    if told is None:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as the server does too, once it has imported this
    try:
        prepared(load_coder, config_from(json.loads(told), source=PRELOAD))
    except DragomanError:
        return
    gc.collect()
    gc.freeze()  # a collection in a worker would write to every page that it shares


def _context(preload: Config | None) -> BaseContext:
    """How processes are started: forked off a server on Linux, else anew, for other systems' libraries bear no fork."""
    if sys.platform != "linux" or preload is None:
        return get_context("spawn")
    with _environment({**_ONE_THREAD, PRELOAD: json.dumps(asdict(preload))}):
        forkserver.set_forkserver_preload([_SERVED])
        forkserver.ensure_running()
    return get_context("forkserver")


@contextmanager
def _environment(added: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start_worker() -> None:
    """An interrupt is the parent's to handle; and a worker whose parent was killed would wait for ever: it ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
