# make pipeline    clean the seeds into out/
# make test        all tests          make lint     style and types
# make test-fast   the path of one document and the seeds, under a minute
# make golden      write the seeds' expected output anew
# make pictures    the pictures of the README anew
# make reference   docs/reference.md anew, which is made of the code
# make docs        the site of the documentation, every link checked
# make train       train the line model
# make torture     the guarantees      make fuzz     damaged files of all kinds, an hour
# make bench       all benchmarks     make lock     resolve the locked versions anew
# make bench-smoke speed beside the usual scripts, on 10 MB
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: pipeline test test-fast torture fuzz smoke lint golden pictures reference docs train bench bench-quality bench-matching bench-scale bench-smoke bench-mutations lock clean

pipeline: $(VENV)/.runtime
	$(BIN)/pipeline clean seeds/ out/

test: $(VENV)/.dev
	$(BIN)/pytest -n auto

test-fast: $(VENV)/.dev
	$(BIN)/pytest -n auto tests/judge tests/meta tests/text tests/views tests/match/core tests/read \
	  tests/test_layers.py tests/test_ledger.py tests/test_tokens.py tests/test_config.py tests/test_cleaning.py tests/test_seeds.py

torture: $(VENV)/.dev
	PIPELINE_EXAMPLES=10000 $(BIN)/pytest -n 2 tests/test_ledger.py
	PIPELINE_TORTURE=1 $(BIN)/pytest -n 2 tests/test_network.py tests/test_faults.py tests/cli tests/corpus/test_bounds.py tests/write tests/read/test_hostile.py tests/text/test_truncation.py
	$(BIN)/python -m bench.mutations --count 300
	$(BIN)/python -m bench.torture

fuzz: $(VENV)/.dev
	$(BIN)/python -m bench.mutations --minutes $(or $(MINUTES),60)

smoke:
	rm -rf .bench/smoke
	$(PYTHON) -m venv .bench/smoke
	.bench/smoke/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/build.txt -r lock/runtime.txt -r lock/smoke.txt
	.bench/smoke/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	.bench/smoke/bin/python -m tests.smoke
	.bench/smoke/bin/python -m pipeline doctor

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

golden: $(VENV)/.dev
	$(BIN)/python -m tests.golden

pictures: $(VENV)/.dev
	$(BIN)/python -m tools.report_picture

reference: $(VENV)/.dev
	$(BIN)/python -m tools.reference

docs: $(VENV)/.docs
	PYTHONPATH=. $(VENV)/docs/bin/python -m tools.site

$(VENV)/.docs: $(VENV)/.python lock/docs.txt
	$(PYTHON) -m venv $(VENV)/docs
	$(VENV)/docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/docs.txt
	touch $@

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'pipeline needs Python 3.11 or later: make PYTHON=python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.runtime: $(VENV)/.python lock/runtime.txt lock/build.txt pyproject.toml $(wildcard pipeline/native/*.[ch])
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/build.txt -r lock/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q pipeline # where Python is told to write no bytecode, each run would compile it again
	touch $@

$(VENV)/.dev: $(VENV)/.runtime lock/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/dev.txt
	touch $@

train: .bench/train/.installed
	PYTHONPATH=. .bench/train/bin/python -m tools.train

.bench/train/.installed: lock/runtime.txt
	$(PYTHON) -m venv .bench/train
	.bench/train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/runtime.txt
	.bench/train/bin/python -m pip install --quiet --disable-pip-version-check catboost==1.2.10
	touch $@

bench: bench-quality bench-matching bench-scale

bench-quality bench-matching bench-scale bench-mutations: $(VENV)/.dev
	$(BIN)/python -m bench.$(subst bench-,,$@) $(ARGS)

bench-smoke: $(VENV)/.dev
	$(BIN)/python -m bench.scale --sizes 10M --workers 1 $(ARGS)

lock:
	tools/lock.sh

clean:
	rm -rf $(VENV) out .pytest_cache .ruff_cache .mypy_cache
