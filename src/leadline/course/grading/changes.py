"""What a new grading changes: who, in which exercise, from how many points to how many."""

from dataclasses import dataclass

from leadline.course.folder import Course
from leadline.course.grades import LabGrades, StudentGrade, read_grades, write_grades
from leadline.durable import replace_file


@dataclass(frozen=True)
class ScoreChange:
    """One student's score (points) before and after; ``exercises`` are those that differ."""

    student_id: str
    before: float
    after: float
    exercises: tuple[str, ...]


def find_changes(before: LabGrades, after: LabGrades) -> tuple[ScoreChange, ...]:
    """Compare two gradings of a lab.

    Returns
    -------
    tuple of ScoreChange
        Of the students in both whose points differ, in the order of the roster.
    """
    changes = []
    for new in after.students:
        old = before.find(new.student_id)
        if old is None:
            continue
        exercises = _find_exercises(old, new)
        if exercises or old.score != new.score:
            changes.append(ScoreChange(new.student_id, old.score, new.score, exercises))
    return tuple(changes)


def save_grades(course: Course, grades: LabGrades) -> None:
    """Write a lab's grades; those before are kept beside them where any score differs."""
    path = course.find_grades(grades.lab)
    before = read_grades(path)
    if before is not None and find_changes(before, grades):
        replace_file(path.with_name(f"{grades.lab}.previous.json"), path.read_bytes())
    write_grades(path, grades)


def _find_exercises(old: StudentGrade, new: StudentGrade) -> tuple[str, ...]:
    scores = [{one.exercise: one.score for one in grade.judgements} for grade in (old, new)]
    return tuple(
        name for name in {**scores[1], **scores[0]} if scores[0].get(name, 0) != scores[1].get(name, 0)
    )
