"""Builds that are killed: run as a program by tests/test_record_crashes.py.

`count RECORD INPUT LEAF` builds, with shards of at most LEAF articles, and prints at how many moments a build can be
killed. `kill RECORD INPUT LEAF MOMENT ...` starts one build for each moment, in RECORD-0, RECORD-1, ..., and has each
killed by SIGKILL at its moment: before a file is opened, made, renamed or removed, or an article coded. `alarm RECORD
INPUT SECONDS ...` has them die wherever they are after so many seconds. `full RECORD INPUT BYTES` lets no file grow
larger, as on a full disk. `lock RECORD PART` holds the lock of a build until its standard input ends.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dragoman.errors import RecordError
from dragoman.record.plan import part_of
from dragoman.record.store import locked, open_folder
from tests import fake_coder

MOMENTS = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"})


def count_moments(folder: Path, source: Path, leaf: int, reached: Callable[[int], None]) -> int:
    """Build, and call `reached` with the number of each moment."""
    number = 0

    def tick(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal number
        if event in MOMENTS and str(folder) in str(arguments[0] if arguments else ""):
            number += 1
            reached(number)

    sys.addaudithook(tick)
    coder = fake_coder.FakeCoder.code_article

    def code(self: fake_coder.FakeCoder, article: fake_coder.Article) -> tuple[fake_coder.EventMention, ...]:
        tick("open", (folder,))
        return coder(self, article)

    fake_coder.FakeCoder.code_article = code  # type: ignore[method-assign]
    fake_coder.small_build(folder, [source], leaf=leaf)
    return number


def killed_at(moment: int) -> Callable[[int], None]:
    """Something that kills this process at the moment."""
    return lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == moment else None


def in_child(work: Callable[[], object]) -> int:
    """Do it in a forked process; the signal that ended it, 0 for none."""
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def alarmed(folder: Path, source: Path, seconds: float) -> None:
    """Build, and die after so many seconds."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    fake_coder.small_build(folder, [source])


def main(verb: str, record: str, *arguments: str) -> None:
    """See above."""
    folder = Path(record)
    if verb == "count":
        print(count_moments(folder, Path(arguments[0]), int(arguments[1]), lambda _: None))
    elif verb == "kill":
        source, leaf = Path(arguments[0]), int(arguments[1])
        for index, moment in enumerate(map(int, arguments[2:])):
            print(in_child(partial(count_moments, Path(f"{folder}-{index}"), source, leaf, killed_at(moment))))
    elif verb == "alarm":
        for index, seconds in enumerate(map(float, arguments[1:])):
            print(in_child(partial(alarmed, Path(f"{folder}-{index}"), Path(arguments[0]), seconds)))
    elif verb == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(arguments[1]), int(arguments[1])))
        try:
            fake_coder.small_build(folder, [Path(arguments[0])])
        except RecordError as error:
            print(error)
    else:
        part = part_of(arguments[0])
        with open_folder(folder) as handle, locked(handle, part.shards(), folder):
            print("locked", flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
