"""Text into an article. In: one report as text, and what is known of it. Out: an `Article` with its spans.

The text is stored as it came. Spans tell where the report proper begins and ends: a leading date, a byline that repeats
the publisher, a headline before a dateline, the dateline itself and closing credits lie outside `body`. It does not
tell a headline from a first sentence where no dateline follows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dragoman.errors import ReadingError, UsageError
from dragoman.knowledge.wordlists import WordLists, load_wordlists
from dragoman.reading.dates import iso_moment, month_numbers, spelled_day
from dragoman.reading.language_check import LanguageCheck
from dragoman.values import Article, Span

_DATE_LINE = re.compile(
    r"\s*(?:(?P<label>date|dated|published)\s*:?\s+)?"
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2}(?:[T ][\d:.]{4,15}\s?(?:Z|[+-]\d\d:?\d\d)?)?)(?=\s|\Z)",
    re.IGNORECASE,
)
_SPELLED_LINE = re.compile(r"\s*(?:date\s*:\s*)?([A-Za-z0-9,. ]{8,40}?)[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*")
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")
_STOPPED = re.compile(r"[.!?…:;][\"'”’)]*\s*\Z")
_BRACKETED = re.compile(r"[(\[]([^()\[\]\r\n]{1,200})[)\]]\.?\s*\Z")
_SIGNED = re.compile(r"(?:-{1,2}|[–—])\s?([A-Z][\w /&.-]{1,40})\s*\Z")
_DOTTED = re.compile(r"(?:[A-Z]\.)+")
_OTHER_SPEAKER = re.compile(r"[.!?)\r\n]\s[A-Z][A-Z .'’-]{2,30}:\s")
_RULE = re.compile(r"[\r\n][ \t]*[_*=#-]{3,}[ \t]*\Z")
HEADLINES = 3  # lines before a dateline that may be headline and byline
LONGEST_HEADLINE = 200
LONGEST_CREDIT = 300
CREDIT_LINES = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a report, as spans of its text."""

    body: Span | None
    dateline: Span | None
    published: str | None
    title: str | None
    credits: tuple[str, ...]


class PlainReader:
    """Makes articles of text; holds only the word lists it was given, made ready."""

    __slots__ = ("_agency", "_check", "_credit", "_dateline", "_months", "_not_places")

    def __init__(self, lists: WordLists) -> None:
        self._check = LanguageCheck(lists)
        self._months = month_numbers(lists["month"])
        self._agency = re.compile(_any_of(lists["agency"]))
        self._credit = re.compile(_any_of(lists["credit"]), re.IGNORECASE)
        self._not_places = lists["slug"] | lists["label"]
        self._dateline = _dateline_pattern(self._months)

    def article(
        self,
        text: str,
        *,
        published: str | None = None,
        title: str | None = None,
        publisher: str | None = None,
        url: str | None = None,
        source: str | None = None,
        fallback: str | None = None,
        language: str | None = None,
    ) -> Article:
        """The article of `text`. `published` goes before a date in the text, and that before `fallback`; `language` is
        what its format declares, and decides where the text is too short to tell.

        Raises ReadingError where the text is blank or not English, or a date is none; UsageError for what is no string.
        """
        where = source if source is not None else "text"
        given = {"text": text, "published": published, "title": title, "publisher": publisher, "url": url}
        for field, value in given.items():
            _check_string(field, value, where)
        if not text.strip():
            raise ReadingError("there is no text in it", source=where)
        against = self._check.against(text, language)
        if against is not None:
            raise ReadingError(against, source=where)
        day = _checked(published, where)
        layout = self.layout(text, title=title, publisher=publisher, source=where)
        day = day or layout.published or _checked(fallback, where)
        return Article(
            id=article_id(text, published=day, publisher=publisher, url=url),
            text_sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
            text=text,
            title=title or layout.title,
            published=day,
            publisher=publisher,
            url=url,
            language="en",
            credits=layout.credits,
            source=source,
            body=layout.body,
            dateline=layout.dateline,
        )

    @property
    def months(self) -> Mapping[str, int]:
        """Names of months in lower case, with their numbers."""
        return self._months

    def layout(self, text: str, *, title: str | None, publisher: str | None, source: str) -> Layout:
        """Find date, byline, headline, dateline and credits. Raises ReadingError for a leading date that is none."""
        start, published = self._leading_date(text, source)
        for repeated in (title, publisher):
            start = _after(text, start, repeated)
        start, place, day, headline, agencies = self._find_dateline(text, start)
        end, credits = self._closing(text, start)
        names = tuple(dict.fromkeys((*agencies, *credits)))
        if not text[start:end].strip():
            start, end, place, headline = 0, len(text), None, None
        if (start, end) != (0, len(text)):
            end = start + len(text[start:end].rstrip())
            start = end - len(text[start:end].lstrip())
        body = Span(text[start:end], start, end) if (start, end) != (0, len(text)) else None
        return Layout(body, place, published or day, headline, names)

    def _leading_date(self, text: str, source: str) -> tuple[int, str | None]:
        match = _DATE_LINE.match(text)
        if match is not None:
            alone = not _LINE.match(text, match.end())[0].strip()  # type: ignore[index]
            if not alone and match["label"] is None:
                return 0, None
            day = iso_moment(match["date"])
            if day is None:
                reason = f"its leading date {match['date']!r} is no date: mend it, or take it out"
                raise ReadingError(reason, source=source)
            return match.end(), day
        spelled = _SPELLED_LINE.match(text)
        if spelled is not None:
            day = spelled_day(spelled[1], self._months)
            if day is not None:
                return spelled.end(), day
        return 0, None

    def _find_dateline(self, text: str, start: int) -> tuple[int, Span | None, str | None, str | None, tuple[str, ...]]:
        """Where the body begins, the dateline's place, its day, the headline before it, its agencies."""
        headline: str | None = None
        at = start
        for _ in range(HEADLINES + 1):
            line = _LINE.match(text, at)
            while line is not None and not line[0].strip() and line.end() < len(text):
                at = line.end() + 1
                line = _LINE.match(text, at)
            if line is None or not line[0].strip():
                break
            found = self._dateline.match(text, at)
            if found is not None and self._is_dateline(found):
                place = Span(found["place"], found.start("place"), found.end("place"))
                agency = found["agency"] or found["slashed"] or ""
                day = spelled_day(found["day"], self._months) if found["day"] else None
                return found.end(), place, day, headline, tuple(self._agency.findall(agency))
            bare = line[0].strip()
            if len(bare) > LONGEST_HEADLINE or _STOPPED.search(bare):
                break
            headline = headline or bare
            at = line.end()
        return start, None, None, None, ()

    def _is_dateline(self, match: re.Match[str]) -> bool:
        words = match["place"].replace(",", " ").split()
        if any(word in self._not_places for word in words):
            return False
        if match["agency"] or match["slashed"] or match["day"]:
            return True
        if match["sign"] is None or len(match["place"]) < 3 or not words[0].isupper() or _DOTTED.fullmatch(words[0]):
            return False
        return (
            match["sign"].strip() != ":" or _OTHER_SPEAKER.search(match.string, match.end(), match.end() + 5000) is None
        )

    def _closing(self, text: str, start: int) -> tuple[int, list[str]]:
        """Where the body ends, and the agencies that the lines after it credit."""
        end = len(text)
        names: list[str] = []
        for _ in range(CREDIT_LINES):
            bare = end - len(text[max(start, end - 4096) : end]) + len(text[max(start, end - 4096) : end].rstrip())
            cut = self._credit_from(text, start, bare)
            if cut is None:
                break
            names = [*self._named(text[cut:bare]), *names]
            end = cut
            rule = _RULE.search(text[max(start, end - 80) : end].rstrip())
            if rule is not None:
                end = max(start, end - 80) + rule.start()
        return end, list(dict.fromkeys(names))

    def _named(self, credit: str) -> list[str]:
        return list(dict.fromkeys(self._agency.findall(credit)))

    def _credit_from(self, text: str, start: int, end: int) -> int | None:
        """Where a closing credit that ends at `end` begins."""
        low = max(start, end - LONGEST_CREDIT)
        tail = text[low:end]
        bracketed = _BRACKETED.search(tail)
        if bracketed is not None:
            before = tail[: bracketed.start()].rstrip()
            alone = not before or before[-1] in ".!?…\"'”’)]" or "\n" in tail[len(before) : bracketed.start()]
            if alone and (self._credit.search(bracketed[1]) or self._agency.fullmatch(bracketed[1].strip())):
                return low + bracketed.start()
        line_start = max(tail.rfind("\n"), tail.rfind("\r")) + 1
        line = tail[line_start:]
        opening = line.lstrip("(-–— ")
        credited = self._credit.match(opening) or (self._agency.match(opening) and self._credit.search(opening))
        if line_start and credited:
            return low + line_start
        signed = _SIGNED.search(line)
        if signed is not None and self._agency.fullmatch(signed[1].strip()):
            before = line[: signed.start()].rstrip()
            if not before or before[-1] in ".!?…\"'”’)]":
                return low + line_start + signed.start()
        return None


def article_from_text(
    text: str,
    *,
    published: str | None = None,
    title: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    reader: PlainReader | None = None,
) -> Article:
    """One report given as text. `reader` spares loading the word lists anew. Raises ReadingError."""
    maker = reader if reader is not None else PlainReader(load_wordlists())
    return maker.article(text, published=published, title=title, publisher=publisher, url=url)


def article_id(text: str, *, published: str | None, publisher: str | None, url: str | None) -> str:
    """sha256 (hex) of publisher, url, day or moment of publication and text, in this order, joined by U+001F."""
    whole = "\x1f".join((publisher or "", url or "", published or "", text))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _check_string(field: str, value: object, source: str) -> None:
    """Callers without a type checker hand in bytes and dates; half a surrogate pair could not be written out again."""
    if value is None and field != "text":
        return
    if not isinstance(value, str):
        raise UsageError(f"{field} must be a string, not {type(value).__name__}")
    half = _HALF_PAIR.search(value)
    if half is not None:
        reason = f"character {half.start()} of its {field} is half of a surrogate pair: mend it"
        raise ReadingError(reason, source=source)


def _checked(day: str | None, source: str) -> str | None:
    if day is None:
        return None
    found = iso_moment(day)
    if found is None:
        raise ReadingError(f"{day!r} is no date: write it as 2024-11-19 or 2024-11-19T08:30:00+05:30", source=source)
    return found


def _after(text: str, start: int, repeated: str | None) -> int:
    """Past a byline or title that the text repeats at its start."""
    if not repeated or not repeated.strip():
        return start
    lead = start + len(text[start : start + 400]) - len(text[start : start + 400].lstrip())
    end = lead + len(repeated)
    if text.startswith(repeated, lead) and text[end : end + 1].isspace():
        return end
    return start


def _any_of(names: frozenset[str]) -> str:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in longest_first)})(?!\w)"


def _dateline_pattern(months: dict[str, int]) -> re.Pattern[str]:
    """CAPITALS or Capitals, then a day or an agency, then a dash or colon. Every part is bounded."""
    names = "|".join(sorted(months, key=lambda name: (-len(name), name)))
    capitals = r"[A-Z\u00c0-\u00de][A-Z\u00c0-\u00de.'’-]+(?:[ /][A-Z\u00c0-\u00de][A-Z\u00c0-\u00de.'’-]*){0,4}"
    words = r"[A-Z\u00c0-\u00de][^\W\d_.'’]+(?:[ -][A-Z\u00c0-\u00de][^\W\d_.'’]+){0,3}"
    region = r"(?:,\s[A-Z][A-Za-z.'’-]{1,20}(?:\s[A-Z][A-Za-z.'’-]{1,20}){0,2}?|\s\[[A-Z][A-Za-z ]{1,30}\])?"
    day = rf"(?i:(?:{names})\b\.?\s\d{{1,2}}(?:,?\s\d{{4}})?|\d{{1,2}}\s(?:{names})\b\.?(?:\s\d{{4}})?)"
    return re.compile(
        rf"""\s*(?P<place>(?:{capitals}|{words}){region})
        (?:[,.:]?\s(?P<day>{day})[,.]?)?
        (?:\s?\((?P<agency>[^()\r\n]{{2,40}})\)|\s?/(?P<slashed>[^/\r\n]{{2,30}})/\.?)?
        (?:(?P<sign>\s?--\s?|\s[-–—\x96\x97]\s|\s?[–—]\s?|(?<=\))\s?-\s?|:\s)|(?<=/\.)\s|(?<=/)\s)
        (?=[“"'‘]?[A-Z0-9\u00c0-\u00de])""",
        re.VERBOSE,
    )
