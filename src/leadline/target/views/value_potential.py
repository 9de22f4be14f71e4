"""Customers by value now and value to come: abandon, rebuild, absorb, invest (system T5)."""

from itertools import product

import numpy as np
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.language import _
from leadline.target.views.border import Measure, Side, check_measure, find_side
from leadline.target.views.checks import check_ids
from leadline.target.views.groups import describe_groups, spread
from leadline.target.views.value_potential_result import SIDES, TypesResult


def type_customers(
    customers: pd.DataFrame,
    *,
    value: Measure,
    potential: Measure,
    customer: str = "customer_id",
    minimum: int = MINIMUM,
) -> TypesResult:
    """Divide customers by what they bring now and what they may bring later.

    *invest*: both at or above their thresholds; *absorb*: value now, no potential; *rebuild*: none now,
    potential; *abandon*: neither. A customer stands at the border where the ranges of the thresholds and of
    the predictions allow another type.

    Parameters
    ----------
    customers
        One row a customer.
    value, potential
        Columns with their thresholds, and how far either could be wrong (`leadline.target.views.Measure`).
    customer
        Column of the customer's id.
    minimum
        Fewest customers of whom a row of a table may speak.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [
        *check_ids(customers, customer),
        *check_measure(customers, value),
        *check_measure(customers, potential),
    ]
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("The customers cannot be divided into types"), problems)
    now, later = find_side(customers, value), find_side(customers, potential)
    masks = {name: _match(now, above) & _match(later, rising) for name, (above, rising) in SIDES.items()}
    possible = {name: _allow(now, above) & _allow(later, rising) for name, (above, rising) in SIDES.items()}
    unsure = now.is_unsure | later.is_unsure
    measures = {"value": customers[value.column].to_numpy(dtype=np.float64)}
    types = describe_groups(masks, measures, of_all=["value"]).rename(columns={"group": "type"})
    at_border = [
        spread("unsure", wilson_interval(int((unsure & inside).sum()), int(inside.sum())))
        for inside in masks.values()
    ]
    types = pd.concat([types, pd.DataFrame(at_border)], axis=1)
    border = pd.DataFrame(
        [
            (of, other, int((masks[of] & possible[other]).sum()))
            for of, other in product(SIDES, SIDES)
            if of != other
        ],
        columns=["type", "possible_type", "customers"],
    )
    of_type = np.select(list(masks.values()), list(masks), default="")
    return TypesResult(
        types=hide_small(types, minimum=minimum, keys=["type"]),
        border=hide_small(border, minimum=minimum, keys=["type", "possible_type"], within=["type"]),
        assignments=pd.DataFrame(
            {"customer_id": customers[customer].to_numpy(), "type": of_type, "is_unsure": unsure}
        ),
        unsure=wilson_interval(int(unsure.sum()), len(customers)),
        value=value,
        potential=potential,
        minimum=minimum,
    )


def _match(side: Side, above: bool) -> np.ndarray:  # noqa: FBT001 (a cell of the two-way table)
    return side.above if above else ~side.above


def _allow(side: Side, above: bool) -> np.ndarray:  # noqa: FBT001 (a cell of the two-way table)
    return side.may_be_above if above else side.may_be_below
