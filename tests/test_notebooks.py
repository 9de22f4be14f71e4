"""Every notebook: its anatomy, and that it runs with its defaults, offline, outside the clone."""

import ast
import contextlib
import json
import re
from pathlib import Path

import pytest

from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.paths import NOTEBOOKS
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook

ALL = sorted(path for path in NOTEBOOKS.rglob("*.ipynb") if path.parent.name != "labs")
EVERY_NOTEBOOK_TAKES = {"data", "mapping", "as_of", "language", "seed"}
LONGEST_CELL = 18
#: The market's last campaign listed so many.
ROWS_OF_ITS_OWN = {"judge_campaign": {"market": 509}}
#: A notebook that takes a minute is compared on less work; its defaults run once.
SMALLER: dict[str, dict[str, object]] = {"segment_market": {"pairs": 10, "most_segments": 4}}


def code_cells(path: Path) -> list[dict]:
    return [cell for cell in read_notebook(path)["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_tells_and_a_module_does(path: Path) -> None:
    for cell in code_cells(path):
        source = "".join(cell["source"])
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.Lambda), (
                source
            )
        if "parameters" not in cell["metadata"].get("tags", []):
            statements = ast.parse(source).body
            assert len(statements) <= 12, source
            assert len(source.splitlines()) <= LONGEST_CELL, source


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_has_its_anatomy(path: Path) -> None:
    document = read_notebook(path)
    assert declared_parameters(document, path.stem).keys() >= EVERY_NOTEBOOK_TAKES
    assert all(parameter.help for parameter in declared_parameters(document, path.stem).values())
    prose = "\n".join(
        "".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "markdown"
    )
    assert re.match(r"# .+\?\n", prose), "the title is a question"
    assert "**Decision.**" in prose
    assert "## What this does not show" in prose
    code = "\n".join("".join(cell["source"]) for cell in code_cells(path))
    assert "check_parameters(globals())" in code
    assert "record(" in code


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for the sample market, made by the first notebook that asks for it."""
    return tmp_path_factory.mktemp("cache")


def run_in(folder: Path, path: Path, given: dict[str, object], warm: Path | None) -> RunOutcome:
    """Run a notebook in a folder of always the same name, which is then renamed to ``folder``."""
    work = folder.with_name("work")
    work.mkdir()
    with contextlib.chdir(work):
        outcome = run_notebook(make_request(str(path), given, out=Path("out")), warm=warm)
    assert outcome.record["failure"] is None
    work.rename(folder)
    return RunOutcome(folder=folder / outcome.folder, record=outcome.record)


def shown(outcome: RunOutcome) -> list[str]:
    """Every cell's outputs as they stand in the notebook; addresses of objects in memory aside."""
    document = json.loads((outcome.folder / "notebook.ipynb").read_text("utf-8"))
    outputs = [json.dumps(cell.get("outputs", []), ensure_ascii=False) for cell in document["cells"]]
    return [re.sub(r"(?<= at )0x[0-9a-f]{8,}|(?<=ipykernel_)\d+", "", output) for output in outputs]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_shows_the_same_cold_and_warm(
    path: Path, working_folder: Path, cache: Path, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_CACHE", str(cache))
    given = SMALLER.get(path.stem, {})
    cold = run_in(working_folder / "cold", path, given, None)
    forked = run_in(working_folder / "warm", path, given, warm)
    for number, (one, other) in enumerate(zip(shown(cold), shown(forked), strict=True)):
        assert one == other, f"cell {number}"
    assert cold.record["results"] == forked.record["results"]
    tables = [outcome.record["tables"] for outcome in (cold, forked)]
    assert tables[0] == tables[1]
    outcome = run_in(working_folder / "defaults", path, {}, warm) if given else forked
    assert_ran_with_defaults(outcome, path)


def assert_ran_with_defaults(outcome: RunOutcome, path: Path) -> None:
    page = (outcome.folder / "report.html").read_text("utf-8")
    assert "Traceback" not in page
    record = json.loads((outcome.folder / "record.json").read_text("utf-8"))
    default = declared_parameters(read_notebook(path), path.stem)["data"].default
    rows = {"coil2000": 5_822, "market": 100_000} | ROWS_OF_ITS_OWN.get(path.stem, {})
    assert record["sources"][0]["rows"] == rows[default]
