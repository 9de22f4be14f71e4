"""Recency, frequency and value, scored by cut points (Hughes 1994, Strategic Database Marketing)."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from leadline.features.cuts import quantile_cuts, quantile_points
from leadline.features.whole import add_up_cny
from leadline.features.window import plain_day, within_days

_MEASURES = ("recency_days", "frequency", "value_cny")


def value_features(
    events: ir.Table,
    *,
    as_of: dt.date,
    customer: str = "account_id",
    day: str = "traded_on",
    amount_cny: str = "amount_cny",
    window_days: int = 365,
) -> ir.Table:
    """Describe each customer's transactions (or contacts) in the days that end with ``as_of``.

    Parameters
    ----------
    events
        One row a transaction or contact, such as `leadline.data.tables.TRANSACTIONS`.
    as_of
        Day of the analysis, the last of the window.
    customer, day, amount_cny
        Columns of ``events``: whose it is, when it was, what it was worth (CNY; missing counts as 0).
    window_days
        Length of the window, that day included.

    Returns
    -------
    ibis Table
        One row a customer with an event in the window: the ``customer`` column, ``recency_days`` (since the
        last), ``frequency`` (events), ``value_cny`` (sum; added up in whole fen, so that the order of rows
        cannot change a digit).
    """
    seen = events.filter(within_days(events[day], as_of=as_of, days=window_days), events[customer].notnull())
    return seen.group_by(customer).aggregate(
        recency_days=ibis.literal(plain_day(as_of)).delta(seen[day].max().cast("date"), unit="day"),
        frequency=seen.count(),
        value_cny=add_up_cny(seen[amount_cny]),
    )


def value_cuts(features: ir.Table, *, levels: int = 5) -> ir.Table:
    """Find the cut points that part customers into ``levels`` groups, as near to equal as ties allow.

    Returns
    -------
    ibis Table
        One row: ``recency_days_cuts``, ``frequency_cuts``, ``value_cny_cuts``, each a list of ``levels`` - 1
        quantiles (linear interpolation), ascending. Keep it to score later customers by the same cuts.

    Raises
    ------
    ValueError
        If ``levels`` is below 2.
    """
    return quantile_cuts(features, _MEASURES, levels=levels)


def value_points(features: ir.Table, cuts: ir.Table, *, levels: int = 5) -> ir.Table:
    """Score recency, frequency and value from 1 to ``levels`` each; equal values have equal points.

    Parameters
    ----------
    features
        Those of `value_features`.
    cuts
        Those of `value_cuts` with the same ``levels``, of these customers or of earlier ones.
    levels
        Number of groups.

    Returns
    -------
    ibis Table
        ``features`` with ``recency_points`` (most for the latest), ``frequency_points``, ``value_points`` and
        their sum ``rfm_points``, whole numbers.
    """
    scored = quantile_points(features, cuts, _MEASURES, levels=levels, falling=("recency_days",)).rename(
        recency_points="recency_days_points", value_points="value_cny_points"
    )
    return scored.mutate(rfm_points=scored.recency_points + scored.frequency_points + scored.value_points)
