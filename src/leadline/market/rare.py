"""Counts of rare things, many at once: exact, by inverting the distribution on one uniform draw each.

Most counts are 0, which one comparison tells; only the rest climbs the distribution, whose terms follow
p(k) = p(k − 1) · (a + b / k) (Panjer 1981, ASTIN Bulletin 12:22-26).
"""

import numpy as np
from numpy.typing import NDArray

from leadline.market.truth import Counts, Floats

_LARGE = 20.0  # from here numpy's own sampler is no slower, and exp(-mean) no problem


def draw_poisson(mean: Floats, rng: np.random.Generator) -> Counts:
    """Draw one Poisson count for each ``mean``; quick where it is below 1."""
    draw, none = rng.random(len(mean), dtype=np.float32), np.exp(-mean)
    some = np.flatnonzero(draw > none)
    counts = _climb(draw, some, none[some], np.zeros(1), mean[some].astype(float))
    large = np.flatnonzero(mean > _LARGE)
    counts[large] = np.minimum(rng.poisson(mean[large]), np.iinfo(counts.dtype).max)
    return counts


def draw_binomial(trials: Counts, chance: Floats, rng: np.random.Generator) -> Counts:
    """Draw the successes among each row's ``trials``; quick where they are rare."""
    draw = rng.random(len(trials), dtype=np.float32)
    some = np.flatnonzero(draw > 1 - trials * chance)  # (1 - p)^k is at least 1 - kp
    likely = np.minimum(chance[some].astype(float), 1 - 1e-9)
    odds = likely / (1 - likely)
    none = (1 - likely) ** trials[some]
    at_least_one = draw[some] > none
    some, none, odds = some[at_least_one], none[at_least_one], odds[at_least_one]
    return _climb(draw, some, none, -odds, (trials[some] + 1) * odds)


def _climb(
    draw: Floats,
    rows: NDArray[np.int64],
    none: NDArray[np.floating],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
) -> Counts:
    """Count up at each of ``rows`` until the distribution function passes the draw; 0 elsewhere."""
    counts = np.zeros(len(draw), np.int16)
    term = none.astype(float)
    rest = draw[rows] - term  # of the draw, less the probability of all smaller counts
    a = np.broadcast_to(a, b.shape)
    count = 0
    while len(rows):
        count += 1
        counts[rows] = count
        term = term * (a + b / count)
        rest = rest - term
        on = (rest > 0) & (term > 0)
        rows, term, rest, a, b = rows[on], term[on], rest[on], a[on], b[on]
    return counts
