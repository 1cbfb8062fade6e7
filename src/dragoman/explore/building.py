"""A build as one watches it: a bar on a terminal, now and then a line in a log, and a summary at the end.

In: the progress that `record.run.build` tells, and its outcome. Out: lines on a stream of the caller's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from dragoman.record.run import Outcome, Progress

_SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def watched(stream: TextIO, *, quiet: bool = False) -> Iterator[Callable[[Progress], None]]:
    """Something to tell progress to. It draws a bar where the stream is a terminal, else a line every half minute."""
    if quiet:
        yield lambda _: None
        return
    if not stream.isatty():
        yield _lines(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("reading", total=None, told="")
        begun = _Begun()

        def show(progress: Progress) -> None:
            bar.update(
                task,
                description=progress.phase,
                completed=progress.articles,
                total=progress.total,
                told=_told(progress, begun.seconds(progress.phase)),
            )

        yield show


def summary(outcome: Outcome) -> list[str]:
    """What a build did, in a few lines."""
    rate = f", {outcome.coded / outcome.seconds:,.1f} a second" if outcome.coded and outcome.seconds >= 1 else ""
    lines = [
        f"read: {_counted(outcome.read, 'article')}, {outcome.known:,} of them known before; "
        f"{_counted(outcome.copies, 'copy', 'copies')} left out; {outcome.rejects:,} rejected",
        f"coded: {_counted(outcome.coded, 'article')}, {_counted(outcome.events, 'event')}, "
        f"in {_duration(outcome.seconds)}{rate}",
        f"the record holds {_counted(outcome.articles_held, 'article')}, "
        f"{_counted(outcome.mentions_held, 'event mention')}",
    ]
    if outcome.dropped:
        lines.insert(0, f"dropped with damaged shards: {_counted(outcome.dropped, 'article')} (files in damaged/)")
    return lines


def round_line(outcome: Outcome) -> str:
    """What one round of a watch did, in one line."""
    return (
        f"{_counted(outcome.read - outcome.known, 'new article')}, {_counted(outcome.events, 'event')}, "
        f"{outcome.rejects:,} rejected; the record holds {_counted(outcome.articles_held, 'article')}, "
        f"{_counted(outcome.mentions_held, 'event mention')}"
    )


class _Begun:
    """When each phase was first heard of."""

    def __init__(self) -> None:
        self._times: dict[str, float] = {}

    def seconds(self, phase: str) -> float:
        now = time.monotonic()
        return now - self._times.setdefault(phase, now)


def _lines(stream: TextIO) -> Callable[[Progress], None]:
    begun = _Begun()
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        seconds = begun.seconds(progress.phase)
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            print(f"{progress.phase}: {_told(progress, seconds)}{_left(progress, seconds)}", file=stream, flush=True)

    return show


def _told(progress: Progress, seconds: float) -> str:
    parts = [_counted(progress.articles, "article")]
    if progress.total is not None:
        parts = [f"{progress.articles:,} of {_counted(progress.total, 'article')}"]
        parts.append(_counted(progress.events, "event"))
    if progress.articles and seconds >= 1:
        parts.append(f"{progress.articles / seconds:,.1f}/s")
    if progress.rejects:
        parts.append(f"{progress.rejects:,} rejected")
    return ", ".join(parts)


def _left(progress: Progress, seconds: float) -> str:
    if progress.total is None or not progress.articles or seconds < 1:
        return ""
    return f", {_duration((progress.total - progress.articles) * seconds / progress.articles)} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
