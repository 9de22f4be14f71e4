"""A logistic model whose groups of effects lean towards zero as far as the data let them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import expit, softmax

from leadline.engage.cells import BoolArray
from leadline.engage.problem import FloatArray, IntArray

_MOST_STEPS = 60
_CONVERGED = 1e-9
_HALVINGS = 20


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How far the effects of a group may lie from zero, in log-odds.

    ``values`` are tried one by one, each as likely beforehand as a half-normal of spread ``expected`` says;
    a single one is given, not found.
    """

    values: tuple[float, ...]
    expected: float = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Posterior:
    """Normal approximation of what the data say of the coefficients.

    ``mean`` has shape (features,), ``covariance`` (features, features).
    """

    mean: FloatArray
    covariance: FloatArray

    def predict(self, features: FloatArray) -> FloatArray:
        """Return the expected probability of each row, the coefficients' uncertainty averaged out.

        By the probit approximation of MacKay (1992, Neural Computation 4:720-736). Shape: (rows,).
        """
        spread = np.einsum("ij,jk,ik->i", features, self.covariance, features, optimize=True)
        return average_chance(features @ self.mean, spread)

    def project(self, effects: FloatArray) -> "Posterior":
        """Return what the data say of sums of coefficients; ``effects`` has shape (sums, features)."""
        return Posterior(mean=effects @ self.mean, covariance=effects @ self.covariance @ effects.T)


def average_chance(log_odds: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the mean probability where log-odds are normal with these means and variances."""
    chance: FloatArray = expit(log_odds / np.sqrt(1 + np.pi / 8 * variance))
    return chance


def fit_pooled_logit(
    features: FloatArray, outcome: BoolArray, group: IntArray, scales: Sequence[Scale]
) -> Posterior:
    """Fit a logistic model with normal priors whose spreads are averaged over.

    For each combination of the scales the posterior is approximated at its mode (Laplace); the combinations
    count by their marginal likelihood times their prior, and what remains is one normal with the mixture's
    mean and covariance (Rue, Martino & Chopin 2009, JRSS B 71:319-392, sec. 3, without their corrections).

    Parameters
    ----------
    features
        Shape (rows, features).
    outcome
        Shape (rows,).
    group
        Which of ``scales`` each feature has. Shape (features,).
    scales
        One a group.
    """
    fits, weights = [], []
    start = np.zeros(features.shape[1])
    for values in product(*(scale.values for scale in scales)):
        spread = np.asarray(values)[group]
        mode, covariance, evidence = _approximate(features, outcome, spread, start)
        start = mode
        prior = -0.5 * sum(
            (value / scale.expected) ** 2
            for value, scale in zip(values, scales, strict=True)
            if len(scale.values) > 1
        )
        fits.append((mode, covariance))
        weights.append(evidence + prior)
    share = softmax(weights)
    mean = np.einsum("k,ki->i", share, np.stack([mode for mode, _covariance in fits]))
    total = np.zeros((len(mean), len(mean)))
    for part, (mode, covariance) in zip(share, fits, strict=True):
        total += part * (covariance + np.outer(mode - mean, mode - mean))
    return Posterior(mean=mean, covariance=total)


def _approximate(
    features: FloatArray, outcome: BoolArray, spread: FloatArray, start: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return mode, covariance and log marginal likelihood, by Newton's method with halved steps."""
    precision = 1 / spread**2
    beta = start
    height = _log_posterior(features, outcome, precision, beta)
    for _step in range(_MOST_STEPS):
        chance = expit(features @ beta)
        gradient = features.T @ (outcome - chance) - precision * beta
        hessian = _curvature(features, chance, precision)
        direction = np.linalg.solve(hessian, gradient)
        for halving in range(_HALVINGS):
            trial = beta + direction / 2**halving
            reached = _log_posterior(features, outcome, precision, trial)
            if reached >= height:
                beta, gained, height = trial, reached - height, reached
                break
        else:
            break
        if gained < _CONVERGED:
            break
    hessian = _curvature(features, expit(features @ beta), precision)
    log_volume = float(np.linalg.slogdet(hessian)[1])
    evidence = height + 0.5 * float(np.log(precision).sum()) - 0.5 * log_volume
    return beta, np.asarray(np.linalg.inv(hessian), dtype=np.float64), evidence


def _curvature(features: FloatArray, chance: FloatArray, precision: FloatArray) -> FloatArray:
    hessian: FloatArray = (features.T * (chance * (1 - chance))) @ features + np.diag(precision)
    return hessian


def _log_posterior(
    features: FloatArray, outcome: BoolArray, precision: FloatArray, beta: FloatArray
) -> float:
    log_odds = features @ beta
    likelihood = float((outcome * log_odds - np.logaddexp(0, log_odds)).sum())
    return likelihood - 0.5 * float(precision @ beta**2)
