"""The articles that events were read in, for reference managers: RIS and BibTeX.

In: rows of articles. Out: one reference each, RIS of type NEWS and BibTeX of type misc (which every style knows). What
an article does not say (its authors) is left out. Both are written row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from dragoman.record.exports.cells import one_line
from dragoman.record.exports.delimited import as_text
from dragoman.record.tables import Row

_KEY = 16  # digits of the article's id
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}
_TEX_MARKS = re.compile(r"[&%$#_{}~^\\]")


def write_ris(articles: Iterable[Row], out: BinaryIO) -> int:
    """Write the articles as RIS; how many there were. Lines end as RIS wants, in carriage return and line feed."""
    count = 0
    with as_text(out) as text:
        for article in articles:
            lines = [f"{tag}  - {value}" for tag, value in _ris(article)]
            text.write("\r\n".join(("TY  - NEWS", *lines, "ER  - ", "", "")))
            count += 1
    return count


def write_bibtex(articles: Iterable[Row], out: BinaryIO) -> int:
    """Write the articles as BibTeX; how many there were."""
    count = 0
    with as_text(out) as text:
        for article in articles:
            fields = "".join(f",\n  {name} = {value}" for name, value in _bibtex(article))
            text.write(f"@misc{{dragoman-{article['id'][:_KEY]}{fields}\n}}\n\n")
            count += 1
    return count


def _ris(article: Row) -> Iterator[tuple[str, str]]:
    yield "ID", f"dragoman-{article['id'][:_KEY]}"
    for tag, name in (("TI", "title"), ("T2", "publisher"), ("UR", "url"), ("LA", "language")):
        if article[name]:
            yield tag, one_line(article[name])
    if article["published"]:
        day = article["published"][:10].split("-")
        yield "PY", day[0]
        yield "DA", "/".join([*day, "", "", ""][:4])
    yield "N1", f"Dragoman article {article['id']}"


def _bibtex(article: Row) -> Iterator[tuple[str, str]]:
    title = one_line(article["title"] or "") or "Untitled"
    yield "title", f"{{{{{_tex(title)}}}}}"
    if article["publisher"]:
        yield "howpublished", f"{{{_tex(one_line(article['publisher']))}}}"
    if article["published"]:
        day = article["published"][:10].split("-")
        yield "year", f"{{{day[0]}}}"
        if len(day) > 1:
            yield "month", _MONTHS[int(day[1]) - 1]
        if len(day) > 2:
            yield "day", f"{{{int(day[2])}}}"
    if article["url"]:
        yield "url", f"{{{_address(article['url'])}}}"
    yield "note", f"{{Dragoman article {article['id'][:_KEY]}}}"


def _tex(text: str) -> str:
    return _TEX_MARKS.sub(lambda found: _TEX[found[0]], text)


def _address(url: str) -> str:
    """An address whose braces and backslashes cannot end the field."""
    return one_line(url).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")
