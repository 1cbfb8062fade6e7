"""Text into sentences. In: an article's text and the range of its body. Out: ranges of sentences and their paragraphs.

One linear pass: every stop is looked at once, with a bounded stretch of text on either side. Quotations and brackets
may be cut between their sentences; a speaker's label ("QUESTION:") stays with the words that follow it. It cannot tell
a sentence that ends in an abbreviation from one that goes on with a name ("in the U.S. President Putin").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dragoman.knowledge.wordlists import ABBREVIATIONS, WordLists
from dragoman.language.paragraphs import paragraphs
from dragoman.values import Span

LONGEST = 2000  # code points: longer stretches without a stop are cut at a space, to bound the network's work
_LOOKBACK = 24  # code points before a stop in which its word is sought
_OPENERS = "\"'“‘«([{—–-"
_CLOSERS = "\"'”’»)\\]}\u200e\u200f\u202c\u2069"
_STOP = re.compile(
    rf"""(?:(?P<dots>\.(?:\x20?\.)++|…[….]*+)|(?P<full>\.(?!\w))|(?P<loud>[!?؟‽](?:\x20?[!?؟‽.…])*+)|(?P<wide>[。！？]++))
         (?P<close>[{_CLOSERS}]*+(?:\x20?\[\d{{1,3}}\])*+(?:\x20[)\]”])?)
         (?:(?P<space>\s++)(?P<open>[“"‘'«(\[{{¿¡\u200e\u200f\u202a-\u202e\u2066-\u2069]*+)|\Z|(?<=[。！？]))
       |(?<=[a-z]{{2}})(?P<glued>[.!?])(?=[A-Z][a-z]+[\s,])(?!(?:Com|Net|Org|Gov|Io)\b)
       |\s(?P<bullet>[•▪●◦‣■►])\s""",
    re.VERBOSE,
)
_LABEL = re.compile(r"(?<=\s)([A-Z][A-Z'’-]+\.?)(?:(?:\x20|\r?\n)[A-Z][A-Z'’.-]*){0,5}:(?=\s)")
_LABEL_HINT = re.compile(r"[A-Z]{2}:\s")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+){0,4}")
_DOTTED = re.compile(r"(?:[^\W\d_]\.){1,6}[^\W\d_]")
_ITEM = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})")
_SAYING = re.compile(r"(?:[A-Z][\w.’'-]*\s){1,5}([a-z]+)")
_INNER_CAPITAL = re.compile(r"[a-z]{1,4}[A-Z]")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence's half-open code-point offsets and the number of its paragraph, from 0; a piece knows its whole."""

    start: int
    end: int
    paragraph: int
    stretch: int = field(default=0, compare=False)  # code points of the whole that it was cut from


class Splitter:
    """Cuts text into sentences; holds only the word lists it was given, made ready."""

    __slots__ = ("_abbreviations", "_joining", "_labels", "_lead_in", "_particles", "_reporting", "_starters")

    def __init__(self, lists: WordLists) -> None:
        kinds: dict[str, str] = {}
        for name in reversed(ABBREVIATIONS):
            for text in lists[name]:
                kinds[text] = name.removeprefix("abbreviation-")
        self._abbreviations = kinds
        self._starters = lists["starter"]
        self._particles = lists["particle"]
        self._labels = lists["label"]
        self._reporting = lists["reporting"]
        self._joining = lists["function-word"]
        announcing = "|".join(sorted(re.escape(phrase) for phrase in lists["lead-in"]))
        self._lead_in = re.compile(rf"\b(?:{announcing})\b[^.:\n]{{0,160}}:(?=\s+[\"“'‘A-Z])")

    def split(self, text: str, body: Span | None = None) -> tuple[SentenceSpan, ...]:
        """Sentences of `body`, or of all the text, in order and apart; every character but white space is in one."""
        start, end = (body.start, body.end) if body is not None else (0, len(text))
        found: list[SentenceSpan] = []
        for number, (a, b) in enumerate(paragraphs(text, start, end, self._joining)):
            at = a
            for cut in self._cuts(text, a, b):
                at = _add(found, text, at, cut, number)
            _add(found, text, at, b, number)
        return tuple(found)

    def _cuts(self, text: str, start: int, end: int) -> list[int]:
        """Offsets in one paragraph at which a sentence ends, in order."""
        cuts: list[int] = []
        for match in _STOP.finditer(text, start, end):
            kind = match.lastgroup
            if kind == "bullet":
                cuts.append(match.start())
            elif kind == "glued":
                cuts.append(match.end())
            elif match.end() < end and self._ends(text, match, start):
                cuts.append(match.end("close"))
        if _LABEL_HINT.search(text, start, end):
            labels = [match.start() for match in _LABEL.finditer(text, start, end) if self._is_label(match)]
            cuts = sorted({*cuts, *labels})
        announced = [match.end() for match in self._lead_in.finditer(text, start, end)]
        return sorted({*cuts, *announced}) if announced else cuts

    def _is_label(self, match: re.Match[str]) -> bool:
        return match.group(1).rstrip(".") in self._labels

    def _ends(self, text: str, match: re.Match[str], start: int) -> bool:
        """Does a sentence end at this stop, which text follows?"""
        following = text[match.end()]
        if match.group("wide"):
            return True
        if match.group("full") is None:
            return self._ends_loudly(text, match, following)
        word = _word_before(text, start, match.start())
        if not word:
            return not following.islower()
        if len(word) <= 5 and _ITEM.fullmatch(word) and self._numbers_item(text, match.start() - len(word), start):
            return False
        if match.group("close"):
            return not following.islower() or following in _OPENERS
        return self._ends_plainly(text, match.end(), word, following)

    def _numbers_item(self, text: str, at: int, start: int) -> bool:
        """Does the word at `at` stand where an item of a list is numbered: first in its paragraph or sentence?"""
        before = text[max(start, at - 3) : at].rstrip(" \t\xa0(")
        if at - start <= 1 or not before:
            return True
        if before[-1] not in ".;:!?" or not text[at].isdigit():
            return False
        return _word_before(text, start, max(start, at - 3) + len(before) - 1) not in self._abbreviations

    def _ends_plainly(self, text: str, at: int, word: str, following: str) -> bool:
        kind = self._abbreviations.get(word)
        if kind is None and _DOTTED.fullmatch(word):
            kind = "final"
        if kind is None and len(word) == 1 and word.isupper():
            kind = "initial"
        if following.islower():
            return kind is None and len(word) > 3 and word.isalpha() and self._opens_with_name(text, at)
        if kind is None or kind == "inner":
            return kind is None or following.isupper()
        if kind == "title":
            return False
        if kind in ("number", "month"):
            return not following.isdigit()
        opening = _WORD.match(text, at)
        if opening is None:
            return not following.isdigit()
        first = opening.group()
        stopped = text.startswith(".", opening.end()) and len(first) == 1
        return first in self._starters and not stopped

    def _opens_with_name(self, text: str, at: int) -> bool:
        """A lower-case particle before a capital ("al-Shabaab"), or a trade name ("iPhone")."""
        opening = _WORD.match(text, at)
        if opening is None:
            return False
        head, _, rest = opening.group().partition("-")
        return (head in self._particles and rest[:1].isupper()) or _INNER_CAPITAL.match(head) is not None

    def _ends_loudly(self, text: str, match: re.Match[str], following: str) -> bool:
        """After an ellipsis, an exclamation or a question."""
        if following.islower():
            return False
        if match.group("close") and match.group("loud") and following.isupper():
            saying = _SAYING.match(text, match.end())
            if saying is not None and saying.group(1) in self._reporting:
                return saying.group().split(None, 1)[0] in self._starters
        return match.group("dots") is None or not following.isdigit()


def _word_before(text: str, start: int, stop: int) -> str:
    """The word that a stop at `stop` belongs to, without opening marks; empty where space or a closer precedes."""
    low = max(start, stop - _LOOKBACK)
    stretch = text[low:stop]
    if not stretch or stretch[-1].isspace() or stretch[-1] in '”’»)]}"':
        return ")" if stretch and not stretch[-1].isspace() else ""
    word = stretch.rsplit(None, 1)[-1].lstrip(_OPENERS)
    return re.split(r"[—–/(]", word)[-1] if not word.isalnum() else word


def _add(found: list[SentenceSpan], text: str, start: int, end: int, paragraph: int) -> int:
    """Append `text[start:end]` without outer space, in pieces where it is too long; returns `end`."""
    at = start
    stretch = len(" ".join(text[start:end].split())) if end - start > LONGEST else 0
    while end - at > LONGEST:
        cut = _seam(text, at, end)
        _append(found, text, at, cut, paragraph, stretch)
        at = cut
    _append(found, text, at, end, paragraph, stretch)
    return end


def _append(found: list[SentenceSpan], text: str, start: int, end: int, paragraph: int, stretch: int) -> None:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        start += len(piece) - len(piece.lstrip())
        found.append(SentenceSpan(start, start + len(bare), paragraph, stretch))


def _seam(text: str, start: int, end: int) -> int:
    """Where to cut an overlong sentence: after a semicolon, colon or comma within bounds, else a space, else a word."""
    low, high = start + LONGEST // 2, start + LONGEST
    for mark in ("; ", ": ", ", ", " "):
        at = text.rfind(mark, low, high)
        if at >= 0:
            return at + 1
    space = _SPACE.search(text, low, end)
    return space.end() if space else end
