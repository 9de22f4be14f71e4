"""The supervised scorecard: logistic regression on weights of evidence, in whole points (system T4)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from leadline.errors import DataError
from leadline.language import _
from leadline.target.dependence import find_dependence
from leadline.target.evidence import IntArray, Trend, find_cuts, weigh_evidence
from leadline.target.metrics import BoolArray, FloatArray
from leadline.target.points import AttributePoints, Cut, LevelPoints, NumberPoints, PointsTable, write_level

#: Twenty points double the odds of buying.
POINTS_PER_LOG_ODDS = 20 / np.log(2)
_RIDGE_C = 1.0
_FEWEST_BUYERS = 2
_RARE_SHARE = 0.01


class LogisticScorecard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Points from a logistic regression on weights of evidence; 20 points double the odds of buying.

    Siddiqi 2006, *Credit Risk Scorecards*, ch. 6. Numbers are cut by `leadline.target.evidence.find_cuts`;
    texts and flags go by level, levels with under 1% of the customers together; missing values are a bin of
    their own. An attribute whose coefficient would turn its evidence round gets no points.

    Parameters
    ----------
    trends
        Column → which way its share of buyers must run: auto (unless named), increasing, decreasing, free.

    Attributes
    ----------
    evidence_
        One row a bin of each attribute: ``column``, ``rule``, ``points``, and as `weigh_evidence` returns.
    information_
        Information value by column, largest first.
    points_table_
        The `PointsTable`; the lowest possible score is 0.
    intercept_
        Log-odds of buying at 0 points.
    """

    def __init__(self, *, trends: Mapping[str, Trend] = MappingProxyType({})) -> None:
        self.trends = trends

    def fit(self, frame: pd.DataFrame, buys: BoolArray) -> Self:
        """Learn from customers whose outcome is known.

        Parameters
        ----------
        frame
            One row a customer; all columns are attributes: numbers, flags or text.
        buys
            Who bought; shape (customers,).

        Raises
        ------
        DataError
            If there are fewer than two buyers or two others, a trend names no column, or a column says
            nothing of its own.
        """
        buys = np.asarray(buys, dtype=bool)
        _check(frame, buys, self.trends)
        return self.learn(frame, buys)

    def learn(self, frame: pd.DataFrame, buys: BoolArray) -> Self:
        """Learn as `fit` does, from a part of customers that were checked as a whole."""
        self.classes_ = np.array([False, True])
        binned = [_bin_column(frame[name], buys, self.trends.get(str(name), "auto")) for name in frame]
        evidence = [weigh_evidence(bins, buys) for _rule, bins in binned]
        weights = [table["weight_of_evidence"] for table in evidence]
        matrix = np.column_stack(
            [weight.reindex(bins).to_numpy() for weight, (_rule, bins) in zip(weights, binned, strict=True)]
        )
        slopes = _fit_slopes(matrix, buys)
        attributes = tuple(
            _give_points(rule, weight * slope * POINTS_PER_LOG_ODDS)
            for (rule, _bins), weight, slope in zip(binned, weights, slopes, strict=True)
        )
        lowest = PointsTable(name="scorecard", attributes=attributes).range[0]
        self.points_table_ = PointsTable(name="scorecard", attributes=attributes, base=-lowest)
        self.intercept_ = _solve_intercept(self.points_table_.score(frame).to_numpy(), buys)
        self.evidence_ = pd.concat(map(_name_bins, attributes, evidence), ignore_index=True)
        information = self.evidence_.groupby("column")["information"].sum()
        self.information_ = information.sort_values(ascending=False)
        return self

    def predict_proba(self, frame: pd.DataFrame) -> FloatArray:
        """Return the predicted shares of others and of buyers; shape (customers, 2)."""
        check_is_fitted(self)
        share = expit(self.intercept_ + self.points_table_.score(frame).to_numpy() / POINTS_PER_LOG_ODDS)
        return np.column_stack([1 - share, share])

    def predict(self, frame: pd.DataFrame) -> BoolArray:
        """Return who more likely buys than not; shape (customers,)."""
        buys: BoolArray = self.predict_proba(frame)[:, 1] > 0.5  # noqa: PLR2004 - an even chance
        return buys


def _check(frame: pd.DataFrame, buys: BoolArray, trends: Mapping[str, Trend]) -> None:
    names = [str(name) for name in frame]
    problems = [
        _("{name}: a trend is asked for, but there is no such column.", name=name)
        for name in trends
        if name not in names
    ]
    for count, what in ((int(buys.sum()), "buyers"), (int((~buys).sum()), "customers who did not buy")):
        if count < _FEWEST_BUYERS:
            problems.append(
                _(
                    "{count} {what}: at least {fewest_buyers} are needed to learn from.",
                    count=count,
                    what=what,
                    fewest_buyers=_FEWEST_BUYERS,
                )
            )
    for name in frame:
        column = frame[name]
        if types.is_numeric_dtype(column) and np.isinf(column.to_numpy(np.float64, na_value=np.nan)).any():
            problems.append(_("{name}: holds infinite values. Correct or empty these cells.", name=name))
        if len(column.dropna().drop_duplicates()) <= 1:
            problems.append(_("{name}: has one value or none and tells nothing. Leave it out.", name=name))
    problems += find_dependence(frame)
    if problems:
        raise DataError(_("No scorecard can be learned from this table"), problems)


def _bin_column(column: pd.Series, buys: BoolArray, trend: Trend) -> tuple[AttributePoints, IntArray]:
    """Return an attribute's rule, without points yet, and the bin of each customer; missing is the last."""
    name = str(column.name)
    if types.is_numeric_dtype(column) and not types.is_bool_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(values)
        cuts = find_cuts(values[known], buys[known], trend)
        bins = np.where(known, np.searchsorted(np.array(cuts), values, side="right"), len(cuts) + 1)
        rule = NumberPoints(
            column=name,
            label=name,
            cuts=tuple(Cut(value=cut, closed=False) for cut in cuts),
            points=(0,) * (len(cuts) + 1),
            missing=0,
        )
        return rule, bins.astype(np.int64)
    counts = column.map(write_level, na_action="ignore").value_counts()
    kept = sorted(str(level) for level in counts.index[counts >= _RARE_SHARE * len(column)])
    place = {level: number for number, level in enumerate(kept)}
    codes, found = pd.factorize(column)
    bins = np.array([*(place.get(write_level(level), len(kept)) for level in found), len(kept) + 1])[codes]
    levels = LevelPoints(column=name, label=name, levels=dict.fromkeys(kept, 0), otherwise=0, missing=0)
    return levels, bins.astype(np.int64)


def _fit_slopes(matrix: FloatArray, buys: BoolArray) -> FloatArray:
    """Fit the coefficients of the evidence; negative ones are left out, one after the other, and get 0."""
    slopes = np.zeros(matrix.shape[1])
    used = np.arange(matrix.shape[1])
    while len(used):
        fitted = LogisticRegression(C=_RIDGE_C, max_iter=1_000).fit(matrix[:, used], buys).coef_[0]
        if fitted.min() >= 0:
            slopes[used] = fitted
            break
        used = np.delete(used, int(np.argmin(fitted)))
    return slopes


def _give_points(rule: AttributePoints, worth: pd.Series) -> AttributePoints:
    """Round the worth of each bin to points; a bin that no customer was in gets 0, the average."""
    number = len(rule.points if isinstance(rule, NumberPoints) else rule.levels)
    points = worth.reindex(range(number + 2)).fillna(0).round().astype(int).tolist()
    if isinstance(rule, NumberPoints):
        return NumberPoints(
            column=rule.column,
            label=rule.label,
            cuts=rule.cuts,
            points=tuple(points[:number]),
            missing=points[number],
        )
    return LevelPoints(
        column=rule.column,
        label=rule.label,
        levels=dict(zip(rule.levels, points, strict=False)),
        otherwise=points[number],
        missing=points[number + 1],
    )


def _name_bins(rule: AttributePoints, evidence: pd.DataFrame) -> pd.DataFrame:
    described = pd.DataFrame(rule.describe(), columns=["rule", "points"])
    named = described.join(evidence, how="inner")
    named.insert(0, "column", rule.column)
    return named


def _solve_intercept(points: IntArray, buys: BoolArray) -> float:
    """Find the log-odds at 0 points with which as many buyers are expected as there were."""
    log_odds = points / POINTS_PER_LOG_ODDS
    share = buys.mean()
    return float(brentq(lambda start: expit(start + log_odds).mean() - share, -60 - log_odds.max(), 60))
