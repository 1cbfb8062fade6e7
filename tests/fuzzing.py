"""What fuzzing looks for: input that makes a reader or the splitter raise, or break its word.

tests/test_hostile_input.py and tests/test_splitting.py look for it with hypothesis, tests/fuzz_with_atheris.py for as
long as one likes. What was found is mended, and stays in tests/cases/fuzz/ as a line that is replayed.
"""

from __future__ import annotations

import io

from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.splitting import LONGEST, Splitter
from dragoman.language.tokens import Tokenizer
from dragoman.reading.pairs import read_pairs
from dragoman.reading.plain import PlainReader
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources

LISTS = load_wordlists()
READER = PlainReader(LISTS)
SPLITTER, TOKENIZER = Splitter(LISTS), Tokenizer(LISTS)


def check_reading(data: bytes) -> None:
    """Bytes give articles with sound spans, or reasons; nothing else."""
    for item in read_sources(["-"], stdin=io.BytesIO(data), reader=READER):
        if isinstance(item, Reject):
            assert item.reason
            assert item.stage == "reading"
        else:
            assert item.text.strip()
            for span in filter(None, (item.body, item.dateline)):
                assert item.text[span.start : span.end] == span.text


def check_pairs(data: bytes) -> None:
    """Lines give requests whose spans lie in their text, or reasons."""
    for item in read_pairs(["-"], stdin=io.BytesIO(data)):
        if isinstance(item, Reject):
            assert item.reason
        else:
            spans = [span for span in (item.actor, item.recipient) if span is not None]
            assert spans
            assert all(0 <= start < end <= len(item.text) for start, end in spans)


def check_splitting(text: str) -> None:
    """Sentences stand in order, hold every character but white space, and are bounded; words stand in order in them."""
    spans = SPLITTER.split(text)
    assert "".join("".join(text[span.start : span.end].split()) for span in spans) == "".join(text.split())
    end = paragraph = 0
    for span in spans:
        piece = text[span.start : span.end]
        assert end <= span.start < span.end
        assert piece == piece.strip()
        assert len(piece) <= LONGEST or not any(char.isspace() for char in piece[LONGEST:])
        assert span.paragraph >= paragraph
        end, paragraph = span.end, span.paragraph
        at = span.start
        for start, stop in TOKENIZER.tokenize(text, span.start, span.end):
            assert at <= start < stop <= span.end
            at = stop


def text_of(data: bytes) -> str:
    """Any bytes as text, half surrogates among it."""
    return data.decode("utf-8", "surrogateescape")
