"""Did it happen, against Universal Decompositional Semantics: `python -m benchmarks realis`.

In: a data folder with `realis/uds_factuality.jsonl` (split dev: predicates judged by annotators as having happened or
not) and `syntax/dev.conllu` (their sentences), and a coder. Gold words, our network's tags and trees. Out: accuracy and
macro-F1 of happened against not, over predicates on whose judgement all annotators agree; "actual and not negated"
is our "happened". The same for the network's own belief (`Token.happened` above a half), for always saying
"happened", and by how sure the annotators were.

The set's predicates are any verbs of blogs, mails and reviews, few of them political acts; future and hypothetical
are one class in it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.coding.clauses import ClauseReader
from dragoman.coding.coder import Coder
from dragoman.coding.roles import PartyFinder
from dragoman.coding.status import status_of
from dragoman.language.network import Network
from dragoman.values import Sentence, Token
from training.corpora import Example, read_happened, read_trees


@dataclass(frozen=True, slots=True)
class Judgement:
    """One predicate: what annotators say, what the rules say, and the network's belief; `why` lists the rules."""

    sentence: str
    word: str
    gold: bool
    sure: bool
    rules: bool
    belief: float
    why: tuple[str, ...]


def sentence_of(number: int, example: Example, network: Network, coder: Coder) -> Sentence:
    """The network's reading of gold words, joined by spaces."""
    reading = network.read([example.words])[0]
    tokens, at = [], 0
    columns = zip(
        example.words, reading.upos, reading.xpos, reading.heads, reading.relations, reading.entities,
        reading.happened, strict=True,
    )  # fmt: skip
    for index, (word, upos, xpos, head, relation, entity, happened) in enumerate(columns):
        lemma = coder.language.lemmatiser.lemma(word, upos, xpos)
        tokens.append(Token(index, word, at, at + len(word), lemma, upos, xpos, head, relation, entity, happened))
        at += len(word) + 1
    return Sentence(number, " ".join(example.words), 0, at - 1, number, tuple(tokens))


def judgements(data: Path, coder: Coder) -> list[Judgement]:
    """One for each predicate on which the annotators agree, in the order of the trees."""
    predicates = read_happened(data / "realis" / "uds_factuality.jsonl", "dev")
    found: list[Judgement] = []
    for number, example in enumerate(read_trees(data / "syntax" / "dev.conllu")):
        agreed = [item for item in predicates.get(example.name, ()) if item[1] in (0.0, 1.0)]
        if not agreed:
            continue
        sentence = sentence_of(number, example, coder.network, coder)
        reader = ClauseReader(sentence, coder.knowledge.lexicon.light_verbs)
        finder = PartyFinder(reader, ())
        for word, target, weight in agreed:
            reading = status_of(word, reader, finder, coder.knowledge.lexicon)
            found.append(
                Judgement(
                    sentence=sentence.text,
                    word=sentence.tokens[word].text,
                    gold=target == 1.0,
                    sure=weight >= 0.75,
                    rules=reading.status == "actual" and not reading.negated,
                    belief=sentence.tokens[word].happened,
                    why=tuple(step.rule for step in reading.steps),
                )
            )
    return found


def scores(gold: Sequence[bool], said: Sequence[bool]) -> dict[str, float]:
    """Accuracy, and the mean of F1 over both answers."""
    right = sum(g == s for g, s in zip(gold, said, strict=True))
    f1 = []
    for answer in (True, False):
        both = sum(g == s == answer for g, s in zip(gold, said, strict=True))
        total = sum(g == answer for g in gold) + sum(s == answer for s in said)
        f1.append(2 * both / total if total else 0.0)
    return {"accuracy": round(right / max(1, len(gold)), 4), "macro_f1": round(sum(f1) / 2, 4)}


def measure(data: Path, coder: Coder, *, errors: int = 0) -> dict[str, object]:
    """Figures under flat names; the first `errors` mistakes of the rules go to stderr."""
    found = judgements(data, coder)
    result: dict[str, object] = {"predicates": len(found), "happened": sum(j.gold for j in found)}
    for name, chosen in (("", found), ("sure_", [j for j in found if j.sure])):
        gold = [j.gold for j in chosen]
        answers = {
            "rules": [j.rules for j in chosen],
            "network": [j.belief > 0.5 for j in chosen],
            "always": [True for _ in chosen],
        }
        for way, said in answers.items():
            result |= {f"{name}{way}_{figure}": value for figure, value in scores(gold, said).items()}
    for wrong in [j for j in found if j.gold != j.rules][:errors]:
        print(
            f"{'happened' if wrong.gold else 'not'} [{wrong.word}] {wrong.belief:.2f} {' '.join(wrong.why)}"
            f" | {wrong.sentence}",
            file=sys.stderr,
        )
    return result
