"""Go through a lab as its instructor would, in this process: solutions, or answers planted in their place."""

import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

from leadline.course.cells import Cell, find_exercises, grade_id, role, source_of
from leadline.course.judgement import Judgement
from leadline.course.judging import judge_answers
from leadline.course.sitting import Sitting, seated


def rehearse(
    cells: Sequence[Cell], *, seed: int, changed: Mapping[str, str] | None = None
) -> tuple[Judgement, ...]:
    """Run the instructor's own notebook on the market of a seed and judge what it answers.

    Parameters
    ----------
    cells
        Of the instructor's notebook.
    seed
        Of the market.
    changed
        ``grade_id`` of an answer cell → source that stands in its place; an error in it is passed over, as
        when a submission is graded.

    Returns
    -------
    tuple of Judgement
        One an exercise.

    Raises
    ------
    Exception
        Whatever a cell that was not changed raises.
    """
    changed = changed or {}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with seated(Sitting("rehearsal", seed, is_quiet=True)), contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            if cell["cell_type"] != "code" or (role(cell) == "test" and namespace.get("lab") is not None):
                continue
            _run(changed.get(grade_id(cell)), source_of(cell), namespace)
    wanted = {name for exercise in find_exercises(list(cells)) for name in exercise.answers}
    answers = {name: namespace[name] for name in wanted if name in namespace}
    return judge_answers(cells, answers, student_id="rehearsal", seed=seed)


def _run(planted: str | None, own: str, namespace: dict[str, Any]) -> None:
    if planted is None:
        exec(compile(own, "<lab>", "exec"), namespace)  # noqa: S102 (the instructor's own code)
        return
    with contextlib.suppress(Exception):
        exec(compile(planted, "<planted>", "exec"), namespace)  # noqa: S102 (as above)
