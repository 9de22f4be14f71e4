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
    """A metric of the units that had entered by the end of a day.

    Their outcomes are those known today; what was known then only a table of aggregates by day can tell.

    Attributes
    ----------
    day
        The day.
    units
        Of all arms until then.
    cells
        Moments by arm, day (and segment) of all units until then; put together only when `arms` is asked for.
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

    Of cumulative aggregates the last day alone is taken, of each arm and segment its own.

    Raises
    ------
    DataError
        As `read_moments`.
    """
    moments = _read(scan, key)
    if scan.is_cumulative:
        moments = _take_last(moments)
    return _order(moments.merge(by), scan.arms)


def follow_metric(scan: ExperimentScan, key: str) -> list[Look]:
    """One look a day, cumulative: the moments of all units that had entered by then, by arm.

    Of cumulative aggregates an arm and segment without the day counts with its last one before.

    Raises
    ------
    DataError
        As `read_moments`.
    ValueError
        If no days are known.
    """
    if DAY not in scan.by:
        raise ValueError("the scan knows no days")
    moments = _read(scan, key)
    moments = moments if scan.is_cumulative else moments.merge([ARM, DAY])
    days = moments.cells[DAY]
    looks = []
    for day in sorted(days.dropna().unique()):
        seen = moments.take((days <= day).to_numpy())
        seen = _take_last(seen) if scan.is_cumulative else seen
        looks.append(Look(day=day, units=float(seen.count.sum()), cells=seen, order=scan.arms))
    return looks


def _take_last(moments: Moments) -> Moments:
    """Of each arm and segment the cell of its last day, which counts from the start on."""
    known = moments.take(moments.cells[DAY].notna().to_numpy())
    others = [name for name in known.cells.columns if name != DAY]
    last = known.cells.groupby(others, dropna=False, observed=True)[DAY].transform("max")
    return known.take((known.cells[DAY] == last).to_numpy())


def _read(scan: ExperimentScan, key: str) -> Moments:
    told = scan.moments[key]
    return read_moments(told.frame, by=scan.by, columns=told.columns, ddof=told.ddof)


def _order(moments: Moments, arms: Sequence[str]) -> Moments:
    if ARM not in moments.cells:
        return moments
    place = {arm: number for number, arm in enumerate(arms)}
    return moments.take(np.argsort(moments.cells[ARM].map(place).to_numpy(), kind="stable"))
