"""Every notebook: its anatomy, and that it runs with its defaults, offline, outside the clone."""

import ast
import json
import re
from pathlib import Path

import pytest

from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.paths import NOTEBOOKS
from leadline.run.request import make_request
from leadline.run.runner import run_notebook

ALL = sorted(NOTEBOOKS.rglob("*.ipynb"))
EVERY_NOTEBOOK_TAKES = {"data", "mapping", "as_of", "language", "seed"}
LONGEST_CELL = 18
#: The market's last campaign listed so many.
ROWS_OF_ITS_OWN = {"judge_campaign": {"market": 509}}


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


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_runs_with_its_defaults(
    path: Path, working_folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_CACHE", str(cache))
    outcome = run_notebook(make_request(str(path), {}, out=Path("out")))
    assert outcome.record["failure"] is None
    page = (outcome.folder / "report.html").read_text("utf-8")
    assert "Traceback" not in page
    record = json.loads((outcome.folder / "record.json").read_text("utf-8"))
    default = declared_parameters(read_notebook(path), path.stem)["data"].default
    rows = {"coil2000": 5_822, "market": 100_000} | ROWS_OF_ITS_OWN.get(path.stem, {})
    assert record["sources"][0]["rows"] == rows[default]
