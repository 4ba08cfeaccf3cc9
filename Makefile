# make demo    sets everything up and opens JupyterLab on the demo
# make test    sets everything up and runs all checks and tests
# make help    shows the rest
#
# Needs git, make and Python 3.11 or newer with venv; PYTHON=… chooses one.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh

WITH_PYTHON := sh scripts/with_python.sh
RUN := $(WITH_PYTHON) scripts/run_tests.py
IN_VENV := env -u PYTHONPATH -u PYTHONHOME -u PYTHONDONTWRITEBYTECODE .venv/bin

HEADLESS ?=
OUT ?= out
ARGS ?=

.PHONY: help
help:  ## show these lines
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

.PHONY: setup
setup:  ## only set up what the demo needs
	@$(WITH_PYTHON) scripts/setup_env.py demo

.PHONY: demo
demo: setup  ## the demo in JupyterLab; HEADLESS=1 OUT=out writes its results to a folder instead
	@$(IN_VENV)/hicognition demo $(if $(filter-out 0 no false,$(HEADLESS)),--headless --out "$(OUT)")

.PHONY: test
test:  ## all checks and all tests
	@$(RUN)

.PHONY: lint
lint:  ## ruff, import-linter, Biome
	@$(RUN) lint

.PHONY: types
types:  ## mypy, tsc
	@$(RUN) types

.PHONY: test-py
test-py:  ## pytest; ARGS="tests/genome -k bed" chooses
	@$(RUN) py -- $(ARGS)

.PHONY: test-js
test-js:  ## vitest
	@$(RUN) js

.PHONY: test-browser
test-browser:  ## only the tests in a real JupyterLab with a real browser
	@$(RUN) browser -- $(ARGS)

.PHONY: fix
fix:  ## format, and fix what the linters can fix
	@$(WITH_PYTHON) scripts/setup_env.py tools
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

.PHONY: bench bench-growth bench-jobs
bench:  ## measure speed and memory of the analyses and views
	@$(WITH_PYTHON) scripts/run_benchmark.py run $(ARGS)
bench-growth:  ## measure how cost grows with regions, bins and datasets
	@$(WITH_PYTHON) scripts/run_benchmark.py growth $(ARGS)
bench-jobs:  ## measure the jobs: start, throughput, recovery
	@$(WITH_PYTHON) scripts/run_benchmark.py jobs $(ARGS)

.PHONY: ci
ci:  ## what CI runs: make test, the wheel, pandas 2.2, Binder
	@bash .ci/run

.PHONY: lock
lock:  ## write the lock files anew; UPGRADE=1 takes the newest versions
	@$(WITH_PYTHON) scripts/lock.py $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean:  ## remove what was built and set up
	rm -rf .venv .venv-* js/node_modules hicognition_widgets/static build dist
