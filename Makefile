# Every target sets up what it needs first; on a ready machine that costs a fraction of a second.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint bench golden-update lock ready ready-test

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-15s %s\n", $$1, $$2}'

run: ready ## set up and start the local stack; ARGS=--demo adds a simulated office
	@$(BIN)/karte up $(ARGS)

# All of them side by side, a file at a time on each core and one more, as many wait for servers; a few are sooner done
# without that.
test: ready-test ## run all tests; ARGS="tests/api -k gateway" picks some
	$(BIN)/pytest $(if $(ARGS),$(ARGS),--numprocesses $$(( $$(nproc) + 1 )) --dist loadfile)

lint: ready ## formatting, lint rules, types, room boundaries
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: ready-test ## measure; prints ratios of one run as a table and JSON; ARGS=gateway picks one
	$(BIN)/python -m tests.bench $(ARGS)

golden-update: ready ## write the expected outputs of the golden cases anew; read the diff before you commit it
	KARTE_GOLDEN_UPDATE=1 $(BIN)/pytest -q tests/collectors/test_golden.py

lock: ready ## bring requirements.lock up to pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet --upgrade -o requirements.lock

ready:
	@$(PYTHON) -B api/local/bootstrap.py --for run

ready-test:
	@$(PYTHON) -B api/local/bootstrap.py --for test
