"""What the choice of segments weighs: one row a segment, every figure with its interval."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from leadline.disclosure import MINIMUM
from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.language import _
from leadline.target.plan_words import name_unknown
from leadline.target.profiles.columns import FloatArray, find_shown, read_variables
from leadline.target.views.groups import estimate_mean, spread

_IS = "="


def measure_segments(
    customers: pd.DataFrame,
    segments: pd.Series,
    wanted: Sequence[str],
    *,
    measured: pd.DataFrame | None = None,
    minimum: int = MINIMUM,
) -> pd.DataFrame:
    """Gather the figures by which segments are chosen (`leadline.target.profiles.evaluate_segments`).

    Parameters
    ----------
    customers
        One row a customer.
    segments
        Segment of each customer, same index.
    wanted
        Names of the figures: ``share`` of the customers; a column of ``measured``; a column of customers
        (mean of numbers, share of a yes); or ``column=value``, the share of a value.
    measured
        One row a ``segment`` with figures measured before, such as ``total_cny`` with its interval. A segment
        of which a wanted one is not known, as where it was hidden, takes no part.
    minimum
        Fewest customers of a segment that takes part; where one does not, neither does the next smallest as
        long as subtraction would give it away.

    Returns
    -------
    DataFrame
        One row a segment that takes part, none if there is none: ``segment``, ``customers``, each figure
        with ``_ci_lower`` and ``_ci_upper`` (95%).

    Raises
    ------
    DataError
        With every figure that is not to be had.
    """
    before = measured if measured is not None else pd.DataFrame()
    problems: list[str] = []
    values = {
        name: _read_figure(customers, name, problems)
        for name in dict.fromkeys(wanted)
        if name != "share" and name not in before
    }
    if problems:
        raise DataError(_("The segments cannot be weighed"), problems)
    rows = []
    for name in find_shown(segments, minimum):
        inside = (segments == name).to_numpy(dtype=bool)
        row: dict[str, object] = {"segment": str(name), "customers": int(inside.sum())}
        row |= spread("share", wilson_interval(int(inside.sum()), len(inside)))
        for figure, numbers in values.items():
            row |= spread(figure, estimate_mean(numbers[inside]))
        rows.append(row)
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=["segment", "customers", "share", *values])
    if measured is None:
        return frame
    added = [name for name in before if name not in frame]
    joined = frame.merge(before[["segment", *added]], on="segment", how="left", validate="one_to_one")
    known = [name for name in added if name in wanted]
    return joined.dropna(subset=known, ignore_index=True)


def _read_figure(customers: pd.DataFrame, name: str, problems: list[str]) -> FloatArray:
    column, is_value, value = name.partition(_IS)
    column = name if name in customers else column
    if column not in customers:
        problems.append(name_unknown("figure", name, ["share", *map(str, customers.columns)]))
        return np.full(len(customers), np.nan)
    known = customers[column]
    if is_value and column != name:
        said = (known.astype(object).astype(str) == value).to_numpy(dtype=np.float64)
        if not said.any():
            problems.append(_("{column}: nobody has the value {value}.", column=column, value=repr(value)))
        return np.where(known.isna(), np.nan, said)
    read = read_variables(customers[[column]], {})
    if len(read) != 1:
        problems.append(
            _(
                "{column}: holds words. Weigh one of its values, as in {column}=value, or give their "
                "order in the plan.",
                column=column,
            )
        )
        return np.full(len(customers), np.nan)
    return read[0].numbers
