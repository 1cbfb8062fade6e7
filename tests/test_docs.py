"""What the documentation shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])


def test_the_first_example_codes_as_shown(coder: Coder) -> None:
    from dragoman.explore.terminal import code_text

    shown = re.search(r'\$ dragoman code - --date (\S+) <<< "(.*?)"\n\n(.*?)```', README, re.DOTALL)
    assert shown is not None
    day, text, table = shown.groups()
    for event in coder.code(text, published=day):
        line = next((line for line in table.splitlines() if line.endswith(event.trigger.text)), "")
        assert code_text(event) in line
        assert event.status in line
        assert event.actors[0].actor.name in line
        assert event.place is None or event.place.name in line
    assert len(table.splitlines()) >= 4


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    exec(compile(code[1], "README.md", "exec"), {})
    assert "CONSULT" in capsys.readouterr().out


def test_commands_are_ones_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = re.compile(r"(?:`|^)make ([a-z]+)\b", re.MULTILINE)
    named = {name for page in PAGES for name in called.findall(page.read_text(encoding="utf-8"))}
    assert {"demo", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target
