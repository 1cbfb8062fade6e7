"""Why mentions stand in one event, and how a user says otherwise. In: a record, and ids. Out: what is to be told;
corrections.

An id may be an event's, one that it had before, or a mention's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.errors import RecordError, UsageError
from dragoman.record.corrections import add_correction, read_corrections
from dragoman.record.merging import merge
from dragoman.record.query import Record
from dragoman.record.store import LOCKED_SHARDS, WORK, clear, locked, open_folder, read_manifest, sweep

_SHOWN = (
    "published, publisher, title, url, sentence, event AS category, status, date_edtf, date_basis, place, quote, "
    "trigger"
)
_HEAD = (
    "id, mentions, articles, reports, publishers, event, modes, about_event, actor_names, "
    "recipient_names, status, negated, "
    "date_edtf, date_basis, place, quote, conflicts, fulfils, cancels, fulfilled_by, cancelled_by"
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """An event, the id that led to it where that is another, its mentions in their order, each with reasons, and
    corrections.
    """

    event: dict[str, Any]
    asked: str
    mentions: tuple[dict[str, Any], ...]

    def line(self) -> str:
        """One line of JSON."""
        told = {**self.event, "asked": self.asked, "told_by": self.mentions}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)


def explain(record: Record, event: str) -> Explanation:
    """Why the mentions of an event are together. Raises UsageError where nothing has this id."""
    found = event_of(record, event)
    head = _rows(record, f"SELECT {_HEAD} FROM events WHERE id = $1", found)[0]
    head["conflicts"] = json.loads(head["conflicts"]) if head["conflicts"] else {}
    rows = _rows(
        record,
        f"""SELECT e.mention, e.article, e.ordinal, e.copy_of, c.kind AS copy_kind, c.copied_from, e.likeness,
        e.reasons, m.* FROM event_mentions e
        JOIN (SELECT article, ordinal, {_SHOWN} FROM mentions) m USING (article, ordinal) LEFT JOIN copies c ON
        c.article = e.article
        WHERE e.event = $1 ORDER BY m.published NULLS LAST, e.article, e.ordinal""",
        found,
    )
    for row in rows:
        row["reasons"] = json.loads(row["reasons"])
    return Explanation(head, event, tuple(rows))


def event_of(record: Record, told: str) -> str:
    """The event that an id means. Raises UsageError for one that is none, RecordError where nothing was merged."""
    if not record.is_merged:
        raise RecordError(f"{record.folder}: it was never merged: run dragoman build {record.folder}")
    for query in (
        "SELECT id FROM events WHERE id = $1",
        "SELECT event FROM redirects WHERE old = $1",
        "SELECT event FROM event_mentions WHERE mention = $1",
    ):
        found = record.ask(query, [told]).fetchall()
        if found:
            return str(found[0][0])
    raise UsageError(f"{told!r} is no event and no mention of this record")


def split(folder: Path, event: str, mentions: list[str]) -> str:
    """Take mentions out of an event for good, and merge again; the event that they are now."""
    with Record.open(folder) as record:
        found = event_of(record, event)
        held = _references(record, [found])
    unknown = sorted(set(mentions) - held.keys())
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no mention of event {found}: dragoman explain {folder} {found} lists them")
    if len(set(mentions)) == len(held):
        raise UsageError(f"these are all mentions of event {found}: leave one in it")
    out = [held[mention] for mention in sorted(set(mentions))]
    _correct(folder, "split", out, [told for mention, told in held.items() if mention not in mentions])
    with Record.open(folder) as record:
        return event_of(record, mentions[0])


def join(folder: Path, one: str, other: str) -> str:
    """Make two events one for good, and merge again; the event that they are now."""
    with Record.open(folder) as record:
        first, second = event_of(record, one), event_of(record, other)
        if first == second:
            raise UsageError(f"{one!r} and {other!r} are one event already")
        ours, theirs = _references(record, [first]), _references(record, [second])
    _correct(folder, "join", list(ours.values()), list(theirs.values()))
    with Record.open(folder) as record:
        return event_of(record, first)


def _correct(folder: Path, kind: str, mentions: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    with open_folder(folder) as handle, locked(handle, range(LOCKED_SHARDS), folder):
        read_corrections(folder)  # a broken line is told before another is added
        add_correction(folder, kind, mentions, others)
        manifest = read_manifest(folder)
        sweep(folder, manifest)
        work = folder / WORK / "merging"
        merge(folder, handle, work, manifest)
        clear(work)


def _references(record: Record, events: list[str]) -> dict[str, dict[str, Any]]:
    """The mentions of events by their ids, as corrections name them."""
    rows = record.ask(
        """SELECT e.mention, m.article, m.trigger_start, m.trigger_end, m.quote FROM event_mentions e
        JOIN mentions m USING (article, ordinal) WHERE list_contains($1, e.event) ORDER BY e.mention""",
        [events],
    ).fetchall()
    return {row[0]: {"article": row[1], "start": row[2], "end": row[3], "quote": row[4]} for row in rows}


def _rows(record: Record, query: str, event: str) -> list[dict[str, Any]]:
    found = record.ask(query, [event])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
