"""Each fault that an instructor can build into a lab is found before a student meets it."""

import pytest

from leadline.course.grading.preflight import SEEDS, check_lab, find_problems
from leadline.errors import DataError
from tests.course.releasing.tiny import GIVEN, TEST, cell_of, make_cell, make_lab


def edit(ident, old, new):
    def change(notebook):
        cell = cell_of(notebook, ident)
        assert old in cell["source"]
        cell["source"] = cell["source"].replace(old, new)

    return change


def mark(ident, **values):
    def change(notebook):
        cell_of(notebook, ident)["metadata"]["nbgrader"] |= values

    return change


def drop(ident):
    return lambda notebook: notebook["cells"].remove(cell_of(notebook, ident))


def insert(place, cell):
    return lambda notebook: notebook["cells"].insert(place, cell)


FAULTS = [
    (mark("share", grade_id="best"), "grade_id more than once: best."),
    (mark("share", grade_id="the share"), "its grade_id must consist of letters"),
    (mark("share", schema_version=2), "schema_version must be 3"),
    (mark("share", cell_type="markdown"), "marked as markdown and is code"),
    (mark("share", grade=True, points=2), "both answer and test"),
    (mark("share-test", points=-1), "points must be a number"),
    (mark("share-test", points="2"), "points must be a number"),
    (mark("share-test", locked=False), "a test must be locked"),
    (lambda lab: cell_of(lab, "share-test")["metadata"]["nbgrader"].pop("points"), "it has no points"),
    (edit("share", "### END SOLUTION", ""), "BEGIN SOLUTION without END"),
    (edit("share", "SOLUTION", "solution"), "an answer cell needs ### BEGIN SOLUTION"),
    (
        edit("given", "city", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\ncity"),
        "a region HIDDEN TESTS belongs",
    ),
    (
        edit("reading", "Divide.", "### BEGIN MARK SCHEME\n### END MARK SCHEME"),
        "a region MARK SCHEME belongs",
    ),
    (edit("share", "share_percent = ...", "share_percent ="), "line 1: invalid syntax"),
    (
        edit("share-test", "### BEGIN HIDDEN TESTS", "judge\n### BEGIN HIDDEN TESTS"),
        "students would see judge",
    ),
    (drop("setup"), "the first code cell must be locked"),
    (insert(0, make_cell("code", "own", "1")), "the first code cell must be locked"),
    (drop("share-test"), "share has no test"),
    (drop("best-test"), "best has no test"),
    (drop("share"), "share-test follows no answer cell"),
    (mark("share-test", points=0), "share: its test has no points"),
    (edit("best", "best = ", "share_percent = 1\nbest = "), "share_percent is set in several answer cells"),
    (edit("best-test", "best", "worst"), "best: its test reads no variable"),
    (
        insert(4, make_cell("code", "own", "share_percent = 1")),
        "cell 5 sets share_percent, which is an answer",
    ),
    (mark("share-test", points=3), "share: the points of the cell are 3, its test judges 2"),
    (edit("best", '"hold-out"', '"before"'), "best: the solution does not earn all points: Before is no"),
    (
        edit("share", "= ...", '= 100 * lab["city"]["holds_account"].mean()'),
        "share: a blank answer earns points",
    ),
    (edit("share-test", "holders = judge", "holders = 1 / 0\nholders = judge"), "ZeroDivisionError"),
    (edit("given", "city = ", "1 / 0\ncity = "), "the solutions fail: ZeroDivisionError"),
    (
        insert(6, make_cell("code", "own", "1 / (share_percent - 0)")),
        "fails where answers are blank: TypeError",
    ),
    (
        edit("best-test", 'judge.choice("best"', 'judge.choice("share"'),
        "must judge it once, but judged: share",
    ),
]


def test_a_sound_lab_passes_on_every_seed():
    check_lab("tiny", make_lab())
    assert len(set(SEEDS)) == 5


@pytest.mark.parametrize(("plant", "told"), FAULTS)
def test_each_fault_is_found(plant, told):
    notebook = make_lab()
    plant(notebook)
    with pytest.raises(DataError) as caught:
        check_lab("tiny", notebook, seeds=SEEDS[:1])
    assert any(told in problem for problem in caught.value.problems), caught.value


def test_all_are_told_at_once_and_name_the_cell():
    notebook = make_lab()
    for plant in (mark("share", schema_version=1), mark("best-test", locked=False)):
        plant(notebook)
    assert list(find_problems(notebook["cells"])) == [
        "cell 6 (share): schema_version must be 3.",
        "cell 10 (best-test): a test must be locked.",
    ]


def test_a_lab_without_exercises_is_none():
    setup = make_cell("code", "setup", cell_of(make_lab(), "setup")["source"], TEST | {"points": 0})
    given = make_cell("code", "given", "1", GIVEN)
    assert list(find_problems([setup, given])) == ["there is no exercise."]
