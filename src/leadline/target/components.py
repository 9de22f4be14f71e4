"""Principal components of customers' attributes: how many to keep, what each attribute weighs, how surely.

Everything rests on the correlation matrix, so that a million customers cost little more than a thousand.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.optimize import linear_sum_assignment

from leadline.intervals import LEVEL
from leadline.target.metrics import FloatArray

IntArray = npt.NDArray[np.int64]
Rule = Literal["parallel", "kaiser"]
_GROUPS = 400


@dataclass(frozen=True, eq=False, kw_only=True)
class Components:
    """The principal components of a correlation matrix, largest first.

    ``variances`` has shape (attributes,) and sums to their number; ``loadings`` has shape (attributes,
    components), each column of length 1 and turned so that its loadings sum to 0 or more.
    """

    variances: FloatArray
    loadings: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightDraws:
    """What another sample of customers would have given.

    ``weights`` has shape (draws, attributes); ``kept_parallel`` and ``kept_kaiser`` have shape (draws,): how
    many components each rule would have kept.
    """

    weights: FloatArray
    kept_parallel: IntArray
    kept_kaiser: IntArray


def find_components(correlation: FloatArray) -> Components:
    """Return the principal components of a correlation matrix of shape (attributes, attributes)."""
    variances, loadings = np.linalg.eigh(correlation)
    variances, loadings = variances[::-1], loadings[:, ::-1]
    signs = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return Components(variances=variances, loadings=loadings * signs)


def draw_noise_variances(rows: int, attributes: int, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return the 95th percentile of each component's variance among attributes that share nothing.

    The reference of parallel analysis (Horn 1965, Psychometrika 30:179-185; percentile of Glorfeld 1995,
    Educational and Psychological Measurement 55:377-393). The correlation matrices of ``rows`` independent
    normal customers are drawn from the Wishart distribution, which costs the same for any number of rows.

    Returns
    -------
    numpy.ndarray
        Shape (attributes,), largest first.
    """
    matrices = stats.wishart.rvs(df=rows - 1, scale=np.eye(attributes), size=draws, random_state=rng)
    matrices = np.reshape(matrices, (draws, attributes, attributes))
    scales = np.sqrt(np.einsum("dii->di", matrices))
    correlations = matrices / scales[:, :, None] / scales[:, None, :]
    variances = np.linalg.eigvalsh(correlations)[:, ::-1]
    noise: FloatArray = np.quantile(variances, LEVEL, axis=0)
    return noise


def count_components(variances: FloatArray, noise: FloatArray, rule: Rule) -> int:
    """Return how many components to keep; 0 when none stands out.

    ``parallel`` keeps the leading components whose variance exceeds the ``noise``; ``kaiser`` those above 1
    (Kaiser 1960, Educational and Psychological Measurement 20:141-151), which keeps too many and flips with
    the sample.
    """
    bar = noise if rule == "parallel" else np.ones_like(variances)
    above = variances > bar
    return int(np.argmin(above)) if not above.all() else len(above)


def weigh_attributes(components: Components, kept: int) -> FloatArray:
    """Return each attribute's weight: its loadings, each component counting by its share of the variance."""
    shares = components.variances[:kept] / components.variances[:kept].sum()
    weights: FloatArray = components.loadings[:, :kept] @ shares
    return weights


def redraw_weights(
    matrix: FloatArray,
    components: Components,
    *,
    kept: int,
    noise: FloatArray,
    draws: int,
    rng: np.random.Generator,
) -> WeightDraws:
    """Bootstrap the weights: customers are drawn again, components matched to the original and turned alike.

    Customers are dealt at random into up to 400 groups and whole groups are drawn (Efron & Tibshirani 1993,
    *An Introduction to the Bootstrap*; for independent customers dealt at random both estimate the same
    variance), so that a draw costs the same for any number of customers.

    Parameters
    ----------
    matrix
        Standardised attributes, shape (customers, attributes).
    components, kept, noise
        Of the whole sample; the draws keep as many components.
    draws, rng
        Number of draws, and their source.
    """
    counts, sums, products = _sum_groups(matrix, rng)
    picks = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=draws).astype(float)
    weights, by_parallel, by_kaiser = [], [], []
    for pick in picks:
        n = pick @ counts
        means = pick @ sums / n
        covariance = np.tensordot(pick, products, 1) / n - np.outer(means, means)
        scales = np.sqrt(np.diag(covariance))
        drawn = find_components(covariance / np.outer(scales, scales))
        weights.append(weigh_attributes(_match(drawn, components, kept), kept))
        by_parallel.append(count_components(drawn.variances, noise, "parallel"))
        by_kaiser.append(count_components(drawn.variances, noise, "kaiser"))
    return WeightDraws(
        weights=np.array(weights),
        kept_parallel=np.array(by_parallel, dtype=np.int64),
        kept_kaiser=np.array(by_kaiser, dtype=np.int64),
    )


def _sum_groups(matrix: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Deal customers into groups at random: their count, sums and sums of products, a row a group."""
    order = rng.permutation(len(matrix))
    groups = np.array_split(order, min(_GROUPS, len(matrix)))
    counts = np.array([len(group) for group in groups], dtype=float)
    sums = np.array([matrix[group].sum(axis=0) for group in groups])
    products = np.array([matrix[group].T @ matrix[group] for group in groups])
    return counts, sums, products


def _match(drawn: Components, original: Components, kept: int) -> Components:
    """Order and turn drawn components as the original ones that they resemble most."""
    likeness = original.loadings[:, :kept].T @ drawn.loadings
    _rows, columns = linear_sum_assignment(-np.abs(likeness))
    signs = np.where(likeness[np.arange(kept), columns] < 0, -1.0, 1.0)
    return Components(variances=drawn.variances[columns], loadings=drawn.loadings[:, columns] * signs)
