"""Is one list better than another, on the same customers? The paired bootstrap."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import stats

from leadline.intervals import LEVEL, Estimate
from leadline.target.channel_outcomes import Reading
from leadline.target.metrics import BoolArray, FloatArray

Verdict = Literal["better", "worse", "open", "unjudged"]
_DRAWS = 2_000


def compare_precision(
    buys: BoolArray,
    before: BoolArray,
    after: BoolArray,
    *,
    rng: np.random.Generator,
    draws: int = _DRAWS,
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
    return _summarise(_difference(counts[None, :])[0], _difference(resampled), level)


def compare_readings(
    before: Reading, after: Reading, *, rng: np.random.Generator, draws: int = _DRAWS, level: float = LEVEL
) -> tuple[Estimate, float]:
    """Compare two lists that count customers, or their outcomes, differently.

    As `compare_precision`, with a cell for each distinct (weight before, buys before, weight after, buys
    after), and weighted precisions.

    Parameters
    ----------
    before, after
        How each list is judged, on the same held-out customers in one order.
    rng, draws, level
        As in `compare_precision`.

    Returns
    -------
    Estimate, float
        The difference with its interval; and its two-sided p-value, exact (`find_p_value`) where all weights
        are equal and both lists count equally many, else from the difference over its bootstrap error.
    """
    precisions = draw_precisions([before, after], rng=rng, draws=draws)
    found, resampled = precisions[0, 1] - precisions[0, 0], precisions[1:, 1] - precisions[1:, 0]
    gain = _summarise(found, resampled, level)
    one, other = before.weights > 0, after.weights > 0
    if before.is_equal and after.is_equal and one.sum() == other.sum():
        return gain, _test_discordant(before.buys & one, after.buys & other)
    error = float(resampled.std(ddof=1))
    return gain, float(2 * stats.norm.sf(abs(found) / error)) if error else 1.0


def draw_precisions(
    readings: Sequence[Reading], *, rng: np.random.Generator, draws: int = _DRAWS
) -> FloatArray:
    """Return the precision of each list, and of the same customers drawn again: shape (1 + draws, lists).

    The first row is that of the customers as they are; see `compare_precision` for the bootstrap.
    """
    weights = np.column_stack([reading.weights for reading in readings])
    bought = weights * np.column_stack([reading.buys for reading in readings])
    cells, counts = np.unique(np.hstack([weights, bought]), axis=0, return_counts=True)
    resampled = rng.multinomial(len(weights), counts / counts.sum(), size=draws)
    numbers = np.vstack([counts, resampled])
    listed, buyers = numbers @ cells[:, : len(readings)], numbers @ cells[:, len(readings) :]
    precision: FloatArray = buyers / np.where(listed > 0, listed, 1.0)
    return precision


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
    return _test_discordant(buys & before, buys & after)


def judge_gain(gain: Estimate, p_value: float) -> Verdict:
    """Say whether a step is proven: ``better``, ``worse``, or ``open``.

    Proven means that the interval leaves zero out *and* the p-value, adjusted for the number of steps, is
    below 5%.

    Parameters
    ----------
    gain
        From `compare_precision` or `compare_readings`.
    p_value
        From `find_p_value` or `compare_readings`, adjusted (Holm 1979, Scandinavian Journal of Statistics
        6:65-70).
    """
    if p_value >= 1 - LEVEL:
        return "open"
    if gain.lower > 0:
        return "better"
    return "worse" if gain.upper < 0 else "open"


def _test_discordant(before: BoolArray, after: BoolArray) -> float:
    """Test whether as many customers buy on the one list only as on the other only."""
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    return float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _summarise(found: float, resampled: FloatArray, level: float) -> Estimate:
    lower, upper = np.quantile(resampled, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(float(found), float(lower), float(upper))


def _difference(cells: np.ndarray) -> np.ndarray:
    """Precision after minus before; ``cells`` has shape (draws, 8)."""
    share_before = cells[:, [5, 7]].sum(axis=1) / np.maximum(cells[:, 4:].sum(axis=1), 1)
    share_after = cells[:, [3, 7]].sum(axis=1) / np.maximum(cells[:, [2, 3, 6, 7]].sum(axis=1), 1)
    difference: np.ndarray = share_after - share_before
    return difference
