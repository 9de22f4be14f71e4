"""How many customers a test must hold, how long it runs, and what those there are can show (V1, V7)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from leadline.evaluate.planning.baseline import Baseline, assume_share, measure_baselines
from leadline.evaluate.planning.duration import Duration, find_duration
from leadline.evaluate.planning.plan_order import PlanOrder, refuse
from leadline.evaluate.planning.plan_result import PlanResult
from leadline.evaluate.planning.planner import Planner
from leadline.features.experiment import Metric
from leadline.language import _

_STEPS = (0.5, 0.75, 1.0, 1.5, 2.0)
_DAYS_OF_WEEK = 7


def plan_test(
    history: pd.DataFrame,
    metrics: Sequence[Metric],
    order: PlanOrder,
    *,
    covariates: Sequence[str] = (),
    arm: str | None = None,
    untouched: str | None = None,
    base_rate: float | None = None,
    daily_units: pd.Series | None = None,
    as_of: dt.date | None = None,
    seed: int = 0,
) -> PlanResult:
    """Plan a test from its history.

    Sizes are those of `leadline.evaluate.planning.power`, at ``alpha`` divided by the comparisons (metrics
    that are no guardrail × treated arms): the first step of Holm, on the safe side. Looks multiply a size by
    the squared ratio of the drift that the boundaries need to that of one look (Jennison & Turnbull 2000,
    *Group Sequential Methods*, ch. 2-3 and 7). A guardrail is judged for itself and not corrected for.

    Parameters
    ----------
    history
        One row a unit that the campaign did not touch; as `measure_baselines`.
    metrics
        The first that is no guardrail decides.
    order
        Arms, effect, errors.
    covariates
        Columns known before (CUPED).
    arm, untouched
        Of an earlier test, as `measure_baselines`.
    base_rate
        Share of the deciding metric, a conversion, without a contact; goes before the history's.
    daily_units
        Units that would have entered, one row a day (`find_duration`).
    as_of
        Day before the test starts; by default that of the history's last units.
    seed
        Of the range of the duration.

    Raises
    ------
    ParameterError
        With all problems of the order at once.
    DataError
        As `measure_baselines` and `find_duration`.
    """
    main = next((metric for metric in metrics if not metric.is_guardrail), None)
    refuse(order.find_problems() + _check_base(main, base_rate))
    baselines = _measure(
        history, metrics, main, base_rate, covariates=covariates, arm=arm, untouched=untouched
    )
    judged = [one for one in baselines if not one.metric.is_guardrail]
    decides = judged[0]
    refuse(_check_effect(decides, order))
    comparisons = len(judged) * len(order.ratios)
    planner = Planner(order, comparisons)
    needed = planner.count_arms(planner.find_total(decides, order.effect))
    total = sum(needed)
    held = min(total, order.customers) if order.customers else total
    sizes = planner.trace_sizes(decides, [step * order.effect for step in _STEPS])
    duration = _find_duration(total, order, daily_units, as_of, seed)
    return PlanResult(
        order=order,
        baselines=tuple(baselines),
        decides=decides,
        comparisons=comparisons,
        inflation=planner.inflation,
        arms=pd.DataFrame({"arm": list(order.shares), "share": list(order.shares.values()), "units": needed}),
        sizes=sizes,
        metrics=planner.describe(baselines, held),
        curve=planner.trace_power(decides, total),
        detectable=planner.find_detectable(decides, order.customers) if order.customers else None,
        duration=duration,
    )


def _measure(
    history: pd.DataFrame,
    metrics: Sequence[Metric],
    main: Metric | None,
    base_rate: float | None,
    **fields: Any,
) -> list[Baseline]:
    """Baselines in the order of the metrics; that of the deciding one may be assumed."""
    assumed = [assume_share(main, base_rate)] if main is not None and base_rate is not None else []
    others = [metric for metric in metrics if not (assumed and metric is main)]
    measured = measure_baselines(history, others, **fields) if others or not assumed else []
    told = {id(one.metric): one for one in [*assumed, *measured]}
    return [told[id(metric)] for metric in metrics]


def _check_base(main: Metric | None, base_rate: float | None) -> list[str]:
    if main is None:
        return [_("no metric decides: name one that is no guardrail.")]
    if base_rate is None:
        return []
    if main.kind != "conversion":
        return [
            _(
                "base_rate is the share of a conversion, and “{key}” is a {kind}. Leave it empty.",
                key=main.key,
                kind=main.kind,
            )
        ]
    return (
        []
        if 0 < base_rate < 1
        else [_("base_rate == {base_rate}, must be above 0 and below 1.", base_rate=repr(base_rate))]
    )


def _check_effect(base: Baseline, order: PlanOrder) -> list[str]:
    if base.allows(order.effect):
        return []
    return [
        _(
            "effect == {effect}: from {value} there is no such share. Name a smaller one.",
            effect=repr(order.effect),
            value=f"{base.value.value:.1%}",
        )
    ]


def _find_duration(
    total: int, order: PlanOrder, daily_units: pd.Series | None, as_of: dt.date | None, seed: int
) -> Duration | None:
    if order.contacts_per_day is not None:
        days = int(np.ceil(total / order.contacts_per_day))
        return Duration(days, float(days), float(days), int(np.ceil(days / _DAYS_OF_WEEK)))
    if daily_units is None:
        return None
    before = daily_units.index.max() if as_of is None else pd.Timestamp(as_of)
    return find_duration(daily_units, total, start=before + pd.Timedelta(days=1), seed=seed)
