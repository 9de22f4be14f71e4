"""What an allocation of costs returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.disclosure import tell_hidden
from leadline.intervals import wilson_interval
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.groups import to_records
from leadline.target.views.telling import draw_measure, tell_estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class CostsResult:
    """Costs charged to customers, and who is served how at what cost.

    Attributes
    ----------
    costs
        One row a customer in the order of ids: ``customer_id``, ``cost_cny``, and where contribution is known
        ``contribution_cny`` and ``net_cny`` (contribution less cost).
    costs_by_activity
        One row a customer (index ``customer_id``), one column an activity that was charged, CNY.
    activities
        One row an activity: ``activity``, ``driver``, ``cost_cny``, ``allocated_cny``, ``unallocated_cny``,
        ``units`` of the driver, ``cost_per_unit_cny``, ``customers`` who used it.
    services
        One row a way of being served (``group``; empty where none was named): ``customers``, ``share``, mean
        ``cost_cny``, ``cost_cny_share`` of all charged, and where contribution is known ``contribution_cny``,
        ``net_cny`` and ``at_loss`` (share of the group below 0), each with ``_ci_lower`` and ``_ci_upper``
        (95%), and ``is_hidden``.
    ledger_cny, allocated_cny
        Sum of the ledger, and of what customers were charged: exact to the fen.
    labels
        Column of a driver → what a reader calls it.
    minimum
        Fewest customers of whom a row speaks.
    """

    costs: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    costs_by_activity: pd.DataFrame = field(repr=False)
    activities: pd.DataFrame
    services: pd.DataFrame
    ledger_cny: float
    allocated_cny: float
    labels: Mapping[str, str]
    minimum: int

    @property
    def summary(self) -> str:
        """What was charged, and who is served at the highest cost."""
        words = {
            "allocated": format_value(self.allocated_cny, "money_cny"),
            "ledger": format_value(self.ledger_cny, "money_cny"),
            "customers": format_value(len(self.costs), "count"),
        }
        shown = self.services[~self.services["is_hidden"]]
        if shown.empty:
            return _("{allocated} of the ledger's {ledger} are charged to {customers} customers.", **words)
        first = shown.iloc[int(shown["cost_cny"].to_numpy().argmax())]
        cost = format_value(float(first["cost_cny"]), "money_cny")
        interval = format_interval(first["cost_cny_ci_lower"], first["cost_cny_ci_upper"], "money_cny")
        if not first["group"]:
            return _(
                "{allocated} of the ledger's {ledger} are charged to {customers} customers, {cost} each on "
                "average "
                "(95% CI {interval}).",
                cost=cost,
                interval=interval,
                **words,
            )
        return _(
            "{allocated} of the ledger's {ledger} are charged to {customers} customers; serving “{group}” "
            "costs "
            "most, {cost} a customer (95% CI {interval}).",
            group=first["group"],
            cost=cost,
            interval=interval,
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a way of being served."""
        return self.services

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Share of customers served at a loss; what was charged where contribution is not known."""
        if "net_cny" not in self.costs:
            charged = Kpi(label=_("Charged to customers"), value=self.allocated_cny, unit="money_cny")
            return (charged,)
        found = wilson_interval(int((self.costs["net_cny"] < 0).sum()), len(self.costs))
        return (
            Kpi(
                label=_("Served at a loss"),
                value=found.value,
                unit="share",
                ci_lower=found.lower,
                ci_upper=found.upper,
                direction="down",
                help=_("Customers who contribute less than they are charged for."),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What nobody was charged for, and hidden rows."""
        left = self.ledger_cny - self.allocated_cny
        notes = []
        if round(left, 2) > 0:
            notes.append(
                _(
                    "{left} ({share}) of the ledger has no driver and is charged to nobody: no customer's "
                    "net "
                    "contribution bears it.",
                    left=format_value(left, "money_cny"),
                    share=format_value(left / self.ledger_cny, "share"),
                )
            )
        return [*notes, *tell_hidden(self.services, self.minimum)]

    def figure(self) -> "Figure":
        """Draw what a customer of each group leaves after cost, or costs where contribution is not known."""
        has_net = "net_cny" in self.services
        measure = "net_cny" if has_net else "cost_cny"
        shown = self.services[~self.services["is_hidden"]]
        return draw_measure(
            shown,
            [name or _("all") for name in shown["group"]],
            measure,
            unit="money_cny",
            title=_("What a customer leaves after cost") if has_net else _("Cost to serve a customer"),
            axis_label=_("CNY a customer, mean with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "activities": to_records(self.activities),
            "services": to_records(self.services),
            "ledger_cny": self.ledger_cny,
            "allocated_cny": self.allocated_cny,
        }

    def _repr_html_(self) -> str:
        columns = {
            "name": Column(_("Served")),
            "customers": Column(_("Customers"), "count"),
            "cost_cny": Column(_("Cost a customer"), "money_cny"),
        }
        if "net_cny" in self.services:
            columns |= tell_estimate("net_cny", _("Left after cost"), "money_cny")
            columns |= tell_estimate("at_loss", _("Served at a loss"), "share")
        activities = {
            "activity": Column(_("Activity")),
            "driver": Column(_("Driver")),
            "cost_cny": Column(_("Ledger"), "money_cny"),
            "allocated_cny": Column(_("Charged"), "money_cny"),
            "unallocated_cny": Column(_("Charged to nobody"), "money_cny"),
            "cost_per_unit_cny": Column(_("A unit"), "number"),
            "customers": Column(_("Customers"), "count"),
        }
        served = self.services.assign(name=[name or _("all") for name in self.services["group"]])
        tables = table_html(served, columns, name="services", caption=_("Cost to serve, by how it is done"))
        ledger = self.activities.assign(
            driver=[self.labels.get(name, name) for name in self.activities["driver"]]
        )
        tables += table_html(ledger, activities, name="activities", caption=_("The ledger and its drivers"))
        return result_html(self, tables)
