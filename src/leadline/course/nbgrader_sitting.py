"""Whose submission a hidden test judges when it runs inside a notebook: nbgrader's autograde, or nobody's."""

import os
from pathlib import Path

from leadline.course.folder import SETTINGS_FILE, open_course
from leadline.course.sitting import Sitting
from leadline.course.worlds import DEMO_SEED, find_seed
from leadline.language import use_language

#: Names the course folder to nbgrader's kernel, which works in ``autograded/<student>/<lab>``.
COURSE_VARIABLE = "LEADLINE_COURSE"


def find_sitting() -> Sitting:
    """Begin the sitting of the student in whose folder nbgrader works; elsewhere a demonstration's.

    An instructor's own notebook, in ``source/<lab>`` of a course, speaks that course's language.

    Raises
    ------
    DataError
        If the course folder named by ``LEADLINE_COURSE`` cannot be used, or has no such student.
    """
    place = os.environ.get(COURSE_VARIABLE)
    if not place:
        around = Path.cwd().parent.parent
        if (around / SETTINGS_FILE).is_file():
            use_language(open_course(around).language)
        return Sitting("demo", DEMO_SEED)
    course = open_course(Path(place))
    student = course.find_student(Path.cwd().parent.name)
    seed = find_seed(course.read_secret(), student.student_id)
    return Sitting(student.student_id, seed)
