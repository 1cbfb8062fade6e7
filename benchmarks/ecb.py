"""Same-event figures on ECB+ (topics 1-35), for comparison only: `python -m benchmarks ecb`.

In: the data folder with `copies/ecbplus`. Out: B-cubed figures as of `benchmarks.merging`, over its mentions of
actions. Every document is built into a record with its publication unknown;
most of ECB+ is crime, sport and business, which Dragoman does not code, so `matched` is low.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from benchmarks.merging import Labelled, coded_mentions, scored


def measure(data: Path) -> dict[str, Any]:
    """The figures."""
    reports: list[dict[str, Any]] = []
    labelled: list[Labelled] = []
    for path in sorted((data / "copies" / "ecbplus").glob("*/*.xml")):
        text, mentions = read_document(path)
        for trigger, clause, event in mentions:
            labelled.append(Labelled(len(reports), clause, trigger, event))
        reports.append({"text": text, "publisher": path.stem, "title": None, "published": None})
    return {"documents": len(reports), **scored(labelled, coded_mentions(reports))}


def read_document(path: Path) -> tuple[str, list[tuple[tuple[int, int], tuple[int, int], str]]]:
    """The text of a document, and its mentions of actions: trigger, sentence, and chain (within its topic)."""
    root = ET.parse(path).getroot()
    text, places, sentences = "", dict[str, tuple[int, int]](), dict[str, tuple[int, int]]()
    sentence_of: dict[str, str] = {}
    last = None
    for token in root.findall("token"):
        sentence, word = token.attrib["sentence"], token.text or ""
        closes = word in (".", ",", ";", ":", "!", "?", ")", "'s", "''", "%") or word.startswith("'")
        text += "" if not text or (closes and sentence == last) else (" " if sentence == last else "\n\n")
        places[token.attrib["t_id"]] = (len(text), len(text) + len(word))
        sentence_of[token.attrib["t_id"]] = sentence
        text += word
        start = sentences.get(sentence, places[token.attrib["t_id"]])[0]
        sentences[sentence] = (start, len(text))
        last = sentence
    topic = path.parent.name
    chains = _chains(root)
    found = []
    for mention in root.findall("Markables/*"):
        anchors = [anchor.attrib["t_id"] for anchor in mention.findall("token_anchor")]
        if not mention.tag.startswith(("ACTION", "NEG_ACTION")) or not anchors:
            continue
        event = chains.get(mention.attrib["m_id"], f"{path.stem}-{mention.attrib['m_id']}")
        trigger = (places[anchors[0]][0], places[anchors[-1]][1])
        found.append((trigger, sentences[sentence_of[anchors[0]]], f"{topic}-{event}"))
    return text, found


def _chains(root: ET.Element) -> dict[str, str]:
    names = {each.attrib["m_id"]: each.attrib.get("instance_id", "") for each in root.findall("Markables/*")}
    found = {}
    for relation in root.findall("Relations/CROSS_DOC_COREF"):
        target = relation.find("target")
        if target is None:
            continue
        name = names.get(target.attrib["m_id"]) or relation.attrib.get("note", "")
        for source in relation.findall("source"):
            found[source.attrib["m_id"]] = name
    return found
