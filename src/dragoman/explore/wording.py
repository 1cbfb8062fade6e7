"""Steps in plain English. In: the steps of an event. Out: one sentence each, with the row id in brackets at its end.

It words what stands in a step and adds nothing; a stage or rule that it does not know is shown as it stands.
"""

from __future__ import annotations

import re

from dragoman.values import Step

NETWORK = "events.onnx"  # the rule of what the event network decides
_CONDITION = re.compile(r"(?P<row>\S+) \((?P<not>!?)(?P<slot>p:[^:]+|[^:]+)(?::(?P<test>.+))?\)")
_SLOTS = {
    "subj": "who does it",
    "obj": "what it is done to",
    "iobj": "to whom",
    "xcomp": "the act below it",
    "ccomp": "the clause below it",
    "prt": "the particle",
    "poss": "the owner",
    "comp": "the word before it",
    "adj": "the adjective before it",
    "word": "a word of the clause",
    "mod": "a word beside it",
    "act inside": "the act inside it",
}
_LIFTED = {"light": "the verb that it hangs on", "outer": "the clause above"}
_KINDS = {"PARTY": "an actor", "PERSON": "a person", "STATE": "a state", "PLACE": "a place"}
_FLAGS = {"passive": "a passive", "active": "an active verb", "intransitive": "no object"}
_STATUS_RULES = {
    "infinitive": "an act in the infinitive need not have happened",
    "time-clause": "it stands in a clause of time",
    "dated-after-report": "its date lies after the report",
}


def step_text(step: Step) -> str:
    """One step: "the trigger “met” reads as meet (meet-v-5)"."""
    words = ", ".join(f"“{' '.join(span.text.split())}”" for span in step.spans[:3])
    if len(step.spans) > 3:
        words += f" and {len(step.spans) - 3} more"
    worded = _BY_STAGE[step.stage](step, words) if step.stage in _BY_STAGE else None
    if worded is None:
        worded = f"{step.note or 'from'} {words}".strip()
    return f"{worded} ({step.rule.replace('|', ', ')})"


def turned_down_text(choice: str, weight: float) -> str:
    """A reading turned down, and what it wanted: "meet-v-1 wants no object"."""
    if weight:
        return f"{choice}, {weight:.2f}"
    match = _CONDITION.fullmatch(choice)
    if match is None:
        return choice
    return f"{match['row']}, which wants {_condition(match['slot'], match['test'], negated=bool(match['not']))}"


def _condition(slot: str, test: str | None, *, negated: bool) -> str:
    if slot in _FLAGS:
        wanted = _FLAGS[slot]
        return f"anything but {wanted}" if negated else wanted
    where = slot_text(slot)
    if test is None:
        return f"nothing as {where}" if negated else f"something as {where}"
    what = _KINDS.get(test)
    if what is None:
        listed = [word for word in test.split("|") if word != "..."]
        what = ", ".join(f"“{word}”" for word in listed) + (" or the like" if test.endswith("...") else "")
    return f"{'no ' if negated else ''}{what} as {where}"


def slot_text(slot: str) -> str:
    """Slots of the lexicon in words: "obj.poss" is the owner of what it is done to."""
    if "+" in slot:
        return " and ".join(slot_text(part) for part in slot.split("+"))
    if slot.startswith("p:"):
        preposition, _, rest = slot[2:].partition(".")
        phrase = f"what follows “{preposition.replace('_', ' ')}”"
        return f"{slot_text(rest)} of {phrase}" if rest else phrase
    first, _, rest = slot.partition(".")
    if first in _LIFTED and rest:
        return f"{slot_text(rest)} of {_LIFTED[first]}"
    if rest:
        return f"{slot_text(rest)} of {_SLOTS.get(first, first)}"
    return _SLOTS.get(slot, slot)


def _event(step: Step, words: str) -> str:
    if step.rule == NETWORK:
        return f"the network reads {words} as {step.note}"
    return f"{words} reads as {step.note.replace('-', ' ')}"


def _role(step: Step, words: str) -> str | None:
    side, sign, slot = step.rule.partition(":")[2].partition("=")
    if step.rule.startswith(NETWORK):
        return f"the network takes {words} for the {side}, {step.note}"
    return f"{words} as {side}: {slot_text(slot)}" if sign else None


def _identity(step: Step, words: str) -> str:
    sources: list[str] = []
    for row in step.rule.split("|"):
        if row.startswith("h:"):
            sources.append("who held the office that day")
        elif row.startswith("t:"):
            sources.append(f"the title or noun “{row[2:].replace('-', ' ')}”")
        elif row.startswith("geonames:"):
            sources.append("the place that it names")
        elif row.startswith("inferred:"):
            sources.append("inferred from the rest of the report")
        elif "/" in row:
            sources.append("the table of names")
        else:
            sources.append("what was said before")
    return f"{words} is known by {', '.join(dict.fromkeys(sources))}"


def _status(step: Step, words: str) -> str:
    if step.rule == NETWORK:
        return f"how real: the network says {step.note}"
    told = _STATUS_RULES.get(step.rule, step.note)
    return f"how real: {words}" + (f", {told}" if told else "")


def _time(step: Step, words: str) -> str:
    if step.rule == "basis:publication":
        return "no day in the text for it: the day of the report is taken"
    return f"{words} is {step.note}"


def _speech(step: Step, words: str) -> str:
    return f"{words} tells that someone speaks"


def _category(step: Step, words: str) -> str | None:
    if step.rule.startswith(NETWORK):
        return f"the network's leaf action: {step.note.replace('-', ' ')}"
    return step.note if " is coded " in step.note else None


def _shown_by(step: Step, words: str) -> str:
    what = step.note.replace("_", " ")
    return f"{what}: {words}" if words else what


_BY_STAGE = {
    "events": _event,
    "roles": _role,
    "identity": _identity,
    "status": _status,
    "times": _time,
    "speech": _speech,
    "category": _category,
    "mode": _shown_by,
    "context": _shown_by,
}
