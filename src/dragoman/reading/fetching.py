"""Addresses into bytes. In: a URL that the user gave, or that a feed of theirs names. Out: what lies there, bounded.

Only http and https, no passwords, a few redirects, so many bytes and seconds and no more. Names are resolved once, and
the connection goes to the address that was checked: private, local and reserved addresses are refused unless they are
allowed. Proxies and cookies are not used; robots.txt is not asked, since nothing is crawled.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from dragoman import __version__
from dragoman.errors import ReadingError
from dragoman.reading.streams import CHUNK

if TYPE_CHECKING:
    import http.client
    import socket
    from email.message import Message

REDIRECTS = 5
SECONDS = 30.0
_MOVED = (301, 302, 303, 307, 308)
_TRANSLATED = "64:ff9b::/96"  # IPv4 addresses as a gateway of IPv6 networks writes them
_LONGEST_HEADER = 1_000
_SAFE = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a page, the address that they came from in the end, and the encoding that the server declared.

    `etag` and `modified` are how the server tells this state of the page from another.
    """

    data: bytes
    url: str
    charset: str | None
    etag: str | None = None
    modified: str | None = None


def is_url(name: str) -> bool:
    """Does a name begin as an address on the web does?"""
    return name[:8].lower().startswith(("http://", "https://"))


def fetch(url: str, *, limit: int, private: bool = False, seconds: float = SECONDS) -> Fetched:
    """What lies at `url`, `limit` bytes at most; `private` allows one's own network. Raises ReadingError."""
    found = fetch_if_new(url, limit=limit, private=private, seconds=seconds)
    assert found is not None  # only who names a state of the page is told that it has not changed
    return found


def fetch_if_new(
    url: str,
    *,
    limit: int,
    private: bool = False,
    seconds: float = SECONDS,
    etag: str | None = None,
    modified: str | None = None,
) -> Fetched | None:
    """As `fetch`; none where the server says that the page is still in the state that `etag` or `modified` names."""
    from http.client import HTTPException

    state = {"If-None-Match": etag, "If-Modified-Since": modified}
    conditions = {name: value for name, value in state.items() if value is not None}
    deadline = time.monotonic() + seconds
    address = url
    for _ in range(REDIRECTS + 1):
        parts = _checked(address, url)
        try:
            found = _asked(parts, url, limit, private, deadline, conditions)
        except (OSError, HTTPException, zlib.error, ValueError) as error:
            reason = f"it cannot be fetched: {str(error)[:120] or type(error).__name__}"
            raise ReadingError(reason, source=url) from error
        if found is None or isinstance(found, Fetched):
            return found
        address = urljoin(address, found)
    raise ReadingError(f"it is redirected more than {REDIRECTS} times", source=url)


def _checked(address: str, source: str) -> SplitResult:
    try:
        parts = urlsplit(quote(address, safe=_SAFE))
        _ = parts.port
    except ValueError as error:
        raise ReadingError(f"this is no address: {error}", source=source) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ReadingError("only http and https are fetched", source=source)
    if parts.username is not None:
        raise ReadingError("an address with a user's name is not fetched", source=source)
    return parts


def _asked(
    parts: SplitResult, source: str, limit: int, private: bool, deadline: float, conditions: Mapping[str, str]
) -> Fetched | str | None:
    """The page, or where it has moved to; none where it has not changed."""
    from http.client import HTTPConnection
    from threading import Timer

    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = HTTPConnection(host, port)
    connection.sock = _connected(host, port, private, deadline, source)
    opened = [connection.sock]
    # A server that sends a byte now and then never trips the time limit of a socket.
    watch = Timer(max(0.1, deadline - time.monotonic()), _end, (opened,))
    watch.daemon = True
    watch.start()
    try:
        if parts.scheme == "https":
            import ssl

            secured = ssl.create_default_context().wrap_socket(
                connection.sock, server_hostname=host, do_handshake_on_connect=False
            )
            connection.sock = secured
            opened.append(secured)  # the plain socket has handed its connection over
            secured.do_handshake()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asked = {"User-Agent": f"dragoman/{__version__}", "Accept-Encoding": "gzip, identity", "Connection": "close"}
        connection.request("GET", path, headers={**asked, **conditions})
        answer = connection.getresponse()
        moved = answer.headers.get("Location")
        if answer.status in _MOVED and moved:
            return moved
        if answer.status == 304 and conditions:
            return None
        if answer.status != 200:
            raise ReadingError(f"the server answered {answer.status} {answer.reason[:60]}", source=source)
        data = _body(answer, limit, deadline, source)
        etag, modified = (_header(answer.headers, name) for name in ("ETag", "Last-Modified"))
        return Fetched(data, parts.geturl(), _charset(answer.headers), etag, modified)
    finally:
        watch.cancel()
        connection.close()


def _end(opened: list[socket.socket]) -> None:
    from contextlib import suppress
    from socket import SHUT_RDWR, socket

    for one in opened:
        with suppress(OSError):
            socket.shutdown(one, SHUT_RDWR)


def _connected(host: str, port: int, private: bool, deadline: float, source: str) -> socket.socket:
    """A socket to the first address of `host`. All must be public, so that none is tried that was not checked."""
    import socket

    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        if not private and not _is_public(str(place[0])):
            reason = f"{host} is a private address ({place[0]}): fetch it with --allow-private"
            raise ReadingError(reason, source=source)
    family, kind, protocol, _, place = found[0]
    opened = socket.socket(family, kind, protocol)
    opened.settimeout(max(0.1, deadline - time.monotonic()))
    try:
        opened.connect(place)
    except OSError:
        opened.close()
        raise
    return opened


def _is_public(text: str) -> bool:
    import ipaddress

    address = ipaddress.ip_address(text.partition("%")[0])
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 4:
        return True
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in ipaddress.ip_network(_TRANSLATED):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(each is None or _is_public(str(each)) for each in inner)


def _body(answer: http.client.HTTPResponse, limit: int, deadline: float, source: str) -> bytes:
    packed = (answer.headers.get("Content-Encoding") or "identity").strip().lower()
    if packed not in ("identity", "gzip", "x-gzip", "deflate", ""):
        raise ReadingError(f"the server packed it as {packed[:20]}, which was not asked for", source=source)
    unpacker = zlib.decompressobj(wbits=47) if packed not in ("identity", "") else None
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(CHUNK):
        part = unpacker.decompress(part, limit + 1 - size) if unpacker is not None else part
        size += len(part)
        if size > limit:
            raise ReadingError(f"it is longer than {limit:,} bytes (maximal_document_bytes)", source=source)
        parts.append(part)
    if time.monotonic() >= deadline:
        raise ReadingError("it takes too long to fetch", source=source)
    if answer.length or (unpacker is not None and not unpacker.eof):
        raise ReadingError("the server broke off", source=source)
    return b"".join(parts)


def _header(headers: Message, name: str) -> str | None:
    """A header that can be sent back as it came."""
    found = headers.get(name)
    return found if found and len(found) <= _LONGEST_HEADER and found.isascii() and found.isprintable() else None


def _charset(headers: Message) -> str | None:
    found = headers.get_content_charset()
    return found if isinstance(found, str) else None
