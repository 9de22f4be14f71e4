"""``leadline course new | check | release | grade | feedback | gradebook | page | bundle | game``.

Imports wait until needed. What is told is told in the course's language.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.course_game import game
from leadline.language import LANGUAGES

if TYPE_CHECKING:
    from leadline.course.folder import Course
    from leadline.course.grades import LabGrades

_MOST_TOLD = 20
_COURSE = click.option(
    "--course",
    "folder",
    type=Path,
    default=Path(),
    metavar="FOLDER",
    help="The course folder; by default the working folder.",
)


@click.group()
def course() -> None:
    """Teach a class: labs released, graded against the truth, given back; a market game."""


course.add_command(game)


@course.command()
@click.argument("folder", type=Path)
@click.option("--name", help="Of the course, as pages show it.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Of labs, pages and messages.")
@click.option("--labs", multiple=True, metavar="LAB", help="A lab, once for each; all if none is named.")
def new(folder: Path, name: str | None, language: str | None, labs: tuple[str, ...]) -> None:
    """Make a course in a new FOLDER; in one that is there, add labs."""
    from leadline.course.adding import add_labs, find_labs
    from leadline.course.folder import ROSTER_FILE, SETTINGS_FILE, make_course
    from leadline.language import _, current_language

    notebooks = find_labs(labs)
    if not (folder / SETTINGS_FILE).is_file():
        make_course(folder, name=name or folder.resolve().name, language=language or current_language())
    made = _open(folder)
    added = add_labs(made, notebooks)
    click.echo(_("{folder}: labs added: {labs}.", folder=folder, labs=_(", ").join(added) or _("none")))
    click.echo(
        _(
            "Write student_id,name of each student into {roster}, then: leadline course release LAB "
            "--course {folder}",
            roster=folder / ROSTER_FILE,
            folder=folder,
        )
    )


@course.command()
@click.argument("lab", metavar="LAB|FILE.ipynb")
@_COURSE
def check(lab: str, folder: Path) -> None:
    """Check an instructor's LAB before it is released, or a student's FILE before it is handed in."""
    if lab.endswith(".zip") or ("/" in lab and not Path(lab).is_file()):
        from leadline.errors import ParameterError
        from leadline.language import _

        told = _("{file} is no notebook. Name an unpacked .ipynb file, or a lab of the course.", file=lab)
        raise ParameterError(told)
    if lab.endswith(".ipynb") and "### BEGIN " not in _peek(Path(lab)):
        _check_student(Path(lab))
        return
    from leadline.course.grading import check_lab
    from leadline.course.labs import read_lab
    from leadline.language import _

    path = Path(lab) if lab.endswith(".ipynb") else _open(folder).find_source(lab)
    check_lab(path.stem, read_lab(path))
    click.echo(
        _("{lab} can be released: its solutions earn all points, a blank notebook none.", lab=path.stem)
    )


@course.command()
@click.argument("lab")
@_COURSE
@click.option("--again", is_flag=True, help="Hand out anew what has changed since.")
def release(lab: str, folder: Path, again: bool) -> None:  # noqa: FBT001 (click's flag)
    """Make what each student is given for LAB: a notebook and data of a market of one's own."""
    from leadline.course.grading import check_lab
    from leadline.course.labs import read_lab
    from leadline.course.releasing import release_lab
    from leadline.language import _, plural

    found = _open(folder)
    check_lab(lab, read_lab(found.find_source(lab)))
    released = release_lab(found, lab, again=again)
    students = len(found.students)
    click.echo(
        plural(
            "{place} holds the lab for {count} student ({added} new, {changed} changed).",
            "{place} holds the lab for {count} students ({added} new, {changed} changed).",
            students,
            place=released.place,
            added=len(released.added),
            changed=len(released.changed),
        )
    )
    click.echo(_("Hand out {lab}-ID.zip to each. What comes back goes into {place}.",
                 lab=lab, place=found.find_submission("ID", lab)))  # fmt: skip


@course.command()
@click.argument("lab")
@_COURSE
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this one; once for each.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Runs at once.")
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
def grade(lab: str, folder: Path, students: tuple[str, ...], workers: int, dry_run: bool) -> None:  # noqa: FBT001 (click's flag)
    """Grade what was handed in for LAB against the truth of each student's market."""
    from leadline.course.grades import read_grades
    from leadline.course.grading import grade_lab, save_grades
    from leadline.language import _

    found = _open(folder)
    before = read_grades(found.find_grades(lab))
    grades = grade_lab(found, lab, students=students, workers=workers)
    if not dry_run:
        save_grades(found, grades)
    _tell_grades(grades)
    if before:
        _tell_changes(before, grades)
    if dry_run:
        click.echo(_("Nothing was written."))
    else:
        click.echo(_("Pages for the students: leadline course feedback {lab}", lab=lab))


@course.command()
@click.argument("lab")
@_COURSE
def feedback(lab: str, folder: Path) -> None:
    """Write the page of each student on LAB: points, and what went wrong and why."""
    from leadline.course.pages.feedback import write_feedback

    for path in write_feedback(_open(folder), lab):
        click.echo(path)


@course.command()
@_COURSE
def gradebook(folder: Path) -> None:
    """Write grades.csv, one row a student; prints its path."""
    from leadline.course.grading import write_gradebook

    click.echo(write_gradebook(_open(folder)))


@course.command()
@_COURSE
def page(folder: Path) -> None:
    """Write the instructor's page on the class; prints its path. It is not for students."""
    from leadline.course.pages.instructor import write_instructor_page

    click.echo(write_instructor_page(_open(folder)))


@course.command()
@_COURSE
@click.option("--out", type=Path, required=True, metavar="FILE.zip", help="The archive to write.")
@click.option("--student", default="", metavar="ID", help="Only this student's labs; all by default.")
@click.option("--wheels", type=Path, metavar="DIR", help="Packages that are there; else they are downloaded.")
@click.option(
    "--platform", default="", metavar="TAG", help="Of the classroom's computers, such as win_amd64."
)
@click.option("--python", default="", metavar="VERSION", help="Of the classroom's computers, such as 3.11.")
def bundle(folder: Path, out: Path, student: str, wheels: Path | None, platform: str, python: str) -> None:
    """Write one archive with which a classroom installs leadline and the labs without a network."""
    from leadline.course.bundle import Target, make_bundle

    target = Target(platform=platform, python=python)
    click.echo(make_bundle(_open(folder), out, student=student, target=target, wheels=wheels))


def _open(folder: Path) -> "Course":
    """Open a course and speak its language until the command ends."""
    from leadline.course.folder import open_course
    from leadline.language import speaking

    found = open_course(folder)
    click.get_current_context().with_resource(speaking(found.language))
    return found


def _peek(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _check_student(path: Path) -> None:
    from leadline.course.grading import check_notebook
    from leadline.language import _, plural

    found = check_notebook(path)
    for problem in found.problems:
        click.echo(f"- {problem}")
    if found.blank:
        click.echo(_("Still blank: {exercises}.", exercises=_(", ").join(found.blank)))
    click.echo(
        plural(
            "{count} exercise is answered. Whether it is right is judged when you hand in.",
            "{count} exercises are answered. Whether they are right is judged when you hand in.",
            found.answered,
        )
    )
    for unknown in found.unknown:
        click.echo(unknown)


def _tell_grades(grades: "LabGrades") -> None:
    from leadline.language import _, plural

    graded = [one for one in grades.students if one.status == "graded"]
    mean = sum(one.score for one in graded) / len(graded) if graded else 0.0
    points = grades.students[0].points if grades.students else 0
    click.echo(
        plural(
            "{lab}: {count} submission graded, {missing} not handed in; mean {mean} of {points} points.",
            "{lab}: {count} submissions graded, {missing} not handed in; mean {mean} of {points} points.",
            len(graded),
            lab=grades.lab,
            missing=len(grades.students) - len(graded),
            mean=f"{mean:.2f}",
            points=f"{points:g}",
        )
    )
    for one in graded:
        if one.ended:
            click.echo(_("{student}: {ended}", student=one.student_id, ended=one.ended))
    for protection in grades.unprotected:
        click.echo(protection, err=True)


def _tell_changes(before: "LabGrades", after: "LabGrades") -> None:
    from leadline.course.grading import find_changes
    from leadline.language import _, plural

    changes = find_changes(before, after)
    if not changes:
        click.echo(_("No score changes."))
        return
    rises = sum(change.after > change.before for change in changes)
    click.echo(
        plural(
            "{count} score changes: {rises} higher, {falls} lower.",
            "{count} scores change: {rises} higher, {falls} lower.",
            len(changes),
            rises=rises,
            falls=sum(change.after < change.before for change in changes),
        )
    )
    for change in changes[:_MOST_TOLD]:
        exercises = _(", ").join(change.exercises)
        click.echo(f"  {change.student_id}: {change.before:g} → {change.after:g} ({exercises})")
    if len(changes) > _MOST_TOLD:
        click.echo(f"  … {len(changes) - _MOST_TOLD}")
