"""What the planner of list sizes returns: which steps today's list proves, and what the others need."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from babel.numbers import format_percent

from leadline.chart.bands import draw_bands
from leadline.chart.draw import draw_note
from leadline.language import _, format_value
from leadline.language.formats import MISSING, format_interval
from leadline.language.messages import current_locale
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: With fewer buyers expected on the poorer list the normal approximation is rough.
_FEWEST_BUYERS = 5
_NEARLY_SURE = 0.994


@dataclass(frozen=True, eq=False, kw_only=True)
class ListPlanResult:
    """Contacts needed to prove each step from one stage to the next.

    Attributes
    ----------
    steps
        One row a step: ``stage``, ``against``; ``precision_before``, ``precision`` and ``gain`` (0 to 1) with
        ``gain_ci_lower`` and ``gain_ci_upper`` (95%; missing if unknown); ``shared_share`` of the list that
        both stages share (missing: taken as two lists without a customer in common); ``contacts_needed`` a
        list (infinite if no number is enough) with ``contacts_needed_lower`` and ``_upper`` over the
        interval of the gain;
        ``power`` (0 to 1) with today's list; ``verdict`` (distinguishable, not yet); ``buyers_at_need``
        (expected on the poorer list of the needed size, shared customers left out).
    curve
        One row a step and size: ``stage``, ``list_size``, ``power``.
    list_size
        Customers on today's list.
    power
        Chance asked for to prove a step that is real.
    """

    steps: pd.DataFrame
    curve: pd.DataFrame
    list_size: int
    power: float

    @property
    def summary(self) -> str:
        """Which steps today's list can prove."""
        clauses = [_tell_verdict(row) for row in self.steps.to_dict("records")]
        head = _(
            "With {listed} contacts a list and a chance of {power} to prove what is real",
            listed=format_value(self.list_size, "count"),
            power=_whole_share(self.power),
        )
        return _("{head}: {clauses}.", head=head, clauses=_("; ").join(clauses))

    @property
    def sentences(self) -> list[str]:
        """One sentence a step: the precisions, the range of the needed contacts, and today's power."""
        return [self._tell_step(row) for row in self.steps.to_dict("records")]

    @property
    def table(self) -> pd.DataFrame:
        """One row a step, the verdict and the range in words; a number that does not exist is missing."""
        words = {"distinguishable": _("distinguishable"), "not yet": _("not yet")}
        return self.steps.assign(
            verdict=self.steps["verdict"].map(words),
            contacts_needed=self.steps["contacts_needed"].replace(np.inf, np.nan),
            contacts_range=[_write_range(row) for row in self.steps.to_dict("records")],
        )

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Contacts a list that the last step needs."""
        last = self.steps.iloc[-1]
        if not np.isfinite(last["contacts_needed"]):
            return ()
        known = not np.isnan(last["contacts_needed_lower"])
        return (
            Kpi(
                label=_("Contacts a list to prove “{stage}”", stage=last["stage"]),
                value=float(last["contacts_needed"]),
                unit="count",
                ci_lower=float(last["contacts_needed_lower"]) if known else None,
                ci_upper=float(last["contacts_needed_upper"])
                if known and np.isfinite(last["contacts_needed_upper"])
                else None,
                direction="down",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Where the formula is rough."""
        rough = self.steps[self.steps["buyers_at_need"] < _FEWEST_BUYERS]
        return [
            _(
                "For “{stage}” the number of contacts is rough: the poorer of the two lists would hold fewer "
                "than {count} buyers.",
                stage=stage,
                count=_FEWEST_BUYERS,
            )
            for stage in rough["stage"]
        ]

    def figure(self) -> "Figure":
        """Power against list size, a curve a step."""
        if self.curve.empty:
            return draw_note(_("The stages' lists do not differ, so no list size shows a difference."))
        named = {row["stage"]: _name_step(row) for row in self.steps.to_dict("records")}
        frame = self.curve.rename(columns={"list_size": "x", "power": "y"})
        return draw_bands(
            frame.assign(series=frame["stage"].map(named)),
            order=[named[stage] for stage in dict.fromkeys(self.curve["stage"])],
            title=_("How long a list proves the step?"),
            x_label=_("Contacts a list"),
            y_label=_("Chance to prove the step"),
            alt=self.summary,
            levels={_("asked for: {power}", power=_whole_share(self.power)): self.power},
            mark=self.list_size,
            mark_label=_("today: {listed}", listed=format_value(self.list_size, "count")),
            top=1.02,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; a number that does not exist is null."""
        plain = self.steps.replace([np.inf, -np.inf], np.nan).astype(object)
        return {
            "list_plan": {
                "list_size": self.list_size,
                "power": self.power,
                "steps": plain.where(plain.notna(), None).to_dict("records"),
            }
        }

    def _repr_html_(self) -> str:
        sentences = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        caption = _("Contacts that each of two lists needs to prove a step")
        table = table_html(self.table, _columns(), name="list_plan", caption=caption)
        return result_html(self, f"<ul>{sentences}</ul>{table}")

    def _tell_step(self, row: dict[Hashable, Any]) -> str:
        words = {
            "stage": row["stage"],
            "before": format_value(row["precision_before"], "share"),
            "after": format_value(row["precision"], "share"),
            "needed": format_value(row["contacts_needed"], "count"),
            "listed": format_value(self.list_size, "count"),
            "today": _whole_share(row["power"]),
            "range": _tell_range(row),
        }
        if not np.isfinite(row["contacts_needed"]):
            return _(
                "“{stage}”, {before} to {after}: the lists do not differ in precision, so no number of "
                "contacts proves a step.",
                **words,
            )
        if row["shared_share"] > 0:
            return _(
                "“{stage}”, {before} to {after}, {shared} of the list shared: {needed} contacts a list prove "
                "it{range}; with {listed} the chance is {today}.",
                shared=format_value(row["shared_share"], "share"),
                **words,
            )
        return _(
            "“{stage}”, {before} to {after}: {needed} contacts a list prove it{range}; with {listed} the "
            "chance is {today}.",
            **words,
        )


def _tell_verdict(row: dict[Hashable, Any]) -> str:
    needed = row["contacts_needed"]
    words = {"stage": row["stage"], "against": row["against"], "needed": format_value(needed, "count")}
    if not np.isfinite(needed):
        return _("“{stage}” cannot be told from “{against}” by any number of contacts", **words)
    if row["verdict"] == "distinguishable":
        return _("“{stage}” is distinguishable from “{against}” ({needed} would do)", **words)
    return _("“{stage}” is not yet distinguishable from “{against}” ({needed} are needed)", **words)


def _tell_range(row: dict[Hashable, Any]) -> str:
    """Say between which numbers the needed contacts lie; empty when the gain's interval is unknown."""
    lower, upper = row["contacts_needed_lower"], row["contacts_needed_upper"]
    if np.isnan(lower):
        return ""
    words = {"lower": format_value(lower, "count"), "upper": format_value(upper, "count")}
    if np.isfinite(upper):
        return _(" ({lower} to {upper} as the gain varies within its interval)", **words)
    return _(" (from {lower} up to no number at all, for the gain may be nothing)", **words)


def _write_range(row: dict[Hashable, Any]) -> str:
    lower, upper = row["contacts_needed_lower"], row["contacts_needed_upper"]
    if np.isfinite(upper) or np.isnan(lower):
        return format_interval(lower, upper, "count") or MISSING
    return _("{lower} or more", lower=format_value(lower, "count"))


def _name_step(row: dict[Hashable, Any]) -> str:
    return _(
        "{stage}: {needed} contacts",
        stage=row["stage"],
        needed=format_value(row["contacts_needed"], "count"),
    )


def _whole_share(share: float) -> str:
    """Write a chance in whole per cents, and none as certain."""
    if share > _NEARLY_SURE:
        return _("over 99%")
    return str(format_percent(share, format="#,##0%", locale=current_locale()))


def _columns() -> dict[str, Column]:
    return {
        "stage": Column(_("Step to")),
        "precision_before": Column(_("From"), "share"),
        "precision": Column(_("To"), "share"),
        "shared_share": Column(_("Shared"), "share"),
        "contacts_needed": Column(_("Contacts needed"), "count"),
        "contacts_range": Column(_("Range")),
        "power": Column(_("Chance today"), "share"),
        "verdict": Column(_("Verdict")),
    }
