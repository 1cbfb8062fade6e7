"""The bundle: whole, explained, readable in R and pandas, and the same each time."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dragoman.errors import UsageError
from dragoman.record.exports.bundle import BundleOptions, write_bundle
from dragoman.record.exports.formats import FORMATS
from dragoman.record.filters import EventFilter
from dragoman.record.query import Record
from tests.exports_record import EVENTS, make_record

BESIDE = {
    "CITATION.cff",
    "LICENSE.md",
    "codebook.md",
    "codes.csv",
    "datapackage.json",
    "manifest.json",
    "read.R",
    "read.py",
}
OPTIONS = BundleOptions(tuple(FORMATS), title="Acts told", authors=("Ada O’Neill",))
RSCRIPT = shutil.which("Rscript")
needs_r = pytest.mark.skipif(RSCRIPT is None, reason="R is not installed (Debian: apt-get install r-base-core)")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with make_record(tmp_path_factory.mktemp("record")) as made:
        yield made


@pytest.fixture(scope="module")
def bundle(record: Record, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "bundle"
    write_bundle(record, folder, OPTIONS)
    return folder


def table(bundle: Path, name: str) -> list[dict[str, str]]:
    with (bundle / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def in_r(script: str, folder: Path, locale: str = "C.UTF-8") -> list[str]:
    """The lines that a script prints in R, where any warning is an error."""
    assert RSCRIPT is not None
    told = {**os.environ, "LC_ALL": locale}
    done = subprocess.run(
        [RSCRIPT, "--vanilla", "-e", f"options(warn = 2)\n{script}"],
        cwd=folder, env=told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_every_file_is_there_and_told(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    told = {file["name"]: file for file in manifest["files"]}
    assert {path.name for path in bundle.iterdir()} == {*told, *BESIDE}
    for name, file in told.items():
        content = (bundle / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert told["events.csv"]["rows"] == len(EVENTS) - 1  # statements are given when they are asked for
    assert (manifest["record"]["articles"], manifest["record"]["mentions"]) == (len(EVENTS) + 1, len(EVENTS))
    assert manifest["cameo"] == "1.1b3"
    assert manifest["coded_by"][0]["knowledge"] == "0"
    ids = "".join(f"{row['id']}\n" for row in table(bundle, "articles.csv"))
    assert manifest["record"]["articles_sha256"] == hashlib.sha256(ids.encode()).hexdigest()


def test_the_same_bytes_each_time(record: Record, bundle: Path, tmp_path: Path) -> None:
    write_bundle(record, tmp_path / "again", OPTIONS)
    for path in bundle.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_tables_refer_to_one_another(bundle: Path) -> None:
    events, mentions, links, articles = (
        table(bundle, f"{name}.csv") for name in ("events", "mentions", "event_mentions", "articles")
    )
    assert {link["event"] for link in links} == {event["id"] for event in events}
    assert {link["mention"] for link in links} == {mention["id"] for mention in mentions}
    assert {mention["article"] for mention in mentions} < {article["id"] for article in articles}
    assert "0" in {article["mentions"] for article in articles}  # the denominator holds articles without events
    assert "text" not in articles[0]


def test_a_filter_holds_for_every_table(record: Record, tmp_path: Path) -> None:
    chosen = EventFilter(actor=("RUS",))
    write_bundle(record, tmp_path / "some", BundleOptions(("csv",), chosen=chosen))
    assert {row["cameo"] for row in table(tmp_path / "some", "events.csv")} == {"042", "036"}
    assert {row["cameo"] for row in table(tmp_path / "some", "mentions.csv")} == {"042", "036"}
    assert len(table(tmp_path / "some", "event_mentions.csv")) == 2
    assert len(table(tmp_path / "some", "articles.csv")) == len(EVENTS) + 1
    assert json.loads((tmp_path / "some" / "manifest.json").read_text())["filter"] == {"actor": ["RUS"]}
    assert '{"actor": ["RUS"]}' in (tmp_path / "some" / "codebook.md").read_text()


def test_mentions_alone(record: Record, tmp_path: Path) -> None:
    write_bundle(record, tmp_path / "told", BundleOptions(("csv", "parquet", "icews"), ("mentions",)))
    names = {path.name for path in (tmp_path / "told").iterdir()} - BESIDE
    assert names == {"mentions.csv", "mentions.parquet", "icews.tsv", "articles.csv", "articles.parquet"}


def test_datapackage_says_what_is_there(bundle: Path) -> None:
    package = json.loads((bundle / "datapackage.json").read_text())
    for resource in package["resources"]:
        assert resource["bytes"] == (bundle / resource["path"]).stat().st_size
        assert resource["name"] == resource["name"].lower()
        if resource.get("type") != "table":
            continue
        tab = resource.get("dialect", {}).get("delimiter", ",")
        with (bundle / resource["path"]).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle, delimiter=tab))
        fields = resource["schema"]["fields"]
        if resource.get("dialect", {}).get("header", True):
            assert rows.pop(0) == [field["name"] for field in fields]
        for row in rows:
            for field, text in zip(fields, row, strict=True):
                _is_of_type(field, text)
    keys = {each["name"]: each["schema"].get("foreignKeys", []) for each in package["resources"] if "schema" in each}
    assert {key["reference"]["resource"] for found in keys.values() for key in found} <= set(keys)
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def _is_of_type(field: dict[str, Any], text: str) -> None:
    if text == "":
        return
    if field["type"] == "integer":
        int(text)
    elif field["type"] == "number":
        float(text)
    elif field["type"] == "boolean":
        assert text in ("true", "false")
    elif field["type"] == "date":
        assert len(text) == len("2024-01-01")


def test_the_codebook_names_every_column_and_code(bundle: Path) -> None:
    from dragoman.knowledge.ontology import load_ontology
    from dragoman.record.exports import layouts
    from dragoman.record.exports.columns import TABLE_COLUMNS

    text = (bundle / "codebook.md").read_text(encoding="utf-8")
    for columns in (*TABLE_COLUMNS.values(), layouts.POLECAT, layouts.ICEWS, layouts.GDELT):
        for column in columns:
            assert f"| `{column.name}` |" in text, column.name
    ontology = load_ontology()
    for code in (*ontology.categories, *ontology.contexts, *ontology.sectors, *ontology.cameo):
        assert f"| {code} |" in text, code
    for mode in ontology.modes.values():
        assert f"| {mode.mode} |" in text
    assert "CAMEO 1.1b3" in text
    kinds = {row["kind"] for row in table(bundle, "codes.csv")}
    assert kinds == {"quad", "category", "mode", "context", "sector", "status", "cameo"}


def test_licence_and_citation_name_whom_they_must(bundle: Path) -> None:
    licence = (bundle / "LICENSE.md").read_text(encoding="utf-8")
    for words in ("GeoNames", "https://www.geonames.org", "CC BY 4.0", "Dragoman", "publishers"):
        assert words in licence
    citation = (bundle / "CITATION.cff").read_text(encoding="utf-8")
    assert 'title: "Acts told"' in citation and '- name: "Ada O’Neill"' in citation
    assert "GeoNames" in citation and citation.startswith("cff-version: 1.2.0\n")


@needs_r
@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_base_r_reads_the_csv_without_warnings(bundle: Path, locale: str) -> None:
    names = ("events", "mentions", "event_mentions", "articles")
    script = "".join(f'x <- read.csv("{name}.csv"); cat(dim(x), "\\n"); ' for name in names)
    shapes = [tuple(int(part) for part in line.split()) for line in in_r(script, bundle, locale)]
    for name, shape in zip(names, shapes, strict=True):
        rows = table(bundle, f"{name}.csv")
        assert shape == (len(rows), len(rows[0]))


@needs_r
def test_read_r_keeps_codes_days_and_words(bundle: Path) -> None:
    script = """
    source("read.R")
    visit <- events[events$cameo == "042", ]
    cat(class(events$date_start), class(events$negated), sum(is.na(events$date_start)), "\\n")
    cat(format(visit$date_start), visit$lat, dim(polecat), dim(icews), dim(gdelt), "\\n")
    cat(all(gdelt$GLOBALEVENTID == round(gdelt$GLOBALEVENTID)), length(unique(gdelt$GLOBALEVENTID)), "\\n")
    cat(enc2utf8(visit$quote), "\\n")
    cat(gdelt$EventCode[1] %in% c("042", "046", "141", "190", "036"), names(polecat)[1], "\\n")
    """
    lines = in_r(script, bundle)
    assert lines[0].split() == ["Date", "logical", "1"]
    assert lines[1].split() == ["2024-03-05", "28.65195", "6", "40", "12", "20", "11", "61"]
    assert lines[2].split() == ["TRUE", "11"]
    assert lines[3].strip() == next(row["quote"] for row in table(bundle, "events.csv") if row["cameo"] == "042")
    assert lines[4].split() == ["TRUE", "Event", "ID"]


def test_read_py_loads_every_table(bundle: Path) -> None:
    pytest.importorskip("pandas")
    script = (
        "import warnings; warnings.simplefilter('error'); from read import load; t = load();"
        "print({n: f.shape for n, f in t.items()}); e = t['events'];"
        "print(e.cameo.iloc[0][0] in '01', str(e.date_start.dtype)[:10], e.negated.sum(), e.dead.sum())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=bundle, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shapes, values = done.stdout.splitlines()
    assert "'gdelt': (11, 61)" in shapes and "'polecat': (6, 40)" in shapes
    assert values == "True datetime64 1 3"


def test_nothing_is_written_over(record: Record, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="name a new folder"):
        write_bundle(record, tmp_path / "mine", OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    (tmp_path / "empty").mkdir()
    write_bundle(record, tmp_path / "empty", BundleOptions(("csv",)))
    assert (tmp_path / "empty" / "events.csv").exists()


def test_a_fault_leaves_nothing_behind(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dragoman.record.exports import bundle as module

    monkeypatch.setattr(module, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Exception, match="No space left"):
        write_bundle(record, tmp_path / "full", OPTIONS)
    assert list(tmp_path.iterdir()) == []
