# Two commands: `make demo` and `make test`. Both need Python 3.11 or newer and nothing else.
PYTHON ?= python3
BIN := .venv/bin
SECOND_NEO4J := 5.26.30

.PHONY: demo test lint clean

demo: .venv/runs
	$(BIN)/studbook demo

# Everything: format, lint, types, all tests on the default Neo4j, and the tests that need a database once more on the
# long-term version.
test: lint
	$(BIN)/python -m pytest
	STUDBOOK_NEO4J_VERSION=$(SECOND_NEO4J) $(BIN)/python -m pytest tests/integration

lint: .venv/tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf .venv dist

.venv/runs: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Studbook needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 demo" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[local]'
	touch $@

.venv/tests: .venv/runs
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	touch $@
