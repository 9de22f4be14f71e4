"""Cut points at quantiles, and the points that a value has by them; never a rank over all rows."""

from collections.abc import Collection, Iterator, Sequence

import ibis
import ibis.expr.types as ir

_PARTS = 1024
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


def count_parts(table: ir.Table, column: str, spans: Sequence[tuple[float, float]]) -> ir.Table:
    """Cut each span of a column's values into up to 1,024 parts of equal width, and count their rows.

    Where all rows cannot be put in order within memory, a quantile is found by counting the parts of the span
    that holds it, then those of the part that does, and so on.

    Parameters
    ----------
    table, column
        The numbers; what is missing or no number lies in no span.
    spans
        Least and largest value of each, which differ; no two spans overlap.

    Returns
    -------
    ibis Table
        One row a part that has any, in order: ``least`` and ``most``, the ends of its values, and ``rows``.
    """
    values = table.select(value=table[column])
    some = values.mutate(part=ibis.cases(*_number_parts(values.value, spans))).drop_null("part")
    return (
        some.group_by("part")
        .aggregate(least=some.value.min(), most=some.value.max(), rows=some.count())
        .drop("part")
        .order_by("least")
    )


def _number_parts(
    value: ir.NumericColumn, spans: Sequence[tuple[float, float]]
) -> Iterator[tuple[ir.BooleanValue, ir.Value]]:
    for number, (least, most) in enumerate(spans):
        above = value - least
        if value.type().is_integer():
            part = above // -(-(most - least + 1) // _PARTS)
        else:  # half a part less: a rounding never takes the largest value beyond the last part
            part = (above * ((_PARTS - 0.5) / (most - least))).floor().cast("int64")
        yield value.between(least, most), part + number * _PARTS


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
