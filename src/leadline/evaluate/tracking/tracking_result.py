"""Whether a campaign is on plan: said first, with the day on which it left its corridor (V3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from leadline.chart.tracking import draw_tracking
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

State = Literal["below", "above", "within", "open", "unplanned"]
_STEP_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, eq=False, kw_only=True)
class TrackingResult:
    """The contacted against those held out, on every day.

    Attributes
    ----------
    looks
        One row a day: ``day``, ``date``; ``treated_units``, ``treated_yes``, ``control_units``,
        ``control_yes`` (customers who had entered, and who had acted); ``treated``, ``control``,
        ``difference`` (shares), each with ``_lower`` and ``_upper`` (95%, for all days together);
        ``p_value``; where planned ``planned``, ``lower``, ``upper``.
    every
        Steps of the table: day, week or month.
    corridor
        One row a day of the plan, as the last three columns; None without a plan.
    ended_on
        Last day on which an outcome counts, if known.
    name, label
        What campaign and act are called; '' for “the campaign” and “subscribed”.
    notes
        Who was left out.
    """

    looks: pd.DataFrame
    every: str
    corridor: pd.DataFrame | None
    ended_on: dt.date | None
    name: str
    label: str
    notes: tuple[str, ...]

    @property
    def alert(self) -> tuple[pd.Timestamp, Literal["below", "above"]] | None:
        """First day on which the band lay outside the corridor, and on which side; None if on none."""
        if self.corridor is None:
            return None
        is_below = self.looks["difference_upper"] < self.looks["lower"]
        is_above = self.looks["difference_lower"] > self.looks["upper"]
        out = self.looks[is_below | is_above]
        if out.empty:
            return None
        return out["date"].iloc[0], "below" if is_below[out.index[0]] else "above"

    @property
    def state(self) -> State:
        """How the campaign stands to its plan: an alert stays one."""
        if self.corridor is None:
            return "unplanned"
        if self.alert is not None:
            return self.alert[1]
        now = self._now()
        is_inside = now["lower"] <= now["difference_lower"] and now["difference_upper"] <= now["upper"]
        return "within" if is_inside else "open"

    @property
    def summary(self) -> str:
        """The alert first; then what both arms did."""
        now = self._now()
        facts = {
            "campaign": self.name or _("The campaign"),
            "act": self._act(),
            "day": format_value(now["date"].date()),
            "treated": format_value(float(now["treated"]), "share"),
            "control": format_value(float(now["control"]), "share"),
            "difference": format_value(float(now["difference"]), "points"),
            "interval": format_interval(now["difference_lower"], now["difference_upper"], "points"),
        }
        said = _(
            "By {day}, {treated} of the contacted and {control} of those held out had {act}: {difference} "
            "(95% CI {interval}, valid on all days together).",
            **facts,
        )
        return f"{self._say_state()} {said}"

    def _say_state(self) -> str:
        name = self.name or _("The campaign")
        if self.alert is not None:
            day, side = self.alert
            row = self.looks[self.looks["date"] == day].iloc[0]
            facts = {
                "campaign": name,
                "day": format_value(day.date()),
                "number": format_value(int(row["day"]) + 1, "count"),
                "difference": format_value(float(row["difference"]), "points"),
                "corridor": format_interval(row["lower"], row["upper"], "points"),
            }
            if side == "below":
                return _(
                    "ALERT: {campaign} fell below its planned corridor on {day} (day {number}): it had "
                    "brought {difference}, where {corridor} were planned.",
                    **facts,
                )
            return _(
                "ALERT: {campaign} rose above its planned corridor on {day} (day {number}): it had brought "
                "{difference}, where {corridor} were planned.",
                **facts,
            )
        if self.corridor is None:
            return _("No plan was named for {campaign}, so nothing can be off plan.", campaign=name)
        now = self._now()
        facts = {"campaign": name, "corridor": format_interval(now["lower"], now["upper"], "points")}
        if pd.isna(now["lower"]):
            return _("{campaign} never left its planned corridor, as far as the plan reaches.", campaign=name)
        if self.state == "within":
            return _("{campaign} is on plan ({corridor} planned by now).", **facts)
        return _(
            "{campaign} shows no departure from plan; the data do not prove that it is on plan, either "
            "({corridor} planned by now).",
            **facts,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a step, the last day and that of an alert among them; columns of ``looks``."""
        days = self.looks["date"]
        if self.every == "month":
            is_step = days.dt.is_month_end
        else:
            is_step = (self.looks["day"] + 1) % _STEP_DAYS[self.every] == 0
        alert = self.alert
        shown = is_step | (days == days.max()) | (days == (alert[0] if alert else None))
        table: pd.DataFrame = self.looks.loc[shown].reset_index(drop=True)
        return table

    @property
    def kpis(self) -> Sequence[Kpi]:
        """The difference, what it means in customers, and what the contacted did."""
        now = self._now()
        size = float(now["treated_units"])
        ends = now["difference_lower"], now["difference_upper"]
        return (
            Kpi(
                label=_("More than those held out"),
                value=float(now["difference"]),
                unit="points",
                ci_lower=float(ends[0]),
                ci_upper=float(ends[1]),
                direction="up",
                bar=float(now["lower"]) if self.corridor is not None and pd.notna(now["lower"]) else None,
                help=_("Share of the contacted who had {act}, less that of those held out.", act=self._act()),
            ),
            Kpi(
                label=_("Customers won by the contacts so far"),
                value=round(float(now["difference"]) * size),
                unit="count",
                ci_lower=float(round(ends[0] * size)),
                ci_upper=float(round(ends[1] * size)),
                direction="up",
                help=_("The difference times the customers contacted so far; others would have come anyway."),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Who was left out, and whether the campaign is still open."""
        last = self._now()["date"].date()
        told = list(self.notes)
        if self.ended_on is not None and last < self.ended_on:
            told.append(
                _(
                    "The campaign runs until {end}; what is said holds as of {day}.",
                    end=format_value(self.ended_on),
                    day=format_value(last),
                )
            )
        return told

    def figure(self) -> "Figure":
        """Both arms by day, and their difference in the planned corridor."""
        alert = self.alert
        return draw_tracking(
            self.looks,
            names=(_("contacted"), _("held out")),
            titles=(
                _("Share who had {act}, of those who had entered by the day", act=self._act()),
                _("Contacted less held out, points"),
            ),
            unit="share",
            difference_unit="points",
            alt=self.summary,
            corridor=self.corridor,
            corridor_label=_("planned corridor"),
            alert=(alert[0], _("alert {day}", day=format_value(alert[0].date()))) if alert else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        alert = self.alert
        rows = self.table.assign(date=self.table["date"].dt.strftime("%Y-%m-%d"))
        return {
            "tracking_state": self.state,
            "tracking_alert": None
            if alert is None
            else {"date": alert[0].date().isoformat(), "side": alert[1]},
            "tracking_looks": rows.to_dict("records"),
        }

    def _repr_html_(self) -> str:
        columns = {
            "date": Column(_("Up to"), "date"),
            "treated_units": Column(_("Contacted"), "count"),
            "treated": Column(_("of them {act}", act=self._act()), "share"),
            "control_units": Column(_("Held out"), "count"),
            "control": Column(_("of them {act}", act=self._act()), "share"),
            "difference": Column(_("Difference"), "points"),
            "difference_lower": Column(_("95% CI, all days together"), "points", upper="difference_upper"),
        }
        shown = self.table.assign(date=[_keep_together(day) for day in self.table["date"]])
        if self.corridor is not None:
            columns["lower"] = Column(_("Planned corridor"), "points", upper="upper")
        caption = _("The campaign so far, counted from its start")
        return result_html(self, table_html(shown, columns, name="tracking", caption=caption))

    def _act(self) -> str:
        return self.label or _("subscribed")

    def _now(self) -> Any:
        return self.looks.iloc[-1]


def _keep_together(day: pd.Timestamp) -> str:
    """Write a day that a narrow column does not break."""
    return format_value(day.date()).replace(" ", "\N{NO-BREAK SPACE}")
