"""How many days bring the units that a test needs."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data import check_columns
from leadline.errors import DataError, ParameterError
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]
_HEADLINE = N_("The length of the test cannot be told")
_MOST_WEEKS = 520
_WEEK = 7


class Duration(NamedTuple):
    """Days until enough units have come, with the 95% range of histories like this one.

    ``days`` is expected; ``whole_weeks`` is its number of weeks rounded up, so that every weekday counts the
    same; ``upper`` is infinite if some histories never get there.
    """

    days: int
    lower: float
    upper: float
    whole_weeks: int


def find_duration(
    daily_units: pd.Series, needed: int, *, start: pd.Timestamp, seed: int, draws: int = 1_000
) -> Duration:
    """Return how many days from ``start`` bring the units needed, at the history's weekly pattern.

    The history is cut into whole weeks, counted back from its last day and turned to begin on the weekday of
    ``start``; expected are the means of the weekdays. The range draws whole weeks with replacement, for days
    of one week hang together: first another history, as ours is but one, then the weeks to come from it. A
    trend or a season is not foreseen, and of few weeks the range is somewhat too narrow.

    Parameters
    ----------
    daily_units
        One row a day, indexed by date without gaps: units that would have entered that day, each counted
        once.
    needed
        Units of all arms together.
    start
        First day of the test.
    seed, draws
        Of the bootstrap.

    Raises
    ------
    DataError
        With everything that is wrong with the history.
    ParameterError
        If nobody is needed, or the test would last more than ten years.
    """
    if needed < 1:
        raise ParameterError.of(
            _(_HEADLINE), _("needed == {needed}, must be 1 or more.", needed=repr(needed))
        )
    _check_history(daily_units)
    weeks = _cut_weeks(daily_units, start)
    expected = weeks.mean(axis=0)
    count = needed / expected.sum()
    if count > _MOST_WEEKS:
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "{needed} units would take {count} weeks at {count_2} a week. Look for a larger "
                "effect, or in a larger population.",
                needed=f"{needed:,}",
                count=f"{count:,.0f}",
                count_2=f"{expected.sum():,.0f}",
            ),
        )
    days = _count_days(np.tile(expected, int(np.ceil(count)) + 1)[None, :], needed)[0]
    rng = np.random.default_rng(seed)
    histories = rng.integers(len(weeks), size=(draws, len(weeks)))
    ahead = rng.integers(len(weeks), size=(draws, 3 * int(np.ceil(count)) + 3))
    drawn = np.take_along_axis(histories, ahead, axis=1)
    lower, upper = np.quantile(
        _count_days(weeks[drawn].reshape(draws, -1), needed), [0.025, 0.975], method="inverted_cdf"
    )
    return Duration(int(days), float(lower), float(upper), int(np.ceil(days / _WEEK)))


def count_daily(history: pd.DataFrame, day: str) -> pd.Series:
    """Return how many units entered each day, days without any included.

    Parameters
    ----------
    history
        One row a unit.
    day
        Column of the day on which it entered; a unit without one is passed over.

    Raises
    ------
    DataError
        If the column is absent, or none of it can be read as a date.
    """
    problems = check_columns(history, [day], _("the history"))
    days = pd.Series(pd.NaT, index=history.index) if problems else _read_days(history[day])
    if not problems and days.isna().all():
        problems.append(_("{day}: no value can be read as a date. Write dates as 2026-01-31.", day=day))
    if problems:
        raise DataError(_(_HEADLINE), problems)
    counts = days.value_counts().sort_index()
    return counts.reindex(pd.date_range(counts.index.min(), counts.index.max()), fill_value=0)


def _read_days(column: pd.Series) -> pd.Series:
    days = pd.to_datetime(column, errors="coerce", utc=True).dt.tz_localize(None).dt.normalize()
    return days if not pd.api.types.is_numeric_dtype(column) else pd.Series(pd.NaT, index=column.index)


def _check_history(daily_units: pd.Series) -> None:
    problems = []
    if not isinstance(daily_units.index, pd.DatetimeIndex):
        raise DataError(_(_HEADLINE), [_("the history is not indexed by date. Set its dates as the index.")])
    dates = daily_units.index
    if dates.has_duplicates or dates.hasnans:
        problems.append(_("dates of the history are missing or repeated. Keep one row a day."))
    elif len(dates) and len(absent := pd.date_range(dates.min(), dates.max()).difference(dates)):
        problems.append(
            _(
                "{count} days have no row (first: {absent}). Write 0 for none.",
                count=f"{len(absent):,}",
                absent=f"{absent[0]:%Y-%m-%d}",
            )
        )
    wrong = ~(daily_units.to_numpy(dtype=np.float64, na_value=np.nan) >= 0)
    if wrong.any():
        problems.append(
            _("{count} days have units that are missing or negative. Correct them.", count=f"{wrong.sum():,}")
        )
    if len(dates) < 2 * _WEEK:
        problems.append(
            _("the history has {count} days; a weekly pattern needs 14 or more.", count=f"{len(dates):,}")
        )
    elif not problems and daily_units.sort_index().iloc[len(dates) % _WEEK :].sum() <= 0:
        problems.append(_("no unit came in the whole history. Take another one."))
    if problems:
        raise DataError(_(_HEADLINE), problems)


def _cut_weeks(daily_units: pd.Series, start: pd.Timestamp) -> FloatArray:
    ordered = daily_units.sort_index()
    values = ordered.to_numpy(dtype=np.float64)[len(ordered) % _WEEK :].reshape(-1, _WEEK)
    first = ordered.index[len(ordered) % _WEEK].day_of_week
    return np.roll(values, (first - start.day_of_week) % _WEEK, axis=1)


def _count_days(paths: FloatArray, needed: float) -> FloatArray:
    reached = np.cumsum(paths, axis=1) >= needed - 1e-9
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)
