"""What a contact brings and costs, with intervals: an effect's interval turned into money (V1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from leadline.evaluate.estimates.arms import estimate_arms
from leadline.evaluate.estimates.cells import read_metric
from leadline.evaluate.estimates.effects import ArmEstimate, Effect, find_difference
from leadline.evaluate.judging.pairs import Pair, pair_arms
from leadline.features.experiment import ExperimentScan, Metric
from leadline.features.experiment.scan import ARM, MetricMoments
from leadline.intervals import Estimate


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Money of one contact in an arm, beside the control.

    Attributes
    ----------
    contribution
        What it brings, CNY a contacted unit.
    margin
        What it brings less the cost measured, before the fixed cost of a contact: the break-even contact
        cost.
    profit
        ``margin`` less the fixed cost; its p-value is of no profit and no loss.
    cost
        Fixed and measured cost together.
    on_cost
        Profit ÷ cost.
    units, control_units
        Units behind it.
    is_bound
        Whether value and measured cost could be tied together only by the widest interval that any
        correlation allows.
    """

    contribution: Estimate
    margin: Estimate
    profit: Effect
    cost: Estimate
    on_cost: Estimate
    units: int
    control_units: int
    is_bound: bool


class _Pair(NamedTuple):
    """Differences of value and cost, and their variances and covariance."""

    value: float
    cost: float
    value_variance: float
    cost_variance: float
    covariance: float


class Joint(NamedTuple):
    """Value less cost of an arm and of the control; what strata weights tie together of the two."""

    arm: ArmEstimate
    control: ArmEstimate
    tied: float


def find_gains(
    scan: ExperimentScan,
    metric: Metric,
    cost: Metric | None,
    *,
    worth: float,
    contact_costs: dict[str, float],
    level: float,
    adjust: bool,
    strata: Sequence[str],
) -> dict[str, Gain]:
    """Turn each arm's effect on ``metric`` into money, ``worth`` CNY a unit of it.

    Parameters
    ----------
    cost
        A metric of the cost of each unit in CNY, in all arms; only its difference counts.
    contact_costs
        Arm → fixed cost of a contact; 0 where it is not known.
    """
    pairs = pair_arms(scan, metric, adjust=adjust, strata=strata)
    sign = -worth if metric.falls_is_good else worth
    if cost is None:
        return {arm: count_fixed(pair, sign, contact_costs[arm], level) for arm, pair in pairs.items()}
    costs = pair_arms(scan, cost, adjust=adjust, strata=strata)
    joint = _find_joint(scan, metric, cost)
    margins = _pair_margins(scan, joint, metric, cost, sign, adjust=adjust, strata=strata) if joint else {}
    return {
        arm: count_measured(
            pair, costs[arm], margins.get(arm), worth=sign, contact_cost=contact_costs[arm], level=level
        )
        for arm, pair in pairs.items()
    }


def count_fixed(pair: Pair, worth: float, contact_cost: float, level: float) -> Gain:
    """Count where the cost is a number: every interval is that of the effect, scaled and moved."""
    effect = pair.difference(level=level)
    contribution = _scale(effect, worth)
    profit = Estimate(*(one - contact_cost for one in contribution))
    on_cost = Estimate(*(one / contact_cost if contact_cost else np.nan for one in profit))
    return Gain(
        contribution=contribution,
        margin=contribution,
        profit=_test(profit, level),
        cost=Estimate(contact_cost, contact_cost, contact_cost),
        on_cost=on_cost,
        units=pair.units[0],
        control_units=pair.units[1],
        is_bound=False,
    )


def count_measured(
    pair: Pair,
    cost: Pair,
    joint: Joint | None,
    *,
    worth: float,
    contact_cost: float,
    level: float,
) -> Gain:
    """Count where cost is measured, too: profit and return are of two random quantities."""
    contribution = _scale(pair.difference(level=level), worth)
    spent = _spend(cost, level)
    value_variance, cost_variance = worth**2 * pair.variance, cost.variance
    if joint is not None:
        margin = Estimate(*find_difference(joint.arm, joint.control, covariance=joint.tied, level=level)[:3])
        together = joint.arm.variance + joint.control.variance - 2 * joint.tied
        covariance = (value_variance + cost_variance - together) / 2
    else:  # the widest that any correlation allows: standard errors are added, not variances
        widest = float(np.sqrt(value_variance * cost_variance))
        covariance = -widest if contribution.value > 0 else widest
        centre = contribution.value - spent.value
        reach = (contribution.upper - contribution.lower + spent.upper - spent.lower) / 2
        margin = Estimate(centre, centre - reach, centre + reach)
    profit = Estimate(*(one - contact_cost for one in margin))
    total = Estimate(*(one + contact_cost for one in spent))
    freedom = min(pair.arm.units, pair.control.units) - 1
    pieces = _Pair(contribution.value, total.value, value_variance, cost_variance, covariance)
    return Gain(
        contribution=contribution,
        margin=margin,
        profit=_test(profit, level),
        cost=total,
        on_cost=_divide(pieces, float(stats.t.isf((1 - level) / 2, freedom))),
        units=pair.units[0],
        control_units=pair.units[1],
        is_bound=joint is None,
    )


def _spend(cost: Pair, level: float) -> Estimate:
    """Difference of the measured cost, without error where it is the same for every unit of an arm."""
    if cost.variance > 0:
        return Estimate(*cost.difference(level=level)[:3])
    fixed = cost.arm.value - cost.control.value
    return Estimate(fixed, fixed, fixed)


def _find_joint(scan: ExperimentScan, metric: Metric, cost: Metric) -> MetricMoments | None:
    """Moments that hold both columns, such as those of their ratio."""
    wanted = {metric.value, cost.value}
    found = [told for told in scan.moments.values() if wanted <= set(told.columns) and not told.raw]
    return found[0] if found else None


def _pair_margins(
    scan: ExperimentScan,
    told: MetricMoments,
    metric: Metric,
    cost: Metric,
    worth: float,
    *,
    adjust: bool,
    strata: Sequence[str],
) -> dict[str, Joint]:
    """Value less cost as one measure, compared as any other."""
    key = next(name for name, one in scan.moments.items() if one is told)
    covariates = told.covariates if adjust else ()
    cells = read_metric(scan, key, by=(ARM, *strata)).combine(
        {"margin": {metric.value: worth, cost.value: -1.0}, **{name: {name: 1.0} for name in covariates}}
    )
    found = estimate_arms(cells, scan.arms, "margin", covariates=covariates)
    return {
        arm: Joint(found.estimates[place], found.estimates[0], float(found.covariance[place, 0]))
        for place, arm in enumerate(scan.arms[1:], start=1)
    }


def _scale(effect: Effect, worth: float) -> Estimate:
    ends = sorted((worth * effect.lower, worth * effect.upper))
    return Estimate(worth * effect.value, *ends)


def _test(estimate: Estimate, level: float) -> Effect:
    """Add the p-value of 0: the level at which the interval would touch it, by the side it is on."""
    side = estimate.value - estimate.lower if estimate.value > 0 else estimate.upper - estimate.value
    if not side > 0:
        return Effect(*estimate, float("nan"), "")
    z = abs(estimate.value) / side * float(stats.norm.isf((1 - level) / 2))
    return Effect(*estimate, 2 * float(stats.norm.sf(z)), "")


def _divide(pair: _Pair, t: float) -> Estimate:
    """Profit ÷ cost = value ÷ cost less 1, by Fieller (1954) for two estimates that go together."""
    value, cost, value_variance, cost_variance, covariance = pair
    if cost <= 0:
        return Estimate(np.nan, np.nan, np.nan)
    lead = cost**2 - t**2 * cost_variance
    if lead <= 0:
        return Estimate(value / cost - 1, -np.inf, np.inf)
    middle = value * cost - t**2 * covariance
    root = middle**2 - lead * (value**2 - t**2 * value_variance)
    half = float(np.sqrt(max(root, 0.0))) / lead
    return Estimate(value / cost - 1, middle / lead - half - 1, middle / lead + half - 1)
