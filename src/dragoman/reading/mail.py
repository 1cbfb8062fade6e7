"""EML and MBOX into reports. In: the bytes of a message, or the lines of a mailbox. Out: a `Report` for each message.

A newsletter is one report: title from Subject, outlet from From, day from Date, text from the plain part, or from the
HTML part where the plain one is a stub. Attachments are not read, nor messages within messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dragoman.errors import ReadingError
from dragoman.reading.dates import iso_moment
from dragoman.reading.encodings import decode_markup
from dragoman.reading.markup import text_of_html
from dragoman.reading.rejects import STAGE, Reject
from dragoman.reading.reports import Report, bare
from dragoman.reading.streams import HOPELESS

if TYPE_CHECKING:
    from email.message import Message

_HEADER = re.compile(rb"(?:[!-9;-~]{1,60}:[^\r\n]*+\r?\n(?:[ \t]+[^\r\n]*+\r?\n)*+)+")
_NAMES = re.compile(
    rb"^(from|message-id|mime-version|received|return-path|delivered-to|subject|to|date|list-id):", re.I | re.M
)
_CERTAIN = frozenset((b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to"))
_ENVELOPE = b"From "
_QUOTED_ENVELOPE = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINK_LINE = re.compile(r"^[ \t]*[<(\[]?https?://\S+[>)\]]?[ \t]*$\n?", re.MULTILINE)
_STUB_WORDS = 40  # fewer in the plain part is "see this message in your browser"
_LONGEST_HEADER = 2_000
_MOST_PARTS = 1_000


def is_message(head: bytes) -> bool:
    """Do these first bytes begin a mail? It takes a block of headers, one of them such as only mail has."""
    found = _HEADER.match(head)
    if found is None:
        return False
    names = {name.lower() for name in _NAMES.findall(found[0])}
    return b"from" in names and bool(names & _CERTAIN)


def is_mailbox(head: bytes) -> bool:
    """Do these first bytes begin a mailbox: an envelope line, and then a mail?"""
    line, _, rest = head.partition(b"\n")
    return line.startswith(_ENVELOPE) and _HEADER.match(rest) is not None


def read_mailbox(lines: Iterator[bytes | None], *, source: str, limit: int) -> Iterator[Report | Reject]:
    """The messages of a mailbox; one that is longer than `limit` bytes is a reject."""
    for number, data in enumerate(_messages(lines, limit), 1):
        if data is None:
            reason = f"the message is longer than {limit:,} bytes (maximal_document_bytes)"
            yield Reject(source, number, STAGE, reason, "message")
            continue
        try:
            yield read_message(data, source=source, row=number)
        except ReadingError as error:
            yield Reject(source, number, STAGE, error.reason, "message")


def read_message(data: bytes, *, source: str, row: int | None = None) -> Report:
    """The report of one mail. Raises ReadingError for a broken one, and for one without text."""
    from email.errors import MessageError
    from email.parser import BytesParser
    from email.policy import compat32
    from email.utils import parseaddr

    try:
        message = BytesParser(policy=compat32).parsebytes(data)
        plain, markup = _texts(message, source)
    except (RecursionError, MessageError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise ReadingError(f"this mail is broken ({type(error).__name__}): mend it", source=source) from error
    text = plain if len(plain.split(None, _STUB_WORDS)) > _STUB_WORDS or not markup else text_of_html(markup, source)
    name, address = parseaddr(_header(message, "From"))
    return Report(
        _LINK_LINE.sub("", text).strip(),
        title=bare(_header(message, "Subject")),
        published=iso_moment(_header(message, "Date")),
        publisher=bare(name) or bare(address),
        url=_link(_header(message, "Archived-At")),
        language=bare(_header(message, "Content-Language")),
        row=row,
        unit="message",
    )


def _messages(lines: Iterator[bytes | None], limit: int) -> Iterator[bytes | None]:
    held: list[bytes] = []
    size = 0
    blank = started = False
    for line in lines:
        if line is not None and line.startswith(_ENVELOPE) and (blank or not started):
            if started:
                yield _unquoted(held) if size <= limit else None
            held, size, started, blank = [], 0, True, False
            continue
        size += len(line) + 1 if line is not None else limit + 1
        if line is not None and size <= limit:
            held.append(line)
        else:
            held = []
        if size > HOPELESS * limit:
            raise ReadingError(f"a mail has more than {HOPELESS * limit:,} bytes: the rest is not read", source="mail")
        blank = line is not None and not line.strip()
    if started:
        yield _unquoted(held) if size <= limit else None


def _unquoted(lines: list[bytes]) -> bytes:
    return _QUOTED_ENVELOPE.sub(rb"\1", b"\n".join(lines))


def _texts(message: Message, source: str) -> tuple[str, str]:
    """The plain parts together, and the HTML part; of alternatives, each kind once."""
    plain: list[str] = []
    markup: list[str] = []
    for count, part in enumerate(message.walk()):
        if count > _MOST_PARTS:
            raise ReadingError(f"this mail has more than {_MOST_PARTS:,} parts", source=source)
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data.strip():
            charset = part.get_content_charset()
            (plain if kind == "text/plain" else markup).append(
                decode_markup(data, source=source, declared=charset).text.replace("\r\n", "\n").replace("\x00", "")
            )
    return "\n\n".join(plain).strip(), "\n".join(markup[:1])


def _header(message: Message, name: str) -> str:
    """A header in its characters; one that cannot be decoded as it stands."""
    from email.errors import MessageError
    from email.header import decode_header, make_header

    value = message.get(name)
    raw = str(value)[:_LONGEST_HEADER] if value is not None else ""
    try:
        found = str(make_header(decode_header(raw)))
    except (ValueError, LookupError, MessageError):
        found = raw
    return found.encode("utf-8", "replace").decode("utf-8")


def _link(text: str) -> str | None:
    link = text.strip().strip("<>")
    return link if link.startswith(("http://", "https://")) else None
