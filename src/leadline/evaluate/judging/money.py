"""Does it pay? Customers, cost and profit of each arm beside the control, all with intervals (V1)."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from leadline.errors import ParameterError
from leadline.evaluate.judging.money_gain import Gain, find_gains
from leadline.evaluate.judging.money_result import MoneyResult
from leadline.evaluate.judging.pairs import pair_arms
from leadline.features.experiment import ExperimentScan, Metric
from leadline.holm import correct_holm
from leadline.intervals import LEVEL, Estimate
from leadline.language import N_, _

_HEADLINE = N_("Money cannot be counted")


def count_money(
    scan: ExperimentScan,
    *,
    value: float | None = None,
    contact_cost: float | Mapping[str, float] | None = None,
    cost_metric: str | None = None,
    metric: str | None = None,
    population: int | None = None,
    level: float = LEVEL,
    adjust: bool = True,
    strata: Sequence[str] = (),
) -> MoneyResult:
    """Count what each arm brings beside the control, a contacted unit and at roll-out.

    An arm's contribution is its effect on a metric times ``value``; estimate and interval are those of
    `compare_arms`. Profit is contribution less cost. Where cost is measured, too, value and cost of a unit go
    together: profit is compared as one measure if any metric of the test holds both columns (their ratio
    does), else by the widest interval that any correlation allows. Return is profit ÷ cost, by Fieller (1954,
    J. R. Statist. Soc. B 16:175-185) where cost is measured. The break-even contact cost is what a contact
    may cost before profit is 0.

    Parameters
    ----------
    scan
        The test.
    value
        CNY that one more unit of the metric brings: a customer's contribution if the metric is a conversion,
        the share kept if it is in CNY (1 by default). A conversion without it has no money.
    contact_cost
        CNY a contacted unit; of arms that differ, by arm.
    cost_metric
        Key of a metric in CNY that holds each unit's measured cost, in all arms.
    metric
        Key; by default the one that decides if it can be money, else the first in CNY that is no guardrail.
    population
        Units to be contacted at roll-out.
    level
        Of the intervals.
    adjust
        Whether covariates are used (CUPED), where there are any.
    strata
        Segments by which to post-stratify, as in `compare_arms`.

    Raises
    ------
    DataError
        As `compare_arms`.
    ParameterError
        With all that is wrong: a metric that is not there or is no money, a negative or infinite number, an
        arm without a cost.
    """
    costs = _read_costs(scan, contact_cost)
    _check(scan, value, costs, population, {"metric": metric, "cost_metric": cost_metric})
    metrics = {one.key: one for one in scan.design.metrics}
    measured = metrics[metric] if metric else _choose_metric(scan, value, cost_metric)
    cost = metrics[cost_metric] if cost_metric else None
    gains = {}
    if measured is not None:
        gains = find_gains(
            scan,
            measured,
            cost,
            worth=1.0 if value is None else value,
            contact_costs={arm: costs.get(arm, 0.0) for arm in scan.arms[1:]},
            level=level,
            adjust=adjust,
            strata=strata,
        )
    customers = _count_customers(scan, measured, level=level, adjust=adjust, strata=strata) if gains else {}
    return MoneyResult(
        figures=_tell(gains, customers, measured, value, has_cost=bool(costs) or cost is not None),
        profits=_rank(gains, costs, has_cost=bool(costs) or cost is not None),
        metric=measured,
        main=scan.design.main,
        control=scan.design.control,
        value=value,
        cost_metric=cost_metric,
        population=population,
        level=level,
        is_bound=any(gain.is_bound for gain in gains.values()),
    )


def _choose_metric(scan: ExperimentScan, value: float | None, cost_metric: str | None) -> Metric | None:
    """Return the metric that decides if it can be money, else the first mean in CNY."""
    main = scan.design.main
    if main.kind in ("conversion", "mean") and (value is not None or main.is_money):
        return main
    others = [
        one
        for one in scan.design.metrics
        if one.is_money and one.kind == "mean" and not one.is_guardrail and one.key != cost_metric
    ]
    return others[0] if others else None


def _count_customers(
    scan: ExperimentScan, measured: Metric | None, *, level: float, adjust: bool, strata: Sequence[str]
) -> dict[str, tuple[Metric, Estimate]]:
    """Arm → effect on the conversion that decides or, without one, on the first."""
    conversions = [
        one
        for one in scan.design.metrics
        if one.kind == "conversion" and not one.is_guardrail and not one.falls_is_good
    ]
    if not conversions:
        return {}
    chosen = measured if measured in conversions else conversions[0]
    pairs = pair_arms(scan, chosen, adjust=adjust, strata=strata)
    return {
        arm: (chosen, Estimate(*pair.difference(level=level)[:3]))
        for arm, pair in pairs.items()
        if pair.variance > 0
    }


def _tell(
    gains: Mapping[str, Gain],
    customers: Mapping[str, tuple[Metric, Estimate]],
    metric: Metric | None,
    value: float | None,
    *,
    has_cost: bool,
) -> pd.DataFrame:
    """One row an arm and measure."""
    rows: list[tuple[object, ...]] = []
    for arm, gain in gains.items():
        measures: list[tuple[str, str, Estimate]] = []
        if arm in customers:
            measures.append((customers[arm][0].label, "customers", customers[arm][1]))
        if metric is not None and metric.is_money and value not in (None, 1.0) and not metric.falls_is_good:
            revenue = Estimate(*(one / value for one in gain.contribution)) if value else gain.contribution
            measures.append((metric.label, "revenue", revenue))
        measures.append(("", "contribution", gain.contribution))
        if has_cost:
            profit = Estimate(*gain.profit[:3])
            measures += [
                ("", "cost", gain.cost),
                ("", "profit", profit),
                ("", "return_on_cost", gain.on_cost),
            ]
        measures.append(("", "break_even_contact_cost", gain.margin))
        rows += [(arm, measure, label, *estimate) for label, measure, estimate in measures]
    return pd.DataFrame(rows, columns=["arm", "measure", "label", "value", "ci_lower", "ci_upper"])


def _rank(gains: Mapping[str, Gain], costs: Mapping[str, float], *, has_cost: bool) -> pd.DataFrame:
    """One row an arm, the most profitable first."""
    rows = [
        {
            "arm": arm,
            "contact_cost": costs.get(arm, math.nan),
            "profit": gain.profit.value if has_cost else math.nan,
            "profit_ci_lower": gain.profit.lower if has_cost else math.nan,
            "profit_ci_upper": gain.profit.upper if has_cost else math.nan,
            "p_value": gain.profit.p_value if has_cost else math.nan,
            "break_even": gain.margin.value,
            "break_even_ci_lower": gain.margin.lower,
            "break_even_ci_upper": gain.margin.upper,
            "units": gain.units,
            "control_units": gain.control_units,
        }
        for arm, gain in gains.items()
    ]
    columns = [*(rows[0] if rows else ["arm", "profit", "p_value", "break_even"])]
    frame = pd.DataFrame(rows, columns=columns)
    frame["p_adjusted"] = correct_holm(frame["p_value"].to_numpy(dtype=float))
    by = "profit" if has_cost else "break_even"
    return frame.sort_values(by, ascending=False, kind="stable").reset_index(drop=True)


def _read_costs(scan: ExperimentScan, contact_cost: float | Mapping[str, float] | None) -> dict[str, float]:
    if contact_cost is None:
        return {}
    if isinstance(contact_cost, Mapping):
        return {str(arm): float(cost) for arm, cost in contact_cost.items()}
    return dict.fromkeys(scan.arms[1:], float(contact_cost))


def _check(
    scan: ExperimentScan,
    value: float | None,
    costs: Mapping[str, float],
    population: int | None,
    keys: Mapping[str, str | None],
) -> None:
    metrics = {one.key: one for one in scan.design.metrics}
    problems = []
    for name, key in keys.items():
        if key is not None and key not in metrics:
            problems.append(
                _(
                    "{name}: “{key}” is no metric of this test; there are: {metrics}.",
                    name=name,
                    key=key,
                    metrics=_(", ").join(metrics),
                )
            )
        elif key is not None and metrics[key].kind not in ("conversion", "mean"):
            problems.append(
                _(
                    "{name}: “{key}” is a {kind}; name a conversion or a mean.",
                    name=name,
                    key=key,
                    kind=metrics[key].kind,
                )
            )
    if keys["cost_metric"] in metrics and not metrics[str(keys["cost_metric"])].is_money:
        problems.append(
            _("cost_metric: “{keys}” is not in CNY; write “: mean, CNY”.", keys=keys["cost_metric"])
        )
    chosen = metrics.get(str(keys["metric"]))
    if chosen is not None and not chosen.is_money and value is None:
        problems.append(_("value: what one more of “{key}” brings in CNY must be named.", key=chosen.key))
    if value is not None and not 0 < value < math.inf:
        problems.append(_("value: {value}; it must be above 0 and finite.", value=f"{value:g}"))
    problems += [
        _("contact_cost: {cost}; it must be 0 or more and finite.", cost=f"{cost:g}")
        for cost in dict.fromkeys(costs.values())
        if not 0 <= cost < math.inf
    ]
    if costs:
        others = scan.arms[1:]
        problems += [
            _("contact_cost: no cost for {arm}; name each arm's.", arm=arm)
            for arm in others
            if arm not in costs
        ]
        problems += [
            _(
                "contact_cost: “{arm}” is no arm beside the control; there are: {others}.",
                arm=arm,
                others=_(", ").join(others),
            )
            for arm in costs
            if arm not in others
        ]
    if population is not None and population < 1:
        problems.append(_("population: {population}; it must be 1 or more.", population=population))
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
