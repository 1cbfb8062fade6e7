"""The tables of docs/accuracy.md: `python -m benchmarks accuracy FIGURES.json [--into docs/accuracy.md]`.

In: what `python -m benchmarks all` printed. Out: Markdown between the page's marks: results against what was asked,
by category, by root of PLV, what is taken for what, who reads better alone and together, calibration, agreement of
annotators. What was left out shows as a dash.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import put_between_marks

Figures = Mapping[str, Any]

PASSAGES, RELEASES, PLV = "corpus-test", "corpus-releases", "plv"
ASKED = (
    ("events F1, test passages", PASSAGES, "event_f1", 0.75, True),
    ("events with both parties F1, test passages", PASSAGES, "event_and_parties_f1", 0.62, True),
    ("status and negation of found events, test passages", PASSAGES, "status_of_found", 0.90, True),
    ("false events a passage that holds none", PASSAGES, "false_events_a_text_without", 0.10, False),
    ("events F1, test sentences of releases", RELEASES, "event_f1", 0.65, True),
    ("events with both parties F1, test sentences of releases", RELEASES, "event_and_parties_f1", 0.55, True),
    ("PLV, actors given: root macro-F1", PLV, "given/root_macro_f1", 0.74, True),
    ("PLV, actors given: quad macro-F1", PLV, "given/quad_macro_f1", 0.89, True),
    ("PLV, actors given: cooperation or conflict macro-F1", PLV, "given/binary_macro_f1", 0.94, True),
    ("PLV, actors to be found: root macro-F1", PLV, "found/root_macro_f1", 0.62, True),
    ("expected calibration error", "calibration", "expected_calibration_error", 0.05, False),
    ("seed report, events found of 16", "seed", "found", 13, True),
    ("seed report, events too many", "seed", "extra", 4, False),
)


def value(figures: Figures, benchmark: str, path: str) -> Any:
    """A figure, or none where it was left out."""
    found: Any = figures.get(benchmark, {})
    for part in path.split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def shown(number: Any) -> str:
    if number is None:
        return "–"
    return f"{number:.3f}".removeprefix("0") if isinstance(number, float) else str(number)


def table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """A Markdown table, first column text, the rest figures."""
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "---:|" * (len(head) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def asked(figures: Figures) -> Iterator[Sequence[str]]:
    for what, benchmark, path, bound, least in ASKED:
        found = value(figures, benchmark, path)
        met = "–" if found is None else "yes" if (found >= bound if least else found <= bound) else "no"
        yield what, f"{'≥' if least else '≤'} {shown(bound)}", shown(found), met


def by_category(figures: Figures) -> Iterator[Sequence[str]]:
    counts = value(figures, PASSAGES, "events_by_category") or {}
    for category in counts:
        yield (
            category,
            str(counts[category]),
            shown(value(figures, PASSAGES, f"f1_by_category/{category}")),
            str(value(figures, RELEASES, f"events_by_category/{category}") or 0),
            shown(value(figures, RELEASES, f"f1_by_category/{category}")),
        )


def by_root(figures: Figures) -> Iterator[Sequence[str]]:
    for root in value(figures, PLV, "given/f1_by_root") or {}:
        yield root, *(shown(value(figures, PLV, f"{way}/f1_by_root/{root}")) for way in ("given", "found"))


def readers(figures: Figures) -> Iterator[Sequence[str]]:
    keys = ("event_f1", "event_and_parties_f1", "status_of_found", "false_events_a_text_without")
    for name in ("lexicon", "network", "both"):
        yield name, *(shown(value(figures, "readers", f"{name}/{key}")) for key in keys)


def agreement(figures: Figures) -> Iterator[Sequence[str]]:
    for name, number in figures.get("agreement", {}).items():
        yield name.replace("_", " "), shown(number)


def bins(figures: Figures) -> Iterator[Sequence[str]]:
    for row in value(figures, "calibration", "bins") or ():
        yield (
            f"{row['from']:.1f}–{row['from'] + 0.1:.1f}",
            str(row["events"]),
            shown(row["confidence"]),
            shown(row["right"]),
        )


def confusions(figures: Figures) -> Iterator[str]:
    told = [
        f"{pair.replace(' > ', ' → ')} {count}" for pair, count in (value(figures, PASSAGES, "taken_for") or {}).items()
    ]
    yield ", ".join(told) + "." if told else "–"


def markdown(figures: Figures) -> str:
    """All tables, each under its heading."""
    about = figures.get("about", {})
    lines = [f"Measured with {'; '.join(f'{key} {text}' for key, text in about.items())}.", ""]
    parts = (
        ("What was asked, what was reached", table(("figure", "asked", "reached", "met"), asked(figures))),
        (
            "By category",
            table(("category", "events in passages", "F1", "events in releases", "F1"), by_category(figures)),
        ),
        ("PLV by root", table(("root", "actors given, F1", "actors to be found, F1"), by_root(figures))),
        ("What is taken for what (test passages, expected → read, count)", confusions(figures)),
        (
            "Lexicon, network, both (test passages)",
            table(("who reads", "events F1", "with parties F1", "status", "false a text without"), readers(figures)),
        ),
        ("Confidence (test passages and releases)", table(("confidence", "events", "mean", "right"), bins(figures))),
        ("Agreement of two blind annotations of 200 test passages", table(("", "figure"), agreement(figures))),
    )
    for heading, rows in parts:
        lines += [f"### {heading}", "", *rows, ""]
    return "\n".join(lines).rstrip()


def write(figures: Figures, into: Path | None) -> int:
    """Print the tables, or put them into a page."""
    text = markdown(figures)
    if into is None:
        print(text)
    else:
        into.write_text(put_between_marks(into.read_text(encoding="utf-8"), text), encoding="utf-8")
        print(f"{into}: tables written", file=sys.stderr)
    return 0
