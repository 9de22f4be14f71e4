"""Grade a class: labs checked, submissions mended, run apart and judged; grades compared and exported."""

from leadline.course.grading.changes import ScoreChange, find_changes, save_grades
from leadline.course.grading.grade import grade_lab
from leadline.course.grading.gradebook import write_gradebook
from leadline.course.grading.preflight import check_lab
from leadline.course.grading.self_check import SelfCheck, check_notebook

__all__ = [
    "ScoreChange",
    "SelfCheck",
    "check_lab",
    "check_notebook",
    "find_changes",
    "grade_lab",
    "save_grades",
    "write_gradebook",
]
