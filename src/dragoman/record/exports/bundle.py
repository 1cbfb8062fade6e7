"""A data set to publish: files in any formats, with all that a stranger needs to read and cite them.

In: an open record, a filter, formats. Out: a folder with the data, the record's articles (without their texts: a count
needs its denominator), a codebook, manifest.json, datapackage.json, the licence, CITATION.cff, read.R and read.py. The
same record gives the same bytes; nothing tells when or where it was made. The folder appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from dragoman import __version__
from dragoman.errors import UsageError
from dragoman.record.exports import layouts
from dragoman.record.exports.bundle_texts import (
    DataFile,
    Told,
    citation_text,
    codebook_text,
    codes_rows,
    licence_text,
)
from dragoman.record.exports.columns import TABLE_COLUMNS, Column
from dragoman.record.exports.delimited import write_csv
from dragoman.record.exports.formats import FORMATS, Request, write, write_parquet
from dragoman.record.exports.lookups import load_lookups
from dragoman.record.exports.package import package_text
from dragoman.record.exports.readers import read_py_text, read_r_text
from dragoman.record.exports.selection import Selection, Table, selection
from dragoman.record.filters import EventFilter, where
from dragoman.record.parquet import sha256_of, told_plainly
from dragoman.record.query import Record

DEFAULT_FORMATS = ("csv", "jsonl", "parquet")
TITLE = "Events coded by Dragoman"
_LAYOUTS: Mapping[str, tuple[Column, ...]] = {
    "polecat": layouts.POLECAT,
    "icews": layouts.ICEWS,
    "gdelt": layouts.GDELT,
}
_TABLES = frozenset({"jsonl", "csv", "parquet", "xlsx", "stata"})


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """What goes into a bundle, and who gives it."""

    formats: tuple[str, ...] = DEFAULT_FORMATS
    tables: tuple[Table, ...] = ("events", "mentions")
    chosen: EventFilter = field(default_factory=EventFilter)
    title: str = TITLE
    authors: tuple[str, ...] = ()


def write_bundle(record: Record, folder: Path, options: BundleOptions) -> tuple[DataFile, ...]:
    """Write a bundle into a folder that is new or empty; its data files. Raises UsageError where it is neither."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: it is there already, and not empty: name a new folder")
    work = folder.parent / f".{folder.name}.new"
    shutil.rmtree(work, ignore_errors=True)
    try:
        with told_plainly(folder):
            work.mkdir(parents=True)
            files = _filled(record, work, options)
            os.replace(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return files


def _filled(record: Record, work: Path, options: BundleOptions) -> tuple[DataFile, ...]:
    files: list[DataFile] = []
    for name in options.formats:
        form = FORMATS[name]
        wanted = options.tables if name in _TABLES else (form.table or options.tables[0],)
        for table in wanted:
            with _chosen(record, table, options) as chosen:
                request = Request(record, chosen, options.title)
                columns = TABLE_COLUMNS[table] if name in _TABLES else _LAYOUTS.get(name, ())
                path = form.file.format(table=table)
                files.append(_written(work, path, name, table, columns, partial(write, name, request)))
    with _chosen(record, options.tables[0], options) as chosen:
        files += _beside(work, chosen, options)
        told = _told(record, chosen, options)
    _explain(work, told, tuple(files), options)
    return tuple(files)


@contextmanager
def _chosen(record: Record, table: Table, options: BundleOptions) -> Iterator[Selection]:
    """The rows of a table; of mentions, where events are given too, those of the chosen events."""
    condition, parameters = where(options.chosen, "events" if "events" in options.tables else table)
    if table == "mentions" and "events" in options.tables:
        condition = (
            f"id IN (SELECT mention FROM event_mentions WHERE event IN (SELECT id FROM events WHERE {condition}))"
        )
    with selection(record, table, condition, parameters) as chosen:
        yield chosen


def _beside(work: Path, chosen: Selection, options: BundleOptions) -> Iterator[DataFile]:
    """The articles, and which mention belongs to which event: as CSV, and as Parquet where that is asked for."""
    queries = {"articles": chosen.article_query()}
    if chosen.table == "events":
        queries["event_mentions"] = chosen.link_query()
    rows = {"articles": chosen.article_rows, "event_mentions": chosen.link_rows}
    for table, query in queries.items():
        columns = TABLE_COLUMNS[table]
        names = [column.name for column in columns]
        yield _written(work, f"{table}.csv", "csv", table, columns, partial(write_csv, names, rows[table]()))
        if "parquet" in options.formats:
            fill = partial(write_parquet, chosen, query)
            yield _written(work, f"{table}.parquet", "parquet", table, columns, fill)


def _written(
    work: Path, name: str, form: str, table: str, columns: Sequence[Column], fill: Callable[[BinaryIO], int]
) -> DataFile:
    path = work / name
    with path.open("wb") as out:
        rows = fill(out)
    media = FORMATS[form].media
    return DataFile(name, form, media, table, tuple(columns), rows, path.stat().st_size, sha256_of(path))


def _told(record: Record, chosen: Selection, options: BundleOptions) -> Told:
    """What the texts of a bundle say of the record and of what was chosen."""
    digest = hashlib.sha256()
    articles = 0
    for row in chosen.article_rows():
        digest.update(f"{row['id']}\n".encode())
        articles += 1
    given = {name: value for name, value in asdict(options.chosen).items() if value not in ((), None, False)}
    return Told(
        title=options.title,
        authors=options.authors,
        version=__version__,
        coded_by=tuple(by.columns() for by in record.manifest.coded_by()),
        articles=articles,
        articles_sha256=digest.hexdigest(),
        mentions=record.manifest.rows("mentions"),
        rejects=record.manifest.rows("rejects"),
        filter=given,
        merged="events" in options.tables,
        current=record.merged_current,
    )


def _explain(work: Path, told: Told, files: tuple[DataFile, ...], options: BundleOptions) -> None:
    lookups = load_lookups()
    with (work / "codes.csv").open("wb") as out:
        write_csv(("kind", "code", "of", "meaning"), codes_rows(lookups.ontology), out)
    texts = {
        "codebook.md": codebook_text(told, files, lookups.ontology),
        "LICENSE.md": licence_text(told),
        "CITATION.cff": citation_text(told),
        "datapackage.json": package_text(told, files),
        "read.R": read_r_text(files),
        "read.py": read_py_text(files),
        "manifest.json": _manifest_text(work, told, files, options),
    }
    for name, text in texts.items():
        (work / name).write_text(text, encoding="utf-8", newline="\n")


def _manifest_text(work: Path, told: Told, files: tuple[DataFile, ...], options: BundleOptions) -> str:
    record: dict[str, Any] = {
        "articles": told.articles,
        "mentions": told.mentions,
        "rejects": told.rejects,
        "articles_sha256": told.articles_sha256,  # of the sorted ids, a line each: ids hash text and source
    }
    manifest = {
        "kind": "dragoman bundle",
        "schema": 1,
        "title": told.title,
        "made_by": f"dragoman {told.version}",
        "coded_by": list(told.coded_by),
        "cameo": "1.1b3",
        "record": record,
        "filter": told.filter,
        "formats": list(options.formats),
        "merged_current": told.current if told.merged else None,
        "files": [
            {
                "name": file.name,
                "format": file.format,
                "table": file.table,
                "rows": file.rows,
                "bytes": file.bytes,
                "sha256": file.sha256,
            }
            for file in files
        ],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
