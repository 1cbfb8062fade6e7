"""Input that means harm, or is merely broken: bounded memory and time, a reason, and no traceback."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import re
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.config import Config
from dragoman.reading.compressed import unpacked
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources
from dragoman.reading.streams import ChunkStream
from dragoman.values import Article
from tests.conftest import CASES, cases
from tests.fuzzing import check_pairs, check_reading
from tests.test_formats import FILES, PAGE, READER, REPORT, answer, read, read_path, tarred, texts, warc, zipped

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 30  # far above what is measured on one busy core, far below what an unbounded reader takes
P = "<p>The envoys of Peru and Chile met in Lima on Monday.</p>"
BOMB = b'<?xml version="1.0"?><!DOCTYPE %s [<!ENTITY a "aaaaaaaaaa">%s]>%s'
LAUGHS = b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (n + 1, n, n, n, n) for n in range(ord("a"), ord("x")))


class Endless(io.RawIOBase):
    """A stream that begins, and then never ends; it counts what was taken from it."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head = head
        self.body = body * (65_536 // len(body) + 1)
        self.taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        part = (self.head or self.body)[: size if size >= 0 else None]
        self.head = self.head[len(part) :]
        self.taken += len(part)
        return part


def within_time(act: Callable[[], list[Article | Reject]]) -> list[Article | Reject]:
    start = time.process_time()
    found = act()
    assert time.process_time() - start < SECONDS
    return found


PAGES = {
    "deep": "<html><body><article>" + "<div>" * 50_000 + P * 5,
    "deep inline": "<html><body><p>" + "<span>" * 50_000 + "word",
    "wide inline": "<html><body><article><p>" + "<b>x</b> y " * 20_000,
    "much inline": "<html><body><article>" + ("<p>" + "<b>x</b> y " * 450) * 40,
    "attributes": "<html><body><p " + " ".join(f'a{n}="b"' for n in range(50_000)) + ">The envoys met.</p>",
    "attributes behind a script": "<script>a<b'</script><p " + " ".join(f"a{n}" for n in range(50_000)) + ">'",
    "links": "<html><body><article>" + '<p><a href="x">y</a> The envoys met.</p>' * 6_000,
    "scripts": "<script>" * 100_000,
    "empty scripts": "<script></script>" * 40_000,
    "comments": "<!--" * 200_000,
    "quotes": '<html><a "' * 100_000,
    "brackets": "<html>" + "<" * 1_000_000,
    "entities": "<html><body><p>" + "&amp;&#x110000;&bogus;" * 40_000,
    "tables": "<html><body>" + "<table><tr><td>" * 9_000,
    "lists": "<html><body><article>" + "<ul><li>The envoys met." * 9_000,
    "metas": "<html><head>" + '<meta name="a" content="b">' * 20_000 + P,
    "linked data": '<html><script type="application/ld+json">' + "[" * 100_000 + "</script>" + P,
    "one word": "<html><body><article><p>" + "a" * 1_900_000,
}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_hostile_pages_end_in_time(name: str) -> None:
    found = within_time(lambda: read(PAGES[name].encode()))
    assert len(found) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the system counts address space otherwise")
def test_what_means_harm_is_read_within_limits_of_the_system() -> None:
    """400 MB and five minutes of the processor for all of it together (tests/limited_reading.py)."""
    command = [sys.executable, "-m", "tests.limited_reading", "400", "300"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stdout[-500:], done.stderr[-2_000:])
    found = {name: outcome for name, outcome, _ in map(json.loads, done.stdout.splitlines())}
    assert not [name for name, outcome in found.items() if not outcome]
    for name, outcome in found.items():
        says = {"bomb": "200-fold|longer than", "laughs": "entities|no report", "without an end": "bytes"}
        wanted = next((reason for word, reason in says.items() if word in name), ".")
        assert re.search(wanted, " ".join(outcome)), (name, outcome)
    assert "32,000,000 bytes" in found["a zip of a million members"][0]
    assert found["links in circles"] == [REPORT.decode()]


@pytest.mark.parametrize("root", [b"rss", b"feed", b"newsMessage", b"nitf", b"html"])
def test_entities_are_not_expanded(root: bytes) -> None:
    body = b"<%s><channel><item><description>&x;</description></item></channel></%s>" % (root, root)
    for found in within_time(lambda: read(BOMB % (root, LAUGHS, body))):
        assert isinstance(found, Reject) or len(found.text) < 1_000


def test_outside_entities_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret envoys met in Lima.")
    data = b'<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY x SYSTEM "file://%s">]>' % str(secret).encode()
    data += b"<nitf><body><body.content><p>&x; The envoys met in Lima.</p></body.content></body></nitf>"
    assert "secret" not in " ".join(texts(read(data)))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress])
def test_bombs_are_refused_in_little_memory(pack: Callable[[bytes], bytes]) -> None:
    once = pack(b'{"text": "The envoys met."}\n' + b" " * 40_000_000)
    tracemalloc.start()
    found = within_time(lambda: read(once))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "200-fold" in texts(found)[-1]
    assert peak < 80_000_000


def test_small_bombs_in_one_archive_are_one_large_bomb(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.jsonl", b"{}\n" + b" " * 1_500_000)
    assert "200-fold" in texts(within_time(lambda: read_path(path)))[-1]


def test_layers_end() -> None:
    data = REPORT
    for _ in range(6):
        data = gzip.compress(data)
    assert "layers" in texts(read(data))[0]
    assert "layers" in texts(read(tarred({"a.zip": zipped({"b.tar": tarred({"c.gz": gzip.compress(REPORT)})})})))[0]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"<?xml version='1.0'?><rss><channel>", b"<item><description>They met.</description></item>"),
        (b"<!DOCTYPE html><html><body>", P.encode()),
        (b"<nitf>", b"<p>They met.</p>"),
        (b"{\\rtf1 ", b"They met. "),
        (b"From: a@b.example\nMIME-Version: 1.0\n\n", b"They met.\n"),
        (b"", b"They met in Lima. "),
        (b"", b" \n"),
        (b"text,title\n", b"They met, "),
        (b'{"text": "', b"They met. "),
    ],
)
def test_documents_without_an_end_are_refused(head: bytes, body: bytes) -> None:
    stream = Endless(head, body)
    config = Config(maximal_article_bytes=10_000, maximal_document_bytes=100_000)
    found = within_time(lambda: list(read_sources(["-"], stdin=stream, reader=READER, config=config)))  # type: ignore[arg-type]
    assert isinstance(found[-1], Reject)
    assert "bytes" in found[-1].reason or "no text" in found[-1].reason
    assert stream.taken < 12_000_000


def test_a_million_words_in_one_sentence_are_read_in_time() -> None:
    data = b"envoys " * 250_000
    found = within_time(lambda: read(b"The " + data))
    assert len(found) == 1
    assert "maximal_article_bytes" in texts(within_time(lambda: read(b"word " * 1_000_000)))[0]


def test_a_cell_that_is_never_closed_is_bounded() -> None:
    data = b'text,title\n"They met,x\n' + b"They met again.\n" * 300_000
    found = within_time(lambda: read(data))
    assert any(isinstance(item, Reject) and "maximal_article_bytes" in item.reason for item in found)


def test_mails_within_mails_end() -> None:
    head = b"From: a@b.example\nMIME-Version: 1.0\n"
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    within_time(lambda: read(head + parts + b"\nThey met."))
    within_time(lambda: read(head + b"Content-Type: message/rfc822\n\n" * 3_000))
    within_time(lambda: read(head + b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nThe envoys met."))


def test_braces_without_end_are_refused() -> None:
    assert isinstance(within_time(lambda: read(b"{\\rtf1 " + b"{" * 1_000_000))[0], Reject)
    within_time(lambda: read(b"{\\rtf1 " + b"\\u8217 \\'92" * 200_000 + b"}"))


SEEDS = {
    **{path.name: path.read_bytes() for path in sorted(FILES.iterdir()) if path.is_file()},
    "rows": b'{"text": "They met.", "title": "T", "date": "2024-05-03", "url": "https://a.example/"}\n{"text": 3}\n'
    * 2,
    "warc": warc(("response", "https://a.example/", answer(PAGE)), ("conversion", "https://a.example/b", REPORT)),
    "zip": zipped({"a.txt": REPORT, "b.html": PAGE}),
    "tar": tarred({"a.txt": REPORT, "b.html": PAGE}),
    "gzip": gzip.compress(PAGE),
    "zstd": zstandard.ZstdCompressor().compress(PAGE),
    "bzip2": bz2.compress(PAGE),
    "xz": lzma.compress(PAGE),
    "mbox": b"From x@y Tue Nov 19 06:00:00 2024\n" + (FILES / "newsletter.eml").read_bytes(),
}


def spoiled(data: bytes, choice: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or cut off."""
    made = bytearray(data)
    for _ in range(choice.randint(1, 6)):
        at = choice.randrange(len(made)) if made else 0
        kind = choice.randrange(5)
        if kind == 0 and made:
            made[at] = choice.randrange(256)
        elif kind == 1:
            del made[at : at + choice.randrange(40)]
        elif kind == 2:
            made[at:at] = made[at : at + choice.randrange(200)]
        elif kind == 3:
            made[at:at] = choice.choice([b"<", b">", b"\x00", b"&", b'"', b"{", b"\xff", b"\n\n", b"--", b"]]>", b"\\"])
        elif choice.random() < 0.3:
            del made[at:]
    return bytes(made)


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(choice=st.randoms(use_true_random=False))
def test_spoiled_files_give_articles_or_reasons(name: str, choice: random.Random) -> None:
    check_reading(spoiled(SEEDS[name], choice))


def found_cases() -> list[Any]:
    lines = (CASES / "fuzz" / "reading.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(json.loads(line), id=json.loads(line)["id"]) for line in lines if line.strip()]


@pytest.mark.parametrize("case", found_cases())
def test_what_fuzzing_found_stays_mended(case: dict[str, Any]) -> None:
    check_reading(bytes.fromhex(case["hex"]) * case.get("times", 1) + bytes.fromhex(case.get("then", "")))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-3, 40) | st.text(max_size=9) | st.just("met"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "x"]), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["text", "actor", "recipient", "id"]), JSON_VALUES | st.just("They met.")))
def test_pairs_of_any_json_are_requests_or_reasons(values: dict[str, Any]) -> None:
    check_pairs(json.dumps(values).encode())


@pytest.mark.parametrize("case", cases("fuzz/pairs"))
def test_what_fuzzing_of_pairs_found_stays_mended(case: dict[str, Any]) -> None:
    check_pairs(case["line"].encode())


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=3_000), st.sampled_from(["gzip", "zstd", "bzip2", "xz"]), st.integers(1, 50))
def test_unpacking_gives_back_what_was_packed(data: bytes, packing: str, step: int) -> None:
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "zstd": zstandard.ZstdCompressor().compress,
        "bzip2": bz2.compress,
        "xz": lzma.compress,
    }
    packed = pack[packing](data)
    stream = ChunkStream(packed[at : at + step] for at in range(0, len(packed), step))
    assert unpacked(packing, b"", stream, "x").read() == data
