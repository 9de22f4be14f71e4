"""Fit a scorecard by either method, or take one as it was written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

from leadline.errors import DataError, ParameterError
from leadline.intervals import LEVEL
from leadline.language import _
from leadline.target.learned import LearnedFrom
from leadline.target.logistic_scorecard import POINTS_PER_LOG_ODDS, LogisticScorecard
from leadline.target.points import AttributePoints, PointsTable
from leadline.target.points_file import write_points
from leadline.target.scorecard import PcaScorecard
from leadline.target.scorecard_result import ScorecardResult

_NO_COMPONENTS = pd.DataFrame({"component": [], "variance": [], "noise_variance": []})
_NO_RULES = pd.DataFrame({"rule": [], "kept": [], "kept_lowest": [], "kept_highest": [], "share_same": []})


def fit_scorecard(
    frame: pd.DataFrame,
    *,
    columns: Sequence[str],
    method: Literal["pca", "logistic"] = "pca",
    buys: pd.Series | None = None,
    components: Literal["parallel", "kaiser"] | int = "parallel",
    labels: Mapping[str, str] = MappingProxyType({}),
    id_column: str = "customer_id",
    seed: int = 7,
) -> ScorecardResult:
    """Fit a scorecard.

    Parameters
    ----------
    frame
        One row a customer.
    columns
        The attributes.
    method
        ``pca`` (`PcaScorecard`): no outcome needed; ``logistic`` (`LogisticScorecard`).
    buys
        Who bought, with the index of ``frame``, missing where the outcome is not known; ``logistic`` learns
        from the others.
    components
        Of ``pca``: which are used.
    labels
        Column → what a reader sees.
    id_column
        Names the customer; ``logistic`` keeps hashes of those it learned from, if the column is there.
    seed
        Seed of the bootstrap draws.

    Raises
    ------
    DataError
        If columns are absent, or as the scorecards.
    ParameterError
        If ``logistic`` has no outcomes to learn from.
    """
    ids = frame[id_column] if id_column in frame.columns else None
    frame = _take_columns(frame, columns)
    if method == "pca":
        card = PcaScorecard(components=components, seed=seed).fit(_as_numbers(frame))
        return _describe_pca(card, len(frame), labels)
    if buys is None:
        raise ParameterError.of(
            _("No scorecard can be learned"),
            _(
                "method == 'logistic' needs customers whose outcome is known. Name the target "
                "column, or take method pca."
            ),
        )
    known = buys.notna().to_numpy()
    learned, bought = frame[known], buys[known].to_numpy(dtype=bool)
    fitted = LogisticScorecard().fit(learned, bought)
    points = _label(fitted.points_table_, labels)
    weights = _list_spreads(points)
    errors = _estimate_errors(points.split_score(learned), fitted.intercept_, points)
    half = float(stats.norm.ppf(0.5 + LEVEL / 2)) * weights["column"].map(errors).astype(float)
    return ScorecardResult(
        method="logistic",
        points=points,
        weights=weights.assign(
            weight_ci_lower=weights["weight"] - half, weight_ci_upper=weights["weight"] + half
        ),
        components=_NO_COMPONENTS,
        kept=_NO_RULES,
        customers=int(known.sum()),
        buyers=int(bought.sum()),
        learned=None if ids is None else LearnedFrom.of(ids[known], json.dumps(write_points(points))),
    )


def take_points(points: PointsTable, learned: LearnedFrom | None = None) -> ScorecardResult:
    """Describe points that a person wrote, or changed after they were ``learned`` from these customers."""
    return ScorecardResult(
        method="points",
        points=points,
        weights=_list_spreads(points),
        components=_NO_COMPONENTS,
        kept=_NO_RULES,
        learned=learned,
    )


def _take_columns(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    known = [str(name) for name in frame.columns]
    problems = []
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            problems.append(_("{name}: is named twice. Name it once.", name=name))
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = _("Did you mean {near}?", near=repr(near[0])) if near else _("Name columns of the table.")
            problems.append(_("{name}: the table has no such column. {hint}", name=name, hint=hint))
    if problems:
        raise DataError(_("No scorecard can be made of these columns"), problems)
    return frame[list(columns)]


def _describe_pca(card: PcaScorecard, customers: int, labels: Mapping[str, str]) -> ScorecardResult:
    points = _label(card.points_table_, labels)
    spreads = _list_spreads(points).drop(columns=["weight", "weight_ci_lower", "weight_ci_upper"])
    weights = spreads.merge(card.weights_, on="column", validate="one_to_one")
    heaviest = weights["weight"].abs().sort_values(ascending=False, kind="stable").index
    draws = {"parallel": card.draws_.kept_parallel, "kaiser": card.draws_.kept_kaiser}
    rules = []
    for rule, kept in card.kept_by_.items():
        lowest, highest = np.quantile(draws[rule], (0.025, 0.975), method="inverted_cdf")
        rules.append((rule, kept, int(lowest), int(highest), float(np.mean(draws[rule] == kept))))
    return ScorecardResult(
        method="pca",
        points=points,
        weights=weights.loc[heaviest].reset_index(drop=True),
        components=pd.DataFrame(
            {
                "component": np.arange(1, len(weights) + 1),
                "variance": card.components_.variances,
                "noise_variance": card.noise_variances_,
            }
        ),
        kept=pd.DataFrame(rules, columns=_NO_RULES.columns),
        components_used=card.kept_,
        customers=customers,
    )


def _as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Count a flag as 0 and 1."""
    flags = [name for name in frame if pd.api.types.is_bool_dtype(frame[name])]
    return frame.astype(dict.fromkeys(flags, "float64"))


def _label(points: PointsTable, labels: Mapping[str, str]) -> PointsTable:
    def name(attribute: AttributePoints) -> AttributePoints:
        return replace(attribute, label=labels.get(attribute.column, attribute.column))

    return replace(points, attributes=tuple(map(name, points.attributes)))


def _list_spreads(points: PointsTable) -> pd.DataFrame:
    """One row an attribute: the points between its worst and its best value, the widest first."""
    rows = [
        (attribute.column, attribute.label, attribute.range[1] - attribute.range[0], *attribute.range)
        for attribute in points.attributes
    ]
    frame = pd.DataFrame(rows, columns=["column", "label", "weight", "points_lowest", "points_highest"])
    frame.insert(3, "weight_ci_lower", np.nan)
    frame.insert(4, "weight_ci_upper", np.nan)
    return frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def _estimate_errors(split: pd.DataFrame, intercept: float, points: PointsTable) -> dict[str, float]:
    """Return the standard error of each attribute's spread, its bins taken as given; missing without points.

    From the curvature of the penalised likelihood (le Cessie & van Houwelingen 1992, Applied Statistics
    41:191-201), for slopes on the points themselves, which are 1 as fitted. Where a bin holds few customers
    the penalty keeps the error finite and wide; a sandwich would call a bin without buyers certain.
    """
    log_odds = (split.to_numpy(dtype=float) + points.base / split.shape[1]) / POINTS_PER_LOG_ODDS
    share = expit(intercept + log_odds.sum(axis=1))
    design = np.column_stack([np.ones(len(log_odds)), log_odds - log_odds.mean(axis=0)])
    curvature = (design * (share * (1 - share))[:, None]).T @ design
    errors = np.sqrt(np.diag(np.linalg.inv(curvature + np.diag([0.0, *[1.0] * split.shape[1]]))))[1:]
    spreads = {attribute.column: attribute.range[1] - attribute.range[0] for attribute in points.attributes}
    return {
        name: float(error) * spreads[name] if spreads[name] else float("nan")
        for name, error in zip(split.columns, errors, strict=True)
    }
