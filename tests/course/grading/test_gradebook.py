"""The class's grades as a table that a spreadsheet opens."""

import pytest

from leadline.course.folder import open_course
from leadline.course.grades import LabGrades, StudentGrade, write_grades
from leadline.course.grading import write_gradebook
from leadline.errors import DataError, ParameterError
from tests.course.releasing.tiny import make_class, make_lab, save_source


@pytest.fixture
def course(tmp_path):
    made = make_class(tmp_path / "course")
    save_source(made, make_lab(), lab="second")
    return made


def grade(course, lab, points, **scores):
    students = tuple(
        StudentGrade(student_id=name, status="graded", score=score, points=points)
        for name, score in scores.items()
    )
    graded = LabGrades(lab=lab, graded="2026-01-01", notebook_sha256="", students=students)
    write_grades(course.find_grades(lab), graded)


def test_one_row_a_student_one_column_a_graded_lab(course):
    grade(course, "tiny", 3, ann=3, bob=1.25, gone=2)
    assert write_gradebook(course).read_text("utf-8-sig").splitlines() == [
        "student_id,name,tiny,total,percent",
        "ann,Ann,3.0,3.0,100.0",
        "bob,Bob,1.25,1.25,41.7",
        "cho,Cho,,0.0,",
    ]
    grade(course, "second", 7, ann=0.0, bob=7.0, cho=7.0)
    assert write_gradebook(course).read_text("utf-8-sig").splitlines() == [
        "student_id,name,second,tiny,total,percent",
        "ann,Ann,0.0,3.0,3.0,30.0",
        "bob,Bob,7.0,1.25,8.25,82.5",
        "cho,Cho,7.0,,7.0,100.0",
    ]


@pytest.mark.covers("exports", "formula_grade_book")
def test_a_name_runs_nothing_in_a_spreadsheet(course):
    (course.place / "roster.csv").write_text('student_id,name\nann,"=HYPERLINK(1)"\nbob,李雷\n', "utf-8")
    grade(course, "tiny", 3, ann=3)
    raw = write_gradebook(open_course(course.place)).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "ann,'=HYPERLINK(1)," in raw.decode("utf-8-sig")
    assert "bob,李雷," in raw.decode("utf-8-sig")


def test_without_grades_there_is_nothing_to_write(course):
    with pytest.raises(ParameterError, match="No lab was graded yet"):
        write_gradebook(course)
    course.find_grades("tiny").parent.mkdir()
    course.find_grades("tiny").write_text("{}")
    with pytest.raises(DataError, match="cannot be read"):
        write_gradebook(course)
