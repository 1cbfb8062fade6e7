"""Which articles copy which. In: the articles of a record. Out: rows of `copies`: whom each copied, and the first
of all.

Candidates share a band of a MinHash of all their words (rensa), or one of their first long sentences; of those each is
compared word by word (`copying`). Words wait in a scratch file, so that memory does not grow with the record. What
comes out depends on the articles alone: they are taken in the order of their time, then of their ids.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from dragoman.knowledge.copy_words import CopyWords
from dragoman.record.copy_text import CopyText, copy_text, fingerprint
from dragoman.record.copying import Comparison, compare
from dragoman.record.neighbours import COLUMNS, neighbours
from dragoman.record.parquet import scan, told_plainly, write_rows
from dragoman.record.tables import Row

DAYS = 60  # between a source and its copy
RELEASE_DAYS = 14  # between a release and the one that takes its place
NEAREST = 6  # articles before it with one key that an article is paired with
COMPARED = 12  # of those: the ones with most keys in common
HEADING = 25  # words, first or last, in which a release says that it corrects
_PERMUTATIONS, _BAND, _SEED = 64, 4, 20261
_SHINGLE, _SENTENCES, _LONG = 4, 6, 7
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of an article: its words, and where and when it came from."""

    id: str
    day: int  # days since 1970; -1 where there is none
    publisher: str | None
    url: str | None
    credits: tuple[str, ...]
    title: tuple[str, ...]
    text: CopyText


@dataclass(frozen=True, slots=True)
class Link:
    """One article copied another, or takes its place (`revised`)."""

    article: str
    source: str
    kind: str
    likeness: float


def find_copies(
    engine: duckdb.DuckDBPyConnection, articles: Sequence[Path], work: Path, words: CopyWords
) -> Iterator[Row]:
    """Rows of `copies` in the order of their articles' time. `work` is a folder for scratch files."""
    with told_plainly(work):
        shelf = _Shelf(work / "words.sqlite")
        try:
            keys = _prepare(engine, articles, work, words, shelf)
            _link(engine, keys, work, shelf, words)
            yield from _rows(shelf)
        finally:
            shelf.close()


def report_of(row: Row, words: CopyWords) -> Report:
    """What is compared of a row of `articles`."""
    day, _ = moment_of(row["published"])
    title = copy_text(row["title"] or "", words).words
    text = copy_text(row["text"], words, row["body_start"], day)
    return Report(row["id"], day, row["publisher"], row["url"], tuple(row["credits"]), title, text)


def keys_of(text: CopyText) -> list[int]:
    """Numbers that copies of a text are likely to share."""
    from rensa import RMinHash

    body = text.words[text.lead :] if len(text.words) - text.lead > _SHINGLE else text.words
    minhash = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    minhash.update([" ".join(body[at : at + _SHINGLE]) for at in range(max(1, len(body) - _SHINGLE + 1))])
    digest = [str(value) for value in minhash.digest()]
    found = [fingerprint((str(at), *digest[at : at + _BAND])) for at in range(0, _PERMUTATIONS, _BAND)]
    long = [text.words[a:b] for a, b in text.sentences() if b - a >= _LONG]
    found.extend(fingerprint(("sentence", *sentence)) for sentence in long[:_SENTENCES])
    return sorted(set(found))


def moment_of(published: str | None) -> tuple[int, str]:
    """The day since 1970 (UTC) and the time of the day, "" where only the day is known; (-1, "") for none."""
    if not published:
        return -1, ""
    try:
        if len(published) <= 10:
            return (date.fromisoformat(published) - date(1970, 1, 1)).days, ""
        moment = datetime.fromisoformat(published)
    except ValueError:
        return -1, ""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return (moment.date() - date(1970, 1, 1)).days, moment.strftime("%H:%M:%S")


class _Shelf:
    """Words of articles and the links between them, in a scratch file."""

    def __init__(self, path: Path) -> None:
        self._data = sqlite3.connect(path, isolation_level=None)
        self._data.execute("PRAGMA journal_mode = OFF")
        self._data.execute("PRAGMA synchronous = OFF")
        self._data.execute("PRAGMA cache_size = -8000")
        self._data.execute("CREATE TABLE reports (n INTEGER PRIMARY KEY, body BLOB)")
        self._data.execute("CREATE TABLE links (n INTEGER PRIMARY KEY, source INTEGER, kind TEXT, likeness REAL)")
        self.report = lru_cache(64)(self._report)

    def close(self) -> None:
        self._data.close()

    def put(self, reports: list[tuple[int, Report]]) -> None:
        self._data.execute("BEGIN")
        self._data.executemany("INSERT INTO reports VALUES (?, ?)", [(n, _packed(report)) for n, report in reports])
        self._data.execute("COMMIT")

    def _report(self, n: int) -> Report:
        return _unpacked(self._data.execute("SELECT body FROM reports WHERE n = ?", (n,)).fetchone()[0])

    def link(self, n: int, source: int, kind: str, likeness: float) -> None:
        self._data.execute("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", (n, source, kind, likeness))

    def link_of(self, n: int) -> tuple[int, str] | None:
        found = self._data.execute("SELECT source, kind FROM links WHERE n = ?", (n,)).fetchone()
        return None if found is None else (found[0], found[1])

    def links(self) -> Iterator[tuple[int, int, str, float]]:
        yield from self._data.execute("SELECT n, source, kind, likeness FROM links ORDER BY n")

    def first(self, n: int) -> int:
        """The article that those before it go back to: of a copy the release that it copies, of a release the first."""
        link = self.link_of(n)
        while link is not None:
            n, kind = link
            link = self.link_of(n)
            if link is not None and link[1] == "revised" and kind != "revised":
                break
        return n

    def leads_to(self, n: int, other: int) -> bool:
        while n != other:
            link = self.link_of(n)
            if link is None:
                return False
            n = link[0]
        return True


def _packed(report: Report) -> bytes:
    text = report.text
    told = (text.words, sorted(text.starts), sorted(text.named), sorted(text.bracketed), text.lead, text.day)
    return marshal.dumps((report.id, report.day, report.publisher, report.url, report.credits, report.title, told))


def _unpacked(body: bytes) -> Report:
    name, on, publisher, url, credits, title, (words, starts, named, bracketed, lead, day) = marshal.loads(body)
    text = CopyText(words, frozenset(starts), frozenset(named), frozenset(bracketed), lead, day)
    return Report(name, on, publisher, url, credits, title, text)


def _prepare(
    engine: duckdb.DuckDBPyConnection, articles: Sequence[Path], work: Path, words: CopyWords, shelf: _Shelf
) -> list[Path]:
    """Put the words of all articles on the shelf; the files with their keys."""
    columns = "id, title, published, publisher, url, credits, body_start, text"
    cursor = engine.cursor()
    cursor.execute(f"SELECT {columns} FROM {scan('articles', articles)} ORDER BY id")
    names = [column[0] for column in cursor.description or ()]
    files: list[Path] = []
    n = 0
    while rows := cursor.fetchmany(_AT_ONCE):
        reports = [
            (n + number, report_of(dict(zip(names, row, strict=True)), words)) for number, row in enumerate(rows)
        ]
        shelf.put(reports)
        told: list[Row] = []
        for (number, report), row in zip(reports, rows, strict=True):
            turn = _turn(report, moment_of(row[2])[1], words)
            told.append({"n": number, "day": report.day, "turn": turn, "keys": keys_of(report.text)})
        files.append(work / f"keys-{n:09d}.parquet")
        write_rows(engine, "copies", told, files[-1], COLUMNS)
        n += len(rows)
    return files


def _turn(report: Report, clock: str, words: CopyWords) -> int:
    """When its turn is, as one number: by day and clock; of equals what corrects is last, what credits somebody after
    what does not, the longer before the shorter.
    """
    hours, minutes, seconds = (int(part) for part in (clock or "0:0:0").split(":"))
    found = min(max(report.day + 36_525, 0), 2**17 - 1)
    found = (found << 17) + 3600 * hours + 60 * minutes + seconds
    found = (found << 2) + 2 * _is_marked(report, words) + bool(report.credits)
    found = (found << 14) + 2**14 - 1 - min(len(report.text.words), 2**14 - 1)
    return (found << 13) + fingerprint((report.id,)) % 2**13


def _link(engine: duckdb.DuckDBPyConnection, keys: list[Path], work: Path, shelf: _Shelf, words: CopyWords) -> None:
    """Compare candidates and note who copied whom."""
    for n, others in neighbours(engine, keys, work, nearest=NEAREST, most=COMPARED, days=DAYS):
        report = shelf.report(n)
        found: list[tuple[int, Comparison]] = []
        for other in others:
            source = shelf.report(other)
            how = compare(report.text, source.text, words)
            if how.kind in ("same", "near"):
                found.append((other, how))
            elif _is_longer(report, source, how) and shelf.link_of(other) is None:
                back = compare(source.text, report.text, words)
                if back.kind in ("same", "near") and not shelf.leads_to(n, other):
                    shelf.link(other, n, _kind(source, report, back), back.likeness)
            elif how.kind == "revised" and is_release(report, source, how, words):
                found.append((other, how))
        best = _best(report, found, shelf)
        if best is not None and not shelf.leads_to(best[0], n):
            source = shelf.report(best[0])
            shelf.link(n, best[0], _kind(report, source, best[1]), round(best[1].likeness, 4))


def _is_longer(report: Report, source: Report, how: Comparison) -> bool:
    """Can the earlier one be a shortened copy of the later one? Only where they came within a day of each other."""
    close = report.day < 0 or source.day < 0 or abs(report.day - source.day) <= 1
    return close and len(report.text.words) > 1.1 * len(source.text.words) and how.shared > 0.6 * len(source.text.words)


def _best(report: Report, found: list[tuple[int, Comparison]], shelf: _Shelf) -> tuple[int, Comparison] | None:
    """Whom it most likely copied: one it credits, then the likest, then the earliest."""

    def key(each: tuple[int, Comparison]) -> tuple[Any, ...]:
        other, how = each
        source = shelf.report(other)
        credited = is_credited(report, source)
        return (how.kind == "revised", not credited, -round(how.likeness, 4), source.day, source.id)

    return min(found, key=key) if found else None


def _kind(report: Report, source: Report, how: Comparison) -> str:
    if how.kind == "revised":
        return "revised"
    if is_credited(report, source):
        return "credited"
    return how.kind


def is_credited(report: Report, source: Report) -> bool:
    """Does a report name the publisher of another as its source?"""
    names = {name.casefold() for name in report.credits}
    return (
        source.publisher is not None and source.publisher != report.publisher and source.publisher.casefold() in names
    )


def is_release(report: Report, source: Report, how: Comparison, words: CopyWords) -> bool:
    """Is a report with other facts a later release of the same one, and not one of the same kind on other matters?

    Both come from one source. It says that it corrects, or stands at the same address, or only numbers and small words
    are others and the titles tell the same.
    """
    apart = report.day - source.day
    if report.day >= 0 and source.day >= 0 and not 0 <= apart <= RELEASE_DAYS:
        return False
    if report.publisher != source.publisher and not set(report.credits) & set(source.credits):
        return False
    if report.url is not None and report.url == source.url:
        return True
    one, other = ({word for word in each if not word.isdigit()} for each in (report.title, source.title))
    titled = not one or not other or len(one & other) >= 0.6 * min(len(one), len(other))
    if _is_marked(report, words) and titled:
        return True
    return titled and apart <= 3 and "name" not in how.kinds_of_change


def _is_marked(report: Report, words: CopyWords) -> bool:
    """Does it say, in its title or its first or last words, that it corrects an earlier one?"""
    lead = (*report.title, *report.text.words[:HEADING], *report.text.words[-HEADING:])
    return any(lead[at : at + n] in words.corrections for at in range(len(lead)) for n in (1, 2, 3, 4, 5))


def _rows(shelf: _Shelf) -> Iterator[Row]:
    for n, source, kind, likeness in list(shelf.links()):
        yield {
            "article": shelf.report(n).id,
            "original": shelf.report(shelf.first(n)).id,
            "copied_from": shelf.report(source).id,
            "kind": kind,
            "likeness": round(likeness, 4),
        }
