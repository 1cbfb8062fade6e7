"""Reads what means harm under limits that the system sets: run as a program by tests/test_hostile_input.py.

`MEGABYTES SECONDS`: no more address space than so much above what a reader of nothing has, no more of the processor
than so much for all. Prints one line of JSON a case: its name, what came of it, and the megabytes that it needed. An
input that needs more ends in MemoryError, or this program in SIGXCPU; either fails the test.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import resource
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from dragoman.config import Config
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources
from tests.test_formats import PAGE, READER, REPORT, answer, tarred, warc, zipped
from tests.test_hostile_input import BOMB, LAUGHS, PAGES, Endless, P

MANY = 1_000_000
SMALL = Config(maximal_article_bytes=100_000, maximal_document_bytes=200_000)  # an end in less time, by the same rules
ZEROS = b" " * 10_000_000
HEAVY = gzip.compress(PAGE) + gzip.compress(ZEROS) * 100
ITEM = b"<item><title>Talks</title><description>They met in Lima.</description></item>"
Maker = Callable[[], io.RawIOBase | io.BytesIO]


def repeated(pack: Callable[[bytes], bytes], times: int) -> bytes:
    """Packed members one after another: each is ten million spaces."""
    return pack(b'{"text": "The envoys met."}\n') + pack(ZEROS) * times


def one_frame() -> bytes:
    """Three hundred million spaces in some thirty kilobytes."""
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join([packer.compress(ZEROS) for _ in range(30)]) + packer.flush()


def many_members() -> bytes:
    """A zip archive of a million empty members, and of nothing else: their directory is all there is."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("0.txt", b"")
    data = stream.getvalue()
    start = data.index(b"PK\x01\x02")
    entry, end = data[start : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    size = len(entry) * MANY
    counts = b"\xff\xff\xff\xff" + (0xFFFFFFFF).to_bytes(4, "little") * 2
    zip64 = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\x2d\x00\x2d\x00" + bytes(8)
    zip64 += MANY.to_bytes(8, "little") * 2 + size.to_bytes(8, "little") + start.to_bytes(8, "little")
    locator = b"PK\x06\x07" + bytes(4) + (start + size).to_bytes(8, "little") + (1).to_bytes(4, "little")
    return data[:start] + entry * MANY + zip64 + locator + end[:8] + counts + end[20:]


def held(make: Callable[[], bytes]) -> Maker:
    """A stream of what `make` gives, made when it is wanted."""
    return lambda: io.BytesIO(make())


def endless(head: bytes, body: bytes) -> Maker:
    """A stream without an end."""
    return lambda: Endless(head, body)


CASES: dict[str, Maker] = {
    **{f"page, {name}": held(lambda page=page: page.encode()) for name, page in PAGES.items()},  # type: ignore[misc]
    "page of ten megabytes": held(lambda: b"<html><body>" + P.encode() * 160_000),
    "page without an end": endless(b"<!DOCTYPE html><html><body>", P.encode()),
    "feed without an end": endless(b"<rss><channel>", ITEM),
    "feed of a hundred thousand entries": held(lambda: b"<rss><channel>" + ITEM * 100_000 + b"</channel></rss>"),
    "line without an end": endless(b'{"text": "', b"They met. "),
    "mail without an end": endless(b"From: a@b.example\nMIME-Version: 1.0\n\n", b"They met.\n"),
    "mailbox without an end of one mail": endless(b"From x@y Tue Nov 19 06:00:00 2024\n\n", b"They met.\n"),
    "table without a second quotation mark": held(lambda: b'text,title\n"They met,x\n' + b"They met.\n" * 600_000),
    "a million words in one sentence": held(lambda: b"The " + b"envoys " * 250_000),
    "braces": held(lambda: b"{\\rtf1 " + b"{" * MANY),
    "mails within mails": held(lambda: b"MIME-Version: 1.0\n" + b"Content-Type: message/rfc822\n\n" * 9_000),
    "gzip bomb": held(lambda: repeated(gzip.compress, 300)),
    "zstd bomb": held(lambda: repeated(zstandard.ZstdCompressor().compress, 300)),
    "zstd bomb in one frame": held(one_frame),
    "bzip2 bomb": held(lambda: repeated(bz2.compress, 300)),
    "xz bomb": held(lambda: repeated(lzma.compress, 300)),
    "bombs in a zip": held(lambda: zipped({f"{n}.jsonl": ZEROS for n in range(6)})),
    "bombs in a packed tar": held(lambda: gzip.compress(tarred({f"{n}.jsonl": ZEROS for n in range(6)}))),
    "a bomb in a WARC": held(lambda: warc(("response", "https://a.example/", answer(HEAVY, Content_Encoding="gzip")))),
    "a zip of a million members": held(many_members),
    **{
        f"laughs in {root}": held(
            lambda root=root: BOMB % (root.encode(), LAUGHS, b"<%s><p>&x;</p></%s>" % (root.encode(), root.encode()))  # type: ignore[misc]
        )
        for root in ("rss", "feed", "newsMessage", "nitf", "html")
    },
}  # fmt: skip


def links(folder: Path) -> None:
    """Folders that lead into one another: without a bound 2 ** 40 ways."""
    for number in range(40):
        inner = folder / f"{number}"
        inner.mkdir()
        (inner / "one").symlink_to(folder)
        (inner / "two").symlink_to(folder / f"{(number + 1) % 40}", target_is_directory=True)
    (folder / "a.txt").write_bytes(REPORT)


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def address_space() -> int:
    """Bytes of this process, with all that is mapped."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def outcomes() -> Iterator[tuple[str, list[str]]]:
    """What came of each case: of each article its length, of each reject its reason."""
    for name, make in CASES.items():
        config = SMALL if "without an end" in name or "second quotation" in name else Config()
        found = read_sources(["-"], stdin=make(), reader=READER, config=config)  # type: ignore[arg-type]
        yield name, [item.reason if isinstance(item, Reject) else str(len(item.text)) for item in found][-3:]
    with tempfile.TemporaryDirectory() as folder:
        links(Path(folder))
        yield "links in circles", [getattr(item, "text", "") for item in read_sources([folder], reader=READER)]


def main(megabytes: int, seconds: int) -> None:
    """See above."""
    warm = [
        REPORT,
        PAGE,
        b"<rss><channel>" + ITEM + b"</channel></rss>",
        gzip.compress(PAGE),
        zipped({"a.txt": REPORT}),
    ]
    for data in warm:  # what loads late does not count
        list(read_sources(["-"], stdin=io.BytesIO(data), reader=READER))
    limit = address_space() + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    before = peak()
    for name, found in outcomes():
        print(json.dumps([name, found, round(peak() - before)]), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
