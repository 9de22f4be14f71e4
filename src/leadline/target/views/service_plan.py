"""Who is served at the branch, who is developed, who is moved to remote service (system T7)."""

from collections.abc import Sequence
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
from leadline.target.views.checks import check_ids
from leadline.target.views.groups import describe_groups, spread, to_records
from leadline.target.views.telling import draw_measure, tell_counts, tell_estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLANS = ("branch", "develop", "remote")


@dataclass(frozen=True, eq=False, kw_only=True)
class ServicePlanResult:
    """A way of service for each customer.

    Attributes
    ----------
    plans
        One row a way (``plan``): ``customers``, ``share``, mean ``net_cny``, ``unsure`` (share of them for
        whom another way is possible), each with ``_ci_lower`` and ``_ci_upper`` (95%), and ``is_hidden``.
    assignments
        One row a customer: ``customer_id``, ``plan``, ``is_unsure``.
    unsure
        Share of all customers for whom another way is possible.
    minimum
        Fewest customers of whom a row speaks.
    """

    plans: pd.DataFrame
    assignments: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    unsure: Estimate
    minimum: int

    @property
    def summary(self) -> str:
        """How many are served how, and how sure that is."""
        told = _("; ").join(
            f"{_tell_plan(row['plan'])} {format_value(row['share'], 'share')}"
            for row in self.plans.to_dict("records")
            if not row["is_hidden"]
        )
        return _(
            "Of {customers} customers: {told}; for {unsure} ({interval}) another way is possible within the "
            "ranges.",
            customers=format_value(len(self.assignments), "count"),
            told=told,
            unsure=format_value(self.unsure.value, "share"),
            interval=format_interval(self.unsure.lower, self.unsure.upper, "share"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a way of service."""
        return self.plans

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Share of those whom the branch is to serve."""
        branch = self.plans.iloc[0]
        if branch["is_hidden"]:
            return ()
        return (
            Kpi(
                label=_("To be served at the branch"),
                value=float(branch["share"]),
                unit="share",
                ci_lower=float(branch["share_ci_lower"]),
                ci_upper=float(branch["share_ci_upper"]),
                help=_("Customers who leave enough after cost to serve."),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Name hidden rows."""
        return tell_hidden(self.plans, self.minimum)

    def figure(self) -> "Figure":
        """Draw the share of each way."""
        shown = self.plans[~self.plans["is_hidden"]]
        return draw_measure(
            shown,
            [_tell_plan(plan) for plan in shown["plan"]],
            "share",
            unit="share",
            title=_("How customers are to be served"),
            axis_label=_("Share of customers, with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"service_plans": to_records(self.plans), "service_unsure": dict(self.unsure._asdict())}

    def _repr_html_(self) -> str:
        columns = {
            "name": Column(_("To be served")),
            **tell_counts(),
            **tell_estimate("net_cny", _("Left after cost"), "money_cny"),
            "unsure": Column(_("Another way is possible"), "share"),
        }
        frame = self.plans.assign(name=[_tell_plan(plan) for plan in self.plans["plan"]])
        caption = _("How customers are to be served")
        return result_html(self, table_html(frame, columns, name="service_plans", caption=caption))


def plan_service(
    customers: pd.DataFrame,
    *,
    net: Measure,
    growth: Measure,
    willingness: Measure,
    customer: str = "customer_id",
    minimum: int = MINIMUM,
) -> ServicePlanResult:
    """Choose who is served at the branch, who is developed, and who is moved to remote service.

    *branch*: what the customer leaves after cost to serve is at or above its threshold; *develop*: it is not,
    but the growth of funds or the willingness to take new products is; *remote*: none of the three.

    Parameters
    ----------
    customers
        One row a customer.
    net, growth, willingness
        Columns with their thresholds, and how far either could be wrong (`leadline.target.views.Measure`).
    customer
        Column of the customer's id.
    minimum
        Fewest customers of whom a row of a table may speak.

    Raises
    ------
    DataError
        With all problems at once.
    """
    measures = (net, growth, willingness)
    problems = check_ids(customers, customer)
    problems += [problem for measure in measures for problem in check_measure(customers, measure)]
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("The service cannot be planned"), problems)
    left, grows, takes = (find_side(customers, measure) for measure in measures)
    promises = grows.above | takes.above
    masks = {"branch": left.above, "develop": ~left.above & promises, "remote": ~left.above & ~promises}
    possible = [
        left.may_be_above,
        left.may_be_below & (grows.may_be_above | takes.may_be_above),
        left.may_be_below & grows.may_be_below & takes.may_be_below,
    ]
    unsure = np.sum(possible, axis=0) > 1
    plans = describe_groups(masks, {"net_cny": customers[net.column].to_numpy(dtype=np.float64)})
    at_border = [
        spread("unsure", wilson_interval(int((unsure & inside).sum()), int(inside.sum())))
        for inside in masks.values()
    ]
    plans = pd.concat([plans, pd.DataFrame(at_border)], axis=1).rename(columns={"group": "plan"})
    plan = np.select(list(masks.values()), list(masks), default="")
    return ServicePlanResult(
        plans=hide_small(plans, minimum=minimum, keys=["plan"]),
        assignments=pd.DataFrame(
            {"customer_id": customers[customer].to_numpy(), "plan": plan, "is_unsure": unsure}
        ),
        unsure=wilson_interval(int(unsure.sum()), len(customers)),
        minimum=minimum,
    )


def _tell_plan(plan: str) -> str:
    return {
        "branch": _("at the branch"),
        "develop": _("developed"),
        "remote": _("by remote service"),
    }[plan]
