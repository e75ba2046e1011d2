# What is typed in this folder. Needs make, git and Python 3.11 or newer; everything else goes into .venv.

VENV := .venv
STAMP := $(VENV)/.installed
CONFIG ?= config
LOCK ?= requirements.lock
COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --exclude-newer "7 days" \
  --default-index https://pypi.org/simple --custom-compile-command "make lock"

# What every branch of must be tested; the rest has no figure to reach.
EXACT := src/monitor/core/*,src/monitor/config.py,src/monitor/config/*,src/monitor/pipeline.py

.PHONY: help setup install run demo test chaos lint format lock

help:
	@echo "make run     the daemon with config/, in the foreground; Ctrl-C ends it"
	@echo "make demo    the whole thing offline, on bundled sample news; ends by itself"
	@echo "make test    style, types, layers and tests"
	@echo "make chaos   kill the daemon 300 times (KILLS=300 SEED=1) and count what is lost; half an hour"
	@echo "make fuzz    feed everything that reads what others write with nonsense (MINUTES=60 SEED=1)"
	@echo "make lint    only style, types and layers"
	@echo "make format  puts the source into the one style"
	@echo "make install a release into .venv: only what requirements.lock names, each file checked by its hash"
	@echo "make lock    writes the lock files anew; versions younger than a week are left out"
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

fuzz: $(STAMP)
	@cd tests && ../$(VENV)/bin/python -m support.fuzz --minutes $(or $(MINUTES),60) --seed $(or $(SEED),1)

lint: $(STAMP)
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(STAMP)
	$(VENV)/bin/ruff format
	$(VENV)/bin/ruff check --fix

# What releases are installed with: each file of each package by its hash. Versions are at least a week old.
lock: $(STAMP)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13'
	$(COMPILE) --extra pgp pyproject.toml -o requirements.lock
	$(COMPILE) --extra pgp --extra apprise --constraint requirements.lock pyproject.toml -o requirements-apprise.lock
	$(VENV)/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])' \
	  | $(COMPILE) - -o requirements-build.lock

# No package that is not in the lock file gets in; Monitor itself is built apart from it, and added.
install: | $(VENV)/bin/python
	@echo "Installing what $(LOCK) names into $(VENV) …"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@rm -rf $(VENV)/build && $(VENV)/bin/python -m venv $(VENV)/build
	@$(VENV)/build/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@$(VENV)/build/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir $(VENV)/build/dist .
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --force-reinstall $(VENV)/build/dist/*.whl
	@rm -rf $(VENV)/build
	@$(VENV)/bin/monitor --version

# The stamp is as old as the last installation: it is done again only when the list of packages has changed.
$(STAMP): pyproject.toml | $(VENV)/bin/python
	@echo "Installing Monitor and what it needs into $(VENV): a minute or two the first time …"; \
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' || \
	  { echo "pip could not install everything; what is above says why. Without a way to pypi.org it cannot work."; exit 1; }
	@touch $(STAMP)

$(VENV)/bin/python:
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
	echo "Making $(VENV) with $$($$python --version) …"; $$python -m venv $(VENV)
