"""How much travels in the wheel. In: nothing but the package. Out: MB (millions of bytes) of networks and tables."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.abc import Traversable
from importlib.resources import files


def measure() -> dict[str, float]:
    """The language network's file, all of `models` (with vocabulary and labels), and all tables of knowledge."""
    package = files("dragoman")
    models = dict(_sizes(package.joinpath("models")))
    return {
        "largest_network_mb": _mb(max((size for name, size in models.items() if name.endswith(".onnx")), default=0)),
        "models_mb": _mb(sum(models.values())),
        "tables_mb": _mb(sum(size for _, size in _sizes(package.joinpath("knowledge", "tables")))),
    }


def _sizes(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, int]]:
    for item in sorted(folder.iterdir(), key=lambda found: found.name):
        if item.is_dir():
            yield from _sizes(item, f"{prefix}{item.name}/")
        else:
            yield f"{prefix}{item.name}", len(item.read_bytes())


def _mb(size: int) -> float:
    return round(size / 1e6, 2)
