"""The base form of a word. In: a word with its UPOS and Penn tag. Out: its lemma, after the habits of UD English.

A table of irregular forms first, then the spelling rules of inflection. All but proper names comes out in lower case
(the pronoun "I" apart), so that tables may be written in lower case. It corrects no misspelling, and where two verbs
share a form ("lay", "found", "wound") it gives the one that the table names.
"""

from __future__ import annotations

import re

from dragoman.knowledge.wordlists import WordLists

_VOWELS = "aeiou"
_PLURAL_ES = re.compile(r"(?:ch|sh|ss|x|zz|o)es\Z")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SILENT_E = re.compile(
    r"""(?:[cvuz] | (?<!s)s                             # force, move, argue, seize, increase
        | (?<!n)g(?<!gg) | [aeo]ng(?<!ong) | ung         # manage, charge; arrange, challenge; plunge
        | [bcdfgkpstz]l(?<![aeiou]l)                     # settle
        | (?<![aeiou])[aiu]r | (?<![aeiou])u?[ia]t(?<!it) # declare, require, ensure; state
        | [iu]at | (?<![aeiou])[ou]t | (?<![aeiou])[iou]l # negotiate; vote, dispute; compile, rule
        | (?<![aeiou])[aeiou]d | uad                     # decide; persuade
        | (?<![aeiou])[aiu]n                             # decline
        | (?<![aeiou])[aiou]m                            # name, welcome
        | (?<![aeiou])[aioy]p | (?<![aeiou])up           # escape, type
        | (?<![aeiou])[aiou][bkf]                        # bribe, provoke
      )\Z""",
    re.VERBOSE,
)
_COMPARED_E = re.compile(r"(?:[cvuz]|(?<!s)s|(?<!n)g(?<!gg)|[bcdfgkpstz]l|(?<![aeiou])[aiouy][bdfkmnprtl])\Z")
_DOUBLED = re.compile(r"([bdgkmnprtvz])\1\Z")


class Lemmatiser:
    """Base forms, remembered in a dictionary of its own that cannot grow beyond `capacity` words."""

    __slots__ = ("_capacity", "_irregular", "_known", "_spelled")

    def __init__(self, lists: WordLists, capacity: int = 100_000) -> None:
        self._irregular = lists.lemmas
        self._spelled = _forms(lists["verb-spelling"])
        self._known: dict[tuple[str, str, str], str] = {}
        self._capacity = capacity

    def lemma(self, word: str, upos: str, xpos: str) -> str:
        """The lemma of `word`; `xpos` is a Penn tag. Never empty, never an error."""
        key = (word, upos, xpos)
        known = self._known.get(key)
        if known is None:
            known = self._find(word, upos, xpos)
            if len(self._known) < self._capacity:
                self._known[key] = known
        return known

    def _find(self, word: str, upos: str, xpos: str) -> str:
        if upos == "PROPN":
            return _singular_name(word) if xpos == "NNPS" else word
        low = word.lower().replace("\xad", "")
        if upos == "AUX" and low in ("'d", "’d", "'s", "’s") and xpos in ("VBD", "VBN"):
            return "have"
        if upos in ("VERB", "AUX"):
            return self._verb(low, upos, xpos)
        if upos == "NOUN":
            return self._noun(low, xpos)
        found = self._irregular.get((low, upos))
        if found is not None:
            if upos not in ("ADJ", "ADV") or xpos[-1:] in "RS":
                return found
            return low
        if upos in ("ADJ", "ADV") and xpos in ("JJR", "RBR", "JJS", "RBS"):
            return self._irregular.get((low, "ADJ")) or _positive(low)
        if upos == "NUM" and _GROUPED.fullmatch(low):
            return low.replace(",", "")
        return low or word

    def _noun(self, low: str, xpos: str) -> str:
        found = self._irregular.get((low, "NOUN"))
        if found is not None:
            return found
        if xpos != "NNS" or low[0].isdigit():
            return low
        if "-" in low:
            head, _, last = low.rpartition("-")
            return f"{head}-{self._noun(last, xpos)}" if last else low
        if low.endswith("men") and len(low) > 4:
            return low[:-2] + "an"
        if low.endswith("children") and len(low) > 8:
            return low[:-3]
        if low.endswith("people") and len(low) > 6:
            return low[:-6] + "person"
        return _without_s(low)

    def _verb(self, low: str, upos: str, xpos: str) -> str:
        if xpos in ("VB", "VBP") and upos == "VERB":
            if low in ("are", "am", "'re", "'m", "’re", "’m"):
                return "be"
            return "have" if low in ("'ve", "’ve") else low
        found = self._irregular.get((low, upos))
        if found is not None:
            return found
        if xpos == "VBZ":
            head, dash, last = low.rpartition("-")
            return head + dash + (self._irregular.get((last, "VERB")) or _without_s(last)) if last else low
        if xpos == "VBG" or (xpos not in ("VBD", "VBN") and low.endswith("ing")):
            return self._stem(low, "ing")
        if xpos in ("VBD", "VBN"):
            return self._stem(low, "ed")
        return low

    def _stem(self, low: str, ending: str) -> str:
        found = self._spelled.get(low)
        if found is not None:
            return found
        head, dash, last = low.rpartition("-")
        if dash and last:
            return f"{head}-{self._irregular.get((last, 'VERB')) or self._stem(last, ending)}"
        for prefix in ("over", "under", "out", "mis", "counter"):
            rest = low.removeprefix(prefix)
            if len(rest) > 4 and rest != low:
                base = self._spelled.get(rest) or self._irregular.get((rest, "VERB"))
                if base is not None:
                    return prefix + base
        if not low.endswith(ending) or len(low) < len(ending) + 2:
            return low[:-1] if ending == "ing" and low.endswith("in'") else low
        return _restored(low[: -len(ending)], ending)


def _forms(bases: frozenset[str]) -> dict[str, str]:
    """Regular forms of verbs whose base cannot be told from the form: developed -> develop, cancelled -> cancel."""
    forms: dict[str, str] = {}
    for base in sorted(bases):
        stem = base[:-1] if base.endswith("e") and not base.endswith("ee") else base
        for ending in ("ed", "ing"):
            forms[stem + ending] = base
            if base[-1] not in "aeiouwxy" and base[-2:-1] in _VOWELS:
                forms[base + base[-1] + ending] = base
    return forms


def _restored(stem: str, ending: str) -> str:
    """The verb that a stem without -ed or -ing comes from."""
    if ending == "ed":
        if stem.endswith("i") and len(stem) > 2:
            return stem[:-1] + "y"
        if stem.endswith("e"):
            return stem + "e" if not stem.endswith("ee") else stem
    if not any(letter in "aeiouy" for letter in stem):
        return stem + "e" if len(stem) > 1 else stem + ending
    if _DOUBLED.search(stem) and len(stem) > 3:
        return stem[:-1]
    if _SILENT_E.search(stem.replace("qu", "qw")):
        return stem + "e"
    return stem


def _without_s(low: str) -> str:
    if not low.endswith("s") or low.endswith("ss") or len(low) < 3:
        return low
    if low.endswith(("'s", "’s")):
        return low[:-2]
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if _PLURAL_ES.search(low):
        return low[:-2]
    return low[:-1]


def _positive(low: str) -> str:
    """Of a regular comparative or superlative."""
    ending = "est" if low.endswith("est") else "er"
    if not low.endswith(ending) or len(low) < len(ending) + 2:
        return low
    stem = low[: -len(ending)]
    if stem.endswith("i") and len(stem) > 2:
        return stem[:-1] + "y"
    if _DOUBLED.search(stem) and len(stem) > 2:
        return stem[:-1]
    return stem + "e" if _COMPARED_E.search(stem) else stem


def _singular_name(word: str) -> str:
    """Americans -> American, States -> State; the case is kept."""
    base = _without_s(word.lower())
    return word[: len(base)] if word.lower().startswith(base) else (word[:-3] + "y" if word.endswith("ies") else base)
