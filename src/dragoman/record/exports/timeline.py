"""Events as a timeline for TimelineJS (Knight Lab's JSON).

In: rows. Out: one JSON object with a title and a slide for each event that has a day; a date as coarse as it is known.
TimelineJS shows text as HTML, so that what stands in quotes and titles is escaped. It is written row by row; the page
that shows it holds all of it: a few hundred slides are what a reader can use.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from dragoman.record.exports.cells import one_line
from dragoman.record.exports.delimited import as_text
from dragoman.record.exports.wording import headline, source_words
from dragoman.record.tables import Row

_PARTS = {"year": 1, "decade": 1, "century": 1, "month": 2, "quarter": 2, "season": 2, "half": 2}


def write_timeline(rows: Iterable[Row], title: str, out: BinaryIO) -> int:
    """Write the rows that have a day; how many there were."""
    count = 0
    with as_text(out) as text:
        told = json.dumps({"text": {"headline": html.escape(title)}}, ensure_ascii=False)
        text.write(f'{{"title":{told},"events":[')
        for row in rows:
            if row["date_start"] is None:
                continue
            slide = json.dumps(_slide(row), ensure_ascii=False, separators=(",", ":"))
            text.write(f"{',' if count else ''}\n{slide}")
            count += 1
        text.write("\n]}\n")
    return count


def _slide(row: Row) -> dict[str, Any]:
    parts = _PARTS.get(row["date_granularity"], 3)
    source = html.escape(source_words(row))
    if row["url"] is not None and row["url"].startswith(("http://", "https://")):
        source = f'<a href="{html.escape(row["url"])}">{source or "source"}</a>'
    slide: dict[str, Any] = {
        "unique_id": f"e{row['id']}",
        "group": row["event"],
        "start_date": _day(row["date_start"], parts),
        "text": {
            "headline": html.escape(headline(row)),
            "text": f"<p>“{html.escape(one_line(row['quote']))}”</p><p>{source}</p>",
        },
    }
    if row["date_end"] is not None and row["date_end"] != row["date_start"]:
        slide["end_date"] = _day(row["date_end"], parts)
    return slide


def _day(day: str, parts: int) -> dict[str, int]:
    return dict(zip(("year", "month", "day"), (int(part) for part in day.split("-")[:parts]), strict=False))
