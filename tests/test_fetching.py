"""Fetching: only what was asked for, of bounded size and time, and from no private address unless allowed."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dragoman.errors import ReadingError
from dragoman.reading import fetching
from dragoman.reading.fetching import fetch
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources
from dragoman.values import Article
from tests.test_formats import FILES, PAGE, READER

LIMIT = 100_000
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
