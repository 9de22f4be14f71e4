"""Each damage is mended as a colleague would mend it, and told."""

import copy

import pytest

from leadline.course.cells import find_exercises
from leadline.course.grading.repair import repair_cells
from leadline.course.releasing import student_notebook
from tests.course.grading.class_of import RIGHT, cell_in, fill, position
from tests.course.releasing.tiny import make_lab

RELEASED = student_notebook(make_lab())["cells"]
EXERCISES = find_exercises(make_lab()["cells"])


def repair(notebook):
    return repair_cells(notebook["cells"], RELEASED, EXERCISES)


@pytest.fixture
def notebook():
    return fill()


WHOLE = [(cell.cell_id, cell.source) for cell in repair(fill()).cells]


def test_a_whole_notebook_is_run_as_it_is(notebook):
    found = repair(notebook)
    assert found.repairs == ()
    assert [name for name, _source in WHOLE] == ["setup", "given", "share", "share-test", "best", "best-test"]
    assert dict(WHOLE)["share"] == RIGHT["share"]
    assert found.answers == RIGHT
    assert found.blank == frozenset()


def test_cells_of_ones_own_are_run_in_their_place(notebook):
    own = {"cell_type": "code", "metadata": {}, "source": "mine = 1", "id": "mine"}
    notebook["cells"].insert(position(notebook, "share"), own)
    cells = repair(notebook).cells
    assert [cell.cell_id for cell in cells][2] == str(position(notebook, "mine") + 1)
    assert cells[2].source == "mine = 1"


@pytest.mark.parametrize("changed_first", [True, False])
def test_of_two_copies_the_changed_one_counts(notebook, changed_first):
    place = position(notebook, "share")
    blank = cell_in(fill({}), "share") | {"id": "copy"}
    notebook["cells"].insert(place + changed_first, blank)
    found = repair(notebook)
    assert found.answers["share"] == RIGHT["share"]
    assert [(cell.cell_id, cell.source) for cell in found.cells] == WHOLE
    assert found.repairs == ("share: the cell was there 2 times. The last one that you changed counts.",)


def test_of_two_changed_copies_both_run_and_the_last_counts(notebook):
    place = position(notebook, "share")
    notebook["cells"].insert(place, cell_in(notebook, "share") | {"source": "share_percent = 0"})
    found = repair(notebook)
    assert [cell.source for cell in found.cells][2:4] == ["share_percent = 0", RIGHT["share"]]
    assert found.answers["share"] == RIGHT["share"]
    assert len({cell.cell_id for cell in found.cells}) == len(found.cells)


def test_two_blank_copies_are_one(notebook):
    blank = fill({})
    blank["cells"].insert(0, copy.deepcopy(cell_in(blank, "share")))
    assert repair(blank).blank == {"share", "best"}
    assert [cell.cell_id for cell in repair(blank).cells].count("share") == 1


@pytest.mark.parametrize("name", ["setup", "given", "share-test", "best-test"])
def test_locked_cells_are_put_back_where_they_were(notebook, name):
    del notebook["cells"][position(notebook, name)]
    found = repair(notebook)
    assert [(cell.cell_id, cell.source) for cell in found.cells] == WHOLE
    assert found.repairs == (f"{name}: the cell was deleted. It was put back.",)


def test_a_deleted_answer_is_not_invented(notebook):
    del notebook["cells"][position(notebook, "share")]
    found = repair(notebook)
    assert found.repairs == ("share: the answer cell is missing.",)
    assert "share" not in found.answers
    assert [(c.cell_id, c.source) for c in found.cells] == [one for one in WHOLE if one[0] != "share"]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("name", ["share", "given", "best-test"])
def test_a_retyped_cell_is_code_again(notebook, name, kind):
    cell_in(notebook, name)["cell_type"] = kind
    found = repair(notebook)
    assert [(cell.cell_id, cell.source) for cell in found.cells] == WHOLE
    assert found.repairs == (f"{name}: the cell was of another type ({kind}). It was put back to code.",)


@pytest.mark.parametrize("name", ["setup", "given", "share-test"])
def test_a_changed_locked_cell_is_the_released_one(notebook, name):
    cell_in(notebook, name)["source"] += "\nshare_percent = 50"
    found = repair(notebook)
    assert [(cell.cell_id, cell.source) for cell in found.cells] == WHOLE
    assert found.repairs == (f"{name}: the cell must not be changed. The released one was used.",)


def test_what_editors_change_by_themselves_is_no_change(notebook):
    cell = cell_in(notebook, "setup")
    cell["source"] = [f"{line}  \r\n" for line in cell["source"].split("\n")]
    assert repair(notebook).repairs == ()


@pytest.mark.parametrize("keeps_id", [True, False])
def test_cells_that_lost_their_marks_are_recognised(notebook, keeps_id):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell["id"] = cell["id"] if keeps_id else f"other-{cell['id']}"
    found = repair(notebook)
    assert found.answers == RIGHT
    assert [cell.source for cell in found.cells] == [source for _name, source in WHOLE]
    assert (
        "share: the cell had lost its mark for grading. It was recognised and marked again." in found.repairs
    )


def test_the_first_cell_comes_first(notebook):
    cells = notebook["cells"]
    cells.append(cells.pop(position(notebook, "setup")))
    found = repair(notebook)
    assert found.cells[0].cell_id == "setup"
    assert found.repairs == ("setup: the cell was not the first. It was moved to the front.",)


@pytest.mark.parametrize("metadata", [None, [], {"nbgrader": 3}, {"nbgrader": {"grade_id": ["x"]}}])
def test_nonsense_for_metadata_is_looked_through(notebook, metadata):
    cell_in(notebook, "share")["metadata"] = metadata
    assert repair(notebook).answers["share"] == RIGHT["share"]


def test_an_empty_notebook_gets_all_that_is_locked():
    found = repair_cells([], RELEASED, EXERCISES)
    assert [cell.cell_id for cell in found.cells] == ["setup", "given", "share-test", "best-test"]
    assert len(found.repairs) == 6
