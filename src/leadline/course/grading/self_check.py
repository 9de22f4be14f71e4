"""What a student can find out before handing in: cells lost, changed or still blank. Needs no secret."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from leadline.course.cells import Cell, grade_id, grader_data, role, source_of
from leadline.course.grading.submission import read_submission
from leadline.course.releasing.notebook import compute_checksum
from leadline.errors import DataError
from leadline.language import _


@dataclass(frozen=True)
class SelfCheck:
    """What was found in a student's notebook.

    ``problems`` are things to mend, ``blank`` the exercises not worked on yet, ``answered`` how many were.
    ``unknown`` says what could not be checked.
    """

    problems: tuple[str, ...]
    blank: tuple[str, ...]
    answered: int
    unknown: tuple[str, ...]


def check_notebook(path: Path) -> SelfCheck:
    """Check a notebook that is about to be handed in, by the checksums that its release left in it.

    Raises
    ------
    DataError
        If it is not there, cannot be read, or is no notebook of a lab.
    """
    headline = _("{path} cannot be checked", path=path)
    if not path.is_file():
        raise DataError.of(headline, _("there is no such file. Check the path."))
    submission = read_submission(path)
    if submission is None or submission.fault:
        raise DataError.of(headline, submission.fault if submission else _("it cannot be read."))
    marked = [cell for cell in submission.cells if "checksum" in grader_data(cell) and grade_id(cell)]
    if not marked:
        raise DataError.of(
            headline,
            _("it has no marks for grading: it is no lab, or another program removed them. Take it anew."),
        )
    first = {grade_id(cell): cell for cell in reversed(marked)}
    answers = [name for name, cell in first.items() if role(cell) == "answer"]
    blank = [
        name for name in answers if all(_is_as_released(cell) for cell in marked if grade_id(cell) == name)
    ]
    order = [grade_id(cell) for cell in marked]
    return SelfCheck(
        (*submission.notes, *_find_problems(marked)),
        tuple(sorted(blank, key=order.index)),
        len(answers) - len(blank),
        (_("An exercise whose cells were all deleted cannot be noticed here."),),
    )


def _find_problems(marked: Sequence[Cell]) -> Iterator[str]:
    names = [grade_id(cell) for cell in marked]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield _(
                "{cell}: the cell is there {count} times. Delete all but one.",
                cell=name,
                count=names.count(name),
            )
    for cell in marked:
        wanted = grader_data(cell).get("cell_type")
        if cell["cell_type"] != wanted:
            yield _(
                "{cell}: the cell is of type {found}, must be {wanted}.",
                cell=grade_id(cell),
                found=cell["cell_type"],
                wanted=wanted,
            )
        elif role(cell) != "answer" and not _is_as_released(cell):
            yield _("{cell}: the cell was changed. The released one will be used.", cell=grade_id(cell))
    yield from _find_lost(marked)


def _find_lost(marked: Sequence[Cell]) -> Iterator[str]:
    """Each answer cell is followed by its test."""
    asked, seen = "", set[str]()
    for place, cell in enumerate(marked):
        name, is_copy = grade_id(cell), grade_id(cell) in seen
        seen.add(name)
        if is_copy:
            continue
        if role(cell) == "answer":
            if asked:
                yield _("{cell}: the test behind it is missing; it will be put back.", cell=asked)
            asked = name
        elif role(cell) == "test":
            if not asked and place and grader_data(cell).get("points"):
                yield _(
                    "The answer cell before {cell} is missing. Take it from the notebook you were given.",
                    cell=name,
                )
            asked = ""
    if asked:
        yield _("{cell}: the test behind it is missing; it will be put back.", cell=asked)


def _is_as_released(cell: Cell) -> bool:
    data = grader_data(cell)
    is_locked = role(cell) != "answer" and bool(data.get("grade") or data.get("locked"))
    try:
        found = compute_checksum(source_of(cell), data, is_locked=is_locked)
    except (KeyError, TypeError, ValueError):
        return False
    return bool(found == data["checksum"])
