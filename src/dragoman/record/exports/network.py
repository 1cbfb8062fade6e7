"""Who deals with whom, as a network for Gephi and others (GEXF 1.3).

In: rows of what happened. Out: XML; a node a party (state, organisation, armed group), an edge a pair of them: directed
for an act of one on another, undirected for an act that both do together. An event counts once for a pair, however
many of its ministers took part. Parties whom nobody knows are left out. Only pairs and their sums are held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import BinaryIO

from dragoman.record.exports.cells import codes, one_line
from dragoman.record.exports.lookups import Lookups
from dragoman.record.tables import Row

NAMESPACE = "http://gexf.net/1.3"
_QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
_NODE = (("code", "string"), ("events", "integer"))
_EDGE = (
    ("events", "integer"),
    ("mentions", "integer"),
    *((name, "integer") for name in _QUADS),
    ("mean_score", "double"),
    ("first", "string"),
    ("last", "string"),
)
COLUMNS = (*("event", "quad", "score", "date_start", "actor_parties", "recipient_parties"),)
Pair = tuple[str, str, bool]


@dataclass(slots=True)
class _Sum:
    """What the events of a pair come to."""

    events: int = 0
    mentions: int = 0
    score: float = 0.0
    quads: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    first: str | None = None
    last: str | None = None

    def add(self, row: Row) -> None:
        self.events += 1
        self.mentions += row.get("mentions", 1)
        self.score += row["score"] or 0.0
        self.quads[row["quad"] - 1] += 1
        day = row["date_start"]
        if day is not None:
            self.first = day if self.first is None else min(self.first, day)
            self.last = day if self.last is None else max(self.last, day)

    def values(self) -> list[object]:
        mean = round(self.score / self.events, 4)
        return [self.events, self.mentions, *self.quads, mean, self.first or "", self.last or ""]


def write_network(rows: Iterable[Row], lookups: Lookups, title: str, out: BinaryIO) -> int:
    """Write the network; how many edges it has."""
    from lxml import etree

    sums: dict[Pair, _Sum] = {}
    seen: dict[str, int] = {}
    for row in rows:
        pairs = set(_pairs(row))
        for pair in pairs:
            sums.setdefault(pair, _Sum()).add(row)
        for party in {party for one, other, _ in pairs for party in (one, other)}:
            seen[party] = seen.get(party, 0) + 1
    with etree.xmlfile(out, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element("gexf", nsmap={None: NAMESPACE}, version="1.3"):
            with file.element("meta"):
                with file.element("creator"):
                    file.write(lookups.version)
                with file.element("description"):
                    file.write(one_line(title))
            with file.element("graph", defaultedgetype="directed", mode="static"):
                for part in (_attributes("node", _NODE), _attributes("edge", _EDGE)):
                    file.write(part)
                with file.element("nodes"):
                    for party in sorted(seen):
                        file.write(_node(party, lookups.name(party), seen[party]))
                with file.element("edges"):
                    for number, pair in enumerate(sorted(sums)):
                        file.write(_edge(number, pair, sums[pair]))
    return len(sums)


def _pairs(row: Row) -> Iterator[Pair]:
    """Pairs of parties, and whether the first acts on the second."""
    actors = dict.fromkeys(codes(row["actor_parties"]))
    recipients = dict.fromkeys(codes(row["recipient_parties"]))
    if recipients:
        yield from ((one, other, True) for one in actors for other in recipients)
    else:
        for one, other in combinations(sorted(actors), 2):
            yield one, other, False


def _attributes(of: str, names: tuple[tuple[str, str], ...]) -> object:
    from lxml import etree

    found = etree.Element("attributes", {"class": of})
    for name, kind in names:
        etree.SubElement(found, "attribute", id=name, title=name, type=kind)
    return found


def _node(party: str, name: str, events: int) -> object:
    from lxml import etree

    node = etree.Element("node", id=party, label=one_line(name))
    _values(node, (("code", party), ("events", events)))
    return node


def _edge(number: int, pair: Pair, told: _Sum) -> object:
    from lxml import etree

    one, other, directed = pair
    edge = etree.Element(
        "edge",
        id=str(number),
        source=one,
        target=other,
        type="directed" if directed else "undirected",
        weight=str(told.events),
    )
    _values(edge, zip((name for name, _ in _EDGE), told.values(), strict=True))
    return edge


def _values(of: object, values: Iterable[tuple[str, object]]) -> None:
    from lxml import etree

    found = etree.SubElement(of, "attvalues")
    for name, value in values:
        if value != "":
            etree.SubElement(found, "attvalue", {"for": name, "value": str(value)})
