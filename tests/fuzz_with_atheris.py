"""Fuzzing for as long as one likes, led by which branches of the code are reached (tests/fuzzing.py).

`python -m tests.fuzz_with_atheris reading|splitting FOLDER SECONDS`, after `pip install atheris` (Linux). FOLDER keeps
the inputs that reached something new, and beside it whatever made a check fail: a line for tests/cases/fuzz/.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dragoman.reading", "dragoman.language"]):
    from tests import fuzzing

SEEDS = Path(__file__).parent / "files"


def main(what: str, folder: str, seconds: str) -> None:
    """See above."""
    checks: dict[str, Callable[[bytes], None]] = {
        "reading": fuzzing.check_reading,
        "splitting": lambda data: fuzzing.check_splitting(fuzzing.text_of(data)),
    }
    corpus = Path(folder) / what
    corpus.mkdir(parents=True, exist_ok=True)
    for path in SEEDS.iterdir():
        (corpus / path.name).write_bytes(path.read_bytes()[:20_000])
    limits = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=30", "-rss_limit_mb=1500"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={folder}/{what}-", *limits], checks[what])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
