# Every target works on a fresh machine with python3, make and git: the first one makes .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: report test lint check lab bench scorecard lock messages dictionary clean

report: $(READY)  ## run the main job on the embedded data; prints the report's path last
	$(BIN)/leadline run stage_target_model

test: $(READY)  ## all tests
	$(BIN)/python -m pytest -n logical --dist worksteal

lint: $(READY)  ## style and types, notebooks included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

lab: $(READY)  ## JupyterLab on the tour
	JUPYTER_CONFIG_PATH="$(CURDIR)/src/leadline/lab/jupyter" $(BIN)/jupyter lab --ServerApp.root_dir=. notebooks/0_start/tour.ipynb

bench: $(READY)  ## run the benchmarks (ONLY="ab_scan circle_features" for some) and write their page
	$(BIN)/python -m benchmarks.bench_page $(ONLY)

scorecard: $(READY)  ## every fault, bad input, attack and statistic in full: N of N in reports/output/scorecard.html
	LEADLINE_SCORECARD="$(CURDIR)/reports/output/scorecard.json" $(BIN)/python -m pytest -n logical --dist worksteal

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header

lock: $(READY)  ## pin every package anew, and what the extra spark adds to them
	$(COMPILE) --group dev pyproject.toml --output-file requirements.lock
	$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["spark"], sep="\n")' \
		| $(COMPILE) --constraint requirements.lock --output-file requirements-spark.lock -

spark: $(READY)  ## install the extra spark, as pinned; it needs Java 17 as well
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation \
		-r requirements-spark.lock

messages: $(READY)  ## collect every text that a report's reader sees
	$(BIN)/python -m leadline.language.extract
	$(BIN)/python -m leadline.language.translations
	$(BIN)/python -m leadline.course.catalogue

dictionary: $(READY)  ## write the data dictionary into data/README.md
	$(BIN)/python -m leadline.data.dictionary

clean:
	rm -rf .venv reports/output

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
