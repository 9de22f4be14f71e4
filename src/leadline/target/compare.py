"""Is one list better than another, on the same customers? The paired bootstrap."""

import numpy as np

from leadline.target.metrics import LEVEL, BoolArray, Estimate


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


def _difference(cells: np.ndarray) -> np.ndarray:
    """Precision after minus before; ``cells`` has shape (draws, 8)."""
    share_before = cells[:, [5, 7]].sum(axis=1) / np.maximum(cells[:, 4:].sum(axis=1), 1)
    share_after = cells[:, [3, 7]].sum(axis=1) / np.maximum(cells[:, [2, 3, 6, 7]].sum(axis=1), 1)
    difference: np.ndarray = share_after - share_before
    return difference
