"""Attribution against PolNeAR: cues, who says so, and what: `python -m benchmarks attribution [PATH]`.

In: a folder with `attributions/*.ann` (brat: Source, Cue, Content, and events that tie them) and `text/*.txt` (without
PATH the set's development part), and a coder. Out: one JSON object: precision, recall and F1 of cues, sources and
contents. A found span matches a marked one where they share at least half of the tokens of the longer; each cue is
matched once, and source and content count only under a matched cue. `*_of_marked` asks for half of the marked tokens
alone, whatever else was found. A quotation carried over sentences counts as one content. Tokens are ours; punctuation
marks count for nothing.

The set marks no attribution inside another's content: such are left out of what is found, and counted as `nested`.
It does not measure nesting, stance or kind: the set does not mark them. The set is for measuring, never for training.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.coding.coder import Analysis, Coder
from dragoman.coding.speech import SpeechAct
from dragoman.reading.plain import article_from_text
from dragoman.values import Sentence

Ranges = tuple[tuple[int, int], ...]
PARTS = ("cue", "source", "content")
_ROW = re.compile(r"[TE]\d+\t")  # the words of a span may hold line breaks; what follows them is no row


@dataclass(frozen=True, slots=True)
class Relation:
    """One attribution: sets of token numbers, counted through the document."""

    cue: frozenset[int]
    source: frozenset[int]
    content: frozenset[int]
    rule: str = field(default="", compare=False)  # what found it


def read_brat(path: Path) -> Iterator[dict[str, Ranges]]:
    """The attributions of one file: half-open character ranges by part. Raises ValueError on a malformed line."""
    spans: dict[str, Ranges] = {}
    # spans first: an attribution may stand before one of its parts
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if _ROW.match(line)]
    for line in sorted(lines, key=lambda row: not row.startswith("T")):
        fields = line.split("\t")
        if fields[0].startswith("T"):
            places = fields[1].split(" ", 1)[1].split(";")
            spans[fields[0]] = tuple((int(a), int(b)) for a, b in (place.split() for place in places))
        else:
            named: dict[str, Ranges] = {}
            for pair in fields[1].split():
                role, _, span = pair.partition(":")
                part = role.rstrip("0123456789").lower()
                named[part] = (*named.get(part, ()), *spans[span])
            yield named


def annotated(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each text once, with its first annotation: files are named TEXT_ANNOTATOR.ann, and some texts have several."""
    seen: set[str] = set()
    for path in sorted((folder / "attributions").glob("*.ann")):
        name = path.stem.rpartition("_")[0]
        if name not in seen:
            seen.add(name)
            yield path, folder / "text" / f"{name}.txt"


def relations_found(sentences: Sequence[Sentence], analysis: Analysis, coder: Coder) -> list[Relation]:
    """What the coder finds, positions with sayings, those carried over sentences joined to the one they continue."""
    first: list[int] = []
    total = 0
    for sentence in sentences:
        first.append(total)
        total += len(sentence.tokens)
    places = _Places(sentences)
    joined: dict[tuple[int, int], tuple[set[int], set[int], set[int]]] = {}
    rules: dict[tuple[int, int], str] = {}
    for acts in coder.speech(analysis):
        for act in acts:
            key = (act.cue.start, act.cue.end)
            cue, source, content = joined.setdefault(key, (set(), set(), set()))
            rules.setdefault(key, act.rule)
            cue |= places.tokens(((act.cue.start, act.cue.end),))
            source |= places.tokens(_source(act, analysis))
            start = first[act.sentence]
            for a, b in act.content:
                content |= places.words(range(start + a, start + b))
    return [_relation(joined[key], rules[key]) for key in sorted(joined)]


def _relation(parts: Iterable[Iterable[int]], rule: str = "") -> Relation:
    cue, source, content = (frozenset(part) for part in parts)
    return Relation(cue, source, content, rule)


def outermost(relations: Sequence[Relation]) -> list[Relation]:
    """Those whose cue stands in no other's content: the set marks no speech inside speech."""
    said = [(relation, relation.content) for relation in relations]
    return [r for r in relations if not any(r is not other and min(r.cue) in content for other, content in said)]


def _source(act: SpeechAct, analysis: Analysis) -> Ranges:
    if act.phrase is not None:
        return ((act.phrase.start, act.phrase.end),)
    if act.mention is not None:
        mention = analysis.mentions[act.mention]
        return ((mention.start, mention.end),)
    return ()


class _Places:
    """Numbers of words by characters; marks of punctuation are left out."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._marks: set[int] = set()
        self._owner: dict[int, int] = {}
        number = 0
        for sentence in sentences:
            for token in sentence.tokens:
                if not any(character.isalnum() for character in token.text):
                    self._marks.add(number)
                self._owner.update(dict.fromkeys(range(token.start, token.end), number))
                number += 1

    def tokens(self, ranges: Ranges) -> set[int]:
        found = {self._owner[place] for a, b in ranges for place in range(a, b) if place in self._owner}
        return found - self._marks or found  # a cue may be a colon

    def words(self, numbers: Iterable[int]) -> set[int]:
        return set(numbers) - self._marks


def marked(path: Path, sentences: Sequence[Sentence]) -> list[Relation]:
    """The attributions of one file of the set, as sets of our tokens."""
    places = _Places(sentences)
    return [
        _relation(places.tokens(named.get(part, ())) for part in PARTS) for named in read_brat(path) if "cue" in named
    ]


def share(gold: frozenset[int], found: frozenset[int], *, of_marked: bool = False) -> float:
    """The tokens in common, as a share of the longer's, or of the marked ones'."""
    longer = len(gold) if of_marked else max(len(gold), len(found))
    return len(gold & found) / longer if longer else 0.0


class Tally:
    """Counts of one way of matching, over documents."""

    def __init__(self, *, of_marked: bool) -> None:
        self._of_marked = of_marked
        self.gold = dict.fromkeys(PARTS, 0)
        self.found = dict.fromkeys(PARTS, 0)
        self.right = dict.fromkeys(PARTS, 0)

    def add(self, gold: Sequence[Relation], found: Sequence[Relation]) -> list[tuple[Relation, Relation | None]]:
        """Counts one document; returns each marked attribution with the found one that matches its cue."""
        for relations, counts in ((gold, self.gold), (found, self.found)):
            for relation in relations:
                for part in PARTS:
                    counts[part] += bool(getattr(relation, part))
        used: set[int] = set()
        pairs: list[tuple[Relation, Relation | None]] = []
        for relation in gold:
            best: tuple[float, float, int] | None = None
            for number, candidate in enumerate(found):
                overlap = share(relation.cue, candidate.cue, of_marked=self._of_marked)
                if overlap >= 0.5 and number not in used:
                    rank = (overlap, share(relation.content, candidate.content), -number)
                    best = rank if best is None or rank > best else best
            if best is None:
                pairs.append((relation, None))
                continue
            used.add(-best[2])
            match = found[-best[2]]
            pairs.append((relation, match))
            self.right["cue"] += 1
            for part in ("source", "content"):
                overlap = share(getattr(relation, part), getattr(match, part), of_marked=self._of_marked)
                self.right[part] += overlap >= 0.5
        return pairs

    def figures(self, suffix: str = "") -> dict[str, float]:
        """Precision, recall and F1 of the three parts."""
        result: dict[str, float] = {}
        for part in PARTS:
            right, found, gold = self.right[part], self.found[part], self.gold[part]
            result[f"{part}_precision{suffix}"] = round(right / max(1, found), 4)
            result[f"{part}_recall{suffix}"] = round(right / max(1, gold), 4)
            result[f"{part}_f1{suffix}"] = round(2 * right / max(1, found + gold), 4)
        return result


def measure(data: Path, coder: Coder, *, errors: int = 0, file: Path | None = None) -> dict[str, object]:
    """Figures over the set's development part under `data` (the data folder), or over the folder `file`, with counts.

    The first `errors` cues missed and cues found in vain go to stderr. Raises FileNotFoundError where a folder holds
    no annotations.
    """
    folder = file if file is not None else data / "attribution" / "polnear" / "dev"
    strict, loose = Tally(of_marked=False), Tally(of_marked=True)
    documents = nested = 0
    for path, text_path in annotated(folder):
        analysis = coder.analyse(article_from_text(text_path.read_text(encoding="utf-8")))
        gold = marked(path, analysis.sentences)
        told = relations_found(analysis.sentences, analysis, coder)
        found = outermost(told)
        nested += len(told) - len(found)
        pairs = strict.add(gold, found)
        loose.add(gold, found)
        documents += 1
        if errors > 0:
            errors -= _show(pairs, found, analysis.sentences)
    if not documents:
        raise FileNotFoundError(f"no attributions/*.ann under {folder}")
    counts = {
        "documents": documents,
        "attributions": strict.gold["cue"],
        "found": strict.found["cue"],
        "nested": nested,
    }
    return {**strict.figures(), **loose.figures("_of_marked"), **counts}


def _show(
    pairs: Sequence[tuple[Relation, Relation | None]], found: Sequence[Relation], sentences: Sequence[Sentence]
) -> int:
    tokens = [token.text for sentence in sentences for token in sentence.tokens]
    matched = {match for _, match in pairs if match is not None}
    rows = [("missed", relation) for relation, match in pairs if match is None]
    rows += [("in vain", relation) for relation in found if relation not in matched]
    for kind, relation in rows:
        parts = (" ".join(tokens[n] for n in sorted(getattr(relation, part))[:30]) for part in PARTS)
        print(kind, relation.rule, " | ".join(parts), sep=": ", file=sys.stderr)
    return len(rows)
