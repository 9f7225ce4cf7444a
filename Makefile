# Two commands for Linux and macOS: `make demo` and `make test`. Windows: see README.md.

PYTHON ?= $(firstword $(foreach v,3.12 3.13 3.11,$(shell command -v python$(v) 2>/dev/null)) $(shell command -v python3))
VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check setup system test-system clean

demo: setup
	$(RUN) main.py demo

test: check
	$(RUN) -m pytest

check: $(VENV)/.dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports

setup: system $(VENV)/.base

system:
	@sh tools/install_system_libraries.sh

test-system:
	@sh tools/install_system_libraries.sh test

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing the packages (once, a minute or two) ..."
	$(INSTALL) .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | test-system $(VENV)/bin/python
	@echo "Installing the packages with the test tools (once, a few minutes) ..."
	$(INSTALL) '.[dev,export,expose]'
	@touch $@

clean:
	rm -rf $(VENV) build demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
