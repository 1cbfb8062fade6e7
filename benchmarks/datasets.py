"""The public sets that figures are measured on: where each comes from, under which licence, and whether a local
copy is whole.

In: `datasets.csv` beside this file and a data folder. Out: one line a set. Nothing is fetched: several sets may
not be redistributed, and a copy that differs would make the figures another set's. A folder's sha256 is that of
the sorted list of its files' names and sha256.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TABLE = Path(__file__).with_name("datasets.csv")
State = Literal["whole", "differs", "missing"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One public set: its path under the data folder, address, licence, use, and the sha256 that figures belong to."""

    path: str
    what: str
    address: str
    licence: str
    use: str
    sha256: str


def known_datasets(table: Path = TABLE) -> tuple[Dataset, ...]:
    """All rows of the table, in its order."""
    with table.open(encoding="utf-8", newline="") as file:
        return tuple(Dataset(**row) for row in csv.DictReader(file))


def sha256_of(path: Path) -> str:
    """The sha256 of a file, or of a folder's listing."""
    if path.is_file():
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()
    lines = [f"{sha256_of(p)}  {p.relative_to(path).as_posix()}\n" for p in sorted(path.rglob("*")) if p.is_file()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def state_of(dataset: Dataset, data: Path) -> State:
    """Is the local copy there, and is it the one that the figures belong to?"""
    path = data / dataset.path
    if not path.exists():
        return "missing"
    return "whole" if sha256_of(path) == dataset.sha256 else "differs"
