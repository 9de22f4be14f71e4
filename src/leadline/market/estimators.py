"""What an analyst would estimate of a list's uplift, beside the truth: which ways of reading a campaign err.

The sketch of system V2: a random hold-out inside the list is unbiased (Fisher 1935); precision read as effect
counts those who would have subscribed anyway; the unlisted differ from the listed; a model of the unlisted
(g-computation, Robins 1986) helps as far as the columns tell why people were listed.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.market.assignment import Assignment
from leadline.market.logit import to_chance
from leadline.market.market import Market
from leadline.market.observed import Observed

HOLDOUT_SHARE = 0.2
_Z = 1.959964
_RIDGE = 1.0
_STEPS = 30
_FEATURES = (
    "data_months",
    "traffic_mb",
    "sessions",
    "spend_cny",
    "bank_calls",
    "broker_calls",
    "fund_calls",
    "branch_days",
    "pushes_answered",
    "broadband",
    "trades_3m",
    "assets_cny",
    "pc_share",
    "phone_orders",
    "hall_orders",
    "work_hours_share",
)

Rows = NDArray[np.int64]
Matrix = NDArray[np.float64]


def estimate_uplift_errors(
    market: Market, assignment: Assignment, rng: np.random.Generator, *, holdout_share: float = HOLDOUT_SHARE
) -> pd.DataFrame:
    """Estimate the uplift of a list in four ways and compare each with the truth.

    Parameters
    ----------
    market
        The market, with its truth.
    assignment
        The list; the unlisted are the permitted customers whom the partner knows, as the listed are or not.
    rng
        Draws the hold-out.
    holdout_share
        Of the list, left alone for the first estimate; the others see the whole list contacted.

    Returns
    -------
    pandas.DataFrame
        One row an estimator: ``estimator``, ``estimate``, ``ci_lower``, ``ci_upper`` (95%, as the analyst
        would state it), ``truth`` (mean of chance contacted less chance alone), ``error``; 0.15 is 15 points.
    """
    row, arm, truth = assignment.row, assignment.channel, market.truth
    contacted, alone = truth.outcome[row, arm], truth.outcome[row, 0]
    permitted = np.flatnonzero(market.observed.permitted & market.observed.matched)
    unlisted = np.setdiff1d(permitted, row)
    held_out = rng.random(len(row)) < holdout_share
    estimates = {
        "hold-out": _difference(contacted[~held_out], alone[held_out]),
        "precision as effect": _difference(contacted, np.zeros(1, bool)),
        "listed against unlisted": _difference(contacted, truth.outcome[unlisted, 0]),
        "model of the unlisted": _against_model(market, row, unlisted, contacted),
    }
    true = float((truth.chance[row, arm] - truth.chance[row, 0]).mean(dtype=float))
    return pd.DataFrame(
        {
            "estimator": name,
            "estimate": estimate,
            "ci_lower": estimate - _Z * error,
            "ci_upper": estimate + _Z * error,
            "truth": true,
            "error": estimate - true,
        }
        for name, (estimate, error) in estimates.items()
    )


def _difference(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the difference of two shares and its standard error.

    A success and a failure are added to each for the error (Agresti & Caffo 2000, The American Statistician
    54:280-288), so that a share of 0 has one.
    """
    variance = sum(_share_variance(values) for values in (first, second) if len(values) > 1)
    return float(first.mean() - second.mean()), float(np.sqrt(variance))


def _share_variance(values: NDArray[np.bool_]) -> float:
    share = (values.sum() + 1) / (len(values) + 2)
    return float(share * (1 - share) / (len(values) + 2))


def _against_model(
    market: Market, listed: Rows, unlisted: Rows, contacted: NDArray[np.bool_]
) -> tuple[float, float]:
    """Set the listed against what a logit of the unlisted predicts for them; error by the delta method."""
    features = _make_features(market.observed, np.concatenate([listed, unlisted]))
    theirs, others = features[: len(listed)], features[len(listed) :]
    weights, covariance = _fit_logit(others, market.truth.outcome[unlisted, 0].astype(float))
    predicted = to_chance(theirs @ weights).astype(float)
    slope = (theirs * (predicted * (1 - predicted))[:, None]).mean(axis=0)
    variance = float(slope @ covariance @ slope) + _share_variance(contacted)
    return float(contacted.mean() - predicted.mean()), float(np.sqrt(variance))


def _make_features(observed: Observed, row: Rows) -> Matrix:
    """Return the logs of what counts, standardised, after a column of ones."""
    columns = np.column_stack([np.log1p(getattr(observed, name)[row].astype(float)) for name in _FEATURES])
    spread = columns.std(axis=0)
    scaled = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return np.column_stack([np.ones(len(row)), scaled])


def _fit_logit(features: Matrix, buys: NDArray[np.float64]) -> tuple[Matrix, Matrix]:
    """Fit by Newton's method with a slight ridge; return weights and their sandwich covariance."""
    weights = np.zeros(features.shape[1])
    ridge = _RIDGE * np.eye(len(weights))
    for _ in range(_STEPS):
        chance = to_chance(features @ weights).astype(float)
        information = (features * (chance * (1 - chance))[:, None]).T @ features
        inverse = np.linalg.inv(information + ridge)
        weights = weights + inverse @ (features.T @ (buys - chance) - _RIDGE * weights)
    return weights, inverse @ information @ inverse
