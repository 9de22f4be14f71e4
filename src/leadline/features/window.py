"""What was known on a day: windows that end with it, and months that were over by then."""

import datetime as dt

import ibis.expr.types as ir

_ONE_DAY = dt.timedelta(days=1)


def within_days(dates: ir.Column, *, as_of: dt.date, days: int) -> ir.BooleanValue:
    """Tell which dates (or times) lie in the ``days`` days that end with ``as_of``, that day included.

    Whole days are compared, from the first day's beginning up to, not including, the day after ``as_of``.

    Raises
    ------
    ValueError
        If ``days`` is below 1.
    """
    if days < 1:
        raise ValueError(f"days == {days}, must be >= 1.")
    after = plain_day(as_of) + _ONE_DAY
    return (dates >= after - dt.timedelta(days=days)) & (dates < after)


def last_whole_month(as_of: dt.date) -> int:
    """Return the number (year × 12 + month) of the last month that was over when ``as_of`` ended."""
    next_day = plain_day(as_of) + _ONE_DAY
    return next_day.year * 12 + next_day.month - 1


def first_day(month_number: int) -> dt.date:
    """Return the first day of the month with this number (year × 12 + month)."""
    year, month = divmod(month_number - 1, 12)
    return dt.date(year, month + 1, 1)


def plain_day(day: dt.date) -> dt.date:
    """Return the day of a time; a date as it is."""
    return day.date() if isinstance(day, dt.datetime) else day
