"""What was known on a day: windows that end with it, and months that were over by then."""

import datetime as dt

import ibis.expr.types as ir
import pandas as pd

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
    after = day_after(as_of)
    return (dates >= after - dt.timedelta(days=days)) & (dates < after)


def within_months(dates: ir.Column, *, as_of: dt.date, months: int) -> ir.BooleanValue:
    """Tell which dates (or times) lie in the calendar months that end with ``as_of``, that day included.

    The first day is the one after ``as_of``, so many months earlier; in a shorter month its last day.

    Raises
    ------
    ValueError
        If ``months`` is below 1.
    """
    if months < 1:
        raise ValueError(f"months == {months}, must be >= 1.")
    after = day_after(as_of)
    first = pd.Timestamp(after) - pd.DateOffset(months=months)
    return (dates >= first.date()) & (dates < after)


def last_whole_month(as_of: dt.date) -> int:
    """Return the number (year × 12 + month) of the last month that was over when ``as_of`` ended."""
    next_day = day_after(as_of)
    return next_day.year * 12 + next_day.month - 1


def first_day(month_number: int) -> dt.date:
    """Return the first day of the month with this number (year × 12 + month)."""
    year, month = divmod(month_number - 1, 12)
    return dt.date(year, month + 1, 1)


def day_after(day: dt.date) -> dt.date:
    """Return the day after a date, or after that of a time."""
    return plain_day(day) + _ONE_DAY


def plain_day(day: dt.date) -> dt.date:
    """Return the day of a time; a date as it is."""
    return day.date() if isinstance(day, dt.datetime) else day
