"""The seed check: the report that the project began with, against what a careful coder records.

In: the data folder, beside which the folder `seed` lies, which holds `check.py`, `expected.json` and the
report, and is not part of this repository. Out: found, extra, share of attributes right, broken spans. One
report is no test set: it shows whether the path is whole, and nothing is tuned on it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from dragoman.coding.coder import Coder
from dragoman.reading.sources import read_sources
from dragoman.record.export import json_line
from dragoman.values import Article

_FIGURES = re.compile(r"found (\d+)/(\d+), extra (\d+), attributes right (\d+)/(\d+), .* (\d+)$", re.MULTILINE)


def measure(data: Path, coder: Coder, *, errors: int = 0) -> dict[str, float]:
    """Figures of the seed check, by its own script; with `errors`, all that it says goes to stderr.

    Raises FileNotFoundError where there is no seed folder.
    """
    seed = data.resolve().parent / "seed"
    document = json.loads((seed / "expected.json").read_text(encoding="utf-8"))["document"]
    articles = [item for item in read_sources([str(seed / document)], config=coder.config) if isinstance(item, Article)]
    lines = [json_line(event, coder.versions()) for article in articles for event in coder.code_article(article)]
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events.jsonl"
        events.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(seed / "check.py"), str(events)], capture_output=True, text=True, check=True
        )
    if errors:
        print(done.stdout, file=sys.stderr)
    figures = _FIGURES.search(done.stdout)
    if figures is None:
        raise ValueError(f"the seed check printed no figures: {done.stdout[-200:]!r}")
    found, total, extra, right, stated, broken = (int(figure) for figure in figures.groups())
    return {
        "found": found,
        "of": total,
        "extra": extra,
        "attributes_right": round(right / stated, 4) if stated else 0.0,
        "broken_spans": broken,
    }
