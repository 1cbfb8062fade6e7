"""An event as a sentence in plain words: "Sergey Lavrov (Russia) conferred with India, in Moscow, according to Tass".

In: a row of `events`. Out: plain text. Codes become names; who acts, what is only planned, possible or denied, and who
says so are kept apart. It words what the row says and judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.explore.brief_asking import Row, Who, parties_of, parts_of
from dragoman.explore.dates import edtf_text, span_text
from dragoman.knowledge.actors import ActorTables
from dragoman.knowledge.ontology import Ontology
from dragoman.knowledge.wording import Act, Wording
from dragoman.record.filters import NAME

_MOST_NAMES = 5
_MOST_QUOTE = 320
_NOBODY = "an unnamed party"
_UNDERTAKINGS = ("AGREE", "CONCEDE")
_SIZES = (("dead", "dead"), ("injured", "injured"), ("arrested", "arrested or detained"))


@dataclass(frozen=True, slots=True)
class Words:
    """All that sentences are made with."""

    wording: Wording
    actors: ActorTables
    ontology: Ontology
    pronouns: frozenset[str]
    vague: frozenset[str]  # those of the third person: whom they mean may be misread

    def name_of(self, code: str) -> str:
        """The name of a party's code, without article; the code itself where no table has it."""
        if code.startswith(NAME):
            return code.removeprefix(NAME)
        entity = self.actors.entities.get(code)
        return entity.name if entity is not None else code

    def who(self, each: Who) -> tuple[str, str]:
        """An actor as it stands in a sentence, and whose it is: "the State Department", "United States".

        The owner is empty where it is the actor itself. Pronouns name nobody, and stand for their owner.
        """
        entity = self.actors.entities.get(each.id)
        owner = self.name_of(each.party or each.country) if each.party or each.country else ""
        if entity is not None:
            return self.wording.with_article(entity.name), "" if owner == entity.name else owner
        if self.is_pronoun(each.name):
            return (self.wording.with_article(owner) if owner else _NOBODY), ""
        article = each.text.lower() == f"the {each.name.lower()}"  # as the text has it: "the warships"
        return (f"the {each.name}" if article else each.name) or _NOBODY, "" if owner == each.name else owner

    def is_pronoun(self, name: str) -> bool:
        """Whether a name names nobody: "they", "our partners"."""
        first = name.split(" ", maxsplit=1)[0].strip("’'").lower()
        return name.lower() in self.pronouns or first in self.pronouns

    def all_of(self, row: Row, role: str) -> list[str]:
        """The actors or recipients of an event, none twice, those of one owner together: "A and B (China)".

        A state goes out where somebody of it is named beside it; "(China?)" is an owner that the text does not say.
        """
        inferred = {name for name, *_ in row.get("inferred") or ()}
        known = ((*self.who(each), "?" if each.name in inferred else "") for each in parties_of(row, role))
        pairs = list(dict.fromkeys((name, owner + mark if owner else "") for name, owner, mark in known))
        owners = {self.wording.with_article(owner) for _, owner in pairs if owner}
        owned: dict[str, list[str]] = {}
        for name, owner in pairs:
            if owner or name not in owners:
                owned.setdefault(name, []).append(owner)
        groups: dict[tuple[str, str], list[str]] = {}
        for name, its in owned.items():
            owner = joined([each for each in its if each])
            groups.setdefault((owner, "" if owner else name), []).append(name)
        return [f"{joined(names)} ({owner})" if owner else name for (owner, name), names in groups.items()]


def joined(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """ "India, China and Russia"; of long lists the first ones, and how many others."""
    if len(names) > most:
        rest = len(names) - most + 1
        names = [*names[: most - 1], f"{rest} others"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 event", "2,000 events"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence(row: Row, words: Words) -> str:
    """One event, without its full stop."""
    actors, recipients = words.all_of(row, "actor"), words.all_of(row, "recipient")
    recipients = [each for each in recipients if each not in actors]  # nobody acts on himself
    act = words.wording.act(row["event"], parts_of(row, "modes"), row["cameo"])
    inner = words.wording.act(row["about_event"], parts_of(row, "about_modes")) if row["about_event"] else None
    several = len(parts_of(row, "actor_names")) > 1
    verb, rest = _predicate(row, act, inner, words, joined(recipients), several=several)
    told = f"{joined(actors) or _NOBODY} {verb}{rest}"
    spoken = (inner if inner is not None and row["event"] in _UNDERTAKINGS else act).part == "said"
    where = "" if spoken else _place(row, actors + recipients)  # of words, it is mostly whom they mean: "told Beijing"
    return told[:1].upper() + told[1:] + where + _size(row) + _according_to(row, words)


def _predicate(row: Row, act: Act, inner: Act | None, words: Words, whom: str, *, several: bool) -> tuple[str, str]:
    """The verb in its tense, and what follows it."""
    event = row["event"]
    if inner is not None and event in _UNDERTAKINGS:
        if row["status"] == "future":
            return _filled(_verb(row, inner, several=several), whom or "others"), _to(inner, whom)
        rest = f" {_filled(inner.do, whom or 'others')}{_to(inner, whom)}"
        return _verb(row, _bare("agreed to", "agree to"), several=several), rest
    friendly = inner is not None and words.ontology.quad(row["about_event"]) in (1, 2)
    if inner is not None and (event in ("REJECT", "THREATEN", "ACCUSE") or (event == "REQUEST" and friendly)):
        return _said_of_act(row, inner, whom, several=several)
    if not whom:
        plain = row["status"] == "actual" and not row["negated"]
        if plain and not (several and act.to):
            return act.alone, ""
        return _filled(_verb(row, act, several=several), "others"), ""
    return _filled(_verb(row, act, several=several), whom), _to(act, whom)


def _said_of_act(row: Row, inner: Act, whom: str, *, several: bool) -> tuple[str, str]:
    """A request, refusal, threat or charge with the act inside it.

    Requests for hostile acts never come here: to ask for one and to ask for its end look alike in the codes.
    """
    event = row["event"]
    if event == "REQUEST":
        verb = ("called on", "call on") if whom else ("called for", "call for")
        rest = f" {whom} to {_filled(inner.do, 'others')}" if whom else f" {inner.act}"
    elif event == "REJECT":
        verb, rest = ("rejected", "reject"), f" {inner.act}" + (f", towards {whom}" if whom else "")
    elif event == "THREATEN":
        verb, rest = ("threatened", "threaten"), f" {whom} with {inner.act}" if whom else f" {inner.act}"
    elif "allege" in parts_of(row, "modes"):
        verb, rest = ("accused", "accuse"), f" {whom or 'somebody'} of {inner.act}"
    else:
        verb, rest = ("criticised", "criticise"), f" {whom} over {inner.act}" if whom else f" {inner.act}"
    return _verb(row, _bare(*verb), several=several), rest


def _bare(did: str, do: str) -> Act:
    return Act("", "said", did, do, "", did, "", "")


def _filled(verb: str, whom: str) -> str:
    """A verb that has room for whom: "called on {} to give way"."""
    return verb.replace("{}", whom)


def _verb(row: Row, act: Act, *, several: bool) -> str:
    """Past for what happened; "is to" for what is announced, "may" for what is possible; "not" where it is denied."""
    no = " not" if row["negated"] else ""
    if row["status"] == "future":
        return f"{'are' if several else 'is'}{no} to {act.do}"
    if row["status"] == "hypothetical":
        return f"may{no} {act.do}"
    return f"did not {act.do}" if no else act.did


def _to(act: Act, whom: str) -> str:
    return f" {act.to} {whom}".replace("  ", " ") if whom and "{}" not in act.do else ""


def _place(row: Row, parties: Sequence[str]) -> str:
    place = row["place"]
    if not place or any(place in party for party in parties):
        return ""
    return f", in {place}"


def _size(row: Row) -> str:
    counts = [f"{row[column]:,} {word}" for column, word in _SIZES if row[column] is not None]
    return f" ({', '.join(counts)})" if counts else ""


def _according_to(row: Row, words: Words) -> str:
    """Who says so: the innermost speaker, and who passes it on. Nobody where the actor speaks for himself."""
    if not row["speakers"]:
        return ""
    actors, names = parts_of(row, "actor_names"), row["speakers"].split("|")
    stances = [*parts_of(row, "stances"), *[""] * len(names)]
    told = [
        ("an unnamed source" if not name or words.is_pronoun(name) else words.wording.with_article(name), stance)
        for name, stance in zip(names, stances, strict=False)
        if name not in actors
    ]
    if not told:
        return ""
    name, stance = told[-1]
    passed_on = f", as told by {told[-2][0]}" if len(told) > 1 and told[-2][0] != name else ""
    if stance == "denies" and not row["negated"]:
        return f"; {name} denied it{passed_on}"
    if stance == "doubts":
        return f"; {name} doubted it{passed_on}"
    return f", according to {name}{passed_on}"


def is_denied(row: Row) -> bool:
    """Told not to be so, or denied by somebody."""
    return bool(row["negated"]) or "denies" in parts_of(row, "stances")


def when_text(row: Row) -> str:
    """The day; "Reported on" where the text names none."""
    if row["date_start"] is None:
        return "Day not known"
    told = span_text(row["date_start"], row["date_end"] or row["date_start"], row["date_granularity"])
    if row["date_basis"] == "publication":
        return f"Reported on {told}"
    return told[:1].upper() + told[1:]


def quote_text(row: Row, most: int = _MOST_QUOTE) -> str:
    """The sentence of the report; of a long one the part around the words that tell of the event."""
    quote = " ".join((row["quote"] or "").split())
    if len(quote) <= most:
        return quote
    trigger = " ".join((row["trigger"] or "").split())
    at = max(quote.find(trigger), 0)
    start = max(0, min(at - most // 2, len(quote) - most))
    end = start + most
    if start:
        start = quote.find(" ", start) + 1
    if end < len(quote):
        end = quote.rfind(" ", start, end)
        end = end if end > start else start + most
    return f"{'[…] ' if start else ''}{quote[start:end].strip()}{' […]' if end < len(quote) else ''}"


_FIELDS: Mapping[str, str] = {  # of an event, as the merger names them
    "event": "What kind of act",
    "actors": "Who acts",
    "recipients": "On whom or with whom",
    "date": "When",
    "place": "Where",
    "dead": "How many dead",
    "injured": "How many injured",
    "arrested": "How many arrested or detained",
}


_COUNTS = ("date", "dead", "injured", "arrested")  # fields in which one outlet may correct itself


def conflict_lines(conflicts: str | None, words: Words) -> list[str]:
    """Which field is told how, and by whom: "Where: Delhi (3 mentions; A, B), or Mumbai (1 mention; C)".

    In: what the merger keeps, as JSON. Left out are words that name nobody, and what one and the same outlet tells both
    ways, but for days and numbers: there it may have been mended.
    """
    try:
        known = json.loads(conflicts or "{}")
    except ValueError:
        return []
    lines = []
    for name, values in known.items() if isinstance(known, dict) else ():
        told = [each for each in values if not any(words.is_pronoun(part) for part in str(each["value"]).split("|"))]
        outlets = {tuple(each.get("publishers") or ()) for each in told}
        if len(told) < 2 or (name not in _COUNTS and len(outlets) < 2):
            continue
        parts = [
            f"{_value_text(name, each['value'], words)} "
            f"({'; '.join(filter(None, (counted(each.get('mentions') or 0, 'mention'), _outlets(each))))})"
            for each in told
        ]
        lines.append(f"{_FIELDS.get(name, name.replace('_', ' ').capitalize())}: {', or '.join(parts)}")
    return lines


def _outlets(told: Mapping[str, Any]) -> str:
    return joined([str(name) for name in told.get("publishers") or () if name], most=4)


def _value_text(field: str, value: Any, words: Words) -> str:
    if value is None or value == "":
        return "not said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return joined([_value_text(field, each, words) for each in value])
    text = str(value)
    if field in ("event", "about_event"):
        known = words.wording.acts.get((text, "", ""))
        return known.label.lower() if known is not None else text
    if field == "date":
        return edtf_text(text)
    named = [words.name_of(code) for code in text.split("|")]
    return joined(list(dict.fromkeys(named)))


def inferred_text(row: Row, words: Words) -> str:
    """What the text does not say itself: whom a pronoun means, and whose somebody is; empty where it says all."""
    told = []
    for role in ("actor", "recipient"):
        meant: dict[str, list[str]] = {}
        for each in parties_of(row, role):
            if each.text.lower() in words.vague and not words.is_pronoun(each.name):
                meant.setdefault(each.text.lower(), []).append(each.name)
        told += [f"“{text}” is read as {joined(list(dict.fromkeys(names)))}" for text, names in meant.items()]
    for name, party, country in row.get("inferred") or ():
        owner = words.wording.with_article(words.name_of(party or country)) if party or country else ""
        if owner and not words.is_pronoun(name):
            told.append(f"that “{name}” belongs to {owner} is inferred")
    line = "; ".join(dict.fromkeys(told))
    return f"{line[:1].upper()}{line[1:]}." if line else ""
