"""The scorecard from principal components (system T4): weights without outcomes, as a points table."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from pandas.api import types
from scipy import stats
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from leadline.errors import DataError
from leadline.language import _
from leadline.target.components import (
    Rule,
    count_components,
    draw_noise_variances,
    find_components,
    redraw_weights,
    weigh_attributes,
)
from leadline.target.dependence import find_dependence
from leadline.target.metrics import FloatArray
from leadline.target.points import Cut, NumberPoints, PointsTable

_SKEWED = 2.0
_NOISE_DRAWS = 200
_FEWEST_DRAWS = 2
_DIGITS = 3


class PcaScorecard(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Points from the principal components of the attributes alone: no outcome is needed.

    A component counts by its share of the variance of the components kept; an attribute weighs the sum of its
    loadings, each component turned so that its loadings sum to 0 or more (system T4; Filmer & Pritchett 2001,
    Demography 38:115-132, for an index from principal components). A skewed attribute without negative values
    enters as log(1 + x). Each attribute is cut at quantiles into up to ``bins`` bins; a bin's points follow
    its mean, and the best customer possible gets ``total_points``.

    Parameters
    ----------
    components
        ``parallel`` (Horn's parallel analysis), ``kaiser`` (variance above 1), or a number.
    bins
        Most bins an attribute.
    total_points
        The highest score.
    draws
        Bootstrap draws behind the weights' intervals.
    seed
        Seed of the draws.

    Attributes
    ----------
    components_
        `Components` of all attributes.
    noise_variances_
        What parallel analysis compares with, shape (attributes,).
    kept_, kept_by_
        Number of components used; and what each rule would keep.
    weights_
        One row an attribute: ``column``, ``weight`` and its 95% bootstrap interval, ``weight_ci_lower`` and
        ``weight_ci_upper``.
    draws_
        `WeightDraws`.
    points_table_
        The `PointsTable`.
    """

    def __init__(
        self,
        *,
        components: Literal["parallel", "kaiser"] | int = "parallel",
        bins: int = 5,
        total_points: int = 100,
        draws: int = 200,
        seed: int = 7,
    ) -> None:
        self.components = components
        self.bins = bins
        self.total_points = total_points
        self.draws = draws
        self.seed = seed

    def fit(self, frame: pd.DataFrame, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's signature
        """Learn weights and points from customers.

        Parameters
        ----------
        frame
            One row a customer; all columns are attributes and numbers. Missing values count as the mean.
        y
            Ignored.

        Raises
        ------
        DataError
            With every column that is no number, constant, all missing or determined by others; or if
            customers are too few.
        """
        _check_attributes(frame, self.components)
        rng = np.random.default_rng(self.seed)
        self.is_log_ = {str(name): _is_skewed(frame[name]) for name in frame}
        values = self._transform_values(frame)
        self.means_ = np.nanmean(values, axis=0)
        self.scales_ = np.nanstd(values, axis=0)
        standard = np.nan_to_num((values - self.means_) / self.scales_)
        correlation = np.corrcoef(standard, rowvar=False).reshape(frame.shape[1], frame.shape[1])
        self.components_ = find_components(correlation)
        self.noise_variances_ = draw_noise_variances(*frame.shape, _NOISE_DRAWS, rng)
        rules: tuple[Rule, Rule] = ("parallel", "kaiser")
        variances = self.components_.variances
        self.kept_by_ = {rule: count_components(variances, self.noise_variances_, rule) for rule in rules}
        asked = self.components
        self.kept_ = max(1, asked if isinstance(asked, int) else self.kept_by_[asked])
        weights = weigh_attributes(self.components_, self.kept_)
        self.draws_ = redraw_weights(
            standard,
            self.components_,
            kept=self.kept_,
            noise=self.noise_variances_,
            draws=self.draws,
            rng=rng,
        )
        ends = np.quantile(self.draws_.weights, (0.025, 0.975), axis=0)
        self.weights_ = pd.DataFrame(
            {
                "column": [str(name) for name in frame],
                "weight": weights,
                "weight_ci_lower": ends[0],
                "weight_ci_upper": ends[1],
            }
        )
        self.points_table_ = self._make_points(frame, standard, weights)
        return self

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the points of every customer by attribute: one row a customer, one column an attribute."""
        check_is_fitted(self)
        return self.points_table_.split_score(frame)

    def score_customers(self, frame: pd.DataFrame) -> pd.Series:
        """Return the whole points of every customer."""
        check_is_fitted(self)
        return self.points_table_.score(frame)

    def _transform_values(self, frame: pd.DataFrame) -> FloatArray:
        columns = []
        for name in frame:
            values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            columns.append(np.log1p(values) if self.is_log_[str(name)] else values)
        return np.column_stack(columns)

    def _make_points(self, frame: pd.DataFrame, standard: FloatArray, weights: FloatArray) -> PointsTable:
        cuts = [_find_cuts(frame[name], self.bins) for name in frame]
        raw = []
        for place, name in enumerate(frame):
            numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            bins = np.where(
                np.isnan(numbers), -1, np.searchsorted(np.array(cuts[place]), numbers, side="right")
            )
            means = [
                standard[bins == number, place].mean() if (bins == number).any() else 0.0
                for number in range(len(cuts[place]) + 1)
            ]
            worth = weights[place] * np.array([*means, 0.0])
            raw.append(worth - worth[:-1].min())
        scale = self.total_points / sum(worth[:-1].max() for worth in raw)
        attributes = tuple(
            NumberPoints(
                column=str(name),
                label=str(name),
                cuts=tuple(Cut(value=cut, closed=False) for cut in cuts[place]),
                points=tuple(round(scale * value) for value in raw[place][:-1]),
                missing=round(scale * raw[place][-1]),
            )
            for place, name in enumerate(frame)
        )
        return PointsTable(name="scorecard", attributes=attributes)


def _check_attributes(frame: pd.DataFrame, components: object) -> None:
    problems = []
    for name in frame:
        column = frame[name]
        if not types.is_numeric_dtype(column):
            problems.append(
                _(
                    "{name}: holds {dtype}, must be numbers. Leave it out, or encode it.",
                    name=name,
                    dtype=column.dtype,
                )
            )
            continue
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        infinite = int(np.isinf(values).sum())
        if infinite:
            problems.append(
                _(
                    "{name}: {infinite} values are infinite. Correct or empty these cells.",
                    name=name,
                    infinite=f"{infinite:,}",
                )
            )
        elif np.isnan(values).all():
            problems.append(_("{name}: every value is missing. Leave it out.", name=name))
        elif np.nanmin(values) == np.nanmax(values):
            problems.append(
                _(
                    "{name}: has the one value {nanmin} and tells nothing. Leave it out.",
                    name=name,
                    nanmin=f"{np.nanmin(values):g}",
                )
            )
    problems += find_dependence(frame)
    if frame.shape[1] < _FEWEST_DRAWS:
        problems.append(_("{shape} attributes: components need at least two.", shape=frame.shape[1]))
    if len(frame) <= frame.shape[1] + 1:
        problems.append(
            _(
                "{count} customers for {shape} attributes are too few. Name fewer columns.",
                count=f"{len(frame):,}",
                shape=frame.shape[1],
            )
        )
    if isinstance(components, int) and not 1 <= components <= frame.shape[1]:
        problems.append(
            _(
                "components == {components}, must be from 1 to {shape}, the attributes.",
                components=components,
                shape=frame.shape[1],
            )
        )
    if problems:
        raise DataError(_("No scorecard can be made of these columns"), problems)


def _is_skewed(column: pd.Series) -> bool:
    known = column.dropna().to_numpy(dtype=np.float64)
    return bool(known.min() >= 0 and stats.skew(known) > _SKEWED)


def _find_cuts(column: pd.Series, bins: int) -> Sequence[float]:
    """Quantile cut points, written with few digits so that a person can read and edit them."""
    known = column.dropna().to_numpy(dtype=np.float64)
    quantiles = np.quantile(known, np.arange(1, bins) / bins)
    cuts = np.unique([float(f"{value:.{_DIGITS}g}") for value in quantiles])
    inside = cuts[(cuts > known.min()) & (cuts <= known.max())]
    found: list[float] = inside.tolist()
    if found:
        return found
    values: Any = np.unique(known)  # most values are equal: cut beside the common one
    return [float(values[1])]
