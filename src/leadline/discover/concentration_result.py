"""What a measure of concentration returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.concentration import draw_concentration
from leadline.intervals import Estimate
from leadline.language import _, format_value, plural
from leadline.language.formats import format_exactly, format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEADLINE_TOP = 0.20
_FEW_CUSTOMERS = 200
_HEAVY_TAIL = 2.0


@dataclass(frozen=True, eq=False, kw_only=True)
class ConcentrationResult:
    """How much the best customers bring.

    Attributes
    ----------
    shares
        One row a share asked for: ``top_share`` (0 to 1) of the customers, ``value_share`` that they bring
        (of the net sum, over 1 where the others lose money) with ``_ci_lower`` and ``_ci_upper`` (95%), and
        ``customers``, how many they are.
    curve
        The same columns but the last at points from 0 to 1: the Lorenz curve, best customers first.
    gini
        0 (all bring the same) to 1 (one brings all), with its 95% interval.
    goal, goal_customers
        Share of the value, and the smallest share of the customers that brings it, with its 95% interval.
    label
        What is brought, in words.
    customers, rows
        Whom the rows stand for, and the rows.
    losing_customers, losses_share
        Customers below 0, and what they lose as a share of what the others bring.
    tail_index
        Hill's estimate over the best 5%; at 2 or below the variance of the value is hardly finite.
    untold, minimum
        Shares asked for that are not told, for they are of fewer rows than the minimum.
    """

    shares: pd.DataFrame
    curve: pd.DataFrame
    gini: Estimate
    goal: float
    goal_customers: Estimate
    label: str
    customers: float
    rows: int
    losing_customers: float
    losses_share: float
    tail_index: float
    untold: int
    minimum: int

    @property
    def summary(self) -> str:
        """What the best customers bring, and how few bring most of it."""
        first = self._headline()
        return _(
            "The top {top} of customers bring {share} of all {label} (95% CI {interval}), and {goal} of it "
            "comes from {customers} of them ({customers_interval}); Gini {gini} ({gini_interval}).",
            top=format_top(float(first["top_share"])),
            share=format_value(float(first["value_share"]), "share"),
            label=self.label,
            interval=format_interval(first["value_share_ci_lower"], first["value_share_ci_upper"], "share"),
            goal=format_top(self.goal),
            customers=format_value(self.goal_customers.value, "share"),
            customers_interval=format_interval(self.goal_customers.lower, self.goal_customers.upper, "share"),
            gini=format_value(self.gini.value, "index"),
            gini_interval=format_interval(self.gini.lower, self.gini.upper, "index"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a share of the customers."""
        return self.shares

    @property
    def kpis(self) -> Sequence[Kpi]:
        """What the best bring, how few bring most, and Gini."""
        first = self._headline()
        top = format_top(float(first["top_share"]))
        return (
            Kpi(
                label=_("Brought by the top {top}", top=top),
                value=float(first["value_share"]),
                unit="share",
                ci_lower=float(first["value_share_ci_lower"]),
                ci_upper=float(first["value_share_ci_upper"]),
                help=_("Share of all {label} that the customers with the highest bring.", label=self.label),
            ),
            Kpi(
                label=_("Customers who bring {goal}", goal=format_top(self.goal)),
                value=self.goal_customers.value,
                unit="share",
                ci_lower=self.goal_customers.lower,
                ci_upper=self.goal_customers.upper,
                help=_("The fewest customers who together bring so much, as a share of all."),
            ),
            Kpi(
                label=_("Gini"),
                value=self.gini.value,
                unit="index",
                ci_lower=self.gini.lower,
                ci_upper=self.gini.upper,
                help=_("0: all bring the same. Close to 1: one customer brings everything."),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Losses, few customers, and a few giants who make every interval too narrow."""
        notes = []
        if self.losing_customers:
            notes.append(
                plural(
                    "{count} customer ({share}) is below zero and takes back {losses} of the {label} that "
                    "the others bring: shares are of the net sum and can pass 100%; Gini is of absolute "
                    "values.",
                    "{count} customers ({share}) are below zero and take back {losses} of the {label} that "
                    "the others bring: shares are of the net sum and can pass 100%; Gini is of absolute "
                    "values.",
                    round(self.losing_customers),
                    share=format_value(self.losing_customers / self.customers, "share"),
                    losses=format_value(self.losses_share, "share"),
                    label=self.label,
                )
            )
        if self.rows < _FEW_CUSTOMERS:
            notes.append(
                _("Only {count} customers were measured: the intervals are approximate.", count=self.rows)
            )
        if self.tail_index <= _HEAVY_TAIL:
            notes.append(
                _(
                    "A few customers are so far above the rest (tail index {index}) that the intervals are "
                    "too narrow and the shares probably too low: other giants could as well be in the base.",
                    index=format_value(self.tail_index, "number"),
                )
            )
        if self.untold:
            notes.append(
                plural(
                    "{count} top group is not shown: it holds fewer than {minimum} customers.",
                    "{count} top groups are not shown: they hold fewer than {minimum} customers.",
                    self.untold,
                    minimum=self.minimum,
                )
            )
        return notes

    def figure(self) -> "Figure":
        """Draw the curve, best customers first, with its band."""
        told = _("; ").join(
            _(
                "top {top} bring {share}",
                top=format_top(row["top_share"]),
                share=format_value(row["value_share"], "share"),
            )
            for row in self.shares.to_dict("records")
        )
        return draw_concentration(
            self.curve.rename(
                columns={
                    "top_share": "x",
                    "value_share": "y",
                    "value_share_ci_lower": "lower",
                    "value_share_ci_upper": "upper",
                }
            ),
            title=_("What the best customers bring"),
            x_label=_("Customers, best first"),
            y_label=_("Share of all {label}, with 95% band", label=self.label),
            series_label=_("Customers as they are (Lorenz curve)"),
            diagonal_label=_("If all brought the same"),
            alt=_("Lorenz curve: {told}.", told=told),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "concentration": self.shares.to_dict("records"),
            "gini": dict(self.gini._asdict()),
            "customers_for_goal": {
                "goal": self.goal,
                **{key: None if isnan(end) else end for key, end in self.goal_customers._asdict().items()},
            },
            "losing_customers": self.losing_customers,
            "losses_share": self.losses_share,
        }

    def _repr_html_(self) -> str:
        columns = {
            "top_share": Column(_("Top customers"), "share"),
            "customers": Column(_("Customers"), "count"),
            "value_share": Column(_("Bring"), "share"),
            "value_share_ci_lower": Column(_("95% CI"), "share", upper="value_share_ci_upper"),
        }
        caption = _("Share of all {label} that the best customers bring", label=self.label)
        return result_html(self, table_html(self.shares, columns, name="concentration", caption=caption))

    def _headline(self) -> Any:
        """Return the row nearest to the top fifth, of which the rule of thumb speaks."""
        return self.shares.iloc[int((self.shares["top_share"] - _HEADLINE_TOP).abs().to_numpy().argmin())]


def format_top(share: float) -> str:
    """Write a share that was chosen, not measured: 20%, not 20.0%."""
    return f"{format_exactly(round(100 * share, 6))}%"
