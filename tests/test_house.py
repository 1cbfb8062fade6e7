"""The shape of the house: arrows point one way, nothing heavy loads at import, nothing names a machine's paths."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "dragoman"

# Each room may import from itself and from what stands left of it.
ROOMS = ("values", "errors", "config", "knowledge", "reading", "language", "coding", "record", "explore", "cli")
BASE = frozenset({"values", "errors", "config"})
ALLOWED = {
    "values": frozenset[str](),
    "errors": frozenset({"values"}),
    "config": frozenset({"values", "errors"}),
    "knowledge": BASE,
    "reading": BASE | {"knowledge"},
    "language": BASE | {"knowledge"},
    "coding": BASE | {"knowledge", "reading", "language"},
    "record": BASE | {"knowledge", "reading", "language", "coding"},
    "explore": BASE | {"knowledge", "record"},
    "cli": frozenset(ROOMS),
}
# Stages of the coding room that carry the work of others by design: the map, and what puts an event together.
CARRIERS = frozenset({"coder", "assembly"})


def _room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dragoman."):
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.startswith("dragoman."))
    return found


MODULES = sorted(p for p in SOURCE.rglob("*.py") if _room(p) in ALLOWED)


def test_every_room_is_known() -> None:
    rooms = {_room(p) for p in SOURCE.rglob("*.py")} - {"__init__", "__main__"}
    assert rooms <= set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_arrows_point_one_way(path: Path) -> None:
    room = _room(path)
    outward = {module.split(".")[1] for module in _imports(path)} - {room}
    assert outward <= ALLOWED[room], f"{path.name} imports {sorted(outward - ALLOWED[room])}"


def test_no_cycle_between_modules() -> None:
    graph = {
        ".".join(("dragoman", *p.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__"): _imports(p)
        for p in SOURCE.rglob("*.py")
    }
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module in done:
            return
        for other in sorted(graph.get(module, ())):
            visit(other, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


def test_help_loads_neither_network_nor_tables() -> None:
    heavy = "('numpy', 'onnxruntime', 'tokenizers')"
    script = f"import sys; import dragoman.cli.app; print([m for m in sys.modules if m in {heavy}])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_outgrows_one_idea() -> None:
    long = {p.name: n for p in SOURCE.rglob("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > 600}
    assert long == {}


def test_nothing_names_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    machine = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:wo" r"rk|ro" r"ot|tmp/[a-z]+)/")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".csv", ".json", ".jsonl", ".txt", ""} and path.is_file():
            assert not machine.search(path.read_text(encoding="utf-8", errors="ignore")), name


def test_public_names_load_on_first_use() -> None:
    import dragoman

    assert dragoman.__all__ == sorted(dragoman.__all__)
    for name in dragoman.__all__:
        assert getattr(dragoman, name) is not None
    with pytest.raises(AttributeError):
        _ = dragoman.Event  # type: ignore[attr-defined]
