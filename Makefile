# What is typed in this folder. Needs make, git and Python 3.11 or newer; everything else goes into .venv.

VENV := .venv
STAMP := $(VENV)/.installed
CONFIG ?= config

# What every branch of must be tested; the rest has no figure to reach.
EXACT := src/monitor/core/*,src/monitor/config.py,src/monitor/config/*,src/monitor/pipeline.py

.PHONY: help setup run demo test chaos lint format

help:
	@echo "make run     the daemon with config/, in the foreground; Ctrl-C ends it"
	@echo "make demo    the whole thing offline, on bundled sample news; ends by itself"
	@echo "make test    style, types, layers and tests"
	@echo "make chaos   kill the daemon 300 times (KILLS=300 SEED=1) and count what is lost; half an hour"
	@echo "make lint    only style, types and layers"
	@echo "make format  puts the source into the one style"
	@echo "make setup   only makes .venv and installs into it (the others do it when it is needed)"
	@echo
	@echo "make run CONFIG=/etc/monitor takes another configuration; PYTHON=python3.12 another Python."

setup: $(STAMP)
	@echo "$(VENV) is ready: make run, make demo, make test."

run: $(STAMP)
	@$(VENV)/bin/monitor --config $(CONFIG) run

demo: $(STAMP)
	@$(VENV)/bin/monitor demo

test: lint
	$(VENV)/bin/pytest -n 2 --cov --cov-report=
	$(VENV)/bin/coverage report --include='$(EXACT)' --skip-covered --show-missing --fail-under=100

chaos: $(STAMP)
	@cd tests && ../$(VENV)/bin/python -m support.chaos --kills $(or $(KILLS),300) --seed $(or $(SEED),1)

lint: $(STAMP)
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(STAMP)
	$(VENV)/bin/ruff format
	$(VENV)/bin/ruff check --fix

# The stamp is as old as the last installation: it is done again only when the list of packages has changed.
$(STAMP): pyproject.toml
	@python=""; \
	for candidate in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Monitor needs Python 3.11 or newer; here is $$($(or $(PYTHON),python3) --version 2>&1 || echo none)."; \
	  echo "Install it (Debian 12, Ubuntu 24.04: apt install python3 python3-venv) or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; \
	  exit 1; \
	fi; \
	if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$$python has no venv module. Install it (Debian, Ubuntu: apt install python3-venv) and try again."; \
	  exit 1; \
	fi; \
	if [ ! -x $(VENV)/bin/python ]; then echo "Making $(VENV) with $$($$python --version) …"; $$python -m venv $(VENV) || exit 1; fi; \
	echo "Installing Monitor and what it needs into $(VENV): a minute or two the first time …"; \
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' || \
	  { echo "pip could not install everything; what is above says why. Without a way to pypi.org it cannot work."; exit 1; }
	@touch $(STAMP)
