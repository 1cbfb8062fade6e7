"""Briefs: what they tell, where they put it, and that nothing of the reports gets power over the page."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from dragoman.errors import UsageError
from dragoman.explore.brief import asked, compiled, load_words, period_before
from dragoman.explore.brief_html import html_page
from dragoman.explore.brief_markdown import markdown_lines, pictures_of
from dragoman.explore.brief_sentences import conflict_lines, inferred_text, joined, quote_text, sentence
from dragoman.explore.brief_values import Brief, Entry, Period, Section, Table
from dragoman.explore.markup import markdown_text, plain, web_link
from dragoman.record.filters import EventFilter
from tests.brief_record import EMBASSY, INDIA, MODI, NATO, PUTIN, RUSSIA, event, small_record

FILES = Path(__file__).parent / "files" / "briefs"
SUMMER = EventFilter(since="2024-07", until="2024-08")
WORDS = load_words()


def made(
    parties: tuple[str, ...] = ("IND", "RUS"), chosen: EventFilter = SUMMER, *, most: int = 20, **kind: Any
) -> Brief:
    return compiled(small_record(**kind), asked(parties, chosen, WORDS, None, most=most), WORDS)


def entries(brief: Brief, section: str) -> list[Entry]:
    return [
        entry
        for part in brief.parts
        if isinstance(part, Section) and part.id == section
        for group in part.groups
        for entry in group.entries
    ]


def told(brief: Brief, section: str) -> list[str]:
    return [event for entry in entries(brief, section) for event in entry.events]


def test_done_said_announced_and_denied_stand_apart() -> None:
    brief = made(("India", "Russia"))
    assert brief.title == "India and Russia: a brief"
    assert brief.period == "1 July to 31 August 2024"
    assert told(brief, "done") == ["visit", "talks"]
    assert told(brief, "said") == ["appeal", "hostile"]
    assert told(brief, "announced") == ["announced"]
    assert told(brief, "denied") == ["denied"]
    assert told(brief, "told-differently") == ["visit"]
    numbers = [
        entry.number for part in brief.parts if isinstance(part, Section) for g in part.groups for entry in g.entries
    ]
    assert numbers == list(range(1, 8))


def test_announcement_and_act_point_to_each_other() -> None:
    brief = made()
    announced = entries(brief, "announced")[0]
    assert announced.when == "Announced on 4 July 2024, for 8 to 9 July 2024"
    assert announced.sentences == ("Narendra Modi (India) is to visit Russia, according to Dmitry Peskov",)
    held = entries(brief, "done")[0]
    assert announced.notes[0].text.startswith("Held or done: 8 to 9 July 2024: Narendra Modi (India) visited Russia")
    assert held.notes[0].text.startswith("Announced before: announced on 4 July 2024")
    assert announced.notes[0].sources and held.notes[0].sources == announced.sources


def test_copies_are_apart_from_reports() -> None:
    brief = made()
    visit = entries(brief, "done")[0]
    assert visit.tally == "told in 2 reports by 2 outlets; 1 copy not counted among them"
    cited = [source for source in brief.sources if source.number in visit.sources]
    assert [source.outlet for source in cited] == ["Sample Times", "The Example Post"]
    assert [[copy.outlet for copy in source.copies] for source in cited] == [[], ["Copy Daily"]]


def test_counts_keep_events_mentions_and_coverage_apart() -> None:
    brief = made()
    happened = "The reports tell of 4 events between India and Russia that happened, in 7 mentions."
    assert brief.summary[0] == happened
    assert brief.summary[-1].endswith("none of the period before, so that there is nothing to compare with.")
    tables = {part.id: part for part in brief.parts if isinstance(part, Table)}
    assert tables["coverage"].rows[0][:2] == ("Articles read", "7")
    assert tables["coverage"].rows[1][:2] == ("of them copies of others", "1")
    assert tables["counts"].rows[0][:3] == ("All that happened", "4", "7")
    assert ("Not counted above: announced", "1", "1", "–", "–", "–") in tables["counts"].rows
    assert tables["balance"].rows == (
        ("Jul 2024", "0", "2", "1", "0", "1", "6", "5"),
        ("Aug 2024", "0", "0", "1", "0", "−1", "1", "2"),
    )


def test_the_period_before_is_compared_by_articles_read() -> None:
    brief = made(chosen=EventFilter(since="2024-04", until="2024-08"))
    lines = " ".join(brief.summary)
    assert (
        "In the period before, of equal length (1 November 2023 to 31 March 2024), it was 1 event in 1 mention."
        in lines
    )
    assert "Since 7.0 times as many were read, compare events per 1,000 articles read: 571 against 1,000." in lines


def test_an_empty_brief_says_so() -> None:
    brief = made(("Chile", "Nepal"))
    assert brief.summary[0] == "The record holds no event between Chile and Nepal in this period."
    assert "7 articles of this period were read" in brief.summary[-1]
    assert not brief.sources and "Chile and Nepal" in "\n".join(markdown_lines(brief))
    assert "no event between Chile and Nepal" in html_page(brief)


def test_one_party_and_an_organisation() -> None:
    brief = made(("NATO",))
    assert told(brief, "done") == ["others"]
    assert entries(brief, "done")[0].sentences == ("Vladimir Putin (Russia) held talks with NATO",)
    assert "involving NATO" in brief.summary[0]


def test_those_of_a_country_are_counted_with_it_and_named() -> None:
    hamas = ("Hamas", "HAMAS", "HAMAS", "PSE", "Hamas")
    israel = ("Israel", "ISR", "ISR", "ISR", "Israel")
    rows = [event("truce", "CONCEDE", [hamas], [israel], cameo="0871")]
    brief = made(("ISR", "PSE"), events=rows)
    assert told(brief, "done") == ["truce"]
    assert "Counted with Palestine: Hamas." in brief.summary


@pytest.mark.parametrize(
    ("parties", "words"),
    [
        ((), "one party"),
        (("IND", "RUS", "CHN"), "one party"),
        (("IND", "India"), "two that differ"),
        (("?",), "nobody"),
    ],
)
def test_wrong_parties_are_told(parties: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        made(parties)


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        ("2024-01-01", "2024-12-31", ("2023-01-01", "2023-12-31")),
        ("2024-01-01", "2024-03-31", ("2023-10-01", "2023-12-31")),
        ("2024-03-01", "2024-03-10", ("2024-02-20", "2024-02-29")),
        ("2024-02-29", "2024-02-29", ("2024-02-28", "2024-02-28")),
    ],
)
def test_the_period_before(since: str, until: str, before: tuple[str, str]) -> None:
    days = [datetime.date.fromisoformat(day) for day in (since, until)]
    found = period_before(Period(*days))
    assert (found.since.isoformat(), found.until.isoformat()) == before


USA = ("United States", "USA", "USA", "USA", "US")
VISIT = {"about_event": "CONSULT", "about_modes": "visit", "status": "future", "negated": True}
BARRIERS = {"modes": "discontinue", "cameo": "163", "status": "hypothetical"}
THREAT = {"about_event": "SANCTION", "modes": "restrict", "stances": "asserts|asserts"}
CASES: list[tuple[dict[str, Any], str]] = [
    (event("e", "CONSULT", [INDIA, RUSSIA]), "India and Russia held talks"),
    (
        event("e", "CONSULT", [MODI], [PUTIN], modes="phone"),
        "Narendra Modi (India) spoke by telephone or other remote means with Vladimir Putin (Russia)",
    ),
    (event("e", "CONSULT", [MODI, INDIA], [RUSSIA]), "Narendra Modi (India) held talks with Russia"),
    (event("e", "AGREE", [MODI], [RUSSIA], **VISIT), "Narendra Modi (India) is not to visit Russia"),
    (
        event("e", "SANCTION", [USA], [RUSSIA], **BARRIERS),
        "The United States may impose sanctions or trade barriers on Russia",
    ),
    (
        event("e", "ASSAULT", [], [INDIA], modes="explosives", dead=1200, injured=3),
        "An unnamed party set off explosives against India (1,200 dead, 3 injured)",
    ),
    (
        event("e", "REQUEST", [INDIA], [RUSSIA], modes="change", about_event="ASSAULT"),
        "India called on Russia to change course",
    ),
    (
        event("e", "REQUEST", [INDIA], [RUSSIA], modes="meet", about_event="CONSULT"),
        "India called on Russia to hold talks",
    ),
    (
        event("e", "THREATEN", [RUSSIA], [INDIA], speakers="Tass|Dmitry Peskov", **THREAT),
        "Russia threatened India with measures, according to Dmitry Peskov, as told by Tass",
    ),
    (
        event("e", "COERCE", [EMBASSY], [INDIA], negated=True, modes="arrest"),
        "The embassy (Russia) did not arrest or detain India",
    ),
    (
        event("e", "CONSULT", [MODI], [NATO], place="Brussels", speakers="Modi's aide", stances="doubts"),
        "Narendra Modi (India) held talks with NATO, in Brussels; Modi's aide doubted it",
    ),
]
OPEN = dict.fromkeys(("about_event", "about_modes", "place", "speakers", "stances", "dead", "injured", "arrested"))


@pytest.mark.parametrize(("row", "words"), CASES, ids=[words[:30] for _, words in CASES])
def test_sentences(row: dict[str, Any], words: str) -> None:
    assert sentence(OPEN | row, WORDS) == words


def test_every_code_has_words() -> None:
    modes = [(category, "") for category in WORDS.ontology.categories] + list(WORDS.ontology.modes)
    for category, mode in modes:
        for status in ("actual", "future", "hypothetical"):
            for negated in (False, True):
                row = event("e", category, [MODI], [RUSSIA], modes=mode, status=status, negated=negated)
                text = sentence(OPEN | row, WORDS)
                assert text.startswith("Narendra Modi (India) ") and "Russia" in text and "{" not in text, text
                assert category not in text


def test_what_is_inferred_is_told() -> None:
    they = (*MODI[:4], "they")
    row = event("e", "CONSULT", [they], [RUSSIA]) | {"inferred": [("officials", "RUS", "RUS")]}
    assert (
        inferred_text(row, WORDS) == "“they” is read as Narendra Modi; that “officials” belongs to Russia is inferred."
    )
    assert inferred_text(event("e", "CONSULT", [MODI], [RUSSIA]), WORDS) == ""
    officials = ("officials", "text:RUS:GOV:officials", "RUS", "RUS", "the officials")
    row = OPEN | event("e", "CONSULT", [officials], [MODI]) | {"inferred": [("officials", "RUS", "RUS")]}
    assert sentence(row, WORDS) == "The officials (Russia?) held talks with Narendra Modi (India)"


def test_one_outlet_does_not_contradict_itself_but_for_numbers() -> None:
    both = [{"value": "a", "mentions": 1, "publishers": ["A"]}, {"value": "b", "mentions": 2, "publishers": ["A"]}]
    assert conflict_lines(json.dumps({"actors": both}), WORDS) == []
    assert conflict_lines(json.dumps({"dead": both}), WORDS) == [
        "How many dead: a (1 mention; A), or b (2 mentions; A)"
    ]
    assert conflict_lines("not json", WORDS) == conflict_lines(None, WORDS) == []


def test_of_many_events_some_are_shown_and_the_rest_told() -> None:
    rows = [event(f"e{n:02d}", "CONSULT", [INDIA], [RUSSIA], quote=f"Sentence number {n} of the test.",
                  date_start=f"2024-07-{n + 1:02d}", date_end=f"2024-07-{n + 1:02d}") for n in range(30)]  # fmt: skip
    rows.append(
        event("aid", "AID", [RUSSIA], [INDIA], quad=2, confidence=0.1, date_start="2024-08-01", date_end="2024-08-01")
    )
    brief = made(events=rows, most=10)
    assert len(told(brief, "done")) == 10 and "aid" in told(brief, "done")  # each kind of act has its share
    section = next(part for part in brief.parts if isinstance(part, Section) and part.id == "done")
    assert section.more.startswith("21 more events are left out here")
    assert [group.heading for group in section.groups] == ["July 2024", "August 2024"]


def test_long_quotes_are_cut_around_their_words() -> None:
    long = f"{'word ' * 100}they met in Delhi {'word ' * 100}".strip()
    shown = quote_text({"quote": long, "trigger": "met"})
    assert len(shown) < 340 and "they met in Delhi" in shown
    assert shown.startswith("[…] word") and shown.endswith("word […]")
    assert quote_text({"quote": "Short.\n One", "trigger": ""}) == "Short. One"


def test_joined_and_counts_of_names() -> None:
    assert joined([]) == "" and joined(["A"]) == "A" and joined(["A", "B"]) == "A and B"
    assert joined(["A", "B", "C"]) == "A, B and C"
    assert joined(list("ABCDEFG")) == "A, B, C, D and 3 others"


@pytest.mark.parametrize("name", ["brief.md", "brief.html"])
def test_the_pages_are_as_they_were(name: str) -> None:
    """Golden files; written anew by `python -m tests.test_brief`."""
    assert pages()[name] == (FILES / name).read_text(encoding="utf-8")


def test_the_same_bytes_again() -> None:
    assert pages() == pages()


def pages() -> dict[str, str]:
    brief = replace(made(), about=("For a test.",))
    names = {key: f"brief-{key}.svg" for key in pictures_of(brief)}
    return {"brief.md": "\n".join(markdown_lines(brief, names)) + "\n", "brief.html": html_page(brief)}


def test_nothing_hostile_in_the_page() -> None:
    text = html_page(
        made(urls={"a8": "javascript:alert(1)", "a2": "https://user@evil.example/", "a3": "HTTP://ok.example/ä b"})
    )
    page = html.fromstring(text)
    assert not page.xpath("//script | //img | //b | //iframe | //object | //*[@onerror or @onclick or @onload]")
    links = page.xpath("//@href | //@*[local-name()='href'] | //@src")
    assert links and all(link.startswith(("#", "https://news.example/")) for link in links)
    assert "<script>alert(1)</script> [x](javascript:alert(1)) | `a`" in page.text_content()
    assert "**Bold** <img src=x onerror=alert(1)>" in page.text_content()
    assert "(address: javascript:alert(1))" in page.text_content()


def test_nothing_hostile_in_markdown() -> None:
    text = "\n".join(markdown_lines(made(urls={"a8": "javascript:alert(1)"})))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    assert not [
        token for token in [*tokens, *inline] if token.type in ("html_block", "html_inline", "code_inline", "fence")
    ]
    links = [token.attrs["href"] for token in inline if token.type == "link_open"]
    assert links and all(str(link).startswith("https://news.example/") for link in links)
    assert "<script>alert(1)</script> [x](javascript:alert(1)) | `a`" in "".join(token.content for token in inline)


def test_the_page_is_whole_and_can_be_heard() -> None:
    text = html_page(made())
    page = html.fromstring(text)
    assert 'http-equiv="Content-Security-Policy"' in text and "<script" not in text and "url(" not in text
    assert page.get("lang") == "en" and len(page.xpath("//h1")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in page.xpath("//@href[starts-with(., '#')] | //@aria-labelledby"):
        assert all(name.removeprefix("#") in ids for name in target.split()), target
    for table in page.xpath("//table"):
        assert table.xpath("./caption") and table.xpath(".//th[@scope='col']") and table.xpath(".//th[@scope='row']")
    for chart in page.xpath("//*[local-name()='svg']"):
        assert (
            chart.get("role") == "img"
            and chart.xpath("./*[local-name()='title']")
            and chart.xpath("./*[local-name()='desc']")
        )


@given(st.text())
@settings(max_examples=300)
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    shown = plain(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"1. **a.** {markdown_text(text)} b")
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inline} <= {"text", "strong_open", "strong_close", "text_special", "entity"}
    read = "".join(token.content for token in inline).replace("\u200b", "")
    assert " ".join(read.split()) == " ".join(f"a. {shown} b".split())


@given(st.one_of(st.text(), st.text().map("https://a.example/{}".format), st.text().map("javascript:{}".format)))
def test_links_lead_to_the_web_or_nowhere(url: str) -> None:
    link = web_link(url)
    if link is not None:
        assert urlsplit(link).scheme.lower() in ("http", "https")
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#@!$&*+,;=%\[\]]+", link)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//a.example", "https://", "http://a@b.example", "data:text/html,x", "https://a.example:x/",
            "https://a.example/\u202e", "java\nscript:x", "file:///etc/passwd", "", None],
)  # fmt: skip
def test_other_addresses_are_no_links(url: str | None) -> None:
    assert web_link(url) is None


if __name__ == "__main__":
    FILES.mkdir(parents=True, exist_ok=True)
    for file, content in pages().items():
        (FILES / file).write_text(content, encoding="utf-8", newline="\n")
