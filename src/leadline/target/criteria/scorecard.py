"""The four criteria of a usable segmentation on one card (system T1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates
from leadline.disclosure import MINIMUM, hide_small
from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.criteria.accessible import ANY
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.measurable import Rule
from leadline.target.criteria.profitable import Profit
from leadline.target.views.groups import spread, to_records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SURE = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class CriteriaResult:
    """Measurable, accessible, profitable, stable: each a figure, its interval and its bar.

    Attributes
    ----------
    criteria
        One row a criterion that was measured: ``criterion``, ``value`` (0 to 1) with ``_ci_lower`` and
        ``_ci_upper`` (95%), ``bar``, ``verdict`` (``yes``, ``no`` or ``open``: the interval holds the bar).
    access
        Share reached by segment and channel (`measure_access`), small segments hidden.
    profit
        What each segment brings (`measure_profit`), small segments hidden.
    rule, lasting
        As measured; None where it was not.
    """

    criteria: pd.DataFrame
    access: pd.DataFrame
    profit: pd.DataFrame
    rule: Rule
    lasting: Lasting | None

    @property
    def summary(self) -> str:
        """Which criteria hold, in words."""
        told = "; ".join(
            _(
                "{criterion} {verdict}, {value} ({interval})",
                criterion=tell_criterion(row["criterion"]),
                verdict=_tell_verdict(row["verdict"]),
                value=format_value(row["value"], "share"),
                interval=format_interval(row["value_ci_lower"], row["value_ci_upper"], "share"),
            )
            for row in self.criteria.to_dict("records")
        )
        count = int((self.criteria["verdict"] == "yes").sum())
        return _(
            "{count} of {measured} criteria hold: {told}.",
            count=count,
            measured=len(self.criteria),
            told=told,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a criterion."""
        return self.criteria

    @property
    def kpis(self) -> Sequence[Kpi]:
        """One card a criterion."""
        return tuple(
            Kpi(
                label=tell_criterion(row["criterion"]),
                value=float(row["value"]),
                unit="share",
                ci_lower=float(row["value_ci_lower"]),
                ci_upper=float(row["value_ci_upper"]),
                direction="up",
            )
            for row in self.criteria.to_dict("records")
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say what chance alone would reach, who left, and what was not measured."""
        notes = [
            _(
                "A rule of chance places {chance} right (95 of 100 times {interval}): the first figure is "
                "to be "
                "read against that.",
                chance=format_value(self.rule.chance.value, "share"),
                interval=format_interval(self.rule.chance.lower, self.rule.chance.upper, "share"),
            )
        ]
        if self.rule.p_value > _SURE:
            notes.append(_("The rule is not provably better than chance."))
        if self.lasting is None:
            notes.append(_("Whether the segments last was not measured: it needs a second period."))
        elif self.lasting.left:
            notes.append(
                _(
                    "{count} customers of the first period are gone in the second: staying is of those who "
                    "stayed "
                    "customers.",
                    count=format_value(self.lasting.left, "count"),
                )
            )
        return notes

    def figure(self) -> "Figure":
        """Draw each criterion with its interval."""
        frame = pd.DataFrame(
            {
                "label": [tell_criterion(name) for name in self.criteria["criterion"]],
                "value": self.criteria["value"],
                "lower": self.criteria["value_ci_lower"],
                "upper": self.criteria["value_ci_upper"],
            }
        )
        return draw_estimates(
            frame,
            title=_("Is this segmentation usable?"),
            axis_label=_("Share, with 95% interval"),
            unit="share",
            alt=self.summary,
            reference=0.5,
            reference_label=_("half"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        told: dict[str, Any] = {
            "criteria": to_records(self.criteria),
            "segment_access": to_records(self.access),
            "segment_profit": to_records(self.profit),
            "segment_rule": to_records(self.rule.segments),
        }
        if self.lasting is not None:
            shown = self.lasting.half_life.value
            told["segment_half_life"] = None if shown == float("inf") else shown
            told["segment_transitions"] = to_records(self.lasting.transitions)
        return told

    def _repr_html_(self) -> str:
        names = [tell_criterion(name) for name in self.criteria["criterion"]]
        criteria = self.criteria.assign(
            name=names, told=[_tell_verdict(one) for one in self.criteria["verdict"]]
        )
        columns = {
            "name": Column(_("Criterion")),
            "value": Column(_("Measured"), "share"),
            "value_ci_lower": Column(_("95% CI"), "share", upper="value_ci_upper"),
            "bar": Column(_("Wanted"), "share"),
            "told": Column(_("Verdict")),
        }
        segments = {
            "segment": Column(_("Segment")),
            "customers": Column(_("Customers"), "count"),
            "profit_cny": Column(_("Profit a customer"), "money_cny"),
            "profit_cny_ci_lower": Column(_("95% CI"), "money_cny", upper="profit_cny_ci_upper"),
            "total_cny": Column(_("Profit in all"), "money_cny"),
            "total_cny_ci_lower": Column(_("95% CI"), "money_cny", upper="total_cny_ci_upper"),
        }
        tables = table_html(criteria, columns, name="criteria", caption=_("The four criteria"))
        tables += table_html(
            self.profit, segments, name="segment_profit", caption=_("What each segment brings")
        )
        return result_html(self, tables)


def judge_criteria(
    *,
    rule: Rule,
    access: pd.DataFrame,
    profit: Profit,
    lasting: Lasting | None = None,
    bars: dict[str, float] | None = None,
    minimum: int = MINIMUM,
) -> CriteriaResult:
    """Put the four criteria on one card (Kotler 1967; Dolnicar, Grün & Leisch 2018, ch. 4).

    Parameters
    ----------
    rule, access, profit, lasting
        From `measure_rule`, `measure_access`, `measure_profit` and `measure_lasting`.
    bars
        Criterion → the share wanted: ``measurable`` (balanced accuracy, 0.70 unless said), ``accessible``
        (reached by any channel in the segment reached least, 0.50), ``profitable`` (differences in profit
        explained, 0.05), ``stable`` (stay a period, 0.80).
    minimum
        Fewest customers of a segment that is shown.
    """
    wanted = {"measurable": 0.70, "accessible": 0.50, "profitable": 0.05, "stable": 0.80} | (bars or {})
    of_any = access[(access["channel"] == ANY) & (access["segment"] != ANY)]
    least = of_any.iloc[int(of_any["reached"].to_numpy().argmin())]
    found = {
        "measurable": rule.accuracy,
        "accessible": Estimate(
            float(least["reached"]), float(least["reached_ci_lower"]), float(least["reached_ci_upper"])
        ),
        "profitable": profit.apart,
    }
    if lasting is not None:
        found["stable"] = lasting.stay
    rows = [
        {"criterion": name, **spread("value", one), "bar": wanted[name], "verdict": _judge(one, wanted[name])}
        for name, one in found.items()
    ]
    parts = access[access["segment"] != ANY]
    return CriteriaResult(
        criteria=pd.DataFrame(rows),
        access=hide_small(parts, minimum=minimum, keys=["segment", "channel"], within=["channel"]),
        profit=hide_small(profit.segments, minimum=minimum, keys=["segment"]),
        rule=rule,
        lasting=lasting,
    )


def _judge(estimate: Estimate, bar: float) -> str:
    if estimate.lower >= bar:
        return "yes"
    return "no" if estimate.upper < bar else "open"


def tell_criterion(name: str) -> str:
    """Name a criterion and what it measures as a reader sees it."""
    return {
        "measurable": _("Measurable: a rule on known columns places right"),
        "accessible": _("Accessible: reached with permission, worst segment"),
        "profitable": _("Profitable: differences in profit explained"),
        "stable": _("Stable: same segment a period later"),
    }[name]


def _tell_verdict(verdict: str) -> str:
    return {"yes": _("holds"), "no": _("does not hold"), "open": _("is open")}[verdict]
