"""Is one text a copy of another? In: two texts as words. Out: copy, later release, or neither, and why.

A copy changes no name, number or date: it may spell otherwise, cut sentences, and put a headline, a dateline, a credit,
an outlet's furniture and one sentence of its own around what it takes. Sentences that both texts have are compared
word by word, and any other difference in them makes another report. What is only told in other words is no copy here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from dragoman.knowledge.copy_words import CopyWords
from dragoman.record.copy_text import CopyText

_ANCHOR = 4  # words that stand once in both texts, in this order, hold them together
_GAP = 400  # longer gaps without an anchor are taken as wholly other text
LEAST_WORDS = 20  # a copy shares at least so many with its source, unless it is all the same
LEAST_SHARE = 0.7  # of the copy's words
HEAD, TAIL = 45, 40  # words that an outlet may put before and behind what it takes
OWN_SENTENCES, OWN_WORDS = 1, 60
ALIKE = 0.5  # of the words of one sentence: two so alike are versions of one another
RELEASE_SHARE = 0.6  # of the words of the shorter of two releases
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WEEKDAYS = ("thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday")  # of 1 January 1970 on
Kind = Literal["same", "near", "revised", "other"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Words of the copy (`start` to `end`) that stand where its source has others (`other_start` to `other_end`)."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a text is to another: `likeness` is the share of its words that it takes from it; `why` the first change."""

    kind: Kind
    likeness: float
    shared: int
    why: str = ""
    kinds_of_change: frozenset[str] = frozenset()  # of name, number, date, word


@dataclass(slots=True)
class _Sum:
    own: int = 0
    light: int = 0


def compare(copy: CopyText, source: CopyText, words: CopyWords) -> Comparison:
    """What `copy` is to `source`. It says nothing of which was first."""
    if copy.words == source.words:
        return Comparison("same", 1.0, len(copy.words))
    if copy.words[:_GAP] != source.words[:_GAP] and not _once(copy.words).keys() & _once(source.words).keys():
        return Comparison("other", 0.0, 0, "nothing in common")
    gaps, shared = differences(copy.words, source.words)
    likeness = shared / max(1, len(copy.words))
    total = _Sum()
    changes = [(gap, why) for gap in gaps if (why := _change(copy, source, gap, words, total))]
    if not changes and total.own > OWN_SENTENCES:
        changes = [(gaps[0], "more than one sentence of its own")]
    if not changes and shared >= LEAST_WORDS and shared >= LEAST_SHARE * _body(copy, gaps, words):
        return Comparison("near", likeness, shared)
    if not changes:
        return Comparison("other", likeness, shared, "too little in common")
    kinds = frozenset(kind for gap, _ in changes for kind in _kinds(copy, source, gap))
    least = min(len(copy.words), len(source.words))
    kind: Kind = "revised" if shared >= max(LEAST_WORDS, RELEASE_SHARE * least) else "other"
    return Comparison(kind, likeness, shared, changes[0][1], kinds)


def differences(copy: tuple[str, ...], source: tuple[str, ...]) -> tuple[list[Gap], int]:
    """Where two texts differ, in order, and how many words they share."""
    blocks = _blocks(copy, source)
    gaps: list[Gap] = []
    at = other = shared = 0
    for a, b, size in [*blocks, (len(copy), len(source), 0)]:
        if a > at or b > other:
            gaps.append(Gap(at, a, other, b))
        at, other = a + size, b + size
        shared += size
    return gaps, shared


def _blocks(copy: tuple[str, ...], source: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Equal runs of words, in order; between anchors, what `difflib` finds."""
    found: list[tuple[int, int, int]] = []
    at = other = 0
    for a, b in [*_anchors(copy, source), (len(copy), len(source))]:
        if a < at or b < other:
            continue
        found.extend(_between(copy, source, at, a, other, b))
        size = 0
        while a + size < len(copy) and b + size < len(source) and copy[a + size] == source[b + size]:
            size += 1
        if size:
            found.append((a, b, size))
        at, other = a + size, b + size
    merged: list[tuple[int, int, int]] = []
    for a, b, size in found:
        if merged and merged[-1][0] + merged[-1][2] == a and merged[-1][1] + merged[-1][2] == b:
            merged[-1] = (merged[-1][0], merged[-1][1], merged[-1][2] + size)
        else:
            merged.append((a, b, size))
    return merged


def _anchors(copy: tuple[str, ...], source: tuple[str, ...]) -> list[tuple[int, int]]:
    """Places of runs that stand once in each, the longest chain of them that keeps the order."""
    ours, theirs = _once(copy), _once(source)
    pairs = sorted((place, theirs[run]) for run, place in ours.items() if run in theirs)
    tails: list[int] = []  # indices into pairs, of the last of the best chain of each length
    back: list[int] = []
    for index, (_, place) in enumerate(pairs):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if pairs[tails[middle]][1] < place:
                low = middle + 1
            else:
                high = middle
        back.append(tails[low - 1] if low else -1)
        tails[low : low + 1] = [index]
    chain = []
    at = tails[-1] if tails else -1
    while at >= 0:
        chain.append(pairs[at])
        at = back[at]
    return chain[::-1]


def _once(words: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    places: dict[tuple[str, ...], int] = {}
    for place in range(len(words) - _ANCHOR + 1):
        run = words[place : place + _ANCHOR]
        places[run] = -1 if run in places else place
    return {run: place for run, place in places.items() if place >= 0}


def _between(
    copy: tuple[str, ...], source: tuple[str, ...], at: int, end: int, other: int, other_end: int
) -> list[tuple[int, int, int]]:
    ours, theirs = copy[at:end], source[other:other_end]
    if not ours or not theirs:
        return []
    size = 0
    while size < min(len(ours), len(theirs)) and ours[-1 - size] == theirs[-1 - size]:
        size += 1
    behind = [(end - size, other_end - size, size)] if size else []
    ours, theirs = ours[: len(ours) - size], theirs[: len(theirs) - size]
    if not ours or not theirs or max(len(ours), len(theirs)) > _GAP:
        return behind
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    found = [(at + b, other + a, n) for a, b, n in matcher.get_matching_blocks() if n]
    # Two sentences share small words whatever they tell: short runs amid other words hold nothing together.
    kept = [block for block in found if block[2] >= 3] if max(len(ours), len(theirs)) > 8 else found
    return [*kept, *behind]


def _change(copy: CopyText, source: CopyText, gap: Gap, words: CopyWords, total: _Sum) -> str:
    """Why a gap makes another report; nothing where a copy may have it."""
    ours, theirs = copy.words[gap.start : gap.end], source.words[gap.other_start : gap.other_end]
    if "".join(ours) == "".join(theirs) or (sorted(ours) == sorted(theirs) and len(ours) <= 6):
        return ""
    if not ours:
        return _cut(copy, source, gap, words)
    if not theirs:
        return _added(copy, gap, words, total)
    if gap.start == 0 and gap.other_start == 0 and _heads(copy, source, gap):
        return ""
    if gap.end == len(copy.words) and _is_tail(copy, source, gap, words, total):
        return ""
    whole, other_whole = _whole(copy, gap.start, gap.end), _whole(source, gap.other_start, gap.other_end)
    if whole and other_whole and not _alike(ours, theirs):
        return _own(copy, gap, words, total)
    if _weekday(ours, copy.day, words) == _weekday(theirs, source.day, words) != "":
        return ""
    if max(len(ours), len(theirs)) <= 2 and _is_slip(ours, theirs, words) and total.light < 3:
        total.light += 1
        return ""
    if set(ours) | set(theirs) <= words.light and max(len(ours), len(theirs)) <= 2 and total.light < 6:
        total.light += 1
        return ""
    return f"{' '.join(theirs[:12]) or '-'} > {' '.join(ours[:12]) or '-'}"


def _cut(copy: CopyText, source: CopyText, gap: Gap, words: CopyWords) -> str:
    """Sentences of the source that the copy leaves out; inside a sentence, small words and brackets only."""
    theirs = source.words[gap.other_start : gap.other_end]
    places = range(gap.other_start, gap.other_end)
    if gap.start == len(copy.words) or (gap.other_start == 0 and _is_head(source, gap.other_end)):
        return ""
    if _whole_slid(source, gap.other_start, gap.other_end) or _in_brackets(source, places):
        return ""
    if set(theirs) <= words.light and len(theirs) <= 2:
        return ""
    return f"{' '.join(theirs[:12])} > -"


def _added(copy: CopyText, gap: Gap, words: CopyWords, total: _Sum) -> str:
    """What the copy has beside its source."""
    ours = copy.words[gap.start : gap.end]
    if gap.start == 0 and _is_head(copy, gap.end):
        return ""
    if _in_brackets(copy, range(gap.start, gap.end)) and len(ours) <= 6:
        return ""
    if gap.end == len(copy.words) and len(ours) <= 4:
        return ""
    if _whole_slid(copy, gap.start, gap.end) or gap.end == len(copy.words):
        return "" if _is_furniture(ours, words) and len(ours) <= TAIL else _own(copy, gap, words, total)
    if set(ours) <= words.light and len(ours) <= 2 and total.light < 6:
        total.light += 1
        return ""
    return f"- > {' '.join(ours[:12])}"


def _own(copy: CopyText, gap: Gap, words: CopyWords, total: _Sum) -> str:
    """Sentences of the outlet's own: one is allowed, furniture is not counted."""
    begins = [place for place in range(gap.start, gap.end) if place in copy.starts or place == gap.start]
    for a, b in zip(begins, [*begins[1:], gap.end], strict=True):
        sentence = copy.words[a:b]
        if not (_is_furniture(sentence, words) and len(sentence) <= TAIL) and len(sentence) > 3:
            total.own += 1
            if len(sentence) > OWN_WORDS or total.own > OWN_SENTENCES:
                return f"more than a sentence of its own: {' '.join(sentence[:12])}"
    return ""


def _body(copy: CopyText, gaps: list[Gap], words: CopyWords) -> int:
    """The number of its words without what stands before and behind, and without furniture."""
    around = 0
    for gap in gaps:
        ours = copy.words[gap.start : gap.end]
        if gap.start == 0 or gap.end == len(copy.words) or _is_furniture(ours, words):
            around += len(ours)
    return len(copy.words) - around


def _is_head(text: CopyText, end: int) -> bool:
    """Are the first words a headline, byline or dateline? They end where the report or a sentence begins; or at a name,
    where nothing marks the end.
    """
    if end > HEAD or end <= text.lead or end in text.starts:
        return end <= HEAD
    return end >= 3 and end in text.named and text.starts.isdisjoint(range(1, end))


def _heads(copy: CopyText, source: CopyText, gap: Gap) -> bool:
    """Are both headlines, bylines and datelines, and no versions of one first sentence?"""
    if not _is_head(copy, gap.end) or not _is_head(source, gap.other_end):
        return False
    if gap.end <= copy.lead and gap.other_end <= source.lead:
        return True
    begun = gap.end in copy.starts and gap.other_end in source.starts
    ours, theirs = copy.words[: gap.end], source.words[: gap.other_end]
    return (begun and max(len(ours), len(theirs)) <= 18) or not _alike(ours, theirs)


def _is_tail(copy: CopyText, source: CopyText, gap: Gap, words: CopyWords, total: _Sum) -> bool:
    """Does the copy break off here, with furniture or a sentence of its own at most?"""
    ours, theirs = copy.words[gap.start :], source.words[gap.other_start : gap.other_end]
    if _is_furniture(ours, words) and len(ours) <= TAIL:
        return True
    last = len(ours) - 1
    broken = last < len(theirs) and ours[:last] == theirs[:last] and theirs[last].startswith(ours[last])
    if broken and ours[last].isalpha():
        return True
    if gap.start not in copy.starts:
        return len(theirs) > 12 and len(ours) <= 2 and all(len(word) <= 3 and not word.isdigit() for word in ours)
    begins = [(a, b) for a, b in source.sentences() if a < gap.other_end and b > gap.other_start]
    if any(_alike(ours, source.words[a:b]) for a, b in begins):
        return False
    return not _own(copy, gap, words, total)


def _whole(text: CopyText, start: int, end: int) -> bool:
    return (start == 0 or start in text.starts) and (end == len(text.words) or end in text.starts)


def _whole_slid(text: CopyText, start: int, end: int) -> bool:
    """Whole sentences, though they may begin and end with the same words as their neighbours."""
    words = text.words
    for step in (-1, 1):
        a, b = start, end
        for _ in range(12):
            if _whole(text, a, b):
                return True
            if step < 0 and a > 0 and words[a - 1] == words[b - 1]:
                a, b = a - 1, b - 1
            elif step > 0 and b < len(words) and words[a] == words[b]:
                a, b = a + 1, b + 1
            else:
                break
    return False


def _weekday(words: tuple[str, ...], day: int, known: CopyWords) -> str:
    """The day of the week that "today", "on Monday" mean; "" where words mean anything else."""
    told = [word for word in words if word not in known.light or word in _DAYS]
    if len(told) != 1:
        return ""
    if told[0] in _DAYS:
        return "" if day < 0 else _WEEKDAYS[(day + _DAYS[told[0]]) % 7]
    return told[0] if told[0] in _WEEKDAYS else ""


def _in_brackets(text: CopyText, places: range) -> bool:
    return all(place in text.bracketed for place in places)


def _is_furniture(words: tuple[str, ...], known: CopyWords) -> bool:
    return any(words[at : at + length] in known.furniture for at in range(len(words)) for length in (1, 2, 3, 4, 5))


def _alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Do two runs share so many words that one is a version of the other?"""
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return shared >= ALIKE * min(len(ours), len(theirs)) and min(len(ours), len(theirs)) > 2


def _is_slip(ours: tuple[str, ...], theirs: tuple[str, ...], known: CopyWords) -> bool:
    """One letter more, less or otherwise in a long word, as where a slip is mended; no number, nothing grave."""
    if len(ours) != 1 or len(theirs) != 1 or {*ours, *theirs} & known.grave:
        return False
    one, other = sorted((ours[0], theirs[0]), key=len)
    if len(one) < 6 or one[0] != other[0] or not (one + other).isalpha() or len(other) - len(one) > 1:
        return False
    if len(one) == len(other):
        differing = [place for place in range(len(one)) if one[place] != other[place]]
        swapped = len(differing) == 2 and differing[1] == differing[0] + 1
        return len(differing) == 1 or (swapped and sorted(one) == sorted(other))
    return any(other[:place] + other[place + 1 :] == one for place in range(len(other)))


def _kinds(copy: CopyText, source: CopyText, gap: Gap) -> set[str]:
    """What a change is about: numbers, names (capitals inside a sentence, on either side), or other words."""
    found: set[str] = set()
    for text, others, start, end in (
        (copy, source.words[gap.other_start : gap.other_end], gap.start, gap.end),
        (source, copy.words[gap.start : gap.end], gap.other_start, gap.other_end),
    ):
        for place in range(start, end):
            word = text.words[place]
            if word in others:
                continue
            found.add("number" if word[0].isdigit() else "name" if place in text.named else "word")
    return found
