"""Judge answers by an instructor's test cells, against the truth of one student's market.

The answers are plain values; no code of a student runs here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from leadline.course.cells import Cell, Exercise, find_exercises, role, source_of
from leadline.course.judgement import Judgement
from leadline.course.sitting import Sitting, seated
from leadline.errors import RunError
from leadline.language import _


def judge_answers(
    cells: Sequence[Cell], answers: Mapping[str, Any], *, student_id: str, seed: int
) -> tuple[Judgement, ...]:
    """Judge the answers of one student to all exercises of a lab.

    Parameters
    ----------
    cells
        Of the instructor's notebook.
    answers
        Variable → value; one that is absent counts as not answered.
    student_id, seed
        Whose they are, and the seed of the market of that student.

    Returns
    -------
    tuple of Judgement
        One an exercise, in the notebook's order.

    Raises
    ------
    RunError
        If a test cell fails: the fault is the lab's, whatever the answer, and nobody can be graded by it.
    """
    exercises = {exercise.test_id: exercise for exercise in find_exercises(list(cells))}
    with seated(Sitting(student_id, seed, is_quiet=True)) as sitting:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for cell in cells:
            if role(cell) != "test":
                continue
            exercise = exercises.get(cell["metadata"]["nbgrader"]["grade_id"])
            for name in exercise.answers if exercise else ():
                namespace[name] = answers.get(name, ...)
            _run_test(cell, namespace, exercise, sitting)
    return tuple(sitting.judgements)


def _run_test(cell: Cell, namespace: dict[str, Any], exercise: Exercise | None, sitting: Sitting) -> None:
    before = len(sitting.judgements)
    name = exercise.name if exercise else cell["metadata"]["nbgrader"]["grade_id"]
    try:
        exec(compile(source_of(cell), f"<{name}>", "exec"), namespace)  # noqa: S102 (the instructor's own code)
    except Exception as error:
        raise RunError(
            _(
                "The test of exercise {exercise} fails for student {student}: {kind}: {reason}. Mend the "
                "instructor's notebook; nobody is graded by a faulty test.",
                exercise=repr(name),
                student=repr(sitting.student_id),
                kind=type(error).__name__,
                reason=error,
            )
        ) from error
    found = [judgement.exercise for judgement in sitting.judgements[before:]]
    if found != ([exercise.name] if exercise else []):
        raise RunError(
            _(
                "The test of exercise {exercise} must judge it once, but judged: {found}.",
                exercise=repr(name),
                found=_(", ").join(found) or _("nothing"),
            )
        )
