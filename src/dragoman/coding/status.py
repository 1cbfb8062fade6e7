"""Did it happen? actual, future or hypothetical; negated or not.

In: the trigger of an event and the reader of its sentence. Out: its status with the reasons. Method: the trigger's own
auxiliaries, negations, modifiers and conjunctions are read, then whether it stands in a condition's consequence or
is a command; then every word above it in the tree that takes it as an argument and that the lexicon's operators know
("plans to", "failed to", "no evidence that") has its say, from the inside out; last, whether the sentence asks. An
operator of effect `actual` ("began", "attended") passes on its own reality; a judged act ("condemned the attack")
has no operator and took place. Where no rule speaks of a verb, the network's belief that it did not happen counts
when strong; it also settles whether an act for whose sake something was done took place.

It does not know dates (the coder turns an "actual" event dated after the report into a future one) nor history, and
a denial is left to the speech room: who denies an act takes a stance, and does not undo it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.events import holds
from dragoman.coding.roles import PartyFinder
from dragoman.knowledge.lexicon import Lexicon, Operator
from dragoman.values import Span, Status, Step

_MAXIMAL_CLIMB = 24
_SAYING = ("ccomp", "parataxis")
_CLAUSES_ASIDE = ("advcl", "acl:relcl", "advcl:relcl", "acl")
_WORDS_OF_REALITY = frozenset({"aux", "advmod", "det", "mark", "cc", "case", "amod", "cop"})
_ARGUMENTS = frozenset({"nsubj", "nsubj:pass", "obj"})
_PRESENT = frozenset({"VBZ", "VBP", "VBG"})
_IF = frozenset({"if", "unless", "provided"})
_WHILE_TO_COME = frozenset({"when", "once", "after", "before", "until", "till", "as_soon_as"})
_FUTURE_IN_PAST = frozenset({"would"})
_BE_TO = "be-to"  # "is to meet": no row, the words are too common for one

# Measured on UDS dev, where no rule speaks: of verbs with a belief under 0.2, 205 of 214 had not happened; of
# infinitives of purpose with a belief above 0.7, 29 of 32 had (benchmarks/realis.py).
_DISBELIEF = 0.2
_BELIEF = 0.7


@dataclass(frozen=True, slots=True)
class StatusReading:
    """What was read of one event's reality, and why."""

    status: Status
    negated: bool
    steps: tuple[Step, ...]


class _Tally:
    """The state of a climb from the trigger to the root."""

    __slots__ = ("negated", "reader", "status", "steps")

    def __init__(self, reader: ClauseReader) -> None:
        self.reader = reader
        self.status: Status = "actual"
        self.negated = False
        self.steps: list[Step] = []

    def note(self, rule: str, token: int, note: str = "") -> None:
        word = self.reader.tokens[token]
        self.steps.append(Step("status", rule, (Span(word.text, word.start, word.end),), note))

    def weaken(self, status: Status, rule: str, token: int) -> None:
        """Hypothetical outweighs future, and future actual."""
        if status == "hypothetical" or self.status == "actual":
            self.status = status
        self.note(rule, token)

    def negate(self, rule: str, token: int) -> None:
        self.negated = not self.negated
        self.note(rule, token)

    def undo(self, rule: str, token: int) -> None:
        """ "cancelled plans to", "thwarted a plot to": what was meant to be did not come about."""
        if self.status != "actual":
            self.status, self.negated = "actual", False
        self.negate(rule, token)


def status_of(token: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon) -> StatusReading:
    """The status of the event whose trigger is the word at `token`."""
    tally = _Tally(reader)
    _read_own_words(token, tally, lexicon)
    _read_command(token, tally)
    top = _climb(token, tally, finder, lexicon)
    _read_question(top, tally)
    word = reader.tokens[token]
    if not tally.steps and word.upos == "VERB" and word.happened < _DISBELIEF:
        futurate = word.xpos in _PRESENT and word.relation not in _CLAUSES_ASIDE
        tally.status = "future" if futurate else "hypothetical"
        tally.note("network", token, f"happened {word.happened:.2f}")
    return StatusReading(tally.status, tally.negated, tuple(tally.steps))


def _climb(token: int, tally: _Tally, finder: PartyFinder, lexicon: Lexicon) -> int:
    """Lets the words above have their say; returns the word at which the climb ended."""
    reader = tally.reader
    child = token
    for _ in range(_MAXIMAL_CLIMB):
        word = reader.tokens[child]
        head, relation = word.head, word.relation
        if head < 0:
            return child
        if relation == "conj":
            child = _climb_conjunct(child, head, tally, lexicon)
            continue
        operator = _operator_over(child, head, reader, finder, lexicon)
        if operator is not None:
            _apply(operator, head, reader.tokens[head].upos, tally)
        elif relation in ("xcomp", "acl", "advcl") and _is_infinitive(child, reader):
            _read_purpose(child, relation, tally)
        elif relation == "advcl":
            _read_time_clause(child, head, tally, lexicon)
        if operator is None and (relation in _SAYING or relation in _CLAUSES_ASIDE):
            return head if relation == "ccomp" and not tally.steps else -1
        if operator is not None and operator.effect == "actual" and _has_no(head, reader):
            return -1
        if operator is not None or relation == "xcomp" or _is_light(child, head, reader):
            _read_own_words(head, tally, lexicon)
        elif reader.tokens[head].upos in ("VERB", "AUX"):
            return child if relation not in _ARGUMENTS else head
        child = head
    return child


def _climb_conjunct(child: int, head: int, tally: _Tally, lexicon: Lexicon) -> int:
    """A conjunct shares the modal of the first verb unless it has its own subject ("will visit X and meet Y")."""
    reader = tally.reader
    own = reader.child(child, "nsubj", "nsubj:pass", "aux", "aux:pass", "cop")
    if own is not None or reader.tokens[child].upos != "VERB":
        return head
    bare = reader.tokens[child].xpos in ("VB", "VBN", "VBG")
    for sibling in reader.children(head):
        word = reader.tokens[sibling]
        if word.relation != "aux" or sibling > child or not bare:
            continue
        for operator in lexicon.operators.get((word.lemma.lower(), word.upos), ()):
            if operator.slot == "self" and operator.effect in ("future", "hypothetical"):
                tally.weaken(_modal_status(operator, head, reader, lexicon), operator.id, sibling)
                break
    return head


def _is_light(child: int, head: int, reader: ClauseReader) -> bool:
    return reader.tokens[child].upos == "NOUN" and reader.light_verb(child) == head


def _is_infinitive(index: int, reader: ClauseReader) -> bool:
    """ "to meet", "for the minister to resign"."""
    if reader.tokens[index].xpos != "VB":
        return False
    return any(reader.tokens[c].lemma.lower() == "to" for c in reader.children(index) if c < index)


# the words under a trigger


def _read_own_words(token: int, tally: _Tally, lexicon: Lexicon) -> None:
    """Auxiliaries, negations, modifiers and conjunctions directly under a word, and "no" under its arguments."""
    reader = tally.reader
    modal = False
    for child in reader.children(token):
        word = reader.tokens[child]
        relation = word.relation.partition(":")[0]
        if word.relation in _ARGUMENTS:
            _read_none(child, tally, lexicon)
            continue
        if relation not in _WORDS_OF_REALITY:
            continue
        if relation in ("cop", "aux") and word.lemma.lower() == "be" and _is_infinitive(token, reader):  # "is to meet"
            _read_be_to(token, child, tally)
            continue
        operator = _own_operator(child, lexicon, reader)
        if operator is None:
            continue
        if operator.effect == "negated":
            tally.negate(operator.id, child)
        elif operator.effect in ("future", "hypothetical"):
            modal = modal or relation == "aux"
            _read_modal(operator, child, token, tally, lexicon)
    if modal or reader.tokens[token].xpos in ("VBZ", "VBP"):
        _read_condition(token, tally)


def _own_operator(child: int, lexicon: Lexicon, reader: ClauseReader) -> Operator | None:
    """The row of a word that changes the status of its own head."""
    word = reader.tokens[child]
    lemma = word.lemma.lower()
    rows = lexicon.operators.get((lemma, word.upos), ())
    if not rows and word.relation in ("mark", "case"):  # "instead of" is an adverb by its tag
        rows = lexicon.operators.get((lemma, "SCONJ"), ())
    for operator in rows:
        if operator.slot == "self":
            return operator
    return None


def _read_none(argument: int, tally: _Tally, lexicon: Lexicon) -> None:
    """ "No soldier was withdrawn", "neither A nor B has recognised", "nobody was hurt"."""
    reader = tally.reader
    places = [argument, *(c for c in reader.children(argument) if reader.tokens[c].relation in ("det", "cc:preconj"))]
    for place in places:
        operator = _own_operator(place, lexicon, reader)
        if operator is not None and operator.effect == "negated":
            tally.negate(operator.id, place)
            return


def _read_modal(operator: Operator, modal: int, verb: int, tally: _Tally, lexicon: Lexicon) -> None:
    status = _modal_status(operator, verb, tally.reader, lexicon)
    tally.weaken(status, operator.id, modal)
    reader = tally.reader
    perfect = any(reader.tokens[c].lemma.lower() == "have" for c in reader.children(verb) if modal < c < verb)
    if perfect and operator.lemma in ("would", "should"):  # "would have signed": and did not
        tally.negate("counterfactual", modal)


def _modal_status(operator: Operator, verb: int, reader: ClauseReader, lexicon: Lexicon) -> Status:
    if operator.effect == "future":
        return "future"
    if operator.lemma not in _FUTURE_IN_PAST:
        return "hypothetical"
    return "future" if _is_reported(verb, reader) or _is_to_come(verb, reader, lexicon) else "hypothetical"


def _is_to_come(verb: int, reader: ClauseReader, lexicon: Lexicon) -> bool:
    """ "would meet them next month": a time to come stands beside the verb, and no condition."""
    head = reader.tokens[verb].head
    shared = reader.children(head) if reader.tokens[verb].relation == "conj" and head >= 0 else []
    for child in (*reader.children(verb), *shared):
        if reader.tokens[child].relation.partition(":")[0] not in ("obl", "advmod", "nmod"):
            continue
        for place in (child, *reader.children(child)):
            operator = _own_operator(place, lexicon, reader)
            if operator is not None and operator.effect == "future":
                return _condition_of(verb, reader) is None
    return False


def _is_reported(token: int, reader: ClauseReader) -> bool:
    """ "said it would withdraw": a future told in the past, unless a condition stands beside it."""
    while reader.tokens[token].relation == "conj" and reader.tokens[token].head >= 0:
        token = reader.tokens[token].head
    comment = reader.child(token, "parataxis")
    reported = reader.tokens[token].relation in _SAYING or (
        comment is not None and reader.child(comment, "nsubj") is not None
    )
    return reported and _condition_of(token, reader) is None


def _condition_of(token: int, reader: ClauseReader) -> int | None:
    """The "if" of a condition that the verb at `token` depends on; not "even if"."""
    for child in reader.children(token):
        if reader.tokens[child].relation != "advcl":
            continue
        for grand in reader.children(child):
            word = reader.tokens[grand]
            if word.relation == "mark" and word.lemma.lower() in _IF and not _has_even(grand, reader):
                return grand
    return None


def _has_even(mark: int, reader: ClauseReader) -> bool:
    return mark > 0 and reader.tokens[mark - 1].lemma.lower() in ("even", "as")


def _read_condition(token: int, tally: _Tally) -> None:
    """ "If A leaves, B will follow": the consequence is as uncertain as the condition."""
    mark = _condition_of(token, tally.reader)
    if mark is not None:
        tally.weaken("hypothetical", "condition", mark)


def _read_be_to(token: int, copula: int, tally: _Tally) -> None:
    """ "is to travel" is a plan; "was to travel, but" one that came to nothing."""
    reader = tally.reader
    if reader.tokens[copula].xpos == "VBD":
        for child in reader.children(token):
            if reader.tokens[child].relation == "conj" and any(
                reader.tokens[c].lemma.lower() == "but" for c in reader.children(child)
            ):
                tally.undo(f"{_BE_TO}:but", copula)
                return
    tally.weaken("future", _BE_TO, copula)


def _read_command(token: int, tally: _Tally) -> None:
    """ "Release the hostages now.": a bare verb without a subject."""
    reader = tally.reader
    word = reader.tokens[token]
    if word.xpos != "VB" or word.relation not in ("root", "parataxis") or tally.steps:
        return
    relations = {reader.tokens[c].relation.partition(":")[0] for c in reader.children(token)}
    if relations.isdisjoint(("nsubj", "aux", "mark", "cop")):
        tally.weaken("hypothetical", "command", token)


# the words above


def _read_purpose(child: int, relation: str, tally: _Tally) -> None:
    """An infinitive under a word that no row knows: "flew to Paris to meet", "an order to leave"."""
    word = tally.reader.tokens[child]
    if relation == "advcl" and word.happened > _BELIEF:
        tally.note("infinitive", child, f"happened {word.happened:.2f}")
    else:
        tally.weaken("future", "infinitive", child)


def _read_time_clause(child: int, head: int, tally: _Tally, lexicon: Lexicon) -> None:
    """ "will meet him when he travels to Paris": a present tense that means the time to come."""
    reader = tally.reader
    first = min([child, *reader.children(child)])
    mark = reader.preposition(child) or reader.tokens[first].lemma.lower()
    if mark not in _WHILE_TO_COME or reader.tokens[child].xpos not in _PRESENT | {"VB"}:
        return
    above = _Tally(reader)
    _read_own_words(head, above, lexicon)
    if above.status != "actual":
        tally.weaken(above.status, "time-clause", first)


def _operator_over(
    child: int, head: int, reader: ClauseReader, finder: PartyFinder, lexicon: Lexicon
) -> Operator | None:
    """The operator row under which the word at `child` stands as an argument of the word at `head`."""
    token = reader.tokens[head]
    pos = "VERB" if token.upos in ("VERB", "AUX") else token.upos
    rows = lexicon.operators.get((token.lemma.lower(), pos))
    if rows is None:
        return None
    slots = reader.slots(head)
    with_subject = slots.get("p:for_to", ())  # "calls for him to resign"
    bare = () if "obj" in slots else slots.get("p:", ())  # an object that the parse calls an oblique
    for row in rows:
        inside = (
            child in slots.get(row.slot, ())
            or (row.slot in ("xcomp", "p:for") and child in with_subject)
            or (row.slot == "obj" and child in bare)
        )
        if inside and all(holds(condition, head, slots, reader, finder) for condition in row.when):
            return row
    return None


def _apply(operator: Operator, head: int, upos: str, tally: _Tally) -> None:
    rule = operator.id
    if operator.effect == "negated":
        if operator.slot == "obj":
            tally.undo(rule, head)
        else:
            tally.negate(rule, head)
    elif operator.effect in ("future", "hypothetical"):
        tally.weaken("future" if operator.effect == "future" else "hypothetical", rule, head)
    elif upos == "NOUN" and _has_no(head, tally.reader):
        tally.weaken("hypothetical", rule, head)  # "no evidence that": nobody knows
    else:
        tally.note(rule, head)


def _has_no(noun: int, reader: ClauseReader) -> bool:
    return any(reader.tokens[c].lemma.lower() == "no" for c in reader.children(noun))


def _read_question(top: int, tally: _Tally) -> None:
    """ "Did they attack?" asks whether; "Why did they attack?" takes it for granted."""
    reader = tally.reader
    if top < 0 or reader.tokens[top].head >= 0 or not any(token.text == "?" for token in reader.tokens[-3:]):
        return
    subject = reader.child(top, "nsubj", "nsubj:pass")
    if subject is None:
        return
    first = min(reader.subtree(subject)[0], top)
    for child in reader.children(top):
        word = reader.tokens[child]
        if child < first and word.relation in ("aux", "aux:pass", "cop") and not _asks_for_more(top, reader):
            tally.weaken("hypothetical", "question", child)
            return


def _asks_for_more(top: int, reader: ClauseReader) -> bool:
    low, _ = reader.subtree(top)
    return any(token.xpos in ("WRB", "WP", "WDT", "WP$") for token in reader.tokens[low : low + 4])
