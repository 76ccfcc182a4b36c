# qzsearch: `make demo` shows it, `make test` proves it. All paths are relative and quoted:
# the folder may have spaces and Chinese characters in its name.

PYTHON ?= python3
PORT ?= 8080
PYTEST_ARGS ?=

# Modules instead of scripts: the first line of a script cannot hold every folder's name.
RUN = .venv/bin/python -m
LINT_IMPORTS = from importlinter.cli import lint_imports_command as run; run()

.PHONY: help install demo test lint format bench clean

help:
	@echo 'make demo     install, crawl the bundled sample sites, open the search (PORT=8080)'
	@echo 'make test     install and run the tests (PYTEST_ARGS=...)'
	@echo 'make install  install into .venv what running needs'
	@echo 'make lint     ruff, mypy and the direction of dependencies'
	@echo 'make format   let ruff mend style and layout'
	@echo 'make bench    the benchmarks and what each takes'
	@echo 'make clean    remove .venv, the demo and what tools leave behind'
	@echo 'PYTHON=python3.12 names another interpreter for .venv (3.10 or newer)'

demo: .venv/.for-running
	$(RUN) search_api.cli demo --port "$(PORT)"

# Three processes on two cores: a third of the time tests wait, for servers, clocks and kills.
test: .venv/.for-testing
	$(RUN) pytest -n 3 --dist loadfile $(PYTEST_ARGS)

install: .venv/.for-running

lint: .venv/.for-testing
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	.venv/bin/python -c '$(LINT_IMPORTS)'

format: .venv/.for-testing
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: .venv/.for-testing
	@for script in benchmarks/*.py; do \
		echo "--- .venv/bin/python $$script"; \
		.venv/bin/python "$$script" --help || exit 1; \
	done

clean:
	rm -rf .venv build dist demo-data ./*.egg-info .hypothesis
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .grimp_cache
	find analyzers indexer search_api tests benchmarks -name __pycache__ -exec rm -rf {} +

# The stamps say what .venv holds; a changed setup.cfg installs again, nothing else does.
.venv/.made:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo 'qzsearch: no $(PYTHON) here; install Python 3.10 or newer, or name one: make PYTHON=/path/to/python3' >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo "qzsearch: needs Python 3.10 or newer, $(PYTHON) is $$("$(PYTHON)" -V 2>&1); name another: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'qzsearch: $(PYTHON) has no venv module; on Debian and Ubuntu: apt-get install python3-venv' >&2; \
		exit 1; }
	"$(PYTHON)" -m venv .venv
	@touch $@

.venv/.for-running: .venv/.made setup.cfg pyproject.toml
	@echo 'installing into .venv; this takes a minute or two'
	$(RUN) pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.for-testing: .venv/.made setup.cfg pyproject.toml
	@echo 'installing into .venv; this takes a minute or two'
	$(RUN) pip install --quiet --disable-pip-version-check --editable '.[test,dev]'
	@touch .venv/.for-running $@
