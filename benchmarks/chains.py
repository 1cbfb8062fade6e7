"""Who is who within a report: `python -m benchmarks chains [PATH]`, on GUM's news and biographies (development part).

In: a CoNLL-U file whose MISC column holds GUM's entities with their groups; whole documents are made of it again and
read as `dragoman code` reads them. Our mentions are aligned with gold mentions of persons, organisations and places
by their head word; two of ours are one entity where one points back to the other or both name one actor.

Out: MUC, B-cubed, CEAF-e and their mean over the mentions that both have (`aligned`), and over all gold mentions of
the three types (`all_gold`: what we do not mention at all counts as missed); and for "he", "she", "it" and "they" how
often the name or noun that we lead back to is of the right entity. Gold mentions without a mention of ours are many
by design: a mother, a beach or a band are no actors.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.coreference import Cluster, Score, b_cubed, ceaf_e, conll, muc, total
from dragoman.coding.coder import Coder
from dragoman.coding.drafts import TOWN
from dragoman.reading.plain import article_from_text
from dragoman.values import Mention

GENRES = ("GUM_news_", "GUM_bio_")
TYPES = ("person", "organization", "place")
FORMS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "he"), **dict.fromkeys(("she", "her", "hers", "herself"), "she"),
    **dict.fromkeys(("it", "its", "itself"), "it"), **dict.fromkeys(("they", "them", "their", "theirs"), "they"),
}  # fmt: skip
_MARK = re.compile(r"\((?P<open>[^()]+)(?P<whole>\))?|(?P<close>[^()]+)\)")
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold mention: its group, type, the place of its words and of its head word in the text."""

    group: str
    type: str
    start: int
    end: int
    head: Spot
    word: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its gold mentions, as of the day that it was written."""

    name: str
    text: str
    published: str | None
    mentions: tuple[Gold, ...]


def read_documents(path: Path, genres: Sequence[str] = GENRES) -> Iterator[Document]:
    """The documents of some genres."""
    for block in path.read_text(encoding="utf-8").split("# newdoc id = ")[1:]:
        name = block.split("\n", 1)[0].strip()
        if name.startswith(tuple(genres)):
            yield _document(name, block)


def _document(name: str, block: str) -> Document:
    """The text put together again, paragraph by paragraph, with the places of all words; then its mentions."""
    day = re.search(r"^# meta::dateCreated = (\d{4}-\d\d-\d\d)", block, re.MULTILINE)
    text = ""
    words: list[tuple[Spot, int, str, str]] = []  # place, head (a number of this list, or -1), form, marks
    for part in block.split("\n\n"):
        lines = part.split("\n")
        own = next((line[9:] for line in lines if line.startswith("# text = ")), None)
        if own is None:
            continue
        gap = "\n\n" if any(line.startswith("# newpar") for line in lines) else " "
        text += (gap if text else "") + own
        first, at = len(words), len(text) - len(own)
        for cells in (line.split("\t") for line in lines if line[:1].isdigit()):
            if not cells[0].isdigit():  # contractions and empty words
                continue
            start = text.find(cells[1], at)
            spot = (start, start + len(cells[1])) if start >= 0 else (at, at)  # "gonna" is "gon" and "na"
            at = spot[1]
            marks = next((cell[7:] for cell in cells[9].split("|") if cell.startswith("Entity=")), "")
            words.append((spot, first + int(cells[6]) - 1 if cells[6] != "0" else -1, cells[1], marks))
    return Document(name, text, day[1] if day else None, tuple(_mentions(words)))


def _mentions(words: Sequence[tuple[Spot, int, str, str]]) -> Iterator[Gold]:
    """The mentions of our types. Marks: "(1-person-..." opens, "1)" closes, "(1-person-...)" is one word."""
    opened: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, (_, _, _, marks) in enumerate(words):
        for match in _MARK.finditer(marks):
            group, _, rest = (match["open"] or match["close"]).partition("-")
            if match["open"] is not None:
                opened[group].append((rest.partition("-")[0], number))
            if match["close"] is not None or match["whole"]:
                kind, first = opened[group].pop()
                if kind in TYPES:
                    yield _gold(group, kind, first, number, words)


def _gold(group: str, kind: str, first: int, last: int, words: Sequence[tuple[Spot, int, str, str]]) -> Gold:
    head = next((n for n in range(first, last + 1) if not first <= words[n][1] <= last), last)
    return Gold(group, kind, words[first][0][0], words[last][0][1], words[head][0], words[head][2].lower())


def aligned(gold: Sequence[Gold], mentions: Sequence[Mention], heads: Sequence[Spot]) -> dict[int, Gold]:
    """For each mention of ours the gold mention with the same head word; of several the one of most like extent."""
    by_head: dict[int, list[Gold]] = defaultdict(list)
    for each in gold:
        by_head[each.head[0]].append(each)
    found: dict[int, Gold] = {}
    taken: set[Gold] = set()
    for mention, head in zip(mentions, heads, strict=True):
        rivals = [each for each in by_head.get(head[0], ()) if each not in taken]
        if rivals:
            best = min(rivals, key=lambda each: abs(each.start - mention.start) + abs(each.end - mention.end))
            found[mention.index] = best
            taken.add(best)
    return found


def clusters(mentions: Sequence[Mention]) -> dict[int, int]:
    """The entity of each mention, numbered by its first: by what points back, and by the actor named."""
    parent = list(range(len(mentions)))

    def top(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    seen: dict[tuple[str, ...], int] = {}
    for mention in mentions:
        # "the country" may point back to its president: only the same actor is the same entity.
        links = [other for other in mention.antecedents if mentions[other].actors == mention.actors]
        # A town stands for its state as an actor; as a place it is its own.
        key = tuple(actor.basis[0] if actor.basis[0].startswith(TOWN) else actor.id for actor in mention.actors)
        if key and not any(identity.startswith("text:-") for identity in key):
            links.append(seen.setdefault(key, mention.index))
        for other in links:
            low, high = sorted((top(mention.index), top(other)))
            parent[high] = low
    return {mention.index: top(mention.index) for mention in mentions}


def grouped(keys: Mapping[Hashable, Hashable]) -> list[Cluster]:
    """A partition out of the cluster's name of each mention."""
    found: dict[Hashable, set[Hashable]] = defaultdict(set)
    for mention, name in keys.items():
        found[name].add(mention)
    return [frozenset(each) for each in found.values()]


MEASURES = {"muc": muc, "b_cubed": b_cubed, "ceaf_e": ceaf_e}


def measure(data: Path, coder: Coder, path: Path | None = None, *, errors: int = 0) -> dict[str, Any]:
    """Figures over the documents of a file; `errors`: so many pronouns led astray are told on stderr."""
    scores: dict[tuple[str, str], list[Score]] = defaultdict(list)
    counts: Counter[str] = Counter()
    told: list[str] = []
    for document in read_documents(path or data / "syntax" / "dev.conllu"):
        article = article_from_text(document.text, published=document.published)
        analysis = coder.analyse(article)
        heads = [_head(mention, analysis.sentences) for mention in analysis.mentions]
        same = aligned(document.mentions, analysis.mentions, heads)
        ours = clusters(analysis.mentions)
        counts.update(documents=1, gold=len(document.mentions), aligned=len(same))
        response = grouped({gold: ours[index] for index, gold in same.items()})
        for what, key in (("aligned", set(same.values())), ("all_gold", set(document.mentions))):
            wanted = grouped({gold: gold.group for gold in key})
            for name, score in MEASURES.items():
                scores[what, name].append(score(wanted, response))
        told += list(_pronouns(document, analysis.mentions, same, ours, counts))
    for line in told[:errors]:
        print(line, file=sys.stderr)
    return _figures(scores, counts)


def _head(mention: Mention, sentences: Sequence[Any]) -> Spot:
    token = sentences[mention.sentence].tokens[mention.head]
    return token.start, token.end


def _pronouns(
    document: Document, mentions: Sequence[Mention], same: Mapping[int, Gold], ours: Mapping[int, int],
    counts: Counter[str],
) -> Iterator[str]:  # fmt: skip
    """Count gold pronouns whose entity is named before them; tell where ours lead to another entity."""
    index_of = {gold: index for index, gold in same.items()}
    named = sorted((gold for gold in document.mentions if gold.word not in FORMS), key=lambda gold: gold.head)
    for gold in document.mentions:
        form = FORMS.get(gold.word)
        if form is None or not any(each.group == gold.group and each.head < gold.head for each in named):
            continue
        counts[f"{form}/all"] += 1
        index = index_of.get(gold)
        before = [] if index is None else [m for m in mentions if ours[m.index] == ours[index] and m.index in same]
        led = [m for m in before if same[m.index].word not in FORMS and same[m.index].head < gold.head]
        led = [m for m in led if m.kind not in ("title", "nominal")] or led  # rather by name than as "the emperor"
        if index is None or not led:
            continue
        counts[f"{form}/led"] += 1
        right = same[led[-1].index].group == gold.group
        counts[f"{form}/right"] += right
        if not right:
            where = document.text[max(gold.head[0] - 100, 0) : gold.head[1] + 20].replace("\n", " ")
            yield f"{document.name}: {gold.word!r} to {led[-1].text!r}: ...{where}..."


def _figures(scores: Mapping[tuple[str, str], Sequence[Score]], counts: Counter[str]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "documents": counts["documents"],
        "gold_mentions": counts["gold"],
        "aligned_mentions": counts["aligned"],
    }
    for what in ("aligned", "all_gold"):
        sums = {name: total(scores[what, name]) for name in MEASURES}
        figures[what] = {f"{name}_f1": round(score.f1, 4) for name, score in sums.items()}
        figures[what] |= {f"{name}_{side}": round(getattr(score, side), 4) for name, score in sums.items()
                          for side in ("precision", "recall")}  # fmt: skip
        figures[what]["conll_f1"] = round(conll(sums.values()), 4)
    forms = sorted(set(FORMS.values()))
    for form in ("all", *forms):
        every, led, right = (
            sum(counts[f"{each}/{what}"] for each in (forms if form == "all" else (form,)))
            for what in ("all", "led", "right")
        )
        figures[f"pronouns_{form}"] = {
            "pronouns": every,
            "accuracy": round(right / every, 4) if every else 0.0,
            "precision": round(right / led, 4) if led else 0.0,
        }
    return figures
