"""The instructor's page: how the class did, what it misunderstood, which exercises did not work."""

from collections.abc import Mapping, Sequence
from contextvars import copy_context
from pathlib import Path
from typing import Any

from leadline.course.folder import Course
from leadline.course.grades import LabGrades, StudentGrade, read_grades
from leadline.course.instructor import SHARE_NOT_PERCENT
from leadline.course.labs import read_lab
from leadline.course.pages.items import (
    FEWEST_STUDENTS,
    TOO_EASY,
    TOO_FLAT,
    TOO_HARD,
    Item,
    analyse_items,
    count_misconceptions,
)
from leadline.course.pages.outline import Outlined, find_title, outline
from leadline.course.pages.page import render_course_page, write_points
from leadline.course.releasing.leaks import find_mistakes
from leadline.durable import replace_file
from leadline.language import _, format_value, plural, use_language
from leadline.language.formats import format_interval
from leadline.report.head import write_date
from leadline.report.templates import read_asset

PAGE_FILE = "course.html"
_BANDS = 10
_EXACT = 1e-9  # 0.3 of 1 point is three tenths, however it is stored
_MOST_MISCONCEPTIONS = 15


def write_instructor_page(course: Course) -> Path:
    """Write ``course.html`` over all graded labs, and return its path.

    It holds names and scores: it is for the instructor alone.

    Raises
    ------
    DataError
        If grades cannot be read.
    """
    return copy_context().run(_write, course)


def _write(course: Course) -> Path:
    use_language(course.language)
    found = [(lab, read_grades(course.find_grades(lab))) for lab in course.labs()]
    page = {
        "title": course.name,
        "students": plural("{count} student", "{count} students", len(course.students)),
        "labs": [_tell_lab(course, lab, grades) for lab, grades in found if grades is not None],
        "waiting": [lab for lab, grades in found if grades is None],
        "fewest": FEWEST_STUDENTS,
        "easy": format_value(TOO_EASY, "share"),
        "hard": format_value(TOO_HARD, "share"),
        "flat": format_value(TOO_FLAT, "number"),
    }
    path = course.place / PAGE_FILE
    told = render_course_page(
        "course_instructor.html.j2", page, told=repr(page), script=read_asset("page.js")
    )
    replace_file(path, told)
    return path


def _tell_lab(course: Course, lab: str, grades: LabGrades) -> dict[str, Any]:
    notebook = read_lab(course.find_source(lab))
    known = {outlined.exercise.name: outlined for outlined in outline(notebook)}
    graded = {grade.student_id: grade for grade in grades.students if grade.status == "graded"}
    handed_in = list(graded.values())
    missing = [
        " ".join(filter(None, [student.student_id, student.name]))
        for student in course.students
        if student.student_id not in graded
    ]
    points = max((grade.points for grade in handed_in), default=0.0)
    scores = sorted(grade.score for grade in handed_in)
    return {
        "name": lab,
        "title": find_title(notebook) or lab,
        "date": write_date(grades.graded),
        "count": len(handed_in),
        "is_small": len(handed_in) < FEWEST_STUDENTS,
        "answer": _summarise(scores, points, len(course.students)),
        "bands": _count_bands(scores, points),
        "missing": missing,
        "misconceptions": _tell_misconceptions(notebook, handed_in, known),
        "items": [_tell_item(item, known) for item in analyse_items(handed_in)],
        "unprotected": list(dict.fromkeys(grades.unprotected)),
        "ended": sum(bool(grade.ended) for grade in handed_in),
        "repaired": sum(bool(grade.repairs) for grade in handed_in),
        "changes": _tell_changes(course, lab, grades),
    }


def _summarise(scores: Sequence[float], points: float, roster: int) -> str:
    if not scores:
        return _("Nobody handed in.")
    middle = scores[len(scores) // 2] if len(scores) % 2 else sum(scores[len(scores) // 2 - 1 :][:2]) / 2
    return _(
        "{count} of {roster} handed in. Half of them earned at least {points}.",
        count=format_value(len(scores), "count"),
        roster=format_value(roster, "count"),
        points=write_points(middle, points),
    )


def _count_bands(scores: Sequence[float], points: float) -> list[dict[str, Any]]:
    """Count students by tenths of the points; the full score is in the last one."""
    if not scores or not points:
        return []
    counts = [0] * _BANDS
    for score in scores:
        counts[min(_BANDS - 1, int(_BANDS * score / points + _EXACT))] += 1
    return [
        {
            "name": _("{lower} to {upper}", lower=f"{10 * band}%", upper=f"{10 * band + 10}%"),
            "count": count,
            "width": round(100 * count / max(counts), 1),
        }
        for band, count in reversed(list(enumerate(counts)))
    ]


def _tell_misconceptions(
    notebook: Mapping[str, Any], handed_in: Sequence[StudentGrade], known: Mapping[str, Outlined]
) -> list[dict[str, Any]]:
    texts = {SHARE_NOT_PERCENT.name: _(SHARE_NOT_PERCENT.text)} | find_mistakes(notebook)
    return [
        {
            "exercise": _name(one.exercise, known),
            "text": texts.get(one.name, one.text),
            "count": one.count,
            "share": format_value(one.count / len(handed_in), "share"),
        }
        for one in count_misconceptions(handed_in)[:_MOST_MISCONCEPTIONS]
    ]


def _tell_item(item: Item, known: Mapping[str, Outlined]) -> dict[str, Any]:
    words = {"easy": _("too easy"), "hard": _("too hard"), "flat": _("hardly discriminates")}
    found = item.discrimination
    return {
        "exercise": _name(item.exercise, known),
        "points": format_value(item.points, "number"),
        "difficulty": format_value(item.difficulty, "share"),
        "raw_difficulty": item.difficulty,
        "discrimination": format_value(found.value if found else None, "index"),
        "raw_discrimination": found.value if found else "",
        "interval": format_interval(found.lower, found.upper, "index") if found else "",
        "flags": _(", ").join(words[flag] for flag in item.flags),
    }


def _tell_changes(course: Course, lab: str, grades: LabGrades) -> dict[str, Any] | None:
    """Compare with the grading before; None where there is none."""
    before = read_grades(course.find_grades(lab).with_suffix(".previous.json"))
    if before is None:
        return None
    pairs = [(old, new) for new in grades.students if (old := before.find(new.student_id)) is not None]
    changed = [(old, new) for old, new in pairs if old.score != new.score]
    return {
        "date": write_date(before.graded),
        "up": sum(new.score > old.score for old, new in changed),
        "down": sum(new.score < old.score for old, new in changed),
        "same": len(pairs) - len(changed),
        "rows": [
            (new.student_id, format_value(old.score, "number"), format_value(new.score, "number"))
            for old, new in changed
        ],
    }


def _name(exercise: str, known: Mapping[str, Outlined]) -> str:
    return known[exercise].heading if exercise in known else exercise
