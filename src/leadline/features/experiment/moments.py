"""Counts, means and covariances of metrics by cell, in one scan: all that a test of means needs (V1)."""

from collections.abc import Sequence
from functools import reduce
from itertools import combinations_with_replacement
from operator import and_

import ibis.expr.types as ir

from leadline.errors import ParameterError
from leadline.language import _


def moment_features(units: ir.Table, *, by: Sequence[str], columns: Sequence[str]) -> ir.Table:
    """Describe the units of each cell (arm × segment × day …) by their joint moments up to the second order.

    A row that lacks any of ``columns`` (null, or not a number) is left out of every moment of its cell, so
    that mean, variance and covariance stand on the same rows and cells can be merged exactly. It is counted
    in ``rows`` and in ``<c>_missing``. Metrics that may be missing apart from one another are therefore asked
    for apart: one call for each set of columns that is used together.

    Variances and covariances are the engine's own one-pass central ones (VAR_POP, COVAR_POP: Welford 1962,
    Technometrics 4:419-420), never differences of raw sums of squares. The order of rows and the number
    of threads may change the last digits.

    Parameters
    ----------
    units
        One row a randomised unit.
    by
        Columns that make the cells; a missing value makes a cell of its own. With none there is one cell.
    columns
        Measures, numbers or flags: outcomes, denominators, covariates known before the start.

    Returns
    -------
    ibis Table
        One row a cell: the ``by`` columns; ``rows`` (all); ``count`` (rows that lack nothing); for each
        column ``<c>_missing`` and ``<c>_mean``; for each pair, a column with itself included,
        ``<a>__<b>_cov`` (population covariance, ``a`` not after ``b`` in ``columns``). Moments of a
        cell with ``count`` 0 are null; an infinite value makes them infinite or not a number, and
        `leadline.evaluate.estimates.moments.read_moments` refuses them.

    Raises
    ------
    ParameterError
        If a column is absent, repeated, no number, or two results would have one name.
    """
    _check(units, by, columns)
    clean = units.select(*by, **{name: _known(units[name]) for name in columns})
    whole = reduce(and_, [clean[name].notnull() for name in columns])
    marked = clean.mutate(**{f"{name}_value": whole.ifelse(clean[name], None) for name in columns})
    return marked.aggregate(
        by=list(by),
        rows=marked.count(),
        count=marked[f"{columns[0]}_value"].count(),
        **{f"{name}_missing": marked.count() - marked[name].count() for name in columns},
        **{f"{name}_mean": marked[f"{name}_value"].mean() for name in columns},
        **{
            name_covariance(a, b): _pair(marked[f"{a}_value"], marked[f"{b}_value"], same=a == b)
            for a, b in combinations_with_replacement(columns, 2)
        },
    )


def whole_moments(units: ir.Table, *, by: Sequence[str], sets: Sequence[Sequence[str]]) -> ir.Table:
    """Describe units of whom nothing is missing: one aggregate for all metrics, each pair that is used once.

    Where something is missing after all it shows: ``<c>_count`` falls short of ``rows`` (nulls), or
    ``<c>_mean`` is not a number. Then `moment_features` is to be asked for the sets that hold ``c``; to mark
    missing values in every row would cost a fifth more where, as mostly, there are none.

    Parameters
    ----------
    units
        One row a randomised unit.
    by
        Columns that make the cells.
    sets
        Columns that are used together, a set a metric; only pairs within a set are described.

    Returns
    -------
    ibis Table
        One row a cell: the ``by`` columns, ``rows``; for each column ``<c>_count`` and ``<c>_mean``; for each
        pair ``<a>__<b>_cov`` as `moment_features`. The variance of flags follows from their share.
    """
    columns = list(dict.fromkeys(name for names in sets for name in names))
    numbers = units.select(*by, **{name: units[name].cast("float64") for name in columns})
    flags = {name for name in columns if units[name].type().is_boolean()}
    pairs = dict.fromkeys(pair for names in sets for pair in combinations_with_replacement(names, 2))
    return numbers.aggregate(
        by=list(by),
        rows=numbers.count(),
        **{f"{name}_count": numbers[name].count() for name in columns},
        **{f"{name}_mean": numbers[name].mean() for name in columns},
        **{
            name_covariance(a, b): _share_variance(numbers[a])
            if a == b and a in flags
            else _pair(numbers[a], numbers[b], same=a == b)
            for a, b in pairs
        },
    )


def name_covariance(a: str, b: str) -> str:
    """Name the column that holds the covariance of two measures, or the variance of one."""
    return f"{a}__{b}_cov"


def _share_variance(flag: ir.Column) -> ir.Value:
    return flag.mean() * (1 - flag.mean())


def _pair(first: ir.Column, second: ir.Column, *, same: bool) -> ir.Value:
    return first.var(how="pop") if same else first.cov(second, how="pop")


def _known(column: ir.Column) -> ir.Value:
    """Return a measure as float64, null where it is not a number."""
    value = column.cast("float64")
    return column.isnan().ifelse(None, value) if column.type().is_floating() else value


def _check(units: ir.Table, by: Sequence[str], columns: Sequence[str]) -> None:
    wanted = [*by, *columns]
    problems = [
        _("“{name}” is no column of the table.", name=name) for name in wanted if name not in units.columns
    ]
    if not columns:
        problems.append(_("No measure is named."))
    problems += [
        _("“{name}” is named twice; name it once.", name=name)
        for name in sorted({n for n in wanted if wanted.count(n) > 1})
    ]
    problems += [
        _("“{name}” holds {type}, no number or flag.", name=name, type=units[name].type())
        for name in columns
        if name in units.columns and not (units[name].type().is_numeric() or units[name].type().is_boolean())
    ]
    within = [*by, *columns, *(f"{name}_value" for name in columns)]
    made = [
        *by,
        "rows",
        "count",
        *(f"{name}_{what}" for name in columns for what in ("missing", "mean")),
        *(name_covariance(a, b) for a, b in combinations_with_replacement(columns, 2)),
    ]
    if not problems:
        problems += [
            _("Two columns would be called “{name}”; rename one of the table's.", name=name)
            for names in (within, made)
            for name in sorted({one for one in names if names.count(one) > 1})
        ]
    if problems:
        raise ParameterError(_("The moments cannot be computed"), problems)
