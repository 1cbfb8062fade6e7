"""Is a confidence of .8 right eight times in ten? `python -m benchmarks calibration [PLOT.svg]`.

In: the annotated test passages and release sentences, and a coder that prints whatever it considers at all. An event
is right when an expected one of its category shares a character with its trigger, each serving once. Out: the
expected calibration error over ten equal bins (each bin's distance between mean confidence and share right, weighted
by its events), and the bins; with a file name, the reliability plot (needs matplotlib, of the group `train`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import PASSAGES, coded_releases, overlaps
from dragoman.coding.coder import Coder
from training.notation import read_records

BINS = 10
Judged = tuple[float, bool]  # confidence, right


def judged(record: dict[str, Any], events: Sequence[Any]) -> list[Judged]:
    """The predicted events of one text, the surest first, each with whether it is right."""
    left = list(record["events"])
    found: list[Judged] = []
    for event in sorted(events, key=lambda e: -e.confidence):
        if event.event == "STATEMENT":
            continue
        match = next((expected for expected in left if overlaps(expected, event)), None)
        if match is not None:
            left.remove(match)
        found.append((event.confidence, match is not None))
    return found


def error(pairs: Sequence[Judged]) -> tuple[float, list[dict[str, float]]]:
    """The expected calibration error, and the bins that hold anything."""
    rows = []
    total = 0.0
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = [(p, ok) for p, ok in pairs if low <= p < high or (number == BINS - 1 and p >= high)]
        if not inside:
            continue
        mean = sum(p for p, _ in inside) / len(inside)
        right = sum(ok for _, ok in inside) / len(inside)
        total += len(inside) * abs(mean - right)
        rows.append({"from": low, "events": len(inside), "confidence": round(mean, 3), "right": round(right, 3)})
    return round(total / max(1, len(pairs)), 4), rows


def measure(data: Path, coder: Coder, *, plot: Path | None = None) -> dict[str, Any]:
    """The error on passages, on releases and on both together."""
    passages: list[Judged] = []
    for record in read_records([PASSAGES]):
        passages += judged(record, coder.code(record["text"], published=record["published"]))
    releases: list[Judged] = []
    for note, events in coded_releases(coder, data):
        releases += judged(note, events)
    whole, bins = error([*passages, *releases])
    if plot is not None:
        _draw(bins, whole, plot)
    return {
        "events": len(passages) + len(releases),
        "expected_calibration_error": whole,
        "passages": error(passages)[0],
        "releases": error(releases)[0],
        "bins": bins,
    }


def _draw(bins: Sequence[dict[str, float]], whole: float, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "dragoman"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4.6, 4.2))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot([b["confidence"] for b in bins], [b["right"] for b in bins], marker="o", color="#1f5a8a")
    for b in bins:
        axes.annotate(
            str(b["events"]), (b["confidence"], b["right"]), textcoords="offset points", xytext=(5, -11), fontsize=7
        )
    axes.set(
        xlabel="confidence",
        ylabel="share right",
        xlim=(0, 1),
        ylim=(0, 1),
        title=f"expected calibration error {whole:.3f}",
    )
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
