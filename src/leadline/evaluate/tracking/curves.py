"""Two curves of a growing share, followed day by day with bands that hold on all days together (V3).

Between two looks at one group the share grows by those who act in between, so its error grows like a sum of
nearly independent steps, whose clock is its variance and not the calendar (the log-rank process: Sellke &
Siegmund 1983, Biometrika 70:315-326). On that clock the confidence sequence of `leadline.evaluate.monitoring`
holds for every day at once, also while customers still enter. Its coverage is simulated in
``benchmarks/ab_tracking.py``.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.evaluate.monitoring.confidence_sequence import follow_difference, mixture_boundary, tune_rho

FloatArray = npt.NDArray[np.float64]
_FEWEST = 2.0


def follow_shares(
    treated: tuple[npt.ArrayLike, npt.ArrayLike],
    control: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    expected_share: float,
    final_units: tuple[int, int],
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Follow the shares of two arms and their difference.

    Parameters
    ----------
    treated, control
        Of each: who acted by the day, and who had entered by it; one entry a day, both never falling.
    expected_share
        Share expected to act in the end, fixed beforehand: there the bands are narrowest. A wrong one widens
        them and does not make them wrong.
    final_units
        Units of the treated and the control arm in the end.
    alpha
        Chance that a band ever misses what it follows, on any day.

    Returns
    -------
    pandas.DataFrame
        One row a day: ``treated``, ``control`` and ``difference`` (shares, 0 to 1), each with ``_lower`` and
        ``_upper``; ``p_value`` (of no difference, valid whenever one stops).
    """
    (yes, units), (other_yes, others) = (
        (np.asarray(one, dtype=np.float64), np.asarray(all_, dtype=np.float64))
        for one, all_ in (treated, control)
    )
    share, other = yes / units, other_yes / others
    variance, other_variance = _grow(yes, units), _grow(other_yes, others)
    sizes = np.asarray(final_units, dtype=np.float64)
    rho = tune_rho(max(_FEWEST, expected_share * sizes.sum()))
    clock = _tick((variance + other_variance) * units * others)
    told = follow_difference(share - other, np.sqrt(variance + other_variance), clock, rho=rho, alpha=alpha)
    bands: dict[str, FloatArray] = {}
    for name, value, spread, size, final in (
        ("treated", share, variance, units, sizes[0]),
        ("control", other, other_variance, others, sizes[1]),
    ):
        own = tune_rho(max(_FEWEST, expected_share * final))
        half = np.sqrt(spread) * mixture_boundary(_tick(spread * size**2), rho=own, alpha=alpha)
        bands |= {name: value, f"{name}_lower": value - half, f"{name}_upper": value + half}
    return pd.DataFrame(
        {name: np.clip(values, 0, 1) for name, values in bands.items()}
        | {
            "difference": share - other,
            "difference_lower": np.maximum(told.lower, -1.0),
            "difference_upper": np.minimum(told.upper, 1.0),
            "p_value": told.p_values,
        }
    )


def _grow(yes: FloatArray, units: FloatArray) -> FloatArray:
    """Variance of a share, with one more of each answer, so that no yes so far is not taken for certainty."""
    share = (yes + 1) / (units + 2)
    return share * (1 - share) / units


def _tick(clock: FloatArray) -> FloatArray:
    return np.maximum.accumulate(np.maximum(clock, _FEWEST))
