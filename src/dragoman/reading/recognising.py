"""Which format is it? In: the first bytes of a file, and its name. Out: a format.

Content goes first; the suffix decides only where content cannot (rows of JSON that begin wrongly, tables). What is no
text at all is refused with what it is. Databases' exports in plain text or HTML are told apart later, by their whole.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal

from dragoman.errors import ReadingError
from dragoman.reading.encodings import refuse_binary
from dragoman.reading.jsonlines import NAMES
from dragoman.reading.mail import is_mailbox, is_message
from dragoman.reading.tables import column_names

Format = Literal["rows", "table", "html", "feed", "newsml", "warc", "rtf", "mailbox", "message", "plain"]

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_ARRAY = re.compile(rb"\[\s*\{\s*\"")
_ROWS = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".tab")
_PROLOGUE = re.compile(
    rb"\s*+(?:<\?[^>]*+>\s*+|<!--(?:[^-]|-(?!->))*+-->\s*+|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?>\s*+)*+", re.IGNORECASE
)
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ROOTS: dict[bytes, Format] = {
    **dict.fromkeys((b"rss", b"feed", b"rdf"), "feed"),
    **dict.fromkeys((b"newsmessage", b"newsitem", b"packageitem", b"nitf", b"catalogitem", b"knowledgeitem"), "newsml"),
    **dict.fromkeys((b"html",), "html"),
}
_PAGE = re.compile(
    rb"<(?:!doctype\s+html|(?:head|body|meta|div|p|article|section|main|table|span|script|style|h[1-6]|link|title)[\s>/])",
    re.IGNORECASE,
)
_LONGEST_HEADER = 10_000


def is_tar(head: bytes) -> bool:
    """Do these first bytes begin a tar archive?"""
    return head[257:262] == b"ustar"


def is_zip(head: bytes) -> bool:
    """Do these first bytes begin a zip archive?"""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def format_of(head: bytes, name: str) -> Format:
    """The format of what begins with `head`. Raises ReadingError for what is no text, and for unknown XML and JSON."""
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(_WIDE_MARKS) or bare[1:2] == b"\x00" or bare[:1] == b"\x00":
        return _wide(head, name)
    if bare.startswith(b"{\\rtf"):
        return "rtf"
    if bare.startswith(b"{"):
        return "rows"
    if bare.startswith(b"WARC/"):
        return "warc"
    if bare.startswith(b"<"):
        found = _of_markup(bare, name)
        if found is not None:
            return found
    if is_mailbox(bare):
        return "mailbox"
    if is_message(bare):
        return "message"
    refuse_binary(head, source=name)
    if _ARRAY.match(bare):
        raise ReadingError("this is a JSON array: write one object a line (JSON lines)", source=name)
    if bare and name.lower().endswith(_ROWS):
        return "rows"
    return "table" if bare and _is_table(bare, name) else "plain"


def _wide(head: bytes, name: str) -> Format:
    """UTF-16 and UTF-32: markup says its encoding, rows of JSON must not be wide, all else is plain."""
    narrow = bytes(byte for byte in head[:2_000] if byte).lstrip(b"\xff\xfe \r\n\t")
    if narrow.startswith((b"{", b"[{")):
        raise ReadingError("JSON lines must be UTF-8: convert the file", source=name)
    found = _of_markup(narrow, name) if narrow.startswith(b"<") and head.startswith(_WIDE_MARKS) else None
    return found or "plain"


def _of_markup(bare: bytes, name: str) -> Format | None:
    prologue = _PROLOGUE.match(bare)
    at = prologue.end() if prologue is not None else 0
    root = _ROOT.match(bare, at)
    if root is not None and root[1].lower() in _ROOTS:
        return _ROOTS[root[1].lower()]
    if _PAGE.match(bare, at) or b"<!doctype html" in bare[:at].lower():
        return "html"
    if bare[:5].lower() == b"<?xml":
        what = f"its root is {root[1].decode('ascii')}" if root is not None else "it has no root"
        raise ReadingError(f"this is XML of a kind that is not read here ({what})", source=name)
    return None


def _is_table(bare: bytes, name: str) -> bool:
    """By its suffix; or where the first line has names of columns, one of them that of the text."""
    if name.lower().endswith(_TABLES):
        return True
    line, end, _ = bare[:_LONGEST_HEADER].partition(b"\n")
    names = column_names(line.decode("utf-8", "replace").rstrip("\r"))
    known = {one for several in NAMES.values() for one in several}
    return bool(end) and len(names) > 1 and set(NAMES["text"]) <= set(names) and len(known & set(names)) > 1
