"""A student's notebook made from the instructor's, as nbgrader 0.9 would make it.

The steps are those of its ``generate_assignment`` (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests,
ClearMarkScheme, ComputeChecksums), so that either tool can grade what the other released. Beyond nbgrader,
metadata that grading does not need go, and attachments that no text shows.
"""

from collections.abc import Mapping
from hashlib import md5
from typing import Any

import nbformat

from leadline.course.cells import (
    STUB,
    Cell,
    clear_region,
    find_regions,
    grade_id,
    grader_data,
    role,
    source_of,
)
from leadline.errors import DataError
from leadline.language import N_, _

_HEADLINE = N_("The student's notebook cannot be made")
#: What stands in place of a written solution; the same as nbgrader's.
_TEXT_STUB = "YOUR ANSWER HERE"
_GRADER_KEYS = ("cell_type", "grade", "grade_id", "locked", "points", "schema_version", "solution", "task")


def student_notebook(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return a lab as its students get it: no solutions, hidden tests, mark schemes, outputs.

    Parameters
    ----------
    notebook
        The instructor's, as JSON; it stays as it is.

    Raises
    ------
    DataError
        If a region is not closed or stands in a cell of another kind, or the notebook is not valid; all
        problems at once.
    """
    cells, problems = [], []
    for number, cell in enumerate(notebook["cells"], 1):
        try:
            cells.append(_clean_cell(cell))
        except ValueError as error:
            problems.append(_("cell {number}: {reason}.", number=number, reason=error))
    if problems:
        raise DataError(_(_HEADLINE), problems)
    made = nbformat.from_dict(
        {
            "cells": cells,
            "metadata": _keep_kernel(notebook.get("metadata", {})),
            "nbformat": notebook["nbformat"],
            "nbformat_minor": notebook["nbformat_minor"],
        }
    )
    try:
        nbformat.validate(made)
    except nbformat.ValidationError as error:
        raise DataError.of(
            _(_HEADLINE), _("it is no valid notebook: {reason}.", reason=str(error).split("\n")[0])
        ) from None
    return dict(made)


def write_notebook(notebook: Mapping[str, Any]) -> bytes:
    """Return the notebook's file; equal notebooks give equal bytes."""
    text = str(nbformat.writes(nbformat.from_dict(notebook)))
    return f"{text.rstrip()}\n".encode()


def _clean_cell(cell: Cell) -> Cell:
    source = _clear(cell)
    cleaned: Cell = {"cell_type": cell["cell_type"], "metadata": {}, "source": source}
    if "id" in cell:
        cleaned["id"] = cell["id"]
    if cell["cell_type"] == "code":
        cleaned |= {"execution_count": None, "outputs": []}
    shown = {
        name: image for name, image in cell.get("attachments", {}).items() if f"attachment:{name}" in source
    }
    if shown:
        cleaned["attachments"] = shown
    if grade_id(cell):
        cleaned["metadata"] = _lock(cleaned, grader_data(cell))
    return cleaned


def _clear(cell: Cell) -> str:
    source, part = source_of(cell), role(cell)
    for region, owner in (("SOLUTION", "answer"), ("HIDDEN TESTS", "test"), ("MARK SCHEME", "task")):
        if find_regions(source, region) and part != owner:  # type: ignore[arg-type] # one of Region
            raise ValueError(_("a region {region} stands in a cell of another kind", region=region))
    if part == "answer":
        stub = STUB if cell["cell_type"] == "code" else _TEXT_STUB
        return clear_region(source, "SOLUTION", stub) if find_regions(source, "SOLUTION") else stub
    return clear_region(clear_region(source, "HIDDEN TESTS"), "MARK SCHEME")


def _lock(cell: Cell, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata that grading needs: what may be changed, and the checksum as released."""
    kept = {key: data[key] for key in _GRADER_KEYS if key in data} | {"cell_type": cell["cell_type"]}
    is_grade, is_solution = bool(kept.get("grade")), bool(kept.get("solution"))
    is_locked = not is_solution and (is_grade or bool(kept.get("locked")))
    metadata: dict[str, Any] = {"nbgrader": kept}
    if is_grade or is_solution or is_locked:
        kept["checksum"] = compute_checksum(cell["source"], kept, is_locked=is_locked)
        metadata["deletable"] = False
    if is_locked:
        metadata["editable"] = False
    return metadata


def compute_checksum(source: str, data: Mapping[str, Any], *, is_locked: bool) -> str:
    """Return the checksum of a cell as ``nbgrader.utils.compute_checksum`` does.

    Parameters
    ----------
    source
        The cell's, as one text.
    data
        Its metadata for grading.
    is_locked
        Whether a student may not change it.
    """
    is_grade = bool(data.get("grade"))
    parts = [source, data["cell_type"], is_grade, bool(data.get("solution")), is_locked, data["grade_id"]]
    if is_grade:
        parts.append(float(data["points"]))
    return md5("".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _keep_kernel(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kernel = metadata.get("kernelspec") or {"display_name": "Python 3", "name": "python3"}
    named = {key: kernel[key] for key in ("display_name", "language", "name") if key in kernel}
    return {"kernelspec": named, "language_info": {"name": "python"}}
