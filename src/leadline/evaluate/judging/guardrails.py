"""What must not become worse: each guardrail of each arm against the margin (V1)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from leadline.errors import DataError
from leadline.evaluate.judging.pairs import Pair
from leadline.features.experiment.metric import Metric

COLUMNS = ["metric", "label", "arm", "margin", "worst", "p_harm", "p_margin", "verdict"]


def judge_guardrails(
    metrics: Sequence[Metric],
    pairs: Mapping[str, Mapping[str, Pair]],
    *,
    margin: float | None,
    level: float,
) -> pd.DataFrame:
    """Judge every guardrail of every arm by non-inferiority, one-sided at (1 + ``level``) ÷ 2.

    ``holds``: worse by less than the margin beyond chance, which is the one verdict that shows no harm
    (Blackwelder 1982, Controlled Clinical Trials 3:345-353). ``harmed``: worse than the control beyond
    chance, and not shown to be within the margin. ``not shown``: neither. ``no margin``: none was named, and
    no harm was found.

    Returns
    -------
    DataFrame
        One row a guardrail and arm: ``metric``, ``label``, ``arm``, ``margin`` (share of the control's
        value), ``worst`` (relative effect that is just not excluded, negative for harm), ``p_harm``
        (two-sided, of no effect), ``p_margin`` (one-sided, of harm of the margin or more), ``verdict``.
    """
    rows = [
        _judge(metric, arm, pair, margin, level)
        for metric in metrics
        if metric.is_guardrail
        for arm, pair in pairs[metric.key].items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _judge(metric: Metric, arm: str, pair: Pair, margin: float | None, level: float) -> dict[str, Any]:
    good = -1 if metric.falls_is_good else 1
    told: dict[str, Any] = {"metric": metric.key, "label": metric.label, "arm": arm, "margin": margin}
    told |= {"worst": np.nan, "p_harm": np.nan, "p_margin": np.nan}
    if margin is None:
        told["margin"] = np.nan
    try:
        found = pair.difference(level=level)
        told["p_harm"] = found.p_value
        if margin is not None:
            limit = pair.difference(times=1 - good * margin, level=level)
            inside = good * limit.value > 0
            told["p_margin"] = limit.p_value / 2 if inside else 1 - limit.p_value / 2
        lift = pair.lift(level=level)
        told["worst"] = lift.lower if good > 0 else -lift.upper
    except DataError:
        if np.isnan(told["p_harm"]):
            return {**told, "verdict": "unknown"}
    is_worse = good * found.value < 0 and found.p_value <= 1 - level
    if told["p_margin"] <= (1 - level) / 2:
        verdict = "holds"
    elif is_worse:
        verdict = "harmed"
    else:
        verdict = "not shown" if margin is not None else "no margin"
    return {**told, "verdict": verdict}
