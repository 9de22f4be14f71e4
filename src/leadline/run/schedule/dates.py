"""Dates in a job's parameters: ``{{ yesterday }}``, ``{{ today - 7 days }}``. A closed list, no templates.

All are days of the job's time zone as of the time it was planned for: Monday's report, caught up on
Wednesday, tells of Monday.
"""

import datetime as dt
import re
from typing import Any

from leadline.language import _

_OPENING = "{{"
_EXPRESSION = re.compile(r"\{\{([^{}]*)\}\}")
_TERM = re.compile(r"\s*([a-z_]+)\s*(?:([+-])\s*([0-9]{1,5})\s*days?\s*)?")

NAMES = (
    "today",
    "yesterday",
    "week_start",
    "last_week_start",
    "last_week_end",
    "month_start",
    "last_month_start",
    "last_month_end",
)


def fill_dates(value: Any, day: dt.date) -> Any:
    """Return a parameter's value (text, or a list) with its expressions replaced by dates, 2026-01-31.

    Parameters
    ----------
    value
        As the schedule has it; nested lists and mappings are filled too.
    day
        The day that was planned, in the job's time zone.

    Raises
    ------
    ValueError
        If an expression is none of those there are; the message lists them.
    """
    if isinstance(value, list):
        return [fill_dates(item, day) for item in value]
    if isinstance(value, dict):
        return {key: fill_dates(item, day) for key, item in value.items()}
    if not has_dates(value):
        return value
    text = _EXPRESSION.sub(lambda found: _find_day(found[1], day).isoformat(), value)
    if _OPENING in text:
        raise ValueError(_refusal(value))
    return text


def has_dates(value: Any) -> bool:
    """Tell whether a value holds an expression, sound or not."""
    if isinstance(value, list | dict):
        return any(has_dates(item) for item in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and _OPENING in value


def _find_day(expression: str, day: dt.date) -> dt.date:
    term = _TERM.fullmatch(expression)
    if not term or term[1] not in NAMES:
        raise ValueError(_refusal(f"{{{{{expression}}}}}"))
    month_start, week_start = day.replace(day=1), day - dt.timedelta(days=day.weekday())
    last_month_end = month_start - dt.timedelta(days=1)
    days = {
        "today": day,
        "yesterday": day - dt.timedelta(days=1),
        "week_start": week_start,
        "last_week_start": week_start - dt.timedelta(days=7),
        "last_week_end": week_start - dt.timedelta(days=1),
        "month_start": month_start,
        "last_month_start": last_month_end.replace(day=1),
        "last_month_end": last_month_end,
    }
    shift = int(f"{term[2]}{term[3]}") if term[2] else 0
    try:
        return days[term[1]] + dt.timedelta(days=shift)
    except OverflowError:
        raise ValueError(_refusal(f"{{{{{expression}}}}}")) from None


def _refusal(expression: str) -> str:
    return _(
        "{expression} is no date. There are {names}, each also with + or - days, such as {example}",
        expression=expression,
        names=", ".join(NAMES),
        example="{{ today - 7 days }}",
    )
