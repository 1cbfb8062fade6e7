"""Why mentions stand in one event, for reading. In: an explanation of the record. Out: lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dragoman.record.explanation import Explanation

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")  # words of a text must not steer the terminal
_WIDTH = 110


def explanation_lines(found: Explanation) -> Iterator[str]:
    """The event, then each mention with what spoke for it, then what they differ in and what the event fulfils."""
    event = found.event
    if found.asked != event["id"]:
        yield f"{found.asked} is now"
    what = " ".join(
        filter(None, (event["event"], event["modes"], f"about {event['about_event']}" if event["about_event"] else ""))
    )
    who = (
        f"{event['actor_names'] or '?'} > {event['recipient_names']}"
        if event["recipient_names"]
        else event["actor_names"] or "?"
    )
    yield _clean(f"{event['id']}  {what}  {who}  {event['date_edtf'] or ''}  {event['place'] or ''}".rstrip())
    yield (
        f"  {event['mentions']:,} mentions in {event['articles']:,} articles, {event['reports']:,} of them no copies, "
        f"of {event['publishers']:,} publishers"
    )
    for mention in found.mentions:
        yield ""
        yield from _mention_lines(mention)
    yield from _conflict_lines(event["conflicts"])
    for name, words in (
        ("fulfils", "fulfils the announcement"),
        ("cancels", "cancels"),
        ("fulfilled_by", "was fulfilled by"),
        ("cancelled_by", "was cancelled by"),
    ):
        if event[name]:
            yield f"\n{words} {event[name]}"


def _mention_lines(mention: dict[str, Any]) -> Iterator[str]:
    where = "  ".join(
        _clean(str(each)) for each in (mention["published"], mention["publisher"], mention["title"]) if each
    )
    yield f"{mention['mention']}  {where}"
    yield f'  "{_clean(mention["quote"])[:_WIDTH]}"'
    if mention["copied_from"]:
        what = "a later release of" if mention["copy_kind"] == "revised" else f"a copy ({mention['copy_kind']}) of"
        yield f"  its article is {what} {mention['copied_from'][:12]}"
    if mention["likeness"] is not None:
        reasons = ", ".join(f"{feature} {weight:+g}" for feature, weight in mention["reasons"])
        yield f"  joined with {mention['likeness']:g}: {reasons}"
    elif mention["reasons"]:
        yield "  put here by a correction"


def _conflict_lines(conflicts: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for name, values in conflicts.items():
        yield f"\n{name}:"
        for each in values:
            who = _clean(", ".join(each["publishers"])) or "-"
            yield f"  {_clean(str(each['value']))}: {each['mentions']:,} ({who})"


def _clean(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())
