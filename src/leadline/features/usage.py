"""Use of mobile data by month, as the mobile-securities case looks at it (T4)."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from leadline.features.whole import add_up
from leadline.features.window import first_day, last_whole_month

_MONTHS_SEEN = 12
#: The streak counts up to here: three months or more have the full score.
_LONGEST_STREAK = 3
_SUMMED = (
    "bank_calls",
    "broker_calls",
    "fund_calls",
    "branch_days",
    "pushes_received",
    "pushes_answered",
)


def usage_features(monthly_usage: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Describe each customer's use in the twelve whole months up to ``as_of``.

    Parameters
    ----------
    monthly_usage
        One row a customer and month, as `leadline.data.tables.MONTHLY_USAGE`. A month without a row, or with
        no traffic, is a month without use.
    as_of
        Day of the analysis. A month counts once its last day is not after ``as_of``.

    Returns
    -------
    ibis Table
        One row a customer with any row in those months: ``customer_id``; ``used_months_12m``;
        ``use_streak_months`` (months of use in a row up to the last one, 3 for three or more); ``use_level``
        (the case's ladder: 0 not used, 1 used at all, 2 for two months in a row, 3 for three or more);
        ``traffic_mb_mean``, ``sessions_mean``, ``spend_cny_mean`` (per month, over the last two months for a
        streak of 2, the last three for 3, otherwise the last one); sums over the last three months:
        ``bank_calls_3m``, ``broker_calls_3m``, ``fund_calls_3m``, ``branch_days_3m``,
        ``pushes_received_3m``, ``pushes_answered_3m``.
    """
    last = last_whole_month(as_of)
    known = monthly_usage.filter(
        monthly_usage.month >= first_day(last - _MONTHS_SEEN + 1),
        monthly_usage.month < first_day(last + 1),
        monthly_usage.customer_id.notnull(),
    )
    months_ago = last - (known.month.year() * 12 + known.month.month())
    months = known.select(
        "customer_id",
        *_SUMMED,
        traffic_mb=_number(known.traffic_mb),
        sessions=known.sessions.cast("int64").fill_null(0),
        spend_cny=_number(known.spend_cny),
        months_ago=months_ago.cast("int64"),
    )
    is_recent = months.months_ago < _LONGEST_STREAK
    customers = months.group_by("customer_id").aggregate(
        used_months_12m=months.count(where=months.traffic_mb > 0),
        **{
            f"{name}_{ago}": months[name].max(where=months.months_ago == ago).fill_null(0)
            for name in ("traffic_mb", "sessions", "spend_cny")
            for ago in range(_LONGEST_STREAK)
        },
        **{f"{name}_3m": add_up(months[name], where=is_recent) for name in _SUMMED},
    )
    return _finish(customers)


def _finish(customers: ir.Table) -> ir.Table:
    """Find the streak, and average over it; a fixed order of additions keeps every digit the same."""
    used = [(customers[f"traffic_mb_{ago}"] > 0).cast("int64") for ago in range(_LONGEST_STREAK)]
    streak = used[0] + used[0] * used[1] + used[0] * used[1] * used[2]
    streaks = customers.mutate(use_streak_months=streak)
    at_all = (streaks.used_months_12m > 0).cast("int64")
    return streaks.select(
        "customer_id",
        "used_months_12m",
        "use_streak_months",
        use_level=ibis.greatest(streaks.use_streak_months, at_all),
        traffic_mb_mean=_mean(streaks, "traffic_mb"),
        sessions_mean=_mean(streaks, "sessions"),
        spend_cny_mean=_mean(streaks, "spend_cny"),
        **{f"{name}_3m": streaks[f"{name}_3m"] for name in _SUMMED},
    )


def _mean(customers: ir.Table, name: str) -> ir.Value:
    last, before, first = (customers[f"{name}_{ago}"] for ago in range(_LONGEST_STREAK))
    return customers.use_streak_months.cases(
        (2, (last + before) / 2), (3, (last + before + first) / 3), else_=last.cast("float64")
    )


def _number(column: ir.Column) -> ir.Value:
    """Return a measure as float64; missing and not-a-number count as none."""
    value = column.cast("float64")
    return ibis.ifelse(value.isnan(), 0.0, value).fill_null(0.0)
