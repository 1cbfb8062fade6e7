"""A sourced brief on one or two parties: this file is the map.

In: an open record and a question. Out: a `Brief` of plain text, tables and charts, which `brief_markdown` and
`brief_html` write down. The same record and question give the same bytes; nothing is fetched, and no clock is read.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dragoman.errors import RecordError, UsageError
from dragoman.explore.brief_asking import (
    Row,
    Rows,
    coded_by,
    coverage,
    days_published,
    events_between,
    others_counted,
    rows_of,
)
from dragoman.explore.brief_counts import (
    KIND_OF_QUAD,
    balance_table,
    counts_table,
    coverage_table,
    figures,
    summary,
    unit_of,
)
from dragoman.explore.brief_entries import Footnotes, kind_of, sections
from dragoman.explore.brief_sentences import Words, counted, joined
from dragoman.explore.brief_values import Brief, Part, Period, Picture, Question, Section, Side
from dragoman.explore.charts import Dot, shown_on_timeline, timeline
from dragoman.explore.dates import brief_date, day_of, span_text
from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.mention_cues import load_mention_cues
from dragoman.knowledge.ontology import load_ontology
from dragoman.knowledge.wording import load_wording
from dragoman.record.filter_names import resolved
from dragoman.record.filters import EventFilter
from dragoman.record.query import Record

_ONE_DAY = datetime.timedelta(1)
_COARSE = ("quarter", "season", "half", "year", "decade", "century")  # too vague for a place on the timeline


def brief_of(
    record: Record, parties: Sequence[str], chosen: EventFilter, *, most: int = 20, own: Sequence[str] = ()
) -> Brief:
    """The brief on one or two parties, named or by code. `chosen` holds days and further restrictions.

    Raises UsageError for parties or days that cannot be, RecordError for a record that was never merged.
    """
    if not record.is_merged:
        raise RecordError(f"{record.folder}: its mentions were never merged: run dragoman build {record.folder}")
    words, rows = load_words(), rows_of(record)
    known = days_published(rows)
    question = asked(parties, resolved(chosen, own), words, known, most=most, own=own)
    lines = _about_record(record, rows, known, question)
    return compiled(rows, question, words, lines)


def load_words() -> Words:
    """The tables that sentences are made with."""
    pronouns = load_mention_cues().pronouns
    vague = frozenset(form for form, row in pronouns.items() if row.person > 1)
    wording = load_wording()
    return Words(wording, load_actors(), load_ontology(), frozenset(pronouns) | wording.names["nobody"], vague)


def asked(
    parties: Sequence[str],
    chosen: EventFilter,
    words: Words,
    known: Period | None,
    *,
    most: int = 20,
    own: Sequence[str] = (),
) -> Question:
    """What is asked for: codes for names, days for months and years, and the period before, of equal length.

    Without days it is all that the record spans. A period of whole months is preceded by as many months.
    """
    codes = resolved(EventFilter(actor=tuple(parties)), own).actor
    if not 1 <= len(parties) <= 2 or len(codes) != len(parties):
        raise UsageError("a brief is about one party, or about two that differ")
    sides = tuple(Side(code, words.name_of(code)) for code in codes)
    today = known or Period(datetime.date(1900, 1, 1), datetime.date(1900, 1, 1))
    since = _first_day(chosen.since) if chosen.since else today.since
    until = _last_day(chosen.until) if chosen.until else max(today.until, since)
    period = Period(since, until)
    rest = replace(chosen, since=None, until=None)
    return Question(sides, period, period_before(period), rest, most)


def period_before(period: Period) -> Period:
    """As many months where the period is whole months, else as many days."""
    last = period.since - _ONE_DAY
    if period.since.day == 1 and (period.until + _ONE_DAY).day == 1:
        months = (period.until.year - period.since.year) * 12 + period.until.month - period.since.month + 1
        number = period.since.year * 12 + period.since.month - 1 - months
        if number >= 12:
            return Period(datetime.date(number // 12, number % 12 + 1, 1), last)
    return Period(last - (period.until - period.since), last)


def compiled(rows: Rows, question: Question, words: Words, about: Sequence[str] = ()) -> Brief:
    """The brief, from something that runs SQL over the tables of a record."""
    unit = unit_of(question.period)
    read = coverage(rows)
    now, before = (events_between(rows, question, period, unit) for period in (question.period, question.before))
    known = figures(now, before, read, question)
    whom, title = _whom(question, words), " and ".join(side.name for side in question.sides)
    lines = [*summary(known, question, words, whom), *_counted_with(question, [*now, *before], words)]
    parts: list[Part] = []
    notes = Footnotes()
    if now:
        told, first = sections(rows, now, question, words, notes)
        parts += _timeline(told, first, question, title)
        parts += told
    parts += [coverage_table(known, read, question)]
    if now or before:
        parts.append(counts_table(known, words))
        parts.append(balance_table(known, read, question, unit, f"{title}: cooperation and conflict by {unit}"))
    return Brief(
        title=f"{title}: a brief",
        period=span_text(question.period.since.isoformat(), question.period.until.isoformat()),
        summary=tuple(lines),
        parts=tuple(parts),
        sources=tuple(notes.sources.values()),
        about=(*about, *_about_reading(now, words, question)),
    )


def _timeline(told: Sequence[Section], first: Mapping[int, Row], question: Question, title: str) -> list[Picture]:
    """Deeds, words and announcements that have a day, as far as there is room."""
    dots, weights = [], []
    entries = [
        entry
        for section in told
        if section.id in ("done", "said", "announced")
        for group in section.groups
        for entry in group.entries
    ]
    for entry in entries:
        row = first[entry.number]
        day = day_of(row["date_start"])
        kind = KIND_OF_QUAD.get(row["quad"])
        if day is None or kind is None or row["date_granularity"] in _COARSE:
            continue
        if question.period.since <= day <= question.period.until:
            text = f"{entry.number}. {entry.when}: {'; '.join(entry.sentences)}"
            dots.append(Dot(entry.number, day, kind, text, row["status"] == "future", f"#e{entry.number}"))
            weights.append(float(row["publishers"]))
    if not dots:
        return []
    shown = shown_on_timeline(dots, weights)
    caption = "The numbers are those of the entries below. A dashed edge marks what was announced for that day."
    if len(shown) < len(entries):
        caption += f" {counted(len(entries) - len(shown), 'entry', 'entries')} without an exact day in this period, or "
        caption += "for which there is no room, cannot be shown."
    name = f"{title}: timeline"
    return [Picture("timeline", name, timeline(shown, question.period.since, question.period.until, name), caption)]


def _whom(question: Question, words: Words) -> str:
    names = [words.wording.with_article(side.name) for side in question.sides]
    return f"between {' and '.join(names)}" if len(names) == 2 else f"involving {names[0]}"


def _counted_with(question: Question, found: Sequence[Row], words: Words) -> list[str]:
    """Who goes with a state since it is their country."""
    lines = []
    others = others_counted(question, found)
    for side in question.sides:
        names = sorted(words.wording.with_article(words.name_of(code)) for code in others.get(side.code, ()))
        if names:
            lines.append(f"Counted with {words.wording.with_article(side.name)}: {joined(names, most=12)}.")
    return lines


def _about_record(record: Record, rows: Rows, known: Period | None, question: Question) -> list[str]:
    articles = record.manifest.rows("articles")
    lines = [f"The record holds {counted(articles, 'article')}"]
    if known is not None:
        lines[0] += f", published from {brief_date(known.since)} to {brief_date(known.until)}"
    by = coded_by(rows)
    lines[0] += f"; coded by {'; '.join(by)}." if by else "."
    if not record.merged_current:
        lines.append("Articles came to the record after its mentions were last merged: their events are not in it yet.")
    if known is not None and (question.period.until < known.since or question.period.since > known.until):
        lines.append("No article of the record was published in this period.")
    return lines


def _about_reading(now: Sequence[Row], words: Words, question: Question) -> list[str]:
    past = sum(1 for row in now if kind_of(row, words) == "past")
    lines = [
        "Events are read by machine from single sentences, and quotes are given so that each can be checked. That a "
        "report tells of an event does not mean that it happened.",
        "An event belongs to the day on which it began; an announcement, to the day of its first report. “Reported on” "
        "stands before a day where the text names none, and the day of the report is taken.",
        "One event told by several reports counts once; its mentions are counted apart. Counts of what happened leave "
        "out what is announced, only possible, denied, or a mere statement of position.",
    ]
    if past:
        lines.append(
            f"{counted(past, 'event')} that the reports recall as history {'is' if past == 1 else 'are'} left out."
        )
    told = _restrictions(question.chosen)
    if told:
        lines.append(f"Restricted to: {told}.")
    return lines


def _restrictions(chosen: EventFilter) -> str:
    parts = []
    for name in ("category", "context", "place", "outlet", "words", "speaker", "sector", "mode"):
        values = getattr(chosen, name)
        if values:
            parts.append(f"{name} {' or '.join(values)}")
    if chosen.confidence is not None:
        parts.append(f"confidence at least {chosen.confidence:g}")
    return "; ".join(parts)


def _first_day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)


def _last_day(text: str) -> datetime.date:
    if len(text) == 4:
        return datetime.date(int(text), 12, 31)
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        return datetime.date(year, month, calendar.monthrange(year, month)[1])
    return datetime.date.fromisoformat(text)
