# Every command of Gatescope. `make help` lists them. Works from a fresh clone with Python 3.11 or newer, make and the
# network; what a command needs is installed into .venv, from the locked lists, the first time it is needed.

# Set on the command line only: some shells keep the machine's own name in a variable HOST.
HOST = 127.0.0.1
PORT = 8000
WORKERS = 1
# PYTHON=python3.13 uses that Python, in an environment of its own (.venv-3.13). Without it: the newest suitable one.
PYTHON ?=
# ARGS go on to pytest: make test ARGS="tests/lstm -k gru"
ARGS ?=
# The tests run, and train-all trains, in this many processes.
JOBS ?= 2
# Outside the locked lists: the build of torch differs by machine, and only measuring and recording use it.
TORCH = torch==2.13.0
UV = uv==0.13.9
AUDIT = pip-audit==2.10.1

VENV := .venv$(if $(PYTHON),-$(patsubst python%,%,$(notdir $(PYTHON))))
BIN := $(VENV)/bin
ENVIRONMENT := scripts/environment.sh
# Shakespeare's plays are fetched into .cache, once, before a model that learns from them is trained or measured.
PLAYS = case "$(MODEL)" in ""|shakespeare-*) $(BIN)/python -m scripts.shakespeare;; esac
CHECKED := app benchmarks lstm scripts tests

.DEFAULT_GOAL := help
.PHONY: help run test check format bench train train-all evaluate lock clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run:  ## Serve the page; PORT=8000 HOST=127.0.0.1 WORKERS=1
	@$(ENVIRONMENT) $(VENV) requirements.txt $(PYTHON)
	@GATESCOPE_HOST=$(HOST) GATESCOPE_PORT=$(PORT) GATESCOPE_WORKERS=$(WORKERS) exec $(BIN)/python -m app

test:  ## Run every test, a real browser included; ARGS="tests/lstm -k gru" runs some
	@$(ENVIRONMENT) $(VENV) requirements-dev.txt $(PYTHON)
	@$(BIN)/python -m scripts.browser
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal $(ARGS) \
	  && echo "All tests passed. Next: make check, or make run to see the page." \
	  || { echo "Some tests failed: the names are above. Run one again with make test ARGS=\"-k NAME\" JOBS=0."; exit 1; }

check:  ## Check format, lint, types, and the packages for known vulnerabilities; changes nothing
	@$(ENVIRONMENT) $(VENV) requirements-dev.txt $(PYTHON)
	@$(BIN)/python -m ruff format --check $(CHECKED) || { echo "Next: make format."; exit 1; }
	@$(BIN)/python -m ruff check $(CHECKED)
	@$(BIN)/python -m mypy
	@$(BIN)/python -m scripts.audit .venv-audit $(AUDIT)
	@echo "Format, lint and types are in order. Next: make test."

format:  ## Format the Python code and mend what lint can mend
	@$(ENVIRONMENT) $(VENV) requirements-dev.txt $(PYTHON)
	@$(BIN)/python -m ruff check --fix --quiet $(CHECKED) || true
	@$(BIN)/python -m ruff format $(CHECKED)

bench:  ## Measure against the budgets, in an environment of its own with torch (about 200 MB to 3 GB, by the machine)
	@$(ENVIRONMENT) $(VENV)-bench requirements-dev.txt $(PYTHON)
	@$(VENV)-bench/bin/python -c 'import torch' 2>/dev/null || { \
	  echo "Installing $(TORCH) into $(VENV)-bench."; \
	  $(VENV)-bench/bin/python -m pip install --disable-pip-version-check $(TORCH); }
	@$(VENV)-bench/bin/python -m scripts.browser
	@$(VENV)-bench/bin/python -m benchmarks $(ARGS)

train:  ## Train a shipped model again from its seed; MODEL=brackets-lstm
	@$(ENVIRONMENT) $(VENV) requirements.txt $(PYTHON)
	@$(PLAYS)
	@$(BIN)/python -m lstm.training $(MODEL)

train-all:  ## Train every shipped model again into zoo/; goes on where it was stopped; JOBS=2 at once
	@$(ENVIRONMENT) $(VENV) requirements.txt $(PYTHON)
	@$(PLAYS)
	@$(BIN)/python -m lstm.training --all --jobs $(JOBS)

evaluate:  ## Make every figure and text of the models' cards again, and compare; MODEL=brackets-lstm does one
	@$(ENVIRONMENT) $(VENV) requirements.txt $(PYTHON)
	@$(PLAYS)
	@$(BIN)/python -m lstm.training --evaluate $(MODEL)

lock:  ## Renew the locked lists from pyproject.toml (hashes, all Pythons from 3.11 on, no download host)
	@scripts/lock.sh .venv-lock $(UV)

clean:  ## Remove what these commands made
	rm -rf .venv .venv-* .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
