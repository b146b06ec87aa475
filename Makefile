# Every target says what it does: `make` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python of 3.11 or newer; override with `make PYTHON=/path/to/python`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --progress-bar on
JOBS ?= 2
STATIC := $(shell find portal/static -type f ! -name '*.gz' ! -name '*.br')
CATALOGUES := $(wildcard portal/i18n/*/LC_MESSAGES/*.po)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: run
run: setup ## set up, fill the catalogue when there is none, serve it on http://127.0.0.1:8000
	@$(BIN)/python -m portal seed --when-new
	@exec $(BIN)/python -m portal serve

.PHONY: setup
setup: .venv/installed .venv/catalogues .venv/compressed ## install what the portal needs into .venv

.PHONY: setup-dev
setup-dev: setup .venv/installed-dev ## install what tests and checks need as well

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: sudo apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv is missing: sudo apt install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv --clear .venv
	@touch $@

.venv/installed: .venv/python requirements.txt pyproject.toml
	@echo "Installing the locked requirements ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "Installing what tests and checks need ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

.venv/catalogues: .venv/installed $(CATALOGUES)
	@$(if $(CATALOGUES),$(BIN)/pybabel --quiet compile --directory portal/i18n,true)
	@touch $@

# Static files are sent as they lie here: compressed once, not at every request.
.venv/compressed: .venv/installed $(STATIC)
	@$(BIN)/python -m whitenoise.compress --quiet portal/static
	@touch $@

.PHONY: test
test: setup-dev ## run the tests (ARGS="tests/search -x" for some)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadscope -m "not slow" -rs $(ARGS)

# In an environment of its own: the locked requirements without whoosh-reloaded, and what runs the tests of the index.
WHOOSH3 := .make/whoosh3
WHOOSH3_TOOLS := hypothesis|iniconfig|packaging|pluggy|psutil|pygments|pytest|pytest-timeout|sortedcontainers

.PHONY: test-whoosh3
test-whoosh3: $(WHOOSH3)/installed ## run the tests of the index on whoosh3, the Whoosh that we could move to
	@$(WHOOSH3)/bin/python -m pytest -rs tests/contracts/test_engines.py tests/contracts/test_completions.py \
		tests/search $(ARGS)

$(WHOOSH3)/installed: .venv/python requirements.txt requirements-dev.txt requirements-whoosh3.txt
	@echo "Making an environment with whoosh3 ..."
	@$(BIN)/python -m venv --clear $(WHOOSH3)
	@awk '/^[^ ]/ { skip = /^whoosh-reloaded==/ } !skip' requirements.txt >$(WHOOSH3)/requirements.txt
	@awk '/^[^ ]/ { take = /^($(WHOOSH3_TOOLS))==/ } take' requirements-dev.txt >$(WHOOSH3)/tools.txt
	@$(WHOOSH3)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes \
		-r $(WHOOSH3)/requirements.txt -r $(WHOOSH3)/tools.txt -r requirements-whoosh3.txt
	@touch $@

.PHONY: lint
lint: setup-dev ## check style, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: format
format: setup-dev ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: setup-dev ## measure everything, up to 100,000 records (SIZES="1200 10000" for the short form)
	@$(BIN)/python -m tests.bench $(or $(SIZES),1200 10000 100000 --full)

.PHONY: release
release: lint ## everything before a release: all tests, crash runs, API fuzzing as every role, all benchmarks
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadscope -m "not slow" -rs
	@$(BIN)/python -m pytest -m slow -rs
	@$(MAKE) test-whoosh3
	@$(BIN)/python -m tests.hostile.writers
	@$(BIN)/python -m tests.hostile.search_storm
	@$(BIN)/python -m tests.hostile.index_kills
	@$(BIN)/python -m tests.hostile.crash --rounds 12
	@$(BIN)/python -m tests.hostile.api_crash --rounds 30
	@$(BIN)/python -m tests.hostile.schema_run
	@$(BIN)/python -m tests.bench 1200 10000 100000 --full

.PHONY: lock
lock: setup-dev ## renew the locked requirements from requirements*.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url requirements-dev.in -o requirements-dev.txt

.PHONY: migration
migration: setup-dev ## write the migration from the newest schema to the models (NAME="what changes")
	@test -n "$(NAME)" || { echo 'NAME="what changes" is needed' >&2; exit 2; }
	@rm -rf .make/migration && mkdir -p .make/migration
	@PORTAL_VAR=.make/migration PORTAL_DATABASE_URL= $(BIN)/python -m portal migrate
	@PORTAL_VAR=.make/migration PORTAL_DATABASE_URL= $(BIN)/alembic revision --autogenerate -m "$(NAME)" \
		--rev-id $$(printf '%04d' $$(($$(ls migrations/versions/*.py | wc -l) + 1)))
	@echo "Read the new file in migrations/versions before it is committed."

.PHONY: clean
clean: ## remove what can be made again (.venv, caches); var/ stays
	@rm -rf .venv .make build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find portal tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +
	@find portal/i18n -name '*.mo' -delete 2>/dev/null || true
