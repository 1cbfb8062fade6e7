"""The form in which coders judge a sample: a CSV file, and what they wrote into it. In: drawn cases, or a filled form.
Out: rows with quote, context and what was coded, or judgements.

A row carries a hash of the sample, its stratum and what the record says. Read back, the record is asked again: a row
that was changed, or that another record made, is an error. Spreadsheets change what they open: they drop marks of
encoding, write dates and decimals their own way, swap separators; cells are made so that this does no harm, and texts
are compared by their letters and digits. Cells that would be formulas begin with an apostrophe.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from dragoman.errors import ReadingError, RecordError, UsageError
from dragoman.reading.encodings import decode
from dragoman.reading.tables import separator_of

FIELDS = ("category", "actors", "recipients", "date", "place", "status", "event")
_DESIGN = ("row", "id", "sample", "stratum", "population", "drawn", "weight")
_SHOWN = (
    *("outlet", "published", "title", "url", "before", "quote", "after", "trigger"),
    *("category", "actors", "recipients", "date", "place", "status", "speakers"),
)
_JUDGED = tuple(f"{field}_ok" for field in FIELDS)
_COMPARED = ("quote", "trigger", "category", "actors", "recipients", "date", "place", "status")
COLUMNS = (*_DESIGN, *_SHOWN, *_JUDGED, "note", "check")
ANSWERS: Mapping[str, bool | None] = {
    **dict.fromkeys(("1", "y", "yes", "true", "right"), True),
    **dict.fromkeys(("0", "n", "no", "false", "wrong"), False),
    **dict.fromkeys(("-", "na", "n/a", "?"), None),
}
_CONTEXT, _LONGEST = 300, 5_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMULA = ("=", "+", "-", "@")
_WORDS = re.compile(r"[^0-9A-Za-z]+")
_TAG = re.compile(r"s-(\d+)-(\d+)-[0-9a-f]{12}")
_ASKED_AT_ONCE = 500
_MARKS = {"mentions": "m-", "events": "e-"}  # so that no spreadsheet takes an id for a number

FormRow = dict[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One stratum: how many cases it has, and how many are taken."""

    name: str
    population: int
    taken: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a coder said of one case. Of `answers`, true is right, false is wrong; none: not to be judged."""

    id: str
    stratum: str
    population: int
    drawn: int
    answers: Mapping[str, bool | None]  # only of fields that were filled in


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form that was read back. `drawn` cases of `population` there were; rows may have been taken out since."""

    judgements: tuple[Judgement, ...]
    drawn: int
    population: int


def form_rows(
    engine: duckdb.DuckDBPyConnection, unit: str, tag: str, cases: Sequence[tuple[str, Drawn]]
) -> Iterator[FormRow]:
    """The rows of the form, in the order of `cases`: ids with their strata."""
    for first in range(0, len(cases), _ASKED_AT_ONCE):
        some = cases[first : first + _ASKED_AT_ONCE]
        shown = _shown(engine, unit, [identity for identity, _ in some])
        for number, (identity, stratum) in enumerate(some, first + 1):
            cells = shown.get(identity)
            if cells is None:
                raise RecordError(f"{_MARKS[unit]}{identity} has no article here: dragoman verify tells what is wrong")
            design = {
                "row": str(number),
                "id": _MARKS[unit] + identity,
                "sample": tag,
                "stratum": stratum.name,
                "population": str(stratum.population),
                "drawn": str(stratum.taken),
                "weight": f"{stratum.population / stratum.taken:.6g}",
            }
            blank = dict.fromkeys((*_JUDGED, "note"), "")
            yield {**design, **cells, **blank, "check": _check(design, cells)}


def form_lines(rows: Iterable[FormRow]) -> Iterator[str]:
    """Lines of CSV without their ends, the first with the mark by which Excel knows UTF-8."""
    yield "\ufeff" + ",".join(COLUMNS)
    for row in rows:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow([_guarded(row[name]) for name in COLUMNS])
        yield buffer.getvalue()


def read_form(data: bytes, engine: duckdb.DuckDBPyConnection, source: str) -> FilledForm:
    """The judgements of a filled form. Raises ReadingError, which tells every row that cannot be counted."""
    rows = _cells(data, source)
    wrong: list[tuple[int, str]] = []
    judgements: list[Judgement] = []
    tags = {row["sample"].strip() for _, row in rows}
    tag = _TAG.fullmatch(min(tags))
    if len(tags) > 1 or tag is None:
        raise ReadingError("its rows are of several samples, or the column sample was changed", source=source)
    seen: dict[str, int] = {}
    for first in range(0, len(rows), _ASKED_AT_ONCE):
        some = rows[first : first + _ASKED_AT_ONCE]
        shown = _looked_up(engine, [row["id"].strip() for _, row in some])
        for line, row in some:
            identity = row["id"].strip()
            faults = _faults(row, shown.get(identity))
            if identity in seen:
                faults = [f"it stands in line {seen[identity]} already"]
            seen[identity] = line
            wrong.extend((line, fault) for fault in faults)
            if not faults:
                judgements.append(_judgement(row))
    if wrong:
        told = "; ".join(f"line {line}: {fault}" for line, fault in wrong[:20])
        more = f"; and {len(wrong) - 20} more" if len(wrong) > 20 else ""
        raise ReadingError(f"{len(wrong)} faults, nothing was counted: {told}{more}", source=source)
    return FilledForm(tuple(judgements), int(tag[1]), int(tag[2]))


def _cells(data: bytes, source: str) -> list[tuple[int, dict[str, str]]]:
    """The rows by the names of their columns, with their lines."""
    text = decode(data, source=source).text.removeprefix("\ufeff")
    separator = separator_of(text.partition("\n")[0]) or ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [name.strip() for name in next(reader, [])]
        missing = [name for name in COLUMNS if name not in names and name not in ("row", "weight", "note")]
        if missing:
            raise ReadingError(f"it has no column {missing[0]!r}: is it a form of dragoman sample?", source=source)
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, dict(zip(names, cells + [""] * len(names), strict=False))))
    except csv.Error as error:
        raise ReadingError(f"it is no CSV ({error})", source=source) from error
    if not rows:
        raise ReadingError("it has no rows", source=source)
    return rows


def _looked_up(engine: duckdb.DuckDBPyConnection, marked: Sequence[str]) -> dict[str, FormRow]:
    """What the record says of these cases now, by their marked ids."""
    found: dict[str, FormRow] = {}
    for unit, mark in _MARKS.items():
        ids = [each.removeprefix(mark) for each in marked if each.startswith(mark)]
        if ids:
            found.update({mark + identity: cells for identity, cells in _shown(engine, unit, ids).items()})
    return found


def _faults(row: Mapping[str, str], said: FormRow | None) -> list[str]:
    """Why a row cannot be counted."""
    if said is None:
        return [f"the record has no {row['id'].strip() or 'id'}: the row is of another record, or was changed"]
    changed = [name for name in _COMPARED if _bare(row[name]) != _bare(said[name])]
    if changed:
        return [f"{name} is not what the record says ({said[name][:60]!r})" for name in changed]
    if row["check"].strip() != _check(row, said):
        return ["stratum, population, drawn or check was changed"]
    return [
        f"{name} says {row[name].strip()!r}: write y, n, or - where it cannot be judged"
        for name in _JUDGED
        if row[name].strip() and row[name].strip().lower() not in ANSWERS
    ]


def _judgement(row: Mapping[str, str]) -> Judgement:
    answers = {
        field: ANSWERS[row[name].strip().lower()]
        for field, name in zip(FIELDS, _JUDGED, strict=True)
        if row[name].strip()
    }
    return Judgement(row["id"].strip(), row["stratum"].strip(), int(row["population"]), int(row["drawn"]), answers)


def _check(design: Mapping[str, str], cells: Mapping[str, str]) -> str:
    """A hash of the draw and of what the record says."""
    told = [design[name].strip() for name in ("sample", "id", "population", "drawn")]
    told.append(_bare(design["stratum"]))
    told += [cells[name] for name in _SHOWN]
    return "c-" + hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:16]


def _shown(engine: duckdb.DuckDBPyConnection, unit: str, ids: Sequence[str]) -> dict[str, FormRow]:
    """What the form shows of these cases, by id."""
    if unit not in _MARKS:
        raise UsageError(f"{unit!r} is neither mentions nor events")
    stands = "t.article = m.article AND t.ordinal = m.ordinal"
    source = "mentions AS t" if unit == "mentions" else f"events AS t JOIN mentions AS m ON {stands}"
    span = "t" if unit == "mentions" else "m"
    cursor = engine.execute(
        f"""SELECT t.*, a.text AS text, a.published AS day, {span}.quote_start AS q0, {span}.quote_end AS q1
        FROM {source} JOIN articles AS a ON a.id = t.article WHERE t.id IN (SELECT unnest($ids))""",
        {"ids": list(ids)},
    )
    names = [column[0] for column in cursor.description or ()]
    return {row["id"]: _form_cells(row) for each in cursor.fetchall() for row in [dict(zip(names, each, strict=True))]}


def _form_cells(row: Mapping[str, Any]) -> FormRow:
    text, start, end = row["text"], row["q0"], row["q1"]
    told = [row["status"], *(name for name in ("negated", "historical") if row[name])]
    days = row["date_start"] if row["date_start"] == row["date_end"] else f"{row['date_start']} to {row['date_end']}"
    about = f" ({row['about_event']} {row['about_modes'] or ''}".rstrip() + ")" if row["about_event"] else ""
    cells = {
        "outlet": row["publisher"],
        "published": f"on {row['day']}" if row["day"] else "",
        "title": row["title"],
        "url": row["url"],
        "before": text[max(0, start - _CONTEXT) : start],
        "quote": row["quote"],
        "after": text[end : end + _CONTEXT],
        "trigger": row["trigger"],
        "category": f"{row['event']} {(row['modes'] or '').replace('|', ' ')}".strip() + about,
        "actors": _parties(row, "actor"),
        "recipients": _parties(row, "recipient"),
        "date": f"on {days} ({row['date_granularity']}, {row['date_basis']})" if row["date_start"] else "",
        "place": f"{row['place']} ({row['place_country'] or '?'}, {row['place_precision']})" if row["place"] else "",
        "status": ", ".join(told),
        "speakers": (row["speakers"] or "").replace("|", "; "),
    }
    return {name: " ".join(_CONTROL.sub(" ", cell or "").split())[:_LONGEST] for name, cell in cells.items()}


def _parties(row: Mapping[str, Any], role: str) -> str:
    lists = [(row[f"{role}_{what}"] or "").split("|") for what in ("names", "parties", "sectors")]
    if not row[f"{role}_names"]:
        return ""
    told = []
    for name, party, sector in zip(*lists, strict=False):
        codes = " ".join(code for code in (party, sector) if code)
        told.append(f"{name} [{codes}]" if codes else name)
    return "; ".join(told)


def _guarded(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    """Letters and digits of a cell, as far as every encoding keeps them."""
    return _WORDS.sub("", cell).lower()
