"""Profitable: what each segment brings, and whether the division tells profit apart."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate
from leadline.language import _
from leadline.target.profiles.columns import check_frame, order_segments
from leadline.target.views.checks import check_numbers
from leadline.target.views.explained import explain, number_cells
from leadline.target.views.groups import BoolArray, FloatArray, describe_groups, spread


class Profit(NamedTuple):
    """What segments bring.

    Attributes
    ----------
    segments
        One row a ``segment``: ``customers``, ``share``, mean ``profit_cny``, ``total_cny`` (size × mean) and
        ``profit_cny_share`` of all, each with ``_ci_lower`` and ``_ci_upper`` (95%). Where the potential was
        given, too: its mean (``potential``, or ``potential_cny``) and ``to_come_cny``, the sum of profit ×
        potential, or of potential in money.
    apart
        Share of the differences in profit between customers that the segments explain (adjusted R²).
    p_value
        Of the F test that they explain nothing.
    """

    segments: pd.DataFrame
    apart: Estimate
    p_value: float


def measure_profit(
    profit_cny: pd.Series,
    segments: pd.Series,
    cost_cny: pd.Series | None = None,
    *,
    potential: pd.Series | None = None,
) -> Profit:
    """Measure what each segment brings after cost to serve.

    Intervals hold both for how many customers fall into a segment and for what each brings: the total is a
    sum over all customers of profit inside and zero outside, its variance linearised. They answer how far
    another base of this size, drawn from the same kind of customers, would differ.

    Parameters
    ----------
    profit_cny
        What each customer brings.
    segments
        Label of each customer, same index.
    cost_cny
        Cost to serve each (`leadline.target.views.allocate_costs`), taken off.
    potential
        What may still come of each: a share of what it brings, 0 to 1, or money if the name of the series
        ends in ``_cny``.

    Raises
    ------
    DataError
        With all problems at once.
    """
    frame = pd.DataFrame({"profit_cny": profit_cny})
    if cost_cny is not None:
        frame["cost_cny"] = cost_cny
    is_money = potential is not None and str(potential.name).endswith("_cny")
    if potential is not None:
        frame["potential"] = potential
    problems = [
        *check_numbers(frame, frame.columns),
        *check_frame(frame, segments, _("the table of customers")),
    ]
    if potential is not None and not problems:
        problems = _check_potential(frame["potential"], is_money=is_money)
    if problems:
        raise DataError(_("The profit of segments cannot be measured"), list(dict.fromkeys(problems)))
    net = frame["profit_cny"].to_numpy(dtype=np.float64)
    if cost_cny is not None:
        net = net - frame["cost_cny"].to_numpy(dtype=np.float64)
    masks = {str(name): (segments == name).to_numpy(dtype=bool) for name in order_segments(segments)}
    measures, sums = {"profit_cny": net}, {"total_cny": net}
    if potential is not None:
        coming = frame["potential"].to_numpy(dtype=np.float64)
        measures["potential_cny" if is_money else "potential"] = coming
        sums["to_come_cny"] = coming if is_money else net * coming
    described = describe_groups(masks, measures, of_all=["profit_cny"])
    totals = pd.DataFrame([_add_up_all(sums, inside) for inside in masks.values()])
    apart, p_value = explain(net, np.zeros(len(net), dtype=np.int64), number_cells(segments))
    table = pd.concat([described.rename(columns={"group": "segment"}), totals], axis=1)
    return Profit(segments=table, apart=apart, p_value=p_value)


def _check_potential(potential: pd.Series, *, is_money: bool) -> list[str]:
    if is_money or potential.between(0, 1).all():
        return []
    return [
        (_("potential: holds values outside 0 to 1. Give shares, or money under a name that ends in “_cny”."))
    ]


def _add_up_all(sums: Mapping[str, FloatArray], inside: BoolArray) -> dict[str, float]:
    row: dict[str, float] = {}
    for name, values in sums.items():
        row |= spread(name, _add_up(values * inside))
    return row


def _add_up(parts: FloatArray) -> Estimate:
    count = len(parts)
    total = float(parts.sum())
    reach = float(special.stdtrit(count - 1, 0.5 + LEVEL / 2) * np.sqrt(count) * parts.std(ddof=1))
    return Estimate(total, total - reach, total + reach)
