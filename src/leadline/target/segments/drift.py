"""Whether new customers still look like those that the segments were made from."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.disclosure import MINIMUM
from leadline.target.segments.bases import FloatArray, IntArray, is_number
from leadline.target.segments.segmentation import Segmentation, bin_values

#: From here on a column is watched, and has changed (Siddiqi 2006, *Credit Risk Scorecards*).
WATCH, CHANGED = 0.10, 0.25
#: The row of the shares of the segments.
SEGMENT = "segment"
_SURE = 0.95
_HALF = 0.5


def measure_drift(
    segmentation: Segmentation,
    readings: FloatArray,
    is_new: npt.NDArray[np.bool_],
    segments: IntArray,
    *,
    weights: FloatArray,
    minimum: int = MINIMUM,
    is_comparable: bool = True,
) -> pd.DataFrame:
    """Compare each column, and the shares of the segments, with the customers of the fit.

    The population stability index is the sum of (q - p) ln(q / p) over bins: deciles of a number, levels,
    those missing, and those with a category never seen; half a customer is added to each bin, so that an
    empty one does not make it infinite. Without any drift it is (1/n + 1/N) times a chi-square with bins - 1
    degrees of freedom (Yurdakul 2018, *Statistical Properties of the Population Stability Index*); only
    beyond what that exceeds once in 20 tables (Bonferroni over the rows) is a verdict given. With weights,
    shares are weighted and customers count as Kish's effective number (Σw)² / Σw².

    Parameters
    ----------
    segmentation
        What they are compared with.
    readings, is_new
        Values as read, and whether a category was never seen. Shapes: (customers, columns).
    segments
        Of each customer, from 0.
    weights
        People whom each customer stands for. Shape: (customers,).
    minimum
        Fewest customers of whom a share of missing or new values speaks, or whom it leaves; else it is NaN.
    is_comparable
        Whether these customers are weighted as those were; else no verdict is given.

    Returns
    -------
    DataFrame
        One row a column, then ``segment``: ``column``, ``psi``, ``psi_chance`` (its bound without drift),
        ``missing_then``, ``missing_now`` and ``new_categories`` (shares), ``verdict`` (``stable``, ``watch``,
        ``changed``, or ``not compared``).
    """
    rows = []
    level = 1 - (1 - _SURE) / (len(segmentation.columns) + 1)
    scaled = weights * (weights.sum() / (weights**2).sum())  # sums to the effective number
    for place, (basis, then) in enumerate(zip(segmentation.columns, segmentation.at_fit, strict=True)):
        values, new = readings[:, place], is_new[:, place]
        codes = bin_values(then.edges, values) if is_number(basis) else values
        is_known = ~np.isnan(codes)
        is_missing = ~is_known & ~new
        known = np.bincount(
            codes[is_known].astype(np.int64), weights=scaled[is_known], minlength=len(then.shares)
        )
        counts = [*known, scaled[is_missing].sum(), scaled[new].sum()]
        rows.append(
            {
                "column": basis.name,
                **_weigh([*then.shares, then.missing, 0.0], segmentation.effective, counts, level),
                "missing_then": _tell_then(then.missing, segmentation, minimum),
                "missing_now": _tell_share(is_missing, scaled, minimum),
                "new_categories": _tell_share(new, scaled, minimum),
            }
        )
    counts = list(np.bincount(segments, weights=scaled, minlength=len(segmentation.names)))
    rows.append({"column": SEGMENT, **_weigh(segmentation.shares, segmentation.effective, counts, level)})
    if not is_comparable:
        rows = [row | {"verdict": "not compared"} for row in rows]
    order = ["column", "psi", "psi_chance", "missing_then", "missing_now", "new_categories", "verdict"]
    return pd.DataFrame(rows)[order]


def _tell_share(is_so: npt.NDArray[np.bool_], weights: FloatArray, minimum: int) -> float:
    """Return the weighted share, NaN where it speaks of a few or of all but a few."""
    count = int(is_so.sum())
    if 0 < count < minimum or 0 < len(is_so) - count < minimum:
        return np.nan
    return float(weights[is_so].sum() / weights.sum())


def _tell_then(share: float, segmentation: Segmentation, minimum: int) -> float:
    count = share * segmentation.customers
    is_few = any(0 < round(part, 6) < minimum for part in (count, segmentation.customers - count))
    return np.nan if is_few else share


def _weigh(
    shares: Sequence[float], customers: float, counts: Sequence[float], level: float
) -> dict[str, float | str]:
    then, now = np.array(shares) * customers, np.array(counts, dtype=np.float64)
    filled = (then > 0) | (now > 0)
    if filled.sum() <= 1:
        return {"psi": 0.0, "psi_chance": 0.0, "verdict": "stable"}
    before, after = (part[filled] + _HALF for part in (then, now))
    before, after = before / before.sum(), after / after.sum()
    psi = float(((after - before) * np.log(after / before)).sum())
    chance = float((1 / customers + 1 / now.sum()) * stats.chi2.ppf(level, filled.sum() - 1))
    is_drift = psi > chance
    verdict = "changed" if is_drift and psi >= CHANGED else "watch" if is_drift and psi >= WATCH else "stable"
    return {"psi": psi, "psi_chance": chance, "verdict": verdict}
