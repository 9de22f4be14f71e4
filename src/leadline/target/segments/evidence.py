"""How well a number of segments fits: criteria, gap, silhouette, and the test of one segment more."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import silhouette_score

from leadline.target.segments.bases import Bases, FloatArray, IntArray
from leadline.target.segments.draw import draw_from
from leadline.target.segments.fit import MODELS, Fit, Method, fit_segments, group_rows
from leadline.target.segments.latent import Design, fit_mixtures, lay_out

_SILHOUETTE_ROWS = 2_000
#: Of a sample of the ratio test, whose statistic is needed to a hundredth.
_STARTS, _TOLERANCE = 8, 1e-3


class Criteria(NamedTuple):
    """Information criteria, smaller is better; missing for methods that are no models."""

    aic: float
    bic: float
    icl: float


class Ratio(NamedTuple):
    """Likelihood-ratio test of ``k`` segments against one fewer, by the parametric bootstrap."""

    statistic: float
    p_value: float


def weigh_fit(fit: Fit, customers: int) -> Criteria:
    """Return AIC (Akaike 1974), BIC (Schwarz 1978) and ICL (Biernacki, Celeux & Govaert 2000).

    ICL is BIC plus twice the entropy of the assignments (soft form of McLachlan & Peel 2000, ch. 6).
    """
    if fit.method not in MODELS:
        return Criteria(np.nan, np.nan, np.nan)
    aic = -2 * fit.score + 2 * fit.parameters
    bic = -2 * fit.score + np.log(customers) * fit.parameters
    return Criteria(aic, bic, bic + 2 * fit.entropy)


def measure_scatter(matrix: FloatArray, weights: FloatArray, labels: IntArray) -> float:
    """Log of the weighted sum of squared distances to the means of the segments."""
    k = int(labels.max()) + 1
    size = np.bincount(labels, weights=weights, minlength=k)
    within = float((weights * (matrix**2).sum(axis=1)).sum())
    for place in range(matrix.shape[1]):
        sums = np.bincount(labels, weights=weights * matrix[:, place], minlength=k)
        within -= float((sums[size > 0] ** 2 / size[size > 0]).sum())
    return float(np.log(max(within, np.finfo(float).tiny)))


def measure_silhouette(matrix: FloatArray, labels: IntArray, rng: np.random.Generator) -> float:
    """Mean silhouette (Rousseeuw 1987) of at most 2,000 rows; missing with a single segment."""
    rows = rng.permutation(len(matrix))[:_SILHOUETTE_ROWS]
    if not 1 < len(np.unique(labels[rows])) < len(rows):
        return np.nan
    return float(silhouette_score(matrix[rows], labels[rows]))


def bootstrap_ratio(bases: Bases, fewer: Fit, more: Fit, *, samples: int, rng: np.random.Generator) -> Ratio:
    """Test ``more.k`` segments against ``fewer.k`` on samples drawn from the model of fewer segments.

    Bootstrap likelihood-ratio test (McLachlan 1987, Applied Statistics 36:318-324; the best of tests and
    criteria for latent classes in Nylund, Asparouhov & Muthén 2007).
    """
    statistic = 2 * (more.score - fewer.score)
    ratios = []
    for _sample in range(samples):
        drawn = bases.replace(draw_from(fewer, bases, rng))
        pair = [_score(drawn, fewer.method, k, rng) for k in (fewer.k, more.k)]
        ratios.append(2 * (pair[1] - pair[0]))
    return Ratio(statistic, (1 + sum(ratio >= statistic for ratio in ratios)) / (1 + samples))


def _score(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> float:
    if method == "gaussian":
        return fit_segments(bases, method, k, rng).score
    design = lay_out(bases)
    matrix, weights, _inverse = group_rows(design.matrix, bases.weights)
    rows = Design(matrix=matrix, answers=design.answers, numbers=design.numbers)
    starts = _STARTS if k > 1 else 1
    fitted, _found = fit_mixtures(rows, weights[None], k, starts=starts, rng=rng, tolerance=_TOLERANCE)
    return float(fitted.log_likelihoods[0])
