"""What users said of merging: these mentions are one event, those are not. In: lines of `corrections.jsonl`. Out:
bundles.

A correction names mentions by article, place of the trigger and quote, so that it holds after the record is built or
coded again. What it names and is no longer there is passed over. Of two that contradict one another the later holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dragoman.errors import RecordError
from dragoman.record.parquet import keep, told_plainly
from dragoman.record.store import CORRECTIONS

KINDS = ("join", "split")
_REFERENCE = frozenset(("article", "start", "end", "quote"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A mention of an article that a correction names."""

    n: int
    article: str
    start: int
    end: int
    quote: str


@dataclass(slots=True)
class Bundles:
    """Mentions that must stand in one event, and bundles of them that must not."""

    of_mention: dict[int, int] = field(default_factory=dict)
    apart: set[tuple[int, int]] = field(default_factory=set)
    _events: dict[int, int] = field(default_factory=dict)  # by bundle
    _held: dict[int, set[int]] = field(default_factory=dict)  # bundles by event

    @classmethod
    def of(cls, corrections: Sequence[Mapping[str, Any]], seen: Sequence[Seen]) -> Bundles:
        """What the corrections, in their order, say of the mentions that are there."""
        found = cls()
        for number, told in enumerate(corrections):
            first = {n for each in told["mentions"] if (n := _place(each, seen)) is not None}
            second = {n for each in told["others"] if (n := _place(each, seen)) is not None}
            if told["kind"] == "join":
                found._join(2 * number, first | second)
            else:
                found._split(2 * number, first, second)
        return found

    def _join(self, bundle: int, mentions: set[int]) -> None:
        old = {self.of_mention[n] for n in mentions if n in self.of_mention}
        for n, held in list(self.of_mention.items()):
            if held in old:
                self.of_mention[n] = bundle
        self.of_mention.update(dict.fromkeys(mentions, bundle))
        renamed = {tuple(sorted(bundle if each in old else each for each in pair)) for pair in self.apart}
        self.apart = {(a, b) for a, b in renamed if a != b}

    def _split(self, bundle: int, first: set[int], second: set[int]) -> None:
        self.of_mention.update(dict.fromkeys(first, bundle))
        self.of_mention.update(dict.fromkeys(second, bundle + 1))
        self.apart.add((bundle, bundle + 1))

    def event(self, n: int) -> int | None:
        """The event that a mention must join, if any."""
        bundle = self.of_mention.get(n)
        return None if bundle is None else self._events.get(bundle)

    def forbids(self, n: int, event: int) -> bool:
        """May the mention not join the event?"""
        bundle = self.of_mention.get(n)
        if bundle is None:
            return False
        return any((min(bundle, held), max(bundle, held)) in self.apart for held in self._held.get(event, ()))

    def put(self, n: int, event: int) -> None:
        """The mention joined the event."""
        bundle = self.of_mention.get(n)
        if bundle is not None:
            self._events.setdefault(bundle, event)
            self._held.setdefault(event, set()).add(bundle)


def read_corrections(folder: Path) -> list[dict[str, Any]]:
    """The corrections of a record in their order. Raises RecordError for a line that is none."""
    path = folder / CORRECTIONS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: it cannot be read: {error}") from error
    return [_checked(line, path, number) for number, line in enumerate(lines, 1) if line.strip()]


def add_correction(
    folder: Path, kind: str, mentions: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]
) -> None:
    """Add a line. For a split `mentions` are taken out of the event of `others`; for a join both become one event."""
    path = folder / CORRECTIONS
    told = {"kind": kind, "mentions": [dict(each) for each in mentions], "others": [dict(each) for each in others]}
    new = path.with_suffix(".new")
    with told_plainly(path):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        before += "" if not before or before.endswith("\n") else "\n"
        new.write_text(before + json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        keep(new)
        os.replace(new, path)


def _place(reference: Mapping[str, Any], seen: Sequence[Seen]) -> int | None:
    """The mention that a reference names: with an overlapping trigger, else alone with its quote."""
    own = [each for each in seen if each.article == reference["article"]]
    exact = [each.n for each in own if (each.start, each.end) == (reference["start"], reference["end"])]
    if exact:
        return exact[0]
    near = [each.n for each in own if each.start < reference["end"] and each.end > reference["start"]]
    if near:
        return near[0]
    quoted = [each.n for each in own if each.quote == reference["quote"]]
    return quoted[0] if len(quoted) == 1 else None


def _checked(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        told = json.loads(line)
        sound = told["kind"] in KINDS and all(
            each.keys() >= _REFERENCE for each in (*told["mentions"], *told["others"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise RecordError(f"{path}, line {number}: it is no correction: mend the line or take it out")
    return dict(told)
