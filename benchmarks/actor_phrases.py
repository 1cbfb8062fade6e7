"""Who a phrase means on a day: `python -m benchmarks actor-phrases [PATH]`.

In: JSON lines {"text", "phrase", "start", "end", "published", "party" (a code, several joined by +, or null), "sector",
"person" (full name or null), "why"}; by default `tests/cases/actor_phrases.jsonl`, written without sight of the rules.
Each phrase is read twice: inside its sentence, as `dragoman code` reads it (a party of an event has the country that it
is given there), and alone, as `dragoman actor` does. Out: the share of phrases with the right party, sector and
person, and with all three.

A person is right with the same name after folding, or any spelling in the tables; where no person is expected, a name
that only the text gives is no mistake. A party is right by its own code, by its country (Hamas: PSE), or, for a body of
no country, by its class (IGO, NGO, MNC, IMG: an armed group of no one country). Sectors are compared by what the codes
mean: a state that stands by itself ("France agreed") has none with us, and is right where none or its government (GOV,
as PLOVER codes it) is expected; a company across borders (MNC, which is a class) is business (BUS); files that write
CAMEO's codes call media MED and health HLH, which are JRN and MED here. An article before the phrase ("the French
president") is no difference.

Errors of the first half of our file may be read; the second half is only ever scored, so that a figure of unread
phrases remains (`unread`).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.coding.actor_phrases import ActorIdentifier
from dragoman.coding.coder import Analysis, Coder
from dragoman.errors import DragomanError
from dragoman.knowledge.offices import OfficeTables, fold
from dragoman.values import Actor, Mention

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "actor_phrases.jsonl"
FIELDS = ("party", "sector", "person")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one phrase; `claimed` says whether a row of the tables names the person."""

    parties: tuple[frozenset[str], ...]  # of each actor the codes by which it may be called
    sectors: frozenset[str]  # with states that stand by themselves as governments
    stated: frozenset[str]  # as they are coded
    persons: tuple[str, ...]
    claimed: bool


NOBODY = Answer((), frozenset(), frozenset(), (), False)
CLASSES = frozenset({"IGO", "NGO", "MNC", "IMG"})
ARMED = frozenset({"REB", "UAF"})
# What a file's sector may be with us, where it is not the same code.
ALIKE = {"MED": frozenset({"MED", "JRN"}), "HLH": frozenset({"MED"}), "BUS": frozenset({"BUS", "MNC"})}
ARTICLES = frozenset({"the", "a", "an"})
READ = 400  # rows whose errors may be read


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file. Raises ValueError where a phrase does not stand at its place."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, row in enumerate(rows, 1):
        if row["text"][row["start"] : row["end"]] != row["phrase"]:
            raise ValueError(f"{path.name}, line {number}: {row['phrase']!r} is not at {row['start']}")
    return rows


def answer_of(actors: Iterable[Actor], names: Iterable[str] = ()) -> Answer:
    """One answer out of the actors of a phrase; `names`: persons whom the text alone names."""
    found = tuple(actors)
    known = tuple(actor.name for actor in found if ":person:" in actor.id)
    return Answer(
        tuple(codes for actor in found if (codes := codes_of(actor))),
        frozenset(sector for actor in found if (sector := sector_of(actor)) is not None),
        frozenset(actor.sector for actor in found if actor.sector is not None),
        known or tuple(names),
        bool(known),
    )


def sector_of(actor: Actor) -> str | None:
    """An actor's sector; a state that stands by itself is its government."""
    itself = actor.party is not None and actor.id == actor.party == actor.country
    return "GOV" if actor.sector is None and itself else actor.sector


def codes_of(actor: Actor) -> frozenset[str]:
    """The codes by which an actor's party may be called: its own, its country's, or the class of a body of none."""
    own = frozenset(code for code in (actor.party, actor.country) if code is not None)
    if actor.country is not None or actor.sector is None:
        return own
    return own | ({actor.sector} & CLASSES) | ({"IMG"} if own and actor.sector in ARMED else frozenset())


def party_right(wanted: frozenset[str], answer: Answer) -> bool:
    """Whether each party wanted is one of those found, and none is found besides."""
    told = answer.parties
    return all(any(code in codes for codes in told) for code in wanted) and all(codes & wanted for codes in told)


def in_sentence(row: Mapping[str, Any], coder: Coder) -> Answer:
    """The answer of the mentions that cover the phrase in its sentence, with the countries that their events give."""
    try:
        analysis = coder.analyse(coder.read(row["text"], published=row["published"]))
        events = coder.code_analysis(analysis)
    except DragomanError:
        return NOBODY
    parties = [party for event in events for party in (*event.actors, *event.recipients)]
    given = {(each.start, each.end): each.actor for each in parties if each.actor.party is not None}
    chosen = covering(analysis, row["start"], row["end"])
    actors = dict.fromkeys(
        given.get((mention.start, mention.end), actor) if actor.party is None else actor
        for mention in chosen
        for actor in mention.actors
    )
    names = [a.name for m in chosen for a in m.actors if m.kind == "name" and a.id.startswith("text:")]
    return answer_of(actors, names)


def covering(analysis: Analysis, start: int, end: int) -> list[Mention]:
    """The mention of just these words, with an article or without, or of these and more behind them ("police in Lima");
    else the outermost ones inside them; else the narrowest one around them.
    """
    mentions = analysis.mentions
    here = [one for one in mentions if one.end >= end and (one.start == start or _is_article(one, start))]
    exact = [one for one in here if one.end == end]
    longer = [one for one in here if start <= analysis.sentences[one.sentence].tokens[one.head].start < end]
    if exact or longer:
        return (exact or longer)[:1]
    inside = [one for one in mentions if start <= one.start and one.end <= end]
    outermost = [
        one for one in inside if not any(o is not one and o.start <= one.start and one.end <= o.end for o in inside)
    ]
    around = [one for one in mentions if one.start <= start and end <= one.end]
    heads = [one for one in mentions if one.start < end and start < one.end]
    return outermost or sorted(around or heads, key=lambda one: one.end - one.start)[:1]


def _is_article(mention: Mention, start: int) -> bool:
    """Whether all that a mention has before `start` is an article."""
    return mention.start < start and mention.text[: start - mention.start].strip().lower() in ARTICLES


def alone(row: Mapping[str, Any], identifier: ActorIdentifier) -> Answer:
    """The answer for the bare phrase on the same day."""
    try:
        found = identifier.identify(row["phrase"], row["published"])
    except DragomanError:
        return NOBODY
    names = [each.person for each in found.actors if each.person is not None]
    return answer_of([each.actor for each in found.actors], names)


def verdict(row: Mapping[str, Any], answer: Answer, offices: OfficeTables) -> dict[str, bool]:
    """Which fields are right."""
    wanted = frozenset(row["party"].split("+")) if row["party"] else frozenset()
    sector = frozenset((row["sector"],)) if row["sector"] else frozenset()
    meant = ALIKE.get(row["sector"] or "", sector)
    return {
        "party": party_right(wanted, answer),
        "sector": sector in (answer.sectors, answer.stated) or (bool(answer.sectors) and answer.sectors <= meant),
        "person": person_right(row["person"], answer, offices),
    }


def person_right(wanted: str | None, answer: Answer, offices: OfficeTables) -> bool:
    """Whether the one person found is the one wanted, by any spelling of his; nobody claimed where nobody is wanted."""
    if wanted is None:
        return not answer.claimed
    if len(answer.persons) != 1:
        return False
    found = answer.persons[0]
    spellings = {fold(name) for holder in offices.holders_named(found) for name in (holder.name, *holder.variants)}
    return fold(wanted) in {fold(found), *spellings} or any(h.name == found for h in offices.holders_named(wanted))


def shares(verdicts: Sequence[Mapping[str, bool]]) -> dict[str, float]:
    """The share of each field, and of all three together."""
    total = max(len(verdicts), 1)
    found = {field: round(sum(v[field] for v in verdicts) / total, 4) for field in FIELDS}
    return {**found, "all": round(sum(all(v.values()) for v in verdicts) / total, 4)}


def measure(coder: Coder, path: Path | None = None, *, errors: int = 0) -> dict[str, Any]:
    """Figures over all rows of a file; `errors`: so many mistakes are told on stderr."""
    rows = read_rows(path or CASES)
    identifier = ActorIdentifier(coder.knowledge, coder.language, coder.network)
    offices = coder.knowledge.offices
    answers = {"sentence": [in_sentence(row, coder) for row in rows], "alone": [alone(row, identifier) for row in rows]}
    figures: dict[str, Any] = {"phrases": len(rows), "with_person": sum(row["person"] is not None for row in rows)}
    for way, given in answers.items():
        verdicts = [verdict(row, answer, offices) for row, answer in zip(rows, given, strict=True)]
        named = [v["person"] for row, v in zip(rows, verdicts, strict=True) if row["person"] is not None]
        figures[way] = {**shares(verdicts), "person_where_named": round(sum(named) / max(len(named), 1), 4)}
        wrong = [each for each in zip(rows, given, verdicts, strict=True) if not all(each[2].values())]
        kinds = Counter(field for _, _, v in wrong for field in FIELDS if not v[field])
        figures[way]["wrong"] = dict(sorted(kinds.items()))
        if path is None:
            figures[way]["unread"] = shares(verdicts[READ:])
        may_be_read = {row["id"] for row in rows[:READ]} if path is None else {row.get("id") for row in rows}
        for row, answer, v in [each for each in wrong if each[0].get("id") in may_be_read][:errors]:
            missed = ",".join(field for field in FIELDS if not v[field])
            parties = "+".join("/".join(sorted(codes)) for codes in answer.parties)
            said = f"{parties}|{'+'.join(sorted(answer.sectors))}|{'; '.join(answer.persons)}"
            wanted = f"{row['party']}|{row['sector']}|{row['person']}"
            print(f"{way} {missed}: {row['published']} {row['phrase']!r}: {said} for {wanted}\n    {row['text']}",
                  file=sys.stderr)  # fmt: skip
    return figures
