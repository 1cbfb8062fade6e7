"""The entries of a brief: which events each section shows, in which order, with which sources and notes.

In: the events of the period. Out: sections with numbered entries, and the sources that they cite. Of many events those
are shown that most outlets tell, then those whose parties are clear, of each kind of act the surest. Deeds, words,
undertakings, possibilities and denials are never mixed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dragoman.explore.brief_asking import Row, Rows, articles_of, full_events, parties_of, parts_of
from dragoman.explore.brief_sentences import (
    Words,
    conflict_lines,
    counted,
    inferred_text,
    is_denied,
    joined,
    quote_text,
    sentence,
    when_text,
)
from dragoman.explore.brief_values import Copy, Entry, Group, Note, Question, Section, Source
from dragoman.explore.dates import brief_date, day_of, month_name, span_text

Kind = Literal["done", "said", "announced", "considered", "denied", "past"]
_CITED = 4  # reports that one entry cites
_QUOTED = 2  # passages that one entry quotes
_FEW_WORDS = 5  # a quote of fewer says too little to be shown before others
_LOOKED_AT = 4  # times as many events as a section shows entries, for several may fall into one
_MONTHS_FROM = 9  # entries, from which on months are headings
_TITLES: Mapping[str, tuple[str, str]] = {
    "done": (
        "What happened",
        "Meetings and deeds that are told as having happened, by the day on which they began. Where a source is named, "
        "it is the source that says so, and not the outlet.",
    ),
    "said": (
        "Who said what",
        "Praise, requests, accusations, refusals and threats, with who uttered them. That something is said does not "
        "make it so.",
    ),
    "announced": (
        "What was announced or agreed",
        "An announcement is not the act. What was later reported as held, done or called off is told beneath it.",
    ),
    "considered": ("What is only possible", "Weighed, conditional or expected by somebody; not told as happening."),
    "denied": ("What is denied", "Told not to be so, or denied by the speaker who is named."),
    "told-differently": (
        "What is told differently",
        "Events of which the reports give different accounts, with who gives which.",
    ),
}
_NOTHING: Mapping[str, str] = {
    "done": "Nothing is told as having happened in this period.",
    "said": "No such words are told of in this period.",
    "announced": "Nothing is told as announced or agreed in this period.",
}


@dataclass(slots=True)
class Footnotes:
    """Sources by the article that they cite, numbered as they are cited."""

    sources: dict[str, Source] = field(default_factory=dict)

    def cite(self, told: Sequence[Row]) -> tuple[int, ...]:
        """The numbers of the reports that are no copies, the first few; a copy goes with what it copies."""
        own = [row for row in told if row["copy_of"] is None] or list(told[:1])
        numbers = tuple(self._number(row) for row in own[:_CITED])
        for row in told:
            original = row["copy_of"] if row["copy_of"] in self.sources else own[0]["article"]
            if row["copy_of"] is not None and row not in own:
                source, copy = self.sources[original], _copy(row)
                if copy not in source.copies:
                    self.sources[original] = replace(source, copies=(*source.copies, copy))
        return numbers

    def _number(self, row: Row) -> int:
        found = self.sources.get(row["article"])
        if found is None:
            day = day_of(row["published"])
            found = Source(
                number=len(self.sources) + 1,
                outlet=row["publisher"] or "outlet not known",
                title=row["title"] or "without title",
                day=brief_date(day) if day is not None else "day not known",
                url=row["url"],
            )
            self.sources[row["article"]] = found
        return found.number


def kind_of(row: Row, words: Words) -> Kind:
    """Under which heading an event belongs."""
    if row["historical"]:
        return "past"
    if is_denied(row):
        return "denied"
    if row["status"] == "hypothetical":
        return "considered"
    if row["status"] == "future":
        return "announced"
    part = words.wording.act(row["event"], parts_of(row, "modes"), row["cameo"]).part
    return "announced" if part == "agreed" else part


def sections(
    rows: Rows, found: Sequence[Row], question: Question, words: Words, notes: Footnotes
) -> tuple[list[Section], dict[int, Row]]:
    """All sections that have something to tell, and for each entry's number the first of its events."""
    by_kind: dict[str, list[Row]] = {}
    for row in found:
        by_kind.setdefault(kind_of(row, words), []).append(row)
        if conflict_lines(row["conflicts"], words):
            by_kind.setdefault("told-differently", []).append(row)
    chosen = {kind: _best(by_kind.get(kind, []), question.most * _LOOKED_AT, words) for kind in _TITLES}
    full = full_events(rows, (row["id"] for each in chosen.values() for row in each))
    linked = {row[name] for row in full.values() for name in ("fulfilled_by", "cancelled_by", "fulfils", "cancels")}
    full |= full_events(rows, linked - {None} - set(full))
    told = articles_of(rows, full)
    made: list[Section] = []
    first: dict[int, Row] = {}
    number = 0
    for kind in _TITLES:
        folded = _folded([full[row["id"]] for row in chosen[kind]], words, _when_of(kind))[: question.most]
        if not folded and kind not in _NOTHING:
            continue
        groups: list[Group] = []
        for heading, members in _grouped(kind, folded, question, words):
            entries = []
            for each in members:
                number += 1
                entries.append(_entry(number, kind, each, told, full, words, notes))
                first[number] = each[0][0]
            groups.append(Group(heading, tuple(entries)))
        shown = sum(len(entry.events) for group in groups for entry in group.entries)
        title, lead = _TITLES[kind]
        left = len(by_kind.get(kind, [])) - shown
        made.append(Section(kind, title, lead if folded else _NOTHING[kind], tuple(groups), _more(left)))
    return made, first


def _more(left: int) -> str:
    if left <= 0:
        return ""
    return (
        f"{counted(left, 'more event')} {'is' if left == 1 else 'are'} left out here. Shown first are those that most "
        "outlets tell, then those whose parties are clear; of each kind of act, the surest. --most shows more."
    )


def _best(found: Sequence[Row], most: int, words: Words) -> list[Row]:
    """The events that are worth showing first. Among equals each category has a share, larger where it has more."""

    def rank(row: Row) -> tuple[bool, int, int, int]:
        few = len((row["quote"] or "").split()) < _FEW_WORDS
        return few, -row["publishers"], -row["reports"], _unclear(row, words)

    ranked = sorted(found, key=lambda row: (*rank(row), -row["confidence"], row["id"]))
    counts = Counter(row["event"] for row in ranked)
    seen: Counter[str] = Counter()
    order = []
    for row in ranked:
        order.append((*rank(row), (seen[row["event"]] + 0.5) / math.sqrt(counts[row["event"]]), row["id"], row))
        seen[row["event"]] += 1
    return [row for *_, row in sorted(order, key=lambda each: each[:-1])][:most]


def _unclear(row: Row, words: Words) -> int:
    """How many sides are unnamed, pronouns or common nouns."""
    everyone = parties_of(row, "actor") + parties_of(row, "recipient")
    unclear = [
        who.text.lower() in words.vague or who.name[:1].islower() or words.is_pronoun(who.name) for who in everyone
    ]
    return (not row["actor_names"]) + sum(unclear)


Passage = tuple[Row, ...]  # events that one sentence of one article tells
Folded = tuple[Passage, ...]  # passages that tell the same in the same words


def _folded(found: Sequence[Row], words: Words, when: Callable[[Row], str]) -> list[list[Row]]:
    """Events of one passage together, and passages that read the same; the best first, as they came."""
    passages: dict[tuple[str, str, str], list[Row]] = {}
    for row in found:
        passages.setdefault((when(row), row["article"], row["quote"]), []).append(row)
    same: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for (day, _, _), members in passages.items():
        told = tuple(dict.fromkeys(sentence(row, words) for row in members))
        same.setdefault((day, told), []).extend(members)
    return list(same.values())


def _grouped(
    kind: str, folded: Sequence[list[Row]], question: Question, words: Words
) -> list[tuple[str | None, list[tuple[list[Row], str]]]]:
    """Entries in order of time, by month or by who speaks."""
    when = _when_of(kind)
    ordered = sorted(folded, key=lambda members: (_day_of(kind, members[0]), members[0]["id"]))
    pairs = [(members, when(members[0])) for members in ordered]
    if kind == "said":
        headings = [_sayer(members[0], words) for members in ordered]
        mine = [side.name for side in question.sides]
        order = sorted(set(headings), key=lambda name: (mine.index(name) if name in mine else len(mine), name))
        return [
            (name, [pair for pair, heading in zip(pairs, headings, strict=True) if heading == name]) for name in order
        ]
    months = [_month(_day_of(kind, members[0])) for members in ordered]
    if kind != "done" or len(ordered) < _MONTHS_FROM or len(set(months)) < 2:
        return [(None, pairs)] if pairs else []
    return [
        (name, [pair for pair, month in zip(pairs, months, strict=True) if month == name])
        for name in dict.fromkeys(months)
    ]


def _day_of(kind: str, row: Row) -> str:
    """By which day an entry is put in order: of what is announced, that of the report."""
    days = (row["first_published"], row["date_start"])
    first, second = days if kind == "announced" and row["status"] == "future" else days[::-1]
    return (first or second or "")[:10]


def _month(day: str) -> str:
    found = day_of(day)
    return f"{month_name(found.month)} {found.year}" if found is not None else "Day not known"


def _sayer(row: Row, words: Words) -> str:
    codes = [who.party or who.country for who in parties_of(row, "actor")]
    names = list(dict.fromkeys(words.name_of(code) for code in codes if code))
    return joined(names, most=3) if names else "Others, or not named"


def _when_of(kind: str) -> Callable[[Row], str]:
    return _announced_when if kind == "announced" else when_text


def _announced_when(row: Row) -> str:
    """ "Announced on 3 March 2024, for 10 March 2024"."""
    if row["status"] != "future":
        return when_text(row)
    told = day_of(row["first_published"])
    on = f"Announced on {brief_date(told)}" if told is not None else "Announced"
    if row["date_start"] is None or row["date_basis"] == "publication":
        return on
    return f"{on}, for {span_text(row['date_start'], row['date_end'] or row['date_start'], row['date_granularity'])}"


def _entry(
    number: int,
    kind: str,
    each: tuple[list[Row], str],
    told: Mapping[str, Sequence[Row]],
    full: Mapping[str, Row],
    words: Words,
    notes: Footnotes,
) -> Entry:
    members, when = each
    sentences = tuple(dict.fromkeys(sentence(row, words) for row in members))
    quotes = list(dict.fromkeys(quote_text(row) for row in members))
    cited = {row["article"]: row for member in members for row in told.get(member["id"], ())}
    sources = notes.cite(sorted(cited.values(), key=lambda row: row["copy_of"] is not None))
    if kind == "told-differently":
        lines = [Note(line) for row in members for line in conflict_lines(row["conflicts"], words)]
    else:
        lines = [line for row in members for line in _links(row, full, told, words, notes)]
        lines += [Note(line) for row in members if (line := inferred_text(row, words))]
    if len(quotes) > _QUOTED:
        lines.append(Note(f"{counted(len(quotes) - _QUOTED, 'more passage')} of these reports say the same."))
    return Entry(
        number=number,
        when=when,
        sentences=sentences,
        quotes=tuple(quotes[:_QUOTED]),
        sources=sources,
        tally=_tally(members, list(cited.values())),
        notes=tuple(dict.fromkeys(lines)),
        events=tuple(row["id"] for row in members),
    )


def _tally(members: Sequence[Row], told: Sequence[Row]) -> str:
    """By how many it is told, copies apart; nothing where one report tells one event."""
    reports = [row for row in told if row["copy_of"] is None]
    copies = len(told) - len(reports)
    outlets = len({row["publisher"] for row in reports if row["publisher"]})
    parts = [counted(len(members), "event")] if len(members) > 1 else []
    if len(reports) > 1:
        by = f" by {counted(outlets, 'outlet')}" if outlets else ""
        parts.append(f"told in {counted(len(reports), 'report')}{by}")
    if copies:
        parts.append(f"{counted(copies, 'copy', 'copies')} not counted among them")
    return "; ".join(parts)


def _links(
    row: Row, full: Mapping[str, Row], told: Mapping[str, Sequence[Row]], words: Words, notes: Footnotes
) -> list[Note]:
    """An announced act and the act held, or called off."""
    labels = (
        ("fulfilled_by", "Held or done"),
        ("cancelled_by", "Called off"),
        ("fulfils", "Announced before"),
        ("cancels", "Announced before, now called off"),
    )
    found = []
    for column, label in labels:
        other = full.get(row[column] or "")
        if other is None:
            continue
        when = _announced_when(other)
        said = sentence(other, words)
        found.append(
            Note(f"{label}: {when[:1].lower() + when[1:]}: {said}.", notes.cite(told.get(other["id"], ())[:1]))
        )
    return found


def _copy(row: Row) -> Copy:
    return Copy(row["publisher"] or "outlet not known", row["url"])
