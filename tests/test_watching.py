"""What a watch reads, and when: files that have settled, addresses that have changed, and no input twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dragoman.errors import ReadingError, RecordError
from dragoman.reading.fetching import Fetched
from dragoman.record import watching
from dragoman.record.pools import InlineExecutor
from dragoman.record.query import Record
from dragoman.record.run import BuildOptions, build
from dragoman.record.watching import LEAST_SECONDS, SETTLED_SECONDS, Round, Watch, follow
from tests.fake_coder import fake_coder, write_reports

URL = "https://a.example/feed"
FEED = b"""<rss version="2.0"><channel><title>Post</title><item><title>Talks</title>
<link>https://a.example/%d</link><description>The minister visited Lima on day %d of the talks.</description>
</item></channel></rss>"""


@dataclass
class World:
    """A clock that goes when it is told to, and servers that answer what they are told to."""

    now: float = 1_000_000_000.0
    answers: dict[str, Fetched | str | None] = field(default_factory=dict)
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def ask(self, url: str, *, etag: str | None, modified: str | None) -> Fetched | None:
        self.asked.append((url, etag, modified))
        found = self.answers[url]
        if isinstance(found, str):
            raise ReadingError(found, source=url)
        return found

    def watch(self, *names: str | Path) -> Watch:
        return Watch([str(name) for name in names], self.ask, every=60.0, clock=self.clock)


def touched(path: Path, when: float, text: str | None = None) -> Path:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    os.utime(path, (when, when))
    return path


def test_old_files_are_read_at_once_and_once(tmp_path: Path) -> None:
    world = World()
    old = touched(tmp_path / "old.txt", world.now - SETTLED_SECONDS - 1, "They met.")
    watch = world.watch(tmp_path)
    assert watch.look() == Round((str(old),), {}, False)
    assert watch.look().names == ()
    touched(old, world.now - SETTLED_SECONDS, "They met again.")
    assert watch.look().names == (str(old),)


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    world = World()
    watch = world.watch(tmp_path)
    for size in range(1, 4):  # it grows from look to look
        touched(tmp_path / "new.txt", world.now, "They met. " * size)
        assert watch.look().names == ()
        world.now += 10
    assert watch.look().names == (str(tmp_path / "new.txt"),)
    assert watch.look().names == ()


def test_a_clock_that_is_behind_that_of_the_file_system_does_no_harm(tmp_path: Path) -> None:
    world = World()
    watch = world.watch(tmp_path)
    ahead = touched(tmp_path / "new.txt", world.now + 10_000, "They met.")
    assert watch.look().names == ()
    assert watch.look().names == (str(ahead),)


def test_what_goes_and_what_links_to_nothing_is_passed_over(tmp_path: Path) -> None:
    world = World()
    watch = world.watch(tmp_path, tmp_path / "later.jsonl")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    (tmp_path / "round").symlink_to(tmp_path)
    assert watch.look().names == ()
    touched(tmp_path / "later.jsonl", world.now - 60, "{}")
    assert set(watch.look().names) == {str(tmp_path / "later.jsonl")}
    (tmp_path / "later.jsonl").unlink()
    assert watch.look().names == ()


def test_a_record_below_a_watched_folder_is_no_input(tmp_path: Path) -> None:
    write_reports(tmp_path / "a.jsonl", 0, 4)
    folder = tmp_path / "record"
    for _ in range(2):
        outcome = build(folder, [str(tmp_path), str(tmp_path / "**")], BuildOptions(maker=fake_coder), InlineExecutor())
    assert (outcome.known, outcome.coded, outcome.rejects) == (3, 0, 1)
    watch = Watch([str(tmp_path)], World().ask, every=60.0, record=folder)
    watch.look()
    assert watch.look().names == (str(tmp_path / "a.jsonl"),)


def test_a_round_takes_so_many_files_and_the_next_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_FILES", 3)
    world = World()
    names = {str(touched(tmp_path / f"{n}.txt", world.now - 60, "They met.")) for n in range(8)}
    watch = world.watch(tmp_path)
    rounds = [watch.look() for _ in range(4)]
    assert [(len(each.names), each.more) for each in rounds] == [(3, True), (3, True), (2, False), (0, False)]
    assert {name for each in rounds for name in each.names} == names


def test_addresses_are_asked_now_and_then_and_told_what_is_known_of_them() -> None:
    world = World()
    page = Fetched(b"<rss/>", URL, None, '"1"', "Tue, 19 Nov 2024 06:00:00 GMT")
    world.answers[URL] = page
    watch = world.watch(URL)
    assert watch.look() == Round((URL,), {URL: page}, False)
    assert watch.look().names == ()  # it is not due
    world.now += LEAST_SECONDS
    world.answers[URL] = None  # "not modified"
    assert watch.look().names == ()
    world.now += LEAST_SECONDS
    world.answers[URL] = page  # a server that does not understand the question
    assert watch.look().names == ()
    world.now += LEAST_SECONDS
    world.answers[URL] = Fetched(b"<rss>new</rss>", URL, None)
    assert watch.look().names == (URL,)
    assert [etag for _, etag, _ in world.asked] == [None, '"1"', '"1"', '"1"']


def test_an_address_that_fails_is_told_once_and_asked_ever_later() -> None:
    world = World()
    world.answers[URL] = "the server answered 503"
    watch = world.watch(URL)
    assert watch.look().pages == {URL: "the server answered 503"}
    waits, last = [], world.now
    while len(waits) < 6:
        world.now += LEAST_SECONDS
        before = len(world.asked)
        assert watch.look().names == ()
        if len(world.asked) > before:
            waits.append((world.now - last) / LEAST_SECONDS)
            last = world.now
    assert waits == [1, 2, 4, 8, 16, 16]
    world.answers[URL] = Fetched(b"<rss/>", URL, None)
    world.now += 16 * LEAST_SECONDS
    assert watch.look().names == (URL,)


def test_pages_are_held_for_one_round_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_PAGES_BYTES", 2_500)
    world = World()
    urls = [f"{URL}/{n}" for n in range(7)]
    world.answers.update({url: Fetched(b"a" * 1_000, url, None) for url in urls})
    watch = world.watch(*urls)
    rounds = [watch.look() for _ in range(3)]
    assert [(len(each.pages), each.more) for each in rounds] == [(3, True), (3, True), (1, False)]


def rounds_of(watch: Watch, read: Callable[[Round], None], steps: list[Callable[[], None]]) -> list[str]:
    """Follow; before each further round one of the steps is done; what was told."""
    told: list[str] = []
    left = iter(steps)

    def wait(_: float) -> bool:
        step = next(left, None)
        if step is not None:
            step()
        return step is None

    follow(watch, read, wait, every=60.0, tell=told.append)
    return told


def test_a_watch_builds_what_a_build_of_all_would(tmp_path: Path) -> None:
    world = World()
    folder, record = tmp_path / "news", tmp_path / "record"
    folder.mkdir()
    touched(write_reports(folder / "a.jsonl", 0, 8), 1.0)
    world.answers[URL] = Fetched(FEED % (1, 1), URL, None)
    coded: list[int] = []

    def read(found: Round) -> None:
        options = BuildOptions(maker=fake_coder)
        coded.append(build(record, found.names, options, InlineExecutor(), pages=found.pages).coded)

    def bad() -> None:
        touched(folder / "bad.html.gz", 1.0, "\x1f\x8b\x00")
        touched(folder / "empty.txt", 1.0, "")
        world.answers[URL] = "the server answered 500"
        world.now += LEAST_SECONDS

    def good() -> None:
        touched(write_reports(folder / "b.jsonl", 5, 12), 1.0)
        world.answers[URL] = Fetched(FEED % (2, 2), URL, None)
        world.now += LEAST_SECONDS

    told = rounds_of(world.watch(folder, URL), read, [bad, good, lambda: None])
    assert told == []
    assert coded[1] == 0
    assert len(coded) == 3
    with Record.open(record) as opened:
        lines = list(opened.reject_lines())
        ids = opened.sql("SELECT id FROM articles ORDER BY id").fetchall()
        urls = opened.sql("SELECT url FROM articles WHERE url IS NOT NULL ORDER BY url").fetchall()
    assert urls == [("https://a.example/1",), ("https://a.example/2",)]
    assert not any(URL in line for line in lines)  # it answers again
    assert any("bad.html.gz" in line for line in lines)
    other = tmp_path / "other"
    build(other, [str(folder)], BuildOptions(maker=fake_coder), InlineExecutor())
    with Record.open(other) as opened:
        assert {row[0] for row in opened.sql("SELECT id FROM articles").fetchall()} < {row[0] for row in ids}


def test_a_round_that_cannot_be_stored_is_told_and_tried_again(tmp_path: Path) -> None:
    world = World()
    world.answers[URL] = Fetched(b"<rss/>", URL, None)
    watch = world.watch(tmp_path, URL)
    seen: list[tuple[str, ...]] = []

    def read(found: Round) -> None:
        seen.append(found.names)
        if len(seen) == 2:
            raise RecordError("record: No space left on device")

    late = tmp_path / "late.txt"

    def late_comes() -> None:
        touched(late, 1.0, "They met.")

    told = rounds_of(watch, read, [late_comes, lambda: None])
    assert told == ["record: No space left on device: it is tried again"]
    assert seen == [(URL,), (str(late),), (str(late), URL)]


def test_the_first_round_fails_as_a_build_does(tmp_path: Path) -> None:
    def read(_: Round) -> None:
        raise RecordError("record: it is damaged")

    with pytest.raises(RecordError, match="damaged"):
        rounds_of(World().watch(tmp_path), read, [])


def test_the_time_between_rounds_grows_with_what_they_take(tmp_path: Path) -> None:
    now = [0.0]
    waits: list[float] = []

    def read(_: Round) -> None:
        now[0] += 100.0

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 2

    follow(World().watch(tmp_path), read, wait, every=60.0, tell=lambda _: None, clock=lambda: now[0])
    assert waits == [300.0, 60.0]
