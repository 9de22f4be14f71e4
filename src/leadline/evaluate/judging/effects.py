"""All metrics of all arms beside the control: effects, the family's correction, guardrails, winners (V1)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.families import Correction, adjust_p_values, find_threshold
from leadline.evaluate.estimates.winners import correct_winner
from leadline.evaluate.judging.beliefs import weigh_effects
from leadline.evaluate.judging.effects_result import EffectsResult
from leadline.evaluate.judging.guardrails import judge_guardrails
from leadline.evaluate.judging.pairs import LiftMethod, Pair, pair_arms
from leadline.evaluate.judging.units import find_units
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.scan import ExperimentScan
from leadline.intervals import LEVEL
from leadline.language import N_, _

_HEADLINE = N_("The arms cannot be compared")
_NOTHING = (np.nan, np.nan, np.nan)


def compare_arms(
    scan: ExperimentScan,
    *,
    level: float = LEVEL,
    correction: Correction = "Holm",
    lift_method: LiftMethod = "Fieller",
    adjust: bool = True,
    strata: Sequence[str] = (),
    margin: float | None = None,
    prior_lift: float = 0.3,
) -> EffectsResult:
    """Compare every arm with the control in every metric.

    The p-values of all metrics × arms that are no guardrails are one family. Guardrails are judged apart: an
    arm is taken only if it does no harm in any of them, so none adds a chance to call a useless arm a good
    one, and their level needs no correction (intersection-union; Schultzberg, Ankargren & Frånberg 2024,
    arXiv:2402.11609, section 3).

    Parameters
    ----------
    level
        Confidence of every interval; a verdict needs a corrected p-value of 1 less it at most.
    correction
        Of the family.
    lift_method
        Of the relative effects' intervals.
    adjust
        Whether to adjust for the design's covariates (CUPED).
    strata
        Segments by which to post-stratify; fix them before the start.
    margin
        Share of the control's value by which a guardrail may be worse.
    prior_lift
        Standard deviation of the relative effects expected before, for the Bayesian reading.

    Raises
    ------
    DataError
        If no arm can be compared in the metric that decides, with the reason of each.
    ParameterError
        If a number is out of its range, or as `pair_arms`.
    """
    _check(level, margin, prior_lift)
    design = scan.design
    pairs = {metric.key: pair_arms(scan, metric, adjust=adjust, strata=strata) for metric in design.metrics}
    rows = [
        _describe(metric, arm, pair, level=level, lift_method=lift_method) | {"control": design.control}
        for metric in design.metrics
        for arm, pair in pairs[metric.key].items()
    ]
    effects = pd.DataFrame(rows)
    main = effects[effects["metric"] == design.main.key]
    if main["p_value"].isna().all():
        told = [f"{row['label']}, {row['arm']}: {row['reason']}" for row in main.to_dict("records")]
        raise DataError(_(_HEADLINE), told)
    effects = _correct(effects, correction, 1 - level)
    guardrails = judge_guardrails(design.metrics, pairs, margin=margin, level=level)
    if len(guardrails):
        verdicts = guardrails.set_index(["metric", "arm"])["verdict"].to_dict()
        keys = zip(effects["metric"], effects["arm"], effects["verdict"], strict=True)
        effects["verdict"] = [verdicts.get((metric, arm), verdict) for metric, arm, verdict in keys]
    return EffectsResult(
        design=design,
        effects=effects,
        guardrails=guardrails,
        winners=_find_winners(effects, pairs, correction, level),
        beliefs=weigh_effects(design.metrics, pairs, prior_lift=prior_lift, level=level),
        correction=correction,
        level=level,
        margin=margin,
        prior_lift=prior_lift,
    )


def _describe(
    metric: Metric, arm: str, pair: Pair, *, level: float, lift_method: LiftMethod
) -> dict[str, Any]:
    reason, p_value, method = "", np.nan, pair.method
    difference: tuple[float, ...] = (pair.arm.value - pair.control.value, np.nan, np.nan)
    lift: tuple[float, ...] = _NOTHING
    lift_way = ""
    try:
        found = pair.difference(level=level)
        difference, p_value = found[:3], found.p_value
        relative = pair.lift(method=lift_method, level=level)
        lift, lift_way = relative[:3], relative.method
    except DataError as error:
        reason = _("; ").join(error.problems)
    unit = find_units(metric)
    return {
        "metric": metric.key,
        "label": metric.label,
        "arm": arm,
        "control": "",
        "units": pair.units[0],
        "control_units": pair.units[1],
        "value": pair.arm.value,
        "control_value": pair.control.value,
        **dict(zip(_bounds("difference"), difference, strict=True)),
        **dict(zip(_bounds("relative_lift"), lift, strict=True)),
        "p_value": p_value,
        "method": method,
        "lift_method": lift_way,
        "unit": unit.value,
        "difference_unit": unit.difference,
        "contributors": np.nan if pair.counts or metric.kind == "quantile" else pair.contributors,
        "is_guardrail": metric.is_guardrail,
        "falls_is_good": metric.falls_is_good,
        "reason": reason,
    }


def _bounds(name: str) -> tuple[str, str, str]:
    return name, f"{name}_ci_lower", f"{name}_ci_upper"


def _correct(effects: pd.DataFrame, correction: Correction, alpha: float) -> pd.DataFrame:
    """Add ``p_adjusted`` and ``verdict``: better, worse, not told apart, or unknown."""
    family = (~effects["is_guardrail"] & effects["p_value"].notna()).to_numpy()
    adjusted = np.full(len(effects), np.nan)
    adjusted[family] = adjust_p_values(effects.loc[family, "p_value"].tolist(), method=correction)
    good = effects["difference"] * np.where(effects["falls_is_good"], -1, 1)
    verdict = np.select(
        [np.isnan(adjusted), adjusted > alpha, good > 0], ["unknown", "not told apart", "better"], "worse"
    )
    return effects.assign(p_adjusted=adjusted, verdict=verdict)


def _find_winners(
    effects: pd.DataFrame, pairs: Mapping[str, Mapping[str, Pair]], correction: Correction, level: float
) -> pd.DataFrame:
    """One row a metric with a better arm: the best one, and its effect without the luck of having won."""
    family = effects[effects["p_adjusted"].notna()].reset_index(drop=True)
    p_values = family["p_value"].tolist()
    rows = []
    for _metric, told in family[family["verdict"] == "better"].groupby("metric", sort=False):
        place = int(told.index.to_numpy()[told["difference"].abs().to_numpy().argmax()])
        row = family.iloc[place]
        threshold = find_threshold(p_values, place, alpha=1 - level, method=correction)
        size, p_value = abs(float(row["difference"])), float(row["p_value"])
        # Newcombe's p-value is not that of difference ÷ error: the error that agrees with it is taken.
        spread = pairs[row["metric"]][row["arm"]].variance ** 0.5
        error = size / float(stats.norm.isf(p_value / 2)) if p_value > 0 else spread
        arms = int((family["metric"] == row["metric"]).sum())
        found = correct_winner(
            size, error, threshold=float(stats.norm.isf(threshold / 2)), arms=arms, level=level
        )
        bounds = tuple(found) if row["difference"] > 0 else (-found.value, -found.upper, -found.lower)
        kept = ["metric", "label", "arm", *_bounds("difference"), "difference_unit"]
        corrected = dict(zip(_bounds("corrected"), bounds, strict=True))
        rows.append({name: row[name] for name in kept} | {"arms": arms} | corrected)
    columns = ["metric", "label", "arm", *_bounds("difference"), "difference_unit", "arms"]
    return pd.DataFrame(rows, columns=[*columns, *_bounds("corrected")])


def _check(level: float, margin: float | None, prior_lift: float) -> None:
    problems = []
    if not 0 < level < 1:
        problems.append(_("level is {level}, must be above 0 and below 1.", level=f"{level:g}"))
    if margin is not None and not 0 < margin < 1:
        problems.append(
            _(
                "margin is {margin}, must be a share of the control's value between 0 and 1.",
                margin=f"{margin:g}",
            )
        )
    if not 0 < prior_lift < np.inf:
        problems.append(
            _(
                "prior_lift is {prior_lift}, must be above 0: 0.3 expects effects of some 30%.",
                prior_lift=f"{prior_lift:g}",
            )
        )
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
