"""A course by its commands: made, checked, released, graded, graded again."""

import shutil
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from leadline.cli import app
from leadline.course.folder import open_course
from leadline.errors import DataError, ParameterError
from tests.course.grading.class_of import fill, hand_in
from tests.course.releasing.tiny import cell_of, make_class, make_lab, save_source


@pytest.fixture
def place(tmp_path):
    return tmp_path / "course"


@pytest.fixture
def call(place):
    def call(*arguments):
        return CliRunner().invoke(app, ["course", *arguments, "--course", str(place)])

    return call


def test_new_makes_a_course_in_its_language_and_adds_labs_later(place):
    def new(*arguments):
        return CliRunner().invoke(app, ["course", "new", str(place), *arguments])

    made = new("--name", "金融科技营销", "--language", "zh", "--labs", "lab1_survey")
    assert made.exit_code == 0, made.output
    course = open_course(place)
    assert (course.name, course.language, course.labs()) == ("金融科技营销", "zh", ("lab1_survey",))
    assert "调查" in course.find_source("lab1_survey").read_text("utf-8")
    course.find_source("lab1_survey").write_text("mine", "utf-8")
    assert new("--labs", "lab1_survey", "--labs", "lab5_uplift").exit_code == 0
    assert open_course(place).labs() == ("lab1_survey", "lab5_uplift")
    assert course.find_source("lab1_survey").read_text("utf-8") == "mine"
    unknown = new("--labs", "lab9")
    assert isinstance(unknown.exception, ParameterError)
    assert "there is no lab 'lab9'" in str(unknown.exception)


def test_a_class_is_taught(place, call, tmp_path):
    make_class(place, ids=("ann", "bob"))
    assert "tiny can be released" in call("check", "tiny").stdout
    released = call("release", "tiny")
    assert "2 students (2 new, 0 changed)" in released.stdout
    with ZipFile(place / "release/tiny/tiny-ann.zip") as archive:
        archive.extractall(tmp_path / "ann")
    student = str(tmp_path / "ann/tiny/tiny.ipynb")
    checked = CliRunner().invoke(app, ["course", "check", student])
    assert "Still blank: share, best." in checked.stdout
    assert "0 exercises are answered" in checked.stdout

    course = open_course(place)
    hand_in(course, "ann", fill())
    graded = call("grade", "tiny")
    assert "tiny: 1 submission graded, 1 not handed in; mean 3.00 of 3 points." in graded.stdout
    first = course.find_grades("tiny").read_bytes()

    notebook = make_lab()
    test = cell_of(notebook, "best-test")
    test["source"] = test["source"].replace("points=1", "points=2")
    test["metadata"]["nbgrader"]["points"] = 2
    save_source(course, notebook)
    dry = call("grade", "tiny", "--dry-run")
    assert "1 score changes: 1 higher, 0 lower." in dry.stdout
    assert "ann: 3 → 4 (best)" in dry.stdout
    assert "Nothing was written." in dry.stdout
    assert course.find_grades("tiny").read_bytes() == first

    pages = call("feedback", "tiny").stdout.split()
    assert pages == [str(course.find_feedback(name, "tiny")) for name in ("ann", "bob")]
    assert call("gradebook").stdout.strip() == str(place / "grades.csv")
    assert call("page").exit_code == 0


def test_a_faulty_lab_is_not_released(place, call):
    course = make_class(place)
    notebook = make_lab()
    cell_of(notebook, "best-test")["metadata"]["nbgrader"]["points"] = 5
    save_source(course, notebook)
    for command in ("check", "release", "grade"):
        failed = call(command, "tiny")
        assert isinstance(failed.exception, DataError)
        assert "best: the points of the cell are 5, its test judges 1." in str(failed.exception)
    assert not (place / "release").exists()


def test_problems_are_told_in_the_language_of_the_course(place, call):
    make_class(place, language="zh")
    shutil.rmtree(place / "source")
    told = str(call("grade", "tiny").exception)
    assert "无" in told  # the labs that there are
