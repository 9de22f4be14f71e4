"""P-values of several metrics and arms, adjusted as one family."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from leadline.errors import DataError, ParameterError
from leadline.holm import correct_holm
from leadline.language import _

Correction = Literal["Holm", "Benjamini-Hochberg"]
_STEPS = 60


def adjust_p_values(p_values: Sequence[float], *, method: Correction = "Holm") -> npt.NDArray[np.float64]:
    """Adjust the p-values of one family (metrics × arms), in the order given.

    Holm (1979, Scandinavian Journal of Statistics 6:65-70) bounds the chance of any false positive,
    Benjamini & Hochberg (1995, J. R. Statist. Soc. B 57:289-300) the share of false ones.

    Raises
    ------
    DataError
        If a p-value is missing or outside 0 to 1.
    ParameterError
        If the method is another.
    """
    methods = ("Holm", "Benjamini-Hochberg")
    if method not in methods:
        problem = _("method “{method}” is not one of {methods}.", method=method, methods=list(methods))
        raise ParameterError(_("P-values cannot be adjusted"), [problem])
    values = np.asarray(p_values, dtype=float)
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(wrong):
        raise DataError(
            _("P-values cannot be adjusted"),
            [
                _("Number {place} is {values}, not 0 to 1.", place=place + 1, values=values[place])
                for place in wrong
            ],
        )
    return correct_holm(values) if method == "Holm" else _step_up(values)


def find_threshold(p_values: Sequence[float], place: int, *, alpha: float, method: Correction) -> float:
    """Return the largest p-value with which the one at ``place`` would still pass, the others as they are.

    What a winner had to pass to be called one: `leadline.evaluate.estimates.winners` conditions on it.
    """
    low, high = 0.0, alpha
    values = np.array(p_values, dtype=float)
    for _step in range(_STEPS):
        values[place] = (low + high) / 2
        passes = adjust_p_values(values.tolist(), method=method)[place] <= alpha
        low, high = (values[place], high) if passes else (low, values[place])
    return float(high)


def _step_up(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    order = np.argsort(values, kind="stable")[::-1]
    count = len(values)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(values[order] * count / np.arange(count, 0, -1)))
    return adjusted
