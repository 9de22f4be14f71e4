"""The file of a lab's grades: ``grades/<lab>.json``, written whole or not at all."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from leadline.course.judgement import Judgement
from leadline.durable import replace_file
from leadline.errors import DataError
from leadline.language import _

_SCHEMA_VERSION = 1
Status = Literal["graded", "not handed in"]


@dataclass(frozen=True, kw_only=True)
class StudentGrade:
    """What one student gets for one lab, and why.

    ``judgements`` stand in the notebook's order. ``repairs`` tell what of the notebook was mended before,
    ``errors`` maps the id of a cell to what it raised, ``ended`` says what ended the run early; empty where
    nothing did. ``answers`` maps the name of an exercise to the student's own source. ``seconds`` is how long
    it ran.
    """

    student_id: str
    status: Status
    score: float
    points: float
    judgements: tuple[Judgement, ...] = ()
    repairs: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    ended: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class LabGrades:
    """The grades of a lab. ``unprotected`` are protections that the grading machine could not give.

    ``graded`` is an ISO time, ``notebook_sha256`` that of the instructor's notebook.
    """

    lab: str
    graded: str
    notebook_sha256: str
    students: tuple[StudentGrade, ...]
    unprotected: tuple[str, ...] = ()

    def find(self, student_id: str) -> StudentGrade | None:
        """Return the grade of a student, None where there is none."""
        return next((grade for grade in self.students if grade.student_id == student_id), None)


def write_grades(path: Path, grades: LabGrades) -> None:
    """Write the file whole and durable."""
    tree = {"schema_version": _SCHEMA_VERSION} | asdict(grades)
    path.parent.mkdir(exist_ok=True)
    replace_file(path, (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace"))


def read_grades(path: Path) -> LabGrades | None:
    """Read the file; None where the lab was not graded yet.

    Raises
    ------
    DataError
        If it cannot be read, or is of another version.
    """
    try:
        return _read(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError.of(
            _("The grades in {path} cannot be read", path=path),
            _("{reason}. Grade the lab again with: leadline course grade LAB", reason=error),
        ) from None


def _read(tree: dict[str, Any]) -> LabGrades:
    if tree.pop("schema_version") != _SCHEMA_VERSION:
        raise ValueError(_("it is of another version of leadline"))
    students = tuple(_read_student(student) for student in tree.pop("students"))
    return LabGrades(**tree | {"students": students, "unprotected": tuple(tree["unprotected"])})


def _read_student(tree: dict[str, Any]) -> StudentGrade:
    judgements = tuple(Judgement(**judgement) for judgement in tree["judgements"])
    return StudentGrade(**tree | {"judgements": judgements, "repairs": tuple(tree["repairs"])})
