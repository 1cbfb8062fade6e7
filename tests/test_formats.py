"""Formats that reading knows: files in tests/files, and packings of them made here."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from dragoman.config import Config
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.reading.finding import found_names, stands_for_nothing
from dragoman.reading.plain import PlainReader
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources
from dragoman.values import Article
from tests.conftest import cases

FILES = Path(__file__).parent / "files"
READER = PlainReader(load_wordlists())
REPORT = b"The envoys of Peru and Chile met in Lima on Monday and agreed to meet again."
PAGE = (FILES / "page.html").read_bytes()


def read(data: bytes, **options: Any) -> list[Article | Reject]:
    return list(read_sources(["-"], stdin=io.BytesIO(data), reader=READER, **options))


def read_path(*paths: Path | str, **options: Any) -> list[Article | Reject]:
    return list(read_sources([str(path) for path in paths], reader=READER, **options))


def texts(found: list[Article | Reject]) -> list[str]:
    return [item.text if isinstance(item, Article) else f"rejected: {item.reason}" for item in found]


def described(item: Article | Reject) -> dict[str, Any]:
    if isinstance(item, Reject):
        return {"reject": item.reason, "row": item.row, "unit": item.unit}
    return {
        "text": item.text,
        "title": item.title,
        "published": item.published,
        "publisher": item.publisher,
        "url": item.url,
        "dateline": item.dateline.text if item.dateline else None,
    }


@pytest.mark.parametrize("case", cases("formats"))
def test_formats_are_read_as_expected(case: dict[str, Any]) -> None:
    found = [described(item) for item in read_path(FILES / case["file"], mapping=case.get("map"))]
    assert found == case["expected"], case["why"]


@pytest.mark.parametrize("case", cases("formats"))
def test_formats_are_told_without_their_suffix(case: dict[str, Any]) -> None:
    if case.get("by_suffix"):
        pytest.skip(case["by_suffix"])
    found = [described(item) for item in read((FILES / case["file"]).read_bytes(), mapping=case.get("map"))]
    assert found == case["expected"]


def test_spans_slice_to_their_words() -> None:
    for item in read_path(FILES):
        if isinstance(item, Article):
            for span in filter(None, (item.body, item.dateline)):
                assert item.text[span.start : span.end] == span.text


PACKINGS = {
    "gzip": gzip.compress,
    "two members": lambda data: gzip.compress(data[:50]) + gzip.compress(data[50:]) + b"\x00" * 512,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
    "two frames": lambda data: b"".join(zstandard.ZstdCompressor().compress(part) for part in (data[:9], data[9:])),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("packing", sorted(PACKINGS))
def test_packed_files_are_unpacked(packing: str) -> None:
    rows = b"".join(json.dumps({"text": f"The envoys met {n} times."}).encode() + b"\n" for n in range(3_000))
    for data in (REPORT, PAGE, rows):
        packed = PACKINGS[packing](data)  # type: ignore[no-untyped-call]
        assert texts(read(packed)) == texts(read(data))


@pytest.mark.parametrize("packing", ["gzip", "zstd", "bzip2", "xz"])
def test_packed_files_that_break_off_are_told(packing: str) -> None:
    packed = PACKINGS[packing](REPORT)  # type: ignore[no-untyped-call]
    (found,) = read(packed[:-9])
    assert isinstance(found, Reject)
    assert packing in found.reason


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


@pytest.mark.parametrize("make", [zipped, tarred, lambda members: gzip.compress(tarred(members))])
def test_archives_are_read_member_by_member(make: Any, tmp_path: Path) -> None:
    members = {"a.txt": REPORT, "../../etc/passwd": REPORT, "c.html.gz": gzip.compress(PAGE), "d.txt": b""}
    path = tmp_path / "reports.bin"
    path.write_bytes(make(members))
    found = read_path(path)
    assert [item.source for item in found] == [f"{path}: {name}" for name in members]
    assert texts(found)[:3] == [REPORT.decode(), REPORT.decode(), texts(read(PAGE))[0]]
    assert "empty" in texts(found)[3]
    assert sorted(tmp_path.rglob("*")) == [path]
    assert texts(read(path.read_bytes())) == texts(found)


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": REPORT * 5, "b.txt": REPORT}))
    data[45] ^= 0xFF
    first, second = read(bytes(data))
    assert isinstance(first, Reject)
    assert "damaged" in first.reason
    assert isinstance(second, Article)


def test_office_documents_and_locked_archives_are_named() -> None:
    assert "Office" in texts(read(zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})))[0]
    data = bytearray(zipped({"a.txt": REPORT}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + flags] |= 1
    assert "password" in texts(read(bytes(data)))[0]


def warc(*records: tuple[str, str, bytes]) -> bytes:
    """Records of (kind, address, block)."""
    parts = []
    for kind, url, block in records:
        form = "application/http; msgtype=response" if kind == "response" else "text/plain"
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-11-20T00:00:00Z\r\n"
        head += f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{len(parts):012}>\r\nContent-Type: {form}\r\n"
        parts.append(f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")
    return b"".join(parts)


def answer(body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8", **more: str) -> bytes:
    extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n".encode() + body


def test_web_archives_give_their_pages() -> None:
    data = warc(
        ("warcinfo", "", b"software: test\r\n"),
        ("response", "https://andean.example/a", answer(PAGE)),
        ("response", "https://andean.example/logo", answer(b"\x89PNG", kind="image/png")),
        ("response", "https://andean.example/gone", answer(PAGE, status="404 Not Found")),
        ("response", "https://andean.example/packed", answer(gzip.compress(PAGE), Content_Encoding="gzip")),
        ("response", "https://andean.example/menu", answer(b"<html><body><nav>Home</nav></body></html>")),
        ("conversion", "https://andean.example/wet", REPORT),
    )
    for packed in (data, gzip.compress(data)):
        first, second, third, fourth = read(packed)
        assert isinstance(first, Article)
        assert (first.url, first.source) == ("https://andean.example/a", "standard input, record 2")
        assert first.published == "2024-11-19T22:30:00-05:00"
        assert isinstance(second, Article)
        assert second.text == first.text
        assert isinstance(third, Reject)
        assert (third.row, third.unit) == (6, "record")
        assert isinstance(fourth, Article)
        assert fourth.text == REPORT.decode()
        assert fourth.published is None


def test_mailboxes_give_each_message() -> None:
    letter = (FILES / "newsletter.eml").read_bytes()
    second = b"From: a@b.example\nMessage-ID: <2>\nSubject: Short\n\nThe envoys met.\n>From Lima they went home.\n"
    data = b"From x@y Tue Nov 19 06:00:00 2024\n" + letter + b"\n\nFrom x@y Tue Nov 19 07:00:00 2024\n" + second
    one, two = read(data)
    assert isinstance(one, Article)
    assert one.text == texts(read(letter))[0]
    assert isinstance(two, Article)
    assert (two.text, two.publisher) == ("The envoys met.\nFrom Lima they went home.", "a@b.example")
    assert two.source == "standard input, message 2"


@pytest.mark.parametrize(
    "text",
    [
        "From Lima the envoys went home.\nThey had met for two days.",
        "Date: 2024-11-19\nThe envoys met in Lima.",
        "From: the editors\n\nThe envoys met in Lima.",
        "Length: 5 words were all that the envoy said in Lima.",
        "The document of 3 pages is signed.\nEnd of Document\nThe envoys left.",
        "text, lies and the envoys: they met in Lima.\nThey left.",
        "WARC is the name of a format that the envoys met.",
        "The envoys said that 5 < 6 and left for Lima.",
    ],
)
def test_what_only_looks_like_a_format_is_plain(text: str) -> None:
    assert texts(read(text.encode())) == [text]


@pytest.mark.parametrize(
    ("text", "declared", "kept"),
    [
        ("Meeting in Lima", "en-GB", True),
        ("Meeting in Lima", None, True),
        ("Meeting in Lima", "und", True),
        ("Reunión en Lima", "es", False),
        ("The envoys of Peru and Chile met in Lima and agreed to meet again in the spring.", "es", True),
    ],
)
def test_a_declared_language_decides_for_short_texts(text: str, declared: str | None, kept: bool) -> None:
    row = {"uri": "u", "type": "text", "language": declared, "headline": "x", "body_text": text}
    (found,) = read(json.dumps(row).encode())
    assert isinstance(found, Article) is kept, found
    assert kept or "only English" in texts([found])[0]


def test_pages_are_decoded_as_they_declare() -> None:
    page = PAGE.decode().replace('<meta charset="utf-8">', '<meta charset="windows-1252">').replace("\u2019", "'")
    (found,) = read(page.encode("cp1252"))
    assert texts([found]) == [texts(read(PAGE))[0].replace("\u2019", "'")]
    (wide,) = read(PAGE.decode().encode("utf-16"))
    assert texts([wide]) == texts(read(PAGE))


def test_folders_patterns_and_links_in_circles(tmp_path: Path) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name in ("a.txt", "b/c.txt", "b/deep/d.txt", "b/e.html", ".hidden"):
        (tmp_path / name).write_bytes(REPORT)
    (tmp_path / "b" / "deep" / "circle").symlink_to(tmp_path)
    (tmp_path / "b" / "twice").symlink_to(tmp_path / "b" / "deep")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")

    def inner(*parts: str) -> list[str]:
        return [str(Path(name).relative_to(tmp_path)) for name in found_names(str(tmp_path.joinpath(*parts)))]

    assert inner() == ["a.txt", "dangling", "b/c.txt", "b/e.html", "b/deep/d.txt"]
    assert inner("*.txt") == ["a.txt"]
    assert inner("b", "[cd].txt") == ["b/c.txt"]
    assert inner("**", "*.txt") == ["a.txt", "b/c.txt", "b/deep/d.txt"]
    assert stands_for_nothing(str(tmp_path / "*.pdf"))
    assert not stands_for_nothing(str(tmp_path / "**" / "*.html"))
    assert [type(item) for item in read_path(tmp_path)] == [Article, Reject, Article, Article, Article]


def test_long_documents_are_refused_by_their_own_bound() -> None:
    config = Config(maximal_article_bytes=1_000, maximal_document_bytes=50_000)
    assert "maximal_document_bytes" in texts(read(PAGE + b" " * 50_000, config=config))[0]
    feed = b"<rss><channel><item><description>" + REPORT * 100 + b"</description></item></channel></rss>"
    assert "maximal_article_bytes" in texts(read(feed, config=config))[0]
    export = (FILES / "nexis_uni.txt").read_bytes() * 2
    assert len(export) > 1_000
    assert [type(item) for item in read(export, config=config)] == [Article] * 4


def dragoman(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "dragoman", *args], input=stdin, capture_output=True, check=False)


def test_read_prints_articles_that_are_read_again_alike() -> None:
    done = dragoman("read", str(FILES / "feed.rss"))
    assert done.returncode == 3
    assert b"feed.rss, entry 3: reading:" in done.stderr
    articles = [json.loads(line) for line in done.stdout.splitlines()]
    assert [article["url"] for article in articles] == [
        "https://andean.example/talks",
        "https://andean.example/bolivia",
    ]
    again = dragoman("read", "-", stdin=done.stdout)
    assert again.returncode == 0, again.stderr
    assert [json.loads(line)["id"] for line in again.stdout.splitlines()] == [article["id"] for article in articles]
    shown = dragoman("read", str(FILES / "page.html"), "--format", "table").stdout.decode()
    assert shown.startswith("2024-11-19  The Andean Post")
    assert "words" in shown


def test_code_takes_the_same_formats() -> None:
    done = dragoman("code", str(FILES / "story.nitf"))
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {event["event"] for event in events} >= {"SANCTION"}
    assert events[0]["publisher"] == "Northern Wire"


def test_patterns_that_fit_nothing_are_wrong_calls() -> None:
    done = dragoman("read", "no-such-*.txt")
    assert done.returncode == 2
    assert b"no such file" in done.stderr


def test_a_page_gives_the_same_text_whatever_was_read_before() -> None:
    first = texts(read(PAGE))
    other = PAGE.replace(b"Bolivia", b"Ecuador").replace(b"four hours", b"a day")
    assert texts(read(other)) != first
    assert [texts(read(PAGE)) for _ in range(5)] == [first] * 5


def test_captions_and_scripts_are_no_text() -> None:
    caption = "<media><media-caption><p>The hall.</p></media-caption></media>"
    body = f"<p>The envoys met in Lima.</p>{caption}<p>They left.</p>"
    data = f"<nitf><body><body.content>{body}</body.content></body></nitf>".encode()
    assert texts(read(data)) == ["The envoys met in Lima.\n\nThey left."]
