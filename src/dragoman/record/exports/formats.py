"""The formats in which a record is given away, by name, and how each is written.

In: what is chosen of a record. Out: bytes on a stream, the same for the same rows. Formats of others that have no
column for a denial or a plan hold only what happened. `stata` holds its rows in memory and `gexf` its sums; all others
pass rows on one by one, from an engine that sorts on disk.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from dragoman.record.export import CodedArticle, json_line
from dragoman.record.exports import layouts, network
from dragoman.record.exports.columns import TABLE_COLUMNS
from dragoman.record.exports.delimited import as_text, write_csv, write_tsv
from dragoman.record.exports.event_lines import event_line
from dragoman.record.exports.gdelt import gdelt_rows
from dragoman.record.exports.icews import icews_rows
from dragoman.record.exports.lookups import Lookups, load_lookups
from dragoman.record.exports.maps import write_geojson, write_kml
from dragoman.record.exports.plover import plover_row
from dragoman.record.exports.polecat import polecat_row
from dragoman.record.exports.references import write_bibtex, write_ris
from dragoman.record.exports.selection import Selection, Table
from dragoman.record.exports.stata import write_stata
from dragoman.record.exports.timeline import write_timeline
from dragoman.record.exports.workbook import write_workbook
from dragoman.record.parquet import quoted, told_plainly
from dragoman.record.query import Record


@dataclass(frozen=True)
class Request:
    """What is to be written: of which record, which rows of it, under what title."""

    record: Record
    chosen: Selection
    title: str

    @cached_property
    def lookups(self) -> Lookups:
        """The tables that layouts look things up in: loaded when the first needs them."""
        return load_lookups()


Write = Callable[[Request, BinaryIO], int]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the name of its file in a bundle ({table} stands for events or mentions), and who writes it."""

    file: str
    media: str
    write: Write
    table: Table | None = None  # what it holds where nothing else is asked for; none: events
    only: bool = False  # ... and cannot hold anything else
    happened: bool = False  # it has no column for what is denied, planned, hypothetical or past


def _jsonl(request: Request, out: BinaryIO) -> int:
    count = 0
    with as_text(out) as text:
        for line in event_lines(request) if request.chosen.table == "events" else mention_lines(request):
            text.write(line + "\n")
            count += 1
    return count


def event_lines(request: Request) -> Iterator[str]:
    """The chosen events as lines of JSON."""
    return (event_line(row) for row in request.chosen.rows())


def mention_lines(request: Request) -> Iterator[str]:
    """The chosen mentions as the lines of `dragoman code`."""
    return (json_line(event, each.versions) for each in coded(request) for event in each.events)


def coded(request: Request) -> Iterator[CodedArticle]:
    """The coded articles of a record with those of their events that are chosen; articles without any are left out."""
    wanted = request.chosen.rows(("article", "ordinal"))
    row = next(wanted, None)
    for each in request.record.coded():
        ordinals = []
        while row is not None and row["article"] == each.article.id:
            ordinals.append(row["ordinal"])
            row = next(wanted, None)
        if ordinals:
            yield CodedArticle(each.article, tuple(each.events[number] for number in ordinals), each.versions)


def _csv(request: Request, out: BinaryIO) -> int:
    return write_csv(request.chosen.columns(), request.chosen.rows(), out)


def _parquet(request: Request, out: BinaryIO) -> int:
    query = request.chosen.query()
    return write_parquet(request.chosen, query, out)


def write_parquet(chosen: Selection, query: str, out: BinaryIO) -> int:
    """Write what a query gives as Parquet. The rows pass through a table, for equal rows to give equal bytes."""
    with tempfile.TemporaryDirectory(prefix="dragoman-") as folder, told_plainly(folder):
        path = Path(folder) / "export.parquet"
        chosen.engine.execute(f"CREATE OR REPLACE TEMP TABLE given AS {query}", chosen.used(query))
        found = chosen.engine.execute(
            f"COPY given TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)"
        ).fetchone()
        chosen.engine.execute("DROP TABLE given")
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, out)
    return int(found[0]) if found is not None else 0


def _xlsx(request: Request, out: BinaryIO) -> int:
    chosen = request.chosen
    columns = TABLE_COLUMNS[chosen.table]
    return write_workbook(chosen.table, columns, chosen.rows(), chosen.count(), request.title, out)


def _stata(request: Request, out: BinaryIO) -> int:
    return write_stata(TABLE_COLUMNS[request.chosen.table], request.chosen.rows(), request.title, out)


def _plover(request: Request, out: BinaryIO) -> int:
    count = 0
    with as_text(out) as text:
        for row in request.chosen.told_rows():
            told = json.dumps(plover_row(row, request.lookups), ensure_ascii=False, separators=(",", ":"))
            text.write(told + "\n")
            count += 1
    return count


def _polecat(request: Request, out: BinaryIO) -> int:
    rows = (polecat_row(row, request.lookups) for row in request.chosen.told_rows())
    return write_tsv([column.name for column in layouts.POLECAT], rows, out)


def _icews(request: Request, out: BinaryIO) -> int:
    rows = (cells for row in request.chosen.told_rows() for cells in icews_rows(row, request.lookups))
    return write_tsv([column.name for column in layouts.ICEWS], rows, out)


def _gdelt(request: Request, out: BinaryIO) -> int:
    rows = (cells for row in request.chosen.told_rows() for cells in gdelt_rows(row, request.lookups))
    return write_tsv((), rows, out)


def _gexf(request: Request, out: BinaryIO) -> int:
    names = (*network.COLUMNS, *(("mentions",) if request.chosen.table == "events" else ()))
    return network.write_network(request.chosen.rows(names), request.lookups, request.title, out)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "jsonl": Format("{table}.jsonl", "application/jsonl", _jsonl),
        "csv": Format("{table}.csv", "text/csv", _csv),
        "parquet": Format("{table}.parquet", "application/vnd.apache.parquet", _parquet),
        "xlsx": Format("{table}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
        "stata": Format("{table}.dta", "application/x-stata-dta", _stata),
        "plover": Format("plover.jsonl", "application/jsonl", _plover, happened=True),
        "polecat": Format("polecat.tsv", "text/tab-separated-values", _polecat, "mentions", happened=True),
        "icews": Format("icews.tsv", "text/tab-separated-values", _icews, "mentions", happened=True),
        "gdelt": Format("gdelt.export.CSV", "text/tab-separated-values", _gdelt, "events", only=True, happened=True),
        "gexf": Format("network.gexf", "application/gexf+xml", _gexf, happened=True),
        "geojson": Format(
            "places.geojson", "application/geo+json", lambda request, out: write_geojson(request.chosen.rows(), out)
        ),
        "kml": Format(
            "places.kml",
            "application/vnd.google-earth.kml+xml",
            lambda request, out: write_kml(request.chosen.rows(), request.title, out),
        ),
        "timelinejs": Format(
            "timeline.json",
            "application/json",
            lambda request, out: write_timeline(request.chosen.rows(), request.title, out),
        ),
        "ris": Format(
            "references.ris",
            "application/x-research-info-systems",
            lambda request, out: write_ris(request.chosen.article_rows(cited=True), out),
        ),
        "bibtex": Format(
            "references.bib",
            "application/x-bibtex",
            lambda request, out: write_bibtex(request.chosen.article_rows(cited=True), out),
        ),
    }
)


def write(name: str, request: Request, out: BinaryIO) -> int:
    """Write what is chosen in a format; how many rows, features or references that gave."""
    form = FORMATS[name]
    chosen = request.chosen.happened() if form.happened else request.chosen
    return form.write(Request(request.record, chosen, request.title), out)
