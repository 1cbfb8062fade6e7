"""The benchmarks' own arithmetic, on small made-up examples; and that the public sets are read whole."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import benchmarks.__main__ as command
from benchmarks import places
from benchmarks.attribution import Relation, Tally, annotated, outermost, read_brat, share
from benchmarks.bench import Bench, figures_of
from benchmarks.datasets import Dataset, known_datasets, sha256_of, state_of
from benchmarks.floors import check, figure, raised, read_floors, write_floors
from benchmarks.plv import f1, macro_f1
from benchmarks.raw_syntax import count, percentages
from benchmarks.raw_text import PlacedWord, RawDocument, read_documents
from benchmarks.report import BEGIN, END, markdown, put_between_marks, read_rows
from dragoman.coding.coder import Coder
from training.corpora import CorpusError

FIGURES: dict[str, dict[str, Any]] = {
    "fake": {"f1": 75.0, "deep": {"size": 12}},
    "broken": {"error": "exit 1: no file"},
}


def measure(name: str) -> Mapping[str, Any]:
    return FIGURES[name]


# Floors


@pytest.mark.parametrize(
    ("path", "bound", "holds"),
    [
        ("f1", {"min": 75}, True),
        ("f1", {"min": 75.1}, False),
        ("deep/size", {"max": 12}, True),
        ("deep/size", {"max": 11.9}, False),
        ("f1", {"min": 70, "max": 80}, True),
        ("f1", {"min": 70, "max": 74}, False),
        ("recall", {"min": 0}, False),
        ("deep", {"min": 0}, False),
        ("deep/size/more", {"min": 0}, False),
    ],
)
def test_a_floor_holds_or_fails(path: str, bound: dict[str, float], holds: bool) -> None:
    [verdict] = check({"fake": {path: bound}}, measure)
    assert verdict.holds is holds
    assert str(verdict).startswith("ok" if holds else "FAIL")


def test_a_benchmark_that_fails_fails_its_floors_and_not_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    floors = {"broken": {"f1": {"min": 0.0}}, "fake": {"f1": {"min": 70.0}}}
    assert command.check_floors(floors, measure) == 1
    printed = capsys.readouterr().out
    assert "FAIL  broken/f1 = the benchmark failed: exit 1: no file" in printed
    assert "ok    fake/f1 = 75" in printed


def test_floors_that_hold_give_exit_0() -> None:
    assert command.check_floors({"fake": {"f1": {"min": 70.0}, "deep/size": {"max": 12.0}}}, measure) == 0


def test_what_is_not_a_number_holds_no_floor() -> None:
    [verdict] = check({"fake": {"f1": {"min": 0.0}}}, lambda name: {"f1": float("nan")})
    assert not verdict.holds


def test_floors_are_raised_and_never_lowered(tmp_path: Path) -> None:
    floors = {"fake": {"f1": {"min": 70.0}, "deep/size": {"max": 30.0}}}
    higher = raised(floors, measure)
    assert higher == {"fake": {"f1": {"min": 74.85}, "deep/size": {"max": 30.0}}}
    assert raised(higher, lambda name: {"f1": 60.0, "deep": {"size": 12}}) == higher
    write_floors(higher, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == higher


def test_floors_are_not_raised_from_what_failed() -> None:
    with pytest.raises(LookupError, match="the benchmark failed"):
        raised({"broken": {"f1": {"min": 1.0}}}, measure)


def test_a_bound_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text('{"fake": {"f1": {"least": 3}}}', encoding="utf-8")
    with pytest.raises(ValueError, match="least"):
        read_floors(path)


def test_each_floor_names_a_benchmark(tmp_path: Path) -> None:
    assert set(read_floors()) <= set(Bench(tmp_path).named())


# Running


def test_a_process_that_fails_is_an_error_in_the_figures() -> None:
    assert figures_of([sys.executable, "-c", "raise OSError('no such set')"], "x") == {
        "error": "exit 1: OSError: no such set"
    }
    assert figures_of([sys.executable, "-c", 'print(\'{"x": {"f1": 3}}\')'], "x") == {"f1": 3}
    assert "printed no figures" in figures_of([sys.executable, "-c", "print('hello')"], "x")["error"]


def test_all_survives_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Bench, "named", lambda self: {"fake": dict, "broken": dict, "left": dict})
    monkeypatch.setattr(Bench, "apart", lambda self, name: measure(name))
    monkeypatch.setattr(Bench, "about", lambda self: {"dragoman": "0"})
    arguments = ["all", "--data", str(tmp_path), "--without", "left"]
    assert command.main(arguments) == 1
    assert json.loads(capsys.readouterr().out) == {"about": {"dragoman": "0"}, **FIGURES}
    assert command.main([*arguments, "--without", "broken"]) == 0


def test_an_unknown_benchmark_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["syntaks", "--data", str(tmp_path)])
    assert stopped.value.code == 2


@pytest.mark.parametrize(("what", "required", "code"), [("floors", "", 0), ("floors", "1", 1), ("all", "", 1)])
def test_without_data(what: str, required: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_REQUIRE_DATA", required)
    assert command.main([what, "--data", str(tmp_path / "none")]) == code


# PLV's figures


def test_macro_f1_is_the_mean_over_the_roots_of_gold() -> None:
    gold = ["AID", "AID", "AID", "CONSULT"]
    predicted = ["AID", "CONSULT", "NONE", "CONSULT"]
    assert f1(gold, predicted, "AID") == 0.5  # precision 1/1, recall 1/3
    assert f1(gold, predicted, "CONSULT") == 0.6667  # precision 1/2, recall 1/1
    assert macro_f1(gold, predicted) == 0.5834
    assert f1(gold, predicted, "PROTEST") == 0.0


def test_macro_f1_gives_each_root_one_voice() -> None:
    assert macro_f1(["A"] * 99 + ["B"], ["A"] * 100) == pytest.approx(0.4975)
    assert macro_f1(["A", "B"], ["A", "B"]) == 1.0
    assert macro_f1(["A", "B"], ["B", "A"]) == 0.0


# Raw text

# "Rain fell. It's wet.", with a gold tree for each sentence.
RAIN = PlacedWord((0, 4), "NOUN", (5, 9), "nsubj")
FELL = PlacedWord((5, 9), "VERB", None, "root")
STOP = PlacedWord((9, 10), "PUNCT", (5, 9), "punct")
IT = PlacedWord((11, 13), "PRON", (16, 19), "nsubj:outer")
IS = PlacedWord((13, 15), "AUX", (16, 19), "cop")
WET = PlacedWord((16, 19), "ADJ", None, "root")
END_STOP = PlacedWord((19, 20), "PUNCT", (16, 19), "punct")
GOLD = [RAIN, FELL, STOP, IT, IS, WET, END_STOP]


def test_gold_against_itself_is_whole() -> None:
    figures = percentages(count(GOLD, GOLD))
    assert figures == dict.fromkeys(("words", "upos", "uas", "las", "las_subtypes"), 100.0)


def test_words_are_aligned_by_their_places() -> None:
    found = [
        RAIN,
        FELL,
        STOP,
        PlacedWord((11, 15), "PRON", (16, 19), "nsubj"),  # It's, uncut: no gold word has its place
        PlacedWord((16, 19), "NOUN", None, "root"),  # the wrong tag
        PlacedWord((19, 20), "PUNCT", (11, 15), "punct"),  # its head is not aligned
    ]
    counts = count(GOLD, found)
    assert counts == {"gold": 7, "found": 6, "words": 5, "upos": 4, "uas": 4, "las": 4, "las_subtypes": 4}
    assert percentages(counts)["words"] == 76.92  # 2 * 5 / (7 + 6)
    assert percentages(counts)["upos"] == 61.54


def test_relations_are_compared_without_subtypes_and_with() -> None:
    found = [PlacedWord(IT.place, IT.upos, IT.head, "nsubj")]
    counts = count(GOLD, found)
    assert (counts["uas"], counts["las"], counts["las_subtypes"]) == (1, 1, 0)


def test_a_right_relation_on_a_wrong_head_counts_for_nothing() -> None:
    counts = count(GOLD, [PlacedWord(IS.place, IS.upos, IT.place, IS.relation)])
    assert (counts["words"], counts["uas"], counts["las"]) == (1, 0, 0)


def test_nothing_found_is_nothing_right() -> None:
    assert percentages(count(GOLD, [])) == dict.fromkeys(("words", "upos", "uas", "las", "las_subtypes"), 0.0)


CONLLU = """# newdoc id = GUM_news_rain
# sent_id = GUM_news_rain-1
# text = Rain fell.
1\tRain\train\tNOUN\tNN\t_\t2\tnsubj\t_\t_
2\tfell\tfall\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

# sent_id = GUM_news_rain-2
# text = It's wet.
1\tIt\tit\tPRON\tPRP\t_\t3\tnsubj:outer\t_\tSpaceAfter=No
2\t's\tbe\tAUX\tVBZ\t_\t3\tcop\t_\t_
3\twet\twet\tADJ\tJJ\t_\t0\troot\t_\tSpaceAfter=No
4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_

# newpar
# sent_id = GUM_news_rain-3
# text = Go
1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_

# newdoc id = email-1
# sent_id = email-1-0001
# text = Hi
1\tHi\thi\tINTJ\tUH\t_\t0\troot\t_\t_
"""


def test_trees_become_raw_text(tmp_path: Path) -> None:
    path = tmp_path / "made.conllu"
    path.write_text(CONLLU, encoding="utf-8")
    rain, mail = read_documents(path)
    assert rain.text == "Rain fell. It's wet.\n\nGo"
    assert rain.sentences == ((0, 10), (11, 20), (22, 24))
    assert list(rain.words[:7]) == GOLD
    assert rain.parts == ("all", "gum", "gum_news") and rain.genre == "news"
    assert mail == RawDocument("email-1-0001", "Hi", ((0, 2),), (PlacedWord((0, 2), "INTJ", None, "root"),))
    assert mail.parts == ("all", "ewt") and mail.genre == "email"


def test_words_that_do_not_follow_in_the_text_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "made.conllu"
    path.write_text(CONLLU.replace("\tfell\t", "\tcell\t"), encoding="utf-8")
    with pytest.raises(CorpusError, match="'cell' does not follow"):
        list(read_documents(path))


def test_the_development_part_is_read_whole(data: Path) -> None:
    documents = list(read_documents(data / "syntax" / "dev.conllu"))
    assert len(documents) == 330
    assert sum(len(document.sentences) for document in documents) == 2439
    assert sum(len(document.words) for document in documents) == 35778
    for document in documents:
        assert percentages(count(document.words, document.words))["las_subtypes"] == 100.0


# The sets


def made_dataset(path: str, sha256: str) -> Dataset:
    return Dataset(path, "a made-up set", "https://example.org", "CC0", "measure", sha256)


def test_states_of_a_file(tmp_path: Path) -> None:
    dataset = made_dataset("a/set.txt", hashlib.sha256(b"one\n").hexdigest())
    assert state_of(dataset, tmp_path) == "missing"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "set.txt").write_bytes(b"two\n")
    assert state_of(dataset, tmp_path) == "differs"
    (tmp_path / "a" / "set.txt").write_bytes(b"one\n")
    assert state_of(dataset, tmp_path) == "whole"


def test_a_folder_is_whole_with_the_same_names_and_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    (folder / "inner").mkdir(parents=True)
    (folder / "b.txt").write_bytes(b"b")
    (folder / "inner" / "a.txt").write_bytes(b"a")
    dataset = made_dataset("set", sha256_of(folder))
    assert state_of(dataset, tmp_path) == "whole"
    (folder / "b.txt").rename(folder / "c.txt")
    assert state_of(dataset, tmp_path) == "differs"


def test_the_data_command_fails_where_a_copy_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["data", "--data", str(tmp_path)]) == 0  # all missing: nothing is wrong
    [first, *_] = known_datasets()
    path = tmp_path / first.path
    path.parent.mkdir(parents=True)
    path.write_text("something else", encoding="utf-8")
    assert command.main(["data", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("differs") == 1


def test_the_local_copies_are_those_that_the_figures_belong_to(data: Path) -> None:
    assert {dataset.path: state_of(dataset, data) for dataset in known_datasets()} == {
        dataset.path: "whole" for dataset in known_datasets()
    }


# The report


def test_the_report_shows_figures_and_what_is_missing() -> None:
    columns = ("part", "what", "on", "items", "unit_of_items", "figure", "unit")
    lines = [
        ("P", "F1", "a set", "fake/deep/size", "rows", "fake/f1", "%"),
        ("P", "F1", "a lost set", "", "", "broken/f1", "share"),
        ("Q", "F1", "left out", "", "", "other/f1", "s"),
    ]
    rows = [dict(zip(columns, line, strict=True)) for line in lines]
    text = markdown({"about": {"dragoman": "0"}, **FIGURES}, rows)
    assert "Measured with dragoman 0." in text
    assert "| F1 | a set | 12 rows | 75 % |" in text
    assert "| F1 | a lost set |  | – |" in text
    assert "| F1 | left out |  | – |" in text
    assert "`broken` failed: exit 1: no file" in text


def test_the_report_goes_between_its_marks() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert put_between_marks(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="once each"):
        put_between_marks(page + BEGIN, "new")


def test_each_row_of_the_report_names_a_benchmark(tmp_path: Path) -> None:
    names = set(Bench(tmp_path).named())
    for row in read_rows():
        assert row["figure"].partition("/")[0] in names, row
        assert not row["items"] or row["items"].partition("/")[0] in names, row


def test_a_figure_is_found_by_its_path() -> None:
    assert figure(FIGURES["fake"], "deep/size") == 12.0
    with pytest.raises(LookupError):
        figure(FIGURES["fake"], "deep")


# Attribution


def relation(cue: set[int], source: set[int], content: set[int]) -> Relation:
    return Relation(frozenset(cue), frozenset(source), frozenset(content))


def test_a_span_with_a_line_break_is_one_row(tmp_path: Path) -> None:
    rows = [
        "T1\tSource 0 4",
        "That",
        "is: T2\tCue",
        "T2\tCue 5 9;12 14\tsaid so",
        "E1\tAttribution:T2 Source:T1 Cue:T2",
    ]
    (tmp_path / "a_x.ann").write_text("\n".join(rows), encoding="utf-8")
    assert list(read_brat(tmp_path / "a_x.ann")) == [
        {"attribution": ((5, 9), (12, 14)), "source": ((0, 4),), "cue": ((5, 9), (12, 14))}
    ]


def test_each_text_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "attributions").mkdir()
    for name in ("text_b", "text_a", "other_a"):
        (tmp_path / "attributions" / f"{name}.ann").touch()
    assert [(path.stem, text.name) for path, text in annotated(tmp_path)] == [
        ("other_a", "other.txt"),
        ("text_a", "text.txt"),
    ]


def test_half_of_the_longer_or_of_the_marked() -> None:
    gold, found = frozenset({1, 2}), frozenset({2, 3, 4})
    assert share(gold, found) == pytest.approx(1 / 3)
    assert share(gold, found, of_marked=True) == 0.5
    assert share(frozenset(), frozenset()) == 0.0


def test_what_is_said_inside_what_is_said_is_left_out() -> None:
    outer, inner, other = relation({1}, {0}, {2, 3, 4}), relation({3}, {2}, {4}), relation({7}, {6}, {8})
    assert outermost([outer, inner, other]) == [outer, other]
    assert outermost([relation({1}, {0}, {1, 2})]) == [relation({1}, {0}, {1, 2})]


def test_source_and_content_count_only_under_a_matched_cue() -> None:
    tally = Tally(of_marked=False)
    tally.add(
        [relation({1}, {0}, {2, 3}), relation({6}, {5}, {7})], [relation({1}, {9}, {2, 3}), relation({8}, {5}, {7})]
    )
    figures = tally.figures()
    assert (figures["cue_f1"], figures["source_f1"], figures["content_f1"]) == (0.5, 0.0, 0.5)


def test_a_folder_without_annotations_is_refused(tmp_path: Path, coder: Any) -> None:
    from benchmarks import attribution

    with pytest.raises(FileNotFoundError, match="no attributions"):
        attribution.measure(tmp_path, coder, file=tmp_path)


def test_attribution_takes_a_folder(tmp_path: Path, coder: Any) -> None:
    from benchmarks import attribution

    (tmp_path / "attributions").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.txt").write_text("The envoy said the truce had held. They left.", encoding="utf-8")
    rows = ["T1\tSource 0 9\tx", "T2\tCue 10 14\tx", "T3\tContent 15 33\tx", "E1\tA:T2 Source:T1 Cue:T2 Content:T3"]
    (tmp_path / "attributions" / "a_x.ann").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = attribution.measure(tmp_path / "nowhere", coder, file=tmp_path)
    assert (found["cue_f1"], found["source_f1"], found["content_f1"]) == (1.0, 1.0, 1.0)


GEOVIRUS_FORM = """<articles><article><source>own</source><text>They met in Lima.</text><locations>
<location><name>Lima</name><start>13</start><end>17</end><lat>-12.05</lat><lon>-77.04</lon></location>
<location><name>They</name><start>1</start><end>5</end><lat>0</lat><lon>0</lon></location>
</locations></article></articles>"""


def test_a_place_file_tells_its_form(tmp_path: Path) -> None:
    forms = {
        "geovirus": GEOVIRUS_FORM,
        "lgl": "<articles><article><feedid>1</feedid><text>A</text></article></articles>",
        "events": '{"text": "A", "spans": []}\n',
    }
    for form, text in forms.items():
        file = tmp_path / f"{form}.any"
        file.write_text(text, encoding="utf-8")
        assert places.form_of(file) == form
    strange = tmp_path / "strange"
    strange.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="no file like"):
        places.form_of(strange)


def test_a_marked_name_that_is_not_found_counts_as_wrong(tmp_path: Path, coder: Coder) -> None:
    file = tmp_path / "own.xml"
    file.write_text(GEOVIRUS_FORM, encoding="utf-8")
    figures = places.measure_file(file, "geovirus", coder, 0)
    assert (figures["within_161_km"], figures["within_161_km_of_all"]) == (1.0, 0.5)


def test_places_of_events_and_false_ones_are_counted_apart(tmp_path: Path, coder: Coder) -> None:
    verb, town = {"start": 5, "end": 8, "label": "VERB"}, {"start": 12, "end": 16, "label": "LOCATION"}
    rows = [{"text": "They met in Lima.", "spans": spans} for spans in ([verb, town], [verb])]
    file = tmp_path / "own.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    figures = places.measure_file(file, places.form_of(file), coder, 0)
    assert (figures["span_accuracy"], figures["false_places"]) == (1.0, 1.0)
