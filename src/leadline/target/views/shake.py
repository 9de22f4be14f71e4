"""What a judgement owes to its weights: the same again with weights that others might have set."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from leadline.language import _

FloatArray = npt.NDArray[np.float64]


def shake_weights(
    weights: Sequence[float] | FloatArray, *, by: float, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Draw weights each within ± ``by`` (a share) of what was set, summing to 1 again.

    Uniform and independent before they are scaled (OECD 2008, *Handbook on Constructing Composite
    Indicators*, step 7).

    Returns
    -------
    array
        Shape: (draws, weights).
    """
    set_by_hand = np.asarray(weights, dtype=np.float64)
    shaken = set_by_hand * rng.uniform(1 - by, 1 + by, (draws, len(set_by_hand)))
    return np.asarray(shaken / shaken.sum(axis=1, keepdims=True))


def check_shake(by: float, draws: int) -> list[str]:
    """Return what is wrong with how weights are to be shaken."""
    problems = [] if 0 <= by < 1 else [_("shake == {by}, must be from 0 to below 1.", by=f"{by:g}")]
    return problems + ([] if draws >= 1 else [_("draws == {draws}, must be at least 1.", draws=draws)])
