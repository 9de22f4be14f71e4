"""What the evidence on the number of segments returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.disclosure import MINIMUM
from leadline.intervals import Estimate
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.segments import figures
from leadline.target.segments.fit import MODELS, Method

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SMALL_SHARE = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class SegmentCountResult:
    """The evidence on the number of segments, and what follows from it.

    Attributes
    ----------
    evidence
        One row a number of ``segments``, from 1: ``agreement`` (mean adjusted Rand index of bootstrap pairs,
        with the 95% ``_ci`` of the mean over pairs, and ``agreement_lowest``, the 5% quantile of pairs),
        ``reference`` (that of clouds without segments, with their 5% and 95% quantile), ``gap`` with
        ``gap_error``, ``silhouette``, ``aic``, ``bic``, ``icl``, ``ratio_p_value`` (one segment fewer
        suffices), ``smallest_share`` (missing with ``smallest_is_few``: a segment holds fewer than 10 of the
        rows), ``within_lowest`` (the least stable segment), ``starts`` and ``times_found``; where the profit
        of customers was given, ``profit_apart`` (adjusted R²: share of its differences that lie between
        segments) with the 95% ``_ci``, the segments taken as given.
    segments
        One row a segment of each solution: ``segments``, ``segment`` (1 is the largest), ``share``
        (missing where it speaks of a few customers, or would give such a share away by subtraction),
        ``within`` and ``within_lowest`` (stability within solutions: mean and 5% quantile), ``across``
        (stability across solutions, from the one of a segment fewer).
    method
        How segments are made.
    natural
        The number of natural segments; 1 when there are none.
    suggested
        The number whose stability exceeds the reference most: the one to cut, where none is natural.
    structure_p_value
        Chance of so tight segments in a cloud without any; missing for models, which are judged by BIC.
    customers, rows
        All of them, and those drawn for the evidence.
    pairs
        Bootstrap pairs.
    notes
        What a reader must know of the columns.
    """

    evidence: pd.DataFrame
    segments: pd.DataFrame
    method: Method
    natural: int
    suggested: int
    structure_p_value: float
    customers: int
    rows: int
    pairs: int
    notes: Sequence[str]

    @property
    def is_natural(self) -> bool:
        """Whether there is structure to be found."""
        return self.natural > 1

    @property
    def chosen(self) -> int:
        """How many segments to make: the natural number, or the one suggested."""
        return self.natural if self.is_natural else self.suggested

    @property
    def summary(self) -> str:
        """The answer, and how stable it is."""
        row = self._row
        words = {
            "segments": self.chosen,
            "agreement": format_value(float(row["agreement"]), "index"),
            "interval": format_interval(row["agreement_ci_lower"], row["agreement_ci_upper"], "index"),
            "reference": format_value(float(row["reference"]), "index"),
        }
        if self.is_natural:
            return _(
                "These customers fall into {segments} segments. Made anew from other samples, the segments "
                "agree by {agreement} (95% CI {interval}; 1 is full agreement, 0 chance); without structure "
                "they would agree by {reference}.",
                **words,
            )
        return _(
            "There is no natural structure here: a market without segments would look the same. {segments} "
            "segments can still be cut, as a choice, not a finding; made anew from other samples they agree "
            "by {agreement} (95% CI {interval}), without structure by {reference}.",
            **words,
        )

    @property
    def profit_told(self) -> str:
        """What the segments are worth in money, and why it matters; empty where no profit was given."""
        if "profit_apart" not in self.evidence:
            return ""
        row = self._row
        return _(
            "Segments that do not differ in money are not worth their cost: with {segments} segments, "
            "{share} (95% CI {interval}) of the differences in profit lie between segments, the rest within "
            "them. This says whether a division pays; it has no vote on how many segments there are.",
            segments=self.chosen,
            share=format_value(float(row["profit_apart"]), "share"),
            interval=format_interval(row["profit_apart_ci_lower"], row["profit_apart_ci_upper"], "share"),
        )

    def agreement_at(self, segments: int) -> Estimate | None:
        """Agreement of so many segments made anew from other samples; None if it was not measured."""
        rows = self.evidence[(self.evidence["segments"] == segments) & self.evidence["agreement"].notna()]
        if rows.empty:
            return None
        row = rows.iloc[0]
        return Estimate(
            float(row["agreement"]), float(row["agreement_ci_lower"]), float(row["agreement_ci_upper"])
        )

    @property
    def _row(self) -> pd.Series:
        return self.evidence[self.evidence["segments"] == self.chosen].iloc[0]

    @property
    def table(self) -> pd.DataFrame:
        """One row a number of segments."""
        return self.evidence

    @property
    def kpis(self) -> Sequence[Kpi]:
        """The number, and its stability."""
        row = self._row
        label = _("Natural segments") if self.is_natural else _("Segments to cut (none is natural)")
        return (
            Kpi(
                label=label,
                value=self.chosen,
                unit="count",
                help=_(
                    "Natural: the segments lie closer together than any in a market of the same columns "
                    "without segments. Where none does, the number that can be cut most stably."
                ),
            ),
            Kpi(
                label=_("Agreement of segments made anew"),
                value=float(row["agreement"]),
                unit="index",
                ci_lower=float(row["agreement_ci_lower"]),
                ci_upper=float(row["agreement_ci_upper"]),
                direction="up",
                help=_(
                    "Segments are made from two random samples of the customers; how far both place the same "
                    "customers together. 1: always, 0: as often as by chance (adjusted Rand index, mean of "
                    "{pairs} pairs).",
                    pairs=self.pairs,
                ),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What is wrong with the columns, the sample, the search or the solution."""
        notes = list(self.notes)
        if self.rows < self.customers:
            notes.append(
                _(
                    "The evidence rests on {rows} of {customers} customers, drawn at random: segments of all "
                    "of them are more stable than shown.",
                    rows=format_value(self.rows, "count"),
                    customers=format_value(self.customers, "count"),
                )
            )
        row = self._row
        if self.method not in ("tree", "gaussian") and row["times_found"] < min(2, row["starts"] - 1):
            notes.append(
                plural(
                    "{count} start led to the best solution of {segments} segments once: a better one may "
                    "exist.",
                    "{count} starts led to the best solution of {segments} segments once: a better one may "
                    "exist.",
                    int(row["starts"]),
                    segments=self.chosen,
                )
            )
        if row["smallest_is_few"]:
            notes.append(
                _(
                    "The smallest segment holds fewer than {minimum} customers: too few to speak of, and a "
                    "file of these segments would nearly hold their values.",
                    minimum=MINIMUM,
                )
            )
        elif row["smallest_share"] < _SMALL_SHARE:
            notes.append(
                _(
                    "The smallest segment holds {share} of the customers.",
                    share=format_value(float(row["smallest_share"]), "share"),
                )
            )
        if self.profit_told and not row["profit_apart_ci_lower"] > 0:
            notes.append(_("The segments do not provably differ in profit."))
        return notes

    def figure(self) -> "Figure":
        """Stability by number of segments, against clouds without segments."""
        return figures.draw_stability(self.evidence, self.chosen)

    def evidence_figure(self) -> "Figure":
        """Draw the other evidence, one panel a measure: fit, silhouette, and profit where it was given."""
        return figures.draw_evidence(self.evidence, self.chosen, is_model=self.method in MODELS)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        evidence = self.evidence.astype(object).where(self.evidence.notna(), None)
        segments = self.segments.astype(object).where(self.segments.notna(), None)
        return {
            "segment_evidence": evidence.to_dict("records"),
            "segment_stability": segments.to_dict("records"),
            "segment_method": self.method,
            "natural_segments": self.natural,
            "suggested_segments": self.suggested,
            "structure_p_value": None if np.isnan(self.structure_p_value) else self.structure_p_value,
        }

    def _repr_html_(self) -> str:
        stability = {
            "segments": Column(_("Segments"), "count"),
            "agreement": Column(_("Agreement"), "index"),
            "agreement_ci_lower": Column(_("95% CI"), "index", upper="agreement_ci_upper"),
            "reference_lower": Column(_("Without structure"), "index", upper="reference_upper"),
            "within_lowest": Column(_("Least stable segment"), "index"),
            "smallest_share": Column(_("Smallest segment"), "share"),
        }
        fit = {
            "segments": Column(_("Segments"), "count"),
            "silhouette": Column(_("Silhouette"), "index"),
        }
        if self.method in MODELS:
            fit |= {"bic": Column("BIC", "number"), "icl": Column("ICL", "number")}
        else:
            fit |= {"gap": Column(_("Gap"), "index"), "gap_error": Column(_("Error of the gap"), "index")}
        if self.evidence["ratio_p_value"].notna().any():
            fit |= {"ratio_p_value": Column(_("One fewer suffices"), "p_value")}
        if self.profit_told:
            fit |= {
                "profit_apart": Column(_("Profit explained"), "share"),
                "profit_apart_ci_lower": Column(_("95% CI"), "share", upper="profit_apart_ci_upper"),
            }
        known = self.evidence[self.evidence["segments"] > 1]
        tables = table_html(
            known, stability, name="segment_evidence", caption=_("Stability by number of segments")
        )
        tables += table_html(
            self.evidence, fit, name="segment_fit", caption=_("Other evidence by number of segments")
        )
        told = f"<p>{escape(self.profit_told)}</p>" if self.profit_told else ""
        return result_html(self, tables + told)
