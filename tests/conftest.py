"""What tests share: the data folder, cases as data, one coder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    """The cases of `tests/cases/NAME.jsonl` as parameters; known failures are expected to fail, and stay in sight."""
    found = []
    for number, line in enumerate((CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        case = json.loads(line)
        failure = case.get("known_failure")
        marks = [pytest.mark.xfail(reason=failure, strict=False)] if failure else []
        found.append(pytest.param(case, id=f"{name}-{case.get('id', number)}", marks=marks))
    return found


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public sets; tests that need it skip by name where there is none, and fail in CI."""
    folder = os.environ.get("DRAGOMAN_DATA", "")
    if folder and Path(folder).is_dir():
        return Path(folder)
    if os.environ.get("DRAGOMAN_REQUIRE_DATA"):
        pytest.fail("DRAGOMAN_DATA names no folder, and DRAGOMAN_REQUIRE_DATA is set")
    pytest.skip("needs DRAGOMAN_DATA, the folder of public sets")


@pytest.fixture(scope="session")
def coder() -> Coder:
    """The coder with the shipped tables and network, loaded once."""
    from dragoman.coding.coder import Coder

    return Coder.load()
