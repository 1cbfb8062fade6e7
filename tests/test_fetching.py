"""Fetching: only what was asked for, of bounded size and time, and from no private address unless allowed."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dragoman.errors import ReadingError
from dragoman.reading import fetching
from dragoman.reading.fetching import Fetched, fetch, fetch_if_new
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources
from dragoman.values import Article
from tests.test_formats import FILES, PAGE, READER

LIMIT = 100_000
DAY = "Tue, 19 Nov 2024 06:00:00 GMT"
FEED = b"""<rss version="2.0"><channel><title>Post</title><item><title>Talks</title><link>%s/page</link>
<description>Talks reopen.</description></item><item><title>Gone</title><link>%s/gone</link>
<description>Gone.</description></item></channel></rss>"""


class _Server(BaseHTTPRequestHandler):
    """What a server, honest or not, may answer."""

    def do_GET(self) -> None:
        answers: dict[str, Any] = {
            "/page": lambda: self.send(PAGE, "text/html; charset=utf-8"),
            "/packed": lambda: self.send(gzip.compress(PAGE), "text/html", ("Content-Encoding", "gzip")),
            "/bomb": lambda: self.send(gzip.compress(b" " * 5_000_000), "text/html", ("Content-Encoding", "gzip")),
            "/brotli": lambda: self.send(PAGE, "text/html", ("Content-Encoding", "br")),
            "/latin": lambda: self.send("The envoys met in São Paulo.".encode("cp1252"), "text/plain; charset=latin-1"),
            "/feed": lambda: self.send(FEED.replace(b"%s", self.base()), "application/rss+xml"),
            "/moved": lambda: self.move("/page"),
            "/circle": lambda: self.move("/circle"),
            "/to-file": lambda: self.move("file:///etc/passwd"),
            "/endless": self.endless,
            "/slow": self.slow,
            "/kept": self.kept,
            "/stubborn": lambda: self.send_error(304),
        }
        answers.get(self.path, lambda: self.send_error(404))()

    def base(self) -> bytes:
        return f"http://{self.headers['Host']}".encode()

    def send(self, data: bytes, kind: str, *more: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *more):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def move(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.end_headers()

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"They met. " * 1_000)
        except OSError:
            return

    def slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"a")
                time.sleep(0.1)
        except OSError:
            return

    def kept(self) -> None:
        """A page that has two states, told apart by what the client sends."""
        if self.headers["If-None-Match"] == '"1"' and self.headers["If-Modified-Since"] == DAY:
            self.send_response(304)
            self.end_headers()
        else:
            self.send(PAGE, "text/html", ("ETag", '"1"'), ("Last-Modified", DAY))

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    found.daemon_threads = True
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{found.server_address[1]}"
    found.shutdown()
    found.server_close()


def test_a_page_that_has_not_changed_is_not_sent_again(server: str) -> None:
    first = fetch_if_new(f"{server}/kept", limit=LIMIT, private=True)
    assert first is not None
    assert (first.etag, first.modified) == ('"1"', DAY)
    kept = fetch_if_new(f"{server}/kept", limit=LIMIT, private=True, etag=first.etag, modified=first.modified)
    assert kept is None
    again = fetch_if_new(f"{server}/kept", limit=LIMIT, private=True, etag='"0"')
    assert again is not None
    with pytest.raises(ReadingError, match="304"):  # nobody asked whether it had
        fetch(f"{server}/stubborn", limit=LIMIT, private=True)


def test_pages_that_were_fetched_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    urls = ["https://a.example/feed", "https://a.example/gone"]
    feed = Fetched(FEED.replace(b"%s", b"https://a.example"), urls[0], None)
    found = list(read_sources(urls, reader=READER, pages={urls[0]: feed, urls[1]: "the server answered 503"}))
    assert [getattr(each, "title", None) for each in found] == ["Talks", "Gone", None]
    assert isinstance(found[2], Reject)
    assert (found[2].source, found[2].reason) == (urls[1], "the server answered 503")
    known = {"https://a.example/page", "https://a.example/gone"}
    assert list(read_sources(urls[:1], reader=READER, pages={urls[0]: feed}, fetch=True, known=known)) == []


def read(url: str, **options: Any) -> list[Article | Reject]:
    return list(read_sources([url], reader=READER, private=True, **options))


def test_pages_are_fetched(server: str) -> None:
    for path in ("/page", "/packed", "/moved"):
        (found,) = read(server + path)
        assert isinstance(found, Article), found
        assert found.title == "Chile and Peru reopen border talks"
        assert found.source == server + path
        assert found.url == server + ("/page" if path == "/moved" else path)
    (latin,) = read(server + "/latin")
    assert isinstance(latin, Article)
    assert latin.text == "The envoys met in São Paulo."


def test_pages_of_feeds_are_fetched_only_when_asked_for(server: str) -> None:
    first, second = read(server + "/feed")
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.text == "Talks reopen."
    first, gone = read(server + "/feed", fetch=True)
    assert isinstance(first, Article)
    assert first.text.startswith("Chile and Peru reopen border talks\n\nThe foreign ministers")
    assert (first.title, first.publisher, first.source) == ("Talks", "Post", f"{server}/feed, entry 1")
    assert isinstance(gone, Reject)
    assert (gone.row, gone.unit) == (2, "entry")
    assert "404" in gone.reason


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/bomb", "longer than 100,000 bytes"),
        ("/endless", "longer than 100,000 bytes"),
        ("/slow", "too long|timed out"),
        ("/circle", "redirected more than 5 times"),
        ("/to-file", "only http and https"),
        ("/brotli", "was not asked for"),
        ("/gone", "404"),
    ],
)
def test_what_servers_may_not_do(server: str, path: str, says: str) -> None:
    start = time.monotonic()
    with pytest.raises(ReadingError, match=says):
        fetch(server + path, limit=LIMIT, private=True, seconds=2 if path == "/slow" else 60)
    assert path != "/slow" or time.monotonic() - start < 8


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]", "[fe80::1]"),
        *("[::ffff:127.0.0.1]", "[fc00::1]", "224.0.0.1", "2130706433", "0x7f.1", "localhost"),
        *("017700000001", "127.1", "[::ffff:10.0.0.1]", "[::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]"),
        *("[2001:0:4136:e378:8000:63bf:80ff:fffe]", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
    ],
)
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(ReadingError, match=r"private address|cannot be fetched"):
        fetch(f"http://{host}:9/", limit=LIMIT, seconds=5)


def test_a_redirect_to_a_private_address_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def is_public(text: str) -> bool:
        asked.append(text)
        return len(asked) == 1  # the first address passes as public, the one that it leads to does not

    monkeypatch.setattr(fetching, "_is_public", is_public)
    with pytest.raises(ReadingError, match="private address"):
        fetch(server + "/moved", limit=LIMIT, seconds=20)
    assert len(asked) == 2


def test_a_name_that_answers_otherwise_the_second_time_is_asked_once(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is checked, private when it is connected to."""
    asked: list[str] = []
    opened: list[object] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        place = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    def connect(_: socket.socket, place: tuple[str, int]) -> None:
        opened.append(place)
        raise OSError("no way there")

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    monkeypatch.setattr("socket.socket.connect", connect)
    with pytest.raises(ReadingError, match="no way there"):
        fetch("http://rebinding.example/", limit=LIMIT, seconds=5)
    assert (asked, opened) == (["rebinding.example"], [("93.184.216.34", 80)])


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [("93.184.216.34", 80), ("10.0.0.1", 80)]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(ReadingError, match=r"10\.0\.0\.1"):
        fetch("http://both.example/", limit=LIMIT, seconds=5)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://a.example/x", "only http"),
        ("file:///etc/passwd", "only http"),
        ("http://", "only http"),
        ("http://user:word@a.example/", "user's name"),
        ("http://a.example:99999/", "no address"),
        ("http://[::1/", "no address"),
    ],
)
def test_addresses_that_are_none(url: str, says: str) -> None:
    with pytest.raises(ReadingError, match=says):
        fetch(url, limit=LIMIT, seconds=1)


def test_files_never_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    assert len(list(read_sources([str(FILES)], reader=READER))) > 10
