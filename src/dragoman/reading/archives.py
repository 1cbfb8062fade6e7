"""Zip and tar archives into their members. In: a stream. Out: member names and streams, one after another.

Members are read where they lie: nothing is ever written, so a name such as ../../etc/passwd is a label and no more.
Links, devices and folders are passed over; sparse files are refused. A zip archive needs a file that one can seek in.
"""

from __future__ import annotations

import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, cast

from dragoman.errors import ReadingError
from dragoman.reading.compressed import FREE_BYTES, GROWTH
from dragoman.reading.streams import CHUNK, ChunkStream, Readable

MOST_MEMBERS = 1_000_000
MOST_DIRECTORY_BYTES = 32_000_000  # of a zip archive, some 300,000 members: zipfile holds a value for each
_OFFICE = ("[Content_Types].xml", "mimetype")
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError),
    *(OverflowError, ValueError, LookupError, struct.error, OSError, RuntimeError, MemoryError),
)


class Member(NamedTuple):
    """One file of an archive; its stream must be read before the next member is asked for."""

    name: str
    stream: ChunkStream


def zip_members(stream: BinaryIO, source: str) -> Iterator[Member]:
    """The files of a zip archive. Raises ReadingError for a damaged one, an Office document, and a locked member."""
    try:
        size = stream.seek(0, os.SEEK_END)
        archive = zipfile.ZipFile(cast(BinaryIO, _Listing(stream, source)))
        infos = archive.infolist()
    except _DAMAGE as error:
        raise _damaged("zip", error, source) from error
    if infos and infos[0].filename in _OFFICE:
        raise ReadingError("this is an Office document: save it as plain text, RTF or HTML", source=source)
    if len(infos) > MOST_MEMBERS:
        raise ReadingError(f"this zip archive has more than {MOST_MEMBERS:,} members", source=source)
    bound = _Bound(max(FREE_BYTES, GROWTH * size), source)
    for info in infos:
        if info.filename.endswith("/"):
            continue
        if info.flag_bits & 1:
            raise ReadingError("this zip archive is locked by a password: unpack it", source=source)
        opened = cast(Callable[[], Readable], lambda info=info: archive.open(info))
        yield Member(info.filename, ChunkStream(_pieces("zip", opened, bound, source)))


def tar_members(stream: Readable, source: str) -> Iterator[Member]:
    """The files of a tar archive, in one pass. Raises ReadingError for a damaged one."""
    try:
        archive = tarfile.TarFile.open(fileobj=cast(BinaryIO, stream), mode="r|")
    except _DAMAGE as error:
        raise _damaged("tar", error, source) from error
    for _ in range(MOST_MEMBERS):
        try:
            info = archive.next()
        except _DAMAGE as error:
            raise _damaged("tar", error, source) from error
        if info is None:
            return
        archive.members = []  # type: ignore[attr-defined]  # tarfile would keep every header
        if info.issparse():
            raise ReadingError(f"{info.name} is a sparse file: pack it anew", source=source)
        if info.isreg():
            opened = cast(Callable[[], Readable], lambda info=info: archive.extractfile(info))
            yield Member(info.name, ChunkStream(_pieces("tar", opened, None, source)))
    raise ReadingError(f"this tar archive has more than {MOST_MEMBERS:,} members", source=source)


class _Listing:
    """A zip archive's stream that hands out no more at a time than a directory of members may have."""

    __slots__ = ("_inner", "_source", "seek", "seekable", "tell")

    def __init__(self, inner: BinaryIO, source: str) -> None:
        self._inner = inner
        self._source = source
        self.seek, self.seekable, self.tell = inner.seek, inner.seekable, inner.tell

    def read(self, size: int = -1) -> bytes:
        if size > MOST_DIRECTORY_BYTES:
            reason = f"this zip archive lists its members in more than {MOST_DIRECTORY_BYTES:,} bytes: split it"
            raise ReadingError(reason, source=self._source)
        return self._inner.read(size)


class _Bound:
    """How much may still be unpacked, of all members together: a thousand small bombs are one large one."""

    __slots__ = ("_left", "_source")

    def __init__(self, left: int, source: str) -> None:
        self._left = left
        self._source = source

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            reason = f"it grows more than {GROWTH}-fold when it is unpacked: this is no text"
            raise ReadingError(reason, source=self._source)


def _pieces(kind: str, opened: Callable[[], Readable], bound: _Bound | None, source: str) -> Iterator[bytes]:
    try:
        stream = opened()
        while piece := stream.read(CHUNK):
            if bound is not None:
                bound.take(len(piece))
            yield piece
    except _DAMAGE as error:
        raise _damaged(kind, error, source) from error


def _damaged(kind: str, error: Exception, source: str) -> ReadingError:
    return ReadingError(f"this {kind} archive is damaged ({str(error)[:80]}): pack it anew", source=source)
