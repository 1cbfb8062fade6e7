"""A brief as Markdown with footnotes, as GitHub, pandoc and most others read it.

In: a `Brief`, and by which names its charts are found, if they were written beside it. Out: the text. Charts are no
part of it: GitHub and many others take SVG out of a page, so that they stand in files of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dragoman.explore.brief_values import Brief, Entry, Note, Picture, Section, Source, Table
from dragoman.explore.markup import markdown_text, web_link


def markdown_lines(brief: Brief, pictures: Mapping[str, str] | None = None) -> Iterator[str]:
    """The lines, without their ends. `pictures` says under which name each chart lies, by its id."""
    named = pictures or {}
    yield f"# {markdown_text(brief.title)}"
    yield ""
    yield f"**{markdown_text(brief.period)}**"
    yield ""
    yield "## In brief"
    yield ""
    for line in brief.summary:
        yield f"- {markdown_text(line)}"
    for part in brief.parts:
        if isinstance(part, Picture):
            yield from _picture(part, named)
        elif isinstance(part, Table):
            yield from _table(part, named)
        else:
            yield from _section(part)
    yield from _sources(brief)
    yield ""
    yield "## About this brief"
    yield ""
    for line in brief.about:
        yield f"- {markdown_text(line)}"


def pictures_of(brief: Brief) -> dict[str, str]:
    """The charts by id."""
    found = [
        part if isinstance(part, Picture) else part.picture for part in brief.parts if not isinstance(part, Section)
    ]
    return {picture.id: picture.svg for picture in found if picture is not None}


def _picture(picture: Picture, named: Mapping[str, str]) -> Iterator[str]:
    if picture.id not in named:
        return
    yield ""
    yield f"![{markdown_text(picture.title)}](<{named[picture.id]}>)"
    if picture.caption:
        yield ""
        yield f"*{markdown_text(picture.caption)}*"


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {markdown_text(section.title)}"
    if section.lead:
        yield ""
        yield markdown_text(section.lead)
    for group in section.groups:
        if group.heading is not None:
            yield ""
            yield f"### {markdown_text(group.heading)}"
        yield ""
        for entry in group.entries:
            yield from _entry(entry)
    if section.more:
        yield ""
        yield f"*{markdown_text(section.more)}*"


def _entry(entry: Entry) -> Iterator[str]:
    head = f"{entry.number}. "
    told = "; ".join(markdown_text(each) for each in entry.sentences)
    quotes = " ".join(f"“{markdown_text(each)}”" for each in entry.quotes)
    tally = f" ({markdown_text(entry.tally)})" if entry.tally else ""
    yield f"{head}**{markdown_text(entry.when)}.** {told}. {quotes}{_cited(entry.sources)}{tally}"
    for note in entry.notes:
        yield f"{' ' * len(head)}- {_note(note)}"


def _note(note: Note) -> str:
    return f"{markdown_text(note.text)}{_cited(note.sources)}"


def _cited(numbers: tuple[int, ...]) -> str:
    return "".join(f"[^{number}]" for number in numbers)


def _table(table: Table, named: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield f"## {markdown_text(table.title)}"
    if table.lead:
        yield ""
        yield markdown_text(table.lead)
    if table.picture is not None:
        yield from _picture(table.picture, named)
    yield ""
    yield _row(table.columns)
    yield "|---|" + "---:|" * (len(table.columns) - 1)
    for row in table.rows:
        yield _row(row)
    for note in table.notes:
        yield ""
        yield f"*{markdown_text(note)}*"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(markdown_text(cell) for cell in cells)} |"


def _sources(brief: Brief) -> Iterator[str]:
    if not brief.sources:
        return
    yield ""
    yield "## Sources"
    yield ""
    for source in brief.sources:
        yield f"[^{source.number}]: {_source(source)}"


def _source(source: Source) -> str:
    told = f"{markdown_text(source.outlet)}: “{markdown_text(source.title)}”, {source.day}."
    told += _address(source.url)
    if source.copies:
        copies = "; ".join(f"{markdown_text(copy.outlet)}{_address(copy.url)}" for copy in source.copies)
        told += f" Copied by: {copies}"
    return told


def _address(url: str | None) -> str:
    """As a link where it leads to the web, else as text."""
    if not url:
        return ""
    link = web_link(url)
    return f" <{link}>" if link is not None else f" (address: {markdown_text(url)})"
