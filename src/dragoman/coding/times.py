"""When: sentences of one article in, time expressions out; and for a word of event, the time that belongs to it.

The grammar (`time_grammar`) finds expressions, `time_values` places them in the calendar; here syntax decides whether a
bare "Tuesday" or "July" is gone or to come, and which expression dates which event. "Two days after the attack" is
counted from the attack where its day was told (`time_anchors`). Where a sentence has no syntax (all heads -1), tense
is read off the words before the expression and no expression is tied to an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dragoman.coding.attachment import climb, head_of, is_bare, preposition_of
from dragoman.coding.time_anchors import Happenings, Pair, anchored, opened_by
from dragoman.coding.time_atoms import Calendar, Edged, Length, Meaning, Nth, Offset, Range, Timed
from dragoman.coding.time_dateline import dateline_day
from dragoman.coding.time_grammar import Found, find_expressions
from dragoman.coding.time_tense import governor, is_done, is_lasting, leaning
from dragoman.coding.time_values import Leaning, Reference, Resolved, TimexType, resolve
from dragoman.knowledge.time_words import TimeWords
from dragoman.values import Article, Sentence, Span, TimeSpan, Token

_TIME_RELATIONS = frozenset(
    [
        "obl",
        "obl:unmarked",
        "obl:tmod",
        "obl:npmod",
        "obl:agent",
        "nmod",
        "nmod:unmarked",
        "nmod:tmod",
        "nmod:npmod",
        "nmod:poss",
        "advmod",
        "compound",
        "amod",
        "nummod",
        "appos",
        "list",
        "dep",
        "dislocated",
        "parataxis",
        "det",
        "obj",
    ]
)
_PLACING = frozenset({"at", "in", "during", "on", "amid", "throughout", "over", "through", "within"})
_FINER = {
    "time": 0,
    "day": 1,
    "range": 2,
    "week": 3,
    "month": 4,
    "season": 5,
    "quarter": 5,
    "half": 6,
    "year": 7,
    "decade": 8,
    "century": 9,
}
_QUARTER_REACH = 8  # sentences for which "the quarter" is the one last told of
_COMPARED_REACH = 5  # and for which "a year earlier" is its counterpart


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time expression over the tokens [first, last) of a sentence, with its TIMEX3 type and value.

    `interval` is none for durations, sets, and what cannot be placed. `direction` is what a preposition makes of it:
    since, until, by, from bound an interval that the report's day closes; before and after leave it open. `ends` are
    the words of the two ends of a range that names each of them; its value is theirs, with a slash between.
    """

    sentence: int
    first: int
    last: int
    span: Span
    type: TimexType
    value: str
    interval: TimeSpan | None
    vague: bool = False
    direction: str | None = None
    ends: tuple[Span, Span] | None = None


def find_times(article: Article, sentences: Sequence[Sentence], words: TimeWords) -> tuple[TimeExpression, ...]:
    """All time expressions of an article, in order. Unresolved ones have no interval where `published` is unknown."""
    published = _published_day(article.published)
    dateline = dateline_day(article, published, words)
    if dateline is not None:
        published = date.fromisoformat(dateline.start)
    told, known = _Told(published), Happenings()
    found: list[TimeExpression] = []
    for sentence in sentences:
        told.enter(sentence)
        tokens, pairs = sentence.tokens, list[Pair]()
        for expression in find_expressions(tokens, sentence.text, sentence.start, words):
            lean = leaning(expression, tokens, words)
            if isinstance(expression.meaning, Length) and is_lasting(expression, tokens):
                expression = replace(expression, meaning=replace(expression.meaning, window=-1))
            resolved = resolve(expression.meaning, told.reference(lean), lean, words.edges)
            pairs.append((expression, resolved))
            if expression.direction is None:
                told.hear(expression.meaning, resolved, _is_adverbial(expression, tokens))
        for expression, resolved in pairs:
            known.hear(expression, resolved, tokens, words)
        for pair in pairs:
            resolved = anchored(pair, pairs, known, tokens, words)
            if resolved.first is not None or not _is_bound(pair[0].meaning):
                found.append(_expression(article, sentence, pair[0], resolved))
    return tuple(found)


def _is_bound(meaning: Meaning) -> bool:
    """ "The day (after the vote)" tells a time only where what it is counted from is dated."""
    return isinstance(meaning, Length) and meaning.bound


def _is_adverbial(found: Found, tokens: Sequence[Token]) -> bool:
    """Does the expression say when something happened, rather than which ("the 1988 bombing")?"""
    if is_bare(tokens):
        return True
    return tokens[head_of(found.first, found.last, tokens)].relation not in ("compound", "nummod", "amod", "nmod:poss")


class _Told:
    """The day and year last told of, by which "the next day" and a bare month go: kept for a few sentences."""

    __slots__ = (
        "daily", "day", "day_at", "paragraph", "published", "quarter", "quarter_at", "quarterly", "sentence", "year",
        "year_at",
    )  # fmt: skip

    def __init__(self, published: date | None) -> None:
        self.published = published
        self.day: date | None = None
        self.year: int | None = None
        self.quarter: date | None = None
        self.day_at = self.year_at = self.quarter_at = self.sentence = -9
        self.paragraph = -1
        self.daily = self.quarterly = False

    def enter(self, sentence: Sentence) -> None:
        if sentence.paragraph != self.paragraph:
            self.year = None
            self.paragraph = sentence.paragraph
        self.sentence = sentence.index
        if sentence.index - self.year_at > 1:
            self.year = None
        if sentence.index - self.day_at > (2 if self.daily else 1):
            self.day = None

    def reference(self, lean: Leaning) -> Reference:
        near = self.sentence - self.quarter_at <= _QUARTER_REACH
        compared = self.quarter if self.sentence - self.quarter_at <= _COMPARED_REACH and self.quarterly else None
        year = self.year if lean == "past" else None
        moment = self.day if self.daily else None
        here = self.year_at == self.sentence
        return Reference(self.published, self.day, year, self.quarter if near else None, compared, moment, here)

    def hear(self, meaning: Meaning, resolved: Resolved, adverbial: bool) -> None:
        if isinstance(meaning, Length) and meaning.unit in ("M", "Y") and meaning.amount is not None:
            self.quarterly = False  # "the first nine months": what is compared is no longer a quarter
        if resolved.first is None or resolved.vague:
            return
        if resolved.granularity == "quarter" and not (isinstance(meaning, Offset) and meaning.either):
            self.quarter, self.quarter_at, self.quarterly = resolved.first, self.sentence, True
        inner = meaning.of if isinstance(meaning, Timed | Edged | Nth) else meaning
        if isinstance(inner, Range):
            inner = inner.first
        if isinstance(inner, Calendar) and inner.year is not None:
            past = self.published is None or inner.year < self.published.year
            if adverbial or not past:
                self.year, self.year_at = (inner.year, self.sentence) if past else (None, -9)
        elif isinstance(inner, Offset) or (
            isinstance(inner, Calendar) and (inner.weekday is not None or inner.shift is not None)
        ):
            self.year = None
        if resolved.first == resolved.last or (
            resolved.granularity in ("month", "year") and isinstance(inner, Calendar)
        ):
            self.day, self.day_at, self.daily = resolved.first, self.sentence, resolved.first == resolved.last


def _published_day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def _expression(article: Article, sentence: Sentence, found: Found, resolved: Resolved) -> TimeExpression:
    start, end = sentence.tokens[found.first].start, sentence.tokens[found.last - 1].end
    span = Span(article.text[start:end], start, end)
    interval = None
    if resolved.first is not None and resolved.last is not None:
        interval = TimeSpan(
            start=resolved.first.isoformat(),
            end=resolved.last.isoformat(),
            granularity=resolved.granularity,
            edtf=resolved.edtf,
            basis="text",
            span=span,
            timex=resolved.value,
        )
    return TimeExpression(
        sentence.index,
        found.first,
        found.last,
        span,
        resolved.type,
        resolved.value,
        interval,
        resolved.vague,
        found.direction,
        _ends(article, sentence, found),
    )


def _ends(article: Article, sentence: Sentence, found: Found) -> tuple[Span, Span] | None:
    if found.ends is None:
        return None
    tokens, (after, second) = sentence.tokens, found.ends
    first = tokens[found.first].start, tokens[after - 1].end
    last = tokens[second].start, tokens[found.last - 1].end
    return Span(article.text[slice(*first)], *first), Span(article.text[slice(*last)], *last)


# -- which time belongs to an event


def day_of_report(article: Article, words: TimeWords) -> TimeSpan | None:
    """The day of the dateline, told by its words, else of publication."""
    published = _published_day(article.published)
    return dateline_day(article, published, words) or _publication(article.published)


def time_of(
    trigger: int,
    sentence: Sentence,
    times: Sequence[TimeExpression],
    published: str | None,
    words: TimeWords,
    today: TimeSpan | None = None,
) -> TimeSpan | None:
    """The time of the event whose word is token `trigger`, given the expressions of its sentence.

    By syntax: what hangs on the trigger, then on the circumstances under it ("at talks on Tuesday"), then on the clause
    that carries it. Times in other clauses never count. Without any, the report's day (`today`, else `published`; basis
    "publication", but "text" just behind a dateline that tells it), or none where that is unknown.
    """
    default = today if today is not None else _publication(published)
    if default is not None and sentence.index > 0:
        default = replace(default, basis="publication", span=None)
    if is_bare(sentence.tokens):
        return default
    chain = _carriers(trigger, sentence.tokens, words)
    done = default.start if default is not None and is_done(trigger, sentence.tokens, words) else None
    best: tuple[tuple[bool, int, int, int], TimeExpression] | None = None
    for expression in times:
        if expression.interval is None or expression.type == "SET" or expression.direction in ("before", "after"):
            continue
        if done is not None and expression.interval.start > done:
            continue  # "discussed the summit on 5 May", told in April
        rank = _attachment(expression, trigger, chain, sentence.tokens, words)
        if rank is not None and rank != 1 and _counted_from(expression, times, sentence.tokens):
            rank = None
        if rank is None:
            continue
        head = head_of(expression.first, expression.last, sentence.tokens)
        key = (expression.value.endswith("_REF"), rank, _FINER[expression.interval.granularity], abs(head - trigger))
        if best is None or key < best[0]:
            best = key, expression
    if best is None:
        return default
    return _bounded(_told_again(best[1], times, sentence.tokens), published)


def _told_again(chosen: TimeExpression, times: Sequence[TimeExpression], tokens: Sequence[Token]) -> TimeExpression:
    """The plain date that stands behind a relative one: "the same month, October 1990"."""
    for other in times:
        if other.first != chosen.last + 1 or tokens[chosen.last].text not in (",", "(") or other.interval is None:
            continue
        head = tokens[head_of(other.first, other.last, tokens)]
        within = chosen.interval is not None and (
            _FINER[other.interval.granularity] <= _FINER[chosen.interval.granularity]
        )
        if head.relation == "appos" and chosen.first <= head.head < chosen.last and within:
            return other
    return chosen


def _publication(published: str | None) -> TimeSpan | None:
    day = _published_day(published)
    if day is None:
        return None
    iso = day.isoformat()
    return TimeSpan(iso, iso, "day", iso, "publication", None, iso)


def _bounded(expression: TimeExpression, published: str | None) -> TimeSpan | None:
    """The interval, stretched to the report's day by "since" and "until"."""
    interval, day = expression.interval, _published_day(published)
    if interval is None or day is None or expression.direction not in ("since", "until", "by"):
        return interval
    iso = day.isoformat()
    if expression.direction == "since" and interval.start < iso:
        return TimeSpan(interval.start, iso, "range", f"{interval.start}/{iso}", "text", interval.span, interval.timex)
    if expression.direction in ("until", "by") and interval.end > iso:
        return TimeSpan(iso, interval.end, "range", f"{iso}/{interval.end}", "text", interval.span, interval.timex)
    return interval


def _carriers(trigger: int, tokens: Sequence[Token], words: TimeWords) -> dict[int, int]:
    """The predicates whose time the trigger shares -> how far away they are (the trigger itself is 0)."""
    shared = {trigger: 0}
    node, rank = trigger, 0
    for head in climb(trigger, tokens):
        token = tokens[node]
        rank += 2
        if not _shares(token, tokens[head], tokens, words):
            break
        shared[head] = rank
        node = head
    for token in tokens:  # a time at the end of a coordination mostly counts for all of it
        alike = token.relation == "conj" and token.head == trigger and token.upos == tokens[trigger].upos
        if alike and not any(t.head == token.index and t.relation.startswith("nsubj") for t in tokens):
            shared.setdefault(token.index, 5)
        opened = tokens[trigger].lemma in words.tenses["same-head"]  # "began to move on Friday", not "agreed to"
        if token.head == trigger and token.relation == "xcomp" and token.upos == "VERB" and opened:
            shared.setdefault(token.index, 1)
        if token.head == trigger and token.relation == "advcl" and token.xpos == "VBG" and token.index < trigger:
            shared.setdefault(token.index, 4)  # "Speaking on Tuesday, he said"
        if token.head == trigger and token.relation == "advcl" and _at_that_time(token, tokens, ("when",)):
            shared.setdefault(token.index, 6)
        if _tells_when(token, trigger, tokens, words):
            shared.setdefault(token.index, 1)
        over = tokens[token.head] if token.relation == "acl" and token.xpos == "VBN" else None
        held = over is not None and over.head == trigger and over.relation == "obl"
        if over is not None and held and _is_circumstance(over.index, tokens):
            shared.setdefault(token.index, 4)  # "in a statement issued on Friday"
    return shared


def _tells_when(token: Token, trigger: int, tokens: Sequence[Token], words: TimeWords) -> bool:
    """ "Talks planned for Friday", "talks to be held on Friday", "the visit, which begins on Friday"."""
    if token.head != trigger or tokens[trigger].upos not in ("NOUN", "PROPN"):
        return False
    carried = token.lemma in words.tenses["carrier"] and any(
        t.head == token.index and t.relation.startswith("nsubj") and t.xpos in ("WDT", "WP") for t in tokens
    )
    if token.relation == "acl:relcl":
        return carried
    held = token.xpos == "VBN" and token.lemma in words.tenses["carrier"]
    return token.relation == "acl" and (held or token.lemma in words.tenses["appointing"])


def _shares(token: Token, head: Token, tokens: Sequence[Token], words: TimeWords) -> bool:
    """Does what hangs on `head` as `token` does happen when it does?"""
    relation = token.relation
    if relation == "conj":
        return token.upos == head.upos
    if relation in ("nsubj", "nsubj:pass", "obj", "obl", "obl:agent", "iobj") and token.upos in ("NOUN", "PROPN"):
        if relation == "obl" and head.upos == "VERB" and _is_circumstance(token.index, tokens):
            return True
        if head.upos != "VERB" or head.lemma in words.tenses["speech"]:
            return False
        appointed = relation in ("obj", "nsubj:pass") and head.lemma in words.tenses["appointing"]
        return appointed or head.lemma in words.tenses["carrier"]
    if relation == "xcomp":
        return head.lemma in words.tenses["same-head"] or token.upos in ("NOUN", "ADJ")
    if relation == "advcl":
        aimed = token.xpos == "VB" and head.lemma in words.tenses["same-head"]  # "will travel to Oslo to meet"
        return aimed or token.xpos in ("VBG", "VBN") or _at_that_time(token, tokens)
    if relation == "acl:relcl":
        return _at_that_time(token, tokens, ("where",))
    if relation == "compound":
        return head.upos in ("NOUN", "PROPN")
    return False


def _at_that_time(token: Token, tokens: Sequence[Token], words: tuple[str, ...] = ("when", "where")) -> bool:
    """A clause of the same moment: "next week, when he travels to San Jose", "to Khartoum, where he met"."""
    return any(t.head == token.index and t.text.lower() in words for t in tokens[max(0, token.index - 8) : token.index])


def _counted_from(expression: TimeExpression, times: Sequence[TimeExpression], tokens: Sequence[Token]) -> bool:
    """In "two days after the summit on 3 May" the date is the summit's: what happened did so two days after."""
    opened = opened_by(expression.first, tokens)
    return opened is not None and any(other.last == opened[0] for other in times)


def _attachment(
    expression: TimeExpression, trigger: int, chain: dict[int, int], tokens: Sequence[Token], words: TimeWords
) -> int | None:
    """How closely an expression is tied to the trigger: 0 is best, none is not at all."""
    if expression.first <= trigger < expression.last:
        return None
    head = head_of(expression.first, expression.last, tokens)
    if tokens[head].relation not in _TIME_RELATIONS and tokens[head].head != trigger:
        return None
    node = governor(expression.first, head, tokens, words)
    opened = opened_by(expression.first, tokens)
    if opened is not None and opened[1] == trigger:
        return 1
    if expression.type == "DURATION" and node >= 0 and node > expression.last and tokens[node].upos == "NOUN":
        node = tokens[node].head  # "two days after the summit": of the verb above
    if _is_aim(expression, tokens) and tokens[trigger].upos == "VERB":
        return None
    if node in chain:
        return chain[node] * 2
    if tokens[head].relation == "amod" and expression.value.endswith("_REF"):
        return None  # "recent" of "noting recent reports" is the reports' alone
    if node < 0 or tokens[node].upos not in ("NOUN", "PROPN", "NUM", "ADJ", "ADV", "SYM"):
        return None
    return _through_noun(head, node, expression, chain, tokens)


def _is_aim(expression: TimeExpression, tokens: Sequence[Token]) -> bool:
    """In "called talks for Friday" and "seeks a seat for 2024-2025" the time is what the act is for, not the act's."""
    i = expression.first - 1
    while i > 0 and tokens[i].text.lower() in ("the", "term", "period", "years"):
        i -= 1
    words = {token.text.lower() for token in tokens[expression.first : expression.last]}
    return i >= 0 and tokens[i].text.lower() == "for" and not expression.vague and not words & {"last", "past"}


def _through_noun(
    head: int, node: int, expression: TimeExpression, chain: dict[int, int], tokens: Sequence[Token]
) -> int | None:
    """A time on a noun counts for the verb over it where the noun is a circumstance ("at talks on Tuesday"), or where
    it stands behind the noun as an adverbial would ("signed it on Tuesday"); not in "condemned Tuesday's attack".
    """
    noun = tokens[node]
    for _ in range(3):
        over = noun.head
        if over in chain:
            break
        if over < 0 or noun.relation not in ("nmod", "obl", "compound", "appos", "flat", "nmod:unmarked"):
            return None
        noun = tokens[over]
    if noun.head not in chain:
        return None
    rank = chain[noun.head] * 2 + 1
    interval = expression.interval
    daily = interval is not None and (
        interval.granularity in ("day", "time", "week")
        or (interval.granularity == "range" and len(interval.edtf) == 21)
    )
    behind = head > node and tokens[head].relation in (
        "nmod",
        "nmod:unmarked",
        "nmod:tmod",
        "nmod:npmod",
        "obl:unmarked",
    )
    if noun.relation in ("obl", "nmod") and _is_circumstance(noun.index, tokens):
        return rank
    named = noun.relation == "nsubj" and noun.upos == "PROPN"  # "Egypt on Sunday accused"
    if noun.relation in ("obj", "obl", "nsubj:pass", "iobj", "nsubj", "nmod") and behind and daily:
        return rank + 1 if node > 0 or named else None
    return None


def _is_circumstance(node: int, tokens: Sequence[Token]) -> bool:
    case = preposition_of(node, tokens)
    return case is not None and case.text.lower() in _PLACING
