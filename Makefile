# Three commands for Linux and macOS: `make demo`, `make run` and `make test`. Windows: see README.md.

# The first of these that runs, is new enough and can make virtual environments.
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.12 python3.13 python3.11; do \
  $$p -c '$(FITS)' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo run test check setup system test-system clean

demo: setup
	$(RUN) main.py demo

run: setup
	$(RUN) main.py

# on a screen of its own where that can be had, and the window once more with neither screen nor OpenGL
SCREEN = $(shell command -v xvfb-run >/dev/null 2>&1 && echo xvfb-run -a -s \"-screen 0 1920x1080x24\" env QT_QPA_PLATFORM=xcb)

test: check
	$(SCREEN) $(RUN) -m pytest -n 2 --dist loadfile
	env -u DISPLAY QT_QPA_PLATFORM=offscreen $(RUN) -m pytest -n 2 --dist loadfile -m "qt and not slow" tests/app/viewer

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
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || { \
	  echo "Python 3.11, 3.12 or 3.13 with the module venv is needed (Debian: apt-get install python3-venv);"; \
	  echo "name another one so: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 2; } >&2
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing the packages (once, a minute or two) ..."
	$(INSTALL) .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt tests/node/package.json | test-system $(VENV)/bin/python
	@echo "Installing the packages with the test tools (once, a few minutes) ..."
	$(INSTALL) '.[dev,export,expose]'
	@! command -v npm >/dev/null || npm install --prefix tests/node --silent --no-audit --no-fund --no-package-lock \
	  --ignore-scripts --omit=optional || echo "npm failed: the tests with JavaScript decoders will be skipped" >&2
	@touch $@

clean:
	rm -rf $(VENV) build demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
