"""A copy changes no name, number or date; a text that does is another report, however alike."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.knowledge.copy_words import load_copy_words
from dragoman.record.copies import find_copies, moment_of
from dragoman.record.copy_text import CopyText, copy_text
from dragoman.record.copying import compare, differences
from dragoman.record.parquet import open_engine, write_rows
from dragoman.record.tables import SPOOLED

WORDS = load_copy_words()
TEXT = (
    "Norwegian Foreign Minister Kari Nordahl met her Peruvian counterpart in Lima on Tuesday to discuss fishing "
    "rights. The two sides agreed on a quota of 12,500 tons for the coming year. Nordahl said that the talks had "
    "been “frank and useful”, and that her government would favour a longer term. Three trawlers had been "
    "detained off Callao in March. Their crews were released after a week. A joint statement is to be published "
    "on 4 June, the ministry said."
)


def words_of(text: str, day: int = -1) -> CopyText:
    return copy_text(text, WORDS, day=day)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.upper(),
        "Nordahl, in Lima, speaks of fish\n" + TEXT,
        "LIMA: " + TEXT,
        "Office of the Spokesperson " + TEXT,
        TEXT.replace("“", '"').replace("”", '"'),
        TEXT.replace(". ", ".\n\n"),
        re.sub(r"(.{50}\S*) ", r"\1\n", TEXT),
        "LIMA, June 3 (Reuters) - " + TEXT,
        TEXT + " (Reuters)",
        "Nordahl in Lima\n\nBy a staff reporter\n\n" + TEXT,
        TEXT[:330] + "...",
        TEXT[: TEXT.index(" Their crews")] + " … [+205 chars]",
        TEXT.replace(" Their crews were released after a week.", ""),
        TEXT + " The opposition in Oslo called the quota too small.",
        TEXT.replace(" Their", " The opposition in Oslo called the quota too small. Their"),
        TEXT.replace(" Their", "\n\nADVERTISEMENT\n\nTheir") + "\n\nRead more: fishing in the Pacific",
        "<div><p>" + TEXT.replace(". ", ".</p>\n<p>") + "</p><script>var x = 5;</script></div>",
        TEXT.replace("favour", "favor").replace("12,500", "12500").replace("Three", "3").replace("4 June", "June 4"),
        TEXT.replace("on Tuesday", "Tuesday").replace("said that the", "said the"),
        TEXT.replace("Foreign Minister Kari", "Foreign Minister Ms. Kari"),
    ],
)
def test_what_desks_do_leaves_a_copy(text: str) -> None:
    found = compare(words_of(text), words_of(TEXT), WORDS)
    assert found.kind in ("same", "near"), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Peruvian", "Chilean"),
        ("Norwegian", "Swedish"),
        ("Norwegian Foreign Minister", "Former Norwegian Foreign Minister"),
        ("12,500", "12,600"),
        ("Tuesday", "Wednesday"),
        ("4 June", "5 June"),
        ("June", "July"),
        ("Three", "Four"),
        ("Callao", "Chimbote"),
        ("agreed", "did not agree"),
        ("Nordahl met", "Haugen met"),
        ("Foreign Minister", "Defence Minister"),
        ("released", "arrested"),
        ("her Peruvian counterpart", "her Peruvian counterpart and the Chilean one"),
    ],
)
def test_another_fact_makes_another_report(old: str, new: str) -> None:
    assert old in TEXT
    for edit in (lambda text: text, lambda text: "LIMA (Reuters) - " + text, lambda text: text.replace(". ", ".\n\n")):
        found = compare(words_of(edit(TEXT.replace(old, new, 1))), words_of(TEXT), WORDS)
        assert found.kind in ("revised", "other"), found


def test_a_longer_text_is_no_copy_of_a_shorter_one() -> None:
    short = TEXT[: TEXT.index(" Three trawlers")]
    assert compare(words_of(short), words_of(TEXT), WORDS).kind == "near"
    assert compare(words_of(TEXT), words_of(short), WORDS).kind not in ("same", "near")


def test_today_is_the_day_of_publication() -> None:
    today = TEXT.replace("on Tuesday", "today")
    tuesday, wednesday = moment_of("2024-06-04")[0], moment_of("2024-06-05")[0]
    assert compare(words_of(today, tuesday), words_of(TEXT, wednesday), WORDS).kind == "near"
    assert compare(words_of(today, wednesday), words_of(TEXT, wednesday), WORDS).kind in ("revised", "other")


@given(st.lists(st.sampled_from("abcdefg"), max_size=40), st.lists(st.sampled_from("abcdefg"), max_size=40))
def test_gaps_and_shared_words_make_up_both_texts(one: list[str], other: list[str]) -> None:
    gaps, shared = differences(tuple(one), tuple(other))
    assert shared + sum(gap.end - gap.start for gap in gaps) == len(one)
    assert shared + sum(gap.other_end - gap.other_start for gap in gaps) == len(other)
    kept = [word for at, word in enumerate(one) if not any(gap.start <= at < gap.end for gap in gaps)]
    others = [word for at, word in enumerate(other) if not any(g.other_start <= at < g.other_end for g in gaps)]
    assert kept == others


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, (-1, "")),
        ("nonsense", (-1, "")),
        ("1970-01-02", (1, "")),
        ("1970-01-02T01:30:00+02:00", (0, "23:30:00")),
    ],
)
def test_moments_are_of_one_zone(published: str | None, expected: tuple[int, str]) -> None:
    assert moment_of(published) == expected


# Over an archive.


def article(number: int, text: str, **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        **dict.fromkeys(SPOOLED),
        "credits": [],
        "title": "Talks in Lima",
        "text": text,
        "id": f"{number:064x}",
    }
    return {**row, "published": f"2024-06-{4 + number // 4:02d}T{number % 24:02d}:00:00+00:00", **fields}


def found(rows: list[dict[str, Any]], folder: Path) -> dict[int, tuple[int, int, str]]:
    engine = open_engine(folder)
    write_rows(engine, "articles", rows, folder / "articles.parquet", SPOOLED)
    copies = list(find_copies(engine, [folder / "articles.parquet"], folder, WORDS))
    return {int(c["article"], 16): (int(c["original"], 16), int(c["copied_from"], 16), c["kind"]) for c in copies}


def test_the_chain_of_copies_follows_time_and_credit(tmp_path: Path) -> None:
    own = TEXT + " The opposition in Oslo called the quota too small."
    rows = [
        article(0, TEXT, publisher="Reuters"),
        article(1, "LIMA (Reuters) - " + TEXT, publisher="Courier", credits=["Reuters"]),
        article(2, own, publisher="Herald"),
        article(3, own, publisher="Tribune"),
        article(5, TEXT.replace("12,500", "13,500"), publisher="Reuters", title="CORRECTED - Talks in Lima"),
        article(6, TEXT.replace("12,500", "13,500"), publisher="Post"),
        article(7, TEXT.replace("Peruvian", "Chilean").replace("Lima", "Santiago"), publisher="Reuters"),
    ]
    expected = {1: (0, 0, "credited"), 2: (0, 0, "near"), 3: (0, 2, "same"), 5: (0, 0, "revised"), 6: (5, 5, "same")}
    assert found(rows, tmp_path) == expected


def test_the_order_of_rows_plays_no_part(tmp_path: Path) -> None:
    rows = [
        article(n, TEXT + (f" It was report {n} of the day." if n % 3 else ""), publisher=f"P{n}") for n in range(9)
    ]
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert found(random.Random(seed).sample(rows, len(rows)), folder) == found(rows, tmp_path)
        for path in (*tmp_path.glob("*.sqlite"), *tmp_path.glob("keys*")):
            path.unlink()


def test_the_same_words_a_year_later_are_no_copy(tmp_path: Path) -> None:
    rows = [article(0, TEXT, published="2023-06-04"), article(1, TEXT, published="2024-06-04", publisher="B")]
    assert found(rows, tmp_path) == {}
