"""Whether the effect is the same for those who entered early and late, and on every day of the week."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.evaluate.estimates.moments import Moments, read_moments
from leadline.features.experiment.scan import ARM, DAY, ExperimentScan

FloatArray = npt.NDArray[np.float64]
_FEWEST_DAYS = 4
_FULL_WEEKS = 2
_WEEK = 7


class Trend(NamedTuple):
    """An arm's effect over the days: what it changes by from the first day to the last, and how surely."""

    arm: str
    days: int
    first: float
    change: float
    p_value: float


class WeekdayTest(NamedTuple):
    """An arm's effect by day of the week: the one test of all being equal, and the ends of its range."""

    arm: str
    p_value: float
    lowest: float
    highest: float


def find_trends(scan: ExperimentScan, key: str) -> list[Trend]:
    """Test for each arm whether its effect grows or fades with the day of entry.

    The daily differences from the control are fitted by a line, each weighted by the inverse of its variance;
    z-test of the slope (weighted least squares with known variances: Cochran 1937, Journal of the Royal
    Statistical Society, Supplement 4:102-118). An arm's variance is pooled over its days: a day's own would
    make days without a sale seem certain.

    Returns
    -------
    list of Trend
        One an arm; none if days are unknown, cumulative, or fewer than four can be compared.
    """
    trends = []
    for arm, days in _compare_daily(scan, key, DAY).items():
        if len(days) < _FEWEST_DAYS:
            continue
        at = _count_days(days.index)
        weights = (1 / days["error"] ** 2).to_numpy(dtype=np.float64)
        middle = np.average(at, weights=weights)
        difference = days["difference"].to_numpy(dtype=np.float64)
        spread = float((weights * (at - middle) ** 2).sum())
        slope = float((weights * (at - middle) * difference).sum()) / spread
        first = float(np.average(difference, weights=weights)) + slope * float(at[0] - middle)
        p_value = 2 * float(stats.norm.sf(abs(slope) * np.sqrt(spread)))
        trends.append(Trend(arm, len(days), first, slope * float(at[-1] - at[0]), p_value))
    return trends


def compare_weekdays(scan: ExperimentScan, key: str) -> list[WeekdayTest]:
    """Test for each arm whether its effect is the same for those who entered on each day of the week.

    Cochran's Q of the differences by weekday (Cochran 1954, Biometrics 10:101-129), variances pooled as in
    `find_trends`.

    Returns
    -------
    list of WeekdayTest
        One an arm; none if days are no dates, cumulative, or cover less than two weeks.
    """
    found = []
    for arm, days in _compare_daily(scan, key, "weekday").items():
        if len(days) < 2:  # noqa: PLR2004
            continue
        difference = days["difference"].to_numpy(dtype=np.float64)
        weights = (1 / days["error"] ** 2).to_numpy(dtype=np.float64)
        apart = float((weights * (difference - np.average(difference, weights=weights)) ** 2).sum())
        p_value = float(stats.chi2.sf(apart, len(days) - 1))
        found.append(WeekdayTest(arm, p_value, float(difference.min()), float(difference.max())))
    return found


def _compare_daily(scan: ExperimentScan, key: str, by: str) -> dict[str, pd.DataFrame]:
    """Arm → one row a day (or weekday): ``difference`` from the control and its standard ``error``."""
    if DAY not in scan.by or scan.is_cumulative:
        return {}
    told = scan.moments[key]
    moments = read_moments(told.frame, by=scan.by, columns=told.columns, ddof=told.ddof).merge([ARM, DAY])
    moments = moments.take(moments.cells[DAY].notna().to_numpy())
    if by != DAY:
        dates = moments.cells[DAY]
        if not _covers_weeks(dates):
            return {}
        moments = replace(moments, cells=moments.cells.assign(**{by: dates.dt.day_of_week})).merge([ARM, by])
    control = _describe(moments, scan.arms[0], by, told.value, told.denominator).add_suffix("_control")
    compared = {}
    for arm in scan.arms[1:]:
        mine = _describe(moments, arm, by, told.value, told.denominator)
        both = mine.join(control, how="inner")
        variance = both["variance"] + both["variance_control"]
        both = both[variance > 0]
        compared[arm] = pd.DataFrame(
            {"difference": both["mean"] - both["mean_control"], "error": np.sqrt(variance[variance > 0])}
        )
    return compared


def _describe(moments: Moments, arm: str, by: str, value: str, denominator: str) -> pd.DataFrame:
    """One row a day of an arm: ``mean`` and its ``variance``, pooled over days; a ratio is linearised."""
    mine = moments.take((moments.cells[ARM] == arm).to_numpy())
    level = 0.0
    if denominator:
        whole = mine.merge([])
        below = float(whole.means[0, whole.place(denominator)])
        if below == 0:
            return pd.DataFrame(columns=["mean", "variance"], dtype=np.float64)
        level = float(whole.means[0, whole.place(value)]) / below
        mine = mine.combine({value: {value: 1 / below, denominator: -level / below}})
    place = mine.place(value)
    freedom = np.maximum(mine.count - 1, 0).sum()
    spread = float(mine.comoments[:, place, place].sum()) / freedom if freedom else 0.0
    filled = mine.count > 0
    days = pd.Index(mine.cells[by][filled])
    return pd.DataFrame(
        {"mean": level + mine.means[filled, place], "variance": spread / mine.count[filled]}, index=days
    )


def _covers_weeks(days: pd.Series) -> bool:
    if not pd.api.types.is_datetime64_any_dtype(days) or days.empty:
        return False
    return bool((days.max() - days.min()).days + 1 >= _FULL_WEEKS * _WEEK)


def _count_days(days: pd.Index) -> FloatArray:
    if isinstance(days, pd.DatetimeIndex):
        return ((days - days[0]) / pd.Timedelta("1D")).to_numpy(dtype=np.float64)
    return days.to_numpy(dtype=np.float64) - float(days[0])
