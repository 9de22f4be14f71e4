"""What the evaluator returns: the truth about a list."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from html import escape
from typing import Any

import pandas as pd

from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, table_html


@dataclass(frozen=True, eq=False, kw_only=True)
class AssignmentResult:
    """Truth about an assignment of channels to customers.

    All but three fields are exact expectations over what chance decides on the day (the noise of each person,
    who is reached); `subscribers`, `precision` and `spillover_subscribers` are what happens in this market,
    luck included.

    Attributes
    ----------
    listed, contacted
        Customers on the list, and those of them who are contacted: the rest is held out.
    subscribers, precision
        Contacted customers who subscribe, and their share of all contacted.
    expected_precision, precision_luck_lower, precision_luck_upper
        The mean chance of the contacted, and the ends between which `precision` falls 95 times in 100.
    organic_rate, uplift
        Mean chance without contact, and what contact adds to it (0.15 is 15 points).
    incremental_subscribers
        Subscribers whom the contacts win: the sum of what contact adds to each one's chance.
    cost_cny, revenue_cny, profit_cny
        Cost of the contacts; what the won contribute in twelve months, the sum of added chance times value;
        the difference.
    spillover_subscribers
        Who follows friends that were won; not in revenue and profit.
    channels
        One row a channel in use: ``channel`` and the fields above from `contacted` to `profit_cny`, without
        the spillover.
    """

    listed: int
    contacted: int
    subscribers: int
    precision: float
    expected_precision: float
    precision_luck_lower: float
    precision_luck_upper: float
    organic_rate: float
    uplift: float
    incremental_subscribers: float
    cost_cny: float
    revenue_cny: float
    profit_cny: float
    spillover_subscribers: int
    channels: pd.DataFrame

    @property
    def summary(self) -> str:
        """What the list brings, and how much of it would have come anyway."""
        if not self.contacted:
            return _("Nobody on the list is contacted, so it changes nothing.")
        return _(
            "{precision} of {contacted} contacted customers subscribe ({luck} by luck alone); {organic} "
            "would have without contact, so the contacts win {won} subscribers and {profit} in a year.",
            precision=format_value(self.precision, "share"),
            contacted=format_value(self.contacted, "count"),
            luck=format_interval(self.precision_luck_lower, self.precision_luck_upper, "share"),
            organic=format_value(self.organic_rate, "share"),
            won=format_value(self.incremental_subscribers, "count"),
            profit=format_value(self.profit_cny, "money_cny"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a channel in use."""
        return self.channels

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Precision, uplift and profit."""
        return (
            Kpi(
                label=_("Contacted who subscribe"),
                value=self.precision,
                unit="share",
                ci_lower=self.precision_luck_lower,
                ci_upper=self.precision_luck_upper,
                direction="up",
            ),
            Kpi(label=_("True uplift of a contact"), value=self.uplift, unit="points", direction="up"),
            Kpi(
                label=_("True profit in twelve months"),
                value=self.profit_cny,
                unit="money_cny",
                direction="up",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What keeps the figures from meaning what a reader may take them for."""
        notes = []
        if self.contacted and not self.precision_luck_lower <= self.precision <= self.precision_luck_upper:
            notes.append(
                _(
                    "This market was unusually lucky or unlucky with the list: its expected precision is "
                    "{expected}.",
                    expected=format_value(self.expected_precision, "share"),
                )
            )
        if self.spillover_subscribers:
            notes.append(
                _(
                    "{count} more subscribe because friends did; they are not in the profit.",
                    count=format_value(self.spillover_subscribers, "count"),
                )
            )
        return notes

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON: every field; the channels as records."""
        plain = {declared.name: getattr(self, declared.name) for declared in fields(self)}
        return plain | {"channels": self.channels.to_dict("records")}

    def _repr_html_(self) -> str:
        notes = "".join(f'<p class="warning">{escape(text)}</p>' for text in self.warnings)
        table = table_html(
            self.channels, describe_columns(), name="channels", caption=_("What each channel truly brings")
        )
        return f'<div class="result"><p class="summary">{escape(self.summary)}</p>{notes}{table}</div>'


def describe_columns() -> dict[str, Column]:
    """Say how a reader sees the columns of `AssignmentResult.channels`."""
    return {
        "channel": Column(_("Channel")),
        "contacted": Column(_("Contacted"), "count"),
        "subscribers": Column(_("Subscribers"), "count"),
        "precision": Column(_("Precision"), "share"),
        "expected_precision": Column(_("Expected precision"), "share"),
        "organic_rate": Column(_("Without contact"), "share"),
        "uplift": Column(_("Uplift"), "points"),
        "incremental_subscribers": Column(_("Won"), "count"),
        "cost_cny": Column(_("Cost"), "money_cny"),
        "revenue_cny": Column(_("Revenue of the won"), "money_cny"),
        "profit_cny": Column(_("Profit"), "money_cny"),
    }
