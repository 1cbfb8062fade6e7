"""A report's text as words that are the same in every copy. In: text. Out: words with the marks that comparing needs.

Case, accents, typography, wrapping, HTML, British and American spelling and the long and short forms of some names are
taken away; what is left is what a copy must share with its source. Sentence marks are a guess from full stops, blank
lines and capitals, the same guess for both texts.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from calendar import month_abbr, month_name
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.knowledge.copy_words import CopyWords

MOST_WORDS = 12_000  # of a text; what follows is not compared
_TAGS = re.compile(r"<(?:script|style)\b.{0,100000}?</(?:script|style)>|<!--.{0,10000}?-->", re.S | re.I)
_BLOCKS = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|section|article|blockquote)\b[^<>]{0,500}>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|@\w+")
_WORD = re.compile(
    r"(?P<dots>(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?)|(?P<number>\d+(?:[,.]\d+)*)(?P<unit>(?:bn|mn|mm|m|k|bln|mln)\b|%)?"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<sign>[%()])"
)
_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "„": '"',
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
    }
)
_UNITS = {
    "bn": "billion",
    "bln": "billion",
    "m": "million",
    "mn": "million",
    "mln": "million",
    "mm": "million",
    "k": "thousand",
    "%": "percent",
}
_MONTHS = frozenset(name.lower() for name in (*month_name[1:], *month_abbr[1:]))
_HEAD = 30  # words, among which datelines and lines without a full stop are looked for
_HEADED = re.compile(r"\s(?:-{1,3}|–|—)\s|[):]\s|\n")
_STOP = re.compile(r"[.!?][\"')\]]*\s+[\"'(\[]*$")
_SHORT = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "gen",
        "sen",
        "rep",
        "gov",
        "col",
        "lt",
        "prof",
        "jr",
        "sr",
        "no",
        "inc",
        "co",
        "ltd",
        "vs",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "u.s",
        "u.k",
        "u.n",
        "e.u",
    )
)


@dataclass(frozen=True, slots=True)
class CopyText:
    """The words of a text; `starts` are places where a sentence begins, `named` those of capitals inside sentences,
    `bracketed` those inside round brackets. `lead` is the number of words before the body (date, dateline, credit);
    `day` that of publication (since 1970, -1 for none), which "today" means.
    """

    words: tuple[str, ...]
    starts: frozenset[int]
    named: frozenset[int]
    bracketed: frozenset[int]
    lead: int = 0
    day: int = -1

    def sentences(self) -> list[tuple[int, int]]:
        """Begin and end of each sentence."""
        begins = sorted(self.starts | {0}) if self.words else []
        return [(a, b) for a, b in zip(begins, [*begins[1:], len(self.words)], strict=True) if a < b]


def copy_text(text: str, words: CopyWords, body_start: int | None = None, day: int = -1) -> CopyText:
    """The words of a text. `body_start` is where the report begins behind its date, dateline and credit line."""
    found: list[str] = []
    starts: set[int] = set()
    named: set[int] = set()
    bracketed: set[int] = set()
    lead = 0
    for part, is_lead in ((text[: body_start or 0], True), (text[body_start or 0 :], False)):
        for word, begins, capital, inside in _parts(part, words):
            if begins or (not is_lead and len(found) == lead):
                starts.add(len(found))
            elif capital:
                named.add(len(found))
            if inside:
                bracketed.add(len(found))
            found.append(word)
            if len(found) >= MOST_WORDS:
                break
        lead = len(found) if is_lead else lead
    return CopyText(tuple(found), frozenset(starts), frozenset(named), frozenset(bracketed), lead, day)


def normalised(text: str) -> str:
    """The text without HTML, with straight quotes and in one form of Unicode. It keeps case and lines."""
    if "<" in text:
        text = _TAG.sub(" ", _BLOCKS.sub("\n\n", _TAGS.sub(" ", text)))
    if "&" in text:
        text = html.unescape(text)
    return unicodedata.normalize("NFKC", text).translate(_QUOTES)


def fingerprint(words: tuple[str, ...]) -> int:
    """A number of 63 bits that stands for some words."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big") >> 1


def _parts(text: str, known: CopyWords) -> Iterator[tuple[str, bool, bool, bool]]:
    """Words with: does a sentence begin here, is it capital, is it in brackets. Phrases are rewritten as one."""
    raw = list(_raw(_LINK.sub(" ", normalised(text)), known))
    _turn_dates(raw)
    longest = max((len(form) for form in known.same), default=1)
    at = 0
    while at < len(raw):
        word, begins, capital, inside = raw[at]
        if word in known.dropped and not (at + 1 < len(raw) and raw[at + 1][1]):
            if begins and at + 1 < len(raw):
                raw[at + 1] = (raw[at + 1][0], True, raw[at + 1][2], raw[at + 1][3])
            at += 1
            continue
        for length in range(min(longest, len(raw) - at), 0, -1):
            form = tuple(each[0] for each in raw[at : at + length])
            if form in known.same and not (form == ("us",) and not _is_state(raw[at])):
                for number, rewritten in enumerate(known.same[form]):
                    yield rewritten, begins and not number, capital, inside
                at += length
                break
        else:
            yield word, begins, capital, inside
            at += 1


def _turn_dates(raw: list[tuple[str, bool, bool, bool]]) -> None:
    """4 June becomes June 4."""
    for at in range(len(raw) - 1):
        day, month = raw[at], raw[at + 1]
        if len(day[0]) <= 2 and day[0].isdigit() and month[0] in _MONTHS and not month[1]:
            raw[at], raw[at + 1] = (month[0], day[1], *month[2:]), (day[0], False, *day[2:])


def _is_state(raw: tuple[str, bool, bool, bool]) -> bool:
    """Is this "US", and not the pronoun?"""
    return raw[2]


def _raw(text: str, known: CopyWords) -> Iterator[tuple[str, bool, bool, bool]]:
    end = depth = count = 0
    before = ""
    for match in _WORD.finditer(text):
        if match["sign"] in ("(", ")"):
            depth = 1 if match["sign"] == "(" else 0
            continue
        between = text[end : match.start()]
        first = match[0][0]
        begins = end == 0 or _breaks(between, before, first) or (count <= _HEAD and _ends_head(between, first))
        count += 1
        if begins and "\n\n" in between:
            depth = 0
        end = match.end()
        for number, word in enumerate(_written(match, known)):
            capital = first.isupper() and (match[0].lower() not in ("us",) or match[0] == "US")
            yield word, begins and not number, capital, bool(depth)
            before = word


def _breaks(between: str, before: str, first: str) -> bool:
    """Does a sentence end between two words?"""
    if re.search(r"\n\s*\n", between):
        return True
    if before in _SHORT or len(before) == 1 or not (first.isupper() or first.isdigit()):
        return False
    return bool(_STOP.search(between))


def _ends_head(between: str, first: str) -> bool:
    """Does a dateline or a line of its own end here, near the beginning of a text?"""
    return first.isupper() and bool(_HEADED.search(between))


def _written(match: re.Match[str], known: CopyWords) -> list[str]:
    if match["number"]:
        number = match["number"].replace(",", "")
        return [number.rstrip("."), *([_UNITS[match["unit"]]] if match["unit"] else [])]
    if match["dots"]:
        return [match["dots"].lower().rstrip(".")]
    if match["sign"]:
        return ["percent"]
    plain = "".join(c for c in unicodedata.normalize("NFKD", match[0]) if not unicodedata.combining(c))
    word = plain.lower().replace("'", "")
    for old, new in known.endings:
        if len(word) > len(old) + 1 and word.endswith(old):
            return [word[: -len(old)] + new]
    return [word]
