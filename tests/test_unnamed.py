"""Parties that only the network sees: words of the text, nobody invented, and never an unknown "we"."""

from __future__ import annotations

from dragoman.coding.coder import Coder


def test_a_party_that_no_table_knows_is_words_of_the_text(coder: Coder) -> None:
    text = "Peru's government arrested eleven huaqueros near Trujillo on Monday."
    for event in coder.code(text, published="1999-03-03"):
        for party in (*event.actors, *event.recipients):
            assert text[party.start : party.end] == party.text


def test_we_of_an_unknown_speaker_gets_no_country(coder: Coder) -> None:
    text = "We condemn the attack by Chad. Police arrested forty students in Dhaka."
    events = coder.code(text, published="2003-04-04")
    assert all(party.text != "We" for event in events for party in event.actors)


def test_a_site_is_no_party(coder: Coder) -> None:
    [event] = coder.code("Turkey has blocked access to Wikipedia.", published="2017-04-29")
    assert event.recipients == ()
