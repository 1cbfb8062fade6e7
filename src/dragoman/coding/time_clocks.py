"""Rules for clock times: the atoms of a sentence in, hour, minute and zone out. The day is found elsewhere."""

from __future__ import annotations

import re

from dragoman.coding.time_atoms import Clock, Reader

_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)(?::[0-5]\d)?(?:([ap])\.?m\.?)?|(1[0-2]|0?[1-9])([ap])\.?m\.?")


class ClockReader(Reader):
    """Clock times without their day."""

    __slots__ = ()

    def _part_behind(self, i: int) -> tuple[str, int] | None:
        """ "in the morning", "at night" behind an hour: the half of the day, and the atom after it."""
        if self.is_word(i, "in") and self.is_word(i + 1, "the"):
            half = {"MO": "a", "AF": "p", "EV": "p"}.get(self.sense(i + 2, "daypart") or "")
            return (half, i + 3) if half is not None else None
        return ("p", i + 2) if self.is_word(i, "at") and self.sense(i + 1, "daypart") == "NI" else None

    def clock(self, i: int) -> tuple[int, Clock] | None:
        """A clock time at atom i, with its zone: "3 p.m.", "15:00 GMT", "0735 GMT", "noon", "9 a.m. Moscow time"."""
        step = self._hour(i)
        if step is None:
            return None
        end, time = step
        zone, token = self.sense(end, "zone"), self.tokens[self.atoms[end].token] if end < len(self.atoms) else None
        if zone is not None and token is not None and (token.text.isupper() or self.is_word(end + 1, "time")):
            return self.skip(end + 1, "time"), Clock(time, "" if zone == "local" else zone)
        if zone == "local" or (token is not None and token.upos == "PROPN" and self.is_word(end + 1, "time")):
            return self.skip(end + 1, "time"), Clock(time)
        return end, Clock(time)

    def _hour(self, i: int) -> tuple[int, str] | None:
        if not 0 <= i < len(self.atoms):
            return None
        if (word := self.sense(i, "clockword")) is not None:
            return i + 1, word
        text = self.tokens[self.atoms[i].token].text
        match = _CLOCK.fullmatch(text.lower()) if text[0].isdigit() else None
        hour, minute, half = None, 0, None
        if match is not None:
            hour, minute = int(match[1] or match[4]), int(match[2] or 0)
            half = match[3] or match[5]
            i += 1
        elif (number := self.number(i)) is not None and number <= 24:
            hour, i = number, i + 1
            if self.is_word(i, "o'clock", "o’clock"):
                half, i = "o", i + 1
            if hour <= 12 and (part := self._part_behind(i)) is not None:
                half, i = part
        elif number is not None and len(self.word(i)) == 4 and self.sense(i + 1, "zone") == "Z" and number % 100 < 60:
            hour, minute, half, i = number // 100, number % 100, "o", i + 1
        if hour is None:
            return None
        if (meridian := self.sense(i, "meridian")) is not None:
            half, i = ("p" if meridian == "12" else "a"), i + 1
        if half is None and (match is None or ":" not in text):
            return None
        if half == "p" and hour < 12:
            hour += 12
        if half == "a" and hour == 12:
            hour = 0
        if hour > 24:
            return None
        return i, f"{hour:02d}:{minute:02d}"
