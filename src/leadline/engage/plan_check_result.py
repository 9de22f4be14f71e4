"""What a check of channel plans returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.grids import draw_promises
from leadline.engage.chances_story import list_html
from leadline.engage.names import name_channel
from leadline.language import _, format_value
from leadline.language.formats import Unit, format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PER_CENT = 100
#: A plan beats another for sure in this share of draws, or in less than the rest.
_SURE = 0.95


@dataclass(frozen=True, eq=False, kw_only=True)
class PlanCheckResult:
    """What each plan promises, how sure that is and, on a simulated market, what is true.

    Attributes
    ----------
    plans
        One row a plan: ``plan``, ``label``, ``contacts``; ``profit_cny`` as promised, with ``_ci_lower`` and
        ``_ci_upper``: 95% of what the uncertain chances leave possible for its expected profit;
        ``beats_rule``: share of draws in which it earns more than the tier rule; ``precision`` as promised,
        with its interval; and with a known truth ``true_profit_cny`` (each one's own value, of those won) and
        ``true_precision``.
    objective
        The plan that is handed on.
    has_truth
        Whether the truth is known.
    learned, taken_as_exact
        Channels whose chances were learned, and those whose chances were handed in or stated: nothing says
        how sure these are, so they do not vary.
    """

    plans: pd.DataFrame
    objective: str
    has_truth: bool
    learned: tuple[str, ...]
    taken_as_exact: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What the chosen plan promises, how sure that is, and whether it beats the tier rule."""
        row, rule = self._chosen, self._rule
        words = {
            "plan": row["label"],
            "contacts": format_value(int(row["contacts"]), "count"),
            "profit": _money(row["profit_cny"]),
            "interval": _range(row, "profit_cny", "money_cny"),
            "precision": format_value(float(row["precision"]), "share"),
            "rule": _money(rule["profit_cny"]),
            "times": format_value(round(_PER_CENT * float(row["beats_rule"])), "count"),
        }
        if not self.learned:
            return _(
                "“{plan}”: {contacts} contacts promise {profit} and {precision} buyers, if the stated "
                "chances are right; the tier rule promises {rule}.",
                **words,
            )
        parts = [
            _(
                "“{plan}”: {contacts} contacts promise {profit} (95% interval {interval}, for the chances "
                "are estimates) and {precision} buyers; the tier rule promises {rule}",
                **words,
            ),
            _("in {times} of 100 draws of the chances the plan earns more than the tier rule", **words)
            if row["beats_rule"] >= _SURE
            else _(
                "in {times} of 100 draws of the chances the plan earns more than the tier rule, which proves "
                "nothing yet",
                **words,
            ),
        ]
        if self.has_truth:
            parts.append(
                _(
                    "in truth it earns {true}, the tier rule {rule_true}",
                    true=_money(row["true_profit_cny"]),
                    rule_true=_money(rule["true_profit_cny"]),
                )
            )
        return _("{sentence}.", sentence=_("; ").join(parts))

    @property
    def sentences(self) -> list[str]:
        """The truth beside the promise, and why a chosen plan promises too much."""
        notes = [
            _(
                "A plan takes what looks best, and what looks best is partly luck: the plan chosen is the "
                "likeliest of all to promise too much (the optimiser’s curse). Pooled chances make this "
                "smaller, not nothing."
            )
        ]
        if not self.has_truth:
            return [*notes, _("What it truly brings only a campaign with a hold-out shows.")]
        row, rule = self._chosen, self._rule
        best = self.plans.iloc[int(self.plans["true_profit_cny"].argmax())]
        truth = _(
            "In truth “{plan}” earns {true} where {profit} were promised: {verdict}. The tier rule earns "
            "{rule_true} ({rule_profit} promised); of these plans “{best}” truly earns most, {best_true}.",
            plan=row["label"],
            true=_money(row["true_profit_cny"]),
            profit=_money(row["profit_cny"]),
            verdict=_tell_miss(float(row["profit_cny"] - row["true_profit_cny"])),
            rule_true=_money(rule["true_profit_cny"]),
            rule_profit=_money(rule["profit_cny"]),
            best=best["label"],
            best_true=_money(best["true_profit_cny"]),
        )
        return [*notes, truth]

    @property
    def table(self) -> pd.DataFrame:
        """One row a plan."""
        return self.plans

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Profit and precision as promised, with what the chances leave possible; the truth if known."""
        row = self._chosen
        cards = [
            _card(_("Profit promised"), row, "profit_cny", "money_cny"),
            _card(_("Buyers among the contacted"), row, "precision", "share"),
        ]
        if self.has_truth:
            true = float(row["true_profit_cny"])
            cards.append(
                Kpi(label=_("True profit of the plan"), value=true, unit="money_cny", direction="up")
            )
        return cards

    @property
    def warnings(self) -> Sequence[str]:
        """Say which chances are taken as exact, and when the truth lies outside what was held possible."""
        notes = []
        if self.taken_as_exact:
            notes.append(
                _(
                    "Taken as exact, for they were not learned here: the chances of {channels}. What depends "
                    "on them is less sure than its interval says.",
                    channels=_(", ").join(map(name_channel, self.taken_as_exact)),
                )
            )
        row = self._chosen
        if self.has_truth and not (
            row["profit_cny_ci_lower"] <= row["true_profit_cny"] <= row["profit_cny_ci_upper"]
        ):
            notes.append(_("The true profit lies outside what the chances left possible."))
        return notes

    def figure(self) -> "Figure":
        """Draw what each plan promises, how sure it is, and the truth where it is known."""
        frame = pd.DataFrame(
            {
                "label": self.plans["label"],
                "value": self.plans["profit_cny"],
                "lower": self.plans["profit_cny_ci_lower"],
                "upper": self.plans["profit_cny_ci_upper"],
                "truth": self.plans["true_profit_cny"] if self.has_truth else np.nan,
            }
        )
        told = _("; ").join(f"{row['label']} {_money(row['value'])}" for row in frame.to_dict("records"))
        return draw_promises(
            frame,
            title=_("What each plan promises, and what it truly earns")
            if self.has_truth
            else _("What each plan promises, and how sure that is"),
            axis_label=_("Expected profit in CNY; line: 95% of what the uncertain chances leave possible"),
            unit="money_cny",
            alt=_("Profit promised: {values}.", values=told),
            value_label=_("promised"),
            truth_label=_("true"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        plain = self.plans.drop(columns="label").astype(object)
        return {"plan_checks": plain.where(plain.notna(), None).to_dict("records")}

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Plan")),
            "contacts": Column(_("Contacts"), "count"),
            "profit_cny": Column(_("Profit promised"), "money_cny"),
            "profit_cny_ci_lower": Column(_("95% possible"), "money_cny", upper="profit_cny_ci_upper"),
            "precision": Column(_("Buyers promised"), "share"),
            "precision_ci_lower": Column(_("95% possible"), "share", upper="precision_ci_upper"),
            "beats_rule": Column(_("Beats the tier rule, of draws"), "share"),
        }
        if self.has_truth:
            columns |= {
                "true_profit_cny": Column(_("True profit"), "money_cny"),
                "true_precision": Column(_("True buyers"), "share"),
            }
        caption = _("How sure the profit of each plan is")
        frame = self.plans.assign(beats_rule=self.plans["beats_rule"].mask(self.plans["plan"] == "tier_rule"))
        table = table_html(frame, columns, name="plan_checks", caption=caption)
        return result_html(self, list_html(self.sentences) + table)

    @property
    def _chosen(self) -> "pd.Series[Any]":
        return self.plans[self.plans["plan"] == self.objective].iloc[0]

    @property
    def _rule(self) -> "pd.Series[Any]":
        return self.plans[self.plans["plan"] == "tier_rule"].iloc[0]


def _tell_miss(missed: float) -> str:
    if missed >= 0:
        return _("{missed} too much", missed=_money(missed))
    return _("{missed} too little", missed=_money(-missed))


def _card(label: str, row: "pd.Series[Any]", measure: str, unit: Unit) -> Kpi:
    return Kpi(
        label=label,
        value=float(row[measure]),
        unit=unit,
        ci_lower=float(row[f"{measure}_ci_lower"]),
        ci_upper=float(row[f"{measure}_ci_upper"]),
        direction="up",
    )


def _range(row: "pd.Series[Any]", measure: str, unit: Unit) -> str:
    return format_interval(float(row[f"{measure}_ci_lower"]), float(row[f"{measure}_ci_upper"]), unit)


def _money(value: Any) -> str:
    return format_value(float(value), "money_cny")
