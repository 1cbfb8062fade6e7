"""Is a text English? In: text and word lists. Out: a reason against it, or none.

By script first, then by the share of common short words of English and of other languages. Measured against
py3langid 0.4.0 (0.9 s and 122 MB to load, and wrong on most English headlines). Where there is too little to judge,
the text passes; a language without a list of its own is refused only in texts of thirty words and more.
"""

from __future__ import annotations

import re

from dragoman.knowledge.wordlists import WordLists

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1dff\u1f00-\u1fff\u2c80-\u2fdf\u3040-\ud7ff\uf900-\ufdff\ufe70-\uffdc]")
_NO_LANGUAGE = ("und", "mul", "mis", "zxx", "x-default")
SAMPLE = 4_000  # code points looked at from the start, and as many from the middle
ENOUGH_WORDS = 30
LOWEST_SHARE = 0.08  # edited English has 0.35 to 0.5 of these words, lists and captions less
LEAST_HITS = 2  # different words of another language, without particles of names ("van der") and English words ("met")


class LanguageCheck:
    """Tells English from other languages; holds only the word lists it was given."""

    __slots__ = ("_languages", "_proves_nothing")

    def __init__(self, lists: WordLists) -> None:
        self._languages: dict[str, list[str]] = {}
        self._proves_nothing = lists["particle"] | lists["homograph"]
        for name in sorted(lists.lists):
            if name.startswith("stop-"):
                for word in lists[name]:
                    self._languages.setdefault(word, []).append(name.removeprefix("stop-"))

    def against(self, text: str, declared: str | None = None) -> str | None:
        """Why `text` is not taken for English, or none where it is, or may be. A `declared` language is believed only
        where the text is short: templates of pages declare what they please.
        """
        text = text.strip()
        sample = text[:SAMPLE]
        if len(text) > 3 * SAMPLE:
            middle = len(text) // 2
            sample += " " + text[middle : middle + SAMPLE]
        letters = sum(map(str.isalpha, sample))
        if not letters:
            return "it holds no word"
        foreign = len(_OTHER_SCRIPT.findall(sample))
        if foreign > 0.4 * letters:
            return f"it is not in Latin letters ({round(100 * foreign / letters)} % are others); only English is read"
        return self._by_words(_WORD.findall(sample.lower().replace("’", "'")), declared)

    def _by_words(self, words: list[str], declared: str | None) -> str | None:
        hits: dict[str, int] = {}
        kinds: dict[str, set[str]] = {}
        for word in words:
            for language in self._languages.get(word, ()):
                hits[language] = hits.get(language, 0) + 1
                if word not in self._proves_nothing and len(word) > 1:
                    kinds.setdefault(language, set()).add(word)
        english = hits.pop("en", 0)
        if hits:
            best = min(hits, key=lambda language: (-hits[language], language))
            if len(kinds.get(best, ())) >= LEAST_HITS and hits[best] > 1.5 * english:
                return f"it reads like another language ({best}); only English is read"
        other = declared is not None and declared.lower()[:2] != "en" and declared.lower() not in _NO_LANGUAGE
        if other and len(words) < ENOUGH_WORDS and english < LOWEST_SHARE * len(words):
            return f"it is declared to be in another language ({declared}); only English is read"
        if len(words) >= ENOUGH_WORDS and english < LOWEST_SHARE * len(words):
            return "it holds too few common English words; only English is read"
        return None
