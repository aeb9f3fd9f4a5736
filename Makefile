# Everything a contributor runs. `make help` lists the targets.
#
# The environment lives in ./.venv and is built in layers (runtime, dev, docs). Each layer leaves a
# stamp, so that a second call costs nothing; a changed pyproject.toml or export rebuilds the layer.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A shim may exist without an interpreter behind it, so each candidate is run, not only looked up.
PYTHON ?= $(shell for p in python3.11 python3; do \
	$$p -c "" >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python

# Publishers' original files, for `make reference`, `make sample` and the tests marked `data`.
THROUGHFLOW_TEST_DATA ?= ../shared/data
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# pytest-benchmark measures only in `make bench`; beside parallel workers it would only warn.
PYTEST := $(PY) -m pytest --benchmark-disable
WORKERS ?= 2
SOURCES := src tests scripts $(wildcard benchmarks)

.PHONY: help demo test test-long test-browser test-spark test-all coverage check format lint types \
	contracts licences docs docs-serve bench report-card reference boundaries sample requirements cli-reference system-deps \
	java clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' \
		$(firstword $(MAKEFILE_LIST))

# ── environment ──────────────────────────────────────────────────────────────────────────────────

$(VENV)/.pip:
	@test -n "$(PYTHON)" || { \
		echo "No Python found. Install Python 3.11 or later, or name one: make PYTHON=/path/to/python3"; \
		exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); Python 3.11 or later is needed." \
			"Name one: make PYTHON=/path/to/python3.11"; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks the venv module (on Debian: apt-get install python3-venv)"; \
		exit 1; } >&2
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -qq --upgrade 'pip>=25.1'  # older ones do not know --group
	@touch $@

# The exports are resolved for Python 3.11 and checked by hash. Another Python takes the ranges of
# pyproject.toml instead, since some pins have no build for it.
# $(call install,EXPORT,RANGES)
define install
@echo "installing $(1) requirements into $(VENV)"
@if $(PY) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; \
	then $(PY) -m pip install -qq --require-hashes -r requirements/$(1).txt; \
	else $(PY) -m pip install -qq $(2); fi
endef

$(VENV)/.runtime: $(VENV)/.pip pyproject.toml requirements/runtime.txt
	$(call install,runtime,--editable .)
	@$(PY) -m pip install -qq --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(call install,dev,--group test --group lint)
	@touch $@

# What the long tests and benchmarks compare with: half a gigabyte that `make test` does not need.
$(VENV)/.peers: $(VENV)/.dev requirements/peers.txt
	$(call install,peers,--group peers)
	@touch $@

$(VENV)/.docs: $(VENV)/.dev requirements/docs.txt
	$(call install,docs,--group docs)
	@touch $@

# ── what a stranger runs ─────────────────────────────────────────────────────────────────────────

demo: $(VENV)/.runtime ## Write build/kazakhstan.html from the embedded sample and print its summary
	@mkdir -p build
	env -u THROUGHFLOW_WAREHOUSE $(BIN)/throughflow dossier KZ -o build/kazakhstan.html

test: $(VENV)/.dev ## Run the fast tests
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not long and not browser and not spark"

# ── tests ────────────────────────────────────────────────────────────────────────────────────────

test-long: $(VENV)/.peers ## Run the tests that take longer than ten seconds each
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "long and not browser and not spark" || { \
		code=$$?; [ $$code = 5 ] && echo "there are no long tests yet" || exit $$code; }

test-browser: $(VENV)/.dev ## Run the tests that drive a browser (see system-deps)
	$(PYTEST) -m browser

test-spark: $(VENV)/.peers ## Run the tests that hold Spark against DuckDB (see java)
	@command -v java >/dev/null || { echo "Spark needs Java 17: sudo make java" >&2; exit 1; }
	$(PYTEST) -n 0 -m spark

test-all: $(VENV)/.peers ## Run every test
	$(PYTEST) -n $(WORKERS)

coverage: $(VENV)/.peers ## Run fast and long tests once, with the branch coverage gate
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not browser and not spark" --cov --cov-branch --cov-report=
	$(PY) scripts/coverage_gate.py

# ── checks ───────────────────────────────────────────────────────────────────────────────────────

check: lint types contracts test ## Format, lint, types, import contracts, fast tests

format: $(VENV)/.dev ## Rewrite the code in the house format
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

lint: $(VENV)/.dev ## Check format and lint
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

types: $(VENV)/.dev ## Check types
	$(BIN)/mypy

contracts: $(VENV)/.dev ## Check that each floor of the house imports only from below
	$(BIN)/lint-imports

licences: $(VENV)/.dev ## List the licences of the runtime dependencies
	$(PY) scripts/check_licences.py

# ── documents and measurements ───────────────────────────────────────────────────────────────────

docs: $(VENV)/.docs ## Build the documentation site into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

docs-serve: $(VENV)/.docs ## Show the documentation site while writing it
	$(BIN)/mkdocs serve

cli-reference: $(VENV)/.runtime ## Rewrite docs/reference/cli.md from the program's own help
	$(PY) scripts/write_cli_reference.py

bench: $(VENV)/.peers ## Run every benchmark: speed, memory, error rates
	@mkdir -p build/bench
	@found=0; for file in benchmarks/*.py; do \
		case "$$file" in benchmarks/report_card.py) continue;; esac; \
		[ -e "$$file" ] || continue; found=1; echo "== $$file"; $(PY) "$$file"; done; \
	[ $$found = 1 ] || echo "no benchmarks yet"

# ── data that ships ──────────────────────────────────────────────────────────────────────────────

report-card: $(VENV)/.dev ## Plant diversions, count what is found, rewrite docs/methods/report-card.md
	$(PY) benchmarks/report_card.py

reference: $(VENV)/.dev ## Rebuild the reference tables from the publishers' files
	$(PY) -m pip install -qq --group reference
	@test -d "$(THROUGHFLOW_TEST_DATA)/trade" || { \
		echo "Set THROUGHFLOW_TEST_DATA to the folder that holds the publishers' files (trade/, …)"; \
		exit 1; } >&2
	@found=0; for file in scripts/build_*.py; do \
		case "$$file" in scripts/build_sample.py|scripts/build_boundaries.py) continue;; esac; \
		[ -e "$$file" ] || continue; found=1; echo "== $$file"; \
		THROUGHFLOW_TEST_DATA="$(THROUGHFLOW_TEST_DATA)" $(PY) "$$file"; done; \
	[ $$found = 1 ] || { echo "no scripts/build_*.py found" >&2; exit 1; }

boundaries: $(VENV)/.dev ## Rebuild the shapes of countries from Natural Earth
	@test -d "$(THROUGHFLOW_TEST_DATA)/routes" || { \
		echo "Set THROUGHFLOW_TEST_DATA to the folder that holds the publishers' files (routes/, …)"; \
		exit 1; } >&2
	THROUGHFLOW_TEST_DATA="$(THROUGHFLOW_TEST_DATA)" $(PY) scripts/build_boundaries.py

sample: $(VENV)/.dev ## Rebuild the embedded sample from the publishers' files
	@test -d "$(THROUGHFLOW_TEST_DATA)/trade" || { \
		echo "Set THROUGHFLOW_TEST_DATA to the folder that holds the publishers' files (trade/, …)"; \
		exit 1; } >&2
	THROUGHFLOW_TEST_DATA="$(THROUGHFLOW_TEST_DATA)" $(PY) scripts/build_sample.py

requirements: $(VENV)/.pip ## Resolve the dependencies again into requirements/*.txt
	$(PYTHON) -m venv build/resolver
	build/resolver/bin/python -m pip install -qq --upgrade 'pip>=26' 'pip-tools>=7.6'
	build/resolver/bin/python scripts/export_requirements.py $(if $(UPGRADE),--upgrade)

# ── machine ──────────────────────────────────────────────────────────────────────────────────────

system-deps: ## Install Chromium, Java and PostgreSQL on Debian (for the tests of browsers and Spark)
	@command -v apt-get >/dev/null || { \
		echo "This target knows Debian and its relatives only. Install by hand: Chromium," \
			"a Java 17 runtime, PostgreSQL. 'make demo' and 'make test' need none of them."; \
		exit 1; } >&2
	@test "$$(id -u)" = 0 || { \
		echo "Installing system packages needs root: sudo make system-deps." \
			"'make demo' and 'make test' need none of them."; exit 1; } >&2
	apt-get update
	java=openjdk-17-jre-headless; apt-cache show $$java >/dev/null 2>&1 || java=default-jre-headless; \
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
		chromium $$java postgresql

java: ## Install a Java runtime on Debian, for Spark
	@command -v apt-get >/dev/null || { \
		echo "This target knows Debian and its relatives only. Install a Java 17 runtime." >&2; exit 1; }
	@test "$$(id -u)" = 0 || { echo "Installing needs root: sudo make java" >&2; exit 1; }
	apt-get update
	java=openjdk-17-jre-headless; apt-cache show $$java >/dev/null 2>&1 || java=default-jre-headless; \
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$java

clean: ## Remove the environment and everything the commands wrote
	rm -rf $(VENV) build site dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .benchmarks .import_linter_cache
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
