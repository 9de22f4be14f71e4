"""Would other customers of the same market give the same segments? Bootstrap pairs and their agreement."""

import numpy as np
from sklearn.mixture import GaussianMixture

from leadline.target.segments.bases import Bases, FloatArray, IntArray
from leadline.target.segments.fit import Method, fit_segments, group_rows
from leadline.target.segments.latent import Design, Mixtures, fit_mixtures, lay_out
from leadline.target.segments.lloyd import assign_many, fit_many

_STARTS = 3
#: A bootstrap's mixture is told apart from another by its segments, not by the last digits of its likelihood.
_ROUGH = 0.02


def draw_samples(bases: Bases, samples: int, rng: np.random.Generator) -> IntArray:
    """Draw bootstrap samples: how often each row is in each. Shape: (samples, rows)."""
    size = bases.customers
    return rng.multinomial(size, np.full(size, 1 / size), size=samples)


def segment_samples(
    bases: Bases, method: Method, k: int, counts: IntArray, rng: np.random.Generator
) -> IntArray:
    """Make segments of each bootstrap sample and place all original rows in them.

    Parameters
    ----------
    bases
        The original rows.
    method, k
        How, and how many.
    counts
        How often each row is in each sample. Shape: (samples, rows).
    rng
        Source of chance.

    Returns
    -------
    Array
        Segment of each original row by each sample's segments. Shape: (samples, rows).
    """
    if method == "kmeans":
        rows, _sums, inverse = group_rows(bases.matrix, bases.weights)
        centres, _scatter = fit_many(
            rows, _gather(counts * bases.weights, inverse), k, starts=_STARTS, rng=rng
        )
        return assign_many(rows, centres)[:, inverse]
    if method in ("latent_class", "mixed"):
        design = lay_out(bases)
        matrix, _sums, inverse = group_rows(design.matrix, bases.weights)
        rows_design = Design(matrix=matrix, answers=design.answers, numbers=design.numbers)
        mass = _gather(counts * bases.weights, inverse)
        mixtures, _found = fit_mixtures(rows_design, mass, k, starts=_STARTS, rng=rng, tolerance=_ROUGH)
        return _classify(rows_design, mixtures)[:, inverse]
    return np.stack([_segment_sample(bases, method, k, count, rng) for count in counts])


def _segment_sample(
    bases: Bases, method: Method, k: int, count: IntArray, rng: np.random.Generator
) -> IntArray:
    sample = bases.take(np.repeat(np.arange(bases.customers), count))
    if method == "tree":
        return fit_segments(sample, method, k, rng).place(bases)
    model = GaussianMixture(k, n_init=_STARTS, random_state=int(rng.integers(2**31)))
    return np.asarray(model.fit(sample.matrix).predict(bases.matrix), dtype=np.int64)


def _classify(design: Design, mixtures: Mixtures) -> IntArray:
    return np.stack(
        [
            mixtures.take(slice(one, one + 1)).score(design)[0].argmax(axis=0)
            for one in range(len(mixtures.sizes))
        ]
    ).astype(np.int64)


def _gather(counts: FloatArray, inverse: IntArray) -> FloatArray:
    """Add up the columns of rows that are one."""
    groups = int(inverse.max()) + 1
    if groups == len(inverse):
        return counts
    return np.stack([np.bincount(inverse, weights=count, minlength=groups) for count in counts])


def adjust_rand(first: IntArray, second: IntArray) -> float:
    """Agreement of two partitions of the same rows, 0 by chance and 1 when they are the same.

    Adjusted Rand index of Hubert & Arabie (1985, Journal of Classification 2:193-218).
    """
    return float(adjust_rand_of(cross_tabulate(first, second)[None])[0])


def adjust_rand_of(tables: FloatArray) -> FloatArray:
    """Return `adjust_rand` of each table of counts by two partitions. Shapes: (tables, m, n), (tables,)."""
    together, whole = _pairs(tables, (1, 2)), _pairs(tables.sum(axis=(1, 2)), ())
    rows, columns = _pairs(tables.sum(axis=2), 1), _pairs(tables.sum(axis=1), 1)
    by_chance = rows * columns / np.maximum(whole, 1.0)
    most = (rows + columns) / 2
    above = most - by_chance
    return np.divide(together - by_chance, above, out=np.ones(len(tables)), where=above != 0)


def pair_agreement(labels: IntArray) -> FloatArray:
    """Return the adjusted Rand index of samples 0 and 1, 2 and 3, … Shape: (pairs,)."""
    return np.array([adjust_rand(labels[one], labels[one + 1]) for one in range(0, len(labels) - 1, 2)])


def match_segments(reference: IntArray, others: IntArray, k: int) -> FloatArray:
    """Segment level stability within solutions (SLSW): how far each segment is found again.

    The largest Jaccard index of each reference segment with any segment of a sample, averaged over the two
    samples of a pair (Dolnicar & Leisch 2017, European Journal of Operational Research 257:1008-1018;
    ``slswFlexclust``). Segments that a sample lacks count as none.

    Parameters
    ----------
    reference
        Segment of each row, 0 to k - 1. Shape: (rows,).
    others
        Segments by the samples, two a pair. Shape: (samples, rows).
    k
        Number of reference segments.

    Returns
    -------
    Array
        Shape: (pairs, k).
    """
    best = np.empty((len(others), k))
    size = np.bincount(reference, minlength=k)
    for place, other in enumerate(others):
        table = cross_tabulate(reference, other, k)
        either = size[:, None] + table.sum(axis=0)[None, :] - table
        best[place] = np.divide(table, either, out=np.zeros(table.shape), where=either > 0).max(axis=1)
    return (best[0::2] + best[1::2]) / 2


def trace_segments(smaller: IntArray, larger: IntArray) -> FloatArray:
    """Segment level stability across solutions (SLSA) of each segment of the larger solution.

    One less the entropy of the segments of the smaller solution that its members come from, divided by its
    largest value, the logarithm of their number (Dolnicar & Leisch 2017; ``slsaplot``): 1 when all come from
    one segment.

    Parameters
    ----------
    smaller, larger
        Segment of each row by two solutions, the first of fewer segments. Shapes: (rows,).

    Returns
    -------
    Array
        Shape: (segments of the larger solution,).
    """
    table = cross_tabulate(smaller, larger)
    share = table / table.sum(axis=0)
    logs = np.log(share, out=np.zeros(share.shape), where=share > 0)
    traced: FloatArray = 1.0 + (share * logs).sum(axis=0) / np.log(len(table))
    return traced


def cross_tabulate(first: IntArray, second: IntArray, least: int = 1) -> FloatArray:
    """Count rows by both partitions."""
    height, width = max(int(first.max()) + 1, least), int(second.max()) + 1
    counts = np.bincount(first * width + second, minlength=height * width)
    return counts.reshape(height, width).astype(np.float64)


def _pairs(counts: FloatArray, axes: int | tuple[int, ...]) -> FloatArray:
    pairs: FloatArray = (counts * (counts - 1) / 2).sum(axis=axes)
    return pairs
