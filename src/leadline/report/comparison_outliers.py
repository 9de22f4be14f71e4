"""Which reports of a batch stand out: farther from the median than uncertainty and spread explain."""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

#: Chance of naming any report of a page where none differs.
ERROR_RATE = 0.05
#: With fewer values nobody can say what is usual.
FEWEST = 5
_SIMULATIONS = 1999
_SEED = 7
_STEPS = 40
#: Makes the median absolute deviation estimate the standard deviation of a normal distribution.
_NORMAL_MAD = 1 / NormalDist().inv_cdf(0.75)
_INTERVAL_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """A number over the reports that have it.

    ``middle`` is the median, ``spread`` the standard deviation between reports beyond their own uncertainty,
    ``p_values`` (corrected for all reports of this number and for ``numbers`` numbers) say how often chance
    would show so far a deviation. They are missing where nothing can be judged.
    """

    middle: float
    spread: float
    p_values: FloatArray

    @property
    def stands_out(self) -> npt.NDArray[np.bool_]:
        """Which values stand out. Shape: (values,)."""
        return self.p_values <= ERROR_RATE


def judge_values(values: FloatArray, lower: FloatArray, upper: FloatArray, *, numbers: int) -> Judged:
    """Compare every value with the median of all.

    A value's distance is divided by the root of its own variance (from its 95% interval; 0 where none is
    known) plus the variance between reports. That one is chosen such that the median absolute deviation of
    the divided distances is that of a standard normal: half of the reports may deviate without harming it
    (spread beyond uncertainty: Spiegelhalter 2005, Quality and Safety in Health Care 14:347-351).
    The limit is that of as many normal values by their median and median absolute deviation (the outlier
    identifier of Davies and Gather 1993, Journal of the American Statistical Association 88:782-792): where
    no report differs beyond what is usual, one is named in about 5% of pages.

    Parameters
    ----------
    values, lower, upper
        Of each report, none of the values missing. Shape: (reports,).
    numbers
        How many numbers the page judges; the error is shared among them (Bonferroni).
    """
    width = (upper - lower) / (2 * _INTERVAL_Z)
    errors = np.where(np.isfinite(width) & (width > 0), width, 0.0)
    (middle,), (spread,), (distances,) = _measure(values[None, :], errors)
    p_values = np.full(len(values), np.nan)
    if len(values) >= FEWEST and np.isfinite(distances).all():
        farthest = _simulate_farthest(len(values))
        as_far = len(farthest) - np.searchsorted(farthest, distances, side="left")
        p_values = np.minimum(1.0, numbers * (1 + as_far) / (1 + len(farthest)))
    return Judged(middle=float(middle), spread=float(spread), p_values=p_values)


@cache
def _simulate_farthest(count: int) -> FloatArray:
    """Largest divided distance among ``count`` normal values, simulated, the smallest first."""
    noise = np.random.default_rng(_SEED).standard_normal((_SIMULATIONS, count))
    return np.sort(_measure(noise, np.zeros(count))[2].max(axis=1))


def _measure(values: FloatArray, errors: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Median, spread and divided distances of each line of ``values``. Shape: (lines, values)."""
    middle = np.median(values, axis=1)
    away = np.abs(values - middle[:, None])
    low = np.zeros(len(values))
    high = _NORMAL_MAD * away.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _step in range(_STEPS if errors.any() else 0):
            guess = (low + high) / 2
            scaled = np.median(away / np.sqrt(errors**2 + guess[:, None] ** 2), axis=1)
            is_wider = _NORMAL_MAD * scaled > 1
            low, high = np.where(is_wider, guess, low), np.where(is_wider, high, guess)
        spread = high if errors.any() else _NORMAL_MAD * np.median(away, axis=1)
        distances = away / np.sqrt(errors**2 + spread[:, None] ** 2)
    return middle, spread, distances
