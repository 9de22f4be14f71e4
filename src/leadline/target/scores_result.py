"""What scoring customers returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.counts import draw_distribution
from leadline.chart.draw import draw_signed_bars
from leadline.language import _, format_value, join_sentences, plural
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMED = 3
_MOST_GROUPS = 40


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoresResult:
    """Customers by score, and the best of them as a list.

    Attributes
    ----------
    scores
        One row a customer, best first: ``rank``, ``customer_id``, ``score`` (points), ``is_listed``,
        ``reasons`` in words.
    reasons
        One row an attribute: ``column``, ``label``, average points of the listed and of all customers
        (``points_listed``, ``points_all``), their ``difference``, and ``points_highest``.
    list_size, lowest_points
        Customers on the list, and the score of the last of them.
    tied, tied_listed
        Customers with just that score, and how many of them are on the list.
    range
        The lowest and the highest score possible.
    unnamed
        Warnings of values that the points do not name.
    """

    scores: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    reasons: pd.DataFrame
    list_size: int
    lowest_points: int
    tied: int
    tied_listed: int
    range: tuple[int, int]
    unnamed: tuple[str, ...] = ()

    def add_tiers(self, tiers: pd.DataFrame) -> pd.DataFrame:
        """Return the scores with the tier of each customer (``customer_id``, ``tier``) before the reasons."""
        joined = self.scores.merge(tiers[["customer_id", "tier"]], on="customer_id", validate="one_to_one")
        return joined[["rank", "customer_id", "score", "tier", "is_listed", "reasons"]]

    @property
    def summary(self) -> str:
        """How high the list reaches, and what lifts it over the others."""
        lifts = self.reasons[self.reasons["difference"] > 0].head(_NAMED)["label"]
        return _(
            "The best {size} of {customers} customers have {lowest} or more of {highest} points. What lifts "
            "them most over the others: {reasons}.",
            size=format_value(self.list_size, "count"),
            customers=format_value(len(self.scores), "count"),
            lowest=format_value(self.lowest_points, "count"),
            highest=format_value(self.range[1], "count"),
            reasons=_("; ").join(lifts) or _("nothing"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row an attribute."""
        return self.reasons

    @property
    def kpis(self) -> Sequence[Kpi]:
        """The score that a customer needs."""
        return (Kpi(label=_("Points needed for the list"), value=self.lowest_points, unit="count"),)

    @property
    def warnings(self) -> Sequence[str]:
        """Say what the points do not name, and where the cut falls among customers of one score."""
        left = self.tied - self.tied_listed
        if not left:
            return self.unnamed
        return (
            *self.unnamed,
            plural(
                "{count} customer more has {points} points, as the last on the list: among equal scores the "
                "smaller id comes first, the same way every run.",
                "{shown} customers more have {points} points, as the last {listed} on the list: among equal "
                "scores the smaller id comes first, the same way every run.",
                left,
                shown=format_value(left, "count"),
                points=format_value(self.lowest_points, "count"),
                listed=format_value(self.tied_listed, "count"),
            ),
        )

    def figure(self) -> "Figure":
        """How many customers have which score, and where the list is cut."""
        title = _("Customers by score")
        return draw_distribution(
            _count_scores(self.scores, self.lowest_points),
            title=title,
            alt=join_sentences([_("{sentence}.", sentence=title), self.summary]),
            x_label=_("Points"),
            y_label=_("Customers"),
            chosen_label=_("on the list"),
            other_label=_("not on the list"),
            mark=float(self.lowest_points),
            mark_label=_("{points} points", points=format_value(self.lowest_points, "count")),
        )

    def reasons_figure(self) -> "Figure":
        """By attribute, points of the listed less points of all customers, on average."""
        title = _("Why these: points that the list has over all customers, on average")
        frame = self.reasons.rename(columns={"difference": "value"}).assign(lower=np.nan, upper=np.nan)
        return draw_signed_bars(
            frame,
            title=title,
            axis_label=_("Points"),
            alt=join_sentences([_("{sentence}.", sentence=title), self.summary]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; customers are counted, not named."""
        return {
            "scores": {
                "customers": len(self.scores),
                "list_size": self.list_size,
                "lowest_points": self.lowest_points,
                "tied": self.tied,
                "tied_listed": self.tied_listed,
                "range": list(self.range),
                "reasons": self.reasons.to_dict("records"),
            }
        }

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Attribute")),
            "points_listed": Column(_("Points, on the list"), "number"),
            "points_all": Column(_("Points, all"), "number"),
            "difference": Column(_("Difference"), "number"),
            "points_highest": Column(_("Most points"), "count"),
        }
        shown = self.reasons.round({"points_listed": 1, "points_all": 1, "difference": 1})
        caption = _("Average points by attribute")
        return result_html(self, table_html(shown, columns, name="scores", caption=caption))


def _count_scores(scores: pd.DataFrame, cut: int) -> pd.DataFrame:
    """Count customers by groups of equally many scores, one of which begins at the cut."""
    points = scores["score"].to_numpy(dtype=np.int64)
    width = -(-int(points.max() - points.min() + 1) // _MOST_GROUPS)
    group = (points - cut) // width
    first = int(group.min())
    groups = int(group.max()) - first + 1
    everybody = np.bincount(group - first, minlength=groups)
    chosen = np.bincount(group - first, weights=scores["is_listed"], minlength=groups)
    lower = cut + width * (first + np.arange(groups))
    return pd.DataFrame(
        {"lower": lower, "upper": lower + width, "chosen": chosen, "others": everybody - chosen}
    )
