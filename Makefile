# Everything from a clone, with python3 (3.11 or newer) and make.  `make` lists the targets.

PYTHON ?= python3
VENV := .venv/bin
ENVIRONMENT = $(PYTHON) tools/environment.py

OPERATOR ?= smart-kh
DATA ?= .tenure
DEMO ?= 10000
DIAMETER ?= 127.0.0.1:3868
HTTP ?= 127.0.0.1:8080
NCHF ?= 127.0.0.1:8090
HANDSET ?= 127.0.0.1:8081
# bench/hlr.py needs osmo-hlr besides: make bench BENCH=hlr.
BENCH ?= rate steps gy nchf files record lifecycle transfers
PURE := src/tenure/values/*,src/tenure/terms/*,*/model.py,*/rules.py,*/rules/*,*/translate/*,*/translate.py,*/wire.py,*/wire/*,*/session.py
SEED ?= 1
HOURS ?= 24
YEARS ?=
PEOPLE ?= 100
SECONDS ?= 60

# COMPILED=1 runs what make compiled has made; anything else runs the sources.
SOURCES = $(if $(COMPILED),build/compiled,src)
export PYTHONPATH = $(SOURCES):.

.DEFAULT_GOAL := help
.PHONY: help run check compiled coverage bench simulate fuzz format migration lock environment clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

run: ## Start Tenure with a demo population (OPERATOR= DATA= DEMO= DIAMETER= HTTP= NCHF= HANDSET=)
	@$(ENVIRONMENT)
	@$(VENV)/tenure up --operator $(OPERATOR) --data $(DATA) --demo $(DEMO) \
		--diameter $(DIAMETER) --http $(HTTP) --nchf $(NCHF) --handset $(HANDSET)

check: ## Check everything, from cheapest to dearest; stops at the first failure (STEPS=)
	@$(ENVIRONMENT) --check
	@$(VENV)/python tools/check.py $(STEPS)

compiled: ## Compile the hot path into build/compiled; make run COMPILED=1 uses it (needs a C compiler)
	@$(ENVIRONMENT) --check
	@PYTHONPATH= $(VENV)/python tools/compiled.py

coverage: ## Say which branches of the pure code no test takes
	@$(ENVIRONMENT) --check
	@$(VENV)/coverage run -m pytest -q -p no:cacheprovider --ignore=tests/peers --ignore=tests/tidy \
		--ignore=tests/simulator --ignore=tests/postgres
	@$(VENV)/coverage report --include='$(PURE)'

bench: ## Measure speed and size (BENCH="rate gy" for some of it, OPTIONS=)
	@$(ENVIRONMENT) --check
	@for name in $(BENCH); do \
		echo "== bench/$$name.py"; $(VENV)/python bench/$$name.py $(OPTIONS) || exit 1; done

simulate: ## Play a world with faults, and audit it (SEED= and HOURS= of charging, or YEARS= PEOPLE= of numbers)
	@$(ENVIRONMENT) --check
	@$(VENV)/python -m $(if $(YEARS),tests.simulator.years --seed $(SEED) --years $(YEARS) \
		--people $(PEOPLE),tests.simulator --seed $(SEED) --hours $(HOURS))

fuzz: ## Throw random bytes at every wire decoder (SECONDS= each)
	@$(ENVIRONMENT) --check --fuzz
	@for file in $$(find tests -name 'fuzz_*.py' | sort); do \
		echo "== $$file"; $(VENV)/python $$file -max_total_time=$(SECONDS) || exit 1; done

format: ## Put the code into its format
	@$(ENVIRONMENT) --check
	@$(VENV)/ruff check --fix --quiet . || true
	@$(VENV)/ruff format .

migration: ## Gather the schema.sql files into the first migration, until the first release
	@$(PYTHON) -m tools.schema --write

lock: ## Pin the dependencies of pyproject.toml anew (needs uv)
	@tools/lock.sh

environment: ## Make the virtual environment only
	@$(ENVIRONMENT) --check

clean: ## Remove what make has made, but no data
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .check
