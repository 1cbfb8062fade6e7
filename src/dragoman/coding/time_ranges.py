"""Rules for ranges and for clock times beside their day: the atoms of a sentence in, trees of `time_atoms` out.

"3 to 5 May", "May 3-5", "2010-2014", "between Monday and Friday", "3 p.m. on Tuesday". Every rule takes an atom's index
and gives (index after it, meaning) or none. A range is only read where its two ends are of one kind.
"""

from __future__ import annotations

from dataclasses import replace

from dragoman.coding.time_atoms import DASHES, Calendar, Offset, Range, Step, Timed
from dragoman.coding.time_dates import DateReader, is_day


class RangeReader(DateReader):
    """Dates with the range that they may open."""

    __slots__ = ()

    def clock_only(self, i: int) -> Step | None:
        """A clock time, alone or before its day ("at 3 p.m. on Tuesday")."""
        step = self.clock(i)
        if step is None:
            if (part := self.sense(i, "overnight")) is not None:
                return i + 1, Timed(None, part=part)
            return self._part_first(i)
        end, clock = step
        if self.is_word(end, "(") and (other := self.clock(end + 1)) is not None and self.is_word(other[0], ")"):
            j = self.skip(other[0] + 1, "on")  # "10:35 a.m. (0735 GMT) on Friday"
        else:
            j = self.skip(self.skip(end, ","), "on")
        date = self.date(j)
        if date is not None and isinstance(date[1], Calendar | Offset | Timed):
            of = date[1].of if isinstance(date[1], Timed) else date[1]
            return date[0], Timed(of, clock=clock)
        return end, Timed(None, clock=clock)

    def _part_first(self, i: int) -> Step | None:
        """ "mid-afternoon yesterday", "the early hours of Sunday", "by late evening": the part of the day before it."""
        j = self.skip(i, "the")
        k = self.skip(self.dash(j + 1), "-") if self.sense(j, "edge") is not None else j
        hours = k > j and self.is_word(k, "hours") and self.is_word(k + 1, "of", "on")
        part = "MO" if hours and self.is_word(j, "early") else self.sense(k, "daypart")
        if part is None:
            return None
        date = self.simple_date(self.skip(k + 1, "of", "on"))
        day = date[1].of if date is not None and isinstance(date[1], Timed) else date[1] if date is not None else None
        if date is not None and isinstance(day, Calendar | Offset) and is_day(day):
            return date[0], Timed(day, part=part)
        return (k + 1, Timed(None, part=part)) if k > j and not hours else None

    def date(self, i: int) -> Step | None:
        """A date, with its edges ("early"), its part of the day, and the range that it may open."""
        step = self._ranged(i) or self.simple_date(i)
        if step is None:
            return None
        return self._to_range(step)

    def _ranged(self, i: int) -> Step | None:
        """ "3 to 5 May", "May 3-5", "2010-2014", "3 and 4 May": figures that share a month or stand as years."""
        first = self.day_number(i)
        if first is not None:
            j = first[0]
            if self._joint(j, i):
                second = self.day_number(j + 1)
                if second is not None and (month := self._month_tail(self.skip(second[0], "of"))) is not None:
                    end, date = month
                    cut = None if self.word(j) in DASHES else (j, j + 1)
                    return end, Range(replace(date, day=first[1]), replace(date, day=second[1]), cut)
            return None
        named = self.sense(i, "month")
        if named is None:
            return None
        day = self.day_number(i + 1)
        if day is None or not self._joint(day[0], i):
            return None
        second = self.day_number(day[0] + 1)
        if second is None or self.sense(second[0], "month") is not None:
            return None
        end, year = self._year_tail(second[0])
        base = Calendar(year=year, month=int(named))
        cut = None if self.word(day[0]) in DASHES else (day[0], day[0] + 1)
        return end, Range(replace(base, day=day[1]), replace(base, day=second[1]), cut)

    def _joint(self, j: int, i: int) -> bool:
        return self.is_word(j, "-", "–", "—", "to", "through", "until") or self.is_word(j, "and")

    def _to_range(self, step: Step) -> Step:
        end, first = step
        opened = self.sense(end, "rangeto") is not None or self.word(end) in DASHES
        if not opened or not isinstance(first, Calendar):
            return step
        between = self.is_word(end, "and")
        if between and not self._opened_by(end, "between") and not self._next_day(end, first):
            return step
        if self.is_word(end, "to") and not self._opened_by(end, "from") and first.day is None and first.weekday is None:
            return step
        if self.word(end) in DASHES and (first.year is None and first.month is None and first.weekday is None):
            return step
        second = self.simple_date(end + 1)
        if second is None and first.year is not None and first.month is None and first.decade is None:
            short = self.number(end + 1)
            if (
                self.word(end) in DASHES
                and short is not None
                and len(self.word(end + 1)) == 2
                and short > first.year % 100
            ):
                second = end + 2, Calendar(year=first.year - first.year % 100 + short)
        if second is None or not isinstance(second[1], Calendar) or not _alike(first, second[1]):
            return step
        last = second[1]
        if (first.year is None) != (last.year is None) and first.month is not None and last.month is not None:
            first = replace(first, year=last.year) if first.year is None else first
            last = replace(last, year=first.year) if last.year is None else last
        return second[0], Range(first, last, (end, end + 1))

    def _next_day(self, end: int, first: Calendar) -> bool:
        """ "Monday and Tuesday" are one span; "Monday and Friday" are two days."""
        second = self.sense(end + 1, "weekday")
        if self.sense(end + 2, "dayparts") is not None:
            return False
        return first.weekday is not None and second is not None and int(second) % 7 == (first.weekday + 1) % 7

    def _opened_by(self, end: int, opener: str) -> bool:
        return any(self.is_word(k, opener) for k in range(max(0, end - 7), end))


def _alike(first: Calendar, last: Calendar) -> bool:
    """May the two bound a range? A day and a month do not: "revised it Friday to December's figures"."""
    return is_day(first) == is_day(last)
