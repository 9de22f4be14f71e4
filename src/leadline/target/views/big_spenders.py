"""The overlooked group: big spenders below the VIP line (system T9)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small, tell_hidden
from leadline.errors import DataError
from leadline.intervals import Estimate, wilson_interval
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.border import Measure, check_measure, find_side
from leadline.target.views.checks import check_ids, check_numbers
from leadline.target.views.groups import describe_groups, to_records
from leadline.target.views.telling import draw_measure, label_share, tell_counts, tell_estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class BigSpendersResult:
    """VIPs, big spenders below the VIP line, and the rest.

    Attributes
    ----------
    groups
        One row a ``group`` (``vip``, ``overlooked``, ``rest``): ``customers``, ``share``, mean ``spend_cny``,
        mean ``contribution_cny`` and its share of all, each with ``_ci_lower`` and ``_ci_upper`` (95%), and
        ``is_hidden``.
    overlooked
        One row an overlooked customer: ``customer_id``, ``is_unsure`` (within the ranges another group is
        possible), highest spending first.
    unsure
        Share of all customers who could be in the overlooked group or out of it, within the ranges.
    vip, spend
        The lines.
    minimum
        Fewest customers of whom a row speaks.
    """

    groups: pd.DataFrame
    overlooked: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    unsure: Estimate
    vip: Measure
    spend: Measure
    minimum: int

    @property
    def summary(self) -> str:
        """How many are overlooked, and what they bring."""
        row = self._find_overlooked()
        if row["is_hidden"] or row["customers"] == 0:
            return _("Too few big spenders stand below the VIP line to be a group.")
        return _(
            "{share} of customers ({interval}) spend {spend} or more and stand below the VIP line of {vip}: "
            "they "
            "contribute {mean} each (95% CI {mean_interval}), {of_all} of the whole.",
            share=format_value(float(row["share"]), "share"),
            interval=format_interval(row["share_ci_lower"], row["share_ci_upper"], "share"),
            spend=format_value(float(self.spend.line.value), "money_cny"),
            vip=format_value(float(self.vip.line.value), "money_cny"),
            mean=format_value(float(row["contribution_cny"]), "money_cny"),
            mean_interval=format_interval(
                row["contribution_cny_ci_lower"], row["contribution_cny_ci_upper"], "money_cny"
            ),
            of_all=format_value(float(row["contribution_cny_share"]), "share"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a group."""
        return self.groups

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Share of the overlooked."""
        row = self._find_overlooked()
        if row["is_hidden"]:
            return ()
        return (
            Kpi(
                label=_("Big spenders below the VIP line"),
                value=float(row["share"]),
                unit="share",
                ci_lower=float(row["share_ci_lower"]),
                ci_upper=float(row["share_ci_upper"]),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Name how many the ranges of the lines would move, and hidden rows."""
        notes = []
        if self.unsure.value > 0:
            notes.append(
                _(
                    "Within the ranges of the lines {share} of customers ({interval}) could join or leave "
                    "the big spenders below the VIP line.",
                    share=format_value(self.unsure.value, "share"),
                    interval=format_interval(self.unsure.lower, self.unsure.upper, "share"),
                )
            )
        return [*notes, *tell_hidden(self.groups, self.minimum)]

    def figure(self) -> "Figure":
        """Draw what a customer of each group contributes."""
        shown = self.groups[~self.groups["is_hidden"] & (self.groups["customers"] > 0)]
        return draw_measure(
            shown,
            [label_share(_tell_group(row["group"]), row["share"]) for row in shown.to_dict("records")],
            "contribution_cny",
            unit="money_cny",
            title=_("What a customer contributes"),
            axis_label=_("CNY a customer, mean with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "big_spenders": to_records(self.groups),
            "big_spenders_unsure": dict(self.unsure._asdict()),
        }

    def _find_overlooked(self) -> dict[Hashable, Any]:
        return self.groups[self.groups["group"] == "overlooked"].to_dict("records")[0]

    def _repr_html_(self) -> str:
        columns = {
            "name": Column(_("Group")),
            **tell_counts(),
            "spend_cny": Column(_("Spending"), "money_cny"),
            **tell_estimate("contribution_cny", _("Contribution"), "money_cny"),
            "contribution_cny_share": Column(_("Of all contribution"), "share"),
        }
        frame = self.groups.assign(name=[_tell_group(name) for name in self.groups["group"]])
        caption = _("VIPs, big spenders below the VIP line, and the rest")
        return result_html(self, table_html(frame, columns, name="big_spenders", caption=caption))


def find_big_spenders(
    customers: pd.DataFrame,
    *,
    vip: Measure,
    spend: Measure,
    contribution: str,
    customer: str = "customer_id",
    minimum: int = MINIMUM,
) -> BigSpendersResult:
    """Find the customers who spend much but are no VIPs by assets.

    Parameters
    ----------
    customers
        One row a customer.
    vip, spend
        Columns (CNY) with the VIP line and the line of big spending, and how far either could be wrong.
        Spending comes with `leadline.target.views.find_interests`, or from anywhere.
    contribution
        Column of what a customer contributes (CNY).
    customer
        Column of the customer's id.
    minimum
        Fewest customers of whom a row of a table may speak.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [
        *check_ids(customers, customer),
        *check_measure(customers, vip),
        *check_measure(customers, spend),
        *check_numbers(customers, [contribution]),
    ]
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("Big spenders cannot be found"), problems)
    rich, spends = find_side(customers, vip), find_side(customers, spend)
    overlooked = ~rich.above & spends.above
    possible = rich.may_be_below & spends.may_be_above
    unsure = np.where(overlooked, rich.may_be_above | spends.may_be_below, possible)
    masks = {"vip": rich.above, "overlooked": overlooked, "rest": ~rich.above & ~spends.above}
    spent = customers[spend.column].to_numpy(dtype=np.float64)
    measures = {"spend_cny": spent, "contribution_cny": customers[contribution].to_numpy(dtype=np.float64)}
    named = pd.DataFrame({"customer_id": customers[customer].to_numpy(), "is_unsure": unsure, "spent": spent})
    ranked = named[overlooked].sort_values(
        ["spent", "customer_id"], ascending=[False, True], ignore_index=True
    )
    return BigSpendersResult(
        groups=hide_small(
            describe_groups(masks, measures, of_all=["contribution_cny"]), minimum=minimum, keys=["group"]
        ),
        overlooked=ranked.drop(columns="spent"),
        unsure=wilson_interval(int(unsure.sum()), len(customers)),
        vip=vip,
        spend=spend,
        minimum=minimum,
    )


def _tell_group(name: str) -> str:
    return {
        "vip": _("VIPs"),
        "overlooked": _("big spenders below the VIP line"),
        "rest": _("the rest"),
    }[name]
