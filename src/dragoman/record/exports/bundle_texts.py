"""The texts of a bundle: codebook, codes, licence, and how to cite it (Citation File Format 1.2.0).

In: what was written and from what. Out: text, made from the tables of columns and codes, so that it cannot say anything
else than the data. What is the same in every bundle lies in texts/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from dragoman.knowledge.codebook import codes_markdown, markdown_table
from dragoman.knowledge.ontology import Ontology
from dragoman.record.exports.columns import Column
from dragoman.record.tables import Row

_STATUSES = {
    "actual": "told as having happened",
    "future": "planned, announced, or dated after the report",
    "hypothetical": "possible, conditional, or only considered",
}
_ABOUT_FORMATS: Mapping[str, str] = {
    "jsonl": "One JSON object a line, nested.",
    "csv": "UTF-8 with a header; what is missing is empty.",
    "parquet": "Typed columns, for pandas, Polars, R and DuckDB.",
    "xlsx": "Text is written as text, days as days. Texts beyond 32,767 characters are cut.",
    "stata": "Stata 14 and later; `quad` is called `quad_class`.",
    "plover": "The field names of PLOVER's JSON.",
    "polecat": "POLECAT's forty columns; one row a mention.",
    "icews": "ICEWS's twenty columns; one row a pair of parties of a mention.",
    "gdelt": "GDELT 2.0's sixty-one columns, no header; one row a pair of parties of an event.",
    "gexf": "A network: nodes are parties, edges what passed between them.",
    "geojson": "Events with a place, as points; mind `precision`.",
    "kml": "Events with a place, as points; mind `precision`.",
    "timelinejs": "Slides for TimelineJS.",
    "ris": "The articles, for reference managers.",
    "bibtex": "The articles, for BibTeX.",
}
_HAPPENED_ONLY = frozenset({"plover", "polecat", "icews", "gdelt", "gexf"})


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of data in a bundle."""

    name: str
    format: str
    media: str
    table: str
    columns: tuple[Column, ...]  # none for what is no table
    rows: int
    bytes: int
    sha256: str

    @property
    def delimited(self) -> bool:
        """Is it a table of text?"""
        return self.media in ("text/csv", "text/tab-separated-values")


@dataclass(frozen=True, slots=True)
class Told:
    """What a bundle says of itself."""

    title: str
    authors: tuple[str, ...]
    version: str
    coded_by: tuple[Mapping[str, str], ...]
    articles: int
    articles_sha256: str
    mentions: int
    rejects: int
    filter: Mapping[str, Any]
    merged: bool
    current: bool


def text_of(name: str) -> str:
    """A text that is the same in every bundle."""
    return (files(__package__) / "texts" / name).read_text(encoding="utf-8")


def codebook_text(told: Told, given: Sequence[DataFile], ontology: Ontology) -> str:
    """The codebook: what the files are, how to count, every column and every code."""
    chosen = json.dumps(dict(told.filter), ensure_ascii=False) if told.filter else "everything"
    statements = "" if told.filter.get("statements") else ", without statements (positions outside PLOVER)"
    parts = [
        f"# Codebook: {told.title}\n",
        f"Written by Dragoman {told.version}. The record held {told.articles:,} articles with {told.mentions:,} "
        f"mentions; {told.rejects:,} inputs could not be read or coded. Chosen of it: {chosen}{statements}.\n",
        "" if told.current or not told.merged else "Some mentions came after the last merge and stand in no event.\n",
        "## Files\n",
        markdown_table(
            ("file", "rows", "what it is"),
            ((f"`{file.name}`", f"{file.rows:,}", _ABOUT_FORMATS[file.format]) for file in given),
        ),
        "## Counting\n",
        text_of("counting.md"),
        text_of("layouts.md") if any(file.format in _HAPPENED_ONLY for file in given) else "",
        *_columns_parts(given),
        "## Status\n",
        markdown_table(("status", "meaning"), _STATUSES.items()),
        codes_markdown(ontology),
    ]
    return "\n".join(part for part in parts if part)


def _columns_parts(given: Sequence[DataFile]) -> Iterator[str]:
    seen = set()
    for file in given:
        name = file.format if file.delimited and file.format != "csv" else file.table
        if not file.columns or name in seen:
            continue
        seen.add(name)
        yield f"## Columns of {name}\n"
        yield markdown_table(
            ("column", "type", "meaning"),
            ((f"`{x.name}`", x.kind, f"{x.label}. {x.note}".rstrip()) for x in file.columns),
        )


def codes_rows(ontology: Ontology) -> Iterator[Row]:
    """Every code with its meaning, as rows: kind, code, what it is a code of, meaning."""
    for quad, term in ontology.quads.items():
        yield {"kind": "quad", "code": str(quad), "of": None, "meaning": f"{term.kind}: {term.gloss}"}
    for category in ontology.categories.values():
        yield {"kind": "category", "code": category.id, "of": str(category.quad), "meaning": category.gloss}
    for mode in ontology.modes.values():
        yield {"kind": "mode", "code": mode.mode, "of": mode.category, "meaning": mode.gloss}
    for kind, terms in (("context", ontology.contexts), ("sector", ontology.sectors)):
        for term in terms.values():
            yield {"kind": kind, "code": term.id, "of": None, "meaning": term.gloss}
    for status, meaning in _STATUSES.items():
        yield {"kind": "status", "code": status, "of": None, "meaning": meaning}
    for code in ontology.cameo.values():
        above = code.id[:2] if len(code.id) == 3 else code.id[:3] if len(code.id) == 4 else None
        yield {"kind": "cameo", "code": code.id, "of": above, "meaning": code.label}


def licence_text(told: Told) -> str:
    """Under what terms the data may be used, and who must be named."""
    return f"# Licence of the data: {told.title}\n\n{text_of('licence.md')}"


def citation_text(told: Told) -> str:
    """How to cite the data set (Citation File Format 1.2.0)."""
    authors = told.authors or ("The makers of this data set",)
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"title: {json.dumps(told.title, ensure_ascii=False)}",
        'message: "If you use these data, please cite them, and Dragoman, which coded them."',
        "authors:",
        *(f"  - name: {json.dumps(author, ensure_ascii=False)}" for author in authors),
        "license: CC-BY-4.0",
        "references:",
        "  - type: software",
        '    title: "Dragoman: reads news and keeps the diplomatic record"',
        "    authors:",
        '      - name: "The Dragoman developers"',
        f"    version: {json.dumps(told.version)}",
        "    license: Apache-2.0",
        "  - type: database",
        '    title: "GeoNames"',
        "    authors:",
        '      - name: "GeoNames"',
        "    url: https://www.geonames.org",
        "    license: CC-BY-4.0",
    ]
    return "\n".join(lines) + "\n"
