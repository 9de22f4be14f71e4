"""All views of a base side by side: one sentence each, and one row a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.errors import DataError
from leadline.language import _
from leadline.results import Column, Kpi, Result, table_html
from leadline.target.views.asset_tiers_result import TiersSplitResult
from leadline.target.views.base import CONTRIBUTION, COST, ID, NET, Base
from leadline.target.views.big_spenders import BigSpendersResult
from leadline.target.views.high_value_result import HighValueResult
from leadline.target.views.interests_result import InterestsResult
from leadline.target.views.sections import AbsentView
from leadline.target.views.service_plan import ServicePlanResult
from leadline.target.views.value_potential_result import TypesResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Kind of view → columns of its assignments that go with each customer, under what names.
_KEPT: dict[type, dict[str, str]] = {
    HighValueResult: {"score": "score", "is_top": "is_high_value"},
    TypesResult: {"type": "type", "is_unsure": "type_is_unsure"},
    ServicePlanResult: {"plan": "service", "is_unsure": "service_is_unsure"},
    TiersSplitResult: {"tier": "asset_tier", "is_core": "is_core"},
}


@dataclass(frozen=True, eq=False, kw_only=True)
class ViewsResult:
    """What each view says, and what no view could be made of.

    Attributes
    ----------
    base
        The customers.
    views
        Name of a view → what came of it, the first made is the answer.
    """

    base: Base
    views: Mapping[str, Result | AbsentView]

    @property
    def made(self) -> tuple[Result, ...]:
        """The views that could be made."""
        return tuple(view for view in self.views.values() if not isinstance(view, AbsentView))

    @property
    def summary(self) -> str:
        """What the first view says."""
        return self.made[0].summary

    @property
    def table(self) -> pd.DataFrame:
        """One row a view: ``view``, ``is_made``, ``summary``."""
        rows = [(name, not isinstance(view, AbsentView), view.summary) for name, view in self.views.items()]
        return pd.DataFrame(rows, columns=["view", "is_made", "summary"])

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: the views have their own."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """What was assumed, and which views are not there."""
        absent = [view.summary for view in self.views.values() if isinstance(view, AbsentView)]
        return [*self.base.warnings, *absent]

    def figure(self) -> "Figure":
        """Draw the first view."""
        return self.made[0].figure()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"views": {name: view.summary for name, view in self.views.items()}}

    def tell_customers(self) -> pd.DataFrame:
        """Return one row a customer: id, what the customer brings and costs, and what each view says.

        Who has opted out is among them. ``score`` is 0 to 100; ``interest`` joins several by "; ".
        """
        customers = self.base.customers
        kept = [name for name in (ID, CONTRIBUTION, COST, NET) if name in customers]
        rows = customers[kept].round(dict.fromkeys(kept[1:], 2))
        for view in self.made:
            told = _assign(view)
            rows = rows if told is None else rows.merge(told, on=ID, how="left")
        if "score" in rows:
            rows["score"] = rows["score"].round(4)
        if "is_big_spender" in rows:
            rows["is_big_spender"] = rows["is_big_spender"].notna()
        return rows

    def _repr_html_(self) -> str:
        columns = {"name": Column(_("View")), "summary": Column(_("What it says"))}
        frame = self.table.assign(name=[tell_view(name) for name in self.views])
        table = table_html(frame, columns, name="views", caption=_("What each view says"))
        return f'<div class="result">{table}</div>'


def gather_views(base: Base, **views: Result | AbsentView) -> ViewsResult:
    """Put the views of a base side by side, the one that answers the question first.

    Raises
    ------
    DataError
        If none could be made.
    """
    if all(isinstance(view, AbsentView) for view in views.values()):
        raise DataError(
            _("No view can be made of these customers"), [view.summary for view in views.values()]
        )
    return ViewsResult(base=base, views=views)


def is_made(view: Result | AbsentView) -> bool:
    """Say whether a view could be made, and so has a figure."""
    return not isinstance(view, AbsentView)


def tell_view(name: str) -> str:
    """Name a view as a reader sees it."""
    names = {
        "types": _("Value and potential"),
        "score": _("High-value score"),
        "costs": _("Cost to serve"),
        "service": _("Way of service"),
        "tiers": _("Tiers of assets"),
        "interests": _("Interests"),
        "spenders": _("Big spenders"),
    }
    return names.get(name, name)


def _assign(view: Result) -> pd.DataFrame | None:
    """Return what a view says of each customer: ``customer_id`` and its columns; None of costs."""
    if isinstance(view, InterestsResult):
        joined = view.labels.sort_values("interest").groupby(ID)["interest"].agg("; ".join)
        return joined.reset_index()
    if isinstance(view, BigSpendersResult):
        return view.overlooked[[ID]].assign(is_big_spender=True)
    if isinstance(view, HighValueResult | TypesResult | ServicePlanResult | TiersSplitResult):
        names = _KEPT[type(view)]
        return view.assignments[[ID, *names]].rename(columns=names)
    return None
