"""Use and spend of the contacted beside those held out (V3)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.tracking import draw_tracking
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class MeasuresResult:
    """What customers used and spent, in each period since the start.

    Attributes
    ----------
    looks
        One row a measure and period: ``measure``, ``date`` (first day); ``treated``, ``control`` (adjusted
        means a customer), ``difference``, each with ``_lower`` and ``_upper``; ``p_value`` (Bonferroni).
    labels
        Measure → what a reader sees; the first is drawn.
    every
        Length of a period.
    earlier_periods
        Periods before the start that the means are adjusted for.
    units
        Customers contacted, and held out.
    comparisons
        Looks that the intervals are widened for.
    name
        The campaign's; '' for “the campaign”.
    """

    looks: pd.DataFrame
    labels: Mapping[str, str]
    every: str
    earlier_periods: int
    units: tuple[int, int]
    comparisons: int
    name: str

    @property
    def summary(self) -> str:
        """The measure and period that stand out, or that none does."""
        clear = self.looks[(self.looks["difference_lower"] > 0) | (self.looks["difference_upper"] < 0)]
        row = self._last() if clear.empty else clear.nsmallest(1, "p_value").to_dict("records")[0]
        facts = {
            "measure": self.labels[row["measure"]],
            "day": self._say_date(row["date"]),
            "difference": format_value(float(row["difference"]), "number"),
            "interval": format_interval(row["difference_lower"], row["difference_upper"], "number"),
            "control": format_value(float(row["control"]), "number"),
        }
        if clear.empty:
            return _(
                "In no period did the contacted differ clearly from those held out; {measure}, {day}: "
                "{difference} a customer (95% CI for all looks {interval}) beside the {control} of those "
                "held out.",
                **facts,
            )
        return _(
            "{measure}, {day}: the contacted differ by {difference} a customer (95% CI for all looks "
            "{interval}) from the {control} of those held out.",
            **facts,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a measure and period."""
        return self.looks

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: the campaign's own stand first."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Whether nothing was known before the start."""
        if self.earlier_periods:
            return ()
        return (
            _("No period before the start is known, so customers are not compared with themselves earlier."),
        )

    def figure(self) -> "Figure":
        """Draw the first measure by period, both arms and their difference."""
        first = next(iter(self.labels))
        return draw_tracking(
            self.looks[self.looks["measure"] == first],
            names=(_("contacted"), _("held out")),
            titles=(
                _("{measure}, mean a customer", measure=self.labels[first]),
                _("Contacted less held out"),
            ),
            unit="number",
            difference_unit="number",
            alt=self.summary,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        rows = self.looks.assign(date=self.looks["date"].dt.strftime("%Y-%m-%d"))
        return {"use_looks": rows.to_dict("records"), "use_comparisons": self.comparisons}

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Measure")),
            "shown": Column(_("Period from"), "date"),
            "treated": Column(_("Contacted"), "number"),
            "control": Column(_("Held out"), "number"),
            "difference": Column(_("Difference"), "number"),
            "difference_lower": Column(_("95% CI, all looks together"), "number", upper="difference_upper"),
        }
        frame = self.looks.assign(
            label=self.looks["measure"].map(self.labels),
            shown=[format_value(day.date()) for day in self.looks["date"]],
        )
        caption = _("Mean of a customer in each period, adjusted for the customer's periods before the start")
        return result_html(self, table_html(frame, columns, name="use", caption=caption))

    def _last(self) -> dict[Hashable, Any]:
        first = self.looks[self.looks["measure"] == next(iter(self.labels))]
        return first.tail(1).to_dict("records")[0]

    def _say_date(self, day: pd.Timestamp) -> str:
        return format_value(day.date())
