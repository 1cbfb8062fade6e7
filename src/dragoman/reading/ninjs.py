"""ninjs (IPTC, versions 1 to 3) into reports. In: one JSON object. Out: a `Report`, or none where it is no ninjs.

The body is plain text where there is one, else HTML or XHTML. Items that it links to (pictures, other stories) are not
read.
"""

from __future__ import annotations

from collections.abc import Mapping

from dragoman.reading.dates import iso_moment
from dragoman.reading.markup import text_of_html
from dragoman.reading.reports import Report, bare

_BODIES = ("body_text", "body_xhtml", "body_html")
_MOMENTS = (
    *("contentcreated", "contentCreated", "firstcreated", "firstCreated"),
    *("published", "versioncreated", "versionCreated"),
)
_PUBLISHERS = ("provider", "infosource", "infoSources", "copyrightholder", "copyrightHolder")


def ninjs_report(values: Mapping[str, object], *, source: str, row: int) -> Report | None:
    """The report of a ninjs object. Raises ReadingError for markup that is refused."""
    bodies = values.get("bodies")
    if not any(name in values for name in _BODIES) and not isinstance(bodies, list):
        return None
    plain, markup = _texts(values, bodies if isinstance(bodies, list) else [])
    text = plain or (text_of_html(markup, source) if markup else "")
    return Report(
        text,
        title=bare(values.get("headline")) or _first_value(values.get("headlines")) or bare(values.get("title")),
        published=next(filter(None, (iso_moment(str(values.get(name) or "")) for name in _MOMENTS)), None),
        publisher=next(filter(None, (_name(values.get(name)) for name in _PUBLISHERS)), None),
        url=next((bare(values[name]) for name in ("url", "uri") if str(values.get(name)).startswith("http")), None),
        language=bare(values.get("language")),
        row=row,
    )


def _texts(values: Mapping[str, object], bodies: list[object]) -> tuple[str, str]:
    """The plain text and the markup of the body; either may be empty."""
    plain, markup = [_string(values.get("body_text"))], [_string(values.get("body_xhtml") or values.get("body_html"))]
    for body in bodies:
        if isinstance(body, dict) and body.get("role", "main") in ("main", "body", ""):
            kind = str(body.get("contenttype") or body.get("contentType") or "")
            (plain if kind in ("", "text/plain") else markup).append(_string(body.get("value")))
    return next(filter(None, plain), ""), next(filter(None, markup), "")


def _string(value: object) -> str:
    return value if isinstance(value, str) and value.strip() else ""


def _first_value(value: object) -> str | None:
    if not isinstance(value, list):
        return None
    found = [bare(item.get("value")) for item in value if isinstance(item, dict)]
    return next(filter(None, found), None)


def _name(value: object) -> str | None:
    """The name of a party, which stands alone, in an object, or in a list of objects."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return bare(value)
