"""What a round taught, in sentences and in numbers that the next plan takes over (V8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_agreement, draw_estimates
from leadline.evaluate.estimates.shares import Count
from leadline.evaluate.tracking.lessons_words import list_lessons, tabulate_plan
from leadline.evaluate.tracking.next_round import NextRound
from leadline.evaluate.tracking.ranking import Ranking
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class LessonsResult:
    """The lessons of a campaign.

    Attributes
    ----------
    cells
        As `leadline.evaluate.tracking.cells.count_cells` returns them.
    treated, held_out
        Customers with an outcome, and who acted.
    plan
        What the next round should plan with.
    ranking
        Whether the score put the right customers first; None without one.
    eligible
        Customers who could have been listed, if known.
    name
        The campaign's; '' for “the campaign”.
    notes
        Who taught nothing, and what is not shown.
    """

    cells: pd.DataFrame
    treated: Count
    held_out: Count
    plan: NextRound
    ranking: Ranking | None
    eligible: int | None
    name: str
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What the contacts added, and what to plan with."""
        effect = self.plan.effect
        return _(
            "{campaign}: {treated} of the contacted and {control} of those held out subscribed, {effect} "
            "(95% CI {interval}); plan the next round with {cautious} beyond the {base} who "
            "subscribe anyway.",
            campaign=self.name or _("The campaign"),
            treated=format_value(self.treated.yes / self.treated.units, "share"),
            control=format_value(self.plan.base_rate.value, "share"),
            effect=format_value(effect.value, "points"),
            interval=format_interval(effect.lower, effect.upper, "points"),
            cautious=format_value(self.plan.cautious_effect, "points"),
            base=format_value(self.plan.base_rate.value, "share"),
        )

    @property
    def lessons(self) -> list[str]:
        """The lessons, one sentence each, most important first."""
        return list_lessons(
            cells=self.cells,
            plan=self.plan,
            ranking=self.ranking,
            labels=(self.treated.units, self.held_out.units),
            eligible=self.eligible,
        )

    @property
    def next_round(self) -> pd.DataFrame:
        """One row a number that the next plan needs, as `tabulate_plan` gives it."""
        return tabulate_plan(self.plan)

    @property
    def table(self) -> pd.DataFrame:
        """One row an arm and a class, those too small to be shown left out."""
        return self.cells[~self.cells["is_hidden"]].drop(columns="is_hidden").reset_index(drop=True)

    @property
    def kpis(self) -> Sequence[Kpi]:
        """What the contacts added, and what goes into the next plan."""
        plan = self.plan
        cards = [
            Kpi(
                label=_("What the contacts added"),
                value=plan.effect.value,
                unit="points",
                ci_lower=plan.effect.lower,
                ci_upper=plan.effect.upper,
                direction="up",
                help=_("Share of the contacted who subscribed, less that of those held out."),
            ),
            Kpi(
                label=_("Subscribe without a contact"),
                value=plan.base_rate.value,
                unit="share",
                ci_lower=plan.base_rate.lower,
                ci_upper=plan.base_rate.upper,
                help=_("Share of those held out who subscribed: the base rate of the next plan."),
            ),
        ]
        if plan.holdout is not None:
            cards.append(
                Kpi(
                    label=_("Hold out next time"),
                    value=plan.holdout,
                    unit="count",
                    help=_(
                        "Fewest customers held out with whom the cautious effect is found in 80% of cases."
                    ),
                )
            )
        return tuple(cards)

    @property
    def warnings(self) -> Sequence[str]:
        """Who taught nothing, and what is not shown."""
        return self.notes

    def figure(self) -> "Figure":
        """Draw what the contacts added by arm and class, drawn to the mean."""
        shown = self.table.dropna(subset=["increment", "increment_lower"])
        frame = pd.DataFrame(
            {
                "label": [f"{one['label']}: {one['group']}" for one in shown.to_dict("records")],
                "value": shown["increment"],
                "lower": shown["increment_lower"],
                "upper": shown["increment_upper"],
            }
        )
        return draw_estimates(
            frame,
            title=_("What the contacts added, by arm and class"),
            axis_label=_("Contacted less held out, points, with 95% interval; drawn to the mean of its kind"),
            unit="points",
            alt=self.summary,
            reference=0.0,
            reference_label=_("no effect"),
        )

    def calibration_figure(self) -> "Figure | None":
        """Draw chances that the model gave beside the shares that came of them; None where it gave none."""
        if self.ranking is None or self.ranking.calibration is None or self.ranking.calibration.empty:
            return None
        return draw_agreement(
            self.ranking.calibration,
            title=_("What the model said, and what came of it"),
            x_label=_("Chance that the model gave to the contacted"),
            y_label=_("Share who subscribed"),
            alt=_("Chances given by the model beside the shares of the contacted who subscribed, by fifth."),
            diagonal_label=_("agreement"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        return {
            "lessons": self.lessons,
            "lesson_cells": self.table.to_dict("records"),
            "next_round": self.next_round.to_dict("records"),
        }

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.lessons)
        columns = {
            "label": Column(_("By")),
            "group": Column(_("Group")),
            "treated_units": Column(_("Contacted"), "count"),
            "treated": Column(_("subscribed"), "share"),
            "control_units": Column(_("Held out"), "count"),
            "control": Column(_("subscribed"), "share"),
            "increment": Column(_("Added by the contact"), "points"),
            "increment_lower": Column(_("95% CI"), "points", upper="increment_upper"),
            "reach": Column(_("Got through"), "share"),
        }
        if self.table["reach"].isna().all():
            del columns["reach"]
        caption = _(
            "What the contacts added, by arm and class: groups are drawn to their mean; the arms' intervals "
            "hold for all arms together"
        )
        cells = table_html(self.table, columns, name="lesson_cells", caption=caption)
        plan = {
            "item": Column(_("For the next plan")),
            "shown": Column(_("Value")),
            "interval": Column(_("95% CI")),
            "parameter": Column(_("Parameter of plan_test")),
        }
        following = table_html(
            self.next_round, plan, name="next_round", caption=_("What the next round needs")
        )
        return result_html(self, f"<ul>{said}</ul>{following}{cells}")
