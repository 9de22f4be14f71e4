"""When a running test is looked at, and what each look saw (system V7)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.errors import DataError
from leadline.evaluate.estimates.arms import estimate_arms
from leadline.evaluate.estimates.cells import Look, follow_metric, read_metric
from leadline.evaluate.estimates.moments import Moments
from leadline.evaluate.monitoring.spending import CLOSEST
from leadline.features.experiment.scan import ARM, DAY, ExperimentScan
from leadline.language import _

FloatArray = npt.NDArray[np.float64]
Every = Literal["day", "week"]
Basis = Literal["plan", "pace", "end", "all"]
LENGTHS: dict[Every, int] = {"day": 1, "week": 7}
#: A look counts when at least this share of the plan came since the one before: 20 looks at most.
STEP = 0.05
#: Fewest units of an arm at a look before the last, and fewest that make up its sum: (sum of x)² / sum of x²
#: (Kish's effective number). A normal approximation needs them; where most buy nothing it needs buyers.
FEWEST, CONTRIBUTORS = 100, 50


@dataclass(frozen=True, eq=False, kw_only=True)
class Readings:
    """What the looks saw, and how far the test has come.

    Attributes
    ----------
    days
        Day of each look, None for the one look of a test without days.
    units
        Units of all arms by each look.
    differences, errors
        Arm → difference from the control at each look, and its standard error.
    controls
        Value of the control at each look.
    effective
        Arm → 1 / (1 / units of the arm + 1 / units of the control): what the variance goes with.
    planned
        Units of all arms at the final look.
    is_final
        Whether the last look is the final one.
    unseen
        Units that entered after the last look: they count at the next, or not at all.
    basis
        Where ``planned`` is from: ``plan``, ``pace`` (so far, up to the planned end), ``end`` (what there was
        on the planned last day) or ``all`` (what there is, as nothing was planned).
    """

    days: tuple[pd.Timestamp | float | None, ...]
    units: FloatArray
    differences: dict[str, FloatArray]
    errors: dict[str, FloatArray]
    controls: FloatArray
    effective: dict[str, FloatArray]
    planned: float
    is_final: bool
    unseen: int
    basis: Basis

    def fractions(self, arm: str) -> FloatArray:
        """Information of an arm at each look as a share of the plan, by its units and the control's.

        Units stand for information (Jennison & Turnbull 2000, ch. 11): with standard errors of each look it
        would fall whenever a large order raises the variance.
        """
        return np.asarray(self.effective[arm] / self.effective[arm][-1] * self.units[-1] / self.planned)


class _Horizon(NamedTuple):
    planned: float
    has_ended: bool
    basis: Basis


def read_looks(
    scan: ExperimentScan,
    key: str,
    arms: Sequence[str],
    *,
    every: Every = "week",
    step: float = STEP,
    planned_units: int | None = None,
    as_of: dt.date | None = None,
) -> Readings:
    """Read a metric at each look that the schedule allows: the same ones whenever it is read again.

    Parameters
    ----------
    scan
        The test.
    key
        Of the metric.
    arms
        Those compared with the control.
    every
        Looks fall on the last day of each full day or week since the start.
    step
        Share of the plan that must come between two looks; 0 keeps all.
    planned_units
        Of all arms at the final look. Without it: the pace so far up to the planned end, or all there is.
    as_of
        Last day to be counted.

    Raises
    ------
    DataError
        If no unit is there, the metric is the same for every unit, or as `read_metric`.
    """
    told = scan.moments[key]
    every_look = _follow(scan, key, as_of)
    units = np.array([look.units for look in every_look])
    horizon = _find_horizon(scan, every_look, units, planned_units, as_of)
    kept = _schedule(scan, every_look, units, horizon, every=every, step=step)
    covariates = told.covariates if _metric_uses_covariates(scan, key) else ()
    rows = []
    for place in kept:
        moments, is_last = every_look[place].arms, horizon.has_ended and place == kept[-1]
        moments = moments.take(moments.cells[ARM].isin(scan.arms).to_numpy())
        if not is_last and not _is_readable(moments, scan.arms, told.value):
            continue
        # All arms have one slope, whichever are followed, so that effects are those of the other tables.
        made = estimate_arms(
            moments, scan.arms, told.value, denominator=told.denominator, covariates=covariates
        ).estimates
        variances = np.array([one.variance for one in made])
        if is_last or (variances > 0).all():
            rows.append((place, [one.value for one in made], variances, moments.count))
    if rows and (rows[-1][2] <= 0).all():
        raise DataError(
            _("The test cannot be followed"), [_("{key}: is the same for every unit of the arms.", key=key)]
        )
    seen = [row[0] for row in rows]
    values = np.array([row[1] for row in rows]).reshape(len(rows), len(scan.arms))
    variances = np.array([row[2] for row in rows]).reshape(values.shape)
    counts = np.array([row[3] for row in rows]).reshape(values.shape)
    columns = {arm: scan.arms.index(arm) for arm in arms}
    return Readings(
        days=tuple(every_look[number].day if DAY in scan.by else None for number in seen),
        units=units[seen],
        differences={arm: values[:, n] - values[:, 0] for arm, n in columns.items()},
        errors={arm: np.sqrt(variances[:, n] + variances[:, 0]) for arm, n in columns.items()},
        controls=values[:, 0],
        effective={arm: 1 / (1 / counts[:, n] + 1 / counts[:, 0]) for arm, n in columns.items()},
        planned=horizon.planned,
        is_final=horizon.has_ended and bool(rows),
        unseen=int(units[-1] - (units[seen[-1]] if seen else 0)),
        basis=horizon.basis,
    )


def _follow(scan: ExperimentScan, key: str, as_of: dt.date | None) -> list[Look]:
    if DAY not in scan.by:
        arms = read_metric(scan, key)
        return [Look(day=0.0, units=float(arms.count.sum()), cells=arms, order=scan.arms)]
    looks = follow_metric(scan, key)
    if as_of is not None:
        looks = [look for look in looks if not isinstance(look.day, pd.Timestamp) or look.day.date() <= as_of]
    if not looks:
        raise DataError(
            _("The test cannot be followed"), [_("day: no unit entered by the day of the report.")]
        )
    return looks


def _find_horizon(
    scan: ExperimentScan,
    looks: Sequence[Look],
    units: FloatArray,
    planned_units: int | None,
    as_of: dt.date | None,
) -> _Horizon:
    seen = last_day(looks, as_of)
    start, end = scan.design.start, scan.design.end
    is_over = end is not None and seen is not None and seen >= end
    if planned_units is not None:
        return _Horizon(float(planned_units), is_over or bool(units[-1] >= planned_units), "plan")
    if end is None or is_over or seen is None:
        return _Horizon(float(units[-1]), has_ended=True, basis="end" if is_over else "all")
    first = start or pd.Timestamp(looks[0].day).date()
    pace = units[-1] / ((seen - first).days + 1)
    return _Horizon(float(pace * ((end - first).days + 1)), has_ended=False, basis="pace")


def last_day(looks: Sequence[Look], as_of: dt.date | None) -> dt.date | None:
    """Last day of which the test's records speak; None where days are no dates."""
    day = looks[-1].day
    if not isinstance(day, pd.Timestamp):
        return None
    return max(as_of, day.date()) if as_of else day.date()


def _schedule(
    scan: ExperimentScan,
    looks: Sequence[Look],
    units: FloatArray,
    horizon: _Horizon,
    *,
    every: Every,
    step: float,
) -> list[int]:
    """Places of the looks that count: ends of full days or weeks, a step of the plan apart, none after it."""
    periods = _count_days(scan, looks) / LENGTHS[every]
    is_end = np.append(np.diff(np.ceil(periods)) > 0, periods[-1] == np.ceil(periods[-1]))
    kept: list[int] = []
    for place in np.flatnonzero(is_end | (units >= horizon.planned)):
        before = units[kept[-1]] if kept else 0.0
        if (units[place] - before) / horizon.planned >= max(step, CLOSEST):
            kept.append(int(place))
        if units[place] >= horizon.planned:
            break
    if horizon.has_ended and not (kept and units[kept[-1]] >= horizon.planned):
        last = _find_final(units, horizon.planned)
        while kept and (units[last] - units[kept[-1]]) / horizon.planned < CLOSEST:
            kept.pop()
        kept.append(last)
    return kept


def _find_final(units: FloatArray, planned: float) -> int:
    """Place of the final look: the first that reaches the plan, or the last there is."""
    return int(np.argmax(units >= planned)) if units[-1] >= planned else len(units) - 1


def _count_days(scan: ExperimentScan, looks: Sequence[Look]) -> FloatArray:
    """Days since the start at the end of each look's day."""
    days = [look.day for look in looks]
    if isinstance(days[0], pd.Timestamp):
        first = pd.Timestamp(scan.design.start or days[0])
        return ((pd.DatetimeIndex(days).normalize() - first) / pd.Timedelta("1D")).to_numpy(
            dtype=np.float64
        ) + 1
    return np.asarray(days, dtype=np.float64)


def _metric_uses_covariates(scan: ExperimentScan, key: str) -> bool:
    return next(metric for metric in scan.design.metrics if metric.key == key).is_adjusted


def _is_readable(moments: Moments, arms: Sequence[str], value: str) -> bool:
    if not set(arms) <= set(moments.cells[ARM]):
        return False
    place = moments.place(value)
    squares = moments.means[:, place] ** 2 * moments.count
    whole = squares + moments.comoments[:, place, place]
    contributors = np.divide(squares, whole, out=np.zeros_like(whole), where=whole > 0) * moments.count
    return bool((moments.count >= FEWEST).all() and (contributors >= CONTRIBUTORS).all())
