"""What the high-value score returns."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.groups import to_records
from leadline.target.views.telling import draw_measure, tell_estimate
from leadline.target.views.weight_file import ScoreWeights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOSE = 0.80
_FEW_KNOWN = 0.80
_APART = 0.10


@dataclass(frozen=True, eq=False, kw_only=True)
class HighValueResult:
    """Customers scored by weighted criteria.

    Attributes
    ----------
    assignments
        One row a customer, best first: ``customer_id``, ``score`` (0 to 100, of what is known),
        ``score_lowest`` and ``score_highest`` (with all that is unknown at its worst or best), ``is_top``,
        ``top_frequency`` (how often among the best when weights are shaken).
    criteria
        One row a criterion: ``criterion``, ``weight`` (0 to 1), ``known`` (share of customers of whom it is
        known), ``mean_top`` and ``mean_others`` (score of the best and of the others), ``decides`` (share of
        the score's variance that it carries), the last three with ``_ci_lower`` and ``_ci_upper`` (95%).
    weights
        The weights as set.
    top_share
        Share of the scored customers who count as high-value.
    stays
        Share of the best who stay among the best when weights are shaken: mean, and the range of 95% of
        draws.
    shake
        How far each weight was shaken, a share of it.
    """

    assignments: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    criteria: pd.DataFrame
    weights: ScoreWeights
    top_share: float
    stays: Estimate
    shake: float

    @property
    def summary(self) -> str:
        """Who is high-value, how sure that is, and what truly decides it."""
        top = self.assignments[self.assignments["is_top"]]
        first = self.criteria.iloc[int(self.criteria["decides"].fillna(0).to_numpy().argmax())]
        return _(
            "{count} customers score {cut} or more of 100; {stays} of them stay among the best when each "
            "weight "
            "is shaken by ±{shake} (95% of draws: {range}). “{criterion}” has {weight} of the weight and "
            "decides "
            "{decides} of the differences (95% CI {interval}).",
            count=format_value(len(top), "count"),
            cut=format_value(float(top["score"].min()), "number"),
            stays=format_value(self.stays.value, "share"),
            shake=format_value(self.shake, "share"),
            range=format_interval(self.stays.lower, self.stays.upper, "share"),
            criterion=first["criterion"],
            weight=format_value(float(first["weight"]), "share"),
            decides=format_value(float(first["decides"]), "share"),
            interval=format_interval(first["decides_ci_lower"], first["decides_ci_upper"], "share"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a criterion."""
        return self.criteria

    @property
    def kpis(self) -> Sequence[Kpi]:
        """How many stay high-value under other weights."""
        return (
            Kpi(
                label=_("Stay high-value under other weights"),
                value=self.stays.value,
                unit="share",
                ci_lower=self.stays.lower,
                ci_upper=self.stays.upper,
                direction="up",
                help=_(
                    "Of the best by the score, those who stay so when each weight is shaken by ±{shake}; the "
                    "range holds 95% of draws.",
                    shake=format_value(self.shake, "share"),
                ),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Weights that decide too much or too little, and what is not known."""
        notes = []
        if self.stays.lower < _LOOSE:
            notes.append(_("The list depends on the weights: agree on them before it is used."))
        notes += [
            _(
                "“{criterion}” is known for {known} of customers only: the others are scored without it.",
                criterion=row["criterion"],
                known=format_value(row["known"], "share"),
            )
            for row in self.criteria.to_dict("records")
            if row["known"] < _FEW_KNOWN
        ]
        notes += [
            _tell_gap(row)
            for row in self.criteria.to_dict("records")
            if abs(row["decides"] - row["weight"]) > _APART
        ]
        unscored = int(self.assignments["score"].isna().sum())
        if unscored:
            count = format_value(unscored, "count")
            notes.append(_("Of {count} customers nothing is known: they have no score.", count=count))
        return notes

    def figure(self) -> "Figure":
        """Draw what each criterion decides, with its interval."""
        return draw_measure(
            self.criteria,
            [
                _(
                    "{criterion} (weight {weight})",
                    criterion=row["criterion"],
                    weight=format_value(row["weight"], "share"),
                )
                for row in self.criteria.to_dict("records")
            ],
            "decides",
            unit="share",
            title=_("What decides the score"),
            axis_label=_("Share of the differences, with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "score_criteria": to_records(self.criteria),
            "high_value_customers": int(self.assignments["is_top"].sum()),
            "high_value_stays": dict(self.stays._asdict()),
        }

    def _repr_html_(self) -> str:
        columns = {
            "criterion": Column(_("Criterion")),
            "weight": Column(_("Weight"), "share"),
            **tell_estimate("decides", _("Decides"), "share"),
            **tell_estimate("mean_top", _("Score of the best"), "number"),
            "mean_others": Column(_("Score of the others"), "number"),
            "known": Column(_("Known"), "share"),
        }
        caption = _("Criteria of the score, their weights and what each decides")
        return result_html(self, table_html(self.criteria, columns, name="criteria", caption=caption))


def _tell_gap(row: dict[Hashable, Any]) -> str:
    words = {
        "criterion": row["criterion"],
        "weight": format_value(row["weight"], "share"),
        "decides": format_value(row["decides"], "share"),
    }
    if row["decides"] > row["weight"]:
        return _(
            "“{criterion}” has {weight} of the weight but decides {decides}: customers differ much in it. "
            "Set its worst and best further apart, or lower the weight.",
            **words,
        )
    return _(
        "“{criterion}” has {weight} of the weight but decides {decides}: customers hardly differ in it. Set "
        "its worst and best closer together, or raise the weight.",
        **words,
    )
