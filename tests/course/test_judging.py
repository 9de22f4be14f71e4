"""Plain values are judged by the instructor's cells; a fault there grades nobody. And rehearsals of it."""

import pytest

from leadline.course.judging import judge_answers
from leadline.course.rehearsal import rehearse
from leadline.course.sitting import current_sitting
from leadline.errors import RunError
from tests.course.releasing.tiny import cell_of, make_lab


def judged(notebook, **answers):
    return judge_answers(notebook["cells"], answers, student_id="ann", seed=7)


def test_answers_are_judged_in_order_and_absent_ones_are_missing():
    found = judged(make_lab(), best="hold-out")
    assert [(one.exercise, one.kind, one.score) for one in found] == [
        ("share", "missing", 0),
        ("best", "right", 1),
    ]
    assert current_sitting() is None


def test_each_student_is_judged_by_the_market_of_that_student():
    cells = make_lab()["cells"]
    kinds = {
        judge_answers(cells, {"share_percent": 8.9}, student_id="x", seed=seed)[0].kind for seed in range(12)
    }
    assert kinds == {"right", "wrong"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "holders = judge",
            "1 / 0\nholders = judge",
            "exercise 'share' fails for student 'ann': ZeroDivisionError",
        ),
        ("holders = judge", "print(undefined)\nholders = judge", "NameError"),
        ('judge.number("share"', 'judge.number("other"', "must judge it once, but judged: other"),
    ],
)
def test_a_faulty_test_is_no_students_fault(old, new, told):
    notebook = make_lab()
    cell = cell_of(notebook, "share-test")
    cell["source"] = cell["source"].replace(old, new)
    with pytest.raises(RunError, match=told):
        judged(notebook, share_percent=1)


def test_a_rehearsal_runs_solutions_or_what_is_planted():
    cells = make_lab()["cells"]
    assert [one.credit for one in rehearse(cells, seed=3)] == [1, 1]
    planted = {"share": 'share_percent = lab["city"]["holds_account"].sum()', "best": "1 / 0"}
    assert [(one.kind, one.mistake) for one in rehearse(cells, seed=3, changed=planted)] == [
        ("mistake", "counted"),
        ("missing", ""),
    ]
    notebook = make_lab()
    cell_of(notebook, "given")["source"] = "1 / 0"
    with pytest.raises(ZeroDivisionError):
        rehearse(notebook["cells"], seed=3)
