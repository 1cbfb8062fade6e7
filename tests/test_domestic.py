"""Countries inferred for people of whom the text names none, and the many who must be left alone."""

from __future__ import annotations

import pytest

from dragoman.coding.domestic import with_countries
from dragoman.values import Actor, Party, Place


def party(country: str | None, sector: str | None, code: str | None = None) -> Party:
    who = Actor(f"text:{country or '-'}:{sector or '-'}:x", "x", code or country, country, sector)
    return Party("x", 0, 1, who)


NAIROBI = Place("Nairobi", "KEN", None, None, "place")


@pytest.mark.parametrize(
    ("actor", "recipient", "place", "category", "expected", "why"),
    [
        (party("KEN", "COP"), party(None, "CVL"), None, "ASSAULT", ("KEN", "KEN"), "police and protesters"),
        (party(None, "COP"), party(None, "CVL"), NAIROBI, "COERCE", ("KEN", "KEN"), "the place tells of both"),
        (party("RUS", "JUD"), party(None, "OPP"), None, "COERCE", ("RUS", "RUS"), "a court and an opponent"),
        (party("KEN", "COP"), party("UGA", "CVL"), NAIROBI, "COERCE", ("KEN", "UGA"), "a named country stays"),
        (party("USA", "MIL"), party(None, "CVL"), None, "ASSAULT", ("USA", None), "soldiers fight abroad"),
        (party("USA", "MIL"), party(None, "CVL"), NAIROBI, "ASSAULT", ("USA", None), "another country's place"),
        (party("KEN", "COP"), party(None, "REB"), NAIROBI, "ASSAULT", ("KEN", None), "rebels cross borders"),
        (party("KEN", "GOV"), party(None, None), None, "ACCUSE", ("KEN", None), "no sector, no guess"),
        (party("KEN", "GOV"), party(None, "GOV"), None, "CONSULT", ("KEN", None), "who meets may be from anywhere"),
        (party("KEN", "GOV"), party(None, "IGO", "UNO"), None, "ACCUSE", ("KEN", None), "organisations have none"),
    ],
)
def test_whose_citizens(
    actor: Party, recipient: Party, place: Place | None, category: str, expected: tuple[str | None, ...], why: str
) -> None:
    actors, recipients = with_countries([actor], [recipient], place, category)
    assert (actors[0].actor.country, recipients[0].actor.country) == expected, why
    for before, after in ((actor, actors[0]), (recipient, recipients[0])):
        inferred = before.actor.country is None and after.actor.country is not None
        assert inferred == any(row.startswith("inferred:") for row in after.actor.basis)
