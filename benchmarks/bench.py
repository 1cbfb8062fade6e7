"""Every benchmark by its name: what it is given, and how it is run apart from the others.

In: the data folder. Out: figures, as mappings that JSON can hold. One coder serves all benchmarks of one
process; `apart` runs one in a process of its own, so that neither an error nor a crash nor its memory touches
the rest.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dragoman.coding.coder import Coder

Figures = Mapping[str, Any]
ROOT = Path(__file__).resolve().parents[1]


class Bench:
    """The data folder, and one coder for all that need one.

    `errors`: how many mistakes to show on stderr; `file`: another file of the same form, `predictions`: where they go.
    """

    def __init__(
        self, data: Path, *, errors: int = 0, file: Path | None = None, predictions: Path | None = None
    ) -> None:
        self.data = data
        self.errors = errors
        self.file = file
        self.predictions = predictions

    @cached_property
    def coder(self) -> Coder:
        from dragoman.coding.coder import Coder

        return Coder.load()

    def syntax(self) -> Figures:
        from benchmarks import syntax

        return syntax.measure(self.data, self.coder.network)

    def raw_syntax(self) -> Figures:
        from benchmarks import raw_syntax

        return raw_syntax.measure(self.data, self.coder)

    def entities(self) -> Figures:
        from benchmarks import entities

        return entities.measure(self.data, self.coder.network)

    def segmentation(self) -> Figures:
        from benchmarks import segmentation

        return segmentation.measure(self.data, self.coder.language)

    def times(self) -> Figures:
        from benchmarks import times

        return times.measure(self.data, self.coder, errors=self.errors, path=self.file)

    def places(self) -> Figures:
        from benchmarks import places

        return places.measure(self.data, self.coder, errors=self.errors, file=self.file)

    def attribution(self) -> Figures:
        from benchmarks import attribution

        return attribution.measure(self.data, self.coder, errors=self.errors, file=self.file)

    def realis(self) -> Figures:
        from benchmarks import realis

        return realis.measure(self.data, self.coder, errors=self.errors)

    def plv(self) -> Figures:
        from benchmarks import plv

        return plv.measure(self.data, self.coder, errors=self.errors, file=self.file, predictions=self.predictions)

    def actor_phrases(self) -> Figures:
        from benchmarks import actor_phrases

        return actor_phrases.measure(self.coder, self.file, errors=self.errors)

    def chains(self) -> Figures:
        from benchmarks import chains

        return chains.measure(self.data, self.coder, self.file, errors=self.errors)

    def cases(self) -> Figures:
        from benchmarks import cases

        return cases.measure(self.coder)

    def held_out(self) -> Figures:
        from benchmarks import cases

        return cases.measure(self.coder, cases.HELD_OUT)

    def corpus_test(self) -> Figures:
        from benchmarks import corpus

        return corpus.measure_passages(self.coder)

    def corpus_releases(self) -> Figures:
        from benchmarks import corpus

        return corpus.measure_releases(self.coder, self.data)

    def readers(self) -> Figures:
        from benchmarks import corpus

        return corpus.measure_readers(self.coder)

    def calibration(self) -> Figures:
        from benchmarks import calibration

        return calibration.measure(self.data, self.coder, plot=self.file)

    def agreement(self) -> Figures:
        from benchmarks import corpus
        from training.notation import read_records

        first, second = (read_records([corpus.CORPUS / "test" / f"{name}.jsonl"]) for name in ("passages", "second"))
        return corpus.agreement(first, second)

    def seed(self) -> Figures:
        from benchmarks import seed

        return seed.measure(self.data, self.coder, errors=self.errors)

    def copies(self) -> Figures:
        from benchmarks import copies

        return copies.measure(self.data, errors=self.errors)

    def merging(self) -> Figures:
        from benchmarks import merging

        return merging.measure(self.file)

    def ecb(self) -> Figures:
        from benchmarks import ecb

        return ecb.measure(self.data)

    def merge_time(self) -> Figures:
        from benchmarks import merge_time

        return merge_time.measure(self.data, self.file)

    def size(self) -> Figures:
        from benchmarks import size

        return size.measure()

    def first_answer(self) -> Figures:
        from benchmarks import speed

        return speed.first_answer()

    def speed(self) -> Figures:
        from benchmarks import speed

        return speed.measure(self.data, self.coder)

    def speed_all(self) -> Figures:
        from benchmarks import speed

        return speed.measure(self.data, self.coder, everything=True)

    def named(self) -> dict[str, Callable[[], Figures]]:
        """Every benchmark by its name on the command line, the slow ones last."""
        return {
            "syntax": self.syntax,
            "raw-syntax": self.raw_syntax,
            "entities": self.entities,
            "segmentation": self.segmentation,
            "attribution": self.attribution,
            "realis": self.realis,
            "plv": self.plv,
            "actor-phrases": self.actor_phrases,
            "chains": self.chains,
            "cases": self.cases,
            "held-out": self.held_out,
            "corpus-test": self.corpus_test,
            "corpus-releases": self.corpus_releases,
            "readers": self.readers,
            "calibration": self.calibration,
            "agreement": self.agreement,
            "seed": self.seed,
            "copies": self.copies,
            "merging": self.merging,
            "size": self.size,
            "times": self.times,
            "places": self.places,
            "first-answer": self.first_answer,
            "speed": self.speed,
            "speed-all": self.speed_all,
            "ecb": self.ecb,
            "merge-time": self.merge_time,
        }

    def apart(self, name: str) -> Figures:
        """The figures of one benchmark, measured by a process of its own; `{"error": ...}` where it fails."""
        command = [sys.executable, "-m", "benchmarks", name, "--data", str(self.data.resolve())]
        return figures_of([*command, "--errors", str(self.errors)], name)

    def about(self) -> Figures:
        """What was measured and on what machine: versions of code, network, tables and libraries."""
        return {
            **self.coder.versions(),
            "python": platform.python_version(),
            **{library: version(library) for library in ("onnxruntime", "tokenizers", "numpy")},
            "processor": _processor(),
            "cores": os.cpu_count() or 0,
            "system": f"{platform.system()} {platform.machine()}",
        }


def figures_of(command: list[str], name: str) -> Figures:
    """What `command` prints as JSON under `name`; what it says on stderr is passed on, its last line is the error."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stderr, end="", file=sys.stderr)
    if done.returncode == 0:
        try:
            figures: Figures = json.loads(done.stdout)[name]
            return figures
        except (ValueError, KeyError, TypeError):
            return {"error": f"printed no figures: {done.stdout[-200:]!r}"}
    said = done.stderr.strip().splitlines()
    return {"error": f"exit {done.returncode}: {said[-1] if said else 'nothing was said'}"}


def _processor() -> str:
    """The processor's name as Linux tells it, with the instruction sets that int8 arithmetic depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = set(told.get("flags", "").split()) & {"avx2", "avx_vnni", "avx512_vnni", "amx_int8"}
    return " ".join([told.get("model name", platform.processor()), *sorted(flags)])
