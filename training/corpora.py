"""Readers of the sets that the language network learns from and is measured on.

In: a data folder (`syntax/*.conllu`, `ner/*.iob2`, `realis/uds_factuality.jsonl`). Out: frozen `Example`s, one a
sentence. What is malformed raises `CorpusError` with the file and the line; nothing is repaired in silence, except
that sentences whose words differ between the tree and the name annotation go without names, and are counted.

It cannot read enhanced dependencies, empty nodes or multiword surface forms: syntactic words only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ENTITY_LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
NAMES_OF_KIND = {"person": "PER", "place": "LOC", "organization": "ORG"}
PROPER = ("NNP", "NNPS")
_MENTION = re.compile(r"\(([^()]*)\)?|([^()]+)\)")


class CorpusError(ValueError):
    """A file of a data set is not what its format says."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence. All tuples have one member a word; `heads` holds 0 for the root, else the head's number from 1.

    `entities` is gold BIO, `rough_entities` BIO derived from GUM's mentions (both `None` where there is none).
    `happened` holds (word index, target 0..1, weight 0..1).
    """

    name: str
    words: tuple[str, ...]
    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]
    entities: tuple[str, ...] | None = None
    rough_entities: tuple[str, ...] | None = None
    happened: tuple[tuple[int, float, float], ...] = ()


def blocks(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Blocks of non-empty lines, each with the number of its first line."""
    block: list[str] = []
    start = 1
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\r\n")
            if text:
                if not block:
                    start = number
                block.append(text)
            elif block:
                yield start, block
                block = []
    if block:
        yield start, block


def sentence_name(block: list[str]) -> str:
    """The `sent_id` of a block, or an empty string."""
    for line in block:
        if line.startswith("# sent_id ="):
            return line.partition("=")[2].strip()
    return ""


def read_trees(path: Path) -> list[Example]:
    """Read CoNLL-U. Raises `CorpusError` for wrong columns, numbering, heads, or a sentence without one root."""
    found = []
    for start, block in blocks(path):
        rows = []
        for offset, line in enumerate(block):
            if line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) != 10:
                raise CorpusError(f"{path}:{start + offset}: {len(columns)} columns, 10 expected")
            if columns[0].isdigit():
                rows.append(columns)
        if not rows:
            continue
        where = f"{path}:{start}"
        if [row[0] for row in rows] != [str(n) for n in range(1, len(rows) + 1)]:
            raise CorpusError(f"{where}: words are not numbered from 1 on")
        found.append(_example(where, sentence_name(block), rows))
    return found


def _example(where: str, name: str, rows: list[list[str]]) -> Example:
    try:
        heads = tuple(int(row[6]) for row in rows)
    except ValueError as error:
        raise CorpusError(f"{where}: a head is not a number") from error
    if not all(0 <= head <= len(rows) for head in heads):
        raise CorpusError(f"{where}: a head lies outside the sentence")
    if heads.count(0) != 1:
        raise CorpusError(f"{where}: {heads.count(0)} roots, 1 expected")
    rough = rough_names(rows) if any("Entity=" in row[9] for row in rows) else None
    return Example(
        name,
        tuple(row[1] for row in rows),
        tuple(row[3] for row in rows),
        tuple(row[4] for row in rows),
        heads,
        tuple(row[7] for row in rows),
        rough_entities=rough,
    )


def mentions(rows: list[list[str]]) -> list[tuple[int, int, str]]:
    """GUM's mentions in the MISC column as (first, last, kind); ones open at the sentence's edge are left out."""
    done: list[tuple[int, int, str]] = []
    open_at: dict[str, list[tuple[int, str]]] = {}
    for index, row in enumerate(rows):
        for item in row[9].split("|"):
            if not item.startswith("Entity="):
                continue
            for match in _MENTION.finditer(item[7:]):
                opened, closed = match.group(1), match.group(2)
                if opened is not None:
                    key, _, rest = opened.partition("-")
                    kind = rest.partition("-")[0]
                    if match.group(0).endswith(")"):
                        done.append((index, index, kind))
                    else:
                        open_at.setdefault(key, []).append((index, kind))
                elif open_at.get(closed):
                    first, kind = open_at[closed].pop()
                    done.append((first, index, kind))
    return sorted(done, key=lambda mention: (mention[0] - mention[1], mention))


def rough_names(rows: list[list[str]]) -> tuple[str, ...]:
    """BIO names from mentions of persons, places and organisations headed by a proper noun, cut to the name's words.

    A heuristic, for an auxiliary loss only: the scheme is GUM's, not Universal NER's.
    """
    labels = ["O"] * len(rows)
    for first, last, kind in mentions(rows):
        name = NAMES_OF_KIND.get(kind)
        if name is None:
            continue
        heads = [i for i in range(first, last + 1) if not first <= int(rows[i][6]) - 1 <= last]
        if len(heads) != 1 or rows[heads[0]][4] not in PROPER:
            continue
        start = end = heads[0]
        while start > first and rows[start - 1][4] in (*PROPER, "HYPH"):
            start -= 1
        while end < last:
            step = 1 if rows[end + 1][4] in (*PROPER, "HYPH") else 2
            if step == 2 and not (
                name != "PER"
                and end + 2 <= last
                and rows[end + 1][2] in ("of", "for", "and")
                and rows[end + 2][4] in PROPER
            ):
                break
            end += step
        # Wider mentions come first: a place inside an organisation's name stays part of that name.
        if any(label != "O" for label in labels[start : end + 1]):
            continue
        for i in range(start, end + 1):
            labels[i] = ("B-" if i == start else "I-") + name
    return tuple(repair_bio(labels))


def repair_bio(labels: list[str]) -> list[str]:
    """Turn every I- that does not go on a name of its own type into B-."""
    fixed: list[str] = []
    for index, label in enumerate(labels):
        before = fixed[index - 1] if index else "O"
        fixed.append("B-" + label[2:] if label.startswith("I-") and before[2:] != label[2:] else label)
    return fixed


def name_spans(labels: Sequence[str]) -> set[tuple[int, int, str]]:
    """(start, end, type) of the names in a BIO sequence; a stray I- opens a name."""
    found: set[tuple[int, int, str]] = set()
    start, kind = 0, ""
    for index, label in enumerate([*labels, "O"]):
        if kind and not (label.startswith("I-") and label[2:] == kind):
            found.add((start, index, kind))
            kind = ""
        if label != "O" and not kind:
            start, kind = index, label[2:]
    return found


def read_names(path: Path) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Read Universal NER: sentence -> (words, BIO). OTH and the stray tag `B-O` become O."""
    found = {}
    for start, block in blocks(path):
        name = sentence_name(block)
        if not name:
            raise CorpusError(f"{path}:{start}: no sent_id")
        words, labels = [], []
        for offset, line in enumerate(block):
            # A hash may also be a word: comments have no tab.
            if line.startswith("# ") and "\t" not in line:
                continue
            columns = line.split("\t")
            if len(columns) < 3 or not columns[0].isdigit():
                raise CorpusError(f"{path}:{start + offset}: not 'number, word, label'")
            label = columns[2].strip()
            if label == "O" or label[2:] in ("OTH", "O"):
                label = "O"
            elif label not in ENTITY_LABELS:
                raise CorpusError(f"{path}:{start + offset}: unknown label {label!r}")
            words.append(columns[1])
            labels.append(label)
        found[name] = (tuple(words), tuple(repair_bio(labels)))
    return found


def read_happened(path: Path, split: str) -> dict[str, tuple[tuple[int, float, float], ...]]:
    """Read factuality: sentence -> (word index from 0, share that say it happened, mean confidence / 4).

    The share is weighted by the annotators' confidence; predicates of no confidence at all are left out.
    """
    found: dict[str, list[tuple[int, float, float]]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                if row["split"] != split:
                    continue
                votes = [(float(yes), float(sure)) for yes, sure in row["annotations"]]
                index = int(row["token"]) - 1
                name = str(row["sent_id"])
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(f"{path}:{number}: {error}") from error
            total = sum(sure for _, sure in votes)
            if total > 0:
                share = sum(yes * sure for yes, sure in votes) / total
                found.setdefault(name, []).append((index, share, total / (4 * len(votes))))
    return {name: tuple(sorted(items)) for name, items in found.items()}


def read_split(data: Path, split: str) -> tuple[list[Example], int]:
    """All of one split ("train" or "dev"), names and factuality joined; and how many sentences' names did not fit."""
    trees = read_trees(data / "syntax" / f"{split}.conllu")
    names = read_names(data / "ner" / f"uner_ewt_{split}.iob2")
    happened = read_happened(data / "realis" / "uds_factuality.jsonl", split)
    joined, unfit = [], 0
    for example in trees:
        labels = None
        if example.name in names:
            words, labels = names[example.name]
            if words != example.words:
                unfit += 1
                labels = None
        items = happened.get(example.name, ())
        if any(not 0 <= index < len(example.words) for index, _, _ in items):
            raise CorpusError(f"{example.name}: a predicate lies outside the sentence")
        joined.append(replace(example, entities=labels, happened=items))
    return joined, unfit
