"""The grammar of English time expressions: one sentence in, found expressions out, not yet placed in the calendar.

A sentence becomes atoms (words with hyphens and possessives split off, each with its senses from tables/time). One
scan from left to right tries the rules that its next atom can begin; each looks a bounded number of atoms ahead, so
the scan is linear. A rule gives a `Meaning`, a small tree of frozen dataclasses that `coding.time_values` resolves
against the report's day. The grammar cannot tell past from future; `coding.times` does so from the syntax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.coding.time_atoms import (
    DASHES,
    Atom,
    Calendar,
    Length,
    Meaning,
    Offset,
    Range,
    Repeat,
    Step,
    Vague,
    atoms_of_token,
    duration_value,
    numeric_dates,
)
from dragoman.coding.time_ranges import RangeReader
from dragoman.knowledge.time_words import TimeWords, plain
from dragoman.values import Token


@dataclass(frozen=True, slots=True)
class Found:
    """An expression over the tokens [first, last); `direction` is since, until, by, before, after or from.

    `ends` of a range: the token after its first end, and the token where its second begins.
    """

    first: int
    last: int
    meaning: Meaning
    direction: str | None = None
    ends: tuple[int, int] | None = None


def find_expressions(tokens: Sequence[Token], text: str, offset: int, words: TimeWords) -> list[Found]:
    """All time expressions of one sentence, in order. `offset` is where `text` starts in the article."""
    if not any(_may_tell(token.text.lower(), words) for token in tokens):
        return []
    atoms = [atom for token in tokens for atom in atoms_of_token(token, words)]
    numeric = numeric_dates(tokens, text, offset) if any(c.isdigit() for c in text) else {}
    scan = _Scan(atoms, tokens, words)
    found: list[Found] = []
    i = 0
    while i < len(atoms):
        token = atoms[i].token
        if token in numeric and (i == 0 or atoms[i - 1].token != token):
            last, meaning = numeric[token]
            found.append(Found(token, last, meaning))
            while i < len(atoms) and atoms[i].token < last:
                i += 1
            continue
        end, step = scan.at(i)
        if step is not None:
            found.append(Found(token, atoms[end - 1].token + 1, step, scan.direction(i), _ends(step, atoms)))
        i = max(end, i + 1)
    return found


def _ends(meaning: Meaning, atoms: Sequence[Atom]) -> tuple[int, int] | None:
    """Where the ends of a range part, in tokens; none where one token holds both ("2014-2018")."""
    if not isinstance(meaning, Range) or meaning.cut is None:
        return None
    first, second = atoms[meaning.cut[0] - 1].token, atoms[meaning.cut[1]].token
    return (first + 1, second) if first < second else None


def _may_tell(word: str, words: TimeWords) -> bool:
    anchors = words.anchors
    if word in anchors or word[-1].isdigit() or word[0].isdigit():
        return True
    if word[-1] == ".":
        return plain(word) in anchors
    return "-" in word and any(part in anchors or part.isdigit() for part in word.split("-"))


class _Scan(RangeReader):
    """The scan over one sentence, with the rules for vague words, sets and durations."""

    __slots__ = ()

    # -- the scan

    def at(self, i: int) -> tuple[int, Meaning | None]:
        """The expression that begins at atom i, and the atom after it (or after a name that holds time words)."""
        atom = self.atoms[i]
        if not (atom.senses or atom.word in _OPENERS or self._has_phrase(atom.word) or _figured(atom.word)):
            return i + 1, None
        start = self.skip(i, "the")
        if (name := self.phrase(start, self.words.names)) is not None and self._capital(start, name[0]):
            if not name[1]:
                return name[0], None
            year, month, day = (int(part) for part in name[1].split("-"))
            return name[0], Calendar(year=year, month=month, day=day)
        best: Step | None = None
        for rule in (self.vague, self.date, self.repeated, self.length, self.clock_only):
            step = rule(i)
            if step is not None and (best is None or step[0] > best[0]):
                best = step
        return best if best is not None else (i + 1, None)

    def direction(self, i: int) -> str | None:
        return self.sense(i - 1, "directed") or (
            self.sense(i - 2, "directed") if self.is_word(i - 1, "-", "the") else None
        )

    def _has_phrase(self, word: str) -> bool:
        words = self.words
        return word in words.names or word in words.references or word in words.holidays

    def _capital(self, i: int, end: int) -> bool:
        """Are the words of a name written with capitals (figures and words up to three letters apart)?"""
        return all(
            atom.number is not None or len(atom.word) <= 3 or self.tokens[atom.token].text[0].isupper()
            or not atom.word[0].isalpha() or atom.word in _SMALL
            for atom in self.atoms[i:end]
        )  # fmt: skip

    # -- vague words and sets

    def vague(self, i: int) -> Step | None:
        """Words of the tables of vague references; "the" before them belongs to the expression."""
        start = self.skip(i, "the", "in")
        for j in dict.fromkeys((i, start, self.skip(start, "the"))):
            step = self.phrase(j, self.words.references)
            if step is None:
                continue
            end, reference = step
            if self._misread(j, end):
                return None
            return end, Vague(reference)
        return None

    def _misread(self, i: int, end: int) -> bool:
        """Part of a longer expression ("in the past two weeks"), or another word of the same form ("now that")."""
        if self.is_word(end - 1, "past", "recent", "current"):
            units = self.sense(end, "unit") is not None or self.sense(end, "units") is not None
            fiscal = self.sense(end, "fiscal") is not None and self.sense(end + 1, "unit") == "Y"
            if units or fiscal or self.quantity(end) is not None or self.sense(end, "weekday") is not None:
                return True
        if self.is_word(end, "month", "year", "week") and self.is_word(i, "this", "the"):
            return True
        if end == i + 1 and self.is_word(i, "soon", "shortly"):  # "soon after", "as soon as"
            return self.is_word(end, "after", "before", "afterwards", "afterward", "as", "thereafter")
        return end == i + 1 and self.word(i) == "now" and self.tokens[self.atoms[i].token].upos == "SCONJ"

    def repeated(self, i: int) -> Step | None:
        if (value := self.sense(i, "set")) is not None:
            if self.tokens[self.atoms[i].token].upos in ("NOUN", "PROPN"):
                return None  # "the party daily", "a monthly"
            return i + 1, Repeat(value)
        if self.sense(i, "weekdays") is not None:
            if self.is_word(i + 1, "ago"):
                return None  # "two Mondays ago" is one day
            day = self.sense(i, "weekdays")
            return i + 1, Repeat(f"XXXX-WXX-{day}")
        if (day := self.sense(i, "weekday")) is not None and (part := self.sense(i + 1, "dayparts")) is not None:
            return i + 2, Repeat(f"XXXX-WXX-{day}T{part}")
        if self.sense(i, "times") is not None and self.sense(i + 1, "article") is not None:
            unit = self.sense(i + 2, "unit")
            return (i + 3, Repeat(duration_value(unit, 1))) if unit is not None and unit not in ("H", "TS") else None
        if self.sense(i, "every") is None:
            return None
        every_other = 2 if self.is_word(i + 1, "other", "second") else 1
        j = i + 1 + (every_other - 1)
        if self.is_word(i, "per") and self.sense(j, "unit") is None:
            return None
        if (day := self.sense(j, "weekday")) is not None:
            return j + 1, Repeat(f"XXXX-WXX-{day}")
        if (named := self.sense(j, "month")) is not None:
            return j + 1, Repeat(f"XXXX-{int(named):02d}")
        if (season := self.sense(j, "season")) is not None:
            return j + 1, Repeat(f"XXXX-{season}")
        if (part := self.sense(j, "daypart")) is not None:
            return j + 1, Repeat(f"XXXX-XX-XXT{part}")
        if (unit := self.sense(j, "unit")) is not None and unit not in ("H", "TS"):
            return j + 1, Repeat(duration_value(unit, float(every_other)))
        count = self.quantity(j)
        if count is not None and (unit := self.sense(count[0], "units") or self.sense(count[0], "unit")) is not None:
            return count[0] + 1, Repeat(duration_value(unit, count[1]))
        return None

    # -- durations and what is counted from them

    def length(self, i: int) -> Step | None:
        """Durations, "three years ago", "two days earlier", "the past decade", "the last three years"."""
        j = self.skip(i, "the", "these", "those", "its", "his", "their")
        window = self.sense(j, "window")
        if window is not None and (windowed := self._windowed(j + 1, int(window))) is not None:
            return windowed
        counted = self.quantity(i)
        if counted is None:
            return self._bare_units(i)
        k, amount = counted
        if self.is_word(k, "or", "to", "-", "–") and (more := self.quantity(k + 1)) is not None and amount is not None:
            upper = self.dash(more[0])
            if self.sense(upper, "units") is not None:
                k = more[0]  # "two to three weeks" are two at least
        hyphen = self.dash(k)
        k = self.skip(hyphen, "more", "full", "whole", "consecutive", "straight", "additional", "calendar", "further")
        unit = self.sense(k, "unit") or self.sense(k, "units")
        if unit is not None and self.is_word(self.dash(k + 1), "old", "olds"):
            return None  # an age
        if unit is None or unit == "H" or (unit == "TS" and self.sense(i, "article") is not None):
            return None
        if amount == 1 and self.sense(i, "article") is not None and unit in ("WE",):
            return None
        if self._no_length(i, k, amount):
            return None
        if amount is None and (vague := self.phrase(k, self.words.references)) is not None:
            return vague[0], Vague(vague[1])  # "several years ago"
        if self.is_word(i, "some", "many", "various", "numerous") and self.sense(k, "units") is None:
            return None
        end = k + 1
        if hyphen == counted[0] and amount is not None:
            shifted = self._shifted(end, unit, amount)
            if shifted is not None:
                return shifted
        if amount == 1 and self.sense(i, "article") is not None and self._measured(i - 1):
            return (end, Repeat(duration_value(unit, 1))) if unit in ("D", "W", "M", "Y") else None
        if amount is not None and [self.word(end + n) for n in range(3)] == ["and", "a", "half"]:
            end, amount = end + 3, amount + 0.5  # "a minute and a half"
        if self.is_word(self.dash(end), "long"):
            end = self.dash(end) + 1
        return end, Length(unit, amount, ahead=self.is_word(i - 1, "in"))

    def _no_length(self, i: int, k: int, amount: float | None) -> bool:
        """Is the unit at atom k no duration: a fraction ("three-quarters of"), or beside a year ("1988 quarter")?"""
        if self.sense(k, "unit") is not None and self.number(i) is not None and amount is not None and k == i + 1:
            return 1500 <= amount <= 2100
        if self.is_word(k, "quarter", "quarters"):
            return self.is_word(k + 1, "of") or (self.word(k - 1) in DASHES and self.is_word(k, "quarters"))
        return False

    def _measured(self, i: int) -> bool:
        """Does a number or a plural stand here, so that "a week" behind it is a rate ("four flights a week")?"""
        if i < 0:
            return False
        token = self.tokens[self.atoms[i].token]
        return token.upos in ("NUM", "SYM") or token.xpos == "NNS"

    def _windowed(self, i: int, window: int) -> Step | None:
        step = self.quantity(i) if self.sense(i, "article") is None else None
        if step is None:
            # "the past decade", "the past year": a window; "last week" is a calendar unit and read as a date
            unit = self.sense(i, "unit")
            if unit is None or unit in ("H", "TS", "TM") or not self.is_word(i - 1, "past"):
                return None
            return (
                (i + 1, Offset(unit, -1))
                if unit in ("D", "W", "M", "Y", "WE", "Q")
                else (i + 1, Length(unit, 1, window))
            )
        unit = self.sense(step[0], "units") or (self.sense(step[0], "unit") if step[1] == 1 else None)
        return (step[0] + 1, Length(unit, step[1], window)) if unit is not None else None

    def _shifted(self, i: int, unit: str, amount: float) -> Step | None:
        """A duration with "ago", "earlier", "later"; "a day after" only where no noun or clause follows."""
        i = self.dash(i)
        if unit in ("TH", "TM", "TS") and not self.is_word(i, "ago"):
            return None
        if self.is_word(i, "or") and self.is_word(i + 1, "so"):
            i += 2
        count = round(amount) if amount >= 1 else 0
        if unit == "E":  # "a decade ago" is told as the year ten years back, not as a decade of the calendar
            unit, count = "Y", round(amount * 10)
        back = self.sense(i, "back")
        if self.is_word(i, "hence"):
            return i + 1, Offset(unit, count)
        if self.is_word(i, "from") and self.is_word(i + 1, "now"):
            return i + 2, Offset(unit, count)
        if back is not None and not (self.is_word(i, "before") and self._followed(i + 1)):
            if self.is_word(i, "earlier") and self.is_word(i + 1, "than"):
                return None
            if unit == "Y" and self.is_word(i + 1, "this") and self.is_word(i + 2, "month"):
                return i + 3, Offset("M", -12 * count)
            return i + 1, Offset(unit, -count, back == "narrative", either=unit == "Y" and count == 1)
        if (
            self.sense(i, "forth") is not None
            and not self.is_word(i, "on")
            and not self._followed(i + 1, self.is_word(i, "later"))
        ):
            return i + 1, Offset(unit, count, narrative=True)
        return None

    def _bare_units(self, i: int) -> Step | None:
        unit = self.sense(i, "units")
        if unit is None or unit == "TS":
            return None
        if unit == "Q" and self.sense(i - 1, "deixis") is None and not self.is_word(i - 1, "recent", "future"):
            return None  # where people live
        return (i + 1, Length(unit, None)) if not self.is_word(i + 1, "ago", "old") else None


_SMALL = frozenset(  # words of names that are written small
    {"war", "attacks", "attack", "riot", "massacre", "insurrection", "prayers", "prayer", "terrorist"}
)
_OPENERS = frozenset({"the", "in", "its", "their", "these", "those", "his", "half"})


def _figured(word: str) -> bool:
    """A word with figures, or Q3 and H1."""
    return word[0].isdigit() or word[-1].isdigit() or (word[0] in "'’`" and len(word) > 2)
