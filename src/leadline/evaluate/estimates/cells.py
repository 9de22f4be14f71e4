"""From cells to arms: the moments of one metric by arm, by segment, or grown day by day (V1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from leadline.evaluate.estimates.moments import Moments, read_moments
from leadline.features.experiment.scan import ARM, DAY, ExperimentScan


@dataclass(frozen=True, eq=False, kw_only=True)
class Look:
    """What was known of a metric at the end of a day.

    Attributes
    ----------
    day
        The day.
    units
        Of all arms until then.
    cells
        Moments by arm and day of all units until then; put together only when `arms` is asked for.
    order
        Of the arms.
    """

    day: pd.Timestamp | float
    units: float
    cells: Moments
    order: tuple[str, ...]

    @cached_property
    def arms(self) -> Moments:
        """Moments by arm, of all units until then."""
        return _order(self.cells.merge([ARM]), self.order)


def read_metric(scan: ExperimentScan, key: str, *, by: Sequence[str] = (ARM,)) -> Moments:
    """Moments of a metric, merged to the cells ``by``, arms in the order of `ExperimentScan.arms`.

    Of cumulative aggregates the last day's cells alone are taken.

    Raises
    ------
    DataError
        As `read_moments`.
    """
    moments = _read(scan, key)
    if scan.is_cumulative:
        days = moments.cells[DAY]
        moments = moments.take((days == days.max()).to_numpy())
    return _order(moments.merge(by), scan.arms)


def follow_metric(scan: ExperimentScan, key: str) -> list[Look]:
    """One look a day, cumulative: the moments of all units that had entered by then, by arm.

    Raises
    ------
    DataError
        As `read_moments`.
    ValueError
        If no days are known.
    """
    if DAY not in scan.by:
        raise ValueError("the scan knows no days")
    moments = _read(scan, key).merge([ARM, DAY])
    days = moments.cells[DAY]
    looks = []
    for day in sorted(days.dropna().unique()):
        seen = moments.take(((days == day) if scan.is_cumulative else (days <= day)).to_numpy())
        looks.append(Look(day=day, units=float(seen.count.sum()), cells=seen, order=scan.arms))
    return looks


def _read(scan: ExperimentScan, key: str) -> Moments:
    told = scan.moments[key]
    return read_moments(told.frame, by=scan.by, columns=told.columns, ddof=told.ddof)


def _order(moments: Moments, arms: Sequence[str]) -> Moments:
    if ARM not in moments.cells:
        return moments
    place = {arm: number for number, arm in enumerate(arms)}
    return moments.take(np.argsort(moments.cells[ARM].map(place).to_numpy(), kind="stable"))
