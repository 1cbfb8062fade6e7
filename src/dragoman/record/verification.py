"""Is a record what was written, and does it agree with itself? In: the folder of a record. Out: what is wrong, piece
by piece, and how much was looked at.

Files are compared with the manifest, texts with their hashes, ids with what they are hashes of, every span of words
with the text that it is of, flat columns with the evidence, merged tables with the mentions. One shard after another
is read in the order in which it was written, so that memory does not grow with the record. It does not code anything
again, and knows nothing of a change that was made with all hashes made to fit.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from dragoman.errors import RecordError
from dragoman.reading.plain import article_id
from dragoman.record.failures import Checked, Failure, Tell, file_failure
from dragoman.record.merged_checks import check_merged_tables
from dragoman.record.parquet import open_engine, scan, told_plainly
from dragoman.record.store import MANIFEST, Manifest, Shard, ShardFile, read_manifest
from dragoman.record.tables import TABLES, Row, article_of, event_of, mention_row
from dragoman.values import Article

_FETCHED_AT_ONCE = 100
_SAME_TRIGGER = 64  # so many events of one trigger are thought possible


def verify(folder: Path, tell: Tell) -> Checked:
    """Check all of a record, telling what is wrong as it is found. Raises RecordError where there is no record."""
    manifest = read_manifest(folder)
    _check_totals(folder, manifest, tell)
    checked = Checked()
    with _spilling_engine() as engine:
        for shard in manifest.shards:
            checked += _verified(engine, folder, shard, tell)
        try:
            checked += check_merged_tables(engine, folder, manifest, tell)
        except RecordError as error:  # a damaged file, told of by its name before, cannot be read beside them
            tell(Failure("merged", MANIFEST, None, None, f"the merged tables cannot be checked: {error}"))
    return checked


@contextmanager
def _spilling_engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that puts what does not fit into memory into a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="dragoman-verify-") as spill:
        engine = open_engine(Path(spill))
        try:
            yield engine
        finally:
            engine.close()


def _check_totals(folder: Path, manifest: Manifest, tell: Tell) -> None:
    """The sums that the manifest tells beside its shards."""
    told = json.loads((folder / MANIFEST).read_bytes())
    for table in TABLES:
        rows = told.get("rows", {}).get(table)
        if rows != manifest.rows(table):
            reason = f"it tells of {rows} rows of {table}, its shards hold {manifest.rows(table)}"
            tell(Failure("manifest", MANIFEST, None, None, reason))


def _verified(engine: duckdb.DuckDBPyConnection, folder: Path, shard: Shard, tell: Tell) -> Checked:
    """One shard: its files, then what is in them, as far as it can be read."""
    checked = Checked(files=len(shard.files))
    readable = True
    for table, file in shard.files.items():
        failure = file_failure(folder, table, file, engine)
        if failure is not None:
            tell(failure)
            readable = readable and failure.reason != "it is missing"
        readable = readable and _has_columns(engine, folder, table, file, tell)
    if not readable:
        return checked
    try:
        for found in _content(engine, folder, shard, tell):
            checked += found
    except RecordError as error:
        tell(Failure("file", shard_name(shard), None, None, f"it cannot be read on: {error}"))
    return checked


def shard_name(shard: Shard) -> str:
    """How a shard is told of."""
    return f"shard {shard.prefix or 'of all articles'}"


def _has_columns(engine: duckdb.DuckDBPyConnection, folder: Path, table: str, file: ShardFile, tell: Tell) -> bool:
    name = f"{table}/{file.name}"
    try:
        with told_plainly(name):
            rows = engine.execute(f"DESCRIBE SELECT * FROM {scan(table, [folder / table / file.name])}").fetchall()
    except RecordError as error:
        tell(Failure("file", name, None, None, str(error)))
        return False
    if [row[0] for row in rows] != list(TABLES[table]):
        tell(Failure("columns", name, None, None, f"its columns are not those of {table}"))
        return False
    return True


def _content(engine: duckdb.DuckDBPyConnection, folder: Path, shard: Shard, tell: Tell) -> Iterator[Checked]:
    """Article by article, with its mentions and their evidence."""
    names = {table: f"{table}/{shard.files[table].name}" if table in shard.files else f"{table}/" for table in TABLES}
    mentions = _Ahead(_rows(engine, folder, shard, "mentions"))
    evidence = _Ahead(_rows(engine, folder, shard, "evidence"))
    before = ""
    for row in _rows(engine, folder, shard, "articles"):
        file, identity = names["articles"], row["id"]
        if identity <= before:
            tell(Failure("order", file, identity, None, "it stands twice, or out of order"))
        before = max(before, identity)
        for reason in article_faults(row, shard.prefix):
            tell(Failure("article", file, identity, None, reason))
        own, proofs = mentions.of(identity), evidence.of(identity)
        for table, ahead in (("mentions", mentions), ("evidence", evidence)):
            for stray in ahead.passed():
                tell(Failure(table, names[table], stray["article"], stray["id"], "its article is not here"))
        if len(own) != row["mentions"]:
            reason = f"it has {len(own)} mentions, and {row['mentions']} are told"
            tell(Failure("mentions", names["mentions"], identity, None, reason))
        spans = _pairs(article_of(row), own, proofs, names, tell)
        yield Checked(articles=1, mentions=len(own), spans=spans)
    for table, ahead in (("mentions", mentions), ("evidence", evidence)):
        for stray in ahead.rest():
            tell(Failure(table, names[table], stray["article"], stray["id"], "its article is not here"))


def article_faults(row: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """What is wrong with an article by itself."""
    text = row["text"]
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != row["text_sha256"]:
        yield "its text is not that of text_sha256"
    told = {name: row[name] for name in ("published", "publisher", "url")}
    if article_id(text, **told) != row["id"]:
        yield "its id is not the hash of publisher, url, published and text"
    if not row["id"].startswith(prefix):
        yield f"it does not belong into the shard {prefix!r}"
    for name in ("body", "dateline"):
        start, end = row[f"{name}_start"], row[f"{name}_end"]
        if (start is None) != (end is None) or (start is not None and not 0 <= start <= end <= len(text)):
            yield f"its {name} lies outside the text"


def _pairs(article: Article, own: list[Row], proofs: list[Row], names: Mapping[str, str], tell: Tell) -> int:
    """The mentions of one article beside their evidence; how many spans there are."""
    spans = 0
    by_ordinal = {row["ordinal"]: row for row in proofs}
    if len(by_ordinal) != len(proofs) or len(proofs) != len(own):
        reason = f"{len(own)} mentions have {len(proofs)} rows of evidence"
        tell(Failure("evidence", names["evidence"], article.id, None, reason))
    seen: set[str] = set()
    for number, row in enumerate(own):
        proof = by_ordinal.get(row["ordinal"])
        faults = [f"it is number {row['ordinal']} of its article, not {number}"] if row["ordinal"] != number else []
        faults += ["its id stands twice in its article"] if row["id"] in seen else []
        seen.add(row["id"])
        faults += mention_faults(article, row, proof)
        for fault in faults:
            tell(Failure("mention", names["mentions"], article.id, row["id"], fault))
        for what, span in spans_of(proof) if proof is not None else ():
            spans += 1
            if article.text[span["start"] : span["end"]] != span["text"]:
                reason = f"{what}: the text has not {str(span['text'])[:80]!r} at {span['start']}-{span['end']}"
                tell(Failure("span", names["evidence"], article.id, row["id"], reason))
        spans += 2
    return spans


def mention_faults(article: Article, row: Mapping[str, Any], proof: Mapping[str, Any] | None) -> Iterator[str]:
    """What is wrong with a mention: its own words, its id, and what its evidence does not say."""
    for name in ("quote", "trigger"):
        start, end = row[f"{name}_start"], row[f"{name}_end"]
        if article.text[start:end] != row[name]:
            yield f"{name}: the text has not {row[name][:80]!r} at {start}-{end}"
    if not _is_own_id(row):
        yield "its id is not the hash of its article and trigger"
    if row["date_start"] is not None and not row["date_start"] <= row["date_end"]:
        yield f"its date ends ({row['date_end']}) before it begins ({row['date_start']})"
    if proof is None:
        yield "it has no evidence"
    elif proof["id"] != row["id"]:
        yield f"its evidence is that of {proof['id']}"
    else:
        again = mention_row(event_of(row, proof, article), row["ordinal"])
        for name in again:
            if again[name] != row[name]:
                yield f"{name} says {row[name]!r}, article and evidence say {again[name]!r}"


def _is_own_id(row: Mapping[str, Any]) -> bool:
    told = (row["article"], str(row["trigger_start"]), str(row["trigger_end"]))
    return any(
        hashlib.sha256("\x1f".join((*told, str(number))).encode()).hexdigest()[:24] == row["id"]
        for number in range(_SAME_TRIGGER)
    )


def spans_of(proof: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All words that a row of evidence quotes, and what they stand for."""
    for role in ("actors", "recipients"):
        for party in proof[role]:
            yield role.removesuffix("s"), party
    for link in proof["attribution"]:
        for what, span in (("speaker", link["party"]), ("speaker", link["words"]), ("cue", link["cue"])):
            if span is not None:
                yield what, span
    for what in ("date", "place"):
        if proof[what] is not None:
            yield what, proof[what]
    for step in proof["steps"]:
        for span in step["spans"]:
            yield f"step {step['stage']}", span


class _Ahead:
    """Rows in the order of their articles, handed out article by article; those of no article are kept apart."""

    __slots__ = ("_next", "_passed", "_rows")

    def __init__(self, rows: Iterator[Row]) -> None:
        """`rows` come in the order of `article` and `ordinal`."""
        self._rows = rows
        self._next: Row | None = next(rows, None)
        self._passed: list[Row] = []

    def of(self, article: str) -> list[Row]:
        """The rows of an article; all before it are passed."""
        found: list[Row] = []
        while self._next is not None and self._next["article"] <= article:
            (found if self._next["article"] == article else self._passed).append(self._next)
            self._next = next(self._rows, None)
        return found

    def passed(self) -> list[Row]:
        """Rows that no article was asked for."""
        passed, self._passed = self._passed, []
        return passed

    def rest(self) -> Iterator[Row]:
        """What is left after the last article."""
        while self._next is not None:
            yield self._next
            self._next = next(self._rows, None)


def _rows(engine: duckdb.DuckDBPyConnection, folder: Path, shard: Shard, table: str) -> Iterator[Row]:
    """The rows of one file as they stand."""
    if table not in shard.files:
        return
    name = f"{table}/{shard.files[table].name}"
    with told_plainly(name):
        cursor = engine.cursor()
        cursor.execute(f"SELECT * FROM {scan(table, shard.paths(folder, table))}")
        columns = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            for row in rows:
                yield dict(zip(columns, row, strict=True))
