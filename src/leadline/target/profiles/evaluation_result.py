"""What an evaluation of segments returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.matrix import draw_matrix
from leadline.language import _, format_value
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.groups import to_records
from leadline.target.views.weighing import FULL
from leadline.target.views.weight_file import ScoreWeights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SURE = 0.80


@dataclass(frozen=True, eq=False, kw_only=True)
class EvaluationResult:
    """Segments by attractiveness and fit.

    Attributes
    ----------
    segments
        One row a ``segment``, best first: ``size``, ``attractiveness`` and ``fit`` (0 to 100) each with
        ``_lowest`` and ``_highest``, ``rank`` with ``rank_best`` and ``rank_worst`` (both ranges hold 90% of
        draws), ``first_frequency`` (how often it comes first).
    order_kept_weights
        Share of draws that leave the whole order as it is, when weights alone are shaken.
    order_kept, first_kept
        The same, and how often the first stays first, when values move within their intervals too.
    attractiveness, fit
        Criteria and weights as set.
    shake
        How far each weight was shaken, a share of it.
    has_intervals
        Whether any value moved.
    """

    segments: pd.DataFrame
    order_kept_weights: float
    order_kept: float
    first_kept: float
    attractiveness: ScoreWeights
    fit: ScoreWeights
    shake: float
    has_intervals: bool

    @property
    def summary(self) -> str:
        """Which segment comes first, and how much that owes to the weights."""
        first = self.segments.iloc[0]
        words = {
            "segment": first["segment"],
            "attractiveness": format_value(float(first["attractiveness"]), "number"),
            "fit": format_value(float(first["fit"]), "number"),
            "first": format_value(self.first_kept, "share"),
            "changed": format_value(1 - self.order_kept_weights, "share"),
            "shake": format_value(self.shake, "share"),
        }
        if self.has_intervals:
            return _(
                "“{segment}” comes first (attractiveness {attractiveness}, fit {fit} of 100) and stays "
                "first in "
                "{first} of draws within ±{shake} of the weights and the intervals of the values; the "
                "weights alone "
                "change the order in {changed}.",
                **words,
            )
        return _(
            "“{segment}” comes first (attractiveness {attractiveness}, fit {fit} of 100) and stays first in "
            "{first} "
            "of draws within ±{shake} of the weights, which change the order in {changed}.",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a segment."""
        return self.segments

    @property
    def kpis(self) -> Sequence[Kpi]:
        """How sure the first place is."""
        return (
            Kpi(
                label=_("The first choice stays first"),
                value=self.first_kept,
                unit="share",
                direction="up",
                help=_(
                    "Weights are shaken by {shake} and values moved within their intervals, many times: how "
                    "often the segment that comes first still does.",
                    shake=format_value(self.shake, "share"),
                ),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say where the first place is open, and that values were taken as exact."""
        notes = []
        if self.first_kept < _SURE:
            rivals = self.segments[self.segments["first_frequency"] > 1 - _SURE]["segment"]
            notes.append(_("The first place is open between: {segments}.", segments=_(", ").join(rivals)))
        if not self.has_intervals:
            notes.append(_("The values of the criteria were taken as exact: only the weights were shaken."))
        return notes

    def figure(self) -> "Figure":
        """Draw the segment evaluation plot."""
        told = _("; ").join(
            _(
                "{segment} {attractiveness} and {fit}",
                segment=row["segment"],
                attractiveness=format_value(row["attractiveness"], "number"),
                fit=format_value(row["fit"], "number"),
            )
            for row in self.segments.to_dict("records")
        )
        return draw_matrix(
            self.segments.rename(
                columns={
                    "segment": "label",
                    "attractiveness": "x",
                    "fit": "y",
                    "attractiveness_lowest": "x_lower",
                    "attractiveness_highest": "x_upper",
                    "fit_lowest": "y_lower",
                    "fit_highest": "y_upper",
                }
            ),
            title=_("Which segments are attractive, and which suit us"),
            x_label=_("How attractive the segment is to us (lines: 90% of draws)"),
            y_label=_("How attractive we are to the segment"),
            alt=_("Attractiveness and fit of 100: {told}.", told=told),
            full=FULL,
            middle=FULL / 2,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "segment_evaluation": to_records(self.segments),
            "segment_order_kept": self.order_kept,
            "segment_first_kept": self.first_kept,
        }

    def _repr_html_(self) -> str:
        columns = {
            "rank": Column(_("Rank"), "count"),
            "segment": Column(_("Segment")),
            "attractiveness": Column(_("Attractiveness"), "number"),
            "attractiveness_lowest": Column(_("90% of draws"), "number", upper="attractiveness_highest"),
            "fit": Column(_("Fit"), "number"),
            "fit_lowest": Column(_("90% of draws"), "number", upper="fit_highest"),
            "rank_best": Column(_("Places in 90% of draws"), "count", upper="rank_worst"),
            "first_frequency": Column(_("Comes first"), "share"),
        }
        caption = _("Segments by attractiveness and fit")
        return result_html(self, table_html(self.segments, columns, name="evaluation", caption=caption))
