"""An event in a few words, for maps and timelines. In: a row. Out: one line of plain text."""

from __future__ import annotations

from dragoman.record.exports.cells import codes, one_line, parted
from dragoman.record.tables import Row

_MARKS = {"future": "announced", "hypothetical": "hypothetical"}


def headline(row: Row) -> str:
    """Who, what, on whom: "Vladimir Putin → India: AGREE (announced)"."""
    actors, recipients = (
        one_line(", ".join(filter(None, parted(row[f"{role}_names"])))) for role in ("actor", "recipient")
    )
    who = " → ".join(part for part in (actors, recipients) if part)
    what = " ".join((row["event"], *codes(row["modes"])))
    marks = [_MARKS.get(row["status"], ""), "denied" if row["negated"] else "", "past" if row["historical"] else ""]
    mark = ", ".join(filter(None, marks))
    return f"{who or 'somebody'}: {what}{f' ({mark})' if mark else ''}"


def source_words(row: Row) -> str:
    """Who published it, and under which title."""
    published = row["published"] if "published" in row else row["first_published"]
    return one_line(", ".join(filter(None, (row["publisher"], row["title"], (published or "")[:10]))))
