"""A class is graded: damaged and hostile submissions end in a grade that explains itself."""

import functools
import json
from dataclasses import replace

import pytest

from leadline.course.folder import open_course
from leadline.course.grades import read_grades
from leadline.course.grading import find_changes, grade_lab, save_grades
from leadline.course.grading.grade import sha256
from leadline.course.releasing import release_lab
from leadline.course.sandbox import Limits, Sandbox
from leadline.errors import DataError, ParameterError, RunError
from tests.course.grading.class_of import RIGHT, before_best, cell_in, damaged, fill, hand_in, hostile
from tests.course.releasing.tiny import cell_of, make_class, make_lab, save_source

LIMITS = "limits:\n  seconds: 4\n  memory_mb: 500\n  disk_mb: 20\n  processes: 32\n"


def open_limited(place):
    settings = place / "course.yml"
    head = settings.read_text("utf-8").partition("limits:")[0]
    settings.write_text(head + LIMITS, "utf-8")
    return open_course(place)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class in which everything that can happen has happened, graded once; and its secret before."""
    place = tmp_path_factory.mktemp("class") / "course"
    made = {
        **damaged(),
        **hostile(place),
        "right": fill(),
        "blank": fill({}),
        "planted": fill(RIGHT | {"share": 'share_percent = lab["city"]["holds_account"].sum()'}),
        "broken": b'{"cells": [',
    }
    make_class(place, ids=(*made, "absent"))
    course = open_limited(place)
    release_lab(course, "tiny")
    for student_id, notebook in made.items():
        hand_in(course, student_id, notebook)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    grades = grade_lab(course, "tiny")
    return course, grades, before


def test_the_whole_class_has_a_grade(graded):
    course, grades, _ = graded
    assert [one.student_id for one in grades.students] == [one.student_id for one in course.students]
    assert grades.notebook_sha256 == sha256(course.find_source("tiny").read_bytes()).hexdigest()
    assert all(one.points == 3 for one in grades.students)


def test_nothing_of_the_course_was_touched(graded):
    course, _, before = graded
    assert {path: path.read_bytes() for path in course.place.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("student_id", "score", "told"),
    [
        ("right", 3, ""),
        ("blank", 0, ""),
        ("planted", 1.5, "You counted, and did not divide."),
        ("duplicated", 3, "share: the cell was there 2 times. The last one that you changed counts."),
        ("deleted", 1, "share: the answer cell is missing."),
        ("retyped", 3, "share: the cell was of another type (markdown). It was put back to code."),
        ("kills", 2, "best"),
        ("loops", 2, "4 s"),
        ("reads", 1, "FileNotFoundError"),
        ("patches", 1, "Not right."),
        ("connects", 2, "Network is unreachable"),
        ("fills", 2, "OSError"),
        ("forks", 2, ""),
        ("broken", 0, "cannot be read as a notebook"),
    ],
)
def test_each_ends_in_a_grade_and_an_explanation(graded, student_id, score, told):
    grade = graded[1].find(student_id)
    texts = [
        *grade.repairs,
        grade.ended,
        *grade.errors.values(),
        *(judgement.text for judgement in grade.judgements),
    ]
    assert grade.status == "graded"
    assert grade.score == score, texts
    assert any(told in text for text in texts), texts
    assert len(grade.judgements) == 2


def test_who_forks_without_end_is_told_why(graded):
    grade = graded[1].find("forks")
    assert grade.ended or grade.errors


def test_deleted_cells_are_named(graded):
    told = graded[1].find("deleted").repairs
    assert "given: the cell was deleted. It was put back." in told
    assert "best-test: the cell was deleted. It was put back." in told


def test_nobody_who_handed_in_nothing_is_judged(graded):
    absent = graded[1].find("absent")
    assert (absent.status, absent.score, absent.judgements) == ("not handed in", 0, ())


def test_a_blank_exercise_raises_no_error_at_the_student(graded):
    blank = graded[1].find("blank")
    assert blank.errors == {}
    assert {judgement.kind for judgement in blank.judgements} == {"missing"}


def test_the_truth_is_in_no_text(graded):
    course, grades, _ = graded
    secret = course.read_secret().secret.decode()
    assert secret not in json.dumps([vars(one) for one in grades.students], default=str)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(seconds=4)) as started:
        yield started


@pytest.fixture
def regrade(course, sandbox):
    return functools.partial(grade_lab, course, "tiny", sandbox=sandbox)


@pytest.fixture
def course(tmp_path):
    make_class(tmp_path / "course", ids=("ann", "bob"))
    course = open_limited(tmp_path / "course")
    hand_in(course, "ann", fill())
    hand_in(course, "bob", before_best("", "share_percent = 1"))
    return course


def test_the_grades_do_not_depend_on_the_workers(course, regrade):
    one, two = (regrade(workers=workers) for workers in (1, 2))
    assert [replace(grade, seconds=0) for grade in one.students] == [
        replace(grade, seconds=0) for grade in two.students
    ]
    assert [grade.score for grade in one.students] == [3, 1]


def mend(course, old, new, ident):
    notebook = make_lab()
    cell = cell_of(notebook, ident)
    assert old in cell["source"]
    cell["source"] = cell["source"].replace(old, new)
    save_source(course, notebook)


def test_a_mended_exercise_changes_scores_and_says_whose(course, regrade):
    save_grades(course, regrade())
    before = read_grades(course.find_grades("tiny"))
    mend(course, "tolerance=0.5", "tolerance=100", "share-test")
    after = regrade()
    assert [vars(change) for change in find_changes(before, after)] == [
        {"student_id": "bob", "before": 1, "after": 3, "exercises": ("share",)}
    ]
    with pytest.raises(ParameterError, match="has changed since the others were graded"):
        regrade(students=["bob"])
    save_grades(course, after)
    assert read_grades(course.find_grades("tiny")) == after
    assert read_grades(course.find_grades("tiny").with_name("tiny.previous.json")) == before
    save_grades(course, after)  # no change: what was before stays
    assert read_grades(course.find_grades("tiny").with_name("tiny.previous.json")) == before


def test_one_student_is_graded_again_and_the_others_keep_their_grades(course, regrade):
    first = regrade()
    save_grades(course, first)
    hand_in(course, "bob", fill())
    hand_in(course, "ann", fill({}))
    again = regrade(students=["bob"])
    assert [grade.score for grade in again.students] == [3, 3]
    with pytest.raises(DataError, match="'zoe' is not in"):
        regrade(students=["zoe"])


def test_data_other_than_those_handed_out_are_refused(course, regrade):
    release_lab(course, "tiny")
    mend(course, "people.is_holder", "~people.is_holder", "setup")
    with pytest.raises(DataError, match="are not those that were handed out"):
        regrade()


def test_a_test_that_fails_for_one_student_stops_everything(course, regrade):
    mend(course, "holders = judge", 'assert share_percent != 1, "one"\nholders = judge', "share-test")
    with pytest.raises(RunError, match="exercise 'share' fails for student 'bob': AssertionError: one"):
        regrade()


def test_a_faulty_lab_grades_nobody(course, regrade):
    mend(course, 'best = "hold-out"', 'best = "before"', "best")
    with pytest.raises(DataError, match="best: the solution does not earn all points"):
        regrade()


def test_a_broken_environment_grades_nobody(course, monkeypatch):
    monkeypatch.setattr("leadline.course.sandbox.host.sys.executable", "/bin/false")
    with pytest.raises(RunError, match="nobody was graded"):
        grade_lab(course, "tiny")
    assert not course.find_grades("tiny").exists()


def test_students_write_no_tests_of_their_own(course, regrade):
    notebook = fill({})
    cell_in(notebook, "share-test")["source"] = "share_percent = 50.0\nprint('full points')"
    hand_in(course, "ann", notebook)
    ann = regrade(students=["ann"]).find("ann")
    assert ann.score == 0
    assert "share-test: the cell must not be changed. The released one was used." in ann.repairs
