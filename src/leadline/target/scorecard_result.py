"""A scorecard as a reader meets it: what weighs how much, how surely, and the points themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from leadline.chart.counts import draw_scree
from leadline.chart.draw import draw_bars, draw_note, draw_signed_bars
from leadline.language import _, format_value, join_sentences
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.learned import LearnedFrom
from leadline.target.points import PointsTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Method = Literal["pca", "logistic", "points"]
_NAMED = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class ScorecardResult:
    """A points table and where its points come from.

    Attributes
    ----------
    method
        ``pca``: principal components, no outcome used; ``logistic``: learned from outcomes; ``points``:
        written by a person.
    points
        The points table.
    weights
        One row an attribute, the heaviest first: ``column``, ``label``, ``weight`` with its 95% interval
        (``weight_ci_lower``, ``weight_ci_upper``; missing for ``points``), ``points_lowest`` and
        ``points_highest``. The weight of ``pca`` is the sum of an attribute's loadings, each component
        counting by its share of the variance; of the others the points between worst and best bin.
    components
        For ``pca`` one row a component: ``component`` (from 1), ``variance``, and ``noise_variance``, what
        parallel analysis compares it with; else no rows.
    kept
        For ``pca`` one row a rule (parallel, kaiser): ``rule``, ``kept`` components, ``kept_lowest`` and
        ``kept_highest`` over the bootstrap draws, ``share_same``: draws in which as many are kept; else none.
    components_used
        Components in the score; None unless ``pca``.
    customers, buyers
        Customers learned from, and how many of them bought; None where that was not used or is not known.
    learned
        From whose outcomes it learned; None where from nobody's, or where that is not known.
    """

    method: Method
    points: PointsTable
    weights: pd.DataFrame
    components: pd.DataFrame
    kept: pd.DataFrame
    components_used: int | None = None
    customers: int | None = None
    buyers: int | None = None
    learned: LearnedFrom | None = None

    @property
    def summary(self) -> str:
        """What weighs most, and what the points rest on."""
        heaviest = self.weights.head(_NAMED)["label"].tolist()
        words = {
            "count": format_value(len(self.weights), "count"),
            "heaviest": _("; ").join(heaviest),
            "customers": format_value(self.customers, "count"),
            "buyers": format_value(self.buyers, "count"),
        }
        if self.method == "pca":
            return _(
                "Of {count} attributes these weigh most: {heaviest}. The weights come from {customers} "
                "customers' attributes alone; no outcome was used.",
                **words,
            )
        if self.method == "logistic":
            return _(
                "Of {count} attributes these weigh most: {heaviest}. The points were learned from "
                "{customers} customers, of whom {buyers} bought.",
                **words,
            )
        return _(
            "Of {count} attributes these weigh most: {heaviest}. A person wrote the points; nothing was "
            "fitted.",
            **words,
        )

    @property
    def sentences(self) -> list[str]:
        """How many components each rule keeps, and how that flips with the sample."""
        return [_tell_rule(row) for row in self.kept.to_dict("records")]

    @property
    def table(self) -> pd.DataFrame:
        """One row an attribute."""
        return self.weights

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: weights are no success."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Attributes whose direction is open, and components that are none."""
        spans = (self.weights["weight_ci_lower"] < 0) & (self.weights["weight_ci_upper"] > 0)
        notes = []
        if names := self.weights.loc[spans, "label"].tolist():
            notes.append(
                _(
                    "Whether it raises or lowers the score could be chance: {names}. Leave it out, or set "
                    "its points by hand.",
                    names=_("; ").join(names),
                )
            )
        if self.method == "pca" and (self.kept.set_index("rule")["kept"].get("parallel") == 0):
            notes.append(
                _("By parallel analysis the attributes share nothing: no common trait is behind this.")
            )
        return notes

    def figure(self) -> "Figure":
        """Weights with their intervals; for points written by hand the most points of each attribute."""
        frame = self.weights.rename(
            columns={"weight": "value", "weight_ci_lower": "lower", "weight_ci_upper": "upper"}
        )
        title = _("What weighs how much")
        alt = join_sentences([_("{sentence}.", sentence=title), self.summary])
        if self.method == "points":
            axis = _("Points between the worst and the best value")
            frame = frame[["label", "value"]]
            return draw_bars(frame, title=title, axis_label=axis, unit="count", alt=alt)
        axis = _("Weight, with 95% interval")
        if self.method == "logistic":
            axis = _("Points between the worst and the best value, with 95% interval")
        return draw_signed_bars(frame, title=title, axis_label=axis, alt=alt)

    def components_figure(self) -> "Figure":
        """Variance of each component beside what either rule asks of it; a note unless ``pca``."""
        if self.components.empty:
            return draw_note(_("These points rest on no components."))
        title = _("How many components stand out")
        return draw_scree(
            self.components,
            title=title,
            alt=join_sentences([_("{sentence}.", sentence=title), *self.sentences]),
            x_label=_("Component"),
            y_label=_("Variance, in attributes"),
            noise_label=_("attributes that share nothing (parallel analysis)"),
            one_label=_("one attribute (Kaiser's rule)"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "scorecard": {
                "method": self.method,
                "weights": self.weights.to_dict("records"),
                "components": self.components.to_dict("records"),
                "kept": self.kept.to_dict("records"),
                "components_used": self.components_used,
                "customers": self.customers,
                "buyers": self.buyers,
            }
        }

    def _repr_html_(self) -> str:
        unit: Any = "index" if self.method == "pca" else "count"
        columns = {
            "label": Column(_("Attribute")),
            "weight": Column(_("Weight"), unit),
            "weight_ci_lower": Column(_("95% CI"), unit, upper="weight_ci_upper"),
            "points_lowest": Column(_("Fewest points"), "count"),
            "points_highest": Column(_("Most points"), "count"),
        }
        if self.method == "points":
            del columns["weight"], columns["weight_ci_lower"]
        said = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        table = table_html(self.weights, columns, name="scorecard", caption=_("Attributes, heaviest first"))
        return result_html(self, (f"<ul>{said}</ul>" if said else "") + table)


def _tell_rule(row: dict[Any, Any]) -> str:
    words = {
        "kept": format_value(int(row["kept"]), "count"),
        "range": format_interval(float(row["kept_lowest"]), float(row["kept_highest"]), "count"),
        "share": format_value(float(row["share_same"]), "share"),
    }
    is_steady = row["kept_lowest"] == row["kept_highest"]
    if row["rule"] == "parallel":
        said = _(
            "Parallel analysis (more than attributes that share nothing would show) keeps {kept}", **words
        )
    else:
        said = _("Kaiser's rule (more than one attribute's variance) would keep {kept}", **words)
    if is_steady:
        return _("{said}, and would with other customers too.", said=said)
    return _("{said}; with other customers {range}, as many as here in {share} of draws.", said=said, **words)
