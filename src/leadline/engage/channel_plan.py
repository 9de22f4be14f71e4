"""What a comparison of channel plans returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from leadline.engage import channel_story, plan_figures
from leadline.language import _
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Objective = Literal["profit", "precision"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelPlanResult:
    """Ways to assign channels under the same capacities, budget and contact rules.

    Attributes
    ----------
    plans
        One row a way: ``plan`` (profit, precision, tier_rule, all_<channel>), ``label``, ``contacts``,
        ``cost_cny``, expected ``buyers`` and those of them who are ``won`` (would not buy unasked),
        ``precision`` (buyers over contacts) and ``profit_cny`` (of those won), the last two with
        ``_ci_lower`` and ``_ci_upper``: the range of 95 of 100 campaigns if the chances hold.
    usage
        One row a way and channel: ``plan``, ``channel``, ``contacts``, ``capacity``.
    flows
        One row a way, tier and channel: ``plan``, ``tier``, ``channel`` (none: not contacted), ``customers``.
    prices
        One row a limit of each optimal plan: ``plan``, ``resource`` (a channel, budget_cny, contacts),
        ``used``, ``limit``, ``price``: what one more unit is worth, in CNY for the plan for profit, in buyers
        for that for precision.
    assignments
        One row a customer, in the order handed in: ``customer_id`` (text), and the channel by each way
        (missing: not contacted).
    chosen
        One row a contact of the plan that is handed on, best score first: ``customer_id`` (text),
        ``channel``, ``tier``, ``score``, ``chance`` to buy when contacted, ``profit_cny`` expected.
    objective
        The plan that is handed on.
    knows_alone
        Whether chances to buy unasked were handed in; else every buyer counts as won.
    gaps
        For each optimal plan the share by which it may miss the best possible, certified by a bound.
    gap_cny
        The same for the plan for profit, in CNY.
    """

    plans: pd.DataFrame
    usage: pd.DataFrame
    flows: pd.DataFrame
    prices: pd.DataFrame
    assignments: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    chosen: pd.DataFrame = field(repr=False)
    objective: Objective
    knows_alone: bool
    gaps: Mapping[str, float]
    gap_cny: float

    @property
    def summary(self) -> str:
        """What the plan for profit earns, and whether precision would choose the same."""
        return channel_story.tell_summary(self.plans)

    @property
    def sentences(self) -> list[str]:
        """What one more of each scarce thing is worth, and how near the plan is to the best possible."""
        return [*channel_story.tell_prices(self.prices), channel_story.tell_gap(self.gaps, self.gap_cny)]

    @property
    def table(self) -> pd.DataFrame:
        """One row a way to assign channels."""
        return self.plans

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Contacts and cost of the chosen plan; what they promise is `check_plans`' to say."""
        row = self.plans[self.plans["plan"] == self.objective].iloc[0]
        return (
            Kpi(label=_("Contacts"), value=float(row["contacts"]), unit="count"),
            Kpi(label=_("Cost of the contacts"), value=float(row["cost_cny"]), unit="money_cny"),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say what the figures rest on."""
        return channel_story.tell_limits(self.plans, knows_alone=self.knows_alone)

    def figure(self) -> "Figure":
        """Draw the expected profit of each way."""
        return plan_figures.draw_profits(self.plans)

    def precision_figure(self) -> "Figure":
        """Draw the expected precision of each way."""
        known = self.plans[self.plans["contacts"] > 0]
        return plan_figures.draw_precisions(known, float(self.plans["precision"].iloc[0]))

    def flow_figure(self) -> "Figure":
        """Draw how many of each tier go to which channel: the chosen plan, and the tier rule beside it."""
        return plan_figures.draw_flows(self.flows, self.plans, (self.objective, "tier_rule"))

    def capacity_figure(self) -> "Figure":
        """Draw how much of each limit the plan for profit uses, and what one more unit is worth."""
        return plan_figures.draw_capacity(self.prices[self.prices["plan"] == "profit"])

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        plans = self.plans.drop(columns="label").astype(object)
        return {
            "channel_plans": plans.where(plans.notna(), None).to_dict("records"),
            "channel_usage": self.usage.to_dict("records"),
            "channel_prices": self.prices.to_dict("records"),
            "channel_gaps": dict(self.gaps),
            "channel_objective": self.objective,
        }

    def _repr_html_(self) -> str:
        interval = _("95 of 100 campaigns")
        columns = {
            "label": Column(_("Plan")),
            "contacts": Column(_("Contacts"), "count"),
            "cost_cny": Column(_("Cost"), "money_cny"),
            **(
                {"won": Column(_("Buyers won"), "number")}
                if self.knows_alone
                else {"buyers": Column(_("Expected buyers"), "number")}
            ),
            "precision": Column(_("Precision"), "share"),
            "precision_ci_lower": Column(interval, "share", upper="precision_ci_upper"),
            "profit_cny": Column(_("Profit"), "money_cny"),
            "profit_cny_ci_lower": Column(interval, "money_cny", upper="profit_cny_ci_upper"),
        }
        caption = _("Ways to assign channels under the same limits")
        sentences = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        table = table_html(self.plans, columns, name="channel_plans", caption=caption)
        return result_html(self, f"<ul>{sentences}</ul>{table}")
