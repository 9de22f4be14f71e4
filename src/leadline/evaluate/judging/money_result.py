"""What counting the money of a test returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.evaluate.judging.money_story import tell_gaps, tell_money
from leadline.features.experiment import Metric
from leadline.language import _, format_value
from leadline.language.formats import Unit, format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_THOUSAND = 1000
_UNITS: dict[str, Unit] = {
    "customers": "number",
    "revenue": "money_cny",
    "contribution": "money_cny",
    "cost": "money_cny",
    "profit": "money_cny",
    "return_on_cost": "share",
    "break_even_contact_cost": "price_cny",
}
_PER_CONTACT = ("return_on_cost", "break_even_contact_cost")


@dataclass(frozen=True, eq=False, kw_only=True)
class MoneyResult:
    """What each arm brings and costs beside the control.

    Attributes
    ----------
    figures
        One row an arm and measure: ``arm``, ``measure`` (`customers`, `revenue`, `contribution`, `cost`,
        `profit`, `return_on_cost` as profit ÷ cost, `break_even_contact_cost`), ``label`` (of the metric, of
        the first two), ``value`` with ``ci_lower`` and ``ci_upper``, a contacted unit.
    profits
        One row an arm, the most profitable first: ``arm``, ``contact_cost``, ``profit`` with
        ``profit_ci_lower`` and ``profit_ci_upper``, ``p_value`` of no profit and no loss, ``p_adjusted``
        (Holm over arms), ``break_even`` with its interval, ``units``, ``control_units``. Without a cost the
        profit is missing.
    metric
        What was turned into money; None if nothing could be.
    main
        The metric that decides.
    control
        What arms are compared with.
    value
        CNY a unit of the metric, as given.
    cost_metric
        Key of the metric of the measured cost.
    population
        Units at roll-out.
    level
        Of the intervals.
    is_bound
        Whether value and cost could be tied together only by the widest interval.
    """

    figures: pd.DataFrame
    profits: pd.DataFrame
    metric: Metric | None
    main: Metric
    control: str
    value: float | None
    cost_metric: str | None
    population: int | None
    level: float
    is_bound: bool

    @property
    def is_known(self) -> bool:
        """Whether profit is known: something brings money, and a cost was named."""
        return self.metric is not None and bool(self.profits["profit"].notna().any())

    def read_arm(self, arm: str) -> dict[Any, Any]:
        """Return the row of `profits` of an arm."""
        return self.profits[self.profits["arm"] == arm].iloc[0].to_dict()

    @property
    def summary(self) -> str:
        """What the best arm brings, and up to what cost it pays."""
        return tell_money(self)

    @property
    def table(self) -> pd.DataFrame:
        """One row an arm and measure."""
        return self.figures

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Profit of the best arm, and its break-even contact cost."""
        if self.metric is None:
            return ()
        best, cards = self.profits.iloc[0], []
        if self.is_known:
            scale = self.population or _THOUSAND
            cards.append(
                Kpi(
                    label=_("Profit of {arm}", arm=best["arm"]),
                    value=scale * float(best["profit"]),
                    unit="money_cny",
                    ci_lower=scale * float(best["profit_ci_lower"]),
                    ci_upper=scale * float(best["profit_ci_upper"]),
                    direction="up",
                    help=_(
                        "What contacting {units} customers brings more than leaving them alone, less what "
                        "the contacts cost.",
                        units=format_value(scale, "count"),
                    ),
                )
            )
        cards.append(
            Kpi(
                label=_("Break-even contact cost"),
                value=float(best["break_even"]),
                unit="price_cny",
                ci_lower=float(best["break_even_ci_lower"]),
                ci_upper=float(best["break_even_ci_upper"]),
                direction="up",
                help=_("What one contact by {arm} may cost before it no longer pays.", arm=best["arm"]),
            )
        )
        return tuple(cards)

    @property
    def warnings(self) -> Sequence[str]:
        """What the figures leave out."""
        return tell_gaps(self)

    def figure(self) -> "Figure":
        """Draw what a contact may cost in each arm, with interval, beside what it costs."""
        if self.metric is None:
            return draw_note(self.summary)
        rows = self.profits
        costs = rows["contact_cost"].dropna().unique()
        one_cost = float(costs[0]) if len(costs) == 1 else 0.0
        frame = pd.DataFrame(
            {
                "label": [self._name_arm(row) for row in rows.to_dict("records")],
                "value": rows["break_even"],
                "lower": rows["break_even_ci_lower"],
                "upper": rows["break_even_ci_upper"],
            }
        )
        told = _("; ").join(
            f"{row['label']} {format_value(float(row['value']), 'price_cny')}"
            for row in frame.to_dict("records")
        )
        title = _("What a contact may cost before it no longer pays")
        label = _("costs {cost}: pays to the right", cost=format_value(one_cost, "price_cny"))
        return draw_estimates(
            frame,
            title=title,
            axis_label=_("CNY a contact, with {level} interval", level=self._level),
            unit="price_cny",
            alt=f"{title}: {told}.",
            reference=one_cost,
            reference_label=label if len(costs) == 1 else _("brings nothing"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "money": {
                "metric": self.metric.key if self.metric else None,
                "value": self.value,
                "control": self.control,
                "population": self.population,
                "level": self.level,
                "per_contacted": _to_records(self.figures),
                "arms": _to_records(self.profits),
            }
        }

    def _repr_html_(self) -> str:
        if self.metric is None:
            return result_html(self, "")
        columns = {
            "arm": Column(_("Arm")),
            "name": Column(_("Beside {control}", control=self.control)),
            "thousand": Column(_("A thousand contacted")),
            "thousand_ci": Column(_("{level} CI", level=self._level)),
        }
        if self.population:
            columns["total"] = Column(
                _("All {units} contacted", units=format_value(self.population, "count"))
            )
            columns["total_ci"] = Column(_("{level} CI", level=self._level))
        shown = pd.DataFrame([self._tell_row(row) for row in self.figures.to_dict("records")])
        caption = _("What each arm brings and costs")
        return result_html(self, table_html(shown, columns, name="money", caption=caption))

    @property
    def _level(self) -> str:
        return f"{100 * self.level:g}%"

    def _name_arm(self, row: dict[Any, Any]) -> str:
        if len(self.profits["contact_cost"].dropna().unique()) <= 1:
            return str(row["arm"])
        cost = format_value(float(row["contact_cost"]), "price_cny")
        return _("{arm} (costs {cost})", arm=row["arm"], cost=cost)

    def _tell_row(self, row: dict[Any, Any]) -> dict[str, str]:
        measure = row["measure"]
        told = {"arm": str(row["arm"]), "name": self._name_measure(measure, row["label"])}
        for name, scale in (("thousand", _THOUSAND), ("total", self.population or 0)):
            times, unit = scale, _UNITS[measure]
            if measure in _PER_CONTACT:
                times = 1
            ends = [times * row[one] for one in ("value", "ci_lower", "ci_upper")]
            told[name] = format_value(float(ends[0]), unit)
            is_exact = ends[1] == ends[2]
            told[f"{name}_ci"] = "" if is_exact else format_interval(ends[1], ends[2], unit)
            if name == "total" and measure in _PER_CONTACT:
                told[name] = told[f"{name}_ci"] = ""
        return told

    def _name_measure(self, measure: str, label: str) -> str:
        names = {
            "customers": _("More “{metric}”", metric=label),
            "revenue": _("More “{metric}”", metric=label),
            "contribution": _("What they bring, before cost"),
            "cost": _("Cost of contacts"),
            "profit": _("Profit"),
            "return_on_cost": _("Return: profit ÷ cost"),
            "break_even_contact_cost": _("A contact may cost up to"),
        }
        return names[measure]


def _to_records(frame: pd.DataFrame) -> list[dict[str, object]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]
