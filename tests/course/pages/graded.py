"""A graded class at the tiny lab; scores follow from a seed."""

import numpy as np

from leadline.course.cells import find_exercises
from leadline.course.grades import LabGrades, StudentGrade, write_grades
from leadline.course.judgement import Judgement
from leadline.course.labs import read_lab

COUNTED = "You counted, and did not divide. That is about 30 points off."


def judge_share(kind):
    made = {
        "right": {"credit": 1, "text": "Right."},
        "mistake": {"credit": 0.25, "text": COUNTED, "mistake": "counted"},
        "wrong": {"credit": 0, "text": "Not right. It is about 4 points off, more than chance explains."},
        "missing": {"credit": 0, "text": "Not answered."},
    }[kind]
    return Judgement(exercise="share", points=2, kind=kind, **made)


def judge_best(is_right):
    if is_right:
        return Judgement(exercise="best", points=1, credit=1, kind="right", text="Right.")
    told = "Before is no control group of after."
    return Judgement(exercise="best", points=1, credit=0, kind="mistake", text=told, mistake="before_after")


def grade_student(student_id, kind="right", is_right=True, **more):
    judgements = (judge_share(kind), judge_best(is_right))
    score = sum(judgement.score for judgement in judgements)
    known = {"status": "graded", "score": score, "points": 3.0, "judgements": judgements}
    return StudentGrade(student_id=student_id, **known | more)


def grade_class(course, students, *, day=20, name="tiny", suffix=".json", **more):
    assert find_exercises(read_lab(course.find_source(name))["cells"])
    graded = f"2026-11-{day}T09:00:00+00:00"
    grades = LabGrades(lab=name, graded=graded, notebook_sha256="0" * 64, students=tuple(students), **more)
    write_grades(course.find_grades(name).with_suffix(suffix), grades)
    return grades


def draw_class(ids, seed=5):
    """Able students tend to be right in both exercises."""
    rng = np.random.default_rng(seed)
    for name in ids:
        able = rng.random()
        kind = "right" if rng.random() < able else ("mistake" if rng.random() < 0.6 else "wrong")
        yield grade_student(name, kind, is_right=bool(rng.random() < able))
