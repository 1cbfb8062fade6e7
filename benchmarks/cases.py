"""Our own cases of events, written without sight of the rules: `python -m benchmarks cases`.

In: `tests/cases/events.jsonl` (text, published, events with category, trigger word, parties, status). An
expected event is found when a predicted one of its category has the trigger word inside its own words (or the
light verb's), and parties right when the sets of parties match, any international organisation counting as IGO.
Out: precision, recall and F1, with and without parties, and false events in texts that hold none. Once read for
their errors, cases are no blind test any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.coding.coder import Coder
from dragoman.values import EventMention, Party

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "events.jsonl"
HELD_OUT = CASES.with_name("events_held_out.jsonl")  # only ever scored: nobody reads its errors
_STATE_LENGTH = 3


def read_cases(path: Path = CASES) -> list[dict[str, Any]]:
    """The cases, in the order of the file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def unit(party: Party) -> str | None:
    """The country where there is one, IGO for an organisation; none for what belongs to nobody."""
    if party.actor.country is not None:
        return party.actor.country
    return "IGO" if party.actor.party is not None else None


def units(parties: Iterable[Party]) -> set[str]:
    """The units of one side."""
    return {found for party in parties if (found := unit(party)) is not None}


def wanted(codes: Sequence[str], coder: Coder) -> set[str]:
    """The expected codes of one side, in the same terms."""
    states = {e.party for e in coder.knowledge.actors.entities.values() if e.kind in ("state", "former", "territory")}
    return {code if code in states else "IGO" for code in codes}


def is_found(expected: Mapping[str, Any], event: EventMention, text: str) -> bool:
    """The category is right, and the trigger word stands in the event's words or next to them."""
    start = text.index(expected["trigger"])
    end = start + len(expected["trigger"])
    near = event.trigger.start - 25 < end and event.trigger.end + 25 > start
    return event.event == expected["event"] and near


def parties_right(expected: Mapping[str, Any], event: EventMention, coder: Coder) -> bool:
    """Both sides name the same units."""
    return units(event.actors) == wanted(expected["actors"], coder) and units(event.recipients) == wanted(
        expected["recipients"], coder
    )


def verdict(case: Mapping[str, Any], coder: Coder) -> dict[str, Any]:
    """What one case gives: expected events found, those with parties and with status right, and events too many."""
    events = list(coder.code(case["text"], published=case["published"]))
    left = list(events)
    found = right = status = 0
    missed: list[str] = []
    for expected in case["events"]:
        fits = [event for event in left if is_found(expected, event, case["text"])]
        best = max(fits, key=lambda event: parties_right(expected, event, coder), default=None)
        if best is None:
            missed.append(f"{expected['event']} {expected['trigger']!r}")
            continue
        left.remove(best)
        found += 1
        right += parties_right(expected, best, coder)
        status += best.status == expected["status"] and best.negated == expected["negated"]
    return {"found": found, "right": right, "status": status, "predicted": len(events), "missed": missed, "extra": left}


def measure(coder: Coder, path: Path = CASES) -> dict[str, float | int]:
    """Figures over all cases."""
    cases = read_cases(path)
    verdicts = [verdict(case, coder) for case in cases]
    expected = sum(len(case["events"]) for case in cases)
    predicted = sum(v["predicted"] for v in verdicts)
    found, right = sum(v["found"] for v in verdicts), sum(v["right"] for v in verdicts)
    empty = [v for case, v in zip(cases, verdicts, strict=True) if not case["events"]]
    return {
        "cases": len(cases),
        "expected": expected,
        "predicted": predicted,
        "event_f1": _f1(found, predicted, expected),
        "event_and_parties_f1": _f1(right, predicted, expected),
        "status_of_found": round(sum(v["status"] for v in verdicts) / found, 4) if found else 0.0,
        "texts_without_event": len(empty),
        "false_events_in_them": sum(v["predicted"] for v in empty),
    }


def _f1(right: int, predicted: int, expected: int) -> float:
    return round(2 * right / (predicted + expected), 4) if predicted + expected else 0.0
