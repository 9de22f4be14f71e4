"""Whether an instructor's notebook can be released and graded, asked before any student meets it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadline.course.cells import (
    Cell,
    Exercise,
    Region,
    clear_region,
    find_exercises,
    find_names,
    find_regions,
    grade_id,
    grader_data,
    role,
    source_of,
)
from leadline.course.judgement import Judgement
from leadline.course.rehearsal import rehearse
from leadline.course.releasing import student_notebook
from leadline.errors import DataError, LeadlineError
from leadline.language import N_, _

#: Markets on which a lab is tried out.
SEEDS = tuple(7_919_777_123 * place for place in range(1, 6))
_OWNERS: Mapping[Region, str] = {"SOLUTION": "answer", "HIDDEN TESTS": "test", "MARK SCHEME": "task"}
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]+")
_SECRET = re.compile(r"\b(leadline\.course\.instructor|makes_data|judge)\b")
_SCHEMA_VERSION = 3
_HEADLINE = N_("The lab {lab} cannot be used")


def check_lab(lab: str, notebook: Mapping[str, Any], *, seeds: Sequence[int] = SEEDS) -> None:
    """Check an instructor's notebook whole: its marks, and on each seed the solutions and a blank notebook.

    Parameters
    ----------
    lab
        Its name.
    notebook
        As JSON.
    seeds
        Markets on which the solutions must earn all points and a blank notebook none.

    Raises
    ------
    DataError
        With all problems at once.
    """
    cells = list(notebook["cells"])
    problems = list(find_problems(cells))
    if not problems:
        try:
            blank = {
                grade_id(cell): source_of(cell)
                for cell in student_notebook(notebook)["cells"]
                if role(cell) == "answer"
            }
            problems = list(dict.fromkeys(_find_failures(cells, blank, seeds)))
        except DataError as error:
            problems = list(error.problems)
    if problems:
        raise DataError(_(_HEADLINE, lab=lab), problems)


def find_problems(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield what is wrong with the cells' marks for grading, without running anything."""
    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        found += [
            _("cell {number} ({name}): {problem}", number=number, name=grade_id(cell) or "–", problem=problem)
            for problem in (*_check_metadata(cell), *_check_regions(cell))
        ]
    yield from found
    twice = [name for name, times in Counter(map(grade_id, cells)).items() if name and times > 1]
    if twice:
        yield _("grade_id more than once: {names}.", names=_(", ").join(twice))
    if not found:
        yield from _check_order(cells)
        yield from _check_exercises(cells, find_exercises(list(cells)))


def _check_metadata(cell: Cell) -> Iterator[str]:
    data = grader_data(cell)
    if not data:
        return
    if not _GRADE_ID.fullmatch(grade_id(cell)):
        yield _("its grade_id must consist of letters, digits, - and _.")
    if data.get("schema_version") != _SCHEMA_VERSION:
        yield _("schema_version must be {version}.", version=_SCHEMA_VERSION)
    if data.get("cell_type", cell["cell_type"]) != cell["cell_type"]:
        yield _("it is marked as {marked} and is {found}.", marked=data["cell_type"], found=cell["cell_type"])
    if data.get("grade") and data.get("solution"):
        yield _("it is both answer and test. Put the test into a cell of its own.")
    points = data.get("points", 0)
    if not isinstance(points, int | float) or isinstance(points, bool) or points < 0:
        yield _("points must be a number of 0 or more.")
    if (data.get("grade") or data.get("task")) and "points" not in data:
        yield _("it has no points.")
    if role(cell) == "test" and not data.get("locked"):
        yield _("a test must be locked.")


def _check_regions(cell: Cell) -> Iterator[str]:
    source, part = source_of(cell), role(cell)
    for region, owner in _OWNERS.items():
        try:
            regions = find_regions(source, region)
        except ValueError as error:
            yield f"{error}."
            continue
        if regions and part != owner:
            yield _("a region {region} belongs only into a cell of another kind.", region=region)
        if region == "SOLUTION" and part == owner and not regions:
            yield _("an answer cell needs ### BEGIN SOLUTION and ### END SOLUTION.")
    if cell["cell_type"] == "code":
        yield from _check_code(cell)


def _check_code(cell: Cell) -> Iterator[str]:
    source = source_of(cell)
    try:
        ast.parse(source)
    except SyntaxError as error:
        yield _("line {line}: {reason}.", line=error.lineno, reason=error.msg)
        return
    try:
        shown = clear_region(source, "HIDDEN TESTS")
    except ValueError:
        return  # told already
    for name in dict.fromkeys(_SECRET.findall(shown)):
        yield _("students would see {name}. Put it between the marks of hidden tests.", name=name)


def _check_order(cells: Sequence[Cell]) -> Iterator[str]:
    first = next((cell for cell in cells if cell["cell_type"] == "code"), None)
    if first is None or role(first) != "test" or "makes_data" not in source_of(first):
        yield _(
            "the first code cell must be locked and graded (0 points) and declare the data (@makes_data)."
        )
    asked = ""
    for cell in cells:
        if role(cell) == "answer":
            if asked:
                yield _("{exercise} has no test. Put one behind its answer cell.", exercise=asked)
            asked = grade_id(cell)
        elif role(cell) == "test" and cell is not first:
            if not asked:
                yield _("{test} follows no answer cell.", test=grade_id(cell))
            asked = ""
    if asked:
        yield _("{exercise} has no test. Put one behind its answer cell.", exercise=asked)


def _check_exercises(cells: Sequence[Cell], exercises: Sequence[Exercise]) -> Iterator[str]:
    if not exercises:
        yield _("there is no exercise.")
    asked = {name for exercise in exercises for name in exercise.answers}
    for exercise in exercises:
        if not exercise.answers:
            yield _(
                "{exercise}: its test reads no variable that an answer cell sets.", exercise=exercise.name
            )
        if not exercise.points > 0:
            yield _("{exercise}: its test has no points.", exercise=exercise.name)
    setters = Counter(
        name
        for cell in cells
        if role(cell) == "answer"
        for name in find_names(source_of(cell), ast.Store) & asked
    )
    for name in sorted(name for name, times in setters.items() if times > 1):
        yield _("{name} is set in several answer cells. Use one variable an answer.", name=name)
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] == "code" and role(cell) == "text":
            for name in sorted(find_names(source_of(cell), ast.Store) & asked):
                yield _("cell {number} sets {name}, which is an answer.", number=number, name=name)


def _find_failures(cells: Sequence[Cell], blank: Mapping[str, str], seeds: Sequence[int]) -> Iterator[str]:
    """Try the solutions and a blank notebook on each seed."""
    wanted = {exercise.name: exercise.points for exercise in find_exercises(list(cells))}
    for seed in seeds:
        try:
            for judgement in rehearse(cells, seed=seed):
                yield from _check_solution(judgement, wanted[judgement.exercise])
        except LeadlineError as error:
            yield str(error)
        except Exception as error:  # noqa: BLE001 (whatever the instructor's cell raises)
            yield _("the solutions fail: {kind}: {reason}.", kind=type(error).__name__, reason=error)
        try:
            for judgement in rehearse(cells, seed=seed, changed=blank):
                if judgement.score:
                    yield _("{exercise}: a blank answer earns points.", exercise=judgement.exercise)
        except LeadlineError as error:
            yield str(error)
        except Exception as error:  # noqa: BLE001 (as above)
            yield _(
                "a cell that is no answer fails where answers are blank: {kind}: {reason}.",
                kind=type(error).__name__,
                reason=error,
            )


def _check_solution(judgement: Judgement, points: float) -> Iterator[str]:
    if judgement.points != points:
        yield _(
            "{exercise}: the points of the cell are {points}, its test judges {judged}. Change both: the "
            "cell's stand in its metadata (JupyterLab: Property Inspector, Advanced Tools).",
            exercise=judgement.exercise,
            points=f"{points:g}",
            judged=f"{judgement.points:g}",
        )
    if judgement.credit < 1:
        yield _(
            "{exercise}: the solution does not earn all points: {text}",
            exercise=judgement.exercise,
            text=judgement.text,
        )
