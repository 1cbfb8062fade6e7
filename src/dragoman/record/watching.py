"""Which of the inputs are new: files below folders by their size and time, addresses by what their servers say.

In: the names that a build is given. Out: rounds, each with the names that are worth reading now. Folders are looked
through anew each time: that works on every file system, also on those of a network, where the system tells of no
change; 100,000 files take about a second. A file is waited for until it has stopped growing: until its size and time
are those of the look before, or were settled half a minute ago. Memory is some sixty bytes a file.

It cannot tell a file that pauses for longer than a look from one that is whole: it is read, and read again when it
has grown.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from dragoman.errors import ReadingError, RecordError
from dragoman.reading.fetching import Fetched, is_url
from dragoman.reading.finding import found_names

SETTLED_SECONDS = 30.0  # a file that was not touched for so long is whole at first sight
LEAST_SECONDS = 300.0  # between two requests to one address
MOST_FILES = 100_000  # of one round; what is left comes with the next, at once
MOST_PAGES_BYTES = 64_000_000
MOST_DOUBLINGS = 4  # an address that fails is asked ever later, up to sixteen times as late
SHARE = 3  # a round is followed by at least three times the time that it took


class Ask(Protocol):
    """`reading.fetching.fetch_if_new`, with the bounds of the caller."""

    def __call__(self, url: str, *, etag: str | None, modified: str | None) -> Fetched | None:
        """The page, or none where it has not changed. Raises ReadingError."""


@dataclass(frozen=True, slots=True)
class Round:
    """What is to be read now. `pages` holds what lies at the addresses among the names, or why nothing does."""

    names: tuple[str, ...]
    pages: Mapping[str, Fetched | str]
    more: bool  # there is more than one round takes


@dataclass(slots=True)
class _Address:
    """What is known of one address."""

    due: float = 0.0
    etag: str | None = None
    modified: str | None = None
    state: bytes = b""  # digest of what was read last, or of why nothing was
    failures: int = 0


@dataclass(slots=True)
class _Files:
    """Digests of files: those that were read, and those seen once that may be growing."""

    read: set[int] = field(default_factory=set)
    growing: set[int] = field(default_factory=set)


class Watch:
    """The inputs as they were at the last look. `look` gives what has changed since."""

    def __init__(
        self,
        names: Sequence[str],
        ask: Ask,
        *,
        every: float,
        record: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`every`: seconds between two looks; addresses are asked at most once in `LEAST_SECONDS`. `record`: a folder
        that is not looked into.
        """
        self._record = None if record is None else str(record)
        self._paths = tuple(name for name in names if not is_url(name))
        self._addresses = {name: _Address() for name in names if is_url(name)}
        self._files = _Files()
        self._ask = ask
        self._every = every
        self._clock = clock
        self._before: _Files | None = None

    def look(self) -> Round:
        """What is new, and has stopped growing."""
        self._before = self._files
        files: list[str] = []
        now = _Files()
        more = False
        for path in (found for name in self._paths for found in found_names(name, without=self._record)):
            state = _state_of(path)
            if state is None:
                continue
            digest, touched = state
            if digest in self._files.read:
                now.read.add(digest)
            elif digest not in self._files.growing and self._clock() - touched < SETTLED_SECONDS:
                now.growing.add(digest)
            elif len(files) < MOST_FILES:
                now.read.add(digest)
                files.append(path)
            else:
                now.growing.add(digest)
                more = True
        self._files = now
        pages: dict[str, Fetched | str] = {}
        size = 0
        for url, page in self._changed():
            pages[url] = page
            size += len(page) if isinstance(page, str) else len(page.data)
            if size > MOST_PAGES_BYTES:
                more = True
                break
        return Round((*files, *pages), pages, more)

    def undo(self) -> None:
        """Take back the last look: what it gave could not be stored, and is to be given again."""
        if self._before is not None:
            self._files = self._before
        for address in self._addresses.values():
            address.due, address.etag, address.modified, address.state = 0.0, None, None, b""

    def _changed(self) -> Iterator[tuple[str, Fetched | str]]:
        """The addresses that are due, and hold something new; or fail in a new way."""
        for url, known in self._addresses.items():
            if self._clock() < known.due:
                continue
            found: Fetched | str | None
            try:
                found = self._ask(url, etag=known.etag, modified=known.modified)
                known.failures = 0
            except ReadingError as error:
                found = error.reason
                known.failures += 1
            doublings = min(max(0, known.failures - 1), MOST_DOUBLINGS)
            known.due = self._clock() + max(self._every, LEAST_SECONDS) * 2**doublings
            if found is None:
                continue
            if isinstance(found, Fetched):
                known.etag, known.modified = found.etag, found.modified
            state = _digest(found.encode() if isinstance(found, str) else found.data)
            if state != known.state:
                known.state = state
                yield url, found


def follow(
    watch: Watch,
    read: Callable[[Round], None],
    wait: Callable[[float], bool],
    *,
    every: float,
    tell: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Read round after round until `wait`, which is given seconds, says that it is enough.

    The first round is read even where there is nothing new, so that a wrong call or a damaged record is told at once
    (it raises RecordError). A later one that cannot be stored (a full disk, another build at work) is told and tried
    again. Between two rounds lies at least `SHARE` times what the last one took: a large record is not merged all day.
    """
    first = True
    while True:
        found = watch.look()
        began = clock()
        if first or found.names:
            try:
                read(found)
            except RecordError as error:
                if first:
                    raise
                watch.undo()
                tell(f"{error}: it is tried again")
                found = Round((), {}, False)
        first = False
        taken = clock() - began
        if wait(0.0 if found.more else max(every, SHARE * taken)):
            return


def _state_of(path: str) -> tuple[int, float] | None:
    """A digest of a file's name, size and time, and when it was last touched; none where it is gone again."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError:
        return _number(f"{path}\0?"), 0.0
    size = -1 if stat.S_ISDIR(status.st_mode) else status.st_size  # a folder that may not be entered: reading tells so
    return _number(f"{path}\0{size}\0{status.st_mtime_ns}"), status.st_mtime


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
