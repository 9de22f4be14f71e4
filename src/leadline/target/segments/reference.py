"""Stability and scatter by number of segments, of the data and of clouds without segments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from leadline.target.segments.bases import Bases, FloatArray, IntArray
from leadline.target.segments.cloud import fit_cloud
from leadline.target.segments.evidence import measure_scatter
from leadline.target.segments.fit import Method, fit_segments, group_rows
from leadline.target.segments.lloyd import fit_many
from leadline.target.segments.stability import draw_samples, pair_agreement, segment_samples

#: Below this chance of so tight a fit without segments, the structure is called natural.
LEVEL = 0.01
_STARTS = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class Reference:
    """What clouds without segments give, one row a cloud and one column a number of segments.

    ``agreement`` is the mean adjusted Rand index of a cloud's bootstrap pairs. ``scatter`` is the log of the
    share of squared distances left within segments, missing for models, which have a likelihood instead;
    ``own_scatter`` is that of the data, fitted with as many starts. Shapes: (clouds, numbers), (clouds,
    numbers), (numbers,).
    """

    numbers: tuple[int, ...]
    agreement: FloatArray
    scatter: FloatArray
    own_scatter: FloatArray

    @property
    def gap(self) -> FloatArray:
        """Gap statistic (Tibshirani, Walther & Hastie 2001) against these clouds. Shape: (numbers,).

        In distances, the root of the share of scatter left, where that paper has logarithms: by these,
        cutting the widest of unequal segments gains as much as finding one (Mohajer, Englmeier & Schmitz
        2011, arXiv 1103.4767, who leave the logarithm out).
        """
        gap: FloatArray = np.exp(self.scatter / 2).mean(axis=0) - np.exp(self.own_scatter / 2)
        return gap

    @property
    def gap_error(self) -> FloatArray:
        """Its simulation error, as in the first paper. Shape: (numbers,)."""
        return _spread(np.exp(self.scatter / 2))

    @property
    def p_value(self) -> float:
        """Chance that a cloud without segments fits as tightly for some number of segments.

        The largest gap of logarithms over all numbers, in units of its error, among those of the clouds
        themselves: Student's t as the distribution of one more draw.
        """
        clouds, error = len(self.scatter), _spread(self.scatter)
        own = ((self.scatter.mean(axis=0) - self.own_scatter) / error).max()
        theirs = ((self.scatter.mean(axis=0) - self.scatter) / error).max(axis=1)
        distance = (own - theirs.mean()) / (theirs.std(ddof=1) * np.sqrt(1 + 1 / clouds))
        return float(stats.t.sf(distance, clouds - 1))

    @property
    def natural(self) -> int:
        """Number of natural segments; 1 says that there is no structure.

        If the `p_value` is below 0.01, the first number whose gap the next one does not beat by more than its
        error (Tibshirani, Walther & Hastie 2001); the last one if there is no such number.
        """
        if not self.p_value < LEVEL:
            return 1
        first = np.flatnonzero(self.gap[:-1] >= self.gap[1:] - self.gap_error[1:])
        return self.numbers[int(first[0]) if len(first) else -1]


def measure_reference(
    bases: Bases, method: Method, numbers: Sequence[int], *, clouds: int, pairs: int, rng: np.random.Generator
) -> Reference:
    """Draw clouds and measure each as the data are measured.

    Latent classes and mixed models take columns to be independent within a class, so their cloud is one
    class: independent columns. All others get a cloud with the correlations of the data.
    """
    cloud = fit_cloud(bases, rng, independent=method in ("latent_class", "mixed"))
    drawn = [cloud.draw(rng) for _cloud in range(clouds)]
    return Reference(
        numbers=tuple(numbers),
        agreement=np.array([[_agree(one, method, k, pairs, rng) for k in numbers] for one in drawn]),
        scatter=np.array([[_scatter(one, method, k, rng) for k in numbers] for one in drawn]),
        own_scatter=np.array([_scatter(bases, method, k, rng) for k in numbers]),
    )


def _spread(scatter: FloatArray) -> FloatArray:
    """Return the error of the clouds' mean and of one more draw."""
    error: FloatArray = scatter.std(axis=0, ddof=1) * np.sqrt(1 + 1 / len(scatter))
    return error


def _agree(bases: Bases, method: Method, k: int, pairs: int, rng: np.random.Generator) -> float:
    if not pairs:
        return np.nan
    counts: IntArray = draw_samples(bases, 2 * pairs, rng)
    return float(pair_agreement(segment_samples(bases, method, k, counts, rng)).mean())


def _scatter(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> float:
    """Log of the share of the scatter that is left within segments."""
    whole = measure_scatter(bases.matrix, bases.weights, np.zeros(bases.customers, dtype=np.int64))
    if method == "kmeans":
        rows, weights, _inverse = group_rows(bases.matrix, bases.weights)
        scatter = fit_many(rows, weights[None], k, starts=_STARTS, rng=rng)[1][0]
        return float(np.log(max(scatter, np.finfo(float).tiny))) - whole
    if method == "tree":
        labels = fit_segments(bases, method, k, rng).labels
        return measure_scatter(bases.matrix, bases.weights, labels) - whole
    return np.nan
