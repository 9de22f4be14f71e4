"""What a reader sees of a test's looks: what may be concluded now, and the chart of how it came so far."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.chart.monitoring import draw_monitoring
from leadline.evaluate.judging.units import find_units
from leadline.evaluate.monitoring.looks import Basis
from leadline.evaluate.monitoring.telling import (
    Decision,
    tell_decision,
    tell_method,
    tell_warnings,
)
from leadline.evaluate.words import spell_difference
from leadline.features.experiment.metric import Metric
from leadline.language import _
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.language.formats import Unit

#: Of several arms the first speaks for the test: one found better, one that goes on, one found worse …
_RANK = {"efficacy": 0, "continue": 1, "worse": 2, "end": 3, "futility": 4}


@dataclass(frozen=True, eq=False, kw_only=True)
class MonitorResult:
    """A test after the looks made so far.

    Attributes
    ----------
    metric, control
        What is followed, and beside what.
    method, spending
        How looks are allowed for; the spending function of a group-sequential test, else ''.
    alpha
        Two-sided error of all looks and arms together.
    effect
        Least change worth finding as a share of the control's value, if named.
    planned, basis
        Units of all arms at the final look, and where that number is from (`Readings.basis`).
    is_final
        Whether the final look has been made.
    unseen
        Units that entered after the last look.
    arms
        One row an arm: ``arm``, ``decision``, ``look`` (from which the estimate is; 0 if none was made),
        ``decided`` (the look that decided, or 0), ``fraction`` of the plan, ``difference`` with
        ``difference_ci_lower`` and ``difference_ci_upper``, ``p_value`` (for all looks and arms),
        ``nominal`` (the plain two-sided p-value at or below which the last look made, taken alone, shows
        something of this arm; 0 before the first look, missing where one look at the end is all there is),
        ``direction`` (``better``, ``worse`` or '').
    looks
        One row an arm and look: ``arm``, ``look``, ``day``, ``units``, ``fraction``, ``difference`` with the
        interval that holds at every look, ``z``, ``boundary``, ``futility``.
    ahead
        Boundaries still to come of a group-sequential test: ``arm``, ``fraction``, ``boundary``.
    """

    metric: Metric
    control: str
    method: str
    spending: str
    alpha: float
    effect: float | None
    planned: float
    basis: Basis
    is_final: bool
    unseen: int
    arms: pd.DataFrame
    looks: pd.DataFrame
    ahead: pd.DataFrame

    @property
    def arm(self) -> str:
        """The arm that the decision speaks of: the best one found, else the one most in favour."""
        return str(self._lead()["arm"])

    @property
    def decision(self) -> Decision:
        """What may be concluded now; ``efficacy`` is an effect either way (see `direction`).

        Of several arms: an effect for the better in any; else ``continue`` while any goes on.
        """
        decision: Decision = self._lead()["decision"]
        return decision

    @property
    def direction(self) -> str:
        """Whether the effect found is ``better`` or ``worse`` than the control; '' without one."""
        return str(self._lead()["direction"])

    @property
    def summary(self) -> str:
        """What may be concluded now."""
        return tell_decision(self, self._lead())

    @property
    def table(self) -> pd.DataFrame:
        """One row an arm."""
        return self.arms

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Of a test that runs: the effect at the look that counts, and how far the test has come."""
        row = self._lead()
        if not row["look"] or self.is_final:
            return ()
        return (
            Kpi(
                label=_(
                    "{metric}: “{arm}” against “{control}”",
                    metric=self.metric.label,
                    arm=row["arm"],
                    control=self.control,
                ),
                value=float(row["difference"]),
                unit=self.unit,
                ci_lower=float(row["difference_ci_lower"]),
                ci_upper=float(row["difference_ci_upper"]),
                direction="down" if self.metric.falls_is_good else "up",
                help=_("The difference, with an interval that holds at every look."),
            ),
            Kpi(
                label=_("Planned units seen"),
                value=float(row["fraction"]),
                unit="share",
                help=_("Units at the look that counts, of those planned for the final look."),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What a reader must know of the looks."""
        return tell_warnings(self)

    def figure(self) -> "Figure":
        """Draw the looks of the arm spoken of, between their boundaries."""
        row = self._lead()
        looks = self.looks[self.looks["arm"] == row["arm"]].reset_index(drop=True)
        if looks.empty:
            return draw_note(_("No look has been made yet."))
        label = {"points": _("Difference in points"), "price_cny": _("Difference in CN¥")}
        if self.is_final and len(looks) == 1:
            return self._draw_arms()
        last = spell_difference(float(looks["difference"].iloc[-1]), self.unit)
        return draw_monitoring(
            looks,
            decided=int(row["decided"]) - 1 if row["decided"] else None,
            ahead=self.ahead[self.ahead["arm"] == row["arm"]],
            title=_(
                "{arm} beside {control}: {metric}",
                arm=row["arm"],
                control=self.control,
                metric=self.metric.label,
            ),
            effect_title=_("The difference, with the interval that holds at every look"),
            effect_label=label.get(self.unit, _("Difference")),
            last_label=last,
            unit=self.unit,
            alt=_(
                "{count} looks at {metric}; the last difference is {difference}. {summary}",
                count=len(looks),
                metric=self.metric.label,
                difference=last,
                summary=self.summary,
            ),
        )

    def _draw_arms(self) -> "Figure":
        frame = self.arms.rename(
            columns={
                "arm": "label",
                "difference": "value",
                "difference_ci_lower": "lower",
                "difference_ci_upper": "upper",
            }
        )
        return draw_estimates(
            frame,
            title=_("{metric} beside {control}", metric=self.metric.label, control=self.control),
            axis_label=_("Difference with the interval for all arms together"),
            unit=self.unit,
            alt=self.summary,
            reference=0.0,
            reference_label=_("no difference"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "monitoring": {
                "decision": self.decision,
                "arm": self.arm,
                "direction": self.direction,
                "metric": self.metric.key,
                "method": self.method,
                "spending": self.spending,
                "alpha": self.alpha,
                "planned_units": round(self.planned),
                "planned_by": self.basis,
                "is_final": self.is_final,
                "arms": _spell(self.arms),
                "looks": _spell(self.looks),
            }
        }

    def _repr_html_(self) -> str:
        words = {
            "efficacy": _("effect found"),
            "continue": _("go on"),
            "futility": _("give up"),
            "end": _("no effect found"),
        }
        shown = self.arms.assign(decision=self.arms["decision"].map(words))
        columns = {
            "arm": Column(_("Arm")),
            "decision": Column(_("What may be concluded")),
            "look": Column(_("Look"), "count"),
            "fraction": Column(_("Of the plan"), "share"),
            "difference": Column(_("Difference"), self.unit),
            "difference_ci_lower": Column(_("95% CI for all looks"), self.unit, upper="difference_ci_upper"),
            "p_value": Column(_("p for all looks"), "p_value"),
        }
        return result_html(self, table_html(shown, columns, name="monitoring", caption=tell_method(self)))

    @property
    def unit(self) -> "Unit":
        """How a difference of the metric is written."""
        return find_units(self.metric).difference

    def _lead(self) -> dict[str, Any]:
        sign = -1.0 if self.metric.falls_is_good else 1.0
        rows: list[Any] = self.arms.to_dict("records")

        def rank(row: dict[str, Any]) -> tuple[int, float]:
            place = _RANK["worse" if row["direction"] == "worse" else row["decision"]]
            return place, -sign * float(row["difference"] if row["look"] else 0.0)

        lead: dict[str, Any] = min(rows, key=rank)
        return lead


def _spell(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Write rows as plain JSON: days as text, what is missing or infinite as null."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
