"""Articles as lines: JSON that `dragoman code` reads again, or columns for a terminal. In: an article. Out: text.

It writes no files.
"""

from __future__ import annotations

import json
import re
from typing import Any

from dragoman.values import Article, Span

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")  # a title must not steer the terminal
_WIDTHS = (10, 20, 60)


def article_record(article: Article) -> dict[str, Any]:
    """The fields of an article; every key is always there, and null where nothing is known."""
    return {
        **article_fields(article),
        "body": _range(article.body),
        "dateline": _range(article.dateline),
        "text": article.text,
    }


def article_fields(article: Article) -> dict[str, Any]:
    """The fields that lines and tables hold alike: all but the text and its spans."""
    return {
        "id": article.id,
        "text_sha256": article.text_sha256,
        "title": article.title,
        "published": article.published,
        "publisher": article.publisher,
        "url": article.url,
        "language": article.language,
        "credits": list(article.credits),
        "source": article.source,
    }


def article_line(article: Article) -> str:
    """One line of JSON, without its newline."""
    return json.dumps(article_record(article), ensure_ascii=False, separators=(",", ":"))


def article_row(article: Article) -> str:
    """Day, outlet, title or first words, and the number of words, in columns."""
    cells = ((article.published or "")[:10], article.publisher or "", article.title or article.text[:200])
    shown = [_CONTROL.sub(" ", " ".join(cell.split()))[:width] for cell, width in zip(cells, _WIDTHS, strict=True)]
    columns = "  ".join(f"{cell:<{width}}" for cell, width in zip(shown, _WIDTHS, strict=True))
    return f"{columns}  {len(article.text.split()):>6,} words"


def _range(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]
