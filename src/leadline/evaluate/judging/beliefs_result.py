"""The Bayesian reading, as a reader sees it (V1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_bars
from leadline.evaluate.judging.effects_result import EffectsResult
from leadline.evaluate.judging.telling import list_records, tell_change, tell_level
from leadline.language import _, format_value
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: So near to certain that the digits say more of the prior than of the data.
_SURE = 0.999


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefsResult:
    """How likely each effect is good, and what a wrong choice costs.

    Attributes
    ----------
    beliefs
        As `leadline.evaluate.judging.beliefs.weigh_effects`.
    metric, arm
        Key of the metric that decides and its best arm.
    prior_lift
        Standard deviation of the relative effects expected before.
    level
        Of the intervals.
    """

    beliefs: pd.DataFrame
    metric: str
    arm: str
    prior_lift: float
    level: float

    @property
    def summary(self) -> str:
        """The best arm on the metric that decides."""
        row = self._main()
        if pd.isna(row["is_better"]):
            return _("There is no Bayesian reading of {metric}.", **_of(row))
        return _(
            "With changes of some ±{prior} thought usual before the test, the probability that “{arm}” is "
            "good for {metric} is {chance}. Expected loss a unit: {loss} if chosen, {missed} if not.",
            **_of(row),
            prior=format_value(self.prior_lift, "share"),
            chance=tell_chance(row["is_better"]),
            loss=_tell_loss(row, "loss_if_chosen"),
            missed=_tell_loss(row, "loss_if_not"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a metric and arm."""
        return self.beliefs

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: the effects have theirs."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """What the reading leans on."""
        missing = self.beliefs[self.beliefs["is_better"].isna()]["label"].unique()
        told = [
            _(
                "{metric}: the prior is a share of the control's value, which cannot be told from 0; there "
                "is no Bayesian reading.",
                metric=metric,
            )
            for metric in missing
        ]
        return [
            *told,
            _(
                "The probabilities hold for one look at one arm and lean on the prior; they are not "
                "corrected for several arms, metrics or looks. Verdicts are those of corrected p-values."
            ),
        ]

    def figure(self) -> "Figure":
        """Probability that each effect is good."""
        known = self.beliefs[self.beliefs["is_better"].notna()]
        labels = [_("{metric}: {arm}", **_of(row)) for row in known.to_dict("records")]
        told = [
            f"{label} {tell_chance(value)}" for label, value in zip(labels, known["is_better"], strict=True)
        ]
        return draw_bars(
            pd.DataFrame({"label": labels, "value": known["is_better"].clip(upper=1.0)}),
            title=_("How likely each arm is good for each metric"),
            axis_label=_("Probability after the test"),
            unit="share",
            alt=_("Probabilities: {values}.", values=_("; ").join(told)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"beliefs": list_records(self.beliefs), "prior_lift": self.prior_lift}

    def _repr_html_(self) -> str:
        rows = self.beliefs.to_dict("records")
        frame = self.beliefs.assign(
            chance=[tell_chance(row["is_better"]) for row in rows],
            believed=[tell_change(row, row["difference_unit"], "belief") for row in rows],
            chosen=[_tell_loss(row, "loss_if_chosen") for row in rows],
            missed=[_tell_loss(row, "loss_if_not") for row in rows],
        )
        columns = {
            "label": Column(_("Metric")),
            "arm": Column(_("Arm")),
            "chance": Column(_("Probability it is good")),
            "believed": Column(_("Effect believed ({level} interval)", level=tell_level(self.level))),
            "chosen": Column(_("Expected loss if chosen")),
            "missed": Column(_("Expected loss if not")),
        }
        caption = _("What to believe after the test")
        return result_html(self, table_html(frame, columns, name="beliefs", caption=caption))

    def _main(self) -> Any:
        rows = self.beliefs[(self.beliefs["metric"] == self.metric) & (self.beliefs["arm"] == self.arm)]
        return rows.to_dict("records")[0]


def read_beliefs(effects: EffectsResult) -> BeliefsResult:
    """Read a comparison of arms as a Bayesian would."""
    return BeliefsResult(
        beliefs=effects.beliefs,
        metric=effects.design.main.key,
        arm=effects.best_arm,
        prior_lift=effects.prior_lift,
        level=effects.level,
    )


def tell_chance(chance: float) -> str:
    """Write a probability; one near 0 or 1 by its bound."""
    if chance > _SURE:
        return _("above {chance}", chance=format_value(_SURE, "share"))
    if chance < 1 - _SURE:
        return _("below {chance}", chance=format_value(1 - _SURE, "share"))
    return format_value(chance, "share")


def _tell_loss(row: Any, name: str) -> str:
    """Write an expected loss, of points without a sign."""
    return format_value(row[name], row["difference_unit"]).lstrip("+")


def _of(row: Any) -> dict[str, str]:
    return {"metric": row["label"], "arm": row["arm"]}
