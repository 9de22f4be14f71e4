"""The three ways to score a customer. All return the predicted share of buyers.

Settings are fixed; they were chosen by cross-validation on the 5,822 training rows of CoIL 2000. Those rows
are the embedded table: rows held out of it had a part in the choice. Rows of other tables had none.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from leadline.target.metrics import BoolArray, FloatArray
from leadline.target.plan import Method

_RIDGE_C = 0.1
_COMPONENTS_C = 1.0
_VARIANCE_SHARE = 0.7


class Model(Protocol):
    """A fitted model."""

    def score(self, matrix: FloatArray) -> FloatArray:
        """Return the predicted share of buyers, one a row of ``matrix``."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearModel:
    """A sum of weights: ``weights`` are log-odds for one standard deviation of each feature.

    A positive weight raises the score, whatever sign the principal components had.
    """

    means: FloatArray
    scales: FloatArray
    weights: FloatArray
    intercept: float

    def score(self, matrix: FloatArray) -> FloatArray:
        """Return the predicted share of buyers."""
        log_odds = ((matrix - self.means) / self.scales) @ self.weights + self.intercept
        share: FloatArray = 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
        return share


@dataclass(frozen=True, eq=False)
class TreesModel:
    """Boosted trees."""

    trees: Any

    def score(self, matrix: FloatArray) -> FloatArray:
        """Return the predicted share of buyers."""
        share: FloatArray = self.trees.predict_proba(matrix)[:, 1]
        return share


def fit_model(method: Method, matrix: FloatArray, buys: BoolArray) -> Model:
    """Fit one of the methods of a stage plan to training rows.

    Parameters
    ----------
    method
        ``pca_scorecard``: see `fit_pca_scorecard`. ``logistic``: ridge-penalised logistic regression on
        standardised features. ``boosting``: gradient-boosted trees (Friedman 2001, Annals of Statistics
        29:1189-1232), 60 small trees of at most four leaves.
    matrix
        Shape (customers, features), no missing values.
    buys
        Shape (customers,).
    """
    if method == "pca_scorecard":
        return fit_pca_scorecard(matrix, buys)
    if method == "logistic":
        means, scales = _standard(matrix)
        weights, intercept = _fit_logistic((matrix - means) / scales, buys, _RIDGE_C)
        return LinearModel(means=means, scales=scales, weights=weights, intercept=intercept)
    return TreesModel(
        HistGradientBoostingClassifier(
            learning_rate=0.1,
            max_iter=60,
            max_leaf_nodes=4,
            min_samples_leaf=40,
            l2_regularization=10.0,
            early_stopping=False,
            random_state=0,
        ).fit(matrix, buys)
    )


def fit_pca_scorecard(matrix: FloatArray, buys: BoolArray) -> LinearModel:
    """Give each attribute its weight through principal components (system T4).

    The components of the correlation matrix that hold 70% of the variance are kept; a logistic regression of
    the outcome on their scores weighs them; an attribute's weight is the sum over components of its loading
    times the component's weight (principal-component regression: Massy 1965, JASA 60:234-256; Jolliffe 2002,
    *Principal Component Analysis*, ch. 8). The arbitrary sign of a component cancels in that product.
    """
    means, scales = _standard(matrix)
    standard = (matrix - means) / scales
    variances, loadings = np.linalg.eigh(standard.T @ standard / len(standard))
    variances, loadings = variances[::-1], loadings[:, ::-1]
    kept = int(np.searchsorted(np.cumsum(variances) / variances.sum(), _VARIANCE_SHARE)) + 1
    component_weights, intercept = _fit_logistic(standard @ loadings[:, :kept], buys, _COMPONENTS_C)
    return LinearModel(
        means=means, scales=scales, weights=loadings[:, :kept] @ component_weights, intercept=intercept
    )


def _standard(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means and standard deviations of the columns; a constant column gets scale 1."""
    scales = matrix.std(axis=0)
    return matrix.mean(axis=0), np.where(scales > 0, scales, 1.0)


def _fit_logistic(matrix: FloatArray, buys: BoolArray, c: float) -> tuple[FloatArray, float]:
    model = LogisticRegression(C=c, max_iter=1_000).fit(matrix, buys)
    return model.coef_[0], float(model.intercept_[0])
