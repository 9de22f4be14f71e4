"""The cells of a lab's notebook, in nbgrader's own format (metadata ``nbgrader``, schema version 3).

Regions between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` are replaced by a stub when a lab is released,
those of hidden tests and mark schemes are dropped (nbgrader 0.9, ClearSolutions, ClearHiddenTests,
ClearMarkScheme).
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Cell = dict[str, Any]
Role = Literal["answer", "test", "task", "text"]
Region = Literal["SOLUTION", "HIDDEN TESTS", "MARK SCHEME"]

#: What stands in place of a solution; the same as nbgrader's.
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def grader_data(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell's metadata for grading; empty where it has none, or none that could be used."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def grade_id(cell: Mapping[str, Any]) -> str:
    """Return the name under which a cell is graded, or an empty text."""
    found = grader_data(cell).get("grade_id")
    return found if isinstance(found, str) else ""


def role(cell: Mapping[str, Any]) -> Role:
    """Tell what a cell is for: the student's ``answer``, a ``test``, a ``task`` to discuss, or ``text``."""
    data = grader_data(cell)
    if data.get("task"):
        return "task"
    if data.get("solution"):
        return "answer"
    return "test" if data.get("grade") else "text"


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one text."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def find_regions(source: str, region: Region) -> list[tuple[int, int]]:
    """Return the regions of a source: numbers of their first and last line, the marks' own.

    Raises
    ------
    ValueError
        If one begins inside another or never ends.
    """
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for number, line in enumerate(source.split("\n")):
        if f"### BEGIN {region}" in line:
            if begun is not None:
                raise ValueError(f"line {number + 1}: BEGIN {region} inside another")
            begun = number
        elif f"### END {region}" in line:
            if begun is None:
                raise ValueError(f"line {number + 1}: END {region} without BEGIN")
            found.append((begun, number))
            begun = None
    if begun is not None:
        raise ValueError(f"line {begun + 1}: BEGIN {region} without END")
    return found


def clear_region(source: str, region: Region, stub: str = "") -> str:
    """Return the source with each region replaced by ``stub``, indented as the region was."""
    lines = source.split("\n")
    for first, last in reversed(find_regions(source, region)):
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines[first : last + 1] = [indent + line for line in stub.split("\n")] if stub else []
    return "\n".join(lines)


def read_region(source: str, region: Region) -> str:
    """Return only what stands inside the regions."""
    lines = source.split("\n")
    return "\n".join(line for first, last in find_regions(source, region) for line in lines[first + 1 : last])


@dataclass(frozen=True)
class Exercise:
    """An answer cell and the test that follows it.

    ``name`` is the answer cell's ``grade_id``, ``test_id`` the test's; ``points`` the test's. ``answers`` are
    the variables that the solution sets and the test reads.
    """

    name: str
    test_id: str
    points: float
    answers: tuple[str, ...]


def find_exercises(cells: list[Cell]) -> list[Exercise]:
    """Pair each answer cell of an instructor's notebook with the test that follows it."""
    exercises: list[Exercise] = []
    asked: Cell | None = None
    set_before: set[str] = set()
    for cell in cells:
        match role(cell):
            case "answer":
                asked = cell
                set_before |= find_names(source_of(cell), ast.Store)
            case "test" if asked is not None:
                read = find_names(source_of(cell), ast.Load) - find_names(source_of(cell), ast.Store)
                points = float(grader_data(cell).get("points", 0))
                answers = tuple(sorted(read & set_before))
                exercises.append(Exercise(grade_id(asked), grade_id(cell), points, answers))
                asked = None
    return exercises


def find_names(source: str, context: type[ast.expr_context]) -> set[str]:
    """Return the variables that a source sets (``ast.Store``) or reads (``ast.Load``).

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    return {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }
