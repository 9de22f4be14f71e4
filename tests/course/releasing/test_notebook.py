"""The student's notebook is the one that nbgrader itself would make."""

import copy
import json

import nbformat
import pytest
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from leadline.course.labs import list_labs, read_lab
from leadline.course.releasing import student_notebook, write_notebook
from leadline.errors import DataError
from tests.course.releasing.tiny import cell_of, make_lab

CLEAR = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ClearHiddenTests, ClearMarkScheme)


def release_by_nbgrader(notebook):
    made = nbformat.reads(json.dumps(notebook), as_version=4)
    for step in (*CLEAR, ComputeChecksums):
        made, _resources = step().preprocess(made, {})
    return made


@pytest.mark.parametrize("path", [None, *list_labs()], ids=lambda path: path.stem if path else "tiny")
def test_nbgrader_makes_the_same_notebook(path):
    notebook = read_lab(path) if path else make_lab()
    ours, theirs = student_notebook(notebook), release_by_nbgrader(notebook)
    told = [(cell.cell_type, cell.id, cell.source, cell.metadata) for cell in theirs.cells]
    assert [(c["cell_type"], c["id"], c["source"], c["metadata"]) for c in ours["cells"]] == told


def test_nothing_of_the_instructor_is_left_and_the_source_is_untouched():
    notebook = make_lab()
    notebook["metadata"]["notes"] = "the answer is hold-out"
    cell_of(notebook, "share")["metadata"]["notes"] = "x"
    cell_of(notebook, "given")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "12.5"}]
    images = {"shown.png": {"image/png": "QUJD"}, "solution.png": {"image/png": "REVG"}}
    cell_of(notebook, "reading")["attachments"] = images
    cell_of(notebook, "reading")["source"] += "\n\n![](attachment:shown.png)"
    before = copy.deepcopy(notebook)
    made = student_notebook(notebook)
    assert notebook == before
    assert made["metadata"].keys() == {"kernelspec", "language_info"}
    assert cell_of(made, "share")["metadata"].keys() == {"nbgrader", "deletable"}
    assert cell_of(made, "given")["outputs"] == []
    assert cell_of(made, "reading")["attachments"].keys() == {"shown.png"}
    assert write_notebook(made) == write_notebook(student_notebook(before))


def test_all_faults_are_told_at_once():
    notebook = make_lab()
    cell_of(notebook, "share")["source"] = "### BEGIN SOLUTION\nx = 1"
    cell_of(notebook, "given")["source"] = "### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS"
    with pytest.raises(DataError) as caught:
        student_notebook(notebook)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["cell 4", "cell 6"]


def test_an_answer_cell_without_a_region_is_all_solution():
    notebook = make_lab()
    cell_of(notebook, "share")["source"] = "share_percent = 12.5"
    assert cell_of(student_notebook(notebook), "share")["source"].startswith("# YOUR CODE HERE")
