"""The figures of a brief: a period against the one before, the balance by month, and what follows in words.

In: the events of both periods and the articles read on each day. Out: tables of text, a chart and sentences. Events and
mentions are never mixed, and how much was read stands beside each count, for more reports find more events. What is
announced, possible, denied, background or a mere position is no part of what happened.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.explore.brief_asking import Coverage, Row
from dragoman.explore.brief_entries import kind_of
from dragoman.explore.brief_sentences import Words, conflict_lines, counted
from dragoman.explore.brief_values import Period, Picture, Question, Table
from dragoman.explore.charts import KINDS, Bar, balance
from dragoman.explore.dates import month_name, span_text
from dragoman.record.filters import STATEMENT, Unit

KIND_OF_QUAD = {2: 0, 1: 1, 3: 2, 4: 3}  # a quad class among KINDS
_MONTHS_UP_TO, _QUARTERS_UP_TO = 1130, 3700  # days
_COVERAGE_DIFFERS = 1.2  # from which ratio on counts alone mislead
_FEW = 3  # categories named in the summary


@dataclass(frozen=True, slots=True)
class Figures:
    """Both periods, by what their events are."""

    now: Sequence[Row]
    before: Sequence[Row]
    read_now: int
    read_before: int


def unit_of(period: Period) -> Unit:
    """Months; of long periods quarters or years."""
    days = (period.until - period.since).days
    return "month" if days <= _MONTHS_UP_TO else "quarter" if days <= _QUARTERS_UP_TO else "year"


def happened(found: Sequence[Row]) -> list[Row]:
    """What is told to have happened, without positions."""
    return [
        row
        for row in found
        if row["status"] == "actual" and not row["negated"] and not row["historical"] and row["event"] != STATEMENT
    ]


def figures(now: Sequence[Row], before: Sequence[Row], read: Coverage, question: Question) -> Figures:
    """The events with the number of articles read."""
    return Figures(now, before, read.read(question.period), read.read(question.before))


def summary(known: Figures, question: Question, words: Words, whom: str) -> list[str]:
    """The gist, a sentence or two a line."""
    now, before = happened(known.now), happened(known.before)
    if not known.now:
        lines = [f"The record holds no event {whom} in this period."]
    else:
        lines = [
            f"The reports tell of {counted(len(now), 'event')} {whom} that happened, in "
            f"{counted(_mentions(now), 'mention')}."
        ]
    if known.read_before and (known.now or known.before):
        lines[0] += f" In the period before, of equal length ({_span(question.before)}), " + (
            f"it was {counted(len(before), 'event')} in {counted(_mentions(before), 'mention')}." if before else "none."
        )
    if now:
        lines.append(_balance_words(now, before if known.read_before else None))
        lines.append(_categories_words(now, words))
    lines += _other_words(known.now, words)
    lines.append(coverage_words(known))
    return lines


def coverage_words(known: Figures) -> str:
    """How much was read, and whether the counts can be compared as they stand."""
    read, earlier = known.read_now, known.read_before
    told = f"{counted(read, 'article')} of this period {'was' if read == 1 else 'were'} read"
    if not earlier:
        return f"{told}, and none of the period before, so that there is nothing to compare with."
    told += f", {earlier:,} of the period before."
    ratio = max(read, 1) / earlier
    if 1 / _COVERAGE_DIFFERS < ratio < _COVERAGE_DIFFERS:
        return told
    now, before = (_rate(len(happened(rows)), of) for rows, of in ((known.now, read), (known.before, earlier)))
    way = f"{ratio:.1f} times as many" if ratio > 1 else f"{ratio:.0%} as many"
    return f"{told} Since {way} were read, compare events per 1,000 articles read: {now} against {before}."


def coverage_table(known: Figures, read: Coverage, question: Question) -> Table:
    """How much was read and found in each period."""
    now, before = happened(known.now), happened(known.before)
    pairs = (
        ("Articles read", known.read_now, known.read_before),
        ("of them copies of others", read.copied(question.period), read.copied(question.before)),
        ("Events that happened", len(now), len(before)),
        ("Mentions of them", _mentions(now), _mentions(before)),
    )
    rows: list[tuple[str, ...]] = [
        (name, f"{one:,}", *((f"{other:,}", _change(one, other)) if known.read_before else ("–", "–")))
        for name, one, other in pairs
    ]
    rates = [_rate(*each) for each in ((len(now), known.read_now), (len(before), known.read_before))]
    rows.append(("Events per 1,000 articles read", *rates, ""))
    columns = ("", _span(question.period), _span(question.before), "Change")
    return Table("coverage", "Against the period before", "", columns, tuple(rows))


def counts_table(known: Figures, words: Words) -> Table:
    """Events and mentions by kind and category, in both periods."""
    sides = [happened(known.now), happened(known.before)]
    compared = known.read_before > 0
    rows = [_count_row("All that happened", *sides, compared=compared)]
    for index, kind in enumerate(KINDS):
        chosen = [[row for row in side if KIND_OF_QUAD.get(row["quad"]) == index] for side in sides]
        rows.append(_count_row(kind.capitalize(), *chosen, compared=compared))
        for category, row in words.ontology.categories.items():
            if KIND_OF_QUAD.get(row.quad) != index:
                continue
            parts = [[each for each in side if each["event"] == category] for side in chosen]
            if any(parts):
                rows.append(_count_row(f"– {_lower(words.wording.label(category))}", *parts, compared=compared))
    for kind_name, label in (
        ("future", "Announced"),
        ("hypothetical", "Only possible"),
        ("denied", "Denied, or told not to be so"),
        (STATEMENT, "Statements of position"),
    ):
        apart = [[row for row in side if _apart(row, words) == kind_name] for side in (known.now, known.before)]
        if any(apart):
            rows.append(_count_row(f"Not counted above: {_lower(label)}", *apart, compared=compared))
    columns = ("", "Events", "Mentions", "Events before", "Mentions before", "Change in events")
    return Table("counts", "Counts by kind", "", columns, tuple(rows))


def balance_table(known: Figures, read: Coverage, question: Question, unit: Unit, title: str) -> Table:
    """Cooperation and conflict by month, as a chart and as figures."""
    chosen = happened(known.now)
    counts = Counter((row["period"], KIND_OF_QUAD[row["quad"]]) for row in chosen)
    mentions: Counter[str | None] = Counter()
    for row in chosen:
        mentions[row["period"]] += row["mentions"]
    bars, rows = [], []
    for key, label, days in _periods(question.period, unit):
        four = (counts[key, 0], counts[key, 1], counts[key, 2], counts[key, 3])
        bars.append(Bar(label, four, read.read(days)))
        difference = four[0] + four[1] - four[2] - four[3]
        shown = (*four, difference, mentions[key], read.read(days))
        rows.append((label, *(f"{value:,}".replace("-", "−") for value in shown)))
    coarse = sum(1 for row in chosen if row["period"] is None)
    notes = (
        (f"{counted(coarse, 'event')} whose day is known less exactly than by {unit} {_is(coarse)} left out here.",)
        if coarse
        else ()
    )
    columns = (unit.capitalize(), *(kind.capitalize() for kind in KINDS), "Balance", "Mentions", "Articles read")
    lead = "Events that happened. The balance is cooperation less conflict, in events."
    picture = Picture("balance", title, balance(bars, title, unit), "") if chosen else None
    return Table("balance", f"Cooperation and conflict by {unit}", lead, columns, tuple(rows), notes, picture)


def _periods(period: Period, unit: Unit) -> list[tuple[str, str, Period]]:
    """The months, quarters or years of a period: the key that SQL gives, the label, the days of it in the period."""
    length = {"month": 1, "quarter": 3}.get(unit, 12)
    found = []
    first = (period.since.year * 12 + period.since.month - 1) // length * length
    for number in range(first, period.until.year * 12 + period.until.month, length):
        year, month = divmod(number, 12)
        key, label = {
            1: (f"{year:04d}-{month + 1:02d}", f"{month_name(month + 1)[:3]} {year}"),
            3: (f"{year:04d}-Q{month // 3 + 1}", f"{year}, quarter {month // 3 + 1}"),
        }.get(length, (f"{year:04d}", str(year)))
        start = datetime.date(year, month + 1, 1)
        after = divmod(number + length, 12)
        end = datetime.date(after[0], after[1] + 1, 1) - datetime.timedelta(1)
        found.append((key, label, Period(max(start, period.since), min(end, period.until))))
    return found


def _balance_words(now: Sequence[Row], before: Sequence[Row] | None) -> str:
    good, bad = _two(now)
    told = f"{_some(good)} of these {_is(good)} cooperation, {_some(bad).lower()} conflict"
    if not before:
        return f"{told}."
    good, bad = _two(before)
    return f"{told}; before, it was {_some(good).lower()} and {_some(bad).lower()}."


def _two(found: Sequence[Row]) -> tuple[int, int]:
    good = sum(1 for row in found if row["quad"] in (1, 2))
    return good, len(found) - good


def _categories_words(now: Sequence[Row], words: Words) -> str:
    counts = Counter(row["event"] for row in now)
    order = sorted(counts, key=lambda event: (-counts[event], event))[:_FEW]
    named = "; ".join(f"{_lower(words.wording.label(event))} ({counts[event]:,})" for event in order)
    return f"Most frequent: {named}."


def _other_words(found: Sequence[Row], words: Words) -> list[str]:
    announced = [row for row in found if row["status"] == "future" and not row["negated"] and not row["historical"]]
    lines = []
    if announced:
        held = sum(1 for row in announced if row["fulfilled_by"])
        off = sum(1 for row in announced if row["cancelled_by"])
        linked = [f"{held:,} later reported as held or done"] if held else []
        linked += [f"{off:,} as called off"] if off else []
        tail = ", ".join(linked) or "none of them linked to a later report that it was held, done or called off"
        lines.append(f"{counted(len(announced), 'act')} {_was(len(announced))} announced, {tail}.")
    denied = sum(1 for row in found if kind_of(row, words) == "denied")
    disputed = sum(1 for row in found if conflict_lines(row["conflicts"], words))
    if denied or disputed:
        parts = [f"{counted(denied, 'event')} {_is(denied)} denied, or told not to be so"] if denied else []
        parts += [f"of {counted(disputed, 'event')} the reports give different accounts"] if disputed else []
        lines.append(f"{'; '.join(parts)}.".capitalize() if not denied else f"{'; '.join(parts)}.")
    return lines


def _apart(row: Row, words: Words) -> str:
    kind = kind_of(row, words)
    if kind in ("past", "denied"):
        return kind
    if row["event"] == STATEMENT:
        return STATEMENT
    return str(row["status"])


def _count_row(name: str, now: Sequence[Row], before: Sequence[Row], *, compared: bool) -> tuple[str, ...]:
    """Dashes for a period of which nothing was read: no count is not a count of none."""
    told = (name, f"{len(now):,}", f"{_mentions(now):,}")
    if not compared:
        return (*told, "–", "–", "–")
    return (*told, f"{len(before):,}", f"{_mentions(before):,}", _change(len(now), len(before)))


def _mentions(found: Sequence[Row]) -> int:
    return sum(row["mentions"] for row in found)


def _change(now: int, before: int) -> str:
    difference = now - before
    if not difference:
        return "0"
    return f"{'+' if difference > 0 else '−'}{abs(difference):,}"


def _rate(events: int, articles: int) -> str:
    rate = 1000 * events / articles if articles else None
    return "–" if rate is None else f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}"


def _span(period: Period) -> str:
    return span_text(period.since.isoformat(), period.until.isoformat())


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _some(number: int) -> str:
    return f"{number:,}" if number else "None"


def _is(number: int) -> str:
    return "is" if number < 2 else "are"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
