"""Bytes to articles: encodings, plain text, JSON lines, dates, languages, sources."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.config import Config
from dragoman.errors import ReadingError, UsageError
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.reading.dates import iso_moment, month_numbers, spelled_day
from dragoman.reading.encodings import decode
from dragoman.reading.language_check import LanguageCheck
from dragoman.reading.plain import PlainReader, article_from_text
from dragoman.reading.rejects import Reject
from dragoman.reading.sources import read_sources
from dragoman.values import Article

LISTS = load_wordlists()
READER = PlainReader(LISTS)
CHECK = LanguageCheck(LISTS)
PLAIN = "The envoys met in Lima on Monday and they agreed to meet again.\r\n\r\nNo date was set.\n"


def read(data: bytes, **options: object) -> list[Article | Reject]:
    return list(read_sources(["-"], stdin=io.BytesIO(data), reader=READER, **options))  # type: ignore[arg-type]


def only(data: bytes, **options: object) -> Article:
    (found,) = read(data, **options)
    assert isinstance(found, Article), found
    return found


def reason(data: bytes, **options: object) -> str:
    (found,) = read(data, **options)
    assert isinstance(found, Reject), found
    assert found.stage == "reading"
    return found.reason


def row(**values: object) -> bytes:
    return json.dumps(values).encode() + b"\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + PLAIN.encode(), "utf-8"),
        (b"\xff\xfe" + PLAIN.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16-be"),
        (PLAIN.encode("utf-16-le"), "utf-16-le"),
        (PLAIN.encode("utf-16-be"), "utf-16-be"),
        (b"\xff\xfe\x00\x00" + PLAIN.encode("utf-32-le"), "utf-32-le"),
    ],
)
def test_unicode_is_decoded_as_it_stands(data: bytes, encoding: str) -> None:
    assert decode(data, source="x") == (PLAIN, encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_legacy_english_keeps_its_quotation_marks(encoding: str) -> None:
    text = "“We didn’t agree,” the envoy’s aide said – in São Paulo. " * 5
    assert decode(text.encode(encoding), source="x") == (text, encoding)


def test_a_declared_encoding_is_believed_and_checked() -> None:
    assert decode("ÄÖ was here".encode("cp1250"), source="x", declared="cp1250").text == "ÄÖ was here"
    with pytest.raises(ReadingError, match="no encoding that is known"):
        decode(b"abc", source="x", declared="utf-99")
    with pytest.raises(ReadingError, match="byte 3 does not fit"):
        decode(b"abc\xff", source="x", declared="ascii")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04....", "zip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"{\\rtf1\\ansi abc}", "RTF"),
        (b"<!DOCTYPE html><html><p>Envoys met.</p>", "web page"),
        (b"<?xml version='1.0'?><rss/>", "XML"),
        (b"abc\x00def\x00\x00\x00ghi", "NUL"),
        (bytes(range(256)) * 4, "NUL"),
        ("Ministers in Zürich, Malmö, Łódź and Çanakkale. ".encode() + b"\xff end", "mend the file"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, says: str) -> None:
    assert says in reason(data)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_an_article_or_a_reason(data: bytes) -> None:
    for found in read(data):
        assert isinstance(found, Article) or found.reason


@settings(deadline=None)
@given(st.text(min_size=1, max_size=200).filter(lambda text: "\x00" not in text and not text.startswith("\ufeff")))
def test_utf8_text_is_stored_unchanged(text: str) -> None:
    data = text.encode("utf-8")
    try:
        assert decode(data, source="x").text == text
    except ReadingError as error:
        assert "this is" in error.reason


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-11-19", "2024-11-19"),
        ("2024-11-19T08:30:00+05:30", "2024-11-19T08:30:00+05:30"),
        ("2024-11-19T08:30Z", "2024-11-19T08:30:00+00:00"),
        ("2024-11-19 08:30:00", "2024-11-19"),
        ("Sat, 22 May 2021 12:00:47 +0000", "2021-05-22T12:00:47+00:00"),
        ("22 May 2021 12:00 GMT", "2021-05-22T12:00:00+00:00"),
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("2024-11-19T25:00Z", None),
        ("19/11/2024", None),
        ("Sat, 42 May 2021 12:00:47 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(text: str, iso: str | None) -> None:
    assert iso_moment(text) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("19 November 2024", "2024-11-19"),
        ("Tuesday, Nov. 19, 2024", "2024-11-19"),
        ("Sept 3rd, 2021", "2021-09-03"),
        ("31 June 2024", None),
        ("19 Brumaire 2024", None),
        ("November 2024", None),
    ],
)
def test_days_in_words(text: str, iso: str | None) -> None:
    assert spelled_day(text, month_numbers(LISTS["month"])) == iso


@pytest.mark.parametrize(
    ("text", "body", "place", "published", "credits"),
    [
        (
            " date 2024-11-19 \nEnvoys met.\n\nThey left.\n\n(With inputs from agencies.)",
            "Envoys met.\n\nThey left.",
            None,
            "2024-11-19",
            ("agencies",),
        ),
        (" date 2024-11-19 Envoys met on the day.", "Envoys met on the day.", None, "2024-11-19", ()),
        ("2024-11-19\nEnvoys met.", "Envoys met.", None, "2024-11-19", ()),
        ("November 19, 2024\r\nEnvoys met.", "Envoys met.", None, "2024-11-19", ()),
        ("MOSCOW, Jan 3 (Reuters) - The envoys met.", "The envoys met.", "MOSCOW", None, ("Reuters",)),
        ("LIMA, Aug. 5, 2023 (AFP) — The envoys met.", "The envoys met.", "LIMA", "2023-08-05", ("AFP",)),
        ("MOSCOW, November 19. /TASS/. The envoys met.", "The envoys met.", "MOSCOW", None, ("TASS",)),
        (
            "New Delhi [India], November 19 (ANI): The envoys met.",
            "The envoys met.",
            "New Delhi [India]",
            None,
            ("ANI",),
        ),
        ("NEW DELHI: The envoys met.", "The envoys met.", "NEW DELHI", None, ()),
        ("Envoys gather\nBy Ann Poe\n\nLIMA (AP) - The envoys met.", "The envoys met.", "LIMA", None, ("AP",)),
        ("The envoys met. -- Xinhua", "The envoys met.", None, None, ("Xinhua",)),
        ("The envoys met. (PTI)", "The envoys met.", None, None, ("PTI",)),
        (
            "The envoys met.\n\nReporting by Ann Poe; with files from Kyodo and EFE",
            "The envoys met.",
            None,
            None,
            ("Kyodo", "EFE"),
        ),
    ],
)
def test_furniture_lies_outside_the_body(
    text: str, body: str, place: str | None, published: str | None, credits: tuple[str, ...]
) -> None:
    article = READER.article(text)
    assert article.text == text
    assert article.body is not None
    assert article.body.text == body
    assert (article.dateline.text if article.dateline else None) == place
    assert article.published == published
    assert article.credits == credits


@pytest.mark.parametrize(
    "text",
    [
        "The envoys of the two states met. They left.",
        "QUESTION: Why did they leave? MR VOSS: They were done.",
        "LAVROV: We met. (Applause.) OKORO: We did not.",
        "NATO - The alliance said that it would wait.",
        "U.S. - China talks are over for the day.",
        "BREAKING: The envoys left.",
        "2024-11-19 was the day on which they met.",
        "The envoys met (in the AP building)",
        "He works for the agency (AP) now.",
        "Envoys met in Lima.\n\nThe Reuters reporter left.",
    ],
)
def test_what_only_looks_like_furniture_stays_in_the_body(text: str) -> None:
    article = READER.article(text)
    assert (article.body, article.dateline, article.published, article.credits) == (None, None, None, ())


def test_a_headline_before_a_dateline_is_the_title() -> None:
    text = "Envoys gather\n\nLIMA (AP) - The envoys met."
    assert READER.article(text).title == "Envoys gather"
    assert READER.article(text, title="Given").title == "Given"


def test_a_repeated_byline_lies_outside_the_body() -> None:
    article = READER.article("Office of the Press The envoys met.", publisher="Office of the Press")
    assert article.body is not None
    assert article.body.text == "The envoys met."
    assert READER.article("Officers met in the hall.", publisher="Office").body is None


def test_the_id_hashes_publisher_url_date_and_text() -> None:
    article = article_from_text("The envoys met.", published="2024-11-19", publisher="P", url="u")
    assert article.id == hashlib.sha256(b"P\x1fu\x1f2024-11-19\x1fThe envoys met.").hexdigest()
    assert article.text_sha256 == hashlib.sha256(b"The envoys met.").hexdigest()
    assert article.language == "en"


def test_dates_that_are_none_are_errors() -> None:
    with pytest.raises(ReadingError, match=r"'19\.11\.2024' is no date"):
        article_from_text("The envoys met.", published="19.11.2024", reader=READER)
    with pytest.raises(ReadingError, match="'2024-13-45' is no date"):
        article_from_text("2024-13-45\n\nThe envoys met.", reader=READER)
    with pytest.raises(ReadingError, match="no text"):
        article_from_text(" \n ", reader=READER)


@pytest.mark.parametrize(
    "text",
    [
        "Russia condemns attack",
        "Putin arrives in Pyongyang",
        "Van der Bellen meets von der Leyen",
        "De la Cruz, da Silva hold talks",
        "El Al suspends flights",
        "Iran",
        "Le Monde and Die Zeit report on the talks",
    ],
)
def test_english_passes(text: str) -> None:
    assert CHECK.against(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Министр прибыл в Пекин",
        "El ministro se reunió con los embajadores en la capital.",
        "Der Minister traf sich am Montag mit den Botschaftern in der Stadt.",
        "Le ministre a rencontré les ambassadeurs dans la capitale pour la paix.",
        "Menteri itu bertemu dengan para duta besar di ibu kota pada hari Senin.",
        "部长会见了大使",
        "التقى الوزير بالسفراء",
        "12345 ... !!!",
        "Lorem ipsum " * 20,
    ],
)
def test_other_languages_are_refused(text: str) -> None:
    assert CHECK.against(text)


def test_json_lines_need_only_text() -> None:
    data = (
        row(text="The envoys met.") + b"\n" + row(text="They left.", date="2024-11-19", creator="P", url="u", title="T")
    )
    first, second = read(data, published="2020-01-01")
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.text, first.published, first.source) == ("The envoys met.", "2020-01-01", "standard input, line 1")
    assert (second.published, second.publisher, second.url, second.title) == ("2024-11-19", "P", "u", "T")


def test_fields_may_be_mapped() -> None:
    article = only(
        row(body="The envoys met.", text="other", day="2024-11-19"), mapping={"text": "body", "published": "day"}
    )
    assert (article.text, article.published) == ("The envoys met.", "2024-11-19")
    with pytest.raises(UsageError, match="no field 'author'"):
        read(b"", mapping={"author": "by"})


def test_bad_rows_are_rejected_and_reading_goes_on() -> None:
    bad = [
        b"{broken\n",
        b'["a"]\n',
        row(title="no text"),
        row(text=5),
        row(text="The envoys met.", date="2024-02-31"),
        b'{"text": "\\ud800 the envoys met"}\n',
        b'{"text": "caf\xe9"}\n',
        row(text="El ministro se reunió con los embajadores en la capital."),
        b'{"text": ' + b"[" * 100_000 + b"\n",
    ]
    found = read(row(text="The envoys met.") + b"".join(bad) + row(text="They left."))
    assert [isinstance(item, Article) for item in found] == [True, *[False] * len(bad), True]
    rejects = [item for item in found if isinstance(item, Reject)]
    assert [item.row for item in rejects] == list(range(2, 2 + len(bad)))
    assert "'2024-02-31' is no date" in rejects[4].reason


def test_long_lines_are_rejected_without_being_held() -> None:
    class Endless(io.RawIOBase):
        """Eight million bytes in one line, then a good row."""

        def __init__(self) -> None:
            self.parts: Iterator[bytes] = iter([b'{"text": "', *[b"a" * 65_536] * 122, b'"}\n', row(text="They left.")])

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            return next(self.parts, b"")

    config = Config(maximal_article_bytes=100_000)
    found = list(read_sources(["-"], stdin=Endless(), reader=READER, config=config))  # type: ignore[arg-type]
    assert [type(item) for item in found] == [Reject, Article]
    assert "longer than 100,000 bytes" in found[0].reason  # type: ignore[union-attr]
    assert "longer than 100,000 bytes" in reason(b"The envoys met. " * 10_000, config=config)


def test_one_object_over_many_lines_is_one_row() -> None:
    assert only(json.dumps({"text": "The envoys met."}, indent=2).encode()).text == "The envoys met."
    assert "JSON array" in reason(b'[{"text": "The envoys met."}]')


def test_files_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    good, empty, blank = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"
    good.write_bytes(PLAIN.encode())
    empty.write_bytes(b"")
    blank.write_bytes(b" \n\n")
    names = [str(name) for name in (good, empty, tmp_path, tmp_path / "none", blank, "a\x00b", good)]
    found = list(read_sources(names, reader=READER))
    folder = [Article, Reject, Reject]  # a.txt, b.txt and c.txt once more
    assert [type(item) for item in found] == [Article, Reject, *folder, Reject, Reject, Reject, Article]
    reasons = [item.reason for item in found if isinstance(item, Reject)]
    assert "empty" in reasons[0]
    assert reasons[1] == reasons[0]
    assert "No such file" in reasons[3]
    assert "no text" in reasons[4]
    assert reasons[2] == reasons[4]
    assert isinstance(found[0], Article)
    assert found[0].text == PLAIN
    assert found[0].source == str(good)


def test_a_mark_before_json_lines_is_passed_over() -> None:
    assert only(b"\xef\xbb\xbf\n " + row(text="The envoys met.")).text == "The envoys met."
    assert "UTF-8" in reason(b"\xff\xfe" + '{"text": "The envoys met."}'.encode("utf-16-le"))


def test_state_department_releases_are_read_whole(data: Path) -> None:
    path = data / "news" / "state_department_releases.jsonl"
    found = list(read_sources([str(path)], reader=READER))
    assert [item for item in found if isinstance(item, Reject)] == []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [item.text for item in found if isinstance(item, Article)] == [values["text"] for values in rows]


@pytest.mark.parametrize(
    "text",
    ["Lavrov met Wang in Bali.", "Macron met Sánchez in Madrid", "Over 40 die as war hits Sudan", "Maduro, Petro met"],
)
def test_headlines_with_words_of_other_languages_are_english(text: str) -> None:
    assert article_from_text(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "De minister heeft met de koning over de oorlog gesproken en gaat naar Den Haag.",
        "El ministro se reunió con el presidente en la capital del país.",
        "Der Minister war in Berlin und sprach mit dem Präsidenten über die Lage.",
    ],
)
def test_other_languages_are_still_refused(text: str) -> None:
    with pytest.raises(ReadingError, match="only English"):
        article_from_text(text)
