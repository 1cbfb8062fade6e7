"""What time expressions are made of: words in, atoms with their senses out; and the trees they are read into.

An atom is a word, or part of a hyphenated word ("mid-2023" is three), with its classes from tables/time. A `Meaning`
is a small tree of frozen dataclasses that `coding.time_values` places in the calendar. Dates in figures (2024-11-19,
19/11/2024) are found here, by one regular expression over the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.knowledge.time_words import Phrase, T, TimeWords, VagueReference, plain
from dragoman.values import Token

FIRST_YEAR, LAST_YEAR = 1000, 2199
_NUMBER = re.compile(r"(\d{1,4})(st|nd|rd|th|s)?")
_NUMERIC = re.compile(
    r"(?<![\w./-])(?:(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(?::\d\d)?(Z|[+-]\d\d:?\d\d)?)?"
    r"|(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)|(\d{1,2})\.(\d{1,2})\.(\d{4})|([12]\d{3})([01]\d)([0-3]\d)|([12]\d{3})/(\d\d))(?![\w/-])"
)
_NONE: Mapping[str, str] = {}
DASHES = frozenset({"-", "–", "—", "--"})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Named parts of the calendar; none is open. `shift` is -1 last, 0 this, 1 next; `within` bounds the whole.

    `quarter` 0 is the one spoken of ("the 1988 period"); `some` leaves the day untold ("on a Monday"); `told`
    counts `shift` from the day last told of ("the previous Friday").
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: str | None = None
    quarter: int | None = None
    half: int | None = None
    decade: int | None = None
    century: int | None = None
    holiday: str | None = None
    shift: int | None = None
    within: Meaning | None = None
    some: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Offset:
    """So many units from the report's day (or from the day last told of), as a whole unit of the calendar.

    `either` leaves open which one is meant: "the weekend" is one before or to come, "the quarter" the one spoken of,
    and "a year ago" may be the same quarter of the year before.
    """

    unit: str
    amount: int | None
    narrative: bool = False
    either: bool = False


@dataclass(frozen=True, slots=True)
class Nth:
    """The n-th unit (-1: the last) of another expression: "the first week of May"."""

    unit: str
    n: int
    of: Meaning


@dataclass(frozen=True, slots=True)
class Around:
    """The week (or weekend) that holds a day."""

    unit: str
    of: Meaning


@dataclass(frozen=True, slots=True)
class Edged:
    """The start, middle or end of another expression."""

    edge: str
    of: Meaning


@dataclass(frozen=True, slots=True)
class Clock:
    """Hour and minute ("15:00"; 24:00 ends its day) and the offset of its zone ("-05:00", "Z"; empty where untold)."""

    time: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Timed:
    """A part of the day (MO MI AF EV NI) or a clock time of a day; `of` none means a day not told."""

    of: Meaning | None
    part: str | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """A duration; `window` -1 ends it at the report's day, 1 begins it there. `amount` none is an unknown number.

    `ahead`: behind "in", so that under a verb of what is to come it is the time when that happens. `bound`: "the day"
    of "the day after the vote", which is no time unless the vote is dated.
    """

    unit: str
    amount: float | None
    window: int | None = None
    ahead: bool = False
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """A set of times, as its TIMEX3 value."""

    value: str


@dataclass(frozen=True, slots=True)
class Vague:
    """Vague past, present or future."""

    reference: VagueReference


@dataclass(frozen=True, slots=True)
class Range:
    """From one expression to another, both included; `cut`: the atom after the first, and where the second begins,
    where each end is named in words of its own ("from March to August 2011").
    """

    first: Meaning
    last: Meaning
    cut: tuple[int, int] | None = None


Meaning = Calendar | Offset | Around | Nth | Edged | Timed | Length | Repeat | Vague | Range
Step = tuple[int, Meaning]


@dataclass(slots=True)
class Atom:
    """A word or part of one: lower case without its full stop, its token, classes, and the number that it spells."""

    word: str
    token: int
    senses: Mapping[str, str]
    titled: bool
    number: int | None = None
    suffix: str = ""


def atoms_of_token(token: Token, words: TimeWords) -> list[Atom]:
    text = token.text
    lower = text.lower()
    senses = words.senses.get(lower) or words.senses.get(plain(lower))
    if senses is not None:
        if text[0].islower() and plain(lower) in words.titled:
            senses = {c: v for c, v in senses.items() if c not in ("month", "weekday", "weekdays")}
        return [Atom(plain(lower), token.index, senses, text[0].isupper())]
    if len(text) > 2 and ("-" in text or "–" in text) and not text.startswith("-"):
        parts = [part for part in re.split("([-–])", text) if part]
        return [a for part in parts for a in atoms_of_token(_part(token, part), words)]
    match = _NUMBER.fullmatch(lower.lstrip("'’`"))
    if match is not None:
        return [Atom(lower, token.index, _NONE, False, int(match[1]), match[2] or ("'" if lower[0] in "'’`" else ""))]
    digits = lower.replace(",", "")
    number = int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 10 else None
    return [Atom(plain(lower), token.index, _NONE, text[0].isupper(), number, "," if number is not None else "")]


def _part(token: Token, text: str) -> Token:
    return replace(token, text=text)


def numeric_dates(tokens: Sequence[Token], text: str, offset: int) -> dict[int, tuple[int, Meaning]]:
    """First token of each date written in figures -> (token after it, its meaning)."""
    starts = {token.start - offset: token.index for token in tokens}
    found: dict[int, tuple[int, Meaning]] = {}
    for match in _NUMERIC.finditer(text):
        meaning = _numeric_meaning(match)
        first = starts.get(match.start())
        if meaning is None or first is None:
            continue
        last = first
        while last < len(tokens) and tokens[last].start - offset < match.end():
            last += 1
        found[first] = (last, meaning)
    return found


def _numeric_meaning(match: re.Match[str]) -> Meaning | None:
    y, m, d, clock, zone, a, b, year, dotted_day, dotted_month, dotted_year, cy, cm, cd, opens, closes = match.groups()
    if opens is not None:  # a year that runs over two of the calendar: 2023/24
        first = int(opens)
        return Range(Calendar(year=first), Calendar(year=first + 1)) if (first + 1) % 100 == int(closes) else None
    if a is not None:
        full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) > 40 else 2000)
        # the order of day and month is only certain where one is above 12; otherwise month first, as most of the wire
        month, day = (int(b), int(a)) if int(a) > 12 else (int(a), int(b))
        parts = (full, month, day)
    elif dotted_day is not None:
        parts = (int(dotted_year), int(dotted_month), int(dotted_day))
    else:
        parts = (int(y or cy), int(m or cm), int(d or cd))
    if not (FIRST_YEAR <= parts[0] <= LAST_YEAR and 1 <= parts[1] <= 12 and 1 <= parts[2] <= 31):
        return None
    date = Calendar(year=parts[0], month=parts[1], day=parts[2])
    if clock is None:
        return date
    zone = zone if zone is None or ":" in zone or zone == "Z" else f"{zone[:3]}:{zone[3:]}"
    return Timed(date, clock=Clock(clock, zone or ""))


class Reader:
    """Looking at the atoms of one sentence: their senses, and the numbers, ordinals and years that they spell."""

    __slots__ = ("atoms", "tokens", "words")

    def __init__(self, atoms: list[Atom], tokens: Sequence[Token], words: TimeWords) -> None:
        self.atoms = atoms
        self.tokens = tokens
        self.words = words

    # -- looking at atoms

    def sense(self, i: int, name: str) -> str | None:
        return self.atoms[i].senses.get(name) if 0 <= i < len(self.atoms) else None

    def word(self, i: int) -> str:
        return self.atoms[i].word if 0 <= i < len(self.atoms) else ""

    def is_word(self, i: int, *words: str) -> bool:
        return self.word(i) in words

    def number(self, i: int) -> int | None:
        atom = self.atoms[i] if 0 <= i < len(self.atoms) else None
        return atom.number if atom is not None and atom.suffix in ("", ",") else None

    def skip(self, i: int, *words: str) -> int:
        return i + 1 if self.word(i) in words else i

    def dash(self, i: int) -> int:
        return i + 1 if self.word(i) in DASHES else i

    def phrase(self, i: int, table: Mapping[str, tuple[tuple[Phrase, T], ...]]) -> tuple[int, T] | None:
        for phrase, value in table.get(self.word(i), ()):
            if all(self.word(i + k) == atom for k, atom in enumerate(phrase)):
                return i + len(phrase), value
        return None

    # -- numbers

    def quantity(self, i: int) -> tuple[int, float | None] | None:
        """A number of units, in figures or words; the second part is none for an unknown number ("several")."""
        if (number := self.number(i)) is not None and not (self.word(i).startswith("0") and number):
            if self.is_word(i + 1, "1/2", "½"):
                return i + 2, number + 0.5
            return self._scaled(i + 1, number)
        if self.is_word(i, "couple"):
            return self.skip(i + 1, "of", "more"), 2
        if self.sense(i, "some") is not None:
            return self.skip(i + 1, "of", "more"), None
        if self.sense(i, "article") is not None:
            if self.is_word(i + 1, "couple"):
                return self.skip(i + 2, "of", "more"), 2
            if self.sense(i + 1, "some") is not None and not self.is_word(i + 1, "some", "many"):
                return self.skip(i + 2, "of", "more"), None
            if (scale := self.sense(i + 1, "scale")) is not None:
                return self.skip(i + 2, "of"), int(scale)
            if self.is_word(i + 1, "half"):
                return self.dash(i + 2), 0.5
            return i + 1, 1
        if self.is_word(i, "half") and self.is_word(i + 1, "a", "an"):
            return i + 2, 0.5
        total, j = self._words_number(i)
        return self._scaled(j, total) if j > i else None

    def _words_number(self, i: int) -> tuple[int, int]:
        first = self.sense(i, "number")
        if first is None:
            return 0, i
        value, j = int(first), i + 1
        if value >= 20:
            k = self.dash(j)
            unit = self.sense(k, "number")
            if unit is not None and int(unit) < 10:
                return value + int(unit), k + 1
        return value, j

    def _scaled(self, i: int, value: int) -> tuple[int, float]:
        while (scale := self.sense(i, "scale")) is not None:
            value, i = value * int(scale), i + 1
            j = self.skip(i, "and")
            rest, k = self._words_number(j)
            if k > j:
                value, i = value + rest, k
        if self.is_word(i, "and") and self.is_word(i + 1, "a") and self.is_word(i + 2, "half"):
            return i + 3, value + 0.5
        return i, value

    def ordinal(self, i: int) -> tuple[int, int] | None:
        if 0 <= i < len(self.atoms):
            atom = self.atoms[i]
            if atom.suffix in ("st", "nd", "rd", "th") and atom.number is not None:
                return i + 1, atom.number
            if (tens := atom.senses.get("number")) is not None and int(tens) >= 20:
                j = self.dash(i + 1)
                unit = self.sense(j, "ordinal")
                if unit is not None and 0 < int(unit) < 10:
                    return j + 1, int(tens) + int(unit)
            if (value := atom.senses.get("ordinal")) is not None:
                return i + 1, int(value)
        return None

    def day_number(self, i: int) -> tuple[int, int] | None:
        number = self.number(i)
        if number is not None and 1 <= number <= 31 and len(self.word(i)) <= 2:
            return i + 1, number
        step = self.ordinal(i)
        return step if step is not None and 1 <= step[1] <= 31 else None

    def year(self, i: int) -> tuple[int, int] | None:
        """A year in figures or in words, wherever the words beside it already say that it is one."""
        if 0 <= i < len(self.atoms):
            atom = self.atoms[i]
            if atom.number is not None and atom.suffix == "" and len(atom.word) == 4:
                return (i + 1, atom.number) if FIRST_YEAR <= atom.number <= LAST_YEAR else None
            if atom.suffix == "'" and atom.number is not None and len(atom.word) == 3:
                return i + 1, atom.number + (1900 if atom.number > 40 else 2000)
        tens, j = self._words_number(i)
        if tens in (18, 19, 20) and j == i + 1:
            rest, k = self._words_number(j)
            if k > j and rest >= 10:
                return k, tens * 100 + rest
        if self.is_word(i, "two") and self.is_word(i + 1, "thousand"):
            rest, k = self._words_number(self.skip(i + 2, "and"))
            return (k, 2000 + rest) if rest else (i + 2, 2000)
        return None


def duration_value(unit: str, amount: float | None) -> str:
    """The TIMEX3 value of a duration: P3Y, PT5H30M, PXW; decades and centuries are told in years."""
    scale = {"E": ("Y", 10), "C": ("Y", 100), "L": ("Y", 1000), "F": ("W", 2), "WE": ("WE", 1)}
    letter, factor = scale.get(unit, (unit[-1], 1))
    time = "T" if unit in ("TH", "TM", "TS") else ""
    if amount is None:
        return f"P{time}X{unit[-1] if unit in ('E', 'C', 'L') else letter}"
    value = amount * factor
    finer = {"TH": "30M", "TM": "30S", "Y": "6M"}.get(unit)
    if finer is not None and value % 1 == 0.5:
        return f"P{time}{int(value)}{letter}{finer}" if value > 1 else f"P{time}{finer}"
    return f"P{time}{int(value) if value == int(value) else value}{letter}"
