"""Places against GeoVirus, LGL, and the event-location sentences: files in, one JSON object of figures out.

    python -m benchmarks places [FILE]  [--errors N]

Without FILE, the three sets of the data folder; with one, that file, which tells by its form which of the three it is.

geovirus, lgl: names found (F1 of spans that overlap, and of equal ones); the share within 161 km (100 miles) of the
marked point, over all marked names that have one (`within_161_km_of_all`: a name not found counts as wrong), and over
those that were found, with and without countries (whose point is a matter of taste). LGL marks the words for a
country's people too ("Georgian"); Dragoman reads these as actors, and they are added to its places there
(`without_peoples` tells the figure without them). events: for each marked verb the place that the pipeline gives to it,
right where its span overlaps a marked one: over sentences with a place (`span_accuracy`), and how many of those without
get one (`false_places`). LGL and the sentences are for measuring only.
"""

from __future__ import annotations

import json
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.coding.attachment import distance_km
from dragoman.coding.coder import Coder
from dragoman.coding.locations import find_places, place_of
from dragoman.coding.place_names import as_place
from dragoman.language.analysis import analyse
from dragoman.values import Article, Place, Sentence, Span

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


def score_toponyms(articles: Iterable[tuple[str, list[Toponym]]], code: Code, errors: int) -> dict[str, object]:
    """Recognition and resolution over a set of articles; the first `errors` mistakes go to stderr."""
    names = ("gold", "with_point", "found", "overlap", "exact", "placed", "near", "towns", "towns_near", "words")
    counts = dict.fromkeys(names, 0)
    began = time.perf_counter()
    for number, (text, marks) in enumerate(articles):
        sentences, places, _ = code(Article(str(number), str(number), text))
        counts["words"] += sum(len(s.tokens) for s in sentences)
        counts["gold"] += len(marks)
        counts["found"] += len(places)
        counts["with_point"] += sum(mark.lat is not None and mark.lon is not None for mark in marks)
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
        "within_161_km_of_all": round(counts["near"] / max(1, counts["with_point"]), 4),
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


def score_events(file: Path, code: Code, errors: int) -> dict[str, object]:
    """The place of each marked verb. Precision and recall are over places, accuracy over all verbs, none included."""
    counts = dict.fromkeys(("verbs", "gold", "given", "right", "agreed", "false"), 0)
    began = time.perf_counter()
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
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
                counts["false"] += place is not None and not wanted
                counts["agreed"] += right or (place is None and not wanted)
                if not right and (wanted or place is not None):
                    marked = [row["text"][a:b] for a, b in wanted]
                    said = f"wanted {marked} said {place.name if place is not None else None}"
                    errors = _tell(errors, "EVENT", row["text"], verb["start"], verb["end"], f"{said} {row['text']}")
    return {
        "span_accuracy": round(counts["right"] / max(1, counts["gold"]), 4),
        "false_places": round(counts["false"] / max(1, counts["verbs"] - counts["gold"]), 4),
        "places": _f1(counts["right"], counts["given"], counts["gold"]),
        "accuracy": round(counts["agreed"] / max(1, counts["verbs"]), 4),
        "counts": counts,
        "seconds": round(time.perf_counter() - began, 1),
    }


def coding(coder: Coder) -> Code:
    """The path up to places."""
    gazetteer, actors = coder.knowledge.places, coder.knowledge.actors

    def code(article: Article) -> Coded:
        sentences = analyse(article, coder.network, coder.language)
        mentions = find_places(article, sentences, (), gazetteer, actors)

        def place_at(offset: int) -> Place | None:
            for sentence in sentences:
                for token in sentence.tokens:
                    if token.start <= offset < token.end:
                        return place_of(token.index, sentence, mentions, sentences, gazetteer)
            return None

        return sentences, [mention.place for mention in mentions], place_at

    return code


def with_peoples(code: Code, coder: Coder) -> Code:
    """The same path, with the countries of words for their people ("Georgian", "Russians") among the places."""
    actors, gazetteer = coder.knowledge.actors, coder.knowledge.places

    def peoples(sentence: Sentence) -> Iterator[Place]:
        words = [token.text for token in sentence.tokens]
        for token in sentence.tokens:
            for size, names in actors.names_at(words, token.index, None):
                own = [actors.entities[name.entity] for name in names if name.kind in ("adjective", "demonym")]
                entry = gazetteer.country(own[0].country or own[0].party or "") if own else None
                if entry is not None and token.text[0].isupper():
                    start, end = token.start, sentence.tokens[token.index + size - 1].end
                    text = sentence.text[start - sentence.start : end - sentence.start]
                    yield as_place(entry, Span(text, start, end))
                    break

    def coded(article: Article) -> Coded:
        sentences, places, place_at = code(article)
        added = [p for sentence in sentences for p in peoples(sentence)]
        free = [p for p in added if p.span is not None and _overlapping(p.span.start, p.span.end, places) is None]
        return sentences, [*places, *free], place_at

    return coded


def form_of(file: Path) -> str:
    """Which of the three sets a file is like. Raises ValueError where it is none of them."""
    with file.open(encoding="utf-8") as lines:
        head = lines.read(4096).lstrip()
    if head.startswith("{") and '"spans"' in head:
        return "events"
    if "<toponym" in head or "<feedid" in head:
        return "lgl"
    if "<location" in head or "<source" in head:
        return "geovirus"
    raise ValueError(f"{file} is no file like GeoVirus, LGL or the event-location sentences")


def measure_file(file: Path, form: str, coder: Coder, errors: int) -> dict[str, object]:
    """The figures of one file of a form."""
    code = coding(coder)
    if form == "events":
        return score_events(file, code, errors)
    if form == "geovirus":
        return score_toponyms(read_geovirus(file), code, errors)
    articles = list(read_lgl(file))
    plain = score_toponyms(articles, code, 0)
    without = {name: plain[name] for name in ("overlap", "within_161_km_of_all")}
    return {**score_toponyms(articles, with_peoples(code, coder), errors), "without_peoples": without}


def measure(data: Path, coder: Coder, *, errors: int = 0, file: Path | None = None) -> dict[str, object]:
    """Figures of the three sets under `geovirus`, `lgl` and `events`, or of `file`; `errors` mistakes of each."""
    if file is not None:
        form = form_of(file)
        return {form: measure_file(file, form, coder, errors)}
    sets = {"geovirus": "GeoVirus.xml", "lgl": "lgl.xml", "events": "event_location.jsonl"}
    return {form: measure_file(data / "place" / name, form, coder, errors) for form, name in sets.items()}
