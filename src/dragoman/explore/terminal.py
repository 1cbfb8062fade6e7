"""Coded events on a terminal: a table of them, and an explanation of each with its words marked in the text.

In: event mentions. Out: rich renderables and plain lines. It decides nothing; every word shown stands in an event.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from dragoman.explore.wording import step_text, turned_down_text
from dragoman.values import Article, EventMention, Party, Span, Speaker, TimeSpan

_STYLES = {
    "trigger": "bold yellow",
    "actor": "bold cyan",
    "recipient": "bold magenta",
    "date": "green",
    "place": "blue",
    "speaker": "bright_black",
    "cue": "bright_black italic",
}
_LABEL_WIDTH = 12
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a text must not steer the terminal


def event_table(events: Sequence[EventMention]) -> Table:
    """One row an event: when, what, who to whom, where, how real, according to whom, in which words."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("date", "event", "actors", "recipients", "place", "status", "speaker", "words"):
        table.add_column(name, overflow="fold", ratio=None)
    for event in events:
        cells = (
            _date_text(event.date),
            code_text(event),
            "; ".join(_party_text(party) for party in event.actors),
            "; ".join(_party_text(party) for party in event.recipients),
            event.place.name if event.place is not None else "",
            status_text(event),
            "; ".join(_speaker_text(speaker) for speaker in event.attribution),
            event.trigger.text,
        )
        table.add_row(*(Text(_plain(cell)) for cell in cells))  # a plain string would be read as markup
    return table


def code_text(event: EventMention) -> str:
    """The code as one reads it: "AGREE (CONSULT visit)", "ASSAULT aerial"."""
    text = " ".join((event.event, *event.modes))
    if event.about is not None:
        text += f" ({' '.join((event.about.event, *event.about.modes))})"
    return text


def status_text(event: EventMention) -> str:
    """ "future, negated", "actual, historical"."""
    words = ((event.status, True), ("negated", event.negated), ("historical", event.historical))
    return ", ".join(word for word, holds in words if holds)


def explanation(events: Sequence[EventMention], *, colour: bool, width: int = 160) -> Iterator[Text]:
    """For each event: its sentence with the words marked, the fields, and the reasons, in lines of `width` columns."""
    for event in events:
        yield _marked_sentence(event, colour=colour)
        codes = f"quad {event.quad}   CAMEO {event.cameo or '-'}   score {_number(event.score)}"
        reality = f"{status_text(event)}   confidence {event.confidence:.2f}"
        yield Text(f"  {code_text(event)}   {codes}   {reality}", style="bold" if colour else "")
        yield from (Text(part) for line in _field_lines(event) for part in _wrapped(line, width))
        style = "bright_black" if colour else ""
        yield from (Text(part, style=style) for line in _step_lines(event) for part in _wrapped(line, width))
        yield Text("")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _marked_sentence(event: EventMention, *, colour: bool) -> Text:
    """The sentence with "[words]role" around each span of the event that lies in it."""
    quote = event.quote
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    styled: list[tuple[int, int, str]] = []
    for role, span in _own_spans(event):
        if quote.start <= span.start and span.end <= quote.end:
            opening.setdefault(span.start - quote.start, []).append(role)
            closing.setdefault(span.end - quote.start, []).insert(0, role)
            styled.append((span.start - quote.start, span.end - quote.start, role))
    text = Text()
    for index, character in enumerate(quote.text + "\n"):
        for role in closing.get(index, ()):
            text.append(f"]{role}", style=_STYLES[role] if colour else "")
        text.append("[" * len(opening.get(index, ())))
        role_here = next((role for start, end, role in styled if start <= index < end), "")
        shown = " " if character in "\r\n\t" else _CONTROL.sub("\ufffd", character)
        text.append(shown, style=_STYLES[role_here] if colour and role_here else "")
    text.rstrip()
    return text


def _own_spans(event: EventMention) -> Iterable[tuple[str, Span]]:
    yield "trigger", event.trigger
    seen: set[tuple[int, int]] = set()
    for role, parties in (("actor", event.actors), ("recipient", event.recipients)):
        for party in parties:
            if (party.start, party.end) not in seen:
                seen.add((party.start, party.end))
                yield role, Span(party.text, party.start, party.end)
    if event.date is not None and event.date.span is not None:
        yield "date", event.date.span
    if event.place is not None and event.place.span is not None:
        yield "place", event.place.span
    for speaker in event.attribution:
        yield "cue", speaker.cue
        if speaker.party is not None and (speaker.party.start, speaker.party.end) not in seen:
            yield "speaker", Span(speaker.party.text, speaker.party.start, speaker.party.end)


def _field_lines(event: EventMention) -> Iterator[str]:
    for party in event.actors:
        yield _line("actor", f"{_party_text(party)}   from {_words(party, event)}")
    for party in event.recipients:
        yield _line("recipient", f"{_party_text(party)}   from {_words(party, event)}")
    if event.date is not None:
        words = _words(event.date.span, event) if event.date.span is not None else "the day of the report"
        yield _line("date", f"{_date_text(event.date)} ({event.date.granularity})   from {words}")
    if event.place is not None:
        words = f"   from {_words(event.place.span, event)}" if event.place.span is not None else ""
        yield _line("place", f"{event.place.name}, {event.place.country or '?'} ({event.place.precision}){words}")
    for speaker in event.attribution:
        who = speaker.party or speaker.words
        words = f"from {_words(who, event)}, " if who is not None else ""
        told = f"{_speaker_text(speaker)}: {speaker.stance} it   {words}by {_words(speaker.cue, event)}"
        yield _line("according to", told)
    if event.contexts:
        yield _line("contexts", ", ".join(event.contexts))


def _step_lines(event: EventMention) -> Iterator[str]:
    for step in event.steps:
        yield _line(f"· {step.stage}", _plain(step_text(step)))
        for choice, weight in step.alternatives:
            yield _line("", f"turned down: {_plain(turned_down_text(choice, weight))}")


def _words(span: Span | Party, event: EventMention) -> str:
    """The words, and where they stand in the text if outside the sentence shown."""
    words = f"“{_plain(span.text)}”"
    quote = event.quote
    if quote.start <= span.start and span.end <= quote.end:
        return words
    where = "earlier" if span.start < quote.start else "later"
    return f"{words} {where} in the text (characters {span.start}-{span.end})"


def _line(label: str, text: str) -> str:
    return f"    {label:<{_LABEL_WIDTH}}  {text}"


def _wrapped(line: str, width: int) -> list[str]:
    """`line` in parts of `width` columns; what goes on stands below its beginning."""
    indent = _LABEL_WIDTH + 6
    if len(line) <= width or width < 2 * indent:
        return [line]
    parts = textwrap.wrap(line[indent:], width - indent, break_on_hyphens=False)
    return [line[:indent] + parts[0], *(" " * indent + part for part in parts[1:])]


def _plain(text: str) -> str:
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def _party_text(party: Party) -> str:
    actor = party.actor
    codes = " ".join(code for code in (actor.party or actor.country, actor.sector) if code)
    return f"{actor.name} [{codes}]" if codes else actor.name


def _speaker_text(speaker: Speaker) -> str:
    if speaker.party is not None:
        return speaker.party.actor.name
    return _plain(speaker.words.text) if speaker.words is not None else "unnamed"


def _date_text(date: TimeSpan | None) -> str:
    if date is None:
        return ""
    return date.start if date.start == date.end else f"{date.start}/{date.end}"


def article_heading(article: Article, events: int) -> str:
    """One line that names an article above its explanations."""
    name = article.title or article.source or article.id[:12]
    return _plain(f"{name}: {events} event{'' if events == 1 else 's'}")
