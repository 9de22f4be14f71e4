"""k-means started again until its best is found twice; of many rows, started on some and ended on all."""

from typing import NamedTuple

import numpy as np
from sklearn.cluster import KMeans

from leadline.target.segments.bases import FloatArray, IntArray

LEAST_STARTS, MOST_STARTS = 10, 200
#: With more rows the starts are made on so many of them, and the best three that differ are run on all.
MANY_ROWS, _MOST_STARTS_OF_MANY, _FINISHED = 20_000, 30, 3
#: Sums of squares that count as the same solution; those of a sample need not be told apart as finely.
_SAME, _SAME_OF_MANY = 1e-6, 1e-4
#: Shift of the centres, in mean variances, at which a run on all rows ends: too many segments creep for ever.
_SETTLED = 1e-4
_TWICE = 2


class KMeansFound(NamedTuple):
    """The best k-means: ``centres`` (k, features), ``labels`` (rows,) and the sum of squares, ``scatter``.

    ``starts`` were made, and ``times_found`` of them led to the best.
    """

    centres: FloatArray
    labels: IntArray
    scatter: float
    starts: int
    times_found: int


def search_kmeans(rows: FloatArray, weights: FloatArray, k: int, rng: np.random.Generator) -> KMeansFound:
    """Start k-means at least 10 times, until the best is found twice or 200 times (30 on many rows).

    More than 20,000 rows: the starts are made on 20,000 drawn at random, and the three best solutions that
    differ by over 1e-4 of the sum of squares are run on all rows, for a sample cannot rank near ones.
    """
    is_many = len(rows) > MANY_ROWS
    drawn = rng.permutation(len(rows))[:MANY_ROWS] if is_many else slice(None)
    most, same = (_MOST_STARTS_OF_MANY, _SAME_OF_MANY) if is_many else (MOST_STARTS, _SAME)
    tried: list[KMeans] = []
    found = 0
    while len(tried) < LEAST_STARTS or (found < _TWICE and len(tried) < most):
        one = KMeans(k, n_init=1, random_state=int(rng.integers(2**31)), tol=0, max_iter=1_000)
        tried.append(one.fit(rows[drawn], sample_weight=weights[drawn]))
        tried.sort(key=_scatter)
        found = sum(_scatter(one) <= _scatter(tried[0]) * (1 + same) for one in tried)
    best = _finish(rows, weights, tried) if is_many else tried[0]
    centres: FloatArray = best.cluster_centers_.astype(np.float64)
    return KMeansFound(centres, best.labels_.astype(np.int64), _scatter(best), len(tried), found)


def _finish(rows: FloatArray, weights: FloatArray, tried: list[KMeans]) -> KMeans:
    begun: list[KMeans] = []
    for one in tried:
        if not begun or _scatter(one) > _scatter(begun[-1]) * (1 + _SAME_OF_MANY):
            begun.append(one)
    ended = [
        KMeans(one.n_clusters, init=one.cluster_centers_, n_init=1, tol=_SETTLED, max_iter=1_000).fit(
            rows, sample_weight=weights
        )
        for one in begun[:_FINISHED]
    ]
    return min(ended, key=_scatter)


def _scatter(one: KMeans) -> float:
    return float(one.inertia_)
