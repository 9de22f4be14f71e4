"""Sizes, effects and power of one test's order, for any of its metrics (V1, V7)."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import stats

from leadline.errors import ParameterError
from leadline.evaluate.monitoring.spending import SPENDING, find_boundaries, find_drift
from leadline.evaluate.planning.baseline import Baseline
from leadline.evaluate.planning.plan_order import PlanOrder
from leadline.evaluate.planning.power import find_effect, find_exact_size, find_power
from leadline.language import _

_CURVES = (0.5, 1.0, 2.0)
_POINTS = 33
_FEWEST = 2


class Planner:
    """Sizes, effects and power of one order."""

    def __init__(self, order: PlanOrder, comparisons: int) -> None:
        self.order, self.comparisons = order, comparisons
        self.inflation = find_inflation(
            order.looks, alpha=order.alpha / comparisons, power=order.power, spending=order.spending
        )

    def find_total(self, base: Baseline, effect: float) -> float:
        """Units of all arms that find a relative effect; infinite if no number of them does."""
        control = self.order.shares[self.order.control]
        try:
            sizes = [
                find_exact_size(
                    base.as_planned(),
                    base.lift(effect),
                    ratio=ratio,
                    power=self.order.power,
                    alpha=self.order.alpha,
                    comparisons=self._count(base),
                )
                for ratio in self.order.ratios
            ]
        except ParameterError:
            return np.inf
        return max(sizes) / control * self._inflate(base)

    def find_power(self, base: Baseline, effect: float, total: float) -> float:
        """Chance to find a relative effect in the smallest arm."""
        return find_power(
            base.as_planned(),
            base.lift(effect),
            self._arms(base, total),
            alpha=self.order.alpha,
            comparisons=self._count(base),
        )

    def find_effect(self, base: Baseline, total: float) -> float:
        """Smallest relative effect that is found; NaN if none is."""
        arms = self._arms(base, total)
        if min(arms) < _FEWEST:
            return np.nan
        found = find_effect(
            base.as_planned(),
            arms,
            power=self.order.power,
            alpha=self.order.alpha,
            comparisons=self._count(base),
            falls=base.metric.falls_is_good,
        )
        return abs(found) / abs(base.value.value)

    def find_detectable(self, base: Baseline, total: float) -> tuple[float, float, float]:
        """Smallest relative effect found, and its range over what history allows."""
        best, worst = base.at_best(), base.at_worst()
        return self.find_effect(base, total), self.find_effect(best, total), self.find_effect(worst, total)

    def count_arms(self, total: float) -> list[int]:
        """Units of each arm, rounded up."""
        if not np.isfinite(total):
            raise ParameterError.of(
                _("The test cannot be planned"),
                _(
                    "effect == {effect} would need over 1e12 units. Look for a larger one.",
                    effect=repr(self.order.effect),
                ),
            )
        return [int(np.ceil(share * total - 1e-6)) for share in self.order.shares.values()]

    def trace_sizes(self, base: Baseline, effects: Sequence[float]) -> pd.DataFrame:
        """One row an effect that is possible: what it means, and the units it needs."""
        rows = []
        for effect in effects:
            if not base.allows(effect):
                continue
            best, middle, worst = (
                self.find_total(one, effect) for one in (base.at_best(), base, base.at_worst())
            )
            rows.append(
                {
                    "effect": effect,
                    "value": base.value.value,
                    "other_value": base.value.value + base.lift(effect),
                    "units": sum(self.count_arms(middle)),
                    "units_lower": best if base.units else np.nan,
                    "units_upper": worst if base.units else np.nan,
                }
            )
        return pd.DataFrame(rows)

    def trace_power(self, base: Baseline, total: float) -> pd.DataFrame:
        """One row an effect and size: the chance to find it, with its range for the effect asked about."""
        sizes = np.geomspace(max(total / 10, 4 / min(self.order.shares.values())), total * 4, _POINTS)
        rows = []
        for step in _CURVES:
            effect = step * self.order.effect
            if not base.allows(effect):
                continue
            has_band = step == 1 and base.units
            for size in sizes:
                told = {"effect": effect, "units": float(size), "power": self.find_power(base, effect, size)}
                ends = (
                    [self.find_power(one, effect, size) for one in (base.at_worst(), base.at_best())]
                    if has_band
                    else [np.nan, np.nan]
                )
                rows.append(told | {"power_lower": ends[0], "power_upper": ends[1]})
        return pd.DataFrame(rows)

    def describe(self, baselines: Sequence[Baseline], held: float) -> pd.DataFrame:
        """One row a metric: what history tells of it, and what the test can show."""
        return pd.DataFrame(
            [
                {
                    "metric": one.metric.key,
                    "label": one.metric.label,
                    "is_guardrail": one.metric.is_guardrail,
                    "history_units": one.units,
                    "value": one.value.value,
                    "value_ci_lower": one.value.lower,
                    "value_ci_upper": one.value.upper,
                    "sd": one.sd,
                    "variance_left": one.variance_left.value,
                    "variance_left_ci_lower": one.variance_left.lower,
                    "variance_left_ci_upper": one.variance_left.upper,
                    "units_needed": self.find_total(one, self.order.effect)
                    if one.allows(self.order.effect)
                    else np.nan,
                    "detectable_effect": self.find_effect(one, held),
                }
                for one in baselines
            ]
        )

    def _arms(self, base: Baseline, total: float) -> tuple[float, float]:
        first, *others = self.order.shares.values()
        units = total / self._inflate(base)
        return first * units, min(others) * units

    def _inflate(self, base: Baseline) -> float:
        return 1.0 if base.metric.is_guardrail else self.inflation

    def _count(self, base: Baseline) -> int:
        return 1 if base.metric.is_guardrail else self.comparisons


@lru_cache(maxsize=64)
def find_inflation(looks: int, *, alpha: float, power: float, spending: str = "obrien_fleming") -> float:
    """How many times the units of one look a test of several looks needs (Jennison & Turnbull 2000).

    Parameters
    ----------
    looks
        Equally far apart, the last included.
    alpha, power
        Two-sided error, and chance to find the effect.
    spending
        ``"obrien_fleming"`` or ``"pocock"``.
    """
    if looks == 1:
        return 1.0
    fractions = [look / looks for look in range(1, looks + 1)]
    drift = find_drift(find_boundaries(fractions, alpha=alpha, spending=SPENDING[spending]), power)
    return float((drift / (stats.norm.isf(alpha / 2) + stats.norm.ppf(power))) ** 2)
