"""Speed and memory on one core: the whole path, the network alone, the first answer.

In: a data folder with the State Department releases, and a coder. The sample is every 20th of the 2,025 rows,
100 in all; or all. Each article is coded whole, then the network alone reads the same words in the same
sentences, so that a busy moment weighs on both; the network's word pieces are then remembered, which favours
the network. Reading the file and writing the record are not counted. A `word` is what stands between spaces;
tokens (marks of punctuation and parts of words too) are more and are given beside them.

Out: rates by CPU second, and by wall second. The two are equal on a core of one's own: `cpu_share` (CPU seconds
by wall seconds) tells whether it was; at 1.0 no more than one core was used. Figures belong to a machine: state
it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dragoman.coding.coder import Coder
from dragoman.errors import CodingError
from dragoman.reading.sources import read_sources
from dragoman.values import Article

SAMPLE_STEP, SAMPLE_SIZE = 20, 100
_ASK = (
    "import json,resource,subprocess,sys,time\n"
    "began=time.perf_counter()\n"
    "done=subprocess.run([sys.executable,'-m','dragoman','code','-'],input=sys.argv[1],text=True,capture_output=True)\n"
    "print(json.dumps({'seconds':time.perf_counter()-began,'code':done.returncode,'said':done.stderr[-300:],"
    "'answered':bool(done.stdout.strip()),'mb':resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024}))\n"
)


@dataclass(slots=True)
class Clock:
    """CPU and wall seconds, added up over stretches."""

    cpu: float = 0.0
    wall: float = 0.0
    _began: tuple[float, float] = field(default=(0.0, 0.0))

    def start(self) -> None:
        self._began = time.process_time(), time.perf_counter()

    def stop(self) -> None:
        self.cpu += time.process_time() - self._began[0]
        self.wall += time.perf_counter() - self._began[1]


def sample(data: Path, coder: Coder, *, everything: bool = False) -> tuple[list[Article], int]:
    """The articles to be coded, and how many rows of them could not be read."""
    rows = read_sources([str(data / "news" / "state_department_releases.jsonl")], config=coder.config)
    chosen = list(rows if everything else islice(rows, 0, SAMPLE_STEP * SAMPLE_SIZE, SAMPLE_STEP))
    articles = [row for row in chosen if isinstance(row, Article)]
    return articles, len(chosen) - len(articles)


def measure(data: Path, coder: Coder, *, everything: bool = False) -> dict[str, float | int]:
    """Counts, rates of the whole path and of the network alone, their ratio, peak memory of this process in MB."""
    articles, rejected = sample(data, coder, everything=everything)
    _code(articles[:5], coder, Clock(), Clock())
    whole, alone = Clock(), Clock()
    counts = _code(articles, coder, whole, alone)
    words, tokens, sentences = counts["words"], counts["tokens"], counts["sentences"]
    return {
        "articles": len(articles),
        "rejected": rejected,
        **counts,
        "words_per_cpu_second": round(words / whole.cpu),
        "words_per_second": round(words / whole.wall),
        "tokens_per_cpu_second": round(tokens / whole.cpu),
        "sentences_per_cpu_second": round(sentences / whole.cpu, 1),
        "sentences_per_second": round(sentences / whole.wall, 1),
        "network_words_per_cpu_second": round(words / alone.cpu),
        "network_tokens_per_cpu_second": round(tokens / alone.cpu),
        "whole_to_network": round(alone.cpu / whole.cpu, 3),
        "cpu_share": round(whole.cpu / whole.wall, 3),
        "cpu_seconds": round(whole.cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _code(articles: Sequence[Article], coder: Coder, whole: Clock, alone: Clock) -> dict[str, int]:
    """What was read and found; seconds go to the clocks. Nothing is kept, so that memory is that of one article."""
    counts = dict.fromkeys(("failed", "words", "tokens", "sentences", "events"), 0)
    for article in articles:
        whole.start()
        try:
            analysis = coder.analyse(article)
            events = coder.code_analysis(analysis)
        except CodingError as error:
            print(f"speed: {error}", file=sys.stderr)
            counts["failed"] += 1
            continue
        finally:
            whole.stop()
        forms = [[token.text for token in sentence.tokens] for sentence in analysis.sentences]
        alone.start()
        coder.network.read(forms)
        alone.stop()
        # Words between spaces of the sentences, so that what was not read does not count.
        counts["words"] += sum(len(sentence.text.split()) for sentence in analysis.sentences)
        counts["tokens"] += sum(map(len, forms))
        counts["sentences"] += len(forms)
        counts["events"] += len(events)
    return counts


def first_answer(text: str = "France condemned the coup in Niger on Friday.") -> dict[str, float]:
    """Wall seconds and peak MB from typing `dragoman code -` to its answer; the best and the greatest of three runs.

    Raises RuntimeError where the command fails or says nothing.
    """
    runs = [
        json.loads(
            subprocess.run([sys.executable, "-c", _ASK, text], capture_output=True, text=True, check=True).stdout
        )
        for _ in range(3)
    ]
    for run in runs:
        if run["code"] or not run["answered"]:
            raise RuntimeError(f"`dragoman code -` gave no answer (exit {run['code']}): {run['said']}")
    return {
        "first_answer_seconds": round(min(run["seconds"] for run in runs), 2),
        "first_answer_peak_mb": round(max(run["mb"] for run in runs)),
    }
