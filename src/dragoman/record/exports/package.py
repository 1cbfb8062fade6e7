"""datapackage.json, after Frictionless Data Package 2: files with bytes and hashes, tables with fields and keys.

In: what was written and from what. Out: text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dragoman.record.exports.bundle_texts import DataFile, Told
from dragoman.record.exports.columns import KEYS, REFERENCES, Column


def package_text(told: Told, files: Sequence[DataFile]) -> str:
    """datapackage.json: each file with its bytes and hash, each table with its fields, keys and references."""
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "dragoman-events",
        "title": told.title,
        "description": "Events coded from news; see codebook.md.",
        "contributors": [{"title": author, "roles": ["creator"]} for author in told.authors or ("unnamed",)],
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0; see LICENSE.md for quotes, titles and GeoNames",
            }
        ],
        "sources": [{"title": "GeoNames, CC BY 4.0", "path": "https://www.geonames.org"}],
        "resources": [_resource(file, {each.table for each in files if each.format == "csv"}) for file in files],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _resource(file: DataFile, tables: set[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": file.name.lower().replace(".", "-").replace("_", "-"),
        "path": file.name,
        "format": file.name.rpartition(".")[2].lower(),
        "mediatype": file.media,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if not file.delimited:
        return told
    schema: dict[str, Any] = {"fields": [_field(column) for column in file.columns], "missingValues": [""]}
    if file.format == "csv":
        if file.table in KEYS:
            schema["primaryKey"] = list(KEYS[file.table])
        references = [
            {"fields": [column], "reference": {"resource": f"{other.replace('_', '-')}-csv", "fields": ["id"]}}
            for (table, column), other in REFERENCES.items()
            if table == file.table and other in tables
        ]
        if references:
            schema["foreignKeys"] = references
    told |= {"type": "table", "encoding": "utf-8", "schema": schema}
    if file.format != "csv":
        told["dialect"] = {"delimiter": "\t", "header": file.format != "gdelt"}
        told["format"] = "tsv"
    return told


def _field(column: Column) -> dict[str, Any]:
    return {"name": column.name, "type": column.kind, "description": f"{column.label}. {column.note}".strip()}
