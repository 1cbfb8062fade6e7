"""Packed bytes into bytes: gzip, zstd, bzip2, xz. In: a stream and its first bytes. Out: a stream of what was packed.

Unpacking goes by pieces, so that memory is bounded whatever the file claims. What grows as only a bomb grows is
refused. It unpacks one layer; the caller says how many there may be.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from dragoman.errors import ReadingError
from dragoman.reading.streams import ChunkStream, Readable, chunks_of

GROWTH = 200  # text shrinks five- to twentyfold
FREE_BYTES = 20_000_000  # below this, growth is nobody's harm
_MEMORY = 1 << 27  # windows of zstd and xz
_PIECE = 1 << 18
_ZSTD_PIECE = 1 << 10
_SIGNATURES = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)


class _Unpacker(Protocol):
    """What bz2 and lzma offer, and `_Zlib` too."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Zlib:
    """zlib keeps what it has not looked at apart; here it is kept inside, as in bz2 and lzma."""

    __slots__ = ("_inner",)

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _Zstd:
    """zstandard has no bound on what one piece becomes, so that pieces must be small: 4 bytes can be 128 kB."""

    __slots__ = ("_inner",)

    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=_MEMORY).decompressobj()

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return True

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        import zstandard

        try:
            return self._inner.decompress(data)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error


def packing_of(head: bytes) -> str | None:
    """The name of the packing that these first bytes show, or none."""
    return next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)


def unpacked(packing: str, head: bytes, stream: Readable, source: str) -> ChunkStream:
    """What was packed. Reading it raises ReadingError where the file is damaged or grows out of bounds."""
    packed = _Counted(chunks_of(head, stream))
    makers: dict[str, Callable[[], _Unpacker]] = {
        "gzip": _Zlib,
        "zstd": _Zstd,
        "bzip2": bz2.BZ2Decompressor,
        "xz": lambda: lzma.LZMADecompressor(memlimit=_MEMORY),
    }
    small = _in_pieces(packed, _ZSTD_PIECE) if packing == "zstd" else packed
    pieces = _pieces(makers[packing], small, packing, source)
    return ChunkStream(_within_growth(pieces, packed, source))


def _within_growth(pieces: Iterable[bytes], packed: _Counted, source: str) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > FREE_BYTES and size > GROWTH * packed.size:
            raise ReadingError(f"it grows more than {GROWTH}-fold when it is unpacked: this is no text", source=source)
        yield piece


class _Counted:
    """An iterator of chunks that knows how many bytes went by."""

    __slots__ = ("_chunks", "size")

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            yield chunk


def _in_pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for chunk in chunks:
        for at in range(0, len(chunk), size):
            yield chunk[at : at + size]


def _pieces(make: Callable[[], _Unpacker], packed: Iterable[bytes], packing: str, source: str) -> Iterator[bytes]:
    """Members stand one after another; zeros after the last are padding."""
    unpacker = make()
    fresh = True
    try:
        for chunk in packed:
            data = chunk
            while data or not (fresh or unpacker.needs_input or unpacker.eof):
                if unpacker.eof:
                    unpacker, fresh = make(), True
                if fresh and not data.strip(b"\x00"):
                    break
                fresh = False
                yield unpacker.decompress(data, _PIECE)
                data = unpacker.unused_data if unpacker.eof else b""
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError) as error:
        raise _damaged(packing, source) from error
    if not (fresh or unpacker.eof):
        raise ReadingError(f"this {packing} file breaks off: the last reports are missing", source=source)


def _damaged(packing: str, source: str) -> ReadingError:
    return ReadingError(f"this {packing} file is damaged: pack it anew", source=source)
