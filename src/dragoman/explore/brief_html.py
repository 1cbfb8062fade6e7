"""A brief as one HTML page: nothing beside it, no script, nothing fetched; to be read on a screen, aloud and on paper.

In: a `Brief`. Out: the text of the page. The template escapes all that it is given but the charts, which are ours.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dragoman.explore.brief_values import Brief, Picture, Section
from dragoman.explore.markup import plain, web_link


def html_page(brief: Brief) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("dragoman.explore"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters["web_link"] = web_link
    environment.filters["chart"] = _chart
    environment.tests["section"] = _is_section
    environment.tests["picture"] = _is_picture
    return environment.get_template("brief.html").render(brief=brief)


def _shown(value: Any) -> Any:
    """Texts of others without unseen characters; markup of ours as it is."""
    return plain(value) if type(value) is str else value


def _chart(picture: Picture) -> Markup:
    return Markup(picture.svg)  # written by charts.py, which escapes what stands in it


def _is_section(value: object) -> bool:
    return isinstance(value, Section)


def _is_picture(value: object) -> bool:
    return isinstance(value, Picture)
