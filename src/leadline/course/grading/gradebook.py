"""The class's grades as one table, for a spreadsheet or a school's own grade book."""

from pathlib import Path

import pandas as pd

from leadline.course.folder import Course
from leadline.course.grades import read_grades
from leadline.data.export import write_table
from leadline.errors import ParameterError
from leadline.language import _

GRADEBOOK_FILE = "grades.csv"


def write_gradebook(course: Course) -> Path:
    """Write ``grades.csv``: one row a student of the roster, in points.

    The columns are ``student_id``, ``name``, one a graded lab, ``total``, and ``percent`` of the points of
    the labs that the student has a grade for. A lab not handed in counts 0; one graded before the student was
    in the roster is empty.

    Raises
    ------
    ParameterError
        If no lab was graded yet.
    DataError, RunError
        If grades cannot be read, or the file cannot be written.
    """
    graded = {lab: found for lab in course.labs() if (found := read_grades(course.find_grades(lab)))}
    if not graded:
        raise ParameterError(_("No lab was graded yet. Run: leadline course grade LAB"))
    rows = []
    for student in course.students:
        grades = {lab: found.find(student.student_id) for lab, found in graded.items()}
        total = sum((grade.score for grade in grades.values() if grade), start=0.0)
        points = sum(grade.points for grade in grades.values() if grade)
        scores = {lab: float(grade.score) if grade else None for lab, grade in grades.items()}
        percent = round(100 * total / points, 1) if points else None
        rows.append(
            {"student_id": student.student_id, "name": student.name}
            | scores
            | {"total": round(total, 2), "percent": percent}
        )
    path = course.place / GRADEBOOK_FILE
    write_table(pd.DataFrame(rows), path)
    return path
