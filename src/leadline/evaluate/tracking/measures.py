"""Use and spend after a campaign's start: contacted against held out, period by period (V3)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.data.columns import check_columns
from leadline.disclosure import MINIMUM
from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.effects import ArmEstimate, find_difference, find_slopes
from leadline.evaluate.tracking.measures_result import MeasuresResult
from leadline.intervals import LEVEL
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]
Step = Literal["day", "week", "month"]
_HEADLINE = N_("Use and spend cannot be followed")
_PERIOD = {"day": "D", "week": "W-SUN", "month": "M"}


def parse_measures(texts: Sequence[str]) -> dict[str, str]:
    """Read measures as an analyst writes them, ``column: what a reader sees``; the second may be left out.

    Columns of our own table of use have words of their own.
    """
    known = {"spend_cny": _("Bill, CNY"), "traffic_mb": _("Mobile data, MB")}
    pairs = [(column.strip(), label.strip()) for column, _colon, label in (t.partition(":") for t in texts)]
    return {column: label or known.get(column, column) for column, label in pairs}


def track_measures(
    units: pd.DataFrame,
    rows: pd.DataFrame,
    measures: Mapping[str, str],
    *,
    arm: str = "arm",
    control: str = "held_out",
    unit: str = "customer_id",
    date: str = "month",
    every: Step = "month",
    started_on: dt.date,
    ended_on: dt.date,
    as_of: dt.date | None = None,
    name: str = "",
) -> MeasuresResult:
    """Follow what customers used and spent, in each whole period since the start.

    A period counts once the rows reach its last day, or if the rows have one date a period. A customer
    without a row in it has 0 in it. Each difference is adjusted for the customer's own mean
    over the periods before the start, one slope for both arms (CUPED: Deng et al. 2013, WSDM '13); its
    interval, of Welch (1947), is widened for all periods planned times all measures (Bonferroni), so that it
    does not matter how often one looks.

    Parameters
    ----------
    units
        One row a customer of the campaign: ``unit`` and ``arm``.
    rows
        One row a customer and date: ``unit``, ``date``, measures. Rows of others are passed over.
    measures
        Column → what a reader sees.
    arm, control
        Column of the arm; what it says of those held out. All others count as contacted.
    every
        Length of a period; that of the start counts as after it.
    started_on, ended_on
        The campaign's first day; the last day up to which it is to be followed.
    as_of
        Last day that is looked at; a period that ends later is left out.

    Raises
    ------
    DataError
        With every column that is absent or of the wrong kind, or if no period is whole yet.
    ParameterError
        If no measure is named, or the campaign ends before it starts.
    """
    _check(units, rows, measures, (arm, control, unit, date))
    first, last = (pd.Period(day, _PERIOD[every]) for day in (started_on, ended_on))
    if last < first:
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "ended_on == {ended_on}, lies before started_on, {started_on}.",
                ended_on=ended_on,
                started_on=started_on,
            ),
        )
    is_control = (units[arm] == control).to_numpy(dtype=bool)
    ids = pd.Index(units[unit].astype("str"))
    period = rows[date].dt.to_period(_PERIOD[every])
    seen = min(pd.Timestamp(as_of or ended_on), pd.Timestamp(ended_on))
    known = [one for one in pd.period_range(first, last) if one.end_time.normalize() <= seen]
    reached = _find_last(rows[date], period)
    known = [one for one in known if one <= reached]
    if not known:
        raise DataError.of(
            _(_HEADLINE),
            _(
                "no whole {every} since {started_on} is in the data. Wait for one.",
                every=every,
                started_on=started_on,
            ),
        )
    before = sorted(set(period[period < first]))
    comparisons = ((last - first).n + 1) * len(measures)
    looks = []
    for column in measures:
        totals = (
            rows.assign(period=period, own=rows[unit].astype("str"))
            .pivot_table(column, "own", "period", aggfunc="sum")
            .reindex(ids)
            .fillna(0.0)
        )
        earlier = totals[before].mean(axis=1).to_numpy() if before else np.zeros(len(ids))
        for one in known:
            values = totals[one].to_numpy(dtype=np.float64) if one in totals else np.zeros(len(ids))
            told = _compare(values, earlier, is_control, comparisons)
            looks.append({"measure": column, "date": one.start_time, **told})
    return MeasuresResult(
        looks=pd.DataFrame(looks),
        labels=dict(measures),
        every=every,
        earlier_periods=len(before),
        units=(int((~is_control).sum()), int(is_control.sum())),
        comparisons=comparisons,
        name=name,
    )


def _find_last(dates: pd.Series, period: pd.Series) -> pd.Period:
    """Return the last whole period: two days of a week, held as a week, would look like a collapse."""
    last: pd.Period = period.max()
    is_summed = dates.dt.normalize().groupby(period).nunique().max() == 1  # a row is of a whole period
    return last if is_summed or last.end_time.normalize() <= dates.max() else last - 1


def _compare(
    values: FloatArray, earlier: FloatArray, is_control: npt.NDArray[np.bool_], comparisons: int
) -> dict[str, float]:
    """Return adjusted means of both arms and their difference, at the level that all looks together keep."""
    adjusted = values - _find_slope(values, earlier, is_control) * (earlier - earlier.mean())
    level = 1 - (1 - LEVEL) / comparisons
    told: dict[str, float] = {}
    arms = []
    for name, chosen in (("treated", ~is_control), ("control", is_control)):
        own = adjusted[chosen]
        estimate = ArmEstimate(float(own.mean()), float(own.var(ddof=1) / len(own)), len(own))
        half = float(stats.t.isf((1 - level) / 2, len(own) - 1)) * estimate.variance**0.5
        told |= {name: estimate.value}
        told |= {f"{name}_lower": estimate.value - half, f"{name}_upper": estimate.value + half}
        arms.append(estimate)
    if arms[0].variance + arms[1].variance == 0:  # nobody used anything: no difference, for certain
        same = arms[0].value - arms[1].value
        return told | {"difference": same, "difference_lower": same, "difference_upper": same, "p_value": 1.0}
    found = find_difference(*arms, level=level)
    return told | {
        "difference": found.value,
        "difference_lower": found.lower,
        "difference_upper": found.upper,
        "p_value": min(1.0, found.p_value * comparisons),
    }


def _find_slope(values: FloatArray, earlier: FloatArray, is_control: npt.NDArray[np.bool_]) -> float:
    """Slope within arms, pooled; 0 where nothing was known or varied before."""
    centred = earlier - np.where(is_control, earlier[is_control].mean(), earlier[~is_control].mean())
    return float(find_slopes(np.array([[centred @ centred]]), np.array([centred @ values]))[0])


def _check(
    units: pd.DataFrame, rows: pd.DataFrame, measures: Mapping[str, str], names: tuple[str, str, str, str]
) -> None:
    arm, control, unit, date = names
    if not measures:
        raise ParameterError.of(_(_HEADLINE), _("no measure is named. Name at least one column of numbers."))
    problems = [
        _("{name}: the {what} have no such column. Name your own for it.", name=name, what=what)
        for what, table, wanted in (
            ("units", units, [arm, unit]),
            (_("rows of use"), rows, [unit, date, *measures]),
        )
        for name in wanted
        if name not in table.columns
    ]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    if not pd.api.types.is_datetime64_any_dtype(rows[date]):
        problems.append(
            _(
                "{date}: holds {dtype}, must be days. Correct it, or name another column.",
                date=date,
                dtype=rows[date].dtype,
            )
        )
    for name in measures:
        if not pd.api.types.is_numeric_dtype(rows[name]):
            problems.append(
                _(
                    "{name}: holds {dtype}, must be numbers. Name another column.",
                    name=name,
                    dtype=rows[name].dtype,
                )
            )
        else:
            problems += check_columns(rows, [name], _("the rows of use"))
    if again := int(units[unit].duplicated().sum()):
        problems.append(
            _(
                "{unit}: {again} customers are there twice. Keep one row a customer.",
                unit=unit,
                again=f"{again:,}",
            )
        )
    sizes = (units[arm] == control).value_counts()
    if min(sizes.get(True, 0), sizes.get(False, 0)) < MINIMUM:
        problems.append(
            _(
                "{arm}: {sizes} customers are “{control}” and {sizes_2} are not; of each {minimum} "
                "are needed.",
                arm=arm,
                sizes=f"{sizes.get(True, 0):,}",
                control=control,
                sizes_2=f"{sizes.get(False, 0):,}",
                minimum=MINIMUM,
            )
        )
    if not rows[unit].astype("str").isin(units[unit].astype("str")).any():
        problems.append(
            _("{unit}: no row of use is of a customer of the campaign. Are both spelled alike?", unit=unit)
        )
    if problems:
        raise DataError(_(_HEADLINE), problems)
