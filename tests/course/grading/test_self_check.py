"""Before handing in, a student learns what is blank, lost or changed, without any secret."""

import json

import pytest

from leadline.course.grading.self_check import check_notebook
from leadline.errors import DataError
from tests.course.grading.class_of import RIGHT, cell_in, fill, position
from tests.course.grading.test_submission import NOTEBOOK, write


@pytest.fixture
def check(tmp_path):
    return lambda notebook: check_notebook(write(tmp_path / "tiny.ipynb", json.dumps(notebook)))


def test_a_notebook_worked_through_has_no_problem(check):
    found = check(fill())
    assert (found.problems, found.blank, found.answered) == ((), (), 2)
    assert found.unknown


def test_blank_exercises_are_named_in_order(check):
    assert check(fill({})).blank == ("share", "best")
    found = check(fill({"best": RIGHT["best"]}))
    assert (found.blank, found.answered) == (("share",), 1)


def test_changes_to_what_is_locked_are_told(check):
    notebook = fill()
    cell_in(notebook, "share-test")["source"] += "\nprint(1)"
    cell_in(notebook, "given")["cell_type"] = "markdown"
    assert check(notebook).problems == (
        "given: the cell is of type markdown, must be code.",
        "share-test: the cell was changed. The released one will be used.",
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("share", "The answer cell before share-test is missing. Take it from the notebook you were given."),
        ("best", "The answer cell before best-test is missing. Take it from the notebook you were given."),
        ("share-test", "share: the test behind it is missing; it will be put back."),
        ("best-test", "best: the test behind it is missing; it will be put back."),
    ],
)
def test_lost_cells_are_told(check, name, told):
    notebook = fill()
    del notebook["cells"][position(notebook, name)]
    assert check(notebook).problems == (told,)


def test_a_copy_is_told_and_one_changed_copy_is_an_answer(check):
    notebook = fill()
    notebook["cells"].insert(0, cell_in(fill({}), "share"))
    found = check(notebook)
    assert found.blank == ()
    assert "share: the cell is there 2 times. Delete all but one." in found.problems


def test_what_is_no_lab_is_refused(check, tmp_path):
    with pytest.raises(DataError, match="no marks for grading"):
        check(NOTEBOOK)
    with pytest.raises(DataError, match="there is no such file"):
        check_notebook(tmp_path / "lost.ipynb")
    with pytest.raises(DataError, match="cannot be read as a notebook"):
        check_notebook(write(tmp_path / "bad.ipynb", b"{"))
