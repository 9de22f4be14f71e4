"""What a change of the points does to the list: who enters, who leaves, and whether the list gets better."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.chart.draw import draw_estimates
from leadline.intervals import wilson_interval
from leadline.language import _, format_value, join_sentences
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.metrics import BoolArray, choose_list

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PROOF = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class ListChangeResult:
    """Two lists of the same size from the same customers.

    Attributes
    ----------
    lists
        One row a list (before, after): ``list``, ``customers``, ``lowest_points`` (the cut), ``tied`` (more
        customers with just that score, left out) and, where outcomes are known, of how many listed
        (``known``), ``buyers`` among these, ``precision`` and its Wilson interval.
    entering, leaving
        Index labels of the customers who are on the one list only, best first.
    list_size
        Customers on each list.
    p_value
        Exact McNemar test of the buyers who enter against those who leave, or Fisher's test of the shares of
        buyers where outcomes are known of some only; None where they are known of nobody.
    """

    lists: pd.DataFrame
    entering: pd.Index
    leaving: pd.Index
    list_size: int
    p_value: float | None

    @property
    def summary(self) -> str:
        """How many change places, and whether precision follows."""
        moved = _(
            "{count} of {size} customers on the list change",
            count=format_value(len(self.entering), "count"),
            size=format_value(self.list_size, "count"),
        )
        if self.p_value is None:
            return _("{moved}; whether they buy is not known here.", moved=moved)
        before, after = self.lists["precision"]
        words = {
            "moved": moved,
            "before": format_value(float(before), "share"),
            "after": format_value(float(after), "share"),
            "p_value": format_value(self.p_value, "p_value"),
        }
        if self.p_value < _PROOF and after > before:
            return _("{moved}; precision rises from {before} to {after} (p {p_value}).", **words)
        if self.p_value < _PROOF:
            return _("{moved}; precision falls from {before} to {after} (p {p_value}).", **words)
        return _(
            "{moved}; precision goes from {before} to {after}, which chance alone could do (p {p_value}).",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a list."""
        return self.lists

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Share of the list that changes."""
        share = wilson_interval(len(self.entering), self.list_size)
        return (Kpi(label=_("Share of the list that changes"), value=share.value, unit="share"),)

    @property
    def warnings(self) -> Sequence[str]:
        """Points chosen by looking at the same outcomes flatter themselves."""
        if self.p_value is None:
            return ()
        return (
            _(
                "If the points were changed by looking at these customers' outcomes, the new precision "
                "flatters: judge the change on other customers."
            ),
        )

    def figure(self) -> "Figure":
        """Precision of both lists with intervals; without outcomes, how many stay and change."""
        known = self.p_value is not None
        value = "precision" if known else "share_kept"
        frame = pd.DataFrame(
            {
                "label": self.lists["list"],
                "value": self.lists[value] if known else [1.0, 1 - len(self.entering) / self.list_size],
                "lower": self.lists["precision_ci_lower"] if known else [np.nan, np.nan],
                "upper": self.lists["precision_ci_upper"] if known else [1.0, 1.0],
            }
        )
        title = _("Precision before and after") if known else _("Customers who stay on the list")
        return draw_estimates(
            frame,
            title=title,
            axis_label=_("Precision") if known else _("Share of the first list"),
            unit="share",
            alt=join_sentences([_("{sentence}.", sentence=title), self.summary]),
            reference=0.0,
            reference_label="",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; customers are counted, not named."""
        return {
            "list_change": {
                "lists": self.lists.to_dict("records"),
                "entering": len(self.entering),
                "leaving": len(self.leaving),
                "list_size": self.list_size,
                "p_value": self.p_value,
            }
        }

    def _repr_html_(self) -> str:
        columns = {
            "list": Column(_("List")),
            "lowest_points": Column(_("Lowest points"), "count"),
            "tied": Column(_("Same points, left out by id"), "count"),
            "known": Column(_("Outcome known"), "count"),
            "buyers": Column(_("Buyers"), "count"),
            "precision": Column(_("Precision"), "share"),
            "precision_ci_lower": Column(_("95% CI"), "share", upper="precision_ci_upper"),
        }
        shown = {name: column for name, column in columns.items() if name in self.lists}
        caption = escape(_("The list before and after the change"))
        return result_html(self, table_html(self.lists, shown, name="list_change", caption=caption))


def compare_lists(
    before: pd.Series,
    after: pd.Series,
    *,
    list_size: int,
    tie_order: npt.NDArray[np.int64],
    buys: BoolArray | pd.Series | None = None,
) -> ListChangeResult:
    """Compare the lists that two scores of the same customers give.

    Parameters
    ----------
    before, after
        Points, one a customer, with the same index.
    list_size
        Customers on each list.
    tie_order
        Order among equal points, shared by both lists, as `leadline.target.scores.rank_ids` gives it; shape
        (customers,).
    buys
        Who bought; shape (customers,). A boolean Series may be missing where it is not known: precision is
        then that of the customers of whom it is, who must be like the others.
    """
    on = [choose_list(points.to_numpy(), list_size, tie_order) for points in (before, after)]
    known, bought = _read_outcomes(buys, len(before))
    rows = []
    for name, points, listed in zip((_("before"), _("after")), (before, after), on, strict=True):
        cut = int(points[listed].min())
        tied = int((points[~listed] == cut).sum())
        row = {"list": name, "customers": list_size, "lowest_points": cut, "tied": tied}
        if known.any():
            precision = wilson_interval(int(bought[listed].sum()), int(known[listed].sum()))
            row |= {
                "known": int(known[listed].sum()),
                "buyers": int(bought[listed].sum()),
                "precision": precision.value,
                "precision_ci_lower": precision.lower,
                "precision_ci_upper": precision.upper,
            }
        rows.append(row)
    enters, leaves = on[1] & ~on[0], on[0] & ~on[1]
    return ListChangeResult(
        lists=pd.DataFrame(rows),
        entering=after[enters].sort_values(ascending=False, kind="stable").index,
        leaving=before[leaves].sort_values(ascending=False, kind="stable").index,
        list_size=list_size,
        p_value=_test_change(known, bought, enters, leaves) if known.any() else None,
    )


def _read_outcomes(buys: BoolArray | pd.Series | None, customers: int) -> tuple[BoolArray, BoolArray]:
    """Return of whom the outcome is known, and who is known to have bought."""
    if buys is None:
        return np.zeros(customers, dtype=bool), np.zeros(customers, dtype=bool)
    outcomes = pd.Series(buys).astype("boolean")
    return outcomes.notna().to_numpy(dtype=bool), outcomes.fillna(value=False).to_numpy(dtype=bool)


def _test_change(known: BoolArray, bought: BoolArray, enters: BoolArray, leaves: BoolArray) -> float:
    """Exact two-sided test of those who enter against those who leave.

    Where both groups are known in full they are of one size, and McNemar's test applies (1947, Psychometrika
    12:153-157); of some only, their shares of buyers are compared (Fisher 1922, JRSS 85:87-94).
    """
    cells = [[int((bought & part).sum()), int((known & ~bought & part).sum())] for part in (enters, leaves)]
    if not known[enters | leaves].all():
        return float(stats.fisher_exact(cells).pvalue)
    discordant = cells[0][0] + cells[1][0]
    return float(stats.binomtest(cells[0][0], discordant).pvalue) if discordant else 1.0
