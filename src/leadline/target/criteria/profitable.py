"""Profitable: what each segment brings, and whether the division tells profit apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate
from leadline.target.profiles.columns import check_frame, order_segments
from leadline.target.views.checks import check_numbers
from leadline.target.views.explained import explain, number_cells
from leadline.target.views.groups import FloatArray, describe_groups, spread


class Profit(NamedTuple):
    """What segments bring.

    Attributes
    ----------
    segments
        One row a ``segment``: ``customers``, ``share``, mean ``profit_cny``, ``total_cny`` (size × mean) and
        ``profit_cny_share`` of all, each with ``_ci_lower`` and ``_ci_upper`` (95%).
    apart
        Share of the differences in profit between customers that the segments explain (adjusted R²).
    p_value
        Of the F test that they explain nothing.
    """

    segments: pd.DataFrame
    apart: Estimate
    p_value: float


def measure_profit(profit_cny: pd.Series, segments: pd.Series, cost_cny: pd.Series | None = None) -> Profit:
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

    Raises
    ------
    DataError
        With all problems at once.
    """
    frame = pd.DataFrame({"profit_cny": profit_cny})
    if cost_cny is not None:
        frame["cost_cny"] = cost_cny
    problems = [*check_numbers(frame, frame.columns), *check_frame(frame, segments, "the table of customers")]
    if problems:
        raise DataError("The profit of segments cannot be measured", list(dict.fromkeys(problems)))
    net = frame["profit_cny"].to_numpy(dtype=np.float64)
    if cost_cny is not None:
        net = net - frame["cost_cny"].to_numpy(dtype=np.float64)
    masks = {str(name): (segments == name).to_numpy(dtype=bool) for name in order_segments(segments)}
    described = describe_groups(masks, {"profit_cny": net}, of_all=["profit_cny"])
    totals = pd.DataFrame([spread("total_cny", _add_up(net * inside)) for inside in masks.values()])
    apart, p_value = explain(net, np.zeros(len(net), dtype=np.int64), number_cells(segments))
    table = pd.concat([described.rename(columns={"group": "segment"}), totals], axis=1)
    return Profit(segments=table, apart=apart, p_value=p_value)


def _add_up(parts: FloatArray) -> Estimate:
    count = len(parts)
    total = float(parts.sum())
    reach = float(special.stdtrit(count - 1, 0.5 + LEVEL / 2) * np.sqrt(count) * parts.std(ddof=1))
    return Estimate(total, total - reach, total + reach)
