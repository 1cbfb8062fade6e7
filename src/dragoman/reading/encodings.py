"""Bytes into text. In: the bytes of one file, and the encoding declared for it, if any. Out: text and encoding.

A byte-order mark is believed first, then the declared encoding, then strict UTF-8, then UTF-16 by its pattern of zeros;
last a guess among legacy encodings. Nothing is replaced or normalised: line ends and spaces stay as they are. What is
no text (pictures, PDF, archives, web pages) is refused with what it is and what to do. It cannot repair text that was
decoded wrongly before it came here.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from dragoman.errors import ReadingError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNPACK = "unpack it first"
_EXTRACT = "extract its text first"
_SIGNATURES = (
    (b"%PDF-", "a PDF document", "extract its text first, for instance with pdftotext"),
    (
        b"PK\x03\x04",
        "a zip archive or an Office document",
        "unpack it, or save it as plain text",
    ),
    (b"\x1f\x8b", "compressed with gzip", _UNPACK),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"\x89PNG\r\n", "a PNG picture", "give the text that it shows"),
    (b"\xff\xd8\xff", "a JPEG picture", "give the text that it shows"),
    (b"GIF8", "a GIF picture", "give the text that it shows"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "save it as plain text"),
    (b"{\\rtf", "an RTF document", "save it as plain text"),
    (b"PAR1", "a Parquet file", "write its rows as JSON lines"),
    (b"SQLite format 3\x00", "an SQLite database", "write its rows as JSON lines"),
    (b"\x7fELF", "a program", "name a file of text"),
)
_WEB = re.compile(
    rb"\s*(?:<!--(?:[^-]|-(?!->))*+-->\s*)*+"
    rb"<(?:!doctype\s+html|(?:html|head|body|meta|div|p|article|section|main|table|span|script|style|h[1-6])[\s>/])",
    re.IGNORECASE,
)
_XML = re.compile(rb"\s*<\?xml\s", re.IGNORECASE)
_MANY_BYTES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_MAC_APOSTROPHE = re.compile(rb"[a-z]\xd5[a-z]")
_SAMPLE = 65_536
_LEGACY = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "iso8859_5",
    "mac_roman", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip


class Decoded(NamedTuple):
    """Text as it stands in the bytes, without a byte-order mark, and the name of its encoding."""

    text: str
    encoding: str


def decode(data: bytes, *, source: str, declared: str | None = None) -> Decoded:
    """Decode one file. Raises ReadingError for what is empty, is no text, or fits no encoding."""
    if not data:
        raise ReadingError("the file is empty", source=source)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, f"the byte-order mark says {encoding}", source)
    refuse_binary(data, source=source)
    if declared is not None:
        try:
            codecs.lookup(declared)
        except LookupError as error:
            raise ReadingError(f"{declared!r} is no encoding that is known here", source=source) from error
        return _strictly(data, declared, f"{declared} was declared", source)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _without_unicode(data, error, source)
    if "\x00" in text:
        return _with_zeros(data, source)
    return Decoded(text, "utf-8")


def refuse_binary(data: bytes, *, source: str) -> None:
    """Raise ReadingError where the first bytes show that this is no plain text."""
    for signature, what, advice in _SIGNATURES:
        if data.startswith(signature):
            raise ReadingError(f"this is {what}, not text: {advice}", source=source)
    if _WEB.match(data[:_SAMPLE]):
        raise ReadingError(f"this is a web page, not plain text: {_EXTRACT}", source=source)
    if _XML.match(data[:_SAMPLE]):
        raise ReadingError(f"this is XML, not plain text: {_EXTRACT}", source=source)


def _strictly(data: bytes, encoding: str, why: str, source: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadingError(f"{why}, but byte {error.start} does not fit it", source=source) from error
    if "\x00" in text:
        raise ReadingError("this is binary data: it holds NUL characters", source=source)
    return Decoded(text, encoding)


def _with_zeros(data: bytes, source: str) -> Decoded:
    """UTF-16 without a mark shows as zeros in every other byte; other zeros mean binary data."""
    sample = data[:_SAMPLE]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[offset::2]
        if len(data) % 2 == 0 and half.count(0) > 0.7 * len(half):
            return _strictly(data, encoding, f"it looks like {encoding}", source)
    raise ReadingError("this is binary data: it holds NUL bytes", source=source)


def _without_unicode(data: bytes, error: UnicodeDecodeError, source: str) -> Decoded:
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        return _with_zeros(data, source)
    wrong = sample.decode("utf-8", errors="replace").count("\ufffd")
    if len(_MANY_BYTES.findall(sample)) > 3 * wrong:
        raise ReadingError(f"this is UTF-8 but for byte {error.start} ({error.reason}): mend the file", source=source)
    if sum(byte < 9 or 13 < byte < 27 for byte in sample) > len(sample) // 100:
        raise ReadingError("this is binary data: it holds many control characters", source=source)
    return _guessed(data, source)


def _guessed(data: bytes, source: str) -> Decoded:
    """A text that is mostly ASCII is English in a single-byte encoding, and those differ in quotation marks at most."""
    sample = data[:_SAMPLE]
    if sum(byte < 128 for byte in sample) > 0.85 * len(sample):
        encoding = "mac_roman" if _MAC_APOSTROPHE.search(sample) and b"\x92" not in sample else "cp1252"
    else:
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=list(_LEGACY)).best()
        encoding = best.encoding if best is not None else "cp1252"
    for name in (encoding, "latin-1"):
        try:
            return Decoded(data.decode(name), name)
        except UnicodeDecodeError:
            continue
    raise ReadingError("its encoding is not known: convert it to UTF-8", source=source)


def decode_markup(data: bytes, *, source: str, declared: str | None = None) -> Decoded:
    """Decode HTML as browsers do: mark, declaration of the server, of the document, UTF-8, cp1252. A byte that fits
    none becomes U+FFFD: one wrong byte in a footer spoils no report. Raises ReadingError for what is empty.
    """
    if not data.strip():
        raise ReadingError("the file is empty", source=source)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"), encoding)
    said = _CHARSET.search(data[:4096])
    for name in (declared, said[1].decode("ascii") if said is not None else None):
        known = _known(name)
        if known is not None:
            try:
                return Decoded(data.decode(known), known)
            except UnicodeDecodeError:
                continue
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        many = len(_MANY_BYTES.findall(data[:_SAMPLE]))
        encoding = "utf-8" if many else "cp1252"
        return Decoded(data.decode(encoding, "replace"), encoding)


def _known(name: str | None) -> str | None:
    """An encoding of text by its name on the web, where latin-1 and ascii mean cp1252."""
    if name is None:
        return None
    try:
        codec = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        return None
    if not getattr(codec, "_is_text_encoding", True):
        return None
    return "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name
