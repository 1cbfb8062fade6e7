"""What the export formats of news databases share. In: text, RTF or HTML of an export. Out: its lines, and its days.

RTF is taken for its words alone. It cannot read pictures, nor tables within a report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dragoman.errors import ReadingError
from dragoman.reading.dates import spelled_day

_GROUPS = 200  # braces within braces; word processors nest ten
_DAY = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)?\s[A-Z][a-z]{2,8}\.?,?\s\d{4}|[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}"
)
FEWEST_WORDS = 2


def text_of_rtf(data: bytes, source: str) -> str:
    """The words of an RTF document. Raises ReadingError for a broken one, and for one without words."""
    from striprtf.striprtf import rtf_to_text

    text = data.decode("latin-1")
    if _depth(text) > _GROUPS:
        raise ReadingError("this RTF document is nested too deeply: save it as plain text", source=source)
    try:
        found = rtf_to_text(text, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ReadingError("this RTF document is broken: save it as plain text", source=source) from error
    found = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")
    if len(found.split(None, FEWEST_WORDS)) < FEWEST_WORDS:
        raise ReadingError("this RTF document holds no report", source=source)
    return str(found)


def day_in(line: str, months: Mapping[str, int]) -> str | None:
    """The first day with its year in a line, whatever stands around it ("November 19, 2024 Tuesday, Late Edition")."""
    found = _DAY.search(line[:200])
    return spelled_day(found[0], months) if found is not None else None


def _depth(text: str) -> int:
    deepest = depth = 0
    for brace in re.findall(r"\\[{}]|[{}]", text):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        deepest = max(deepest, depth)
    return deepest
