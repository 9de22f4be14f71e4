# Every target works on a fresh machine with python3, make and git: the first one makes .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: report test lint check lab bench lock messages dictionary clean

report: $(READY)  ## run the main job on the embedded data; prints the report's path last
	$(BIN)/leadline run stage_target_model

test: $(READY)  ## all tests
	$(BIN)/python -m pytest

lint: $(READY)  ## style and types, notebooks included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

lab: $(READY)  ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --ServerApp.root_dir=. notebooks

bench: $(READY)  ## print every benchmark's ratios
	for bench in benchmarks/*.py; do $(BIN)/python $$bench || exit 1; done

lock: $(READY)  ## pin every package anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --group dev pyproject.toml --output-file requirements.lock

messages: $(READY)  ## collect every text that a report's reader sees
	$(BIN)/python -m leadline.language.extract

dictionary: $(READY)  ## write the data dictionary into data/README.md
	$(BIN)/python -m leadline.data.dictionary

clean:
	rm -rf .venv reports/output

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
