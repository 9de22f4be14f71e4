"""Each standing view of a base, or a sentence where its columns or tables are not there."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from leadline.data.ids import spell_ids
from leadline.errors import DataError
from leadline.language import _, format_value
from leadline.target.views.asset_tiers import split_tiers
from leadline.target.views.asset_tiers_result import TiersSplitResult
from leadline.target.views.base import CONTRIBUTION, COST, ID, Base
from leadline.target.views.big_spenders import BigSpendersResult, find_big_spenders
from leadline.target.views.checks import check_numbers
from leadline.target.views.cost_allocation import allocate_costs
from leadline.target.views.cost_allocation_result import CostsResult
from leadline.target.views.high_value import score_customers
from leadline.target.views.high_value_result import HighValueResult
from leadline.target.views.interest_file import parse_interests
from leadline.target.views.interests import find_interests
from leadline.target.views.interests_result import InterestsResult
from leadline.target.views.service_plan import ServicePlanResult, plan_service
from leadline.target.views.value_potential import type_customers
from leadline.target.views.value_potential_result import TypesResult
from leadline.target.views.weight_file import parse_weights

_SPLITS = ("risk_level", "pc_share", "work_hours_share", COST)
_COMPARED = (CONTRIBUTION, "tenure_months")
_MOST_NAMED = 3


@dataclass(frozen=True)
class AbsentView:
    """A view that the data do not allow, and why."""

    summary: str

    def _repr_html_(self) -> str:
        return f'<div class="result"><p class="summary">{escape(self.summary)}</p></div>'


def view_costs(base: Base, ledger: pd.DataFrame | None) -> CostsResult | AbsentView:
    """Charge the ledger to the customers, compared by the activity that each uses most."""
    if ledger is None:
        return AbsentView(_("No ledger of costs is named (parameter costs): no cost is charged to anybody."))
    drivers = ledger["driver"].dropna() if "driver" in ledger else pd.Series(dtype=object)
    if lacking := _find_lacking(base, drivers):
        return AbsentView(
            _("Costs are not charged: the customers have no column {columns}.", columns=_join(lacking))
        )
    served, service = base.customers, None
    if len(drivers) and not check_numbers(served, map(str, drivers)):
        served, service = served.assign(used_most=_find_most_used(base, ledger)), "used_most"
    labels = {str(name): base.name(str(name)) for name in drivers}
    return allocate_costs(ledger, served, service=service, contribution=CONTRIBUTION, labels=labels)


def view_types(
    base: Base, *, value_from: float, potential_from: float, reach: float
) -> TypesResult | AbsentView:
    """Divide the customers by what is left of them now, and by their potential."""
    if "potential" not in base.columns:
        return AbsentView(
            _("Types are not told: no column speaks of potential (parameter potential, or assets_cny).")
        )
    return type_customers(
        base.customers,
        value=base.measure(base.value, value_from, reach=reach),
        potential=base.measure(base.columns["potential"], potential_from, reach=reach),
    )


def view_service(
    base: Base, *, branch_from: float, potential_from: float, willing_from: float, reach: float
) -> ServicePlanResult | AbsentView:
    """Choose who is served at the branch, who is developed, and who is moved to remote service."""
    if not {"potential", "willingness"} <= base.columns.keys():
        return AbsentView(
            _(
                "Service is not planned: it takes a column of potential (potential, or assets_cny) and one "
                "of the take-up of new products (willingness, or products_held)."
            )
        )
    return plan_service(
        base.customers,
        net=base.measure(base.value, branch_from, reach=reach),
        growth=base.measure(base.columns["potential"], potential_from, reach=reach),
        willingness=base.measure(base.columns["willingness"], willing_from),
    )


def view_score(base: Base, document: Any, *, top_share: float, seed: int) -> HighValueResult | AbsentView:
    """Score the customers by the weights of a file (a YAML document; None for none)."""
    if document is None:
        return AbsentView(_("No weights are named (parameter weights): nobody is scored."))
    weights = parse_weights(document)
    if lacking := _find_lacking(base, weights.columns):
        return AbsentView(
            _(
                "Nobody is scored: the weight file names {columns}, which the customers do not have. Write "
                "one for your columns (parameter weights).",
                columns=_join(lacking),
            )
        )
    rng = np.random.default_rng(seed)
    return score_customers(base.customers, weights, rng=rng, top_share=top_share)


def view_tiers(
    base: Base,
    *,
    large_from: float,
    medium_from: float,
    core_from: float,
    splits: Sequence[str],
    reach: float,
) -> TiersSplitResult | AbsentView:
    """Split the tiers of assets by ``splits``; without any, by the standard columns that are there."""
    chosen = splits or [name for name in _SPLITS if name in base.customers]
    if "assets" not in base.columns or not chosen:
        return AbsentView(
            _(
                "Tiers are not split: it takes a column of assets (assets, or assets_cny) and one that "
                "splits them (splits)."
            )
        )
    return split_tiers(
        base.customers,
        assets=base.columns["assets"],
        large_from=large_from,
        medium_from=medium_from,
        contribution=base.measure(CONTRIBUTION, core_from, reach=reach),
        splits={name: base.name(name) for name in chosen},
    )


def view_interests(
    base: Base, purchases: pd.DataFrame | None, document: Any, *, as_of: dt.date, id_column: str = ID
) -> InterestsResult | AbsentView:
    """Read interests from purchases (``category``, ``amount_cny`` and, where known, ``bought_on``).

    Nothing bought after ``as_of`` is seen.
    """
    if purchases is None or document is None:
        return AbsentView(
            _(
                "Interests are not known: there is no table of purchases (parameter purchases), or no list "
                "of interests (interests)."
            )
        )
    column = id_column if id_column in purchases else ID
    seen = purchases
    if "bought_on" in seen:
        if not pd.api.types.is_datetime64_any_dtype(seen["bought_on"]):
            raise DataError.of(
                _("Interests cannot be found"),
                _(
                    "bought_on: holds {dtype}, must be dates. Write days as 2025-06-30.",
                    dtype=seen["bought_on"].dtype,
                ),
            )
        seen = seen[~(seen["bought_on"] > pd.Timestamp(as_of))]
        if seen.empty:
            return AbsentView(
                _("Interests are not known: nothing was bought up to {day}.", day=format_value(as_of))
            )
    if column in seen:
        seen = seen.assign(**{ID: spell_ids(seen[column]).astype(object)})
    compared = [name for name in _COMPARED if name in base.customers]
    return find_interests(
        seen,
        base.customers,
        parse_interests(document),
        measures={name: base.name(name) for name in compared},
        day="bought_on" if "bought_on" in purchases else None,
    )


def view_spenders(
    base: Base, interests: InterestsResult | AbsentView, *, vip_from: float, spend_from: float, reach: float
) -> BigSpendersResult | AbsentView:
    """Find big spenders below the VIP line: by the column of spending, else by the purchases."""
    customers, spend = base.customers, base.columns.get("spend")
    if spend is None and isinstance(interests, InterestsResult):
        customers, spend = customers.merge(interests.spending, on=ID, how="left"), "spend_cny"
    if spend is None or "assets" not in base.columns:
        return AbsentView(
            _(
                "Big spenders are not sought: it takes a column of assets (assets, or assets_cny), and "
                "purchases or a column of spending (purchases, spend)."
            )
        )
    return find_big_spenders(
        customers,
        vip=base.measure(base.columns["assets"], vip_from, reach=reach),
        spend=base.measure(spend, spend_from, reach=reach),
        contribution=CONTRIBUTION,
    )


def _find_most_used(base: Base, ledger: pd.DataFrame) -> pd.Series:
    """Name the activity whose driver each customer uses most; among equal ones the ledger's first."""
    named: Mapping[Any, Any] = (
        ledger.dropna(subset=["driver"]).drop_duplicates("driver").set_index("driver")["activity"].to_dict()
    )
    use = base.customers[list(named)]
    return use.idxmax(axis=1).map(named).where(use.max(axis=1) > 0, _("none of these"))


def _find_lacking(base: Base, columns: Sequence[str] | pd.Series) -> list[str]:
    return [str(name) for name in dict.fromkeys(columns) if name not in base.customers]


def _join(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    first = _(", ").join(names[:_MOST_NAMED])
    return _("{names} and {more} more", names=first, more=more) if more > 0 else first
