"""Grade a lab: each submission mended, run apart from everything, and its answers judged against the truth.

A student's code runs in the sandbox, which knows neither seed nor truth nor tests; what comes out are values,
which are judged here, where no student's code ever runs.
"""

import datetime as dt
import json
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from leadline.course.cells import Cell, find_exercises
from leadline.course.folder import Course, Student
from leadline.course.grades import LabGrades, StudentGrade, read_grades
from leadline.course.grading.preflight import SEEDS, check_lab
from leadline.course.grading.repair import Repaired, repair_cells
from leadline.course.grading.submission import Submission, read_submission
from leadline.course.judging import judge_answers
from leadline.course.labs import read_lab
from leadline.course.opening import DATA_FOLDER, NOTE_FILE
from leadline.course.releasing import make_tables, student_notebook, write_data
from leadline.course.releasing.release import read_zip
from leadline.course.sandbox import Ran, Sandbox, check_environment, find_missing_protections
from leadline.course.worlds import find_seed
from leadline.errors import DataError, ParameterError
from leadline.language import _

#: What the sandbox says of an answer that was left as ``...``.
_LEFT_OUT = {"unreadable": type(...).__name__}


def grade_lab(
    course: Course,
    lab: str,
    *,
    students: Sequence[str] = (),
    workers: int = 2,
    sandbox: Sandbox | None = None,
) -> LabGrades:
    """Grade what the students of the roster handed in; writes nothing.

    Parameters
    ----------
    course
        With its roster.
    lab
        Its name.
    students
        Ids of those to grade; the others keep the grades they have. Everybody if empty.
    workers
        Submissions that run at once; the grades do not depend on it.
    sandbox
        One that is started already; without it one with the course's limits.

    Raises
    ------
    ParameterError
        If there is no such lab, nobody to grade, or only some are to be graded by another notebook than the
        others were.
    DataError
        If the notebook is faulty, a student is not in the roster, or the data are not those released.
    RunError
        If the grading environment is broken, or a test fails for some student. Then nobody is graded.
    """
    path = course.find_source(lab)
    source, digest = read_lab(path), sha256(path.read_bytes()).hexdigest()
    chosen = [course.find_student(name) for name in dict.fromkeys(students)] or list(course.students)
    if not chosen:
        raise ParameterError(
            _("Nobody is in the roster. Write student_id,name of each student into roster.csv.")
        )
    others = _find_others(course, lab, digest) if students else {}
    check_lab(lab, source, seeds=SEEDS[:1])
    with nullcontext(sandbox) if sandbox else Sandbox(course.limits) as started:
        check_environment(started)
        unprotected = find_missing_protections(started)
        grader = _Grader(course, lab, source, started)
        graded = {grade.student_id: grade for grade in _grade_all(grader, chosen, workers)}
    return LabGrades(
        lab=lab,
        graded=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        notebook_sha256=digest,
        students=tuple(
            grade
            for student in course.students
            if (grade := graded.get(student.student_id) or others.get(student.student_id))
        ),
        unprotected=unprotected,
    )


def _find_others(course: Course, lab: str, digest: str) -> dict[str, StudentGrade]:
    before = read_grades(course.find_grades(lab))
    if before is None:
        return {}
    if before.notebook_sha256 != digest:
        raise ParameterError(
            _(
                "The notebook of {lab} has changed since the others were graded. Grade everybody: leadline "
                "course grade {lab}",
                lab=lab,
            )
        )
    return {grade.student_id: grade for grade in before.students}


def _grade_all(grader: "_Grader", students: Sequence[Student], workers: int) -> list[StudentGrade]:
    pool = ThreadPoolExecutor(workers)
    try:
        runs = [pool.submit(copy_context().run, grader.grade, student.student_id) for student in students]
        return [run.result() for run in runs]
    finally:
        pool.shutdown(cancel_futures=True)


class _Grader:
    """Grades one student at a time in each of several threads."""

    def __init__(self, course: Course, lab: str, source: Mapping[str, Any], sandbox: Sandbox) -> None:
        self._course, self._lab, self._sandbox = course, lab, sandbox
        self._cells: list[Cell] = source["cells"]
        self._released: list[Cell] = student_notebook(source)["cells"]
        self._exercises = find_exercises(self._cells)
        self._key = course.read_secret()
        #: Who sits is known to the whole process: one at a time. Submissions run beside it.
        self._judging = threading.Lock()

    def grade(self, student_id: str) -> StudentGrade:
        points = sum(exercise.points for exercise in self._exercises)
        submission = read_submission(self._course.find_submission(student_id, self._lab))
        if submission is None:
            return StudentGrade(student_id=student_id, status="not handed in", score=0, points=points)
        repaired = repair_cells(submission.cells, self._released, self._exercises)
        started = time.monotonic()
        ran = self._run(student_id, submission, repaired)
        seconds = round(time.monotonic() - started, 2)
        answers = {name: value for name, value in ran.answers.items() if value != _LEFT_OUT}
        with self._judging:
            judgements = judge_answers(
                self._cells, answers, student_id=student_id, seed=find_seed(self._key, student_id)
            )
        return StudentGrade(
            student_id=student_id,
            status="graded",
            score=round(sum(judgement.score for judgement in judgements), 2),
            points=points,
            judgements=judgements,
            repairs=submission.notes if submission.fault else (*submission.notes, *repaired.repairs),
            errors={cell: error for cell, error in ran.errors.items() if cell not in repaired.blank},
            ended=ran.ended,
            answers=repaired.answers,
            seconds=seconds,
        )

    def _run(self, student_id: str, submission: Submission, repaired: Repaired) -> Ran:
        if submission.fault:
            return Ran({}, {}, ended=submission.fault)
        wanted = sorted({name for exercise in self._exercises for name in exercise.answers})
        with TemporaryDirectory() as folder:
            data = Path(folder) / DATA_FOLDER
            with self._judging:
                self._make_data(student_id, data)
            return self._sandbox.run(repaired.cells, wanted, data, hidden=[self._course.place])

    def _make_data(self, student_id: str, folder: Path) -> None:
        """Make the student's tables anew, and see that they are those that were handed out."""
        seed = find_seed(self._key, student_id)
        tables = make_tables(self._cells, student_id=student_id, seed=seed)
        made = write_data(tables, folder, lab=self._lab, student_id=student_id)
        released = self._read_released(student_id)
        if released not in (None, made):
            raise DataError.of(
                _("{lab} cannot be graded; nobody was", lab=self._lab),
                _(
                    "the data of {student} are not those that were handed out: what makes them in the first "
                    "code cell has changed. Undo the change, or release with --again and have the lab handed "
                    "in anew.",
                    student=repr(student_id),
                ),
            )

    def _read_released(self, student_id: str) -> dict[str, str] | None:
        """Return the checksums of the tables that were handed out; None where nothing was."""
        place = self._course.find_release(self._lab, student_id)
        files = read_zip(place.with_name(f"{self._lab}-{student_id}.zip")) or {}
        try:
            return dict(json.loads(files[f"{self._lab}/{DATA_FOLDER}/{NOTE_FILE}"])["tables"])
        except (KeyError, ValueError, TypeError):
            return None
