"""Two pictures of a brief as SVG: a timeline of its events, and the balance of cooperation and conflict by period.

In: plain values. Out: the text of one `<svg>` each, the same bytes for the same values: no script, no font, no address.
It has a title and a description for those who do not see it, is dark where the reader's screen is, and light in print.
Text is placed by counting characters, so that no labels overlap in any common sans-serif; it measures no font.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from dragoman.explore.dates import brief_date, month_name

WIDTH, MARGIN, LABEL = 720.0, 8.0, 150.0
_CHARACTER = 6.1  # the width of an average character at 11 pixels, rather more than less
_DISC, _DISC_STEP = 9.0, 20.0
_MOST_DISCS = 60  # more would be a wall of discs; the caption says what is left out
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0
KINDS = ("material cooperation", "verbal cooperation", "verbal conflict", "material conflict")  # from top to bottom
_CLASSES = ("mc", "vc", "vx", "mx")
_LIGHT = (
    "--bg:#ffffff;--fg:#1f2328;--grey:#57606a;--grid:#d0d7de;--cover:#8c959f;"
    "--mc:#14568f;--mcT:#ffffff;--vc:#b9d9f0;--vcT:#10263a;--vx:#f6cfae;--vxT:#3d1d06;--mx:#a33a12;--mxT:#ffffff"
)
_DARK = (
    "--bg:#15191e;--fg:#e6edf3;--grey:#a3adb8;--grid:#3d444d;--cover:#7d8793;"
    "--mc:#79bdf2;--mcT:#06192a;--vc:#264f70;--vcT:#eaf4fc;--vx:#6e3c1b;--vxT:#fdeee2;--mx:#f4935f;--mxT:#2b0d00"
)
_STYLE = (
    f".dragoman-chart{{{_LIGHT}}}"
    f"@media screen and (prefers-color-scheme:dark){{.dragoman-chart{{{_DARK}}}}}"
    ".dragoman-chart text{font:11px system-ui,'Segoe UI','Liberation Sans',Arial,sans-serif;fill:var(--fg)}"
    ".dragoman-chart .bg{fill:var(--bg)}.dragoman-chart .grid{stroke:var(--grid);stroke-width:1}"
    ".dragoman-chart .axis{stroke:var(--fg);stroke-width:1}.dragoman-chart .cover{fill:var(--cover)}"
    ".dragoman-chart .soft{fill:var(--grey)}.dragoman-chart .strong{font-weight:600}"
    ".dragoman-chart .planned{stroke-dasharray:3 2}"
    + "".join(
        f".dragoman-chart .{name}{{fill:var(--{name});stroke:var(--{'mc' if name[1] == 'c' else 'mx'});stroke-width:1}}"
        f".dragoman-chart .{name}T{{fill:var(--{name}T)}}"
        for name in _CLASSES
    )
)


@dataclass(frozen=True, slots=True)
class Dot:
    """An event on the timeline: the number by which the brief names it, its day, its kind, what is told on hovering."""

    number: int
    day: datetime.date
    kind: int  # of KINDS
    told: str
    planned: bool = False
    link: str | None = None  # "#e12", where the picture stands in the page


@dataclass(frozen=True, slots=True)
class Bar:
    """A period: events by KINDS, and how many articles were read."""

    label: str
    counts: tuple[int, int, int, int]
    articles: int


def timeline(dots: Sequence[Dot], since: datetime.date, until: datetime.date, title: str) -> str:
    """The events as numbered discs, by day and kind."""
    rows = [_swarm([dot for dot in dots if dot.kind == kind], since, until) for kind in range(len(KINDS))]
    heights = [_DISC_STEP * max(1, 1 + max((level for _, _, level in row), default=0)) + 10 for row in rows]
    height = MARGIN + sum(heights) + 34
    counts = ", ".join(f"{len(row)} of {kind}" for kind, row in zip(KINDS, rows, strict=True))
    planned = sum(dot.planned for dot in dots)
    told = f"{len(dots)} events from {brief_date(since)} to {brief_date(until)}: {counts}."
    told += f" {planned} of them announced for that day and drawn with a dashed edge." if planned else ""
    svg = _picture("timeline", height, title, told)
    _time_axis(svg, since, until, MARGIN + sum(heights))
    top = MARGIN
    for kind, row in enumerate(rows):
        base = top + heights[kind] - 5
        _text(svg, MARGIN, base - 10, KINDS[kind].capitalize(), "strong" if row else "soft")
        _line(svg, LABEL, base + 5, WIDTH - MARGIN, base + 5, "grid")
        for dot, x, level in row:
            _disc(svg, dot, x, base - _DISC - level * _DISC_STEP)
        top += heights[kind]
    return _written(svg)


def shown_on_timeline(dots: Sequence[Dot], weights: Sequence[float]) -> list[Dot]:
    """The dots that have room: the weightiest, in their order."""
    order = sorted(range(len(dots)), key=lambda index: (-weights[index], index))[:_MOST_DISCS]
    return [dots[index] for index in sorted(order)]


def balance(bars: Sequence[Bar], title: str, unit: str) -> str:
    """Cooperation above the line, conflict below it, deeds next to the line; and beneath, how much was read."""
    up = max((bar.counts[0] + bar.counts[1] for bar in bars), default=0)
    down = max((bar.counts[2] + bar.counts[3] for bar in bars), default=0)
    step = _step(max(up, down, 1))
    plot_top, plot = 52.0, 190.0
    above, below = max(1, -(-up // step)) * step, max(1, -(-down // step)) * step
    scale = plot / (above + below)
    zero = plot_top + above * scale
    cover_top = plot_top + plot + 30
    svg = _picture("balance", cover_top + 46 + 24, title, _balance_told(bars, unit))
    _legend(svg)
    left = 46.0
    for value in range(-below, above + 1, step):
        y = zero - value * scale
        _line(svg, left, y, WIDTH - MARGIN, y, "axis" if value == 0 else "grid")
        _text(svg, left - 6, y + 4, str(abs(value)), "soft", anchor="end")
    room = (WIDTH - MARGIN - left) / max(1, len(bars))
    width = min(46.0, room * 0.72)
    most = max((bar.articles for bar in bars), default=0)
    for index, bar in enumerate(bars):
        x = left + room * index + (room - width) / 2
        _bar(svg, bar, x, width, zero, scale)
        if most:
            tall = 40 * bar.articles / most
            _rect(svg, x, cover_top + 40 - tall, width, tall, "cover")
    _line(svg, left, cover_top + 40, WIDTH - MARGIN, cover_top + 40, "axis")
    _text(svg, left, cover_top - 8, f"Articles read (at most {most:,} in a {unit})", "soft")
    _bar_labels(svg, bars, left, room, cover_top + 56)
    return _written(svg)


def _balance_told(bars: Sequence[Bar], unit: str) -> str:
    parts = [
        f"{bar.label}: {bar.counts[0] + bar.counts[1]} and {bar.counts[2] + bar.counts[3]}, {bar.articles:,} read"
        for bar in bars
    ]
    return f"By {unit}: events of cooperation and of conflict, articles read. " + "; ".join(parts) + "."


def _bar(svg: ET.Element, bar: Bar, x: float, width: float, zero: float, scale: float) -> None:
    y = zero
    for kind in (0, 1):
        tall = bar.counts[kind] * scale
        y -= tall
        if tall:
            _rect(svg, x, y, width, tall, _CLASSES[kind])
    y = zero
    for kind in (3, 2):
        tall = bar.counts[kind] * scale
        if tall:
            _rect(svg, x, y, width, tall, _CLASSES[kind])
        y += tall


def _bar_labels(svg: ET.Element, bars: Sequence[Bar], left: float, room: float, y: float) -> None:
    longest = max((len(bar.label) for bar in bars), default=0)
    every = max(1, -int(-(longest * _CHARACTER + 8) // room))
    for index, bar in enumerate(bars):
        if index % every:
            continue
        middle = left + room * (index + 0.5)
        half = len(bar.label) * _CHARACTER / 2
        if middle + half <= WIDTH:
            _text(svg, max(middle, half), y, bar.label, anchor="middle")


def _legend(svg: ET.Element) -> None:
    """Two lines: what is above the line, and what is below it."""
    for line, (first, kinds) in enumerate((("Above the line", (0, 1)), ("Below the line", (3, 2)))):
        y = 14.0 + 17 * line
        _text(svg, MARGIN, y, first + ":", "soft")
        x = MARGIN + 100
        for kind in kinds:
            _rect(svg, x, y - 9, 11, 11, _CLASSES[kind])
            _text(svg, x + 17, y, KINDS[kind])
            x += 34 + len(KINDS[kind]) * _CHARACTER


def _step(most: int) -> int:
    """A round step that cuts `most` in at most five."""
    step = 1
    while most / step > 5:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _swarm(dots: Sequence[Dot], since: datetime.date, until: datetime.date) -> list[tuple[Dot, float, int]]:
    """Where discs stand: each on the lowest level on which it touches no other."""
    placed: list[tuple[Dot, float, int]] = []
    for dot in sorted(dots, key=lambda dot: (dot.day, dot.number)):
        x = _x_of(dot.day, since, until)
        level = 0
        while any(at == level and abs(other - x) < _DISC_STEP for _, other, at in placed):
            level += 1
        placed.append((dot, x, level))
    return placed


def _x_of(day: datetime.date, since: datetime.date, until: datetime.date) -> float:
    left, right = LABEL + _DISC + 2, WIDTH - MARGIN - _DISC - 2
    days = max(1, (until - since).days)
    return left + (right - left) * min(max((day - since).days, 0), days) / days


def _disc(svg: ET.Element, dot: Dot, x: float, y: float) -> None:
    name = _CLASSES[dot.kind]
    group = ET.SubElement(svg, "a", {"href": dot.link}) if dot.link else ET.SubElement(svg, "g")
    ET.SubElement(group, "title").text = _clean(dot.told)
    circle = {"cx": _number(x), "cy": _number(y), "r": _number(_DISC), "class": name}
    if dot.planned:
        circle["class"] += " planned"
    ET.SubElement(group, "circle", circle)
    _text(group, x, y + 3.5, str(dot.number), f"{name}T", anchor="middle", size=9 if dot.number > 99 else 10)


def _time_axis(svg: ET.Element, since: datetime.date, until: datetime.date, y: float) -> None:
    _line(svg, LABEL, y, WIDTH - MARGIN, y, "axis")
    free = 0.0
    for day, label in _ticks(since, until):
        x = _x_of(day, since, until)
        _line(svg, x, y, x, y + 5, "axis")
        half = len(label) * _CHARACTER / 2
        if x - half >= free and x + half <= WIDTH:
            _text(svg, x, y + 18, label, anchor="middle")
            free = x + half + 8


def _ticks(since: datetime.date, until: datetime.date) -> Iterator[tuple[datetime.date, str]]:
    """Days, weeks, months or years, as fits the length."""
    days = (until - since).days
    if days <= 62:
        for number in range(0, days + 1, 1 if days <= 9 else 7):
            day = since + datetime.timedelta(number)
            yield day, f"{day.day} {month_name(day.month)[:3]}"
        return
    months = 1 if days <= 760 else 3 if days <= 1500 else 12
    for number in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
        if number % months == 0:
            day = datetime.date(number // 12, number % 12 + 1, 1)
            if day >= since:
                yield day, str(day.year) if months == 12 else f"{month_name(day.month)[:3]} {day.year}"


def _picture(name: str, height: float, title: str, told: str) -> ET.Element:
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "dragoman-chart",
            "viewBox": f"0 0 {_number(WIDTH)} {_number(height)}",
            "width": _number(WIDTH),
            "height": _number(height),
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-told",
        },
    )
    ET.SubElement(svg, "title", {"id": f"{name}-title"}).text = _clean(title)
    ET.SubElement(svg, "desc", {"id": f"{name}-told"}).text = _clean(told)
    ET.SubElement(svg, "style").text = _STYLE
    _rect(svg, 0, 0, WIDTH, height, "bg")
    return svg


def _rect(svg: ET.Element, x: float, y: float, width: float, height: float, name: str) -> None:
    numbers = {"x": x, "y": y, "width": width, "height": height}
    ET.SubElement(svg, "rect", {**{key: _number(value) for key, value in numbers.items()}, "class": name})


def _line(svg: ET.Element, x1: float, y1: float, x2: float, y2: float, name: str) -> None:
    numbers = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    ET.SubElement(svg, "line", {**{key: _number(value) for key, value in numbers.items()}, "class": name})


def _text(
    parent: ET.Element, x: float, y: float, text: str, name: str = "", *, anchor: str = "", size: int = 0
) -> None:
    told = {"x": _number(x), "y": _number(y)}
    told |= {"class": name} if name else {}
    told |= {"text-anchor": anchor} if anchor else {}
    told |= {"style": f"font-size:{size}px"} if size else {}
    ET.SubElement(parent, "text", told).text = _clean(text)


def _number(value: float) -> str:
    """At most one decimal, so that no two machines write it differently."""
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    """Without what no XML may hold."""
    return _FORBIDDEN.sub(" ", text)


def _written(svg: ET.Element) -> str:
    return ET.tostring(svg, encoding="unicode", short_empty_elements=True)
