# The two commands that matter: `make run` and `make test`. Nothing but Python and make is needed.

PYTHON ?= python3
VENV := .venv
RACES ?= 2000
BIN := $(VENV)/bin

# Modules are compiled when they are first needed, and kept: all at once took a quarter of the
# installation, and each of the processes of a run would compile them anew if they were not kept.
unexport PYTHONDONTWRITEBYTECODE

DEVELOPMENT := DJANGO_SETTINGS_MODULE=$${DJANGO_SETTINGS_MODULE:-repair.settings.development}

.PHONY: help run demo test prove races explore bench check pins

help:
	@echo "make run    start Repair with its demo on http://localhost:8000 (PORT=8001 make run)"
	@echo "make demo   put the demo back as it was"
	@echo "make test   run the tests on a throwaway PostgreSQL and Redis, and on SQLite"
	@echo "make prove  run the tests that take longer: races, random walks, broken rules, races without the lock"
	@echo "make races  run thousands of trials of each race on PostgreSQL; minutes"
	@echo "make explore walk through every sequence of acts, eight deep; minutes"
	@echo "make bench  measure how fast it is, beside a floor; ten minutes on a quiet machine"
	@echo "make check  run the linters and type checks"
	@echo "make pins   compile requirements/*.in to pinned requirements/*.txt"

run: $(VENV)/base.stamp
	@$(DEVELOPMENT) REPAIR_DEMO=$${REPAIR_DEMO-1} exec $(BIN)/python manage.py start

demo: $(VENV)/base.stamp
	@$(DEVELOPMENT) REPAIR_DEMO=1 $(BIN)/python manage.py demo

test: $(VENV)/test.stamp
	@exec $(BIN)/python -m tests.run

prove: $(VENV)/test.stamp
	@STORIES=5 $(BIN)/python -m tests.run --prove
	@STORIES=5 EXAMPLES=40 LAWS=1000 INPUTS=100 $(BIN)/python -m tests.run \
		tests/pages/test_non_interference.py tests/pages/test_any_input.py tests/boundaries

races: $(VENV)/test.stamp
	@RACES=$(RACES) exec $(BIN)/python -m tests.run --prove -k "not caught and not catches and not fails" \
		tests/test_races.py tests/conversations/test_instant_races.py tests/conversations/test_pause_against_release.py

explore: $(VENV)/test.stamp
	@exec $(BIN)/python -m tests.explorer --depth 8

bench: $(VENV)/test.stamp
	@exec $(BIN)/python -m tests.bench

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --check --quiet templates repair
	$(BIN)/djlint --lint --quiet templates repair
	$(BIN)/lint-imports

pins: $(VENV)/dev.stamp
	for name in base test dev; do $(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --custom-compile-command "make pins" --quiet \
		requirements/$$name.in -o requirements/$$name.txt || exit 1; done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Repair needs Python 3.11 or later: PYTHON=python3.11 make run")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "A place for packages could not be made: install python3-venv, or whatever your system calls it."; exit 1; }

# What the tests need holds what Repair needs, and what the checks need holds both.
$(VENV)/%.stamp: requirements/%.txt | $(BIN)/python
	@echo "Installing requirements/$*.txt into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r $<
	@touch $@ $(STAMPS_WITH_$*)

STAMPS_WITH_test := $(VENV)/base.stamp
STAMPS_WITH_dev := $(VENV)/base.stamp $(VENV)/test.stamp
