"""Parts of cells put together in their order, so that two scans agree to the last digit (V1)."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.features.experiment.moments import name_covariance
from leadline.features.experiment.scan import DAY, ExperimentDesign

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def fold_moments(frame: pd.DataFrame, *, by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Merge rows that name the same cell: Chan, Golub & LeVeque (1983, The American Statistician 37:242-247).

    Parameters
    ----------
    frame
        One row a cell and part of the table, sorted by part: ``by``, ``count``, ``<c>_mean`` and
        ``<a>__<b>_cov`` (population) as `leadline.features.experiment.moments` gives them.
    by
        Columns that name the cells.
    columns
        The measures.

    Returns
    -------
    pandas.DataFrame
        One row a cell, sorted: ``by``, ``count``, means and covariances. Those of no unit are missing.
    """
    group, cells = number_cells(frame, by)
    count = frame["count"].to_numpy(dtype=float)
    total = np.bincount(group, count, len(cells))
    found = {"count": total.astype(np.int64)}
    filled = count > 0
    means, shifts = {}, {}
    for name in columns:
        mean = np.where(filled, frame[f"{name}_mean"].to_numpy(dtype=float, na_value=np.nan), 0.0)
        origin = np.zeros(len(cells))
        origin[group[filled]] = mean[filled]  # any mean of the cell keeps the digits that an offset would eat
        shift = np.where(filled, mean - origin[group], 0.0)
        centre = _share(np.bincount(group, count * shift, len(cells)), total)
        means[f"{name}_mean"], shifts[name] = (
            np.where(total > 0, origin + centre, np.nan),
            shift - centre[group],
        )
    spreads = {}
    for a, b in combinations_with_replacement(columns, 2):
        name = name_covariance(a, b)
        within = np.where(filled, frame[name].to_numpy(dtype=float, na_value=np.nan), 0.0)
        sums = np.bincount(group, count * (within + shifts[a] * shifts[b]), len(cells))
        spreads[name] = np.where(total > 0, _share(sums, total), np.nan)
    return cells.assign(**found, **means, **spreads)


def fold_counts(frame: pd.DataFrame, *, by: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """Add up whole numbers of rows that name the same cell; one row a cell, sorted."""
    group, cells = number_cells(frame, by)
    sums = {name: np.bincount(group, frame[name].to_numpy(dtype=float), len(cells)) for name in counts}
    return cells.assign(**{name: values.astype(np.int64) for name, values in sums.items()})


def number_cells(frame: pd.DataFrame, by: Sequence[str]) -> tuple[IntArray, pd.DataFrame]:
    """Give each row the number of its cell, and list the cells, sorted with the missing last."""
    grouped = frame.groupby(list(by), dropna=False, sort=True, observed=True)
    group = np.asarray(grouped.ngroup(), dtype=np.int64)
    first = np.unique(group, return_index=True)[1]
    return group, frame[list(by)].iloc[first].reset_index(drop=True)


def is_within(cells: pd.DataFrame, design: ExperimentDesign) -> pd.Series:
    """Tell which cells are within the planned period, as `rows.is_outside` tells of units."""
    within = pd.Series(data=True, index=cells.index)
    if design.day and (design.start or design.end):
        within &= cells[DAY].notna()
        if design.start:
            within &= cells[DAY] >= pd.Timestamp(design.start)
        if design.end:
            within &= cells[DAY] <= pd.Timestamp(design.end)
    return within


def _share(sums: npt.NDArray[Any], total: npt.NDArray[Any]) -> FloatArray:
    found: FloatArray = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    return found
