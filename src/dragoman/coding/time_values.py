"""Calendar arithmetic: a `Meaning` and the report's day in, an interval of days out (start, end, EDTF, TIMEX3).

What stays open (a month without year where the report's day is unknown) gives no interval. Weeks begin on Monday (ISO
8601); seasons are those of the north, by whole months; EDTF is of level 2 (ISO 8601-2: 199X, 2024-22, 2024-33).
Reports never say whether a bare "Tuesday" is gone or to come: the caller gives the direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from dragoman.coding.time_atoms import (
    Around,
    Calendar,
    Clock,
    Edged,
    Length,
    Meaning,
    Nth,
    Offset,
    Range,
    Repeat,
    Timed,
    Vague,
    duration_value,
)
from dragoman.values import Granularity

Leaning = Literal["past", "future", "near"]
Edges = Mapping[tuple[str, str], tuple[int, int]]
TimexType = Literal["DATE", "TIME", "DURATION", "SET"]

SEASON_MONTH = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
SEASON_EDTF = {"SP": 21, "SU": 22, "FA": 23, "WI": 24}
_GRANULARITY: Mapping[str, Granularity] = {
    "D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year", "E": "decade", "C": "century", "WE": "range",
}  # fmt: skip
_FAR = 6
_FEAST = 20  # the same of feasts, which reports name by tense more than by nearness
_RESULTS = 46  # days into a quarter in which the results of the one before are told
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Reference:
    """What open expressions are measured from: the report's day, and the day last told of (`narrative`)."""

    published: date | None
    narrative: date | None = None
    year: int | None = None  # the year last told of, where it is another than the report's
    quarter: date | None = None  # the first day of the quarter last told of
    compared: date | None = None  # the same where it was just told, so that "a year earlier" is its counterpart
    moment: date | None = None  # the day last told of, which a clock time alone belongs to
    year_here: bool = False  # `year` stands in this sentence; from one before, it only dates days


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value in the calendar; `first` and `last` are none where no interval can be given."""

    type: TimexType
    value: str
    first: date | None = None
    last: date | None = None
    granularity: Granularity = "day"
    edtf: str = ""
    vague: bool = False


def resolve(meaning: Meaning, at: Reference, lean: Leaning, edges: Edges) -> Resolved:
    """The value of an expression. Never raises: dates that no calendar has (31 June) come back without an interval."""
    try:
        return _resolve(meaning, at, lean, edges)
    except (ValueError, OverflowError):
        return Resolved("DATE", "XXXX-XX-XX")


def _resolve(meaning: Meaning, at: Reference, lean: Leaning, edges: Edges) -> Resolved:
    if isinstance(meaning, Calendar):
        return _calendar(meaning, at, lean, edges)
    if isinstance(meaning, Offset):
        return _offset(meaning, at, lean)
    if isinstance(meaning, Edged):
        return _edged(meaning, _resolve(meaning.of, at, lean, edges), edges)
    if isinstance(meaning, Around):
        day = _resolve(meaning.of, at, lean, edges)
        return unit_around(meaning.unit, day.first) if day.first is not None else Resolved("DATE", "XXXX-WXX")
    if isinstance(meaning, Nth):
        return _nth(meaning, _resolve(meaning.of, at, lean, edges))
    if isinstance(meaning, Timed):
        return _timed(meaning, at, lean, edges)
    if isinstance(meaning, Range):
        return _range(meaning, at, lean, edges)
    if isinstance(meaning, Length):
        return _length(meaning, at, lean)
    if isinstance(meaning, Repeat):
        return Resolved("SET", meaning.value)
    return _vague(meaning, at)


# -- days and intervals


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_end(year, month + 1).day))


def easter(year: int) -> date:
    """Easter Sunday, Gregorian (the anonymous algorithm in Meeus, Astronomical Algorithms, 1991, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holiday_in(rule: str, year: int) -> date:
    """The day of a rule of holidays.csv in a year: 12-25, 11-thu-4, 05-mon-last, 11-tue-after-mon, easter-2."""
    if rule.startswith("easter"):
        return easter(year) + timedelta(days=int(rule[6:]))
    month, _, rest = rule.partition("-")
    if rest.isdecimal():
        return date(year, int(month), int(rest))
    name, _, which = rest.partition("-")
    weekday = _WEEKDAYS.index(name)
    if which == "last":
        end = month_end(year, int(month))
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    if which == "after-mon":
        first = date(year, int(month), 1)
        return first + timedelta(days=-first.weekday() % 7 + 1)
    first = date(year, int(month), 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (int(which) - 1))


def _day(day: date) -> Resolved:
    return Resolved("DATE", day.isoformat(), day, day, "day", day.isoformat())


def _interval_edtf(first: date, last: date) -> str:
    """EDTF of an interval, by whole years or months where it is made of them."""
    if first.day == 1 and last == month_end(last.year, last.month):
        if first.month == 1 and last.month == 12:
            return f"{first.year:04d}" if first.year == last.year else f"{first.year:04d}/{last.year:04d}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%Y-%m}"
        return f"{first:%Y-%m}/{last:%Y-%m}"
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def unit_around(unit: str, day: date) -> Resolved:
    """The calendar unit that holds a day: D W M Q Y E(decade) C(century) WE(weekend) F(fortnight, as its week)."""
    if unit == "D":
        return _day(day)
    if unit in ("W", "F", "WE"):
        monday = day - timedelta(days=day.weekday())
        year, week, _ = monday.isocalendar()
        value = f"{year:04d}-W{week:02d}"
        if unit == "WE":
            first, last = monday + timedelta(days=5), monday + timedelta(days=6)
            return Resolved("DATE", value + "-WE", first, last, "range", f"{first}/{last}")
        last = monday + timedelta(days=6)
        return Resolved("DATE", value, monday, last, "week", f"{monday}/{last}")
    if unit == "M":
        return _month(day.year, day.month)
    if unit == "Q":
        return _quarter(day.year, (day.month + 2) // 3)
    if unit == "E":
        return _decade(day.year // 10)
    if unit == "C":
        return _century(day.year // 100 + 1)
    return _year(day.year)


def _month(year: int, month: int) -> Resolved:
    value = f"{year:04d}-{month:02d}"
    return Resolved("DATE", value, date(year, month, 1), month_end(year, month), "month", value)


def _year(year: int) -> Resolved:
    return Resolved("DATE", f"{year:04d}", date(year, 1, 1), date(year, 12, 31), "year", f"{year:04d}")


def _quarter(year: int, n: int) -> Resolved:
    first, last = date(year, 3 * n - 2, 1), month_end(year, 3 * n)
    return Resolved("DATE", f"{year:04d}-Q{n}", first, last, "quarter", f"{year:04d}-{32 + n}")


def _half(year: int, n: int) -> Resolved:
    first, last = date(year, 6 * n - 5, 1), month_end(year, 6 * n)
    return Resolved("DATE", f"{year:04d}-H{n}", first, last, "half", f"{year:04d}-{39 + n}")


def _decade(tens: int) -> Resolved:
    return Resolved("DATE", f"{tens}", date(tens * 10, 1, 1), date(tens * 10 + 9, 12, 31), "decade", f"{tens}X")


def _century(n: int) -> Resolved:
    first, last = date(n * 100 - 100, 1, 1), date(n * 100 - 1, 12, 31)  # EDTF's 19XX is 1900 to 1999
    return Resolved("DATE", f"{n - 1}", first, last, "century", f"{n - 1}XX")


def _season(year: int, season: str) -> Resolved:
    first = date(year, SEASON_MONTH[season], 1)
    after = add_months(first, 2)
    last = month_end(after.year, after.month)
    return Resolved("DATE", f"{year:04d}-{season}", first, last, "season", f"{year:04d}-{SEASON_EDTF[season]}")


# -- dates by the calendar


def _calendar(c: Calendar, at: Reference, lean: Leaning, edges: Edges) -> Resolved:
    if c.decade is not None:
        return _decade(c.decade)
    if c.century is not None:
        return _century(c.century)
    if c.weekday is not None and c.day is None:
        return _weekday(c, at, lean, edges)
    if c.year is None and c.within is not None:
        bounds = _resolve(c.within, at, lean, edges)
        if bounds.first is None or bounds.last is None:
            return _open(c)
        if c.day is not None and bounds.granularity in ("week", "month") and c.month is not None:
            return _day(date(bounds.last.year, c.month, c.day))
        return _in_year(replace(c, within=None), bounds.first.year)
    if c.year is not None:
        spoken = (at.compared.month + 2) // 3 if c.quarter == 0 and at.compared is not None else None
        return _in_year(replace(c, quarter=spoken) if c.quarter == 0 else c, c.year)
    base = at.published
    told = at.year is not None and c.shift is None and not c.quarter and (at.year_here or c.day is not None)
    if told and at.year is not None and (base is None or at.year != base.year):
        return _in_year(c, at.year)
    return _open(c) if base is None else _nearest(c, base, lean)


def _in_year(c: Calendar, year: int) -> Resolved:
    if c.holiday is not None:
        return _day(holiday_in(c.holiday, year))
    if c.month is not None:
        return _day(date(year, c.month, c.day)) if c.day is not None else _month(year, c.month)
    if c.season is not None:
        return _season(year, c.season)
    if c.quarter is not None:
        return _quarter(year, c.quarter)
    return _half(year, c.half) if c.half is not None else _year(year)


def _nearest(c: Calendar, base: date, lean: Leaning) -> Resolved:
    """A date without year: the one that the leaning asks for; a unit that holds the report's day is it."""
    options = [r for year in (base.year - 1, base.year, base.year + 1) if (r := _safe(c, year)) is not None]
    if c.weekday is not None:  # "Saturday, April 25" is of a year in which they meet
        met = [r for r in options if r.first is not None and r.first.isoweekday() == c.weekday]
        options = met or options
    if not options:
        return _open(c)
    around = [r for r in options if r.first is not None and r.last is not None and r.first <= base <= r.last]
    before = [r for r in options if r.last is not None and r.last < base]
    after = [r for r in options if r.first is not None and r.first > base]
    if c.shift == 0:
        return next((r for r in around + options if r.first is not None and r.first.year == base.year), options[1])
    if c.shift == -1:
        latest = before[-1] if before else options[0]
        # the month just gone is "last month": who names it means the year before
        just = c.month is not None and c.day is None and latest.last is not None and (base - latest.last).days < 31
        return before[-2] if just and len(before) > 1 else latest
    if c.shift == 1:
        return after[0] if after else options[-1]
    if around:
        return around[0]
    if not before or not after or before[-1].last is None or after[0].first is None:
        return (after or before or options)[0]
    gone, coming = (base - before[-1].last).days, (after[0].first - base).days
    # News rarely leaves out the year of a day that is far: a day much nearer on the other side is meant, whatever the
    # verb says. Where nothing tells, what is gone is told of, unless what is to come is nearer by half.
    factor = _FEAST if c.holiday is not None else _FAR if c.day is not None or c.quarter is not None else 0
    if lean == "future":
        return before[-1] if (factor or c.month is not None) and gone * _FAR < coming else after[0]
    factor = 2 if lean == "near" else 0 if before[-1].last.year == base.year else factor
    return after[0] if factor and coming * factor < gone else before[-1]


def _safe(c: Calendar, year: int) -> Resolved | None:
    try:
        return _in_year(c, year)
    except ValueError:
        return None


def _weekday(c: Calendar, at: Reference, lean: Leaning, edges: Edges) -> Resolved:
    wanted = (c.weekday or 1) - 1
    if c.within is not None:
        week = _resolve(c.within, at, lean, edges)
        return _day(week.first + timedelta(days=wanted)) if week.first is not None else _open(c)
    base = at.published
    if base is None or c.some:
        return _open(c)
    if c.told and at.narrative is not None:
        gone = (at.narrative.weekday() - wanted) % 7 or 7
        return _day(at.narrative + timedelta(days=-gone if c.shift == -1 else (7 - gone) or 7))
    since = (base.weekday() - wanted) % 7
    if c.shift == -1:
        return _day(base - timedelta(days=since or 7))
    if c.shift == 1:
        return _day(base - timedelta(days=base.weekday()) + timedelta(days=7 + wanted))
    if c.shift == 0:
        return _day(base - timedelta(days=base.weekday()) + timedelta(days=wanted))
    if lean == "future":
        return _day(base + timedelta(days=-since % 7))
    return _day(base - timedelta(days=since))


def _open(c: Calendar) -> Resolved:
    if c.weekday is not None and c.day is None:
        return Resolved("DATE", f"XXXX-WXX-{c.weekday}")
    if c.month is not None:
        return Resolved("DATE", f"XXXX-{c.month:02d}" + (f"-{c.day:02d}" if c.day is not None else ""))
    tail = c.season or (f"Q{c.quarter}" if c.quarter else f"H{c.half}" if c.half else "XX")
    return Resolved("DATE", f"XXXX-{tail}")


# -- counted from a day


def _offset(o: Offset, at: Reference, lean: Leaning) -> Resolved:
    base = at.narrative if o.narrative and at.narrative is not None else at.published
    forward = o.amount is not None and o.amount > 0
    if base is None or o.amount is None or (o.narrative and at.narrative is None and forward and o.unit == "D"):
        return Resolved("DATE", "XXXX-XX-XX" if o.unit == "D" else "XXXX")
    if o.unit in ("TH", "TM", "TS"):
        return replace(_day(base), value=duration_value(o.unit, abs(o.amount)))
    if o.unit == "D":
        return _day(base + timedelta(days=o.amount))
    if o.unit in ("W", "F", "WE"):
        gone = o.either and lean != "future" and base.weekday() < 5
        return unit_around(o.unit, base + timedelta(days=-7 if gone else o.amount * (14 if o.unit == "F" else 7)))
    if o.unit == "Q" and o.either:
        return unit_around("Q", add_months(_spoken_quarter(base, at, lean), 3 * o.amount))
    if o.unit == "Y" and o.either and at.compared is not None and o.amount == -1:
        return unit_around("Q", add_months(at.compared, -12))
    if o.unit in ("M", "Q"):
        return unit_around(o.unit, add_months(date(base.year, base.month, 1), o.amount * (3 if o.unit == "Q" else 1)))
    years = o.amount * {"E": 10, "C": 100, "L": 1000}.get(o.unit, 1)
    day = date(base.year + years, 1, 1)
    if o.unit in ("E", "C") and o.amount in (-1, 0, 1) and not (o.narrative and o.amount):
        return unit_around(o.unit, day)
    return _year(day.year)


def _spoken_quarter(base: date, at: Reference, lean: Leaning) -> date:
    """A day of "the quarter": the one last told of, else the report's, or early in that the one before."""
    if at.quarter is not None:
        return at.quarter
    early = lean != "future" and (base - date(base.year, (base.month - 1) // 3 * 3 + 1, 1)).days < _RESULTS
    return add_months(date(base.year, base.month, 1), -3) if early else base


def _edged(e: Edged, whole: Resolved, edges: Edges) -> Resolved:
    """Part of a unit: the table edges.csv says how much of it is early, middle or late."""
    if whole.first is None or whole.last is None or whole.type != "DATE":
        return whole
    first, last = whole.first, whole.last
    unit = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "season": "S", "half": "Q", "year": "Y"}.get(
        whole.granularity, {"decade": "E", "century": "C"}.get(whole.granularity, "")
    )
    if unit == "D":
        return whole
    part = edges.get((unit, e.edge))
    if part is None:
        return whole
    if unit in ("M", "W", "Q", "S"):
        start, end = first + timedelta(days=part[0]), min(last, first + timedelta(days=part[1] - 1))
    else:
        months = {"Y": 1, "E": 12, "C": 12}[unit]
        start = add_months(first, part[0] * months)
        end = add_months(first, part[1] * months) - timedelta(days=1)
    return Resolved("DATE", whole.value, start, end, "range", _interval_edtf(start, end), vague=True)


def _nth(n: Nth, whole: Resolved) -> Resolved:
    if whole.first is None or whole.last is None:
        return Resolved("DATE", "XXXX")
    back = n.n < 0
    unit = "D" if n.unit.startswith("W") and len(n.unit) == 2 and n.unit[1].isdigit() else n.unit
    if unit == "D" and n.unit != "D":
        wanted = int(n.unit[1]) - 1
        if back:
            day = whole.last - timedelta(days=(whole.last.weekday() - wanted) % 7)
        else:
            day = whole.first + timedelta(days=(wanted - whole.first.weekday()) % 7 + 7 * (n.n - 1))
    elif unit == "D":
        day = whole.last if back else whole.first + timedelta(days=n.n - 1)
    elif unit in ("W", "WE"):
        day = whole.last - timedelta(days=6) if back else whole.first + timedelta(days=7 * (n.n - 1))
        if unit == "W":
            first, last = day, min(day + timedelta(days=6), whole.last)
            return replace(unit_around("W", last), first=first, last=last, edtf=f"{first}/{last}")
    elif unit == "M":
        day = add_months(whole.last, 0) if back else add_months(whole.first, n.n - 1)
    else:
        years = {"Y": 1, "E": 10}[unit] * (n.n - 1)
        day = whole.last if back else date(whole.first.year + years, 1, 1)
    return unit_around(unit, day) if whole.first <= day <= whole.last else Resolved("DATE", whole.value)


def _timed(t: Timed, at: Reference, lean: Leaning, edges: Edges) -> Resolved:
    day = _resolve(t.of, at, lean, edges) if t.of is not None else None
    clock = f"T{t.clock.time}" if t.clock is not None else f"T{t.part}"
    if t.of is None and at.moment is not None:
        day = _day(at.moment)
    if day is None or day.first is None:
        return Resolved("TIME", f"XXXX-XX-XX{clock}")
    edtf = _moment_edtf(day.first, t.clock) if t.clock is not None else day.edtf
    return replace(day, type="TIME", value=day.first.isoformat() + clock, granularity="time", edtf=edtf)


def _moment_edtf(day: date, clock: Clock) -> str:
    """EDTF of a moment; midnight, which TIMEX3 has as 24:00, opens the next day there."""
    if clock.time == "24:00":
        day, clock = day + timedelta(days=1), replace(clock, time="00:00")
    return f"{day.isoformat()}T{clock.time}:00{clock.zone}"


def _range(r: Range, at: Reference, lean: Leaning, edges: Edges) -> Resolved:
    first, last = _resolve(r.first, at, lean, edges), _resolve(r.last, at, lean, edges)
    opens, closes = first.first, last.first
    if opens is not None and closes is not None and opens > (last.last or closes):
        # "Monday to Friday" may run over the report's day, "from November to March" over the end of a year
        if isinstance(r.first, Calendar) and r.first.weekday is not None:
            last = _day(closes + timedelta(days=7))
        elif isinstance(r.last, Calendar) and r.last.year is None and r.last.within is None and r.last.weekday is None:
            last = _in_year(r.last, opens.year + (closes.month < opens.month))
    if first.first is None or last.last is None or first.first > last.last:
        return Resolved("DURATION", f"{first.value}/{last.value}")
    edtf = _interval_edtf(first.first, last.last)
    return Resolved("DURATION", f"{first.value}/{last.value}", first.first, last.last, "range", edtf)


def _length(length: Length, at: Reference, lean: Leaning) -> Resolved:
    value = duration_value(length.unit, length.amount)
    base = at.published
    if length.ahead and lean == "future" and length.amount is not None and length.amount >= 1:
        return _offset(Offset(length.unit, round(length.amount)), at, lean)
    if length.window is None or length.amount is None or base is None or length.unit in ("WE", "Q"):
        return Resolved("DURATION", value)
    if length.unit in ("TH", "TM", "TS"):
        days = timedelta(days=int(length.amount // 24) if length.unit == "TH" else 0)
        other = base + days * length.window
    elif length.unit in ("D", "W", "F"):
        other = base + timedelta(days=round(length.amount * {"D": 1, "W": 7, "F": 14}[length.unit])) * length.window
    else:
        months = {"M": 1, "Y": 12, "E": 120, "C": 1200, "L": 12000}[length.unit]
        other = add_months(base, round(length.amount * months) * length.window)
    first, last = min(base, other), max(base, other)
    return Resolved("DURATION", value, first, last, "range", _interval_edtf(first, last), vague=True)


def _vague(v: Vague, at: Reference) -> Resolved:
    ref = v.reference
    kind: TimexType = "DURATION" if ref.value.startswith("P") and not ref.value.endswith("_REF") else "DATE"
    if at.published is None or ref.first is None or ref.last is None:
        return Resolved(kind, ref.value, vague=True)
    first, last = at.published + timedelta(days=ref.first), at.published + timedelta(days=ref.last)
    return Resolved(
        kind, ref.value, first, last, "day" if first == last else "range", _interval_edtf(first, last), True
    )
