"""Places against GeoVirus, LGL, and the event-location sentences: a file in, one JSON object of figures out.

    python -m benchmarks.places geovirus FILE | lgl FILE | events FILE  [--model FOLDER] [--limit N] [--errors N]

geovirus, lgl: names found (F1 of spans that overlap, and of equal ones), and of those found the share within 161 km
(100 miles) of the marked point, all and without countries (whose point is a matter of taste). events: for each marked
verb the place that the pipeline gives to it, right where its span overlaps a marked one. LGL and the sentences are for
measuring only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.coding.attachment import distance_km
from dragoman.coding.coder import Coder
from dragoman.coding.locations import find_places, place_of
from dragoman.knowledge.actors import ActorTables, load_actors
from dragoman.knowledge.places import Gazetteer, load_gazetteer
from dragoman.language.analysis import Language, analyse, load_language
from dragoman.language.network import Network
from dragoman.values import Article, Place, Sentence

NEAR_KM = 161.0
Coded = tuple[Sequence[Sentence], Sequence[Place], Callable[[int], Place | None]]
Code = Callable[[Article], Coded]


@dataclass(frozen=True, slots=True)
class Toponym:
    """A marked place-name: offsets into the text, and its point where the set gives one."""

    start: int
    end: int
    lat: float | None
    lon: float | None


def read_geovirus(file: Path) -> Iterator[tuple[str, list[Toponym]]]:
    """Texts and toponyms of GeoVirus, whose offsets count from 1."""
    for article in ET.parse(file).getroot().iter("article"):
        marks = [
            Toponym(_number(node, "start") - 1, _number(node, "end") - 1, _degrees(node, "lat"), _degrees(node, "lon"))
            for node in article.iter("location")
        ]
        yield article.findtext("text", ""), marks


def read_lgl(file: Path) -> Iterator[tuple[str, list[Toponym]]]:
    """Texts and toponyms of LGL; those without a gazetteer entry have no point."""
    for article in ET.parse(file).getroot().iter("article"):
        marks = []
        for node in article.iter("toponym"):
            entry = node.find("gaztag")
            lat = _degrees(entry, "lat") if entry is not None else None
            lon = _degrees(entry, "lon") if entry is not None else None
            marks.append(Toponym(_number(node, "start"), _number(node, "end"), lat, lon))
        yield article.findtext("text", ""), marks


def _number(node: ET.Element, name: str) -> int:
    return int(node.findtext(name, "0"))


def _degrees(node: ET.Element, name: str) -> float | None:
    text = node.findtext(name)
    return float(text) if text else None


def score_toponyms(articles: Iterator[tuple[str, list[Toponym]]], code: Code, errors: int) -> dict[str, object]:
    """Recognition and resolution over a set of articles; the first `errors` mistakes go to stderr."""
    counts = dict.fromkeys(("gold", "found", "overlap", "exact", "placed", "near", "towns", "towns_near", "words"), 0)
    began = time.perf_counter()
    for number, (text, marks) in enumerate(articles):
        sentences, places, _ = code(Article(str(number), str(number), text))
        counts["words"] += sum(len(s.tokens) for s in sentences)
        counts["gold"] += len(marks)
        counts["found"] += len(places)
        for mark in marks:
            place = _overlapping(mark.start, mark.end, places)
            if place is None or place.span is None:
                errors = _tell(errors, "MISSED", text, mark.start, mark.end, "")
                continue
            counts["overlap"] += 1
            counts["exact"] += (place.span.start, place.span.end) == (mark.start, mark.end)
            if mark.lat is None or mark.lon is None or place.lat is None or place.lon is None:
                continue
            near = distance_km(mark.lat, mark.lon, place.lat, place.lon) <= NEAR_KM
            counts["placed"] += 1
            counts["near"] += near
            counts["towns"] += place.precision != "country"
            counts["towns_near"] += near and place.precision != "country"
            if not near and place.precision != "country":
                said = f"{place.name}, {place.country} {place.precision} ({place.lat}, {place.lon})"
                errors = _tell(errors, f"FAR {mark.lat} {mark.lon}", text, mark.start, mark.end, said)
        for place in places:
            if place.span is not None and not any(m.start < place.span.end and place.span.start < m.end for m in marks):
                errors = _tell(errors, "EXTRA", text, place.span.start, place.span.end, place.name)
    return {
        "overlap": _f1(counts["overlap"], counts["found"], counts["gold"]),
        "exact": _f1(counts["exact"], counts["found"], counts["gold"]),
        "within_161_km": round(counts["near"] / max(1, counts["placed"]), 4),
        "within_161_km_without_countries": round(counts["towns_near"] / max(1, counts["towns"]), 4),
        "counts": counts,
        "seconds": round(time.perf_counter() - began, 1),
    }


def _overlapping(start: int, end: int, places: Sequence[Place]) -> Place | None:
    for place in places:
        if place.span is not None and place.span.start < end and start < place.span.end:
            return place
    return None


def _tell(left: int, kind: str, text: str, start: int, end: int, said: str) -> int:
    if left > 0:
        around = f"{text[max(0, start - 50) : start]}[{text[start:end]}]{text[end : end + 40]}".replace("\n", " ")
        print(f"{kind} {said} | {around}", file=sys.stderr)
    return left - 1


def _f1(right: int, found: int, gold: int) -> dict[str, float]:
    precision, recall = right / max(1, found), right / max(1, gold)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def score_events(file: Path, code: Code, limit: int, errors: int) -> dict[str, object]:
    """The place of each marked verb. Precision and recall are over places, accuracy over all verbs, none included."""
    counts = dict.fromkeys(("verbs", "gold", "given", "right", "agreed", "no_token"), 0)
    began = time.perf_counter()
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit and number >= limit:
                break
            row = json.loads(line)
            verbs = [s for s in row["spans"] if s["label"] == "VERB"]
            wanted = [(s["start"], s["end"]) for s in row["spans"] if s["label"] == "LOCATION"]
            _, _, place_at = code(Article(str(number), str(number), row["text"]))
            for verb in verbs:
                place = place_at(verb["start"])
                span = place.span if place is not None else None
                right = span is not None and any(a < span.end and span.start < b for a, b in wanted)
                counts["verbs"] += 1
                counts["gold"] += bool(wanted)
                counts["given"] += place is not None
                counts["right"] += right
                counts["agreed"] += right or (place is None and not wanted)
                if not right and (wanted or place is not None):
                    marked = [row["text"][a:b] for a, b in wanted]
                    said = f"wanted {marked} said {place.name if place is not None else None}"
                    errors = _tell(errors, "EVENT", row["text"], verb["start"], verb["end"], f"{said} {row['text']}")
    return {
        "places": _f1(counts["right"], counts["given"], counts["gold"]),
        "accuracy": round(counts["agreed"] / max(1, counts["verbs"]), 4),
        "counts": counts,
        "seconds": round(time.perf_counter() - began, 1),
    }


def coding(network: Network, language: Language, gazetteer: Gazetteer, actors: ActorTables) -> Code:
    """The path up to places."""

    def code(article: Article) -> Coded:
        sentences = analyse(article, network, language)
        mentions = find_places(article, sentences, (), gazetteer, actors)

        def place_at(offset: int) -> Place | None:
            for sentence in sentences:
                for token in sentence.tokens:
                    if token.start <= offset < token.end:
                        return place_of(token.index, sentence, mentions, sentences, gazetteer)
            return None

        return sentences, [mention.place for mention in mentions], place_at

    return code


def measure(data: Path, coder: Coder, *, errors: int = 0) -> dict[str, object]:
    """Figures of the three sets under `geovirus`, `lgl` and `events`; `errors` mistakes of each."""
    code = coding(coder.network, coder.language, coder.knowledge.places, coder.knowledge.actors)
    folder = data / "place"
    return {
        "geovirus": score_toponyms(read_geovirus(folder / "GeoVirus.xml"), code, errors),
        "lgl": score_toponyms(read_lgl(folder / "lgl.xml"), code, errors),
        "events": score_events(folder / "event_location.jsonl", code, 0, errors),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=("geovirus", "lgl", "events"))
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--model", type=Path, default=None, help="folder of the language network; default the shipped one"
    )
    parser.add_argument("--limit", type=int, default=0, help="events: read so many sentences only")
    parser.add_argument("--errors", type=int, default=0, help="print so many mistakes to stderr")
    options = parser.parse_args(arguments)
    network = Network.load(options.model)
    code = coding(network, load_language(), load_gazetteer(), load_actors())
    if options.set == "events":
        figures = score_events(options.path, code, options.limit, options.errors)
    else:
        articles = read_geovirus(options.path) if options.set == "geovirus" else read_lgl(options.path)
        figures = score_toponyms(articles, code, options.errors)
    print(json.dumps({"set": options.set, **figures, "network": network.version}, indent=2))


if __name__ == "__main__":
    main()
