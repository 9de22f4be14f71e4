"""What a test's plan returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.evaluate.planning import plan_story, plan_views
from leadline.evaluate.planning.baseline import Baseline
from leadline.evaluate.planning.duration import Duration
from leadline.evaluate.planning.plan_order import PlanOrder
from leadline.evaluate.planning.records import to_records
from leadline.language import _
from leadline.results import Kpi, result_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class PlanResult:
    """How many units a test needs, and what those there are can show.

    Attributes
    ----------
    order
        What was asked.
    baselines
        The metrics as history tells them, `decides` among them.
    decides
        The metric that decides.
    comparisons
        Metrics that are no guardrail × treated arms, for which the error is corrected.
    inflation
        How many times the units of one look the looks need; 1 for one.
    arms
        One row an arm, the control first: ``arm``, ``share``, ``units`` (needed).
    sizes
        One row an effect: ``effect`` (relative), ``value`` and ``other_value`` (before, after), ``units`` of
        all arms with ``units_lower`` and ``units_upper`` (what history allows, 95%; missing if assumed).
    metrics
        One row a metric: ``metric``, ``label``, ``is_guardrail``, ``history_units``, ``value`` with
        ``value_ci_lower`` and ``value_ci_upper``, ``sd``, ``variance_left`` with its interval,
        ``units_needed`` for the effect, ``detectable_effect`` with the units there are.
    curve
        One row an ``effect`` and number of ``units`` (all arms): ``power``, with ``power_lower`` and
        ``power_upper`` for the effect asked about.
    detectable
        Smallest relative effect found with the units there are, and its range (what history allows, 95%);
        None if their number was not named. NaN if none is found.
    duration
        Days until the units needed have come; None if nothing tells the pace.
    """

    order: PlanOrder
    baselines: tuple[Baseline, ...]
    decides: Baseline
    comparisons: int
    inflation: float
    arms: pd.DataFrame
    sizes: pd.DataFrame
    metrics: pd.DataFrame
    curve: pd.DataFrame
    detectable: tuple[float, float, float] | None
    duration: Duration | None

    @property
    def units(self) -> int:
        """Units needed, of all arms."""
        return int(self.arms["units"].sum())

    @property
    def is_enough(self) -> bool:
        """Whether there are as many units as needed, as far as is known."""
        return self.order.customers is None or self.units <= self.order.customers

    @property
    def summary(self) -> str:
        """Units an arm, how long, and what those there are can show."""
        return plan_story.tell_plan(self)

    @property
    def table(self) -> pd.DataFrame:
        """One row an effect, with the units that it needs."""
        return self.sizes

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Customers needed, how long they take, and the smallest effect found with those there are."""
        asked = self.sizes[np.isclose(self.sizes["effect"], self.order.effect)].iloc[0]
        lower, upper = float(asked["units_lower"]), float(asked["units_upper"])
        is_known = bool(np.isfinite(lower) and np.isfinite(upper))
        cards = [
            Kpi(
                label=_("Customers the test needs"),
                value=self.units,
                unit="count",
                ci_lower=lower if is_known else None,
                ci_upper=upper if is_known else None,
                help=_("All arms together; the range is what history allows."),
            )
        ]
        if self.duration is not None:
            lower, upper = self.duration.lower, self.duration.upper
            is_range = lower < upper < np.inf
            cards.append(
                Kpi(
                    label=_("Days until they have all come"),
                    value=self.duration.days,
                    unit="count",
                    ci_lower=lower if is_range else None,
                    ci_upper=upper if is_range else None,
                    help=_("At the pace of the history, weekends included."),
                )
            )
        if self.detectable is not None and not np.isnan(self.detectable[0]):
            lower, upper = self.detectable[1:]
            cards.append(
                Kpi(
                    label=_("Smallest effect found with those there are"),
                    value=self.detectable[0],
                    unit="share",
                    ci_lower=None if np.isnan(lower) or not self.decides.units else lower,
                    ci_upper=None if np.isnan(upper) or not self.decides.units else upper,
                    bar=self.order.effect,
                    direction="down",
                    help=_("Relative to the value without a contact; smaller ones are more often missed."),
                )
            )
        return tuple(cards)

    @property
    def warnings(self) -> Sequence[str]:
        """Too few units, a thin or assumed base, and what is rough."""
        return plan_story.warn(self)

    def figure(self) -> "Figure":
        """Draw the chance to find effects by the size of the test."""
        return plan_views.draw_power(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        duration = None if self.duration is None else self.duration._asdict()
        names = ["detectable_effect", "detectable_effect_ci_lower", "detectable_effect_ci_upper"]
        plan = {
            "metric": self.decides.metric.key,
            "effect": self.order.effect,
            "units": self.units,
            "power": self.order.power,
            "alpha": self.order.alpha,
            "comparisons": self.comparisons,
            "looks": self.order.looks,
            "look_inflation": self.inflation,
            "customers": self.order.customers,
            **dict(zip(names, self.detectable or (None, None, None), strict=True)),
            "duration_days": duration and duration["days"],
            "duration_days_ci_lower": duration and duration["lower"],
            "duration_days_ci_upper": duration and duration["upper"],
            "whole_weeks": duration and duration["whole_weeks"],
        }
        return {
            "plan": to_records(pd.DataFrame([plan]))[0],
            "plan_arms": to_records(self.arms),
            "plan_sizes": to_records(self.sizes),
            "plan_metrics": to_records(self.metrics),
            "plan_power": to_records(self.curve),
        }

    def _repr_html_(self) -> str:
        return result_html(self, plan_views.write_tables(self))
