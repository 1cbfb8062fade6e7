"""Rules for dates and clock times: the atoms of a sentence in, trees of `time_atoms` out, not yet in the calendar.

Every rule takes an atom's index and gives (index after it, meaning) or none, and looks a bounded number of atoms ahead.
A number is read as a year only where the words beside it, or its syntax, say that it counts nothing.
"""

from __future__ import annotations

from dataclasses import replace

from dragoman.coding.time_atoms import (
    DASHES,
    Around,
    Calendar,
    Edged,
    Length,
    Meaning,
    Nth,
    Offset,
    Repeat,
    Step,
    Timed,
)
from dragoman.coding.time_clocks import ClockReader
from dragoman.values import Token

_MONEY = frozenset({"$", "€", "£", "#", "us$"})
# Words before which a bare number is a year, a bare month name a month.
_OPENERS = frozenset(
    {
        "in",
        "since",
        "by",
        "from",
        "until",
        "till",
        "before",
        "after",
        "of",
        "during",
        "for",
        "to",
        "through",
        "between",
        "and",
        "throughout",
        "early",
        "late",
        "mid",
        "around",
        "about",
    }
)
_YEAR_OPENERS = _OPENERS | {"the", "year", "circa", "("}
_MONTH_OPENERS = _OPENERS | {"next", "last", "this", "every", "each", "on"}


class DateReader(ClockReader):
    """Single dates, with the clock times beside them."""

    __slots__ = ()

    def _month_tail(self, i: int) -> tuple[int, Calendar] | None:
        month = self.sense(i, "month")
        if month is None:
            return None
        end, year = self._year_tail(i + 1)
        return end, Calendar(year=year, month=int(month))

    def _year_tail(self, i: int) -> tuple[int, int | None]:
        j = self.skip(i, ",", "of", "in")
        step = self.year(j)
        if step is not None and (j == i or self.is_word(i, ",", "of")) and not self._counts(step[0], j):
            return step
        return i, None

    def simple_date(self, i: int) -> Step | None:
        """One date without range: edges, deictics and parts of the day included."""
        j = self.skip(i, "the", "its", "their")
        if j > i and self.is_word(j, "full") and self.is_word(j + 1, "year"):
            return j + 2, Offset("Y", 0)
        step = self._edged(j)
        if step is None:
            step = self._core(j, j > i)
            if step is not None and j > i and _sheds_article(step[1]):
                return None
        if step is None and j > i:
            j = i
            step = self._core(i, False)
        if step is None:
            return None
        return self._with_part(step)

    def _edged(self, j: int) -> Step | None:
        edge = self.sense(j, "edge")
        if edge is not None:
            k = self.skip(self.dash(j + 1), "in", "on", "the", "-")
            k = self.skip(k, "the")
            inner = self._core(k, True)
            if inner is not None and isinstance(inner[1], Calendar | Offset | Nth):
                return inner if is_day(inner[1]) else (inner[0], Edged(edge, inner[1]))
            return None
        comparative = {"earlier": "START", "later": "END"}.get(self.word(j))
        if comparative is not None:
            k = self.skip(j + 1, "in", "on")
            inner = self._core(self.skip(k, "the"), True)
            if inner is not None and isinstance(inner[1], Offset | Calendar) and (k > j + 1 or self._deictic(inner[1])):
                return inner
            return None
        edge = self.sense(j, "edgenoun")
        if edge is not None and self.is_word(j + 1, "of"):
            k = self.skip(j + 2, "the")
            inner = self._core(k, True)
            return (inner[0], Edged(edge, inner[1])) if inner is not None else None
        unit = self.sense(j, "unit")
        if unit in ("D", "W", "M", "Y", "E", "C"):
            k = self.skip(self.dash(j + 1), "'s", "’s")
            if unit == "Y" and self.is_word(k, "end") and not self.is_word(k - 1, "'s", "’s"):
                end, year = self._year_tail(k + 1)
                return end, Calendar(year=year, month=12, day=31)  # "by year-end"
            if (k > j + 1 and (edge := self.sense(k, "edgenoun")) is not None) or self.is_word(k, "end"):
                return k + 1, Edged(edge or "END", Offset(unit, 0))
        return None

    @staticmethod
    def _deictic(meaning: Meaning) -> bool:
        return isinstance(meaning, Offset) or (isinstance(meaning, Calendar) and meaning.shift is not None)

    def _core(self, i: int, article: bool) -> Step | None:
        if i >= len(self.atoms):
            return None
        atom = self.atoms[i]
        if atom.number is not None:
            return self._figures(i, article)
        senses = atom.senses
        if not senses and atom.word not in self.words.holidays:
            return self._ordinal_unit(i, article) if atom.word[-1].isdigit() else None
        return (
            self._holiday(i)
            or self._month(i)
            or self._weekday(i)
            or self._dayoffset(i)
            or self._deixis(i, article)
            or self._ordinal_unit(i, article)
            or self._seasonal(i, article)
            or self._word_year(i, article)
            or self._unit_of(i)
            or self._unit_back(i)
            or (self._the_unit(i) if article else None)
        )

    def _figures(self, i: int, article: bool) -> Step | None:
        """Dates that begin with figures: 19 November 2024, 19th of November, 2024, 1990s, 20th century, 3rd quarter."""
        atom = self.atoms[i]
        day = self.day_number(i)
        if day is not None:
            month = self._month_tail(self.dash(self.skip(day[0], "of")))
            if month is not None:
                return month[0], replace(month[1], day=day[1])
        if atom.suffix == "s" and atom.number is not None and atom.number % 10 == 0:
            if len(atom.word) == 5:
                return i + 1, Calendar(decade=atom.number // 10)
            if article and 10 <= atom.number <= 90:
                return i + 1, Calendar(decade=190 + atom.number // 10)
        if atom.suffix == "'" and atom.word.endswith("s") and atom.number is not None:
            return i + 1, Calendar(decade=(190 if atom.number > 20 else 200) + atom.number // 10)
        step = self._ordinal_unit(i, article)
        if step is not None:
            return step
        year = self.year(i)
        if year is None or (atom.suffix == "'" and not article):
            return None
        if (quarter := self.ordinal(year[0])) is not None and self.sense(quarter[0], "unit") == "Q":
            return quarter[0] + 1, Calendar(year=year[1], quarter=quarter[1])
        if self.is_word(year[0], "quarter", "period") and article:
            return year[0] + 1, Calendar(year=year[1], quarter=0)
        return (year[0], Calendar(year=year[1])) if self._bare_year(i, year[1], article) else None

    def _bare_year(self, i: int, year: int, article: bool) -> bool:
        """Is a number of four figures that stands alone a year? By the words beside it and, where known, its syntax."""
        if self.sense(i - 1, "counted") is not None or self.word(i - 1) in _MONEY:
            return False
        if (
            self.word(i - 1) in DASHES
            and i > 1
            and self.word(i - 2)[:1].isalpha()
            and self.sense(i - 2, "edge") is None
        ):
            return self.is_word(i - 2, "post", "pre", "mid")
        if self._counts(i + 1, i):
            return False
        if not 1500 <= year <= 2100:
            return self.is_word(i - 1, "in", "year", "since", "of") and year >= 1000
        token = self.tokens[self.atoms[i].token]
        if token.entity.endswith("PER"):
            return False
        if token.relation == "nummod" and 0 <= token.head < len(self.tokens):
            noun = self.tokens[token.head]
            if noun.xpos == "NNS" and not article and not (1900 <= year <= 2050 and noun.index > token.index + 1):
                return False
        article = article or self.is_word(i - 1, "the", "'s", "’s")
        return 1900 <= year <= 2050 or article or self.word(i - 1) in _YEAR_OPENERS or self.is_word(i + 1, ")", ",")

    def _counts(self, after: int, i: int) -> bool:
        """Does the number before atom `after` count or measure what follows?"""
        return self.sense(after, "measured") is not None or (
            self.sense(after, "units") is not None and self.sense(after, "unit") is None
        )

    def _month(self, i: int) -> Step | None:
        value = self.sense(i, "month")
        if value is None:
            return None
        month = int(value)
        token = self.tokens[self.atoms[i].token]
        day = self.day_number(i + 1)
        if day is not None and not self._counts(day[0], i + 1) and not (self.is_word(i + 1, "second", "last", "final")):
            end, year = self._year_tail(day[0])
            date = Calendar(year=year, month=month, day=day[1])
            return self._tail(end, date) if year is None else (end, date)
        end, year = self._year_tail(i + 1)
        if year is not None:
            return end, Calendar(year=year, month=month)
        if not self._month_alone(i, token):
            return None
        return self._tail(i + 1, Calendar(month=month))

    def _month_alone(self, i: int, token: Token) -> bool:
        """A month's name without day or year: not a person, place, verb or modal."""
        if token.entity != "O" or token.upos in ("AUX", "VERB"):
            return False
        if len(token.text) <= 4 and token.text not in ("May", "June", "July"):
            return token.text.endswith(".") and token.text != "Mar."
        if self.atoms[i].word in ("may", "march", "august"):
            before = self.word(i - 1)
            return (
                before in _MONTH_OPENERS
                or before in DASHES
                or self.sense(i - 1, "edge") is not None
                or self.sense(i - 1, "deixis") is not None
                or self.sense(i - 1, "weekday") is not None
                or (self.is_word(i + 1, "'s", "’s") and self.atoms[i].word != "may")
                or token.relation in ("compound", "nmod:unmarked", "obl:unmarked", "obl:tmod", "nmod:tmod")
            )
        return True

    def _tail(self, end: int, date: Calendar) -> Step:
        """ "June last year", "Tuesday of last week", "May 3 this year", "June of the same year"."""
        j = self.skip(end, ",", "of", "in")
        j = self.skip(j, "the")
        shift = self.sense(j, "deixis")
        unit = self.sense(j + 1, "unit") if shift is not None else None
        wanted = ("W",) if date.weekday is not None else ("Y", "W", "M") if date.day is not None else ("Y",)
        if unit is not None and unit in wanted and shift is not None:
            return j + 2, replace(
                date, within=Offset(unit, int(shift), self.is_word(j, "following", "previous", "preceding"))
            )
        if self.is_word(j, "that", "same") and self.sense(self.skip(j + 1, "same"), "unit") in wanted:
            k = self.skip(j + 1, "same")
            return k + 1, replace(date, within=Offset(wanted[0], 0, narrative=True))
        return end, date

    def _weekday(self, i: int) -> Step | None:
        value = self.sense(i, "weekday")
        if value is None:
            return None
        token = self.tokens[self.atoms[i].token]
        if token.entity.endswith("PER"):
            return None
        short = len(self.atoms[i].word) <= 4
        j = self.skip(i + 1, ",")
        k = self.skip(j, "the")
        dated = self._month(k) if self.sense(k, "month") is not None and self.day_number(k + 1) is not None else None
        if dated is None and self.day_number(k) is not None and self.sense(self.skip(k + 1, "of"), "month") is not None:
            dated = self._figures(k, True) if self.atoms[k].number is not None else self._ordinal_month(k)
        if dated is not None and isinstance(dated[1], Calendar) and dated[1].day is not None:
            return dated[0], replace(dated[1], weekday=int(value))
        if short:
            return None
        some = self.sense(i - 1, "article") is not None and token.relation not in ("compound", "nmod:poss")
        return self._tail(i + 1, Calendar(weekday=int(value), some=some))

    def _ordinal_month(self, i: int) -> Step | None:
        day = self.ordinal(i)
        if day is None or not 1 <= day[1] <= 31:
            return None
        month = self._month_tail(self.skip(day[0], "of"))
        return (month[0], replace(month[1], day=day[1])) if month is not None else None

    def _dayoffset(self, i: int) -> Step | None:
        value = self.sense(i, "dayoffset")
        if value is not None:
            return i + 1, Offset("D", int(value))
        if (night := self.sense(i, "daynight")) is not None:
            return i + 1, Timed(Offset("D", int(night)), part="NI")
        unit = self.sense(i, "unit")
        if unit in ("D", "W", "M", "Y") and self.is_word(i + 1, "before", "after"):
            back = self.is_word(i + 1, "before")
            if unit == "D" and self.is_word(i + 2, "yesterday", "tomorrow"):
                return i + 3, Offset("D", -2 if back else 2)
            if self.is_word(i - 1, "the") and not self._followed(i + 2):
                return i + 2, Offset(unit, -1 if back else 1, narrative=True)
            if self.is_word(i - 1, "the"):
                return i + 1, Length(unit, 1, bound=True)
        return None

    def _deixis(self, i: int, article: bool) -> Step | None:
        """ "last week", "this July", "next Tuesday", "the same day", "the following year", "that evening"."""
        if self.is_word(i, "same", "that"):
            j = self.skip(i + 1, "very", "same")
            unit = self.sense(j, "unit")
            if unit in ("D", "W", "M", "Y", "WE", "Q", "E"):
                return j + 1, Offset(unit, 0, narrative=True)
            part = self.sense(j, "daypart")
            return (j + 1, Timed(Offset("D", 0, narrative=True), part=part)) if part is not None else None
        if article and self.is_word(i, "latest") and (self.sense(i + 1, "unit") or self.sense(i + 1, "period")) == "Q":
            return i + 2, Offset("Q", 0, either=True)
        shift = self.sense(i, "deixis")
        if shift is None:
            return None
        amount = int(shift)
        j = i + 1
        if self.is_word(i, "this") and self.sense(j, "deixis") is not None and not self.is_word(j, "this", "current"):
            amount, j = int(self.sense(j, "deixis") or 0), j + 1
        told = self.is_word(i, "following", "previous", "preceding", "succeeding") or (
            article and self.is_word(i, "next")
        )
        unit = self.sense(j, "unit")
        if unit is not None and self.is_word(j - 1, "past", "final") and unit not in ("D", "W", "M", "Y", "WE", "Q"):
            return None
        if unit == "H" or unit in ("TM", "TS", "TH"):
            return None
        if unit is not None:
            if (unit == "Y" and self.is_word(j, "year")) and self.is_word(j + 1, "'s", "’s"):
                nested = self._ordinal_unit(j + 2, True) or self._seasonal(j + 2, True)
                if nested is not None and isinstance(nested[1], Calendar) and nested[1].year is None:
                    return nested[0], replace(nested[1], within=Offset("Y", amount))
            return j + 1, Offset(unit, amount, narrative=told)
        if self.sense(j, "fiscal") is not None and self.sense(j + 1, "unit") == "Y":
            return j + 2, Offset("Y", amount)
        if (part := self.sense(j, "daypart")) is not None:
            return j + 1, Timed(Offset("D", amount, narrative=told), part=part)
        if (month := self.sense(j, "month")) is not None:
            day = self.day_number(j + 1)
            if day is not None:
                return day[0], Calendar(month=int(month), day=day[1], shift=amount)
            return j + 1, Calendar(month=int(month), shift=amount)
        if (weekday := self.sense(j, "weekday")) is not None:
            dated = self._weekday(j)
            if dated is not None and isinstance(dated[1], Calendar) and dated[1].day is not None:
                return dated
            return j + 1, Calendar(weekday=int(weekday), shift=amount, told=told)
        if (season := self.sense(j, "season")) is not None and not self.is_word(i, "current"):
            return j + 1, Calendar(season=season, shift=amount)
        if (holiday := self.phrase(j, self.words.holidays)) is not None and self.atoms[j].titled:
            return holiday[0], Calendar(holiday=holiday[1], shift=amount)
        return None

    def _ordinal_unit(self, i: int, article: bool) -> Step | None:
        """Third quarter (of 2024), first half of next year, 20th century, first week of May, Q3 2024, FY2024."""
        if self.sense(i, "fiscal") is not None:
            j = i + 2 if self.sense(i + 1, "unit") == "Y" else i + 1
            year = self.year(j)
            if year is not None:
                return year[0], Calendar(year=year[1])
            nested = self._ordinal_unit(i + 1, article)
            if nested is not None:
                return nested
            return (i + 2, Offset("Y", 0)) if j == i + 2 and article else None
        short = self.word(i)
        if short.startswith("fy") and short[2:].isdigit() and len(short) in (4, 6):
            return i + 1, Calendar(year=int(short[2:]) + (2000 if len(short) == 4 else 0))
        if len(short) == 2 and short[0] in "qh" and short[1] in "1234" and self.atoms[i].titled:
            date = Calendar(quarter=int(short[1])) if short[0] == "q" else Calendar(half=int(short[1]))
            return self._of_year(i + 1, date) if short[0] == "q" or short[1] in "12" else None
        step = self.ordinal(i)
        if step is None:
            return None
        n, j = step[1], self.dash(step[0])
        unit = self.sense(j, "unit")
        if unit == "Q" and 1 <= n <= 4:
            return self._of_year(j + 1, Calendar(quarter=n))
        if unit == "C" and 10 <= n <= 22:
            return j + 1, Calendar(century=n)
        if unit == "H" and n in (1, 2, -1):
            of = self._of(j + 1)
            if of is not None:
                half = 2 if n == -1 else n
                yearly = (isinstance(of[1], Offset) and of[1].unit == "Y") or (
                    isinstance(of[1], Calendar) and _only_year(of[1])
                )
                return of[0], Calendar(half=half, within=of[1]) if yearly else Edged(
                    "START" if half == 1 else "END", of[1]
                )
            return None
        if unit in ("D", "W", "M", "Y", "E", "WE"):
            of = self._of(j + 1)
            return (of[0], Nth(unit, n, of[1])) if of is not None and n <= 31 else None
        month = self._month_tail(self.skip(step[0], "of")) if article or self.is_word(step[0], "of") else None
        if month is not None and 1 <= n <= 31:
            return month[0], replace(month[1], day=n)
        if (weekday := self.sense(j, "weekday")) is not None:
            if self.is_word(j + 1, "of", "in") and self.sense(j + 2, "every") is not None:
                return (j + 4, Repeat(f"XXXX-WXX-{weekday}")) if self.sense(j + 3, "unit") is not None else None
            of = self._of(j + 1)
            return (of[0], Nth(f"W{weekday}", n, of[1])) if of is not None else None
        return None

    def _of(self, i: int) -> Step | None:
        if not self.is_word(i, "of", "in"):
            return None
        return self._core(self.skip(i + 1, "the", "its"), True)

    def _of_year(self, i: int, date: Calendar) -> Step:
        j = self.skip(i, "of", "in", ",")
        year = self.year(j)
        if year is not None:
            return year[0], replace(date, year=year[1])
        of = self._of(i)
        if of is not None and ((isinstance(of[1], Offset) and of[1].unit == "Y") or isinstance(of[1], Calendar)):
            return of[0], replace(date, within=of[1])
        return self._tail(i, date)

    def _seasonal(self, i: int, article: bool) -> Step | None:
        season = self.sense(i, "season")
        if season is None:
            return None
        end, year = self._year_tail(i + 1)
        if year is not None:
            return end, Calendar(year=year, season=season)
        token = self.tokens[self.atoms[i].token]
        if token.upos in ("VERB", "AUX", "ADJ") or token.entity != "O":
            return None
        tailed = self._tail(i + 1, Calendar(season=season))
        if tailed[0] > i + 1:
            return tailed
        bound = article or self.is_word(i - 1, "in", "by", "since", "until", "during", "this", "throughout")
        fall = self.word(i) in ("fall", "spring")
        return tailed if bound and not (fall and self._followed_of(i + 1)) else None

    def _followed(self, i: int, free: bool = False) -> bool:
        """Does a noun or clause follow, so that the word before it is a preposition? Never for adverbs (`free`)."""
        return (
            not free
            and i < len(self.atoms)
            and self.atoms[i].word not in (",", ".", ";", ":", ")", "and", "but", "”", '"', "''")
        )

    def _followed_of(self, i: int) -> bool:
        return self.is_word(i, "of", "in", "to", "from")

    def _holiday(self, i: int) -> Step | None:
        step = self.phrase(i, self.words.holidays)
        if step is None or not self.tokens[self.atoms[i].token].text[0].isupper():
            return None
        end, year = self._year_tail(step[0])
        date = Calendar(year=year, holiday=step[1])
        return (end, date) if year is not None else self._tail(step[0], date)

    def _word_year(self, i: int, article: bool) -> Step | None:
        """ "the nineties", "nineteen ninety-four", "the year 2000"."""
        if (tens := self.sense(i, "decade")) is not None and article:
            return i + 1, Calendar(decade=190 + int(tens) // 10)
        if self.is_word(i, "year") and (year := self.year(i + 1)) is not None:
            return year[0], Calendar(year=year[1])
        if self.sense(i, "number") is not None:
            year = self.year(i)
            if year is not None and self.word(i - 1) in _YEAR_OPENERS and self.sense(year[0], "units") is None:
                return year[0], Calendar(year=year[1])
        return None

    def _unit_of(self, i: int) -> Step | None:
        """ "the week of May 5", "the night of November 13"."""
        part = self.sense(i, "daypart")
        if not (self.is_word(i, "week", "weekend") or part is not None) or not self.is_word(i + 1, "of"):
            return None
        inner = self._core(self.skip(i + 2, "the"), True)
        if inner is None or not is_day(inner[1]):
            return None
        return inner[0], Timed(inner[1], part=part) if part is not None else Around(
            self.sense(i, "unit") or "W", inner[1]
        )

    def _unit_back(self, i: int) -> Step | None:
        """ "year-earlier", "year-ago", before the noun that is compared."""
        unit, j = self.sense(i, "unit"), self.dash(i + 1)
        if unit in ("Y", "Q", "M", "W") and j == i + 2 and self.is_word(j, "ago", "earlier"):
            if unit == "Y" and self.is_word(j + 1, "quarter"):
                return j + 2, Offset("Q", -4, either=True)
            named = self._ordinal_unit(j + 1, True) if unit == "Y" and self.ordinal(j + 1) is not None else None
            if named is not None and isinstance(named[1], Calendar) and named[1].quarter and named[1].year is None:
                return named[0], replace(named[1], within=Offset("Y", -1))
            return j + 1, Offset(unit, -1, either=unit == "Y")
        return None

    def _the_unit(self, i: int) -> Step | None:
        """ "the year", "the quarter": the unit that is spoken of, taken as the report's own."""
        unit = self.sense(i, "unit")
        if unit == "Y" and self.is_word(i + 1, "ended", "ending"):
            return i + 1, Length("Y", 1)
        if unit == "Q" and self.is_word(i + 1, "a") and self.is_word(i + 2, "year"):
            return (i + 4, Offset("Q", -4, either=True)) if self.is_word(i + 3, "ago", "earlier") else None
        if unit in ("Y", "Q", "W", "M", "WE") and not self.is_word(
            i + 1, "of", "-", "–", "when", "that", "before", "after"
        ):
            return i + 1, Offset(unit, 0, either=unit in ("WE", "Q"))
        return None

    def _with_part(self, step: Step) -> Step:
        """A part of the day or a clock time behind a day."""
        end, meaning = step
        if not is_day(meaning):
            return step
        j = self.skip(end, ",", "in")
        k = self.skip(self.skip(j, "the"), "early", "late")
        part = self.sense(k, "daypart")
        if part is not None and (k == end or not self.is_word(end, ",")):
            end, meaning = k + 1, Timed(meaning, part=part)
        j = self.skip(self.skip(end, ","), "at", "around")
        clock = self.clock(j)
        if clock is not None:
            of = meaning.of if isinstance(meaning, Timed) else meaning
            return clock[0], Timed(of, clock=clock[1])
        return end, meaning


def _sheds_article(meaning: Meaning) -> bool:
    """In "the 2015 deal" and "the Tuesday meeting" the article is the noun's."""
    if (
        not isinstance(meaning, Calendar)
        or meaning.day is not None
        or meaning.within is not None
        or meaning.shift is not None
    ):
        return False
    return _only_year(meaning) or meaning.weekday is not None or (meaning.month is not None and meaning.season is None)


def is_day(meaning: Meaning) -> bool:
    if isinstance(meaning, Calendar):
        return meaning.day is not None or meaning.weekday is not None or meaning.holiday is not None
    return isinstance(meaning, Offset) and meaning.unit == "D"


def _only_year(date: Calendar) -> bool:
    parts = (date.month, date.season, date.quarter, date.half, date.holiday)
    return date.year is not None and all(part is None for part in parts)
