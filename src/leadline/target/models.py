"""The ways to score a customer. All return the predicted share of buyers.

Settings are fixed; they were chosen by cross-validation on the 5,822 training rows of CoIL 2000. Those rows
are the embedded table: rows held out of it had a part in the choice. Rows of other tables had none.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from leadline.target.components import (
    count_components,
    draw_noise_variances,
    find_components,
    weigh_attributes,
)
from leadline.target.metrics import BoolArray, FloatArray
from leadline.target.plan import Method

_RIDGE_C = 0.1
_COMPONENTS_C = 1.0
_VARIANCE_SHARE = 0.7
_NOISE_DRAWS = 200
_SKEWED = 2.0
#: An index that does not point to buyers keeps its order all the same: nothing was learned from outcomes.
_SMALLEST_SLOPE = 1e-6


class Model(Protocol):
    """A fitted model."""

    def score(self, matrix: FloatArray) -> FloatArray:
        """Return the predicted share of buyers, one a row of ``matrix``."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearModel:
    """A sum of weights: ``weights`` are log-odds for one standard deviation of each feature.

    A positive weight raises the score, whatever sign the principal components had. Features that ``is_log``
    marks enter as log(1 + x).
    """

    means: FloatArray
    scales: FloatArray
    weights: FloatArray
    intercept: float
    is_log: BoolArray | None = None

    def score(self, matrix: FloatArray) -> FloatArray:
        """Return the predicted share of buyers."""
        values = matrix if self.is_log is None else _take_logs(matrix, self.is_log)
        log_odds = ((values - self.means) / self.scales) @ self.weights + self.intercept
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
        ``pca_index``: see `fit_pca_index`. ``pca_scorecard``: see `fit_pca_scorecard`. ``points``: the
        points of a points table, the one column of ``matrix``. ``logistic``: ridge-penalised logistic
        regression on standardised features. ``boosting``: gradient-boosted trees (Friedman 2001, Annals of
        Statistics 29:1189-1232), 60 small trees of at most four leaves.
    matrix
        Shape (customers, features), no missing values.
    buys
        Shape (customers,).
    """
    if method == "pca_scorecard":
        return fit_pca_scorecard(matrix, buys)
    if method == "pca_index":
        return fit_pca_index(matrix, buys)
    if method == "points":
        return _fit_points(matrix[:, 0], buys)
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


def fit_pca_index(matrix: FloatArray, buys: BoolArray) -> LinearModel:
    """Rank customers by principal components alone, as an analyst must who knows no outcomes (system T4).

    Each attribute weighs the sum of its loadings on the components that parallel analysis keeps, each
    counting by its share of the variance and turned so that its loadings sum to 0 or more
    (`leadline.target.components`). Outcomes only turn the index into a share of buyers, by a logistic
    regression on it; the order of customers owes nothing to them.
    """
    is_log = (matrix.min(axis=0) >= 0) & (stats.skew(matrix, axis=0) > _SKEWED)
    values = _take_logs(matrix, is_log)
    means, scales = _standard(values)
    standard = (values - means) / scales
    found = find_components(standard.T @ standard / len(standard))
    kept = max(1, count_components(found.variances, _find_noise(*matrix.shape), "parallel"))
    weights = weigh_attributes(found, kept)
    slope, intercept = _calibrate(standard @ weights, buys)
    return LinearModel(
        means=means, scales=scales, weights=slope * weights, intercept=intercept, is_log=is_log
    )


def _find_noise(customers: int, attributes: int) -> FloatArray:
    """Return what noise alone would give; with hardly more customers than attributes, Kaiser's bar of 1."""
    if customers <= attributes + 1:
        return np.ones(attributes)
    return draw_noise_variances(customers, attributes, _NOISE_DRAWS, np.random.default_rng(0))


def _fit_points(points: FloatArray, buys: BoolArray) -> LinearModel:
    slope, intercept = _calibrate(points, buys)
    return LinearModel(means=np.zeros(1), scales=np.ones(1), weights=np.array([slope]), intercept=intercept)


def _calibrate(index: FloatArray, buys: BoolArray) -> tuple[float, float]:
    """Slope and intercept of the log-odds on an index whose order is to be kept."""
    centre, spread = index.mean(), index.std() or 1.0
    slopes, intercept = _fit_logistic(((index - centre) / spread)[:, None], buys, _COMPONENTS_C)
    slope = max(float(slopes[0] / spread), _SMALLEST_SLOPE)
    return slope, intercept - slope * float(centre)


def _take_logs(matrix: FloatArray, is_log: BoolArray) -> FloatArray:
    values: FloatArray = np.where(is_log, np.log1p(np.maximum(matrix, 0)), matrix)
    return values


def _standard(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means and standard deviations of the columns; a constant column gets scale 1."""
    scales = matrix.std(axis=0)
    return matrix.mean(axis=0), np.where(scales > 0, scales, 1.0)


def _fit_logistic(matrix: FloatArray, buys: BoolArray, c: float) -> tuple[FloatArray, float]:
    model = LogisticRegression(C=c, max_iter=1_000).fit(matrix, buys)
    return model.coef_[0], float(model.intercept_[0])
