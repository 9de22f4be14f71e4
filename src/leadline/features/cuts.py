"""Cut points at quantiles, and the points that a value has by them; never a rank over all rows."""

import math
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

import ibis.expr.types as ir

#: A value this near a cut point, relative to it, lies on it: engines may differ in its last digit.
_ON_THE_CUT = 1e-12


def quantile_cuts(table: ir.Table, columns: Sequence[str], *, levels: int = 5) -> ir.Table:
    """Find the cut points that part rows into ``levels`` groups, as near to equal as ties allow.

    Returns
    -------
    ibis Table
        One row: for each of ``columns`` ``<c>_cuts``, a list of ``levels`` - 1 quantiles, ascending (linear
        interpolation: Hyndman & Fan 1996, The American Statistician 50:361-365, type 7) of what is neither
        missing nor not-a-number. Keep it to score later customers by the same cuts.

    Raises
    ------
    ValueError
        If ``levels`` is below 2.
    """
    if levels < 2:  # noqa: PLR2004
        raise ValueError(f"levels == {levels}, must be >= 2.")
    shares = [step / levels for step in range(1, levels)]
    return table.aggregate(**{f"{name}_cuts": _known(table[name]).quantile(shares) for name in columns})


def cut_counted(rows: Mapping[int, int], *, levels: int = 5) -> list[float]:
    """Find the cut points of `quantile_cuts` from how many rows have each value.

    Parameters
    ----------
    rows
        Value → its rows; at least one. For whole numbers of few values an engine counts them in a small part
        of the time that it takes to put all rows in order.
    levels
        Number of groups.
    """
    values = sorted(rows)
    ends = list(accumulate(rows[value] for value in values))

    def read(place: int) -> int:
        return values[bisect_right(ends, place)]

    cuts = []
    for step in range(1, levels):
        place = (ends[-1] - 1) * (step / levels)
        low = read(math.floor(place))
        cuts.append(low + (read(math.ceil(place)) - low) * (place - math.floor(place)))
    return [float(cut) for cut in cuts]


def quantile_points(
    table: ir.Table,
    cuts: ir.Table,
    columns: Sequence[str],
    *,
    levels: int = 5,
    falling: Collection[str] = (),
) -> ir.Table:
    """Score columns from 1 to ``levels`` each by cut points; equal values have equal points.

    Parameters
    ----------
    table
        The rows.
    cuts
        Those of `quantile_cuts` with the same ``levels``, of these rows or of earlier ones.
    columns
        Columns to score.
    levels
        Number of groups.
    falling
        Those of ``columns`` whose lowest values have the most points.

    Returns
    -------
    ibis Table
        ``table`` with, for each of ``columns``, ``<c>_points``: int64, one more for each cut point that the
        value is above; missing where the value is.
    """
    bounds = cuts.select(
        **{
            _name_bound(name, place): _raise(cuts[f"{name}_cuts"][place])
            for name in columns
            for place in range(levels - 1)
        }
    )
    both = table.cross_join(bounds)

    def score(name: str) -> ir.Value:
        value = _known(both[name])
        passed = [(value > both[_name_bound(name, place)]).cast("int64") for place in range(levels - 1)]
        above = sum(passed[1:], passed[0])
        return levels - above if name in falling else above + 1

    return both.select(*table.columns, **{f"{name}_points": score(name) for name in columns})


def _raise(cut: ir.FloatingValue) -> ir.Value:
    return cut + (cut.abs() + 1) * _ON_THE_CUT


def _name_bound(column: str, place: int) -> str:
    return f"{column} above cut {place + 1}"


def _known(column: ir.Column) -> ir.Column:
    return column.isnan().ifelse(None, column) if column.type().is_floating() else column
