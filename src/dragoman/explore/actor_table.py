"""Who a phrase means, on a terminal. In: a `PhraseReading`. Out: lines for a console. It decides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from rich.table import Table
from rich.text import Text

from dragoman.values import Identified, PhraseReading

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a phrase must not steer the terminal
_BASES = {
    "table": "",
    "text": "no table knows the name: coded from its words",
    "open": "open: several fit",
    "none": "the words name no actor that is known",
}
_COLUMNS = ("who", "party", "country", "sector", "office", "term", "wikidata")


def answer_printer(versions: Mapping[str, str], *, table: bool) -> Callable[[PhraseReading, object], None]:
    """What prints one answer: as a table with its reasons, or as a JSON line; it takes the asker's own id too."""
    if not table:
        from dragoman.record.actor_lines import reading_line

        return lambda reading, own_id: print(reading_line(reading, versions, own_id))
    from dragoman.explore.printing import output_console

    console = output_console()

    def show(reading: PhraseReading, own_id: object) -> None:
        for line in actor_lines(reading):
            console.print(line)

    return show


def actor_lines(reading: PhraseReading) -> Iterator[Text | Table]:
    """A heading, a table of the actors and of who else it could be, and the reasons, a line each."""
    day = f" on {reading.on}" if reading.on is not None else ", no day given"
    said = f": {_BASES[reading.basis]}" if _BASES[reading.basis] else ""
    yield Text(_plain(f"{reading.phrase}{day}{said}"), style="bold")
    if reading.actors or reading.alternatives:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for name in ("", *_COLUMNS):
            table.add_column(name, overflow="fold")
        for mark, rows in (("", reading.actors), ("or", reading.alternatives)):
            for each in rows:
                table.add_row(*(Text(_plain(cell)) for cell in (mark, *_cells(each))))
        yield table
    for step in reading.steps:
        others = ": " + ", ".join(name for name, _ in step.alternatives) if step.alternatives else ""
        yield Text(_plain(f"  {step.note}{others} ({step.rule})"), style="bright_black")


def _cells(found: Identified) -> tuple[str, ...]:
    actor, tenure = found.actor, found.tenure
    term = ""
    if tenure is not None:
        office = f"{tenure.office}, " if tenure.office and tenure.office != actor.office else ""
        term = f"{office}{tenure.start or '?'} – {tenure.end or 'open'}"
    return (
        found.person or actor.name, actor.party or "-", actor.country or "-", actor.sector or "-", actor.office or "-",
        term, actor.wikidata or "",
    )  # fmt: skip


def _plain(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)
