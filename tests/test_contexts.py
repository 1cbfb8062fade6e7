"""Contexts of a whole report: what the lead or two sentences speak of, and nothing in passing."""

from __future__ import annotations

from dragoman.coding.coder import Coder


def test_a_report_is_about_its_lead_and_what_recurs(coder: Coder) -> None:
    text = (
        "Ghana's parliament passed the budget on Monday. The navy was not consulted. "
        "Inflation and the trade deficit weighed on the debate. Prices and exports will fall, the central bank said."
    )
    found = dict(coder.contexts(coder.read(text, published="2004-02-03")))
    assert "economic" in found
    assert "military" not in found
    assert all(0 < share <= 1 for share in found.values())
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_report_without_cues_has_none(coder: Coder) -> None:
    assert coder.contexts(coder.read("The lake froze overnight. Children skated on it.", published="2004-02-03")) == ()
