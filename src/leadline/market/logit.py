"""The logistic function, and the intercept that gives a wanted mean."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.market.truth import Floats

_STEPS = 60
_LOWEST, _HIGHEST = -40.0, 40.0


def to_chance(log_odds: NDArray[Any]) -> Floats:
    """Turn log-odds into a probability, float32, without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -80, 80))), np.float32)


def solve_intercept(log_odds: Floats, mean: float) -> float:
    """Return what must be added to ``log_odds`` for the mean probability to be ``mean``.

    Newton's method, kept inside a bracket that bisection narrows: sure and, on smooth data, five steps.
    """
    low, high, at = _LOWEST, _HIGHEST, float(np.log(mean / (1 - mean)) - log_odds.mean(dtype=float))
    for _ in range(_STEPS):
        chance = to_chance(log_odds + np.float32(at))
        excess = float(chance.mean(dtype=float)) - mean
        if abs(excess) < 1e-6 * mean:
            break
        low, high = (low, at) if excess > 0 else (at, high)
        slope = float((chance * (1 - chance)).mean(dtype=float))
        newton = at - excess / max(slope, 1e-12)
        at = newton if low < newton < high else (low + high) / 2
    return at
