"""Customers drawn from a fitted model."""

import numpy as np

from leadline.target.segments.bases import Bases, FloatArray, is_number
from leadline.target.segments.fit import Fit
from leadline.target.segments.latent import lay_out


def draw_from(fit: Fit, bases: Bases, rng: np.random.Generator) -> FloatArray:
    """Draw values as read (see `Bases`), as many rows as ``bases`` has and missing where they are.

    Only models can be drawn from: ``gaussian``, ``latent_class`` and ``mixed``.
    """
    draw = _draw_normal if fit.method == "gaussian" else _draw_mixture
    return np.where(np.isnan(bases.readings), np.nan, draw(fit, bases, rng))


def _draw_normal(fit: Fit, bases: Bases, rng: np.random.Generator) -> FloatArray:
    learned = fit.learned
    chosen = rng.choice(fit.k, size=bases.customers, p=learned["shares"] / learned["shares"].sum())
    drawn = np.empty_like(bases.matrix)
    for one in range(fit.k):
        rows = np.flatnonzero(chosen == one)
        drawn[rows] = rng.multivariate_normal(learned["means"][one], learned["covariances"][one], len(rows))
    centres = np.array([basis.centres[0] for basis in bases.columns])
    scales = np.array([basis.scales[0] for basis in bases.columns])
    values: FloatArray = drawn * scales + centres
    return values


def _draw_mixture(fit: Fit, bases: Bases, rng: np.random.Generator) -> FloatArray:
    design, weights = lay_out(bases), fit.learned["weights"]
    shares = np.exp(fit.learned["log_sizes"])
    chosen = rng.choice(fit.k, size=bases.customers, p=shares / shares.sum())
    squares, plain, _constant = np.split(weights[:, design.numbers], 3, axis=1)
    answers, numbers = iter(design.answers), iter(range(squares.shape[1]))
    columns = []
    for basis in bases.columns:
        if is_number(basis):
            place = next(numbers)
            variance = -0.5 / squares[:, place]
            normal = plain[:, place][chosen] * variance[chosen]
            normal = normal + np.sqrt(variance[chosen]) * rng.standard_normal(bases.customers)
            columns.append(normal * basis.scales[0] + basis.centres[0])
            continue
        chances = np.exp(weights[:, next(answers)]).cumsum(axis=1)
        reached = chances[chosen] / chances[chosen, -1:] < rng.random((bases.customers, 1))
        columns.append(reached.sum(axis=1).astype(np.float64))
    return np.column_stack(columns)
