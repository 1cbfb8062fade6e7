"""Copies told from other reports, on generated variants of real releases and of our own test passages.

In: a data folder with the State Department releases. Out: precision and recall in percent on variants that change no
fact, the share of variants with a changed fact that were taken for copies, and the share of later releases found. Each
base text gets some variants of either kind, made by seeded edits that desks make (`EDITS`) or that make another report
(`CHANGES`); all go through the copies pass of the record at once. The edits are ours: a real archive has others.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SEED, TEXTS = 7, 300
_SENTENCE = re.compile(r"(?<=[a-z]{3}[.!?])\s+(?=[A-Z“\"])")
_OWN = (
    "The ministry did not answer a request for comment.",
    "Analysts in the region said they had expected little else.",
    "It was the third such notice since Friday, according to a count kept by this newspaper.",
    "Officials in 4 neighbouring states were told beforehand.",
)
_FURNITURE = (
    "Read more on our website.", "ADVERTISEMENT", "Sign up for our newsletter.",
    "© 2024 The Daily Courier. All rights reserved.",
    "(Reporting by our newsroom; editing by the night desk)", "Follow us on social media.",
)  # fmt: skip
_DATELINES = (
    "WASHINGTON (Reuters) - ",
    "WASHINGTON, June 3 (AP) — ",
    "LONDON: ",
    "Washington/Brussels – ",
    "KUALA LUMPUR, Bernama -- ",
)
_SPELLINGS = (
    ("ization", "isation"), ("izing", "ising"), ("ized", "ised"), ("avor", "avour"),
    ("olor", "olour"), ("abor ", "abour "),
    ("efense", "efence"), ("enter ", "entre "), ("rogram ", "rogramme "),
    (" percent", " per cent"), ("toward ", "towards "),
)  # fmt: skip
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NAMES = ("Norway", "Peru", "Jordan", "Laos", "Ghana", "Estonia", "Fiji", "Oman", "Kenya", "Chile")
_PEOPLE = ("Nordahl", "Quispe", "Haddad", "Keomany", "Mensah", "Tamm", "Waqa", "Harthi", "Wanjiru", "Fuentes")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it is read."""

    text: str
    title: str
    published: str
    publisher: str
    url: str | None = None


Edit = Callable[[Draft, random.Random], Draft | None]


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(text)


def _on_text(edit: Callable[[str, random.Random], str | None]) -> Edit:
    def edited(draft: Draft, chance: random.Random) -> Draft | None:
        text = edit(draft.text, chance)
        return None if text is None or text == draft.text else replace(draft, text=text)

    return edited


def _truncated(text: str, chance: random.Random) -> str | None:
    words = text.split()
    if len(words) < 90:
        return None
    return " ".join(words[: chance.randint(max(60, len(words) // 3), len(words) - 15)]) + chance.choice(
        ("...", "…", " [...]", " … Read more")
    )


def _leading_paragraphs(text: str, chance: random.Random) -> str | None:
    parts = _sentences(text)
    return " ".join(parts[: chance.randint(len(parts) // 2, len(parts) - 1)]) if len(parts) > 5 else None


def _cut(text: str, chance: random.Random) -> str | None:
    parts = _sentences(text)
    if len(parts) < 5:
        return None
    del parts[chance.randrange(1, len(parts))]
    return " ".join(parts)


def _own(text: str, chance: random.Random) -> str | None:
    parts = _sentences(text)
    if len(parts) < 4:
        return None
    parts.insert(chance.randint(1, len(parts)), chance.choice(_OWN))
    return " ".join(parts)


def _furniture(text: str, chance: random.Random) -> str | None:
    parts = _sentences(text)
    for _ in range(chance.randint(1, 2)):
        parts.insert(chance.choice((len(parts), max(1, len(parts) // 2))), chance.choice(_FURNITURE))
    return "\n\n".join(parts)


def _wrapped(text: str, chance: random.Random) -> str:
    width = chance.randint(50, 76)
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def _as_html(text: str, chance: random.Random) -> str:
    parts = "".join(f"<p>{part.replace('&', '&amp;')}</p>\n" for part in _sentences(text))
    return f'<div class="story"><!-- article -->{parts}<script>track("story");</script></div>'


def _spelled(text: str, chance: random.Random) -> str:
    for old, new in _SPELLINGS:
        text = text.replace(old, new)
    return text


def _headed(draft: Draft, chance: random.Random) -> Draft:
    title = chance.choice((f"{draft.title}: what was said", " ".join(draft.title.split()[::-1]), draft.title.upper()))
    return replace(draft, title=title, text=f"{title}\n\nBy a staff reporter\n\n{draft.text}")


EDITS: dict[str, Edit] = {
    "same": lambda draft, chance: draft,
    "title": lambda draft, chance: replace(draft, title="In brief: " + draft.title),
    "headline": _headed,
    "truncated": _on_text(_truncated),
    "leading": _on_text(_leading_paragraphs),
    "dateline": _on_text(lambda text, chance: chance.choice(_DATELINES) + text),
    "credit": _on_text(
        lambda text, chance: text + chance.choice((" (Reuters)", " – AFP", " [AP]", " (With agency inputs)"))
    ),
    "space": _on_text(lambda text, chance: re.sub(r" ", lambda _: chance.choice((" ", " ", "  ", "\u00a0")), text)),
    "wrapped": _on_text(_wrapped),
    "paragraphs": _on_text(lambda text, chance: "\n\n".join(_sentences(text))),
    "quotes": _on_text(
        lambda text, chance: text.replace("’", "'").replace("“", '"').replace("”", '"').replace(" – ", " -- ")
    ),
    "spelling": _on_text(_spelled),
    "html": _on_text(_as_html),
    "cut": _on_text(_cut),
    "own": _on_text(_own),
    "furniture": _on_text(_furniture),
    "capitals": _on_text(lambda text, chance: text[:80].upper() + text[80:]),
}


def _swap(text: str, pattern: str, others: tuple[str, ...] | list[str], chance: random.Random) -> str | None:
    found = list(re.finditer(pattern, text))
    if not found:
        return None
    match = chance.choice(found)
    new = chance.choice([each for each in others if each.lower() != match[0].lower()])
    return text[: match.start()] + new + text[match.end() :]


def _number(text: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w,])", text))
    if not found:
        return _swap(text, rf"\b(?:{'|'.join(_NUMBERS)})\b", _NUMBERS, chance)
    match = chance.choice(found)
    value = int(re.sub(r"\D", "", match[0])[:9]) + chance.choice((1, 2, 10))
    return text[: match.start()] + f"{value:,}" + text[match.end() :]


def _name(text: str, chance: random.Random) -> str | None:
    return _swap(text, r"(?<=[a-z,] )[A-Z][a-z]{3,}(?=[ ,.])", (*_NAMES, *_PEOPLE), chance)


def _everywhere(text: str, chance: random.Random) -> str | None:
    """Another country throughout, as in calls with two neighbouring ministers."""
    found = re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?=[ ,.])", text)
    if not found:
        return None
    name = max(sorted(set(found)), key=found.count)
    return re.sub(rf"\b{name}\b", chance.choice(_NAMES), text)


def _negated(text: str, chance: random.Random) -> str | None:
    return _swap(text, r"\b(?:is|are|will|has|have|was|were)\b(?! not)", ("did not", "will not", "is not"), chance)


CHANGES: dict[str, Edit] = {
    "number": _on_text(_number),
    "name": _on_text(_name),
    "everywhere": _on_text(_everywhere),
    "month": _on_text(lambda text, chance: _swap(text, rf"\b(?:{'|'.join(_MONTHS)})\b", _MONTHS, chance)),
    "weekday": _on_text(lambda text, chance: _swap(text, rf"\b(?:{'|'.join(_WEEKDAYS)})\b", _WEEKDAYS, chance)),
    "negated": _on_text(_negated),
}


def base_texts(data: Path, seed: int, count: int) -> list[Draft]:
    """Releases, each another text, of 60 words or more."""
    lines = (data / "news" / "state_department_releases.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for number, line in enumerate(random.Random(seed).sample(lines, len(lines))):
        told = json.loads(line)
        if len(told["text"].split()) >= 60 and told["title"]:
            found.append(
                Draft(told["text"], told["title"], f"2024-03-{number % 28 + 1:02d}", "State Department", told["url"])
            )
        if len(found) == count:
            break
    return found


def variants(base: Draft, chance: random.Random) -> Iterator[tuple[str, bool, Draft]]:
    """Name, is it a copy, and the text: three copies, two of them with several edits; two reports with other facts."""
    day = f"{base.published[:8]}{min(28, int(base.published[8:]) + chance.randint(0, 2)):02d}"
    for number in range(3):
        names = chance.sample(sorted(EDITS), 1 if number == 0 else 2)
        draft: Draft | None = replace(base, publisher=f"Outlet {chance.randint(1, 10**6)}", published=day, url=None)
        for name in sorted(names, key=list(EDITS).index):
            draft = (EDITS[name](draft, chance) if draft is not None else None) or draft
        if draft is not None:
            yield "+".join(names), True, draft
    for number in range(2):
        name = chance.choice(sorted(CHANGES))
        changed = CHANGES[name](
            replace(base, publisher=f"Outlet {chance.randint(1, 10**6)}", published=day, url=None), chance
        )
        if changed is not None and number:  # and edited beside
            other = chance.choice(("title", "space", "paragraphs", "quotes", "html"))
            changed, name = EDITS[other](changed, chance) or changed, f"{name}+{other}"
        if changed is not None:
            yield name, False, changed


def releases(base: Draft, chance: random.Random) -> Draft | None:
    """A later release with a corrected number, from the same outlet."""
    text = _number(base.text, chance)
    if text is None:
        return None
    marked = chance.random() < 0.5
    day = f"{base.published[:8]}{int(base.published[8:]) + 1:02d}"
    return replace(base, text=text, title=("CORRECTED: " if marked else "") + base.title, published=day, url=None)


def measure(data: Path, *, seed: int = SEED, errors: int = 0) -> dict[str, Any]:
    """Percentages; see the head of this file."""
    import sys

    chance = random.Random(seed)
    drafts: list[Draft] = []
    told: list[
        tuple[str, str, int]
    ] = []  # what each is: base, copy, other or release; its edits; the place of its base
    for base in base_texts(data, seed, TEXTS):
        place = len(drafts)
        made = [
            ("base", "", base),
            *(("copy" if is_copy else "other", name, draft) for name, is_copy, draft in variants(base, chance)),
        ]
        release = releases(base, chance)
        if release is not None:
            made.append(("release", "", release))
        for kind, name, draft in made:
            drafts.append(draft)
            told.append((kind, name, place))
    found = find(drafts)
    families = {n: original for n, (original, kind) in found.items() if kind != "revised"}
    counts = {"copies": 0, "found": 0, "taken": 0, "right": 0, "others": 0, "false": 0, "releases": 0, "released": 0}
    for n, (kind, name, place) in enumerate(told):
        family, hit = families.get(n, n), True
        ours = told[family][2] == place and told[family][0] in ("base", "copy")
        if kind == "copy":
            counts["copies"] += 1
            hit = family == families.get(place, place)
            counts["found"] += hit
        elif kind == "other":
            counts["others"] += 1
            hit = not ours
            counts["false"] += not hit
        elif kind == "release":
            counts["releases"] += 1
            hit = n in found and found[n][1] == "revised"
            counts["released"] += hit
        if n in families and kind in ("base", "copy"):
            counts["taken"] += 1
            counts["right"] += ours
        if not hit and errors > 0:
            errors -= 1
            print(
                f"{kind} {name}: {found.get(n)}: {drafts[n].text[:300]!r}\n  of {drafts[place].text[:300]!r}",
                file=sys.stderr,
            )
    return {
        "texts": len(drafts),
        "precision": _percent(counts["right"], counts["taken"]),
        "recall": _percent(counts["found"], counts["copies"]),
        "false_merges": _percent(counts["false"], counts["others"]),
        "releases_found": _percent(counts["released"], counts["releases"]),
        **counts,
    }


def find(drafts: list[Draft]) -> dict[int, tuple[int, str]]:
    """The original of each copy and the kind of copy, by place, as the record's pass finds them."""
    from dragoman.knowledge.copy_words import load_copy_words
    from dragoman.knowledge.wordlists import load_wordlists
    from dragoman.reading.plain import PlainReader
    from dragoman.reading.rejects import Reject
    from dragoman.reading.reports import Report
    from dragoman.reading.sources import article_of
    from dragoman.record.copies import find_copies
    from dragoman.record.parquet import open_engine, write_rows
    from dragoman.record.tables import CodedBy, article_row

    by = CodedBy("", "", "", "")
    places: dict[str, int] = {}
    rows = []
    reader = PlainReader(load_wordlists())
    for place, draft in enumerate(drafts):
        report = Report(
            draft.text, title=draft.title, published=draft.published, publisher=draft.publisher, url=draft.url
        )
        article = article_of(report, "", reader, fallback=None, limit=10**8)
        if isinstance(article, Reject):
            continue
        if article.id not in places:
            places[article.id] = place
            rows.append(article_row(article, 0, by))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder))
        path = Path(folder) / "articles.parquet"
        write_rows(engine, "articles", sorted(rows, key=lambda row: str(row["id"])), path)
        found = list(find_copies(engine, [path], Path(folder), load_copy_words()))
    return {places[row["article"]]: (places[row["original"]], row["kind"]) for row in found}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
