# Targets for people and for CI. `make` renders the book, `make test` runs every test.
.DEFAULT_GOAL := book
.PHONY: book pdf test pytest coverage lint lab accept codebook lock clean help

# Every notebook and command is a process of its own: without compiled files each compiles this package anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

book: $(READY) ## render the notebooks on the shipped data and build the book (the default)
	$(BIN)/reanalysis book

pdf: book ## print the book with Chromium: build/pdf/summary.pdf and build/pdf/book.pdf
	$(BIN)/reanalysis pdf

# Types are checked by one process for a minute, in which the tests need not wait; a fault of either fails both.
test: $(READY) ## check style and types, and run every test: unit, property, command line, notebooks, book
	$(MAKE) --jobs 2 lint pytest

pytest: $(READY) ## run every test alone
	$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder

coverage: lint ## run every test and measure which lines they reach; takes half as long again
	# Not pytest-cov: with it, nbval starts a second measurement in each kernel, which then hangs.
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n logical --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY) ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests benchmarks conftest.py
	$(BIN)/mypy

lab: $(READY) ## open JupyterLab on the notebooks, in the same environment
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks

accept: $(READY) ## take today's results and executed notebooks as the new reference
	$(BIN)/reanalysis book
	$(BIN)/reanalysis results accept
	cp build/book-source/files/figures/04_outcomes-figure-1.png docs/outcomes.png

codebook: $(READY) ## write data/datapackage.json and data/README.md from data/datapackage.yaml
	$(BIN)/python -m helpers.evidence.datapackage data

lock: ## resolve the dependencies of pyproject.toml into requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--group dev pyproject.toml --output-file requirements.lock

clean: ## remove everything generated
	rm -rf build $(VENV)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Packages come from the lock, each checked against its hash; the project itself is installed in place.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python $(PYTHON) $(VENV); \
	else test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }; fi
	@echo "Installing the packages of requirements.lock into $(VENV)"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@PATH="$$PATH:$(CURDIR)/$(BIN)" uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@
