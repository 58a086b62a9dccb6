# Each target sets up what it needs; `make` alone prints this help.
PYTHON ?= python3
SOURCE ?= sample
ROOT ?= .
TREEBANK ?= ../shared/treebank
PASSAGES ?= ../shared/passages
WORKERS ?= 1
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.runtime
DEV := $(VENV)/.development

.DEFAULT_GOAL := help
.PHONY: help setup pipeline test axe check retrain serve bench soak cost memory shots evaluate gate encoder language-model language-eval

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

AXE := tests/web/node_modules/axe-core/axe.min.js
$(AXE): tests/web/package.json
	npm install --prefix tests/web --no-package-lock --ignore-scripts --no-audit --no-fund --silent
	@touch $@

axe: $(AXE)  ## Bring axe-core, which the tests of the web page use where it is (needs npm)

check: $(DEV)  ## Lint, types, and the dependency rule between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

retrain: $(RUN)  ## Train a theme model from all labels; it is used if it is not worse
	$(BIN)/klumme retrain

serve: $(RUN)  ## Open the local web page
	$(BIN)/klumme serve

evaluate: $(RUN)  ## Compare systems on passages they have not learnt from (PASSAGES=folder of other hands' labels)
	$(BIN)/klumme evaluate $(if $(wildcard $(PASSAGES)),--passages $(PASSAGES))

gate: $(RUN)  ## Fail when our figures, or those of the model in use, are below models/floors.json
	$(BIN)/klumme evaluate --quick --gate $(if $(wildcard $(PASSAGES)),--passages $(PASSAGES))

bench: $(DEV)  ## Speed on ten million tokens, side by side with named rivals (makes the corpus once)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python tests/bench/bench.py

cost: $(DEV)  ## Hours, memory and disk at three sizes, and for a million articles (WORKERS=1)
	$(BIN)/python tests/bench/cost.py --workers $(WORKERS)

memory: $(DEV)  ## What annotating and tagging 100,000 passages holds in memory, as it goes
	$(BIN)/python tests/bench/memory.py

soak: $(DEV)  ## 2,000 mixed requests from 8 clients to a local server over a corpus (ROOT=folder), and their times
	$(BIN)/python tests/bench/soak.py --root $(ROOT)

shots: $(DEV)  ## Pictures of every page of a corpus, light and dark, phone and wide (ROOT=folder)
	$(BIN)/python tests/web/shots.py --root $(ROOT)

encoder: $(DEV)  ## Train the passage encoder anew (TREEBANK=folder of the treebanks; hours on two cores)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r models/encoder/requirements.txt
	cd models/encoder && PATH="$(abspath $(BIN)):$$PATH" python -m weasel run all . --vars.treebank $(abspath $(TREEBANK))

language-model: $(DEV)  ## Train the Danish pipeline anew (TREEBANK=folder of the treebanks; hours)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r models/danish/requirements.txt
	cd models/danish && PATH="$(abspath $(BIN)):$$PATH" python -m weasel run all . --vars.treebank $(abspath $(TREEBANK))

language-eval: $(DEV)  ## Measure the Danish pipeline on dev and test
	cd models/danish && PATH="$(abspath $(BIN)):$$PATH" python -m weasel run evaluate . --vars.treebank $(abspath $(TREEBANK))
