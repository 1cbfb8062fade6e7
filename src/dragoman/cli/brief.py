"""The command that writes a sourced brief of a record: brief."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli.ending import EXIT_ERROR, ending_well, tell, usage

if TYPE_CHECKING:
    from dragoman.explore.brief_values import Brief


class BriefFormat(StrEnum):
    """How a brief is written."""

    markdown = "markdown"
    html = "html"


_Many = list[str] | None


def brief(
    record: Annotated[Path, typer.Argument(help="The folder of the record.")],
    parties: Annotated[
        list[str],
        typer.Argument(metavar="PARTY [PARTY]", help="One or two: codes or names of states, organisations, groups."),
    ],
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="2024-01-01, 2024-01 or 2024.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Included. Default: the last day of the record.")
    ] = None,
    output: Annotated[
        BriefFormat | None, typer.Option("--format", "-f", help="Default: by the name of --out, else markdown.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Default: stdout. Charts of Markdown are written beside it."),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Entries that a section shows.")] = 20,
    category: Annotated[_Many, typer.Option("--category", metavar="CODE", help="Only this PLOVER category.")] = None,
    context: Annotated[_Many, typer.Option("--context", metavar="CODE", help="Only this PLOVER context.")] = None,
    place: Annotated[_Many, typer.Option("--place", metavar="WHERE", help="Only there: a country, or a name.")] = None,
    outlet: Annotated[_Many, typer.Option("--outlet", metavar="NAME", help="Only what this outlet tells.")] = None,
    words: Annotated[_Many, typer.Option("--words", metavar="WORDS", help="Only where a quote holds these.")] = None,
    confidence: Annotated[
        float | None, typer.Option("--confidence", metavar="LEAST", help="Only from this confidence on, 0 to 1.")
    ] = None,
    actors: Annotated[_Many, typer.Option("--actors", metavar="FILE.csv", help="Your own table of actors.")] = None,
) -> None:
    """Write a sourced brief on one or two parties: what happened, who said what, what was announced, with counts.

    Each option that restricts may be repeated: any of its values.
    """
    if len(parties) > 2:
        raise usage("a brief is about one party, or two")
    from dragoman.explore.brief import brief_of
    from dragoman.record.filters import EventFilter
    from dragoman.record.query import Record

    chosen = EventFilter(
        category=tuple(category or ()),
        context=tuple(context or ()),
        place=tuple(place or ()),
        outlet=tuple(outlet or ()),
        words=tuple(words or ()),
        since=since,
        until=until,
        confidence=confidence,
    )
    with Record.open(record) as opened:
        made = brief_of(opened, parties, chosen, most=most, own=actors or ())
    by_name = out is not None and out.suffix.lower() in (".html", ".htm")
    if (output or (BriefFormat.html if by_name else BriefFormat.markdown)) is BriefFormat.html:
        from dragoman.explore.brief_html import html_page

        _write({"": html_page(made)}, out)
    else:
        _write_markdown(made, out)


def _write_markdown(made: Brief, out: Path | None) -> None:
    """To a file with its charts beside it; to stdout without them."""
    from dragoman.explore.brief_markdown import markdown_lines, pictures_of

    pictures = pictures_of(made)
    if out is None:
        if pictures:
            tell("dragoman: the charts are left out: --out FILE writes them beside it, --format html into the page")
        _write({"": "\n".join(markdown_lines(made)) + "\n"}, None)
        return
    names = {key: f"{out.stem}-{key}.svg" for key in pictures}
    texts = {names[key]: svg + "\n" for key, svg in pictures.items()}
    _write(texts | {"": "\n".join(markdown_lines(made, names)) + "\n"}, out)


def _write(texts: dict[str, str], out: Path | None) -> None:
    """Texts by the name of their file beside `out`; "" is `out` itself, or stdout."""
    if out is None:
        with ending_well():
            sys.stdout.write(texts[""])
        return
    for name, text in texts.items():
        path = out.with_name(name) if name else out
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            tell(f"dragoman: {path}: it cannot be written: {error.strerror or error}")
            raise typer.Exit(EXIT_ERROR) from None
