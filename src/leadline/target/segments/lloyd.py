"""Many small k-means at once: the same rows, a set of weights and of first centres for each.

The bootstrap needs thousands of them; scikit-learn, which fits one at a time and makes the final segments,
takes twice as long for 1,000 rows and seven times for 300 (``benchmarks/segment_structure.py``).
"""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_MOST_ROUNDS = 100
#: A fit ends when no larger share of the rows still changes its segment.
_SETTLED = 0.002
#: Cells of the largest table of distances: it should stay in the processor's cache.
_MOST_CELLS = 200_000


def fit_many(
    matrix: FloatArray, weights: FloatArray, k: int, *, starts: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Fit k-means to every set of weights, each the best of ``starts`` random starts.

    Parameters
    ----------
    matrix
        Shape: (rows, features).
    weights
        Weights of the rows, 0 where a row is not in the sample. Shape: (sets, rows).
    k
        Number of segments.
    starts
        Random starts (k-means++: Arthur & Vassilvitskii 2007) of each set.
    rng
        Source of chance.

    Returns
    -------
    centres, scatter
        Shapes: (sets, k, features) and (sets,): the weighted sum of squared distances to the centres.
    """
    at_once = max(1, _MOST_CELLS // (len(matrix) * k * starts))
    parts = [
        _fit(matrix, weights[first : first + at_once], k, starts, rng)
        for first in range(0, len(weights), at_once)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def assign_many(matrix: FloatArray, centres: FloatArray) -> IntArray:
    """Give every row its nearest centre, the first of equals. Shape: (sets, rows)."""
    return _nearest(_measure(matrix, centres))[0]


def _fit(
    matrix: FloatArray, weights: FloatArray, k: int, starts: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    mass = np.repeat(weights, starts, axis=0)
    centres = _seed(matrix, mass, k, rng)
    open_sets = np.arange(len(mass))
    labels = np.full(mass.shape, -1, dtype=np.int64)
    settled = _SETTLED * mass.sum(axis=1)
    for _round in range(_MOST_ROUNDS):
        now, nearest = _nearest(_measure(matrix, centres[open_sets]))
        moved = (mass[open_sets] * (now != labels[open_sets])).sum(axis=1) > settled[open_sets]
        labels[open_sets] = now
        open_sets, now, nearest = open_sets[moved], now[moved], nearest[moved]
        if not len(open_sets):
            break
        centres[open_sets] = _average(matrix, mass[open_sets], now, nearest, k)
    nearest = _nearest(_measure(matrix, centres))[1]
    scatter = (mass * (nearest + (matrix**2).sum(axis=1))).sum(axis=1).reshape(-1, starts)
    best = scatter.argmin(axis=1)
    rows = np.arange(len(weights))
    return centres.reshape(len(weights), starts, k, -1)[rows, best], np.maximum(scatter[rows, best], 0.0)


def _seed(matrix: FloatArray, mass: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    """Draw first centres far from one another: chance in proportion to the squared distance."""
    centres = np.empty((len(mass), k, matrix.shape[1]))
    length = (matrix**2).sum(axis=1)
    chance = mass
    nearest = np.full(mass.shape, np.inf)
    for place in range(k):
        total = chance.cumsum(axis=1)
        is_far = total[:, -1:] > 0
        total = np.where(is_far, total, mass.cumsum(axis=1))  # fewer different rows than centres
        drawn = (total < rng.random((len(mass), 1)) * total[:, -1:]).sum(axis=1)
        centres[:, place] = matrix[np.minimum(drawn, len(matrix) - 1)]
        distance = _measure(matrix, centres[:, place : place + 1])[:, 0] + length
        nearest = np.minimum(nearest, np.maximum(distance, 0.0))
        chance = mass * nearest
    return centres


def _measure(matrix: FloatArray, centres: FloatArray) -> FloatArray:
    """Squared distance less the row's own length, which all centres share. Shape: (sets, k, rows)."""
    sets, k, features = centres.shape
    product = (-2 * centres.reshape(sets * k, features)) @ matrix.T
    product += (centres**2).sum(axis=2).reshape(-1, 1)
    return product.reshape(sets, k, len(matrix))


def _nearest(distances: FloatArray) -> tuple[IntArray, FloatArray]:
    best = distances[:, 0].copy()
    labels = np.zeros(best.shape, dtype=np.int64)
    for place in range(1, distances.shape[1]):
        nearer = distances[:, place] < best
        np.copyto(labels, place, where=nearer)
        np.minimum(best, distances[:, place], out=best)
    return labels, best


def _average(
    matrix: FloatArray, mass: FloatArray, labels: IntArray, nearest: FloatArray, k: int
) -> FloatArray:
    """Weighted mean of each segment; an empty one starts anew at the row farthest from its centre."""
    inside = (labels[:, None, :] == np.arange(k)[None, :, None]) * mass[:, None, :]
    size = inside.sum(axis=2)
    sums = (inside.reshape(-1, len(matrix)) @ matrix).reshape(len(mass), k, -1)
    centres: FloatArray = sums / np.where(size > 0, size, 1.0)[:, :, None]
    empty = np.argwhere(size <= 0)
    if len(empty):
        distance = np.where(mass > 0, nearest + (matrix**2).sum(axis=1), -np.inf)
        farthest = np.argsort(-distance, axis=1)[:, :k]
        for one, place in empty:
            centres[one, place] = matrix[farthest[one, place]]
    return centres
