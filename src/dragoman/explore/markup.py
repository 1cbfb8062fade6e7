"""Text of others made safe to stand in a page. In: titles, quotes, addresses. Out: the same, without power.

`plain` takes out what a reader cannot see and what may turn a line around; `markdown_text` leaves nothing that Markdown
or HTML would read as markup; `web_link` lets through addresses of the web alone. It judges no content.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

# Controls, and marks that change the direction of what follows; a lone half surrogate is in no encoding.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_SAFE_IN_LINK = "-._~:/?#@!$&*+,;=%[]"  # as they stand; all else is written as %XX
_SPECIAL_INLINE = re.compile(r"[\\`*_\[\]|~^$@#]")
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)")


def plain(text: str) -> str:
    """One line, without unseen characters."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is, inside a line that begins with something else."""
    escaped = _SPECIAL_INLINE.sub(r"\\\g<0>", plain(text))
    escaped = re.sub(r"&(?=#?\w+;)", "&amp;", escaped).replace("<", "&lt;").replace(">", "&gt;")
    return _AUTOLINK.sub(lambda found: f"{found[0]}&#8203;", escaped)  # GitHub makes links of bare addresses


def web_link(url: str | None) -> str | None:
    """The address if it leads to the web by http or https, in characters that no markup minds; else none."""
    if not url or _UNSEEN.search(url) or any(letter.isspace() for letter in url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port  # a port that is no number raises
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc or "\\" in url:
        return None
    return quote(url.strip(), safe=_SAFE_IN_LINK)
