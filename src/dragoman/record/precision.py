"""How right the coding is, from a filled form. In: judgements. Out: shares with intervals, by field, for all, for each
value that the sample was cut by, and for each stratum.

`intervals` says how the limits come about. A field that was left empty, or that cannot be judged, is left out of that
field's share; a stratum without judgements is not spoken for, which `covered` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.record.coding_form import FIELDS, FilledForm, Judgement
from dragoman.record.intervals import Share, Stratum, stratified, wilson


@dataclass(frozen=True, slots=True)
class Precision:
    """Of one field in one group of cases: the share that is right, and the counts behind it."""

    group: str  # "all", "category=CONSULT", or a whole stratum
    field: str
    share: Share
    right: int
    judged: int
    population: int


def precision(form: FilledForm) -> Iterator[Precision]:
    """All that the judgements say: over all first, then by value, then by stratum."""
    strata: dict[str, list[Judgement]] = {}
    for judgement in sorted(form.judgements, key=lambda each: (each.stratum, each.id)):
        strata.setdefault(judgement.stratum, []).append(judgement)
    lost = form.population - sum(cases[0].population for cases in strata.values())
    yield from _of_group("all", list(strata.values()), lost)
    values = sorted({value for name in strata for value in name.split("; ")})
    if any("; " in name for name in strata):
        for value in values:
            yield from _of_group(value, [cases for name, cases in strata.items() if value in name.split("; ")], 0)
    for name, cases in strata.items():
        if name != "all":
            yield from _of_group(name, [cases], 0)


def _of_group(group: str, strata: Sequence[Sequence[Judgement]], lost: int) -> Iterator[Precision]:
    for field in FIELDS:
        counts = [_counted(cases, field) for cases in strata]
        unseen = [Stratum(lost, 0, 0)] if lost > 0 else []  # strata of which no row came back
        share = wilson(counts[0]) if len(counts) == 1 and not unseen else stratified([*counts, *unseen])
        if share is not None:
            right = sum(each.right for each in counts)
            population = sum(each.population for each in counts) + max(0, lost)
            yield Precision(group, field, share, right, share.judged, population)


def _counted(cases: Sequence[Judgement], field: str) -> Stratum:
    answers = [case.answers[field] for case in cases if case.answers.get(field) is not None]
    # Where some cannot be judged, so can as large a part of the stratum.
    apt = [case for case in cases if field in case.answers]
    size = cases[0].population
    if apt:
        size = max(len(answers), round(size * len(answers) / len(apt)))
    return Stratum(size, len(answers), sum(1 for answer in answers if answer))
