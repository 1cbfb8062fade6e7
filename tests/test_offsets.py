"""Every offset counts code points of the stored text, whatever the text is made of."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import ReadingError
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.analysis import load_language
from dragoman.reading.plain import PlainReader

LANGUAGE = load_language()
READER = PlainReader(load_wordlists())
PIECES = st.sampled_from(
    [
        "The envoy ",
        "didn't ",
        "met ",
        "U.S. ",
        "officials. ",
        "\r\n",
        "\n\n",
        "\n",
        "\t",
        "😀",
        "👩‍👩‍👧",
        "🇳🇴",
        "e\u0301",
        "é",
        "\u202bقال ذلك.\u202c ",
        "नमस्ते ",
        "\u200b",
        "\ufeff",
        "\xa0",
        "“It is over,” ",
        "he said. ",
        "- ",
        "(AP)",
        "$5bn ",
        "e-mail ",
        "MR VOSS: ",
        "2024-11-19\n",
        " date 2024-11-19 ",
        "LIMA, Jan 3 (AFP) - ",
        "(With inputs from agencies.)",
        "\x85",
        "\u2028",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=50).map("".join)


@settings(deadline=None)
@given(TEXTS | st.text(max_size=400))
def test_every_span_slices_to_its_words(text: str) -> None:
    try:
        article = READER.article(text)
    except ReadingError:
        return
    assert article.text == text
    assert article.text_sha256 == hashlib.sha256(text.encode()).hexdigest()
    for span in (article.body, article.dateline):
        assert span is None or text[span.start : span.end] == span.text
    inside = text if article.body is None else article.body.text
    assert inside.strip()
    seen = ""
    for sentence in LANGUAGE.splitter.split(text, article.body):
        for a, b in LANGUAGE.tokenizer.tokenize(text, sentence.start, sentence.end):
            assert sentence.start <= a < b <= sentence.end
            seen += text[a:b]
    unseen = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    assert seen == "".join(c for c in inside if not c.isspace() and c not in unseen)


@settings(deadline=None)
@given(TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    try:
        first = READER.article(text, publisher="Lima Post")
    except ReadingError:
        return
    assert PlainReader(load_wordlists()).article(text, publisher="Lima Post") == first
