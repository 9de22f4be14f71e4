"""Whether a saved notebook shows what its cells say: which ran, in which order, and unchanged since."""

import re
from collections.abc import Mapping
from itertools import pairwise

from nbformat import NotebookNode

from leadline.language import _, plural
from leadline.run.execute import step_titles

_EXPORTING = re.compile(r"\bexport_report\(")
_SETTING_UP = re.compile(r"\b(?:check_parameters|parameter_form)\(")


def is_export(source: str) -> bool:
    """Say whether a code cell exports the report: it is no part of it."""
    return bool(_EXPORTING.search(source))


def judge_order(notebook: NotebookNode, history: Mapping[int, str], applied_at: int = 0) -> list[str]:
    """Say all that keeps a notebook's outputs from being those of one run from top to bottom.

    Parameters
    ----------
    notebook
        As it was saved.
    history
        What its kernel ran: execution count → source.
    applied_at
        Execution count from which on cells saw the present parameters.

    Returns
    -------
    list of str
        A sentence for each kind of doubt; empty where there is none.
    """
    titles = step_titles(notebook)
    cells = [
        (cell.source.strip(), cell.execution_count, title)
        for cell, title in zip(notebook.cells, titles, strict=True)
        if cell.cell_type == "code" and cell.source.strip() and not is_export(cell.source)
    ]
    ran = [(source, count, title) for source, count, title in cells if count is not None]
    never = [title for _source, count, title in cells if count is None]
    turned = [title for (_, before, _t), (_, count, title) in pairwise(ran) if count <= before]
    changed = [title for source, count, title in ran if history.get(count, "").strip() != source]
    set_up = max((place for place, cell in enumerate(ran) if _SETTING_UP.search(cell[0])), default=-1)
    outdated = [title for _source, count, title in ran[set_up + 1 :] if count < applied_at]
    return [
        *_tell_never(never),
        *_tell_turned(turned),
        *_tell_changed(changed),
        *_tell_outdated(outdated),
    ]


def _tell_never(steps: list[str]) -> list[str]:
    if not steps:
        return []
    return [
        plural(
            "{count} cell was not run; the first such is at the step “{step}”.",
            "{count} cells were not run; the first of them is at the step “{step}”.",
            len(steps),
            step=steps[0],
        )
    ]


def _tell_turned(steps: list[str]) -> list[str]:
    if not steps:
        return []
    return [
        _(
            "The cells did not run from top to bottom: at the step “{step}” one ran before that above it.",
            step=steps[0],
        )
    ]


def _tell_changed(steps: list[str]) -> list[str]:
    if not steps:
        return []
    return [
        plural(
            "{count} cell was changed after it ran, or ran before the kernel was started anew: what it shows "
            "need not be what it says (step “{step}”).",
            "{count} cells were changed after they ran, or ran before the kernel was started anew: what they "
            "show need not be what they say (first at the step “{step}”).",
            len(steps),
            step=steps[0],
        )
    ]


def _tell_outdated(steps: list[str]) -> list[str]:
    if not steps:
        return []
    return [
        plural(
            "{count} cell ran before the parameters were changed, and shows results of the earlier ones "
            "(step “{step}”).",
            "{count} cells ran before the parameters were changed, and show results of the earlier ones "
            "(first at the step “{step}”).",
            len(steps),
            step=steps[0],
        )
    ]
