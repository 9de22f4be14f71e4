"""What lists truly bring, one row a list: the measures that all comparisons of lists share."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from leadline.language import _
from leadline.market.assignment import Assignment
from leadline.market.assignment_result import AssignmentResult
from leadline.market.evaluate import evaluate_assignment
from leadline.market.market import Market
from leadline.results import Column, Kpi

_MEASURES = (
    "listed",
    "subscribers",
    "precision",
    "precision_luck_lower",
    "precision_luck_upper",
    "expected_precision",
    "organic_rate",
    "uplift",
    "cost_cny",
    "profit_cny",
)


def measure_lists(
    market: Market, lists: Mapping[str, Assignment], unasked: Mapping[str, Assignment], *, column: str
) -> pd.DataFrame:
    """Measure lists of one market against its truth.

    Parameters
    ----------
    market
        The market, with its truth.
    lists
        Name → list.
    unasked
        Name → the list that would have been made if consent were not asked, where that is known.
    column
        What the names are.

    Returns
    -------
    pandas.DataFrame
        One row a list: its name in ``column``; as `AssignmentResult` has them ``listed``, ``subscribers``,
        ``precision`` with ``precision_luck_lower`` and ``_upper``, ``expected_precision``, ``organic_rate``,
        ``uplift``, ``cost_cny``, ``profit_cny``; ``consent_cost``: points of expected precision given up
        because consent is asked, missing where the other list is not known.
    """
    rows = []
    for name, made in lists.items():
        result = _evaluate(market, made)
        row = {column: name} | {measure: getattr(result, measure) for measure in _MEASURES}
        free = _evaluate(market, unasked[name]).expected_precision if name in unasked else np.nan
        rows.append(row | {"consent_cost": free - result.expected_precision})
    return pd.DataFrame(rows)


def make_cards(row: Mapping[Hashable, Any], label: str) -> Sequence[Kpi]:
    """Return the cards of one list: its expected precision (called ``label``), uplift and profit."""
    return (
        Kpi(label=label, value=row["expected_precision"], unit="share", direction="up"),
        Kpi(label=_("True uplift of a contact"), value=row["uplift"], unit="points", direction="up"),
        Kpi(label=_("Profit in twelve months"), value=row["profit_cny"], unit="money_cny", direction="up"),
    )


def describe_list_columns() -> dict[str, Column]:
    """Say how a reader sees the columns of `measure_lists` after the name."""
    return {
        "expected_precision": Column(_("Expected precision"), "share"),
        "precision_luck_lower": Column(_("95% by luck"), "share", upper="precision_luck_upper"),
        "organic_rate": Column(_("Would anyway"), "share"),
        "uplift": Column(_("Uplift"), "points"),
        "profit_cny": Column(_("Profit"), "money_cny"),
        "consent_cost": Column(_("Consent costs"), "points"),
    }


def _evaluate(market: Market, made: Assignment) -> AssignmentResult:
    return evaluate_assignment(market, made.row, made.channel)
