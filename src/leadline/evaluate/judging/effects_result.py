"""What the arms did beside the control, as a reader sees it (V1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.forest import draw_forest
from leadline.evaluate.estimates.families import Correction
from leadline.evaluate.judging.effects_tables import write_effects, write_guardrails, write_winners
from leadline.evaluate.judging.effects_words import find_warnings, summarise
from leadline.evaluate.judging.telling import list_records, tell_change, tell_level, tell_verdict
from leadline.features.experiment.scan import ExperimentDesign
from leadline.language import _
from leadline.results import Kpi, result_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_KINDS = {"better": "good", "holds": "good", "worse": "bad", "harmed": "bad"}


@dataclass(frozen=True, eq=False, kw_only=True)
class EffectsResult:
    """Effects of all metrics × arms.

    Attributes
    ----------
    design
        How the test was set up.
    effects
        One row a metric and arm: ``metric`` (key), ``label``, ``arm``, ``control``, ``units``,
        ``control_units``, ``value``, ``control_value``, ``difference`` and ``relative_lift`` each with
        ``_ci_lower`` and ``_ci_upper``, ``p_value``, ``p_adjusted`` (missing for guardrails), ``method``,
        ``lift_method``, ``verdict`` (better, worse, not told apart, unknown; of a guardrail holds, harmed,
        not shown, no margin, unknown), ``unit``, ``difference_unit``, ``contributors`` (units that make up
        the mean of the arm with fewer; missing for Newcombe's method and quantiles), ``is_guardrail``,
        ``falls_is_good``, ``reason`` (why something could not be told).
    guardrails
        As `leadline.evaluate.judging.guardrails.judge_guardrails`.
    winners
        One row a metric with a better arm: the best one's ``difference`` as seen, and ``corrected`` for its
        having been significant, both with intervals; ``arms`` it is the best of.
    beliefs
        As `leadline.evaluate.judging.beliefs.weigh_effects`.
    correction, level, margin, prior_lift
        As asked for.
    """

    design: ExperimentDesign
    effects: pd.DataFrame
    guardrails: pd.DataFrame
    winners: pd.DataFrame
    beliefs: pd.DataFrame
    correction: Correction
    level: float
    margin: float | None
    prior_lift: float

    @property
    def main(self) -> pd.DataFrame:
        """Rows of the metric that decides, the best arm first: those told better, then by the effect."""
        rows = self.effects[self.effects["metric"] == self.design.main.key]
        good = rows["difference"] * (-1 if self.design.main.falls_is_good else 1)
        order = rows.assign(is_better=rows["verdict"] == "better", good=good)
        return rows.loc[order.sort_values(["is_better", "good"], ascending=False).index]

    @property
    def best_arm(self) -> str:
        """The arm that the metric that decides puts first; it need not be better than the control."""
        return str(self.main["arm"].iloc[0])

    @property
    def family(self) -> int:
        """How many comparisons the p-values are corrected for."""
        return int(self.effects["p_adjusted"].notna().sum())

    @property
    def summary(self) -> str:
        """The metric that decides, arm by arm, and the guardrails."""
        return summarise(self.main, self.guardrails, family=self.family, level=self.level)

    @property
    def table(self) -> pd.DataFrame:
        """One row a metric and arm."""
        return self.effects.drop(columns=["reason"])

    @property
    def kpis(self) -> Sequence[Kpi]:
        """The best arm's effect on the metric that decides, in its unit and relative."""
        row = self.main.iloc[0]
        direction = "down" if row["falls_is_good"] else "up"
        card = Kpi(
            label=_("{metric}: “{arm}” against “{control}”", **_names(row)),
            value=float(row["difference"]),
            unit=row["difference_unit"],
            ci_lower=_number(row["difference_ci_lower"]),
            ci_upper=_number(row["difference_ci_upper"]),
            direction=direction,  # type: ignore[arg-type]  # one of two literals
            help=_(
                "The arm's value less the control's, with {level} interval.", level=tell_level(self.level)
            ),
        )
        if np.isnan(row["relative_lift"]):
            return (card,)
        lift = Kpi(
            label=_("Relative effect on {metric}", **_names(row)),
            value=float(row["relative_lift"]),
            unit="share",
            ci_lower=_number(row["relative_lift_ci_lower"]),
            ci_upper=_number(row["relative_lift_ci_upper"]),
            help=_("The difference as a share of the control's value."),
        )
        return (card, lift)

    @property
    def warnings(self) -> Sequence[str]:
        """What cannot be told, and what a winner's effect leaves out."""
        return find_warnings(self.effects, self.guardrails, self.winners)

    def figure(self) -> "Figure":
        """Relative effects of all metrics and arms; differences of the first where it has no relative one."""
        is_relative = bool(self.main["relative_lift"].notna().any())
        rows = self.effects if is_relative else self.main
        name = "relative_lift" if is_relative else "difference"
        unit: Any = "share" if is_relative else str(rows["difference_unit"].iloc[0])
        told = [
            tell_change(row, unit, name) if pd.notna(row[name]) else _("no relative effect")
            for row in rows.to_dict("records")
        ]
        frame = pd.DataFrame(
            {
                "group": rows["label"],
                "label": rows["arm"],
                "value": rows[name],
                "lower": rows[f"{name}_ci_lower"],
                "upper": rows[f"{name}_ci_upper"],
                "kind": rows["verdict"].map(_KINDS).fillna("open"),
                "note": [re.split(r" ?[(（]", one)[0] for one in told],
            }
        )
        words = {"control": self.design.control, "level": tell_level(self.level)}
        verdicts = [tell_verdict(verdict) for verdict in rows["verdict"]]
        pairs = zip(rows["label"], rows["arm"], told, verdicts, strict=True)
        return draw_forest(
            frame,
            title=_("What each arm changed"),
            axis_label=_("Relative to “{control}”, with {level} interval", **words)
            if is_relative
            else _("Difference from “{control}”, with {level} interval", **words),
            unit=unit if unit in ("share", "points") else "number",
            alt=_("Effects: {effects}.", effects=_("; ").join(_(", ").join(one) for one in pairs)),
            legend={
                "good": _("better, or guardrail holds"),
                "bad": _("worse, or guardrail harmed"),
                "open": _("not told apart from none"),
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "effects": list_records(self.table),
            "guardrails": list_records(self.guardrails),
            "winners": list_records(self.winners),
            "family": {"correction": self.correction, "comparisons": self.family, "level": self.level},
        }

    def _repr_html_(self) -> str:
        tables = write_effects(self.effects, self.level)
        if len(self.guardrails):
            tables += write_guardrails(self.guardrails)
        if len(self.winners):
            tables += write_winners(self.winners, self.level)
        return result_html(self, tables)


def _names(row: Any) -> dict[str, str]:
    return {"metric": row["label"], "arm": row["arm"], "control": row["control"]}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
