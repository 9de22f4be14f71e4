"""The page that a student gets back: what was earned, what went wrong and why, what to read again.

It shows no truth, no hidden test and no other student; each page is searched for them before any is written.
"""

import json
from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from markupsafe import Markup

from leadline.course.cells import grade_id, source_of
from leadline.course.folder import Course
from leadline.course.grades import LabGrades, StudentGrade, read_grades
from leadline.course.judgement import Judgement
from leadline.course.labs import read_lab
from leadline.course.pages.outline import Outlined, find_title, outline
from leadline.course.pages.page import render_course_page, write_points
from leadline.course.releasing import find_leaks, student_notebook
from leadline.course.secrets import find_secrets
from leadline.durable import replace_file
from leadline.errors import DataError, ParameterError
from leadline.language import _, format_value, use_language
from leadline.report.code import highlight_code
from leadline.report.head import write_date
from leadline.report.intake import cut_text

_SIGNS = {"right": ("good", "✓"), "mistake": ("unsure", "◆"), "wrong": ("bad", "✗")}
_NO_ANSWER = ("neutral", "–")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One exercise on the page. ``code`` is the student's own, empty where it is not known."""

    heading: str
    points: str
    verdict: str
    sign: str
    word: str
    text: str
    readings: tuple[str, ...]
    code: Markup


def write_feedback(course: Course, lab: str) -> list[Path]:
    """Write the page of every student with a grade: ``feedback/<student>/<lab>/<lab>.html``.

    Returns
    -------
    list of Path
        The pages, in the order of the grades.

    Raises
    ------
    ParameterError
        If there is no such lab, or it was not graded yet.
    DataError
        If a page would show what must stay hidden; then none is written.
    """
    return copy_context().run(_write, course, lab)


def _write(course: Course, lab: str) -> list[Path]:
    use_language(course.language)
    notebook, grades = read_lab(course.find_source(lab)), read_grades(course.find_grades(lab))
    if grades is None:
        raise ParameterError(_("{lab} was not graded yet. Run: leadline course grade {lab}", lab=lab))
    exercises, secrets = outline(notebook), find_secrets(course)
    visible = "\n".join(source_of(cell) for cell in student_notebook(notebook)["cells"])
    letters = "".join(sorted(set(repr((course, grades, exercises, visible)))))  # one font for all pages
    pages: dict[Path, bytes] = {}
    leaks: list[str] = []
    for grade in grades.students:
        answers = read_answers(course, lab, grade)
        page = _render(course, grades, grade, (find_title(notebook) or lab, exercises, answers), letters)
        own = "\n".join([visible, *answers.values(), *_list_messages(grade)])
        leaks += _search(page, notebook, secrets, own, grade.student_id)
        pages[course.find_feedback(grade.student_id, lab)] = page
    if leaks:
        raise DataError(_("Students would see what must stay hidden; no feedback was written"), leaks)
    for path, page in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, page)
    return list(pages)


def read_answers(course: Course, lab: str, grade: StudentGrade) -> dict[str, str]:
    """Return the student's own source of each exercise, from the grades or from what was handed in."""
    if grade.answers:
        return dict(grade.answers)
    try:
        cells = json.loads(course.find_submission(grade.student_id, lab).read_text("utf-8-sig"))["cells"]
        return {
            grade_id(cell): source_of(cell) for cell in cells if isinstance(cell, dict) and grade_id(cell)
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _list_messages(grade: StudentGrade) -> list[str]:
    judged = [judgement.text for judgement in grade.judgements]
    return [*judged, *grade.repairs, *grade.errors.values(), grade.ended]


def _search(
    page: bytes, notebook: Mapping[str, Any], secrets: list[str], own: str, student_id: str
) -> list[str]:
    with TemporaryDirectory() as folder:
        place = Path(folder) / f"{student_id}.html"
        place.write_bytes(page)
        return find_leaks(place, notebook, secrets, own=own)


def _render(
    course: Course,
    grades: LabGrades,
    grade: StudentGrade,
    lab: tuple[str, list[Outlined], Mapping[str, str]],
    letters: str,
) -> bytes:
    title, exercises, answers = lab
    known = {outlined.exercise.name: outlined for outlined in exercises}
    tests = {outlined.exercise.test_id for outlined in exercises}
    told = [_tell(judgement, known.get(judgement.exercise), answers) for judgement in grade.judgements]
    names = {student.student_id: student.name for student in course.students}
    share = grade.score / grade.points if grade.points else 0.0
    page = {
        "title": title,
        "course": course.name,
        "student": " ".join(filter(None, [grade.student_id, names.get(grade.student_id)])),
        "date": write_date(grades.graded),
        "points": write_points(grade.score, grade.points),
        "share": format_value(share, "share"),
        "is_in": grade.status == "graded",
        "is_late": grade.is_late,
        "ended": cut_text(grade.ended),
        "repairs": [cut_text(repair) for repair in grade.repairs],
        "errors": [
            (_name_cell(cell, known), cut_text(error))
            for cell, error in grade.errors.items()
            if cell not in tests  # they repeat what the exercise says
        ],
        "is_judged": any(judgement.kind != "missing" for judgement in grade.judgements),
        "exercises": told,
        "right": sum(one.verdict == "good" for one in told),
    }
    return render_course_page("course_feedback.html.j2", page, told=letters)


def _tell(judgement: Judgement, outlined: Outlined | None, answers: Mapping[str, str]) -> Told:
    verdict, sign = _SIGNS.get(judgement.kind, _NO_ANSWER)
    words = {
        "right": _("right"),
        "mistake": _("a misconception"),
        "wrong": _("not right"),
        "missing": _("not answered"),
        "form": _("not an answer of the kind asked for"),
    }
    return Told(
        heading=outlined.heading if outlined else judgement.exercise,
        points=write_points(judgement.score, judgement.points),
        verdict=verdict,
        sign=sign,
        word=words.get(judgement.kind, ""),
        text=judgement.text if judgement.kind != "right" else "",
        readings=outlined.readings if outlined and judgement.kind != "right" else (),
        code=highlight_code(cut_text(answers.get(judgement.exercise, ""))),
    )


def _name_cell(cell_id: str, known: Mapping[str, Outlined]) -> str:
    return known[cell_id].heading if cell_id in known else _("Cell {name}", name=cut_text(cell_id))
