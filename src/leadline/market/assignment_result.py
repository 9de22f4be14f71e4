"""What the evaluator returns: the truth about a list."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from html import escape
from typing import Any

import pandas as pd

from leadline.language import _, format_value
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
            "Of {contacted} contacted customers {expected} can be expected to subscribe, {organic} of all "
            "without any contact: the contacts win {won} subscribers, and bring {profit} in a year. By luck "
            "{precision} of them do subscribe in this market (95 times in 100 between {luck}).",
            expected=format_value(self.expected_precision, "share"),
            contacted=format_value(self.contacted, "count"),
            organic=format_value(self.organic_rate, "share"),
            won=format_value(round(self.incremental_subscribers, 1), "number"),
            profit=format_value(self.profit_cny, "money_cny"),
            precision=format_value(self.precision, "share"),
            luck=_tell_range(self.precision_luck_lower, self.precision_luck_upper),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a channel in use."""
        return self.channels

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Expected precision, uplift and profit."""
        return (
            Kpi(
                label=_("Expected to subscribe"),
                value=self.expected_precision,
                unit="share",
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
                    "This market was unusually lucky with the list: {precision} where {expected} could be "
                    "expected.",
                    precision=format_value(self.precision, "share"),
                    expected=format_value(self.expected_precision, "share"),
                )
                if self.precision > self.expected_precision
                else _(
                    "This market was unusually unlucky with the list: {precision} where {expected} could be "
                    "expected.",
                    precision=format_value(self.precision, "share"),
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


def _tell_range(lower: float, upper: float) -> str:
    return _("{lower} and {upper}", lower=format_value(lower, "share"), upper=format_value(upper, "share"))


def describe_columns() -> dict[str, Column]:
    """Say how a reader sees the columns of `AssignmentResult.channels`."""
    return {
        "channel": Column(_("Channel")),
        "contacted": Column(_("Contacted"), "count"),
        "expected_precision": Column(_("Expected"), "share"),
        "organic_rate": Column(_("Without contact"), "share"),
        "uplift": Column(_("Uplift"), "points"),
        "incremental_subscribers": Column(_("Won"), "count"),
        "cost_cny": Column(_("Cost"), "money_cny"),
        "profit_cny": Column(_("Profit"), "money_cny"),
    }
