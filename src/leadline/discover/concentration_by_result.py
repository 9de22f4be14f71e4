"""What a comparison of concentration between groups returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.discover.concentration_result import format_top
from leadline.intervals import Estimate
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SURE = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class ConcentrationByResult:
    """Concentration in each group of customers.

    Attributes
    ----------
    groups
        One row a ``group``: ``customers``, ``value_share`` that its best ``top`` bring of the group's value
        and ``gini``, each with ``_ci_lower`` and ``_ci_upper`` (95%), and ``is_hidden``. Missing where the
        group's sum is not above 0.
    top
        Share of a group's customers.
    whole
        What the best ``top`` of all customers bring, with its interval.
    p_value
        That the groups' Gini coefficients are one, but for chance; missing where they cannot be compared.
    label, by_label
        What is brought, and what the groups are, in words.
    minimum
        Fewest customers of a group that is told.
    """

    groups: pd.DataFrame
    top: float
    whole: Estimate
    p_value: float
    label: str
    by_label: str
    minimum: int

    @property
    def summary(self) -> str:
        """Where the best bring most of their group's value, and whether that is more than chance."""
        shown = self._shown()
        if isnan(self.p_value):
            return _("There are too few groups of {by} to compare.", by=self.by_label)
        order = shown["value_share"].to_numpy().argsort(kind="stable")
        most, least = shown.iloc[int(order[-1])], shown.iloc[int(order[0])]
        told = _(
            "Of the groups, {label} is most concentrated in “{most}”, where the top {top} bring {most_share} "
            "(95% CI {most_interval}), and least in “{least}”, {least_share} ({least_interval})",
            label=self.label,
            most=most["group"],
            top=format_top(self.top),
            most_share=format_value(most["value_share"], "share"),
            most_interval=_interval(most),
            least=least["group"],
            least_share=format_value(least["value_share"], "share"),
            least_interval=_interval(least),
        )
        p_value = format_value(self.p_value, "p_value")
        if self.p_value < _SURE:
            return _("{told}: the groups differ by more than chance (p = {p}).", told=told, p=p_value)
        return _("{told}; the differences are within chance (p = {p}).", told=told, p=p_value)

    @property
    def table(self) -> pd.DataFrame:
        """One row a group."""
        return self.groups

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: the whole base has the cards."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Groups that are hidden or have no share."""
        notes = []
        if hidden := int(self.groups["is_hidden"].sum()):
            notes.append(
                plural(
                    "{count} group by {by} is not shown: it holds fewer than {minimum} customers.",
                    "{count} groups by {by} are not shown: they hold fewer than {minimum} customers, or "
                    "would give away one that does by subtraction.",
                    hidden,
                    by=self.by_label,
                    minimum=self.minimum,
                )
            )
        without = self.groups[~self.groups["is_hidden"] & self.groups["gini"].isna()]
        if len(without):
            notes.append(
                _(
                    "In {groups} the {label} does not sum to more than 0, so no share of it can be told.",
                    groups=_(", ").join(without["group"]),
                    label=self.label,
                )
            )
        return notes

    def figure(self) -> "Figure":
        """Draw what the best of each group bring, and the whole base to compare with."""
        shown = self._shown()
        if shown.empty:
            return draw_note(self.summary)
        names = {"group": "label", "value_share": "value"}
        ends = {"value_share_ci_lower": "lower", "value_share_ci_upper": "upper"}
        first = pd.DataFrame(
            [dict(zip(("label", "value", "lower", "upper"), (_("All customers"), *self.whole), strict=True))]
        )
        frame = pd.concat([first, shown.rename(columns=names | ends)], ignore_index=True)
        top = format_top(self.top)
        told = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'share')}" for row in frame.to_dict("records")
        )
        return draw_estimates(
            frame,
            title=_("What the top {top} of each group bring", top=top),
            axis_label=_("Share of the group's {label}, with 95% interval", label=self.label),
            unit="share",
            alt=_("What the top {top} bring: {told}.", top=top, told=told),
            reference=self.top,
            reference_label=_("if all brought the same"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        groups = self.groups.astype(object).where(self.groups.notna(), None)
        return {
            "concentration_by": {
                "groups": groups.to_dict("records"),
                "p_value": None if isnan(self.p_value) else self.p_value,
            }
        }

    def _repr_html_(self) -> str:
        top = format_top(self.top)
        columns = {
            "group": Column(self.by_label),
            "customers": Column(_("Customers"), "count"),
            "value_share": Column(_("Top {top} bring", top=top), "share"),
            "value_share_ci_lower": Column(_("95% CI"), "share", upper="value_share_ci_upper"),
            "gini": Column(_("Gini"), "index"),
            "gini_ci_lower": Column(_("95% CI"), "index", upper="gini_ci_upper"),
        }
        caption = _("Concentration of {label} by {by}", label=self.label, by=self.by_label)
        return result_html(self, table_html(self.groups, columns, name="concentration_by", caption=caption))

    def _shown(self) -> pd.DataFrame:
        return self.groups[~self.groups["is_hidden"] & self.groups["gini"].notna()]


def _interval(row: Any) -> str:
    return format_interval(row["value_share_ci_lower"], row["value_share_ci_upper"], "share")
