"""Where the paragraphs of a text lie. In: text and a range in it. Out: half-open ranges, in order, without outer space.

Blank lines part paragraphs. A lone newline parts them too, unless the text is hard-wrapped, which is judged by how
often a line breaks off in mid-sentence. It cannot see layout: columns and tables come out as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import pairwise

_LINE = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_FIRST_WORD = re.compile(r"\S{1,40}")
_ITEM = re.compile(r"(?:[-*•▪●◦‣·–—>]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s|[QA]:\s")
_LABEL = re.compile(r"[A-Z][A-Z .'’-]{1,40}:\s")
_DASHED = re.compile(r"[-–—]\s[a-z]")
_CAPITALS = re.compile(r"(?<![^\s])[A-Z][A-Z.'’-]+\Z")
_ENDED = re.compile(r"[.!?…:;。！？؟]['\"”’)\]»]{0,4}\Z")
_TAIL = 8  # code points looked at for the end of a line: a stop and its closers
NARROWEST, WIDEST = 40, 140  # columns of hard-wrapped prose
WRAPPED_SHARE = 0.3  # in wrapped English prose some three lines in four go on in lower case


def paragraphs(text: str, start: int, end: int, joining: Set[str]) -> list[tuple[int, int]]:
    """Ranges of the paragraphs of `text[start:end]`. `joining` holds words after which a line must go on."""
    lines = _lines(text, start, end)
    if len(lines) <= 1:
        return [(a, b) for a, b in lines if a < b]
    wrapped, width = _wrapped(text, lines, joining)
    found: list[tuple[int, int]] = []
    fresh = True
    for number, (a, b) in enumerate(lines):
        if a == b:
            fresh = True
            continue
        if not fresh and wrapped and _goes_on(text, lines[number - 1], (a, b), width, joining):
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
        fresh = False
    return found


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Lines without outer space; a blank line is an empty range."""
    found: list[tuple[int, int]] = []
    at = start
    for match in _LINE.finditer(text, start, end):
        found.append(_trimmed(text, at, match.start()))
        at = match.end()
    found.append(_trimmed(text, at, end))
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    bare = line.strip()
    if not bare:
        return start, start
    start += len(line) - len(line.lstrip())
    return start, start + len(bare)


def _wrapped(text: str, lines: list[tuple[int, int]], joining: Set[str]) -> tuple[bool, int]:
    """Is this hard-wrapped prose, and how wide is it (the longest line)?"""
    width = max(b - a for a, b in lines)
    if not NARROWEST <= width <= WIDEST:
        return False, width
    junctions = broken = 0
    for (a, b), (c, d) in pairwise(lines):
        if a == b or c == d:
            continue
        junctions += 1
        broken += _breaks_off(text, (a, b), (c, d), joining)
    return broken > 0 and broken >= WRAPPED_SHARE * junctions, width


def _breaks_off(text: str, line: tuple[int, int], following: tuple[int, int], joining: Set[str]) -> bool:
    """Words alone show that the sentence runs over the line's end."""
    if _ENDED.search(text, max(line[0], line[1] - _TAIL), line[1]):
        return False
    if _opens_item(text, line, following):
        return False
    if text[following[0]].islower():
        return True
    last = text[max(line[0], line[1] - 20) : line[1]].rsplit(None, 1)[-1]
    return last in joining or last.endswith(",")


def _opens_item(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """An item of a list, or a speaker's label, unless the label began on the line before."""
    if _ITEM.match(text, following[0], following[1]):
        return True
    if _LABEL.match(text, following[0], following[1]) is None:
        return False
    return _CAPITALS.search(text, max(line[0], line[1] - 20), line[1]) is None


def _goes_on(text: str, line: tuple[int, int], following: tuple[int, int], width: int, joining: Set[str]) -> bool:
    """In wrapped text: the next word would not have fitted on the line, or the words show it."""
    if text[following[0] - 1] in " \t" and text[max(0, line[0] - 1)] not in " \t":
        return False
    first = _FIRST_WORD.match(text, following[0], following[1])
    size = first.end() - first.start() if first else 0
    full = line[1] - line[0] + 1 + size > width - 2
    if full and _DASHED.match(text, following[0], following[1]):
        return True
    if _opens_item(text, line, following):
        return False
    return full or _breaks_off(text, line, following, joining)
