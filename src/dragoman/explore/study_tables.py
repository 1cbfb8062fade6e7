"""What samples, evaluations, checks and comparisons say, as tables for a terminal and as rows for JSON.

In: their results. Out: rich tables and plain dictionaries. It decides nothing and counts nothing anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from dragoman.record.differences import Difference, Kind
from dragoman.record.evaluation import Evaluation, Score
from dragoman.record.failures import Failure
from dragoman.record.precision import Precision

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a text must not steer the terminal
_LONGEST = 60


def table_of(names: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> Table:
    """A plain table; numbers stand right."""
    held = [list(row) for row in rows]
    table = Table(
        box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), title=title, title_justify="left"
    )
    for number, name in enumerate(names):
        is_number = bool(held) and all(isinstance(row[number], int | float) or row[number] is None for row in held)
        table.add_column(name, overflow="fold", justify="right" if is_number else "left")
    for row in held:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    return table


def precision_row(found: Precision) -> dict[str, Any]:
    """One share as a row."""
    share = found.share
    return {
        "group": found.group,
        "field": found.field,
        "precision": round(share.estimate, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
        "right": found.right,
        "judged": found.judged,
        "population": found.population,
        "covered": round(share.covered, 4),
    }


def precision_table(rows: Sequence[Precision]) -> Table:
    """All shares, group by group."""
    names = ("group", "field", "precision", "95%", "judged", "of")
    cells = []
    for found in rows:
        share = found.share
        limits = f"{share.low:.3f}-{share.high:.3f}"
        cells.append((found.group, found.field, f"{share.estimate:.3f}", limits, found.judged, found.population))
    return table_of(names, cells)


def evaluation_row(found: Evaluation) -> dict[str, Any]:
    """A whole evaluation as one object."""
    return {
        "articles": found.articles,
        "scores": {
            name: {**_score(score), "intervals": {key: _rounded(pair) for key, pair in found.intervals[name].items()}}
            for name, score in found.scores.items()
        },
        "categories": {name: _score(score) for name, score in found.categories.items()},
        "macro_f1": _round(macro_f1(found)),
        "fields": {
            name: {"right": right, "of": told, "share": _round(right / told)}
            for name, (right, told) in found.fields.items()
        },
        "confusion": [
            {"gold": gold, "record": said, "events": number} for (gold, said), number in found.confusion.items()
        ],
    }


def macro_f1(found: Evaluation) -> float | None:
    """The mean F1 of the categories that gold holds."""
    each = [score.f1 or 0.0 for score in found.categories.values() if score.gold]
    return sum(each) / len(each) if each else None


def evaluation_tables(found: Evaluation) -> Iterator[Table]:
    """An evaluation as four tables: scores, categories, fields, confusions."""
    names = ("same", "gold", "record", "right", "precision", "recall", "F1", "95% of F1")
    yield table_of(
        names,
        [(*_scored(name, score), _limits(found.intervals[name].get("f1"))) for name, score in found.scores.items()],
    )
    yield table_of(("category", *names[1:-1]), [_scored(*each) for each in found.categories.items()])
    if found.fields:
        shares = [(name, right, told, f"{right / told:.3f}") for name, (right, told) in found.fields.items()]
        yield table_of(("field of matched events", "right", "of", "share"), shares)
    if found.confusion:
        yield table_of(("gold", "record", "events"), [(*pair, number) for pair, number in found.confusion.items()])


def failure_row(found: Failure) -> dict[str, Any]:
    """One failure as a row."""
    return {
        "check": found.check,
        "file": found.file,
        "article": found.article,
        "mention": found.mention,
        "reason": found.reason,
    }


def difference_row(found: Difference) -> dict[str, Any]:
    """One difference as a row."""
    return {
        "kind": found.kind,
        "change": found.change,
        "old": list(found.old),
        "new": list(found.new),
        "fields": {name: list(pair) for name, pair in found.fields.items()},
        **found.shown,
    }


def difference_cells(found: Difference) -> tuple[str, ...]:
    """One difference in columns: what, how, which, what about it."""
    fields = "; ".join(f"{name}: {_short(old)} -> {_short(new)}" for name, (old, new) in found.fields.items())
    named = (found.shown.get(name) for name in ("title", "event", "actor_names", "recipient_names", "date_start"))
    about = " ".join(str(each) for each in named if each)
    ids = ", ".join(each[:12] for each in (*found.old, *found.new)) if found.change in ("split", "joined") else ""
    which = ids or (found.new or found.old)[0][:12]
    return found.kind, found.change, which, _short(about), fields or str(found.shown.get("why") or "")


def _score(score: Score) -> dict[str, Any]:
    return {
        "gold": score.gold,
        "record": score.found,
        "right": score.right,
        **{name: _round(getattr(score, name)) for name in ("precision", "recall", "f1")},
    }


def _scored(name: str, score: Score) -> tuple[object, ...]:
    figures = (score.precision, score.recall, score.f1)
    return (name, score.gold, score.found, score.right, *("-" if each is None else f"{each:.3f}" for each in figures))


def _limits(pair: tuple[float, float] | None) -> str:
    return "" if pair is None else f"{pair[0]:.3f}-{pair[1]:.3f}"


def _rounded(pair: tuple[float, float]) -> list[float]:
    return [round(each, 4) for each in pair]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _short(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _shown(cell: object) -> str:
    text = "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def summed(counts: Mapping[Kind, Mapping[str, int]]) -> str:
    """ "mention: 3 added, 1 changed; event: none"."""
    parts = []
    for kind, changes in counts.items():
        told = ", ".join(f"{number:,} {change}" for change, number in changes.items()) or "no difference"
        parts.append(f"{kind}s: {told}")
    return "; ".join(parts)
