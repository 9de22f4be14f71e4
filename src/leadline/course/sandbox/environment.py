"""Whether submissions can be graded here, asked before anyone is."""

from collections.abc import Iterator
from contextlib import contextmanager

from leadline.course.sandbox.host import Sandbox
from leadline.course.sandbox.submission import Cell
from leadline.errors import RunError
from leadline.language import _

_TRIVIAL = """
import numpy as np
import pandas as pd

lines = pd.read_csv("data/numbers.csv")
total = int(np.sum(lines["number"])) + 1
"""
_NUMBERS = b"number\n1\n2\n3\n"
_TOTAL = 7


def find_missing_protections(sandbox: Sandbox | None = None) -> tuple[str, ...]:
    """Return a message for each protection that cannot be had on this machine; none where all can.

    Parameters
    ----------
    sandbox
        One that is started already; without it one is started and closed again (seconds).
    """
    with _started(sandbox) as started:
        return started.run([], []).unprotected


def check_environment(sandbox: Sandbox | None = None) -> None:
    """Let a trivial submission run: a broken environment is no student's fault, and must stop all grading.

    Parameters
    ----------
    sandbox
        As for `find_missing_protections`.

    Raises
    ------
    RunError
        If it does not give its answer.
    """
    with _started(sandbox) as started:
        ran = started.run([Cell("trivial", _TRIVIAL)], ["total"], {"numbers.csv": _NUMBERS})
    if ran.answers.get("total") != _TOTAL:
        reason = ran.errors.get("trivial") or ran.ended or _("1 + 2 + 3 + 1 is not 7 there.")
        raise RunError(
            _(
                "The grading environment is broken, and nobody was graded: the simplest of submissions (read "
                "a file with pandas, add up a column) failed. {reason}",
                reason=reason,
            )
        )


@contextmanager
def _started(sandbox: Sandbox | None) -> Iterator[Sandbox]:
    if sandbox:
        yield sandbox
    else:
        with Sandbox() as own:
            yield own
