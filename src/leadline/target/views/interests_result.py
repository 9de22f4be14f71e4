"""What interests found in purchases return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.disclosure import tell_hidden
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.groups import to_records
from leadline.target.views.telling import draw_measure, label_share, tell_counts, tell_estimate, unit_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The row of those of whose interests nothing is known.
NONE = ""
_SURE = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class InterestsResult:
    """Customers by interest; one customer may have several.

    Attributes
    ----------
    segments
        One row an ``interest`` and one of those who show none (empty): ``customers``, ``share``, and for each
        measure its mean under its own name and ``<measure>_gap`` (difference from all other customers), each
        with ``_ci_lower`` and ``_ci_upper`` (95%), ``<measure>_p_value_holm``, and ``is_hidden``.
    labels
        One row a customer and interest: ``customer_id``, ``interest``, and the evidence: ``purchases`` that
        speak of it, ``purchases_in_all``, ``share``, ``usual_share`` among all purchases, ``p_value``,
        ``spend_cny``.
    spending
        One row a customer: ``customer_id``, ``spend_cny`` in all.
    names
        Measure → what a reader calls it.
    unknown
        Customers who purchase but are not in the table of customers; they count for the usual share only.
    silent
        Categories of the interests that no purchase has.
    minimum
        Fewest customers of whom a row speaks.
    """

    segments: pd.DataFrame
    labels: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    spending: pd.DataFrame = field(repr=False)
    names: Mapping[str, str]
    unknown: int
    silent: tuple[str, ...]
    minimum: int

    @property
    def summary(self) -> str:
        """Which interest stands out by each measure, or that none does."""
        told = [text for name in self.names if (text := self._tell_best(name))]
        customers = format_value(len(self.spending), "count")
        first = _("Some of {customers} customers show an interest in what they buy", customers=customers)
        if not self.segments["is_hidden"].any():
            count = format_value(self.labels["customer_id"].nunique(), "count")
            first = _(
                "{count} of {customers} customers show an interest in what they buy",
                count=count,
                customers=customers,
            )
        none = _(", ").join(words for name, words in self.names.items() if not self._tell_best(name))
        if none:
            told.append(_("no interest provably stands above the others by: {measures}", measures=none))
        return _("{sentence}.", sentence=_("; ").join([first, *told]))

    @property
    def table(self) -> pd.DataFrame:
        """One row an interest."""
        return self.segments

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: which interest is worth most takes a sentence."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Purchases of unknown customers, categories without purchases, hidden rows."""
        notes = []
        if self.unknown:
            notes.append(
                plural(
                    "{count} customer who buys is not among those looked at: it only counts for what is "
                    "usual.",
                    "{shown} customers who buy are not among those looked at: they only count for what is "
                    "usual.",
                    self.unknown,
                    shown=format_value(self.unknown, "count"),
                )
            )
        if self.silent:
            notes.append(_("No purchase is of: {categories}.", categories=_(", ").join(self.silent)))
        return [*notes, *tell_hidden(self.segments, self.minimum)]

    def figure(self) -> "Figure":
        """Draw by how much each interest differs from all others in the first measure."""
        name, words = next(iter(self.names.items()))
        shown = self._shown().dropna(subset=[f"{name}_gap"])
        return draw_measure(
            shown,
            [label_share(tell_interest(row["interest"]), row["share"]) for row in shown.to_dict("records")],
            f"{name}_gap",
            unit=unit_of(name),
            title=_("{measure}: against the others", measure=words),
            axis_label=_("Difference of means from all others, with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"interests": to_records(self.segments)}

    def _repr_html_(self) -> str:
        frame = self.segments.assign(name=[tell_interest(one) for one in self.segments["interest"]])
        return result_html(self, "".join(self._tell_measure(frame, name) for name in self.names))

    def _tell_measure(self, frame: pd.DataFrame, name: str) -> str:
        unit, words = unit_of(name), self.names[name]
        columns = {"name": Column(_("Interest"))} | tell_counts() | {name: Column(words, unit)}
        columns |= tell_estimate(f"{name}_gap", _("Against the others"), unit)
        columns |= {f"{name}_p_value_holm": Column(_("p (Holm)"), "p_value")}
        caption = _("{measure} by interest; one customer may have several", measure=words)
        return table_html(frame, columns, name=f"interests_{name}", caption=caption)

    def _shown(self) -> pd.DataFrame:
        return self.segments[~self.segments["is_hidden"] & (self.segments["customers"] > 0)]

    def _tell_best(self, name: str) -> str:
        """Say which interest stands highest by a measure, if that is provable."""
        shown = self._shown()
        above = shown[
            (shown["interest"] != NONE) & (shown[f"{name}_gap"] > 0) & (shown[f"{name}_p_value_holm"] < _SURE)
        ]
        if above.empty:
            return ""
        best = above.iloc[int(np.argmax(above[name].to_numpy()))]
        return _(
            "{measure} is highest with {interest}, {mean}, {gap} above all others (95% CI {interval})",
            measure=self.names[name],
            interest=best["interest"],
            mean=format_value(float(best[name]), unit_of(name)),
            gap=format_value(float(best[f"{name}_gap"]), unit_of(name)),
            interval=format_interval(
                best[f"{name}_gap_ci_lower"], best[f"{name}_gap_ci_upper"], unit_of(name)
            ),
        )


def tell_interest(name: str) -> str:
    """Name an interest as a reader sees it."""
    return name or _("no interest shown")
