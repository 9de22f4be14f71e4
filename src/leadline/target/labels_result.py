"""What the search for the worth of a stage in labels returns."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.bands import draw_bands
from leadline.language import _, format_value, join_sentences
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelsResult:
    """Labelled customers that would have bought the gain of each step without its columns.

    Attributes
    ----------
    matches
        One row a step: ``stage``; its ``precision``; ``labels_needed`` (customers with a known outcome, among
        them ``buyers_needed``) at which a model without the stage's columns lists as many buyers, infinite if
        not even ``most_labels`` (``most_buyers`` among them) do; ``labels_needed_lowest`` and ``_highest``
        over the draws; ``fewest_labels`` tried; ``precision_with_most`` labels.
    curve
        One row a step and size: ``stage``, ``labels``, ``buyers`` (expected among them), mean ``precision``
        over the draws with ``precision_lowest`` and ``precision_highest``.
    list_size, draws
        Customers on each list; random orders in which the labels were bought.
    base_rate
        Share of buyers among the held-out customers.
    """

    matches: pd.DataFrame
    curve: pd.DataFrame
    list_size: int
    draws: int
    base_rate: float

    @property
    def summary(self) -> str:
        """What each step is worth in labels."""
        return join_sentences(_tell_match(row) for row in self.matches.to_dict("records"))

    @property
    def table(self) -> pd.DataFrame:
        """One row a step."""
        return self.matches

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Labels that the first step is worth, where a number is."""
        first = self.matches.iloc[0]
        if not np.isfinite(first["labels_needed"]):
            return ()
        return (
            Kpi(
                label=_("Labels that “{stage}” is worth", stage=first["stage"]),
                value=float(first["labels_needed"]),
                unit="count",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What the range says and does not."""
        return (
            _(
                "The range shows luck in which customers are labelled; where nearly all are, it closes. Luck "
                "in which customers were held out is not in it: the stages share it."
            ),
        )

    def figure(self) -> "Figure":
        """Precision against labels, a curve a step, with the stages' precision across."""
        named = {stage: _("without “{stage}”", stage=stage) for stage in self.matches["stage"]}
        frame = self.curve.rename(
            columns={
                "labels": "x",
                "precision": "y",
                "precision_lowest": "lower",
                "precision_highest": "upper",
            }
        )
        return draw_bands(
            frame.assign(series=frame["stage"].map(named)),
            order=list(named.values()),
            title=_("How many labels would have bought the same?"),
            x_label=_("Customers with a known outcome to learn from"),
            y_label=_("Buyers among {listed} listed", listed=format_value(self.list_size, "count")),
            alt=self.summary,
            levels=dict(zip(self.matches["stage"], self.matches["precision"], strict=True)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; a number that does not exist is null."""
        plain = self.matches.replace(np.inf, np.nan).astype(object)
        return {
            "labels": {
                "list_size": self.list_size,
                "draws": self.draws,
                "steps": plain.where(plain.notna(), None).to_dict("records"),
                "curve": self.curve.to_dict("records"),
            }
        }

    def _repr_html_(self) -> str:
        caption = _("Labels that a model without the stage's data needs for as good a list")
        return result_html(self, table_html(self.matches, _columns(), name="labels", caption=caption))


def _tell_match(row: dict[Hashable, Any]) -> str:
    words = {
        "stage": row["stage"],
        "precision": format_value(row["precision"], "share"),
        "needed": format_value(row["labels_needed"], "count"),
        "most": format_value(row["most_labels"], "count"),
        "buyers": format_value(round(row["most_buyers"]), "count"),
        "reached": format_value(row["precision_with_most"], "share"),
    }
    if not np.isfinite(row["labels_needed"]):
        return _(
            "Without “{stage}” no number of labels at hand buys its {precision}: all {most} (with {buyers} "
            "buyers) reach {reached}.",
            **words,
        )
    if row["labels_needed"] <= row["fewest_labels"]:
        return _("Without “{stage}” {needed} labels or fewer buy its {precision}.", **words)
    return _(
        "Without “{stage}” about {needed} labels (with {bought} buyers; {range} over the draws) buy its "
        "{precision}.",
        bought=format_value(round(row["buyers_needed"]), "count"),
        range=_tell_range(row),
        **{key: words[key] for key in ("stage", "needed", "precision")},
    )


def _tell_range(row: dict[Hashable, Any]) -> str:
    lowest, highest = row["labels_needed_lowest"], row["labels_needed_highest"]
    if np.isfinite(highest):
        return format_interval(lowest, highest, "count")
    return _(
        "{lowest} to more than {most}",
        lowest=format_value(lowest, "count"),
        most=format_value(row["most_labels"], "count"),
    )


def _columns() -> dict[str, Column]:
    return {
        "stage": Column(_("Without")),
        "precision": Column(_("To be reached"), "share"),
        "labels_needed": Column(_("Labels needed"), "count"),
        "labels_needed_lowest": Column(_("Range over draws"), "count", upper="labels_needed_highest"),
        "buyers_needed": Column(_("Buyers among them"), "count"),
        "precision_with_most": Column(_("With all labels"), "share"),
    }
