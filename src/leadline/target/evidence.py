"""Weight of evidence: what each bin of an attribute says for buying, and what the attribute says in all."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.target.metrics import BoolArray, FloatArray

IntArray = npt.NDArray[np.int64]
Trend = Literal["auto", "increasing", "decreasing", "free"]
_FINE_BINS = 20
_FEWEST_SHARE = 0.05
_MOST_BINS = 7
_DIGITS = 17


def weigh_evidence(bins: IntArray, buys: BoolArray) -> pd.DataFrame:
    """Return what each bin says for buying.

    Weight of evidence is the log of the bin's share of all buyers over its share of all others; above 0 it
    speaks for buying (Good 1950, *Probability and the Weighing of Evidence*; Siddiqi 2006, *Credit Risk
    Scorecards*, ch. 6). The information value is the sum over bins of the difference of the two shares times
    the weight. A bin without buyers, or of buyers only, counts half a customer in the empty cell for its
    weight and nothing for the information value.

    Parameters
    ----------
    bins
        Bin of each customer, 0 and up; shape (customers,).
    buys
        Who buys.

    Returns
    -------
    pandas.DataFrame
        One row a bin that occurs, index ``bin``: ``customers``, ``buyers``, ``rate``, ``weight_of_evidence``,
        ``information``.
    """
    number = int(bins.max()) + 1
    customers = np.bincount(bins, minlength=number).astype(float)
    buyers = np.bincount(bins, weights=buys, minlength=number)
    others = customers - buyers
    occurs = customers > 0
    customers, buyers, others = customers[occurs], buyers[occurs], others[occurs]
    is_pure = (buyers == 0) | (others == 0)
    share_buyers = (buyers + 0.5 * is_pure) / buyers.sum()
    share_others = (others + 0.5 * is_pure) / others.sum()
    weight = np.log(share_buyers / share_others)
    information = np.where(is_pure, 0.0, (share_buyers - share_others) * weight)
    return pd.DataFrame(
        {
            "customers": customers.astype(np.int64),
            "buyers": buyers.astype(np.int64),
            "rate": buyers / customers,
            "weight_of_evidence": weight,
            "information": information,
        },
        index=pd.Index(np.flatnonzero(occurs), name="bin"),
    )


def find_cuts(values: FloatArray, buys: BoolArray, trend: Trend = "auto") -> list[float]:
    """Cut a number into up to seven bins that differ in their share of buyers.

    Starting from twenty quantiles, neighbours are merged: first until each bin holds 5% of the customers,
    then until the share of buyers runs one way (pool adjacent violators: Ayer et al. 1955, Annals of
    Mathematical Statistics 26:641-647), then the two most alike, until no more than seven are left. A cut is
    written with as few digits as part the same customers.

    Parameters
    ----------
    values
        Without missing values; shape (customers,).
    buys
        Who buys.
    trend
        Which way the share of buyers must run; ``auto`` takes the sign of the rank correlation, ``free`` asks
        for none.

    Returns
    -------
    list
        Ascending; a value at a cut belongs to the bin above. Empty when one bin is left.
    """
    quantiles = np.quantile(values, np.arange(1, _FINE_BINS) / _FINE_BINS)
    cuts = [float(cut) for cut in np.unique(quantiles) if values.min() < cut <= values.max()]
    bins = np.searchsorted(np.array(cuts), values, side="right")
    customers = list(np.bincount(bins, minlength=len(cuts) + 1).astype(float))
    buyers = list(np.bincount(bins, weights=buys, minlength=len(cuts) + 1))
    fewest = _FEWEST_SHARE * len(values)
    while cuts and min(customers) < fewest:
        _merge(_choose_neighbour(customers), cuts, customers, buyers)
    if trend != "free":
        sign = _find_sign(values, buys, trend)
        while (wrong := _find_violation(customers, buyers, sign)) is not None:
            _merge(wrong, cuts, customers, buyers)
    while len(cuts) >= _MOST_BINS:
        rates = np.array(buyers) / np.array(customers)
        _merge(int(np.argmin(np.abs(np.diff(rates)))), cuts, customers, buyers)
    return [_shorten(cut, values) for cut in cuts]


def _shorten(cut: float, values: FloatArray) -> float:
    """Return the number with the fewest digits that parts the same values as ``cut``."""
    below, above = float(values[values < cut].max()), float(values[values >= cut].min())
    for digits in range(1, _DIGITS):
        for near in (above, (below + above) / 2):
            short = float(f"{near:.{digits}g}")
            if below < short <= above:
                return short
    return cut


def _choose_neighbour(customers: list[float]) -> int:
    """Place at which the smallest bin joins its smaller neighbour."""
    smallest = int(np.argmin(customers))
    if smallest == 0:
        return 0
    is_last = smallest == len(customers) - 1
    return smallest - 1 if is_last or customers[smallest - 1] < customers[smallest + 1] else smallest


def _find_sign(values: FloatArray, buys: BoolArray, trend: Trend) -> int:
    if trend == "auto":
        correlation = stats.spearmanr(values, buys).statistic
        return -1 if correlation < 0 else 1
    return 1 if trend == "increasing" else -1


def _find_violation(customers: list[float], buyers: list[float], sign: int) -> int | None:
    """Place of the first bin whose right neighbour does not lie further on."""
    rates = sign * np.array(buyers) / np.array(customers)
    wrong = np.flatnonzero(np.diff(rates) <= 0)
    return int(wrong[0]) if len(wrong) else None


def _merge(left: int, cuts: list[float], customers: list[float], buyers: list[float]) -> None:
    """Join bin ``left`` with the one to its right."""
    del cuts[left]
    for counts in (customers, buyers):
        counts[left] += counts.pop(left + 1)
