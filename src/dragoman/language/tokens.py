"""A sentence into words, as the treebanks of UD English cut them (the network was trained on those).

In: an article's text and a sentence's range. Out: ranges of words, in order and apart, that cover every character but
white space and marks of direction. Contractions are parted (do n't, can not, Modi 's), compounds are parted at the
hyphen save after an affix (long - term, but anti-terror), figures from their units (5 bn, 50 %), abbreviations keep
their stop. It cannot part words that were run together by mistake.
"""

from __future__ import annotations

import re

from dragoman.knowledge.wordlists import ABBREVIATIONS, WordLists

# Letters and digits with the marks that ride on them, which \w leaves out: combining accents, Hebrew and Arabic points,
# the Indic and south-east Asian scripts as whole blocks, joiners and the soft hyphen.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u0e00-\u109f"
    "\u1780-\u17ff\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\xad"
)
_UNSEEN = r"\s\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_CHUNK = re.compile(rf"[^{_UNSEEN}]+")
_L = rf"[^\W\d]|[{_MARKS}]"
_RUN = rf"(?:[\w{_MARKS}])"
_EMOJI = "\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff"

_TEMPLATE = rf"""
    (?:https?://|ftp://|www\.)[^\s<>"“”]*[^\s<>"“”.,;:!?'’)\]}}]
  | [\w.+%-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{1,8}}(?<![.-])
  | [@\#][^\W\d]\w*+
  | (?:\d{{1,4}}-)?\d{{3}}-\d{{3}}-\d{{4}}(?!\w) | \d{{3}}-\d{{4}}(?!\w)
  | \d{{4}}-\d{{2}}-\d{{2}}(?!\w) | \d{{1,2}}-\d{{1,2}}-\d{{4}}(?!\w)
  | (?:\+(?=\d))?\d++(?:[.,:/]\d++)*+(?P<tail>[^\W\d_]*+\d*+(?:(?<=\d)\w*+)?(?:(?<=[aApP])\.[mM]\b\.?)?)
  | \.\d++
  | (?P<dotted>(?:[^\W\d_]\.){{2,}}+(?:[^\W\d_](?!\w))?)
  | (?P<word>START{_RUN}*+(?:(?:['’`&](?=[^\W\d_])|\.(?=[^\W\d_])){_RUN}++)*+SUFFIX(?:\.(?!\.))?)
  | ['’‘](?:\d\ds?\b|(?:[sdmSDM]|ll|re|ve|LL|RE|VE)\b)
  | \.{{2,}}+[!?]*+ | …[….]*+ | \.?[!?][!?.]*+ | \+{{2,}}+
  | -{{2,}}+ | ={{2,}}+ | \*{{2,}}+ | _{{2,}}+ | ~{{2,}}+ | <{{2,}}+ | >{{2,}}+ | '' | `` | ’’ | ‘‘
  | [:;=]-?[)(DP](?!\w)
  | [{_EMOJI}](?:[{_EMOJI}\ufe0f\u200d\u20e3]*+)
  | .[{_MARKS}]*+
"""
_CLITIC = re.compile(r"(?i:(?<=\w)n['’]t|(?<=\w)['’`](?:s|d|m|ll|re|ve))\Z")
_CAMEL = re.compile(r"(?<=[a-z]{2})\.(?=[A-Z][a-z])")
_INITIAL = re.compile(r"[A-Z]\.(?=[A-Z][a-z]{2})")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|s|d)", re.IGNORECASE)
_ITEM = re.compile(r"(?:\d{1,3}|[a-z])\.(?=\s+\S)")
_AFTER_JOINED = ",;:)]/-–—"


class Tokenizer:
    """Cuts sentences into words; holds only the word lists it was given, made ready."""

    __slots__ = ("_contractions", "_joined", "_plain", "_split_at_end", "_units", "_whole")

    def __init__(self, lists: WordLists) -> None:
        prefixes = "|".join(sorted((text[:-1] for text in lists["prefix"]), key=lambda word: (-len(word), word)))
        suffixes = "|".join(sorted(text[1:] for text in lists["suffix"]))
        self._plain = re.compile(_TEMPLATE.replace("START", r"[^\W\d]").replace("SUFFIX", ""), re.VERBOSE | re.DOTALL)
        hyphened = _TEMPLATE.replace("START", rf"(?:(?i:{prefixes})-[^\W_]|[^\W\d])")
        hyphened = hyphened.replace("SUFFIX", rf"(?:-(?:{suffixes})(?!\w))?")
        self._whole = re.compile(hyphened, re.VERBOSE | re.DOTALL)
        self._joined = frozenset(text for name in ABBREVIATIONS for text in lists[name])
        self._split_at_end = frozenset(text for text in self._joined if "." not in text) - {"al", "etc"}
        self._units = lists["unit"]
        self._contractions = {
            word: tuple(len(part) for part in parts.split("+"))
            for word, _, parts in (row.partition("=") for row in sorted(lists["contraction"]))
        }

    def tokenize(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Half-open ranges of the words of `text[start:end]`, which is one sentence."""
        found: list[tuple[int, int]] = []
        contractions = self._contractions
        item = _ITEM.match(text, start, end)
        if item is not None:
            found.append(item.span())
            start = item.end()
        for match in _CHUNK.finditer(text, start, end):
            chunk = match.group()
            a = match.start()
            if chunk.isalpha():
                if chunk in contractions or chunk.lower() in contractions:
                    self._part(found, chunk, a)
                else:
                    found.append((a, a + len(chunk)))
            elif chunk[-1] == "," and chunk[:-1].isalpha() and chunk[:-1].lower() not in contractions:
                b = a + len(chunk)
                found.append((a, b - 1))
                found.append((b - 1, b))
            else:
                self._cut(found, text, a, a + len(chunk), end)
        return found

    def _part(self, found: list[tuple[int, int]], word: str, at: int) -> None:
        """A word of several ("cannot"), or one word."""
        for size in self._contractions.get(word.lower(), (len(word),)):
            found.append((at, at + size))
            at += size

    def _cut(self, found: list[tuple[int, int]], text: str, start: int, end: int, sentence_end: int) -> None:
        """One stretch without spaces that is more than a plain word."""
        pattern = self._whole if text.find("-", start, end) >= 0 else self._plain
        for match in pattern.finditer(text, start, end):
            a, b = match.span()
            if match.group("word") is not None:
                self._cut_word(found, text, a, b, sentence_end)
            elif match.group("tail"):
                self._cut_figure(found, text, a, match.start("tail"), b)
            else:
                found.append((a, b))

    def _cut_word(self, found: list[tuple[int, int]], text: str, a: int, b: int, sentence_end: int) -> None:
        word = text[a:b]
        stop = word[-1] == "." and not self._keeps_stop(text, a, b, sentence_end)
        if stop:
            word = word[:-1]
        initial = _INITIAL.match(word)
        if initial is not None:
            found.append((a, a + 2))
            a, word = a + 2, word[2:]
        seam = _CAMEL.search(word) if "." in word else None
        if seam is not None:
            at = a + seam.start()
            found.extend(((a, at + 1),) if text[a:at] in self._joined else ((a, at), (at, at + 1)))
            a, word = at + 1, text[at + 1 : a + len(word)]
        clitic = _CLITIC.search(word) if "'" in word or "’" in word or "`" in word else None
        if clitic is not None and clitic.start() > 0:
            cut = a + clitic.start()
            found.extend(((a, cut), (cut, a + len(word))))
        else:
            self._part(found, word, a)
        if stop:
            found.append((b - 1, b))

    def _keeps_stop(self, text: str, a: int, b: int, sentence_end: int) -> bool:
        """Is the stop after this word part of it, as in "Gen." before a name?"""
        word = text[a : b - 1]
        if word[-2:-1] == ".":
            return True
        if len(word) > 6:
            return False
        last = not any(map(str.isalnum, text[b : min(sentence_end, b + 8)]))
        following = text[b] if b < sentence_end else ""
        if following and not (following.isspace() or following.isdigit() or following in _AFTER_JOINED):
            return False
        if len(word) == 1:
            return word.isalpha() and word.isupper() and not last
        if word not in self._joined and (not word.isupper() or word.capitalize() not in self._joined):
            return False
        return not (last and word in self._split_at_end)

    def _cut_figure(self, found: list[tuple[int, int]], text: str, a: int, tail: int, b: int) -> None:
        """A figure and the letters run on to it: a unit is parted from it ("5bn"), an ordinal is not ("5th")."""
        letters = text[tail:b]
        if not _ORDINAL.fullmatch(letters) and letters in self._units:
            found.extend(((a, tail), (tail, b)))
        else:
            found.append((a, b))
