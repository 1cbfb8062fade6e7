"""HTML and XML into trees and text. In: bytes or text of one document. Out: lxml trees of bounded size; paragraphs.

Parsers are linear in honest documents only, so what makes them quadratic is refused before: heaps of elements, of
attributes in one tag, of inline elements in one paragraph. An XML document may declare no entities, and nothing is
ever fetched. It draws no page: what a style sheet hides comes out as text.
"""

from __future__ import annotations

import re
from typing import Any

from dragoman.errors import ReadingError

MOST_ELEMENTS = 20_000  # a long page of news has 5,000
MOST_INLINE = 500  # children of one element
MOST_ATTRIBUTES = 500  # of one tag
MOST_XML_TAGS = 1_000_000
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "hl2", "lede", "note", "block",
))  # fmt: skip
_SILENT = frozenset((
    "script", "style", "noscript", "template", "head", "title", "svg", "math", "iframe", "object", "select",
    "textarea", "button", "media",
))  # fmt: skip
_OPENING = re.compile(rb"<(?:!--|[a-zA-Z][^\s/>\"']*)")
_TAG_REST = re.compile(rb"(?:[^\"'>]|\"[^\"]*+\"|'[^']*+')*+>?")
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")
_RAW = {b"<script": b"</script", b"<style": b"</style", b"<!--": b"-->", b"<textarea": b"</textarea"}
_SEPARATOR = re.compile(rb"[\s/\"'=]+")
_LONG_TAG = 2 * MOST_ATTRIBUTES  # bytes: an attribute takes two
_NAMELESS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def html_tree(text: str, source: str) -> Any:
    """The tree of a page or a piece of one, its root an element `html`. Raises ReadingError for what is no page."""
    from lxml import etree, html

    data = _NAMELESS.sub("", text).encode("utf-8")
    if data.count(b"<") > 4 * MOST_ELEMENTS or _overloaded_tag(data):
        raise ReadingError("its HTML has more tags or attributes than any page of news", source=source)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadingError("this web page holds no text", source=source) from error
    for count, element in enumerate(tree.iter()):
        if count > MOST_ELEMENTS or (len(element) > MOST_INLINE and _is_inline(element)):
            raise ReadingError("its HTML has more elements than any page of news", source=source)
    return tree


def xml_tree(data: bytes, source: str) -> Any:
    """The root of an XML document. Raises ReadingError for a broken one, and for one that declares entities."""
    from lxml import etree

    refuse_entities(data, source)
    if data.count(b"<") > MOST_XML_TAGS:
        raise ReadingError(f"this XML has more than {MOST_XML_TAGS:,} tags: split it", source=source)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError(f"this XML is broken ({str(error)[:120]}): mend it", source=source) from error
    if root is None:
        raise ReadingError("this XML is empty", source=source)
    return root


def refuse_entities(data: bytes, source: str) -> None:
    """Raise ReadingError for a document type that declares entities: a few lines of them fill any memory."""
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        if "<!ENTITY".encode(encoding) in data:
            raise ReadingError("this XML declares entities, which are not expanded here: write them out", source=source)


def text_of(element: Any) -> str:
    """The words of a tree: a paragraph for each block, cells of a row parted by tabs, blank lines between."""
    from lxml import etree

    lines: list[list[str]] = [[]]
    silent = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        name = local_name(node)
        if name in _SILENT:
            silent += 1 if event == "start" else -1
        elif not silent:
            if name in ("td", "th"):
                lines[-1].append("\t")
            elif name in _BLOCKS and lines[-1]:
                lines.append([])
        if event == "start":
            words = node.text if not silent else None
        else:
            words = node.tail if not silent and node is not element else None
        if words:
            lines[-1].append(words)
    paragraphs = (" ".join("".join(parts).split(" ")) for parts in lines)
    return "\n\n".join(filter(None, map(_squeezed, paragraphs)))


def text_of_html(text: str, source: str) -> str:
    """The words of a page or a piece of one, all of them."""
    if "<" not in text and "&" not in text:
        return text
    page = text if "<html" in text[:2000].lower() else f"<html><body>{text}</body></html>"
    return text_of(html_tree(page, source))


def local_name(element: Any) -> str:
    """The name of an element in lower case without its namespace; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _squeezed(line: str) -> str:
    cells = [" ".join(cell.split()) for cell in line.split("\t")]
    return "\t".join(cell for cell in cells if cell)


def _is_inline(element: Any) -> bool:
    inline = sum(1 for child in element if local_name(child) not in _BLOCKS)
    return inline > MOST_INLINE


def _overloaded_tag(data: bytes) -> bool:
    """Is there a tag with more attributes than is sane? One pass, whatever the bytes are."""
    data = data.lower()
    at = 0
    while (opening := _OPENING.search(data, at)) is not None:
        closing = _RAW.get(opening[0])
        rest = _TAG_REST.match(data, opening.end())
        at = opening.end() if closing == b"-->" or rest is None else rest.end()
        if at - opening.end() > _LONG_TAG:
            names = _SEPARATOR.sub(b" ", _QUOTED.sub(b" ", data[opening.end() : at]))
            if names.count(b" ") > MOST_ATTRIBUTES:
                return True
        if closing is not None:
            end = data.find(closing, at)
            if end < 0:
                return False
            at = end + len(closing)
    return False
