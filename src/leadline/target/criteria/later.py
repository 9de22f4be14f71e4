"""Stable over time: one rule applied in two periods, and segments made anew in the other."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate
from leadline.language import _
from leadline.target.criteria.lasting import Lasting, measure_lasting
from leadline.target.segments.bases import Bases
from leadline.target.segments.fit import Fit, fit_segments
from leadline.target.segments.stability import adjust_rand_of, cross_tabulate

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_MOST_ROWS = 20_000
_SAMPLES = 1_000


def follow_segments(
    fit: Fit,
    then: Bases,
    now: Bases,
    customers_then: pd.Index,
    customers_now: pd.Index,
    *,
    names: Sequence[str],
    rng: np.random.Generator,
) -> Lasting:
    """Tell of two periods whether customers stay in their segment, and whether the same would be cut again.

    The first by one rule, ``fit.place``, in both periods. The second by segments of the same method and
    number made anew from the other period, matched to those of the rule by the largest sum of shared
    customers (Kuhn 1955) and compared by the adjusted Rand index (Hubert & Arabie 1985); of more than 20,000
    customers, by a random 20,000.

    Parameters
    ----------
    fit
        The segments, made from ``now``.
    then, now
        The bases of the earlier period and of the later, on one scale: ``then = read_again(now, earlier)``.
    customers_then, customers_now
        Id of each row.
    names
        Names of the segments, in their order.
    rng
        Draws the rows, the starts of the segments made anew, and the samples of the interval.

    Raises
    ------
    DataError
        With all problems at once: other columns, ids that do not fit or repeat, no customer in both.
    """
    problems = _check(fit, then, now, names)
    for name, bases, ids in (("then", then, customers_then), ("now", now, customers_now)):
        if len(ids) != bases.customers:
            problems.append(
                _(
                    "customers_{name}: {count} ids for {customers} rows.",
                    name=name,
                    count=f"{len(ids):,}",
                    customers=f"{bases.customers:,}",
                )
            )
    if problems:
        raise DataError(_("The segments of two periods cannot be compared"), problems)
    before = fit.place(then)
    lasting = measure_lasting(
        _name(before, customers_then, names), _name(fit.place(now), customers_now, names)
    )
    rows = np.sort(rng.permutation(then.customers)[:_MOST_ROWS])
    again = fit_segments(then.take(rows), fit.method, fit.k, rng).labels
    table = _square(cross_tabulate(before[rows], again, fit.k), fit.k)
    return lasting._replace(refit=_estimate_rand(table, rng), matched=match_again(table, names))


def match_again(table: FloatArray, names: Sequence[str]) -> pd.DataFrame:
    """Match segments made anew to the first, and tell how far each is found again.

    Parameters
    ----------
    table
        Customers by segment of the rule and by segment made anew. Shape: (k, k).
    names
        Names of the segments of the rule.

    Returns
    -------
    DataFrame
        See `Lasting.matched`.
    """
    rows, columns = linear_sum_assignment(-table)
    shared = table[rows, columns]
    sizes, again = table.sum(axis=1), table.sum(axis=0)[columns]
    either = sizes + again - shared
    return pd.DataFrame(
        {
            "segment": list(names),
            "customers": sizes.astype(np.int64),
            "again_customers": again.astype(np.int64),
            "overlap": np.divide(shared, either, out=np.zeros(len(names)), where=either > 0),
        }
    )


def _check(fit: Fit, then: Bases, now: Bases, names: Sequence[str]) -> list[str]:
    problems = []
    if then.columns != now.columns:
        problems.append(
            _("then: is read on other columns or scales than now. Read it by `read_again(now, …)`.")
        )
    if len(names) != fit.k or len(set(names)) < len(names):
        problems.append(
            _("names: {count} for {k} segments, or one twice. Give each its own.", count=len(names), k=fit.k)
        )
    return problems


def _name(labels: IntArray, customers: pd.Index, names: Sequence[str]) -> pd.Series:
    named = np.array(names, dtype=object)[labels]
    return pd.Series(pd.Categorical(named, categories=list(names)), index=customers)


def _square(table: FloatArray, k: int) -> FloatArray:
    """Give segments that nobody is in their empty column."""
    return np.pad(table, ((0, 0), (0, k - table.shape[1])))


def _estimate_rand(table: FloatArray, rng: np.random.Generator) -> Estimate:
    """Return the adjusted Rand index of a table, with the interval of the bootstrap of its rows."""
    count = int(table.sum())
    cells = rng.multinomial(count, table.ravel() / count, size=_SAMPLES)
    drawn = cells.astype(np.float64).reshape(-1, *table.shape)
    low, high = np.quantile(adjust_rand_of(drawn), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Estimate(float(adjust_rand_of(table[None])[0]), float(low), float(high))
