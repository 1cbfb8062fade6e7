# Every target makes its own virtual environment in .venv and works twice in a row; once installed, all but `train` and
# `train-language` run offline.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= $(DRAGOMAN_DATA)
STAMP := $(VENV)/.installed
TRAIN_STAMP := $(VENV)/.installed-train

.PHONY: demo test check lint types knowledge floors data train train-language corpus bench clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

GAZETTEER_SOURCES := hatch_build.py src/dragoman/knowledge/packing.py $(wildcard src/dragoman/knowledge/tables/places/*.csv)

$(STAMP): pyproject.toml $(GAZETTEER_SOURCES) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	$(BIN)/python -m compileall -q src/dragoman
	touch $@

$(TRAIN_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group train
	touch $@

demo: $(STAMP)
	$(BIN)/dragoman code examples/delhi-visit.txt --explain
	$(BIN)/dragoman code examples/*.txt --format table
	rm -rf .demo
	$(BIN)/dragoman build .demo/record examples/*.txt examples/reports.jsonl
	$(BIN)/dragoman query .demo/record --country India --format table
	$(BIN)/dragoman query .demo/record --by category --format table

test: $(STAMP)
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

knowledge: $(STAMP)
	$(BIN)/dragoman check-knowledge $(if $(DATA),--cabinets "$(DATA)/knowledge/cabinets_cia_2019_06.csv")

floors: $(STAMP)
	$(BIN)/python -m benchmarks floors

check: lint types knowledge test floors

data: $(STAMP)
	$(BIN)/python -m benchmarks data

train: $(TRAIN_STAMP)
	$(BIN)/python -m training.event_fit $(if $(DATA),--data "$(DATA)") --out training/out-events --resume
	$(BIN)/python -m training.event_export --checkpoint training/out-events
	cp src/dragoman/models/language.* src/dragoman/models/vocabulary.txt training/out-events/model/
	$(BIN)/python -m training.calibrate $(if $(DATA),--data "$(DATA)") --models training/out-events/model

train-language: $(TRAIN_STAMP)
	$(BIN)/python -m training.fit --data "$(DATA)" --out training/out --resume
	$(BIN)/python -m training.export --data "$(DATA)" --checkpoint training/out

corpus: $(STAMP)
	$(BIN)/python -m training.corpus_check --report

bench: $(STAMP)
	$(BIN)/python -m benchmarks all

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
