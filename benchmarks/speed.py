"""Speed and memory: words and sentences a second on one core, the ratio to the network alone, first answer, peak memory.

In: the State Department releases; a fixed sample of 100 (every 20th), or all. Out: figures of this machine: state it beside
them. CPU seconds of one process are counted, not wall seconds, so that a busy machine does not show.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from dragoman.reading.sources import read_sources

from dragoman.coding.coder import Coder
from dragoman.errors import CodingError
from dragoman.language.analysis import analyse
from dragoman.values import Article

SAMPLE_STEP = 20


def measure(releases: Path, coder: Coder, *, everything: bool = False) -> dict[str, float | int]:
    """Words, sentences, events, words a CPU second for the whole path and for sentences alone, failures, peak MB."""
    items = list(read_sources([str(releases)], config=coder.config))
    articles = [item for item in items if isinstance(item, Article)]
    rejects = len(items) - len(articles)
    if not everything:
        articles = articles[::SAMPLE_STEP][:100]
    coder.code_article(articles[0])
    language = _language_seconds(articles, coder)
    words = sentences = events = failures = 0
    began = time.process_time()
    for article in articles:
        try:
            analysis = coder.analyse(article)
            events += len(coder.code_analysis(analysis))
        except CodingError:
            failures += 1
            continue
        sentences += len(analysis.sentences)
        words += sum(len(sentence.tokens) for sentence in analysis.sentences)
    seconds = time.process_time() - began
    return {
        "articles": len(articles),
        "rejected": rejects,
        "failures": failures,
        "words": words,
        "sentences": sentences,
        "events": events,
        "words_per_second": round(words / seconds),
        "sentences_per_second": round(sentences / seconds, 1),
        "language_share": round(language / seconds, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def first_answer(text: str = "France condemned the coup in Niger on Friday.") -> dict[str, float]:
    """Wall seconds and peak memory from typing `dragoman code -` to its answer; the best of three."""
    script = (
        "import json,resource,subprocess,sys,time\n"
        "began=time.perf_counter()\n"
        "done=subprocess.run([sys.executable,'-m','dragoman','code','-'],input=sys.argv[1],text=True,capture_output=True)\n"
        "print(json.dumps({'seconds':time.perf_counter()-began,'code':done.returncode,"
        "'mb':resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024}))\n"
    )
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", script, text], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    return {
        "first_answer_seconds": round(min(run["seconds"] for run in runs), 2),
        "first_answer_peak_mb": round(max(run["mb"] for run in runs)),
    }


def _language_seconds(articles: list[Article], coder: Coder) -> float:
    began = time.process_time()
    for article in articles:
        analyse(article, coder.network, coder.language)
    return time.process_time() - began
