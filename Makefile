# Each target sets up what it needs; `make` alone prints this help.
PYTHON ?= python3
SOURCE ?= sample
TREEBANK ?= ../shared/treebank
PASSAGES ?= ../shared/passages
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.runtime
DEV := $(VENV)/.development

.DEFAULT_GOAL := help
.PHONY: help setup pipeline test check retrain serve bench

help:  ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUN): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): $(RUN)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

setup: $(RUN)  ## Make .venv and install klumme into it

pipeline: $(RUN)  ## Collect, extract, annotate, tag and report (SOURCE=sample unless you name another)
	$(BIN)/klumme run --source $(SOURCE)

test: $(DEV)  ## Run the tests
	$(BIN)/pytest

check: $(DEV)  ## Lint, types, and the dependency rule between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

retrain: $(RUN)  ## Train a theme model from all labels; it is used if it is not worse
	$(BIN)/klumme retrain
