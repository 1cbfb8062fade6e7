"""Events with a place, for maps: GeoJSON (RFC 7946) and KML 2.2.

In: rows. Out: a point an event. `precision` says whether it is a town or the middle of a region or country: a map that
draws both alike misleads. What did not happen is there too, and says so. Both are written row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from dragoman.record.exports.cells import QUADS, cell, codes, one_line, parted
from dragoman.record.exports.delimited import as_text
from dragoman.record.exports.wording import headline, source_words
from dragoman.record.tables import Row

ATTRIBUTION = "Places and coordinates: GeoNames (https://www.geonames.org), CC BY 4.0"
_KML = "http://www.opengis.net/kml/2.2"
# Of a quad class: aabbggrr, as KML writes colours.
_COLOURS = ("ff999999", "ffc08040", "ff60a030", "ff30a0f0", "ff3030d0")


def write_geojson(rows: Iterable[Row], out: BinaryIO) -> int:
    """Write the rows that have coordinates; how many there were."""
    count = 0
    with as_text(out) as text:
        text.write(f'{{"type":"FeatureCollection","attribution":{json.dumps(ATTRIBUTION)},"features":[')
        for row in rows:
            if row["lat"] is None or row["lon"] is None:
                continue
            feature = {
                "type": "Feature",
                "id": row["id"],
                "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
                "properties": _properties(row),
            }
            told = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
            text.write(f"{',' if count else ''}\n{told}")
            count += 1
        text.write("\n]}\n")
    return count


def write_kml(rows: Iterable[Row], title: str, out: BinaryIO) -> int:
    """Write the rows that have coordinates; how many there were."""
    from lxml import etree

    count = 0
    with etree.xmlfile(out, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element("kml", nsmap={None: _KML}), file.element("Document"):
            for name, text in (("name", one_line(title)), ("description", ATTRIBUTION)):
                with file.element(name):
                    file.write(text)
            for quad, colour in enumerate(_COLOURS):
                file.write(_style(quad, colour))
            for row in rows:
                if row["lat"] is not None and row["lon"] is not None:
                    file.write(_placemark(row))
                    count += 1
    return count


def _properties(row: Row) -> dict[str, Any]:
    return {
        "title": headline(row),
        "event": row["event"],
        "modes": codes(row["modes"]),
        "quad": row["quad"],
        "status": row["status"],
        "negated": row["negated"],
        "historical": row["historical"],
        "date_start": row["date_start"],
        "date_end": row["date_end"],
        "actors": parted(row["actor_names"]),
        "recipients": parted(row["recipient_names"]),
        "place": row["place"],
        "country": row["place_country"],
        "precision": row["place_precision"],
        "geonames": row["geonames"],
        "mentions": row.get("mentions", 1),
        "quote": one_line(row["quote"]),
        "publisher": row["publisher"],
        "url": row["url"],
    }


def _style(quad: int, colour: str) -> object:
    from lxml import etree

    style = etree.Element("Style", id=f"quad{quad}")
    etree.SubElement(etree.SubElement(style, "IconStyle"), "color").text = colour
    return style


def _placemark(row: Row) -> object:
    from lxml import etree

    mark = etree.Element("Placemark", id=f"e{row['id']}")
    etree.SubElement(mark, "name").text = headline(row)
    etree.SubElement(mark, "description").text = one_line(f"“{one_line(row['quote'])}” {source_words(row)}")
    if row["date_start"] is not None:
        span = etree.SubElement(mark, "TimeSpan")
        etree.SubElement(span, "begin").text = row["date_start"]
        etree.SubElement(span, "end").text = row["date_end"]
    etree.SubElement(mark, "styleUrl").text = f"#quad{row['quad']}"
    data = etree.SubElement(mark, "ExtendedData")
    told = {
        "event": row["event"],
        "class": QUADS[row["quad"]].lower(),
        "place": row["place"],
        "precision": row["place_precision"],
        "mentions": row.get("mentions", 1),
        "url": row["url"],
    }
    for name, value in told.items():
        if value is not None:
            etree.SubElement(etree.SubElement(data, "Data", name=name), "value").text = cell(value)
    etree.SubElement(etree.SubElement(mark, "Point"), "coordinates").text = f"{row['lon']},{row['lat']}"
    return mark
