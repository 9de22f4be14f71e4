"""What a student is given: a notebook without solutions, and tables of a market of one's own."""

from leadline.course.releasing.data import make_tables, write_data
from leadline.course.releasing.leaks import find_leaks
from leadline.course.releasing.notebook import student_notebook, write_notebook
from leadline.course.releasing.release import Released, release_lab

__all__ = [
    "Released",
    "find_leaks",
    "make_tables",
    "release_lab",
    "student_notebook",
    "write_data",
    "write_notebook",
]
