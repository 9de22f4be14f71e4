"""Is one list better than another, on the same customers? The paired bootstrap."""

from typing import Literal

import numpy as np
from scipy import stats

from leadline.intervals import LEVEL, Estimate
from leadline.target.metrics import BoolArray

Verdict = Literal["better", "worse", "open"]


def compare_precision(
    buys: BoolArray,
    before: BoolArray,
    after: BoolArray,
    *,
    rng: np.random.Generator,
    draws: int = 2_000,
    level: float = LEVEL,
) -> Estimate:
    """Difference in precision between two lists of the same customers, after minus before.

    Paired bootstrap (Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, ch. 13): customers are
    drawn again with both lists as they were chosen, so what both lists share cancels. A resample is described
    fully by how many customers fall into each cell of (on list before, on list after, buys); the counts are
    drawn at once from their multinomial distribution: exact, and as fast for a million customers as for ten.
    Because the lists are held fixed, the interval says nothing about models that learn anew.

    Parameters
    ----------
    buys, before, after
        Shape (customers,): who buys, and who stands on each list; the same held-out customers in one order.
    rng
        Source of the draws.
    draws, level
        Number of resamples, and confidence level of the interval.

    Returns
    -------
    Estimate
        Difference (0.04 is 4 points) with its percentile interval.
    """
    cell = before * 4 + after * 2 + buys
    counts = np.bincount(cell, minlength=8)
    resampled = rng.multinomial(len(buys), counts / counts.sum(), size=draws)
    lower, upper = np.quantile(_difference(resampled), [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(float(_difference(counts[None, :])[0]), float(lower), float(upper))


def find_p_value(buys: BoolArray, before: BoolArray, after: BoolArray) -> float:
    """Return the exact two-sided p-value of two lists being equally good.

    McNemar's test (1947, Psychometrika 12:153-157) on the buyers who stand on one list and not on the other:
    with lists of one size, each is as likely on either if neither list is better. Fewer than six such
    buyers can never reach 5%, where the bootstrap alone would be too sure.

    Parameters
    ----------
    buys, before, after
        Shape (customers,), as in `compare_precision`.
    """
    gained, lost = int((buys & after & ~before).sum()), int((buys & before & ~after).sum())
    return float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def judge_gain(gain: Estimate, p_value: float) -> Verdict:
    """Say whether a step is proven: ``better``, ``worse``, or ``open``.

    Proven means that the interval leaves zero out *and* the p-value, adjusted for the number of steps, is
    below 5%.

    Parameters
    ----------
    gain
        From `compare_precision`.
    p_value
        From `find_p_value`, adjusted (Holm 1979, Scandinavian Journal of Statistics 6:65-70).
    """
    if p_value >= 1 - LEVEL:
        return "open"
    if gain.lower > 0:
        return "better"
    return "worse" if gain.upper < 0 else "open"


def _difference(cells: np.ndarray) -> np.ndarray:
    """Precision after minus before; ``cells`` has shape (draws, 8)."""
    share_before = cells[:, [5, 7]].sum(axis=1) / np.maximum(cells[:, 4:].sum(axis=1), 1)
    share_after = cells[:, [3, 7]].sum(axis=1) / np.maximum(cells[:, [2, 3, 6, 7]].sum(axis=1), 1)
    difference: np.ndarray = share_after - share_before
    return difference
