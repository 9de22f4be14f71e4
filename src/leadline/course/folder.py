"""The course folder: settings, secret, roster, and where everything lies; nbgrader's own layout."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from leadline.course.sandbox.submission import Limits
from leadline.durable import replace_file
from leadline.errors import DataError, ParameterError
from leadline.language import LANGUAGES, N_, _
from leadline.parameters.secrets import SecretValue
from leadline.paths import find_taken
from leadline.plain_yaml import read_yaml
from leadline.shared_key import SharedKey, make_key_file, read_key

SETTINGS_FILE = "course.yml"
KEY_FILE = "course.key"
ROSTER_FILE = "roster.csv"
_HEADLINE = N_("The course in {place} cannot be used")
_STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_LAB = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Student:
    """One line of the roster; the ``name`` may be empty."""

    student_id: str
    name: str = ""


@dataclass(frozen=True)
class Course:
    """A course folder as it stands."""

    place: Path
    name: str
    language: str = "en"
    limits: Limits = field(default_factory=Limits)
    students: tuple[Student, ...] = ()

    def find_student(self, student_id: str) -> Student:
        """Return a student of the roster; DataError if there is none of this id."""
        for student in self.students:
            if student.student_id == student_id:
                return student
        raise DataError.of(
            _(_HEADLINE, place=self.place),
            _(
                "{student} is not in {roster}. Add a line, or correct the folder's name.",
                student=repr(student_id),
                roster=ROSTER_FILE,
            ),
        )

    def read_secret(self) -> SharedKey:
        """Read the course's secret; DataError if it is gone or open to others."""
        return read_key(SecretValue(f"file:{self.place / KEY_FILE}"))

    def labs(self) -> tuple[str, ...]:
        """Name the labs whose instructor's notebook is there."""
        notebooks = sorted((self.place / "source").glob("*/*.ipynb"))
        return tuple(path.stem for path in notebooks if path.stem == path.parent.name)

    def find_source(self, lab: str) -> Path:
        """Return the instructor's notebook of a lab; ParameterError if there is none."""
        path = self.place / "source" / lab / f"{lab}.ipynb"
        if not _LAB.fullmatch(lab) or not path.is_file():
            raise ParameterError(
                _(
                    "There is no lab {lab}. The labs of this course: {labs}.",
                    lab=repr(lab),
                    labs=_(", ").join(self.labs()) or _("none"),
                )
            )
        return path

    def find_release(self, lab: str, student_id: str) -> Path:
        """Return the folder that a student is given."""
        return self.place / "release" / lab / student_id

    def find_submission(self, student_id: str, lab: str) -> Path:
        """Return where a student's notebook lies once handed in."""
        return self.place / "submitted" / student_id / lab / f"{lab}.ipynb"

    def find_feedback(self, student_id: str, lab: str) -> Path:
        """Return where the page for a student is written."""
        return self.place / "feedback" / student_id / lab / f"{lab}.html"

    def find_grades(self, lab: str) -> Path:
        """Return the file of a lab's grades."""
        return self.place / "grades" / f"{lab}.json"


def open_course(place: Path) -> Course:
    """Open a course folder.

    Raises
    ------
    DataError
        If it is none, or its settings or roster are faulty; all problems at once.
    """
    if not (place / SETTINGS_FILE).is_file():
        raise DataError.of(
            _(_HEADLINE, place=place),
            _("there is no {file}. Make a course with: leadline course new FOLDER", file=SETTINGS_FILE),
        )
    settings = read_yaml(place / SETTINGS_FILE)
    problems: list[str] = []
    course = _read_settings(place, settings if isinstance(settings, dict) else {}, problems)
    students = _read_roster(place, problems)
    if problems:
        raise DataError(_(_HEADLINE, place=place), problems)
    return replace(course, students=students)


def make_course(place: Path, *, name: str, language: str) -> Course:
    """Make a course folder with a new secret and an empty roster; the labs come afterwards.

    Raises
    ------
    ParameterError
        If something is there already, or the language is unknown.
    """
    problems = [taken] if (taken := find_taken(place)) else []
    if language not in LANGUAGES:
        problems.append(_language_problem(language))
    if problems:
        raise ParameterError(_("The course cannot be made"), problems)
    place.mkdir(parents=True, exist_ok=True)
    make_key_file(place / KEY_FILE)
    limits = "\n".join(f"  {limit.name}: {limit.default}" for limit in fields(Limits))
    replace_file(place / ROSTER_FILE, b"\xef\xbb\xbfstudent_id,name\n")
    text = f'name: "{_quote(name)}"\nlanguage: {language}\nlimits:\n{limits}\n'
    replace_file(place / SETTINGS_FILE, text.encode())
    return open_course(place)


def _quote(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')


def _read_settings(place: Path, settings: dict[str, Any], problems: list[str]) -> Course:
    language = str(settings.get("language") or "en")
    if language not in LANGUAGES:
        problems.append(_language_problem(language))
    known = {limit.name for limit in fields(Limits)}
    limits: dict[str, int] = {}
    given = settings.get("limits") or {}
    for name, value in given.items() if isinstance(given, dict) else ():
        if name not in known:
            problems.append(
                _("limits: {name} is unknown. Known: {known}.", name=name, known=_(", ").join(sorted(known)))
            )
        elif not str(value).isdecimal() or int(value) < 1:
            problems.append(
                _(
                    "limits: {name} is {value}, must be a whole number, 1 or more.",
                    name=name,
                    value=repr(value),
                )
            )
        else:
            limits[name] = int(value)
    return Course(place, str(settings.get("name") or place.name), language, Limits(**limits))


def _language_problem(language: str) -> str:
    known = ", ".join(LANGUAGES)
    return _("language is {language}, must be one of {known}.", language=repr(language), known=known)


def _read_roster(place: Path, problems: list[str]) -> tuple[Student, ...]:
    """Read the roster as spreadsheets write it: UTF-8, or GB18030, which Chinese Excel writes."""
    try:
        raw = (place / ROSTER_FILE).read_bytes()
    except OSError as error:
        problems.append(_("{file} cannot be read: {reason}.", file=ROSTER_FILE, reason=error.strerror))
        return ()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    rows = csv.DictReader(io.StringIO(text))
    if "student_id" not in (rows.fieldnames or ()):
        problems.append(_("{file} has no column student_id.", file=ROSTER_FILE))
        return ()
    students = [
        Student((row["student_id"] or "").strip(), (row.get("name") or "").strip())
        for row in rows
        if any((value or "").strip() for value in row.values() if isinstance(value, str))
    ]
    problems.extend(_check_ids([student.student_id for student in students]))
    return tuple(students)


def _check_ids(ids: list[str]) -> Iterator[str]:
    """Ids name folders, also on disks that take a and A for the same."""
    unfit = [repr(text) for text in ids if not _STUDENT_ID.fullmatch(text) or text.endswith(".")]
    if unfit:
        yield _(
            "{file}: {count} student ids have other characters than letters, digits, _ . - or are longer "
            "than 32 ({first}).",
            file=ROSTER_FILE,
            count=len(unfit),
            first=_(", ").join(unfit[:3]),
        )
    folded = [text.casefold() for text in ids]
    twice = sorted({text for text in ids if folded.count(text.casefold()) > 1})
    if twice:
        yield _("{file}: twice there: {ids}.", file=ROSTER_FILE, ids=_(", ").join(twice[:5]))
